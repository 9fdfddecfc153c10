//! OAuth for apps: tokens, their end, whom one stands for, and what this server can (quirks
//! 62 to 69 and 72). The
//! consent page is the web door's.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;
use serde::Deserialize;
use serde_json::json;

use super::answer::{Answer, urls};
use super::entities::{Empty, OauthMetadata, Token, UserInfo};
use super::error::OauthError;
use super::render::credentials;
use super::rows::{deed, own};
use super::{ApiError, BaseUrl, Params, pending};
use crate::app::App;
use crate::domain::scopes;
use crate::door::forms::lenient;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::identity::oauth::Fault;
use crate::identity::oauth::apps::Client;
use crate::identity::oauth::revoke;
use crate::identity::oauth::token::{self, Grant};
use crate::secrets::Secret;
use crate::social::accounts::read;

/// The routes of this file.
pub const ROUTES: &[Route] = &[
    Route {
        method: "POST",
        path: "/oauth/token",
        access: Access::Open,
        pending: Pending::AnyStanding,
        rate: Rate::SignIn,
        caching: Caching::Private,
        handler: || web::to(issue),
    },
    Route {
        method: "POST",
        path: "/oauth/revoke",
        access: Access::Open,
        pending: Pending::AnyStanding,
        rate: Rate::SignIn,
        caching: Caching::Private,
        handler: || web::to(end),
    },
    Route {
        method: "GET",
        path: "/.well-known/oauth-authorization-server",
        access: Access::Open,
        pending: Pending::AnyStanding,
        rate: Rate::Usual,
        caching: Caching::Public(300),
        handler: || web::to(metadata),
    },
    own("/oauth/userinfo", "profile", Pending::Allowed, || {
        web::to(user_info)
    }),
    // OpenID Connect asks for both verbs.
    deed("/oauth/userinfo", "profile", || web::to(user_info))
        .at_rate(Rate::Usual)
        .sandboxed(),
];

#[derive(Deserialize)]
struct TokenForm {
    #[serde(default, deserialize_with = "lenient::opt_word")]
    grant_type: Option<String>,
    #[serde(default, deserialize_with = "lenient::opt_word")]
    client_id: Option<String>,
    #[serde(default, deserialize_with = "lenient::opt_word")]
    client_secret: Option<String>,
    #[serde(default, deserialize_with = "lenient::opt_word")]
    code: Option<String>,
    #[serde(default, deserialize_with = "lenient::opt_word")]
    redirect_uri: Option<String>,
    #[serde(default, deserialize_with = "lenient::opt_word")]
    code_verifier: Option<String>,
    #[serde(default, deserialize_with = "lenient::strings")]
    scope: Vec<String>,
}

async fn issue(
    app: web::Data<App>,
    req: HttpRequest,
    Params(form): Params<TokenForm>,
) -> Result<HttpResponse, OauthError> {
    let grant = Grant {
        grant_type: form.grant_type,
        client: client(&req, form.client_id, form.client_secret),
        code: form.code.map(Secret::new),
        redirect_uri: form.redirect_uri,
        code_verifier: form.code_verifier,
        scope: Some(form.scope.join(" ")),
    };
    let issued = token::issue(&app, grant).await.map_err(told)?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::PRAGMA, "no-cache"))
        .json(Token::bearer(
            issued.token.reveal().to_owned(),
            issued.scope,
            issued.created_at.timestamp(),
        )))
}

#[derive(Deserialize)]
struct RevokeForm {
    #[serde(default, deserialize_with = "lenient::opt_word")]
    client_id: Option<String>,
    #[serde(default, deserialize_with = "lenient::opt_word")]
    client_secret: Option<String>,
    #[serde(default, deserialize_with = "lenient::opt_word")]
    token: Option<String>,
}

