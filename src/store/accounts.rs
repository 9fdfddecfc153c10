//! Accounts: actors, local and remote.

use chrono::{DateTime, Utc};
use diesel::ExpressionMethods;
use diesel_async::RunQueryDsl;
use serde_json::Value;

use super::Conn;
use crate::domain::{Id, Result};
use crate::model::schema::{account_stats, accounts, actor_keys};

/// A local account to be written: what an applicant's profile becomes at approval, or what
/// the command line makes.
#[derive(Debug, Clone, Default)]
pub struct NewLocalAccount {
    /// The id reserved in `users.account_id`.
    pub id: Id,
    /// Lower-case name; its claim in `names` is the caller's.
    pub username: String,
    /// 500 characters at the most; may be empty.
    pub display_name: String,
    /// Sanitised, made from `note_source`.
    pub note_html: String,
    /// As it was typed.
    pub note_source: String,
    /// `[{"name", "value"}, …]`, see `model::account::fields_to_json`.
    pub fields: Value,
    /// Whether follows need a yes.
    pub locked: bool,
    /// Paths in public storage.
    pub avatar_path: Option<String>,
    /// The same, for the header.
    pub header_path: Option<String>,
    /// SubjectPublicKeyInfo, PEM.
    pub public_key_pem: String,
    /// PKCS#8, DER. Secret.
    pub private_key: Vec<u8>,
}

/// Writes a local account with its counters and keys: three rows. Call it in the
/// transaction that approves, so that all of it is there or nothing.
pub async fn insert_local(
    conn: &mut Conn,
    new: &NewLocalAccount,
    now: DateTime<Utc>,
) -> Result<()> {
    let fields = match &new.fields {
        Value::Array(_) => new.fields.clone(),
        _ => Value::Array(Vec::new()),
    };
    diesel::insert_into(accounts::table)
        .values((
            accounts::id.eq(new.id),
            accounts::username.eq(&new.username),
            accounts::display_name.eq(&new.display_name),
            accounts::note_html.eq(&new.note_html),
            accounts::note_source.eq(&new.note_source),
            accounts::fields.eq(fields),
            accounts::locked.eq(new.locked),
            accounts::avatar_path.eq(&new.avatar_path),
            accounts::header_path.eq(&new.header_path),
            accounts::created_at.eq(now),
            accounts::updated_at.eq(now),
        ))
        .execute(conn)
        .await?;
    diesel::insert_into(account_stats::table)
        .values(account_stats::account_id.eq(new.id))
        .execute(conn)
        .await?;
    diesel::insert_into(actor_keys::table)
        .values((
            actor_keys::account_id.eq(new.id),
            actor_keys::public_key_pem.eq(&new.public_key_pem),
            actor_keys::private_key.eq(&new.private_key),
            actor_keys::created_at.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(())
}
