//! `/@NAME/ID`: one status in its thread.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use crate::activitypub::addresses;
use crate::app::App;
use crate::domain::{Error, ids};
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::social::backfill;
use crate::social::page::Shown;
use crate::social::shown;
use crate::text::{clean, html};
use crate::web::error::WebError;
use crate::web::frame::{self, see_other};
use crate::web::home::compose;
use crate::web::parts::compose::ComposeForm;
use crate::web::parts::layout::{Page, ShareCard};
use crate::web::parts::status::StatusCard;
use crate::web::render::account;
use crate::web::render::status::Eyes;

/// Characters of text that another site may show.
const CARD_TEXT: usize = 200;
/// Characters of text in the page's title.
const TITLE_TEXT: usize = 60;

/// A thread around one status.
#[derive(Template)]
#[template(path = "public/status.html")]
pub struct ThreadPage {
    /// The frame.
    pub page: Page,
    /// What it answers, from the root down.
    pub ancestors: Vec<StatusCard>,
    /// The one this page is about; `focused` is true.
    pub status: StatusCard,
    /// What answers it, depth first.
    pub descendants: Vec<Reply>,
    /// The box for a reply; `None` for those who cannot.
    pub compose: Option<ComposeForm>,
    /// What only the author or a member may do with it; `None` for strangers.
    pub more: Option<More>,
}

/// What is offered below the status that the page is about.
#[derive(Debug, Clone, Copy)]
pub struct More {
    /// It is pinned to the viewer's profile; `None` where it cannot be.
    pub pinned: Option<bool>,
    /// The viewer hears no more of this conversation.
    pub muted: bool,
}

/// One answer below.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The status.
    pub status: StatusCard,
    /// How deep it lies: 1 answers the status itself. Drawn up to 4.
    pub depth: i64,
}

impl Reply {
    /// The class that indents it.
    pub fn indent(&self) -> i64 {
        self.depth.clamp(1, 4)
    }
}

/// The routes of this file.
pub const ROUTES: &[Route] = &[Route {
    method: "GET",
    path: "/@{name}/{id}",
    access: Access::Page,
    pending: Pending::Allowed,
    rate: Rate::Usual,
    caching: Caching::Public(15),
    handler: || web::to(show),
}];

async fn show(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, WebError> {
    let (name, id) = path.into_inner();
    let id = ids::parse(&id).ok_or(Error::NotFound)?;
    let thread = shown::thread(&app, caller.viewer(), &name, id).await?;
    if let Some(who) = caller.maybe_member() {
        backfill::opened_thread(&app, &who, id);
    }
    let eyes = Eyes::of(&app, &caller);
    let mut status = eyes.card(&thread.status);
    if name != status.author.handle {
        return Ok(see_other(&status.path));
    }
    status.focused = true;
    let title = title(&thread.status);
    let mut page = frame::page(&req, Some(&caller), title).await?;
    page.canonical = Some(app.url(&status.path));
    page.noindex = !thread.status.author.discoverable;
    // What a stranger may see, any site may; what only some may see, none.
    if caller.viewer().is_none() {
        page.card = Some(card(&app, &thread.status, &status));
        let own = thread.status.author.is_local();
        page.document = own.then(|| addresses::note(&app.origin(), thread.status.parts.id));
    }
    let compose = caller
        .maybe_member()
        .map(|who| compose::answering(&app, &who, &thread.status, &eyes, &status.path));
    let bits = thread.status.row.bits;
    let template = ThreadPage {
        ancestors: eyes.cards(&thread.ancestors),
        descendants: thread
            .descendants
            .iter()
            .map(|(reply, depth)| Reply {
                status: eyes.card(reply),
                depth: *depth as i64,
            })
            .collect(),
        more: page.may_act().then_some(More {
            pinned: bits.pinned,
            muted: bits.muted,
        }),
        page,
        status,
        compose,
    };
    frame::render(&req, &template)
}

/// Who, and the first words: of the warning where there is one.
fn title(shown: &Shown) -> String {
    let name = account::name(&shown.author);
    match words(shown, TITLE_TEXT) {
        words if words.is_empty() => format!("Post by {name}"),
        words => format!("{name}: “{words}”"),
    }
}

/// The first words of a status, never what a warning hides.
fn words(shown: &Shown, most: usize) -> String {
    let text = match shown.parts.spoiler_text.is_empty() {
        true => html::html_to_text(&shown.parts.html),
        false => shown.parts.spoiler_text.clone(),
    };
    clean::excerpt(&clean::single_line(&text), most)
}

/// What other sites may show of a status. A picture only where nothing hides it.
fn card(app: &App, shown: &Shown, status: &StatusCard) -> ShareCard {
    let is_open = status.spoiler.is_empty() && !status.sensitive;
    let picture = status.media.first().filter(|_| is_open);
    let image = picture.map_or_else(
        || account::avatar(&shown.author, &app.remote_media.addresses),
        |picture| picture.preview_url.clone(),
    );
    ShareCard {
        kind: "article",
        title: format!(
            "{} (@{})",
            status.author.display_name,
            match shown.author.is_local() {
                true => format!(
                    "{}@{}",
                    shown.author.username, app.config.server.handle_domain
                ),
                false => status.author.handle.clone(),
            }
        ),
        description: words(shown, CARD_TEXT),
        image: Some(app.url(&image)),
    }
}
