//! `/desk/audit`: what staff did, by who, what, about whom and when; taken along, checked, taken
//! back.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

use crate::app::App;
use crate::domain::Error;
use crate::door::forms::lenient;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::gate::who;
use crate::gate::zone;
use crate::jobs::acts;
use crate::moderation::audit::{self, Line, Verdict, Wanted};
use crate::web::error::WebError;
use crate::web::form::{self, Nothing};
use crate::web::frame;
use crate::web::parts::form::Form;
use crate::web::parts::layout::{Flash, Here, Page};
use crate::web::parts::moment::Moment;
use crate::web::parts::pager::Pager;

/// Filters by GET (`who`, `act`, `subject`, `from`, `until`). Posts to `/desk/audit/verify`,
/// `/desk/audit/undo` (`id`), `/desk/audit/undo-all` (`who`, `hours`),
/// `/desk/audit/publish` (`public`).
#[derive(Template)]
#[template(path = "review/audit.html")]
pub struct AuditPage {
    /// The frame.
    pub page: Page,
    /// The filters as typed, and what was wrong.
    pub form: Form,
    /// Newest first.
    pub rows: Vec<AuditRow>,
    /// Older lines.
    pub pager: Pager,
    /// The filters as a query, for the links that take the lines along.
    pub query: String,
    /// The viewer may take back all that somebody did.
    pub owner: bool,
    /// Everybody sees acts and times at `/audit`.
    pub public: bool,
    /// What was left over by such a go: the line in words, and why.
    pub left: Vec<(String, String)>,
}

/// One line.
#[derive(Debug, Clone)]
pub struct AuditRow {
    /// Its id.
    pub id: i64,
    /// When.
    pub at: Moment,
    /// Who.
    pub actor: String,
    /// What, in words.
    pub words: String,
    /// About whom: words, and a path where there is one.
    pub subject: Option<(String, Option<String>)>,
    /// Facts.
    pub facts: String,
    /// It can be taken back from here.
    pub undoable: bool,
}

const fn row(method: &'static str, path: &'static str, handler: fn() -> actix_web::Route) -> Route {
    Route {
        method,
        path,
        access: Access::Admin,
        pending: Pending::Refused,
        rate: Rate::Usual,
        caching: Caching::Private,
        handler,
    }
}

/// The routes of this file.
pub const ROUTES: &[Route] = &[
    row("GET", "/desk/audit", || web::to(show)),
    row("GET", "/desk/audit.csv", || web::to(table)),
    row("GET", "/desk/audit.jsonl", || web::to(documents)),
    row("POST", "/desk/audit/verify", || web::to(verify)),
    row("POST", "/desk/audit/undo", || web::to(undo)),
    row("POST", "/desk/audit/undo-all", || web::to(undo_all)),
    row("POST", "/desk/audit/publish", || web::to(publish)),
];

#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
struct Query {
    who: String,
    act: String,
    subject: String,
    from: String,
    until: String,
    before: String,
}

impl Query {
    fn wanted(&self) -> Wanted {
        let cut = |text: &str| text.chars().take(200).collect();
        Wanted {
            who: cut(&self.who),
            act: cut(&self.act),
            subject: cut(&self.subject),
            from: cut(&self.from),
            until: cut(&self.until),
        }
    }

    fn below(&self) -> Option<i64> {
        self.before.parse().ok()
    }
}

async fn show(
    app: web::Data<App>,
    req: HttpRequest,
    caller: Caller,
    query: web::Query<Query>,
) -> Result<HttpResponse, WebError> {
    render(&app, &req, &caller, &query, Form::new(), Vec::new()).await
}

async fn table(
    app: web::Data<App>,
    caller: Caller,
    query: web::Query<Query>,
) -> Result<HttpResponse, WebError> {
    let lines = audit::export(&app, &caller.admin()?, &query.wanted(), query.below()).await?;
    let body = audit::as_csv(&lines);
    Ok(download("text/csv; charset=utf-8", "audit.csv", body))
}

