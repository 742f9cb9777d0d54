//! `impl Writer`: definitions. They take no parameters, so values in them are literals.

use std::fmt::Write as _;

use super::spec::{Identity, ReferencedSchema};
use super::type_name::{FIT, Fit};
use super::writer::{Values, Writer};
use crate::ast::{
    Check, ColumnDef, CreateTable, DataType, DropTable, ForeignKey, Generation, Ident, Index, ReferentialAction,
    TableConstraint, TableName,
};
use crate::error::{Error, Result};

impl<'a> Writer<'a> {
    pub(super) fn create_table(&mut self, it: &'a CreateTable) -> Result<()> {
        let CreateTable { if_not_exists, name, columns, constraints } = it;
        if columns.is_empty() {
            return Err(Error::invalid("a table without columns"));
        }
        if constraints.iter().filter(|it| matches!(it, TableConstraint::PrimaryKey(_))).count() > 1 {
            return Err(Error::invalid(
                "a table with two primary keys; name the columns of one in `.primary_key([..])`",
            ));
        }
        if self.spec.identity == Identity::AutoIncrement {
            self.auto_increment(columns, constraints)?;
        }
        let values = std::mem::replace(&mut self.values, Values::Literal);
        self.text(if *if_not_exists { "create table if not exists " } else { "create table " });
        self.table_name(name)?;
        self.list(" (", columns, ", ", |writer, column| writer.column_def(column, constraints))?;
        for constraint in constraints {
            if !self.is_within_column(constraint, columns) {
                self.text(", ");
                self.table_constraint(constraint, it)?;
            }
        }
        self.text(")");
        self.text(self.spec.table_suffix);
        self.values = values;
        Ok(())
    }

    /// Refuses more than one `auto_increment`, and one that no key begins with.
    fn auto_increment(&self, columns: &[ColumnDef], constraints: &[TableConstraint]) -> Result<()> {
        let mut numbered = columns.iter().filter(|it| it.generation == Some(Generation::Identity));
        let Some(column) = numbered.next() else { return Ok(()) };
        if numbered.next().is_some() {
            return self
                .unsupported("second identity column of a table", "number one column, and give the other's values");
        }
        let begins_key = |constraint: &TableConstraint| match constraint {
            TableConstraint::PrimaryKey(it) | TableConstraint::Unique(it) => it.columns.first() == Some(&column.name),
            TableConstraint::ForeignKey(_) | TableConstraint::Check(_) => false,
        };
        if !constraints.iter().any(begins_key) {
            return self
                .unsupported("identity on a column that no key begins with", "make it the primary key, or unique");
        }
        Ok(())
    }

    fn column_def(&mut self, it: &'a ColumnDef, constraints: &'a [TableConstraint]) -> Result<()> {
        let ColumnDef { name, data_type, nullable, default, generation } = it;
        self.ident(name)?;
        self.text(" ");
        let type_name = self.data_type(data_type)?;
        let fit = type_name.fit();
        if let (Some(Generation::Identity), Identity::PrimaryKey) = (generation, self.spec.identity) {
            let key = constraints.iter().find_map(|constraint| match constraint {
                TableConstraint::PrimaryKey(key) if key.columns.as_slice() == std::slice::from_ref(name) => Some(key),
                TableConstraint::PrimaryKey(_)
                | TableConstraint::Unique(_)
                | TableConstraint::ForeignKey(_)
                | TableConstraint::Check(_) => None,
            });
            let (Some(Index { name: key, columns: _ }), None) = (key, default) else {
                return self.unsupported("identity on a column that is not the primary key", "make it the primary key");
            };
            self.text("integer ");
            self.constraint_name(key)?;
            self.text("primary key autoincrement");
            return self.fit(name, fit);
        }
        self.type_name(type_name)?;
        match generation {
            None => {}
            Some(Generation::Stored(_)) if default.is_some() => {
                return Err(Error::invalid("a generated column has no default"));
            }
            Some(Generation::Stored(expr)) => {
                self.text(" generated always as ");
                self.parentheses(|writer| writer.expr(expr))?;
                self.text(" stored");
                return self.fit(name, fit);
            }
            Some(generation) => self.identity(generation)?,
        }
        self.text(if *nullable { "" } else { " not null" });
        if let Some(default) = default {
            self.text(" default ");
            self.parentheses(|writer| writer.expr(default))?;
        }
        self.fit(name, fit)
    }

    /// Holds a column to what its type is to hold.
    fn fit(&mut self, column: &Ident, fit: Option<Fit>) -> Result<()> {
        let Some(fit) = fit else { return Ok(()) };
        self.text(" constraint ");
        self.ident(&Ident::from(format!("{FIT}{}", column.as_str())))?;
        self.text(" check (");
        match fit {
            Fit::Between(least, most) => {
                self.ident(column)?;
                _ = write!(self.sql, " between {least} and {most}");
            }
            Fit::Length(most) => {
                self.text("length(");
                self.ident(column)?;
                _ = write!(self.sql, ") <= {most} and instr(");
                self.ident(column)?;
                self.text(", char(0)) = 0");
            }
            // Zeros at the ends do not count.
            Fit::Digits(before, after) => {
                self.text("instr(ltrim(");
                self.ident(column)?;
                _ = write!(self.sql, ", '-0') || '.', '.') <= {} and length(rtrim(", u32::from(before) + 1);
                self.ident(column)?;
                self.text(", '0')) - instr(");
                self.ident(column)?;
                _ = write!(self.sql, " || '.', '.') <= {after}");
            }
        }
        self.text(")");
        Ok(())
    }

