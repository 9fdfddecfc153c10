//! Actors, notes and collections, as other servers fetch them. Browsers that come here are
//! led to the page that says the same.

use actix_web::{HttpRequest, web};
use serde::Deserialize;

use super::answer::{self, Answer};
use super::{asker, negotiate};
use crate::app::App;
use crate::domain::{Error, Id, Result, ids};
use crate::door::{Access, Alternative, Caching, Pending, Rate, Route};
use crate::social::documents::actors::{self, Bonds};
use crate::social::documents::deeds::{self, Deed};
use crate::social::documents::notes::{self, Counted};
use crate::social::documents::{self, Asker, Document};

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

/// The routes of this file. What is told by an `Update` or a `Delete` may be kept for a
/// minute; lists for less, since nobody is told when they grow.
pub const ROUTES: &[Route] = &[
    route("/ap/actor", 300, || web::to(instance)),
    route("/ap/actor/outbox", 300, || web::to(instance_outbox)),
    route("/ap/actors/{id}", 60, || web::to(actor)),
    route("/ap/actors/{id}/outbox", 15, || web::to(outbox)),
    route("/ap/actors/{id}/followers", 60, || web::to(followers)),
    route("/ap/actors/{id}/following", 60, || web::to(following)),
    route("/ap/actors/{id}/featured", 15, || web::to(featured)),
    route("/ap/notes/{id}", 60, || web::to(note)),
    route("/ap/notes/{id}/create", 60, || web::to(create)),
    route("/ap/notes/{id}/replies", 15, || web::to(replies)),
    route("/ap/notes/{id}/likes", 60, || web::to(likes)),
    route("/ap/notes/{id}/shares", 60, || web::to(shares)),
    route("/ap/boosts/{id}", 60, || web::to(boost)),
    route("/ap/follows/{id}", 60, || web::to(follow)),
    route("/ap/likes/{id}", 60, || web::to(like)),
    route("/ap/blocks/{id}", 60, || web::to(block)),
];

/// Pages whose address gives a document to those who ask for one.
pub const ALTERNATIVES: &[Alternative] = &[
    Alternative {
        route: route("/@{name}", 60, || web::to(named_actor)),
        when: negotiate::wants_document,
    },
    Alternative {
        route: route("/@{name}/{id}", 60, || web::to(named_note)),
        when: negotiate::wants_document,
    },
];

/// The number of a thing in an address; what cannot be one is not there.
fn number(text: &str) -> Result<Id> {
    ids::parse(text).ok_or(Error::NotFound)
}

async fn answered(app: &App, asker: &Asker, document: Document) -> Answer {
    let private = !asker.is_stranger() || asker::must_sign(app).await?;
    Ok(answer::document(document.body, private))
}

/// 410 for what was here and is gone for everybody.
async fn or_gone(app: &App, path: String, found: Result<Document>) -> Result<Document> {
    match found {
        Err(Error::NotFound) if documents::is_gone(app, &app.url(&path)).await? => Err(Error::Gone),
        found => found,
    }
}

async fn instance(app: web::Data<App>) -> Answer {
    Ok(answer::document(actors::instance(&app).await?, false))
}

async fn instance_outbox(app: web::Data<App>) -> Answer {
    Ok(answer::document(actors::instance_outbox(&app), false))
}

async fn actor(req: HttpRequest, app: web::Data<App>, id: web::Path<String>) -> Answer {
    let id = number(&id)?;
    if negotiate::wants_page(req.headers()) {
        return to_page(actors::actor(&app, &Asker::STRANGER, id).await?);
    }
    let asker = asker::who(&req, &app).await?;
    let found = actors::actor(&app, &asker, id).await;
    let found = or_gone(&app, format!("/ap/actors/{id}"), found).await?;
    answered(&app, &asker, found).await
}

async fn named_actor(req: HttpRequest, app: web::Data<App>, name: web::Path<String>) -> Answer {
    let asker = asker::who(&req, &app).await?;
    answered(&app, &asker, actors::named(&app, &asker, &name).await?).await
}

async fn followers(req: HttpRequest, app: web::Data<App>, id: web::Path<String>) -> Answer {
    bonds(req, app, id, Bonds::Followers).await
}

async fn following(req: HttpRequest, app: web::Data<App>, id: web::Path<String>) -> Answer {
    bonds(req, app, id, Bonds::Following).await
}

async fn bonds(
    req: HttpRequest,
    app: web::Data<App>,
    id: web::Path<String>,
    which: Bonds,
) -> Answer {
    let asker = asker::who(&req, &app).await?;
    let found = actors::bonds(&app, &asker, number(&id)?, which).await?;
    answered(&app, &asker, found).await
}

/// Which part of a collection. Nonsense counts as absent.
#[derive(Debug, Default, Deserialize)]
struct Turn {
    page: Option<String>,
    max_id: Option<String>,
    min_id: Option<String>,
}

