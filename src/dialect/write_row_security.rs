//! `impl Writer`: policies that the server holds. They take no parameters, so values in them are literals.

use super::writer::{Values, Writer};
use crate::ast::{CreatePolicy, DropPolicy, PolicyCommand, PolicyKind, RowSecurity, RowSecurityAction, TableName};
use crate::error::{Error, Result};

impl<'a> Writer<'a> {
    pub(super) fn row_security(&mut self, it: &'a RowSecurity) -> Result<()> {
        let RowSecurity { table, action } = it;
        if !self.spec.row_security {
            return self.unsupported("policies on rows", "keep to them by the plugin `RowPolicies`");
        }
        match action {
            RowSecurityAction::Enable => self.alter(table, " enable row level security"),
            RowSecurityAction::Disable => self.alter(table, " disable row level security"),
            RowSecurityAction::Force => self.alter(table, " force row level security"),
            RowSecurityAction::NoForce => self.alter(table, " no force row level security"),
            RowSecurityAction::CreatePolicy(it) => self.create_policy(table, it),
            RowSecurityAction::DropPolicy(DropPolicy { if_exists, name }) => {
                self.text(if *if_exists { "drop policy if exists " } else { "drop policy " });
                self.ident(name)?;
                self.text(" on ");
                self.table_name(table)
            }
        }
    }

    fn alter(&mut self, table: &'a TableName, action: &str) -> Result<()> {
        self.text("alter table ");
        self.table_name(table)?;
        self.text(action);
        Ok(())
    }

    fn create_policy(&mut self, table: &'a TableName, it: &'a CreatePolicy) -> Result<()> {
        let CreatePolicy { name, kind, command, role, using, check } = it;
        match command {
            PolicyCommand::Select | PolicyCommand::Delete if check.is_some() => {
                return Err(Error::invalid("a policy on what writes no rows has no `with check`"));
            }
            PolicyCommand::Insert if using.is_some() => {
                return Err(Error::invalid("a policy on inserts has no `using`"));
            }
            PolicyCommand::All
            | PolicyCommand::Select
            | PolicyCommand::Insert
            | PolicyCommand::Update
            | PolicyCommand::Delete => {}
        }
        let values = std::mem::replace(&mut self.values, Values::Literal);
        self.text("create policy ");
        self.ident(name)?;
        self.text(" on ");
        self.table_name(table)?;
        self.text(match kind {
            PolicyKind::Permissive => " as permissive",
            PolicyKind::Restrictive => " as restrictive",
        });
        self.text(" for ");
        self.text(command.word());
        self.optional(" to ", role, Self::ident)?;
        for (words, condition) in [(" using ", using), (" with check ", check)] {
            self.optional(words, condition, |writer, it| writer.parentheses(|writer| writer.expr(it)))?;
        }
        self.values = values;
        Ok(())
    }
}
