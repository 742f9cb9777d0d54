//! Row security: which rows a server itself shows to whom.

use super::{Expr, Ident, TableName};

/// `alter table name .. row level security`, `create policy .. on name`, `drop policy .. on name`
#[derive(Clone, Debug, PartialEq)]
pub struct RowSecurity {
    /// The table.
    pub table: TableName,
    /// What is done.
    pub action: RowSecurityAction,
}

/// What is done with the row security of a table.
#[derive(Clone, Debug, PartialEq)]
pub enum RowSecurityAction {
    /// `enable row level security`: without a policy, nobody but the owner reaches a row.
    Enable,
    /// `disable row level security`
    Disable,
    /// `force row level security`: for the owner too.
    Force,
    /// `no force row level security`
    NoForce,
    /// `create policy`
    CreatePolicy(CreatePolicy),
    /// `drop policy`
    DropPolicy(DropPolicy),
}

/// `create policy name on table as kind for command to role using (using) with check (check)`
#[derive(Clone, Debug, PartialEq)]
pub struct CreatePolicy {
    /// Its name, which is another than that of any other policy of the table.
    pub name: Ident,
    /// How it goes together with others.
    pub kind: PolicyKind,
    /// What it is about.
    pub command: PolicyCommand,
    /// Whom it is about; all, where nobody is named.
    pub role: Option<Ident>,
    /// The rows that are seen, and that may be changed.
    pub using: Option<Expr>,
    /// The rows that may be written; those of `using`, where it is not said.
    pub check: Option<Expr>,
}

/// How a policy goes together with others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PolicyKind {
    /// Of all such, one must hold.
    Permissive,
    /// Each must hold.
    Restrictive,
}

/// What a policy is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PolicyCommand {
    /// All of the others.
    All,
    /// `select`
    Select,
    /// `insert`
    Insert,
    /// `update`
    Update,
    /// `delete`
    Delete,
}

impl PolicyCommand {
    /// As SQL says it: `select`.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Select => "select",
            Self::Insert => "insert",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }
}

/// `drop policy name on table`
#[derive(Clone, Debug, PartialEq)]
pub struct DropPolicy {
    /// `if exists`
    pub if_exists: bool,
    /// The policy.
    pub name: Ident,
}
