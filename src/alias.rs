//! `alias!`: a table under another name.

/// Gives tables other names within a query, so that one may take part more than once.
///
/// It stands within a function: each alias becomes a variable with one field for each column. It has a type of its own: a
/// column of one alias is not a column of another.
///
/// ```
/// # use kysera::{Table, alias};
/// #[derive(Table)]
/// struct User {
///     id: i64,
///     manager_id: Option<i64>,
/// }
///
/// alias!(manager = users, boss = users);
/// assert_eq!(format!("{:?} {:?}", manager.id, boss.manager_id), "manager.id boss.manager_id");
/// ```
#[macro_export]
macro_rules! alias {
    ($($alias:ident = $($table:ident)::+),+ $(,)?) => {
        $(
            #[allow(non_camel_case_types)]
            let $alias = {
                #[derive(::core::clone::Clone, ::core::marker::Copy, ::core::fmt::Debug)]
                struct $alias;

                #[diagnostic::do_not_recommend]
                impl $crate::table::Table for $alias {
                    type Row = <$($table)::+::table as $crate::table::Table>::Row;
                    const DESCRIPTION: &'static $crate::table::TableDescription =
                        <$($table)::+::table as $crate::table::Table>::DESCRIPTION;
                    const ALIAS: ::core::option::Option<&'static $crate::ast::Name> =
                        ::core::option::Option::Some(&$crate::ast::Name::new(
                            ::core::stringify!($alias),
                            ::core::concat!("\"", ::core::stringify!($alias), "\""),
                            ::core::concat!("`", ::core::stringify!($alias), "`"),
                        ));
                }

                impl ::core::ops::Deref for $alias {
                    type Target = $($table)::+::Aliased<Self>;

                    fn deref(&self) -> &Self::Target {
                        static COLUMNS: $($table)::+::Aliased<$alias> = $($table)::+::Aliased::new();
                        &COLUMNS
                    }
                }

                $alias
            };
        )+
    };
}
