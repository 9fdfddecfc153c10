//! `/desk/known`: who is established here and why, and what staff say of it.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::app::App;
use crate::domain::Error;
use crate::domain::role::Role;
use crate::door::forms::lenient;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::gate::established::{self, DAYS_IN, DAYS_POSTED, KNOWN_TO, Known, Word};
use crate::gate::zone;
use crate::web::error::WebError;
use crate::web::form;
use crate::web::frame;
use crate::web::parts::form::Form;
use crate::web::parts::layout::{Flash, Here, Page};
use crate::web::parts::moment::Moment;

/// GET parameter: `name`. Posts `name` and `word` to `/desk/known/word`.
#[derive(Template)]
#[template(path = "review/known.html")]
pub struct KnownPage {
    /// The frame.
    pub page: Page,
    /// `name` as typed, and what was wrong.
    pub form: Form,
    /// Who was looked for.
    pub found: Option<KnownRow>,
    /// About whom staff said something, the newest first.
    pub said: Vec<SaidRow>,
    /// Days in, days with posts, people or hosts: what is asked of everybody.
    pub asked: (i64, i64, i64),
}

/// A member.
#[derive(Debug, Clone)]
pub struct KnownRow {
    /// The name.
    pub name: String,
    /// Since when they are established.
    pub since: Option<Moment>,
    /// They are of the staff.
    pub staff: bool,
    /// What staff said: granted or taken; `None` where the facts decide.
    pub word: Option<bool>,
    /// The facts: each a sentence, and whether it holds.
    pub facts: Vec<(String, bool)>,
}

/// What staff said of somebody.
#[derive(Debug, Clone)]
pub struct SaidRow {
    /// About whom.
    pub name: String,
    /// Granted, or taken.
    pub granted: bool,
    /// Who said it.
    pub by: Option<String>,
    /// When.
    pub at: Option<Moment>,
}

/// The routes of this file.
pub const ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/desk/known",
        access: Access::Moderation,
        pending: Pending::Refused,
        rate: Rate::Usual,
        caching: Caching::Private,
        handler: || web::to(show),
    },
    Route {
        method: "POST",
        path: "/desk/known/word",
        access: Access::Moderation,
        pending: Pending::Refused,
        rate: Rate::Write,
        caching: Caching::Private,
        handler: || web::to(say),
    },
];

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wish {
    name: String,
}

/// GET `/desk/known`.
async fn show(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    wish: web::Query<Wish>,
) -> Result<HttpResponse, WebError> {
    let moderator = caller.moderator()?;
    let (now, zone) = (app.clock.now(), zone::of(&app, moderator.user()).await?);
    let moment = |at| Moment::new(at, now).in_zone(zone);
    let name: String = wish.name.trim().chars().take(100).collect();
    let mut form = Form::new().with("name", &name);
    let mut found = None;
    if !name.is_empty() {
        match established::find(&app, &moderator, &name).await {
            Ok(known) => found = Some(row(&known, now, &moment)),
            Err(Error::NotFound) => {
                form = form.error("name", "Nobody of that name is a member here.");
            }
            Err(other) => return Err(other.into()),
        }
    }
    let said = established::said(&app, &moderator)
        .await?
        .into_iter()
        .map(|(name, granted, by, at)| SaidRow {
            name,
            granted,
            by,
            at: at.map(moment),
        })
        .collect();
    let mut page = frame::page(&req, Some(&caller), "Who is known here").await?;
    page.here = Here::Desk;
    page.has_errors = form.has_errors();
    let failed = page.has_errors;
    let shown = KnownPage {
        page,
        form,
        found,
        said,
        asked: (DAYS_IN, DAYS_POSTED, KNOWN_TO),
    };
    let answer = frame::render(&req, &shown)?;
    Ok(if failed {
        frame::refused(answer)
    } else {
        answer
    })
}

fn row(
    known: &Known,
    now: chrono::DateTime<chrono::Utc>,
    moment: &impl Fn(chrono::DateTime<chrono::Utc>) -> Moment,
) -> KnownRow {
    let days = (now - known.since).num_days().max(0);
    let enough = |n: i64, least: i64, what: &str| match n >= least {
        true => format!("{least} or more {what}"),
        false => format!("{n} of {least} {what}"),
    };
    KnownRow {
        name: known.username.clone(),
        since: known.established_at.map(moment),
        staff: known.role > Role::Member as i16,
        word: known.word,
        facts: vec![
            (
                match days {
                    0 => "In since today".to_owned(),
                    1 => "In for one day".to_owned(),
                    _ => format!("In for {days} days"),
                },
                days >= DAYS_IN,
            ),
            (
                enough(known.days, DAYS_POSTED, "days with posts, of the last 90"),
                known.days >= DAYS_POSTED,
            ),
            (
                format!(
                    "Answered or followed by {}, and from {}",
                    enough(known.here, KNOWN_TO, "established people here"),
                    enough(known.elsewhere, KNOWN_TO, "other servers"),
                ),
                known.here >= KNOWN_TO || known.elsewhere >= KNOWN_TO,
            ),
        ],
    }
}

#[derive(Deserialize)]
struct SayForm {
    #[serde(default, deserialize_with = "lenient::string")]
    name: String,
    #[serde(default, deserialize_with = "lenient::string")]
    word: String,
}

/// POST `/desk/known/word`.
async fn say(
    app: web::Data<App>,
    caller: Caller,
    form: form::Form<SayForm>,
) -> Result<HttpResponse, WebError> {
    let moderator = caller.moderator()?;
    let fields = form.fields;
    let word = Word::from_word(&fields.word).ok_or(Error::NotFound)?;
    let flash = match established::say(&app, &moderator, &fields.name, word).await {
        Ok(()) => Flash::done(match word {
            Word::Granted => "They are established now, and what waited of theirs goes out.",
            Word::Taken => "They are not established, until somebody says otherwise.",
            Word::Facts => "The facts decide again, within the hour.",
        }),
        Err(error @ Error::Denied(_)) => Flash::trouble(error.sentence()),
        Err(other) => return Err(other.into()),
    };
    let name: String = fields
        .name
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '_')
        .take(100)
        .collect();
    Ok(frame::see_other_with(
        &format!("/desk/known?name={name}"),
        &flash,
    ))
}
