//! The derives of [kysera](https://docs.rs/kysera), which re-exports and documents them.

mod attributes;
mod data_type;
mod name;
mod rename;
mod row;
mod sql_type;
mod table;

use proc_macro::TokenStream;
use syn::DeriveInput;

/// Makes a struct the declaration of a table.
#[proc_macro_derive(Table, attributes(table, column))]
pub fn table(input: TokenStream) -> TokenStream {
    expand(input, table::expand)
}

/// Reads a struct out of a row, by the names of its columns.
#[proc_macro_derive(FromRow, attributes(row))]
pub fn from_row(input: TokenStream) -> TokenStream {
    expand(input, row::expand)
}

/// Makes an enum or a newtype a type that a column can hold.
#[proc_macro_derive(SqlType, attributes(sql))]
pub fn sql_type(input: TokenStream) -> TokenStream {
    expand(input, sql_type::expand)
}

fn expand(input: TokenStream, expand: fn(DeriveInput) -> syn::Result<proc_macro2::TokenStream>) -> TokenStream {
    syn::parse(input).and_then(expand).unwrap_or_else(syn::Error::into_compile_error).into()
}
