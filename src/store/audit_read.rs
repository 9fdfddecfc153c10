//! `audit_log`, read: by what is looked for, or from its start to its end; and the one way to let
//! lines of more than two years go.

use chrono::{DateTime, Utc};
use diesel::sql_types::{BigInt, Bool, Bytea, Jsonb, Nullable, Text, Timestamptz};
use diesel::{
    ExpressionMethods, OptionalExtension, PgTextExpressionMethods, QueryDsl, SelectableHelper,
};
use diesel_async::RunQueryDsl;
use serde_json::Value;

use super::raw::raw;
use super::{Conn, audit};
use crate::domain::{Id, Result};
use crate::model::audit::AuditLine;
use crate::model::schema::{audit_checkpoints, audit_log};

/// Who did something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// A user.
    User(Id),
    /// The command line, or the program itself.
    Host,
}

/// What is looked for; all of it has to fit.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sought {
    /// By whom.
    pub actor: Option<Actor>,
    /// How the act begins: `application.`, or the whole of it.
    pub act: String,
    /// To what, and which; 0 for any of that kind.
    pub subject: Option<(String, Id)>,
    /// From then on.
    pub from: Option<DateTime<Utc>>,
    /// Before then.
    pub until: Option<DateTime<Utc>>,
}

/// A page of what is looked for, newest first, below a line's id.
pub async fn page(
    conn: &mut Conn,
    sought: &Sought,
    below: Option<i64>,
    limit: i64,
) -> Result<Vec<AuditLine>> {
    let mut query = audit_log::table
        .select(AuditLine::as_select())
        .order(audit_log::id.desc())
        .limit(limit)
        .into_boxed();
    match sought.actor {
        Some(Actor::User(id)) => query = query.filter(audit_log::actor_user_id.eq(id)),
        Some(Actor::Host) => query = query.filter(audit_log::actor_user_id.is_null()),
        None => {}
    }
    if !sought.act.is_empty() {
        let plain = sought.act.replace(['%', '\\'], "").replace('_', "\\_");
        query = query.filter(audit_log::act.ilike(format!("{plain}%")));
    }
    if let Some((kind, id)) = &sought.subject {
        query = query.filter(audit_log::subject_kind.eq(kind.clone()));
        if *id != 0 {
            query = query.filter(audit_log::subject_id.eq(*id));
        }
    }
    if let Some(from) = sought.from {
        query = query.filter(audit_log::at.ge(from));
    }
    if let Some(until) = sought.until {
        query = query.filter(audit_log::at.lt(until));
    }
    if let Some(below) = below {
        query = query.filter(audit_log::id.lt(below));
    }
    Ok(query.load(conn).await?)
}

/// One line.
pub async fn find(conn: &mut Conn, id: i64) -> Result<Option<AuditLine>> {
    Ok(audit_log::table
        .find(id)
        .select(AuditLine::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// The lines after this id, oldest first.
pub async fn after(conn: &mut Conn, id: i64, limit: i64) -> Result<Vec<AuditLine>> {
    Ok(audit_log::table
        .filter(audit_log::id.gt(id))
        .order(audit_log::id.asc())
        .limit(limit)
        .select(AuditLine::as_select())
        .load(conn)
        .await?)
}

/// Where the log was cut last: the last line that went, and its hash.
pub async fn cut(conn: &mut Conn) -> Result<Option<(i64, Vec<u8>)>> {
    Ok(audit_checkpoints::table
        .order(audit_checkpoints::id.desc())
        .select((audit_checkpoints::last_id, audit_checkpoints::last_hash))
        .first(conn)
        .await
        .optional()?)
}

/// Whether this user read this very thing since then. Holds the log to the end of the
/// transaction, so that of two at once the second sees the first.
pub async fn was_read(
    conn: &mut Conn,
    user: Id,
    act: &str,
    subject: Option<Id>,
    detail: &Value,
    since: DateTime<Utc>,
) -> Result<bool> {
    audit::lock(conn).await?;
    let (found,): (bool,) = raw::<(Bool,)>(
        "WITH p AS (SELECT ?::bigint AS reader, ?::text AS act, ?::bigint AS subject, ?::jsonb AS detail, \
            ?::timestamptz AS since) \
         SELECT EXISTS (SELECT FROM (SELECT l.* FROM audit_log l, p WHERE l.actor_user_id = p.reader \
            ORDER BY l.id DESC LIMIT 200) l, p WHERE l.at > p.since AND l.act = p.act \
            AND l.subject_id IS NOT DISTINCT FROM p.subject AND l.detail = p.detail)",
    )
    .bind::<BigInt, _>(user)
    .bind::<Text, _>(act.to_owned())
    .bind::<Nullable<BigInt>, _>(subject)
    .bind::<Jsonb, _>(detail.clone())
    .bind::<Timestamptz, _>(since)
    .get_result(conn)
    .await?;
    Ok(found)
}

/// Lets lines go that are older than two years: cuts the log behind the last of them, a thousand
/// at the most. Gives the last line that went, and how many.
pub async fn forget(conn: &mut Conn, now: DateTime<Utc>) -> Result<Option<(i64, usize)>> {
    audit::lock(conn).await?;
    let cut: Option<(i64, Vec<u8>)> = raw::<(BigInt, Bytea)>(
        "WITH p AS (SELECT ?::timestamptz AS now), first AS (SELECT l.id, l.hash FROM audit_log l, p \
            WHERE l.at <= p.now - interval '2 years' ORDER BY l.id LIMIT 1000), \
         last AS (SELECT id, hash FROM first ORDER BY id DESC LIMIT 1) \
         INSERT INTO audit_checkpoints (at, last_id, last_hash) SELECT p.now, last.id, last.hash \
         FROM last, p RETURNING last_id, last_hash",
    )
    .bind::<Timestamptz, _>(now)
    .get_result(conn)
    .await
    .optional()?;
    let Some((last, _)) = cut else {
        return Ok(None);
    };
    let gone = diesel::delete(audit_log::table.filter(audit_log::id.le(last)))
        .execute(conn)
        .await?;
    Ok(Some((last, gone)))
}
