//! A field and its `#[column(..)]`.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::meta::ParseNestedMeta;
use syn::{Error, Expr, ExprLit, ExprPath, ExprUnary, Field, Ident, Lit, LitStr, Path, Result, Token, Type, UnOp};

use crate::attributes;
use crate::data_type;
use crate::name::{Name, is_option};

const KEYS: [&str; 10] = [
    "name",
    "primary_key",
    "unique",
    "generated",
    "generated_sql",
    "default",
    "default_sql",
    "references",
    "type",
    "type_name",
];

/// A column, as its field declares it.
pub(crate) struct Column {
    /// The field.
    pub(crate) field: Ident,
    /// The field's type.
    pub(crate) ty: Type,
    /// Its name in the database.
    pub(crate) name: Name,
    /// Whether the field is an `Option`.
    pub(crate) nullable: bool,
    pub(crate) primary_key: bool,
    unique: bool,
    pub(crate) generated: Generated,
    default: Option<TokenStream>,
    expression: Option<LitStr>,
    data_type: Option<TokenStream>,
    references: Option<TokenStream>,
}

/// Who makes a column's value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Generated {
    Never,
    ByDefault,
    Always,
}

impl Column {
    pub(crate) fn parse(field: Field, kysera: &Path) -> Result<Self> {
        let Field { ident, ty, attrs, .. } = field;
        let Some(field) = ident else {
            return Err(Error::new_spanned(ty, "a column needs a field with a name"));
        };
        let mut column = Self {
            name: Name::new(field.unraw().to_string(), field.span()),
            nullable: is_option(&ty),
            field,
            ty,
            primary_key: false,
            unique: false,
            generated: Generated::Never,
            default: None,
            expression: None,
            data_type: None,
            references: None,
        };
        attributes::read(&attrs, "column", |key, meta| column.attribute(key, meta, kysera))?;
        if column.primary_key && column.nullable {
            return Err(Error::new_spanned(&column.ty, "a primary key is never `null`; take the `Option` away"));
        }
        if reserved(&column.field) {
            let field = &column.field;
            let message = format!(
                "a field named `{field}` is in the way of `{field}` in the table's module; \
                 rename it: `#[column(name = \"{field}\")] {field}_: ..`"
            );
            return Err(Error::new_spanned(field, message));
        }
        Ok(column)
    }

