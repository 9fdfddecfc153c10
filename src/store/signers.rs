//! The keys that other servers' actors sign with, and what a door must know of their owners.

use chrono::{DateTime, Utc};
use diesel::OptionalExtension;
use diesel::sql_types::{BigInt, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::Conn;
use super::raw::raw;
use crate::domain::{Id, Result};

/// A key, as it was last read from its owner's server.
#[derive(Debug, Clone, PartialEq)]
pub struct Signer {
    /// `accounts.id` of the owner.
    pub account: Id,
    /// `accounts.uri` of them.
    pub actor: String,
    /// Their host.
    pub host: Id,
    /// When anybody here first heard of that host.
    pub host_since: DateTime<Utc>,
    /// The key's address; `None` where the actor's document named none.
    pub key_uri: Option<String>,
    /// In PEM.
    pub pem: String,
}

type Columns = (BigInt, Text, BigInt, Timestamptz, Nullable<Text>, Text);
type Row = (Id, String, Id, DateTime<Utc>, Option<String>, String);

/// The key of the actor of that address, whose SHA-256 begins with `hash`.
pub async fn of_actor(conn: &mut Conn, actor: &str, hash: Uuid) -> Result<Option<Signer>> {
    let row: Option<Row> = raw::<Columns>(
        "SELECT a.id, a.uri, h.id, h.first_seen_at, k.key_uri, k.public_key_pem FROM accounts a \
         JOIN actor_keys k ON k.account_id = a.id JOIN hosts h ON h.id = a.host_id \
         WHERE a.uri_hash = ? AND a.uri = ?",
    )
    .bind::<SqlUuid, _>(hash)
    .bind::<Text, _>(actor.to_owned())
    .get_result(conn)
    .await
    .optional()?;
    Ok(row.map(signer))
}

/// The key of that address.
pub async fn of_key(conn: &mut Conn, key_uri: &str) -> Result<Option<Signer>> {
    let row: Option<Row> = raw::<Columns>(
        "SELECT a.id, a.uri, h.id, h.first_seen_at, k.key_uri, k.public_key_pem FROM actor_keys k \
         JOIN accounts a ON a.id = k.account_id AND a.uri IS NOT NULL JOIN hosts h ON h.id = a.host_id \
         WHERE k.key_uri = ? ORDER BY a.id LIMIT 1",
    )
    .bind::<Text, _>(key_uri.to_owned())
    .get_result(conn)
    .await
    .optional()?;
    Ok(row.map(signer))
}

fn signer((account, actor, host, host_since, key_uri, pem): Row) -> Signer {
    Signer {
        account,
        actor,
        host,
        host_since,
        key_uri,
        pem,
    }
}
