//! Fills the frame around every page, and answers with pages.

use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::error::WebError;
use super::parts::layout::{Flash, Page, Place, Viewer};
use super::parts::moment::Moment;
use crate::app::App;
use crate::domain::registration_mode::ModeReason;
use crate::domain::switch::Stage;
use crate::domain::{Error, Result};
use crate::door::Caller;
use crate::gate;
use crate::gate::who::{Rights, SignedIn, Standing};
use crate::secrets::keyed;
use crate::social;

/// Carries one message over a redirect. What is in it is escaped like any text.
const FLASH: &str = "porch_flash";

/// The frame for this request. `caller` is `None` only where no route matched.
pub async fn page(
    req: &HttpRequest,
    caller: Option<&Caller>,
    title: impl Into<String>,
) -> Result<Page> {
    let app = app(req)?;
    let instance = app.instance().await?;
    let door = gate::mode::shown(app).await?;
    let place = Place {
        name: instance.title.clone(),
        domain: app.config.server.handle_domain.clone(),
        light_on: door.takes_applications(),
        takes_applications: door.takes_applications(),
        source_url: app.config.server.source_url.clone(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    let csrf = caller
        .and_then(Caller::form_seed)
        .map(|seed| keyed::csrf_token(&app.keys.csrf, &seed));
    let mut page = Page::new(title, place, csrf.unwrap_or_default());
    page.path = req
        .uri()
        .path_and_query()
        .map_or("/", |p| p.as_str())
        .to_owned();
    page.flash = read_flash(req);
    if let Some(user) = caller.and_then(Caller::user) {
        page.viewer = viewer(app, user).await?;
        page.outdated = page.viewer.as_ref().is_some_and(|viewer| viewer.may_review)
            && door.is_held_by(ModeReason::Outdated);
        let switch = gate::switch::shown(app).await?;
        // Who can end it is led home, not told how to leave.
        let comes_home = gate::who::reviewer(user).is_ok() && gate::switch::lift::is_due(&switch);
        page.in_distress =
            user.standing() == Standing::Member && switch.stage >= Stage::Distress && !comes_home;
        let at_home = page.path == "/home" || page.path.starts_with("/home?");
        if page.in_distress || at_home {
            let heir = gate::away::heir::shown(app).await?;
            page.heir_asked = at_home && heir.asked == Some(user.user.id);
            page.heir_soon = heir
                .notice
                .filter(|_| page.in_distress)
                .map(|(name, until)| (name, Moment::new(until, until).day()));
        }
        page.was_away = comes_home && !page.path.starts_with("/desk/away");
    }
    Ok(page)
}

/// The page as an answer. Takes away the message it showed.
pub fn render(req: &HttpRequest, template: &impl Template) -> Result<HttpResponse, WebError> {
    let html = template
        .render()
        .map_err(|e| Error::broken(format!("a template: {e}")))?;
    let mut response = HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .body(html);
    if req.cookie(FLASH).is_some() {
        // One person's message is in it, whoever they are.
        response.headers_mut().insert(
            header::CACHE_CONTROL,
            header::HeaderValue::from_static("private, no-store"),
        );
        let mut gone = Cookie::build(FLASH, "").path("/").finish();
        gone.make_removal();
        response
            .add_cookie(&gone)
            .map_err(|e| Error::broken(format!("a cookie: {e}")))?;
    }
    Ok(response)
}

/// The page of a form that has to be mended: 422.
pub fn refused(mut page: HttpResponse) -> HttpResponse {
    *page.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    page
}

/// 303: the answer to a form that worked.
pub fn see_other(path: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, path.to_owned()))
        .finish()
}

/// 303, with a message on the next page.
pub fn see_other_with(path: &str, flash: &Flash) -> HttpResponse {
    let text: String = flash.text.chars().take(500).collect();
    let value = format!("{}:{text}", flash.kind.word());
    let value = percent_encoding::utf8_percent_encode(&value, percent_encoding::NON_ALPHANUMERIC);
    let cookie = Cookie::build(FLASH, value.to_string())
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .max_age(Duration::seconds(60))
        .finish();
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, path.to_owned()))
        .cookie(cookie)
        .finish()
}

/// A path of ours out of a `return_to` field, or `otherwise`: never another site (T8).
pub fn way_back(wanted: &str, otherwise: &str) -> String {
    let ours = wanted.starts_with('/')
        && !wanted.starts_with("//")
        && wanted.len() <= 2000
        && !wanted.contains(['\\', '\r', '\n', '\t', '\0']);
    if ours {
        wanted.to_owned()
    } else {
        otherwise.to_owned()
    }
}

/// The handles of this process.
pub fn app(req: &HttpRequest) -> Result<&App> {
    req.app_data::<web::Data<App>>()
        .map(|data| data.get_ref())
        .ok_or_else(|| Error::broken("the server was built without its App"))
}

fn read_flash(req: &HttpRequest) -> Option<Flash> {
    let cookie = req.cookie(FLASH)?;
    let value = percent_encoding::percent_decode_str(cookie.value())
        .decode_utf8()
        .ok()?;
    let (kind, text) = value.split_once(':')?;
    let text: String = text.chars().take(500).collect();
    match kind {
        "done" => Some(Flash::done(text)),
        "note" => Some(Flash::note(text)),
        "trouble" => Some(Flash::trouble(text)),
        _ => None,
    }
}

async fn viewer(app: &App, who: &SignedIn) -> Result<Option<Viewer>> {
    let standing = who.standing();
    if standing == Standing::Disabled {
        return Ok(None);
    }
    let menu = match standing {
        Standing::Member => social::menu::read(app, who.user.account_id).await?,
        _ => Default::default(),
    };
    let reviewer = gate::who::reviewer(who).ok();
    let waiting_applications = match &reviewer {
        Some(reviewer) => gate::applications::review::count(app, reviewer).await?,
        None => 0,
    };
    let name = who.user.username.clone();
    Ok(Some(Viewer {
        display_name: if menu.display_name.is_empty() {
            name.clone()
        } else {
            menu.display_name
        },
        name,
        avatar_url: menu.avatar_path.map_or_else(
            || crate::files::default_pictures::AVATAR_PATH.to_owned(),
            |path| format!("/{path}"),
        ),
        may_review: who.user.role.reviews_applications(),
        missing_factor: match who.rights() {
            Rights::Asleep => {
                Some("Your staff rights sleep until you set a second factor.".to_owned())
            }
            Rights::Grace(until) => Some(format!(
                "From {} on your staff rights sleep, unless you set a second factor.",
                Moment::new(until, who.at).full()
            )),
            Rights::None | Rights::Awake => None,
        },
        waiting_applications,
        waiting: standing != Standing::Member,
        unread_notifications: menu.unread,
        asked: menu.asked,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_is_never_to_another_site() {
        assert_eq!(way_back("/@ann/1?x=y", "/home"), "/@ann/1?x=y");
        for evil in [
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "",
            "javascript:1",
            "/\t/evil.example",
        ] {
            assert_eq!(way_back(evil, "/home"), "/home", "{evil:?}");
        }
    }
}
