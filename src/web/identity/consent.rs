//! `/oauth/authorize`: may this app act for you? And the code for apps without a browser.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

use crate::app::App;
use crate::domain::scopes::Scopes;
use crate::door::forms::lenient;
use crate::door::language::{self, apart};
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::gate::who;
use crate::identity::oauth::apps;
use crate::identity::oauth::authorize::{self, Checked, Outcome, Request};
use crate::text::catalogue::Words;
use crate::web::error::WebError;
use crate::web::form;
use crate::web::parts::layout::{Flash, Page};
use crate::web::{content_policy, frame};

/// Posts every parameter of the request again (`hidden`), `csrf`, and `decision`: `allow` or
/// `deny`.
#[derive(Template)]
#[template(path = "identity/consent.html")]
pub struct ConsentPage {
    /// The frame.
    pub page: Page,
    /// What is said on it.
    pub words: ConsentWords,
    /// The app's website; `None` without, or where it is no http(s) address.
    pub website: Option<String>,
    /// What it asks for, one sentence per scope.
    pub wishes: Vec<Wish>,
    /// The request's parameters to send back: name and value.
    pub hidden: Vec<(String, String)>,
}

/// One scope, in words.
#[derive(Debug, Clone)]
pub struct Wish {
    /// The scope: `write:statuses`.
    pub scope: String,
    /// What it means: `Post, and delete what you posted`.
    pub sentence: String,
    /// Staff powers: said with a warning.
    pub heavy: bool,
}

/// What the page says, in the language of whom it is for.
#[derive(Debug, Clone)]
pub struct ConsentWords {
    /// May the app, by the name that it gave, act for you?
    pub may: String,
    /// Above what it asks for.
    pub wants: String,
    /// Beside powers of staff.
    pub heavy: String,
    /// Before its website.
    pub home: String,
    /// Where the browser goes afterwards: to a host, or to a code to copy.
    pub then: String,
    /// It can be taken back.
    pub take_back: String,
    /// Where it can.
    pub apps: String,
    /// Yes.
    pub allow: String,
    /// No.
    pub deny: String,
    /// What somebody else does.
    pub not_you: String,
}

impl ConsentWords {
    /// For an app of that name, from which the browser goes to `host`; `None` for a code.
    pub fn of(words: Words, app: &str, host: Option<&str>) -> ConsentWords {
        let plain = |key| words.say(key, []);
        ConsentWords {
            may: words.say("consent-may", [("app", apart(app).into())]),
            wants: plain("consent-wants"),
            heavy: plain("consent-heavy"),
            home: plain("consent-home"),
            then: match host {
                Some(host) => words.say("consent-then-host", [("host", apart(host).into())]),
                None => plain("consent-then-code"),
            },
            take_back: plain("consent-take-back"),
            apps: plain("consent-apps"),
            allow: plain("consent-allow"),
            deny: plain("consent-deny"),
            not_you: plain("consent-not-you"),
        }
    }
}

/// Shows the code of an out-of-band sign-in.
#[derive(Template)]
#[template(path = "identity/consent_code.html")]
pub struct CodePage {
    /// The frame.
    pub page: Page,
    /// For which app it is.
    pub heading: String,
    /// What to do with it.
    pub copy: String,
    /// The code to copy; good for ten minutes, once.
    pub code: String,
}

/// The routes of this file.
pub const ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/oauth/authorize",
        access: Access::Session,
        pending: Pending::Allowed,
        rate: Rate::Usual,
        caching: Caching::Private,
        handler: || web::to(ask),
    },
    Route {
        method: "POST",
        path: "/oauth/authorize",
        access: Access::Session,
        pending: Pending::Allowed,
        rate: Rate::SignIn,
        caching: Caching::Private,
        handler: || web::to(decide),
    },
    // A no, as other servers' pages send it.
    Route {
        method: "DELETE",
        path: "/oauth/authorize",
        access: Access::Session,
        pending: Pending::Allowed,
        rate: Rate::SignIn,
        caching: Caching::Private,
        handler: || web::to(decline),
    },
    Route {
        method: "GET",
        path: "/oauth/authorize/native",
        access: Access::Session,
        pending: Pending::Allowed,
        rate: Rate::Usual,
        caching: Caching::Private,
        handler: || web::to(show_code),
    },
];

