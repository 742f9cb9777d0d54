//! Names: of tables and columns in SQL, and of the Rust items that stand for them.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{Error, GenericArgument, Ident, LitStr, Path, PathArguments, Result, Type};

/// The name of a table, a column or a type in the database.
#[derive(Clone)]
pub(crate) struct Name {
    pub(crate) text: String,
    pub(crate) span: Span,
}

impl Name {
    pub(crate) fn new(text: impl Into<String>, span: Span) -> Self {
        Self { text: text.into(), span }
    }

    /// A name from an attribute.
    pub(crate) fn from_literal(literal: &LitStr) -> Result<Self> {
        let text = literal.value();
        if text.is_empty() {
            return Err(Error::new(literal.span(), "a name must not be empty"));
        }
        if text.contains('\0') {
            return Err(Error::new(literal.span(), "a name must not hold NUL"));
        }
        Ok(Self::new(text, literal.span()))
    }

    /// `kysera::ast::Name::checked(..)`: the name in each form in which it may be written.
    pub(crate) fn expand(&self, kysera: &Path) -> TokenStream {
        let text = &self.text;
        let double_quoted = quoted(text, '"');
        let backquoted = quoted(text, '`');
        let plain = self.is_plain();
        quote!(#kysera::ast::Name::checked(#text, #double_quoted, #backquoted, #plain))
    }

    /// The parts of `kysera::ast::Name::of_columns(..)` for a column of the table `table`.
    pub(crate) fn expand_in(&self, table: &Self) -> TokenStream {
        let text = &self.text;
        let [double_quoted, backquoted] =
            ['"', '`'].map(|quote| format!("{}.{}", quoted(&table.text, quote), quoted(text, quote)));
        let plain = self.is_plain() && table.is_plain();
        quote!((#text, #double_quoted, #backquoted, #plain))
    }

    /// Whether every server takes the name as it is.
    fn is_plain(&self) -> bool {
        self.text.len() <= 63 && self.text.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'_')
    }

    /// The name for documentation, which it must not break: anything but plain words is left out.
    pub(crate) fn documented(&self) -> String {
        if self.text.chars().all(|it| it.is_alphanumeric() || "_ -.".contains(it)) {
            format!(" `{}`", self.text)
        } else {
            String::new()
        }
    }
}

/// The text in quotes, with quotes within it doubled.
fn quoted(text: &str, quote: char) -> String {
    let doubled = text.replace(quote, &format!("{quote}{quote}"));
    format!("{quote}{doubled}{quote}")
}

/// `BlogPost` as `blog_post`, `HTTPRequest` as `http_request`.
pub(crate) fn snake_case(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let mut snake = String::new();
    for (at, letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).map(|it| letters[it]);
        let after = letters.get(at + 1);
        let starts_word = letter.is_uppercase()
            && before.is_some_and(|before| {
                before != '_' && (!before.is_uppercase() || after.is_some_and(|it| it.is_lowercase()))
            });
        if starts_word {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}

/// A Rust identifier of that name, if there is one.
pub(crate) fn identifier(text: &str, span: Span) -> Option<Ident> {
    let mut ident = syn::parse_str::<Ident>(text).or_else(|_| syn::parse_str(&format!("r#{text}"))).ok()?;
    ident.set_span(span);
    Some(ident)
}

/// Whether the type is written `Option<..>`.
pub(crate) fn is_option(ty: &Type) -> bool {
    option_of(ty).is_some()
}

/// What the type is an `Option` of, where it is written `Option<..>`.
pub(crate) fn option_of(ty: &Type) -> Option<&Type> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last().filter(|last| last.ident == "Option")?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    match arguments.args.first() {
        Some(GenericArgument::Type(inner)) => Some(inner),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_name() {
        for (text, expected) in [
            ("User", "user"),
            ("BlogPost", "blog_post"),
            ("HTTPRequest", "http_request"),
            ("UserID", "user_id"),
            ("Oauth2Token", "oauth2_token"),
            ("already_snake", "already_snake"),
            ("A", "a"),
            ("AB", "ab"),
            ("Größe", "größe"),
        ] {
            assert_eq!(snake_case(text), expected);
        }
    }

    #[test]
    fn quotes_are_doubled() {
        assert_eq!(quoted("we\"ird", '"'), "\"we\"\"ird\"");
        assert_eq!(quoted("we\"ird", '`'), "`we\"ird`");
        assert_eq!(quoted("a`b", '`'), "`a``b`");
    }

    #[test]
    fn what_is_an_identifier() {
        let text = |text| identifier(text, Span::call_site()).map(|it| it.to_string());
        assert_eq!(text("users").as_deref(), Some("users"));
        assert_eq!(text("type").as_deref(), Some("r#type"));
        assert_eq!(text("two words"), None);
        assert_eq!(text("2nd"), None);
        assert_eq!(text("self"), None);
        assert_eq!(text(""), None);
    }

    #[test]
    fn documentation_is_not_broken_by_a_name() {
        assert_eq!(Name::new("user name", Span::call_site()).documented(), " `user name`");
        assert_eq!(Name::new("a`](http://x)", Span::call_site()).documented(), "");
    }
}
