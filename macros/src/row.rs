//! `#[derive(FromRow)]`: a struct read by column names.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt;
use syn::{Data, DataStruct, DeriveInput, Error, Field, Fields, Path, Result, parse_quote};

use crate::attributes::{self, Errors};
use crate::name::Name;
use crate::rename::Rule;

/// How a field gets its value.
enum Source {
    /// From the column of that name.
    Column(Name),
    /// From the column of that name if there is one, else from `Default`.
    ColumnOrDefault(Name),
    /// From the columns of a struct of its own.
    Flatten,
    /// From `Default`.
    Skip,
}

/// Expands the derive.
pub(crate) fn expand(input: DeriveInput) -> Result<TokenStream> {
    let DeriveInput { attrs, ident, mut generics, data, .. } = input;
    let Data::Struct(DataStruct { fields: Fields::Named(fields), .. }) = data else {
        return Err(Error::new(ident.span(), "a row is read into a struct with named fields"));
    };
    let (mut rule, mut kysera): (_, Path) = (None, parse_quote!(::kysera));
    attributes::read(&attrs, "row", |key, meta| {
        match key {
            "rename_all" => rule = Some(Rule::parse(meta)?),
            "crate" => kysera = attributes::path(meta)?,
            _ => return Err(attributes::unknown(meta, "row", &["rename_all", "crate"])),
        }
        Ok(())
    })?;

    let mut errors = Errors::default();
    let mut values = Vec::new();
    let mut bounds = Vec::new();
    for field in &fields.named {
        match source(field, rule) {
            Ok(source) => {
                let ty = &field.ty;
                let (value, bound) = match source {
                    Source::Column(Name { text, .. }) => (quote!(__row.take(#text)?), quote!(#kysera::types::SqlType)),
                    Source::ColumnOrDefault(Name { text, .. }) => (
                        quote!(__row.take_or_default(#text)?),
                        quote!(#kysera::types::SqlType + ::core::default::Default),
                    ),
                    Source::Flatten => {
                        (quote!(#kysera::table::FromRow::from_row(__row)?), quote!(#kysera::table::FromRow))
                    }
                    Source::Skip => (quote!(::core::default::Default::default()), quote!(::core::default::Default)),
                };
                let name = &field.ident;
                values.push(quote!(#name: #value));
                bounds.push(quote!(#ty: #bound));
            }
            Err(error) => errors.add(error),
        }
    }
    errors.finish(())?;

    if generics.type_params().next().is_some() {
        let clause = generics.make_where_clause();
        clause.predicates.extend(bounds.into_iter().map(|bound| -> syn::WherePredicate { parse_quote!(#bound) }));
    }
    let (parameters, arguments, clause) = generics.split_for_impl();
    Ok(quote! {
        impl #parameters #kysera::table::FromRow for #ident #arguments #clause {
            fn from_row(__row: &mut #kysera::driver::Row<'_>) -> #kysera::Result<Self> {
                ::core::result::Result::Ok(Self { #(#values),* })
            }
        }
    })
}

fn source(field: &Field, rule: Option<Rule>) -> Result<Source> {
    let Some(ident) = &field.ident else {
        return Err(Error::new_spanned(field, "a column needs a field with a name"));
    };
    let (mut rename, mut default, mut flatten, mut skip) = (None, false, false, false);
    attributes::read(&field.attrs, "row", |key, meta| {
        match key {
            "rename" => rename = Some(Name::from_literal(&attributes::text(meta)?)?),
            "default" => default = attributes::flag(meta)?,
            "flatten" => flatten = attributes::flag(meta)?,
            "skip" => skip = attributes::flag(meta)?,
            _ => return Err(attributes::unknown(meta, "row", &["rename", "default", "flatten", "skip"])),
        }
        Ok(())
    })?;
    if usize::from(flatten) + usize::from(skip) + usize::from(default || rename.is_some()) > 1 {
        let message = "`flatten`, `skip` and the name or default of a column exclude each other";
        return Err(Error::new(ident.span(), message));
    }
    let name = rename.unwrap_or_else(|| {
        let name = ident.unraw().to_string();
        Name::new(rule.map_or(name.clone(), |it| it.apply(&name)), ident.span())
    });
    Ok(match (flatten, skip, default) {
        (true, ..) => Source::Flatten,
        (_, true, _) => Source::Skip,
        (.., true) => Source::ColumnOrDefault(name),
        _ => Source::Column(name),
    })
}
