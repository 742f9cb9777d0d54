//! Walking the tree: [`Visit`] reads it, [`VisitMut`] rewrites it.
//!
//! The table at the end is the whole of it: one line per node, which is the pattern that takes the node apart.
//! A part named is walked, in that order; a part marked `_` holds nothing to walk. A line must name every field:
//! "pattern requires `..` due to inaccessible fields" means that a node has a field its line does not name.
//!
//! A line marked `@table` is of a node that is (a part of) a reference to a table, one marked `@scope` of a node that has
//! such parts and says in [`scope`](super::scope) which tables they are, and in [`map_columns`](super::map_columns) whose the
//! columns in it are. No other node may have them.

use smallvec::{Array, SmallVec};

use super::map_columns::Owner;
use super::scope::{Plain, Scope};
use super::shared::inside;
use super::*;
use crate::error::Result;
use crate::value::Value;

/// A part of the tree. `accept` calls the visitor's method for it; `walk` visits the parts inside it.
pub trait Node {
    /// Calls the visitor's method for this node.
    ///
    /// # Errors
    ///
    /// What the visitor reports.
    fn accept<V: Visit + ?Sized>(&self, visitor: &mut V) -> Result<()>;

    /// Calls the visitor's method for this node.
    ///
    /// # Errors
    ///
    /// What the visitor reports.
    fn accept_mut<V: VisitMut + ?Sized>(&mut self, visitor: &mut V) -> Result<()>;

    /// Visits what is inside this node.
    ///
    /// # Errors
    ///
    /// What the visitor reports.
    fn walk<V: Visit + ?Sized>(&self, visitor: &mut V) -> Result<()>;

    /// Visits what is inside this node.
    ///
    /// # Errors
    ///
    /// What the visitor reports.
    fn walk_mut<V: VisitMut + ?Sized>(&mut self, visitor: &mut V) -> Result<()>;
}

/// Lists, `Option` and [`Shared`] are no nodes of their own: what is inside is visited.
macro_rules! transparent {
    ($([$($generics:tt)*] $Container:ty, $one:ident $each:expr, $each_mut:expr;)*) => {
        $(impl<$($generics)*> Node for $Container {
            fn accept<V: Visit + ?Sized>(&self, visitor: &mut V) -> Result<()> {
                self.walk(visitor)
            }

            fn accept_mut<V: VisitMut + ?Sized>(&mut self, visitor: &mut V) -> Result<()> {
                self.walk_mut(visitor)
            }

            fn walk<V: Visit + ?Sized>(&self, visitor: &mut V) -> Result<()> {
                let $one = self;
                $each.try_for_each(|node| node.accept(visitor))
            }

            fn walk_mut<V: VisitMut + ?Sized>(&mut self, visitor: &mut V) -> Result<()> {
                let $one = self;
                $each_mut.try_for_each(|node| node.accept_mut(visitor))
            }
        })*
    };
}

transparent! {
    [T: Node] Vec<T>, it it.iter(), it.iter_mut();
    [A: Array<Item: Node>] SmallVec<A>, it it.iter(), it.iter_mut();
}

impl<T: Node> Node for Option<T> {
    fn accept<V: Visit + ?Sized>(&self, visitor: &mut V) -> Result<()> {
        self.walk(visitor)
    }

    fn accept_mut<V: VisitMut + ?Sized>(&mut self, visitor: &mut V) -> Result<()> {
        self.walk_mut(visitor)
    }

    fn walk<V: Visit + ?Sized>(&self, visitor: &mut V) -> Result<()> {
        if let Some(node) = self { node.accept(visitor) } else { Ok(()) }
    }

    fn walk_mut<V: VisitMut + ?Sized>(&mut self, visitor: &mut V) -> Result<()> {
        if let Some(node) = self { node.accept_mut(visitor) } else { Ok(()) }
    }
}

