//! Sentences that refuse something to an app, in the language of whom they are for.
//!
//! Use cases say them in English; here the usual ones are found in the catalogue. What stands
//! not in it, such as what only makers of apps read, stays in English.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::catalogue::{Language, Words};

/// The keys of the catalogue whose English is said by use cases and doors, word for word.
pub const KEYS: &[&str] = &[
    "refused-account-moved",
    "refused-application",
    "refused-applicant-file",
    "refused-blank",
    "refused-boost-gone",
    "refused-broken",
    "refused-busy",
    "refused-changed",
    "refused-client-only",
    "refused-damaged-picture",
    "refused-deleted",
    "refused-disabled",
    "refused-file-in-use",
    "refused-file-too-large",
    "refused-fresh-sign-in",
    "refused-no-picture",
    "refused-no-quotes",
    "refused-no-schedule",
    "refused-no-thread",
    "refused-not-allowed",
    "refused-not-found",
    "refused-others-file",
    "refused-pending",
    "refused-pictures-busy",
    "refused-pin-kind",
    "refused-pin-many",
    "refused-pin-others",
    "refused-remote-busy",
    "refused-report-self",
    "refused-scopes",
    "refused-second-factor",
    "refused-sign-in",
    "refused-sign-in-busy",
    "refused-token",
    "refused-too-long",
    "refused-too-many",
    "refused-unconfirmed",
    "refused-uploads-used-up",
    "refused-user-only",
];

static BY_ENGLISH: LazyLock<HashMap<String, &'static str>> = LazyLock::new(|| {
    KEYS.iter()
        .map(|key| (Words(Language::English).say(key, []), *key))
        .collect()
});

/// The sentence in these words; itself where the catalogue has none for it.
pub fn in_words(words: Words, sentence: String) -> String {
    if words.0 == Language::English {
        return sentence;
    }
    match BY_ENGLISH.get(&sentence) {
        Some(key) => words.say(key, []),
        None => sentence,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Error;

    #[test]
    fn usual_sentences_are_said_in_german_and_others_stay() {
        let german = |error: Error| in_words(Words(Language::German), error.sentence());
        assert_eq!(german(Error::NotFound), "Das gibt es hier nicht.");
        assert_eq!(german(Error::invalid("Odd.")), "Odd.");
        assert_eq!(BY_ENGLISH.len(), KEYS.len(), "each is another sentence");
    }
}
