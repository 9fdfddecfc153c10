//! `/health`: for proxies and supervisors.

use std::time::Duration;

use actix_web::{HttpResponse, http::header, web};

use crate::store;

use super::Prepared;

/// A database that does not answer in this time is away.
const PATIENCE: Duration = Duration::from_secs(2);

/// The one route here.
pub fn routes(routes: &mut web::ServiceConfig) {
    routes.route("/health", web::get().to(health));
}

/// 200 `ok` while the place can answer requests; 503 while the database is away. Redis does not
/// count: without it the place is slower, not wrong.
async fn health(prepared: web::Data<Prepared>) -> HttpResponse {
    let asked = async {
        let mut conn = prepared.pool.get().await?;
        store::clock::read(&mut conn).await
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
