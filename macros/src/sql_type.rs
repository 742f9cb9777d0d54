//! `#[derive(SqlType)]`: an enum kept as text or as a number, and a newtype kept as what it wraps.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt;
use syn::{Data, DataEnum, DeriveInput, Error, Fields, Ident, Path, Result, Type, parse_quote};

use crate::attributes::{self, Errors, list};
use crate::name::{Name, is_option};
use crate::rename::Rule;

/// What `#[sql(..)]` on the type says.
struct Attributes {
    kysera: Path,
    rule: Option<Rule>,
    type_name: Option<Name>,
    repr: Option<Ident>,
}

impl Attributes {
    /// Implements the trait from the kind, the column type, the way in and the way out; where the column type has a name,
    /// all four know of it.
    fn implement(
        &self,
        ident: &Ident,
        kind: TokenStream,
        data_type: TokenStream,
        into: TokenStream,
        from: TokenStream,
    ) -> TokenStream {
        let Self { kysera, type_name, .. } = self;
        let Some(name) = type_name else {
            return quote!(#kysera::sql_type!(#ident, #kind, #data_type, |__it| #into, |__value| #from););
        };
        let name = name.expand(kysera);
        quote! {
            const _: () = {
                const __NAMED: #kysera::ast::DataType =
                    #kysera::ast::DataType::Named(#kysera::ast::Ident::Static(const { &#name }));
                static __DATA_TYPE: #kysera::ast::DataType = __NAMED;

                #kysera::sql_type!(
                    #ident,
                    #kysera::types::named_kind(#kind, &__DATA_TYPE),
                    __NAMED,
                    |__it| #kysera::types::named_value(#into, &__DATA_TYPE),
                    |__value| {
                        let __value = #kysera::types::unnamed_value(__value);
                        #from
                    },
                );
            };
        }
    }
}

/// Expands the derive.
pub(crate) fn expand(input: DeriveInput) -> Result<TokenStream> {
    let DeriveInput { attrs, ident, generics, data, .. } = input;
    if !generics.params.is_empty() {
        return Err(Error::new_spanned(generics, "a type that a column holds has no generic parameters"));
    }
    let mut attributes = Attributes { kysera: parse_quote!(::kysera), rule: None, type_name: None, repr: None };
    attributes::read(&attrs, "sql", |key, meta| {
        match key {
            "rename_all" => attributes.rule = Some(Rule::parse(meta)?),
            "type_name" => attributes.type_name = Some(Name::from_literal(&attributes::text(meta)?)?),
            "repr" => attributes.repr = Some(repr(&attributes::text(meta)?)?),
            "crate" => attributes.kysera = attributes::path(meta)?,
            _ => return Err(attributes::unknown(meta, "sql", &["rename_all", "type_name", "repr", "crate"])),
        }
        Ok(())
    })?;
    match data {
        Data::Enum(data) if attributes.repr.is_some() => number(&ident, data, &attributes),
        Data::Enum(data) => text(&ident, data, &attributes),
        Data::Struct(data) => match data.fields {
            Fields::Unnamed(fields) if fields.unnamed.len() == 1 => newtype(&ident, &fields.unnamed[0].ty, &attributes),
            Fields::Unnamed(_) | Fields::Named(_) | Fields::Unit => Err(unfit(&ident)),
        },
        Data::Union(_) => Err(unfit(&ident)),
    }
}

fn unfit(ident: &Ident) -> Error {
    Error::new(
        ident.span(),
        "a column holds an enum without fields, or a struct around one value: `struct UserId(i64);`",
    )
}

/// `repr = "i16"`
fn repr(literal: &syn::LitStr) -> Result<Ident> {
    const KNOWN: [&str; 3] = ["i16", "i32", "i64"];
    if KNOWN.contains(&literal.value().as_str()) {
        literal.parse()
    } else {
        Err(Error::new(literal.span(), format!("an enum is kept as text, or as one of {}", list(&KNOWN))))
    }
}

/// The variants and the names they have in the database.
fn variants(data: DataEnum, rule: Option<Rule>, renamed: bool) -> Result<Vec<(Ident, Name)>> {
    let mut errors = Errors::default();
    let mut variants: Vec<(Ident, Name)> = Vec::new();
    for variant in data.variants {
        if !matches!(variant.fields, Fields::Unit) {
            errors.add(Error::new_spanned(&variant.fields, "a column cannot hold the fields of a variant"));
        }
        let ident = variant.ident;
        let mut name = Name::new(rule.unwrap_or(Rule::Snake).apply(&ident.unraw().to_string()), ident.span());
        let read = attributes::read(&variant.attrs, "sql", |key, meta| match key {
            "rename" if renamed => {
                let text = attributes::text(meta)?;
                name = Name::new(text.value(), text.span());
                Ok(())
            }
            "rename" => Err(Error::new_spanned(&meta.path, "an enum that is kept as a number has no names to change")),
            _ => Err(attributes::unknown(meta, "sql", &["rename"])),
        });
        if let Err(error) = read {
            errors.add(error);
        }
        if variants.iter().any(|(_, it)| it.text == name.text) {
            errors.add(Error::new(name.span, format!("another variant is named `{}` already", name.text)));
        }
        variants.push((ident, name));
    }
    errors.finish(variants)
}

