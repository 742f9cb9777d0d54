//! Everything in which the dialects differ: one field per difference, one constant per dialect, side by side.

use super::param::Typed;
use super::{mariadb, mysql, postgres, sqlite};
use crate::ast::DataType;
use crate::value::Value;

/// A dialect: one field for each difference in behaviour.
///
/// There are no defaults: a new field stops the build at four constants. A dialect of the same family is written as
/// what differs from its parent:
///
/// ```
/// use kysera::dialect::{POSTGRES, Spec};
///
/// const COCKROACH: Spec = Spec { name: "CockroachDB", ..POSTGRES };
/// ```
#[derive(Clone, Debug)]
pub struct Spec {
    /// The name people know it by.
    pub name: &'static str,
    /// The server's version, as far as it is known: major, minor.
    pub version: (u16, u16),
    /// What stands around a name.
    pub quote: char,
    /// How long a name may be.
    pub name_limit: NameLimit,
    /// Whether a name may hold characters beyond the Basic Multilingual Plane.
    pub supplementary_names: bool,
    /// Whether a name may begin or end in a space; some servers refuse it, or cut the space off.
    pub outer_space_names: bool,
    /// How a bound value is written.
    pub placeholder: Placeholder,
    /// How many values can be bound.
    pub max_params: usize,
    /// What a bound value is cast to.
    pub param_cast: fn(&Value, Typed) -> Option<&'static DataType>,
    /// How text is joined.
    pub concat: Concat,
    /// How integers are divided.
    pub integer_division: IntegerDivision,
    /// What decimals are.
    pub decimals: Decimals,
    /// How values are compared where `null` equals `null`.
    pub null_safe_equal: NullSafeEqual,
    /// Whether a pattern has an escape character without naming it.
    pub like_escape: LikeEscape,
    /// How `null` is put first or last.
    pub nulls_order: NullsOrder,
    /// How rows are passed over without a limit.
    pub offset_without_limit: OffsetWithoutLimit,
    /// Whether there is a `full join`.
    pub full_join: bool,
    /// Whether an outer query's columns can be used in a derived table.
    pub outer_reference_in_derived_table: bool,
    /// How an operand of a set operation is kept apart.
    pub compound_operand: CompoundOperand,
    /// Whether there is `intersect all` and `except all`.
    pub intersect_all: bool,
    /// Whether a subquery after `in` may have a limit.
    pub limit_in_subquery: bool,
    /// Where the common table expressions of an `insert` stand.
    pub insert_with: InsertWith,
    /// Whether an `update` or `delete` may have common table expressions.
    pub update_with: bool,
    /// Whether a common table expression may write.
    pub data_modifying_with: bool,
    /// How one row of defaults is inserted.
    pub default_values: DefaultValues,
    /// Whether `default` may stand for a value of a row.
    pub default_in_row: bool,
    /// What happens where an inserted key is taken.
    pub upsert: Upsert,
    /// Whether an upsert of a query needs a `where` before its `on conflict`.
    pub upsert_select_needs_where: bool,
    /// Whether `insert` gives rows back.
    pub insert_returning: bool,
    /// Whether `update` gives rows back.
    pub update_returning: bool,
    /// Whether `delete` gives rows back.
    pub delete_returning: bool,
    /// Whether rows that are given back may hold columns of the other tables.
    pub returning_other_tables: bool,
    /// How an `update` reads other tables.
    pub update_from: UpdateFrom,
    /// How a `delete` reads other tables.
    pub delete_using: DeleteUsing,
    /// Whether the target of a `delete` may have an alias.
    pub delete_alias: bool,
    /// Whether assignments see the row as it was, or what those before them have set.
    pub assignments: Assignments,
    /// Whether a statement that writes a table may read it in a subquery.
    pub read_own_target: bool,
    /// How an aggregate looks at some rows only.
    pub aggregate_filter: AggregateFilter,
    /// How sums and averages get the type that Rust reads them as.
    pub aggregate_result: AggregateResult,
    /// How a column gets its numbers from the database.
    pub identity: Identity,
    /// Whether text of any length can be (part of) a key.
    pub text_keys: bool,
    /// What a backslash in a text literal does.
    pub backslash: Backslash,
    /// How bytes are written as a literal.
    pub bytes_literal: BytesLiteral,
    /// How JSON is written as a literal.
    pub json_literal: JsonLiteral,
    /// How dates and times are written as a literal.
    pub time_literal: TimeLiteral,
    /// What follows a table's columns.
    pub table_suffix: &'static str,
    /// Whether dropping a table can take along what depends on it.
    pub drop_cascade: bool,
    /// Whether a definition within a transaction is part of it; elsewhere it commits what came before.
    pub definitions_in_transaction: bool,
    /// The name of a column type.
    pub data_type: fn(&DataType) -> Option<TypeName>,
    /// The name of a type to cast to.
    pub cast_type: fn(&DataType) -> Option<TypeName>,
    /// The instant of now, in UTC and with six digits after the second.
    pub now: &'static str,
}

