//! Making and taking back notifications, in sets.
//!
//! Candidates come from the rows, not from the events alone: what was undone meanwhile has
//! none. One statement a kind, whatever the number.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Timestamptz};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::raw::raw;
use super::visibility::{enters_home, for_named_alone};
use crate::domain::{Id, Result, ids};

/// A new notification: its id and whose it is.
pub type New = (Id, Id);

/// Strangers of one new server may tell one person so much at once in a day; the rest waits.
macro_rules! fresh_host_may {
    () => {
        "10"
    };
}

/// Inserts the candidates `$c` (of `p.ids`, `p.others`) that their reader wants: a member,
/// not oneself (but for the end of one's own poll), no block either way or of the server, no mute
/// of notifications, no muted conversation.
///
/// Whether one comes at once (0), waits in the request box (1) or is dropped (2) is judged by
/// the reader's policy, and by floods (I26): who is of a server that sends more than its budget,
/// or of one that is new here and has told this reader enough today, waits. Whom the reader
/// follows or let in, staff, and the ends of polls come at once.
macro_rules! tell {
    ($($c:expr),+) => {
        concat!(
            "WITH p AS (SELECT ?::bigint[] AS ids, ?::bigint[] AS others, ?::timestamptz AS since, ?::timestamptz AS at), ",
            "c (account_id, kind, from_id, status_id, conversation_id, at, key) AS (", $($c),+, "), ",
            "wanted AS MATERIALIZED (SELECT c.*, fa.host_id, fa.flags AS from_flags, fa.kind AS from_kind, fa.created_at AS from_since, ",
            "EXISTS (SELECT 1 FROM follows wf WHERE wf.account_id = c.account_id AND wf.target_id = c.from_id AND wf.state = 1) ",
            "OR EXISTS (SELECT 1 FROM notification_permissions np WHERE np.account_id = c.account_id AND np.from_account_id = c.from_id) ",
            "OR EXISTS (SELECT 1 FROM users st WHERE st.account_id = c.from_id AND st.role > 0) OR c.kind IN (7, 10, 13) AS welcome ",
            "FROM p CROSS JOIN c ",
            "JOIN users u ON u.account_id = c.account_id AND u.approved_at IS NOT NULL ",
            "JOIN accounts fa ON fa.id = c.from_id AND (fa.flags & 2) <> 2 ",
            "WHERE (c.account_id <> c.from_id OR c.kind = 10) ",
            "AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.account_id = c.account_id AND b.target_id = c.from_id) ",
            "AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.account_id = c.from_id AND b.target_id = c.account_id) ",
            "AND NOT EXISTS (SELECT 1 FROM mutes m WHERE m.account_id = c.account_id AND m.target_id = c.from_id ",
            "AND m.notifications AND (m.until IS NULL OR m.until > p.at)) ",
            "AND NOT EXISTS (SELECT 1 FROM account_domain_blocks ad WHERE ad.account_id = c.account_id AND ad.domain = fa.handle_domain) ",
            "AND NOT EXISTS (SELECT 1 FROM conversation_mutes cm WHERE cm.account_id = c.account_id ",
            "AND cm.conversation_id = c.conversation_id)), ",
            "fresh AS (SELECT w.account_id, w.host_id, (SELECT count(*) FROM notifications n JOIN accounts na ON na.id = n.from_account_id ",
            "AND na.host_id = w.host_id WHERE n.account_id = w.account_id AND NOT n.filtered ",
            "AND n.id > floor(extract(epoch FROM h.first_seen_at) * 1000)::bigint << 16) AS told ",
            "FROM (SELECT DISTINCT account_id, host_id FROM wanted WHERE NOT welcome) w CROSS JOIN p ",
            "JOIN hosts h ON h.id = w.host_id AND h.first_seen_at > p.at - interval '1 day'), ",
            "judged AS MATERIALIZED (SELECT w.*, CASE WHEN w.welcome THEN 0 ELSE greatest( ",
            "CASE WHEN w.kind IN (0, 2, 3, 4, 5) AND (h.flooding_until > p.at OR fresh.told + row_number() OVER ",
            "(PARTITION BY w.account_id, w.host_id, w.welcome ORDER BY w.at) > ", fresh_host_may!(), ") THEN 1 ELSE 0 END, ",
            "coalesce(np.for_not_following, 0), ",
            "CASE WHEN np.for_not_followers > 0 AND NOT EXISTS (SELECT 1 FROM follows ff WHERE ff.account_id = w.from_id ",
            "AND ff.target_id = w.account_id AND ff.state = 1 AND ff.created_at < p.at - interval '3 days') THEN np.for_not_followers ELSE 0 END, ",
            "CASE WHEN w.from_since > p.at - interval '30 days' THEN coalesce(np.for_new_accounts, 0) ELSE 0 END, ",
            "CASE WHEN np.for_private_mentions > 0 AND w.kind = 0 AND EXISTS (SELECT 1 FROM statuses ps LEFT JOIN statuses pp ",
            "ON pp.id = ps.in_reply_to_id WHERE ps.id = w.status_id AND ", for_named_alone!("ps"),
            " AND pp.account_id IS DISTINCT FROM w.account_id) THEN np.for_private_mentions ELSE 0 END, ",
            "CASE WHEN (w.from_flags & 1) <> 0 OR (h.flags & 1) <> 0 THEN coalesce(np.for_limited_accounts, 1) ELSE 0 END, ",
            "CASE WHEN w.from_kind IN (1, 2) THEN coalesce(np.for_bots, 0) ELSE 0 END) END AS verdict ",
            "FROM p CROSS JOIN wanted w LEFT JOIN hosts h ON h.id = w.host_id ",
            "LEFT JOIN fresh ON fresh.account_id = w.account_id AND fresh.host_id = w.host_id ",
            "LEFT JOIN notification_policies np ON np.account_id = w.account_id ORDER BY w.at), ",
            "told AS (INSERT INTO notifications (id, account_id, kind, from_account_id, status_id, group_key, created_at, filtered) ",
            "SELECT next_id(greatest(p.since, least(w.at, p.at))), w.account_id, w.kind, w.from_id, w.status_id, w.key, w.at, w.verdict = 1 ",
            "FROM p CROSS JOIN judged w WHERE w.verdict < 2 ",
            "ON CONFLICT DO NOTHING RETURNING id, account_id, from_account_id, status_id, filtered), ",
            "boxed AS (INSERT INTO notification_requests AS r (id, account_id, from_account_id, last_status_id, notifications_count, updated_at) ",
            "SELECT next_id(p.at), t.account_id, t.from_account_id, t.last, t.n, p.at FROM p CROSS JOIN (SELECT account_id, ",
            "from_account_id, max(status_id) AS last, count(*)::integer AS n FROM told WHERE filtered GROUP BY 1, 2) t ",
            "ON CONFLICT (account_id, from_account_id) DO UPDATE SET last_status_id = coalesce(excluded.last_status_id, r.last_status_id), ",
            "notifications_count = r.notifications_count + excluded.notifications_count, updated_at = excluded.updated_at) ",
            "SELECT id, account_id FROM told WHERE NOT filtered"
        )
    };
}

