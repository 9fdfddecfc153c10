//! What the door's mode is computed from, its history, and signs of life (D27).

use chrono::{DateTime, Utc};
use diesel::sql_types::{BigInt, Bool};
use diesel::{ExpressionMethods, JoinOnDsl, QueryDsl, SelectableHelper};
use diesel_async::RunQueryDsl;

use super::{Conn, raw};
use crate::domain::registration_mode::{ModeReason, RegistrationMode};
use crate::domain::role::Role;
use crate::domain::{Id, Result};
use crate::model::audit::{DoorChange, SignOfLife};
use crate::model::schema::{accounts, applications, door_history, signs_of_life, users};

/// Whether somebody can keep the light on: approved, not disabled, not suspended, with a
/// role that reviews.
pub async fn somebody_eligible(conn: &mut Conn) -> Result<bool> {
    let (there,): (bool,) = raw::<(Bool,)>(
        "SELECT EXISTS (
            SELECT 1 FROM users u
            LEFT JOIN accounts a ON a.id = u.account_id
            WHERE u.role > 0 AND u.approved_at IS NOT NULL AND u.disabled_at IS NULL
              AND coalesce(a.flags, 0) & 2 = 0)",
    )
    .get_result(conn)
    .await?;
    Ok(there)
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

/// The latest changes, newest first.
pub async fn list_changes(conn: &mut Conn, limit: i64) -> Result<Vec<DoorChange>> {
    Ok(door_history::table
        .order(door_history::id.desc())
        .select(DoorChange::as_select())
        .limit(limit)
        .load(conn)
        .await?)
}

/// Notes that somebody of the staff is there.
pub async fn insert_sign_of_life(
    conn: &mut Conn,
    user: Id,
    kind: SignOfLife,
    at: DateTime<Utc>,
) -> Result<()> {
    diesel::insert_into(signs_of_life::table)
        .values((
            signs_of_life::user_id.eq(user),
            signs_of_life::kind.eq(kind),
            signs_of_life::at.eq(at),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// When somebody of the staff was last there.
pub async fn last_sign_of_life(conn: &mut Conn) -> Result<Option<DateTime<Utc>>> {
    Ok(signs_of_life::table
        .select(diesel::dsl::max(signs_of_life::at))
        .first(conn)
        .await?)
}

/// When an application was last decided by a person.
pub async fn last_decision(conn: &mut Conn) -> Result<Option<DateTime<Utc>>> {
    Ok(applications::table
        .filter(applications::decided_by.is_not_null())
        .select(diesel::dsl::max(applications::decided_at))
        .first(conn)
        .await?)
}

/// Hours from confirmation to decision, the middle one of those decided by a person since
/// then; `None` without any.
pub async fn median_hours(conn: &mut Conn, since: DateTime<Utc>) -> Result<Option<f64>> {
    use diesel::sql_types::{Double, Nullable, Timestamptz};
    let (hours,): (Option<f64>,) = raw::<(Nullable<Double>,)>(
        "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY
            extract(epoch FROM decided_at - coalesce(confirmed_at, submitted_at))::float8 / 3600)
         FROM applications
         WHERE decided_by IS NOT NULL AND state IN (3, 4) AND decided_at > ?",
    )
    .bind::<Timestamptz, _>(since)
    .get_result(conn)
    .await?;
    Ok(hours)
}

/// Display names (or names) of those who read applications, longest in the role first.
pub async fn readers(conn: &mut Conn, limit: i64) -> Result<Vec<String>> {
    let rows: Vec<(String, String)> = users::table
        .inner_join(accounts::table.on(accounts::id.eq(users::account_id)))
        .filter(users::role.ge(Role::Reviewer))
        .filter(users::approved_at.is_not_null())
        .filter(users::disabled_at.is_null())
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

/// How many applications wait for a decision.
pub async fn waiting(conn: &mut Conn) -> Result<i64> {
    let (count,): (i64,) =
        raw::<(BigInt,)>("SELECT count(*) FROM applications WHERE state IN (1, 2)")
            .get_result(conn)
            .await?;
    Ok(count)
}
