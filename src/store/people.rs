//! Everybody that staff look after: who applied, who lives here, who is known from elsewhere. Under
//! one id each: that of the account, which is reserved from the application on.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Bool, Inet, Nullable, SmallInt, Text, Timestamptz};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::raw::raw;
use crate::domain::role::Role;
use crate::domain::{Id, Page, Result};

/// Who is wanted; `None` and empty for everybody.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Wanted {
    /// Of here, or of elsewhere.
    pub local: Option<bool>,
    /// How they stand.
    pub standing: Option<Standing>,
    /// Only staff.
    pub staff: bool,
    /// The beginning of the name.
    pub username: String,
    /// A part of the display name.
    pub display_name: String,
    /// The server.
    pub domain: String,
    /// The address; a part of it will do.
    pub email: String,
    /// Where they came from last.
    pub network: Option<ipnet::IpNet>,
}

/// How somebody stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i16)]
pub enum Standing {
    /// In, and nothing lies on them.
    Active = 0,
    /// Waits for a decision.
    Pending = 1,
    /// Switched off.
    Disabled = 2,
    /// Limited.
    Silenced = 3,
    /// Suspended.
    Suspended = 4,
}

const FOUND: &str = "\
    WITH p AS (SELECT ?::boolean AS here, ?::smallint AS standing, ?::boolean AS staff, ?::text AS username, \
        ?::text AS display_name, ?::text AS domain, ?::text AS email, ?::inet AS network, \
        ?::bigint AS below, ?::bigint AS above, ?::boolean AS rising, ?::bigint AS most), \
    there AS (SELECT a.id FROM p CROSS JOIN accounts a LEFT JOIN users u ON u.account_id = a.id LEFT JOIN hosts h ON h.id = a.host_id \
        WHERE a.id < p.below AND a.id > p.above AND (p.here IS NULL OR (a.host_id IS NULL) = p.here) \
        AND (p.standing IS NULL OR CASE p.standing \
            WHEN 0 THEN (a.flags & 3) = 0 AND u.disabled_at IS NULL WHEN 1 THEN false WHEN 2 THEN u.disabled_at IS NOT NULL \
            WHEN 3 THEN (a.flags & 1) <> 0 ELSE (a.flags & 2) <> 0 END) \
        AND (NOT p.staff OR u.role > 0) \
        AND (p.username = '' OR a.username ILIKE p.username) AND (p.display_name = '' OR a.display_name ILIKE p.display_name) \
        AND (p.domain = '' OR h.domain = p.domain) AND (p.email = '' OR u.email ILIKE p.email) \
        AND (p.network IS NULL OR EXISTS (SELECT 1 FROM sessions s WHERE s.user_id = u.id AND s.network <<= p.network)) \
        ORDER BY CASE WHEN p.rising THEN a.id ELSE -a.id END LIMIT (SELECT most FROM p)), \
    waiting AS (SELECT u.account_id FROM p CROSS JOIN users u JOIN applications ap ON ap.user_id = u.id AND ap.state IN (0, 1, 2) \
        LEFT JOIN applicant_profiles f ON f.user_id = u.id \
        WHERE u.approved_at IS NULL AND u.account_id < p.below AND u.account_id > p.above AND (p.here IS NULL OR p.here) \
        AND (p.standing IS NULL OR p.standing = 1) AND NOT p.staff AND p.domain = '' \
        AND (p.username = '' OR u.username ILIKE p.username) AND (p.display_name = '' OR f.display_name ILIKE p.display_name) \
        AND (p.email = '' OR u.email ILIKE p.email) AND (p.network IS NULL OR ap.network <<= p.network) \
        ORDER BY CASE WHEN p.rising THEN u.account_id ELSE -u.account_id END LIMIT (SELECT most FROM p)) \
    SELECT x.id FROM p CROSS JOIN (SELECT id FROM there UNION SELECT account_id FROM waiting) x \
    ORDER BY CASE WHEN p.rising THEN x.id ELSE -x.id END LIMIT (SELECT most FROM p)";

