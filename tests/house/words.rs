//! What is said in mails and in the notice of the app stands in the catalogue, in every
//! language: the same keys, the same arguments, each of them used.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use regex::Regex;

use super::source::{self, Source, line};
use super::{Finding, root};

/// Where people are spoken to in their language.
const SPOKEN: &[&str] = &[
    "src/mail/messages/",
    "src/mail/letter.rs",
    "src/mastodon_api/pending_words.rs",
];

static LITERAL: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#""((?:[^"\\]|\\.)*)""#).expect("a pattern"));
/// Two words, or one with a capital and an end.
static SENTENCE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\p{L}{2,} \p{L}+|\p{Lu}\p{Ll}+[.!?]?$").expect("a pattern"));
static KEY: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?m)^([a-z][a-z0-9-]*) =").expect("a pattern"));
static ARGUMENT: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\$([a-z_]+)").expect("a pattern"));
static MARKUP: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?s)<style>.*?</style>|\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}|<[^>]*>")
        .expect("a pattern")
});

/// Sentences that stand in the code.
pub fn check(file: &Source) -> Vec<Finding> {
    if !SPOKEN.iter().any(|place| file.file.starts_with(place)) || file.file.ends_with("/tests.rs")
    {
        return Vec::new();
    }
    LITERAL
        .captures_iter(&file.with_strings)
        .filter(|literal| SENTENCE.is_match(&literal[1]))
        .map(|literal| Finding {
            file: file.file.clone(),
            line: file.line(literal.get(0).expect("the match").start()),
            what: format!(
                "“{}” is said here: put it into `locales/*.ftl`",
                &literal[1]
            ),
        })
        .collect()
}

/// Words in the template of a mail.
pub fn check_template(file: &str, text: &str) -> Vec<Finding> {
    if !file.starts_with("templates/mail/") {
        return Vec::new();
    }
    let bare = MARKUP.replace_all(text, |hit: &regex::Captures| {
        "\n".repeat(hit[0].matches('\n').count())
    });
    let word = bare.find(|c: char| c.is_alphabetic());
    word.into_iter()
        .map(|at| Finding {
            file: file.to_owned(),
            line: line(&bare, at),
            what: "words in the template: they come from `locales/*.ftl`".into(),
        })
        .collect()
}

/// Each key of a catalogue with the arguments that it names.
fn keys(text: &str) -> BTreeMap<String, BTreeSet<String>> {
    let text: String = text
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| format!("{line}\n"))
        .collect();
    let starts: Vec<(usize, String)> = KEY
        .captures_iter(&text)
        .map(|key| (key.get(0).expect("the match").start(), key[1].to_owned()))
        .collect();
    let mut keys = BTreeMap::new();
    for (index, (start, key)) in starts.iter().enumerate() {
        let end = starts.get(index + 1).map_or(text.len(), |(next, _)| *next);
        let arguments = ARGUMENT
            .captures_iter(&text[*start..end])
            .map(|argument| argument[1].to_owned())
            .collect();
        let before = keys.insert(key.clone(), arguments);
        assert!(before.is_none(), "{key} stands twice in the catalogue");
    }
    keys
}

fn catalogues() -> Vec<(String, BTreeMap<String, BTreeSet<String>>)> {
    let files = source::files(root(), "locales", "ftl");
    files
        .into_iter()
        .map(|(file, text)| (file, keys(&text)))
        .collect()
}

#[test]
fn every_language_has_the_same_keys_with_the_same_arguments() {
    let catalogues = catalogues();
    let english = catalogues
        .iter()
        .find(|(file, _)| file == "locales/en.ftl")
        .map(|(_, keys)| keys)
        .expect("the source");
    assert!(catalogues.len() >= 2 && english.len() > 50);
    for (file, keys) in &catalogues {
        for (key, arguments) in english {
            assert_eq!(Some(arguments), keys.get(key), "{file}: {key}");
        }
        for key in keys.keys() {
            assert!(
                english.contains_key(key),
                "{file}: {key} is in no other language"
            );
        }
    }
}

#[test]
fn every_key_is_used_and_every_used_key_is_there() {
    let code: String = source::rust_files(root())
        .iter()
        .map(|file| file.with_strings.as_str())
        .collect();
    let (_, english) = catalogues()
        .into_iter()
        .find(|(file, _)| file == "locales/en.ftl")
        .expect("the source");
    for key in english.keys() {
        assert!(code.contains(&format!("\"{key}\"")), "nobody says {key}");
    }
    let said = Regex::new(r#"(?:\.|\b)(?:say|subject|link|quote|words)\(\s*"([a-z0-9-]+)""#)
        .expect("a pattern");
    let spoken = source::rust_files(root());
    let spoken = spoken
        .iter()
        .filter(|file| SPOKEN.iter().any(|place| file.file.starts_with(place)));
    for file in spoken {
        for key in said.captures_iter(&file.with_strings) {
            assert!(english.contains_key(&key[1]), "{}: {}", file.file, &key[1]);
        }
    }
}

/// What apps are refused is said in English by use cases, and looked up by that: the words are the
/// same to the letter.
#[test]
fn what_is_refused_is_said_somewhere_word_for_word() {
    let code: String = source::rust_files(root())
        .iter()
        .map(|file| file.with_strings.as_str())
        .collect();
    // A sentence over two lines is one.
    let broken = Regex::new(r"\\\n\s*").expect("a pattern");
    let code = broken.replace_all(&code, "");
    let files = source::files(root(), "locales", "ftl");
    let english = files.iter().find(|(file, _)| file == "locales/en.ftl");
    let refusal = Regex::new("(?m)^(refused-[a-z-]+) = (.+)$").expect("a pattern");
    let mut found = 0;
    for said in refusal.captures_iter(&english.expect("the source").1) {
        // Made of a field and of what is wrong with it.
        let sentence = match &said[1] {
            "refused-blank" => "can't be blank",
            "refused-too-long" => "character limit of {MAX_STATUS} exceeded",
            _ => &said[2],
        };
        assert!(
            code.contains(&format!("\"{sentence}\"")),
            "nobody says {sentence:?}"
        );
        found += 1;
    }
    assert!(found > 30, "{found}");
}

#[test]
fn sentences_outside_the_catalogue_are_found() {
    let found = |code: &str| check(&Source::new("src/mail/messages/a.rs", code)).len();
    for bad in [
        "let subject = \"Welcome to us\";",
        "let a = format!(\"{name} wartet noch\");",
        "f(\"Hello.\")",
    ] {
        assert_eq!(found(bad), 1, "{bad}");
    }
    for good in [
        "say(\"approved-subject\", [(\"days\", 3)])",
        "// Welcome to us\nlet a = 1;",
        "path = \"mail/letter.html\"",
    ] {
        assert_eq!(found(good), 0, "{good}");
    }
    let template = |text: &str| check_template("templates/mail/a.html", text).len();
    assert_eq!(
        template("<p style=\"a\">{{ words }}</p>\n{% if a %}<br>{% endif %}"),
        0
    );
    assert_eq!(template("<p>Hello {{ name }}</p>"), 1);
}