impl<T: Node + Clone + PartialEq> Node for Shared<T> {
    fn accept<V: Visit + ?Sized>(&self, visitor: &mut V) -> Result<()> {
        self.walk(visitor)
    }

    fn accept_mut<V: VisitMut + ?Sized>(&mut self, visitor: &mut V) -> Result<()> {
        self.walk_mut(visitor)
    }

    fn walk<V: Visit + ?Sized>(&self, visitor: &mut V) -> Result<()> {
        inside(|| (**self).accept(visitor))?
    }

    fn walk_mut<V: VisitMut + ?Sized>(&mut self, visitor: &mut V) -> Result<()> {
        self.change(|node| node.accept_mut(visitor))
    }
}

/// Does something out of the way of what is done far more often.
#[inline(never)]
fn elsewhere<R>(work: impl FnOnce() -> R) -> R {
    work()
}

macro_rules! nodes {
    ($($visit:ident: $(@$kind:ident)? $Node:ident $parts:tt)*) => {
        /// Reads the tree.
        ///
        /// Every method walks on by default; one that is overridden decides for itself when to `node.walk(self)`.
        /// To find the tables of a statement, do not collect [`TableName`]s: a common table expression has one too.
        pub trait Visit {
            $(
                #[doc = concat!("Visits a [`", stringify!($Node), "`].")]
                ///
                /// # Errors
                ///
                /// What the visitor wants to end the walk with.
                fn $visit(&mut self, node: &$Node) -> Result<()> {
                    node.walk(self)
                }
            )*
        }

        /// Rewrites the tree in place, in the manner of [`Visit`].
        ///
        /// What another holder of the tree sees does not change: a [`Shared`] part copies itself first. One that is left as
        /// it was stays shared.
        pub trait VisitMut {
            $(
                #[doc = concat!("Visits a [`", stringify!($Node), "`].")]
                ///
                /// # Errors
                ///
                /// What the visitor wants to end the walk with.
                fn $visit(&mut self, node: &mut $Node) -> Result<()> {
                    node.walk_mut(self)
                }
            )*
        }

        $(impl Node for $Node {
            fn accept<V: Visit + ?Sized>(&self, visitor: &mut V) -> Result<()> {
                visitor.$visit(self)
            }

            #[inline]
            fn accept_mut<V: VisitMut + ?Sized>(&mut self, visitor: &mut V) -> Result<()> {
                visitor.$visit(self)
            }

            fn walk<V: Visit + ?Sized>(&self, visitor: &mut V) -> Result<()> {
                walk!(self, visitor, accept, $Node $parts $parts)
            }

            #[inline]
            fn walk_mut<V: VisitMut + ?Sized>(&mut self, visitor: &mut V) -> Result<()> {
                walk!(self, visitor, accept_mut, $Node $parts $parts)
            }
        }

        kind!($(@$kind)? $Node $parts);
        )*
    };
}

/// Checks at compile time that tables are parts of scopes alone.
macro_rules! kind {
    (@table $Node:ident $parts:tt) => {};
    (@scope $Node:ident $parts:tt) => {
        impl Plain for $Node {
            fn holds_no_table(&self, (): &mut ()) -> Result<()> {
                <Self as Scope>::knows_its_tables();
                <Self as Owner>::knows_its_columns();
                Ok(())
            }
        }
    };
    ($Node:ident $parts:tt) => {
        impl Plain for $Node {
            fn holds_no_table(&self, visitor: &mut ()) -> Result<()> {
                walk!(self, visitor, holds_no_table, $Node $parts $parts)
            }
        }
    };
}

