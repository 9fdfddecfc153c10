//! What applicants are asked, and whether they answered.
//!
//! Questions are versioned: an answer keeps the version and its wording, so that what a
//! reviewer reads is what was asked. A new place starts with one question. [`pick`] says who
//! is asked what, [`edit`] changes it, [`statistics`] says how well it works.

pub mod edit;
pub mod pick;
pub mod statistics;

use chrono::{DateTime, Utc};
use diesel_async::AsyncConnection;
use ipnet::IpNet;
use serde::Serialize;
use serde_json::{Value, json};

use crate::app::App;
use crate::domain::Result;
use crate::domain::error::{FieldError, Invalid};
use crate::model::question::{Answer, QuestionKind, QuestionVersion};
use crate::store::questions::{Asked, NewVersion};
use crate::store::{self, Conn};
use crate::text::clean;
use crate::text::length::graphemes;

/// Bytes of one answer that are looked at all; the limit in characters is the question's.
const MAX_ANSWER_BYTES: usize = 20_000;

/// What somebody answered to one version of a question.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Given {
    /// `question_versions.id`.
    pub version: i64,
    /// One value, or several for a question with several choices; "1" agrees to a rule.
    pub values: Vec<String>,
}

/// A question as the world is told of it, in the instance API and in NodeInfo.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Told {
    /// Of the version.
    pub id: String,
    /// The kind of answer: `short`, `long`, …
    pub kind: &'static str,
    /// The question, in English where there is an English one.
    pub label: String,
    /// More words, or empty.
    pub help: String,
    /// The question by language.
    pub labels: Value,
    /// What there is to choose from; empty for kinds without choices.
    pub choices: Vec<String>,
    /// Whether it must be answered.
    pub required: bool,
    /// Characters of an answer; null for kinds without text.
    pub max_length: Option<i64>,
}

impl Told {
    /// Of these words.
    pub fn new(asked: &QuestionVersion) -> Told {
        let chosen = matches!(asked.kind, QuestionKind::Choice | QuestionKind::Multi);
        Told {
            id: asked.id.to_string(),
            kind: asked.kind.as_str(),
            label: asked.label("en"),
            help: asked.help("en"),
            labels: asked.labels.clone(),
            choices: if chosen {
                asked.choice_list()
            } else {
                Vec::new()
            },
            required: asked.required,
            max_length: asked.kind.is_text().then_some(i64::from(asked.max_length)),
        }
    }
}

/// Everything that may be asked now, in order. Makes the first question when there never was
/// one.
pub async fn all(conn: &mut Conn, now: DateTime<Utc>) -> Result<Vec<Asked>> {
    let asked = store::questions::asked(conn).await?;
    if !asked.is_empty() {
        return Ok(asked);
    }
    conn.transaction(async |conn| {
        if !store::questions::any_ever(conn).await? {
            store::questions::insert(conn, first_question(), 0, now).await?;
        }
        store::questions::asked(conn).await
    })
    .await
}

/// What everybody is asked, and how many questions a form has in all.
pub async fn of_everybody(
    conn: &mut Conn,
    now: DateTime<Utc>,
) -> Result<(Vec<QuestionVersion>, usize)> {
    let all = all(conn, now).await?;
    let sizes = sizes(conn, &all).await?;
    let count = pick::count(&all, sizes.as_ref());
    let everybody = all.into_iter().filter(|asked| asked.pool == 0);
    Ok((everybody.map(|asked| asked.version).collect(), count))
}

/// What somebody from this network is asked today.
pub async fn asked(
    app: &App,
    conn: &mut Conn,
    network: Option<IpNet>,
    now: DateTime<Utc>,
) -> Result<Vec<QuestionVersion>> {
    let all = all(conn, now).await?;
    let sizes = sizes(conn, &all).await?;
    let day = now.date_naive();
    Ok(pick::pick(
        all,
        sizes.as_ref(),
        &app.keys.form,
        network,
        day,
    ))
}

/// The sizes of the pools; not asked for where there is no pool.
async fn sizes(conn: &mut Conn, all: &[Asked]) -> Result<Option<Value>> {
    match all.iter().any(|asked| asked.pool > 0) {
        true => store::settings::find(conn, pick::SETTING).await,
        false => Ok(None),
    }
}

/// The question that a new place asks.
fn first_question() -> NewVersion {
    NewVersion {
        kind: QuestionKind::Long,
        labels: json!({
            "en": "What brings you here?",
            "de": "Was führt dich her?",
        }),
        helps: json!({
            "en": "A person reads this, not a machine. Two or three sentences are plenty: who you are, \
                   what you would like to talk about, or who told you of this place.",
            "de": "Das liest ein Mensch, keine Maschine. Zwei, drei Sätze genügen: wer du bist, worüber \
                   du gern sprechen würdest, oder wer dir von diesem Ort erzählt hat.",
        }),
        choices: json!([]),
        required: true,
        max_length: 2000,
        by: None,
    }
}

/// Holds answers against the questions: the answers to keep, each with the wording it was
/// asked with; every trouble at once, on fields named `answer_VERSION`.
///
/// Answers to questions that were not asked are left out. An optional question that was left
/// blank keeps an empty one: it was asked, and not answered.
pub fn check(
    questions: &[QuestionVersion],
    given: &[Given],
    locale: &str,
) -> Result<Vec<Answer>, Invalid> {
    let mut invalid = Invalid::new();
    let mut answers = Vec::new();
    for (index, question) in questions.iter().enumerate() {
        let values = given
            .iter()
            .find(|g| g.version == question.id)
            .map(|g| g.values.as_slice())
            .unwrap_or_default();
        match value_of(question, values) {
            Ok(value) => answers.push(Answer {
                question_version_id: question.id,
                position: i16::try_from(index).unwrap_or(i16::MAX),
                wording: clean::excerpt(&question.label(locale), 1000),
                value,
            }),
            Err((code, description)) => invalid.fields.push(FieldError {
                field: field_of(question.id).into(),
                code,
                description,
            }),
        }
    }
    if invalid.fields.is_empty() {
        Ok(answers)
    } else {
        Err(invalid)
    }
}

