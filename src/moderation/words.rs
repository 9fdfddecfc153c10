//! What the place says of itself, as an admin changes it: name, words, addresses, languages,
//! rules of the house.
//!
//! A field that was never changed stays with the configuration: only what differs is written.

use chrono::{DateTime, Utc};
use diesel_async::AsyncConnection;
use serde_json::{Map, Value, json};

use crate::app::App;
use crate::app::instance::{
    ABUSE, CONTACT, DESCRIPTION, Instance, LANGUAGES, MOST_RULES, RULES, TITLE,
};
use crate::config::instance::{MAX_DESCRIPTION, MAX_LANGUAGES, MAX_TITLE, is_address, is_language};
use crate::domain::Result;
use crate::domain::error::Invalid;
use crate::gate::signs;
use crate::gate::who::Admin;
use crate::store::audit::NewLine;
use crate::store::{self, Conn};

/// Longest rule, in characters, as Mastodon has it.
pub const MAX_RULE: usize = 300;
/// Longest explanation of a rule, in characters.
pub const MAX_HINT: usize = 1_000;

/// The settings of this page.
const KEYS: [&str; 6] = [TITLE, DESCRIPTION, CONTACT, ABUSE, LANGUAGES, RULES];

/// All of it, as an admin sees and types it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Written {
    /// 1 to [`MAX_TITLE`] characters.
    pub title: String,
    /// At most [`MAX_DESCRIPTION`] characters.
    pub description: String,
    /// A mail address; empty for none.
    pub contact_email: String,
    /// A mail address; empty: the one before.
    pub abuse_email: String,
    /// Two-letter codes, with commas or spaces between.
    pub languages: String,
    /// One a line; a line that begins with a dash explains the rule above it.
    pub rules: String,
}

impl Written {
    fn of(instance: &Instance) -> Written {
        let mut rules = Vec::new();
        for rule in &instance.rules {
            rules.push(rule.text.clone());
            if !rule.hint.is_empty() {
                rules.push(format!("- {}", rule.hint));
            }
        }
        Written {
            title: instance.title.clone(),
            description: instance.description.clone(),
            contact_email: instance.contact_email.clone().unwrap_or_default(),
            abuse_email: instance.abuse_email.clone().unwrap_or_default(),
            languages: instance.languages.join(", "),
            rules: rules.join("\n"),
        }
    }
}

/// What holds, past every memory.
///
/// # Errors
/// When the database cannot be asked.
pub async fn look(app: &App, _who: &Admin) -> Result<Written> {
    let mut conn = app.desk.get().await?;
    let chosen = store::settings::all(&mut conn).await?;
    Ok(Written::of(&app.read_instance(&chosen)))
}

/// Changes it. Other processes show it within half a minute.
///
/// # Errors
/// `Invalid` with every field that needs mending, by the names of [`Written`].
pub async fn save(app: &App, who: &Admin, written: &Written) -> Result<()> {
    let wanted = check(written)?;
    let mut conn = app.desk.get().await?;
    conn.transaction(async |conn| {
        let now = app.clock.decide(conn).await?;
        let chosen = store::settings::all(conn).await?;
        let now_holds = check(&Written::of(&app.read_instance(&chosen))).unwrap_or_default();
        let mut changed = wanted;
        changed.retain(|key, value| now_holds.get(key) != Some(value));
        write(conn, who, &chosen, changed, now).await
    })
    .await?;
    app.forget_instance().await;
    Ok(())
}

/// Makes it what it was: `kept` is what a line of the audit log kept of it.
///
/// # Errors
/// When the database cannot be asked.
pub async fn put_back(app: &App, who: &Admin, kept: &Value) -> Result<()> {
    let mut before = kept.as_object().cloned().unwrap_or_default();
    before.retain(|key, _| KEYS.contains(&key.as_str()));
    let mut conn = app.desk.get().await?;
    conn.transaction(async |conn| {
        let now = app.clock.decide(conn).await?;
        let chosen = store::settings::all(conn).await?;
        write(conn, who, &chosen, before, now).await
    })
    .await?;
    app.forget_instance().await;
    Ok(())
}

/// Sets each key to its value; null takes the admin's own away.
async fn write(
    conn: &mut Conn,
    who: &Admin,
    chosen: &[(String, Value)],
    changed: Map<String, Value>,
    now: DateTime<Utc>,
) -> Result<()> {
    if changed.is_empty() {
        return signs::act(conn, who, now).await;
    }
    let mut before = Map::new();
    for (key, value) in &changed {
        let held = chosen.iter().find(|(k, _)| k == key);
        before.insert(key.clone(), held.map_or(Value::Null, |(_, v)| v.clone()));
        match value {
            Value::Null => store::settings::remove(conn, key).await?,
            value => store::settings::set(conn, key, value, now).await?,
        }
    }
    let line = NewLine {
        actor: Some(who.user().id),
        act: "instance.change",
        subject_kind: "settings",
        subject: None,
        detail: Value::Object(changed),
        inverse: Some(Value::Object(before)),
    };
    store::audit::append(conn, line, now).await?;
    signs::act(conn, who, now).await
}

