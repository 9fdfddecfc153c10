//! The account of the server itself: it posts to staff what they should know.

use chrono::{DateTime, Utc};
use diesel::OptionalExtension;
use diesel::sql_types::{BigInt, Text, Timestamptz};
use diesel_async::RunQueryDsl;
use serde_json::{Value, json};

use super::Conn;
use super::accounts::{NewLocalAccount, insert_local};
use super::raw::raw;
use super::settings;
use crate::domain::{Id, Result};

/// Where its id stands.
const SETTING: &str = "server_account";
/// One makes it at a time, to the end of the transaction.
const LOCK: &str = "SELECT pg_advisory_xact_lock(483127905137)::text";

/// Its id, once it was made.
pub async fn find(conn: &mut Conn) -> Result<Option<Id>> {
    let value = settings::find(conn, SETTING).await?;
    Ok(value.and_then(|v: Value| v["account"].as_str()?.parse().ok()))
}

/// Its keypair, as [`NewLocalAccount`] has it.
#[derive(Clone, Copy)]
pub struct Key<'a> {
    /// SubjectPublicKeyInfo, PEM.
    pub public_pem: &'a str,
    /// PKCS#8, DER. Secret.
    pub private_der: &'a [u8],
}

/// Makes it under the first of `names` that nobody has, unless somebody else just did; gives its
/// id. `None` where all names are taken.
pub async fn make(
    conn: &mut Conn,
    names: &[&str],
    title: &str,
    key: Key<'_>,
    at: DateTime<Utc>,
) -> Result<Option<Id>> {
    raw::<(Text,)>(LOCK).get_result::<(String,)>(conn).await?;
    if let Some(made) = find(conn).await? {
        return Ok(Some(made));
    }
    for name in names {
        if !claim(conn, name, at).await? {
            continue;
        }
        let (id,): (Id,) = raw::<(BigInt,)>("SELECT next_id(?)")
            .bind::<Timestamptz, _>(at)
            .get_result(conn)
            .await?;
        let account = NewLocalAccount {
            id,
            username: (*name).to_owned(),
            display_name: title.to_owned(),
            public_key_pem: key.public_pem.to_owned(),
            private_key: key.private_der.to_vec(),
            ..NewLocalAccount::default()
        };
        insert_local(conn, &account, at).await?;
        // An application, which nobody is led to.
        raw::<()>("UPDATE accounts SET kind = 2, discoverable = false WHERE id = ?")
            .bind::<BigInt, _>(id)
            .execute(conn)
            .await?;
        settings::set(conn, SETTING, &json!({ "account": id.to_string() }), at).await?;
        return Ok(Some(id));
    }
    Ok(None)
}

/// A name for good, held by no login.
async fn claim(conn: &mut Conn, name: &str, at: DateTime<Utc>) -> Result<bool> {
    let got: Option<(String,)> = raw::<(Text,)>(
        "INSERT INTO names (canonical, state, created_at) VALUES (?, 2, ?) \
         ON CONFLICT DO NOTHING RETURNING canonical",
    )
    .bind::<Text, _>(name.to_owned())
    .bind::<Timestamptz, _>(at)
    .get_result(conn)
    .await
    .optional()?;
    Ok(got.is_some())
}

/// Its posts reach this account at once, whatever its notification policy says of strangers, and
/// it is called as the place is now.
pub async fn welcome(
    conn: &mut Conn,
    server: Id,
    to: Id,
    title: &str,
    at: DateTime<Utc>,
) -> Result<()> {
    raw::<()>(
        "INSERT INTO notification_permissions (account_id, from_account_id, created_at) \
         VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
    )
    .bind::<BigInt, _>(to)
    .bind::<BigInt, _>(server)
    .bind::<Timestamptz, _>(at)
    .execute(conn)
    .await?;
    raw::<()>(
        "WITH p AS (SELECT ?::bigint AS id, ?::text AS title, ?::timestamptz AS at) \
         UPDATE accounts a SET display_name = p.title, version = a.version + 1, updated_at = p.at \
         FROM p WHERE a.id = p.id AND a.display_name <> p.title",
    )
    .bind::<BigInt, _>(server)
    .bind::<Text, _>(title.to_owned())
    .bind::<Timestamptz, _>(at)
    .execute(conn)
    .await?;
    Ok(())
}
