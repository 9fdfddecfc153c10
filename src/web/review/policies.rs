//! `/desk/policies`: what holds for other servers; changing and lifting it.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use serde::Deserialize;

use super::policy_new::facts;
use crate::app::App;
use crate::domain::policy::{PolicyKind, PolicySource};
use crate::domain::{Error, ids};
use crate::door::forms::lenient;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::moderation::By;
use crate::moderation::policies::{self, Policy, Severity, Terms, rejects_media};
use crate::moderation::preview;
use crate::moderation::preview::{Ends, follows_in_words};
use crate::moderation::setting::{self, Setting, ShownTo};
use crate::social::page::Severance;
use crate::web::error::WebError;
use crate::web::form::Form as Sent;
use crate::web::frame::{self, see_other_with};
use crate::web::parts::form::Form;
use crate::web::parts::layout::{Flash, Here, Page};
use crate::web::parts::moment::Moment;

/// One page of policies. GET parameters: `q` (a part of a name), `after` (a name), `id`.
#[derive(Template)]
#[template(path = "review/policies.html")]
pub struct PoliciesPage {
    /// The frame.
    pub page: Page,
    /// How many hold, one sentence.
    pub summary: String,
    /// What was searched for; empty for all.
    pub query: String,
    /// By name.
    pub rows: Vec<PolicyRow>,
    /// The path of the next page.
    pub more: Option<String>,
    /// Only allowed servers are spoken with.
    pub allow_list: bool,
    /// Choices of who may read the list: value, words, chosen.
    pub readers: Vec<(&'static str, &'static str, bool)>,
    /// The viewer may change something; others only read.
    pub manages: bool,
}

/// One policy.
#[derive(Debug, Clone)]
pub struct PolicyRow {
    /// Its id, as text.
    pub id: String,
    /// The server.
    pub domain: String,
    /// What it does: `Suspended`, `Limited`, …
    pub does: &'static str,
    /// The class of its badge; may be empty.
    pub badge: &'static str,
    /// What else: `No media`, `No reports`, `Name hidden`, `From a list`.
    pub marks: Vec<&'static str>,
    /// For everybody; may be empty.
    pub public_comment: String,
    /// For staff; may be empty.
    pub private_comment: String,
    /// Since when.
    pub since: Moment,
    /// When it ends by itself: a day.
    pub until: Option<String>,
}

/// A block that ended follows.
#[derive(Debug, Clone)]
pub struct ActRow {
    /// Its id, as text.
    pub id: String,
    /// When.
    pub at: Moment,
    /// What it cut, and what became of it.
    pub words: String,
    /// There is something to bring back.
    pub can_restore: bool,
    /// What the button says that does.
    pub button: &'static str,
}

/// One policy: what it says, how far it is, and its end.
#[derive(Template)]
#[template(path = "review/policies_one.html")]
pub struct PolicyPage {
    /// The frame.
    pub page: Page,
    /// The policy.
    pub policy: PolicyRow,
    /// What it says.
    pub form: Form,
    /// How far it is, one sentence; `None` when it is through.
    pub progress: Option<String>,
    /// What it cut, newest first.
    pub acts: Vec<ActRow>,
    /// Follows that lifting it can bring back.
    pub can_restore: bool,
    /// What a suspension would cut, one sentence each; empty where it is one, or the viewer only
    /// reads.
    pub would_cut: Vec<String>,
    /// The viewer may change it; others only read.
    pub manages: bool,
}

pub(super) const ROW: Route = Route {
    method: "GET",
    path: "/desk/policies",
    access: Access::Moderation,
    pending: Pending::Refused,
    rate: Rate::Usual,
    caching: Caching::Private,
    handler: web::get,
};

pub(super) const DEED: Route = Route {
    method: "POST",
    access: Access::Admin,
    rate: Rate::Write,
    ..ROW
};

/// The routes of this file.
pub const ROUTES: &[Route] = &[
    Route {
        handler: || web::to(list),
        ..ROW
    },
    Route {
        path: "/desk/policies/settings",
        handler: || web::to(set),
        ..DEED
    },
    Route {
        path: "/desk/policies/restore",
        handler: || web::to(restore),
        ..DEED
    },
    Route {
        path: "/desk/policies/{id}",
        handler: || web::to(one),
        ..ROW
    },
    Route {
        path: "/desk/policies/{id}",
        handler: || web::to(change),
        ..DEED
    },
    Route {
        path: "/desk/policies/{id}/lift",
        handler: || web::to(lift),
        ..DEED
    },
];

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wish {
    q: String,
    after: String,
    id: i64,
}

