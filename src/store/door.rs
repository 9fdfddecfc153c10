//! What the door's mode is computed from, and its history (D27).

use chrono::{DateTime, NaiveDate, Utc};
use diesel::sql_types::{
    Array, BigInt, Bool, Date, Integer, Jsonb, Nullable, SmallInt, Text, Timestamptz,
};
use diesel::{BoolExpressionMethods, ExpressionMethods, JoinOnDsl, QueryDsl, SelectableHelper};
use diesel_async::RunQueryDsl;
use serde_json::Value;

use super::signs_of_life::keeps_the_light;
use super::waiting::{since, since_at_least};
use super::{Conn, raw};
use crate::domain::Result;
use crate::domain::registration_mode::{ModeReason, RegistrationMode};
use crate::domain::role::Role;
use crate::domain::switch::{Cause, Stage};
use crate::model::audit::DoorChange;
use crate::model::schema::{accounts, applications, door_history, users};
use crate::model::switch::{Episode, SwitchState};

/// What the door's mode is computed from.
#[derive(Debug, Clone, PartialEq)]
pub struct DoorFacts {
    /// The settings asked for, those that were ever set: an object by key.
    pub settings: Value,
    /// Whether somebody can keep the light on: approved, not disabled, not suspended, with a
    /// role that reviews.
    pub somebody_eligible: bool,
    /// Confirmed applications without a decision.
    pub waiting: i64,
    /// The last row of the history: what is told, why, since when.
    pub last: Option<(RegistrationMode, ModeReason, DateTime<Utc>)>,
    /// What the dead-man switch is judged by.
    pub switch: SwitchFacts,
}

/// What the dead-man switch is judged by (registration.md C1).
#[derive(Debug, Clone, PartialEq)]
pub struct SwitchFacts {
    /// The last sign of life in person, by those who keep the light on now and did then.
    pub seen: Option<DateTime<Utc>>,
    /// The last act of theirs by an app's token.
    pub seen_by_app: Option<DateTime<Utc>>,
    /// At most one person lives here.
    pub alone: bool,
    /// There is an invite that could be used.
    pub live_invite: bool,
    /// Since when the application in the queue waits that waits longest: not asked back, not in
    /// line, not in the folder of likely automated ones, not put off.
    pub oldest_application: Option<DateTime<Utc>>,
    /// Since when the open report from here waits that waits longest.
    pub oldest_report: Option<DateTime<Utc>>,
    /// Since when three whom one may trust wait for a moderator: established members, or people
    /// of different hosts who follow and are followed here for 30 days.
    pub trusted_reports: Option<DateTime<Utc>>,
    /// When an application was decided or a report closed last.
    pub decided: Option<DateTime<Utc>>,
    /// The clock, as the ticks keep it.
    pub state: Option<SwitchState>,
    /// The episode that is open.
    pub episode: Option<Episode>,
}

impl DoorFacts {
    /// A setting that was set.
    pub fn setting(&self, key: &str) -> Option<&Value> {
        self.settings.get(key).filter(|value| !value.is_null())
    }
}

