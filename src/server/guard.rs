//! Enforces what the table of routes says, before a handler runs.
//!
//! ```text
//! row of the table ─> who is it? ─> how often? ─> may they? ─> handler ─> who may keep it?
//! ```
//!
//! A route outside the table is not guarded, so it gets no [`Caller`] and fails; a test
//! holds the router against the table.

use actix_web::body::MessageBody;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpResponse, ResponseError, web};
use chrono::SecondsFormat;
use chrono_tz::Tz;

use super::limits::{self, Counters, Standing as Spent};
use super::table;
use crate::app::App;
use crate::domain::ClientAddress;
use crate::domain::{Error, Result};
use crate::door::caller::{Facts, Who};
use crate::door::{Access, Caching, Caller, Pending, Rate, Route, forms, language};
use crate::gate::who::Standing;
use crate::gate::zone;
use crate::identity::access::{self, Bearer};
use crate::mastodon_api::{ApiError, BaseUrl};
use crate::secrets::token;
use crate::web as pages;

/// Binds a stranger's forms to their browser; holds nothing but chance.
const FORM_COOKIE: &str = "porch_form";

/// Middleware, the innermost.
pub async fn guard<B: MessageBody + 'static>(
    req: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let method = if req.method() == Method::HEAD {
        "GET"
    } else {
        req.method().as_str()
    };
    let row = req
        .match_pattern()
        .and_then(|pattern| table::find(method, &pattern, req.headers()));
    let Some(route) = row else {
        return Ok(next.call(req).await?.map_into_left_body());
    };
    let mut admission = Admission::default();
    match admission.check(&req, route).await {
        Ok(caller) => {
            let is_signed_in = caller.user().is_some() || caller.bearer().is_some();
            let shown_on = match route.access.is_web() {
                true => Some(zone_of(&req, &caller).await),
                false => None,
            };
            req.extensions_mut().insert(caller);
            let mut response = match shown_on {
                Some(zone) => zone::showing(zone, next.call(req)).await?,
                None => next.call(req).await?,
            };
            admission.add_headers(&mut response, route, is_signed_in);
            Ok(response.map_into_left_body())
        }
        Err(error) => {
            let answer = refusal(&req, route, &error).await;
            let mut response = req.into_response(answer);
            admission.add_headers(&mut response, route, true);
            Ok(response.map_into_right_body())
        }
    }
}

/// On whose clock a page shows times: the caller's, else that of the place; UTC where neither
/// can be read at the moment.
async fn zone_of(req: &ServiceRequest, caller: &Caller) -> Tz {
    let Ok(app) = handles(req) else {
        return Tz::UTC;
    };
    let zone = match caller.user() {
        Some(user) => zone::of(app, &user.user).await,
        None => zone::of_place(app).await,
    };
    zone.unwrap_or(Tz::UTC)
}

#[derive(Default)]
struct Admission {
    spent: Option<Spent>,
    form_cookie: Option<String>,
}

impl Admission {
    async fn check(&mut self, req: &ServiceRequest, route: &Route) -> Result<Caller> {
        let app = handles(req)?;
        let address = req
            .extensions()
            .get::<ClientAddress>()
            .copied()
            .unwrap_or(ClientAddress::UNKNOWN);
        let bearer = if route.access.is_web() {
            None
        } else {
            bearer(req)
        };
        let cookie = match route.access.is_web() {
            true => req
                .cookie(pages::session_cookie(app))
                .map(|c| token::digest(c.value())),
            false => None,
        };
        let who = match (route.access, bearer, cookie) {
            (Access::Open | Access::Deferred(_), ..) => Who::Nobody,
            (_, Some(digest), _) => match access::by_token(app, &digest).await? {
                Some(Bearer::User(user)) => Who::User(user),
                Some(Bearer::App { app_id, scopes }) => Who::App { app_id, scopes },
                None => Who::Nobody,
            },
            (_, _, Some(digest)) => match access::by_session(app, &digest).await? {
                Some(user) => Who::User(Box::new(user)),
                None => Who::Nobody,
            },
            _ => Who::Nobody,
        };
        self.spend(req, app, route, &who, bearer, address)?;
        if bearer.is_some()
            && matches!(who, Who::Nobody)
            && !matches!(route.access, Access::Open | Access::Deferred(_))
        {
            return Err(Error::SignIn("The access token is invalid"));
        }
        let who = may(route, who)?;
        let form_seed = self.form_seed(req, route, &who, cookie);
        Ok(Caller::new(Facts {
            who,
            address: address.0,
            bearer,
            form_seed,
        }))
    }

