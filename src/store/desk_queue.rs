//! The queue of the desk, page by page: each is one statement that reads as much of an index as
//! it shows, however many wait.
//!
//! Applications that are alike (`cluster_id`) are one row. A row's place is its id, a group's
//! that of the oldest that ever was of it: groups are found one after the other by a loose scan
//! of `applications_lane_alike`, single ones by `applications_lane_alone`. Oldest first, those
//! that somebody vouched for go before all others (C0): the others' places are counted from
//! [`behind`] on.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Timestamptz};
use diesel::{ExpressionMethods, JoinOnDsl, QueryDsl, SelectableHelper};
use diesel_async::RunQueryDsl;

use super::raw::{Raw, raw};
use super::{Conn, desk_sift};
use crate::domain::{Id, Result};
use crate::model::application::{ApplicantProfile, Application};
use crate::model::schema::{applicant_profiles, applications, users};
use crate::model::user::User;

/// Rows of one page, and one more that says whether there is another.
pub const READ: usize = 21;
/// Nothing is counted further.
pub const COUNTED: i64 = 1000;

/// The parts of what came to the door.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Part {
    /// To be decided: vouched for or waiting, not put off, not asked back.
    #[default]
    Waiting,
    /// Of these, those that somebody vouched for.
    Vouched,
    /// In line behind the queue.
    InLine,
    /// What a machine seems to have sent.
    Automated,
    /// Asked back: the applicant has the word.
    AskedBack,
    /// Put off.
    PutOff,
    /// Let in through an open door, and read by nobody yet.
    Unread,
    /// What is over.
    Decided,
}

/// A row of the queue: an application, or a group of those that are alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Where it stands: what the next page goes on from.
    pub key: Id,
    /// The application; the oldest one of a group.
    pub application: Id,
    /// How many of the group are in this part, up to [`COUNTED`] and one; 1 for one alone.
    pub alike: i64,
}

/// What is wanted of a part.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Which part.
    pub part: Part,
    /// Newest first instead of oldest first.
    pub newest_first: bool,
    /// Goes on behind this place.
    pub after: Option<Id>,
    /// Goes back from this place, the other way round; instead of `after`.
    pub before: Option<Id>,
    /// Only some of them.
    pub sift: Sift,
}

/// Which of a part are wanted; nothing said is all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sift {
    /// Whose browser asked for this language: `de`, in small letters.
    pub language: Option<String>,
    /// Who keeps a draft.
    pub drafts: bool,
    /// Who came by an invite.
    pub invited: bool,
    /// Who appealed against a no.
    pub appealed: bool,
}

impl Wanted {
    /// Whether ids fall as the page is read, and where it begins.
    pub(super) fn way(&self) -> (bool, Id) {
        let falling = self.newest_first != self.before.is_some();
        let end = if falling { Id::MAX } else { 0 };
        (falling, self.before.or(self.after).unwrap_or(end))
    }
}

// What is put off comes back by itself, so its time is asked and not its being there.
macro_rules! not_put_off {
    () => {
        " AND (a.put_off_until IS NULL OR a.put_off_until <= (SELECT at FROM p)) "
    };
}

/// Where the places of those begin whom nobody vouched for, oldest first: beyond every id, which
/// has 41 bits of milliseconds and 16 more.
macro_rules! behind {
    () => {
        "1152921504606846976"
    };
}
pub(super) use behind;

macro_rules! now_in {
    ($lanes:tt) => {
        concat!("a.state = 1 AND a.lane IN (", $lanes, ")", not_put_off!())
    };
}

// As the index `applications_unread` has it. Nobody decided these, or the decision would carry a
// hash of what was seen; who was limited or suspended meanwhile was looked at.
macro_rules! let_in {
    () => {
        "a.state = 3 AND a.mode = 0 AND a.decided_by IS NULL AND a.snapshot_hash IS NULL AND a.read_at IS NULL \
         AND EXISTS (SELECT 1 FROM users lu JOIN accounts la ON la.id = lu.account_id \
             WHERE lu.id = a.user_id AND lu.disabled_at IS NULL AND (la.flags & 3) = 0)"
    };
}

