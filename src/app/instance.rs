//! What the place says of itself: the admin's words, or the configuration's.

use std::sync::Arc;

use serde_json::Value;

use super::App;
use crate::domain::Result;
use crate::store;

/// Name and words of the place. Text, not HTML.
#[derive(Debug, Clone, PartialEq)]
pub struct Instance {
    /// 1 to 80 characters.
    pub title: String,
    /// At most 1,000 characters.
    pub description: String,
    /// Where its people can be reached.
    pub contact_email: Option<String>,
    /// Where other servers report abuse, where that is another address.
    pub abuse_email: Option<String>,
    /// ISO 639-1 codes.
    pub languages: Vec<String>,
    /// The rules of the house, in order; [`MOST_RULES`] at most.
    pub rules: Vec<Rule>,
}

impl Instance {
    /// Where abuse is reported.
    pub fn abuse_contact(&self) -> Option<&str> {
        self.abuse_email
            .as_deref()
            .or(self.contact_email.as_deref())
    }
}

/// One rule of the house.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// Its place in the list, from 1; what apps take as its id.
    pub number: usize,
    /// One sentence.
    pub text: String,
    /// What it means; may be empty.
    pub hint: String,
}

/// The settings that hold an admin's own words (`moderation::words` writes them): texts, and
/// lists of languages and of rules (`text`, `hint`). An empty address is none.
pub const TITLE: &str = "instance.title";
/// See [`TITLE`].
pub const DESCRIPTION: &str = "instance.description";
/// See [`TITLE`].
pub const CONTACT: &str = "instance.contact_email";
/// See [`TITLE`].
pub const ABUSE: &str = "instance.abuse_email";
/// See [`TITLE`].
pub const LANGUAGES: &str = "instance.languages";
/// See [`TITLE`].
pub const RULES: &str = "instance.rules";
/// Rules that a house may have.
pub const MOST_RULES: usize = 50;

/// Rules that a new place starts with; the admin's own replace them.
const FIRST_RULES: &[(&str, &str)] = &[
    (
        "Be kind. Disagree with what was said, not with who said it.",
        "",
    ),
    (
        "No harassment, no hate.",
        "Of anybody, for whatever they are or believe.",
    ),
    ("No spam and no advertising.", ""),
    ("Nothing that is illegal where this server stands.", ""),
];

/// Its name in [`super::memory::Memory`].
const NAME: &str = "instance";

impl App {
    /// The place's words; 30 s old at the most.
    pub async fn instance(&self) -> Result<Arc<Instance>> {
        self.memory
            .get(NAME, async {
                let mut conn = self.pool.get().await?;
                let chosen = store::settings::all(&mut conn).await?;
                Ok(self.read_instance(&chosen))
            })
            .await
    }

    /// Forgets what [`App::instance`] knew: after a change of the settings.
    pub async fn forget_instance(&self) {
        self.memory.forget(NAME).await;
    }

    /// The same from settings that were just read.
    pub fn read_instance(&self, chosen: &[(String, Value)]) -> Instance {
        let value = |key: &str| chosen.iter().find(|(k, _)| k == key).map(|(_, v)| v);
        let text = |key: &str| value(key).and_then(Value::as_str).map(str::to_owned);
        let base = &self.config.instance;
        let address = |key: &str, configured: &Option<String>| match text(key) {
            Some(own) => Some(own).filter(|own| !own.is_empty()),
            None => configured.clone(),
        };
        let languages = value(LANGUAGES).and_then(Value::as_array).map(|own| {
            let codes = own.iter().filter_map(Value::as_str);
            codes.map(str::to_owned).collect::<Vec<_>>()
        });
        let rules = match value(RULES).and_then(Value::as_array) {
            Some(own) => own
                .iter()
                .take(MOST_RULES)
                .filter_map(|r| Some((r["text"].as_str()?, r["hint"].as_str().unwrap_or(""))))
                .collect(),
            None => FIRST_RULES.to_vec(),
        };
        Instance {
            title: text(TITLE).unwrap_or_else(|| base.title.clone()),
            description: text(DESCRIPTION).unwrap_or_else(|| base.description.clone()),
            contact_email: address(CONTACT, &base.contact_email),
            abuse_email: address(ABUSE, &base.abuse_email),
            languages: languages.unwrap_or_else(|| base.languages.clone()),
            rules: rules
                .iter()
                .enumerate()
                .map(|(index, (text, hint))| Rule {
                    number: index + 1,
                    text: (*text).to_owned(),
                    hint: (*hint).to_owned(),
                })
                .collect(),
        }
    }
}
