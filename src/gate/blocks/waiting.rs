//! Whom a block would touch among those who wait, and doing it to them.

use chrono::TimeDelta;
use diesel_async::AsyncConnection;
use serde_json::json;

use super::rule::{Rule, Wanted};
use crate::app::App;
use crate::domain::application::ApplicationState;
use crate::domain::block_severity::BlockSeverity;
use crate::domain::{Error, Id, Result};
use crate::gate::applications::reject;
use crate::gate::who::Admin;
use crate::store::door_blocks_waiting::{self as rows, Waiting};
use crate::store::{self, Conn};

/// Names that are shown of those who would be touched.
pub const SAMPLES: usize = 20;
/// Applications in one transaction.
const BATCH: usize = 200;
/// From a no to the erasure.
const ERASED_AFTER: TimeDelta = reject::ERASED_AFTER;

/// Who would be touched.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Touched {
    /// How many.
    pub count: usize,
    /// Some of them, the oldest: application and name.
    pub samples: Vec<(Id, String)>,
}

/// Looks whom a block would touch. Changes nothing.
pub async fn look(app: &App, _who: &Admin, rule: &Rule) -> Result<Touched> {
    let mut conn = app.desk.get().await?;
    let found = find(&mut conn, rule).await?;
    let samples = found.iter().take(SAMPLES);
    Ok(Touched {
        count: found.len(),
        samples: samples
            .map(|one| (one.application, one.username.clone()))
            .collect(),
    })
}

async fn find(conn: &mut Conn, rule: &Rule) -> Result<Vec<Waiting>> {
    match rule {
        Rule::Network(network) => rows::from_network(conn, *network).await,
        Rule::Mail { domain, hosts } => rows::with_mail(conn, domain, *hosts).await,
        Rule::Name { .. } => {
            let mut all = rows::all(conn).await?;
            all.retain(|one| rule.is_about_name(&one.username));
            Ok(all)
        }
    }
}

/// Does it to them: refuses them in silence, or puts them aside. In transactions of 200, each
/// with its audit line; gives how many. Nobody is told, so nobody listens: there is no event.
pub(super) async fn apply(app: &App, who: &Admin, block: Id, wanted: &Wanted) -> Result<usize> {
    let mut conn = app.desk.get().await?;
    let found = find(&mut conn, &wanted.rule).await?;
    let ids: Vec<Id> = found.into_iter().map(|one| one.application).collect();
    let mut done = 0;
    for batch in ids.chunks(BATCH) {
        done += conn
            .transaction(async |conn| {
                let now = app.clock.decide(conn).await?;
                let (act, touched) = match wanted.severity {
                    BlockSeverity::Aside => {
                        ("block.set_aside", rows::set_aside(conn, batch).await?)
                    }
                    BlockSeverity::Refuse => {
                        let by = who.user().id;
                        let gone = rows::refuse(conn, batch, by, now, now + ERASED_AFTER).await?;
                        remember(app, conn, &gone, now).await?;
                        ("block.refuse", gone.len())
                    }
                };
                let ids: Vec<String> = batch.iter().map(Id::to_string).collect();
                let mut detail = wanted.rule.detail();
                detail["count"] = json!(touched);
                detail["applications"] = json!(ids);
                super::note(conn, who, act, block, (detail, None), now).await?;
                Ok::<_, Error>(touched)
            })
            .await?;
    }
    Ok(done)
}

/// What follows from each no: tokens end, hashes are kept.
async fn remember(
    app: &App,
    conn: &mut Conn,
    gone: &[(Id, Id)],
    now: chrono::DateTime<chrono::Utc>,
) -> Result<()> {
    let (ids, users): (Vec<Id>, Vec<Id>) = gone.iter().copied().unzip();
    store::applicants::end_tokens(conn, &users, now).await?;
    let people = store::users::find_many(conn, &users).await?;
    for id in ids {
        let Some(application) = store::applications::find(conn, id).await? else {
            continue;
        };
        if let Some(user) = people.iter().find(|user| user.id == application.user_id) {
            reject::remember(app, conn, &application, user, now).await?;
        }
    }
    debug_assert_eq!(ApplicationState::Rejected as i16, 4);
    Ok(())
}
