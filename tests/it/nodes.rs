//! A sample of every node, and what holds for all of them: they are small, they are walked whole, and what rewrites one
//! tree changes no other.
//!
//! The samples are made by matches over all variants and by literals of all fields, so a new node stops the build here:
//! each arm gives the variant after the one that it matches.

use std::collections::BTreeSet;
use std::iter::successors;

use kysera::Value;
use kysera::ast::*;
use kysera::dialect::{self, MARIADB, MYSQL, POSTGRES, SQLITE};
use kysera::error::Result;
use kysera::table::Table as _;
use smallvec::{SmallVec, smallvec};

use crate::support::schema::users;

fn ident(name: &str) -> Ident {
    Ident::from(name)
}

fn column() -> Expr {
    Expr::Column(Column::new(Some(ident("t")), ident("c")))
}

fn one() -> Expr {
    Expr::Value(Value::I64(1))
}

fn shared<T>(it: T) -> Shared<T> {
    Shared::new(it)
}

fn table_name() -> TableName {
    TableName { schema: Some(ident("s")), name: ident("t") }
}

fn table() -> Table {
    Table { name: table_name(), alias: Some(ident("a")) }
}

fn order() -> Vec<OrderItem> {
    vec![OrderItem { expr: column(), direction: Direction::Descending, nulls: Nulls::Last }]
}

fn with() -> Vec<Cte> {
    vec![Cte { name: ident("w"), columns: vec![ident("c")], recursive: false, statement: smallest().into() }]
}

fn smallest() -> Query {
    Query::Select(shared(Select { columns: vec![selected(one())].into(), ..Select::default() }))
}

fn selected(expr: Expr) -> SelectItem {
    SelectItem::Expr(SelectExpr { expr, alias: Some(ident("a")) })
}

fn returning() -> Vec<SelectItem> {
    vec![selected(column())]
}

fn assignments() -> Vec<Assignment> {
    vec![Assignment { column: ident("c"), value: Expr::Excluded(Excluded { column: ident("c") }) }]
}

/// Every kind of expression.
fn exprs() -> Vec<Expr> {
    successors(Some(column()), |it| {
        Some(match it {
            Expr::Column(_) => one(),
            Expr::Value(_) => Expr::And(shared(vec![column(), one()].into())),
            Expr::And(_) => Expr::Or(shared(vec![column(), one()].into())),
            Expr::Or(_) => Expr::Unary(shared(Unary { operator: UnaryOperator::Not, operand: column() })),
            Expr::Unary(_) => {
                Expr::Binary(shared(Binary { left: column(), operator: BinaryOperator::Add, right: one() }))
            }
            Expr::Binary(_) => Expr::Rows(shared(RowComparison {
                operator: RowOperator::Less,
                parts: vec![RowPart { left: column(), right: one() }],
            })),
            Expr::Rows(_) => {
                Expr::Like(shared(Like { negated: true, left: column(), pattern: one(), escape: Some('!') }))
            }
            Expr::Like(_) => {
                Expr::Between(shared(Between { negated: false, value: column(), low: one(), high: one() }))
            }
            Expr::Between(_) => Expr::In(shared(In { negated: false, value: column(), list: vec![one()] })),
            Expr::In(_) => Expr::InQuery(shared(InQuery { negated: false, value: column(), query: smallest() })),
            Expr::InQuery(_) => Expr::Exists(shared(Exists { negated: true, query: smallest() })),
            Expr::Exists(_) => Expr::IsNull(shared(IsNull { negated: false, value: column() })),
            Expr::IsNull(_) => Expr::Case(shared(Case {
                whens: vec![When { condition: column(), value: one() }],
                otherwise: Some(one()),
            })),
            Expr::Case(_) => Expr::Cast(shared(Cast { value: column(), data_type: DataType::Text })),
            Expr::Cast(_) => {
                Expr::Call(shared(Call { schema: Some(ident("s")), name: ident("lower"), arguments: vec![column()] }))
            }
            Expr::Call(_) => Expr::Aggregate(shared(Aggregate {
                name: ident("count"),
                quantifier: Quantifier::Distinct,
                arguments: vec![column()],
                filter: Some(column()),
                span: Span::Group,
                result: Some(DataType::BigInt),
            })),
            Expr::Aggregate(_) => Expr::Subquery(smallest()),
            Expr::Subquery(_) => Expr::Excluded(Excluded { column: ident("c") }),
            Expr::Excluded(_) => Expr::Now,
            Expr::Now => Expr::Raw(shared(raw())),
            Expr::Raw(_) => return None,
        })
    })
    .collect()
}

