//! `branch_cuts`: branches of the tree of invites that were cut, and logins that go off and on
//! with them.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Nullable, Timestamptz};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, SelectableHelper};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::raw::raw;
use crate::domain::{Id, Result};
use crate::model::invite::BranchCut;
use crate::model::schema::branch_cuts;

/// What a cut did.
#[derive(Debug, Clone, PartialEq)]
pub struct NewCut {
    /// Where the branch begins.
    pub node: i64,
    /// Who cut it.
    pub actor: Id,
    /// `branch_cuts.kind`.
    pub kind: i16,
    /// Why.
    pub reason: String,
    /// Accounts whose invites it froze.
    pub frozen: Vec<Id>,
    /// Accounts that it limited or suspended.
    pub restrained: Vec<Id>,
    /// The decisions by which it turned people down.
    pub bulks: Vec<Id>,
    /// How many these were.
    pub turned_down: i32,
    /// Staff that it left alone.
    pub protected: Vec<String>,
}

/// Writes it down; gives its id.
pub async fn insert(conn: &mut Conn, new: &NewCut, at: DateTime<Utc>) -> Result<i64> {
    Ok(diesel::insert_into(branch_cuts::table)
        .values((
            branch_cuts::node_id.eq(new.node),
            branch_cuts::actor_id.eq(new.actor),
            branch_cuts::kind.eq(new.kind),
            branch_cuts::reason.eq(&new.reason),
            branch_cuts::frozen.eq(&new.frozen),
            branch_cuts::restrained.eq(&new.restrained),
            branch_cuts::bulks.eq(&new.bulks),
            branch_cuts::turned_down.eq(new.turned_down),
            branch_cuts::protected.eq(&new.protected),
            branch_cuts::created_at.eq(at),
        ))
        .returning(branch_cuts::id)
        .get_result(conn)
        .await?)
}

/// One of them.
pub async fn find(conn: &mut Conn, id: i64) -> Result<Option<BranchCut>> {
    Ok(branch_cuts::table
        .find(id)
        .select(BranchCut::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// The latest, so many at the most.
pub async fn list(conn: &mut Conn, most: i64) -> Result<Vec<BranchCut>> {
    Ok(branch_cuts::table
        .order(branch_cuts::id.desc())
        .limit(most)
        .select(BranchCut::as_select())
        .load(conn)
        .await?)
}

/// Notes that it was taken back; `false` where it was before. Of two who do it at once one does.
pub async fn set_mended(conn: &mut Conn, id: i64, by: Id, at: DateTime<Utc>) -> Result<bool> {
    let done = diesel::update(branch_cuts::table.find(id))
        .filter(branch_cuts::mended_at.is_null())
        .set((branch_cuts::mended_at.eq(at), branch_cuts::mended_by.eq(by)))
        .execute(conn)
        .await?;
    Ok(done == 1)
}

/// Switches the logins of these accounts off, and ends their sessions. What was off before stays
/// as it was.
pub async fn switch_off(conn: &mut Conn, accounts: &[Id], at: DateTime<Utc>) -> Result<()> {
    raw::<()>(
        "WITH p AS (SELECT ?::bigint[] AS accounts, ?::timestamptz AS at), \
         off AS (UPDATE users u SET disabled_at = p.at FROM p WHERE u.account_id = ANY (p.accounts) \
             AND u.disabled_at IS NULL RETURNING u.id) \
         DELETE FROM sessions s USING off WHERE s.user_id = off.id",
    )
    .bind::<Array<BigInt>, _>(accounts.to_vec())
    .bind::<Timestamptz, _>(at)
    .execute(conn)
    .await?;
    Ok(())
}

/// Switches those on again that went off at that very moment.
pub async fn switch_on(conn: &mut Conn, accounts: &[Id], off_at: DateTime<Utc>) -> Result<()> {
    raw::<()>("UPDATE users SET disabled_at = ? WHERE account_id = ANY (?) AND disabled_at = ?")
        .bind::<Nullable<Timestamptz>, _>(None::<DateTime<Utc>>)
        .bind::<Array<BigInt>, _>(accounts.to_vec())
        .bind::<Timestamptz, _>(off_at)
        .execute(conn)
        .await?;
    Ok(())
}
