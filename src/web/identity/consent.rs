//! `/oauth/authorize`: may this app act for you? And the code for apps without a browser.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

use crate::app::App;
use crate::domain::scopes::Scopes;
use crate::door::forms::lenient;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::gate::who;
use crate::identity::oauth::apps;
use crate::identity::oauth::authorize::{self, Checked, Outcome, Request};
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
    /// The app's name, as it gave it.
    pub app: String,
    /// The app's website; `None` without, or where it is no http(s) address.
    pub website: Option<String>,
    /// What it asks for, one sentence per scope.
    pub wishes: Vec<Wish>,
    /// Where the browser goes afterwards: the host, or `None` for a code to copy.
    pub redirect_host: Option<String>,
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

/// Shows the code of an out-of-band sign-in.
#[derive(Template)]
#[template(path = "identity/consent_code.html")]
pub struct CodePage {
    /// The frame.
    pub page: Page,
    /// The app's name.
    pub app: String,
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

    fn forces_login(&self) -> bool {
        matches!(self.force_login.as_deref(), Some("true" | "1" | "t" | "on"))
    }
}

/// The parameters to send along again, by name.
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
        return Ok(frame::see_other(&sign_in_again(&request)));
    }
    who::admit_to_sandbox(caller.signed_in()?)?;
    let wish = match authorize::check(&app, &request).await? {
        Checked::Ask(wish) => wish,
        Checked::SendBack(url) => return Ok(to_app(&url)),
    };
    let mut page = frame::page(&req, Some(&caller), "Let an app in").await?;
    page.noindex = true;
    let page = ConsentPage {
        page,
        app: wish.app.name.clone(),
        website: wish.app.website.clone(),
        wishes: wishes(&wish.scopes),
        redirect_host: wish.destination(),
        hidden: named(&request),
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
            frame::see_other(&format!(
                "/oauth/authorize/native?code={}&client_id={client}",
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
}

async fn show_code(
    app: web::Data<App>,
    req: HttpRequest,
    caller: Caller,
    query: web::Query<Code>,
) -> Result<HttpResponse, WebError> {
    let name = apps::name_of(&app, &query.client_id).await?;
    let mut page = frame::page(&req, Some(&caller), "Your code").await?;
    page.noindex = true;
    let page = CodePage {
        page,
        app: name.unwrap_or_else(|| "the app".to_owned()),
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
fn sign_in_again(request: &Request) -> String {
    let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let query: Vec<String> = named(request)
        .iter()
        .map(|(name, value)| format!("{name}={}", encode(value)))
        .collect();
    let back = format!("/oauth/authorize?{}", query.join("&"));
    format!("/sign-in?return_to={}", encode(&back))
}

/// What the scopes mean, one sentence each, in their order.
fn wishes(scopes: &Scopes) -> Vec<Wish> {
    scopes
        .words()
        .iter()
        .map(|scope| Wish {
            sentence: sentence(scope).to_owned(),
            heavy: scope.starts_with("admin:"),
            scope: scope.clone(),
        })
        .collect()
}

fn sentence(scope: &str) -> &'static str {
    match scope {
        "read" => "See everything that you can see, your settings and messages too",
        "profile" => "See your name and profile, and nothing else",
        "write" => "Do everything that you can do: post, delete, follow, change your profile",
        "follow" => "See and change whom you follow, mute and block",
        "push" => "Send you notifications",
        "admin:read" => "See all that staff can see, addresses and networks too",
        "admin:write" => "Act as staff: decide applications, limit and suspend accounts",
        "read:accounts" => "See accounts, yours too",
        "read:blocks" => "See whom you block",
        "read:bookmarks" => "See your bookmarks",
        "read:collections" => "See your collections",
        "read:favourites" => "See what you favourited",
        "read:filters" => "See your filters",
        "read:follows" => "See whom you follow",
        "read:lists" => "See your lists",
        "read:mutes" => "See whom you mute",
        "read:notifications" => "See your notifications",
        "read:search" => "Search for you",
        "read:statuses" => "See posts, those meant for you too",
        "write:accounts" => "Change your profile",
        "write:blocks" => "Block for you",
        "write:bookmarks" => "Change your bookmarks",
        "write:collections" => "Change your collections",
        "write:conversations" => "Mute and delete conversations",
        "write:favourites" => "Favourite posts",
        "write:filters" => "Change your filters",
        "write:follows" => "Follow and unfollow for you",
        "write:lists" => "Change your lists",
        "write:media" => "Upload pictures and other files",
        "write:mutes" => "Mute for you",
        "write:notifications" => "Clear your notifications",
        "write:reports" => "Report others",
        "write:statuses" => "Post, and delete what you posted",
        admin if admin.starts_with("admin:read") => "See a part of what staff can see",
        admin if admin.starts_with("admin:write") => "Do a part of what staff can do",
        _ => "Use another part of your account",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scope_has_words() {
        for scope in crate::domain::scopes::ALL {
            assert_ne!(
                sentence(scope),
                "Use another part of your account",
                "{scope}"
            );
        }
    }

    #[test]
    fn a_forced_sign_in_comes_back_to_the_same_request() {
        let request = Request {
            client_id: Some("a b".into()),
            state: Some("x&y".into()),
            ..Request::default()
        };
        let path = sign_in_again(&request);
        let back =
            crate::door::forms::query_value(path.split_once('?').unwrap().1, "return_to").unwrap();
        assert_eq!(back, "/oauth/authorize?client_id=a%20b&state=x%26y");
        assert_eq!(frame::way_back(&back, ""), back);
    }
}
