//! `impl Writer`: expressions.

use super::lower;
use super::param::Typed;
use super::precedence::Precedence;
use super::quotes::{self, After};
use super::spec::{
    AggregateFilter, AggregateResult, Concat, IntegerDivision, LikeEscape, NullSafeEqual, RowComparisons, Upsert,
};
use super::writer::Writer;
use crate::ast::{
    Aggregate, Between, Binary, BinaryOperator, Call, Case, Cast, DataType, Excluded, Exists, Expr, Ident, In, InQuery,
    IsNull, Like, Quantifier, Raw, RawPart, RowComparison, RowOperator, RowPart, Span, Unary, UnaryOperator, When,
};
use crate::error::{Error, Result};
use crate::value::Value;

/// Functions whose arguments all have one type, so that any of them tells the type of the others.
const ONE_TYPE: [&str; 4] = ["coalesce", "nullif", "greatest", "least"];

/// Aggregates that pass over `null`, so that a `case` without `else` can stand for a filter.
const PASS_OVER_NULL: [&str; 5] = ["count", "sum", "avg", "min", "max"];

/// From how many operands on a chain of `and` or `or` is long.
const LONG_CHAIN: usize = 100;

impl<'a> Writer<'a> {
    /// Writes an expression in a place that takes any.
    pub(super) fn expr(&mut self, it: &'a Expr) -> Result<()> {
        self.operand(it, Precedence::Any, Typed::No)
    }

    /// Writes an expression in a place that takes any, and that tells the type of a value.
    pub(super) fn typed_expr(&mut self, it: &'a Expr) -> Result<()> {
        self.operand(it, Precedence::Any, Typed::Yes)
    }

    /// Writes an expression between words of a larger one, with which text may not go on: it is in parentheses there.
    pub(super) fn closed(&mut self, it: &'a Expr, typed: Typed) -> Result<()> {
        let mut inner = it;
        while let Expr::And(all) | Expr::Or(all) = inner
            && let [only] = &all[..]
        {
            inner = only;
        }
        if let Expr::Raw(_) = inner {
            self.parentheses(|writer| writer.bare_expr(inner))
        } else {
            self.operand(it, Precedence::Any, typed)
        }
    }

    /// Writes an expression in a place that only takes what binds as tightly as `needs`. This is the only place that
    /// puts an expression into parentheses; subqueries bring their own.
    #[inline]
    pub(super) fn operand(&mut self, it: &'a Expr, needs: Precedence, typed: Typed) -> Result<()> {
        // Most operands are columns or values, which need no look at precedence and depth.
        if let Expr::Column(it) = it { self.column(it) } else { self.value_or_nested(it, needs, typed) }
    }

    #[inline(never)]
    fn value_or_nested(&mut self, it: &'a Expr, needs: Precedence, typed: Typed) -> Result<()> {
        if let Expr::Value(value) = it {
            self.value(value, typed)?;
            self.decimal_collation(value);
            return Ok(());
        }
        self.nested(it, needs)
    }

    fn nested(&mut self, it: &'a Expr, needs: Precedence) -> Result<()> {
        if needs == Precedence::Any && !self.all_parentheses {
            return self.deeper(|writer| writer.bare_expr(it));
        }
        let has = Precedence::of(it, self.spec);
        if has < needs || (self.all_parentheses && has != Precedence::Atom) {
            self.parentheses(|writer| writer.bare_expr(it))
        } else {
            self.deeper(|writer| writer.bare_expr(it))
        }
    }

    fn bare_expr(&mut self, it: &'a Expr) -> Result<()> {
        match it {
            Expr::Column(it) => self.column(it),
            Expr::Value(it) => self.value(it, Typed::No),
            Expr::And(all) => self.logic(all, "true", " and ", Precedence::And),
            Expr::Or(any) => self.logic(any, "false", " or ", Precedence::Or),
            Expr::Unary(it) => self.unary(it),
            Expr::Binary(it) => self.binary(it),
            Expr::Rows(it) => self.row_comparison(it),
            Expr::Like(it) => self.like(it),
            Expr::Between(it) => self.between(it),
            Expr::In(it) => self.in_list(it),
            Expr::InQuery(it) => self.in_query(it),
            Expr::Exists(it) => self.exists(it),
            Expr::IsNull(it) => self.is_null(it),
            Expr::Case(it) => self.case(it),
            Expr::Cast(it) => self.cast(it),
            Expr::Call(it) => self.call(it),
            Expr::Aggregate(it) => self.aggregate(it),
            Expr::Subquery(it) => self.subquery(it),
            Expr::Excluded(it) => self.excluded(it),
            Expr::Now => {
                self.text(self.spec.now);
                Ok(())
            }
            Expr::Raw(it) => self.raw(it),
        }
    }