    fn attribute(&mut self, key: &str, meta: &ParseNestedMeta<'_>, kysera: &Path) -> Result<()> {
        match key {
            "name" => self.name = Name::from_literal(&attributes::text(meta)?)?,
            "primary_key" => self.primary_key = attributes::flag(meta)?,
            "unique" => self.unique = attributes::flag(meta)?,
            "generated" => self.set_generated(meta)?,
            "generated_sql" => {
                let expression = attributes::text(meta)?;
                not_both(meta, self.default.is_some(), "a default")?;
                self.expression = Some(expression);
                self.generated = Generated::Always;
            }
            "default" => {
                let default = default_value(&ungrouped(meta.value()?.parse()?), kysera)?;
                self.set_default(meta, default)?;
            }
            "default_sql" => {
                let sql = attributes::text(meta)?;
                self.set_default(meta, quote!(#kysera::table::DefaultValue::Sql(#sql)))?;
            }
            "references" => self.references = Some(references(meta, kysera)?),
            "type" => {
                let data_type = match ungrouped(meta.value()?.parse()?) {
                    Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => data_type::expand(&text, kysera)?,
                    expr => expr.into_token_stream(),
                };
                self.set_data_type(meta, data_type)?;
            }
            "type_name" => {
                let name = Name::from_literal(&attributes::text(meta)?)?.expand(kysera);
                let data_type = quote!(#kysera::ast::DataType::Named(#kysera::ast::Ident::Static(const { &#name })));
                self.set_data_type(meta, data_type)?;
            }
            _ => return Err(attributes::unknown(meta, "column", &KEYS)),
        }
        Ok(())
    }

    fn set_generated(&mut self, meta: &ParseNestedMeta<'_>) -> Result<()> {
        if meta.input.peek(Token![=]) {
            attributes::word(meta.input, &["always"])?;
            not_both(meta, self.default.is_some(), "a default")?;
            self.generated = Generated::Always;
        } else {
            attributes::flag(meta)?;
            if self.generated == Generated::Never {
                self.generated = Generated::ByDefault;
            }
        }
        Ok(())
    }

    fn set_default(&mut self, meta: &ParseNestedMeta<'_>, default: TokenStream) -> Result<()> {
        not_both(meta, self.default.is_some(), "another default")?;
        not_both(meta, self.generated == Generated::Always, "a value that is always generated")?;
        self.default = Some(default);
        self.generated = Generated::ByDefault;
        Ok(())
    }

    fn set_data_type(&mut self, meta: &ParseNestedMeta<'_>, data_type: TokenStream) -> Result<()> {
        not_both(meta, self.data_type.is_some(), "another type")?;
        self.data_type = Some(data_type);
        Ok(())
    }

    /// Whether an insert must give a value.
    pub(crate) fn is_required(&self) -> bool {
        self.generated == Generated::Never && !self.nullable
    }

    /// The description, but for the column's name.
    pub(crate) fn description(&self, kysera: &Path) -> TokenStream {
        let Self { ty, primary_key, unique, generated, default, expression, data_type, references, .. } = self;
        let base = match data_type {
            Some(it) => quote!(#kysera::table::describe_as::<#ty>(const { &#it })),
            None => quote!(#kysera::table::describe::<#ty>()),
        };
        let rules = [
            primary_key.then(|| quote!(.primary_key())),
            unique.then(|| quote!(.unique())),
            match generated {
                Generated::Never => None,
                Generated::ByDefault => Some(quote!(.generated(#kysera::table::Generated::ByDefault))),
                Generated::Always => Some(quote!(.generated(#kysera::table::Generated::Always))),
            },
            default.as_ref().map(|it| quote!(.default(#it))),
            expression.as_ref().map(|it| quote!(.expression(#it))),
            references.as_ref().map(|it| quote!(.references(#it))),
        ];
        let rules = rules.iter().flatten();
        quote!(#base #(#rules)*)
    }
}

/// Refuses a key that contradicts what the column has already.
fn not_both(meta: &ParseNestedMeta<'_>, other: bool, what: &str) -> Result<()> {
    if other {
        let key = meta.path.to_token_stream();
        Err(Error::new_spanned(&meta.path, format!("`{key}` does not go with {what} of this column")))
    } else {
        Ok(())
    }
}

/// Names that the table's module has for itself, beside its columns.
fn reserved(field: &Ident) -> bool {
    field == "table"
}

/// An expression as it was written: one that a `macro_rules!` macro passes on comes in a group that cannot be seen.
fn ungrouped(mut expr: Expr) -> Expr {
    while let Expr::Group(group) = expr {
        expr = *group.expr;
    }
    expr
}

/// `now`, `true`, `-7`, `1.5`, `"text"`
fn default_value(expr: &Expr, kysera: &Path) -> Result<TokenStream> {
    let value = match expr {
        Expr::Path(ExprPath { path, .. }) if path.is_ident("now") => quote!(Now),
        Expr::Lit(ExprLit { lit: Lit::Bool(it), .. }) => quote!(Bool(#it)),
        Expr::Lit(ExprLit { lit: Lit::Str(it), .. }) => quote!(Text(#it)),
        Expr::Lit(ExprLit { lit: Lit::Int(_), .. }) => quote!(Integer(#expr)),
        Expr::Lit(ExprLit { lit: Lit::Float(it), .. }) => {
            let digits = it.base10_digits();
            quote!(Sql(#digits))
        }
        Expr::Unary(ExprUnary { op: UnOp::Neg(_), expr: operand, .. }) => match &ungrouped((**operand).clone()) {
            Expr::Lit(ExprLit { lit: Lit::Int(_), .. }) => quote!(Integer(#expr)),
            Expr::Lit(ExprLit { lit: Lit::Float(it), .. }) => {
                let digits = format!("-{}", it.base10_digits());
                quote!(Sql(#digits))
            }
            _ => return Err(unknown_default(expr)),
        },
        _ => return Err(unknown_default(expr)),
    };
    Ok(quote!(#kysera::table::DefaultValue::#value))
}

fn unknown_default(expr: &Expr) -> Error {
    Error::new_spanned(
        expr,
        "a default is `now`, a boolean, a number or text; for anything else, use `default_sql = \"..\"`",
    )
}

/// `references(users::id, on_delete = "cascade", on_update = "restrict")`
fn references(meta: &ParseNestedMeta<'_>, kysera: &Path) -> Result<TokenStream> {
    const ACTIONS: [&str; 4] = ["cascade", "restrict", "set_null", "no_action"];
    let content;
    syn::parenthesized!(content in meta.input);
    let mut module = content.call(Path::parse_mod_style)?;
    let column = module.segments.pop();
    if module.segments.pop_punct().is_none() {
        return Err(Error::new_spanned(column, "name the table too, as in `references(users::id)`"));
    }
    let mut actions = [None, None];
    while !content.is_empty() {
        content.parse::<Token![,]>()?;
        if content.is_empty() {
            break;
        }
        let key = content.call(Ident::parse_any)?;
        let at = match key.to_string().as_str() {
            "on_delete" => 0,
            "on_update" => 1,
            other => {
                let message = format!("`references` has no `{other}`; it has `on_delete`, `on_update`");
                return Err(Error::new(key.span(), message));
            }
        };
        if actions[at].is_some() {
            return Err(Error::new(key.span(), format!("`{key}` is given twice")));
        }
        let action = [quote!(Cascade), quote!(Restrict), quote!(SetNull), quote!(NoAction)]
            [attributes::word(&content, &ACTIONS)?]
        .clone();
        actions[at] = Some(action);
    }
    let [on_delete, on_update] = actions.map(|it| it.unwrap_or_else(|| quote!(NoAction)));
    Ok(quote!(#kysera::table::Reference {
        table: || <#module::table as #kysera::table::Table>::DESCRIPTION,
        column: || #module::#column.name(),
        on_delete: #kysera::ast::ReferentialAction::#on_delete,
        on_update: #kysera::ast::ReferentialAction::#on_update,
    }))
}
