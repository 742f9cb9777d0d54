//! Everything in which dialects can differ: one field for each difference. `constants.rs` has a value of it for each.

use super::param::Typed;
use super::type_name::TypeName;
use crate::ast::{DataType, Direction, Operation};
use crate::error::{Result, Unsupported};
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
    /// How rows are compared so that an index of their parts is used.
    pub row_comparison: RowComparisons,
    /// How the rows are found that come after one of them, where those are several stretches of an index.
    pub stretches: Stretches,
    /// Whether an index is read from a place on among the rows that have `null` first in it; where not, all of those are read and
    /// sorted, unless a condition might be true of others.
    pub index_among_nulls: bool,
    /// Whether a pattern has an escape character without naming it.
    pub like_escape: LikeEscape,
    /// What `=` takes for the same text.
    pub text_equality: TextEquality,
    /// Whether a pattern may hold NUL; where not, NUL would end it.
    pub nul_in_pattern: bool,
    /// Whether a chain of `and` or `or` may be long; where not, it is written in halves, since each of its operators is
    /// a level of the few that there may be.
    pub long_chain: bool,
    /// Where `null` comes if nothing is said.
    pub null_is: NullIs,
    /// How `null` is put first or last.
    pub nulls_order: NullsOrder,
    /// How rows are passed over without a limit.
    pub offset_without_limit: OffsetWithoutLimit,
    /// Whether there is a `full join`.
    pub full_join: bool,
    /// Whether an outer query's columns can be used in a derived table.
    pub outer_reference_in_derived_table: bool,
    /// What `select distinct` may be ordered by.
    pub distinct_order: DistinctOrder,
    /// How an operand of a set operation is kept apart.
    pub compound_operand: CompoundOperand,
    /// Whether there is `intersect all` and `except all`.
    pub intersect_all: bool,
    /// Which rows a query can lock for its transaction.
    pub row_locks: RowLocks,
    /// Whether a subquery after `in` may have a limit.
    pub limit_in_subquery: bool,
    /// Where the common table expressions of an `insert` stand.
    pub insert_with: InsertWith,
    /// Whether an `update` or `delete` may have common table expressions.
    pub update_with: bool,
    /// What of a recursive common table expression may have a limit.
    pub recursive_limit: RecursiveLimit,
    /// Whether a common table expression sees those of the statements around its own.
    pub with_sees_outside: bool,
    /// Whether a common table expression that is not recursive sees itself and those behind it, in place of tables.
    pub with_sees_behind: bool,
    /// Whether a common table expression may write.
    pub data_modifying_with: bool,
    /// How one row of defaults is inserted.
    pub default_values: DefaultValues,
    /// Whether `default` may stand for a value of a row.
    pub default_in_row: bool,
    /// How far apart the numbers are that the rows of one `insert` get, as an expression, where the server tells the first
    /// of them alone.
    pub insert_id_step: Option<&'static str>,
    /// What stands in a row for the next number of a column that the database numbers.
    pub next_number: NextNumber,
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
    /// How the subqueries of an `update` or `delete` see the written table as it was.
    pub read_own_target: ReadOwnTarget,
    /// What the subqueries of an `insert` see of the table.
    pub insert_reads: InsertReads,
    /// How an aggregate looks at some rows only.
    pub aggregate_filter: AggregateFilter,
    /// How sums and averages get the type that Rust reads them as.
    pub aggregate_result: AggregateResult,
    /// How a column gets its numbers from the database.
    pub identity: Identity,
    /// What a key of one integer is called.
    pub key_names: KeyNames,
    /// In which schema the table may be that a foreign key refers to.
    pub referenced_schema: ReferencedSchema,
    /// Whether the case of a table's name, or alias, tells it from another of the same statement.
    pub case_of_table_names: bool,
    /// Whether text that is written may be taken for a number: in an `enum` or a `set`, for a place in the list of its values.
    pub text_as_place: bool,
    /// Whether text of any length can be (part of) a key.
    pub text_keys: bool,
    /// What a backslash in a text literal does.
    pub backslash: Backslash,
    /// What is in quotes or a comment, in text that is written as it stands.
    pub quotes_in_text: QuotesInText,
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
    /// Whether a table can have policies that say which rows are seen and written.
    pub row_security: bool,
    /// Whether a definition within a transaction is part of it; elsewhere it commits what came before.
    pub definitions_in_transaction: bool,
    /// The name of a column type.
    pub data_type: fn(&DataType) -> Option<TypeName>,
    /// The name of a type to cast to.
    pub cast_type: fn(&DataType) -> Option<TypeName>,
    /// The instant of now, in UTC and with six digits after the second.
    pub now: &'static str,
}

impl Spec {
    /// Refuses what would end a transaction.
    pub(crate) fn check_in_transaction(&self, operation: Operation) -> Result<()> {
        if operation != Operation::Define || self.definitions_in_transaction {
            return Ok(());
        }
        let hint = "create and drop tables outside of it";
        Err(Unsupported::new(self.name, "definition of a table within a transaction", hint).into())
    }
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

/// How rows are compared so that an index of their parts is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowComparisons {
    /// `(a, b) > (c, d)`
    AsRows,
    /// `a > c or (a = c and b > d)`: the other form is known, but all of the index is read for it.
    PartByPart,
}