/// The request's parameters; `decision` comes with the form alone.
#[derive(Deserialize)]
struct Parameters {
    #[serde(default, deserialize_with = "lenient::opt_word")]
    response_type: Option<String>,
    #[serde(default, deserialize_with = "lenient::opt_word")]
    client_id: Option<String>,
    #[serde(default, deserialize_with = "lenient::opt_word")]
    redirect_uri: Option<String>,
    #[serde(default, deserialize_with = "lenient::opt_word")]
    scope: Option<String>,
    #[serde(default, deserialize_with = "lenient::opt_string")]
    state: Option<String>,
    #[serde(default, deserialize_with = "lenient::opt_word")]
    code_challenge: Option<String>,
    #[serde(default, deserialize_with = "lenient::opt_word")]
    code_challenge_method: Option<String>,
    #[serde(default, deserialize_with = "lenient::opt_word")]
    force_login: Option<String>,
    #[serde(default, deserialize_with = "lenient::opt_word")]
    lang: Option<String>,
    #[serde(default, deserialize_with = "lenient::string")]
    decision: String,
}

impl Parameters {
    fn request(&self) -> Request {
        Request {
            response_type: self.response_type.clone(),
            client_id: self.client_id.clone(),
            redirect_uri: self.redirect_uri.clone(),
            scope: self.scope.clone(),
            state: self.state.clone(),
            code_challenge: self.code_challenge.clone(),
            code_challenge_method: self.code_challenge_method.clone(),
        }
    }

    /// The parameters to send along again, by name; the wish for a fresh sign-in is none of them.
    fn named(&self) -> Vec<(String, String)> {
        let mut named = named(&self.request());
        named.extend(self.lang.clone().map(|lang| ("lang".to_owned(), lang)));
        named
    }

    fn forces_login(&self) -> bool {
        matches!(self.force_login.as_deref(), Some("true" | "1" | "t" | "on"))
    }
}

/// The parameters of a request, by name.
fn named(request: &Request) -> Vec<(String, String)> {
    [
        ("response_type", &request.response_type),
        ("client_id", &request.client_id),
        ("redirect_uri", &request.redirect_uri),
        ("scope", &request.scope),
        ("state", &request.state),
        ("code_challenge", &request.code_challenge),
        ("code_challenge_method", &request.code_challenge_method),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name.to_owned(), value.clone()?)))
    .collect()
}

async fn ask(
    app: web::Data<App>,
    req: HttpRequest,
    caller: Caller,
    query: web::Query<Parameters>,
) -> Result<HttpResponse, WebError> {
    let request = query.request();
    if query.forces_login() {
        return Ok(frame::see_other(&sign_in_again(&query.named())));
    }
    who::admit_to_sandbox(caller.signed_in()?)?;
    let wish = match authorize::check(&app, &request).await? {
        Checked::Ask(wish) => wish,
        Checked::SendBack(url) => return Ok(to_app(&url)),
    };
    let words = language::words(&req, Some(&caller), query.lang.as_deref());
    let title = words.say("consent-title", []);
    let mut page = frame::page(&req, Some(&caller), title).await?;
    page.lang = words.0.code().to_owned();
    page.noindex = true;
    let page = ConsentPage {
        page,
        words: ConsentWords::of(words, &wish.app.name, wish.destination().as_deref()),
        website: wish.app.website.clone(),
        wishes: wishes(words, &wish.scopes),
        hidden: query.named(),
    };
    let mut response = frame::render(&req, &page)?;
    response.headers_mut().insert(
        header::CONTENT_SECURITY_POLICY,
        header::HeaderValue::from_static(content_policy::CONSENT),
    );
    Ok(response)
}

async fn decide(
    app: web::Data<App>,
    caller: Caller,
    form: form::Form<Parameters>,
) -> Result<HttpResponse, WebError> {
    let request = form.fields.request();
    let wish = match authorize::check(&app, &request).await? {
        Checked::Ask(wish) => wish,
        Checked::SendBack(url) => return Ok(to_app(&url)),
    };
    let outcome = if form.fields.decision == "allow" {
        authorize::allow(&app, caller.signed_in()?, &wish).await?
    } else {
        authorize::deny(&wish)
    };
    Ok(match outcome {
        Outcome::Redirect(url) => to_app(&url),
        Outcome::Show(code) => {
            let client = utf8_percent_encode(&wish.app.client_id, NON_ALPHANUMERIC);
            let lang = form.fields.lang.as_deref().unwrap_or_default();
            let lang = utf8_percent_encode(lang, NON_ALPHANUMERIC);
            frame::see_other(&format!(
                "/oauth/authorize/native?code={}&client_id={client}&lang={lang}",
                code.reveal()
            ))
        }
        Outcome::Nowhere => {
            let said = format!("{} was not let in.", wish.app.name);
            frame::see_other_with("/settings/apps", &Flash::done(said))
        }
    })
}

