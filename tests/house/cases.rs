//! The tables of cases that the house is built against: each row has a test that names it.

use super::Finding;

/// The rows of the table of edge cases (C1), and the abuse cases: who somebody is (I), the network
/// (N), files (F), what is written (X), accounts and tokens (T), the door (H).
const TABLES: [(char, u32); 7] = [
    ('E', 30),
    ('I', 28),
    ('N', 12),
    ('F', 6),
    ('X', 6),
    ('T', 15),
    ('H', 12),
];

/// Cases of what is not here, so far: previews of links, and streaming.
const NOTHING_TO_ABUSE: [&str; 2] = ["N11", "T9"];

fn labels() -> Vec<String> {
    let all = TABLES
        .iter()
        .flat_map(|(table, rows)| (1..=*rows).map(move |row| format!("{table}{row}")));
    all.filter(|label| !NOTHING_TO_ABUSE.contains(&label.as_str()))
        .collect()
}

/// What no test names, in its name (`e19_…`), or in a comment or a message inside of it. `files`
/// are (path, text) of Rust files; of those below `src` only what follows the first test counts.
pub fn check(files: &[(String, String)]) -> Vec<Finding> {
    let tests: Vec<&str> = files.iter().map(|(file, text)| tests(file, text)).collect();
    let missing = labels()
        .into_iter()
        .filter(|label| !tests.iter().any(|text| names(text, label)));
    missing
        .map(|label| Finding {
            file: "tests/suite".into(),
            line: 1,
            what: format!(
                "no test names {label}: write one, or name the case in the one that holds it"
            ),
        })
        .collect()
}

/// The part of a file from its first test on.
fn tests<'a>(file: &str, text: &'a str) -> &'a str {
    let first = ["#[test]", "#[tokio::test]", "proptest! {"].into_iter();
    match first.filter_map(|mark| text.find(mark)).min() {
        Some(at) if file.starts_with("src/") || file.starts_with("tests/suite/") => &text[at..],
        _ => "",
    }
}

/// Whether a text has this label as a word, or as the beginning of a test's name.
fn names(text: &str, label: &str) -> bool {
    let word = |at: usize| {
        let before = text[..at].chars().next_back();
        let after = text[at + label.len()..].chars().next();
        let part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || "_%".contains(c));
        !part(before) && !part(after)
    };
    let named = format!("fn {}_", label.to_lowercase());
    text.contains(&named) || text.match_indices(label).any(|(at, _)| word(at))
}

#[test]
fn a_case_that_no_test_names_is_found() {
    let file = |path: &str, text: &str| (path.to_owned(), text.to_owned());
    let all: String = labels()
        .iter()
        .map(|label| format!("// {label}\n"))
        .collect();
    let whole = file("tests/suite/a.rs", &format!("#[test]\n{all}"));
    assert_eq!(check(std::slice::from_ref(&whole)), []);
    let without = |label: &str, instead: &str| {
        let text = whole.1.replace(&format!("// {label}\n"), instead);
        check(&[file("tests/suite/a.rs", &text)]).len()
    };
    assert_eq!(without("E19", ""), 1);
    assert_eq!(without("E1", "// E11, %E1%80, E1x\n"), 1);
    assert_eq!(without("E19", "fn e19_both() {\n"), 0);
    assert_eq!(without("H8", "\"H8: {told}\"\n"), 0);
    assert_eq!(without("I2", "// I20, T2\n"), 1);
    // Code and its comments are no tests.
    assert_eq!(check(&[file("src/a.rs", &all)]).len(), labels().len());
    let tested = format!("{all}#[test]\n// E7\n");
    assert_eq!(
        check(&[file("src/a.rs", &tested)]).len(),
        labels().len() - 1
    );
}
