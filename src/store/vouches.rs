//! `vouches`: members whom applicants name, the one question that they get, and what they say.

use chrono::{DateTime, Utc};
use diesel::OptionalExtension;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, SmallInt, Text, Timestamptz};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::raw::raw;
use crate::domain::vouch_answer::VouchAnswer;
use crate::domain::{Id, Result};

/// Writes down that an applicant names somebody; `false` where they named them before, or so many
/// already.
pub async fn insert(
    conn: &mut Conn,
    application: Id,
    name: &str,
    most: i64,
    at: DateTime<Utc>,
) -> Result<bool> {
    let written = raw::<()>(
        "WITH p AS (SELECT ?::bigint AS application, ?::text AS name, ?::bigint AS most, ?::timestamptz AS at) \
         INSERT INTO vouches (application_id, name, named_at) SELECT p.application, p.name, p.at FROM p \
         WHERE (SELECT count(*) FROM vouches v WHERE v.application_id = p.application) < p.most \
         ON CONFLICT DO NOTHING",
    )
    .bind::<BigInt, _>(application)
    .bind::<Text, _>(name.to_owned())
    .bind::<BigInt, _>(most)
    .bind::<Timestamptz, _>(at)
    .execute(conn)
    .await?;
    Ok(written == 1)
}

/// Asks those members whom an application names and who were not asked yet: who lives here in good
/// standing, and was asked fewer than `most` times since `since`. One statement, whether or not
/// anybody has such a name.
pub async fn ask(
    conn: &mut Conn,
    application: Id,
    (since, most): (DateTime<Utc>, i64),
    at: DateTime<Utc>,
) -> Result<()> {
    raw::<()>(
        "WITH p AS (SELECT ?::bigint AS application, ?::timestamptz AS since, ?::bigint AS most, ?::timestamptz AS at) \
         UPDATE vouches v SET user_id = u.id, asked_at = p.at \
         FROM p CROSS JOIN users u JOIN accounts a ON a.id = u.account_id \
         WHERE v.application_id = p.application AND v.asked_at IS NULL AND u.username = v.name \
           AND u.approved_at IS NOT NULL AND u.disabled_at IS NULL AND u.moved_at IS NULL AND a.flags & 3 = 0 \
           AND (SELECT count(*) FROM vouches o WHERE o.user_id = u.id AND o.asked_at > p.since) < p.most",
    )
    .bind::<BigInt, _>(application)
    .bind::<Timestamptz, _>(since)
    .bind::<BigInt, _>(most)
    .bind::<Timestamptz, _>(at)
    .execute(conn)
    .await?;
    Ok(())
}

/// The names that an application names, in that order: for its applicant.
pub async fn names(conn: &mut Conn, application: Id) -> Result<Vec<String>> {
    let rows: Vec<(String,)> =
        raw::<(Text,)>("SELECT name FROM vouches WHERE application_id = ? ORDER BY id LIMIT 20")
            .bind::<BigInt, _>(application)
            .load(conn)
            .await?;
    Ok(rows.into_iter().map(|(name,)| name).collect())
}

/// A member whom an application names: for staff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The name.
    pub name: String,
    /// They were asked.
    pub asked: bool,
    /// What they said.
    pub answer: Option<VouchAnswer>,
    /// They live here in good standing now: their word counts.
    pub counts: bool,
}

/// Whom an application names.
pub async fn list(conn: &mut Conn, application: Id) -> Result<Vec<Named>> {
    let rows = raw::<(Text, Bool, Nullable<SmallInt>, Bool)>(
        "SELECT v.name, v.asked_at IS NOT NULL, v.answer, \
                coalesce(u.approved_at IS NOT NULL AND u.disabled_at IS NULL AND a.flags & 3 = 0, false) \
         FROM vouches v LEFT JOIN users u ON u.id = v.user_id LEFT JOIN accounts a ON a.id = u.account_id \
         WHERE v.application_id = ? ORDER BY v.id LIMIT 20",
    )
    .bind::<BigInt, _>(application)
    .load::<(String, bool, Option<VouchAnswer>, bool)>(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(name, asked, answer, counts)| Named {
            name,
            asked,
            answer,
            counts,
        })
        .collect())
}