/// GET `/desk/policies`.
async fn list(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    wish: web::Query<Wish>,
) -> Result<HttpResponse, WebError> {
    let moderator = caller.moderator()?;
    let query: String = wish.q.trim().chars().take(300).collect();
    let found = policies::list(&app, &moderator, &query, (&wish.after, wish.id)).await?;
    let setting = setting::setting(&app).await?;
    let now = app.clock.now();
    let more = found.rows.last().filter(|_| found.more).map(|last| {
        let mut next = url::form_urlencoded::Serializer::new(String::new());
        next.append_pair("q", &query)
            .append_pair("after", &last.domain)
            .append_pair("id", &last.id.to_string());
        format!("/desk/policies?{}", next.finish())
    });
    let mut page = frame::page(&req, Some(&caller), "Policies for other servers").await?;
    page.here = Here::Desk;
    let shown = PoliciesPage {
        page,
        summary: match found.all {
            0 => "Nobody is kept out or limited.".to_owned(),
            1 => "One policy holds.".to_owned(),
            n => format!("{n} policies hold."),
        },
        query,
        rows: found.rows.iter().map(|policy| row(policy, now)).collect(),
        more,
        allow_list: setting.allow_list,
        readers: ShownTo::ALL
            .map(|one| (one.as_str(), reader_words(one), one == setting.shown_to))
            .into(),
        manages: caller.admin().is_ok(),
    };
    frame::render(&req, &shown)
}

fn reader_words(one: ShownTo) -> &'static str {
    match one {
        ShownTo::Nobody => "Staff alone",
        ShownTo::Members => "Members",
        ShownTo::Everybody => "Everybody",
    }
}

pub(super) fn row(policy: &Policy, now: DateTime<Utc>) -> PolicyRow {
    let terms = &policy.terms;
    let marks = [
        (rejects_media(terms), "No media"),
        (terms.reject_reports, "No reports"),
        (terms.obfuscate, "Name hidden"),
        (policy.source == PolicySource::List, "From a list"),
        (policy.source == PolicySource::Rule, "By a rule"),
    ];
    PolicyRow {
        id: policy.id.to_string(),
        domain: policy.domain.clone(),
        does: match terms.kind {
            PolicyKind::Suspended => "Suspended",
            PolicyKind::Limited => "Limited",
            PolicyKind::Held => "Held",
            PolicyKind::NoMedia | PolicyKind::Noted => "People as usual",
        },
        badge: match terms.kind {
            PolicyKind::Suspended => "badge-bad",
            PolicyKind::Limited | PolicyKind::Held => "badge-lamp",
            PolicyKind::NoMedia | PolicyKind::Noted => "",
        },
        marks: marks
            .iter()
            .filter(|(is, _)| *is)
            .map(|(_, words)| *words)
            .collect(),
        public_comment: terms.public_comment.clone(),
        private_comment: terms.private_comment.clone(),
        since: Moment::new(policy.since, now),
        until: terms.until.map(|at| at.format("%-d %B %Y").to_string()),
    }
}

/// What the form of a policy sends.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Typed {
    #[serde(default, deserialize_with = "lenient::string")]
    pub(super) domain: String,
    #[serde(default, deserialize_with = "lenient::string")]
    pub(super) severity: String,
    #[serde(default, deserialize_with = "lenient::boolean")]
    pub(super) reject_media: bool,
    #[serde(default, deserialize_with = "lenient::boolean")]
    pub(super) reject_reports: bool,
    #[serde(default, deserialize_with = "lenient::boolean")]
    pub(super) obfuscate: bool,
    #[serde(default, deserialize_with = "lenient::string")]
    pub(super) public_comment: String,
    #[serde(default, deserialize_with = "lenient::string")]
    pub(super) private_comment: String,
    #[serde(default, deserialize_with = "lenient::string")]
    pub(super) until: String,
}

