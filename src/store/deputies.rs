//! `deputies` and `deputy_acts`: who stands in while nobody is home, and what they laid on others.

use chrono::{DateTime, Utc};
use diesel::sql_types::{BigInt, Bool, Nullable, SmallInt, Text, Timestamptz};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::raw::raw;
use crate::domain::{Id, Result};

/// A deputy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deputy {
    /// `users.id`.
    pub user: Id,
    /// The local name.
    pub name: String,
    /// They know of it.
    pub told: bool,
    /// When they were named.
    pub named_at: DateTime<Utc>,
    /// When they were called last.
    pub called_at: Option<DateTime<Utc>>,
}

/// All of them, in the order in which they were named.
pub async fn list(conn: &mut Conn) -> Result<Vec<Deputy>> {
    type Row = (Id, String, bool, DateTime<Utc>, Option<DateTime<Utc>>);
    let rows: Vec<Row> = raw::<(BigInt, Text, Bool, Timestamptz, Nullable<Timestamptz>)>(
        "SELECT u.id, u.username, d.told, d.named_at, d.called_at FROM deputies d JOIN users u ON u.id = d.user_id \
         WHERE u.role = 0 AND u.approved_at IS NOT NULL AND u.disabled_at IS NULL AND u.moved_at IS NULL \
         ORDER BY d.named_at, u.id",
    )
    .load(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(user, name, told, named_at, called_at)| Deputy {
            user,
            name,
            told,
            named_at,
            called_at,
        })
        .collect())
}

/// Names one, while there are fewer than `most`; `false` where there are as many already. Who is
/// named again is told, if that is what is said now.
pub async fn name(
    conn: &mut Conn,
    user: Id,
    by: Id,
    told: bool,
    most: i64,
    at: DateTime<Utc>,
) -> Result<bool> {
    let done = raw::<()>(
        "WITH p AS (SELECT ?::bigint AS who, ?::bigint AS by, ?::boolean AS told, ?::bigint AS most, ?::timestamptz AS at) \
         INSERT INTO deputies AS d (user_id, named_by, told, named_at) SELECT who, by, told, at FROM p \
         WHERE EXISTS (SELECT 1 FROM deputies WHERE user_id = p.who) OR (SELECT count(*) FROM deputies) < p.most \
         ON CONFLICT (user_id) DO UPDATE SET told = d.told OR excluded.told",
    )
    .bind::<BigInt, _>(user)
    .bind::<BigInt, _>(by)
    .bind::<Bool, _>(told)
    .bind::<BigInt, _>(most)
    .bind::<Timestamptz, _>(at)
    .execute(conn)
    .await?;
    Ok(done == 1)
}

/// Takes the mark away; `false` where there was none.
pub async fn remove(conn: &mut Conn, user: Id) -> Result<bool> {
    let done = raw::<()>("DELETE FROM deputies WHERE user_id = ?")
        .bind::<BigInt, _>(user)
        .execute(conn)
        .await?;
    Ok(done == 1)
}

/// Notes that a deputy is called, who was not since `since`; `false` where they were.
pub async fn note_called(
    conn: &mut Conn,
    user: Id,
    since: DateTime<Utc>,
    at: DateTime<Utc>,
) -> Result<bool> {
    let done = raw::<()>(
        "WITH p AS (SELECT ?::bigint AS who, ?::timestamptz AS since, ?::timestamptz AS at) \
         UPDATE deputies d SET called_at = p.at FROM p \
         WHERE d.user_id = p.who AND (d.called_at IS NULL OR d.called_at < p.since)",
    )
    .bind::<BigInt, _>(user)
    .bind::<Timestamptz, _>(since)
    .bind::<Timestamptz, _>(at)
    .execute(conn)
    .await?;
    Ok(done == 1)
}

/// Since when so many reports are open: the moment of the `nth` oldest; `None` while there are
/// fewer.
pub async fn reports_since(conn: &mut Conn, nth: i64) -> Result<Option<DateTime<Utc>>> {
    let rows: Vec<(DateTime<Utc>,)> = raw::<(Timestamptz,)>(
        "SELECT created_at FROM reports WHERE closed_at IS NULL ORDER BY created_at, id OFFSET ? LIMIT 1",
    )
    .bind::<BigInt, _>(nth - 1)
    .load(conn)
    .await?;
    Ok(rows.into_iter().next().map(|(at,)| at))
}

/// What a deputy may know of an account before they do something to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    /// The login here; `None` for elsewhere.
    pub user: Option<Id>,
    /// Somebody of the staff.
    pub is_staff: bool,
    /// Known here: for 30 days, by what they posted and who answers them, or by the word of staff.
    pub is_established: bool,
    /// How many people (or servers) have open reports about it.
    pub reporters: i64,
}

/// Looks at an account; `None` where there is none.
pub async fn target(conn: &mut Conn, account: Id) -> Result<Option<Target>> {
    let rows: Vec<(Option<Id>, bool, bool, i64)> = raw::<(Nullable<BigInt>, Bool, Bool, BigInt)>(
        "SELECT u.id, coalesce(u.role > 0, false), \
             s.established_at IS NOT NULL, \
             (SELECT count(DISTINCT coalesce(r.account_id, -r.host_id)) FROM reports r \
              WHERE r.target_id = a.id AND r.closed_at IS NULL) \
         FROM accounts a LEFT JOIN users u ON u.account_id = a.id LEFT JOIN author_standing s ON s.account_id = a.id \
         WHERE a.id = ?",
    )
    .bind::<BigInt, _>(account)
    .load(conn)
    .await?;
    Ok(rows
        .into_iter()
        .next()
        .map(|(user, is_staff, is_established, reporters)| Target {
            user,
            is_staff,
            is_established,
            reporters,
        }))
}

