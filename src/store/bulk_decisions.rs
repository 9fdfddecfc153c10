//! `bulk_decisions`: one decision about many applications.

use chrono::{DateTime, Utc};
use diesel::sql_types::{BigInt, Timestamptz};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, SelectableHelper};
use diesel_async::RunQueryDsl;
use serde_json::Value;

use super::Conn;
use super::raw::raw;
use crate::domain::application::BulkAct;
use crate::domain::{Id, Result};
use crate::model::application::BulkDecision;
use crate::model::schema::bulk_decisions;

/// What is to be decided.
#[derive(Debug, Clone, PartialEq)]
pub struct NewBulk {
    /// Who decides.
    pub actor: Id,
    /// What.
    pub act: BulkAct,
    /// Words for each applicant.
    pub message: Option<String>,
    /// Whether they are told.
    pub told: bool,
    /// `[[application, hash], …]`.
    pub picks: Value,
    /// How many were chosen.
    pub total: i32,
    /// Decided already.
    pub done: Value,
    /// Left out already.
    pub left_out: Value,
    /// Whether nothing is left to do.
    pub finished: bool,
}

/// Writes one; gives its id.
pub async fn insert(conn: &mut Conn, new: &NewBulk, at: DateTime<Utc>) -> Result<Id> {
    let (id,): (Id,) = raw::<(BigInt,)>("SELECT next_id(?)")
        .bind::<Timestamptz, _>(at)
        .get_result(conn)
        .await?;
    diesel::insert_into(bulk_decisions::table)
        .values((
            bulk_decisions::id.eq(id),
            bulk_decisions::actor_id.eq(new.actor),
            bulk_decisions::act.eq(new.act),
            bulk_decisions::message.eq(&new.message),
            bulk_decisions::told.eq(new.told),
            bulk_decisions::picks.eq(&new.picks),
            bulk_decisions::total.eq(new.total),
            bulk_decisions::done.eq(&new.done),
            bulk_decisions::left_out.eq(&new.left_out),
            bulk_decisions::created_at.eq(at),
            bulk_decisions::finished_at.eq(new.finished.then_some(at)),
        ))
        .execute(conn)
        .await?;
    Ok(id)
}

/// One of them.
pub async fn find(conn: &mut Conn, id: Id) -> Result<Option<BulkDecision>> {
    Ok(bulk_decisions::table
        .find(id)
        .select(BulkDecision::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// One of them, held to the end of the transaction.
pub async fn lock(conn: &mut Conn, id: Id) -> Result<Option<BulkDecision>> {
    Ok(bulk_decisions::table
        .find(id)
        .for_update()
        .select(BulkDecision::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// How far it is now.
pub async fn note(
    conn: &mut Conn,
    id: Id,
    picks: &Value,
    done: &Value,
    left_out: &Value,
    finished_at: Option<DateTime<Utc>>,
) -> Result<()> {
    diesel::update(bulk_decisions::table.find(id))
        .set((
            bulk_decisions::picks.eq(picks),
            bulk_decisions::done.eq(done),
            bulk_decisions::left_out.eq(left_out),
            bulk_decisions::finished_at.eq(finished_at),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Notes that it is being taken back.
pub async fn set_undone(conn: &mut Conn, id: Id, by: Id, at: DateTime<Utc>) -> Result<()> {
    diesel::update(bulk_decisions::table.find(id))
        .set((
            bulk_decisions::undone_at.eq(at),
            bulk_decisions::undone_by.eq(by),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// The latest ones of this user since then, newest first, some few.
pub async fn latest(conn: &mut Conn, actor: Id, since: DateTime<Utc>) -> Result<Vec<BulkDecision>> {
    Ok(bulk_decisions::table
        .filter(bulk_decisions::actor_id.eq(actor))
        .filter(bulk_decisions::created_at.gt(since))
        .order(bulk_decisions::id.desc())
        .limit(3)
        .select(BulkDecision::as_select())
        .load(conn)
        .await?)
}

/// Forgets those from before `before`, a thousand at the most.
pub async fn forget(conn: &mut Conn, before: DateTime<Utc>) -> Result<usize> {
    Ok(raw::<()>(
        "DELETE FROM bulk_decisions WHERE id IN (SELECT id FROM bulk_decisions WHERE created_at < ? LIMIT 1000)",
    )
    .bind::<Timestamptz, _>(before)
    .execute(conn)
    .await?)
}