fn check(written: &Written) -> Result<Map<String, Value>> {
    let mut invalid = Invalid::new();
    let title = written.title.trim();
    if title.is_empty() {
        invalid.add("title", "ERR_BLANK", "needs a word at least");
    }
    too_long(&mut invalid, "title", title, MAX_TITLE);
    // Browsers send line ends as two characters.
    let description = written.description.trim().replace("\r\n", "\n");
    too_long(&mut invalid, "description", &description, MAX_DESCRIPTION);
    for (name, address) in [
        ("contact_email", &written.contact_email),
        ("abuse_email", &written.abuse_email),
    ] {
        let address = address.trim();
        if !address.is_empty() && !is_address(address) {
            invalid.add(name, "ERR_INVALID", "is no mail address");
        }
    }
    let languages = languages(&written.languages);
    if languages.is_empty() || languages.len() > MAX_LANGUAGES {
        let words = format!("must be 1 to {MAX_LANGUAGES} codes of two letters, such as en, de");
        invalid.add("languages", "ERR_INVALID", words);
    } else if let Some(odd) = languages.iter().find(|code| !is_language(code)) {
        let words = format!("must be codes of two letters, such as en, de; this is none: {odd}");
        invalid.add("languages", "ERR_INVALID", words);
    }
    let rules = rules(&written.rules, &mut invalid);
    invalid.into_result()?;
    let rules: Vec<Value> = rules
        .into_iter()
        .map(|(text, hint)| json!({ "text": text, "hint": hint }))
        .collect();
    let all = [
        (TITLE, json!(title)),
        (DESCRIPTION, json!(description)),
        (CONTACT, json!(written.contact_email.trim())),
        (ABUSE, json!(written.abuse_email.trim())),
        (LANGUAGES, json!(languages)),
        (RULES, json!(rules)),
    ];
    let all = all.map(|(key, value)| (key.to_owned(), value));
    Ok(all.into_iter().collect())
}

fn too_long(invalid: &mut Invalid, field: &'static str, text: &str, max: usize) {
    let has = text.chars().count();
    if has > max {
        let words = format!("has {has} characters (maximum is {max})");
        invalid.add(field, "ERR_TOO_LONG", words);
    }
}

/// Codes in lower case, each once, in order.
fn languages(typed: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let codes = typed
        .split(|c: char| c == ',' || c == ';' || c.is_whitespace())
        .filter(|code| !code.is_empty());
    for code in codes {
        let code = code.to_lowercase();
        if !found.contains(&code) {
            found.push(code);
        }
    }
    found
}

/// Rules with what explains them.
fn rules(typed: &str, invalid: &mut Invalid) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for line in typed.lines().map(str::trim).filter(|line| !line.is_empty()) {
        match (line.strip_prefix(['-', '–', '—']), found.last_mut()) {
            (Some(more), Some((_, hint))) => {
                if !hint.is_empty() {
                    hint.push(' ');
                }
                hint.push_str(more.trim());
            }
            (Some(_), None) => {
                let words = "begin with an explanation: put a rule above the first dash";
                invalid.add("rules", "ERR_INVALID", words);
                return Vec::new();
            }
            (None, _) => found.push((line.to_owned(), String::new())),
        }
    }
    if found.len() > MOST_RULES {
        let words = format!("are {} (maximum is {MOST_RULES})", found.len());
        invalid.add("rules", "ERR_TOO_LONG", words);
    }
    let long = found
        .iter()
        .position(|(t, h)| t.chars().count() > MAX_RULE || h.chars().count() > MAX_HINT);
    if let Some(which) = long {
        let words = format!(
            "are too long at number {} (maximum is {MAX_RULE} characters, and {MAX_HINT} for what \
             explains it)",
            which + 1
        );
        invalid.add("rules", "ERR_TOO_LONG", words);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Error;

    fn fields(written: &Written) -> Vec<String> {
        match check(written) {
            Err(Error::Invalid(invalid)) => {
                invalid.fields.iter().map(|f| f.field.to_string()).collect()
            }
            other => panic!("{other:?}"),
        }
    }

    fn good() -> Written {
        Written {
            title: " Lantern Lane ".into(),
            languages: "en, DE en".into(),
            rules: "Be kind.\r\n\r\nNo spam.\n- Nor\n— advertising.".into(),
            ..Written::default()
        }
    }

    #[test]
    fn what_is_typed_is_read_and_shown_as_it_was_meant() {
        let kept = check(&good()).expect("it is good");
        assert_eq!(kept[TITLE], "Lantern Lane");
        assert_eq!(kept[LANGUAGES], json!(["en", "de"]));
        assert_eq!(
            kept[RULES],
            json!([
                { "text": "Be kind.", "hint": "" },
                { "text": "No spam.", "hint": "Nor advertising." },
            ])
        );
    }

    #[test]
    fn each_field_that_needs_mending_is_named_at_once() {
        let bad = Written {
            title: " ".into(),
            description: "x".repeat(1_001),
            contact_email: "nobody".into(),
            abuse_email: "a b@c.example".into(),
            languages: "english".into(),
            rules: "- why".into(),
        };
        let all = [
            "title",
            "description",
            "contact_email",
            "abuse_email",
            "languages",
            "rules",
        ];
        assert_eq!(fields(&bad), all);
        let long = Written {
            rules: "x".repeat(301),
            ..good()
        };
        assert_eq!(fields(&long), ["rules"]);
        let many = Written {
            rules: "x\n".repeat(51),
            ..good()
        };
        assert_eq!(fields(&many), ["rules"]);
    }
}