/// The field of a question in forms and errors.
pub fn field_of(version: i64) -> String {
    format!("answer_{version}")
}

/// Required questions without an answer: ids of their versions, in order.
pub fn unanswered(questions: &[QuestionVersion], answers: &[Answer]) -> Vec<i64> {
    questions
        .iter()
        .filter(|q| q.required && !answers.iter().any(|a| a.question_version_id == q.id))
        .map(|q| q.id)
        .collect()
}

type Trouble = (&'static str, String);

/// One value to be kept, empty where an optional question was left out.
fn value_of(question: &QuestionVersion, values: &[String]) -> Result<String, Trouble> {
    let cleaned: Vec<String> = values
        .iter()
        .filter(|v| !v.trim().is_empty())
        .map(|v| clean::text(cut(v)).trim().to_owned())
        .filter(|v| !v.is_empty())
        .collect();
    let blank = || match question.required {
        true => Err(("ERR_BLANK", "can't be blank".to_owned())),
        false => Ok(String::new()),
    };
    match question.kind {
        QuestionKind::Short | QuestionKind::Long => {
            let Some(text) = cleaned.first() else {
                return blank();
            };
            let text = match question.kind {
                QuestionKind::Short => clean::single_line(text),
                _ => text.clone(),
            };
            // The column holds 5,000 characters of any kind; clusters may have several.
            if graphemes(&text) > question.max_length as usize || text.chars().count() > 5000 {
                return Err((
                    "ERR_TOO_LONG",
                    format!(
                        "is too long (maximum is {} characters)",
                        question.max_length
                    ),
                ));
            }
            Ok(text)
        }
        QuestionKind::Choice | QuestionKind::Multi => {
            let choices = question.choice_list();
            if cleaned.iter().any(|v| !choices.contains(v)) {
                return Err(("ERR_INCLUSION", "is not one of the choices".to_owned()));
            }
            let chosen: Vec<&String> = choices.iter().filter(|c| cleaned.contains(c)).collect();
            if chosen.is_empty() {
                return blank();
            }
            if question.kind == QuestionKind::Choice && chosen.len() > 1 {
                return Err(("ERR_INVALID", "takes one choice only".to_owned()));
            }
            Ok(chosen
                .iter()
                .map(|c| c.as_str())
                .collect::<Vec<_>>()
                .join("\n"))
        }
        QuestionKind::Acknowledge => {
            let agreed = cleaned.first().is_some_and(|v| {
                matches!(v.to_ascii_lowercase().as_str(), "1" | "true" | "on" | "yes")
            });
            match (agreed, question.required) {
                (true, _) => Ok("yes".to_owned()),
                (false, true) => Err(("ERR_ACCEPTED", "must be accepted".to_owned())),
                (false, false) => Ok(String::new()),
            }
        }
    }
}

fn cut(text: &str) -> &str {
    let mut end = text.len().min(MAX_ANSWER_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(id: i64, kind: QuestionKind, required: bool) -> QuestionVersion {
        QuestionVersion {
            id,
            question_id: id,
            version: 1,
            kind,
            labels: json!({"en": format!("Question {id}?")}),
            helps: json!({}),
            choices: json!(["red", "blue"]),
            required,
            max_length: 10,
        }
    }

    fn given(version: i64, values: &[&str]) -> Given {
        Given {
            version,
            values: values.iter().map(|v| (*v).to_owned()).collect(),
        }
    }

    #[test]
    fn every_trouble_is_told_at_once() {
        let questions = [
            question(1, QuestionKind::Long, true),
            question(2, QuestionKind::Choice, true),
            question(3, QuestionKind::Acknowledge, true),
            question(4, QuestionKind::Short, false),
        ];
        let invalid = check(
            &questions,
            &[
                given(1, &[" \u{200b} "]),
                given(2, &["green"]),
                given(4, &["12345678901"]),
            ],
            "en",
        )
        .unwrap_err();
        let said: Vec<(&str, &str)> = invalid
            .fields
            .iter()
            .map(|f| (f.field.as_ref(), f.code))
            .collect();
        assert_eq!(
            said,
            [
                ("answer_1", "ERR_BLANK"),
                ("answer_2", "ERR_INCLUSION"),
                ("answer_3", "ERR_ACCEPTED"),
                ("answer_4", "ERR_TOO_LONG"),
            ]
        );
    }

    #[test]
    fn an_answer_keeps_the_wording() {
        let questions = [
            question(7, QuestionKind::Multi, true),
            question(8, QuestionKind::Long, false),
        ];
        let answers = check(
            &questions,
            &[given(7, &["blue", "red"]), given(99, &["x"])],
            "de",
        )
        .unwrap();
        assert_eq!(answers.len(), 2);
        assert_eq!(answers[0].wording, "Question 7?");
        assert_eq!(answers[0].value, "red\nblue");
        assert_eq!(answers[1].wording, "Question 8?");
        assert_eq!(answers[1].value, "", "asked, and not answered");
        assert!(unanswered(&questions, &answers).is_empty());
        assert_eq!(unanswered(&questions, &[]), [7], "the other may stay open");
    }
}