// What they wrote is kept for 90 days: after that, there is nothing to be read.
macro_rules! unread {
    () => {
        concat!(
            let_in!(),
            " AND a.decided_at > (SELECT at FROM p) - interval '90 days'"
        )
    };
}
pub(super) use {let_in, not_put_off, now_in, unread};

// A lane is named in so many words: by that the planner knows which index is the short one.
/// Single ones of a lane.
macro_rules! alone {
    ($lane:tt, $after:tt, $beyond:tt, $order:tt) => {
        concat!(
            "(SELECT a.id FROM applications a WHERE a.state = 1 AND a.lane = ",
            $lane,
            " AND a.cluster_id IS NULL AND a.id ",
            $beyond,
            " (SELECT ",
            $after,
            " FROM p)",
            not_put_off!(),
            "ORDER BY a.id ",
            $order,
            " LIMIT 21)"
        )
    };
}

/// Groups of a lane, one step of the scan each, where `$too` holds of them too.
macro_rules! groups {
    ($name:tt, $lane:tt, $too:expr, $after:tt, $beyond:tt, $order:tt) => {
        concat!(
            $name, " AS ((SELECT a.cluster_id, 1 AS n FROM applications a WHERE a.state = 1 AND a.lane = ", $lane,
            " AND a.cluster_id IS NOT NULL AND a.cluster_id ", $beyond, " (SELECT ", $after, " FROM p)", not_put_off!(), $too,
            "ORDER BY a.cluster_id ", $order, " LIMIT 1) UNION ALL SELECT x.cluster_id, g.n + 1 FROM ", $name,
            " g CROSS JOIN LATERAL (SELECT a.cluster_id FROM applications a WHERE a.state = 1 AND a.lane = ", $lane,
            " AND a.cluster_id IS NOT NULL AND a.cluster_id ", $beyond, " g.cluster_id", not_put_off!(), $too,
            "ORDER BY a.cluster_id ", $order, " LIMIT 1) x WHERE g.n < 21)"
        )
    };
}

/// Of a group somebody is vouched for: it stands among those, and not a second time.
macro_rules! nobody_vouched {
    () => {
        "AND NOT EXISTS (SELECT 1 FROM applications v WHERE v.state = 1 AND v.lane = 0 AND v.cluster_id IS NOT NULL \
            AND v.cluster_id = a.cluster_id AND (v.put_off_until IS NULL OR v.put_off_until <= (SELECT at FROM p))) "
    };
}

/// The oldest of a group in a lane.
macro_rules! oldest {
    ($lane:tt) => {
        concat!(
            "(SELECT a.id FROM applications a WHERE a.state = 1 AND a.lane = ",
            $lane,
            " AND a.cluster_id IS NOT NULL AND a.cluster_id = grp",
            not_put_off!(),
            "ORDER BY a.id LIMIT 1)"
        )
    };
}

macro_rules! alike {
    ($lanes:tt) => {
        concat!(
            "CASE WHEN grp IS NULL THEN 1 ELSE (SELECT count(*) FROM (SELECT 1 FROM applications a WHERE a.cluster_id = grp AND ",
            now_in!($lanes), " LIMIT 1001) c) END"
        )
    };
}

/// Single rows and groups of one lane, merged by place.
macro_rules! one_lane {
    ($lane:tt, $beyond:tt, $order:tt) => {
        concat!(
            "WITH RECURSIVE p AS (SELECT ?::bigint AS after, ?::timestamptz AS at), ",
            "alone AS ", alone!($lane, "after", $beyond, $order), ", ", groups!("kin", $lane, "", "after", $beyond, $order), ", ",
            "places AS (SELECT id AS key, NULL::bigint AS grp FROM alone UNION SELECT cluster_id, cluster_id FROM kin ORDER BY 1 ",
            $order, " LIMIT 21) SELECT key, CASE WHEN grp IS NULL THEN key ELSE ", oldest!($lane), " END, ", alike!($lane),
            " FROM places ORDER BY key ", $order
        )
    };
}