fn raw() -> Raw {
    let text = RawPart::Text("x".into());
    let parts = successors(Some(text), |it| {
        Some(match it {
            RawPart::Text(_) => RawPart::Ident(ident("i")),
            RawPart::Ident(_) => RawPart::Expr(column()),
            RawPart::Expr(_) => return None,
        })
    });
    // A slot stands apart from words and from other slots.
    Raw { parts: parts.flat_map(|it| [it, RawPart::Text(" ".into())]).collect() }
}

/// What stands in `from`.
fn sources() -> SmallVec<[TableRef; 1]> {
    successors(Some(TableRef::Table(table())), |it| {
        Some(match it {
            TableRef::Table(_) => TableRef::Derived(Derived { query: smallest(), alias: ident("d") }),
            TableRef::Derived(_) => return None,
        })
    })
    .collect()
}

fn select_items() -> Vec<SelectItem> {
    let all = AllColumns { table: Some(ident("users")), columns: users::table::DESCRIPTION.columns };
    let others = successors(Some(SelectItem::AllColumns(all)), |it| match it {
        SelectItem::AllColumns(_) => Some(selected(one())),
        SelectItem::Expr(_) => None,
    });
    others.chain(exprs().into_iter().map(selected)).collect()
}

fn select() -> Select {
    Select {
        with: with(),
        distinct: Distinct::Distinct,
        columns: select_items().into(),
        from: sources(),
        joins: vec![Join { kind: JoinKind::Left, table: TableRef::Table(table()), on: Some(column()) }].into(),
        filter: Some(column()),
        group_by: vec![column()],
        having: Some(column()),
        order_by: order().into(),
        limit: Some(one()),
        offset: Some(one()),
        lock: Some(ident("t")),
    }
}

fn queries() -> Vec<Query> {
    let compound = Compound {
        with: with(),
        operator: SetOperator::Union,
        operands: vec![smallest(), smallest()],
        order_by: order().into(),
        limit: Some(one()),
        offset: Some(one()),
    };
    successors(Some(Query::Select(shared(select()))), |it| match it {
        Query::Select(_) => Some(Query::Compound(shared(compound.clone()))),
        Query::Compound(_) => None,
    })
    .collect()
}

fn insert_sources() -> Vec<InsertSource> {
    let values = successors(Some(InsertValue::Expr(one())), |it| match it {
        InsertValue::Expr(_) => Some(InsertValue::NextNumber),
        InsertValue::NextNumber => Some(InsertValue::Default),
        InsertValue::Default => None,
    });
    let values = Values { values: values.collect() };
    successors(Some(InsertSource::Values(values)), |it| match it {
        InsertSource::Values(_) => Some(InsertSource::Query(smallest())),
        InsertSource::Query(_) => Some(InsertSource::Default),
        InsertSource::Default => None,
    })
    .collect()
}

fn conflicts() -> Vec<Conflict> {
    let target = successors(Some(ConflictTarget::Any), |it| match it {
        ConflictTarget::Any => Some(ConflictTarget::Columns(vec![ident("c")])),
        ConflictTarget::Columns(_) => None,
    });
    let action = successors(Some(ConflictAction::Nothing), |it| match it {
        ConflictAction::Nothing => Some(ConflictAction::Update { assignments: assignments(), filter: Some(column()) }),
        ConflictAction::Update { assignments: _, filter: _ } => None,
    });
    target.zip(action).map(|(target, action)| Conflict { target, action }).collect()
}

