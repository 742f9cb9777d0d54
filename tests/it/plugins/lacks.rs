//! Which shapes a server has not, with or without a plugin.

use crate::support::servers::Server;

/// Why a server cannot do what a shape is, if it cannot.
pub fn lacks(server: Server, shape: &str) -> Option<&'static str> {
    use Server::{Mariadb, Mysql9, Sqlite};
    let is_mysql = matches!(server, Mysql9 | Mariadb);
    match shape {
        "order by of a compound" if !is_mysql => Some("a compound is ordered by columns that it gives"),
        "limit" | "offset" | "limit of a compound" | "offset of a compound" if is_mysql => {
            Some("a limit is a number there, and no query")
        }
        "intersect all" | "except all" if server == Sqlite => Some("only `union` has `all`"),
        _ if is_mysql && shape.contains("full join") => Some("there is no `full join`"),
        "with update" | "with delete" | "with insert" if !server.is_postgres() => Some("no `with` writes"),
        "table after a `with` before an insert"
        | "table after a `with` before an update"
        | "table after a `with` before a delete"
            if !server.is_postgres() =>
        {
            Some("no `with` writes")
        }
        "with, read in a `with` within" if server == Mariadb => {
            Some("a `with` does not see those around its statement")
        }
        "delete by an alias" if server == Mariadb => Some("it has an alias only beside `using`"),
        "update with" | "delete with" if server == Mariadb => Some("there is no `with` before them"),
        "insert returning" | "delete returning" | "delete returning a query" if server == Mysql9 => {
            Some("there is no `returning`")
        }
        "update returning" if is_mysql => Some("there is no `returning` of an update"),
        "upsert where, any key" if !server.is_postgres() && server != Sqlite => Some("an upsert has no `where`"),
        "upsert, any key" | "upsert where, any key" | "upsert of a query, any key" if server.is_postgres() => {
            Some("an upsert that updates names its key")
        }
        "upsert" | "upsert where" | "upsert, do nothing" | "upsert of a query" | "upsert of a query, do nothing"
            if is_mysql =>
        {
            Some("an upsert is of any key")
        }
        _ => None,
    }
}