async fn documents(
    app: web::Data<App>,
    caller: Caller,
    query: web::Query<Query>,
) -> Result<HttpResponse, WebError> {
    let lines = audit::export(&app, &caller.admin()?, &query.wanted(), query.below()).await?;
    let body = audit::as_json_lines(&lines);
    Ok(download("application/jsonl", "audit.jsonl", body))
}

fn download(kind: &'static str, name: &str, body: String) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(kind)
        .insert_header((
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ))
        .body(body)
}

async fn verify(
    app: web::Data<App>,
    caller: Caller,
    _: form::Form<Nothing>,
) -> Result<HttpResponse, WebError> {
    caller.admin()?;
    let flash = match audit::verify(&app).await? {
        Verdict::Whole(1) => Flash::done("The one line is as it was written."),
        Verdict::Whole(lines) => Flash::done(format!(
            "All {lines} lines are as they were written, and none is missing."
        )),
        Verdict::Broken(id) => Flash::trouble(format!(
            "Line {id} is not as it was written, or one before it is missing. Somebody changed \
             the database by hand."
        )),
    };
    Ok(frame::see_other_with("/desk/audit", &flash))
}

#[derive(Deserialize)]
struct UndoForm {
    #[serde(default, deserialize_with = "lenient::string")]
    id: String,
}

async fn undo(
    app: web::Data<App>,
    caller: Caller,
    form: form::Form<UndoForm>,
) -> Result<HttpResponse, WebError> {
    let id = form.fields.id.parse().map_err(|_| Error::NotFound)?;
    let flash = match acts::undo(&app, caller.signed_in()?, id).await {
        Ok(()) => Flash::done("It is taken back."),
        Err(error @ (Error::Conflict(_) | Error::Denied(_) | Error::Invalid(_))) => {
            Flash::trouble(error.sentence())
        }
        Err(Error::NotFound) => Flash::trouble("What it was about is not there any more."),
        Err(other) => return Err(other.into()),
    };
    Ok(frame::see_other_with("/desk/audit", &flash))
}

#[derive(Deserialize)]
struct UndoAllForm {
    #[serde(default, deserialize_with = "lenient::string")]
    who: String,
    #[serde(default, deserialize_with = "lenient::string")]
    hours: String,
}

async fn undo_all(
    app: web::Data<App>,
    req: HttpRequest,
    caller: Caller,
    form: form::Form<UndoAllForm>,
) -> Result<HttpResponse, WebError> {
    let fields = form.fields;
    let typed = |form: Form| {
        form.with("undo_who", fields.who.chars().take(100).collect::<String>())
            .with("hours", fields.hours.chars().take(10).collect::<String>())
    };
    let query = Query::default();
    let wrong =
        |name: &'static str, sentence: &'static str| typed(Form::new()).error(name, sentence);
    let hours = fields.hours.trim().parse::<i64>().ok();
    let Some(hours) = hours.filter(|hours| (1..=24 * 90).contains(hours)) else {
        let form = wrong("hours", "Type a number of hours, 1 to 2160.");
        let page = render(&app, &req, &caller, &query, form, Vec::new()).await?;
        return Ok(frame::refused(page));
    };
    let since = app.clock.now() - chrono::TimeDelta::hours(hours);
    match acts::undo_all_of(&app, caller.signed_in()?, &fields.who, since).await {
        Ok(taken) => {
            let left = taken
                .left
                .iter()
                .map(|(line, why)| {
                    (
                        format!("Line {}: {}", line.id, audit::words(&line.act)),
                        why.clone(),
                    )
                })
                .collect();
            let mut said = match taken.done {
                1 => "One act is taken back.".to_owned(),
                done => format!("{done} acts are taken back."),
            };
            if taken.more {
                said.push_str(" There are more: do it again.");
            }
            let form = typed(Form::new()).with("said", said);
            render(&app, &req, &caller, &query, form, left).await
        }
        Err(Error::NotFound) => {
            let form = wrong("undo_who", "There is nobody of that name.");
            let page = render(&app, &req, &caller, &query, form, Vec::new()).await?;
            Ok(frame::refused(page))
        }
        Err(error @ Error::Conflict(_)) => {
            let form = typed(Form::new()).error("undo_who", error.sentence());
            let page = render(&app, &req, &caller, &query, form, Vec::new()).await?;
            Ok(frame::refused(page))
        }
        Err(other) => Err(other.into()),
    }
}

