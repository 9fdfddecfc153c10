//! Whom a block would touch among those who wait, and doing it to them.

use diesel_async::AsyncConnection;
use serde_json::{Value, json};

use super::rule::{Rule, Wanted};
use crate::app::App;
use crate::domain::block_severity::BlockSeverity;
use crate::domain::{Error, Id, Result, ids};
use crate::gate::applications::bulk;
use crate::gate::signs;
use crate::gate::who::Admin;
use crate::store::audit::NewLine;
use crate::store::door_blocks_waiting::{self as rows, Waiting};
use crate::store::{self, Conn};

/// Names that are shown of those who would be touched.
pub const SAMPLES: usize = 20;
/// Applications in one transaction.
const BATCH: usize = 200;

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

/// What was done to those who wait.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Applied {
    /// How many were refused, or put aside.
    pub count: usize,
    /// How many could not be: somebody else of the staff decides about them, or they changed.
    pub left_out: usize,
    /// The acts by which they were refused, which name who was left out, and can be taken back.
    pub acts: Vec<Id>,
    /// Why the rest waits: too many such acts in an hour.
    pub held: Option<String>,
}

/// Does it to them: refuses them in silence, by the rules of every decision about many, or puts
/// them aside, in transactions of 200.
pub(super) async fn apply(app: &App, who: &Admin, block: Id, wanted: &Wanted) -> Result<Applied> {
    let mut conn = app.desk.get().await?;
    let found = find(&mut conn, &wanted.rule).await?;
    drop(conn);
    let ids: Vec<Id> = found.into_iter().map(|one| one.application).collect();
    match wanted.severity {
        BlockSeverity::Refuse => refuse(app, who, &ids).await,
        BlockSeverity::Aside => Ok(Applied {
            count: set_aside(app, who, block, &wanted.rule, &ids).await?,
            ..Applied::default()
        }),
    }
}

async fn refuse(app: &App, who: &Admin, ids: &[Id]) -> Result<Applied> {
    let reviewer = who.as_reviewer();
    let mut applied = Applied::default();
    for some in ids.chunks(bulk::MOST) {
        match bulk::turn_down_in_silence(app, &reviewer, some).await {
            Ok(acts) => applied.acts.extend(acts),
            Err(Error::Denied(sentence)) => {
                applied.held = Some(sentence.to_string());
            }
            Err(error) => return Err(error),
        }
    }
    for act in &applied.acts {
        let progress = bulk::progress(app, &reviewer, *act).await?;
        applied.count += progress.done;
        applied.left_out += progress.left_out.len();
    }
    Ok(applied)
}

async fn set_aside(app: &App, who: &Admin, block: Id, rule: &Rule, ids: &[Id]) -> Result<usize> {
    let mut done = 0;
    for batch in ids.chunks(BATCH) {
        let mut conn = app.desk.get().await?;
        done += conn
            .transaction(async |conn| {
                let now = app.clock.decide(conn).await?;
                let touched = rows::set_aside(conn, batch).await?;
                let ids: Vec<String> = touched.iter().map(|(id, _)| id.to_string()).collect();
                let mut detail = rule.detail();
                detail["count"] = json!(touched.len());
                detail["applications"] = json!(ids);
                let lanes: Vec<(String, i16)> = touched
                    .iter()
                    .map(|(id, lane)| (id.to_string(), *lane))
                    .collect();
                let inverse = (!lanes.is_empty()).then(|| json!({ "lanes": lanes }));
                super::note(conn, who, "block.set_aside", block, (detail, inverse), now).await?;
                Ok::<_, Error>(touched.len())
            })
            .await?;
    }
    Ok(done)
}

/// Those whom a line of the audit log put aside, with the lanes where they had been; `None` for
/// what says no such thing.
pub fn of_kept(inverse: &Value) -> Option<Vec<(Id, i16)>> {
    let lanes: Vec<(String, i16)> = serde_json::from_value(inverse["lanes"].clone()).ok()?;
    lanes
        .into_iter()
        .map(|(id, lane)| Some((ids::parse(&id)?, lane)))
        .collect()
}

/// Takes those who still wait aside out of there again, to the lanes where they had been.
pub async fn bring_back(app: &App, who: &Admin, lanes: &[(Id, i16)]) -> Result<()> {
    let mut conn = app.desk.get().await?;
    conn.transaction(async |conn| {
        let now = app.clock.decide(conn).await?;
        let back = rows::bring_back(conn, lanes).await?;
        let back: Vec<String> = back.iter().map(Id::to_string).collect();
        let line = NewLine {
            actor: Some(who.user().id),
            act: "block.bring_back",
            subject_kind: "block",
            subject: None,
            detail: json!({ "count": back.len(), "applications": back }),
            inverse: None,
        };
        store::audit::append(conn, line, now).await?;
        signs::act(conn, who, now).await
    })
    .await
}