/// Half days since 1970: what happens in the same one is a group (quirk 136).
macro_rules! half_day {
    ($at:literal) => {
        concat!("floor(extract(epoch FROM ", $at, ") / 43200)::bigint")
    };
}

// Of a post that waits before it goes out, strangers hear when it goes.
const MENTIONS: &str = tell!(
    "SELECT sa.account_id, 0::smallint, s.account_id, s.id, s.conversation_id, s.created_at, '' ",
    "FROM p JOIN statuses s ON s.id = ANY (p.ids) JOIN status_audience sa ON sa.status_id = s.id AND sa.mentioned ",
    "WHERE NOT EXISTS (SELECT 1 FROM outbound_holds oh WHERE oh.status_id = s.id) OR EXISTS (SELECT 1 FROM follows hf ",
    "WHERE hf.account_id = sa.account_id AND hf.target_id = s.account_id AND hf.state = 1)"
);
const POSTS: &str = tell!(
    "SELECT f.account_id, 1::smallint, s.account_id, s.id, s.conversation_id, s.created_at, '' ",
    "FROM p JOIN statuses s ON s.id = ANY (p.ids) AND s.reblog_of_id IS NULL ",
    "JOIN follows f ON f.target_id = s.account_id AND (f.flags & 2) <> 0 AND ",
    enters_home!("f", "s"),
    " WHERE NOT EXISTS (SELECT 1 FROM status_audience sa WHERE sa.status_id = s.id ",
    "AND sa.account_id = f.account_id AND sa.mentioned)"
);
const BOOSTS: &str = tell!(
    "SELECT t.account_id, 2::smallint, b.account_id, t.id, t.conversation_id, b.created_at, ",
    "'reblog-' || t.id || '-' || ",
    half_day!("b.created_at"),
    " FROM p JOIN statuses b ON b.id = ANY (p.ids) JOIN statuses t ON t.id = b.reblog_of_id"
);
const FAVOURITES: &str = tell!(
    "SELECT t.account_id, 5::smallint, r.account_id, t.id, t.conversation_id, r.created_at, ",
    "'favourite-' || t.id || '-' || ",
    half_day!("r.created_at"),
    " FROM p CROSS JOIN LATERAL unnest(p.ids, p.others) AS e (status, account) ",
    "JOIN reactions r ON r.status_id = e.status AND r.account_id = e.account AND r.emoji = '' ",
    "JOIN statuses t ON t.id = r.status_id"
);
// Who asked and was let in has been told of already.
const FOLLOWS: &str = tell!(
    "SELECT f.target_id, 3::smallint, f.account_id, NULL::bigint, NULL::bigint, f.created_at, ",
    "'follow-' || ",
    half_day!("f.created_at"),
    " FROM p JOIN follows f ON f.id = ANY (p.ids) AND f.state = 1 ",
    "WHERE NOT EXISTS (SELECT 1 FROM notifications n WHERE n.account_id = f.target_id AND n.kind = 4 ",
    "AND n.from_account_id = f.account_id)"
);
const REQUESTS: &str = tell!(
    "SELECT f.target_id, 4::smallint, f.account_id, NULL::bigint, NULL::bigint, f.created_at, '' ",
    "FROM p JOIN follows f ON f.id = ANY (p.ids) AND f.state = 0"
);
const SIGN_UPS: &str = tell!(
    "SELECT staff.account_id, 7::smallint, new.account_id, NULL::bigint, NULL::bigint, p.at, ",
    "'admin.sign_up-' || ",
    half_day!("p.at"),
    " FROM p JOIN applications ap ON ap.id = ANY (p.ids) ",
    "JOIN users new ON new.id = ap.user_id AND new.approved_at IS NOT NULL ",
    "JOIN users staff ON staff.role > 0"
);

