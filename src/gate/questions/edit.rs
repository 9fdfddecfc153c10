//! Changing what is asked. Words are never changed in place: a question gets a new version, and
//! answers keep the one they were given to.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel_async::AsyncConnection;
use serde_json::{Value, json};

use super::pick::{self, POOLS};
use crate::app::App;
use crate::domain::error::Invalid;
use crate::domain::{Error, Result};
use crate::gate::signs;
use crate::gate::who::{Admin, Reviewer};
use crate::model::question::{QuestionKind, QuestionVersion};
use crate::store::audit::NewLine;
use crate::store::questions::{Asked, NewVersion};
use crate::store::{self, Conn};
use crate::text::{clean, language};

/// Questions on one form (registration.md C3).
pub const MOST_ASKED: usize = 5;
/// Questions that are asked at all, pools included.
pub const MOST: usize = 20;
/// Languages of one question.
pub const MOST_LANGUAGES: usize = 12;
/// Characters of what is asked.
pub const MAX_LABEL: usize = 300;
/// Characters of the line below.
pub const MAX_HELP: usize = 1000;
/// Choices of one question, and characters of one.
const MOST_CHOICES: usize = 20;
const MAX_CHOICE: usize = 100;
/// The longest answer that can be asked for, in characters.
pub const MAX_ANSWER: i32 = 5000;

/// A question as an admin writes it.
#[derive(Debug, Clone, PartialEq)]
pub struct Wording {
    /// How it is answered.
    pub kind: QuestionKind,
    /// What is asked, by language tag; empty ones are left out.
    pub labels: BTreeMap<String, String>,
    /// The line below, likewise.
    pub helps: BTreeMap<String, String>,
    /// What there is to choose from, one a line.
    pub choices: String,
    /// Must be answered.
    pub required: bool,
    /// Longest answer, in characters.
    pub max_length: i32,
    /// 0: asked of everybody; else the pool that it is picked from.
    pub pool: i16,
}

/// Checks a wording; gives the version that it makes, for the preview and for [`save`].
///
/// # Errors
/// `Invalid` with every field that needs mending: `label`, `choices`, `max_length`, `pool`.
pub fn check(wording: &Wording) -> Result<QuestionVersion, Invalid> {
    let mut invalid = Invalid::new();
    let words = |raw: &BTreeMap<String, String>, single: bool| -> BTreeMap<String, String> {
        raw.iter()
            .filter_map(|(tag, text)| {
                let tag = language::normalise(tag)?;
                let text = match single {
                    true => clean::single_line(text),
                    false => clean::text(text).trim().to_owned(),
                };
                (!text.is_empty()).then_some((tag, text))
            })
            .take(MOST_LANGUAGES)
            .collect()
    };
    let labels = words(&wording.labels, true);
    let helps = words(&wording.helps, false);
    if labels.is_empty() {
        invalid.add("label", "ERR_BLANK", "needs words in one language at least");
    }
    if labels.values().any(|text| text.chars().count() > MAX_LABEL) {
        invalid.add(
            "label",
            "ERR_TOO_LONG",
            "is too long (maximum is 300 characters)",
        );
    }
    if helps.values().any(|text| text.chars().count() > MAX_HELP) {
        invalid.add(
            "help",
            "ERR_TOO_LONG",
            "is too long (maximum is 1000 characters)",
        );
    }
    let mut choices: Vec<String> = Vec::new();
    if matches!(wording.kind, QuestionKind::Choice | QuestionKind::Multi) {
        for line in wording.choices.lines() {
            let line = clean::single_line(line);
            if !line.is_empty() && !choices.contains(&line) {
                choices.push(line);
            }
        }
        match choices.len() {
            0 | 1 => invalid.add("choices", "ERR_TOO_SHORT", "need two lines at least"),
            2..=MOST_CHOICES => {}
            _ => invalid.add("choices", "ERR_TOO_LONG", "are too many (maximum is 20)"),
        }
        if choices.iter().any(|c| c.chars().count() > MAX_CHOICE) {
            invalid.add(
                "choices",
                "ERR_TOO_LONG",
                "have 100 characters each at the most",
            );
        }
    }
    if wording.kind.is_text() && !(1..=MAX_ANSWER).contains(&wording.max_length) {
        invalid.add(
            "max_length",
            "ERR_INVALID",
            "must be a number from 1 to 5000",
        );
    }
    if !(0..=POOLS).contains(&wording.pool) {
        invalid.add("pool", "ERR_INCLUSION", "is none of those that there are");
    }
    if !invalid.fields.is_empty() {
        return Err(invalid);
    }
    Ok(QuestionVersion {
        id: 0,
        question_id: 0,
        version: 0,
        kind: wording.kind,
        labels: json!(labels),
        helps: json!(helps),
        choices: json!(choices),
        required: wording.required,
        max_length: match wording.kind.is_text() {
            true => wording.max_length,
            false => MAX_ANSWER,
        },
    })
}