/// The name of a type: as it stands, or with numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TypeName {
    /// `bigint`
    Plain(&'static str),
    /// `varchar(40)`
    Sized(&'static str, u32),
    /// `numeric(10, 2)`
    Precise(&'static str, u8, u8),
    /// `text` whose length is held by a check.
    Checked(&'static str, u32),
    /// `bigint[]`
    ArrayOf(Box<Self>),
    /// A type that somebody made.
    Named(crate::ast::Ident),
}

/// How long a name may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameLimit {
    /// So many bytes.
    Bytes(usize),
    /// So many characters.
    Chars(usize),
    /// Any length.
    Unlimited,
}

/// How a bound value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placeholder {
    /// `$1`
    Dollar,
    /// `?`
    Question,
    /// `?1`
    NumberedQuestion,
}

/// How text is joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Concat {
    /// `a || b`
    Pipes,
    /// `concat(a, b)`, since `||` is a logical or.
    Function,
}

/// How integers are divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IntegerDivision {
    /// `a / b`
    Slash,
    /// `a div b`, since `/` gives a fraction.
    Div,
}

/// What decimals are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decimals {
    /// Numbers.
    Numbers,
    /// Text, which is compared as numbers by the collation `kysera_decimal`, and not calculated with.
    Text,
}

/// How values are compared where `null` equals `null`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NullSafeEqual {
    /// `a is not distinct from b`
    Words,
    /// `a <=> b`
    Spaceship,
}

/// Whether a pattern has an escape character without naming it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LikeEscape {
    /// It is the backslash.
    Backslash,
    /// There is none, so the backslash is named.
    None,
}

/// How `null` is put first or last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NullsOrder {
    /// `a nulls last`
    Words,
    /// `a is null, a`
    Expression,
}

/// How rows are passed over without a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OffsetWithoutLimit {
    /// `offset 5`
    Allowed,
    /// `limit <all> offset 5`
    NeedsLimit(&'static str),
}

/// How an operand of a set operation that is one itself, or has an order or limit, is kept apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompoundOperand {
    /// `(select ..) union (select ..)`
    Parentheses,
    /// `select * from (select ..) union ..`
    DerivedTable,
}

/// Where the common table expressions of an `insert` stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InsertWith {
    /// `with .. insert into ..`
    Before,
    /// `insert into .. with .. select ..`
    BeforeSelect,
}

/// How one row of defaults is inserted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DefaultValues {
    /// `default values`
    Words,
    /// `default values`, without an `on conflict` after it.
    WordsAlone,
    /// `() values ()`
    EmptyRow,
}

/// What happens where an inserted key is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Upsert {
    /// `on conflict (key) do ..`; an update needs to name the key.
    OnConflictOfKey,
    /// `on conflict do ..`, of a key or of any.
    OnConflict,
    /// `on duplicate key update ..`, of any key.
    OnDuplicateKey,
}

/// How an `update` reads other tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UpdateFrom {
    /// `update a set .. from b where ..`
    From,
    /// `update a, b set .. where ..`
    TableList,
}

/// How a `delete` reads other tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeleteUsing {
    /// `delete from a using b where ..`
    Using,
    /// `delete from a using a, b where ..`
    UsingWithTarget,
    /// `delete from a where exists (select .. from b where ..)`
    Exists,
}

/// Whether assignments see the row as it was, or what those before them have set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Assignments {
    /// All see the row as it was.
    Simultaneous,
    /// Each sees what those before it have set.
    LeftToRight,
}

/// How an aggregate looks at some rows only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AggregateFilter {
    /// `sum(a) filter (where b)`
    Words,
    /// `sum(case when b then a end)`
    Case,
}

/// How sums and averages get the type that Rust reads them as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AggregateResult {
    /// `cast(sum(a) as bigint)`, which fails where the sum is too large.
    CastResult,
    /// The argument of an average is cast, since its result would be rounded; the driver checks the range of a sum.
    CastArgument,
    /// The server's own type is the right one.
    AsIs,
}

/// What a backslash in a text literal does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backslash {
    /// Nothing.
    Inert,
    /// It may escape the next character, by the session's mode; text with one is written in hexadecimal.
    MayEscape,
}