// Every part is a probe of an index, or a row of a small table: it costs the same however many
// wait. Triggers count those (`waiting_tallies`). The oldest in the queue is the
// first by its own row of whom nothing was asked, or one that the index has before it. Staff are
// looked for among staff alone (OFFSET 0), or the index of members would be read with theirs.
const FACTS: &str = concat!(
    "WITH p AS MATERIALIZED (SELECT ?::text[] AS keys, ?::timestamptz AS now), \
    keepers AS ( \
        SELECT (SELECT at FROM signs_of_life \
                WHERE user_id = u.id AND kind < 3 AND at >= u.role_since \
                ORDER BY at DESC LIMIT 1) AS seen, \
               (SELECT at FROM signs_of_life \
                WHERE user_id = u.id AND kind = 3 AND at >= u.role_since \
                ORDER BY at DESC LIMIT 1) AS by_app \
        FROM (SELECT * FROM users WHERE role > 0 OFFSET 0) u WHERE ",
    keeps_the_light!(),
    "), \
    light AS (SELECT count(*) > 0 AS kept, max(seen) AS seen, max(by_app) AS by_app FROM keepers), \
    unasked AS (SELECT ",
    since_at_least!(),
    " AS at FROM applications a, p WHERE a.state = 1 AND a.lane IN (0, 1) \
          AND (a.put_off_until IS NULL OR a.put_off_until <= p.now) \
          AND NOT EXISTS (SELECT 1 FROM application_messages m \
                          WHERE m.application_id = a.id AND m.kind IN (0, 1)) \
        ORDER BY 1 LIMIT 1) \
    SELECT coalesce((SELECT jsonb_object_agg(s.key, s.value) FROM instance_settings s \
                     WHERE s.key = ANY (p.keys)), '{}'::jsonb), \
           light.kept, \
           (SELECT coalesce(sum(many), 0)::bigint FROM waiting_tallies), \
           h.to_mode, h.reason, h.at, light.seen, light.by_app, \
           (SELECT 1 FROM users WHERE approved_at IS NOT NULL AND disabled_at IS NULL \
            OFFSET 1 LIMIT 1) IS NULL, \
           EXISTS (SELECT 1 FROM invites \
                   WHERE expires_at > p.now AND revoked_at IS NULL AND used < uses), \
           least((SELECT at FROM unasked), (SELECT min(greatest(a.response_from, ",
    since!(),
    ")) \
            FROM applications a WHERE a.state = 1 AND a.lane IN (0, 1) \
              AND (a.put_off_until IS NULL OR a.put_off_until <= p.now) AND ",
    since_at_least!(),
    " < coalesce((SELECT at FROM unasked), 'infinity'))), \
           (SELECT min(created_at) FROM reports WHERE closed_at IS NULL AND host_id IS NULL), \
           (SELECT t.at FROM (SELECT min(r.created_at) AS at FROM reports r \
                LEFT JOIN author_standing s ON s.account_id = r.account_id \
                WHERE r.closed_at IS NULL AND r.account_id IS NOT NULL \
                  AND CASE WHEN r.host_id IS NULL THEN s.established_at IS NOT NULL \
                      ELSE EXISTS (SELECT 1 FROM follows f JOIN follows g \
                               ON g.account_id = f.target_id AND g.target_id = f.account_id \
                           JOIN users fu ON fu.account_id = f.target_id \
                           WHERE f.account_id = r.account_id AND f.state = 1 AND g.state = 1 \
                             AND greatest(f.created_at, g.created_at) <= p.now - interval '30 days') END \
                GROUP BY r.host_id, CASE WHEN r.host_id IS NULL THEN r.account_id END) t \
            ORDER BY t.at OFFSET 2 LIMIT 1), \
           greatest((SELECT max(decided_at) FROM applications \
                     WHERE decided_at > p.now - interval '7 days' AND decided_by IS NOT NULL), \
                    (SELECT max(closed_at) FROM reports \
                     WHERE closed_at > p.now - interval '7 days' AND closed_by IS NOT NULL)), \
           w.high_water, w.ticked_at, w.behind_millis, w.jump_wait_millis, w.ahead_millis, w.ahead_from, \
           e.id, e.kind, e.stage, e.version, e.since, e.stage_since, e.warned, e.uptime_millis, \
           e.guarded_at, e.sealed_at, e.distress_at \
    FROM p CROSS JOIN light \
    LEFT JOIN LATERAL (SELECT to_mode, reason, at FROM door_history \
                       ORDER BY id DESC LIMIT 1) h ON true \
    LEFT JOIN switch_state w ON true LEFT JOIN episodes e ON e.ended_at IS NULL"
);

