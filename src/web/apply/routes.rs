//! The routes of everything that an applicant sees.

use actix_web::web;

use super::{answers, confirm, form, sent, waiting, withdraw};
use crate::door::{Access, Caching, Pending, Rate, Route};

/// A page of this part; what differs is named by each row below.
const PAGE: Route = Route {
    method: "GET",
    path: "",
    access: Access::Session,
    pending: Pending::AnyStanding,
    rate: Rate::Usual,
    caching: Caching::Private,
    handler: web::get,
};

/// Sends something.
const POST: Route = Route {
    method: "POST",
    rate: Rate::Door,
    ..PAGE
};

/// The routes of this folder.
pub const ROUTES: &[Route] = &[
    Route {
        path: "/apply",
        access: Access::Form,
        handler: || web::to(form::show),
        ..PAGE
    },
    Route {
        path: "/apply",
        access: Access::Form,
        handler: || web::to(form::send),
        ..POST
    },
    Route {
        path: "/apply/sent",
        access: Access::Page,
        handler: || web::to(sent::show),
        ..PAGE
    },
    Route {
        path: "/confirm",
        access: Access::Form,
        handler: || web::to(confirm::show),
        ..PAGE
    },
    Route {
        path: "/confirm",
        access: Access::Form,
        handler: || web::to(confirm::send),
        ..POST
    },
    Route {
        path: "/waiting",
        handler: || web::to(waiting::show),
        ..PAGE
    },
    Route {
        path: "/waiting/resend",
        handler: || web::to(waiting::resend),
        ..POST
    },
    Route {
        path: "/waiting/email",
        handler: || web::to(waiting::change_address),
        ..POST
    },
    Route {
        path: "/waiting/answers",
        pending: Pending::Allowed,
        handler: || web::to(answers::show),
        ..PAGE
    },
    Route {
        path: "/waiting/answers",
        pending: Pending::Allowed,
        handler: || web::to(answers::send),
        ..POST
    },
    Route {
        path: "/waiting/answer",
        pending: Pending::Allowed,
        handler: || web::to(answers::reply),
        ..POST
    },
    Route {
        path: "/waiting/vouch",
        pending: Pending::Allowed,
        handler: || web::to(waiting::name_member),
        ..POST
    },
    Route {
        path: "/waiting/appeal",
        handler: || web::to(answers::ask_again),
        ..POST
    },
    Route {
        path: "/waiting/again",
        handler: || web::to(withdraw::again),
        ..POST
    },
    Route {
        path: "/waiting/export",
        rate: Rate::Upload,
        handler: || web::to(withdraw::export),
        ..PAGE
    },
    Route {
        path: "/waiting/withdraw",
        handler: || web::to(withdraw::show),
        ..PAGE
    },
    Route {
        path: "/waiting/withdraw",
        handler: || web::to(withdraw::send),
        ..POST
    },
];