/// How bytes are written as a literal, and a UUID, which is bytes where it is no type of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BytesLiteral {
    /// `bytea '\x00ff'`
    Typed,
    /// `x'00ff'`
    Hex,
}

/// How JSON is written as a literal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonLiteral {
    /// `jsonb '{}'`
    Typed,
    /// `'{}'`
    Text,
}

/// How dates and times are written as a literal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeLiteral {
    /// `date '2026-11-22'`, with a zone where the type has one.
    TypedWithZone,
    /// `date '2026-11-22'`, always without a zone.
    Typed,
    /// `'2026-11-22'`
    Text,
}

/// How a column gets its numbers from the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identity {
    /// `generated by default as identity`
    Generated,
    /// `auto_increment`
    AutoIncrement,
    /// `integer primary key autoincrement`
    PrimaryKey,
}

/// PostgreSQL, from version 13.
pub const POSTGRES: Spec = Spec {
    name: "PostgreSQL",
    version: (13, 0),
    quote: '"',
    name_limit: NameLimit::Bytes(63),
    supplementary_names: true,
    outer_space_names: true,
    placeholder: Placeholder::Dollar,
    max_params: 65_535,
    param_cast: postgres::param_cast,
    concat: Concat::Pipes,
    integer_division: IntegerDivision::Slash,
    decimals: Decimals::Numbers,
    null_safe_equal: NullSafeEqual::Words,
    like_escape: LikeEscape::Backslash,
    nulls_order: NullsOrder::Words,
    offset_without_limit: OffsetWithoutLimit::Allowed,
    full_join: true,
    outer_reference_in_derived_table: true,
    compound_operand: CompoundOperand::Parentheses,
    intersect_all: true,
    limit_in_subquery: true,
    insert_with: InsertWith::Before,
    update_with: true,
    data_modifying_with: true,
    default_values: DefaultValues::Words,
    default_in_row: true,
    upsert: Upsert::OnConflictOfKey,
    upsert_select_needs_where: false,
    insert_returning: true,
    update_returning: true,
    delete_returning: true,
    returning_other_tables: true,
    update_from: UpdateFrom::From,
    delete_using: DeleteUsing::Using,
    delete_alias: true,
    assignments: Assignments::Simultaneous,
    read_own_target: true,
    aggregate_filter: AggregateFilter::Words,
    aggregate_result: AggregateResult::CastResult,
    identity: Identity::Generated,
    text_keys: true,
    backslash: Backslash::Inert,
    bytes_literal: BytesLiteral::Typed,
    json_literal: JsonLiteral::Typed,
    time_literal: TimeLiteral::TypedWithZone,
    table_suffix: "",
    drop_cascade: true,
    definitions_in_transaction: true,
    data_type: postgres::data_type,
    cast_type: postgres::data_type,
    now: "current_timestamp",
};

/// MySQL, from version 8.0.31.
pub const MYSQL: Spec = Spec {
    name: "MySQL",
    version: (8, 0),
    quote: '`',
    name_limit: NameLimit::Chars(64),
    supplementary_names: false,
    outer_space_names: false,
    placeholder: Placeholder::Question,
    max_params: 65_535,
    param_cast: mysql::param_cast,
    concat: Concat::Function,
    integer_division: IntegerDivision::Div,
    decimals: Decimals::Numbers,
    null_safe_equal: NullSafeEqual::Spaceship,
    like_escape: LikeEscape::Backslash,
    nulls_order: NullsOrder::Expression,
    offset_without_limit: OffsetWithoutLimit::NeedsLimit("18446744073709551615"),
    full_join: false,
    outer_reference_in_derived_table: true,
    compound_operand: CompoundOperand::Parentheses,
    intersect_all: true,
    limit_in_subquery: false,
    insert_with: InsertWith::BeforeSelect,
    update_with: true,
    data_modifying_with: false,
    default_values: DefaultValues::EmptyRow,
    default_in_row: true,
    upsert: Upsert::OnDuplicateKey,
    upsert_select_needs_where: false,
    insert_returning: false,
    update_returning: false,
    delete_returning: false,
    returning_other_tables: false,
    update_from: UpdateFrom::TableList,
    delete_using: DeleteUsing::UsingWithTarget,
    delete_alias: true,
    assignments: Assignments::LeftToRight,
    read_own_target: false,
    aggregate_filter: AggregateFilter::Case,
    aggregate_result: AggregateResult::CastArgument,
    identity: Identity::AutoIncrement,
    text_keys: false,
    backslash: Backslash::MayEscape,
    bytes_literal: BytesLiteral::Hex,
    json_literal: JsonLiteral::Text,
    time_literal: TimeLiteral::Typed,
    table_suffix: " engine = InnoDB default character set = utf8mb4",
    drop_cascade: false,
    definitions_in_transaction: false,
    data_type: mysql::data_type,
    cast_type: mysql::cast_type,
    now: "utc_timestamp(6)",
};