/// DELETE `/oauth/authorize`: no, whatever the form says.
async fn decline(
    app: web::Data<App>,
    caller: Caller,
    mut form: form::Form<Parameters>,
) -> Result<HttpResponse, WebError> {
    form.fields.decision.clear();
    decide(app, caller, form).await
}

#[derive(Deserialize)]
struct Code {
    #[serde(default)]
    code: String,
    #[serde(default)]
    client_id: String,
    #[serde(default)]
    lang: String,
}

async fn show_code(
    app: web::Data<App>,
    req: HttpRequest,
    caller: Caller,
    query: web::Query<Code>,
) -> Result<HttpResponse, WebError> {
    let name = apps::name_of(&app, &query.client_id).await?;
    let words = language::words(&req, Some(&caller), Some(&query.lang));
    let app = match name {
        Some(name) => apart(&name),
        None => words.say("consent-some-app", []),
    };
    let title = words.say("consent-code-title", []);
    let mut page = frame::page(&req, Some(&caller), title).await?;
    page.lang = words.0.code().to_owned();
    page.noindex = true;
    let page = CodePage {
        page,
        heading: words.say("consent-code", [("app", app.into())]),
        copy: words.say("consent-code-copy", []),
        code: query.code.chars().take(100).collect(),
    };
    frame::render(&req, &page)
}

/// 302, as apps expect it; the address is one that the app registered.
fn to_app(url: &str) -> HttpResponse {
    HttpResponse::Found()
        .insert_header((header::LOCATION, url))
        .finish()
}

/// The sign-in page, with the way back here; the wish for a fresh sign-in is used up by it.
fn sign_in_again(named: &[(String, String)]) -> String {
    let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let query: Vec<String> = named
        .iter()
        .map(|(name, value)| format!("{name}={}", encode(value)))
        .collect();
    let back = format!("/oauth/authorize?{}", query.join("&"));
    format!("/sign-in?return_to={}", encode(&back))
}

/// What the scopes mean, one sentence each, in their order.
fn wishes(words: Words, scopes: &Scopes) -> Vec<Wish> {
    scopes
        .words()
        .iter()
        .map(|scope| Wish {
            sentence: words.say(key_of(scope), []),
            heavy: scope.starts_with("admin:"),
            scope: scope.clone(),
        })
        .collect()
}

/// The key of what a scope means.
fn key_of(scope: &str) -> &'static str {
    match scope {
        "read" => "scope-read",
        "profile" => "scope-profile",
        "write" => "scope-write",
        "follow" => "scope-follow",
        "push" => "scope-push",
        "admin:read" => "scope-admin-read",
        "admin:write" => "scope-admin-write",
        "read:accounts" => "scope-read-accounts",
        "read:blocks" => "scope-read-blocks",
        "read:bookmarks" => "scope-read-bookmarks",
        "read:collections" => "scope-read-collections",
        "read:favourites" => "scope-read-favourites",
        "read:filters" => "scope-read-filters",
        "read:follows" => "scope-read-follows",
        "read:lists" => "scope-read-lists",
        "read:mutes" => "scope-read-mutes",
        "read:notifications" => "scope-read-notifications",
        "read:search" => "scope-read-search",
        "read:statuses" => "scope-read-statuses",
        "write:accounts" => "scope-write-accounts",
        "write:blocks" => "scope-write-blocks",
        "write:bookmarks" => "scope-write-bookmarks",
        "write:collections" => "scope-write-collections",
        "write:conversations" => "scope-write-conversations",
        "write:favourites" => "scope-write-favourites",
        "write:filters" => "scope-write-filters",
        "write:follows" => "scope-write-follows",
        "write:lists" => "scope-write-lists",
        "write:media" => "scope-write-media",
        "write:mutes" => "scope-write-mutes",
        "write:notifications" => "scope-write-notifications",
        "write:reports" => "scope-write-reports",
        "write:statuses" => "scope-write-statuses",
        admin if admin.starts_with("admin:read") => "scope-admin-read-part",
        admin if admin.starts_with("admin:write") => "scope-admin-write-part",
        _ => "scope-other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scope_has_words() {
        for scope in crate::domain::scopes::ALL {
            assert_ne!(key_of(scope), "scope-other", "{scope}");
        }
    }

    #[test]
    fn a_forced_sign_in_comes_back_to_the_same_request() {
        let request = Request {
            client_id: Some("a b".into()),
            state: Some("x&y".into()),
            ..Request::default()
        };
        let path = sign_in_again(&named(&request));
        let back =
            crate::door::forms::query_value(path.split_once('?').unwrap().1, "return_to").unwrap();
        assert_eq!(back, "/oauth/authorize?client_id=a%20b&state=x%26y");
        assert_eq!(frame::way_back(&back, ""), back);
    }
}
