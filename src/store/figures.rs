//! What waits where, for `/metrics`: one statement.

use chrono::{DateTime, Utc};
use diesel::sql_types::{BigInt, Timestamptz};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::raw::raw;
use crate::domain::Result;

/// Nothing is counted further than this: a figure must not cost more than what it warns of.
pub const MOST: i64 = 10_000;

/// What waits, counted up to [`MOST`] each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Figures {
    /// Events that the relay did not take yet.
    pub events: i64,
    /// Mails that are due.
    pub mails: i64,
    /// Errands that are due.
    pub errands: i64,
    /// Webhooks that are due.
    pub hooks: i64,
    /// Jobs that were given up.
    pub given_up: i64,
    /// Activities of other servers that are due.
    pub inbox: i64,
    /// Servers that something is to be delivered to now.
    pub delivery_hosts: i64,
    /// Notices of the switch that have not left.
    pub notices: i64,
    /// Applications that a person can decide now.
    pub eligible: i64,
}

/// Looks at the head of each line.
pub async fn read(conn: &mut Conn, now: DateTime<Utc>) -> Result<Figures> {
    type Nine = (
        BigInt,
        BigInt,
        BigInt,
        BigInt,
        BigInt,
        BigInt,
        BigInt,
        BigInt,
        BigInt,
    );
    let row: (i64, i64, i64, i64, i64, i64, i64, i64, i64) = raw::<Nine>(
        "WITH p AS (SELECT ?::timestamptz AS now, ?::bigint AS most) \
         SELECT (SELECT count(*) FROM (SELECT 1 FROM events LIMIT p.most) x), \
            (SELECT count(*) FROM (SELECT 1 FROM jobs WHERE queue = 0 AND failed_at IS NULL AND run_at <= p.now LIMIT p.most) x), \
            (SELECT count(*) FROM (SELECT 1 FROM jobs WHERE queue = 1 AND failed_at IS NULL AND run_at <= p.now LIMIT p.most) x), \
            (SELECT count(*) FROM (SELECT 1 FROM jobs WHERE queue = 2 AND failed_at IS NULL AND run_at <= p.now LIMIT p.most) x), \
            (SELECT count(*) FROM (SELECT 1 FROM jobs WHERE failed_at IS NOT NULL LIMIT p.most) x), \
            (SELECT count(*) FROM (SELECT 1 FROM inbox WHERE failed_at IS NULL AND run_at <= p.now LIMIT p.most) x), \
            (SELECT count(*) FROM (SELECT 1 FROM delivery_hosts WHERE due_at <= p.now LIMIT p.most) x), \
            (SELECT count(*) FROM (SELECT 1 FROM jobs WHERE failed_at IS NULL AND \
                ((queue = 0 AND key >= 'switch:' AND key < 'switch;') OR (queue = 1 AND key >= 'switch_post:' AND key < 'switch_post;')) \
                LIMIT p.most) x), \
            (SELECT count(*) FROM (SELECT 1 FROM applications WHERE state = 1 AND lane IN (0, 1) \
                AND (put_off_until IS NULL OR put_off_until <= p.now) LIMIT p.most) x) \
         FROM p",
    )
    .bind::<Timestamptz, _>(now)
    .bind::<BigInt, _>(MOST)
    .get_result(conn)
    .await?;
    let (events, mails, errands, hooks, given_up, inbox, delivery_hosts, notices, eligible) = row;
    Ok(Figures {
        events,
        mails,
        errands,
        hooks,
        given_up,
        inbox,
        delivery_hosts,
        notices,
        eligible,
    })
}
