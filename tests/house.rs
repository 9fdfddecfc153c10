//! The house rules, read from the source text: what may import what, and where the few
//! dangerous things may stand. Every finding names file and line and says what to do instead.
//!
//! The rules see code without comments, without the insides of string literals (except where a
//! rule is about SQL), and without `#[cfg(test)]` items, which may use what they like. Each
//! rule has a test with a tiny bad example, so that it can be seen to fail.

#[path = "house/cases.rs"]
mod cases;
#[path = "house/map.rs"]
mod map;
#[path = "house/pages.rs"]
mod pages;
#[path = "house/places.rs"]
mod places;
#[path = "house/shipping.rs"]
mod shipping;
#[path = "house/source.rs"]
mod source;
#[path = "house/street.rs"]
mod street;
#[path = "house/words.rs"]
mod words;

use std::fmt;
use std::path::Path;

/// One broken rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Path from the package's root.
    pub file: String,
    /// From 1.
    pub line: usize,
    /// What is wrong and what to do instead.
    pub what: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.what)
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Fails with all findings, one a line.
fn nothing(mut findings: Vec<Finding>) {
    findings.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
    findings.dedup();
    let list: Vec<String> = findings.iter().map(Finding::to_string).collect();
    assert!(
        list.is_empty(),
        "{} broken:\n{}",
        list.len(),
        list.join("\n")
    );
}

#[test]
fn the_map_is_whole_and_in_order() {
    let lib = std::fs::read_to_string(root().join("src/lib.rs")).expect("src/lib.rs");
    nothing(map::check(&lib, &source::top_level(&root().join("src"))));
}

#[test]
fn imports_go_down_the_street() {
    let lib = std::fs::read_to_string(root().join("src/lib.rs")).expect("src/lib.rs");
    let order = map::modules(&lib);
    nothing(
        source::rust_files(root())
            .iter()
            .flat_map(|file| street::check(file, &order))
            .collect(),
    );
}

#[test]
fn dangerous_things_stand_in_their_places() {
    nothing(
        source::rust_files(root())
            .iter()
            .flat_map(places::check)
            .collect(),
    );
}

#[test]
fn every_case_of_the_table_has_a_test() {
    let mut files = source::files(root(), "tests/suite", "rs");
    files.extend(source::files(root(), "src", "rs"));
    nothing(cases::check(&files));
}

#[test]
fn migrations_do_not_ask_for_the_time() {
    nothing(
        source::files(root(), "migrations", "sql")
            .iter()
            .flat_map(|(file, text)| places::check_migration(file, text))
            .collect(),
    );
}

#[test]
fn templates_are_plain_and_have_a_home() {
    nothing(
        source::files(root(), "templates", "html")
            .iter()
            .flat_map(|(file, text)| {
                pages::check(file, text, &|path: &str| root().join(path).is_file())
            })
            .collect(),
    );
}

#[test]
fn what_is_said_to_people_stands_in_the_catalogue() {
    nothing(
        source::rust_files(root())
            .iter()
            .flat_map(words::check)
            .chain(
                source::files(root(), "templates", "html")
                    .iter()
                    .flat_map(|(file, text)| words::check_template(file, text)),
            )
            .collect(),
    );
}
