//! How somebody stands to others: one statement for any number.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Bool, Integer, Nullable, SmallInt, Text, Timestamptz};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::raw::raw;
use crate::domain::{Id, Result};
use crate::model::follow;

/// How the viewer stands to one account.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Relationship {
    /// The other account.
    pub id: Id,
    /// The viewer follows.
    pub following: bool,
    /// Boosts are shown at home.
    pub showing_reblogs: bool,
    /// Each new post notifies.
    pub notifying: bool,
    /// Only these languages at home.
    pub languages: Option<Vec<String>>,
    /// The viewer asked to follow.
    pub requested: bool,
    /// The other follows.
    pub followed_by: bool,
    /// The other asked to follow.
    pub requested_by: bool,
    /// The viewer blocks.
    pub blocking: bool,
    /// The other blocks.
    pub blocked_by: bool,
    /// The viewer mutes.
    pub muting: bool,
    /// Notifications too.
    pub muting_notifications: bool,
    /// The end of the mute; `None` when it has none.
    pub muting_expires_at: Option<DateTime<Utc>>,
    /// The viewer blocks the other's server.
    pub domain_blocking: bool,
}

type Columns = (
    BigInt,
    (
        Nullable<SmallInt>,
        Nullable<Integer>,
        Nullable<Array<Text>>,
        Nullable<SmallInt>,
    ),
    (Bool, Bool, Bool),
    (Nullable<Bool>, Nullable<Timestamptz>),
);
type Row = (
    Id,
    (Option<i16>, Option<i32>, Option<Vec<String>>, Option<i16>),
    (bool, bool, bool),
    (Option<bool>, Option<DateTime<Utc>>),
);

/// How `viewer` stands to `ids`, in that order; unknown ones are left out. Mutes that have
/// ended by `at` count no more.
pub async fn list(
    conn: &mut Conn,
    viewer: Id,
    ids: Vec<Id>,
    at: DateTime<Utc>,
) -> Result<Vec<Relationship>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<Row> = raw::<Columns>(
        "WITH p AS (SELECT ?::bigint AS viewer, ?::bigint[] AS ids, ?::timestamptz AS at) \
         SELECT a.id, f.state, f.flags, f.languages, b.state, \
         EXISTS (SELECT 1 FROM blocks k WHERE k.account_id = p.viewer AND k.target_id = a.id OFFSET 0), \
         EXISTS (SELECT 1 FROM blocks k WHERE k.account_id = a.id AND k.target_id = p.viewer OFFSET 0), \
         EXISTS (SELECT 1 FROM account_domain_blocks d WHERE d.account_id = p.viewer AND d.domain = a.handle_domain OFFSET 0), \
         m.notifications, m.until \
         FROM p CROSS JOIN LATERAL unnest(p.ids) WITH ORDINALITY AS w (id, place) \
         JOIN accounts a ON a.id = w.id \
         LEFT JOIN follows f ON f.account_id = p.viewer AND f.target_id = a.id \
         LEFT JOIN follows b ON b.account_id = a.id AND b.target_id = p.viewer \
         LEFT JOIN mutes m ON m.account_id = p.viewer AND m.target_id = a.id \
             AND (m.until IS NULL OR m.until > p.at) \
         ORDER BY w.place",
    )
    .bind::<BigInt, _>(viewer)
    .bind::<Array<BigInt>, _>(ids)
    .bind::<Timestamptz, _>(at)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(relationship).collect())
}

fn relationship((id, follows, blocks, mute): Row) -> Relationship {
    let (state, flags, languages, back) = follows;
    let (notifications, until) = mute;
    let following = state == Some(follow::ACCEPTED);
    // What was wished for holds from the request on, and apps show it there too.
    let flags = flags.unwrap_or_default();
    Relationship {
        id,
        following,
        showing_reblogs: flags & follow::SHOWS_BOOSTS != 0,
        notifying: flags & follow::NOTIFIES != 0,
        languages,
        requested: state == Some(follow::REQUESTED),
        followed_by: back == Some(follow::ACCEPTED),
        requested_by: back == Some(follow::REQUESTED),
        blocking: blocks.0,
        blocked_by: blocks.1,
        muting: notifications.is_some(),
        muting_notifications: notifications.unwrap_or_default(),
        muting_expires_at: until,
        domain_blocking: blocks.2,
    }
}