async fn end(
    app: web::Data<App>,
    req: HttpRequest,
    Params(form): Params<RevokeForm>,
) -> Result<HttpResponse, OauthError> {
    let client = client(&req, form.client_id, form.client_secret);
    let token = form.token.map(Secret::new);
    match revoke::revoke(&app, &client, token.as_ref()).await {
        Ok(()) => Ok(HttpResponse::Ok().json(Empty {})),
        // Apps know this one as 403.
        Err(Fault::Bad {
            code: code @ "unauthorized_client",
            description,
        }) => Ok(HttpResponse::build(StatusCode::FORBIDDEN)
            .json(json!({ "error": code, "error_description": description }))),
        Err(other) => Err(told(other)),
    }
}

async fn metadata(app: web::Data<App>) -> HttpResponse {
    HttpResponse::Ok().json(OauthMetadata {
        issuer: app.url("/"),
        authorization_endpoint: app.url("/oauth/authorize"),
        token_endpoint: app.url("/oauth/token"),
        revocation_endpoint: app.url("/oauth/revoke"),
        app_registration_endpoint: app.url("/api/v1/apps"),
        service_documentation: "https://docs.joinmastodon.org/".to_owned(),
        userinfo_endpoint: Some(app.url("/oauth/userinfo")),
        scopes_supported: scopes::ALL,
        response_types_supported: &["code"],
        response_modes_supported: &["query"],
        grant_types_supported: &["authorization_code", "client_credentials"],
        token_endpoint_auth_methods_supported: &["client_secret_basic", "client_secret_post"],
        code_challenge_methods_supported: &["S256"],
    })
}

async fn user_info(app: web::Data<App>, base: web::Data<BaseUrl>, caller: Caller) -> Answer {
    let account = if caller.is_waiting() {
        pending::credentials(&app, &caller.applicant()?)
            .await?
            .account
    } else {
        let who = caller.member()?;
        let own = read::own(&app, &who).await?;
        credentials::account(&urls(&base), &who, own).account
    };
    Ok(HttpResponse::Ok().json(UserInfo {
        iss: app.url("/"),
        sub: account.uri,
        name: match account.display_name.is_empty() {
            true => account.username.clone(),
            false => account.display_name,
        },
        preferred_username: account.username,
        profile: account.url,
        picture: account.avatar,
    }))
}

/// The app's proof: HTTP Basic if it is there, else the body.
fn client(req: &HttpRequest, id: Option<String>, secret: Option<String>) -> Client {
    basic(req).unwrap_or_else(|| Client {
        id,
        secret: secret.map(Secret::new),
    })
}

/// Both halves are form-encoded before they are joined (RFC 6749, 2.3.1).
fn basic(req: &HttpRequest) -> Option<Client> {
    let value = req.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, rest) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") || rest.len() > 1000 {
        return None;
    }
    let decoded = STANDARD.decode(rest.trim()).ok()?;
    let pair = String::from_utf8(decoded).ok()?;
    let (id, secret) = pair.split_once(':')?;
    let plain = |text: &str| Some(percent_decode_str(text).decode_utf8().ok()?.into_owned());
    Some(Client {
        id: Some(plain(id)?),
        secret: Some(Secret::new(plain(secret)?)),
    })
}

fn told(fault: Fault) -> OauthError {
    match fault {
        Fault::InvalidClient => OauthError::InvalidClient,
        Fault::Bad { code, description } => OauthError::Bad { code, description },
        Fault::Other(error) => OauthError::Other(ApiError(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    fn basic_of(value: &str) -> Option<(String, String)> {
        let req = TestRequest::default()
            .insert_header((header::AUTHORIZATION, value))
            .to_http_request();
        let client = basic(&req)?;
        Some((client.id?, client.secret?.reveal().to_owned()))
    }

    #[test]
    fn an_app_may_prove_itself_by_basic() {
        let encoded = STANDARD.encode("id:se%3Acret");
        let pair = Some(("id".to_owned(), "se:cret".to_owned()));
        assert_eq!(basic_of(&format!("Basic {encoded}")), pair);
        assert_eq!(basic_of(&format!("basic {encoded}")), pair);
        for other in ["Basic %%", "Bearer x", "Basic", &STANDARD.encode("nocolon")] {
            assert_eq!(basic_of(other), None, "{other}");
        }
    }
}
