//! What is told of the dead-man switch, to whom: rows that make "once" true.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Bool, SmallInt, Timestamptz};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, JoinOnDsl, OptionalExtension, QueryDsl,
    SelectableHelper,
};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::raw::raw;
use crate::domain::role::Role;
use crate::domain::switch_notice::{NoticeChannel, SwitchNotice};
use crate::domain::{Id, Result};
use crate::model::account::flags;
use crate::model::schema::{accounts, switch_notices, users};
use crate::model::switch_notice::Notice;
use crate::model::user::User;

/// Who keeps the light on now: members with a role that reviews, not suspended; the highest role
/// first, 1,000 at the most.
pub async fn keepers(conn: &mut Conn) -> Result<Vec<User>> {
    let awake = diesel::dsl::sql::<diesel::sql_types::Bool>("(accounts.flags & 2) = 0");
    debug_assert_eq!(flags::SUSPENDED, 2);
    Ok(users::table
        .inner_join(accounts::table.on(accounts::id.eq(users::account_id)))
        .filter(users::role.gt(Role::Member))
        .filter(
            users::approved_at
                .is_not_null()
                .and(users::disabled_at.is_null()),
        )
        .filter(awake)
        .order((users::role.desc(), users::id.asc()))
        .limit(1000)
        .select(User::as_select())
        .load(conn)
        .await?)
}

/// Writes down what is to be told to these recipients. Gives the rows that are new, each with its
/// recipient: who has one already is told already.
pub async fn plan(
    conn: &mut Conn,
    (episode, notice, channel): (Id, SwitchNotice, NoticeChannel),
    recipients: &[i64],
    moved_at: DateTime<Utc>,
    at: DateTime<Utc>,
) -> Result<Vec<(i64, i64)>> {
    Ok(raw::<(BigInt, BigInt)>(
        "WITH p AS (SELECT ?::bigint AS episode, ?::smallint AS notice, ?::smallint AS channel, \
            ?::bigint[] AS recipients, ?::timestamptz AS moved_at, ?::timestamptz AS at) \
         INSERT INTO switch_notices (episode_id, notice, channel, recipient, moved_at, created_at) \
         SELECT p.episode, p.notice, p.channel, r.id, p.moved_at, p.at \
         FROM p CROSS JOIN LATERAL unnest(p.recipients) AS r (id) \
         ON CONFLICT DO NOTHING RETURNING id, recipient",
    )
    .bind::<BigInt, _>(episode)
    .bind::<SmallInt, _>(notice as i16)
    .bind::<SmallInt, _>(channel as i16)
    .bind::<Array<BigInt>, _>(recipients.to_vec())
    .bind::<Timestamptz, _>(moved_at)
    .bind::<Timestamptz, _>(at)
    .load(conn)
    .await?)
}

/// One of them.
pub async fn find(conn: &mut Conn, id: i64) -> Result<Option<Notice>> {
    Ok(switch_notices::table
        .find(id)
        .select(Notice::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// The same, its row locked to the end of the transaction: of two who would write the post, the
/// second waits and finds it written.
pub async fn lock(conn: &mut Conn, id: i64) -> Result<Option<Notice>> {
    Ok(switch_notices::table
        .find(id)
        .select(Notice::as_select())
        .for_update()
        .first(conn)
        .await
        .optional()?)
}

/// Says that it leaves now; `false` when somebody said so before.
pub async fn begin(conn: &mut Conn, id: i64, at: DateTime<Utc>) -> Result<bool> {
    let begun = diesel::update(
        switch_notices::table
            .find(id)
            .filter(switch_notices::begun_at.is_null()),
    )
    .set(switch_notices::begun_at.eq(at))
    .execute(conn)
    .await?;
    Ok(begun == 1)
}

/// It did not leave: another try may.
pub async fn failed(conn: &mut Conn, id: i64) -> Result<()> {
    diesel::update(
        switch_notices::table
            .find(id)
            .filter(switch_notices::sent_at.is_null()),
    )
    .set(switch_notices::begun_at.eq(None::<DateTime<Utc>>))
    .execute(conn)
    .await?;
    Ok(())
}

/// It has left; `status` is the post, where it is one.
pub async fn sent(conn: &mut Conn, id: i64, status: Option<Id>, at: DateTime<Utc>) -> Result<()> {
    diesel::update(switch_notices::table.find(id))
        .set((
            switch_notices::sent_at.eq(at),
            switch_notices::status_id.eq(status),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Whether this status is a post to this user about an episode that is still open.
pub async fn is_post_to(conn: &mut Conn, status: Id, user: Id) -> Result<bool> {
    let (is,): (bool,) = raw::<(Bool,)>(
        "SELECT EXISTS (SELECT 1 FROM switch_notices n JOIN episodes e ON e.id = n.episode_id \
         WHERE n.status_id = ? AND n.recipient = ? AND n.channel = 2 AND e.ended_at IS NULL)",
    )
    .bind::<BigInt, _>(status)
    .bind::<BigInt, _>(user)
    .get_result(conn)
    .await?;
    Ok(is)
}
