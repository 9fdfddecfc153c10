//! Users who are not members yet: the rows of an application, the private profile, and the
//! step over the threshold, where the account comes into being under the reserved id (D5).

use chrono::{DateTime, NaiveDate, Utc};
use diesel::sql_types::{Array, BigInt, Date, Nullable, Text, Timestamptz};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, SelectableHelper};
use diesel_async::RunQueryDsl;
use serde_json::Value;

use super::{Conn, raw};
use crate::domain::application::{ApplicationState, Proof};
use crate::domain::lane::Lane;
use crate::domain::registration_mode::RegistrationMode;
use crate::domain::role::Role;
use crate::domain::{Id, Result};
use crate::model::application::ApplicantProfile;
use crate::model::question::Answer;
use crate::model::schema::{
    applicant_profiles, application_answers, applications, left_open, tokens, users,
};

/// An application to be written, for a user that is there.
#[derive(Debug, Clone)]
pub struct NewApplication {
    /// Where it starts.
    pub state: ApplicationState,
    /// The effective mode when it was sent.
    pub mode: RegistrationMode,
    /// Where it waits.
    pub lane: Lane,
    /// What an app sent as reason where no question takes it.
    pub remark: Option<String>,
    /// Where else the applicant lives, in their own words.
    pub elsewhere: Option<String>,
    /// Language of mails and pages.
    pub locale: String,
    /// Where it came from.
    pub network: Option<ipnet::IpNet>,
    /// Domain of the address.
    pub mail_domain: Option<String>,
    /// From fetching the form to sending it.
    pub fill_seconds: Option<i32>,
    /// What its machine gave.
    pub proof: Proof,
    /// The event that it came with.
    pub event: Option<Id>,
    /// The answers, with the words of the questions.
    pub answers: Vec<Answer>,
    /// `question_versions.id` of required questions that it leaves open.
    pub left_open: Vec<i64>,
}

/// Writes application, answers and an empty private profile; gives the application's id.
pub async fn insert(
    conn: &mut Conn,
    user: Id,
    new: &NewApplication,
    at: DateTime<Utc>,
) -> Result<Id> {
    let (id,): (Id,) = raw::<(BigInt,)>("SELECT next_id(?)")
        .bind::<Timestamptz, _>(at)
        .get_result(conn)
        .await?;
    diesel::insert_into(applicant_profiles::table)
        .values((
            applicant_profiles::user_id.eq(user),
            applicant_profiles::updated_at.eq(at),
        ))
        .execute(conn)
        .await?;
    diesel::insert_into(applications::table)
        .values((
            applications::id.eq(id),
            applications::user_id.eq(user),
            applications::state.eq(new.state),
            applications::mode.eq(new.mode),
            applications::lane.eq(new.lane),
            applications::remark.eq(&new.remark),
            applications::elsewhere.eq(&new.elsewhere),
            applications::locale.eq(&new.locale),
            applications::network.eq(new.network),
            applications::mail_domain.eq(&new.mail_domain),
            applications::fill_seconds.eq(new.fill_seconds),
            applications::submitted_at.eq(at),
            applications::proof.eq(new.proof),
            applications::event_code_id.eq(new.event),
        ))
        .execute(conn)
        .await?;
    insert_answers(conn, id, &new.answers).await?;
    if !new.left_open.is_empty() {
        let open = new.left_open.iter().map(|version| {
            (
                left_open::application_id.eq(id),
                left_open::question_version_id.eq(*version),
            )
        });
        diesel::insert_into(left_open::table)
            .values(open.collect::<Vec<_>>())
            .execute(conn)
            .await?;
    }
    Ok(id)
}

/// Writes answers; one that is there already is written over.
pub async fn insert_answers(conn: &mut Conn, application: Id, answers: &[Answer]) -> Result<()> {
    for answer in answers {
        diesel::insert_into(application_answers::table)
            .values((
                application_answers::application_id.eq(application),
                application_answers::question_version_id.eq(answer.question_version_id),
                application_answers::position.eq(answer.position),
                application_answers::wording.eq(&answer.wording),
                application_answers::value.eq(&answer.value),
            ))
            .on_conflict((
                application_answers::application_id,
                application_answers::question_version_id,
            ))
            .do_update()
            .set(application_answers::value.eq(&answer.value))
            .execute(conn)
            .await?;
    }
    Ok(())
}

