//! What all attributes share: keys that are known and given once, and values whose errors say what is allowed.

use proc_macro2::Span;
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::meta::ParseNestedMeta;
use syn::parse::ParseStream;
use syn::{Attribute, Error, Ident, LitStr, Path, Result, Token};

/// Reads all `#[name(key, key = value, ..)]`; a key that comes twice is an error.
pub(crate) fn read(
    attributes: &[Attribute],
    name: &str,
    mut read: impl FnMut(&str, &ParseNestedMeta<'_>) -> Result<()>,
) -> Result<()> {
    let mut seen = Vec::new();
    for attribute in attributes.iter().filter(|it| it.path().is_ident(name)) {
        attribute.parse_nested_meta(|meta| {
            let key = meta.path.to_token_stream().to_string();
            if seen.contains(&key) {
                return Err(Error::new_spanned(&meta.path, format!("`{key}` is given twice")));
            }
            read(&key, &meta)?;
            seen.push(key);
            Ok(())
        })?;
    }
    Ok(())
}

/// The error for a key that `#[name(..)]` does not have.
pub(crate) fn unknown(meta: &ParseNestedMeta<'_>, name: &str, keys: &[&str]) -> Error {
    let key = meta.path.to_token_stream();
    Error::new_spanned(&meta.path, format!("`#[{name}]` has no `{key}`; it has {}", list(keys)))
}

/// A key without a value, which is true by being there.
pub(crate) fn flag(meta: &ParseNestedMeta<'_>) -> Result<bool> {
    if meta.input.is_empty() || meta.input.peek(Token![,]) {
        Ok(true)
    } else {
        Err(Error::new(meta.input.span(), format!("`{}` takes no value", meta.path.to_token_stream())))
    }
}

/// `key = "text"`
pub(crate) fn text(meta: &ParseNestedMeta<'_>) -> Result<LitStr> {
    meta.value()?.parse()
}

/// `key = "a::path"`
pub(crate) fn path(meta: &ParseNestedMeta<'_>) -> Result<Path> {
    text(meta)?.parse_with(Path::parse_mod_style)
}

/// `= word` or `= "word"`, of words that are known; gives its place in `words`.
pub(crate) fn word(input: ParseStream<'_>, words: &[&str]) -> Result<usize> {
    input.parse::<Token![=]>()?;
    let (word, span) = word_or_text(input)?;
    let normal = word.replace(' ', "_");
    words
        .iter()
        .position(|it| *it == normal)
        .ok_or_else(|| Error::new(span, format!("unknown value `{word}`; known are {}", list(words))))
}

fn word_or_text(input: ParseStream<'_>) -> Result<(String, Span)> {
    if input.peek(LitStr) {
        let text: LitStr = input.parse()?;
        Ok((text.value(), text.span()))
    } else {
        let word = input.call(Ident::parse_any)?;
        Ok((word.to_string(), word.span()))
    }
}

/// Words as a sentence lists them.
pub(crate) fn list(words: &[&str]) -> String {
    words.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(", ")
}

/// Collects errors, so that all of them are shown at once.
#[derive(Default)]
pub(crate) struct Errors(Option<Error>);

impl Errors {
    pub(crate) fn add(&mut self, error: Error) {
        match &mut self.0 {
            Some(errors) => errors.combine(error),
            None => self.0 = Some(error),
        }
    }

    pub(crate) fn finish<T>(self, value: T) -> Result<T> {
        self.0.map_or(Ok(value), Err)
    }
}
