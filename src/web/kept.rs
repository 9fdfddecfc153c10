//! What was typed into a form that could not be taken: it stands on the page that says why, to be
//! read and copied, whatever the reason was. No statement is needed for it, so that a flood costs
//! no more than its own words.

use actix_web::{HttpMessage, HttpRequest};
use serde_json::{Map, Value};

/// Characters that are shown again, of all fields together.
const MOST: usize = 40_000;
/// Never shown again, nor any field whose name contains one of these.
const SECRET: &[&str] = &[
    "password", "token", "secret", "code", "csrf", "proof", "website",
];
/// Shown however short they are; of other fields only words.
const ALWAYS: &[(&str, &str)] = &[
    ("username", "The name you would like"),
    ("email", "Email address"),
    ("elsewhere", "I already live at"),
    ("vouch", "Who knows you here?"),
    ("reply", "Your answer"),
    ("appeal", "What we should know"),
    ("text", "What you wrote"),
    ("message", "Message"),
    ("note", "Note"),
];

/// One field, read-only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its `id` in the page.
    pub id: String,
    /// What it is called.
    pub label: String,
    /// What was typed.
    pub text: String,
}

/// Fields and texts of the form of this request.
struct Typed(Vec<(String, String)>);

/// Remembers what a form brought, for as long as its request lasts.
pub fn remember(req: &HttpRequest, fields: &Map<String, Value>) {
    let mut left = MOST;
    let mut typed = Vec::new();
    for (name, value) in fields {
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Array(list) if name.starts_with("answer_") => {
                let several: Vec<&str> = list.iter().filter_map(Value::as_str).collect();
                several.join("\n")
            }
            _ => continue,
        };
        if !is_worth_it(name, &text) {
            continue;
        }
        let text: String = text.chars().take(left).collect();
        left -= text.chars().count();
        typed.push((name.clone(), text));
    }
    req.extensions_mut().insert(Typed(typed));
}

/// What was typed, called what `called` says, else what its field says.
pub fn call(req: &HttpRequest, called: impl Fn(&str) -> Option<String>) {
    if let Some(Typed(typed)) = req.extensions_mut().get_mut::<Typed>() {
        for (name, _) in typed {
            if let Some(label) = called(name) {
                *name = label;
            }
        }
    }
}

/// What there is to show again; empty where no form was sent.
pub fn shown(req: &HttpRequest) -> Vec<Kept> {
    let all = req.extensions();
    let Some(Typed(typed)) = all.get::<Typed>() else {
        return Vec::new();
    };
    let kept = typed.iter().enumerate().map(|(index, (name, text))| Kept {
        id: format!("kept-{}", index + 1),
        label: label_of(name),
        text: text.clone(),
    });
    kept.collect()
}

fn label_of(name: &str) -> String {
    match ALWAYS.iter().find(|(known, _)| *known == name) {
        Some((_, label)) => (*label).to_owned(),
        None if name.starts_with("answer_") => "Your answer".to_owned(),
        None if name.contains(' ') => name.to_owned(),
        None => {
            let words = name.trim_end_matches("[]").replace('_', " ");
            let mut letters = words.chars();
            let first = letters.next().map(char::to_uppercase);
            first.into_iter().flatten().chain(letters).collect()
        }
    }
}

/// Somebody typed it, and would have to think to type it again.
fn is_worth_it(name: &str, text: &str) -> bool {
    let text = text.trim();
    !text.is_empty()
        && !SECRET.iter().any(|secret| name.contains(secret))
        && (name.starts_with("answer_")
            || ALWAYS.iter().any(|(known, _)| *known == name)
            || text.contains(char::is_whitespace))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_kept_and_secrets_never() {
        for (name, text, kept) in [
            ("answer_3", "Bread", true),
            ("reply", "Yes", true),
            ("spoiler_text", "two words", true),
            ("new_password", "two words", false),
            ("recovery_code", "aa bb", false),
            ("form_token", "a b", false),
            ("csrf", "a b", false),
            ("visibility", "public", false),
            ("reply", "  ", false),
        ] {
            assert_eq!(is_worth_it(name, text), kept, "{name}");
        }
        assert_eq!(label_of("spoiler_text"), "Spoiler text");
    }
}