    #[inline(never)]
    fn logic(&mut self, operands: &'a [Expr], empty: &str, separator: &str, own: Precedence) -> Result<()> {
        match operands {
            [] => self.text(empty),
            [only] => return self.operand(only, Precedence::Any, Typed::No),
            [_, _, ..] => return self.chain(operands, separator, own),
        }
        Ok(())
    }

    fn chain(&mut self, operands: &'a [Expr], separator: &str, own: Precedence) -> Result<()> {
        if operands.len() <= LONG_CHAIN || self.spec.long_chain {
            return self.list("", operands, separator, |writer, it| writer.operand(it, own, Typed::No));
        }
        let (first, second) = operands.split_at(operands.len() / 2);
        self.parentheses(|writer| writer.chain(first, separator, own))?;
        self.text(separator);
        self.parentheses(|writer| writer.chain(second, separator, own))
    }

    #[inline(never)]
    fn unary(&mut self, it: &'a Unary) -> Result<()> {
        let Unary { operator, operand } = it;
        match operator {
            UnaryOperator::Not => {
                self.text("not ");
                self.operand(operand, Precedence::Not, Typed::No)
            }
            UnaryOperator::Negate => {
                self.calculate([operand].into_iter())?;
                self.text("-");
                self.operand(operand, Precedence::Atom, Typed::No)
            }
        }
    }

    #[inline(never)]
    fn binary(&mut self, it: &'a Binary) -> Result<()> {
        let Binary { left, operator, right } = it;
        match operator {
            BinaryOperator::Equal => self.comparison(left, " = ", right),
            BinaryOperator::NotEqual => self.comparison(left, " <> ", right),
            BinaryOperator::Less => self.comparison(left, " < ", right),
            BinaryOperator::LessOrEqual => self.comparison(left, " <= ", right),
            BinaryOperator::Greater => self.comparison(left, " > ", right),
            BinaryOperator::GreaterOrEqual => self.comparison(left, " >= ", right),
            BinaryOperator::IsNotDistinctFrom => match self.spec.null_safe_equal {
                NullSafeEqual::Words => self.comparison(left, " is not distinct from ", right),
                NullSafeEqual::Spaceship => self.comparison(left, " <=> ", right),
            },
            BinaryOperator::IsDistinctFrom => match self.spec.null_safe_equal {
                NullSafeEqual::Words => self.comparison(left, " is distinct from ", right),
                NullSafeEqual::Spaceship => {
                    self.text("not (");
                    self.comparison(left, " <=> ", right)?;
                    self.text(")");
                    Ok(())
                }
            },
            BinaryOperator::Add => self.calculation(it, " + "),
            BinaryOperator::Subtract => self.calculation(it, " - "),
            BinaryOperator::Multiply => self.calculation(it, " * "),
            BinaryOperator::Divide => self.calculation(it, " / "),
            BinaryOperator::DivideInteger => match self.spec.integer_division {
                IntegerDivision::Slash => self.calculation(it, " / "),
                IntegerDivision::Div => self.calculation(it, " div "),
            },
            BinaryOperator::Remainder => self.calculation(it, " % "),
            BinaryOperator::Concat => self.concatenation(left, right),
        }
    }

    /// What stands on one side tells the type of a value on the other.
    fn comparison(&mut self, left: &'a Expr, symbol: &str, right: &'a Expr) -> Result<()> {
        self.compare([left, right].into_iter())?;
        self.operand(left, Precedence::Loose, typed_by(right))?;
        self.text(symbol);
        self.operand(right, Precedence::Loose, typed_by(left))
    }

    fn calculation(&mut self, it: &'a Binary, symbol: &str) -> Result<()> {
        let Binary { left, operator, right } = it;
        self.calculate([left, right].into_iter())?;
        // A number and a `null` of which nothing is known make a float on MariaDB.
        let left_typed = if is_null(left) { Typed::No } else { typed_by(right) };
        let right_typed = if is_null(right) { Typed::No } else { typed_by(left) };
        let (left_needs, right_needs) = Precedence::of_operator(*operator, self.spec).operands();
        self.operand(left, left_needs, left_typed)?;
        self.text(symbol);
        self.operand(right, right_needs, right_typed)
    }