/// Accounts about which there are open reports, those with the most reporters first.
pub async fn reported(conn: &mut Conn, most: i64) -> Result<Vec<(Id, i64)>> {
    Ok(raw::<(BigInt, BigInt)>(
        "SELECT target_id, count(DISTINCT coalesce(account_id, -host_id)) FROM reports WHERE closed_at IS NULL \
         GROUP BY target_id ORDER BY 2 DESC, min(created_at) LIMIT ?",
    )
    .bind::<BigInt, _>(most)
    .load(conn)
    .await?)
}

/// Something that a deputy did and that ends by itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Act {
    /// Its id.
    pub id: i64,
    /// Who did it, by name; `None` when they are gone.
    pub by: Option<String>,
    /// `SUSPENDED` or `LIMITED` of [`super::restraints`] for an account; for a server `None`.
    pub kind: Option<i16>,
    /// The account it lies on.
    pub account: Option<Id>,
    /// The policy it laid.
    pub policy: Option<i64>,
    /// When.
    pub at: DateTime<Utc>,
    /// When it ends at the latest.
    pub until: DateTime<Utc>,
}

/// Writes one down.
pub async fn insert_act(
    conn: &mut Conn,
    by: Id,
    (kind, account): (Option<i16>, Option<Id>),
    policy: Option<i64>,
    (at, until): (DateTime<Utc>, DateTime<Utc>),
) -> Result<()> {
    raw::<()>(
        "INSERT INTO deputy_acts (user_id, kind, account_id, policy_id, at, until) VALUES (?, ?, ?, ?, ?, ?)",
    )
    .bind::<BigInt, _>(by)
    .bind::<Nullable<SmallInt>, _>(kind)
    .bind::<Nullable<BigInt>, _>(account)
    .bind::<Nullable<BigInt>, _>(policy)
    .bind::<Timestamptz, _>(at)
    .bind::<Timestamptz, _>(until)
    .execute(conn)
    .await?;
    Ok(())
}

/// How many one did since then.
pub async fn count_acts(conn: &mut Conn, by: Id, since: DateTime<Utc>) -> Result<i64> {
    let (count,): (i64,) =
        raw::<(BigInt,)>("SELECT count(*) FROM deputy_acts WHERE user_id = ? AND at > ?")
            .bind::<BigInt, _>(by)
            .bind::<Timestamptz, _>(since)
            .get_result(conn)
            .await?;
    Ok(count)
}

/// Those that hold, oldest first; with `due`, only those whose time is over by then.
pub async fn acts(conn: &mut Conn, due: Option<DateTime<Utc>>, most: i64) -> Result<Vec<Act>> {
    type Row = (
        i64,
        Option<String>,
        Option<i16>,
        Option<Id>,
        Option<i64>,
        DateTime<Utc>,
        DateTime<Utc>,
    );
    let rows: Vec<Row> = raw::<(
        BigInt,
        Nullable<Text>,
        Nullable<SmallInt>,
        Nullable<BigInt>,
        Nullable<BigInt>,
        Timestamptz,
        Timestamptz,
    )>(
        "WITH p AS (SELECT ?::timestamptz AS due, ?::bigint AS most) \
         SELECT d.id, u.username, d.kind, d.account_id, d.policy_id, d.at, d.until \
         FROM p JOIN deputy_acts d ON d.ended_at IS NULL AND (p.due IS NULL OR d.until <= p.due) \
         LEFT JOIN users u ON u.id = d.user_id ORDER BY d.id LIMIT (SELECT most FROM p)",
    )
    .bind::<Nullable<Timestamptz>, _>(due)
    .bind::<BigInt, _>(most)
    .load(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(id, by, kind, account, policy, at, until)| Act {
            id,
            by,
            kind,
            account,
            policy,
            at,
            until,
        })
        .collect())
}

/// Takes one off the list of what holds, to be ended or kept; `false` where somebody was faster.
pub async fn end_act(
    conn: &mut Conn,
    id: i64,
    kept_by: Option<Id>,
    at: DateTime<Utc>,
) -> Result<bool> {
    let done = raw::<()>(
        "WITH p AS (SELECT ?::bigint AS id, ?::bigint AS kept_by, ?::timestamptz AS at) \
         UPDATE deputy_acts d SET ended_at = p.at, kept_by = p.kept_by FROM p WHERE d.id = p.id AND d.ended_at IS NULL",
    )
    .bind::<BigInt, _>(id)
    .bind::<Nullable<BigInt>, _>(kept_by)
    .bind::<Timestamptz, _>(at)
    .execute(conn)
    .await?;
    Ok(done == 1)
}

/// Whether a restraint of that kind that was laid then still lies on the account.
pub async fn still_lies(
    conn: &mut Conn,
    account: Id,
    kind: i16,
    at: DateTime<Utc>,
) -> Result<bool> {
    let (lies,): (bool,) = raw::<(Bool,)>(
        "SELECT EXISTS (SELECT 1 FROM account_restraints WHERE account_id = ? AND kind = ? AND since = ? AND lifted_at IS NULL)",
    )
    .bind::<BigInt, _>(account)
    .bind::<SmallInt, _>(kind)
    .bind::<Timestamptz, _>(at)
    .get_result(conn)
    .await?;
    Ok(lies)
}