/// A question that waits for a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// `vouches.id`.
    pub id: i64,
    /// The name that the applicant wants.
    pub username: String,
    /// Their display name; may be empty.
    pub display_name: String,
    /// When it was asked.
    pub asked_at: DateTime<Utc>,
}

/// The questions that wait for a member, oldest first: about those who wait themselves.
pub async fn open(conn: &mut Conn, user: Id, most: i64) -> Result<Vec<Question>> {
    let rows = raw::<(BigInt, Text, Text, Timestamptz)>(
        "SELECT v.id, u.username, coalesce(f.display_name, ''), v.asked_at FROM vouches v \
         JOIN applications x ON x.id = v.application_id AND x.state IN (1, 2) JOIN users u ON u.id = x.user_id \
         LEFT JOIN applicant_profiles f ON f.user_id = u.id \
         WHERE v.user_id = ? AND v.answer IS NULL ORDER BY v.id LIMIT ?",
    )
    .bind::<BigInt, _>(user)
    .bind::<BigInt, _>(most)
    .load::<(i64, String, String, DateTime<Utc>)>(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(id, username, display_name, asked_at)| Question {
            id,
            username,
            display_name,
            asked_at,
        })
        .collect())
}

/// Writes down what a member says; gives the application, or `None` where nothing (more) is asked
/// of them.
pub async fn answer(
    conn: &mut Conn,
    id: i64,
    user: Id,
    answer: VouchAnswer,
    at: DateTime<Utc>,
) -> Result<Option<Id>> {
    let row: Option<(Id,)> = raw::<(BigInt,)>(
        "WITH p AS (SELECT ?::bigint AS id, ?::bigint AS who, ?::smallint AS answer, ?::timestamptz AS at) \
         UPDATE vouches v SET answer = p.answer, answered_at = p.at FROM p CROSS JOIN applications x \
         WHERE v.id = p.id AND v.user_id = p.who AND v.answer IS NULL AND x.id = v.application_id \
           AND x.state IN (1, 2) RETURNING x.id",
    )
    .bind::<BigInt, _>(id)
    .bind::<BigInt, _>(user)
    .bind::<SmallInt, _>(answer)
    .bind::<Timestamptz, _>(at)
    .get_result(conn)
    .await
    .optional()?;
    Ok(row.map(|(application,)| application))
}

/// Who was vouched for goes before the others. What was put aside stays aside.
pub async fn raise(conn: &mut Conn, application: Id) -> Result<()> {
    raw::<()>(
        "UPDATE applications SET lane = 0 WHERE id = ? AND state IN (1, 2) AND lane IN (1, 2)",
    )
    .bind::<BigInt, _>(application)
    .execute(conn)
    .await?;
    Ok(())
}

/// Why somebody is too near to an applicant to decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nearness {
    /// They invited them.
    Invited,
    /// They vouched for them.
    Vouched,
}

/// Which of these applications are from somebody whom this user invited or vouched for.
pub async fn near(conn: &mut Conn, user: Id, applications: &[Id]) -> Result<Vec<(Id, Nearness)>> {
    let rows: Vec<(Id, bool)> = raw::<(BigInt, Bool)>(
        "WITH p AS (SELECT ?::bigint AS who, ?::bigint[] AS ids) \
         SELECT x.id, true FROM p JOIN applications x ON x.id = ANY (p.ids) \
             JOIN invite_nodes n ON n.user_id = x.user_id JOIN invite_nodes m ON m.id = n.parent_id AND m.user_id = p.who \
         UNION ALL \
         SELECT v.application_id, false FROM p JOIN vouches v ON v.application_id = ANY (p.ids) \
             AND v.user_id = p.who AND v.answer = 0",
    )
    .bind::<BigInt, _>(user)
    .bind::<Array<BigInt>, _>(applications.to_vec())
    .load(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(id, invited)| match invited {
            true => (id, Nearness::Invited),
            false => (id, Nearness::Vouched),
        })
        .collect())
}