    fn concatenation(&mut self, left: &'a Expr, right: &'a Expr) -> Result<()> {
        self.compare([left, right].into_iter())?;
        match self.spec.concat {
            Concat::Pipes => {
                self.operand(left, Precedence::Atom, typed_by(right))?;
                self.text(" || ");
                self.operand(right, Precedence::Atom, typed_by(left))
            }
            Concat::Function => {
                self.text("concat(");
                self.operand(left, Precedence::Any, typed_by(right))?;
                self.text(", ");
                self.operand(right, Precedence::Any, typed_by(left))?;
                self.text(")");
                Ok(())
            }
        }
    }

    #[inline(never)]
    fn row_comparison(&mut self, it: &'a RowComparison) -> Result<()> {
        let RowComparison { operator, parts } = it;
        if parts.is_empty() {
            return Err(Error::invalid("rows that are compared need a part"));
        }
        if parts.len() == 1 || self.spec.row_comparison == RowComparisons::PartByPart {
            return self.part_by_part(*operator, parts);
        }
        for RowPart { left, right } in parts {
            self.compare([left, right].into_iter())?;
        }
        self.text("(");
        self.list("", parts, ", ", |writer, RowPart { left, right }| {
            writer.operand(left, Precedence::Any, typed_by(right))
        })?;
        self.text(match operator {
            RowOperator::Less => ") < (",
            RowOperator::LessOrEqual => ") <= (",
            RowOperator::Greater => ") > (",
            RowOperator::GreaterOrEqual => ") >= (",
        });
        self.list("", parts, ", ", |writer, RowPart { left, right }| {
            writer.operand(right, Precedence::Any, typed_by(left))
        })?;
        self.text(")");
        Ok(())
    }

    /// `a > c or (a = c and b > d)`
    fn part_by_part(&mut self, operator: RowOperator, parts: &'a [RowPart]) -> Result<()> {
        let Some((RowPart { left, right }, rest)) = parts.split_first() else { return Ok(()) };
        match (operator, rest.is_empty()) {
            (RowOperator::Less, _) | (RowOperator::LessOrEqual, false) => self.comparison(left, " < ", right)?,
            (RowOperator::Greater, _) | (RowOperator::GreaterOrEqual, false) => self.comparison(left, " > ", right)?,
            (RowOperator::LessOrEqual, true) => self.comparison(left, " <= ", right)?,
            (RowOperator::GreaterOrEqual, true) => self.comparison(left, " >= ", right)?,
        }
        if rest.is_empty() {
            return Ok(());
        }
        self.text(" or ");
        self.parentheses(|writer| {
            writer.comparison(left, " = ", right)?;
            writer.text(" and ");
            if rest.len() == 1 {
                return writer.part_by_part(operator, rest);
            }
            writer.parentheses(|writer| writer.part_by_part(operator, rest))
        })
    }

    #[inline(never)]
    fn like(&mut self, it: &'a Like) -> Result<()> {
        let Like { negated, left, pattern, escape } = it;
        if !self.spec.nul_in_pattern && holds_nul(pattern) {
            return self.unsupported("NUL in a pattern of `like`", "look for it by `instr`, or compare by `eq`");
        }
        self.operand(left, Precedence::Loose, typed_by(pattern))?;
        self.text(if *negated { " not like " } else { " like " });
        self.operand(pattern, Precedence::Atom, typed_by(left))?;
        match (escape, self.spec.like_escape) {
            // Only letters, digits and marks of which no dialect thinks anything stand between these quotes.
            (Some(mark @ ('!' | '#' | '~' | '^')), _) => {
                self.text(" escape '");
                self.sql.push(*mark);
                self.text("'");
                Ok(())
            }
            (Some(_), _) => Err(Error::invalid("the escape character of `like` is one of ! # ~ ^")),
            (None, LikeEscape::Backslash) => Ok(()),
            (None, LikeEscape::None) => {
                self.text(r" escape '\'");
                Ok(())
            }
        }
    }

    #[inline(never)]
    fn between(&mut self, it: &'a Between) -> Result<()> {
        let Between { negated, value, low, high } = it;
        self.compare([value, low, high].into_iter())?;
        let bounds_typed = typed_by(value);
        let value_typed = if typed_by(low) == Typed::Yes { Typed::Yes } else { typed_by(high) };
        self.operand(value, Precedence::Loose, value_typed)?;
        self.text(if *negated { " not between " } else { " between " });
        self.operand(low, Precedence::Loose, bounds_typed)?;
        self.text(" and ");
        self.operand(high, Precedence::Loose, bounds_typed)
    }