type At = DateTime<Utc>;
type FactsRow = (
    Value,
    bool,
    i64,
    Option<RegistrationMode>,
    Option<ModeReason>,
    Option<At>,
    Option<At>,
    Option<At>,
    bool,
    bool,
    Option<At>,
    Option<At>,
    Option<At>,
    Option<At>,
    Option<At>,
    Option<At>,
    Option<i64>,
    Option<i64>,
    Option<i64>,
    Option<At>,
    Option<i64>,
    Option<Cause>,
    Option<Stage>,
    Option<i32>,
    Option<At>,
    Option<At>,
    Option<i16>,
    Option<i64>,
    Option<At>,
    Option<At>,
    Option<At>,
);
type FactsSql = (
    Jsonb,
    Bool,
    BigInt,
    Nullable<SmallInt>,
    Nullable<SmallInt>,
    Nullable<Timestamptz>,
    Nullable<Timestamptz>,
    Nullable<Timestamptz>,
    Bool,
    Bool,
    Nullable<Timestamptz>,
    Nullable<Timestamptz>,
    Nullable<Timestamptz>,
    Nullable<Timestamptz>,
    Nullable<Timestamptz>,
    Nullable<Timestamptz>,
    Nullable<BigInt>,
    Nullable<BigInt>,
    Nullable<BigInt>,
    Nullable<Timestamptz>,
    Nullable<BigInt>,
    Nullable<SmallInt>,
    Nullable<SmallInt>,
    Nullable<Integer>,
    Nullable<Timestamptz>,
    Nullable<Timestamptz>,
    Nullable<SmallInt>,
    Nullable<BigInt>,
    Nullable<Timestamptz>,
    Nullable<Timestamptz>,
    Nullable<Timestamptz>,
);

/// All facts in one statement, with the settings under `keys`.
pub async fn facts(conn: &mut Conn, keys: &[&str], now: At) -> Result<DoorFacts> {
    let keys: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
    let row: FactsRow = raw::<FactsSql>(FACTS)
        .bind::<Array<Text>, _>(keys)
        .bind::<Timestamptz, _>(now)
        .get_result(conn)
        .await?;
    let (
        settings,
        somebody_eligible,
        waiting,
        mode,
        reason,
        at,
        seen,
        seen_by_app,
        alone,
        live_invite,
        oldest_application,
        oldest_report,
        trusted_reports,
        decided,
        high_water,
        ticked_at,
        behind,
        jump_wait,
        ahead,
        ahead_from,
        id,
        kind,
        stage,
        version,
        since,
        stage_since,
        warned,
        uptime,
        guarded_at,
        sealed_at,
        distress_at,
    ) = row;
    let state = || {
        Some(SwitchState {
            high_water: high_water?,
            ticked_at: ticked_at?,
            behind_millis: behind?,
            jump_wait_millis: jump_wait?,
            ahead_millis: ahead?,
            ahead_from,
        })
    };
    let episode = || {
        Some(Episode {
            id: id?,
            kind: kind?,
            stage: stage?,
            version: version?,
            since: since?,
            ended_at: None,
            stage_since: stage_since?,
            warned: warned?,
            uptime_millis: uptime?,
            guarded_at,
            sealed_at,
            distress_at,
            ended_by: None,
        })
    };
    Ok(DoorFacts {
        settings,
        somebody_eligible,
        waiting,
        last: mode.zip(reason).zip(at).map(|((m, r), at)| (m, r, at)),
        switch: SwitchFacts {
            seen,
            seen_by_app,
            alone,
            live_invite,
            oldest_application,
            oldest_report,
            trusted_reports,
            decided,
            state: state(),
            episode: episode(),
        },
    })
}

/// One change of the door at a time, to the end of the transaction.
const LOCK: &str = "SELECT pg_advisory_xact_lock(483127905131)::text";
const TRY_LOCK: &str = "SELECT pg_try_advisory_xact_lock(483127905131)";

/// Waits until nobody else changes the door.
pub async fn lock(conn: &mut Conn) -> Result<()> {
    raw::<(Text,)>(LOCK).get_result::<(String,)>(conn).await?;
    Ok(())
}

/// The same without waiting; `false` while somebody else does.
pub async fn try_lock(conn: &mut Conn) -> Result<bool> {
    let (locked,): (bool,) = raw::<(Bool,)>(TRY_LOCK).get_result(conn).await?;
    Ok(locked)
}

