//! Random expressions, written with the fewest parentheses and with all of them, mean the same: to another parser and
//! to every server. And every server finds the same value.

use kysera::ast::{
    self, Between, BinaryOperator, Case, Cast, Column, DataType, Expr, In, InQuery, IsNull, Like, OrderItem, Query,
    RowComparison, RowOperator, RowPart, Select, SelectExpr, SelectItem, Shared, Table, TableName, TableRef, Unary,
    UnaryOperator, When,
};
use kysera::dialect;
use kysera::driver;
use kysera::executor::{Access, Request};
use kysera::value::Kind;
use kysera::{Db, Executor, Value};

use crate::support::check::reads_the_same;
use crate::support::{Server, reading};

const SEED: u64 = 20_261_122;
const EXPRESSIONS: usize = 2_000;
const IN_ONE_STATEMENT: usize = 20;

/// Numbers that are always the same (SplitMix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut it = self.0;
        it = (it ^ (it >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        it = (it ^ (it >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        it ^ (it >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn flip(&mut self) -> bool {
        self.below(2) == 0
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[usize::try_from(self.below(from.len() as u64)).expect("small")]
    }

    fn several<T>(&mut self, least: u64, most: u64, mut one: impl FnMut(&mut Self) -> T) -> Vec<T> {
        (0..least + self.below(most - least + 1)).map(|_| one(self)).collect()
    }

    fn any(&mut self, depth: u32) -> Expr {
        match self.below(3) {
            0 => self.number(depth),
            1 => self.text(depth),
            _ => self.truth(depth),
        }
    }

    /// A number that no operation here makes overflow.
    fn number(&mut self, depth: u32) -> Expr {
        if depth == 0 {
            return self.small_number();
        }
        let depth = depth - 1;
        match self.below(9) {
            0 | 1 => {
                let operator = self.pick(&[BinaryOperator::Add, BinaryOperator::Subtract]);
                Expr::binary(self.number(depth), operator, self.number(depth))
            }
            2 => {
                let (left, right) = (self.number(depth), self.small_number());
                let (left, right) = if self.flip() { (left, right) } else { (right, left) };
                Expr::binary(left, BinaryOperator::Multiply, right)
            }
            3 | 4 => {
                let operator = self.pick(&[BinaryOperator::DivideInteger, BinaryOperator::Remainder]);
                let divisor = self.pick(&[-3, -2, 2, 3, 5]);
                Expr::binary(self.number(depth), operator, Expr::Value(Value::I64(divisor)))
            }
            5 => {
                let operand = self.number(depth);
                Expr::Unary(Shared::new(Unary { operator: UnaryOperator::Negate, operand }))
            }
            6 => self.case(depth, Self::number),
            7 => Expr::call("coalesce", vec![self.number(depth), self.number(depth)]),
            _ => Expr::Cast(Shared::new(Cast { value: self.number(depth), data_type: DataType::BigInt })),
        }
    }

    fn small_number(&mut self) -> Expr {
        match self.below(6) {
            0 => Expr::Value(Value::Null(Kind::I64)),
            1 => column("id"),
            2 => column("manager_id"),
            _ => Expr::Value(Value::I64(self.pick(&[-3, -2, -1, 0, 1, 2, 3]))),
        }
    }

    fn text(&mut self, depth: u32) -> Expr {
        if depth == 0 {
            return match self.below(5) {
                0 => Expr::Value(Value::Null(Kind::Text)),
                1 => column("email"),
                _ => Expr::Value(Value::from(self.pick(&["a", "b", "ab", "", "a%", "it's"]))),
            };
        }
        let depth = depth - 1;
        match self.below(5) {
            0 | 1 => Expr::binary(self.text(depth), BinaryOperator::Concat, self.text(depth)),
            2 => self.case(depth, Self::text),
            3 => Expr::call("coalesce", vec![self.text(depth), self.text(depth)]),
            _ => Expr::Cast(Shared::new(Cast { value: self.number(depth), data_type: DataType::Text })),
        }
    }

    fn truth(&mut self, depth: u32) -> Expr {
        if depth == 0 {
            return match self.below(4) {
                0 => Expr::Value(Value::Null(Kind::Bool)),
                1 => Expr::binary(column("id"), BinaryOperator::Equal, self.small_number()),
                _ => Expr::Value(Value::Bool(self.flip())),
            };
        }
        let depth = depth - 1;
        let negated = self.flip();
        match self.below(14) {
            0 => Expr::And(Shared::new(self.several(0, 3, |it| it.truth(depth)).into())),
            1 => Expr::Or(Shared::new(self.several(0, 3, |it| it.truth(depth)).into())),
            2 => {
                let operand = self.truth(depth);
                Expr::Unary(Shared::new(Unary { operator: UnaryOperator::Not, operand }))
            }
            3 | 4 => {
                let operator = self.pick(&[
                    BinaryOperator::Equal,
                    BinaryOperator::NotEqual,
                    BinaryOperator::Less,
                    BinaryOperator::LessOrEqual,
                    BinaryOperator::Greater,
                    BinaryOperator::GreaterOrEqual,
                    BinaryOperator::IsDistinctFrom,
                    BinaryOperator::IsNotDistinctFrom,
                ]);
                Expr::binary(self.number(depth), operator, self.number(depth))
            }
            5 | 6 => {
                let operator = self.pick(&[
                    BinaryOperator::Equal,
                    BinaryOperator::NotEqual,
                    BinaryOperator::IsDistinctFrom,
                    BinaryOperator::IsNotDistinctFrom,
                ]);
                if self.flip() {
                    Expr::binary(self.text(depth), operator, self.text(depth))
                } else {
                    Expr::binary(self.truth(depth), operator, self.truth(depth))
                }
            }
            7 => {
                let (value, low, high) = (self.number(depth), self.number(depth), self.number(depth));
                Expr::Between(Shared::new(Between { negated, value, low, high }))
            }
            8 => {
                let value = self.number(depth);
                let list = self.several(0, 3, |it| it.number(depth));
                Expr::In(Shared::new(In { negated, value, list }))
            }
            9 => Expr::InQuery(Shared::new(InQuery { negated, value: self.number(depth), query: ids() })),
            10 => {
                let (left, pattern) = (self.text(depth), self.text(depth));
                let escape = self.pick(&[None, Some('!')]);
                Expr::Like(Shared::new(Like { negated, left, pattern, escape }))
            }
            11 => Expr::IsNull(Shared::new(IsNull { negated, value: self.any(depth) })),
            12 => Expr::Rows(Shared::new(RowComparison {
                operator: self.pick(&[
                    RowOperator::Less,
                    RowOperator::LessOrEqual,
                    RowOperator::Greater,
                    RowOperator::GreaterOrEqual,
                ]),
                parts: self.several(1, 3, |it| RowPart { left: it.number(depth), right: it.number(depth) }),
            })),
            _ => self.case(depth, Self::truth),
        }
    }

    fn case(&mut self, depth: u32, value: fn(&mut Self, u32) -> Expr) -> Expr {
        let whens = self.several(1, 2, |it| When { condition: it.truth(depth), value: value(it, depth) });
        let otherwise = if self.flip() { Some(value(self, depth)) } else { None };
        Expr::Case(Shared::new(Case { whens, otherwise }))
    }
}

fn column(name: &str) -> Expr {
    Expr::Column(Column::new(Some("users".into()), name))
}

fn users() -> Select {
    let mut select = Select::default();
    select.from.push(TableRef::Table(Table { name: TableName::new("users"), alias: None }));
    select
}

fn ids() -> Query {
    let columns = vec![SelectItem::Expr(SelectExpr { expr: column("id"), alias: None })];
    Query::Select(Shared::new(Select { columns: columns.into(), ..users() }))
}

/// Statements that select all the expressions, so many at a time.
fn statements(in_one: usize) -> Vec<ast::Statement> {
    let mut random = Random(SEED);
    (0..EXPRESSIONS / in_one)
        .map(|_| {
            let one = |random: &mut Random| {
                let depth = u32::try_from(1 + random.below(4)).expect("small");
                SelectItem::Expr(SelectExpr { expr: random.any(depth), alias: None })
            };
            let columns = (0..in_one).map(|_| one(&mut random)).collect();
            let order =
                OrderItem { expr: column("id"), direction: ast::Direction::Ascending, nulls: ast::Nulls::Default };
            ast::Statement::from(Select { columns, order_by: vec![order].into(), ..users() })
        })
        .collect()
}

/// A value in words that are the same on every server.
fn in_words(value: &Value) -> String {
    match value {
        Value::Null(_) => "null".into(),
        Value::Bool(it) => i64::from(*it).to_string(),
        Value::I16(it) => it.to_string(),
        Value::I32(it) => it.to_string(),
        Value::I64(it) => it.to_string(),
        Value::Decimal(it) => it.to_string(),
        Value::Text(it) => format!("'{it}'"),
        other => format!("{}", other.kind()),
    }
}

async fn values(db: &Db, sql: &str, params: &[Value]) -> Vec<String> {
    let query = driver::Query { sql, params };
    let mut rows = match db.fetch(Request::Compiled { query, access: Access::Read }).await {
        Ok(rows) => rows,
        Err(error) => panic!("seed {SEED}: {error}: {:?}: {sql}", std::error::Error::source(&error)),
    };
    rows.iter_mut().flat_map(|row| row.values().iter().map(in_words).collect::<Vec<_>>()).collect()
}

#[test]
fn random_expressions_mean_the_same_with_all_parentheses() {
    for (at, statement) in statements(1).iter().enumerate() {
        for spec in [&dialect::POSTGRES, &dialect::MYSQL, &dialect::MARIADB, &dialect::SQLITE] {
            let minimal = dialect::compile(statement, spec).unwrap_or_else(|error| panic!("{}: {error}", spec.name));
            let explicit = dialect::compile_explicit(statement, spec).expect("it compiled before");
            assert_eq!(minimal.params, explicit.params, "{}", spec.name);
            // The other parser takes all that follows these words for their right side. The servers do not; see below.
            if minimal.sql.contains("distinct from") {
                continue;
            }
            reads_the_same(spec, &minimal.sql, &explicit.sql).unwrap_or_else(|difference| {
                panic!("seed {SEED}, {at}, {}: {difference:?}\n{}\n{}", spec.name, minimal.sql, explicit.sql)
            });
        }
    }
}

#[test]
fn random_expressions_have_the_same_value_on_every_server() {
    let statements = statements(IN_ONE_STATEMENT);
    let reference = std::sync::Mutex::new(Vec::<Vec<String>>::new());
    reading(async |server, db| {
        for (at, statement) in statements.iter().enumerate() {
            let minimal = dialect::compile(statement, server.spec()).unwrap();
            let explicit = dialect::compile_explicit(statement, server.spec()).unwrap();
            let found = values(db, &minimal.sql, &minimal.params).await;
            assert_eq!(found.len(), 3 * IN_ONE_STATEMENT);
            let with_all = values(db, &explicit.sql, &explicit.params).await;
            assert_eq!(found, with_all, "seed {SEED}, statement {at}: {}\n{}", minimal.sql, explicit.sql);
            let mut reference = reference.lock().unwrap();
            if reference.len() == at {
                reference.push(found);
            } else {
                let differing = reference[at].iter().zip(&found).position(|(one, other)| one != other);
                if let Some(place) = differing {
                    let ast::Statement::Select(select) = statement else { unreachable!() };
                    let item = &select.columns[place % IN_ONE_STATEMENT];
                    let only = Select { columns: vec![item.clone()].into(), ..users() };
                    let sql = dialect::debug_sql(&only.into(), server.spec()).unwrap();
                    let (first, second) = (&reference[at][place], &found[place]);
                    let first_server = Server::chosen()[0].name();
                    panic!("seed {SEED}: {first} on {first_server}, {second} on {}: {sql}", server.name());
                }
            }
        }
    });
}