// To whoever let them in, or whoever an admin named to greet.
const ARRIVALS: &str = tell!(
    "SELECT g.account_id, 13::smallint, new.account_id, NULL::bigint, NULL::bigint, p.at, '' ",
    "FROM p JOIN applications ap ON ap.id = ANY (p.ids) ",
    "JOIN users new ON new.id = ap.user_id AND new.approved_at IS NOT NULL ",
    "LEFT JOIN instance_settings s ON s.key = 'welcome' ",
    "JOIN users g ON g.id = coalesce((SELECT named.id FROM users named ",
    "WHERE named.id = (s.value->>'greeter')::bigint AND named.disabled_at IS NULL), ap.decided_by)"
);
const ENDS: &str = tell!(
    "SELECT v.account_id, 10::smallint, s.account_id, s.id, s.conversation_id, q.ends_at, '' ",
    "FROM p JOIN polls q ON q.status_id = ANY (p.ids) AND q.closed JOIN statuses s ON s.id = q.status_id ",
    "CROSS JOIN LATERAL (SELECT s.account_id UNION SELECT pv.account_id FROM poll_votes pv WHERE pv.status_id = s.id) v"
);

/// What is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// Ids of statuses: those named in them.
    Mentions,
    /// Ids of statuses: followers who ask for each.
    Posts,
    /// Ids of boosts: the boosted one's author.
    Boosts,
    /// Ids of statuses beside who favourited: the author.
    Favourites,
    /// Ids of follows: who is followed.
    Follows,
    /// Ids of follows: who is asked.
    Requests,
    /// Ids of statuses whose polls are over: their authors, and who voted.
    Ends,
    /// Ids of applications: staff.
    SignUps,
    /// Ids of applications whose people are here now: who greets them.
    Arrivals,
}

