//! What keeps the house in order, where the compiler does not: who may use whom, how nodes are taken apart, how long a
//! file is, who knows a dialect by name.

mod dialects;

use std::fs;
use std::path::{Path, PathBuf};

/// The modules, and which others each of them may use.
///
/// Where it is not obvious:
/// - `value` knows of `ast` the column types, since text may be of a type that only the program knows, by its name.
/// - `expr` and `query` know each other, since a query in parentheses is an expression; `expr` and `types` too, since a
///   value of each type is one.
/// - `table` reads rows and never sees a driver: rows are a module of their own.
/// - `query`, `executor` and `db` know of `driver` its traits and no driver of a server; that is invariant 3.
const MAY_USE: [(&str, &[&str]); 21] = [
    ("value", &["ast"]),
    ("error", &[]),
    ("ast", &["value", "error"]),
    ("types", &["value", "ast", "expr"]),
    ("row", &["value", "error", "types"]),
    ("table", &["value", "error", "ast", "types", "row"]),
    ("alias", &["ast", "table"]),
    ("tuples", &["expr"]),
    ("expr", &["value", "ast", "types", "table", "tuples", "query"]),
    (
        "query",
        &[
            "value", "error", "ast", "types", "row", "table", "tuples", "expr", "dialect", "driver", "executor",
            "plugin",
        ],
    ),
    ("schema", &["value", "ast", "types", "table", "query"]),
    ("dialect", &["value", "error", "ast"]),
    ("driver", &["value", "error", "row", "dialect"]),
    ("plugin", &["value", "error", "ast", "types", "row", "table", "dialect", "driver"]),
    ("executor", &["value", "error", "ast", "dialect", "driver", "plugin"]),
    ("audit", &["value", "error", "ast", "types", "row", "table", "dialect", "driver", "executor", "plugin"]),
    (
        "pagination",
        &["value", "error", "ast", "types", "row", "expr", "dialect", "driver", "executor", "plugin", "query"],
    ),
    ("db", &["error", "table", "driver", "executor", "plugin"]),
    ("testing", &["value", "error", "ast", "dialect", "driver", "plugin", "query", "executor", "db"]),
    ("derive", &[]),
    ("prelude", &["alias", "db", "derive", "error", "executor", "expr", "pagination", "query", "table"]),
];

/// What lies at the root of the crate, and the module it is of.
const AT_THE_ROOT: [(&str, &str); 13] = [
    ("Error", "error"),
    ("Result", "error"),
    ("Value", "value"),
    ("Db", "db"),
    ("Transaction", "db"),
    ("Connection", "db"),
    ("Executor", "executor"),
    ("sql", "expr"),
    ("sql_type", "types"),
    ("alias", "alias"),
    ("FromRow", "derive"),
    ("SqlType", "derive"),
    ("Table", "derive"),
];

/// What may stand above a `_ =>` or a `..` in `src/ast` and `src/dialect`: it says that no node of ours is meant.
const EXCEPTIONS: [&str; 2] = ["Not a node: ", "not one of our enums"];

/// The longest a file may be.
const LINES: usize = 600;

/// A file of Rust, without its tests.
struct Source {
    path: String,
    lines: Vec<String>,
}

impl Source {
    fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap();
        let code = text.split("\n#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        let path = path.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
        Self { path, lines: code.lines().map(str::to_owned).collect() }
    }

    /// The module at the root of the crate.
    fn module(&self) -> &str {
        let inside = self.path.strip_prefix("src/").unwrap();
        inside.split(['/', '.']).next().unwrap()
    }

    /// The lines that are no comments, with their numbers.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.lines.iter().enumerate().map(|(at, line)| (at + 1, line.trim()));
        lines.filter(|(_, line)| !line.starts_with("//") && !line.starts_with("#[doc") && !line.starts_with("#[diag"))
    }

    fn is_exception(&self, number: usize) -> bool {
        let before = number.checked_sub(2).and_then(|at| self.lines.get(at)).map_or("", String::as_str);
        EXCEPTIONS.iter().any(|words| before.contains("//") && before.contains(words))
    }
}

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All files of Rust below a folder.
fn sources(folder: &str) -> Vec<Source> {
    fn collect(folder: &Path, into: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(&path, into);
            } else if path.extension().is_some_and(|it| it == "rs") {
                into.push(path);
            }
        }
    }
    let mut paths = Vec::new();
    collect(&root().join(folder), &mut paths);
    paths.sort();
    paths.iter().map(|path| Source::read(path)).collect()
}

/// The names after each `crate::` of a line; a group of them gives each.
fn used(line: &str) -> Vec<&str> {
    let name = |text: &str| text.find(|it: char| !(it.is_alphanumeric() || it == '_')).unwrap_or(text.len());
    let mut names = Vec::new();
    for after in line.split("crate::").skip(1) {
        let Some(group) = after.strip_prefix('{') else {
            names.push(&after[..name(after)]);
            continue;
        };
        let mut depth = 0;
        let parts = group.split(|it: char| {
            depth += i32::from(it == '{') - i32::from(it == '}');
            it == ',' && depth == 0
        });
        names.extend(parts.map(|part| part.trim()).map(|part| &part[..name(part)]));
    }
    names.retain(|it| !it.is_empty());
    names
}