impl Typed {
    pub(super) fn terms(&self) -> Result<Terms, Error> {
        let severity = Severity::from_name(&self.severity)
            .ok_or_else(|| Error::invalid("Choose what happens to its people"))?;
        let until = match self.until.trim() {
            "" => None,
            // To the end of that day.
            day => Some(
                NaiveDate::parse_from_str(day, "%Y-%m-%d")
                    .ok()
                    .and_then(|day| day.checked_add_days(Days::new(1)))
                    .map(|day| day.and_time(NaiveTime::MIN).and_utc())
                    .ok_or_else(|| Error::invalid("The end is no day, such as 2027-01-31"))?,
            ),
        };
        Ok(Terms {
            kind: severity.kind(self.reject_media),
            reject_media: self.reject_media,
            reject_reports: self.reject_reports,
            public_comment: self.public_comment.clone(),
            private_comment: self.private_comment.clone(),
            obfuscate: self.obfuscate,
            until,
        })
    }

    pub(super) fn form(&self) -> Form {
        let tick = |yes: bool| if yes { "1" } else { "" };
        Form::new()
            .with("domain", &self.domain)
            .with("severity", &self.severity)
            .with("reject_media", tick(self.reject_media))
            .with("reject_reports", tick(self.reject_reports))
            .with("obfuscate", tick(self.obfuscate))
            .with("public_comment", &self.public_comment)
            .with("private_comment", &self.private_comment)
            .with("until", &self.until)
    }

    fn of(policy: &Policy) -> Typed {
        let terms = &policy.terms;
        Typed {
            domain: policy.domain.clone(),
            severity: Severity::of(terms).as_str().to_owned(),
            reject_media: rejects_media(terms),
            reject_reports: terms.reject_reports,
            obfuscate: terms.obfuscate,
            public_comment: terms.public_comment.clone(),
            private_comment: terms.private_comment.clone(),
            until: terms
                .until
                .and_then(|at| at.checked_sub_days(Days::new(1)))
                .map(|day| day.format("%Y-%m-%d").to_string())
                .unwrap_or_default(),
        }
    }
}

pub(super) fn act_row(act: &Severance, now: DateTime<Utc>) -> ActRow {
    let became = match (
        act.told_at,
        act.restoring_at,
        act.restored_at,
        act.parting_at,
    ) {
        (_, _, Some(_), _) => "They were brought back as far as they could be.",
        (_, Some(_), None, _) => "They are being brought back.",
        (_, None, None, Some(_)) => {
            "The block was lifted, and the other server is told that they are over; people here can still ask anew."
        }
        (None, None, None, None) => "It is under way.",
        (Some(_), None, None, None) => "All concerned were told.",
    };
    let ended = follows_in_words(Ends {
        following: act.following,
        followers: act.followers,
    });
    let ended = ended.unwrap_or_else(|| "No follow".to_owned());
    ActRow {
        id: act.id.to_string(),
        at: Moment::new(act.created_at, now),
        words: format!("{ended} ended. {became}"),
        can_restore: act.restoring_at.is_none(),
        button: match act.parting_at {
            Some(_) => "Ask for these follows anew",
            None => "Bring these follows back",
        },
    }
}

fn number(text: &str) -> Result<i64, Error> {
    ids::parse(text).ok_or(Error::NotFound)
}

/// GET `/desk/policies/ID`.
async fn one(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<String>,
) -> Result<HttpResponse, WebError> {
    let policy = policies::find(&app, &caller.moderator()?, number(&path)?).await?;
    let form = Typed::of(&policy).form();
    policy_page(&req, &app, &caller, policy, form).await
}

