//! Users: the logins.

use chrono::{DateTime, Utc};
use diesel::sql_types::{BigInt, Jsonb, Text, Timestamptz};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, JoinOnDsl, NullableExpressionMethods,
    OptionalExtension, QueryDsl, SelectableHelper, define_sql_function,
};
use diesel_async::RunQueryDsl;
use serde_json::Value;

use super::Conn;
use super::raw::raw;
use crate::domain::role::Role;
use crate::domain::{Id, Result};
use crate::model::schema::{names, users};
use crate::model::user::{Credentials, User};

/// A login to be written.
#[derive(Clone)]
pub struct NewUser {
    /// Lower-case name of 1 to 30 characters; claimed in `names` in the same transaction.
    pub username: String,
    /// The address as it was given; `None` where the place has no mail.
    pub email: Option<String>,
    /// The form by which doubles are found; unique.
    pub email_canonical: Option<String>,
    /// When the address was confirmed, if it was.
    pub email_confirmed_at: Option<DateTime<Utc>>,
    /// argon2id, a PHC string; `None` until a link sets one.
    pub password_hash: Option<String>,
    /// Member, or staff from the start.
    pub role: Role,
    /// When they got in; `None` for applicants.
    pub approved_at: Option<DateTime<Utc>>,
    /// A BCP 47 tag, 35 characters at the most.
    pub locale: String,
    /// An IANA name, if known.
    pub time_zone: Option<String>,
}

/// Writes a login under fresh ids: its own, and the one reserved for its account. `None`
/// when another login has the address already; safe against a race, and a transaction goes
/// on after it.
pub async fn insert(conn: &mut Conn, new: &NewUser, now: DateTime<Utc>) -> Result<Option<User>> {
    Ok(diesel::insert_into(users::table)
        .values((
            users::id.eq(next_id(now)),
            users::account_id.eq(next_id(now)),
            users::username.eq(&new.username),
            users::email.eq(&new.email),
            users::email_canonical.eq(&new.email_canonical),
            users::email_confirmed_at.eq(new.email_confirmed_at),
            users::password_hash.eq(&new.password_hash),
            users::role.eq(new.role),
            users::role_since.eq(now),
            users::approved_at.eq(new.approved_at),
            users::locale.eq(&new.locale),
            users::time_zone.eq(&new.time_zone),
            users::created_at.eq(now),
            users::password_changed_at.eq(new.password_hash.as_ref().map(|_| now)),
        ))
        .on_conflict(users::email_canonical)
        .do_nothing()
        .returning(User::as_returning())
        .get_result(conn)
        .await
        .optional()?)
}

