//! `/desk/webhooks`: addresses that hear of what happens at the door.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::app::App;
use crate::domain::{Error, ids};
use crate::door::forms::lenient;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::model::webhook::Webhook;
use crate::moderation::webhooks::{self, HookEvent, MAX_TEMPLATE, PLACES, PRESETS, Written};
use crate::web::error::WebError;
use crate::web::form::Form as Sent;
use crate::web::frame;
use crate::web::parts::form::Form;
use crate::web::parts::layout::{Flash, Here, Page};
use crate::web::parts::moment::Moment;

/// All of them, one open to be changed. GET parameter: `id`. Posts to itself (`id`, `address`,
/// `events[]`, `preset`, `template`, `enabled`), and to `…/test`, `…/secret`, `…/delete` (`id`).
#[derive(Template)]
#[template(path = "review/webhooks.html")]
pub struct WebhooksPage {
    /// The frame.
    pub page: Page,
    /// All of them.
    pub rows: Vec<HookRow>,
    /// How many there may be.
    pub most: usize,
    /// What is being written, and what was wrong; `id` is empty for a new one.
    pub form: Form,
    /// What they can hear of: word and words.
    pub events: Vec<(&'static str, &'static str)>,
    /// Ready-made bodies: number, name and text.
    pub presets: Vec<(usize, &'static str, &'static str)>,
    /// Places of a body.
    pub places: &'static [(&'static str, &'static str)],
    /// The longest body.
    pub max: usize,
    /// A secret that is shown this once.
    pub secret: Option<String>,
}

/// One webhook.
#[derive(Debug, Clone)]
pub struct HookRow {
    /// Its id.
    pub id: i64,
    /// The server that hears; the rest of the address may be a secret.
    pub host: String,
    /// What it hears of, in words.
    pub events: String,
    /// Whether anything is sent.
    pub enabled: bool,
    /// How the last delivery ended; empty before the first.
    pub last: String,
    /// When that was.
    pub last_at: Option<Moment>,
    /// It ended well.
    pub good: bool,
}

/// What differs is named by each row below.
const ROW: Route = Route {
    method: "GET",
    path: "/desk/webhooks",
    access: Access::Admin,
    pending: Pending::Refused,
    rate: Rate::Usual,
    caching: Caching::Private,
    handler: || web::to(show),
};

/// What differs is named by each row below.
const DEED: Route = Route {
    method: "POST",
    rate: Rate::Write,
    handler: || web::to(save),
    ..ROW
};

/// The routes of this file.
pub const ROUTES: &[Route] = &[
    ROW,
    DEED,
    Route {
        path: "/desk/webhooks/test",
        handler: || web::to(test),
        ..DEED
    },
    Route {
        path: "/desk/webhooks/secret",
        handler: || web::to(renew),
        ..DEED
    },
    Route {
        path: "/desk/webhooks/delete",
        handler: || web::to(delete),
        ..DEED
    },
];

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Typed {
    #[serde(deserialize_with = "lenient::string")]
    id: String,
    #[serde(deserialize_with = "lenient::string")]
    address: String,
    #[serde(deserialize_with = "lenient::strings")]
    events: Vec<String>,
    #[serde(deserialize_with = "lenient::opt_i64")]
    preset: Option<i64>,
    #[serde(deserialize_with = "lenient::string")]
    template: String,
    #[serde(deserialize_with = "lenient::string")]
    enabled: String,
}

impl Typed {
    fn form(&self) -> Form {
        let preset = self.preset.map(|preset| preset.to_string());
        Form::new()
            .with("id", self.id.clone())
            .with("address", self.address.clone())
            .with_all("events", &self.events)
            .with("preset", preset.unwrap_or_default())
            .with("template", self.template.clone())
            .with("enabled", self.enabled.clone())
    }

    fn id(&self) -> Result<i64, Error> {
        ids::parse(&self.id).ok_or(Error::NotFound)
    }

    /// A ready-made body where none was typed.
    fn body(&self) -> String {
        let chosen = self.preset.and_then(|preset| usize::try_from(preset).ok());
        match (self.template.trim(), chosen.and_then(|n| PRESETS.get(n))) {
            ("", Some((_, body))) => (*body).to_owned(),
            ("", None) => PRESETS[0].1.to_owned(),
            (typed, _) => typed.to_owned(),
        }
    }
}

fn event_words(event: HookEvent) -> &'static str {
    match event {
        HookEvent::Received => "Somebody waits at the door",
        HookEvent::Decided => "Somebody was let in or turned down",
        HookEvent::DoorChanged => "The door opens or closes",
        HookEvent::ReportMade => "A member reports somebody",
        HookEvent::Switch | HookEvent::Heir => "Nobody of the staff is seen, or somebody is back",
        HookEvent::Test => "A test",
    }
}

