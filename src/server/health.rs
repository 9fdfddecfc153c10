//! `/health`: for proxies and supervisors.

use std::time::Duration;

use actix_web::{HttpResponse, http::header, web};
use chrono::TimeDelta;

use crate::app::App;
use crate::door::{Access, Caching, Pending, Rate, Route};
use crate::store::{self, overdue::Overdue};

/// A database that does not answer in this time is away.
const PATIENCE: Duration = Duration::from_secs(2);

/// The one route here.
pub const ROUTES: &[Route] = &[Route {
    method: "GET",
    path: "/health",
    access: Access::Open,
    pending: Pending::AnyStanding,
    rate: Rate::Free,
    caching: Caching::Private,
    handler: || web::to(health),
}];

/// What should have left for so long waits: somebody should look.
const OVERDUE: TimeDelta = TimeDelta::minutes(15);

/// 200 `ok` while the place can answer requests; 503 while the database is away. Redis does not
/// count: without it the place is slower, not wrong. A second line says where events, mails or
/// webhooks wait for more than a quarter of an hour (E9); never what they are about: who asks may
/// be anybody.
async fn health(app: web::Data<App>) -> HttpResponse {
    let asked = async {
        let mut conn = app.pool.get().await?;
        app.clock.observe(&mut conn).await?;
        store::overdue::find(&mut conn, app.clock.now() - OVERDUE).await
    };
    let (mut answer, body) = match tokio::time::timeout(PATIENCE, asked).await {
        Ok(Ok(overdue)) => (HttpResponse::Ok(), words(overdue)),
        _ => (
            HttpResponse::ServiceUnavailable(),
            "the database does not answer\n".to_owned(),
        ),
    };
    answer.content_type("text/plain; charset=utf-8");
    answer
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(body)
}

fn words(overdue: Overdue) -> String {
    let mut said = "ok\n".to_owned();
    for (waits, what) in [
        (overdue.events, "events wait: does the worker run?\n"),
        (overdue.mails, "mails wait\n"),
        (overdue.hooks, "webhooks wait\n"),
    ] {
        said.push_str(if waits { what } else { "" });
    }
    said
}
