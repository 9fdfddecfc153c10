//! `/desk/questions`: what applicants are asked, and how well each question works.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::app::App;
use crate::domain::{Error, ids};
use crate::door::forms::lenient;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::gate::questions::edit::{self, MOST_ASKED};
use crate::gate::questions::statistics::{self, Measured, VersionFigures};
use crate::model::question::{QuestionKind, QuestionVersion};
use crate::web::error::WebError;
use crate::web::form::{Form as Sent, Nothing};
use crate::web::frame;
use crate::web::parts::layout::{Flash, Here, Page};

/// All questions. Posts to `/desk/questions/ID/(up|down|retire|restore)` and
/// `/desk/questions/pools` (`pool`, `size`).
#[derive(Template)]
#[template(path = "review/questions.html")]
pub struct QuestionsPage {
    /// The frame.
    pub page: Page,
    /// May change them.
    pub admin: bool,
    /// What is asked, in order.
    pub rows: Vec<QuestionRow>,
    /// What is not asked any more: id and words.
    pub retired: Vec<(i64, String)>,
    /// Pools: number, questions in it, how many of them are asked.
    pub pools: Vec<(i16, usize, usize)>,
    /// How many questions one form has, and may have.
    pub count: (usize, usize),
}

/// One question.
#[derive(Debug, Clone)]
pub struct QuestionRow {
    /// Its id.
    pub id: i64,
    /// What is asked, in English or whichever language there is.
    pub label: String,
    /// The line below; may be empty.
    pub help: String,
    /// How it is answered, in words.
    pub kind: &'static str,
    /// It must be answered.
    pub required: bool,
    /// 0: asked of everybody; else its pool.
    pub pool: i16,
    /// The number of its present words.
    pub version: i32,
    /// Languages it is written in.
    pub languages: String,
    /// Figures: name and value; only those that say something.
    pub figures: Vec<(&'static str, String)>,
    /// Approved, of those decided, in percent: for the bar.
    pub approved: Option<u32>,
}

/// The routes of this file.
pub const ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/desk/questions",
        access: Access::Desk,
        pending: Pending::Refused,
        rate: Rate::Usual,
        caching: Caching::Private,
        handler: || web::to(show),
    },
    Route {
        method: "POST",
        path: "/desk/questions/pools",
        access: Access::Admin,
        pending: Pending::Refused,
        rate: Rate::Write,
        caching: Caching::Private,
        handler: || web::to(size),
    },
    Route {
        method: "POST",
        path: "/desk/questions/{id}/{act}",
        access: Access::Admin,
        pending: Pending::Refused,
        rate: Rate::Write,
        caching: Caching::Private,
        handler: || web::to(act),
    },
];

/// GET `/desk/questions`.
async fn show(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
) -> Result<HttpResponse, WebError> {
    let all = statistics::look(&app, &caller.reviewer()?).await?;
    let mut page = frame::page(&req, Some(&caller), "Questions").await?;
    page.here = Here::Desk;
    let shown = QuestionsPage {
        page,
        admin: caller.admin().is_ok(),
        rows: all.asked.iter().map(row).collect(),
        retired: all
            .retired
            .iter()
            .map(|version| (version.question_id, version.label("en")))
            .collect(),
        pools: all.pools,
        count: (all.count, MOST_ASKED),
    };
    frame::render(&req, &shown)
}

fn row(measured: &Measured) -> QuestionRow {
    let Measured { asked, figures } = measured;
    let version = &asked.version;
    QuestionRow {
        id: version.question_id,
        label: version.label("en"),
        help: version.help("en"),
        kind: kind_words(version.kind),
        required: version.required,
        pool: asked.pool,
        version: version.version,
        languages: languages_of(version).join(", "),
        figures: figure_words(figures),
        approved: (figures.decided > 0).then(|| {
            let share = figures.approved as f64 / figures.decided as f64 * 100.0;
            share.round() as u32
        }),
    }
}

/// Tags of the languages that a question is written in.
pub fn languages_of(version: &QuestionVersion) -> Vec<String> {
    let labels = version.labels.as_object();
    labels
        .map(|labels| labels.keys().cloned().collect())
        .unwrap_or_default()
}

/// How a question is answered, in words.
pub fn kind_words(kind: QuestionKind) -> &'static str {
    match kind {
        QuestionKind::Short => "One line",
        QuestionKind::Long => "Several lines",
        QuestionKind::Choice => "One of some choices",
        QuestionKind::Multi => "Any of some choices",
        QuestionKind::Acknowledge => "A box to tick",
    }
}

fn figure_words(figures: &VersionFigures) -> Vec<(&'static str, String)> {
    let mut words = vec![
        ("Shown", figures.shown.to_string()),
        ("Answered", figures.answered.to_string()),
    ];
    if let Some(seconds) = figures.median_seconds {
        let span = chrono::Duration::seconds(seconds as i64);
        words.push(("Time for the form", crate::text::time_words::span(span)));
    }
    if figures.decided > 0 {
        let share = format!("{} of {}", figures.approved, figures.decided);
        words.push(("Approved", share));
    }
    if figures.suspended > 0 {
        words.push(("Suspended since", figures.suspended.to_string()));
    }
    if figures.same_words > 0 {
        words.push((
            "In somebody else\u{2019}s very words",
            figures.same_words.to_string(),
        ));
    }
    words
}

/// POST `/desk/questions/ID/ACT`.
async fn act(
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<(String, String)>,
    _sent: Sent<Nothing>,
) -> Result<HttpResponse, WebError> {
    let admin = caller.admin()?;
    let (id, act) = path.into_inner();
    let id = ids::parse(&id).ok_or(Error::NotFound)?;
    let done = match act.as_str() {
        "up" => edit::shift(&app, &admin, id, true).await.map(|()| None),
        "down" => edit::shift(&app, &admin, id, false).await.map(|()| None),
        "retire" => edit::retire(&app, &admin, id)
            .await
            .map(|()| Some("Not asked any more. What was answered stays with its applications.")),
        "restore" => edit::restore(&app, &admin, id)
            .await
            .map(|()| Some("Asked again.")),
        _ => return Err(Error::NotFound.into()),
    };
    back(done)
}

#[derive(Deserialize)]
struct Size {
    #[serde(default, deserialize_with = "lenient::string")]
    pool: String,
    #[serde(default, deserialize_with = "lenient::string")]
    size: String,
}

/// POST `/desk/questions/pools`.
async fn size(
    app: web::Data<App>,
    caller: Caller,
    sent: Sent<Size>,
) -> Result<HttpResponse, WebError> {
    let admin = caller.admin()?;
    let pool = sent.fields.pool.parse().unwrap_or_default();
    let size = sent.fields.size.parse().unwrap_or_default();
    let done = edit::set_size(&app, &admin, pool, size).await;
    back(done.map(|()| Some("From the next form on.")))
}

/// To the list, with what was done or what stands in the way.
fn back(done: Result<Option<&'static str>, Error>) -> Result<HttpResponse, WebError> {
    let path = "/desk/questions";
    match done {
        Ok(None) => Ok(frame::see_other(path)),
        Ok(Some(said)) => Ok(frame::see_other_with(path, &Flash::done(said))),
        Err(Error::Invalid(invalid)) => {
            let said = Flash::trouble(invalid.sentence());
            Ok(frame::see_other_with(path, &said))
        }
        Err(error) => Err(error.into()),
    }
}
