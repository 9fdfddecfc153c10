//! `applications`: requests to join. A state changes by compare and set on `version` (D26).

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Nullable, SmallInt, Text, Timestamptz};
use diesel::{ExpressionMethods, JoinOnDsl, OptionalExtension, QueryDsl, SelectableHelper};
use diesel_async::RunQueryDsl;

use super::waiting::counted_from;
use super::{Conn, raw};
use crate::domain::application::{ApplicationState, Proof};
use crate::domain::lane::Lane;
use crate::domain::{Id, Result};
use crate::model::application::Application;
use crate::model::question::Answer;
use crate::model::schema::{application_answers, applications, users};
use crate::model::user::User;

/// One application.
pub async fn find(conn: &mut Conn, id: Id) -> Result<Option<Application>> {
    Ok(applications::table
        .find(id)
        .select(Application::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// One application, its row held to the end of the transaction.
pub async fn lock(conn: &mut Conn, id: Id) -> Result<Option<Application>> {
    Ok(applications::table
        .find(id)
        .select(Application::as_select())
        .for_update()
        .first(conn)
        .await
        .optional()?)
}

/// The latest application of a user, its row held to the end of the transaction.
pub async fn lock_latest(conn: &mut Conn, user: Id) -> Result<Option<Application>> {
    Ok(applications::table
        .filter(applications::user_id.eq(user))
        .order(applications::id.desc())
        .select(Application::as_select())
        .for_update()
        .first(conn)
        .await
        .optional()?)
}

/// The latest application of a user.
pub async fn find_latest(conn: &mut Conn, user: Id) -> Result<Option<Application>> {
    Ok(applications::table
        .filter(applications::user_id.eq(user))
        .order(applications::id.desc())
        .select(Application::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// The answers, in the order of their questions.
pub async fn answers(conn: &mut Conn, id: Id) -> Result<Vec<Answer>> {
    Ok(application_answers::table
        .filter(application_answers::application_id.eq(id))
        .order(application_answers::position.asc())
        .select(Answer::as_select())
        .limit(50)
        .load(conn)
        .await?)
}

/// The answers of several, for lists.
pub async fn answers_of(conn: &mut Conn, ids: &[Id]) -> Result<Vec<(Id, Answer)>> {
    Ok(application_answers::table
        .filter(application_answers::application_id.eq_any(ids.to_vec()))
        .order((
            application_answers::application_id.asc(),
            application_answers::position.asc(),
        ))
        .select((application_answers::application_id, Answer::as_select()))
        .load(conn)
        .await?)
}

/// How many drafts the users of these applications keep.
pub async fn draft_counts(conn: &mut Conn, users: &[Id]) -> Result<Vec<(Id, i64)>> {
    Ok(raw::<(BigInt, BigInt)>(
        "SELECT user_id, count(*) FROM drafts WHERE user_id = ANY (?) GROUP BY user_id",
    )
    .bind::<Array<BigInt>, _>(users.to_vec())
    .load(conn)
    .await?)
}

/// Several with whom they are from, their rows held to the end of the transaction, in the order
/// of their ids: two who decide many at once wait for each other and never in a circle.
pub async fn lock_many(conn: &mut Conn, ids: &[Id]) -> Result<Vec<(Application, User)>> {
    Ok(applications::table
        .inner_join(users::table.on(users::id.eq(applications::user_id)))
        .filter(applications::id.eq_any(ids.to_vec()))
        .order(applications::id)
        .select((Application::as_select(), User::as_select()))
        .for_update()
        .load(conn)
        .await?)
}

/// One application with whom it is from.
pub async fn find_card(conn: &mut Conn, id: Id) -> Result<Option<(Application, User)>> {
    Ok(applications::table
        .inner_join(users::table.on(users::id.eq(applications::user_id)))
        .filter(applications::id.eq(id))
        .select((Application::as_select(), User::as_select()))
        .first(conn)
        .await
        .optional()?)
}

/// A change of state.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// The state after it.
    pub state: ApplicationState,
    /// Who decided; `None` for the program.
    pub by: Option<Id>,
    /// What the applicant is told, beyond the decision.
    pub message: Option<String>,
    /// Whether the applicant is told at all.
    pub told: bool,
    /// When the user is erased.
    pub erase_at: Option<DateTime<Utc>>,
    /// What the reviewer had seen.
    pub snapshot: Option<Vec<u8>>,
}

/// Decides, if the row still has `version`; `false` when somebody was first.
pub async fn decide(
    conn: &mut Conn,
    id: Id,
    version: i32,
    decision: &Decision,
    at: DateTime<Utc>,
) -> Result<bool> {
    let changed = diesel::update(applications::table.find(id))
        .filter(applications::version.eq(version))
        .set((
            applications::state.eq(decision.state),
            applications::version.eq(version + 1),
            applications::decided_at.eq(at),
            applications::decided_by.eq(decision.by),
            applications::decision_message.eq(&decision.message),
            applications::told.eq(decision.told),
            applications::erase_at.eq(decision.erase_at),
            applications::snapshot_hash.eq(&decision.snapshot),
        ))
        .execute(conn)
        .await?;
    Ok(changed == 1)
}

/// One of many that are decided alike.
#[derive(Debug, Clone, PartialEq)]
pub struct OneOfMany {
    /// Which.
    pub id: Id,
    /// What the reviewer had seen.
    pub snapshot: Vec<u8>,
    /// Whether this applicant is told.
    pub told: bool,
    /// When the user is erased.
    pub erase_at: DateTime<Utc>,
}

const DECIDE_MANY: &str = "\
    WITH p AS (SELECT ?::bigint[] AS ids, ?::bytea[] AS hashes, ?::boolean[] AS tolds, ?::smallint AS state, \
        ?::bigint AS decider, ?::text AS words, ?::timestamptz[] AS ends, ?::timestamptz AS at) \
    UPDATE applications a SET state = p.state, version = a.version + 1, decided_at = p.at, decided_by = p.decider, \
        decision_message = CASE WHEN k.told THEN p.words END, told = k.told, erase_at = k.erase_at, snapshot_hash = k.hash \
    FROM p CROSS JOIN LATERAL unnest(p.ids, p.hashes, p.tolds, p.ends) AS k (id, hash, told, erase_at) WHERE a.id = k.id";

/// Decides many alike, whose rows the transaction holds; one statement. The decision's `told`,
/// `snapshot` and `erase_at` are those of each.
pub async fn decide_many(
    conn: &mut Conn,
    chosen: &[OneOfMany],
    decision: &Decision,
    at: DateTime<Utc>,
) -> Result<()> {
    use diesel::sql_types::{Bool, Bytea};
    raw::<()>(DECIDE_MANY)
        .bind::<Array<BigInt>, _>(chosen.iter().map(|c| c.id).collect::<Vec<_>>())
        .bind::<Array<Bytea>, _>(
            chosen
                .iter()
                .map(|c| c.snapshot.clone())
                .collect::<Vec<_>>(),
        )
        .bind::<Array<Bool>, _>(chosen.iter().map(|c| c.told).collect::<Vec<_>>())
        .bind::<SmallInt, _>(decision.state as i16)
        .bind::<Nullable<BigInt>, _>(decision.by)
        .bind::<Nullable<Text>, _>(decision.message.clone())
        .bind::<Array<Timestamptz>, _>(chosen.iter().map(|c| c.erase_at).collect::<Vec<_>>())
        .bind::<Timestamptz, _>(at)
        .execute(conn)
        .await?;
    Ok(())
}

/// Puts these off until then, once more; their rows the transaction holds.
pub async fn put_off(conn: &mut Conn, ids: &[Id], until: DateTime<Utc>) -> Result<()> {
    diesel::update(applications::table)
        .filter(applications::id.eq_any(ids.to_vec()))
        .set((
            applications::put_off_until.eq(until),
            applications::put_offs.eq(applications::put_offs + 1),
            applications::version.eq(applications::version + 1),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Takes the last putting off of these back; their rows the transaction holds.
pub async fn take_up_again(conn: &mut Conn, ids: &[Id]) -> Result<()> {
    diesel::update(applications::table)
        .filter(applications::id.eq_any(ids.to_vec()))
        .filter(applications::put_offs.gt(0))
        .set((
            applications::put_off_until.eq(None::<DateTime<Utc>>),
            applications::put_offs.eq(applications::put_offs - 1),
            applications::version.eq(applications::version + 1),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Where an application goes once its address is confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Confirm {
    /// The state after it.
    pub state: ApplicationState,
    /// Where it waits.
    pub lane: Lane,
    /// What the applicant's machine has given.
    pub proof: Proof,
}

/// Moves one on whose address was confirmed; `false` when it was not at `version` any more.
pub async fn confirm(
    conn: &mut Conn,
    id: Id,
    version: i32,
    to: Confirm,
    at: DateTime<Utc>,
) -> Result<bool> {
    let changed = diesel::update(applications::table.find(id))
        .filter(applications::version.eq(version))
        .set((
            applications::state.eq(to.state),
            applications::lane.eq(to.lane),
            applications::proof.eq(to.proof),
            applications::version.eq(version + 1),
            applications::confirmed_at.eq(at),
        ))
        .execute(conn)
        .await?;
    Ok(changed == 1)
}

/// Puts another state, with nothing decided; `false` when it was not at `version` any more.
pub async fn set_state(
    conn: &mut Conn,
    id: Id,
    version: i32,
    state: ApplicationState,
) -> Result<bool> {
    let changed = diesel::update(applications::table.find(id))
        .filter(applications::version.eq(version))
        .set((
            applications::state.eq(state),
            applications::version.eq(version + 1),
        ))
        .execute(conn)
        .await?;
    Ok(changed == 1)
}

/// The domain of another address.
pub async fn set_mail_domain(conn: &mut Conn, id: Id, domain: &str) -> Result<()> {
    diesel::update(applications::table.find(id))
        .set(applications::mail_domain.eq(domain))
        .execute(conn)
        .await?;
    Ok(())
}

/// Notes the first reading: from then on answers stand.
pub async fn set_read(conn: &mut Conn, id: Id, by: Id, at: DateTime<Utc>) -> Result<()> {
    diesel::update(applications::table.find(id))
        .filter(applications::read_at.is_null())
        .set((applications::read_at.eq(at), applications::read_by.eq(by)))
        .execute(conn)
        .await?;
    Ok(())
}

/// How many were sent since `since`: from this network, from the wider one around it, from
/// this mail domain, in all.
pub async fn sent_since(
    conn: &mut Conn,
    since: DateTime<Utc>,
    near: Option<ipnet::IpNet>,
    wide: Option<ipnet::IpNet>,
    mail_domain: Option<&str>,
) -> Result<(i64, i64, i64, i64)> {
    use diesel::sql_types::Inet;
    Ok(raw::<(BigInt, BigInt, BigInt, BigInt)>(
        "WITH p AS (SELECT ?::bigint AS first, ?::inet AS near, ?::inet AS wide, ?::text AS domain)
         SELECT count(*) FILTER (WHERE a.network <<= p.near), count(*) FILTER (WHERE a.network <<= p.wide),
                count(*) FILTER (WHERE a.mail_domain = p.domain), count(*)
         FROM applications a, p WHERE a.id >= p.first",
    )
    .bind::<BigInt, _>(crate::domain::ids::first_at(since))
    .bind::<Nullable<Inet>, _>(near)
    .bind::<Nullable<Inet>, _>(wide)
    .bind::<Nullable<Text>, _>(mail_domain.map(str::to_owned))
    .get_result(conn)
    .await?)
}

/// Application and user of those in a state since before a moment, a batch, oldest first;
/// rows that somebody decides at the moment are passed over. In a state since the
/// confirmation (or the sending, where there was none), and since whatever moved it there
/// later: a question of staff, the answer to it, an appeal, the end of a putting off.
pub async fn lock_older(
    conn: &mut Conn,
    state: ApplicationState,
    before: DateTime<Utc>,
    batch: i64,
) -> Result<Vec<(Id, Id)>> {
    Ok(raw::<(BigInt, BigInt)>(concat!(
        "WITH p AS (SELECT ?::smallint AS state, ?::timestamptz AS before, ?::bigint AS batch)
         SELECT a.id, a.user_id FROM applications a, p
         WHERE a.state = p.state AND coalesce(a.confirmed_at, a.submitted_at) < p.before AND ",
        counted_from!(),
        " < p.before ORDER BY a.id LIMIT (SELECT batch FROM p) FOR UPDATE OF a SKIP LOCKED",
    ))
    .bind::<SmallInt, _>(state as i16)
    .bind::<Timestamptz, _>(before)
    .bind::<BigInt, _>(batch)
    .load(conn)
    .await?)
}

/// Users whose time to be erased has come, a batch.
pub async fn lock_to_erase(conn: &mut Conn, at: DateTime<Utc>, batch: i64) -> Result<Vec<Id>> {
    let rows: Vec<(i64,)> = raw::<(BigInt,)>(
        "WITH p AS (SELECT ?::timestamptz AS at, ?::bigint AS batch)
         SELECT a.user_id FROM applications a, p WHERE a.erase_at <= p.at
         ORDER BY a.erase_at LIMIT (SELECT batch FROM p) FOR UPDATE OF a SKIP LOCKED",
    )
    .bind::<Timestamptz, _>(at)
    .bind::<BigInt, _>(batch)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Ends these by time: expired, to be erased at `erase_at`.
pub async fn expire(
    conn: &mut Conn,
    ids: &[Id],
    at: DateTime<Utc>,
    erase_at: DateTime<Utc>,
) -> Result<()> {
    diesel::update(applications::table)
        .filter(applications::id.eq_any(ids.to_vec()))
        .set((
            applications::state.eq(ApplicationState::Expired),
            applications::version.eq(applications::version + 1),
            applications::decided_at.eq(at),
            applications::erase_at.eq(erase_at),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Forgets what those approved before `before` wrote and where they came from, and what was
/// said about it, a batch; gives how many.
pub async fn forget_approved(conn: &mut Conn, before: DateTime<Utc>, batch: i64) -> Result<usize> {
    Ok(raw::<()>(
        "WITH p AS (SELECT ?::timestamptz AS before, ?::bigint AS batch),
         due AS (SELECT a.id FROM applications a, p WHERE a.state = 3 AND a.decided_at < p.before
             AND (a.network IS NOT NULL OR a.remark IS NOT NULL OR a.elsewhere IS NOT NULL
                 OR EXISTS (SELECT 1 FROM application_answers w WHERE w.application_id = a.id)
                 OR EXISTS (SELECT 1 FROM application_messages m WHERE m.application_id = a.id))
             LIMIT (SELECT batch FROM p)),
         answers AS (DELETE FROM application_answers w USING due WHERE w.application_id = due.id),
         said AS (DELETE FROM application_messages m USING due WHERE m.application_id = due.id)
         UPDATE applications a SET network = NULL, remark = NULL, elsewhere = NULL
         FROM due WHERE a.id = due.id",
    )
    .bind::<Timestamptz, _>(before)
    .bind::<BigInt, _>(batch)
    .execute(conn)
    .await?)
}

/// Frees the applications that this user was the first to read and nobody decided: they may
/// not decide them any more. When it was read stays.
pub async fn release_claims(conn: &mut Conn, user: Id) -> Result<usize> {
    super::application_claims::release_all(conn, user).await?;
    Ok(diesel::update(applications::table)
        .filter(applications::read_by.eq(user))
        .filter(applications::decided_at.is_null())
        .set(applications::read_by.eq(None::<i64>))
        .execute(conn)
        .await?)
}
