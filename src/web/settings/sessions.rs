//! `/settings/sessions`: where you are signed in.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use crate::app::App;
use crate::domain::Error;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::identity::sessions;
use crate::web::error::WebError;
use crate::web::form::{Form, Nothing};
use crate::web::frame;
use crate::web::parts::layout::{Flash, Here, Page};
use crate::web::parts::moment::Moment;

/// Forms: `/settings/sessions/ID/revoke`, `/settings/sessions/revoke-others`.
#[derive(Template)]
#[template(path = "settings/sessions.html")]
pub struct SessionsPage {
    /// The frame.
    pub page: Page,
    /// The sessions, the current one first.
    pub sessions: Vec<SessionRow>,
}

/// One browser.
#[derive(Debug, Clone)]
pub struct SessionRow {
    /// Its id (not its secret), as text.
    pub id: String,
    /// Browser and system in words: `Firefox on Linux`; `Unknown browser` otherwise.
    pub browser: String,
    /// The address it last came from.
    pub address: String,
    /// When it signed in.
    pub created_at: Moment,
    /// When it was last seen.
    pub seen_at: Moment,
    /// The one that looks at this page.
    pub current: bool,
}

/// The routes of this file.
pub const ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/settings/sessions",
        access: Access::Session,
        pending: Pending::Allowed,
        rate: Rate::Usual,
        caching: Caching::Private,
        handler: || web::to(show),
    },
    Route {
        method: "POST",
        path: "/settings/sessions/revoke-others",
        access: Access::Session,
        pending: Pending::Allowed,
        rate: Rate::Write,
        caching: Caching::Private,
        handler: || web::to(revoke_others),
    },
    Route {
        method: "POST",
        path: "/settings/sessions/{id}/revoke",
        access: Access::Session,
        pending: Pending::Allowed,
        rate: Rate::Write,
        caching: Caching::Private,
        handler: || web::to(revoke),
    },
];

async fn show(
    app: web::Data<App>,
    req: HttpRequest,
    caller: Caller,
) -> Result<HttpResponse, WebError> {
    let who = caller.signed_in()?;
    let (current, now) = (sessions::current(who), app.clock.now());
    let rows = sessions::list(&app, who)
        .await?
        .into_iter()
        .map(|session| SessionRow {
            id: session.id.to_string(),
            browser: browser_in_words(&session.user_agent),
            address: session.network.map_or_else(
                || "an unknown address".to_owned(),
                |net| match net.prefix_len() == net.max_prefix_len() {
                    true => net.addr().to_string(),
                    false => net.to_string(),
                },
            ),
            created_at: Moment::new(session.created_at, now),
            seen_at: Moment::new(session.last_seen_at, now),
            current: Some(session.id) == current,
        })
        .collect();
    let mut page = frame::page(&req, Some(&caller), "Browsers").await?;
    page.here = Here::Settings;
    frame::render(
        &req,
        &SessionsPage {
            page,
            sessions: rows,
        },
    )
}

async fn revoke(
    app: web::Data<App>,
    caller: Caller,
    id: web::Path<String>,
    _: Form<Nothing>,
) -> Result<HttpResponse, WebError> {
    let id: i64 = id.parse().map_err(|_| Error::NotFound)?;
    sessions::revoke(&app, caller.signed_in()?, id).await?;
    let said = Flash::done("That browser is signed out.");
    Ok(frame::see_other_with("/settings/sessions", &said))
}

async fn revoke_others(
    app: web::Data<App>,
    caller: Caller,
    _: Form<Nothing>,
) -> Result<HttpResponse, WebError> {
    sessions::revoke_others(&app, caller.signed_in()?).await?;
    let said = Flash::done("All other browsers are signed out.");
    Ok(frame::see_other_with("/settings/sessions", &said))
}

/// `Firefox on Linux`, as far as a browser tells.
fn browser_in_words(agent: &str) -> String {
    // Order matters: most browsers name the ones they wish to be taken for as well.
    let browsers = [
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser", "Samsung Internet"),
        ("Vivaldi", "Vivaldi"),
        ("Firefox", "Firefox"),
        ("FxiOS", "Firefox"),
        ("Chrome", "Chrome"),
        ("CriOS", "Chrome"),
        ("Safari", "Safari"),
        ("Lynx", "Lynx"),
        ("w3m", "w3m"),
        ("curl", "curl"),
    ];
    let systems = [
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("CrOS", "ChromeOS"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
        ("BSD", "BSD"),
    ];
    let find = |list: &[(&str, &'static str)]| {
        list.iter()
            .find(|(sign, _)| agent.contains(sign))
            .map(|(_, name)| *name)
    };
    match (find(&browsers), find(&systems)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(browser), None) => browser.to_owned(),
        (None, Some(system)) => format!("Unknown browser on {system}"),
        (None, None) => "Unknown browser".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::browser_in_words;

    #[test]
    fn browsers_are_told_apart() {
        let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
        let edge = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) \
                    Chrome/140.0 Safari/537.36 Edg/140.0";
        let safari = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) \
                      AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/604.1";
        assert_eq!(browser_in_words(firefox), "Firefox on Linux");
        assert_eq!(browser_in_words(edge), "Edge on Windows");
        assert_eq!(browser_in_words(safari), "Safari on iPhone");
        assert_eq!(browser_in_words(""), "Unknown browser");
    }
}