    fn spend(
        &mut self,
        req: &ServiceRequest,
        app: &App,
        route: &Route,
        who: &Who,
        bearer: Option<[u8; 32]>,
        address: ClientAddress,
    ) -> Result<()> {
        let Some(counters) = req.app_data::<web::Data<Counters>>() else {
            return Ok(());
        };
        let (key, is_user) = match (who, bearer, route.access) {
            (Who::User(user), ..) => (format!("user:{}", user.user.id), true),
            (Who::App { app_id, .. }, ..) => (format!("app:{app_id}:{}", address.network()), false),
            (_, Some(digest), Access::Deferred(_)) => (hex(&digest[..8]), true),
            _ => (format!("net:{}", address.network()), false),
        };
        let is_page_turn = ["max_id=", "min_id=", "since_id="]
            .iter()
            .any(|cursor| req.query_string().contains(cursor));
        let rate = match route.rate {
            Rate::Usual if is_page_turn && !route.access.is_web() => Rate::Paged,
            rate => rate,
        };
        let Some(budget) = limits::budget(rate, is_user) else {
            return Ok(());
        };
        let now = app.clock.now();
        // The usual budget and that of its kind count apart; the tighter one is told.
        let usual = match rate {
            Rate::Post | Rate::Follow => Rate::Write,
            rate => rate,
        };
        let mut spent = counters.count(usual, &key, budget, now);
        if is_user
            && !spent.exceeded
            && let Some(budget) = limits::family(rate, &app.config.limits)
        {
            let own = counters.count(rate, &key, budget, now);
            if own.exceeded || own.remaining < spent.remaining {
                spent = own;
            }
        }
        self.spent = Some(spent);
        if spent.exceeded {
            return Err(Error::TooMany {
                message: "Too many requests. Please wait a moment and try again.".into(),
                retry_at: spent.reset,
            });
        }
        Ok(())
    }

    fn form_seed(
        &mut self,
        req: &ServiceRequest,
        route: &Route,
        who: &Who,
        session: Option<[u8; 32]>,
    ) -> Option<[u8; 32]> {
        if !route.access.is_web() {
            return None;
        }
        if let (Who::User(_), Some(digest)) = (who, session) {
            return Some(digest);
        }
        if let Some(cookie) = req.cookie(FORM_COOKIE) {
            return Some(token::digest(cookie.value()));
        }
        if route.access != Access::Form {
            return None;
        }
        let fresh = token::Secret::random();
        let seed = fresh.digest();
        self.form_cookie = Some(fresh.reveal().to_owned());
        Some(seed)
    }

    fn add_headers<B>(&self, response: &mut ServiceResponse<B>, route: &Route, signed_in: bool) {
        let secure = handles_of(response).is_some_and(|app| app.config.server.secure_cookies());
        if let Some(value) = &self.form_cookie {
            let cookie = Cookie::build(FORM_COOKIE, value)
                .path("/")
                .http_only(true)
                .secure(secure)
                .same_site(SameSite::Lax)
                .finish();
            // Fails only for a value that is no cookie; ours is base64url.
            let _ = response.response_mut().add_cookie(&cookie);
        }
        let ok = response.status().is_success();
        let headers = response.headers_mut();
        if let (Some(spent), false) = (&self.spent, route.access.is_web()) {
            let reset = spent.reset.to_rfc3339_opts(SecondsFormat::Micros, true);
            for (name, value) in [
                ("x-ratelimit-limit", spent.limit.to_string()),
                ("x-ratelimit-remaining", spent.remaining.to_string()),
                ("x-ratelimit-reset", reset),
            ] {
                if let Ok(value) = HeaderValue::from_str(&value) {
                    headers.insert(HeaderName::from_static(name), value);
                }
            }
        }
        if route.access.is_web() {
            headers.append(header::VARY, HeaderValue::from_static("Cookie"));
            if table::has_alternative(route) {
                headers.append(header::VARY, HeaderValue::from_static("Accept"));
            }
        }
        if headers.contains_key(header::CACHE_CONTROL) {
            return;
        }
        let value = match route.caching {
            Caching::Immutable if ok => "public, max-age=31536000, immutable".to_owned(),
            Caching::Public(seconds) if ok && !signed_in && self.form_cookie.is_none() => {
                format!("public, max-age={seconds}")
            }
            _ => "private, no-store".to_owned(),
        };
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(header::CACHE_CONTROL, value);
        }
    }
}