/// The same of the two lanes that reviewers draw from, newest first, whoever vouched.
macro_rules! by_age {
    ($lanes:tt, $beyond:tt, $order:tt) => {
        concat!(
            "WITH RECURSIVE p AS (SELECT ?::bigint AS after, ?::timestamptz AS at), ",
            "alone AS (", alone!("0", "after", $beyond, $order), " UNION ALL ", alone!("1", "after", $beyond, $order), "), ",
            groups!("vouched", "0", "", "after", $beyond, $order), ", ",
            groups!("waiting", "1", "", "after", $beyond, $order), ", ",
            "places AS (SELECT id AS key, NULL::bigint AS grp FROM alone UNION SELECT cluster_id, cluster_id FROM vouched ",
            "UNION SELECT cluster_id, cluster_id FROM waiting ORDER BY 1 ", $order, " LIMIT 21) ",
            "SELECT key, CASE WHEN grp IS NULL THEN key ELSE least(", oldest!("0"), ", ", oldest!("1"), ") END, ",
            alike!($lanes), " FROM places ORDER BY key ", $order
        )
    };
}

/// The same oldest first: one lane, then the other.
macro_rules! vouched_first {
    ($lanes:tt, $beyond:tt, $order:tt) => {
        concat!(
            "WITH RECURSIVE p AS (SELECT x.after, x.after - ",
            behind!(),
            " AS behind, x.at \
                FROM (SELECT ?::bigint AS after, ?::timestamptz AS at) x), ",
            groups!("vouched", "0", "", "after", $beyond, $order),
            ", ",
            groups!("waiting", "1", nobody_vouched!(), "behind", $beyond, $order),
            ", ",
            "places AS (SELECT id AS key, id, NULL::bigint AS grp FROM ",
            alone!("0", "after", $beyond, $order),
            " v ",
            "UNION ALL SELECT id + ",
            behind!(),
            ", id, NULL FROM ",
            alone!("1", "behind", $beyond, $order),
            " w ",
            "UNION ALL SELECT cluster_id, NULL, cluster_id FROM vouched ",
            "UNION ALL SELECT cluster_id + ",
            behind!(),
            ", NULL, cluster_id FROM waiting ORDER BY 1 ",
            $order,
            " LIMIT 21) ",
            "SELECT key, coalesce(id, least(",
            oldest!("0"),
            ", ",
            oldest!("1"),
            ")), ",
            alike!($lanes),
            " FROM places ORDER BY key ",
            $order
        )
    };
}

/// One row an application: what is asked back, put off, or over.
macro_rules! flat {
    ($holds:expr, $beyond:tt, $order:tt) => {
        concat!(
            "WITH p AS (SELECT ?::bigint AS after, ?::timestamptz AS at) SELECT a.id, a.id, 1::bigint FROM applications a WHERE ",
            $holds, " AND a.id ", $beyond, " (SELECT after FROM p) ORDER BY a.id ", $order, " LIMIT 21"
        )
    };
}

macro_rules! both_ways {
    ($falling:expr, $make:ident, $($what:tt)+) => {
        match $falling {
            true => raw($make!($($what)+, "<", "DESC")),
            false => raw($make!($($what)+, ">", "ASC")),
        }
    };
}

/// A page of a part: [`READ`] rows at the most, nearest to where it begins first. What is sifted
/// stands by itself, whatever it is like (`store/desk_sift.rs`).
pub async fn page(conn: &mut Conn, wanted: &Wanted, at: DateTime<Utc>) -> Result<Vec<Place>> {
    if wanted.sift != Sift::default() {
        return desk_sift::page(conn, wanted, at).await;
    }
    let (falling, from) = wanted.way();
    let statement: Raw<(BigInt, BigInt, BigInt)> = match wanted.part {
        Part::Waiting if wanted.newest_first => both_ways!(falling, by_age, "0, 1"),
        Part::Waiting => both_ways!(falling, vouched_first, "0, 1"),
        Part::Vouched => both_ways!(falling, one_lane, "0"),
        Part::InLine => both_ways!(falling, one_lane, "2"),
        Part::Automated => both_ways!(falling, one_lane, "3"),
        Part::AskedBack => both_ways!(falling, flat, "a.state = 2"),
        Part::PutOff => both_ways!(
            falling,
            flat,
            "a.state = 1 AND a.put_off_until IS NOT NULL AND a.put_off_until > (SELECT at FROM p)"
        ),
        Part::Unread => both_ways!(falling, flat, unread!()),
        Part::Decided => both_ways!(falling, flat, "a.state IN (3, 4, 6)"),
    };
    let rows: Vec<(Id, Id, i64)> = statement
        .bind::<BigInt, _>(from)
        .bind::<Timestamptz, _>(at)
        .load(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(key, application, alike)| Place {
            key,
            application,
            alike,
        })
        .collect())
}