macro_rules! walk {
    // A struct: `{ part, leaf: _ }` is the pattern that takes it apart.
    ($node:ident, $visitor:ident, $accept:ident, $Node:ident $pattern:tt { $($part:ident $(: $leaf:tt)?),* $(,)? }) => {{
        let $Node $pattern = $node;
        $(walk!(@part $visitor, $accept, $part $(: $leaf)?);)*
        let _ = $visitor;
        Ok(())
    }};
    // An enum of which nearly all nodes are some kinds, named before the `;` and matched where the node is met.
    ($node:ident, $visitor:ident, $accept:ident, $Node:ident $all:tt [ $($Often:ident($part:ident)),+; $($variants:tt)* ]) => {{
        // One by one, since that is a comparison each.
        $(if let $Node::$Often($part) = $node {
            return $part.$accept($visitor);
        })+
        elsewhere(|| walk!(@variants $node, $visitor, $accept, $Node, {} $($Often($part),)+ $($variants)*,))
    }};
    // An enum: `[Variant(node), Leaf(_), Struct { part, leaf: _ }, Empty]`.
    ($node:ident, $visitor:ident, $accept:ident, $Node:ident $all:tt [ $($variants:tt)* ]) => {
        walk!(@variants $node, $visitor, $accept, $Node, {} $($variants)*,)
    };
    // Names that are not kept as a part of the tree each.
    ($node:ident, $visitor:ident, accept, $Node:ident (names) (names)) => { $node.walk_names($visitor) };
    ($node:ident, $visitor:ident, accept_mut, $Node:ident (names) (names)) => { $node.walk_names_mut($visitor) };
    ($node:ident, $visitor:ident, holds_no_table, $Node:ident (names) (names)) => {{
        let _ = ($node, $visitor);
        Ok(())
    }};
    // A leaf.
    ($node:ident, $visitor:ident, $accept:ident, $Node:ident () ()) => {{
        let _ = $visitor;
        Ok(())
    }};
    (@variants $node:ident, $visitor:ident, $accept:ident, $Node:ident, { $($arms:tt)* } $(,)?) => {
        match $node { $($arms)* }
    };
    (@variants $node:ident, $visitor:ident, $accept:ident, $Node:ident, { $($arms:tt)* } $Variant:ident(_), $($rest:tt)*) => {
        walk!(@variants $node, $visitor, $accept, $Node, { $($arms)* $Node::$Variant(_) => { let _ = &$visitor; Ok(()) } } $($rest)*)
    };
    (@variants $node:ident, $visitor:ident, $accept:ident, $Node:ident, { $($arms:tt)* } $Variant:ident($part:ident), $($rest:tt)*) => {
        walk!(@variants $node, $visitor, $accept, $Node, { $($arms)* $Node::$Variant($part) => $part.$accept($visitor), } $($rest)*)
    };
    (@variants $node:ident, $visitor:ident, $accept:ident, $Node:ident, { $($arms:tt)* } $Variant:ident { $($part:ident),* }, $($rest:tt)*) => {
        walk!(@variants $node, $visitor, $accept, $Node, {
            $($arms)*
            $Node::$Variant { $($part),* } => { $($part.$accept($visitor)?;)* Ok(()) }
        } $($rest)*)
    };
    (@variants $node:ident, $visitor:ident, $accept:ident, $Node:ident, { $($arms:tt)* } $Variant:ident, $($rest:tt)*) => {
        walk!(@variants $node, $visitor, $accept, $Node, { $($arms)* $Node::$Variant => { let _ = &$visitor; Ok(()) } } $($rest)*)
    };
    (@part $visitor:ident, $accept:ident, $part:ident) => { $part.$accept($visitor)? };
    (@part $visitor:ident, $accept:ident, $part:ident: _) => {};
}