/// What the row says of somebody who is known by now.
fn may(route: &Route, who: Who) -> Result<Who> {
    let user = match who {
        Who::User(user) => user,
        Who::App { app_id, scopes } => {
            return match route.access {
                Access::User(_) => {
                    Err(Error::invalid("This method requires an authenticated user"))
                }
                Access::Anyone(scope) | Access::App(scope) if !scopes.allows(scope) => {
                    Err(outside())
                }
                _ => Ok(Who::App { app_id, scopes }),
            };
        }
        Who::Nobody => {
            return match route.access {
                Access::User(_) | Access::App(_) => {
                    Err(Error::SignIn("The access token is invalid"))
                }
                Access::Session | Access::Desk | Access::Moderation | Access::Admin => {
                    Err(Error::SignIn("Please sign in first"))
                }
                _ => Ok(Who::Nobody),
            };
        }
    };
    if route
        .access
        .scope()
        .is_some_and(|scope| !user.allows(scope))
    {
        return Err(outside());
    }
    let staff = match route.access {
        Access::Desk => user.user.role.reviews_applications(),
        Access::Moderation => user.user.role.manages_reports(),
        Access::Admin => user.user.role.manages_settings(),
        _ => true,
    };
    if !staff {
        return Err(Error::NotFound);
    }
    if matches!(
        route.access,
        Access::Desk | Access::Moderation | Access::Admin
    ) {
        user.awake()?;
    }
    match (user.standing(), route.pending) {
        (Standing::Member, _) | (_, Pending::AnyStanding) => Ok(Who::User(user)),
        (Standing::Waiting, Pending::Allowed) => Ok(Who::User(user)),
        (Standing::Waiting, Pending::AsVisitor) => Ok(Who::Nobody),
        // On the web a page for everybody stays one, with its own menu for those who wait.
        (_, _) if matches!(route.access, Access::Page | Access::Form) => Ok(Who::User(user)),
        _ => Err(user.why_not()),
    }
}

fn outside() -> Error {
    Error::denied("This action is outside the authorized scopes")
}

async fn refusal(req: &ServiceRequest, route: &Route, error: &Error) -> HttpResponse {
    if route.access.is_web() {
        return pages::error::page_for(req.request(), error).await;
    }
    let error = ApiError(again(error));
    let words = language::of(req.request());
    match error.0 {
        Error::Broken(_) => error.error_response(),
        _ => error.respond(&BaseUrl::of(req.request()), words),
    }
}

/// The guard's own errors, once more: an error with a cause cannot be cloned.
fn again(error: &Error) -> Error {
    match error {
        Error::NotFound => Error::NotFound,
        Error::Gone => Error::Gone,
        Error::SignIn(sentence) => Error::SignIn(sentence),
        Error::Denied(sentence) => Error::Denied(sentence.clone()),
        Error::Closed(closed) => Error::Closed(closed.clone()),
        Error::Invalid(invalid) => Error::Invalid(invalid.clone()),
        Error::BadRequest(sentence) => Error::BadRequest(sentence.clone()),
        Error::Conflict(sentence) => Error::Conflict(sentence.clone()),
        Error::TooLarge(sentence) => Error::TooLarge(sentence.clone()),
        Error::TooMany { message, retry_at } => Error::TooMany {
            message: message.clone(),
            retry_at: *retry_at,
        },
        Error::Busy => Error::Busy,
        Error::Broken(cause) => Error::broken(format!("{cause:#}")),
    }
}

/// The token from the header or, as some apps send it, from the query (quirk 70).
fn bearer(req: &ServiceRequest) -> Option<[u8; 32]> {
    let header = req
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|v| v.to_str().ok());
    let from_header = header.and_then(|value| {
        let (scheme, rest) = value.split_once(' ')?;
        scheme
            .eq_ignore_ascii_case("bearer")
            .then(|| rest.trim().to_owned())
    });
    from_header
        .or_else(|| forms::query_value(req.query_string(), "access_token"))
        .or_else(|| forms::query_value(req.query_string(), "bearer_token"))
        .filter(|found| !found.is_empty())
        .map(|found| token::digest(&found))
}

fn handles(req: &ServiceRequest) -> Result<&App> {
    req.app_data::<web::Data<App>>()
        .map(|data| data.get_ref())
        .ok_or_else(|| Error::broken("the server was built without its App"))
}

fn handles_of<B>(response: &ServiceResponse<B>) -> Option<&App> {
    response
        .request()
        .app_data::<web::Data<App>>()
        .map(|data| data.get_ref())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