/// How the rows are found that come after one of them, where those are several stretches of an index: in `a, b desc` the
/// ones with the same `a` and a smaller `b`, and then the ones with a larger `a`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stretches {
    /// One after the other, since all of the index is read for a condition that has `or` in it.
    OneByOne,
    /// The same, and one for each term of the order: of `(a, b) > (1, 2)`, all rows are read where both are the same, and of
    /// `(a, id) > (1, 2)` all where `a` is, if `id` is the integer that is the key.
    TermByTerm,
    /// By one condition for all of them: `(a = c and b < d) or a > c`.
    Together,
}

/// What `=` takes for the same text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextEquality {
    /// What has the same letters.
    Letters,
    /// What is the same by the collation of the column: without regard to case, if that is not said.
    Collation,
}

/// Whether a pattern has an escape character without naming it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LikeEscape {
    /// It is the backslash.
    Backslash,
    /// There is none, so the backslash is named.
    None,
}

/// Where `null` comes in an order that does not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NullIs {
    /// After all values; before them where the largest are first.
    Largest,
    /// Before all values; after them where the largest are first.
    Smallest,
}

impl NullIs {
    /// Whether `null` comes last in such an order.
    #[must_use]
    pub fn last(self, direction: Direction) -> bool {
        match direction {
            Direction::Ascending => self == Self::Largest,
            Direction::Descending => self == Self::Smallest,
        }
    }
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

/// What `select distinct` may be ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DistinctOrder {
    /// Anything, of one of the rows that are given once.
    Anything,
    /// What is selected, and what is made of columns that are.
    Columns,
    /// What is selected.
    Expressions,
}

/// How an operand of a set operation that is one itself, or has an order or limit, is kept apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompoundOperand {
    /// `(select ..) union (select ..)`
    Parentheses,
    /// The same, but `select * from (with .. select ..) as ..` of one that has common table expressions.
    ParenthesesWithoutWith,
    /// `select * from (select ..) union ..`
    DerivedTable,
}

/// Which rows a query can lock for its transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowLocks {
    /// Those of one table: `for update of table`
    OfTable,
    /// Those of all its tables, which are then all read as they are now: `for update`
    OfAll,
    /// None: whoever may write has the database alone.
    None,
}

/// Where the common table expressions of an `insert` stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InsertWith {
    /// `with .. insert into ..`
    Before,
    /// `insert into .. with .. select ..`
    BeforeSelect,
}

/// What of a recursive common table expression may have a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecursiveLimit {
    /// All rows together; what is added at each step has neither order nor limit, and is no set operation.
    OfAll,
    /// What is added at each step, which may also have an order.
    OfStep,
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

/// What stands in a row for the next number of a column that the database numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NextNumber {
    /// `default`
    Default,
    /// `null`: there is no `default`, or it is zero where zero is a number as any other.
    Null,
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

/// How the subqueries of an `update` or `delete` see the written table as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadOwnTarget {
    /// They do.
    AsItWas,
    /// They do in an `update .. from`, which makes all new values before it writes one, and in a `delete`.
    AsItWasByFrom,
    /// They do, but not in a derived table that is needed late; and a `delete` that reads other tables has none.
    AsItWasOutsideDerivedTables,
    /// They do in a derived table that the first row needs; they cannot read the table otherwise.
    InDerivedTable,
}

/// What the subqueries of an `insert` see of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InsertReads {
    /// What was there before the first row.
    AsItWas,
    /// The same in a row's values; in an upsert, also the rows inserted so far.
    AsItWasInValues,
    /// Also the rows inserted so far.
    AsItIs,
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
    /// `cast(sum(a) as bigint)`, which fails where the sum is too large; what is to be a `double` is one before it is
    /// added up: `sum(cast(a as double precision))`.
    CastBoth,
    /// What is to be a `double` is one before it is added up; the driver checks the range of other sums.
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

/// What is in quotes or a comment, in text that is written as it stands, beside `'..'`, `".."`, `-- ..` and `/* .. */`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuotesInText {
    /// `$tag$ .. $tag$`, and `e'..'`, in which a backslash escapes; comments nest.
    Dollars,
    /// `` `..` ``, and `# ..`, which is a comment; a backslash may escape in any other quotes.
    Backquotes,
    /// `` `..` ``, and `[..]`.
    Brackets,
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

/// What a key of one integer is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyNames {
    /// By the name of its column.
    Own,
    /// Also `_rowid`, unless the table has a column of that name.
    Underscored,
    /// Also `rowid`, `_rowid_` and `oid`, unless the table has a column of that name.
    RowId,
}

impl KeyNames {
    /// Whether a key may be called so by the server, whatever its column is called.
    pub(crate) fn include(self, name: &str) -> bool {
        let names: &[&str] = match self {
            Self::Own => &[],
            Self::Underscored => &["_rowid"],
            Self::RowId => &["rowid", "_rowid_", "oid"],
        };
        names.iter().any(|it| it.eq_ignore_ascii_case(name))
    }
}

/// In which schema the table may be that a foreign key refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReferencedSchema {
    /// In any.
    Any,
    /// In the one of the table that refers to it, where it is named without the schema; this one where that names none.
    Own(&'static str),
}