async fn show(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    wanted: web::Query<Typed>,
) -> Result<HttpResponse, WebError> {
    let all = webhooks::list(&app, &caller.admin()?).await?;
    let open = all.iter().find(|hook| hook.id.to_string() == wanted.id);
    let form = match open {
        Some(hook) => {
            let heard = HookEvent::ALL.iter().filter(|e| hook.events & e.bit() != 0);
            Typed {
                id: hook.id.to_string(),
                address: hook.address.clone(),
                events: heard.map(|event| event.word().to_owned()).collect(),
                template: hook.template.clone(),
                enabled: if hook.enabled { "1" } else { "" }.to_owned(),
                ..Typed::default()
            }
            .form()
        }
        None => Form::new().with("enabled", "1").with("preset", "0"),
    };
    page(&req, &app, &caller, form, None).await
}

async fn page(
    req: &HttpRequest,
    app: &App,
    caller: &Caller,
    form: Form,
    secret: Option<String>,
) -> Result<HttpResponse, WebError> {
    let all = webhooks::list(app, &caller.admin()?).await?;
    let now = app.clock.now();
    let mut page = frame::page(req, Some(caller), "Webhooks").await?;
    page.here = Here::Desk;
    page.has_errors = form.has_errors();
    let shown = WebhooksPage {
        page,
        rows: all.iter().map(|hook| row(hook, now)).collect(),
        most: webhooks::MOST,
        form,
        events: HookEvent::ALL
            .iter()
            .map(|event| (event.word(), event_words(*event)))
            .collect(),
        presets: PRESETS
            .iter()
            .enumerate()
            .map(|(n, (name, body))| (n, *name, *body))
            .collect(),
        places: PLACES,
        max: MAX_TEMPLATE,
        secret,
    };
    frame::render(req, &shown)
}

fn row(hook: &Webhook, now: chrono::DateTime<chrono::Utc>) -> HookRow {
    let host = url::Url::parse(&hook.address).ok();
    let host = host.as_ref().and_then(url::Url::host_str);
    let heard = HookEvent::ALL.iter().filter(|e| hook.events & e.bit() != 0);
    let heard: Vec<&str> = heard.map(|event| event_words(*event)).collect();
    let good = hook.last_error.is_empty();
    HookRow {
        id: hook.id,
        host: host.unwrap_or_default().to_owned(),
        events: heard.join(", "),
        enabled: hook.enabled,
        last: match (hook.last_at, hook.last_status) {
            (None, _) => String::new(),
            (Some(_), Some(status)) if good => format!("It was taken ({status})."),
            _ => hook.last_error.clone(),
        },
        last_at: hook.last_at.map(|at| Moment::new(at, now)),
        good,
    }
}

async fn save(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    sent: Sent<Typed>,
) -> Result<HttpResponse, WebError> {
    let admin = caller.admin()?;
    let typed = sent.fields;
    let id = match typed.id.as_str() {
        "" => None,
        _ => Some(typed.id()?),
    };
    let heard = typed
        .events
        .iter()
        .filter_map(|word| HookEvent::from_word(word));
    let written = Written {
        address: typed.address.clone(),
        events: heard.fold(0, |all, event| all | event.bit()),
        template: typed.body(),
        enabled: typed.enabled == "1",
    };
    match webhooks::save(&app, &admin, id, written).await {
        Ok((_, None)) => Ok(frame::see_other_with(
            "/desk/webhooks",
            &Flash::done("Kept."),
        )),
        // Shown this once, so it is no redirect that could be loaded again.
        Ok((_, Some(secret))) => {
            let form = Form::new().with("enabled", "1").with("preset", "0");
            let secret = Some(secret.reveal().to_owned());
            page(&req, &app, &caller, form, secret).await
        }
        Err(Error::Invalid(invalid)) => {
            let form = typed.form().refused(&invalid);
            Ok(frame::refused(page(&req, &app, &caller, form, None).await?))
        }
        Err(error) => Err(error.into()),
    }
}

async fn test(
    app: web::Data<App>,
    caller: Caller,
    sent: Sent<Typed>,
) -> Result<HttpResponse, WebError> {
    webhooks::test(&app, &caller.admin()?, sent.fields.id()?).await?;
    let said = "A test is on its way. Load this page again to see how it ended.";
    Ok(frame::see_other_with("/desk/webhooks", &Flash::done(said)))
}

async fn renew(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    sent: Sent<Typed>,
) -> Result<HttpResponse, WebError> {
    let secret = webhooks::renew_secret(&app, &caller.admin()?, sent.fields.id()?).await?;
    let form = Form::new().with("enabled", "1").with("preset", "0");
    let secret = Some(secret.reveal().to_owned());
    page(&req, &app, &caller, form, secret).await
}

async fn delete(
    app: web::Data<App>,
    caller: Caller,
    sent: Sent<Typed>,
) -> Result<HttpResponse, WebError> {
    webhooks::delete(&app, &caller.admin()?, sent.fields.id()?).await?;
    Ok(frame::see_other_with(
        "/desk/webhooks",
        &Flash::done("Deleted."),
    ))
}