/// Notes a change of the mode that is shown.
pub async fn insert_change(
    conn: &mut Conn,
    from: Option<RegistrationMode>,
    to: RegistrationMode,
    reason: ModeReason,
    at: DateTime<Utc>,
) -> Result<()> {
    diesel::insert_into(door_history::table)
        .values((
            door_history::at.eq(at),
            door_history::from_mode.eq(from),
            door_history::to_mode.eq(to),
            door_history::reason.eq(reason),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// The last change.
pub async fn last_change(conn: &mut Conn) -> Result<Option<DoorChange>> {
    Ok(list_changes(conn, 1).await?.pop())
}

/// Whether anything tighter than `open` began to hold since then.
pub async fn was_tighter_since(conn: &mut Conn, since: DateTime<Utc>) -> Result<bool> {
    let tighter = door_history::table
        .filter(door_history::at.ge(since))
        .filter(door_history::to_mode.ne(RegistrationMode::Open));
    Ok(diesel::select(diesel::dsl::exists(tighter))
        .get_result(conn)
        .await?)
}

/// The latest changes, newest first.
pub async fn list_changes(conn: &mut Conn, limit: i64) -> Result<Vec<DoorChange>> {
    Ok(door_history::table
        .order(door_history::id.desc())
        .select(DoorChange::as_select())
        .limit(limit)
        .load(conn)
        .await?)
}

/// When an application was last decided by a person.
pub async fn last_decision(conn: &mut Conn) -> Result<Option<DateTime<Utc>>> {
    Ok(applications::table
        .filter(applications::decided_by.is_not_null())
        // A silent no answers nobody, and nothing may tell of it.
        .filter(applications::told)
        .select(diesel::dsl::max(applications::decided_at))
        .first(conn)
        .await?)
}

/// Hours from confirmation to decision, the middle one of those decided by a person since
/// then; `None` without any.
pub async fn median_hours(conn: &mut Conn, since: DateTime<Utc>) -> Result<Option<f64>> {
    use diesel::sql_types::Double;
    let (hours,): (Option<f64>,) = raw::<(Nullable<Double>,)>(
        "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY
            extract(epoch FROM decided_at - coalesce(confirmed_at, submitted_at))::float8 / 3600)
         FROM applications
         WHERE decided_by IS NOT NULL AND state IN (3, 4) AND told AND decided_at > ?",
    )
    .bind::<Timestamptz, _>(since)
    .get_result(conn)
    .await?;
    Ok(hours)
}

/// Display names (or names) of those who read applications, longest in the role first: whose rights
/// are awake, by a second factor or, of owners, because the role came after `grace`.
pub async fn readers(conn: &mut Conn, grace: At, limit: i64) -> Result<Vec<String>> {
    let new_owner = users::role.eq(Role::Owner).and(users::role_since.gt(grace));
    let awake = users::second_factor_since.is_not_null().or(new_owner);
    let suspended = diesel::dsl::sql::<Bool>("(accounts.flags & 2) <> 0");
    let rows: Vec<(String, String)> = users::table
        .inner_join(accounts::table.on(accounts::id.eq(users::account_id)))
        .filter(users::role.ge(Role::Reviewer))
        .filter(users::approved_at.is_not_null())
        .filter(users::disabled_at.is_null())
        .filter(awake)
        .filter(diesel::dsl::not(suspended))
        .order((users::role_since.asc(), users::id.asc()))
        .select((accounts::display_name, users::username))
        .limit(limit)
        .load(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(shown, name)| if shown.is_empty() { name } else { shown })
        .collect())
}

/// How many applications wait for a decision, wherever they wait.
pub async fn waiting(conn: &mut Conn) -> Result<i64> {
    let (count,): (i64,) =
        raw::<(BigInt,)>("SELECT count(*) FROM applications WHERE state IN (1, 2)")
            .get_result(conn)
            .await?;
    Ok(count)
}

/// How many wait where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct QueueCounts {
    /// In the queue: vouched for or waiting.
    pub queue: i64,
    /// In line behind it.
    pub in_line: i64,
    /// In the folder of likely automated ones.
    pub automated: i64,
    /// Whose address is not confirmed.
    pub unconfirmed: i64,
}

/// Counts all who wait.
pub async fn queue_counts(conn: &mut Conn) -> Result<QueueCounts> {
    let (queue, in_line, automated, unconfirmed) = raw::<(BigInt, BigInt, BigInt, BigInt)>(
        "SELECT count(*) FILTER (WHERE state > 0 AND lane IN (0, 1)), \
                count(*) FILTER (WHERE state > 0 AND lane = 2), \
                count(*) FILTER (WHERE state > 0 AND lane = 3), \
                count(*) FILTER (WHERE state = 0) \
         FROM applications WHERE state IN (0, 1, 2)",
    )
    .get_result(conn)
    .await?;
    Ok(QueueCounts {
        queue,
        in_line,
        automated,
        unconfirmed,
    })
}