impl Turn {
    /// A page, not the collection itself.
    fn is_page(&self) -> bool {
        self.page.as_deref() == Some("true") || self.max_id.is_some() || self.min_id.is_some()
    }
}

async fn outbox(
    req: HttpRequest,
    app: web::Data<App>,
    id: web::Path<String>,
    turn: web::Query<Turn>,
) -> Answer {
    let id = number(&id)?;
    let asker = asker::who(&req, &app).await?;
    let found = match turn.is_page() {
        false => actors::outbox(&app, &asker, id).await?,
        true => {
            let max_id = turn.max_id.as_deref().and_then(ids::parse);
            actors::outbox_page(&app, &asker, id, max_id).await?
        }
    };
    answered(&app, &asker, found).await
}

async fn featured(req: HttpRequest, app: web::Data<App>, id: web::Path<String>) -> Answer {
    let asker = asker::who(&req, &app).await?;
    let found = actors::featured(&app, &asker, number(&id)?).await?;
    answered(&app, &asker, found).await
}

async fn note(req: HttpRequest, app: web::Data<App>, id: web::Path<String>) -> Answer {
    let id = number(&id)?;
    if negotiate::wants_page(req.headers()) {
        return to_page(notes::note(&app, &Asker::STRANGER, id).await?);
    }
    let asker = asker::who(&req, &app).await?;
    let found = notes::note(&app, &asker, id).await;
    let found = or_gone(&app, format!("/ap/notes/{id}"), found).await?;
    answered(&app, &asker, found).await
}

async fn named_note(
    req: HttpRequest,
    app: web::Data<App>,
    path: web::Path<(String, String)>,
) -> Answer {
    let (name, id) = path.into_inner();
    let asker = asker::who(&req, &app).await?;
    let id = number(&id)?;
    let found = notes::on_page(&app, &asker, &name, id).await;
    let found = or_gone(&app, format!("/ap/notes/{id}"), found).await?;
    answered(&app, &asker, found).await
}

async fn create(req: HttpRequest, app: web::Data<App>, id: web::Path<String>) -> Answer {
    let asker = asker::who(&req, &app).await?;
    let id = number(&id)?;
    let found = notes::create(&app, &asker, id).await;
    let found = or_gone(&app, format!("/ap/notes/{id}"), found).await?;
    answered(&app, &asker, found).await
}

async fn boost(req: HttpRequest, app: web::Data<App>, id: web::Path<String>) -> Answer {
    let asker = asker::who(&req, &app).await?;
    let found = notes::boost(&app, &asker, number(&id)?).await?;
    answered(&app, &asker, found).await
}

async fn follow(req: HttpRequest, app: web::Data<App>, id: web::Path<String>) -> Answer {
    deed(req, app, id, Deed::Follow).await
}

async fn like(req: HttpRequest, app: web::Data<App>, id: web::Path<String>) -> Answer {
    deed(req, app, id, Deed::Favourite).await
}

async fn block(req: HttpRequest, app: web::Data<App>, id: web::Path<String>) -> Answer {
    deed(req, app, id, Deed::Block).await
}

async fn deed(req: HttpRequest, app: web::Data<App>, id: web::Path<String>, which: Deed) -> Answer {
    let asker = asker::who(&req, &app).await?;
    let found = deeds::deed(&app, &asker, which, number(&id)?).await?;
    answered(&app, &asker, found).await
}

async fn replies(
    req: HttpRequest,
    app: web::Data<App>,
    id: web::Path<String>,
    turn: web::Query<Turn>,
) -> Answer {
    let id = number(&id)?;
    let asker = asker::who(&req, &app).await?;
    let found = match turn.is_page() {
        false => notes::replies(&app, &asker, id).await?,
        true => {
            let min_id = turn.min_id.as_deref().and_then(ids::parse);
            notes::replies_page(&app, &asker, id, min_id).await?
        }
    };
    answered(&app, &asker, found).await
}

async fn likes(req: HttpRequest, app: web::Data<App>, id: web::Path<String>) -> Answer {
    counted(req, app, id, Counted::Likes).await
}

async fn shares(req: HttpRequest, app: web::Data<App>, id: web::Path<String>) -> Answer {
    counted(req, app, id, Counted::Shares).await
}

async fn counted(
    req: HttpRequest,
    app: web::Data<App>,
    id: web::Path<String>,
    which: Counted,
) -> Answer {
    let asker = asker::who(&req, &app).await?;
    let found = notes::counted(&app, &asker, number(&id)?, which).await?;
    answered(&app, &asker, found).await
}

fn to_page(document: Document) -> Answer {
    let page = document.page.ok_or(Error::NotFound)?;
    Ok(answer::see_page(&page))
}