nodes! {
    visit_statement:       Statement [Select(it), Compound(it), Insert(it), Update(it), Delete(it), CreateTable(it), DropTable(it), RowSecurity(it), Raw(it)]
    visit_query:           Query [Select(it), Compound(it)]
    visit_select:          @scope Select { with, distinct: _, columns, from, joins, filter, group_by, having, order_by, limit, offset, lock }
    visit_compound:        @scope Compound { with, operator: _, operands, order_by, limit, offset }
    visit_cte:             @table Cte { name, columns, recursive: _, statement }
    visit_select_item:     SelectItem [Expr(it), AllColumns(it)]
    visit_select_expr:     SelectExpr { expr, alias }
    visit_all_columns:     AllColumns { table, columns: _ }
    visit_table_ref:       @table TableRef [Table(it), Derived(it)]
    visit_table:           @table Table { name, alias }
    visit_derived:         Derived { query, alias }
    visit_table_name:      @table TableName { schema, name }
    visit_join:            @table Join { kind: _, table, on }
    visit_order_item:      OrderItem { expr, direction: _, nulls: _ }
    visit_insert:          @scope Insert { with, into, columns, source, conflict, returning }
    visit_insert_source:   InsertSource [Values(it), Query(it), Default]
    visit_values:          Values { values }
    visit_insert_value:    InsertValue [Expr(it), NextNumber, Default]
    visit_conflict:        Conflict { target, action }
    visit_conflict_target: ConflictTarget [Any, Columns(it)]
    visit_conflict_action: ConflictAction [Nothing, Update { assignments, filter }]
    visit_update:          @scope Update { with, table, assignments, from, filter, all_rows: _, returning }
    visit_assignment:      Assignment { column, value }
    visit_delete:          @scope Delete { with, from, using, filter, all_rows: _, returning }
    visit_create_table:    @scope CreateTable { if_not_exists: _, name, columns, constraints }
    visit_column_def:      ColumnDef { name, data_type, nullable: _, default, generation }
    visit_data_type:       DataType ()
    visit_generation:      Generation [Identity, IdentityAlways, Stored(it)]
    visit_table_constraint: @table TableConstraint [PrimaryKey(it), Unique(it), ForeignKey(it), Check(it)]
    visit_index:           Index { name, columns }
    visit_foreign_key:     @table ForeignKey { name, columns, table, references, on_delete: _, on_update: _ }
    visit_check:           Check { name, condition }
    visit_drop_table:      @scope DropTable { if_exists: _, name, cascade: _ }
    visit_row_security:    @scope RowSecurity { table, action }
    visit_row_security_action: RowSecurityAction [Enable, Disable, Force, NoForce, CreatePolicy(it), DropPolicy(it)]
    visit_create_policy:   CreatePolicy { name, kind: _, command: _, role, using, check }
    visit_drop_policy:     DropPolicy { if_exists: _, name }
    visit_expr:            Expr [Value(it), Column(it); And(it), Or(it), Unary(it), Binary(it), Rows(it), Like(it), Between(it), In(it), InQuery(it), Exists(it), IsNull(it), Case(it), Cast(it), Call(it), Aggregate(it), Subquery(it), Excluded(it), Now, Raw(it)]
    visit_column:          Column (names)
    visit_unary:           Unary { operator: _, operand }
    visit_binary:          Binary { left, operator: _, right }
    visit_row_comparison:  RowComparison { operator: _, parts }
    visit_row_part:        RowPart { left, right }
    visit_like:            Like { negated: _, left, pattern, escape: _ }
    visit_between:         Between { negated: _, value, low, high }
    visit_in:              In { negated: _, value, list }
    visit_in_query:        InQuery { negated: _, value, query }
    visit_exists:          Exists { negated: _, query }
    visit_is_null:         IsNull { negated: _, value }
    visit_case:            Case { whens, otherwise }
    visit_when:            When { condition, value }
    visit_cast:            Cast { value, data_type }
    visit_call:            Call { schema, name, arguments }
    visit_aggregate:       Aggregate { name, quantifier: _, arguments, filter, span: _, result }
    visit_excluded:        Excluded { column }
    visit_raw:             Raw { parts }
    visit_raw_part:        RawPart [Text(_), Ident(it), Expr(it)]
    visit_ident:           Ident ()
    visit_value:           Value ()
}
