//! `drafts`: posts that are not one yet (D7), and the keys of repeated requests.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::sql_types::{BigInt, Timestamptz};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, SelectableHelper};
use diesel_async::RunQueryDsl;

use super::{Conn, raw};
use crate::domain::visibility::Visibility;
use crate::domain::{Id, Result};
use crate::model::draft::Draft;
use crate::model::schema::{drafts, idempotency_keys, users};

/// How long a repeated request finds what the first one made.
const KEY_LIVES: TimeDelta = TimeDelta::hours(1);

/// What a draft says.
#[derive(Debug, Clone, PartialEq)]
pub struct DraftText {
    /// The text.
    pub text: String,
    /// The content warning, or empty.
    pub spoiler_text: String,
    /// Whether its pictures start hidden.
    pub sensitive: bool,
    /// The wish for when it is published.
    pub visibility: Visibility,
    /// A language tag.
    pub language: Option<String>,
    /// What it asks; a `text::poll::Poll`.
    pub poll: Option<serde_json::Value>,
}

/// Locks a user's row to the end of the transaction, so that a limit on what they have
/// holds against two requests at once.
pub async fn lock_owner(conn: &mut Conn, user: Id) -> Result<()> {
    users::table
        .find(user)
        .select(users::id)
        .for_update()
        .first::<i64>(conn)
        .await?;
    Ok(())
}

/// All drafts of a user, newest first; `limit` is a guard, their number is limited.
pub async fn list(conn: &mut Conn, user: Id, limit: i64) -> Result<Vec<Draft>> {
    Ok(drafts::table
        .filter(drafts::user_id.eq(user))
        .order(drafts::id.desc())
        .select(Draft::as_select())
        .limit(limit)
        .load(conn)
        .await?)
}

/// The drafts of several users, newest first; `most` of all of them together.
pub async fn of_users(conn: &mut Conn, users: &[Id], most: i64) -> Result<Vec<Draft>> {
    Ok(drafts::table
        .filter(drafts::user_id.eq_any(users.to_vec()))
        .order(drafts::id.desc())
        .select(Draft::as_select())
        .limit(most)
        .load(conn)
        .await?)
}

/// How many drafts a user has.
pub async fn count(conn: &mut Conn, user: Id) -> Result<i64> {
    Ok(drafts::table
        .filter(drafts::user_id.eq(user))
        .count()
        .get_result(conn)
        .await?)
}

/// A user's own draft.
pub async fn find(conn: &mut Conn, user: Id, id: Id) -> Result<Option<Draft>> {
    Ok(drafts::table
        .find(id)
        .filter(drafts::user_id.eq(user))
        .select(Draft::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// Saves a new one.
pub async fn insert(
    conn: &mut Conn,
    user: Id,
    text: &DraftText,
    at: DateTime<Utc>,
) -> Result<Draft> {
    let (id,): (i64,) = raw::<(BigInt,)>("SELECT next_id(?)")
        .bind::<Timestamptz, _>(at)
        .get_result(conn)
        .await?;
    Ok(diesel::insert_into(drafts::table)
        .values((
            drafts::id.eq(id),
            drafts::user_id.eq(user),
            drafts::text.eq(&text.text),
            drafts::spoiler_text.eq(&text.spoiler_text),
            drafts::sensitive.eq(text.sensitive),
            drafts::visibility.eq(text.visibility),
            drafts::language.eq(&text.language),
            drafts::poll.eq(&text.poll),
            drafts::created_at.eq(at),
            drafts::updated_at.eq(at),
        ))
        .returning(Draft::as_returning())
        .get_result(conn)
        .await?)
}

/// Writes over one; `None` when the user has no such draft.
pub async fn update(
    conn: &mut Conn,
    user: Id,
    id: Id,
    text: &DraftText,
    at: DateTime<Utc>,
) -> Result<Option<Draft>> {
    Ok(diesel::update(drafts::table.find(id))
        .filter(drafts::user_id.eq(user))
        .set((
            drafts::text.eq(&text.text),
            drafts::spoiler_text.eq(&text.spoiler_text),
            drafts::sensitive.eq(text.sensitive),
            drafts::visibility.eq(text.visibility),
            drafts::language.eq(&text.language),
            drafts::poll.eq(&text.poll),
            drafts::version.eq(drafts::version + 1),
            drafts::updated_at.eq(at),
        ))
        .returning(Draft::as_returning())
        .get_result(conn)
        .await
        .optional()?)
}

/// Deletes one and gives it; `None` when the user has no such draft. Publishing takes it
/// this way, in the transaction that writes the status: a draft is published once.
pub async fn take(conn: &mut Conn, user: Id, id: Id) -> Result<Option<Draft>> {
    Ok(diesel::delete(drafts::table.find(id))
        .filter(drafts::user_id.eq(user))
        .returning(Draft::as_returning())
        .get_result(conn)
        .await
        .optional()?)
}

/// What an earlier request under this key made.
pub async fn find_key(
    conn: &mut Conn,
    user: Id,
    key: &str,
    at: DateTime<Utc>,
) -> Result<Option<Id>> {
    Ok(idempotency_keys::table
        .find((user, key))
        .filter(idempotency_keys::created_at.gt(at - KEY_LIVES))
        .select(idempotency_keys::result_id)
        .first(conn)
        .await
        .optional()?)
}

/// Remembers what a request under this key made; an old one is written over.
pub async fn insert_key(
    conn: &mut Conn,
    user: Id,
    key: &str,
    made: Id,
    at: DateTime<Utc>,
) -> Result<()> {
    diesel::insert_into(idempotency_keys::table)
        .values((
            idempotency_keys::user_id.eq(user),
            idempotency_keys::key.eq(key),
            idempotency_keys::result_id.eq(made),
            idempotency_keys::created_at.eq(at),
        ))
        .on_conflict((idempotency_keys::user_id, idempotency_keys::key))
        .do_update()
        .set((
            idempotency_keys::result_id.eq(made),
            idempotency_keys::created_at.eq(at),
        ))
        .execute(conn)
        .await?;
    Ok(())
}
