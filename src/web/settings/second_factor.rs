//! `/settings/second-factor`: what is set, and the way to each change of it.

mod change;
mod new;

pub use change::{CodesPage, ConfirmPage};
pub use new::{AppPage, PasskeyPage};

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use crate::app::App;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::gate::who::Rights;
use crate::identity::second_factor;
use crate::web::error::WebError;
use crate::web::frame;
use crate::web::parts::layout::{Here, Page};
use crate::web::parts::moment::Moment;

/// What is set.
#[derive(Template)]
#[template(path = "settings/second_factor.html")]
pub struct SecondFactorPage {
    /// The frame.
    pub page: Page,
    /// Since when an app makes codes, and when it last did.
    pub app: Option<(Moment, Option<Moment>)>,
    /// Passkeys, oldest first.
    pub passkeys: Vec<PasskeyRow>,
    /// Recovery codes that are left.
    pub codes_left: i64,
    /// They are of the staff: what their rights need.
    pub staff: bool,
}

/// One passkey.
#[derive(Debug, Clone)]
pub struct PasskeyRow {
    /// Its id.
    pub id: String,
    /// As it was named.
    pub name: String,
    /// Since when.
    pub created_at: Moment,
    /// When it was last used.
    pub used_at: Option<Moment>,
}

impl SecondFactorPage {
    /// Something is set.
    pub fn any(&self) -> bool {
        self.app.is_some() || !self.passkeys.is_empty()
    }
}

const fn get(path: &'static str, handler: fn() -> actix_web::Route) -> Route {
    Route {
        method: "GET",
        path,
        access: Access::Session,
        pending: Pending::Allowed,
        rate: Rate::Usual,
        caching: Caching::Private,
        handler,
    }
}

const fn post(path: &'static str, handler: fn() -> actix_web::Route) -> Route {
    Route {
        method: "POST",
        path,
        access: Access::Session,
        pending: Pending::Allowed,
        rate: Rate::SignIn,
        caching: Caching::Private,
        handler,
    }
}

/// The routes of these pages.
pub const ROUTES: &[Route] = &[
    get("/settings/second-factor", || web::to(show)),
    get("/settings/second-factor/app", || web::to(new::show_app)),
    post("/settings/second-factor/app", || web::to(new::set_app)),
    get("/settings/second-factor/passkey", || {
        web::to(new::show_passkey)
    }),
    post("/settings/second-factor/passkey", || {
        web::to(new::add_passkey)
    }),
    get("/settings/second-factor/change", || {
        web::to(change::confirm)
    }),
    post("/settings/second-factor/change", || web::to(change::act)),
];

async fn show(
    app: web::Data<App>,
    req: HttpRequest,
    caller: Caller,
) -> Result<HttpResponse, WebError> {
    let who = caller.signed_in()?;
    let set = second_factor::of(&app, who).await?;
    let now = app.clock.now();
    let mut page = frame::page(&req, Some(&caller), "Second factor").await?;
    page.here = Here::Settings;
    let page = SecondFactorPage {
        page,
        app: set.app.map(|factor| {
            (
                Moment::new(factor.created_at, now),
                factor.last_used_at.map(|at| Moment::new(at, now)),
            )
        }),
        passkeys: set
            .passkeys
            .into_iter()
            .map(|key| PasskeyRow {
                id: key.id.to_string(),
                name: key.name,
                created_at: Moment::new(key.created_at, now),
                used_at: key.last_used_at.map(|at| Moment::new(at, now)),
            })
            .collect(),
        codes_left: set.codes_left,
        staff: who.rights() != Rights::None,
    };
    frame::render(&req, &page)
}