fn none<T: std::fmt::Display>(found: &[T]) {
    let found: Vec<_> = found.iter().map(ToString::to_string).collect();
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

#[test]
fn modules_use_only_what_is_below_them() {
    let mut found = Vec::new();
    for source in sources("src").iter().filter(|it| it.path != "src/lib.rs") {
        let module = source.module();
        let Some((_, allowed)) = MAY_USE.iter().find(|(name, _)| *name == module) else {
            found.push(format!("{}: `{module}` has no line in the table of modules", source.path));
            continue;
        };
        for (number, line) in source.code() {
            for name in used(line) {
                let used = AT_THE_ROOT.iter().find(|(root, _)| *root == name).map_or(name, |(_, module)| module);
                if used != module && !allowed.contains(&used) {
                    found.push(format!("{}:{number}: `{module}` may not use `{used}`", source.path));
                }
            }
        }
    }
    none(&found);
}

#[test]
fn every_line_of_the_table_is_needed() {
    let mut found = Vec::new();
    for (module, allowed) in MAY_USE {
        let files: Vec<_> =
            sources("src").into_iter().filter(|it| it.path != "src/lib.rs" && it.module() == module).collect();
        if files.is_empty() {
            found.push(format!("there is no module `{module}`"));
        }
        let all: Vec<&str> = files.iter().flat_map(Source::code).flat_map(|(_, line)| used(line)).collect();
        let is_used = |module: &str| all.iter().any(|name| *name == module || AT_THE_ROOT.contains(&(*name, module)));
        // What plugins may use, those of a user need too.
        for unused in allowed.iter().filter(|it| module != "plugin" && !is_used(it)) {
            found.push(format!("`{module}` does not use `{unused}`"));
        }
    }
    none(&found);
}

/// A node is taken apart by naming each field, and matched by naming each variant, so that a new one stops the build at
/// every place that must know it. No lint asks for the first, and none sees the second within a macro.
#[test]
fn nodes_are_taken_apart_whole() {
    let mut found = Vec::new();
    for source in sources("src/ast").iter().chain(&sources("src/dialect")) {
        for (number, line) in source.code() {
            let is_rest = line == ".." || line.contains(".. }") || line.contains("..}");
            let is_wildcard = line.starts_with("_ =>") || line.starts_with("_ if") || line.contains(" _ =>");
            if (is_rest || is_wildcard) && !source.is_exception(number) {
                found.push(format!("{}:{number}: {line}", source.path));
            }
        }
    }
    none(&found);
}

/// Everyone else asks a field of `Spec`.
#[test]
fn dialects_are_named_in_two_places() {
    // The option of the one driver that needs it.
    const OPTION: [&str; 2] = ["SqliteMode", "sqlite_mode"];
    let mut found = Vec::new();
    for source in sources("src") {
        // What a test of a plugin expects, it says for each of them.
        if ["dialect", "driver", "testing"].contains(&source.module()) {
            continue;
        }
        for (number, line) in source.code() {
            let line = OPTION.iter().fold(line.to_owned(), |line, option| line.replace(option, "")).to_lowercase();
            let line = line.split("//").next().unwrap_or_default();
            if ["postgres", "mysql", "mariadb", "sqlite"].iter().any(|name| line.contains(name)) {
                found.push(format!("{}:{number}: {line}", source.path));
            }
        }
    }
    none(&found);
}

#[test]
fn files_are_short() {
    let files = ["src", "macros/src", "tests/it"].into_iter().flat_map(sources);
    let long = files.filter_map(|it| {
        let count = fs::read_to_string(root().join(&it.path)).unwrap().lines().count();
        (count > LINES).then(|| format!("{} has {count} lines; {LINES} are enough", it.path))
    });
    none(&long.collect::<Vec<_>>());
}

/// The lint that forbids it can be switched off again in a file; this cannot.
#[test]
fn nothing_is_unsafe() {
    let mut found = Vec::new();
    for source in sources("src").iter().chain(&sources("macros/src")) {
        for (number, line) in source.code() {
            let words = line.split(|it: char| !(it.is_alphanumeric() || it == '_'));
            if words.into_iter().any(|word| word == "unsafe") {
                found.push(format!("{}:{number}: {line}", source.path));
            }
        }
    }
    none(&found);
}

#[test]
fn what_is_unsupported_begins_without_an_article() {
    // `MySQL has no {feature}`
    let mut found = Vec::new();
    for source in sources("src") {
        let text: String = source.code().map(|(_, line)| line).collect();
        for (at, _) in text.match_indices("unsupported(\"").chain(text.match_indices("Unsupported::new(")) {
            let feature = text[at..].split('"').nth(1).unwrap_or_default();
            if ["a ", "an ", "the "].iter().any(|article| feature.starts_with(article)) {
                found.push(format!("{}: {feature}", source.path));
            }
        }
    }
    none(&found);
}
