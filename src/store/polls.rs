//! Polls: what is asked, what was chosen, and voting.

use chrono::{DateTime, Utc};
use diesel::OptionalExtension;
use diesel::pg::Pg;
use diesel::sql_types::{
    Array, BigInt, Bool, Integer, Jsonb, Nullable, SmallInt, Text, Timestamptz,
};
use diesel_async::{AsyncConnectionCore, RunQueryDsl};
use serde_json::Value;

use super::Conn;
use super::raw::raw;
use super::visibility::visible_to;
use crate::domain::event::{EventKind, Lane};
use crate::domain::{Id, Result};
use crate::model::emoji::{self, Emoji};

/// Votes that one server may cast in a poll here (I22).
pub const MOST_OF_A_HOST: i64 = 500;

/// A poll as somebody sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct Poll {
    /// The status that asks; the poll has its id.
    pub status: Id,
    /// Who asks.
    pub account: Id,
    /// More than one may be chosen.
    pub multiple: bool,
    /// When it ends.
    pub ends_at: Option<DateTime<Utc>>,
    /// Nobody can vote any more.
    pub expired: bool,
    /// How many voted.
    pub voters: i64,
    /// Titles and votes, in order.
    pub options: Vec<(String, i64)>,
    /// Positions that the viewer chose; empty for strangers.
    pub own: Vec<i16>,
    /// Whether the viewer wrote it.
    pub is_own: bool,
    /// Emoji of its status.
    pub emojis: Vec<Emoji>,
    /// Nobody sees the numbers of the options before the end.
    pub hide_totals: bool,
}

impl Poll {
    /// Whether the numbers of the options are hidden now.
    pub fn hides(&self) -> bool {
        self.hide_totals && !self.expired
    }
}

type Columns = (
    (BigInt, Bool, Nullable<Timestamptz>, Bool, BigInt),
    (Array<Text>, Array<BigInt>),
    (Array<SmallInt>, Bool, Nullable<Jsonb>, Bool, BigInt),
);
type Row = (
    (Id, bool, Option<DateTime<Utc>>, bool, i64),
    (Vec<String>, Vec<i64>),
    (Vec<i16>, bool, Option<Value>, bool, Id),
);

// Of a poll elsewhere its own server's numbers are the truth, and ours may be ahead of them.
// Of a poll here the relay has counted all that was committed, so a vote of this very
// transaction comes on top.
const LOAD: &str = "\
    WITH p AS (SELECT ?::bigint AS viewer, ?::timestamptz AS at, ?::bigint[] AS ids, ?::boolean AS fresh) \
    SELECT q.status_id, q.multiple, q.ends_at, q.closed OR coalesce(q.ends_at <= p.at, false), \
    CASE WHEN a.host_id IS NULL THEN q.voters + (p.fresh AND own.positions IS NOT NULL)::integer \
        ELSE GREATEST(q.voters, (SELECT count(DISTINCT v.account_id) FROM poll_votes v WHERE v.status_id = q.status_id)) END, \
    coalesce(o.titles, '{}'), coalesce(o.votes, '{}'), coalesce(own.positions, '{}'), \
    coalesce(s.account_id = p.viewer, false), s.emojis, q.hide_totals, s.account_id \
    FROM p JOIN polls q ON q.status_id = ANY (p.ids) JOIN statuses s ON s.id = q.status_id \
    JOIN accounts a ON a.id = s.account_id \
    LEFT JOIN LATERAL (SELECT array_agg(v.position ORDER BY v.position) AS positions FROM poll_votes v \
        WHERE v.status_id = q.status_id AND v.account_id = p.viewer) own ON true \
    LEFT JOIN LATERAL (SELECT array_agg(o.title ORDER BY o.position) AS titles, \
        array_agg(CASE WHEN a.host_id IS NULL THEN o.votes + coalesce(p.fresh AND o.position = ANY (own.positions), false)::integer \
            ELSE GREATEST(o.votes, (SELECT count(*) FROM poll_votes v WHERE v.status_id = o.status_id \
                AND v.position = o.position)) END ORDER BY o.position) AS votes \
        FROM poll_options o WHERE o.status_id = q.status_id) o ON true";