/// Gives a user another address, not confirmed yet. Without a canonical form it finds nobody.
pub async fn set_address(
    conn: &mut Conn,
    user: Id,
    email: &str,
    canonical: Option<&str>,
) -> Result<()> {
    diesel::update(users::table.find(user))
        .set((
            users::email.eq(email),
            users::email_canonical.eq(canonical),
            users::email_confirmed_at.eq(None::<DateTime<Utc>>),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Notes that the address was confirmed.
pub async fn confirm_address(conn: &mut Conn, user: Id, at: DateTime<Utc>) -> Result<()> {
    diesel::update(users::table.find(user))
        .set(users::email_confirmed_at.eq(at))
        .execute(conn)
        .await?;
    Ok(())
}

/// Notes that a new member saw the welcome page; `true` the first time.
pub async fn set_welcomed(conn: &mut Conn, user: Id, at: DateTime<Utc>) -> Result<bool> {
    let changed = diesel::update(users::table.find(user))
        .filter(users::welcomed_at.is_null())
        .set(users::welcomed_at.eq(at))
        .execute(conn)
        .await?;
    Ok(changed == 1)
}

/// The private profile; `None` for users who never applied.
pub async fn find_profile(conn: &mut Conn, user: Id) -> Result<Option<ApplicantProfile>> {
    Ok(applicant_profiles::table
        .find(user)
        .select(ApplicantProfile::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// The private profiles of several.
pub async fn find_profiles(conn: &mut Conn, users: &[Id]) -> Result<Vec<ApplicantProfile>> {
    Ok(applicant_profiles::table
        .filter(applicant_profiles::user_id.eq_any(users.to_vec()))
        .select(ApplicantProfile::as_select())
        .load(conn)
        .await?)
}

/// What may be changed of a private profile: `None` leaves a part as it is.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ProfileChange {
    /// Plain text.
    pub display_name: Option<String>,
    /// Plain text.
    pub note: Option<String>,
    /// As [`crate::model::account::fields_to_json`] makes it.
    pub fields: Option<Value>,
    /// Whether follows will need a yes.
    pub locked: Option<bool>,
    /// Another picture; `Some(None)` takes it away.
    pub avatar_path: Option<Option<String>>,
    /// Another picture; `Some(None)` takes it away.
    pub header_path: Option<Option<String>>,
}

/// Changes a profile and counts the edit of that day; `None` when `limit` edits were made
/// on it already.
pub async fn edit_profile(
    conn: &mut Conn,
    user: Id,
    change: &ProfileChange,
    limit: i32,
    at: DateTime<Utc>,
) -> Result<Option<ApplicantProfile>> {
    let today: NaiveDate = at.date_naive();
    let counted = raw::<(BigInt,)>(
        "WITH p AS (SELECT ?::bigint AS user_id, ?::date AS today, ?::bigint AS most, ?::timestamptz AS at)
         UPDATE applicant_profiles a
         SET edits = CASE WHEN a.edits_on = p.today THEN a.edits + 1 ELSE 1 END,
             edits_on = p.today, updated_at = p.at
         FROM p
         WHERE a.user_id = p.user_id AND (a.edits_on IS DISTINCT FROM p.today OR a.edits < p.most)
         RETURNING a.user_id",
    )
    .bind::<BigInt, _>(user)
    .bind::<Date, _>(today)
    .bind::<BigInt, _>(i64::from(limit))
    .bind::<Timestamptz, _>(at)
    .get_result::<(i64,)>(conn)
    .await
    .optional()?;
    if counted.is_none() {
        return Ok(None);
    }
    let mut row = applicant_profiles::table
        .find(user)
        .select(ApplicantProfile::as_select())
        .first(conn)
        .await?;
    row.display_name = change.display_name.clone().unwrap_or(row.display_name);
    row.note = change.note.clone().unwrap_or(row.note);
    row.fields = change.fields.clone().unwrap_or(row.fields);
    row.locked = change.locked.unwrap_or(row.locked);
    row.avatar_path = change.avatar_path.clone().unwrap_or(row.avatar_path);
    row.header_path = change.header_path.clone().unwrap_or(row.header_path);
    diesel::update(applicant_profiles::table.find(user))
        .set((
            applicant_profiles::display_name.eq(&row.display_name),
            applicant_profiles::note.eq(&row.note),
            applicant_profiles::fields.eq(&row.fields),
            applicant_profiles::locked.eq(row.locked),
            applicant_profiles::avatar_path.eq(&row.avatar_path),
            applicant_profiles::header_path.eq(&row.header_path),
        ))
        .execute(conn)
        .await?;
    Ok(Some(row))
}

/// Whose private picture this is.
pub async fn owner_of_file(conn: &mut Conn, path: &str) -> Result<Option<Id>> {
    Ok(raw::<(BigInt,)>(
        "WITH p AS (SELECT ?::text AS path)
         SELECT user_id FROM applicant_profiles, p WHERE avatar_path = p.path OR header_path = p.path
         UNION ALL SELECT user_id FROM draft_media d, p WHERE d.path = p.path
         LIMIT 1",
    )
    .bind::<Text, _>(path.to_owned())
    .get_result::<(i64,)>(conn)
    .await
    .optional()?
    .map(|(user,)| user))
}

/// Makes a user a member. The account is written in the same transaction.
pub async fn set_approved(conn: &mut Conn, user: Id, at: DateTime<Utc>) -> Result<()> {
    diesel::update(users::table.find(user))
        .set(users::approved_at.eq(at))
        .execute(conn)
        .await?;
    Ok(())
}

/// Ends every access token of these users.
pub async fn end_tokens(conn: &mut Conn, ids: &[Id], at: DateTime<Utc>) -> Result<()> {
    diesel::update(tokens::table)
        .filter(tokens::user_id.eq_any(ids.to_vec()))
        .filter(tokens::revoked_at.is_null())
        .set(tokens::revoked_at.eq(at))
        .execute(conn)
        .await?;
    Ok(())
}

/// Private files of these users, to be deleted once the rows are gone.
pub async fn private_files(conn: &mut Conn, ids: &[Id]) -> Result<Vec<String>> {
    let rows: Vec<(Option<String>,)> = raw::<(Nullable<Text>,)>(
        "WITH p AS (SELECT ?::bigint[] AS ids)
         SELECT avatar_path FROM applicant_profiles, p WHERE user_id = ANY (p.ids)
         UNION ALL SELECT header_path FROM applicant_profiles, p WHERE user_id = ANY (p.ids)
         UNION ALL SELECT path FROM draft_media, p WHERE user_id = ANY (p.ids)",
    )
    .bind::<Array<BigInt>, _>(ids.to_vec())
    .load(conn)
    .await?;
    Ok(rows.into_iter().filter_map(|(path,)| path).collect())
}

/// Erases users who never became members, with everything that hangs on them: sessions,
/// tokens, drafts, application, profile. Members are left alone, whatever is asked.
pub async fn erase(conn: &mut Conn, ids: &[Id]) -> Result<usize> {
    Ok(diesel::delete(users::table)
        .filter(users::id.eq_any(ids.to_vec()))
        .filter(users::approved_at.is_null())
        .filter(users::role.eq(Role::Member))
        .execute(conn)
        .await?)
}

/// Drops the private profiles of members approved before `before`, a batch at a time; gives
/// the files that go with them.
pub async fn drop_old_profiles(
    conn: &mut Conn,
    before: DateTime<Utc>,
    batch: i64,
) -> Result<Vec<String>> {
    let rows: Vec<(Option<String>, Option<String>)> = raw::<(Nullable<Text>, Nullable<Text>)>(
        "WITH p AS (SELECT ?::timestamptz AS before, ?::bigint AS batch)
         DELETE FROM applicant_profiles
         WHERE user_id IN (
             SELECT a.user_id FROM applicant_profiles a JOIN users u ON u.id = a.user_id, p
             WHERE u.approved_at < p.before LIMIT (SELECT batch FROM p))
         RETURNING avatar_path, header_path",
    )
    .bind::<Timestamptz, _>(before)
    .bind::<BigInt, _>(batch)
    .load(conn)
    .await?;
    Ok(rows
        .into_iter()
        .flat_map(|(avatar, header)| [avatar, header])
        .flatten()
        .collect())
}
