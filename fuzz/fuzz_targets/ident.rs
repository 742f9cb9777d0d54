//! A name is written in quotes, whatever it holds, or refused.

#![no_main]

use kysera::ast::{Column, Expr, Ident, Select, SelectExpr, SelectItem, Statement};
use kysera::dialect;
use kysera_fuzz::{dialects, quoted_names};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|names: (&str, &str)| {
    let (column, alias) = names;
    let expr = Expr::Column(Column::new(None, column));
    let item = SelectItem::Expr(SelectExpr { expr, alias: Some(Ident::from(alias)) });
    let statement = Statement::from(Select { columns: vec![item].into(), ..Select::default() });
    for (spec, dialect) in dialects() {
        if let Ok(compiled) = dialect::compile(&statement, spec) {
            assert_eq!(quoted_names(&compiled.sql, spec, dialect), [column, alias], "{}", compiled.sql);
        }
    }
});
