//! Questions to applicants: the words are in versions that are never destroyed.

use diesel::pg::Pg;
use diesel::{Queryable, Selectable};

use super::schema::{application_answers, question_versions};
use crate::domain::smallint::smallint_enum;

smallint_enum! {
    /// How a question is answered.
    pub enum QuestionKind {
        /// One line.
        Short = 0 => "short",
        /// Several lines.
        Long = 1 => "long",
        /// One of some.
        Choice = 2 => "choice",
        /// Any of some.
        Multi = 3 => "multi",
        /// A rule to agree to.
        Acknowledge = 4 => "acknowledge",
    }
}

impl QuestionKind {
    /// Whether the answer is the applicant's own words.
    pub fn is_text(self) -> bool {
        matches!(self, QuestionKind::Short | QuestionKind::Long)
    }
}

/// A row of `question_versions`: a question in the words of one moment.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable)]
#[diesel(table_name = question_versions, check_for_backend(Pg))]
pub struct QuestionVersion {
    pub id: i64,
    pub question_id: i64,
    pub version: i32,
    pub kind: QuestionKind,
    pub labels: serde_json::Value,
    pub helps: serde_json::Value,
    pub choices: serde_json::Value,
    pub required: bool,
    pub max_length: i32,
}

impl QuestionVersion {
    /// What is asked, in the language asked for, else in any.
    pub fn label(&self, locale: &str) -> String {
        in_language(&self.labels, locale).1.to_owned()
    }

    /// The language in which it is asked then: a tag, empty where nothing is.
    pub fn label_lang(&self, locale: &str) -> &str {
        in_language(&self.labels, locale).0
    }

    /// The line below; may be empty.
    pub fn help(&self, locale: &str) -> String {
        in_language(&self.helps, locale).1.to_owned()
    }

    /// The language of that line: a tag, empty where there is none.
    pub fn help_lang(&self, locale: &str) -> &str {
        in_language(&self.helps, locale).0
    }

    /// The choices as texts.
    pub fn choice_list(&self) -> Vec<String> {
        self.choices
            .as_array()
            .map(|list| {
                list.iter()
                    .filter_map(|c| c.as_str().map(str::to_owned))
                    .collect()
            })
            .unwrap_or_default()
    }
}

/// `{"en": "…", "de": "…"}` in a language, and which that is: `de-AT` falls back to `de`, then to
/// `en`, then to whichever comes first.
fn in_language<'a>(words: &'a serde_json::Value, locale: &str) -> (&'a str, &'a str) {
    let base = locale.split(['-', '_']).next().unwrap_or_default();
    let Some(map) = words.as_object() else {
        return ("", "");
    };
    let found = [locale, base, "en"]
        .iter()
        .find_map(|tag| map.get_key_value(*tag))
        .or_else(|| map.iter().next());
    found.map_or(("", ""), |(tag, text)| {
        (tag.as_str(), text.as_str().unwrap_or_default())
    })
}

/// A row of `application_answers`: an answer keeps the words of the question.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable)]
#[diesel(table_name = application_answers, check_for_backend(Pg))]
pub struct Answer {
    pub question_version_id: i64,
    pub position: i16,
    pub wording: String,
    pub value: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn words_come_in_the_nearest_language() {
        let words = json!({"en": "Why?", "de": "Warum?"});
        assert_eq!(in_language(&words, "de-AT"), ("de", "Warum?"));
        assert_eq!(in_language(&words, "fr"), ("en", "Why?"));
        assert_eq!(
            in_language(&json!({"fr": "Pourquoi ?"}), "de"),
            ("fr", "Pourquoi ?")
        );
        assert_eq!(in_language(&json!({}), "de"), ("", ""));
    }
}
