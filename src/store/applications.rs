//! `applications`: requests to join. A state changes by compare and set on `version` (D26).

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Nullable, SmallInt, Text, Timestamptz};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, JoinOnDsl, NullableExpressionMethods,
    OptionalExtension, PgTextExpressionMethods, QueryDsl, SelectableHelper,
};
use diesel_async::RunQueryDsl;

use super::waiting::since;
use super::{Conn, raw};
use crate::domain::application::{ApplicationState, Proof};
use crate::domain::lane::Lane;
use crate::domain::{Id, Page, Result};
use crate::model::application::{ApplicantProfile, Application};
use crate::model::question::Answer;
use crate::model::schema::{applicant_profiles, application_answers, applications, users};
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

/// The lanes that reviewers draw from.
const QUEUE: &[Lane] = &[Lane::Vouched, Lane::Waiting];

/// An application with whom it is from.
pub type InQueue = (Application, User, Option<ApplicantProfile>);

/// The parts of what came to the door.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum QueuePart {
    /// Vouched for or waiting: to be decided.
    #[default]
    Waiting,
    /// In line behind the queue.
    InLine,
    /// What a machine seems to have sent.
    Automated,
    /// What is over.
    Decided,
}

/// Which applications are wanted.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct QueueFilter {
    /// Which of them.
    pub part: QueuePart,
    /// Newest first instead of oldest first.
    pub newest_first: bool,
    /// A part of the name, display name or mail domain.
    pub name: Option<String>,
}

/// A page of applications. Oldest first, it goes on from `page.min_id`; newest first, from
/// `page.max_id`.
pub async fn queue(conn: &mut Conn, filter: &QueueFilter, page: Page) -> Result<Vec<InQueue>> {
    use ApplicationState::{Approved, Expired, NeedsInfo, Pending, Rejected};
    let (states, lanes) = match filter.part {
        QueuePart::Waiting => (vec![Pending, NeedsInfo], QUEUE),
        QueuePart::InLine => (vec![Pending, NeedsInfo], &[Lane::InLine][..]),
        QueuePart::Automated => (vec![Pending, NeedsInfo], &[Lane::LikelyAutomated][..]),
        QueuePart::Decided => (vec![Approved, Rejected, Expired], Lane::ALL),
    };
    let mut query = applications::table
        .inner_join(users::table.on(users::id.eq(applications::user_id)))
        .left_join(applicant_profiles::table.on(applicant_profiles::user_id.eq(users::id)))
        .filter(applications::state.eq_any(states))
        .filter(applications::lane.eq_any(lanes.to_vec()))
        .select((
            Application::as_select(),
            User::as_select(),
            Option::<ApplicantProfile>::as_select(),
        ))
        .limit(page.limit)
        .into_boxed();
    if let Some(name) = &filter.name {
        let pattern = format!("%{}%", escaped(name));
        query = query.filter(
            users::username
                .nullable()
                .ilike(pattern.clone())
                .or(applicant_profiles::display_name
                    .nullable()
                    .ilike(pattern.clone()))
                .or(applications::mail_domain.ilike(pattern)),
        );
    }
    if let Some(above) = page.above() {
        query = query.filter(applications::id.gt(above));
    }
    if let Some(max) = page.max_id {
        query = query.filter(applications::id.lt(max));
    }
    if filter.newest_first {
        return Ok(query.order(applications::id.desc()).load(conn).await?);
    }
    Ok(query.order(applications::id.asc()).load(conn).await?)
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

/// The next one that waits after this one, oldest first.
pub async fn next_waiting(conn: &mut Conn, after: Id) -> Result<Option<Id>> {
    Ok(applications::table
        .filter(
            applications::state.eq_any([ApplicationState::Pending, ApplicationState::NeedsInfo]),
        )
        .filter(applications::lane.eq_any(QUEUE.to_vec()))
        .filter(applications::id.gt(after))
        .order(applications::id.asc())
        .select(applications::id)
        .first(conn)
        .await
        .optional()?)
}

/// `%` and `_` of a search as plain characters.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_")
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
        since!(),
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
    Ok(diesel::update(applications::table)
        .filter(applications::read_by.eq(user))
        .filter(applications::decided_at.is_null())
        .set(applications::read_by.eq(None::<i64>))
        .execute(conn)
        .await?)
}
