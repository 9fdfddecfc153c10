//! Profiles of local accounts: changing them, finding accounts by name.

use chrono::{DateTime, Utc};
use diesel::query_builder::AsChangeset;
use diesel::sql_types::{BigInt, Text};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, SelectableHelper};
use diesel_async::RunQueryDsl;
use serde_json::Value;

use super::Conn;
use super::raw::raw;
use crate::domain::{Id, Result};
use crate::model::account::Account;
use crate::model::schema::{accounts, users};

/// What changes of a profile; `None` keeps what is there.
#[derive(Debug, Clone, Default, PartialEq, AsChangeset)]
#[diesel(table_name = accounts)]
pub struct ProfileChange {
    /// One clean line.
    pub display_name: Option<String>,
    /// Made from `note_source`, safe.
    pub note_html: Option<String>,
    /// As it was typed.
    pub note_source: Option<String>,
    /// `[{"name", "value"}, …]`.
    pub fields: Option<Value>,
    /// 0 a person, 1 automated.
    pub kind: Option<i16>,
    /// Follows need a yes.
    pub locked: Option<bool>,
    /// May be recommended.
    pub discoverable: Option<bool>,
    /// Public posts may be searched.
    pub indexable: Option<bool>,
    /// Followers and followed are not listed.
    pub hide_collections: Option<bool>,
    /// In public storage; `Some(None)` removes it.
    pub avatar_path: Option<Option<String>>,
    /// The same.
    pub header_path: Option<Option<String>>,
    /// Alternative text.
    pub avatar_description: Option<String>,
    /// Alternative text.
    pub header_description: Option<String>,
}

/// Locks an account's row until the commit and gives it.
pub async fn lock(conn: &mut Conn, account: Id) -> Result<Option<Account>> {
    Ok(accounts::table
        .find(account)
        .select(Account::as_select())
        .for_no_key_update()
        .first(conn)
        .await
        .optional()?)
}

/// Changes a profile, bumps its version, gives the row as it is now.
pub async fn update(
    conn: &mut Conn,
    account: Id,
    change: &ProfileChange,
    at: DateTime<Utc>,
) -> Result<Account> {
    Ok(diesel::update(accounts::table.find(account))
        .set((
            change,
            accounts::version.eq(accounts::version + 1),
            accounts::updated_at.eq(at),
        ))
        .returning(Account::as_returning())
        .get_result(conn)
        .await?)
}

/// Lays `patch`, an object, over a user's settings, key by key; gives all of them.
pub async fn merge_settings(conn: &mut Conn, user: Id, patch: &Value) -> Result<Value> {
    use diesel::PgJsonbExpressionMethods;
    Ok(diesel::update(users::table.find(user))
        .set(users::settings.eq(users::settings.concat(patch)))
        .returning(users::settings)
        .get_result(conn)
        .await?)
}

/// An account's row.
pub async fn find(conn: &mut Conn, account: Id) -> Result<Option<Account>> {
    Ok(accounts::table
        .find(account)
        .select(Account::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// The local account of that name, in whatever case; suspended ones too.
pub async fn find_local(conn: &mut Conn, name: &str) -> Result<Option<Id>> {
    let row: Option<(Id,)> = raw::<(BigInt,)>(
        "SELECT id FROM accounts WHERE lower(username) = lower(?) AND coalesce(host_id, 0) = 0",
    )
    .bind::<Text, _>(name.to_owned())
    .get_result(conn)
    .await
    .optional()?;
    Ok(row.map(|(id,)| id))
}
