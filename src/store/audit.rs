//! `audit_log`: every act of staff, append-only, each line hashed over the one before (D27).

use chrono::{DateTime, SecondsFormat, Utc};
use diesel::sql_types::{Array, BigInt, Text, Timestamptz};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, SelectableHelper};
use diesel_async::RunQueryDsl;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::Conn;
use super::raw::raw;
use crate::domain::{Id, Page, Result};
use crate::model::audit::AuditLine;
use crate::model::schema::audit_log;

/// One writer at a time, to the end of its transaction: a chain has one last link.
const LOCK: &str = "SELECT pg_advisory_xact_lock(483127905129)::text";

/// What is to be written.
#[derive(Debug, Clone, PartialEq)]
pub struct NewLine {
    /// Who did it; `None` for the command line and the program itself.
    pub actor: Option<Id>,
    /// What: a verb with its object, such as `application.approve`.
    pub act: &'static str,
    /// What kind of thing it was done to, such as `application`.
    pub subject_kind: &'static str,
    /// Which.
    pub subject: Option<Id>,
    /// Facts; no secrets, no address.
    pub detail: Value,
    /// What would undo it.
    pub inverse: Option<Value>,
}

/// Writes a line. Call it late in a transaction: it holds up other staff until the commit.
pub async fn append(conn: &mut Conn, line: NewLine, at: DateTime<Utc>) -> Result<()> {
    append_all(conn, vec![line], at).await
}

/// The same with several lines, in their order; 1,000 at the most. Three statements.
pub async fn append_all(conn: &mut Conn, lines: Vec<NewLine>, at: DateTime<Utc>) -> Result<()> {
    if lines.is_empty() {
        return Ok(());
    }
    lock(conn).await?;
    let mut previous: Option<Vec<u8>> = audit_log::table
        .order(audit_log::id.desc())
        .select(audit_log::hash)
        .first(conn)
        .await
        .optional()?;
    let mut rows = Vec::with_capacity(lines.len());
    for line in lines {
        let hash = link(previous.as_deref(), &line, at);
        rows.push((
            audit_log::at.eq(at),
            audit_log::actor_user_id.eq(line.actor),
            audit_log::act.eq(line.act),
            audit_log::subject_kind.eq(line.subject_kind),
            audit_log::subject_id.eq(line.subject),
            audit_log::detail.eq(line.detail),
            audit_log::inverse.eq(line.inverse),
            audit_log::previous_hash.eq(previous.replace(hash.clone())),
            audit_log::hash.eq(hash),
        ));
    }
    diesel::insert_into(audit_log::table)
        .values(rows)
        .execute(conn)
        .await?;
    Ok(())
}

/// A page of the log, newest first, of one subject or of all.
pub async fn list_page(
    conn: &mut Conn,
    subject: Option<(&str, Id)>,
    page: Page,
) -> Result<Vec<AuditLine>> {
    let mut query = audit_log::table
        .select(AuditLine::as_select())
        .limit(page.limit)
        .into_boxed();
    if let Some((kind, id)) = subject {
        query = query
            .filter(audit_log::subject_kind.eq(kind.to_owned()))
            .filter(audit_log::subject_id.eq(id));
    }
    if let Some(max) = page.max_id {
        query = query.filter(audit_log::id.lt(max));
    }
    if let Some(above) = page.above() {
        query = query.filter(audit_log::id.gt(above));
    }
    if page.ascends() {
        let mut lines: Vec<AuditLine> = query.order(audit_log::id.asc()).load(conn).await?;
        lines.reverse();
        return Ok(lines);
    }
    Ok(query.order(audit_log::id.desc()).load(conn).await?)
}

/// Holds the log to the end of the transaction: nobody else writes a line meanwhile.
pub(super) async fn lock(conn: &mut Conn) -> Result<()> {
    raw::<(Text,)>(LOCK).get_result::<(String,)>(conn).await?;
    Ok(())
}

/// When each of these users did something that is in the log, last.
pub async fn last_acts(conn: &mut Conn, users: &[Id]) -> Result<Vec<(Id, DateTime<Utc>)>> {
    Ok(raw::<(BigInt, Timestamptz)>(
        "SELECT u.id, l.at FROM unnest(?::bigint[]) AS u (id) JOIN LATERAL \
         (SELECT at FROM audit_log WHERE actor_user_id = u.id ORDER BY id DESC LIMIT 1) l ON true",
    )
    .bind::<Array<BigInt>, _>(users.to_vec())
    .load(conn)
    .await?)
}

/// The chain link of a line read back: what [`append`] must have stored.
pub fn link_of(line: &AuditLine) -> Vec<u8> {
    chain(
        line.previous_hash.as_deref(),
        &[
            &time(line.at),
            &opt(line.actor_user_id),
            &line.act,
            &line.subject_kind,
            &opt(line.subject_id),
            &canonical(&line.detail),
            &line.inverse.as_ref().map(canonical).unwrap_or_default(),
        ],
    )
}

fn link(previous: Option<&[u8]>, line: &NewLine, at: DateTime<Utc>) -> Vec<u8> {
    chain(
        previous,
        &[
            &time(at),
            &opt(line.actor),
            line.act,
            line.subject_kind,
            &opt(line.subject),
            &canonical(&line.detail),
            &line.inverse.as_ref().map(canonical).unwrap_or_default(),
        ],
    )
}

/// SHA-256 over the link before and each field with its length.
fn chain(previous: Option<&[u8]>, fields: &[&str]) -> Vec<u8> {
    let mut hash = Sha256::new();
    hash.update(previous.unwrap_or_default());
    for field in fields {
        hash.update((field.len() as u64).to_be_bytes());
        hash.update(field.as_bytes());
    }
    hash.finalize().to_vec()
}

fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

fn opt(id: Option<Id>) -> String {
    id.map(|id| id.to_string()).unwrap_or_default()
}

/// jsonb keeps no order of keys, so they are sorted before hashing.
fn canonical(value: &Value) -> String {
    match value {
        Value::Object(map) => {
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort();
            let parts: Vec<String> = keys
                .iter()
                .map(|key| format!("{}:{}", Value::from(key.as_str()), canonical(&map[*key])))
                .collect();
            format!("{{{}}}", parts.join(","))
        }
        Value::Array(list) => {
            let parts: Vec<String> = list.iter().map(canonical).collect();
            format!("[{}]", parts.join(","))
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_order_of_keys_does_not_change_a_link() {
        let line = |detail| NewLine {
            actor: Some(1),
            act: "application.approve",
            subject_kind: "application",
            subject: Some(2),
            detail,
            inverse: None,
        };
        let at = DateTime::from_timestamp(1_800_000_000, 5_000).unwrap();
        let one = link(None, &line(json!({"a": 1, "b": [{"c": 2, "d": 3}]})), at);
        let other = link(None, &line(json!({"b": [{"d": 3, "c": 2}], "a": 1})), at);
        assert_eq!(one, other);
        assert_ne!(one, link(Some(b"x"), &line(json!({})), at));
        assert_ne!(
            link(None, &line(json!({"a": "1"})), at),
            link(None, &line(json!({"a": 1})), at)
        );
    }
}
