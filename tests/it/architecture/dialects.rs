//! `docs/dialects.md` is printed from the constants; `UPDATE_DOCS=1` writes it anew.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;

use kysera::ast::DataType;
use kysera::dialect::{Fit, MARIADB, MYSQL, POSTGRES, SQLITE, Spec, TypeName};

use super::root;

const DIALECTS: [&Spec; 4] = [&POSTGRES, &MYSQL, &MARIADB, &SQLITE];

/// Types as they stand in the table, with numbers that are easy to find.
const TYPES: [DataType; 18] = [
    DataType::Boolean,
    DataType::SmallInt,
    DataType::Integer,
    DataType::BigInt,
    DataType::Real,
    DataType::Double,
    DataType::Decimal { precision: 10, scale: 2 },
    DataType::Decimal { precision: 0, scale: 0 },
    DataType::Text,
    DataType::Varchar(40),
    DataType::Bytes,
    DataType::Uuid,
    DataType::Date,
    DataType::Time,
    DataType::Timestamp,
    DataType::TimestampTz,
    DataType::Json,
    DataType::Array(&DataType::BigInt),
];

#[test]
fn the_comparison_of_dialects_is_fresh() {
    let path = root().join("docs/dialects.md");
    let expected = print();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, &expected).unwrap();
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert!(found == expected, "docs/dialects.md is not what the constants say; run this test with UPDATE_DOCS=1");
}

fn print() -> String {
    let source = fs::read_to_string(root().join("src/dialect/spec.rs")).unwrap();
    let variants = variants(&source);
    let fields = fields(&source);
    let values = DIALECTS.map(values);
    for found in &values {
        assert_eq!(found.len(), fields.len(), "{found:?} {fields:?}");
    }

    let mut text = String::from(
        "# Dialects\n\nEverything in which the dialects differ: printed from the constants of `src/dialect/constants.rs` by a \
         test, never edited by hand. `UPDATE_DOCS=1 make test` writes it anew.\n\nA server of a version lower than the one \
         named may lack something of this; one of a higher version lacks nothing.\n\n## Behaviour\n\n",
    );
    row(&mut text, ["field", "what it decides"].into_iter().chain(DIALECTS.map(|it| it.name)));
    row(&mut text, ["---"; 6]);
    for (name, doc) in &fields {
        let cells = values.iter().map(|it| cell(name, &it[name.as_str()], &variants));
        row(&mut text, [format!("`{name}`"), doc.clone()].into_iter().chain(cells));
    }
    for (title, name_of) in [
        ("Names of types", (|spec, it| (spec.data_type)(it)) as fn(&Spec, &DataType) -> Option<TypeName>),
        ("Names of types in a cast", |spec, it| (spec.cast_type)(it)),
    ] {
        write!(text, "\n## {title}\n\n").unwrap();
        row(&mut text, ["type"].into_iter().chain(DIALECTS.map(|it| it.name)));
        row(&mut text, ["---"; 5]);
        for data_type in &TYPES {
            let names = DIALECTS.map(|spec| name_of(spec, data_type).map_or("none".into(), |it| type_name(&it)));
            row(&mut text, [format!("`{data_type:?}`")].into_iter().chain(names));
        }
    }
    text
}

fn row<S: AsRef<str>>(text: &mut String, cells: impl IntoIterator<Item = S>) {
    for cell in cells {
        write!(text, "| {} ", cell.as_ref().replace('|', "\\|")).unwrap();
    }
    text.push_str("|\n");
}

/// The fields of `Spec` and their sentences, in order.
fn fields(source: &str) -> Vec<(String, String)> {
    let (_, after) = source.split_once("pub struct Spec {").unwrap();
    documented(after.split_once("\n}").unwrap().0)
        .into_iter()
        .map(|(item, doc)| (item.trim_start_matches("pub ").split(':').next().unwrap().to_owned(), doc))
        .collect()
}

/// The sentence of each variant, by its name; enums share no variants that mean different things but `None`.
fn variants(source: &str) -> BTreeMap<(String, String), String> {
    let mut variants = BTreeMap::new();
    for text in source.split("pub enum ").skip(1) {
        let (name, after) = text.split_once(" {").unwrap();
        for (item, doc) in documented(after.split_once("\n}").unwrap().0) {
            let variant = item.split(['(', ',']).next().unwrap().to_owned();
            variants.insert((name.to_owned(), variant), doc);
        }
    }
    variants
}

/// Each item of a body, and the sentence before it.
fn documented(body: &str) -> Vec<(String, String)> {
    let mut items = Vec::new();
    let mut doc: Vec<&str> = Vec::new();
    for line in body.lines().map(str::trim).filter(|it| !it.is_empty()) {
        match line.strip_prefix("///") {
            Some(text) => doc.push(text.trim()),
            None => {
                let sentence = doc.join(" ");
                items.push((line.to_owned(), sentence.trim_end_matches('.').to_owned()));
                doc.clear();
            }
        }
    }
    items
}

/// The value of each field, as `Debug` shows it.
fn values(spec: &Spec) -> BTreeMap<String, String> {
    let mut values: BTreeMap<String, String> = BTreeMap::new();
    let mut last = String::new();
    let shown = format!("{spec:#?}");
    for line in shown.lines() {
        match line.strip_prefix("    ").filter(|it| !it.starts_with([' ', ')', '}'])) {
            Some(field) => {
                let (name, value) = field.split_once(": ").unwrap();
                name.clone_into(&mut last);
                values.insert(last.clone(), value.trim_end_matches(',').to_owned());
            }
            // Parts of a tuple, each on a line of its own.
            None if line.starts_with("     ") => {
                let value = values.get_mut(&last).unwrap();
                write!(value, "{}{}", if value.ends_with('(') { "" } else { ", " }, line.trim().trim_end_matches(','))
                    .unwrap();
            }
            None => {
                if let Some(value) = values.get_mut(&last).filter(|it| it.contains('(') && line.trim() == "),") {
                    value.push(')');
                }
            }
        }
    }
    values
}

/// A value in words: yes and no, the sentence of a variant, or the value itself.
fn cell(field: &str, value: &str, variants: &BTreeMap<(String, String), String>) -> String {
    // The enum of a field has its name, in camel case.
    let type_name: String = field.split('_').map(|word| word[..1].to_uppercase() + &word[1..]).collect();
    match value {
        "true" => "yes".into(),
        "false" => "no".into(),
        "\"\"" => "nothing".into(),
        address if address.starts_with("0x") => "see below".into(),
        value => match variants.get(&(type_name, value.to_owned())) {
            Some(doc) => doc.clone(),
            None => format!("`{value}`").replace("`'`'`", "`` '`' ``"),
        },
    }
}

fn type_name(it: &TypeName) -> String {
    fn bare(it: &TypeName) -> String {
        match it {
            TypeName::Plain(name) => (*name).to_owned(),
            TypeName::Sized(name, size) => format!("{name}({size})"),
            TypeName::Precise(name, precision, scale) => format!("{name}({precision}, {scale})"),
            TypeName::Checked(name, Fit::Length(most)) => format!("{name} of at most {most} characters, by a check"),
            TypeName::Checked(name, Fit::Between(least, most)) => format!("{name} from {least} to {most}, by a check"),
            TypeName::Checked(name, Fit::Digits(before, after)) => {
                format!("{name} of at most {before} and {after} digits, by a check")
            }
            TypeName::ArrayOf(element) => format!("{}[]", bare(element)),
            TypeName::Named(name) => name.as_str().to_owned(),
        }
    }
    format!("`{}`", bare(it))
}
