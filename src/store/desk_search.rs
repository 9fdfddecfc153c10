//! Searching the queue: every way to find an application is an index of its own, and none gives
//! more than [`MOST`] of the part that is searched, so a search costs the same with fifty thousand
//! of them; of more than that, which ones are shown is chance.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Bool, Inet, Nullable, SmallInt, Text, Timestamptz};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::desk_queue::{Part, Place, Wanted, behind, let_in, unread};
use super::desk_sift::sift;
use super::raw::raw;
use crate::domain::{Id, Result};

/// Found by one of the ways, at the most.
pub const MOST: i64 = 1000;

/// What is searched for.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sought {
    /// The beginning of a name or of a mail domain, in small letters.
    pub beginning: String,
    /// Words, as `to_tsquery('simple', …)` takes them; `None` where there are none.
    pub words: Option<String>,
    /// A network, for those who may see them.
    pub network: Option<ipnet::IpNet>,
}

// The user names end with the last letter there is: a range that the index knows, whatever the
// collation.
// Each that was found is looked up by itself: they are few, whatever the planner thinks.
const FOUND: &str = concat!(
    "\
    WITH p AS (SELECT ?::text AS beginning, ?::text AS words, ?::inet AS network, ?::bigint AS after, ?::timestamptz AS at, \
        ?::smallint AS part, ?::boolean AS vouched_first, ?::boolean AS falling, \
        ?::text AS language, ?::boolean AS drafts, ?::boolean AS invited, ?::boolean AS appealed, ?::smallint[] AS states), \
    hits AS ( \
        (SELECT a.id FROM p JOIN users u ON u.username ~>=~ p.beginning AND u.username ~<~ (p.beginning || chr(1114109)) \
            JOIN applications a ON a.user_id = u.id WHERE p.beginning <> '' AND a.state = ANY (p.states) LIMIT 1000) \
        UNION (SELECT a.id FROM p JOIN applications a ON a.mail_domain ~>=~ p.beginning AND a.mail_domain ~<~ (p.beginning || chr(1114109)) \
            WHERE p.beginning <> '' AND a.state = ANY (p.states) LIMIT 1000) \
        UNION (SELECT a.id FROM p JOIN applicant_profiles f ON to_tsvector('simple', f.display_name) @@ to_tsquery('simple', p.words) \
            JOIN applications a ON a.user_id = f.user_id WHERE p.words IS NOT NULL AND a.state = ANY (p.states) LIMIT 1000) \
        UNION (SELECT a.id FROM p JOIN application_answers w ON to_tsvector('simple', w.value) @@ to_tsquery('simple', p.words) \
            JOIN applications a ON a.id = w.application_id WHERE p.words IS NOT NULL AND a.state = ANY (p.states) LIMIT 1000) \
        UNION (SELECT a.id FROM p JOIN applications a ON a.remark IS NOT NULL AND to_tsvector('simple', a.remark) @@ to_tsquery('simple', p.words) \
            WHERE p.words IS NOT NULL AND a.state = ANY (p.states) LIMIT 1000) \
        UNION (SELECT a.id FROM p JOIN applications a ON a.network >= network(p.network)::inet AND a.network <= \
            set_masklen(broadcast(p.network)::inet, CASE family(p.network) WHEN 4 THEN 32 ELSE 128 END) AND a.network <<= p.network \
            WHERE p.network IS NOT NULL AND a.state = ANY (p.states) LIMIT 1000)) \
    SELECT k.key, a.id FROM p CROSS JOIN hits h CROSS JOIN LATERAL (SELECT x.* FROM applications x WHERE x.id = h.id LIMIT 1) a \
    CROSS JOIN LATERAL (SELECT a.id + CASE WHEN p.part = 0 AND a.lane = 1 AND p.vouched_first THEN ",
    behind!(),
    " ELSE 0 END AS key) k \
    WHERE CASE WHEN p.falling THEN k.key < p.after ELSE k.key > p.after END AND CASE p.part \
        WHEN 0 THEN a.state = 1 AND a.lane IN (0, 1) AND coalesce(a.put_off_until <= p.at, true) \
        WHEN 1 THEN a.state = 1 AND a.lane = 0 AND coalesce(a.put_off_until <= p.at, true) \
        WHEN 2 THEN a.state = 1 AND a.lane = 2 AND coalesce(a.put_off_until <= p.at, true) \
        WHEN 3 THEN a.state = 1 AND a.lane = 3 AND coalesce(a.put_off_until <= p.at, true) \
        WHEN 4 THEN a.state = 2 \
        WHEN 5 THEN a.state = 1 AND a.put_off_until > p.at \
        WHEN 7 THEN ",
    unread!(),
    " ELSE a.state IN (3, 4, 6) END",
    sift!(),
    " ORDER BY CASE WHEN p.falling THEN -k.key ELSE k.key END LIMIT 21"
);

/// A page of what was found in a part, as [`super::desk_queue::page`] gives one; each by
/// itself, whatever it is like.
pub async fn page(
    conn: &mut Conn,
    sought: &Sought,
    wanted: &Wanted,
    at: DateTime<Utc>,
) -> Result<Vec<Place>> {
    let (falling, from) = wanted.way();
    let part: i16 = match wanted.part {
        Part::Waiting => 0,
        Part::Vouched => 1,
        Part::InLine => 2,
        Part::Automated => 3,
        Part::AskedBack => 4,
        Part::PutOff => 5,
        Part::Decided => 6,
        Part::Unread => 7,
    };
    // Else a thousand who were decided about long ago hide the one who waits.
    let states: Vec<i16> = match wanted.part {
        Part::AskedBack => vec![2],
        Part::Decided => vec![3, 4, 6],
        Part::Unread => vec![3],
        _ => vec![1],
    };
    let rows: Vec<(Id, Id)> = raw::<(BigInt, BigInt)>(FOUND)
        .bind::<Text, _>(sought.beginning.clone())
        .bind::<Nullable<Text>, _>(sought.words.clone())
        .bind::<Nullable<Inet>, _>(sought.network)
        .bind::<BigInt, _>(from)
        .bind::<Timestamptz, _>(at)
        .bind::<SmallInt, _>(part)
        .bind::<Bool, _>(!wanted.newest_first)
        .bind::<Bool, _>(falling)
        .bind::<Nullable<Text>, _>(wanted.sift.language.clone())
        .bind::<Bool, _>(wanted.sift.drafts)
        .bind::<Bool, _>(wanted.sift.invited)
        .bind::<Bool, _>(wanted.sift.appealed)
        .bind::<Array<SmallInt>, _>(states)
        .load(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(key, application)| Place {
            key,
            application,
            alike: 1,
        })
        .collect())
}
