//! Who a token or a session cookie belongs to: one cached statement each, by unique index.
//!
//! These run before every request that is signed in, so they are generic over the
//! connection: `&mut &conn` pipelines them with the statement that follows.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::OptionalExtension;
use diesel::pg::Pg;
use diesel::sql_types::{BigInt, Bool, Bytea, Jsonb, Nullable, SmallInt, Text, Timestamptz};
use diesel_async::{AsyncConnectionCore, RunQueryDsl};

use super::Conn;
use super::raw::{Raw, raw};
use crate::domain::application::ApplicationState;
use crate::domain::scopes::Scopes;
use crate::domain::{Id, Result};
use crate::model::user::User;

/// A use within this time of the last one that was written down is not written again.
pub const NOTED_EVERY: TimeDelta = TimeDelta::hours(1);
/// How long a session lives after it was last seen.
pub const SESSION_LIFE: TimeDelta = TimeDelta::days(30);
/// How long the web sign-in stays after a no (registration.md C2).
pub const REFUSED_STAY: TimeDelta = TimeDelta::days(14);

/// What a living token stands for.
#[derive(Debug, Clone)]
pub struct TokenHolder {
    /// `tokens.id`.
    pub token_id: i64,
    /// The app it was given to.
    pub app_id: Id,
    /// Writes through it are no sign of life.
    pub automation: bool,
    /// What was granted.
    pub scopes: Scopes,
    /// The user with their latest application; `None` for a token of the app itself.
    pub holder: Option<Holder>,
    /// The last use that was written down is older than [`NOTED_EVERY`].
    pub note_use: bool,
}

/// What a living session stands for.
#[derive(Debug, Clone)]
pub struct SessionHolder {
    /// `sessions.id`.
    pub session_id: i64,
    /// Whose it is.
    pub holder: Holder,
    /// The last use that was written down is older than [`NOTED_EVERY`].
    pub note_use: bool,
}

/// A user who may sign in, and where their latest application stands.
#[derive(Debug, Clone)]
pub struct Holder {
    /// Not disabled.
    pub user: User,
    /// The newest one; those made on the command line have none.
    pub application: Option<LatestApplication>,
}

/// Where a user's latest application stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LatestApplication {
    /// Its id.
    pub id: Id,
    /// Its state.
    pub state: ApplicationState,
    /// When it was sent.
    pub submitted_at: DateTime<Utc>,
    /// When it was decided, if it was.
    pub decided_at: Option<DateTime<Utc>>,
    /// Whether a refused applicant was told.
    pub told: bool,
    /// What one who was refused without a word goes on seeing.
    pub shown: Option<ApplicationState>,
}

impl LatestApplication {
    /// The state as the applicant is told it.
    pub fn told_state(&self) -> ApplicationState {
        match self.state {
            ApplicationState::Rejected if !self.told => {
                self.shown.unwrap_or(ApplicationState::Pending)
            }
            state => state,
        }
    }
}

impl Holder {
    /// Whether an API token still works: it ends with a no, a withdrawal or an expiry.
    pub fn token_lives(&self) -> bool {
        use ApplicationState::{Expired, Rejected, Withdrawn};
        self.user.disabled_at.is_none()
            && (self.user.approved_at.is_some()
                || !self
                    .application
                    .is_some_and(|a| matches!(a.state, Rejected | Withdrawn | Expired)))
    }

    /// Whether a web session still works: as a token, but for [`REFUSED_STAY`] after a no or
    /// an end, to read it, to take one's data along, to object.
    pub fn session_lives(&self, now: DateTime<Utc>) -> bool {
        use ApplicationState::{Expired, Rejected};
        self.token_lives()
            || (self.user.disabled_at.is_none()
                && self.application.is_some_and(|a| {
                    matches!(a.state, Rejected | Expired)
                        && a.decided_at.is_some_and(|at| now < at + REFUSED_STAY)
                }))
    }
}

type UserColumns = (
    BigInt,
    BigInt,
    Text,
    Nullable<Text>,
    Nullable<Text>,
    Nullable<Timestamptz>,
    SmallInt,
    Timestamptz,
    Bool,
    Nullable<Timestamptz>,
    Nullable<Timestamptz>,
    Text,
    Nullable<Text>,
    Jsonb,
    Nullable<Timestamptz>,
    Timestamptz,
    Nullable<Timestamptz>,
    Nullable<Timestamptz>,
    Nullable<Timestamptz>,
);
type ApplicationColumns = (
    BigInt,
    SmallInt,
    Timestamptz,
    Nullable<Timestamptz>,
    Bool,
    Nullable<SmallInt>,
);
type ApplicationRow = (
    Id,
    ApplicationState,
    DateTime<Utc>,
    Option<DateTime<Utc>>,
    bool,
    Option<ApplicationState>,
);

type TokenColumns = (
    BigInt,
    BigInt,
    Text,
    Nullable<Timestamptz>,
    Bool,
    Nullable<UserColumns>,
    Nullable<ApplicationColumns>,
);
type TokenRow = (
    i64,
    Id,
    String,
    Option<DateTime<Utc>>,
    bool,
    Option<User>,
    Option<ApplicationRow>,
);

type SessionColumns = (
    BigInt,
    Timestamptz,
    UserColumns,
    Nullable<ApplicationColumns>,
);
type SessionRow = (i64, DateTime<Utc>, User, Option<ApplicationRow>);