    #[inline(never)]
    fn in_list(&mut self, it: &'a In) -> Result<()> {
        let In { negated, value, list } = it;
        if list.is_empty() && lower::holds_aggregate(value) {
            // It makes one row of all, whatever it is looked for in.
            self.text("(");
            self.operand(value, Precedence::Loose, Typed::No)?;
            self.text(if *negated { " is null or true)" } else { " is null and false)" });
            return Ok(());
        }
        if list.is_empty() {
            self.text(if *negated { "true" } else { "false" });
            return Ok(());
        }
        self.compare(std::iter::once(value).chain(list))?;
        let typed = typed_by(value);
        self.operand(value, Precedence::Loose, typed_by(&list[0]))?;
        if !matches!(value, Expr::Value(_)) {
            self.decimal_list(list);
        }
        self.text(if *negated { " not in (" } else { " in (" });
        self.list("", list, ", ", |writer, it| match it {
            Expr::Value(value) => {
                writer.value_of_many(value, typed)?;
                writer.decimal_collation(value);
                Ok(())
            }
            other => writer.operand(other, Precedence::Any, typed),
        })?;
        self.text(")");
        Ok(())
    }

    #[inline(never)]
    fn in_query(&mut self, it: &'a InQuery) -> Result<()> {
        let InQuery { negated, value, query } = it;
        self.operand(value, Precedence::Loose, Typed::No)?;
        self.text(if *negated { " not in " } else { " in " });
        self.in_subquery(query)
    }

    #[inline(never)]
    fn exists(&mut self, it: &'a Exists) -> Result<()> {
        let Exists { negated, query } = it;
        self.text(if *negated { "not exists " } else { "exists " });
        self.subquery(query)
    }

    #[inline(never)]
    fn is_null(&mut self, it: &'a IsNull) -> Result<()> {
        let IsNull { negated, value } = it;
        self.operand(value, Precedence::Loose, Typed::No)?;
        self.text(if *negated { " is not null" } else { " is null" });
        Ok(())
    }

    #[inline(never)]
    fn case(&mut self, it: &'a Case) -> Result<()> {
        let Case { whens, otherwise } = it;
        if whens.is_empty() {
            return Err(Error::invalid("a `case` without `when`"));
        }
        let typed = one_type(whens.iter().map(|when| &when.value).chain(otherwise));
        self.text("case");
        for When { condition, value } in whens {
            self.text(" when ");
            self.closed(condition, Typed::No)?;
            self.text(" then ");
            self.closed(value, typed)?;
        }
        self.optional(" else ", otherwise, |writer, it| writer.closed(it, typed))?;
        self.text(" end");
        Ok(())
    }

    #[inline(never)]
    fn cast(&mut self, it: &'a Cast) -> Result<()> {
        let Cast { value, data_type } = it;
        self.text("cast(");
        self.expr(value)?;
        self.text(" as ");
        self.cast_type(data_type)?;
        self.text(")");
        Ok(())
    }

    #[inline(never)]
    fn call(&mut self, it: &'a Call) -> Result<()> {
        let Call { schema, name, arguments } = it;
        if let Some(schema) = schema {
            self.ident(schema)?;
            self.text(".");
        }
        self.function_name(name)?;
        let typed = if ONE_TYPE.contains(&name.as_str()) { one_type(arguments.iter()) } else { Typed::No };
        self.text("(");
        self.list("", arguments, ", ", |writer, it| writer.operand(it, Precedence::Any, typed))?;
        self.text(")");
        Ok(())
    }

    /// The name of a function stands without quotes where it can: in quotes, a server's own are not found.
    fn function_name(&mut self, name: &Ident) -> Result<()> {
        let text = name.as_str();
        let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            && text.bytes().next().is_some_and(|byte| !byte.is_ascii_digit());
        if plain {
            self.text(text);
            Ok(())
        } else {
            self.ident(name)
        }
    }

