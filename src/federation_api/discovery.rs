//! How others find people and the place: WebFinger, host-meta, NodeInfo, security.txt.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{SecondsFormat, TimeDelta};
use serde::Deserialize;
use serde_json::{Value, json};

use super::answer::Answer;
use crate::activitypub::addresses;
use crate::app::App;
use crate::app::instance::Instance;
use crate::domain::Error;
use crate::domain::registration_mode::RegistrationMode;
use crate::door::{Access, Caching, Pending, Rate, Route};
use crate::files::MediaPath;
use crate::gate::questions::Told;
use crate::social::documents::discovery::{self, Numbers, Subject};

/// What JSON resource descriptors are served as (RFC 7033).
const JRD: &str = "application/jrd+json; charset=utf-8";
/// The relation of an actor's document to a name.
const SELF_TYPE: &str = "application/activity+json";
/// How long security.txt holds; renewed each day (RFC 9116 wants less than a year).
const SECURITY_HOLDS: TimeDelta = TimeDelta::days(180);

const fn route(path: &'static str, seconds: u32, handler: fn() -> actix_web::Route) -> Route {
    Route {
        method: "GET",
        path,
        access: Access::Open,
        pending: Pending::AnyStanding,
        rate: Rate::Documents,
        caching: Caching::Public(seconds),
        handler,
    }
}

/// The routes of this file.
pub const ROUTES: &[Route] = &[
    route("/.well-known/webfinger", 60, || web::to(webfinger)),
    route("/.well-known/host-meta", 3600, || web::to(host_meta)),
    route("/.well-known/host-meta.json", 3600, || {
        web::to(host_meta_json)
    }),
    route("/.well-known/nodeinfo", 3600, || web::to(nodeinfo_links)),
    route("/nodeinfo/2.0", 60, || web::to(nodeinfo_2_0)),
    route("/nodeinfo/2.1", 60, || web::to(nodeinfo_2_1)),
    route("/.well-known/security.txt", 3600, || web::to(security)),
];

#[derive(Deserialize)]
struct Resource {
    resource: Option<String>,
}

/// WebFinger (RFC 7033). The subject is always under the handle domain, whatever was asked.
async fn webfinger(app: web::Data<App>, asked: web::Query<Resource>) -> Answer {
    let resource = asked
        .resource
        .as_deref()
        .ok_or(Error::BadRequest("Ask for one resource".into()))?;
    let found = discovery::find(&app, resource).await?;
    Ok(HttpResponse::Ok()
        .content_type(JRD)
        .body(descriptor(&app, &found).to_string()))
}

fn descriptor(app: &App, found: &Subject) -> Value {
    let domain = &app.config.server.handle_domain;
    let (name, page, actor, picture) = match found {
        Subject::Instance => (
            domain.as_str(),
            app.url("/about"),
            app.url(addresses::INSTANCE_ACTOR),
            None,
        ),
        Subject::Account {
            id,
            username,
            avatar_path,
        } => (
            username.as_str(),
            app.url(&format!("/@{username}")),
            addresses::actor(&app.origin(), *id),
            avatar_path.as_deref().and_then(MediaPath::parse),
        ),
    };
    let mut links = vec![
        json!({
            "rel": "http://webfinger.net/rel/profile-page",
            "type": "text/html",
            "href": page,
        }),
        json!({ "rel": "self", "type": SELF_TYPE, "href": actor }),
    ];
    if let Some(path) = picture {
        links.push(json!({
            "rel": "http://webfinger.net/rel/avatar",
            "type": path.content_type(),
            "href": app.url(&format!("/{path}")),
        }));
    }
    json!({
        "subject": format!("acct:{name}@{domain}"),
        "aliases": [page, actor],
        "links": links,
    })
}

/// Where WebFinger is asked (RFC 6415), for those who begin here.
async fn host_meta(req: HttpRequest, app: web::Data<App>) -> HttpResponse {
    let accept = req.headers().get(header::ACCEPT);
    let wants_json = accept
        .and_then(|value| value.to_str().ok())
        .is_some_and(|accept| accept.contains("json") && !accept.contains("xml"));
    let mut response = match wants_json {
        true => host_meta_json(app).await,
        false => HttpResponse::Ok()
            .content_type("application/xrd+xml; charset=utf-8")
            .body(format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
                 <XRD xmlns=\"http://docs.oasis-open.org/ns/xri/xrd-1.0\">\n  \
                 <Link rel=\"lrdd\" template=\"{}\"/>\n</XRD>\n",
                lookup(&app)
            )),
    };
    let vary = header::HeaderValue::from_static("Accept");
    response.headers_mut().insert(header::VARY, vary);
    response
}

