//! Seconds of `cargo check` for a large schema, and for many joins on it.
//!
//! It generates five crates of 80 tables with ten columns each:
//!
//! * `schema_kysera`: a struct with `#[derive(Table)]` for each, which makes the table, the row, `New..` and `..Patch`;
//! * `joins_kysera`: the same, and 300 functions that join four tables, filter, order, select four columns and compile;
//! * `async_joins_kysera`: the same, where the functions are `async` and fetch. The compiler then proves all bounds of
//!   the query a second time, as it does in every function that gives `impl Trait`;
//! * `schema_diesel`: the same schema in Diesel: `table!` for each, `joinable!` with the one before and
//!   `allow_tables_to_appear_in_same_query!` of all, as `diesel print-schema` writes it, and for each table the structs
//!   of a row (`Queryable`, `Selectable`), of an insert (`Insertable`) and of an update (`AsChangeset`). They are without
//!   `Clone` and `Debug`, which Kysera's `New..` and `..Patch` have;
//! * `tables_diesel`: the same without the structs, so that it can neither read a row into a struct nor write one.
//!
//! Each is checked when its dependencies are built, five times, with its source touched before; the best counts.
//! `seconds-whole` is without what the compiler keeps from the time before (`CARGO_INCREMENTAL=0`), as in a build from
//! nothing; `seconds` is with cargo's own settings. The targets, on two cores that have nothing else to do: 1.5 s for
//! the schema, 3 s with the joins, and a tenth of Diesel's time for the same schema, `ratio schema diesel/kysera`.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Instant, SystemTime};

const TABLES: usize = 80;
const JOINS: usize = 300;
const RUNS: usize = 5;

/// The columns of each table: name, type in Rust, type in Diesel.
const COLUMNS: [(&str, &str, &str); 10] = [
    ("id", "i64", "BigInt"),
    ("parent_id", "i64", "BigInt"),
    ("name", "String", "Text"),
    ("note", "Option<String>", "Nullable<Text>"),
    ("quantity", "i32", "Integer"),
    ("position", "Option<i32>", "Nullable<Integer>"),
    ("active", "bool", "Bool"),
    ("weight", "f64", "Double"),
    ("height", "Option<f64>", "Nullable<Double>"),
    ("flags", "i16", "SmallInt"),
];

fn main() -> std::io::Result<()> {
    let benches = Path::new(env!("CARGO_MANIFEST_DIR"));
    let workspace = workspace();
    let kysera = format!("kysera = {{ path = {:?}, default-features = false }}", benches.join(".."));
    let diesel = r#"diesel = { version = "2.3", default-features = false, features = ["postgres_backend"] }"#;

    fs::create_dir_all(&workspace)?;
    fs::write(workspace.join("Cargo.toml"), "[workspace]\nresolver = \"3\"\nmembers = [\"*_kysera\", \"*_diesel\"]\n")?;
    // The versions that the other comparisons have.
    fs::copy(benches.join("Cargo.lock"), workspace.join("Cargo.lock"))?;
    generate(&workspace, "schema_kysera", &kysera, &kysera_schema())?;
    generate(&workspace, "joins_kysera", &kysera, &(kysera_schema() + &kysera_joins(false)))?;
    generate(&workspace, "async_joins_kysera", &kysera, &(kysera_schema() + &kysera_joins(true)))?;
    generate(&workspace, "schema_diesel", diesel, &(diesel_tables() + &diesel_structs()))?;
    generate(&workspace, "tables_diesel", diesel, &diesel_tables())?;

    for (what, incremental) in [("-whole", "0"), ("", "1")] {
        let schema_kysera = seconds(&workspace, "schema_kysera", incremental)?;
        let joins_kysera = seconds(&workspace, "joins_kysera", incremental)?;
        let async_joins_kysera = seconds(&workspace, "async_joins_kysera", incremental)?;
        let schema_diesel = seconds(&workspace, "schema_diesel", incremental)?;
        let tables_diesel = seconds(&workspace, "tables_diesel", incremental)?;
        println!("seconds{what} schema kysera {schema_kysera:.2}");
        println!("seconds{what} joins kysera {joins_kysera:.2}");
        println!("seconds{what} async joins kysera {async_joins_kysera:.2}");
        println!("seconds{what} schema diesel {schema_diesel:.2}");
        println!("seconds{what} schema diesel, without structs {tables_diesel:.2}");
        println!("ratio{what} schema diesel, without structs/kysera {:.1}", tables_diesel / schema_kysera);
        println!("ratio{what} schema diesel/kysera {:.1}", schema_diesel / schema_kysera);
    }
    Ok(())
}

/// Where the crates are generated: beside the program, in the target directory.
fn workspace() -> PathBuf {
    let program = std::env::current_exe().expect("the program has a path");
    program.ancestors().nth(2).expect("it is in target/release").join("types")
}