    #[inline(never)]
    fn aggregate(&mut self, it: &'a Aggregate) -> Result<()> {
        let Aggregate { name, quantifier, arguments, filter, span, result } = it;
        if *span == Span::Group {
            self.aggregates += 1;
        }
        if *quantifier == Quantifier::Distinct && arguments.is_empty() {
            return Err(Error::invalid("`distinct` needs an argument; name the column to count"));
        }
        self.decimal_result(result.as_ref())?;
        let cast_result = match (result, self.spec.aggregate_result) {
            // A float is what its argument is, so that is cast; a sum of decimals is one wherever there are decimals.
            (Some(DataType::Double | DataType::Decimal { precision: _, scale: _ }), _) | (None, _) => None,
            (Some(data_type), AggregateResult::CastBoth) => Some(data_type),
            (Some(_), AggregateResult::CastArgument | AggregateResult::AsIs) => None,
        };
        let cast_argument = match (result, self.spec.aggregate_result) {
            (Some(DataType::Double), AggregateResult::CastBoth | AggregateResult::CastArgument) => {
                Some(&DataType::Double)
            }
            (Some(_) | None, _) => None,
        };
        let case = match (filter, self.spec.aggregate_filter) {
            (Some(condition), AggregateFilter::Case) => {
                if arguments.len() > 1 || !PASS_OVER_NULL.contains(&name.as_str()) {
                    return self.unsupported("filter on this aggregate", "filter the rows in a derived table");
                }
                Some(condition)
            }
            (Some(_), AggregateFilter::Words) | (None, _) => None,
        };
        if cast_result.is_some() {
            self.text("cast(");
        }
        self.function_name(name)?;
        self.text(match quantifier {
            Quantifier::All => "(",
            Quantifier::Distinct => "(distinct ",
        });
        if let Some(condition) = case {
            self.text("case when ");
            self.closed(condition, Typed::No)?;
            self.text(" then ");
        }
        if cast_argument.is_some() {
            self.text("cast(");
        }
        match (arguments.as_slice(), case) {
            ([], None) => self.text("*"),
            ([], Some(_)) => self.text("1"),
            (arguments, _) => self.list("", arguments, ", ", Self::expr)?,
        }
        if let Some(data_type) = cast_argument {
            self.text(" as ");
            self.cast_type(data_type)?;
            self.text(")");
        }
        self.text(if case.is_some() { " end)" } else { ")" });
        if case.is_none() {
            self.optional(" filter (where ", filter, |writer, it| {
                writer.expr(it)?;
                writer.text(")");
                Ok(())
            })?;
        }
        self.text(match span {
            Span::Group => "",
            Span::Result => " over ()",
        });
        if let Some(data_type) = cast_result {
            self.text(" as ");
            self.cast_type(data_type)?;
            self.text(")");
        }
        Ok(())
    }

    #[inline(never)]
    fn excluded(&mut self, it: &'a Excluded) -> Result<()> {
        let Excluded { column } = it;
        if !self.in_upsert {
            // MySQL would take it for `null`.
            return Err(Error::invalid("the value of `excluded` is there in an upsert only"));
        }
        match self.spec.upsert {
            Upsert::OnConflictOfKey | Upsert::OnConflict => {
                self.text("excluded.");
                self.ident(column)
            }
            Upsert::OnDuplicateKey => {
                self.text("values(");
                self.ident(column)?;
                self.text(")");
                Ok(())
            }
        }
    }

    pub(super) fn raw(&mut self, it: &'a Raw) -> Result<()> {
        let Raw { parts } = it;
        let after = if self.is_nested() { After::More } else { After::Nothing };
        quotes::check_slots(it, after, self.spec.quotes_in_text)?;
        self.list("", parts, "", |writer, part| match part {
            RawPart::Text(text) => {
                writer.text(text);
                Ok(())
            }
            RawPart::Ident(name) => writer.ident(name),
            RawPart::Expr(expr) => writer.operand(expr, Precedence::Atom, Typed::No),
        })
    }
}

/// Whether what stands beside a value tells the value's type: anything does but another value.
fn typed_by(sibling: &Expr) -> Typed {
    if matches!(sibling, Expr::Value(_)) { Typed::No } else { Typed::Yes }
}

fn holds_nul(it: &Expr) -> bool {
    matches!(it, Expr::Value(Value::Text(text)) if text.contains('\0'))
}

fn is_null(it: &Expr) -> bool {
    matches!(it, Expr::Value(value) if value.is_null())
}

/// Whether one of several expressions of the same type tells the type of those that are values.
fn one_type<'a>(mut expressions: impl Iterator<Item = &'a Expr>) -> Typed {
    if expressions.any(|it| typed_by(it) == Typed::Yes) { Typed::Yes } else { Typed::No }
}