fn inserts() -> Vec<Insert> {
    let insert = |source, conflict| Insert {
        with: with(),
        into: table_name(),
        columns: vec![ident("c"), ident("d")],
        source,
        conflict,
        returning: returning().into(),
    };
    let with_conflict = conflicts().into_iter().map(|it| insert(InsertSource::Query(smallest()), Some(it)));
    insert_sources().into_iter().map(|it| insert(it, None)).chain(with_conflict).collect()
}

fn create_table() -> CreateTable {
    let generations = successors(Some(Generation::Identity), |it| match it {
        Generation::Identity => Some(Generation::IdentityAlways),
        Generation::IdentityAlways => Some(Generation::Stored(one())),
        Generation::Stored(_) => None,
    });
    let index = || Index { name: Some(ident("k")), columns: vec![ident("c")] };
    let constraints = successors(Some(TableConstraint::PrimaryKey(index())), |it| {
        Some(match it {
            TableConstraint::PrimaryKey(_) => TableConstraint::Unique(index()),
            TableConstraint::Unique(_) => TableConstraint::ForeignKey(ForeignKey {
                name: Some(ident("f")),
                columns: vec![ident("c")],
                table: table_name(),
                references: vec![ident("r")],
                on_delete: ReferentialAction::Cascade,
                on_update: ReferentialAction::SetNull,
            }),
            TableConstraint::ForeignKey(_) => {
                TableConstraint::Check(Check { name: Some(ident("k")), condition: column() })
            }
            TableConstraint::Check(_) => return None,
        })
    });
    let column = |generation| ColumnDef {
        name: ident("c"),
        data_type: DataType::BigInt,
        nullable: false,
        default: Some(one()),
        generation: Some(generation),
    };
    CreateTable {
        if_not_exists: true,
        name: table_name(),
        columns: generations.map(column).collect(),
        constraints: constraints.collect(),
    }
}

fn row_security() -> Vec<RowSecurity> {
    let actions = successors(Some(RowSecurityAction::Enable), |it| {
        Some(match it {
            RowSecurityAction::Enable => RowSecurityAction::Disable,
            RowSecurityAction::Disable => RowSecurityAction::Force,
            RowSecurityAction::Force => RowSecurityAction::NoForce,
            RowSecurityAction::NoForce => RowSecurityAction::CreatePolicy(CreatePolicy {
                name: ident("p"),
                kind: PolicyKind::Restrictive,
                command: PolicyCommand::All,
                role: Some(ident("r")),
                using: Some(column()),
                check: Some(one()),
            }),
            RowSecurityAction::CreatePolicy(_) => {
                RowSecurityAction::DropPolicy(DropPolicy { if_exists: true, name: ident("p") })
            }
            RowSecurityAction::DropPolicy(_) => return None,
        })
    });
    actions.map(|action| RowSecurity { table: table_name(), action }).collect()
}

/// Every kind of statement; together they hold every kind of node.
fn samples() -> Vec<Statement> {
    let kinds = successors(Some(Statement::from(select())), |it| {
        Some(match it {
            Statement::Select(_) => queries().pop()?.into(),
            Statement::Compound(_) => inserts().pop()?.into(),
            Statement::Insert(_) => Statement::from(Update {
                with: with(),
                table: table(),
                assignments: assignments(),
                from: sources(),
                filter: Some(column()),
                all_rows: false,
                returning: returning().into(),
            }),
            Statement::Update(_) => Statement::from(Delete {
                with: with(),
                from: table(),
                using: smallvec![TableRef::Table(table())],
                filter: Some(column()),
                all_rows: true,
                returning: returning().into(),
            }),
            Statement::Delete(_) => create_table().into(),
            Statement::CreateTable(_) => DropTable { if_exists: true, name: table_name(), cascade: true }.into(),
            Statement::DropTable(_) => row_security().remove(0).into(),
            Statement::RowSecurity(_) => raw().into(),
            Statement::Raw(_) => return None,
        })
    });
    let row_security = row_security().into_iter().map(Statement::from);
    kinds.chain(inserts().into_iter().map(Statement::from)).chain(row_security).collect()
}