    fn identity(&mut self, generation: &Generation) -> Result<()> {
        let by_default = matches!(generation, Generation::Identity);
        self.text(match self.spec.identity {
            Identity::Generated if by_default => " generated by default as identity",
            Identity::Generated => " generated always as identity",
            Identity::AutoIncrement if by_default => " auto_increment",
            Identity::AutoIncrement | Identity::PrimaryKey => {
                return self.unsupported("identity that takes no other value", "let it be generated by default");
            }
        });
        Ok(())
    }

    /// Whether a primary key is said already by its only column.
    fn is_within_column(&self, it: &TableConstraint, columns: &[ColumnDef]) -> bool {
        let TableConstraint::PrimaryKey(Index { name: _, columns: key }) = it else { return false };
        self.spec.identity == Identity::PrimaryKey
            && columns
                .iter()
                .any(|column| matches!(column.generation, Some(Generation::Identity)) && key.contains(&column.name))
    }

    fn table_constraint(&mut self, it: &'a TableConstraint, table: &'a CreateTable) -> Result<()> {
        let CreateTable { if_not_exists: _, name, columns, constraints: _ } = table;
        match it {
            TableConstraint::PrimaryKey(it) => self.index("primary key", it, columns),
            TableConstraint::Unique(it) => self.index("unique", it, columns),
            TableConstraint::ForeignKey(it) => self.foreign_key(it, name),
            TableConstraint::Check(Check { name, condition }) => {
                self.constraint_name(name)?;
                self.text("check ");
                self.parentheses(|writer| writer.expr(condition))
            }
        }
    }

    fn constraint_name(&mut self, name: &'a Option<Ident>) -> Result<()> {
        self.optional("constraint ", name, |writer, name| {
            writer.ident(name)?;
            writer.text(" ");
            Ok(())
        })
    }

    fn index(&mut self, kind: &str, it: &'a Index, table: &'a [ColumnDef]) -> Result<()> {
        let Index { name, columns } = it;
        if columns.is_empty() {
            return Err(Error::invalid("a key without columns"));
        }
        let unlimited = |key: &Ident| {
            table.iter().any(|column| {
                column.name == *key && matches!(column.data_type, DataType::Text | DataType::Bytes | DataType::Json)
            })
        };
        if !self.spec.text_keys && columns.iter().any(unlimited) {
            return self.unsupported("key on text of any length", "declare the column as `varchar(n)`");
        }
        self.constraint_name(name)?;
        self.text(kind);
        self.list(" (", columns, ", ", Self::ident)?;
        self.text(")");
        Ok(())
    }

    fn foreign_key(&mut self, it: &'a ForeignKey, own: &'a TableName) -> Result<()> {
        let ForeignKey { name, columns, table, references, on_delete, on_update } = it;
        if columns.is_empty() || columns.len() != references.len() {
            return Err(Error::invalid("a foreign key needs as many columns as it refers to, and at least one"));
        }
        self.constraint_name(name)?;
        self.list("foreign key (", columns, ", ", Self::ident)?;
        self.text(") references ");
        self.referenced(table, own)?;
        self.list(" (", references, ", ", Self::ident)?;
        self.text(")");
        self.referential_action(" on delete ", *on_delete);
        self.referential_action(" on update ", *on_update);
        Ok(())
    }

    /// Names the table that one refers to.
    fn referenced(&mut self, table: &'a TableName, own: &'a TableName) -> Result<()> {
        let TableName { schema, name } = table;
        let (ReferencedSchema::Own(unnamed), Some(schema)) = (self.spec.referenced_schema, schema) else {
            return self.table_name(table);
        };
        let own = own.schema.as_ref().map_or(unnamed, Ident::as_str);
        if !schema.as_str().eq_ignore_ascii_case(own) {
            return self.unsupported(
                "foreign key to a table of another schema",
                "keep both tables in one, or leave the key out",
            );
        }
        self.ident(name)
    }

    fn referential_action(&mut self, event: &str, it: ReferentialAction) {
        let action = match it {
            ReferentialAction::NoAction => return,
            ReferentialAction::Restrict => "restrict",
            ReferentialAction::Cascade => "cascade",
            ReferentialAction::SetNull => "set null",
        };
        self.text(event);
        self.text(action);
    }

    pub(super) fn drop_table(&mut self, it: &'a DropTable) -> Result<()> {
        let DropTable { if_exists, name, cascade } = it;
        if *cascade && !self.spec.drop_cascade {
            return self.unsupported("`drop table .. cascade`", "drop what depends on the table first");
        }
        self.text(if *if_exists { "drop table if exists " } else { "drop table " });
        self.table_name(name)?;
        self.text(if *cascade { " cascade" } else { "" });
        Ok(())
    }
}
