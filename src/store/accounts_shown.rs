//! Accounts as lists show them: rows by id, and versions with counters.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::sql_types::{Array, BigInt, Integer, Nullable, Timestamptz};
use diesel::{ExpressionMethods, QueryDsl, SelectableHelper};
use diesel_async::{AsyncConnectionCore, RunQueryDsl};

use super::raw::raw;
use super::status_page::{AccountCounters, account_counters};
use crate::domain::{Id, Result};
use crate::model::account::Account;
use crate::model::schema::accounts;

/// The rows of those ids that exist, in no order.
pub async fn load<C>(conn: &mut C, ids: Vec<Id>) -> Result<Vec<Account>>
where
    C: AsyncConnectionCore<Backend = Pg>,
{
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(accounts::table
        .filter(accounts::id.eq_any(ids))
        .select(Account::as_select())
        .load(conn)
        .await?)
}

/// What an account needs beside its fragment.
#[derive(Debug, Clone, PartialEq)]
pub struct AccountFacts {
    /// The account.
    pub id: Id,
    /// Part of the fragment's key.
    pub version: i32,
    /// Its counters.
    pub counters: AccountCounters,
}

type Columns = (
    BigInt,
    Integer,
    BigInt,
    BigInt,
    BigInt,
    Nullable<Timestamptz>,
);
type Row = (Id, i32, i64, i64, i64, Option<DateTime<Utc>>);

const FACTS: &str = concat!(
    "SELECT a.id, a.version, ",
    account_counters!("ac"),
    " FROM unnest(?::bigint[]) WITH ORDINALITY AS w (id, place) ",
    "JOIN accounts a ON a.id = w.id LEFT JOIN account_stats ac ON ac.account_id = a.id ",
    "ORDER BY w.place"
);

/// Versions and counters of `ids`, in that order. Suspended ones too: they are shown blank.
pub async fn facts<C>(conn: &mut C, ids: Vec<Id>) -> Result<Vec<AccountFacts>>
where
    C: AsyncConnectionCore<Backend = Pg>,
{
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<Row> = raw::<Columns>(FACTS)
        .bind::<Array<BigInt>, _>(ids)
        .load(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(
            |(id, version, followers, following, statuses, last_status_at)| AccountFacts {
                id,
                version,
                counters: AccountCounters {
                    followers,
                    following,
                    statuses,
                    last_status_at,
                },
            },
        )
        .collect())
}