/// An enum kept as text.
fn text(ident: &Ident, data: DataEnum, attributes: &Attributes) -> Result<TokenStream> {
    let Attributes { kysera, rule, .. } = attributes;
    let variants = variants(data, *rule, true)?;
    if variants.is_empty() {
        return Err(Error::new(ident.span(), "an enum without variants has no values"));
    }
    let idents: Vec<_> = variants.iter().map(|(ident, _)| ident).collect();
    let names: Vec<_> = variants.iter().map(|(_, name)| &name.text).collect();
    let expected = expected(ident, &names);
    let into = quote! {
        #kysera::Value::Text(#kysera::value::Text::from(match __it {
            #(Self::#idents => #names,)*
        }))
    };
    let from = quote! {
        match __value {
            #kysera::Value::Text(__text) => match __text.as_str() {
                #(#names => ::core::result::Result::Ok(Self::#idents),)*
                _ => ::core::result::Result::Err(#kysera::types::Mismatch::because(#expected, "another text")),
            },
            __value => ::core::result::Result::Err(#kysera::types::Mismatch {
                expected: ::std::borrow::Cow::Borrowed(#expected),
                ..#kysera::types::Mismatch::new(#kysera::value::Kind::Text, &__value)
            }),
        }
    };
    let kind = quote!(#kysera::value::Kind::Text);
    let implementation = attributes.implement(ident, kind, quote!(#kysera::ast::DataType::Text), into, from);
    Ok(quote! {
        #implementation

        impl #kysera::expr::MinMax for #ident {}
    })
}

/// An enum kept as the number of its variant.
fn number(ident: &Ident, data: DataEnum, attributes: &Attributes) -> Result<TokenStream> {
    let Attributes { kysera, repr, rule, type_name } = attributes;
    if rule.is_some() || type_name.is_some() {
        let message = "`repr` keeps a number, so `rename_all` and `type_name` say nothing; take them or `repr` away";
        return Err(Error::new(ident.span(), message));
    }
    let variants = variants(data, None, false)?;
    if variants.is_empty() {
        return Err(Error::new(ident.span(), "an enum without variants has no values"));
    }
    let idents: Vec<_> = variants.iter().map(|(ident, _)| ident).collect();
    let texts: Vec<_> = idents.iter().map(|it| it.unraw().to_string()).collect();
    let out_of_range: Vec<_> = texts.iter().map(|it| format!("the number of `{it}` does not fit its `repr`")).collect();
    let expected = expected(ident, &texts.iter().collect::<Vec<_>>());
    Ok(quote! {
        impl #kysera::expr::MinMax for #ident {}

        const _: () = {
            #(::core::assert!(#ident::#idents as i128 == #ident::#idents as #repr as i128, #out_of_range);)*
        };

        #kysera::sql_type!(
            #ident,
            <#repr as #kysera::types::SqlType>::KIND,
            <#repr as #kysera::types::SqlType>::DATA_TYPE,
            |__it| #kysera::types::SqlType::into_value(__it as #repr),
            |__value| {
                let __number = <#repr as #kysera::types::SqlType>::from_value(__value).map_err(|__mismatch| {
                    #kysera::types::Mismatch { expected: ::std::borrow::Cow::Borrowed(#expected), ..__mismatch }
                })?;
                #(if __number == Self::#idents as #repr {
                    return ::core::result::Result::Ok(Self::#idents);
                })*
                ::core::result::Result::Err(#kysera::types::Mismatch::because(#expected, "another number"))
            },
        );
    })
}

/// A struct around one value, kept as that value.
fn newtype(ident: &Ident, inner: &Type, attributes: &Attributes) -> Result<TokenStream> {
    let Attributes { kysera, rule, repr, .. } = attributes;
    if rule.is_some() || repr.is_some() {
        return Err(Error::new(ident.span(), "`rename_all` and `repr` are for enums"));
    }
    if is_option(inner) {
        let message = "what may be `null` is an `Option` of the newtype, so take the `Option` out of it";
        return Err(Error::new_spanned(inner, message));
    }
    let read = quote!(<#inner as #kysera::types::SqlType>);
    let implementation = attributes.implement(
        ident,
        quote!(#read::KIND),
        quote!(#read::DATA_TYPE),
        quote!(#kysera::types::SqlType::into_value(__it.0)),
        quote!(#read::from_value(__value).map(Self)),
    );
    // Without `for<..>`, a bound that does not hold would be an error here, and not where it is needed.
    Ok(quote! {
        #implementation

        #[diagnostic::do_not_recommend]
        impl #kysera::expr::MinMax for #ident where for<'__any> #inner: #kysera::expr::MinMax {}
    })
}

/// The type and its variants, as an error names them.
fn expected(ident: &Ident, names: &[impl AsRef<str>]) -> String {
    let names: Vec<_> = names.iter().map(AsRef::as_ref).collect();
    format!("a `{}`, which is one of {}", ident.unraw(), list(&names))
}
