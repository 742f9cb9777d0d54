//! `impl Writer`: decimals, where they are text.
//!
//! A collation reaches columns that were declared with it, and what it is written beside. So it is written beside each
//! value that is bound, and then every comparison with that value is exact, whatever the other side is. What no
//! collation makes right, since text becomes a float in it, is refused.

use super::spec::Decimals;
use super::writer::Writer;
use crate::ast::{BinaryOperator, DataType, Expr, Unary, UnaryOperator};
use crate::error::Result;
use crate::value::Value;

const HINT: &str = "read the decimals and calculate in Rust, or keep whole numbers of the smallest unit";

impl Writer<'_> {
    /// Writes the collation of a value that is text and stands for a decimal.
    #[inline]
    pub(super) fn decimal_collation(&mut self, value: &Value) {
        if self.spec.decimals == Decimals::Text && matches!(value, Value::Decimal(_)) {
            self.text(" collate kysera_decimal");
        }
    }

    /// The same for what is looked for in a list, since the collation of the list does not count.
    #[inline]
    pub(super) fn decimal_list(&mut self, list: &[Expr]) {
        if self.spec.decimals == Decimals::Text
            && let Some(Expr::Value(value)) = list.iter().find(|it| is_decimal(it))
        {
            self.decimal_collation(value);
        }
    }

    /// Refuses to calculate with decimals that are text, as far as the operands tell that they are.
    #[inline]
    pub(super) fn calculate<'e>(&self, mut operands: impl Iterator<Item = &'e Expr>) -> Result<()> {
        if self.spec.decimals == Decimals::Text && operands.any(is_decimal) {
            return self.unsupported("arithmetic of decimals", HINT);
        }
        Ok(())
    }

    /// Refuses to compare a decimal that is text with the result of a calculation, which is a float and always less.
    #[inline]
    pub(super) fn compare<'e>(&self, operands: impl Iterator<Item = &'e Expr> + Clone) -> Result<()> {
        if self.spec.decimals == Decimals::Text && operands.clone().any(is_calculated) {
            return self.calculate(operands);
        }
        Ok(())
    }

    /// Refuses an aggregate whose result is a decimal that was calculated.
    pub(super) fn decimal_result(&self, result: Option<&DataType>) -> Result<()> {
        match (result, self.spec.decimals) {
            (Some(DataType::Decimal { precision: _, scale: _ }), Decimals::Text) => {
                self.unsupported("sum of decimals", HINT)
            }
            (Some(_) | None, Decimals::Text | Decimals::Numbers) => Ok(()),
        }
    }
}

fn is_decimal(it: &Expr) -> bool {
    matches!(it, Expr::Value(Value::Decimal(_)))
}

/// Whether it is the result of an operator that makes a number.
fn is_calculated(it: &Expr) -> bool {
    match it {
        Expr::Binary(it) => BinaryOperator::is_arithmetic(it.operator),
        Expr::Unary(it) => {
            let Unary { operator, operand: _ } = &**it;
            *operator == UnaryOperator::Negate
        }
        Expr::Column(_)
        | Expr::Value(_)
        | Expr::And(_)
        | Expr::Or(_)
        | Expr::Rows(_)
        | Expr::Like(_)
        | Expr::Between(_)
        | Expr::In(_)
        | Expr::InQuery(_)
        | Expr::Exists(_)
        | Expr::IsNull(_)
        | Expr::Case(_)
        | Expr::Cast(_)
        | Expr::Call(_)
        | Expr::Aggregate(_)
        | Expr::Subquery(_)
        | Expr::Excluded(_)
        | Expr::Now
        | Expr::Raw(_) => false,
    }
}
