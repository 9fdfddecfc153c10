//! Who lives here: how many, and who of them looks after the place.

use diesel::dsl::count_star;
use diesel::{ExpressionMethods, JoinOnDsl, QueryDsl};
use diesel_async::RunQueryDsl;

use super::Conn;
use crate::domain::role::Role;
use crate::domain::{Id, Result};
use crate::model::account::flags;
use crate::model::schema::{accounts, users};

/// Local accounts of people, suspended ones left out; the server's own is nobody.
pub async fn count(conn: &mut Conn) -> Result<i64> {
    Ok(users::table
        .inner_join(accounts::table.on(accounts::id.eq(users::account_id)))
        .filter(accounts::host_id.is_null())
        .filter(diesel::dsl::sql::<diesel::sql_types::Bool>(&format!(
            "(accounts.flags & {}) = 0",
            flags::SUSPENDED
        )))
        .select(count_star())
        .first(conn)
        .await?)
}

/// Accounts of the staff, the highest role first, then the longest in it.
pub async fn staff(conn: &mut Conn, limit: i64) -> Result<Vec<Id>> {
    Ok(users::table
        .inner_join(accounts::table.on(accounts::id.eq(users::account_id)))
        .filter(users::role.ge(Role::Reviewer))
        .filter(users::approved_at.is_not_null())
        .filter(users::disabled_at.is_null())
        .order((users::role.desc(), users::role_since.asc(), users::id.asc()))
        .select(accounts::id)
        .limit(limit)
        .load(conn)
        .await?)
}
