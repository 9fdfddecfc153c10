//! The session cookie: set after a sign-in, taken away after a sign-out.

use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};

use crate::app::App;
use crate::domain::{ClientAddress, Result};
use crate::door::Caller;
use crate::identity::sessions;
use crate::identity::sign_in::{Browser, Opened};
use crate::secrets::Secret;
use crate::web::{frame, session_cookie};

/// As long as browsers keep one at the most; the session itself ends on the server, 30 days
/// after it was last seen.
const KEPT: Duration = Duration::days(400);

/// 303 to a path of ours, signed in.
pub fn signed_in(app: &App, opened: &Opened, path: &str) -> Result<HttpResponse> {
    let mut response = frame::see_other(path);
    set(app, &mut response, &opened.secret)?;
    Ok(response)
}

/// Gives the browser a session that was just opened.
pub fn set(app: &App, response: &mut HttpResponse, session: &Secret) -> Result<()> {
    let cookie = Cookie::build(session_cookie(app), session.reveal())
        .path("/")
        .http_only(true)
        .secure(app.config.server.secure_cookies())
        .same_site(SameSite::Lax)
        .max_age(KEPT)
        .finish();
    response.add_cookie(&cookie)?;
    Ok(())
}

/// 303 to the front page, signed out.
pub fn signed_out(app: &App) -> Result<HttpResponse> {
    let mut response = frame::see_other("/");
    let mut cookie = Cookie::build(session_cookie(app), "")
        .path("/")
        .http_only(true)
        .secure(app.config.server.secure_cookies())
        .finish();
    cookie.make_removal();
    response.add_cookie(&cookie)?;
    Ok(response)
}

/// The browser that asks, with the session it holds.
pub fn browser(req: &HttpRequest, caller: &Caller) -> Browser {
    let user_agent = req
        .headers()
        .get(header::USER_AGENT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
        .chars()
        .take(500)
        .collect();
    Browser {
        address: ClientAddress(caller.address()),
        user_agent,
        replaces: caller
            .user()
            .and_then(|user| Some((user.user.id, sessions::current(user)?))),
    }
}