/// How many wait where; each counted up to [`COUNTED`] and one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PartCounts {
    /// Vouched for or waiting, not put off.
    pub waiting: i64,
    /// Of these, vouched for.
    pub vouched: i64,
    /// In line behind them.
    pub in_line: i64,
    /// In the folder of likely automated ones.
    pub automated: i64,
    /// Asked back.
    pub asked_back: i64,
    /// Put off.
    pub put_off: i64,
    /// Let in through an open door, and read by nobody yet.
    pub unread: i64,
    /// Whose address is not confirmed.
    pub unconfirmed: i64,
}

macro_rules! up_to {
    ($holds:expr) => {
        concat!(
            "(SELECT count(*) FROM (SELECT 1 FROM applications a WHERE ",
            $holds,
            " LIMIT 1001) c)"
        )
    };
}

const COUNTS: &str = concat!(
    "WITH p AS (SELECT ?::timestamptz AS at) SELECT ",
    up_to!(now_in!("0, 1")),
    ", ",
    up_to!(now_in!("0")),
    ", ",
    up_to!(now_in!("2")),
    ", ",
    up_to!(now_in!("3")),
    ", ",
    up_to!("a.state = 2"),
    ", ",
    up_to!("a.state = 1 AND a.put_off_until IS NOT NULL AND a.put_off_until > (SELECT at FROM p)"),
    ", ",
    up_to!(unread!()),
    ", ",
    up_to!("a.state = 0"),
);

/// Counts all parts, in one statement.
pub async fn counts(conn: &mut Conn, at: DateTime<Utc>) -> Result<PartCounts> {
    type Row = (
        BigInt,
        BigInt,
        BigInt,
        BigInt,
        BigInt,
        BigInt,
        BigInt,
        BigInt,
    );
    let (waiting, vouched, in_line, automated, asked_back, put_off, unread, unconfirmed) =
        raw::<Row>(COUNTS)
            .bind::<Timestamptz, _>(at)
            .get_result(conn)
            .await?;
    Ok(PartCounts {
        waiting,
        vouched,
        in_line,
        automated,
        asked_back,
        put_off,
        unread,
        unconfirmed,
    })
}

