//! What the server calls a policy.

use crate::ast::{Ident, PolicyCommand};

/// How long a name may be on the server that has policies.
const MOST_BYTES: usize = 63;

/// Where a policy of the server comes from. The same one has the same name whatever other policies there are, so that what
/// was created once is dropped by a program that has others by then.
#[derive(Clone, Copy)]
pub(super) enum Origin<'a> {
    /// It lets pass what the others leave.
    All,
    /// The rule for this column.
    Rule(&'a str),
    /// The policy of this name, or where there is none all that allow.
    Policy { name: Option<&'a str>, side: Side, command: PolicyCommand },
}

/// What a policy of the server demands of rows that are changed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// That they can be read.
    Read,
    /// What the command does.
    Written,
}

impl Origin<'_> {
    /// Its name: the words, where they are of no other policy and short enough; otherwise as many of them as fit, and a number
    /// that is made of all.
    pub(super) fn name(self, prefix: &str) -> Ident {
        let mut name = format!("{prefix}{}", self.words());
        if !self.is_plain() || name.len() > MOST_BYTES {
            let number = format!("_{:016x}", self.number());
            let mut end = name.len().min(MOST_BYTES - number.len());
            while !name.is_char_boundary(end) {
                end -= 1;
            }
            name.truncate(end);
            name += &number;
        }
        name.into()
    }

    fn words(self) -> String {
        let words = match self {
            Self::All => vec![ALL],
            Self::Rule(column) => vec![column],
            Self::Policy { name, side: Side::Read, command } => vec![name.unwrap_or(ALLOWED), READ, command.word()],
            Self::Policy { name, side: Side::Written, command } => vec![name.unwrap_or(ALLOWED), command.word()],
        };
        words.join("_").replace(' ', "_")
    }

    /// Whether no other policy has the same words.
    fn is_plain(self) -> bool {
        match self {
            Self::All | Self::Policy { name: None, side: _, command: _ } => true,
            // The name of a policy ends in its command.
            Self::Rule(column) => {
                let is_command = |it: &PolicyCommand| column.ends_with(it.word());
                column != ALL && !column.contains(' ') && !COMMANDS.iter().any(is_command)
            }
            Self::Policy { name: Some(name), side: _, command: _ } => {
                let mut words = name.split(' ');
                let is_read = words.clone().next_back() == Some(READ);
                name != ALLOWED && !is_read && words.all(|word| !word.is_empty() && !word.contains('_'))
            }
        }
    }

    /// A number of its own (FNV-1a): always the same, in every version of the program.
    fn number(self) -> u64 {
        let (kind, name, side, command) = match self {
            Self::All => ("all", "", "", ""),
            Self::Rule(column) => ("rule", column, "", ""),
            Self::Policy { name, side, command } => {
                let kind = if name.is_some() { "policy" } else { "allowed" };
                let side = if side == Side::Read { "read" } else { "written" };
                (kind, name.unwrap_or_default(), side, command.word())
            }
        };
        let text = [kind, side, command, name].join("\0");
        text.bytes().fold(0xcbf2_9ce4_8422_2325, |number: u64, byte| {
            (number ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        })
    }
}

const ALL: &str = "all";
const ALLOWED: &str = "allowed";
const READ: &str = "read";

const COMMANDS: [PolicyCommand; 4] =
    [PolicyCommand::Select, PolicyCommand::Insert, PolicyCommand::Update, PolicyCommand::Delete];