/// How many applications people decided since `lately`, and since `before`, as far as they are
/// still kept.
pub async fn decided_since(
    conn: &mut Conn,
    lately: DateTime<Utc>,
    before: DateTime<Utc>,
) -> Result<(i64, i64)> {
    Ok(raw::<(BigInt, BigInt)>(
        "SELECT count(*) FILTER (WHERE decided_at > ?), count(*) FROM applications \
         WHERE decided_at > ? AND decided_by IS NOT NULL",
    )
    .bind::<Timestamptz, _>(lately)
    .bind::<Timestamptz, _>(before)
    .get_result(conn)
    .await?)
}

/// How many are in the queue, vouched for or waiting, counted up to `most`.
pub async fn in_queue(conn: &mut Conn, most: i64) -> Result<i64> {
    let (count,): (i64,) = raw::<(BigInt,)>(
        "SELECT count(*) FROM (SELECT 1 FROM applications \
         WHERE state IN (1, 2) AND lane IN (0, 1) LIMIT ?) queue",
    )
    .bind::<BigInt, _>(most)
    .get_result(conn)
    .await?;
    Ok(count)
}

/// Draws up to `room` from the line into the queue: one cluster after the other, within a
/// cluster one network after the other, the oldest of each first, so that a crowd does not fill
/// the queue alone, from however many places it comes. Who is in no cluster counts as one with
/// the others of their network. Gives how many came.
pub async fn draw_from_line(conn: &mut Conn, room: i64) -> Result<usize> {
    Ok(raw::<()>(
        "WITH line AS (SELECT id, cluster_id, \
                  network(set_masklen(network, CASE family(network) WHEN 4 THEN 24 ELSE 48 END)) AS net \
              FROM applications WHERE state IN (1, 2) AND lane = 2), \
              crowd AS (SELECT id, cluster_id, CASE WHEN cluster_id IS NULL THEN net END AS alone, \
                  row_number() OVER (PARTITION BY cluster_id, net ORDER BY id) AS nth FROM line), \
              turn AS (SELECT id, row_number() OVER (PARTITION BY cluster_id, alone \
                  ORDER BY nth, id) AS place FROM crowd), \
              drawn AS (SELECT id FROM turn ORDER BY place, id LIMIT ?) \
         UPDATE applications a SET lane = 1 FROM drawn \
         WHERE a.id = drawn.id AND a.lane = 2 AND a.state IN (1, 2)",
    )
    .bind::<BigInt, _>(room)
    .execute(conn)
    .await?)
}

/// What the last 30 days brought to the door.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Month {
    /// Applications sent, kept or not.
    pub applied: i64,
    /// Noes that people said, kept or not; those that they took back, too.
    pub refused: i64,
    /// Sent in that time, confirmed, likely automated, and decided by nobody.
    pub automated: i64,
}

/// What was counted since a day. The refused and the unconfirmed are erased within the month: so
/// this is read from the counts by day, and only what nobody decided from the rows.
pub async fn month(conn: &mut Conn, since: NaiveDate) -> Result<Month> {
    let (applied, refused, automated) = raw::<(BigInt, BigInt, BigInt)>(
        "WITH p AS (SELECT ?::date AS since) \
         SELECT coalesce(sum(d.count) FILTER (WHERE d.what = 0), 0)::bigint, \
                coalesce(sum(d.count) FILTER (WHERE d.what IN (3, 4)), 0)::bigint, \
                (SELECT count(*) FROM p JOIN applications a ON a.lane = 3 AND a.state IN (1, 2, 5) \
                     AND a.submitted_at >= p.since::timestamp AT TIME ZONE 'UTC') \
         FROM p JOIN door_days d ON d.day >= p.since",
    )
    .bind::<Date, _>(since)
    .get_result(conn)
    .await?;
    Ok(Month {
        applied,
        refused,
        automated,
    })
}