async fn policy_page(
    req: &HttpRequest,
    app: &App,
    caller: &Caller,
    policy: Policy,
    form: Form,
) -> Result<HttpResponse, WebError> {
    let moderator = caller.moderator()?;
    let progress = policies::progress(app, &moderator, &policy).await?;
    let manages = caller.admin().is_ok();
    let would_cut = match policy.terms.kind {
        PolicyKind::Suspended => Vec::new(),
        _ if !manages => Vec::new(),
        _ => facts(&preview::preview(app, &moderator, &policy.domain).await?.cut),
    };
    let now = app.clock.now();
    let mut page = frame::page(req, Some(caller), "A policy for another server").await?;
    page.here = Here::Desk;
    page.has_errors = form.has_errors();
    let wrong = form.has_errors();
    let acts: Vec<ActRow> = progress.acts.iter().map(|act| act_row(act, now)).collect();
    let shown = PolicyPage {
        page,
        policy: row(&policy, now),
        form,
        progress: progress.left.map(|left| match left {
            0 => "It is nearly through.".to_owned(),
            1 => "One account there is still to be looked at.".to_owned(),
            n => format!("{n} accounts there are still to be looked at."),
        }),
        can_restore: acts.first().is_some_and(|act| act.can_restore),
        acts,
        would_cut,
        manages,
    };
    let answer = frame::render(req, &shown)?;
    Ok(match wrong {
        true => frame::refused(answer),
        false => answer,
    })
}

/// POST `/desk/policies/ID`.
async fn change(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<String>,
    sent: Sent<Typed>,
) -> Result<HttpResponse, WebError> {
    let admin = caller.admin()?;
    let id = number(&path)?;
    let changed = match sent.fields.terms() {
        Ok(terms) => policies::change(&app, By::Admin(&admin), id, terms).await,
        Err(error) => Err(error),
    };
    match changed {
        Ok(_) => Ok(see_other_with(
            &format!("/desk/policies/{id}"),
            &Flash::done("Changed."),
        )),
        Err(Error::Invalid(invalid)) => {
            let policy = policies::find(&app, &caller.moderator()?, id).await?;
            let form = sent.fields.form().refused(&invalid);
            policy_page(&req, &app, &caller, policy, form).await
        }
        Err(error) => Err(error.into()),
    }
}

#[derive(Deserialize)]
struct Lift {
    #[serde(default, deserialize_with = "lenient::boolean")]
    restore: bool,
}

/// POST `/desk/policies/ID/lift`.
async fn lift(
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<String>,
    sent: Sent<Lift>,
) -> Result<HttpResponse, WebError> {
    let admin = caller.admin()?;
    let by = By::Admin(&admin);
    let lifted = policies::lift(&app, by, number(&path)?, sent.fields.restore).await?;
    let said = match (sent.fields.restore, lifted.restoring) {
        (_, true) => "Lifted. Its follows are being brought back.",
        (true, false) => {
            "Lifted. Follows do not come back while another policy keeps the server out."
        }
        (false, _) if lifted.parting => {
            "Lifted. The other server is told that the follows which it ended are over."
        }
        (false, _) => "Lifted.",
    };
    let back = about_path(&lifted.domain);
    Ok(see_other_with(&back, &Flash::done(said)))
}

fn about_path(domain: &str) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("domain", domain);
    format!("/desk/policies/new?{}", query.finish())
}

#[derive(Deserialize)]
struct Back {
    #[serde(default, deserialize_with = "lenient::string")]
    domain: String,
    #[serde(default, deserialize_with = "lenient::string")]
    act: String,
}

/// POST `/desk/policies/restore`.
async fn restore(
    app: web::Data<App>,
    caller: Caller,
    sent: Sent<Back>,
) -> Result<HttpResponse, WebError> {
    let admin = caller.admin()?;
    let (domain, act) = (&sent.fields.domain, number(&sent.fields.act)?);
    policies::restore(&app, By::Admin(&admin), domain, act).await?;
    let said = Flash::done("They are being brought back.");
    Ok(see_other_with(&about_path(domain), &said))
}

#[derive(Deserialize)]
struct Chosen {
    #[serde(default, deserialize_with = "lenient::boolean")]
    allow_list: bool,
    #[serde(default, deserialize_with = "lenient::string")]
    shown_to: String,
}

/// POST `/desk/policies/settings`.
async fn set(
    app: web::Data<App>,
    caller: Caller,
    sent: Sent<Chosen>,
) -> Result<HttpResponse, WebError> {
    let admin = caller.admin()?;
    let to = Setting {
        allow_list: sent.fields.allow_list,
        shown_to: ShownTo::from_name(&sent.fields.shown_to)
            .ok_or_else(|| Error::BadRequest("Nobody offered that.".into()))?,
    };
    setting::set(&app, By::Admin(&admin), to).await?;
    Ok(see_other_with("/desk/policies", &Flash::done("Saved.")))
}