/// One question for its editor, and whether it is asked now.
///
/// # Errors
/// `NotFound`.
pub async fn find(app: &App, _who: &Reviewer, question: i64) -> Result<(Asked, bool)> {
    let mut conn = app.desk.get().await?;
    store::questions::find(&mut conn, question)
        .await?
        .ok_or(Error::NotFound)
}

/// Makes a question (`None`), or gives one new words. Gives its id. Words that did not change
/// make no version.
///
/// # Errors
/// `Invalid` as in [`check`], and where a form would have more than [`MOST_ASKED`];
/// `NotFound`.
pub async fn save(app: &App, who: &Admin, question: Option<i64>, wording: &Wording) -> Result<i64> {
    let made = check(wording).map_err(Error::Invalid)?;
    let mut conn = app.desk.get().await?;
    conn.transaction(async |conn| {
        let now = begin(app, conn).await?;
        let by = who.user().id;
        let new = NewVersion {
            kind: made.kind,
            labels: made.labels.clone(),
            helps: made.helps.clone(),
            choices: made.choices.clone(),
            required: made.required,
            max_length: made.max_length,
            by: Some(by),
        };
        let (question, inverse) = match question {
            None => {
                let id = store::questions::insert(conn, new, wording.pool, now).await?;
                (id, json!({ "retire": true }))
            }
            Some(id) => {
                let (before, _) = store::questions::find(conn, id)
                    .await?
                    .ok_or(Error::NotFound)?;
                if !same_words(&before.version, &made) {
                    let version = before.version.version + 1;
                    store::questions::insert_version(conn, id, version, new, now).await?;
                }
                store::questions::set_pool(conn, id, wording.pool).await?;
                let back = json!({ "version": before.version.version, "pool": before.pool });
                (id, back)
            }
        };
        within_limits(conn, now).await?;
        let detail = json!({ "pool": wording.pool });
        log(conn, who, "question.save", question, (detail, inverse), now).await?;
        Ok(question)
    })
    .await
}

/// Gives a question the words and the pool back that it had in an earlier version.
///
/// # Errors
/// `NotFound` where there is no such version; those of [`save`].
pub async fn back_to(app: &App, who: &Admin, question: i64, version: i32, pool: i16) -> Result<()> {
    let mut conn = app.desk.get().await?;
    let found = store::questions::find_version(&mut conn, question, version).await?;
    drop(conn);
    let was = found.ok_or(Error::NotFound)?;
    let words = |value: &Value| serde_json::from_value(value.clone()).unwrap_or_default();
    let wording = Wording {
        kind: was.kind,
        labels: words(&was.labels),
        helps: words(&was.helps),
        choices: was.choice_list().join("\n"),
        required: was.required,
        max_length: was.max_length,
        pool,
    };
    save(app, who, Some(question), &wording).await.map(|_| ())
}

/// Stops asking a question. The last one may go: then nothing is asked.
///
/// # Errors
/// `NotFound`.
pub async fn retire(app: &App, who: &Admin, question: i64) -> Result<()> {
    set_retired(app, who, question, true).await
}