/// The polls of those statuses, in no order. Who may see the statuses is the caller's
/// question.
pub async fn load<C>(
    conn: &mut C,
    ids: Vec<Id>,
    viewer: Option<Id>,
    at: DateTime<Utc>,
) -> Result<Vec<Poll>>
where
    C: AsyncConnectionCore<Backend = Pg>,
{
    load_with(conn, ids, viewer, at, false).await
}

/// A poll as its voter sees it in the transaction of the vote: with it.
pub async fn load_voted(
    conn: &mut Conn,
    id: Id,
    voter: Id,
    at: DateTime<Utc>,
) -> Result<Option<Poll>> {
    Ok(load_with(conn, vec![id], Some(voter), at, true)
        .await?
        .pop())
}

async fn load_with<C>(
    conn: &mut C,
    ids: Vec<Id>,
    viewer: Option<Id>,
    at: DateTime<Utc>,
    fresh: bool,
) -> Result<Vec<Poll>>
where
    C: AsyncConnectionCore<Backend = Pg>,
{
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<Row> = raw::<Columns>(LOAD)
        .bind::<Nullable<BigInt>, _>(viewer)
        .bind::<Timestamptz, _>(at)
        .bind::<Array<BigInt>, _>(ids)
        .bind::<Bool, _>(fresh)
        .load(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(
            |(
                (status, multiple, ends_at, expired, voters),
                (titles, votes),
                (own, is_own, emojis, hide_totals, account),
            )| Poll {
                status,
                account,
                multiple,
                ends_at,
                expired,
                voters,
                options: titles.into_iter().zip(votes).collect(),
                own,
                is_own,
                emojis: emoji::from_json(emojis.as_ref()),
                hide_totals,
            },
        )
        .collect())
}

/// A vote.
#[derive(Debug, Clone)]
pub struct Vote {
    /// In which poll.
    pub status: Id,
    /// Whose.
    pub account: Id,
    /// What is chosen: titles or, where they are given, positions.
    pub titles: Vec<String>,
    /// Positions.
    pub positions: Vec<i16>,
    /// The address of a vote from elsewhere.
    pub uri: Option<String>,
    /// Whether further votes of the same account are welcome in a poll with many answers: from
    /// elsewhere each choice comes alone.
    pub one_by_one: bool,
    /// In which lane it is told.
    pub lane: Lane,
}

/// What became of a vote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Voted {
    /// It counts.
    Done,
    /// There is no such poll for that account.
    NoPoll,
    /// The poll has ended.
    Ended,
    /// That account has voted.
    Already,
    /// What was chosen is not offered, or too much was.
    NoChoice,
    /// Its author cannot vote in it.
    Own,
    /// Too many of the voter's server have voted.
    TooMany,
}

// The poll's row is locked: two votes of one account at once cannot both be the first.
const FACTS: &str = concat!(
    "WITH p AS (SELECT ?::bigint AS status, ?::bigint AS viewer, ?::timestamptz AS at, ?::text[] AS titles, ?::smallint[] AS positions) ",
    "SELECT q.multiple, q.closed OR coalesce(q.ends_at <= p.at, false), ",
    "EXISTS (SELECT 1 FROM poll_votes v WHERE v.status_id = q.status_id AND v.account_id = p.viewer), ",
    "s.account_id = p.viewer, ",
    "coalesce((SELECT array_agg(o.position ORDER BY o.position) FROM poll_options o WHERE o.status_id = q.status_id ",
    "AND (o.title = ANY (p.titles) OR o.position = ANY (p.positions))), '{}'), ",
    "(SELECT count(DISTINCT v.account_id)::integer FROM accounts me JOIN accounts he ON he.host_id = me.host_id ",
    "JOIN poll_votes v ON v.account_id = he.id AND v.status_id = q.status_id WHERE me.id = p.viewer) ",
    "FROM p JOIN statuses s ON s.id = p.status AND (NOT s.local_only OR EXISTS (SELECT 1 FROM accounts l WHERE l.id = p.viewer AND l.host_id IS NULL)) ",
    "JOIN accounts a ON a.id = s.account_id JOIN polls q ON q.status_id = s.id WHERE ",
    visible_to!("s", "a"),
    " FOR UPDATE OF q"
);

