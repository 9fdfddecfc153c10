//! Reports to the moderators.

use actix_web::HttpResponse;
use actix_web::web::{self, Data};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::answer::{Answer, urls};
use super::entities::Report as Entity;
use super::forms::lenient;
use super::render::writer;
use super::rows::deed;
use super::{BaseUrl, Params};
use crate::app::App;
use crate::domain::{Error, Id, ids};
use crate::door::{Caller, Route};
use crate::social::accounts::read;
use crate::social::report::{self, Category, Report};

/// What this file offers.
pub const ROUTES: &[Route] = &[deed("/api/v1/reports", "write:reports", || web::to(create))];

#[derive(Deserialize)]
struct ReportForm {
    #[serde(default, deserialize_with = "lenient::opt_id")]
    account_id: Option<Id>,
    #[serde(default, deserialize_with = "lenient::strings")]
    status_ids: Vec<String>,
    #[serde(default, deserialize_with = "lenient::string")]
    comment: String,
    #[serde(default, deserialize_with = "lenient::opt_word")]
    category: Option<String>,
    #[serde(default, deserialize_with = "lenient::opt_bool")]
    forward: Option<bool>,
}

async fn create(
    app: Data<App>,
    base: Data<BaseUrl>,
    caller: Caller,
    Params(form): Params<ReportForm>,
) -> Answer {
    let who = caller.member()?;
    let target = form.account_id.ok_or(Error::NotFound)?;
    let category = form.category.as_deref().and_then(Category::from_name);
    let forward = form.forward.unwrap_or(false);
    let made = report::report(
        &app,
        &who,
        Report {
            target,
            statuses: form
                .status_ids
                .iter()
                .filter_map(|id| ids::parse(id.trim()))
                .collect(),
            comment: form.comment,
            category: category.unwrap_or_default(),
            forward,
        },
    )
    .await?;
    let account = read::by_id(&app, target, &urls(&base)).await?;
    let mut json = Vec::with_capacity(1_500);
    writer::account(&mut json, &account.fragment, &account.counters);
    let target_account = RawValue::from_string(String::from_utf8_lossy(&json).into_owned());
    Ok(HttpResponse::Ok().json(Entity {
        id: made.id,
        action_taken: false,
        action_taken_at: (),
        category: category.unwrap_or_default().as_str(),
        comment: made.comment,
        forwarded: forward,
        created_at: app.clock.now(),
        status_ids: made.statuses.iter().map(i64::to_string).collect(),
        rule_ids: [],
        collection_ids: [],
        target_account: target_account.map_err(Error::from)?,
    }))
}