/// Asks a retired question again, at its old place.
///
/// # Errors
/// `NotFound`; `Invalid` where a form would have more than [`MOST_ASKED`].
pub async fn restore(app: &App, who: &Admin, question: i64) -> Result<()> {
    set_retired(app, who, question, false).await
}

async fn set_retired(app: &App, who: &Admin, question: i64, retire: bool) -> Result<()> {
    let mut conn = app.desk.get().await?;
    conn.transaction(async |conn| {
        let now = begin(app, conn).await?;
        let (_, is_asked) = store::questions::find(conn, question)
            .await?
            .ok_or(Error::NotFound)?;
        if is_asked != retire {
            return Ok(());
        }
        store::questions::set_retired(conn, question, retire.then_some(now)).await?;
        within_limits(conn, now).await?;
        let act = match retire {
            true => "question.retire",
            false => "question.restore",
        };
        let words = (json!({}), json!({ "retire": !retire }));
        log(conn, who, act, question, words, now).await
    })
    .await
}

/// Moves a question one place up or down among all that are asked.
///
/// # Errors
/// `NotFound`.
pub async fn shift(app: &App, who: &Admin, question: i64, up: bool) -> Result<()> {
    let mut conn = app.desk.get().await?;
    conn.transaction(async |conn| {
        let now = begin(app, conn).await?;
        let mut order: Vec<i64> = super::all(conn, now)
            .await?
            .iter()
            .map(|asked| asked.version.question_id)
            .collect();
        let at = order
            .iter()
            .position(|id| *id == question)
            .ok_or(Error::NotFound)?;
        let to = match up {
            true => at.saturating_sub(1),
            false => (at + 1).min(order.len() - 1),
        };
        if at == to {
            return Ok(());
        }
        let before = order.clone();
        order.swap(at, to);
        store::questions::set_order(conn, &order).await?;
        let words = (json!({ "order": order }), json!({ "order": before }));
        log(conn, who, "question.shift", question, words, now).await
    })
    .await
}

/// Puts questions into an order that they had: those that are asked by now and are not in it keep
/// their places behind it.
pub async fn reorder(app: &App, who: &Admin, wanted: &[i64]) -> Result<()> {
    let mut conn = app.desk.get().await?;
    conn.transaction(async |conn| {
        let now = begin(app, conn).await?;
        let all = super::all(conn, now).await?;
        let before: Vec<i64> = all.iter().map(|asked| asked.version.question_id).collect();
        let mut order = before.clone();
        let place = |id: &i64| wanted.iter().position(|other| other == id);
        order.sort_by_key(|id| place(id).unwrap_or(usize::MAX));
        let Some(first) = order.first().copied().filter(|_| order != before) else {
            return Ok(());
        };
        store::questions::set_order(conn, &order).await?;
        let words = (json!({ "order": order }), json!({ "order": before }));
        log(conn, who, "question.shift", first, words, now).await
    })
    .await
}

/// Makes the sizes of the pools what they were: `sizes` is what a line of the audit log kept.
///
/// # Errors
/// `Invalid` where a form would have more than [`MOST_ASKED`].
pub async fn sizes_back(app: &App, who: &Admin, pool: i64, sizes: &Value) -> Result<()> {
    let mut conn = app.desk.get().await?;
    conn.transaction(async |conn| {
        let now = begin(app, conn).await?;
        let before = store::settings::find(conn, pick::SETTING).await?;
        store::settings::set(conn, pick::SETTING, sizes, now).await?;
        within_limits(conn, now).await?;
        let words = (json!({ "sizes": sizes }), json!({ "sizes": before }));
        log(conn, who, "question.pool", pool, words, now).await
    })
    .await
}