fn generate(workspace: &Path, name: &str, dependency: &str, source: &str) -> std::io::Result<()> {
    let root = workspace.join(name);
    fs::create_dir_all(root.join("src"))?;
    fs::write(
        root.join("Cargo.toml"),
        format!(
            "[package]\nname = {name:?}\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n{dependency}\n"
        ),
    )?;
    fs::write(root.join("src/lib.rs"), source)
}

/// The best time of a check in which only this crate is to be checked.
fn seconds(workspace: &Path, name: &str, incremental: &str) -> std::io::Result<f64> {
    check(workspace, name, incremental)?;
    let source = workspace.join(name).join("src/lib.rs");
    let mut best = f64::INFINITY;
    for _ in 0..RUNS {
        fs::File::options().append(true).open(&source)?.set_modified(SystemTime::now())?;
        let start = Instant::now();
        check(workspace, name, incremental)?;
        best = best.min(start.elapsed().as_secs_f64());
    }
    Ok(best)
}

fn check(workspace: &Path, name: &str, incremental: &str) -> std::io::Result<()> {
    let status = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["check", "--quiet", "--package", name])
        .current_dir(workspace)
        .env("CARGO_TARGET_DIR", workspace.join("target"))
        .env("CARGO_INCREMENTAL", incremental)
        .status()?;
    assert!(status.success(), "`{name}` does not compile");
    Ok(())
}

fn kysera_schema() -> String {
    let mut source = String::from("use kysera::prelude::*;\n");
    for table in 0..TABLES {
        _ = write!(source, "\n#[derive(Table)]\n#[table(name = \"t{table:02}\")]\npub struct Row{table:02} {{\n");
        for (column, rust, _) in COLUMNS {
            if column == "id" {
                source.push_str("    #[column(primary_key, generated)]\n");
            }
            _ = writeln!(source, "    pub {column}: {rust},");
        }
        source.push_str("}\n");
    }
    source
}

fn kysera_joins(run: bool) -> String {
    let mut source = String::new();
    for join in 0..JOINS {
        // Four tables that are different ones in every function.
        let [a, b, c, d] =
            [0, 1, 30, 60].map(|step| format!("t{:02}", (join + step + step.min(1) * (join / TABLES)) % TABLES));
        let (signature, last) = if run {
            let rows = "kysera::Result<Vec<(i64, String, Option<i32>, Option<f64>)>>";
            (
                format!("pub async fn join{join:03}(executor: &dyn Executor, name: &str) -> {rows}"),
                "fetch_all(executor).await",
            )
        } else {
            let compiled = "kysera::Result<kysera::dialect::Compiled>";
            (format!("pub fn join{join:03}(name: &str) -> {compiled}"), "compile(&kysera::dialect::POSTGRES)")
        };
        _ = write!(
            source,
            "
{signature} {{
    select_from({a}::table)
        .inner_join({b}::table, {b}::parent_id.eq({a}::id))
        .left_join({c}::table, {c}::parent_id.eq({b}::id))
        .inner_join({d}::table, {d}::parent_id.eq({a}::id).and({d}::active.eq(true)))
        .filter({a}::name.like(name).and({b}::quantity.gt(10)))
        .order_by(({a}::name, {d}::id.desc()))
        .select(({a}::id, {b}::name, {c}::quantity, {d}::height))
        .{last}
}}
"
        );
    }
    source
}

fn diesel_tables() -> String {
    let mut source = String::new();
    for table in 0..TABLES {
        _ = write!(source, "diesel::table! {{\n    t{table:02} (id) {{\n");
        for (column, _, diesel) in COLUMNS {
            _ = writeln!(source, "        {column} -> {diesel},");
        }
        source.push_str("    }\n}\n\n");
    }
    for table in 1..TABLES {
        _ = writeln!(source, "diesel::joinable!(t{table:02} -> t{:02} (parent_id));", table - 1);
    }
    source.push_str("\ndiesel::allow_tables_to_appear_in_same_query!(\n");
    for table in 0..TABLES {
        _ = writeln!(source, "    t{table:02},");
    }
    source.push_str(");\n");
    source
}

/// What `#[derive(Table)]` makes beside the table, as one writes it for Diesel.
fn diesel_structs() -> String {
    let mut source = String::from("\nuse diesel::prelude::*;\n");
    for table in 0..TABLES {
        let mut write = |derives: &str, name: &str, field: fn(&str, &str) -> String| {
            _ = write!(source, "\n#[derive({derives})]\n#[diesel(table_name = t{table:02})]\npub struct {name} {{\n");
            for (column, rust, _) in COLUMNS {
                _ = writeln!(source, "    pub {column}: {},", field(column, rust));
            }
            source.push_str("}\n");
        };
        write("Queryable, Selectable", &format!("Row{table:02}"), |_, rust| rust.to_owned());
        // The database makes the key where it is not given.
        write("Insertable", &format!("NewRow{table:02}"), |column, rust| {
            if column == "id" { format!("Option<{rust}>") } else { rust.to_owned() }
        });
        write("AsChangeset", &format!("Row{table:02}Patch"), |_, rust| format!("Option<{rust}>"));
    }
    source
}