const VOTE: &str = "\
    WITH p AS (SELECT ?::bigint AS status, ?::bigint AS account, ?::smallint[] AS positions, ?::text AS uri, \
    ?::timestamptz AS at, ?::smallint AS lane, ?::smallint AS event), \
    did AS (INSERT INTO poll_votes (status_id, account_id, position, id, uri, created_at) \
        SELECT p.status, p.account, n.position, next_id(p.at), p.uri, p.at \
        FROM p CROSS JOIN LATERAL unnest(p.positions) AS n (position) ON CONFLICT DO NOTHING RETURNING id) \
    INSERT INTO events (lane, kind, subject_id, actor_id, extra, created_at) \
    SELECT p.lane, p.event, p.status, p.account, did.id, p.at FROM p CROSS JOIN did ORDER BY did.id";

/// Votes, with an event for each choice. Call it in a transaction.
pub async fn vote(conn: &mut Conn, vote: Vote, at: DateTime<Utc>) -> Result<Voted> {
    type Facts = (bool, bool, bool, bool, Vec<i16>, i32);
    let wanted = vote.titles.len() + vote.positions.len();
    let facts: Option<Facts> = raw::<(Bool, Bool, Bool, Bool, Array<SmallInt>, Integer)>(FACTS)
        .bind::<BigInt, _>(vote.status)
        .bind::<BigInt, _>(vote.account)
        .bind::<Timestamptz, _>(at)
        .bind::<Array<Text>, _>(vote.titles)
        .bind::<Array<SmallInt>, _>(vote.positions)
        .get_result(conn)
        .await
        .optional()?;
    let Some((multiple, ended, already, own, positions, of_host)) = facts else {
        return Ok(Voted::NoPoll);
    };
    if own {
        return Ok(Voted::Own);
    }
    if ended {
        return Ok(Voted::Ended);
    }
    if already && !(multiple && vote.one_by_one) {
        return Ok(Voted::Already);
    }
    if positions.is_empty() || positions.len() < wanted || (positions.len() > 1 && !multiple) {
        return Ok(Voted::NoChoice);
    }
    if !already && i64::from(of_host) >= MOST_OF_A_HOST {
        return Ok(Voted::TooMany);
    }
    raw::<()>(VOTE)
        .bind::<BigInt, _>(vote.status)
        .bind::<BigInt, _>(vote.account)
        .bind::<Array<SmallInt>, _>(positions)
        .bind::<Nullable<Text>, _>(vote.uri)
        .bind::<Timestamptz, _>(at)
        .bind::<SmallInt, _>(vote.lane as i16)
        .bind::<SmallInt, _>(EventKind::PollVoted as i16)
        .execute(conn)
        .await?;
    Ok(Voted::Done)
}

/// A choice of somebody here in a poll elsewhere, as its server must hear of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cast {
    /// `poll_votes.id`.
    pub id: Id,
    /// Who voted.
    pub account: Id,
    /// The address of the question.
    pub question: String,
    /// The address of who asks.
    pub asker: String,
    /// What was chosen.
    pub title: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// Those of the choices `ids` that stand and are in polls elsewhere, in no order.
pub async fn cast(conn: &mut Conn, ids: Vec<Id>) -> Result<Vec<Cast>> {
    type Row = (Id, Id, String, String, String, DateTime<Utc>);
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<Row> = raw::<(BigInt, BigInt, Text, Text, Text, Timestamptz)>(
        "SELECT v.id, v.account_id, s.uri, a.uri, o.title, v.created_at FROM poll_votes v \
         JOIN poll_options o ON o.status_id = v.status_id AND o.position = v.position \
         JOIN statuses s ON s.id = v.status_id AND s.uri IS NOT NULL \
         JOIN accounts a ON a.id = s.account_id AND a.host_id IS NOT NULL WHERE v.id = ANY (?)",
    )
    .bind::<Array<BigInt>, _>(ids)
    .load(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(id, account, question, asker, title, at)| Cast {
            id,
            account,
            question,
            asker,
            title,
            at,
        })
        .collect())
}
