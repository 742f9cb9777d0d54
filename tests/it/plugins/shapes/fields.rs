//! Which fields of statements the shapes have a table in.
//!
//! Statements are taken apart by all their fields, so that a new one does not compile here before somebody has decided, and
//! fails before there is a shape that has a table in it.

use std::collections::BTreeMap;

use kysera::Result;

use super::*;

/// The fields that can hold a table, each with whether one was found in it.
#[derive(Default)]
struct Fields(BTreeMap<&'static str, bool>);

/// Ends its walk at a table.
struct Finder;

impl Visit for Finder {
    fn visit_table_name(&mut self, _: &TableName) -> Result<()> {
        Err(kysera::Error::invalid("a table"))
    }
}

impl Fields {
    fn note(&mut self, field: &'static str, node: &impl Node) {
        *self.0.entry(field).or_default() |= node.accept(&mut Finder).is_err();
    }
}

macro_rules! fields {
    ($($visit:ident: $Node:ident [$($field:ident)*] $($without:ident)*;)*) => {
        impl Visit for Fields {
            $(fn $visit(&mut self, node: &$Node) -> Result<()> {
                let $Node { $($field,)* $($without: _),* } = node;
                $(self.note(concat!(stringify!($Node), ".", stringify!($field)), $field);)*
                node.walk(self)
            })*

            fn visit_conflict_action(&mut self, node: &ConflictAction) -> Result<()> {
                if let ConflictAction::Update { assignments, filter } = node {
                    self.note("ConflictAction.assignments", assignments);
                    self.note("ConflictAction.filter", filter);
                }
                node.walk(self)
            }
        }
    };
}

// In brackets are the fields that can hold a table, and behind them those that cannot.
fields! {
    visit_select: Select [with columns from joins filter group_by having order_by limit offset] distinct lock;
    visit_compound: Compound [with operands order_by limit offset] operator;
    visit_cte: Cte [statement] name columns recursive;
    visit_join: Join [table on] kind;
    visit_derived: Derived [query] alias;
    visit_insert: Insert [with into source conflict returning] columns;
    visit_update: Update [with table assignments from filter returning] all_rows;
    visit_delete: Delete [with from using filter returning] all_rows;
    visit_case: Case [whens otherwise];
    visit_when: When [condition value];
    visit_row_part: RowPart [left right];
    visit_aggregate: Aggregate [arguments filter] name quantifier span result;
    visit_order_item: OrderItem [expr] direction nulls;
}

#[test]
fn every_field_of_a_statement_has_a_shape_with_a_table_in_it() {
    let mut fields = Fields::default();
    for Shape { name: _, statement } in shapes("s") {
        statement.accept(&mut fields).unwrap();
    }
    let missing: Vec<_> = fields.0.into_iter().filter(|(_, found)| !found).map(|(field, _)| field).collect();
    assert_eq!(missing, [""; 0], "no shape has a table there");
}