macro_rules! every_visit {
    ($($visit:ident: $Node:ident,)*) => {
        pub const METHODS: &[&str] = &[$(stringify!($visit)),*];

        /// The methods that were called.
        #[derive(Default)]
        pub struct Seen(pub BTreeSet<&'static str>);

        impl Visit for Seen {
            $(fn $visit(&mut self, node: &$Node) -> Result<()> {
                self.0.insert(stringify!($visit));
                node.walk(self)
            })*
        }

        /// Where each node of a tree lies, in the order of the walk.
        ///
        /// Of a statement itself that is wherever its handle lies. Names are left out: a column has none to point to.
        #[derive(Debug, Default, PartialEq)]
        pub struct Places(Vec<usize>);

        impl Places {
            pub fn of(statement: &Statement) -> Self {
                let mut places = Self::default();
                statement.walk(&mut places).unwrap();
                places
            }

            /// Where a rewrite that changes nothing is given them.
            pub fn rewritten(statement: &mut Statement) -> Self {
                let mut places = Self::default();
                statement.walk_mut(&mut places).unwrap();
                places
            }
        }

        impl Visit for Places {
            $(fn $visit(&mut self, node: &$Node) -> Result<()> {
                if stringify!($visit) != "visit_ident" {
                    self.0.push(std::ptr::from_ref(node).addr());
                }
                node.walk(self)
            })*
        }

        impl VisitMut for Places {
            $(fn $visit(&mut self, node: &mut $Node) -> Result<()> {
                if stringify!($visit) != "visit_ident" {
                    self.0.push(std::ptr::from_ref(&*node).addr());
                }
                node.walk_mut(self)
            })*
        }

        /// The methods that were called of what rewrites.
        #[derive(Default)]
        struct SeenMut(BTreeSet<&'static str>);

        impl VisitMut for SeenMut {
            $(fn $visit(&mut self, node: &mut $Node) -> Result<()> {
                self.0.insert(stringify!($visit));
                node.walk_mut(self)
            })*
        }
    };
}

every_visit! {
    visit_statement: Statement, visit_query: Query, visit_select: Select, visit_compound: Compound, visit_cte: Cte,
    visit_select_item: SelectItem, visit_select_expr: SelectExpr, visit_all_columns: AllColumns,
    visit_table_ref: TableRef, visit_table: Table, visit_derived: Derived, visit_table_name: TableName,
    visit_join: Join, visit_order_item: OrderItem, visit_insert: Insert, visit_insert_source: InsertSource,
    visit_values: Values, visit_insert_value: InsertValue, visit_conflict: Conflict,
    visit_conflict_target: ConflictTarget, visit_conflict_action: ConflictAction, visit_update: Update,
    visit_assignment: Assignment, visit_delete: Delete, visit_create_table: CreateTable, visit_column_def: ColumnDef,
    visit_data_type: DataType, visit_generation: Generation, visit_table_constraint: TableConstraint,
    visit_index: Index, visit_foreign_key: ForeignKey, visit_check: Check, visit_drop_table: DropTable,
    visit_row_security: RowSecurity, visit_row_security_action: RowSecurityAction, visit_create_policy: CreatePolicy,
    visit_drop_policy: DropPolicy,
    visit_expr: Expr, visit_column: Column, visit_unary: Unary, visit_binary: Binary,
    visit_row_comparison: RowComparison, visit_row_part: RowPart, visit_like: Like,
    visit_between: Between, visit_in: In, visit_in_query: InQuery, visit_exists: Exists, visit_is_null: IsNull,
    visit_case: Case, visit_when: When, visit_cast: Cast, visit_call: Call, visit_aggregate: Aggregate,
    visit_excluded: Excluded, visit_raw: Raw, visit_raw_part: RawPart, visit_ident: Ident, visit_value: Value,
}

/// The table of nodes, this file and the samples know the same nodes.
#[test]
fn every_node_is_walked() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/ast/visit.rs");
    let source = std::fs::read_to_string(path).unwrap();
    let (_, table) = source.rsplit_once("\nnodes! {\n").unwrap();
    let names = table.lines().filter_map(|line| line.trim().split_once(':')).map(|(name, _)| name);
    assert_eq!(names.collect::<Vec<_>>(), METHODS);

    let (mut seen, mut seen_mut) = (Seen::default(), SeenMut::default());
    for mut statement in samples() {
        statement.accept(&mut seen).unwrap();
        statement.accept_mut(&mut seen_mut).unwrap();
    }
    let all: BTreeSet<_> = METHODS.iter().copied().collect();
    assert_eq!(seen.0, all);
    assert_eq!(seen_mut.0, all);
}

#[test]
fn nodes_are_small() {
    let words = |bytes: usize| bytes.div_ceil(size_of::<usize>());
    let expr = size_of::<Expr>();
    assert!(expr <= 32, "an expression has {expr} bytes, {} words; 32 are enough: share what is large", words(expr));
    let statement = size_of::<Statement>();
    assert!(statement <= 16, "a statement has {statement} bytes, {} words; 16 are enough", words(statement));
    let ident = size_of::<Ident>();
    assert!(ident <= 16, "a name has {ident} bytes; 16 are enough");
}

#[test]
fn a_rewrite_that_changes_nothing_is_the_identity() {
    struct Nothing;
    impl Visit for Nothing {}
    impl VisitMut for Nothing {}

    for statement in samples() {
        statement.accept(&mut Nothing).unwrap();
        let mut rewritten = statement.clone();
        rewritten.accept_mut(&mut Nothing).unwrap();
        assert_eq!(rewritten, statement);
        assert_eq!(format!("{rewritten:?}"), format!("{statement:?}"));
    }
}

#[test]
fn who_rewrites_a_tree_changes_no_other() {
    struct Everything;

    impl VisitMut for Everything {
        fn visit_ident(&mut self, node: &mut Ident) -> Result<()> {
            *node = Ident::from(format!("{}_rewritten", node.as_str()));
            Ok(())
        }

        fn visit_value(&mut self, node: &mut Value) -> Result<()> {
            *node = Value::from("rewritten");
            Ok(())
        }
    }

    for statement in samples() {
        // Made again and not cloned, so that nothing of it is shared.
        let shown = format!("{statement:?}");
        let mut rewritten = statement.clone();
        rewritten.accept_mut(&mut Everything).unwrap();
        assert_ne!(rewritten, statement);
        assert_eq!(format!("{statement:?}"), shown);
        assert!(!shown.contains("rewritten"), "{shown}");
        assert!(format!("{rewritten:?}").contains("rewritten"));
    }
}

/// A part of the tree is written or refused; nothing panics, and the same tree gives the same answer.
#[test]
fn every_node_is_written_or_refused() {
    for statement in samples() {
        for spec in [&POSTGRES, &MYSQL, &MARIADB, &SQLITE] {
            let first = dialect::compile(&statement, spec).map_err(|error| error.to_string());
            let second = dialect::compile(&statement, spec).map_err(|error| error.to_string());
            assert_eq!(first, second, "{}", spec.name);
        }
    }
    for expr in exprs() {
        let select = Select { columns: vec![selected(expr.clone())].into(), ..Select::default() };
        if let Err(error) = dialect::compile(&select.into(), &POSTGRES) {
            assert!(matches!(expr, Expr::Excluded(_)), "{expr:?}: {error}");
        }
    }
}
