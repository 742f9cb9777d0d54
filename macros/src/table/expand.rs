//! What `#[derive(Table)]` expands to.
//!
//! The module of the table names no type and no item from outside: it reaches the types of its columns, but for those
//! that every module knows, through the impls that stand beside the struct. So the derive works wherever a struct may
//! stand, in the body of a function too, which no module within can see. Everything that can be done once in the library
//! is done there, since each line here is checked again for each table of a program.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use syn::ext::IdentExt;
use syn::{Data, DeriveInput, Error, Fields, Ident, Path, Result, Type, Visibility};

use super::column::{Column, Generated};
use crate::attributes::{self, Errors};
use crate::name::{self, Name};

/// A table, as its struct declares it.
struct Table {
    kysera: Path,
    visibility: Visibility,
    /// The struct.
    row: Ident,
    /// The module.
    module: Ident,
    schema: Option<Name>,
    name: Name,
    columns: Vec<Column>,
}

/// Expands the derive.
pub(crate) fn expand(input: DeriveInput) -> Result<TokenStream> {
    let table = Table::parse(input)?;
    let parts = [table.module(), table.described(), table.insert(), table.patch()];
    Ok(parts.into_iter().collect())
}

impl Table {
    fn parse(input: DeriveInput) -> Result<Self> {
        let DeriveInput { attrs, vis, ident, generics, data } = input;
        if !generics.params.is_empty() {
            return Err(Error::new_spanned(generics, "a table has no generic parameters"));
        }
        let Data::Struct(syn::DataStruct { fields: Fields::Named(fields), .. }) = data else {
            return Err(Error::new(ident.span(), "a table is a struct with named fields, one for each column"));
        };
        if fields.named.is_empty() {
            return Err(Error::new(ident.span(), "a table needs at least one column"));
        }

        let (mut name, mut schema, mut module, mut kysera) = (None, None, None, syn::parse_quote!(::kysera));
        attributes::read(&attrs, "table", |key, meta| {
            match key {
                "name" => name = Some(Name::from_literal(&attributes::text(meta)?)?),
                "schema" => schema = Some(Name::from_literal(&attributes::text(meta)?)?),
                "module" => module = Some(attributes::text(meta)?.parse_with(Ident::parse_any)?),
                "crate" => kysera = attributes::path(meta)?,
                _ => return Err(attributes::unknown(meta, "table", &["name", "schema", "module", "crate"])),
            }
            Ok(())
        })?;
        let name = name.unwrap_or_else(|| Name::new(name::snake_case(&ident.unraw().to_string()) + "s", ident.span()));
        let module = match module.or_else(|| name::identifier(&name.text, name.span)) {
            Some(module) => module,
            None => {
                let message = "this name is no Rust identifier; name the table's module, as in `module = \"users\"`";
                return Err(Error::new(name.span, message));
            }
        };
        Ok(Self { columns: columns(fields, &kysera)?, kysera, visibility: vis, row: ident, module, schema, name })
    }

    /// The columns whose types have no name in the module.
    fn foreign(&self) -> impl Iterator<Item = &Column> {
        self.columns.iter().filter(|it| known(&it.ty).is_none())
    }

