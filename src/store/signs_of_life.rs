//! Deliberate human acts of staff (registration.md C1).

use chrono::{DateTime, NaiveDate, Utc};
use diesel::sql_types::{BigInt, Date, Nullable, SmallInt, Text, Timestamptz};
use diesel::{ExpressionMethods, QueryDsl};
use diesel_async::RunQueryDsl;

use super::Conn;
use crate::domain::role::Role;
use crate::domain::{Id, Result};
use crate::model::audit::SignOfLife;
use crate::model::schema::signs_of_life;

/// Whose role keeps the light on: `u` of `users`. Their account, if any, is looked up for each:
/// they are few, and a join would read all accounts for them.
macro_rules! keeps_the_light {
    () => {
        "u.role > 0 AND u.approved_at IS NOT NULL AND u.disabled_at IS NULL \
         AND coalesce((SELECT flags FROM accounts WHERE id = u.account_id), 0) & 2 = 0"
    };
}
pub(super) use keeps_the_light;

/// Notes that somebody of the staff is there. While a clock that was set back is not believed
/// yet, the switch judges by its high-water mark: so that is when they were there (E5).
pub async fn insert(conn: &mut Conn, user: Id, kind: SignOfLife, at: DateTime<Utc>) -> Result<()> {
    super::raw::<()>(
        "INSERT INTO signs_of_life (user_id, kind, at) \
         VALUES (?, ?, greatest(?, (SELECT high_water FROM switch_state)))",
    )
    .bind::<BigInt, _>(user)
    .bind::<SmallInt, _>(kind)
    .bind::<Timestamptz, _>(at)
    .execute(conn)
    .await?;
    Ok(())
}

/// When somebody of the staff was last there, whoever it was.
pub async fn last(conn: &mut Conn) -> Result<Option<DateTime<Utc>>> {
    Ok(signs_of_life::table
        .select(diesel::dsl::max(signs_of_life::at))
        .first(conn)
        .await?)
}

/// Who keeps the light on.
#[derive(Debug, Clone, PartialEq)]
pub struct Keeper {
    /// Their name.
    pub username: String,
    /// What they are called.
    pub display_name: String,
    /// Their role.
    pub role: Role,
    /// When they were there last in that role, and how.
    pub last: Option<(SignOfLife, DateTime<Utc>)>,
}

/// Who keeps the light on, the last who was there first; 100 at the most.
pub async fn keepers(conn: &mut Conn) -> Result<Vec<Keeper>> {
    type Row = (
        String,
        String,
        Role,
        Option<SignOfLife>,
        Option<DateTime<Utc>>,
    );
    let rows: Vec<Row> = super::raw::<(
        Text,
        Text,
        SmallInt,
        Nullable<SmallInt>,
        Nullable<Timestamptz>,
    )>(concat!(
        "SELECT u.username, coalesce(a.display_name, ''), u.role, s.kind, s.at \
         FROM users u LEFT JOIN accounts a ON a.id = u.account_id \
         LEFT JOIN LATERAL (SELECT x.kind, x.at FROM ( \
             (SELECT kind, at FROM signs_of_life \
              WHERE user_id = u.id AND kind < 3 AND at >= u.role_since ORDER BY at DESC LIMIT 1) \
             UNION ALL \
             (SELECT kind, at FROM signs_of_life \
              WHERE user_id = u.id AND kind = 3 AND at >= u.role_since ORDER BY at DESC LIMIT 1)) x \
             ORDER BY x.at DESC LIMIT 1) s ON true \
         WHERE ",
        keeps_the_light!(),
        " ORDER BY s.at DESC NULLS LAST, u.id LIMIT 100",
    ))
    .load(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(username, display_name, role, kind, at)| Keeper {
            username,
            display_name,
            role,
            last: kind.zip(at),
        })
        .collect())
}

/// A day on which somebody was there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    /// Which day.
    pub day: NaiveDate,
    /// How many signs of life it saw.
    pub signs: i64,
    /// By how many people.
    pub people: i64,
}

/// Days since then on which somebody was there, oldest first; days are those of the zone. One
/// statement, however many people and signs.
pub async fn days(conn: &mut Conn, since: DateTime<Utc>, zone: &str) -> Result<Vec<Day>> {
    let rows: Vec<(NaiveDate, i64, i64)> = super::raw::<(Date, BigInt, BigInt)>(
        "WITH p AS (SELECT ?::text AS zone, ?::timestamptz AS since) \
         SELECT (s.at AT TIME ZONE p.zone)::date AS day, count(*), count(DISTINCT s.user_id) \
         FROM signs_of_life s, p WHERE s.at > p.since GROUP BY 1 ORDER BY 1",
    )
    .bind::<Text, _>(zone.to_owned())
    .bind::<Timestamptz, _>(since)
    .load(conn)
    .await?;
    let day = |(day, signs, people)| Day { day, signs, people };
    Ok(rows.into_iter().map(day).collect())
}

/// When somebody of the staff was last there before `at`, whoever it was.
pub async fn last_before(conn: &mut Conn, at: DateTime<Utc>) -> Result<Option<DateTime<Utc>>> {
    Ok(signs_of_life::table
        .filter(signs_of_life::at.lt(at))
        .select(diesel::dsl::max(signs_of_life::at))
        .first(conn)
        .await?)
}

/// Forgets the older ones, up to `limit`; gives how many.
pub async fn forget(conn: &mut Conn, before: DateTime<Utc>, limit: i64) -> Result<usize> {
    Ok(super::raw::<()>(
        "DELETE FROM signs_of_life WHERE id IN \
         (SELECT id FROM signs_of_life WHERE at < ? ORDER BY at LIMIT ?)",
    )
    .bind::<Timestamptz, _>(before)
    .bind::<BigInt, _>(limit)
    .execute(conn)
    .await?)
}
