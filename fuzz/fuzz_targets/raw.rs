//! Values in the slots of a text are bound; names in them are quoted; the text stays as it is.

#![no_main]

use kysera::Value;
use kysera::ast::{Expr, Ident, Raw, RawPart, Statement};
use kysera::dialect;
use kysera_fuzz::{dialects, quoted_names};
use libfuzzer_sys::fuzz_target;
use smallvec::smallvec;

fuzz_target!(|slots: (&str, &str, i64)| {
    let (name, text, number) = slots;
    let value = |it: Value| RawPart::Expr(Expr::Value(it));
    let raw = Raw {
        parts: smallvec![
            RawPart::Text("select ".into()),
            RawPart::Ident(Ident::from(name)),
            RawPart::Text(" where a = ".into()),
            value(Value::from(text)),
            RawPart::Text(" or b = ".into()),
            value(Value::from(number)),
        ],
    };
    let statement = Statement::from(raw);
    for (spec, dialect) in dialects() {
        let Ok(compiled) = dialect::compile(&statement, spec) else { continue };
        assert_eq!(compiled.params, [Value::from(text), Value::from(number)]);
        assert_eq!(quoted_names(&compiled.sql, spec, dialect), [name], "{}", compiled.sql);
        // Another text in the slot changes nothing of what is written.
        let mut other = statement.clone();
        if let Statement::Raw(raw) = &mut other {
            raw.parts[3] = value(Value::from("other"));
        }
        assert_eq!(dialect::compile(&other, spec).map(|it| it.sql).ok(), Some(compiled.sql));
    }
});