/// The columns of [`User`], in its order, and those of [`LatestApplication`].
macro_rules! holder_columns {
    () => {
        "u.id, u.account_id, u.username, u.email, u.email_canonical, u.email_confirmed_at, \
         u.role, u.role_since, u.deputy, u.approved_at, u.disabled_at, u.locale, u.time_zone, \
         u.settings, u.welcomed_at, u.created_at, u.password_changed_at, u.moved_at, \
         u.second_factor_since, a.id, a.state, a.submitted_at, a.decided_at, a.told, a.shown"
    };
}

macro_rules! latest_application {
    () => {
        "LEFT JOIN LATERAL (SELECT id, state, submitted_at, decided_at, told, shown FROM applications \
         WHERE user_id = u.id ORDER BY id DESC LIMIT 1) a ON true"
    };
}

fn token_statement(digest: &[u8; 32]) -> Raw<TokenColumns> {
    raw::<TokenColumns>(concat!(
        "SELECT t.id, t.app_id, t.scopes, t.last_used_at, p.automation, ",
        holder_columns!(),
        " FROM tokens t JOIN apps p ON p.id = t.app_id LEFT JOIN users u ON u.id = t.user_id ",
        latest_application!(),
        " WHERE t.digest = ? AND t.revoked_at IS NULL",
    ))
    .bind::<Bytea, _>(digest.to_vec())
}

fn session_statement(digest: &[u8; 32], now: DateTime<Utc>) -> Raw<SessionColumns> {
    raw::<SessionColumns>(concat!(
        "SELECT s.id, s.last_seen_at, ",
        holder_columns!(),
        " FROM sessions s JOIN users u ON u.id = s.user_id ",
        latest_application!(),
        " WHERE s.digest = ? AND s.expires_at > ?",
    ))
    .bind::<Bytea, _>(digest.to_vec())
    .bind::<Timestamptz, _>(now)
}

/// Who holds the token with this SHA-256. `None`: there is none, it was revoked, or its user
/// may not use one any more (disabled; refused, withdrawn or expired without approval).
pub async fn by_token<C>(
    conn: &mut C,
    digest: &[u8; 32],
    now: DateTime<Utc>,
) -> Result<Option<TokenHolder>>
where
    C: AsyncConnectionCore<Backend = Pg>,
{
    let row: Option<TokenRow> = token_statement(digest).get_result(conn).await.optional()?;
    let Some((token_id, app_id, scopes, used, automation, user, application)) = row else {
        return Ok(None);
    };
    let holder = user.map(|user| holder(user, application));
    if holder.as_ref().is_some_and(|h| !h.token_lives()) {
        return Ok(None);
    }
    Ok(Some(TokenHolder {
        token_id,
        app_id,
        automation,
        // A word that this version does not know any more grants nothing.
        scopes: Scopes::known(&scopes),
        holder,
        note_use: used.is_none_or(|at| at + NOTED_EVERY <= now),
    }))
}

/// Who is signed in by the session with this SHA-256. `None`: there is none, it is too old,
/// or its user may not sign in any more.
pub async fn by_session<C>(
    conn: &mut C,
    digest: &[u8; 32],
    now: DateTime<Utc>,
) -> Result<Option<SessionHolder>>
where
    C: AsyncConnectionCore<Backend = Pg>,
{
    let row: Option<SessionRow> = session_statement(digest, now)
        .get_result(conn)
        .await
        .optional()?;
    let Some((session_id, seen, user, application)) = row else {
        return Ok(None);
    };
    let holder = holder(user, application);
    if !holder.session_lives(now) {
        return Ok(None);
    }
    Ok(Some(SessionHolder {
        session_id,
        holder,
        note_use: seen + NOTED_EVERY <= now,
    }))
}

fn holder(user: User, application: Option<ApplicationRow>) -> Holder {
    Holder {
        user,
        application: application.map(|(id, state, submitted_at, decided_at, told, shown)| {
            LatestApplication {
                id,
                state,
                submitted_at,
                decided_at,
                told,
                shown,
            }
        }),
    }
}

type LoginColumns = (Nullable<Text>, UserColumns, Nullable<ApplicationColumns>);
type LoginRow = (Option<String>, User, Option<ApplicationRow>);

/// Who is meant by what was typed at the sign-in, with the password hash. `email` is an
/// address in its canonical form, `name` a lower-case local name; give one of them. An address
/// finds somebody once it is confirmed: before, it may be anybody's.
pub async fn by_login(
    conn: &mut Conn,
    email: Option<&str>,
    name: Option<&str>,
) -> Result<Option<(Holder, Option<String>)>> {
    let row: Option<LoginRow> = raw::<LoginColumns>(concat!(
        "SELECT u.password_hash, ",
        holder_columns!(),
        " FROM users u ",
        latest_application!(),
        " WHERE u.id = coalesce((SELECT id FROM users WHERE email_canonical = ? AND email_confirmed_at IS NOT NULL), \
         (SELECT holder FROM names WHERE canonical = ?))",
    ))
    .bind::<Nullable<Text>, _>(email.map(str::to_owned))
    .bind::<Nullable<Text>, _>(name.map(str::to_owned))
    .get_result(conn)
    .await
    .optional()?;
    Ok(row.map(|(hash, user, application)| (holder(user, application), hash)))
}

/// A user with their latest application, in whatever standing.
pub async fn by_user(conn: &mut Conn, user: Id) -> Result<Option<Holder>> {
    let row: Option<(User, Option<ApplicationRow>)> =
        raw::<(UserColumns, Nullable<ApplicationColumns>)>(concat!(
            "SELECT ",
            holder_columns!(),
            " FROM users u ",
            latest_application!(),
            " WHERE u.id = ?",
        ))
        .bind::<BigInt, _>(user)
        .get_result(conn)
        .await
        .optional()?;
    Ok(row.map(|(user, application)| holder(user, application)))
}