#[derive(Deserialize)]
struct PublishForm {
    #[serde(default, deserialize_with = "lenient::string")]
    public: String,
}

async fn publish(
    app: web::Data<App>,
    caller: Caller,
    form: form::Form<PublishForm>,
) -> Result<HttpResponse, WebError> {
    let public = form.fields.public == "1";
    audit::set_public(&app, &caller.admin()?, public).await?;
    let said = match public {
        true => "Everybody sees acts and times at /audit now.",
        false => "Only admins see the log now.",
    };
    Ok(frame::see_other_with("/desk/audit", &Flash::done(said)))
}

async fn render(
    app: &App,
    req: &HttpRequest,
    caller: &Caller,
    query: &Query,
    form: Form,
    left: Vec<(String, String)>,
) -> Result<HttpResponse, WebError> {
    let admin = caller.admin()?;
    let (now, zone) = (app.clock.now(), zone::of(app, admin.user()).await?);
    let wanted = query.wanted();
    let mut form = form
        .with("who", &wanted.who)
        .with("act", &wanted.act)
        .with("subject", &wanted.subject)
        .with("from", &wanted.from)
        .with("until", &wanted.until);
    let (lines, more) = match audit::page(app, &admin, &wanted, query.below()).await {
        Ok(found) => found,
        Err(Error::Invalid(invalid)) => {
            form = form.refused(&invalid);
            (Vec::new(), false)
        }
        Err(other) => return Err(other.into()),
    };
    let filters = filters(&wanted);
    let older = lines
        .last()
        .filter(|_| more)
        .map(|last| format!("/desk/audit?{filters}before={}", last.line.id));
    let mut page = frame::page(req, Some(caller), "The audit log").await?;
    page.here = Here::Desk;
    page.has_errors = form.has_errors();
    let page = AuditPage {
        page,
        form,
        rows: lines
            .into_iter()
            .map(|line| shown(line, Moment::new(now, now).in_zone(zone)))
            .collect(),
        pager: Pager { newer: None, older },
        query: filters.trim_end_matches('&').to_owned(),
        public: audit::is_public(app).await?,
        owner: who::owner(caller.signed_in()?).is_ok(),
        left,
    };
    frame::render(req, &page)
}

fn filters(wanted: &Wanted) -> String {
    [
        ("who", &wanted.who),
        ("act", &wanted.act),
        ("subject", &wanted.subject),
        ("from", &wanted.from),
        ("until", &wanted.until),
    ]
    .into_iter()
    .filter(|(_, value)| !value.is_empty())
    .map(|(name, value)| format!("{name}={}&", utf8_percent_encode(value, NON_ALPHANUMERIC)))
    .collect()
}

fn shown(one: Line, now: Moment) -> AuditRow {
    let undoable = acts::can_be_undone(&one.line);
    let line = one.line;
    AuditRow {
        id: line.id,
        at: Moment { at: line.at, ..now },
        actor: one.actor.map_or_else(
            || "The command line, or the program,".to_owned(),
            |name| format!("@{name}"),
        ),
        words: audit::words(&line.act).to_owned(),
        subject: line.subject_id.map(|id| {
            let words = match &one.subject {
                Some(name) => format!("@{name}"),
                None => format!("{} {id}", line.subject_kind),
            };
            let path = match (line.subject_kind.as_str(), &one.subject) {
                ("application", _) => Some(format!("/desk/applications/{id}")),
                ("bulk", _) => Some(format!("/desk/bulk/{id}")),
                ("user" | "account", Some(name)) => Some(format!("/@{name}")),
                _ => None,
            };
            (words, path)
        }),
        facts: audit::facts(&line.detail),
        undoable,
    }
}