/// MariaDB, from version 10.6.
pub const MARIADB: Spec = Spec {
    name: "MariaDB",
    version: (10, 6),
    quote: '`',
    name_limit: NameLimit::Chars(64),
    supplementary_names: false,
    outer_space_names: false,
    placeholder: Placeholder::Question,
    max_params: 65_535,
    param_cast: mariadb::param_cast,
    concat: Concat::Function,
    integer_division: IntegerDivision::Div,
    decimals: Decimals::Numbers,
    null_safe_equal: NullSafeEqual::Spaceship,
    like_escape: LikeEscape::Backslash,
    nulls_order: NullsOrder::Expression,
    offset_without_limit: OffsetWithoutLimit::NeedsLimit("18446744073709551615"),
    full_join: false,
    outer_reference_in_derived_table: false,
    compound_operand: CompoundOperand::Parentheses,
    intersect_all: true,
    limit_in_subquery: false,
    insert_with: InsertWith::BeforeSelect,
    update_with: false,
    data_modifying_with: false,
    default_values: DefaultValues::EmptyRow,
    default_in_row: true,
    upsert: Upsert::OnDuplicateKey,
    upsert_select_needs_where: false,
    insert_returning: true,
    update_returning: false,
    delete_returning: true,
    returning_other_tables: false,
    update_from: UpdateFrom::TableList,
    delete_using: DeleteUsing::UsingWithTarget,
    delete_alias: false,
    assignments: Assignments::LeftToRight,
    read_own_target: true,
    aggregate_filter: AggregateFilter::Case,
    aggregate_result: AggregateResult::CastArgument,
    identity: Identity::AutoIncrement,
    text_keys: false,
    backslash: Backslash::MayEscape,
    bytes_literal: BytesLiteral::Hex,
    json_literal: JsonLiteral::Text,
    time_literal: TimeLiteral::Typed,
    table_suffix: " engine = InnoDB default character set = utf8mb4",
    drop_cascade: false,
    definitions_in_transaction: false,
    data_type: mariadb::data_type,
    cast_type: mariadb::cast_type,
    now: "utc_timestamp(6)",
};

/// SQLite, from version 3.39.
pub const SQLITE: Spec = Spec {
    name: "SQLite",
    version: (3, 39),
    quote: '"',
    name_limit: NameLimit::Unlimited,
    supplementary_names: true,
    outer_space_names: true,
    placeholder: Placeholder::NumberedQuestion,
    max_params: 32_766,
    param_cast: sqlite::param_cast,
    concat: Concat::Pipes,
    integer_division: IntegerDivision::Slash,
    decimals: Decimals::Text,
    null_safe_equal: NullSafeEqual::Words,
    like_escape: LikeEscape::None,
    nulls_order: NullsOrder::Words,
    offset_without_limit: OffsetWithoutLimit::NeedsLimit("-1"),
    full_join: true,
    outer_reference_in_derived_table: true,
    compound_operand: CompoundOperand::DerivedTable,
    intersect_all: false,
    limit_in_subquery: true,
    insert_with: InsertWith::Before,
    update_with: true,
    data_modifying_with: false,
    default_values: DefaultValues::WordsAlone,
    default_in_row: false,
    upsert: Upsert::OnConflict,
    upsert_select_needs_where: true,
    insert_returning: true,
    update_returning: true,
    delete_returning: true,
    returning_other_tables: false,
    update_from: UpdateFrom::From,
    delete_using: DeleteUsing::Exists,
    delete_alias: true,
    assignments: Assignments::Simultaneous,
    read_own_target: true,
    aggregate_filter: AggregateFilter::Words,
    aggregate_result: AggregateResult::AsIs,
    identity: Identity::PrimaryKey,
    text_keys: true,
    backslash: Backslash::Inert,
    bytes_literal: BytesLiteral::Hex,
    json_literal: JsonLiteral::Text,
    time_literal: TimeLiteral::Text,
    table_suffix: " strict",
    drop_cascade: false,
    definitions_in_transaction: true,
    data_type: sqlite::data_type,
    cast_type: sqlite::cast_type,
    now: "strftime('%Y-%m-%d %H:%M:%f000', 'now')",
};
