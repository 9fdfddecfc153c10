//! `/health`: for proxies and supervisors.

use std::time::Duration;

use actix_web::{HttpResponse, http::header, web};

use crate::app::App;
use crate::door::{Access, Caching, Pending, Rate, Route};

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

/// 200 `ok` while the place can answer requests; 503 while the database is away. Redis does not
/// count: without it the place is slower, not wrong.
async fn health(app: web::Data<App>) -> HttpResponse {
    let asked = async {
        let mut conn = app.pool.get().await?;
        app.clock.observe(&mut conn).await
    };
    let alive = matches!(tokio::time::timeout(PATIENCE, asked).await, Ok(Ok(_)));
    let (mut answer, body) = match alive {
        true => (HttpResponse::Ok(), "ok\n"),
        false => (
            HttpResponse::ServiceUnavailable(),
            "the database does not answer\n",
        ),
    };
    answer.content_type("text/plain; charset=utf-8");
    answer
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(body)
}
