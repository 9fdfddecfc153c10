//! What applicants do to their own applications, and what time does for them. Decisions are
//! in [`super::applications`].

use chrono::{DateTime, Utc};
use diesel::ExpressionMethods;
use diesel::QueryDsl;
use diesel::sql_types::{BigInt, SmallInt, Text, Timestamptz};
use diesel_async::RunQueryDsl;

use super::{Conn, applicants, raw};
use crate::domain::application::ApplicationState;
use crate::domain::{Id, Result};
use crate::model::question::Answer;
use crate::model::schema::{application_answers, applications};

/// Writes these answers in the place of all that were there.
pub async fn set_answers(conn: &mut Conn, application: Id, answers: &[Answer]) -> Result<()> {
    let kept: Vec<i64> = answers.iter().map(|a| a.question_version_id).collect();
    diesel::delete(application_answers::table)
        .filter(application_answers::application_id.eq(application))
        .filter(application_answers::question_version_id.ne_all(kept))
        .execute(conn)
        .await?;
    applicants::insert_answers(conn, application, answers).await
}

/// Writes where else the applicant lives, in their own words; counts as a change of what is
/// judged.
pub async fn set_elsewhere(conn: &mut Conn, id: Id, elsewhere: Option<&str>) -> Result<()> {
    diesel::update(applications::table.find(id))
        .set((
            applications::elsewhere.eq(elsewhere),
            applications::version.eq(applications::version + 1),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Counts a change of what is judged: whoever decides on what was there before is told.
pub async fn touch(conn: &mut Conn, id: Id) -> Result<()> {
    diesel::update(applications::table.find(id))
        .set(applications::version.eq(applications::version + 1))
        .execute(conn)
        .await?;
    Ok(())
}

/// After a silent no: what the applicant goes on seeing.
pub async fn set_shown(conn: &mut Conn, id: Id, shown: ApplicationState) -> Result<()> {
    diesel::update(applications::table.find(id))
        .set(applications::shown.eq(shown))
        .execute(conn)
        .await?;
    Ok(())
}

/// After a silent no before the address was confirmed: it is confirmed, as far as the
/// applicant sees, and stays until `erase_at`.
pub async fn confirm_silenced(
    conn: &mut Conn,
    id: Id,
    shown: ApplicationState,
    at: DateTime<Utc>,
    erase_at: DateTime<Utc>,
) -> Result<()> {
    diesel::update(applications::table.find(id))
        .set((
            applications::shown.eq(shown),
            applications::confirmed_at.eq(at),
            applications::erase_at.eq(erase_at),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Takes a no back to `pending`, appealed against; `false` when it was not at `version` any
/// more. What the reviewer wrote stays, to be read beside the appeal.
pub async fn appeal(conn: &mut Conn, id: Id, version: i32, at: DateTime<Utc>) -> Result<bool> {
    let changed = diesel::update(applications::table.find(id))
        .filter(applications::version.eq(version))
        .set((
            applications::state.eq(ApplicationState::Pending),
            applications::version.eq(version + 1),
            applications::appealed_at.eq(at),
            applications::decided_at.eq(None::<DateTime<Utc>>),
            applications::decided_by.eq(None::<i64>),
            applications::told.eq(false),
            applications::erase_at.eq(None::<DateTime<Utc>>),
        ))
        .execute(conn)
        .await?;
    Ok(changed == 1)
}

/// Since when an application is in its state: the latest of what moved it there. `a` is a row
/// of `applications`.
macro_rules! since {
    () => {
        "greatest(coalesce(a.confirmed_at, a.submitted_at), a.appealed_at, a.put_off_until, \
         (SELECT max(m.created_at) FROM application_messages m WHERE m.application_id = a.id AND m.kind IN (0, 1)))"
    };
}
pub(super) use since;

/// The same by its own row alone, with the time that the staff were given: never later than what
/// the response clock counts from. As the index `applications_oldest` has it.
macro_rules! since_at_least {
    () => {
        "greatest(coalesce(a.confirmed_at, a.submitted_at), a.appealed_at, a.put_off_until, a.response_from)"
    };
}
pub(super) use since_at_least;

/// From when on its applicant's time is counted: [`since`], and where a seal held it
/// ([`super::seals`]) as much later. The response clock of the staff runs on meanwhile.
macro_rules! counted_from {
    () => {
        concat!(
            "greatest(",
            $crate::store::waiting::since!(),
            ", a.waits_from)"
        )
    };
}
pub(super) use counted_from;

/// Applications whose applicants see them pending since before `before` and were not told so
/// yet, a batch; notes that they are told now. Those that were refused without a word are
/// among them: they see what everybody sees.
pub async fn remind(
    conn: &mut Conn,
    before: DateTime<Utc>,
    at: DateTime<Utc>,
    batch: i64,
) -> Result<Vec<(Id, Id)>> {
    Ok(raw::<(BigInt, BigInt)>(concat!(
        "WITH p AS (SELECT ?::timestamptz AS before, ?::timestamptz AS at, ?::bigint AS batch), \
         due AS (SELECT a.id FROM applications a, p WHERE (a.state = 1 OR (a.state = 4 AND NOT a.told AND a.shown = 1)) \
         AND a.reminded_at IS NULL AND coalesce(a.confirmed_at, a.submitted_at) < p.before AND ",
        counted_from!(),
        " < p.before ORDER BY a.id LIMIT (SELECT batch FROM p) FOR UPDATE OF a SKIP LOCKED) \
         UPDATE applications a SET reminded_at = p.at FROM p, due WHERE a.id = due.id RETURNING a.id, a.user_id"
    ))
    .bind::<Timestamptz, _>(before)
    .bind::<Timestamptz, _>(at)
    .bind::<BigInt, _>(batch)
    .load(conn)
    .await?)
}

/// Applications whose applicants see them in `state` since before `before` and were told
/// nothing since that moment, a batch; notes that they are told now. Those that were refused
/// without a word are among them.
pub async fn warn(
    conn: &mut Conn,
    state: ApplicationState,
    before: DateTime<Utc>,
    at: DateTime<Utc>,
    batch: i64,
) -> Result<Vec<Id>> {
    let rows: Vec<(i64,)> = raw::<(BigInt,)>(concat!(
        "WITH p AS (SELECT ?::smallint AS state, ?::timestamptz AS before, ?::timestamptz AS at, ?::bigint AS batch), \
         due AS (SELECT a.id FROM applications a, p WHERE (a.state = p.state OR (a.state = 4 AND NOT a.told AND a.shown = p.state)) \
         AND coalesce(a.confirmed_at, a.submitted_at) < p.before AND ",
        counted_from!(),
        " < p.before AND (a.reminded_at IS NULL OR a.reminded_at < p.at - p.before + ",
        counted_from!(),
        ") ORDER BY a.id LIMIT (SELECT batch FROM p) FOR UPDATE OF a SKIP LOCKED) \
         UPDATE applications a SET reminded_at = p.at FROM p, due WHERE a.id = due.id RETURNING a.id"
    ))
    .bind::<SmallInt, _>(state as i16)
    .bind::<Timestamptz, _>(before)
    .bind::<Timestamptz, _>(at)
    .bind::<BigInt, _>(batch)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// The domain of the address, after it was corrected; a change of what is judged. For an
/// application that is not over.
pub async fn set_mail_domain(conn: &mut Conn, user: Id, domain: &str) -> Result<()> {
    raw::<()>(
        "WITH p AS (SELECT ?::bigint AS user_id, ?::text AS domain)
         UPDATE applications a SET mail_domain = p.domain, version = version + 1 FROM p
         WHERE a.user_id = p.user_id AND a.state IN (0, 1, 2)",
    )
    .bind::<BigInt, _>(user)
    .bind::<Text, _>(domain.to_owned())
    .execute(conn)
    .await?;
    Ok(())
}
