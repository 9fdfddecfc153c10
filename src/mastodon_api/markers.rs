//! How far timelines were read (quirk 131); a race is 409.

use actix_web::{HttpResponse, web};
use serde::Deserialize;

use super::Params;
use super::answer::Answer;
use super::entities::{Marker, Markers};
use crate::app::App;
use crate::domain::Id;
use crate::door::forms::lenient;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::social::markers::{self, HOME, NOTIFICATIONS, Position};

/// The routes of this file.
pub const ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/api/v1/markers",
        access: Access::User("read:statuses"),
        pending: Pending::Allowed,
        rate: Rate::Usual,
        caching: Caching::Private,
        handler: || web::to(show),
    },
    Route {
        method: "POST",
        path: "/api/v1/markers",
        access: Access::User("write:statuses"),
        pending: Pending::Allowed,
        rate: Rate::Usual,
        caching: Caching::Private,
        handler: || web::to(set),
    },
];

#[derive(Deserialize)]
struct ShowForm {
    #[serde(default, deserialize_with = "lenient::strings")]
    timeline: Vec<String>,
}

async fn show(app: web::Data<App>, caller: Caller, Params(form): Params<ShowForm>) -> Answer {
    let known = markers::all(&app, &caller.applicant()?).await?;
    let asked = |position: &&Position| {
        let name = if position.timeline == HOME {
            "home"
        } else {
            "notifications"
        };
        form.timeline.iter().any(|t| t == name)
    };
    Ok(HttpResponse::Ok().json(entity(known.iter().filter(asked))))
}

#[derive(Deserialize)]
struct Moved {
    #[serde(default, deserialize_with = "lenient::opt_id")]
    last_read_id: Option<Id>,
}

#[derive(Deserialize)]
struct SetForm {
    #[serde(default, deserialize_with = "lenient::opt_object")]
    home: Option<Moved>,
    #[serde(default, deserialize_with = "lenient::opt_object")]
    notifications: Option<Moved>,
}

async fn set(app: web::Data<App>, caller: Caller, Params(form): Params<SetForm>) -> Answer {
    let to = |timeline: i16, moved: Option<Moved>| {
        moved.and_then(|m| m.last_read_id).map(|id| (timeline, id))
    };
    let moves: Vec<(i16, Id)> = [to(HOME, form.home), to(NOTIFICATIONS, form.notifications)]
        .into_iter()
        .flatten()
        .collect();
    let moved = markers::set(&app, &caller.applicant()?, &moves).await?;
    Ok(HttpResponse::Ok().json(entity(moved.iter())))
}

fn entity<'a>(positions: impl Iterator<Item = &'a Position>) -> Markers {
    let mut markers = Markers::default();
    for position in positions {
        let marker = Marker {
            last_read_id: position.last_read_id,
            version: position.version,
            updated_at: position.updated_at,
        };
        match position.timeline {
            HOME => markers.home = Some(marker),
            _ => markers.notifications = Some(marker),
        }
    }
    markers
}
