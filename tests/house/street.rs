//! A module imports only modules listed below it; some neighbours not at all.

use super::Finding;
use super::source::Source;

/// Modules of one group never import each other.
const STRANGERS: &[(&[&str], &str)] = &[
    (
        &["moderation", "social", "identity"],
        "use cases are siblings: move what both need down into `gate`, `store` or `domain`, \
         or write an event and let `jobs` call the other",
    ),
    (
        &["web", "mastodon_api", "federation_api"],
        "doors never know each other: move the decision into a use case and call it from both",
    ),
    (
        &["incoming", "delivery"],
        "inbound and outbound never meet: write an event; routing reaches delivery",
    ),
];

/// Doors reach these only through use cases.
const NOT_FOR_DOORS: &[&str] = &["store", "cache"];
const DOORS: &[&str] = &["web", "mastodon_api", "federation_api", "door"];

/// Upward and forbidden imports of one file. `order` is the map, from top to bottom.
pub fn check(source: &Source, order: &[String]) -> Vec<Finding> {
    let Some(module) = source.module() else {
        return Vec::new();
    };
    let place = |name: &str| order.iter().position(|known| known == name);
    imports(source)
        .into_iter()
        .filter(|(to, _)| to != module && place(to).is_some())
        .filter_map(|(to, position)| {
            let what = forbidden(module, &to).or_else(|| {
                (place(&to) < place(module)).then(|| format!(
                    "`{module}` imports `{to}`, which stands above it on the map: pass what is needed as a \
                     parameter, move it down, or write an event that `jobs` hears"
                ))
            })?;
            Some(Finding { file: source.file.clone(), line: source.line(position), what })
        })
        .collect()
}

fn forbidden(module: &str, to: &str) -> Option<String> {
    if DOORS.contains(&module) && NOT_FOR_DOORS.contains(&to) {
        return Some(format!(
            "the door `{module}` imports `{to}`: add or extend a use case and call that"
        ));
    }
    STRANGERS
        .iter()
        .find(|(group, _)| group.contains(&module) && group.contains(&to))
        .map(|(_, instead)| format!("`{module}` imports `{to}`: {instead}"))
}

/// The top-level modules that a file names by a path from the root, each with its position.
fn imports(source: &Source) -> Vec<(String, usize)> {
    let code = &source.code;
    let mut found = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        if !ends_word(&code[..at]) {
            first_segments(code, at + "crate::".len(), &mut found);
        }
    }
    // As many `super::` as the file is deep lead to the root too.
    let climb = "super::".repeat(depth(&source.file));
    for (at, _) in code.match_indices(&climb) {
        if !ends_word(&code[..at]) && !code[..at].ends_with("::") {
            first_segments(code, at + climb.len(), &mut found);
        }
    }
    found
}

/// Modules between the file and the root: 1 for `src/web/mod.rs`, 2 for `src/web/home.rs`.
fn depth(file: &str) -> usize {
    let path = file.trim_start_matches("src/").trim_end_matches(".rs");
    path.trim_end_matches("/mod").split('/').count()
}

/// The name at `at`, or all first names of a `{…}` group there.
fn first_segments(code: &str, at: usize, found: &mut Vec<(String, usize)>) {
    let rest = &code[at..];
    if !rest.trim_start().starts_with('{') {
        found.push((name(rest), at));
        return;
    }
    let (mut depth, mut expects_name) = (0, true);
    for (offset, c) in rest.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 1 => expects_name = true,
            c if expects_name && depth == 1 && !c.is_whitespace() => {
                found.push((name(&rest[offset..]), at + offset));
                expects_name = false;
            }
            _ => {}
        }
        if depth == 0 && c == '}' {
            break;
        }
    }
}

fn name(text: &str) -> String {
    text.trim_start()
        .chars()
        .take_while(|&c| c.is_alphanumeric() || c == '_')
        .collect()
}

fn ends_word(text: &str) -> bool {
    text.ends_with(|c: char| c.is_alphanumeric() || c == '_')
}

#[cfg(test)]
fn found(file: &str, text: &str) -> Vec<(usize, String)> {
    let order: Vec<String> = [
        "web",
        "mastodon_api",
        "jobs",
        "incoming",
        "delivery",
        "moderation",
        "social",
        "identity",
        "gate",
        "cache",
        "store",
        "domain",
    ]
    .map(String::from)
    .into();
    check(&Source::new(file, text), &order)
        .into_iter()
        .map(|f| (f.line, f.what))
        .collect()
}

#[test]
fn upward_imports_are_found() {
    assert!(
        found(
            "src/gate/mod.rs",
            "use crate::store::accounts;\nuse crate::domain::{Error, Result};"
        )
        .is_empty()
    );
    let one = found(
        "src/store/a.rs",
        "use crate::domain::x;\nuse crate::gate::y;",
    );
    assert_eq!(one.len(), 1);
    assert!(one[0].0 == 2 && one[0].1.contains("`store` imports `gate`"));
    assert_eq!(
        found("src/store/a.rs", "fn f() -> crate::gate::Mode {}").len(),
        1
    );
    assert_eq!(
        found(
            "src/store/a.rs",
            "use crate::{\n    domain::{Error, gate},\n    gate::Mode,\n};"
        )[0]
        .0,
        3
    );
    assert_eq!(
        found("src/store/a.rs", "use super::super::gate::Mode;").len(),
        1
    );
    assert_eq!(found("src/store/mod.rs", "use super::gate::Mode;").len(), 1);
    assert!(
        found(
            "src/store/a.rs",
            "use super::gate;\n// crate::gate\nlet s = \"crate::gate\";"
        )
        .is_empty()
    );
}

#[test]
fn strangers_and_doors_are_kept_apart() {
    assert!(
        found("src/social/a.rs", "use crate::identity::x;")[0]
            .1
            .contains("siblings")
    );
    assert!(
        found("src/web/a.rs", "use crate::mastodon_api::x;")[0]
            .1
            .contains("never know each other")
    );
    assert!(
        found("src/web/a.rs", "use crate::store::x;")[0]
            .1
            .contains("use case")
    );
    assert!(
        found("src/mastodon_api/a.rs", "use crate::{cache, domain};")[0]
            .1
            .contains("use case")
    );
    assert!(
        found("src/incoming/a.rs", "use crate::delivery::x;")[0]
            .1
            .contains("never meet")
    );
    assert!(
        found(
            "src/jobs/a.rs",
            "use crate::{cache, store, social, delivery};"
        )
        .is_empty()
    );
}
