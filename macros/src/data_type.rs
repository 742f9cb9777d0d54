//! `type = "varchar(40)"`: column types in SQL's words.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Error, LitStr, Path, Result};

const KNOWN: &str = "`boolean`, `smallint`, `integer`, `bigint`, `real`, `double`, `text`, `varchar(n)`, `bytes`, \
                     `uuid`, `date`, `time`, `timestamp`, `timestamptz`, `json`, `numeric(precision, scale)`";

/// The `DataType` that the text names.
pub(crate) fn expand(literal: &LitStr, kysera: &Path) -> Result<TokenStream> {
    let text = literal.value().trim().to_ascii_lowercase();
    match variant(&text) {
        Some(variant) => Ok(quote!(#kysera::ast::DataType::#variant)),
        None => {
            let message = format!("unknown type `{text}`; known are {KNOWN}; for a type of your own, use `type_name`");
            Err(Error::new(literal.span(), message))
        }
    }
}

fn variant(text: &str) -> Option<TokenStream> {
    let (name, arguments) = match text.split_once('(') {
        Some((name, rest)) => (name.trim_end(), Some(rest.strip_suffix(')')?)),
        None => (text, None),
    };
    Some(match (name, arguments) {
        ("boolean", None) => quote!(Boolean),
        ("smallint", None) => quote!(SmallInt),
        ("integer", None) => quote!(Integer),
        ("bigint", None) => quote!(BigInt),
        ("real", None) => quote!(Real),
        ("double", None) => quote!(Double),
        ("text", None) => quote!(Text),
        ("bytes", None) => quote!(Bytes),
        ("uuid", None) => quote!(Uuid),
        ("date", None) => quote!(Date),
        ("time", None) => quote!(Time),
        ("timestamp", None) => quote!(Timestamp),
        ("timestamptz", None) => quote!(TimestampTz),
        ("json", None) => quote!(Json),
        ("varchar", Some(length)) => {
            let length: u32 = length.trim().parse().ok().filter(|it| *it > 0)?;
            quote!(Varchar(#length))
        }
        ("decimal" | "numeric", Some(arguments)) => {
            let (precision, scale) = arguments.split_once(',')?;
            let precision: u8 = precision.trim().parse().ok().filter(|it| *it > 0)?;
            let scale: u8 = scale.trim().parse().ok().filter(|it| *it <= precision)?;
            quote!(Decimal { precision: #precision, scale: #scale })
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::variant;

    #[test]
    fn types_are_read() {
        let text = |text| variant(text).map(|it| it.to_string());
        assert_eq!(text("bigint").as_deref(), Some("BigInt"));
        assert_eq!(text("varchar ( 40 )").as_deref(), Some("Varchar (40u32)"));
        assert_eq!(text("numeric(10,2)"), text("decimal( 10 , 2 )"));
        assert_eq!(text("numeric(10,2)").as_deref(), Some("Decimal { precision : 10u8 , scale : 2u8 }"));
        for unknown in ["", "blob", "varchar", "varchar()", "varchar(0)", "varchar(-1)", "varchar(40", "numeric(2)"] {
            assert_eq!(text(unknown), None, "{unknown}");
        }
        assert_eq!(text("numeric(2, 10)"), None, "more digits after the point than there are");
        assert_eq!(text("text(4)"), None);
    }
}