/// A page of ids, newest first.
pub async fn list(conn: &mut Conn, wanted: &Wanted, page: &Page) -> Result<Vec<Id>> {
    let rows: Vec<(Id,)> = raw::<(BigInt,)>(FOUND)
        .bind::<Nullable<Bool>, _>(wanted.local)
        .bind::<Nullable<SmallInt>, _>(wanted.standing.map(|standing| standing as i16))
        .bind::<Bool, _>(wanted.staff)
        .bind::<Text, _>(like(&wanted.username, "", "%"))
        .bind::<Text, _>(like(&wanted.display_name, "%", "%"))
        .bind::<Text, _>(wanted.domain.to_lowercase())
        .bind::<Text, _>(like(&wanted.email, "%", "%"))
        .bind::<Nullable<Inet>, _>(wanted.network)
        .bind::<BigInt, _>(page.max_id.unwrap_or(Id::MAX))
        .bind::<BigInt, _>(page.above().unwrap_or(0))
        .bind::<Bool, _>(page.ascends())
        .bind::<BigInt, _>(page.limit)
        .load(conn)
        .await?;
    let mut ids: Vec<Id> = rows.into_iter().map(|(id,)| id).collect();
    ids.sort_unstable_by(|a, b| b.cmp(a));
    Ok(ids)
}

/// What was typed as a pattern, its own signs plain; empty for nothing.
fn like(text: &str, before: &str, behind: &str) -> String {
    let text = text.trim();
    if text.is_empty() {
        return String::new();
    }
    let plain = text
        .replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_");
    format!("{before}{plain}{behind}")
}

/// Users whose accounts have these ids, also those reserved.
pub async fn users(conn: &mut Conn, accounts: &[Id]) -> Result<Vec<Id>> {
    let rows: Vec<(Id,)> = raw::<(BigInt,)>("SELECT id FROM users WHERE account_id = ANY (?)")
        .bind::<Array<BigInt>, _>(accounts.to_vec())
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// The latest application of each of these users.
pub async fn applications(conn: &mut Conn, users: &[Id]) -> Result<Vec<Id>> {
    let rows: Vec<(Id,)> = raw::<(BigInt,)>(
        "SELECT max(id) FROM applications WHERE user_id = ANY (?) GROUP BY user_id",
    )
    .bind::<Array<BigInt>, _>(users.to_vec())
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Where these users signed in from, the latest first: user, network, when.
pub async fn networks(
    conn: &mut Conn,
    users: &[Id],
) -> Result<Vec<(Id, ipnet::IpNet, DateTime<Utc>)>> {
    Ok(raw::<(BigInt, Inet, Timestamptz)>(
        "SELECT user_id, network, max(last_seen_at) FROM sessions \
         WHERE user_id = ANY (?) AND network IS NOT NULL GROUP BY user_id, network \
         ORDER BY 3 DESC LIMIT 1000",
    )
    .bind::<Array<BigInt>, _>(users.to_vec())
    .load(conn)
    .await?)
}

/// The servers of these accounts: account and name.
pub async fn domains(conn: &mut Conn, accounts: &[Id]) -> Result<Vec<(Id, String)>> {
    Ok(raw::<(BigInt, Text)>(
        "SELECT a.id, h.domain FROM accounts a JOIN hosts h ON h.id = a.host_id WHERE a.id = ANY (?)",
    )
    .bind::<Array<BigInt>, _>(accounts.to_vec())
    .load(conn)
    .await?)
}

/// The role of the user of an account; `None` for those of elsewhere. The row is held to the end
/// of the transaction.
pub async fn role_of(conn: &mut Conn, account: Id) -> Result<Option<(Id, Role)>> {
    let rows: Vec<(Id, Role)> = raw::<(BigInt, SmallInt)>(
        "SELECT id, role FROM users WHERE account_id = ? FOR NO KEY UPDATE",
    )
    .bind::<BigInt, _>(account)
    .load(conn)
    .await?;
    Ok(rows.into_iter().next())
}

/// Those of these applications whose accounts had their profile changed since they were let in,
/// where that was after `since`.
pub async fn changed_since_let_in(
    conn: &mut Conn,
    applications: &[Id],
    since: DateTime<Utc>,
) -> Result<Vec<Id>> {
    let rows: Vec<(Id,)> = raw::<(BigInt,)>(
        "WITH p AS (SELECT ?::bigint[] AS ids, ?::timestamptz AS since) \
         SELECT ap.id FROM p JOIN applications ap ON ap.id = ANY (p.ids) AND ap.state = 3 AND ap.decided_at > p.since \
         JOIN users u ON u.id = ap.user_id JOIN accounts a ON a.id = u.account_id WHERE a.updated_at > ap.decided_at",
    )
    .bind::<Array<BigInt>, _>(applications.to_vec())
    .bind::<Timestamptz, _>(since)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}