/// Those of a group that wait for a decision, oldest first, up to `most`.
pub async fn group(conn: &mut Conn, cluster: Id, most: i64) -> Result<Vec<Id>> {
    let rows: Vec<(Id,)> = raw::<(BigInt,)>(
        "SELECT id FROM applications WHERE cluster_id = ? AND state IN (1, 2) ORDER BY id LIMIT ?",
    )
    .bind::<BigInt, _>(cluster)
    .bind::<BigInt, _>(most)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// An application with whom it is from.
pub type InQueue = (Application, User, Option<ApplicantProfile>);

/// These applications, in no order.
pub async fn load(conn: &mut Conn, ids: &[Id]) -> Result<Vec<InQueue>> {
    Ok(applications::table
        .inner_join(users::table.on(users::id.eq(applications::user_id)))
        .left_join(applicant_profiles::table.on(applicant_profiles::user_id.eq(users::id)))
        .filter(applications::id.eq_any(ids.to_vec()))
        .select((
            Application::as_select(),
            User::as_select(),
            Option::<ApplicantProfile>::as_select(),
        ))
        .load(conn)
        .await?)
}

/// The next one that waits after this one, as the queue shows them oldest first: those that
/// somebody vouched for go before.
pub async fn next(conn: &mut Conn, after: Id, at: DateTime<Utc>) -> Result<Option<Id>> {
    let rows: Vec<(Id,)> = raw::<(BigInt,)>(
        "WITH p AS (SELECT ?::bigint AS after, ?::timestamptz AS at), \
         own AS (SELECT coalesce((SELECT a.lane FROM applications a, p WHERE a.id = p.after), 1) AS lane) \
         SELECT x.id FROM (VALUES (0), (1)) AS l (lane) CROSS JOIN own \
         CROSS JOIN LATERAL (SELECT CASE WHEN own.lane < l.lane THEN 0 ELSE p.after END AS after, p.at FROM p) AS b \
         CROSS JOIN LATERAL ( \
            (SELECT a.id FROM applications a WHERE a.state = 1 AND a.lane = l.lane AND a.cluster_id IS NULL \
             AND a.id > b.after AND (a.put_off_until IS NULL OR a.put_off_until <= b.at) \
             ORDER BY a.id LIMIT 1) \
            UNION ALL \
            (SELECT a.id FROM applications a WHERE a.state = 1 AND a.lane = l.lane AND a.cluster_id IS NOT NULL \
             AND a.cluster_id > b.after AND (a.put_off_until IS NULL OR a.put_off_until <= b.at) \
             ORDER BY a.cluster_id, a.id LIMIT 1)) x \
         WHERE l.lane >= least(own.lane, 1) ORDER BY l.lane, x.id LIMIT 1",
    )
    .bind::<BigInt, _>(after)
    .bind::<Timestamptz, _>(at)
    .load(conn)
    .await?;
    Ok(rows.into_iter().next().map(|(id,)| id))
}

/// Applications from networks around this one (/24, /48), newest first, without this one.
pub async fn neighbours(
    conn: &mut Conn,
    application: Id,
    around: ipnet::IpNet,
    most: i64,
) -> Result<Vec<Id>> {
    use diesel::sql_types::Inet;
    // The range in so many words: a parameter's prefix is nothing the planner can look into.
    let rows: Vec<(Id,)> = raw::<(BigInt,)>(
        "WITH p AS (SELECT ?::bigint AS id, ?::inet AS around, ?::bigint AS most) \
         SELECT a.id FROM p CROSS JOIN applications a \
         WHERE a.network >= network(p.around)::inet \
           AND a.network <= set_masklen(broadcast(p.around)::inet, CASE family(p.around) WHEN 4 THEN 32 ELSE 128 END) \
           AND a.network <<= p.around AND a.id <> p.id \
         ORDER BY a.id DESC LIMIT (SELECT most FROM p)",
    )
    .bind::<BigInt, _>(application)
    .bind::<Inet, _>(around)
    .bind::<BigInt, _>(most)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// The last application that this user decided since then, if that was the last deed on it.
pub async fn last_decided(conn: &mut Conn, by: Id, since: DateTime<Utc>) -> Result<Option<Id>> {
    let rows: Vec<(Id,)> = raw::<(BigInt,)>(
        "SELECT id FROM applications WHERE decided_by = ? AND decided_at > ? AND state IN (3, 4) \
         ORDER BY decided_at DESC LIMIT 1",
    )
    .bind::<BigInt, _>(by)
    .bind::<Timestamptz, _>(since)
    .load(conn)
    .await?;
    Ok(rows.into_iter().next().map(|(id,)| id))
}

/// The groups that these applications are of: application and group.
pub async fn groups_of(conn: &mut Conn, ids: &[Id]) -> Result<Vec<(Id, i64)>> {
    Ok(raw::<(BigInt, BigInt)>(
        "SELECT a.id, (SELECT count(*) FROM (SELECT 1 FROM applications o WHERE o.cluster_id = a.cluster_id LIMIT 1001) c) \
         FROM applications a WHERE a.id = ANY (?) AND a.cluster_id IS NOT NULL",
    )
    .bind::<Array<BigInt>, _>(ids.to_vec())
    .load(conn)
    .await?)
}
