//! Text and bytes.

use super::Mismatch;
use crate::ast::{DataType, Expr};
use crate::expr::{IntoExpr, IntoNullable, Nothing};
use crate::sql_type;
use crate::types::NotNull;
use crate::value::{Kind, Value};

sql_type!(String, Kind::Text, DataType::Text, |it| Value::Text(it.into()), |value| match value {
    Value::Text(it) | Value::Json(it) => Ok(it.into()),
    value => Err(Mismatch::new(Kind::Text, &value)),
});

sql_type!(Vec<u8>, Kind::Bytes, DataType::Bytes, |it| Value::Bytes(it), |value| match value {
    Value::Bytes(it) => Ok(it),
    value => Err(Mismatch::new(Kind::Bytes, &value)),
});

// Borrowed forms are values too, so that `email.eq("ann@x.io")` needs no `to_string`. That of `&str` stands by itself,
// because errors point to it.
#[diagnostic::do_not_recommend]
impl IntoExpr<String> for &str {
    type Needs = Nothing;
    type Null = NotNull;

    fn into_expr(self) -> Expr {
        Expr::Value(Value::from(self))
    }
}

#[diagnostic::do_not_recommend]
impl IntoNullable<String> for &str {
    type Needs = Nothing;
    type Null = NotNull;

    fn into_nullable(self) -> Expr {
        self.into_expr()
    }
}

macro_rules! borrowed {
    ($($Borrowed:ty => $Owned:ty),*) => {
        $(
            #[diagnostic::do_not_recommend]
            impl IntoExpr<$Owned> for $Borrowed {
                type Needs = Nothing;
                type Null = NotNull;

                fn into_expr(self) -> Expr {
                    Expr::Value(Value::from(<$Owned>::from(self)))
                }
            }

            #[diagnostic::do_not_recommend]
            impl IntoNullable<$Owned> for $Borrowed {
                type Needs = Nothing;
                type Null = NotNull;

                fn into_nullable(self) -> Expr {
                    self.into_expr()
                }
            }
        )*
    };
}

borrowed!(&String => String, std::borrow::Cow<'_, str> => String, &[u8] => Vec<u8>);