/// Sets how many questions of a pool are asked.
///
/// # Errors
/// `Invalid` for nonsense, and where a form would have more than [`MOST_ASKED`].
pub async fn set_size(app: &App, who: &Admin, pool: i16, size: usize) -> Result<()> {
    if !(1..=POOLS).contains(&pool) || !(1..=MOST_ASKED).contains(&size) {
        return Err(Error::invalid(
            "Of a pool, one to five questions can be asked.",
        ));
    }
    let mut conn = app.desk.get().await?;
    conn.transaction(async |conn| {
        let now = begin(app, conn).await?;
        let before = store::settings::find(conn, pick::SETTING).await?;
        let value = pick::with_size(before.as_ref(), pool, size);
        store::settings::set(conn, pick::SETTING, &value, now).await?;
        within_limits(conn, now).await?;
        let words = (json!({ "size": size }), json!({ "sizes": before }));
        log(conn, who, "question.pool", i64::from(pool), words, now).await
    })
    .await
}

/// One admin at a time, to the end of the transaction.
async fn begin(app: &App, conn: &mut Conn) -> Result<DateTime<Utc>> {
    let now = app.clock.decide(conn).await?;
    // The first question is made here too, before it could be missed.
    super::all(conn, now).await?;
    store::questions::any_ever(conn).await?;
    Ok(now)
}

async fn within_limits(conn: &mut Conn, now: DateTime<Utc>) -> Result<()> {
    let all = super::all(conn, now).await?;
    let sizes = store::settings::find(conn, pick::SETTING).await?;
    if pick::count(&all, sizes.as_ref()) > MOST_ASKED {
        return Err(Error::invalid(format!(
            "A form has {MOST_ASKED} questions at the most, and three are better. Retire one first, \
             or put some into a pool."
        )));
    }
    if all.len() > MOST {
        return Err(Error::invalid(format!(
            "There is room for {MOST} questions, pools included. Retire one first."
        )));
    }
    Ok(())
}

fn same_words(one: &QuestionVersion, other: &QuestionVersion) -> bool {
    let parts = |q: &QuestionVersion| {
        (
            q.kind,
            q.labels.clone(),
            q.helps.clone(),
            q.choices.clone(),
            q.required,
            q.max_length,
        )
    };
    parts(one) == parts(other)
}

async fn log(
    conn: &mut Conn,
    who: &Admin,
    act: &'static str,
    subject: i64,
    (detail, inverse): (Value, Value),
    now: DateTime<Utc>,
) -> Result<()> {
    let user = who.user().id;
    signs::act(conn, who, now).await?;
    let line = NewLine {
        actor: Some(user),
        act,
        subject_kind: "question",
        subject: Some(subject),
        detail,
        inverse: Some(inverse),
    };
    store::audit::append(conn, line, now).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wording(kind: QuestionKind) -> Wording {
        Wording {
            kind,
            labels: [("en".to_owned(), " Which\u{200b} end? ".to_owned())].into(),
            helps: BTreeMap::new(),
            choices: "north\n\nsouth\nnorth\n".into(),
            required: true,
            max_length: 200,
            pool: 0,
        }
    }

    #[test]
    fn choices_are_lines_without_doubles() {
        let made = check(&wording(QuestionKind::Choice)).unwrap();
        assert_eq!(made.choice_list(), ["north", "south"]);
        assert_eq!(made.label("en"), "Which end?");
        assert!(
            check(&wording(QuestionKind::Long))
                .unwrap()
                .choice_list()
                .is_empty()
        );
    }

    #[test]
    fn every_trouble_is_told_at_once() {
        let bad = Wording {
            labels: BTreeMap::new(),
            choices: "only one".into(),
            pool: 9,
            ..wording(QuestionKind::Multi)
        };
        let fields: Vec<String> = check(&bad)
            .unwrap_err()
            .fields
            .iter()
            .map(|f| f.field.to_string())
            .collect();
        assert_eq!(fields, ["label", "choices", "pool"]);
        let bad = Wording {
            max_length: 0,
            ..wording(QuestionKind::Short)
        };
        assert_eq!(check(&bad).unwrap_err().fields[0].field, "max_length");
    }
}
