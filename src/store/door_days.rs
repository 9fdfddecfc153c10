//! What happened at the door, counted by day: applications, waits, hints, answers. Nobody in
//! particular is in it, so it stays when applications are erased.

use chrono::NaiveDate;
use diesel::sql_types::{Array, BigInt, Bool, Date, SmallInt, Text};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::raw::raw;
use crate::domain::door_count::DoorCount;
use crate::domain::{Id, Result};

/// Where the steps of `door_waits` end, in hours; what is longer is the last step.
pub const WAITS: [f64; 16] = [
    1., 2., 4., 8., 12., 24., 48., 72., 96., 120., 144., 168., 240., 336., 504., 720.,
];

// Answers come with their application (0), except to what it left open: those came later (-1). A
// decision (2, 3) that was taken back before it was counted here is none.
const COUNT: &str = "\
    WITH p AS (SELECT ?::date AS day, ?::bigint[] AS ids, ?::smallint[] AS whats, ?::bigint[] AS late), \
    t AS (SELECT u.id, u.what FROM p CROSS JOIN LATERAL unnest(p.ids, p.whats) AS u (id, what)), \
    k AS (SELECT t.id, t.what FROM t WHERE t.what IN (0, 2, 3) \
        UNION SELECT u.id, (-1)::smallint FROM p CROSS JOIN LATERAL unnest(p.late) AS u (id)), \
    w AS (SELECT aa.question_version_id AS version, k.what FROM k JOIN applications a ON a.id = k.id \
        JOIN application_answers aa ON aa.application_id = a.id AND aa.value <> '' \
        LEFT JOIN left_open o ON o.application_id = a.id AND o.question_version_id = aa.question_version_id \
        WHERE CASE k.what WHEN 0 THEN o.application_id IS NULL WHEN -1 THEN o.application_id IS NOT NULL \
            ELSE a.decided_by IS NOT NULL AND a.state = k.what + 1 END), \
    answers AS (INSERT INTO answer_days AS d (question_version_id, day, answered, approved, refused) \
        SELECT w.version, p.day, count(*) FILTER (WHERE w.what <= 0), count(*) FILTER (WHERE w.what = 2), \
            count(*) FILTER (WHERE w.what = 3) FROM p, w GROUP BY 1, 2 ORDER BY 1 \
        ON CONFLICT (question_version_id, day) DO UPDATE SET answered = d.answered + excluded.answered, \
            approved = d.approved + excluded.approved, refused = d.refused + excluded.refused), \
    e AS (SELECT CASE WHEN t.what = 3 AND NOT coalesce(a.told, false) THEN 4 ELSE t.what END AS what \
        FROM t LEFT JOIN applications a ON a.id = t.id) \
    INSERT INTO door_days AS d (day, what, count) SELECT p.day, e.what, count(*) FROM p, e GROUP BY 1, 2 ORDER BY 2 \
    ON CONFLICT (day, what) DO UPDATE SET count = d.count + excluded.count";

const COUNT_WAITS: &str = "\
    WITH p AS (SELECT ?::date AS day, ?::bigint[] AS ids) \
    INSERT INTO door_waits AS d (day, step, count) \
    SELECT p.day, width_bucket(extract(epoch FROM a.decided_at - coalesce(a.confirmed_at, a.submitted_at))::float8 / 3600, \
        ARRAY[1,2,4,8,12,24,48,72,96,120,144,168,240,336,504,720]::float8[])::smallint, count(*) \
    FROM p JOIN applications a ON a.id = ANY (p.ids) WHERE a.decided_by IS NOT NULL AND a.decided_at IS NOT NULL \
    GROUP BY 1, 2 ORDER BY 2 ON CONFLICT (day, step) DO UPDATE SET count = d.count + excluded.count";

const COUNT_HINTS: &str = "\
    WITH p AS (SELECT ?::date AS day, ?::bigint[] AS ids) \
    INSERT INTO hint_days AS d (day, hint, approved, count) \
    SELECT p.day, k.hint, a.state = 3, count(*) FROM p JOIN applications a ON a.id = ANY (p.ids) \
    JOIN application_hints h ON h.application_id = a.id CROSS JOIN LATERAL unnest(h.kinds) AS k (hint) \
    WHERE a.state IN (3, 4) GROUP BY 1, 2, 3 ORDER BY 2, 3 \
    ON CONFLICT (day, hint, approved) DO UPDATE SET count = d.count + excluded.count";

