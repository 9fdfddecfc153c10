//! Apps: OAuth clients.

use chrono::{DateTime, Utc};
use diesel::sql_types::{BigInt, Nullable, Text, Timestamptz};
use diesel::{
    ExpressionMethods, OptionalExtension, QueryDsl, SelectableHelper, define_sql_function,
};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::raw::raw;
use crate::domain::{Id, Result};
use crate::model::app::{OauthApp, OauthAppWithSecret};
use crate::model::schema::apps;

define_sql_function! {
    /// An id of that moment (D1).
    fn next_id(at: Timestamptz) -> Int8;
}

/// An app to be written.
#[derive(Debug, Clone)]
pub struct NewApp {
    /// 1 to 200 characters.
    pub name: String,
    /// 2,000 characters at the most.
    pub website: Option<String>,
    /// 1 to 20.
    pub redirect_uris: Vec<String>,
    /// Words by spaces.
    pub scopes: String,
    /// Its public name; unique.
    pub client_id: String,
    /// SHA-256 of its secret.
    pub secret_digest: [u8; 32],
    /// What it writes is no sign of life.
    pub automation: bool,
}

/// Writes an app.
pub async fn insert(conn: &mut Conn, new: &NewApp, now: DateTime<Utc>) -> Result<OauthApp> {
    Ok(diesel::insert_into(apps::table)
        .values((
            apps::id.eq(next_id(now)),
            apps::name.eq(&new.name),
            apps::website.eq(&new.website),
            apps::redirect_uris.eq(&new.redirect_uris),
            apps::scopes.eq(&new.scopes),
            apps::client_id.eq(&new.client_id),
            apps::secret_digest.eq(&new.secret_digest[..]),
            apps::automation.eq(new.automation),
            apps::created_at.eq(now),
        ))
        .returning(OauthApp::as_returning())
        .get_result(conn)
        .await?)
}

/// Writes an app under a client id that is fixed, unless it is there; gives what is there
/// then. Safe against a race.
pub async fn insert_or_find(conn: &mut Conn, new: &NewApp, now: DateTime<Utc>) -> Result<OauthApp> {
    diesel::insert_into(apps::table)
        .values((
            apps::id.eq(next_id(now)),
            apps::name.eq(&new.name),
            apps::website.eq(&new.website),
            apps::redirect_uris.eq(&new.redirect_uris),
            apps::scopes.eq(&new.scopes),
            apps::client_id.eq(&new.client_id),
            apps::secret_digest.eq(&new.secret_digest[..]),
            apps::automation.eq(new.automation),
            apps::created_at.eq(now),
        ))
        .on_conflict(apps::client_id)
        .do_nothing()
        .execute(conn)
        .await?;
    Ok(apps::table
        .filter(apps::client_id.eq(&new.client_id))
        .select(OauthApp::as_select())
        .first(conn)
        .await?)
}

/// The app of that id.
pub async fn find(conn: &mut Conn, id: Id) -> Result<Option<OauthApp>> {
    Ok(apps::table
        .find(id)
        .select(OauthApp::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// The app of that public name, with what proves it.
pub async fn find_by_client_id(
    conn: &mut Conn,
    client_id: &str,
) -> Result<Option<OauthAppWithSecret>> {
    Ok(apps::table
        .filter(apps::client_id.eq(client_id))
        .select(OauthAppWithSecret::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// An app that a user let in.
#[derive(Debug, Clone, PartialEq)]
pub struct AuthorizedApp {
    /// Its id.
    pub id: Id,
    /// Its name.
    pub name: String,
    /// Its page.
    pub website: Option<String>,
    /// What its living tokens may do together; words by spaces, doubles kept.
    pub scopes: String,
    /// When it was first let in.
    pub since: DateTime<Utc>,
    /// When it last came, to the hour.
    pub last_used_at: Option<DateTime<Utc>>,
}

/// The apps that hold a living token of this user, last used first; 200 at the most.
pub async fn authorized_by(conn: &mut Conn, user: Id) -> Result<Vec<AuthorizedApp>> {
    type Row = (
        i64,
        String,
        Option<String>,
        String,
        DateTime<Utc>,
        Option<DateTime<Utc>>,
    );
    let rows: Vec<Row> = raw::<(
        BigInt,
        Text,
        Nullable<Text>,
        Text,
        Timestamptz,
        Nullable<Timestamptz>,
    )>(
        "SELECT a.id, a.name, a.website, string_agg(DISTINCT t.scopes, ' '), \
                min(t.created_at), max(t.last_used_at) \
         FROM tokens t JOIN apps a ON a.id = t.app_id \
         WHERE t.user_id = ? AND t.revoked_at IS NULL \
         GROUP BY a.id ORDER BY max(t.last_used_at) DESC NULLS LAST, a.id DESC LIMIT 200",
    )
    .bind::<BigInt, _>(user)
    .load(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(
            |(id, name, website, scopes, since, last_used_at)| AuthorizedApp {
                id,
                name,
                website,
                scopes,
                since,
                last_used_at,
            },
        )
        .collect())
}

/// Deletes apps made before `before` that nobody ever used (no token, no code), 1,000 at the
/// most; gives how many. Registration is open to strangers, so what they leave must go.
pub async fn delete_unused(conn: &mut Conn, before: DateTime<Utc>) -> Result<usize> {
    Ok(raw::<()>(
        "DELETE FROM apps WHERE id IN (SELECT id FROM apps a WHERE a.created_at < ? \
           AND NOT EXISTS (SELECT 1 FROM tokens t WHERE t.app_id = a.id) \
           AND NOT EXISTS (SELECT 1 FROM oauth_codes c WHERE c.app_id = a.id) LIMIT 1000)",
    )
    .bind::<Timestamptz, _>(before)
    .execute(conn)
    .await?)
}
