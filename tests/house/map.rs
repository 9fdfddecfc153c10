//! `src/lib.rs` is the map: every module is on it, in the order of the floors.

use super::Finding;

/// The floors from top to bottom; inside a floor the order is free.
const FLOORS: &[&[&str]] = &[
    &["cli", "server"],
    &["web", "mastodon_api", "federation_api"],
    &["door"],
    &["jobs", "incoming", "delivery"],
    &["moderation", "social", "identity"],
    &["gate"],
    &["activitypub", "app", "mail", "files", "secrets"],
    &["cache", "store", "model"],
    &["config", "text", "domain"],
];

/// The modules that `src/lib.rs` declares, from top to bottom.
pub fn modules(lib: &str) -> Vec<String> {
    declared(lib).into_iter().map(|(name, _)| name).collect()
}

/// Every module in `present` is declared, known, and on its floor.
pub fn check(lib: &str, present: &[String]) -> Vec<Finding> {
    let finding = |line, what: String| Finding {
        file: "src/lib.rs".into(),
        line,
        what,
    };
    let mut findings = Vec::new();
    let declared = declared(lib);
    let mut deepest = 0;
    for (name, line) in &declared {
        match FLOORS.iter().position(|floor| floor.contains(&name.as_str())) {
            None => findings.push(finding(*line, format!(
                "`{name}` has no floor: put its code in an existing module, or give it a floor in tests/house/map.rs"
            ))),
            Some(floor) if floor < deepest => findings.push(finding(*line, format!(
                "`{name}` stands too low on the map: list the modules floor by floor, from the door to the cellar \
                 (a blank line between them keeps the formatter from sorting)"
            ))),
            Some(floor) => deepest = floor,
        }
    }
    for name in present
        .iter()
        .filter(|name| !declared.iter().any(|(known, _)| known == *name))
    {
        findings.push(finding(
            1,
            format!("`src/{name}` is not on the map: declare it, or remove it"),
        ));
    }
    findings
}

fn declared(lib: &str) -> Vec<(String, usize)> {
    lib.lines()
        .enumerate()
        .filter_map(|(i, text)| {
            let name = text
                .trim()
                .strip_prefix("pub mod ")
                .or_else(|| text.trim().strip_prefix("mod "))?;
            Some((name.strip_suffix(';')?.to_owned(), i + 1))
        })
        .collect()
}

#[test]
fn a_sorted_map_is_refused() {
    let words = |findings: Vec<Finding>| {
        findings
            .into_iter()
            .map(|f| f.what)
            .collect::<Vec<_>>()
            .join("\n")
    };
    assert!(
        check(
            "/// A\npub mod web;\n\npub mod domain;\n",
            &["web".into(), "domain".into()]
        )
        .is_empty()
    );
    assert!(words(check("pub mod domain;\npub mod web;\n", &[])).contains("`web` stands too low"));
    assert!(words(check("pub mod attic;\n", &[])).contains("has no floor"));
    assert!(words(check("pub mod web;\n", &["store".into()])).contains("not on the map"));
}