/// The login of that id.
pub async fn find(conn: &mut Conn, id: Id) -> Result<Option<User>> {
    Ok(users::table
        .find(id)
        .select(User::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// The login of that local name, in whatever standing.
pub async fn find_by_name(conn: &mut Conn, name: &str) -> Result<Option<User>> {
    Ok(names::table
        .inner_join(users::table.on(names::holder.eq(users::id.nullable())))
        .filter(names::canonical.eq(name.to_ascii_lowercase()))
        .select(User::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// The login of that address in its canonical form.
pub async fn find_by_email(conn: &mut Conn, canonical: &str) -> Result<Option<User>> {
    Ok(users::table
        .filter(users::email_canonical.eq(canonical))
        .select(User::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// The same, its row locked until the transaction ends.
pub async fn lock(conn: &mut Conn, id: Id) -> Result<Option<User>> {
    Ok(users::table
        .find(id)
        .select(User::as_select())
        .for_update()
        .first(conn)
        .await
        .optional()?)
}

/// Several logins at once, in no order; 1,000 ids at the most.
pub async fn find_many(conn: &mut Conn, ids: &[Id]) -> Result<Vec<User>> {
    Ok(users::table
        .filter(users::id.eq_any(ids))
        .select(User::as_select())
        .limit(1000)
        .load(conn)
        .await?)
}

/// The password hash: for a sign-in alone.
pub async fn credentials(conn: &mut Conn, id: Id) -> Result<Option<Credentials>> {
    Ok(users::table
        .find(id)
        .select(Credentials::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// Sets the password. `changed_at` stays as it is when only the cost of the hash changed.
pub async fn set_password(
    conn: &mut Conn,
    id: Id,
    hash: &str,
    changed_at: Option<DateTime<Utc>>,
) -> Result<()> {
    let target = diesel::update(users::table.find(id));
    match changed_at {
        Some(at) => {
            target
                .set((
                    users::password_hash.eq(hash),
                    users::password_changed_at.eq(at),
                ))
                .execute(conn)
                .await?
        }
        None => {
            target
                .set(users::password_hash.eq(hash))
                .execute(conn)
                .await?
        }
    };
    Ok(())
}

/// Replaces an old hash by one of today's cost, unless the password was changed meanwhile.
pub async fn refresh_hash(conn: &mut Conn, id: Id, old: &str, new: &str) -> Result<()> {
    diesel::update(users::table.find(id).filter(users::password_hash.eq(old)))
        .set(users::password_hash.eq(new))
        .execute(conn)
        .await?;
    Ok(())
}

/// Sets the address, confirmed at `now`. `false` when another login has it.
pub async fn set_email(
    conn: &mut Conn,
    id: Id,
    email: &str,
    canonical: &str,
    now: DateTime<Utc>,
) -> Result<bool> {
    let other = diesel::dsl::exists(
        users::table.filter(users::email_canonical.eq(canonical).and(users::id.ne(id))),
    );
    if diesel::select(other).get_result::<bool>(conn).await? {
        return Ok(false);
    }
    let changed = diesel::update(users::table.find(id))
        .set((
            users::email.eq(email),
            users::email_canonical.eq(canonical),
            users::email_confirmed_at.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(changed == 1)
}

/// Sets the role, and since when.
pub async fn set_role(conn: &mut Conn, id: Id, role: Role, at: DateTime<Utc>) -> Result<()> {
    diesel::update(users::table.find(id))
        .set((users::role.eq(role), users::role_since.eq(at)))
        .execute(conn)
        .await?;
    Ok(())
}

/// Sets the time zone, an IANA name; `None` for that of the place.
pub async fn set_time_zone(conn: &mut Conn, id: Id, zone: Option<&str>) -> Result<()> {
    diesel::update(users::table.find(id))
        .set(users::time_zone.eq(zone))
        .execute(conn)
        .await?;
    Ok(())
}

/// Sets the language in which they are written to, a BCP 47 tag: of the login, and of the
/// application while that is open.
pub async fn set_locale(conn: &mut Conn, id: Id, locale: &str) -> Result<()> {
    raw::<()>(
        "WITH p AS (SELECT ?::bigint AS login, ?::text AS locale), \
         a AS (UPDATE applications a SET locale = p.locale FROM p \
            WHERE a.user_id = p.login AND a.state <> 3) \
         UPDATE users u SET locale = p.locale FROM p WHERE u.id = p.login",
    )
    .bind::<BigInt, _>(id)
    .bind::<Text, _>(locale.to_owned())
    .execute(conn)
    .await?;
    Ok(())
}

/// Sets one of a user's settings; a null takes it away.
pub async fn set_setting(conn: &mut Conn, id: Id, key: &str, value: &Value) -> Result<()> {
    raw::<()>(
        "WITH p AS (SELECT ?::bigint AS login, ?::text AS key, ?::jsonb AS value) \
         UPDATE users u SET settings = CASE WHEN p.value = 'null'::jsonb THEN u.settings - p.key \
            ELSE u.settings || jsonb_build_object(p.key, p.value) END FROM p WHERE u.id = p.login",
    )
    .bind::<BigInt, _>(id)
    .bind::<Text, _>(key.to_owned())
    .bind::<Jsonb, _>(value.clone())
    .execute(conn)
    .await?;
    Ok(())
}

/// Locks every owner's row until the transaction ends, and gives the ids of those who can
/// act (approved, not disabled): two who demote each other wait here. Some few at the most.
pub async fn lock_owners(conn: &mut Conn) -> Result<Vec<Id>> {
    let owners: Vec<User> = users::table
        .filter(users::role.eq(Role::Owner))
        .order(users::id)
        .select(User::as_select())
        .for_update()
        .load(conn)
        .await?;
    Ok(owners
        .into_iter()
        .filter(User::is_member)
        .map(|u| u.id)
        .collect())
}

/// The staff, highest role first; 1,000 at the most.
pub async fn staff(conn: &mut Conn) -> Result<Vec<User>> {
    Ok(users::table
        .filter(users::role.gt(Role::Member))
        .order((users::role.desc(), users::id))
        .limit(1000)
        .select(User::as_select())
        .load(conn)
        .await?)
}

/// Whether anybody was ever let in here.
pub async fn any_member(conn: &mut Conn) -> Result<bool> {
    Ok(diesel::select(diesel::dsl::exists(
        users::table.filter(users::approved_at.is_not_null()),
    ))
    .get_result(conn)
    .await?)
}

define_sql_function! {
    /// An id of that moment (D1).
    fn next_id(at: Timestamptz) -> Int8;
}