/// Counts what happened to these applications on a day, and the answers of those in `late`, who
/// answered what they had left open: three statements at the most. A no counts as told
/// or not by its row; the waits and hints are those of decisions.
pub async fn count(
    conn: &mut Conn,
    day: NaiveDate,
    happened: &[(Id, DoorCount)],
    late: &[Id],
) -> Result<()> {
    if happened.is_empty() && late.is_empty() {
        return Ok(());
    }
    let (ids, whats): (Vec<Id>, Vec<i16>) = happened
        .iter()
        .map(|(id, what)| (*id, *what as i16))
        .unzip();
    raw::<()>(COUNT)
        .bind::<Date, _>(day)
        .bind::<Array<BigInt>, _>(ids)
        .bind::<Array<SmallInt>, _>(whats)
        .bind::<Array<BigInt>, _>(late.to_vec())
        .execute(conn)
        .await?;
    let decided: Vec<Id> = happened
        .iter()
        .filter(|(_, what)| matches!(what, DoorCount::Approved | DoorCount::Rejected))
        .map(|(id, _)| *id)
        .collect();
    if decided.is_empty() {
        return Ok(());
    }
    for sql in [COUNT_WAITS, COUNT_HINTS] {
        raw::<()>(sql)
            .bind::<Date, _>(day)
            .bind::<Array<BigInt>, _>(decided.clone())
            .execute(conn)
            .await?;
    }
    Ok(())
}

/// Notes which kinds of hints stand on a card.
pub async fn note_hints(conn: &mut Conn, application: Id, kinds: Vec<String>) -> Result<()> {
    raw::<()>(
        "INSERT INTO application_hints AS h (application_id, kinds) VALUES (?, ?) \
         ON CONFLICT (application_id) DO UPDATE SET kinds = excluded.kinds WHERE h.kinds <> excluded.kinds",
    )
    .bind::<BigInt, _>(application)
    .bind::<Array<Text>, _>(kinds)
    .execute(conn)
    .await?;
    Ok(())
}

/// Whether hints were noted of this application.
pub async fn has_hints(conn: &mut Conn, application: Id) -> Result<bool> {
    let (noted,): (bool,) =
        raw::<(Bool,)>("SELECT EXISTS (SELECT 1 FROM application_hints WHERE application_id = ?)")
            .bind::<BigInt, _>(application)
            .get_result(conn)
            .await?;
    Ok(noted)
}

/// The counts since a day, by day.
pub async fn list(conn: &mut Conn, since: NaiveDate) -> Result<Vec<(NaiveDate, DoorCount, i64)>> {
    let rows: Vec<(NaiveDate, i16, i64)> = raw::<(Date, SmallInt, BigInt)>(
        "SELECT day, what, count::bigint FROM door_days WHERE day >= ? ORDER BY day, what",
    )
    .bind::<Date, _>(since)
    .load(conn)
    .await?;
    let known = rows
        .into_iter()
        .filter_map(|(day, what, count)| Some((day, DoorCount::from_number(what)?, count)));
    Ok(known.collect())
}

/// The waits since a day: day, step (of [`WAITS`]), how many.
pub async fn waits(conn: &mut Conn, since: NaiveDate) -> Result<Vec<(NaiveDate, i16, i64)>> {
    Ok(raw::<(Date, SmallInt, BigInt)>(
        "SELECT day, step, count::bigint FROM door_waits WHERE day >= ? ORDER BY day, step",
    )
    .bind::<Date, _>(since)
    .load(conn)
    .await?)
}

/// What became of applications on whose cards a hint stood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HintFigures {
    /// The kind of the hint.
    pub hint: String,
    /// Approved since.
    pub approved: i64,
    /// Refused since.
    pub refused: i64,
    /// Of those approved and still known, suspended by now.
    pub suspended: i64,
}

/// The hints since a day, the most frequent first.
pub async fn hints(conn: &mut Conn, since: NaiveDate) -> Result<Vec<HintFigures>> {
    let rows: Vec<(String, i64, i64, i64)> = raw::<(Text, BigInt, BigInt, BigInt)>(
        "WITH p AS (SELECT ?::date AS since), \
         s AS (SELECT k.hint, count(*) AS n FROM p JOIN accounts ac ON ac.flags & 2 <> 0 AND ac.host_id IS NULL \
            JOIN users u ON u.account_id = ac.id \
            JOIN applications a ON a.user_id = u.id AND a.state = 3 AND a.decided_at >= p.since::timestamp AT TIME ZONE 'UTC' \
            JOIN application_hints h ON h.application_id = a.id CROSS JOIN LATERAL unnest(h.kinds) AS k (hint) GROUP BY 1) \
         SELECT d.hint, coalesce(sum(d.count) FILTER (WHERE d.approved), 0)::bigint, \
            coalesce(sum(d.count) FILTER (WHERE NOT d.approved), 0)::bigint, coalesce(max(s.n), 0)::bigint \
         FROM p JOIN hint_days d ON d.day >= p.since LEFT JOIN s ON s.hint = d.hint \
         GROUP BY d.hint ORDER BY sum(d.count) DESC, d.hint LIMIT 100",
    )
    .bind::<Date, _>(since)
    .load(conn)
    .await?;
    let figures = |(hint, approved, refused, suspended)| HintFigures {
        hint,
        approved,
        refused,
        suspended,
    };
    Ok(rows.into_iter().map(figures).collect())
}