/// Tells everybody who wants to know. `others` is read for [`About::Favourites`] alone, as
/// long as `ids` there. Doing it again tells nobody twice.
///
/// Ids are in the order of the deeds, whatever their kinds, and above all that were made
/// before `since`: an app that asks for what is newer than the last one misses none.
pub async fn tell(
    conn: &mut Conn,
    about: About,
    ids: Vec<Id>,
    others: Vec<Id>,
    since: DateTime<Utc>,
    at: DateTime<Utc>,
) -> Result<Vec<New>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let sql = match about {
        About::Mentions => MENTIONS,
        About::Posts => POSTS,
        About::Boosts => BOOSTS,
        About::Favourites => FAVOURITES,
        About::Follows => FOLLOWS,
        About::Requests => REQUESTS,
        About::Ends => ENDS,
        About::SignUps => SIGN_UPS,
        About::Arrivals => ARRIVALS,
    };
    Ok(raw::<(BigInt, BigInt)>(sql)
        .bind::<Array<BigInt>, _>(ids)
        .bind::<Array<BigInt>, _>(others)
        .bind::<Timestamptz, _>(since)
        .bind::<Timestamptz, _>(at)
        .load(conn)
        .await?)
}

/// When the newest notification of all was made; the beginning of time without one.
pub async fn newest(conn: &mut Conn) -> Result<DateTime<Utc>> {
    let (id,): (Id,) = raw::<(BigInt,)>("SELECT coalesce(max(id), 0) FROM notifications")
        .get_result(conn)
        .await?;
    Ok(ids::time_of(id))
}

const UNFAVOURITED: &str = "\
    WITH p AS (SELECT ?::bigint[] AS ids, ?::bigint[] AS others) \
    DELETE FROM notifications n USING p, unnest(p.ids, p.others) AS e (status, account) \
    WHERE n.status_id = e.status AND n.from_account_id = e.account AND n.kind = 5 \
    AND NOT EXISTS (SELECT 1 FROM reactions r WHERE r.status_id = e.status AND r.account_id = e.account AND r.emoji = '')";
const UNBOOSTED: &str = "\
    WITH p AS (SELECT ?::bigint[] AS ids, ?::bigint[] AS others) \
    DELETE FROM notifications n USING p, unnest(p.ids, p.others) AS e (status, account) \
    WHERE n.status_id = e.status AND n.from_account_id = e.account AND n.kind = 2 \
    AND NOT EXISTS (SELECT 1 FROM statuses b WHERE b.reblog_of_id = e.status AND b.account_id = e.account)";
const UNFOLLOWED: &str = "\
    WITH p AS (SELECT ?::bigint[] AS ids, ?::bigint[] AS others) \
    DELETE FROM notifications n USING p, unnest(p.ids, p.others) AS e (target, follower) \
    WHERE n.account_id = e.target AND n.from_account_id = e.follower AND n.kind IN (3, 4) \
    AND NOT EXISTS (SELECT 1 FROM follows f WHERE f.account_id = e.follower AND f.target_id = e.target)";
const ANSWERED: &str = "\
    WITH p AS (SELECT ?::bigint[] AS ids, ?::bigint[] AS others) \
    DELETE FROM notifications n USING p, unnest(p.ids, p.others) AS e (target, follower) \
    WHERE n.account_id = e.target AND n.from_account_id = e.follower AND n.kind = 4 \
    AND NOT EXISTS (SELECT 1 FROM follows f WHERE f.account_id = e.follower AND f.target_id = e.target AND f.state = 0)";
const BLOCKED: &str = "\
    WITH p AS (SELECT ?::bigint[] AS ids, ?::bigint[] AS others) \
    DELETE FROM notifications n USING p, unnest(p.ids, p.others) AS e (target, blocker) \
    WHERE (n.account_id = e.blocker AND n.from_account_id = e.target) \
    OR (n.account_id = e.target AND n.from_account_id = e.blocker)";

/// What is taken back; each with two lists of the same length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undone {
    /// Statuses and who no longer favours them.
    Favourites,
    /// Boosted statuses and who no longer boosts them.
    Boosts,
    /// Accounts and who no longer follows or asks.
    Follows,
    /// Accounts and whose question they answered.
    Answered,
    /// Accounts and who blocks them: nothing between the two is left.
    Blocked,
}

/// Takes back what is no longer so.
pub async fn take_back(conn: &mut Conn, what: Undone, ids: Vec<Id>, others: Vec<Id>) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let sql = match what {
        Undone::Favourites => UNFAVOURITED,
        Undone::Boosts => UNBOOSTED,
        Undone::Follows => UNFOLLOWED,
        Undone::Answered => ANSWERED,
        Undone::Blocked => BLOCKED,
    };
    raw::<()>(sql)
        .bind::<Array<BigInt>, _>(ids)
        .bind::<Array<BigInt>, _>(others)
        .execute(conn)
        .await?;
    Ok(())
}