    /// The module: the table, a constant for each column, and the table under another name.
    fn module(&self) -> TokenStream {
        let Self { kysera, module, visibility, name, .. } = self;
        let inner = visibility_within(visibility);
        let documented = name.documented();
        let about_module = format!("The table{documented}, and a constant for each of its columns.");
        let about_table = format!("The table{documented}.");
        let about_aliased = format!("The columns of the table{documented} under another name.");
        let constants = self.columns.iter().enumerate().map(|(at, column @ Column { field, ty, name, .. })| {
            let about = format!("The column{}: `{}`.", name.documented(), documented_type(ty));
            let ty = column.type_within();
            quote! {
                #[doc = #about]
                #inner const #field: #kysera::table::Column<table, #ty> =
                    #kysera::table::column(#at);
            }
        });
        let fields = self.columns.iter().map(|column @ Column { field, ty, name, .. }| {
            let about = format!("The column{}: `{}`.", name.documented(), documented_type(ty));
            let ty = column.type_within();
            quote!(#[doc = #about] #inner #field: #kysera::table::Column<A, #ty>,)
        });
        let mut names = self.foreign().map(|it| &it.field).peekable();
        let types = names.peek().is_some().then(|| {
            quote! {
                /// The types of columns that have no name here.
                #[doc(hidden)]
                #inner trait __Types {
                    #(type #names;)*
                }
            }
        });
        quote! {
            #[doc = #about_module]
            #[allow(non_camel_case_types, non_upper_case_globals, dead_code)]
            #visibility mod #module {
                #[doc = #about_table]
                #[derive(::core::clone::Clone, ::core::marker::Copy, ::core::fmt::Debug)]
                #inner struct table;

                #types

                #(#constants)*

                #[doc = #about_aliased]
                #inner struct Aliased<A> {
                    #(#fields)*
                }
            }
        }
    }

    /// The descriptions, and the impls of the table and its aliases.
    fn described(&self) -> TokenStream {
        let Self { kysera, module, row, schema, name, columns, .. } = self;
        let width = columns.len();
        let table_name = name.expand(kysera);
        let column_names = columns.iter().map(|it| it.name.expand_in(name));
        let schema = match schema {
            Some(schema) => {
                let schema = schema.expand(kysera);
                quote!(::core::option::Option::Some(const { &#schema }))
            }
            None => quote!(::core::option::Option::None),
        };
        let descriptions = columns.iter().map(|it| it.description(kysera));
        // As the module writes them: where one of these names is of another type here, the fields do not fit.
        let types = list(columns.iter().map(|it| known(&it.ty).unwrap_or_else(|| it.ty.to_token_stream())));
        let mut foreign = self.foreign().map(|Column { field, ty, .. }| quote!(type #field = #ty;)).peekable();
        let foreign = foreign.peek().is_some().then(|| {
            quote! {
                impl #module::__Types for #module::table {
                    #(#foreign)*
                }
            }
        });
        let fields: Vec<_> = columns.iter().map(|it| &it.field).collect();
        let places = 0..width;
        let bindings: Vec<_> = (0..width).map(|at| format_ident!("__{at}")).collect();
        let list = list(bindings.iter());
        quote! {
            #[allow(non_camel_case_types)]
            const _: () = {
                static __NAME: #kysera::ast::Name = #table_name.of_table(&__TABLE);
                static __NAMES: [#kysera::ast::Name; #width] =
                    #kysera::ast::Name::of_columns(&__NAME, [#(#column_names),*]);
                static __COLUMNS: [#kysera::table::ColumnDescription; #width] =
                    #kysera::table::named(&__NAMES, [#(#descriptions),*]);
                static __TABLE: #kysera::table::TableDescription =
                    #kysera::table::TableDescription { schema: #schema, name: &__NAME, columns: &__COLUMNS };

                #foreign

                #[diagnostic::do_not_recommend]
                impl #kysera::table::Table for #module::table {
                    type Row = #row;
                    const DESCRIPTION: &'static #kysera::table::TableDescription = &__TABLE;
                }

                #[diagnostic::do_not_recommend]
                impl #kysera::table::BaseTable for #module::table {
                    const TABLE: Self = Self;
                }

                #[diagnostic::do_not_recommend]
                impl #kysera::table::Record for #row {
                    type Table = #module::table;
                    type Columns = #types;

                    fn from_columns(#list: Self::Columns) -> Self {
                        Self { #(#fields: #bindings),* }
                    }
                }

                #[diagnostic::do_not_recommend]
                impl #kysera::table::Fills<<#row as #kysera::table::Record>::Columns> for #row {}

                impl<A: #kysera::table::Table> #module::Aliased<A> {
                    #[doc(hidden)]
                    pub const fn new() -> Self {
                        Self { #(#fields: #kysera::table::column(#places)),* }
                    }
                }
            };
        }
    }

    /// `NewUser`: what an insert gives.
    fn insert(&self) -> TokenStream {
        let Self { kysera, module, visibility, row, name, .. } = self;
        let new = format_ident!("New{}", row.unraw(), span = row.span());
        let given = || self.columns.iter().filter(|it| it.generated != Generated::Always);
        let fields = given().map(|Column { field, ty, name, generated, .. }| {
            let documented = name.documented();
            match generated {
                Generated::Never => {
                    let about = format!("The column{documented}.");
                    quote!(#[doc = #about] pub #field: #ty)
                }
                Generated::ByDefault | Generated::Always => {
                    let about = format!("The column{documented}; `None` leaves it to the database.");
                    quote!(#[doc = #about] pub #field: ::core::option::Option<#ty>)
                }
            }
        });
        let (mut parameters, mut values) = (Vec::new(), Vec::new());
        for column @ Column { field, ty, .. } in given() {
            if !column.is_required() {
                values.push(quote!(#field: ::core::option::Option::None));
            } else if is_number(ty) {
                parameters.push(quote!(#field: #ty));
                values.push(quote!(#field));
            } else {
                parameters.push(quote!(#field: impl ::core::convert::Into<#ty>));
                values.push(quote!(#field: #field.into()));
            }
        }
        let default = parameters.is_empty().then(|| quote!(#[derive(::core::default::Default)]));
        let clones = given().map(Column::clone_field);
        let width = self.columns.len();
        let values_of_columns = self.columns.iter().map(|Column { field, generated, .. }| match generated {
            Generated::Never => quote!(#kysera::table::give(self.#field)),
            Generated::ByDefault => quote!(#kysera::table::give_some(self.#field)),
            Generated::Always => quote!(::core::option::Option::None),
        });
        let about = format!("What an insert into the table{} gives.", name.documented());
        quote! {
            #[doc = #about]
            #[allow(dead_code)]
            #default
            #visibility struct #new {
                #(#fields,)*
            }

            impl ::core::clone::Clone for #new {
                fn clone(&self) -> Self {
                    Self { #(#clones),* }
                }
            }

            impl #new {
                /// A row of what every insert must give; the rest is `null` or left to the database.
                #[must_use]
                #[allow(dead_code, clippy::too_many_arguments)]
                pub fn new(#(#parameters),*) -> Self {
                    Self { #(#values),* }
                }
            }

            impl ::core::fmt::Debug for #new {
                fn fmt(&self, __formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                    let __values = #kysera::table::Insertable::into_values(::core::clone::Clone::clone(self));
                    #kysera::table::debug_values::<#module::table>(::core::stringify!(#new), __values, __formatter)
                }
            }

            #[diagnostic::do_not_recommend]
            impl #kysera::table::Insertable for #new {
                type Table = #module::table;
                type Values = [::core::option::Option<#kysera::Value>; #width];

                fn into_values(self) -> Self::Values {
                    [#(#values_of_columns),*]
                }
            }
        }
    }

    /// `UserPatch`: what an update sets.
    fn patch(&self) -> TokenStream {
        let Self { kysera, module, visibility, row, name, .. } = self;
        let patch = format_ident!("{}Patch", row.unraw(), span = row.span());
        let set = || self.columns.iter().enumerate().filter(|(_, it)| it.generated != Generated::Always);
        let fields = set().map(|(_, Column { field, ty, name, .. })| {
            let about = format!("The column{}; `None` leaves it as it is.", name.documented());
            quote!(#[doc = #about] pub #field: ::core::option::Option<#ty>)
        });
        let names = set().map(|(_, it)| &it.field);
        let clones = set().map(|(_, it)| it.clone_field());
        let width = self.columns.len();
        let values = self.columns.iter().map(|Column { field, generated, .. }| match generated {
            Generated::Never | Generated::ByDefault => quote!(#kysera::table::give_some(self.#field)),
            Generated::Always => quote!(::core::option::Option::None),
        });
        let about = format!("What an update of the table{} sets.", name.documented());
        quote! {
            #[doc = #about]
            #[allow(dead_code)]
            #visibility struct #patch {
                #(#fields,)*
            }

            impl ::core::clone::Clone for #patch {
                fn clone(&self) -> Self {
                    Self { #(#clones),* }
                }
            }

            impl ::core::default::Default for #patch {
                fn default() -> Self {
                    Self { #(#names: ::core::option::Option::None,)* }
                }
            }

            impl ::core::fmt::Debug for #patch {
                fn fmt(&self, __formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                    let __values = #kysera::table::Patch::into_values(::core::clone::Clone::clone(self));
                    #kysera::table::debug_values::<#module::table>(::core::stringify!(#patch), __values, __formatter)
                }
            }

            #[diagnostic::do_not_recommend]
            impl #kysera::table::Patch for #patch {
                type Table = #module::table;
                type Values = [::core::option::Option<#kysera::Value>; #width];

                fn into_values(self) -> Self::Values {
                    [#(#values),*]
                }
            }
        }
    }
}

fn columns(fields: syn::FieldsNamed, kysera: &Path) -> Result<Vec<Column>> {
    let mut errors = Errors::default();
    let mut columns: Vec<Column> = Vec::new();
    for field in fields.named {
        match Column::parse(field, kysera) {
            Ok(column) => {
                if columns.iter().any(|it| it.name.text == column.name.text) {
                    let message = format!("another column is named `{}` already", column.name.text);
                    errors.add(Error::new(column.name.span, message));
                }
                columns.push(column);
            }
            Err(error) => errors.add(error),
        }
    }
    errors.finish(columns)
}

/// The parts as a list: `(a, (b, ()))`.
fn list(parts: impl DoubleEndedIterator<Item = impl ToTokens>) -> TokenStream {
    parts.rev().fold(quote!(()), |rest, part| quote!((#part, #rest)))
}

/// The visibility of the struct, as it is written one module deeper.
fn visibility_within(visibility: &Visibility) -> TokenStream {
    match visibility {
        Visibility::Public(_) => quote!(#visibility),
        Visibility::Inherited => quote!(pub(super)),
        Visibility::Restricted(restricted) => {
            let path = &restricted.path;
            match path.segments.first().map(|it| it.ident.to_string()).as_deref() {
                Some("self") => quote!(pub(super)),
                Some("super") => quote!(pub(in super::#path)),
                _ => quote!(#visibility),
            }
        }
    }
}

impl Column {
    /// The type, as the table's module writes it.
    fn type_within(&self) -> TokenStream {
        let field = &self.field;
        known(&self.ty).unwrap_or_else(|| quote!(<table as __Types>::#field))
    }

    /// The field in a clone of its struct. What can be copied is, which takes the compiler a fraction of the time.
    fn clone_field(&self) -> TokenStream {
        let Self { field, ty, .. } = self;
        let inner = name::option_of(ty).unwrap_or(ty);
        if is_number(inner) {
            quote!(#field: self.#field)
        } else {
            quote!(#field: ::core::clone::Clone::clone(&self.#field))
        }
    }
}

/// Whether literals of the type are best left to be that type, without a conversion: of `impl Into<i16>` the compiler
/// would take the literal `7` for an `i32`.
fn is_number(ty: &Type) -> bool {
    let Type::Path(path) = ty else { return false };
    ["bool", "i16", "i32", "i64", "f32", "f64"].iter().any(|it| path.path.is_ident(it))
}

/// The type by a name that it has in every module, if it is one of those that most columns are of: the compiler takes
/// far longer for an associated type.
fn known(ty: &Type) -> Option<TokenStream> {
    if let Some(inner) = name::option_of(ty) {
        let inner = known(inner)?;
        return Some(quote!(::core::option::Option<#inner>));
    }
    let Type::Path(path) = ty else { return None };
    if is_number(ty) {
        Some(quote!(#ty))
    } else if path.path.is_ident("String") {
        Some(quote!(::std::string::String))
    } else {
        None
    }
}

/// The type as documentation shows it.
fn documented_type(ty: &Type) -> String {
    quote!(#ty).to_string().chars().filter(|it| !it.is_whitespace() && *it != '`').collect()
}
