//! The derives of [kysera](https://docs.rs/kysera), which re-exports and documents them.

mod attributes;
mod data_type;
mod name;
mod table;

use proc_macro::TokenStream;
use syn::DeriveInput;

/// Makes a struct the declaration of a table.
#[proc_macro_derive(Table, attributes(table, column))]
pub fn table(input: TokenStream) -> TokenStream {
    expand(input, table::expand)
}

fn expand(input: TokenStream, expand: fn(DeriveInput) -> syn::Result<proc_macro2::TokenStream>) -> TokenStream {
    syn::parse(input).and_then(expand).unwrap_or_else(syn::Error::into_compile_error).into()
}