async fn host_meta_json(app: web::Data<App>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(JRD)
        .body(json!({ "links": [{ "rel": "lrdd", "template": lookup(&app) }] }).to_string())
}

fn lookup(app: &App) -> String {
    app.url("/.well-known/webfinger?resource={uri}")
}

async fn nodeinfo_links(app: web::Data<App>) -> HttpResponse {
    let link = |version: &str| {
        json!({
            "rel": format!("http://nodeinfo.diaspora.software/ns/schema/{version}"),
            "href": app.url(&format!("/nodeinfo/{version}")),
        })
    };
    HttpResponse::Ok()
        .content_type(JRD)
        .body(json!({ "links": [link("2.0"), link("2.1")] }).to_string())
}

async fn nodeinfo_2_0(app: web::Data<App>) -> Answer {
    nodeinfo(&app, "2.0").await
}

async fn nodeinfo_2_1(app: web::Data<App>) -> Answer {
    nodeinfo(&app, "2.1").await
}

async fn nodeinfo(app: &App, version: &str) -> Answer {
    let numbers = discovery::numbers(app).await?;
    let words = app.instance().await?;
    let profile = format!("http://nodeinfo.diaspora.software/ns/schema/{version}#");
    Ok(HttpResponse::Ok()
        .content_type(format!(
            "application/json; profile=\"{profile}\"; charset=utf-8"
        ))
        .body(node(app, version, &words, &numbers).to_string()))
}

/// The NodeInfo document. `openRegistrations` only where nobody decides; the whole truth of
/// the door stands in the metadata, in the words of the instance API.
fn node(app: &App, version: &str, words: &Instance, numbers: &Numbers) -> Value {
    let (about, server) = (&numbers.about, &app.config.server);
    let mut software = json!({
        "name": "porchlight",
        "version": env!("CARGO_PKG_VERSION"),
    });
    if version == "2.1" {
        software["repository"] = server.source_url.as_str().into();
        software["homepage"] = env!("CARGO_PKG_REPOSITORY").into();
    }
    let questions: Vec<Told> = about.questions.iter().map(Told::new).collect();
    let since = about
        .door
        .since
        .map(|at| at.to_rfc3339_opts(SecondsFormat::Millis, true));
    json!({
        "version": version,
        "software": software,
        "protocols": ["activitypub"],
        "services": { "inbound": [], "outbound": [] },
        "openRegistrations": about.door.mode == RegistrationMode::Open,
        "usage": {
            "users": {
                "total": about.usage.users,
                "activeMonth": about.usage.active,
                "activeHalfyear": numbers.active_half_year,
            },
            "localPosts": about.usage.statuses,
        },
        "metadata": {
            "nodeName": words.title,
            "nodeDescription": words.description,
            "languages": words.languages,
            "contact": {
                "email": words.contact_email,
                "abuse": words.abuse_contact(),
            },
            "registrations": {
                "enabled": about.door.takes_applications(),
                "approval_required": about.door.needs_approval(),
                "reason_required": about.reason_required(),
                "message": about.message(),
                "min_age": null,
                "effective_mode": about.door.mode,
                "reason": about.door.reason,
                "since": since,
                "attended": about.attended,
                "dead_man_switch": app.config.registration.dead_man_switch,
                "review_time": about.readers.review_time(),
                "questions": questions,
                "asks": about.asks,
                "url": app.url("/apply"),
            },
        },
    })
}

/// Whom to tell of a hole (RFC 9116). Without an address, the page that names the people.
async fn security(app: web::Data<App>) -> Answer {
    let words = app.instance().await?;
    let contact = match words.abuse_contact() {
        Some(address) => format!("mailto:{address}"),
        None => app.url("/about"),
    };
    let expires = app.clock.now().date_naive() + SECURITY_HOLDS;
    let text = format!(
        "Contact: {contact}\nExpires: {expires}T00:00:00Z\nPreferred-Languages: {}\nCanonical: {}\n",
        words.languages.join(", "),
        app.url("/.well-known/security.txt"),
    );
    Ok(HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .body(text))
}
