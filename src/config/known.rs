//! The settings that exist: those of `config/default.toml`.

use std::{collections::BTreeMap, sync::LazyLock};

use super::value::Value;

/// The defaults, as the host can read them in the repository.
pub(super) const DEFAULT_TOML: &str = include_str!("../../config/default.toml");

/// Settings that may stand in a file of their own, named by the same key with `_file`.
const SECRETS: [(&str, &str); 4] = [
    ("database", "url"),
    ("redis", "url"),
    ("mail", "smtp_url"),
    ("metrics", "token"),
];

/// How alike two names must be (Jaro-Winkler, 0 to 1) for one to be offered for the other.
const ALIKE: f64 = 0.7;

/// Section to key to default.
pub(super) type Sections = BTreeMap<String, BTreeMap<String, Value>>;

/// The compiled-in defaults. A unit test reads them, so a mistake in that file never ships.
pub(super) static DEFAULTS: LazyLock<Sections> = LazyLock::new(|| {
    let table: toml::Table = toml::from_str(DEFAULT_TOML).expect("config/default.toml is TOML");
    let sections = table.iter().map(|(section, keys)| {
        let keys = keys
            .as_table()
            .expect("config/default.toml has only sections");
        let values = keys.iter().map(|(key, value)| {
            let value = Value::from_toml(value).expect("config/default.toml has known kinds");
            (key.clone(), value)
        });
        (section.clone(), values.collect())
    });
    sections.collect()
});

/// A name that may be set: the key itself, or the file that holds a secret.
#[derive(Debug, PartialEq)]
pub(super) enum Name {
    /// The setting `key`, whose default is given.
    Key(&'static Value),
    /// The file to read the secret setting of this name from.
    FileOf(&'static str),
}

/// Finds what `key` in `section` names; `None` when there is no such thing.
pub(super) fn find(section: &str, key: &str) -> Option<Name> {
    if let Some(value) = DEFAULTS.get(section).and_then(|keys| keys.get(key)) {
        return Some(Name::Key(value));
    }
    let plain = key.strip_suffix("_file")?;
    let secret = SECRETS.iter().find(|(s, k)| *s == section && *k == plain)?;
    Some(Name::FileOf(secret.1))
}

/// Every name as `section.key`, the files of secrets with them.
pub(super) fn names() -> Vec<String> {
    let keys = DEFAULTS
        .iter()
        .flat_map(|(section, keys)| keys.keys().map(move |key| format!("{section}.{key}")));
    let files = SECRETS
        .iter()
        .map(|(section, key)| format!("{section}.{key}_file"));
    keys.chain(files).collect()
}

/// The known name most like `wrong`, if one is like it at all. A key that exists in another
/// section is the best guess there is.
pub(super) fn nearest(wrong: &str) -> Option<String> {
    let key = wrong.rsplit('.').next().unwrap_or(wrong);
    let score = |name: &str| {
        let same_key = name.rsplit('.').next() == Some(key);
        strsim::jaro_winkler(name, wrong).max(if same_key { 0.99 } else { 0.0 })
    };
    names()
        .into_iter()
        .map(|name| (score(&name), name))
        .filter(|(score, _)| *score >= ALIKE)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, name)| name)
}
