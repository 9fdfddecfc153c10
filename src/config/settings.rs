//! The merged settings, and reading them with checks.

use std::{collections::BTreeMap, ops::RangeInclusive};

use ipnet::IpNet;

use super::{Error, known, value::Value};

/// Every setting with its value and where it was set.
pub(super) struct Settings {
    values: BTreeMap<(String, String), (Value, String)>,
}

impl Settings {
    /// The compiled-in defaults.
    pub(super) fn defaults() -> Self {
        let values = known::DEFAULTS.iter().flat_map(|(section, keys)| {
            keys.iter().map(move |(key, value)| {
                let source = format!("{section}.{key} in the defaults");
                ((section.clone(), key.clone()), (value.clone(), source))
            })
        });
        Self {
            values: values.collect(),
        }
    }

    /// Sets one; `source` names it in messages.
    pub(super) fn set(&mut self, section: &str, key: &str, value: Value, source: String) {
        self.values
            .insert((section.to_owned(), key.to_owned()), (value, source));
    }

    fn get(&self, section: &str, key: &str) -> &(Value, String) {
        // The names come from our own code, and a unit test reads every section.
        self.values
            .get(&(section.to_owned(), key.to_owned()))
            .unwrap_or_else(|| panic!("{section}.{key} is missing in config/default.toml"))
    }

    /// Text without spaces around it.
    pub(super) fn text(&self, section: &str, key: &str) -> &str {
        match &self.get(section, key).0 {
            Value::Text(text) => text.trim(),
            _ => "",
        }
    }

    /// Text, or nothing where it is empty.
    pub(super) fn some_text(&self, section: &str, key: &str) -> Option<&str> {
        Some(self.text(section, key)).filter(|text| !text.is_empty())
    }

    /// Yes or no.
    pub(super) fn flag(&self, section: &str, key: &str) -> bool {
        matches!(self.get(section, key).0, Value::Flag(true))
    }

    /// A list of texts without spaces around them.
    pub(super) fn list(&self, section: &str, key: &str) -> Vec<&str> {
        match &self.get(section, key).0 {
            Value::List(items) => items.iter().map(|item| item.trim()).collect(),
            _ => Vec::new(),
        }
    }

    /// A whole number within limits.
    pub(super) fn whole(
        &self,
        section: &str,
        key: &str,
        limits: RangeInclusive<i64>,
    ) -> Result<i64, Error> {
        match self.get(section, key).0 {
            Value::Whole(number) if limits.contains(&number) => Ok(number),
            _ => Err(self.bad(
                section,
                key,
                &format!(
                    "must be a whole number from {} to {}",
                    limits.start(),
                    limits.end()
                ),
            )),
        }
    }

    /// Networks and single addresses, at most 64; `verb` says what would be done with everybody.
    pub(super) fn networks(
        &self,
        section: &str,
        key: &str,
        verb: &str,
    ) -> Result<Vec<IpNet>, Error> {
        const MAX: usize = 64;
        let bad = |what: &str| self.bad(section, key, what);
        let texts = self.list(section, key);
        if texts.len() > MAX {
            return Err(bad("names too many networks (64 at most)"));
        }
        let networks = texts.into_iter().map(|text| {
            let network = text
                .parse::<IpNet>()
                .or_else(|_| text.parse().map(|ip: std::net::IpAddr| ip.into()));
            let network = network.map_err(|_| {
                bad(&format!(
                    "has {text:?}, which is neither an address nor a network"
                ))
            })?;
            if network.prefix_len() == 0 {
                return Err(bad(&format!("has {text}, which would {verb} everybody")));
            }
            Ok(network)
        });
        networks.collect()
    }

    /// An error about one setting; `what` goes on after its name.
    pub(super) fn bad(&self, section: &str, key: &str, what: &str) -> Error {
        Error::new(format!("{} {what}.", self.get(section, key).1))
    }
}
