//! `alias!`: a table under another name.

/// Gives tables other names within a query, so that one may take part more than once.
///
/// Each alias becomes a variable with one field for each column, and has a type of its own: a column of one alias
/// is not a column of another.
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
            #[allow(non_camel_case_types, dead_code)]
            let $alias = {
                enum $alias {}
                static NAME: $crate::ast::Name = $crate::ast::Name::new(
                    ::core::stringify!($alias),
                    ::core::concat!("\"", ::core::stringify!($alias), "\""),
                    ::core::concat!("`", ::core::stringify!($alias), "`"),
                );
                $($table)::+::Aliased::<$alias>::new(&NAME)
            };
        )+
    };
}
