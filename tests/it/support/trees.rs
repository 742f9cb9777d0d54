//! Statements made of chance, of every kind of node.
//!
//! A list of bytes decides: the fewer there are, the smaller the statement, so proptest finds a small one that fails. The
//! first choice is always one that ends.

use kysera::Value;
use kysera::ast::*;
use kysera::table::Table as _;
use kysera::value::Kind;
use smallvec::SmallVec;

use super::schema::users;

/// A statement that these bytes make.
pub fn statement(bytes: &[u8]) -> Statement {
    Chance { bytes: bytes.iter() }.statement(5)
}

struct Chance<'a> {
    bytes: std::slice::Iter<'a, u8>,
}

impl Chance<'_> {
    fn below(&mut self, end: u8) -> u8 {
        self.bytes.next().map_or(0, |byte| byte % end)
    }

    fn flip(&mut self) -> bool {
        self.below(2) == 1
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[usize::from(self.below(u8::try_from(from.len()).unwrap()))]
    }

    fn several<T, C: FromIterator<T>>(&mut self, least: u8, most: u8, mut one: impl FnMut(&mut Self) -> T) -> C {
        let count = least + self.below(most - least + 1);
        (0..count).map(|_| one(self)).collect()
    }

    fn maybe<T>(&mut self, one: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.flip() { Some(one(self)) } else { None }
    }

    fn ident(&mut self) -> Ident {
        let known = users::table::DESCRIPTION;
        match self.below(8) {
            0 => Ident::Static(known.name),
            1 => Ident::Static(known.columns[0].name),
            2 => Ident::Static(known.columns[1].name),
            _ => Ident::from(self.pick(&["a", "b", "w", "users", "A b", "q\"`'"])),
        }
    }

    fn table_name(&mut self) -> TableName {
        let schema = self.maybe(Self::ident);
        TableName { schema, name: self.ident() }
    }

    fn table(&mut self) -> Table {
        Table { name: self.table_name(), alias: self.maybe(Self::ident) }
    }

    fn column(&mut self) -> Expr {
        let columns = users::table::DESCRIPTION.columns;
        let at = usize::from(self.below(3));
        Expr::Column(match self.below(3) {
            0 => Column::of(users::table::DESCRIPTION.name, columns[at].name),
            1 => Column::new(Some(self.ident()), self.ident()),
            _ => Column::new(None, self.ident()),
        })
    }

    fn value(&mut self) -> Value {
        match self.below(12) {
            0 => Value::I64(i64::from(self.below(255))),
            1 => Value::Null(self.pick(&[Kind::Text, Kind::I64])),
            2 => Value::Bool(self.flip()),
            3 => Value::I16(-7),
            4 => Value::I32(300),
            5 => Value::F64(1.5),
            6 => Value::Bytes(vec![0, 255]),
            7 => Value::Date(-1),
            8 => Value::TimestampTz(0),
            9 => Value::Uuid([7; 16]),
            10 => Value::F32(0.5),
            _ => Value::from(self.pick(&["", "it's", "x", "%_\\"])),
        }
    }

    fn data_type(&mut self) -> DataType {
        match self.below(8) {
            0 => DataType::BigInt,
            1 => DataType::Text,
            2 => DataType::Varchar(40),
            3 => DataType::Decimal { precision: 10, scale: 2 },
            4 => DataType::TimestampTz,
            5 => DataType::Boolean,
            6 => DataType::Array(&DataType::Integer),
            _ => DataType::Named(self.ident()),
        }
    }

    fn expr(&mut self, depth: u8) -> Expr {
        let Some(depth) = depth.checked_sub(1) else { return self.leaf() };
        let negated = self.flip();
        match self.below(21) {
            0..=2 => self.leaf(),
            3 => Expr::And(Shared::new(self.several(0, 3, |it| it.expr(depth)))),
            4 => Expr::Or(Shared::new(self.several(0, 3, |it| it.expr(depth)))),
            5 => {
                let operator = self.pick(&[UnaryOperator::Not, UnaryOperator::Negate]);
                Expr::Unary(Shared::new(Unary { operator, operand: self.expr(depth) }))
            }
            6 | 7 => {
                let operator = self.pick(&[
                    BinaryOperator::Equal,
                    BinaryOperator::NotEqual,
                    BinaryOperator::Less,
                    BinaryOperator::IsDistinctFrom,
                    BinaryOperator::Add,
                    BinaryOperator::DivideInteger,
                    BinaryOperator::Remainder,
                    BinaryOperator::Concat,
                ]);
                Expr::binary(self.expr(depth), operator, self.expr(depth))
            }
            8 => {
                let (left, pattern) = (self.expr(depth), self.expr(depth));
                Expr::Like(Shared::new(Like { negated, left, pattern, escape: self.pick(&[None, Some('!')]) }))
            }
            9 => {
                let (value, low, high) = (self.expr(depth), self.expr(depth), self.expr(depth));
                Expr::Between(Shared::new(Between { negated, value, low, high }))
            }
            10 => {
                let value = self.expr(depth);
                Expr::In(Shared::new(In { negated, value, list: self.several(0, 3, |it| it.expr(depth)) }))
            }
            11 => {
                let value = self.expr(depth);
                Expr::InQuery(Shared::new(InQuery { negated, value, query: self.query(depth) }))
            }
            12 => Expr::Exists(Shared::new(Exists { negated, query: self.query(depth) })),
            13 => Expr::IsNull(Shared::new(IsNull { negated, value: self.expr(depth) })),
            14 => {
                let whens = self.several(0, 2, |it| When { condition: it.expr(depth), value: it.expr(depth) });
                Expr::Case(Shared::new(Case { whens, otherwise: self.maybe(|it| it.expr(depth)) }))
            }
            15 => Expr::Cast(Shared::new(Cast { value: self.expr(depth), data_type: self.data_type() })),
            16 => {
                let (schema, name) = (self.maybe(Self::ident), Ident::from(self.pick(&["lower", "coalesce"])));
                Expr::Call(Shared::new(Call { schema, name, arguments: self.several(0, 2, |it| it.expr(depth)) }))
            }
            17 => Expr::Aggregate(Shared::new(Aggregate {
                name: Ident::from(self.pick(&["count", "sum"])),
                quantifier: self.pick(&[Quantifier::All, Quantifier::Distinct]),
                arguments: self.several(0, 1, |it| it.expr(depth)),
                filter: self.maybe(|it| it.expr(depth)),
                span: self.pick(&[Span::Group, Span::Result]),
                result: self.maybe(Self::data_type),
            })),
            18 => Expr::Subquery(self.query(depth)),
            19 => Expr::Rows(Shared::new(RowComparison {
                operator: self.pick(&[RowOperator::Less, RowOperator::GreaterOrEqual]),
                parts: self.several(0, 2, |it| RowPart { left: it.expr(depth), right: it.expr(depth) }),
            })),
            _ => Expr::Raw(Shared::new(self.raw(depth))),
        }
    }

    fn leaf(&mut self) -> Expr {
        match self.below(8) {
            0..=2 => self.column(),
            3..=5 => Expr::Value(self.value()),
            6 => Expr::Excluded(Excluded { column: self.ident() }),
            _ => Expr::Now,
        }
    }

    fn raw(&mut self, depth: u8) -> Raw {
        let part = |it: &mut Self| match it.below(3) {
            0 => RawPart::Text(it.pick(&["x", " + ", "lower("]).into()),
            1 => RawPart::Ident(it.ident()),
            _ => RawPart::Expr(it.expr(depth)),
        };
        let parts: Vec<_> = self.several(1, 3, part);
        // A slot stands apart from words and from other slots.
        Raw { parts: parts.into_iter().flat_map(|it| [it, RawPart::Text(" ".into())]).collect() }
    }

    fn query(&mut self, depth: u8) -> Query {
        if self.below(4) == 3 && depth > 0 {
            Query::Compound(Shared::new(self.compound(depth)))
        } else {
            Query::Select(Shared::new(self.select(depth)))
        }
    }

    fn with(&mut self, depth: u8) -> Vec<Cte> {
        let Some(depth) = depth.checked_sub(1) else { return Vec::new() };
        self.several(0, 2, |it| Cte {
            name: it.ident(),
            columns: it.several(0, 2, Self::ident),
            recursive: it.flip(),
            statement: it.statement(depth),
        })
    }

    fn select_list(&mut self, least: u8, depth: u8) -> SelectList {
        self.several(least, 3, |it| {
            if it.below(5) == 4 {
                let columns = users::table::DESCRIPTION.columns;
                return SelectItem::AllColumns(AllColumns { table: it.maybe(Self::ident), columns });
            }
            SelectItem::Expr(SelectExpr { expr: it.expr(depth), alias: it.maybe(Self::ident) })
        })
    }

    fn source(&mut self, depth: u8) -> TableRef {
        match depth.checked_sub(1) {
            Some(depth) if self.below(4) == 3 => {
                TableRef::Derived(Derived { query: self.query(depth), alias: self.ident() })
            }
            Some(_) | None => TableRef::Table(self.table()),
        }
    }

    fn sources(&mut self, depth: u8) -> SmallVec<[TableRef; 1]> {
        self.several(0, 2, |it| it.source(depth))
    }

    fn order(&mut self, depth: u8) -> OrderList {
        self.several(0, 2, |it| OrderItem {
            expr: it.expr(depth),
            direction: it.pick(&[Direction::Ascending, Direction::Descending]),
            nulls: it.pick(&[Nulls::Default, Nulls::First, Nulls::Last]),
        })
    }

    fn select(&mut self, depth: u8) -> Select {
        let depth = depth.saturating_sub(1);
        Select {
            columns: self.select_list(1, depth),
            from: self.sources(depth),
            joins: self.several(0, 2, |it| Join {
                kind: it.pick(&[JoinKind::Inner, JoinKind::Left, JoinKind::Right, JoinKind::Full, JoinKind::Cross]),
                table: it.source(depth),
                on: it.maybe(|it| it.expr(depth)),
            }),
            filter: self.maybe(|it| it.expr(depth)),
            with: self.with(depth),
            distinct: self.pick(&[Distinct::All, Distinct::Distinct]),
            group_by: self.several(0, 1, |it| it.expr(depth)),
            having: self.maybe(|it| it.expr(depth)),
            order_by: self.order(depth),
            limit: self.maybe(|it| it.expr(depth)),
            offset: self.maybe(|it| it.expr(depth)),
            lock: self.maybe(Self::ident),
        }
    }

    fn compound(&mut self, depth: u8) -> Compound {
        let depth = depth.saturating_sub(1);
        Compound {
            operator: self.pick(&[
                SetOperator::Union,
                SetOperator::UnionAll,
                SetOperator::Intersect,
                SetOperator::ExceptAll,
            ]),
            operands: self.several(2, 3, |it| it.query(depth)),
            with: self.with(depth),
            order_by: self.order(depth),
            limit: self.maybe(|it| it.expr(depth)),
            offset: self.maybe(|it| it.expr(depth)),
        }
    }

    fn assignments(&mut self, depth: u8) -> Vec<Assignment> {
        self.several(0, 2, |it| Assignment { column: it.ident(), value: it.expr(depth) })
    }

    fn insert(&mut self, depth: u8) -> Insert {
        let columns: Vec<Ident> = self.several(0, 2, Self::ident);
        let rows = usize::from(1 + self.below(2));
        let values = (0..rows * columns.len())
            .map(|_| match self.below(6) {
                0..=3 => InsertValue::Expr(self.expr(depth)),
                4 => InsertValue::NextNumber,
                _ => InsertValue::Default,
            })
            .collect();
        Insert {
            with: self.with(depth),
            into: self.table_name(),
            columns,
            source: match self.below(4) {
                0 | 1 => InsertSource::Values(Values { values }),
                2 => InsertSource::Query(self.query(depth)),
                _ => InsertSource::Default,
            },
            conflict: self.maybe(|it| Conflict {
                target: match it.flip() {
                    false => ConflictTarget::Any,
                    true => ConflictTarget::Columns(it.several(1, 2, Self::ident)),
                },
                action: match it.flip() {
                    false => ConflictAction::Nothing,
                    true => ConflictAction::Update {
                        assignments: it.assignments(depth),
                        filter: it.maybe(|it| it.expr(depth)),
                    },
                },
            }),
            returning: self.select_list(0, depth),
        }
    }

    fn create_table(&mut self, depth: u8) -> CreateTable {
        let names = |it: &mut Self| Index { name: it.maybe(Self::ident), columns: it.several(1, 2, Self::ident) };
        CreateTable {
            if_not_exists: self.flip(),
            name: self.table_name(),
            columns: self.several(1, 3, |it| ColumnDef {
                name: it.ident(),
                data_type: it.data_type(),
                nullable: it.flip(),
                default: it.maybe(|it| it.expr(depth)),
                generation: it.maybe(|it| match it.below(3) {
                    0 => Generation::Identity,
                    1 => Generation::IdentityAlways,
                    _ => Generation::Stored(it.expr(depth)),
                }),
            }),
            constraints: self.several(0, 3, |it| match it.below(4) {
                0 => TableConstraint::PrimaryKey(names(it)),
                1 => TableConstraint::Unique(names(it)),
                2 => TableConstraint::ForeignKey(ForeignKey {
                    name: it.maybe(Self::ident),
                    columns: it.several(1, 2, Self::ident),
                    table: it.table_name(),
                    references: it.several(1, 2, Self::ident),
                    on_delete: ReferentialAction::Cascade,
                    on_update: ReferentialAction::NoAction,
                }),
                _ => TableConstraint::Check(Check { name: it.maybe(Self::ident), condition: it.expr(depth) }),
            }),
        }
    }

    fn statement(&mut self, depth: u8) -> Statement {
        match self.below(13) {
            0..=3 => self.select(depth).into(),
            4 => self.compound(depth).into(),
            5 | 6 => self.insert(depth).into(),
            7 => Statement::from(Update {
                with: self.with(depth),
                table: self.table(),
                assignments: self.assignments(depth),
                from: self.sources(depth),
                filter: self.maybe(|it| it.expr(depth)),
                all_rows: self.flip(),
                returning: self.select_list(0, depth),
            }),
            8 => Statement::from(Delete {
                with: self.with(depth),
                from: self.table(),
                using: self.sources(depth),
                filter: self.maybe(|it| it.expr(depth)),
                all_rows: self.flip(),
                returning: self.select_list(0, depth),
            }),
            9 => self.create_table(depth).into(),
            10 => DropTable { if_exists: self.flip(), name: self.table_name(), cascade: self.flip() }.into(),
            11 => RowSecurity { table: self.table_name(), action: self.row_security_action(depth) }.into(),
            _ => self.raw(depth).into(),
        }
    }

    fn row_security_action(&mut self, depth: u8) -> RowSecurityAction {
        match self.below(6) {
            0 => RowSecurityAction::Enable,
            1 => RowSecurityAction::Disable,
            2 => RowSecurityAction::Force,
            3 => RowSecurityAction::NoForce,
            4 => RowSecurityAction::DropPolicy(DropPolicy { if_exists: self.flip(), name: self.ident() }),
            _ => RowSecurityAction::CreatePolicy(CreatePolicy {
                name: self.ident(),
                kind: if self.flip() { PolicyKind::Permissive } else { PolicyKind::Restrictive },
                command: PolicyCommand::All,
                role: self.maybe(Self::ident),
                using: self.maybe(|it| it.expr(depth)),
                check: self.maybe(|it| it.expr(depth)),
            }),
        }
    }
}
