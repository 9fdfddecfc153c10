//! From a name and a password to a session.
//!
//! 1. Limits: per login and network, per login, per network; good tries are not counted.
//! 2. The login is looked up, and the password verified whether or not there is one: the
//!    same words and the same cost (T1). An address that nobody confirmed signs nobody in:
//!    whether it did would tell applicants which addresses are known here.
//! 3. The gate's view: members, unconfirmed and pending users come in, refused ones for 14
//!    days; who was switched off hears so, after the right password only.
//! 4. A hash of an older cost is made anew. Where a second factor is set, it is asked for now
//!    (`second_factor/step.rs`); else a session with a fresh secret is written, and the one
//!    that the browser held ends (T5).

use chrono::{DateTime, TimeDelta, Utc};

use super::pace;
use super::second_factor::step::{self, Asked};
use crate::app::App;
use crate::cache::rate_limit::Limit;
use crate::domain::{ClientAddress, Error, Id, Result};
use crate::model::user::User;
use crate::secrets::{Secret, password_rules};
use crate::store;
use crate::store::access::Holder;
use crate::store::sessions::NewSession;
use crate::text::email::Address;

const WRONG: &str = "That name or address and that password do not belong together. \
    An address works once it is confirmed; the name always does.";
const TOO_OFTEN: &str = "Too many tries. Please wait a little, then try again.";
const SWITCHED_OFF: &str =
    "This login was switched off by the people who run this place. Write to them to learn why.";

/// What was typed.
#[derive(Debug, Clone)]
pub struct SignIn {
    /// An email address or a local name, with or without @.
    pub login: String,
    /// The password.
    pub password: Secret,
    /// With what.
    pub browser: Browser,
}

/// Where a session is opened.
#[derive(Debug, Clone)]
pub struct Browser {
    /// Where it is.
    pub address: ClientAddress,
    /// As it calls itself; kept up to 500 characters.
    pub user_agent: String,
    /// The session that it holds already, which ends: whose, and its id.
    pub replaces: Option<(Id, i64)>,
}

/// A session that was just opened.
#[derive(Debug, Clone)]
pub struct Opened {
    /// `sessions.id`.
    pub id: i64,
    /// What goes into the cookie; never seen again.
    pub secret: Secret,
    /// Who signed in.
    pub user: User,
}

/// How far a right password leads.
#[derive(Debug, Clone)]
pub enum Entered {
    /// In.
    Opened(Box<Opened>),
    /// To the question for the second factor.
    Asked(Asked),
}

/// Opens a session for whoever knows the password, or asks for the second factor first.
///
/// # Errors
/// `Invalid` when name and password do not belong together, `Denied` for a login that was
/// switched off, `TooMany`.
pub async fn sign_in(app: &App, cmd: SignIn) -> Result<Entered> {
    let now = app.clock.now();
    let login = Login::read(&cmd.login);
    let limits = limits(login.word(), cmd.browser.address);
    pace::keep(app, &limits, TOO_OFTEN, now).await?;

    let known = {
        let mut conn = app.pool.get().await?;
        store::access::by_login(&mut conn, login.email(), login.name()).await?
    };
    let (holder, hash) = known.unzip();
    let hash: Option<String> = hash.flatten();
    let fits = verify(app, &cmd.password, hash.as_deref(), now).await?;
    let Some(holder) = holder.filter(|_| fits) else {
        return Err(Error::invalid(WRONG));
    };
    if holder.user.disabled_at.is_some() {
        return Err(Error::denied(SWITCHED_OFF));
    }
    if !holder.session_lives(now) {
        return Err(Error::invalid(WRONG));
    }
    pace::give_back(app, &limits, now).await;
    if let Some(old) = hash.filter(|hash| app.passwords.is_old(hash)) {
        renew_hash(app, holder.user.id, &old, &cmd.password, now).await;
    }
    step::enter(app, holder.user, cmd.browser, now).await
}

/// Opens a session for somebody who proved all that is asked of them, and ends the one that the browser
/// held.
pub(super) async fn open(
    app: &App,
    user: User,
    browser: Browser,
    now: DateTime<Utc>,
) -> Result<Opened> {
    let secret = Secret::random();
    let new = NewSession {
        digest: secret.digest(),
        user_id: user.id,
        user_agent: browser.user_agent,
        network: Some(browser.address.network()),
    };
    let mut conn = app.pool.get().await?;
    let id = store::sessions::insert(&mut conn, &new, now).await?;
    if user.role.reviews_applications() {
        let network = browser.address.network();
        store::conflicts::note_network(&mut conn, user.id, network, now).await?;
    }
    if let Some((owner, old)) = browser.replaces {
        store::sessions::delete(&mut conn, owner, old).await?;
    }
    Ok(Opened { id, secret, user })
}

/// Whether this is the user's password, counted against the same limits as a sign-in: for
/// changes that ask for it again.
pub(super) async fn confirm_password(
    app: &App,
    holder: &User,
    password: &Secret,
    from: ClientAddress,
    now: DateTime<Utc>,
) -> Result<bool> {
    let limits = limits(&format!("user {}", holder.id), from);
    pace::keep(app, &limits, TOO_OFTEN, now).await?;
    let hash = {
        let mut conn = app.pool.get().await?;
        store::users::credentials(&mut conn, holder.id).await?
    };
    let hash = hash.and_then(|c| c.password_hash);
    let fits = verify(app, password, hash.as_deref(), now).await?;
    if fits {
        pace::give_back(app, &limits, now).await;
    }
    Ok(fits)
}

/// A password that is longer than any we take costs as much as a wrong one.
async fn verify(
    app: &App,
    password: &Secret,
    hash: Option<&str>,
    now: DateTime<Utc>,
) -> Result<bool> {
    let possible = password.reveal().len() <= password_rules::MAX_BYTES;
    let tried = if possible { password.reveal() } else { "" };
    Ok(app.passwords.verify(tried, hash, now).await? && possible)
}

/// A sign-in does not fail for this; the next one tries again.
async fn renew_hash(app: &App, user: Id, old: &str, password: &Secret, now: DateTime<Utc>) {
    let renewed = async {
        let fresh = app.passwords.hash(password.reveal(), now).await?;
        let mut conn = app.pool.get().await?;
        store::users::refresh_hash(&mut conn, user, old, &fresh).await
    };
    if let Err(error) = renewed.await {
        tracing::warn!(%user, ?error, "a password hash of an older cost was not renewed");
    }
}

fn limits(login: &str, from: ClientAddress) -> [Limit; 4] {
    let quarter = TimeDelta::minutes(15);
    [
        pace::per_login_and_network("sign-in", login, from, 10, quarter),
        // Higher than the one above: nobody shall lock another out from one place.
        pace::per_login("sign-in", login, 60, quarter),
        pace::per_network("sign-in", from, 40, quarter),
        pace::per_site("sign-in", from, 120, quarter),
    ]
}

/// What was typed into the one field.
#[derive(Debug, PartialEq)]
enum Login {
    /// An address, canonical.
    Email(String),
    /// A local name, lower-case.
    Name(String),
}

impl Login {
    fn read(typed: &str) -> Login {
        let typed = typed.trim();
        let name = typed.strip_prefix('@').unwrap_or(typed);
        if name.contains('@')
            && let Ok(address) = Address::parse(name)
        {
            return Login::Email(address.canonical());
        }
        // What can be no name finds nobody, in the same time.
        let name: String = name.chars().take(300).collect();
        Login::Name(name.to_lowercase())
    }

    fn email(&self) -> Option<&str> {
        match self {
            Login::Email(email) => Some(email),
            Login::Name(_) => None,
        }
    }

    fn name(&self) -> Option<&str> {
        match self {
            Login::Email(_) => None,
            Login::Name(name) => Some(name),
        }
    }

    fn word(&self) -> &str {
        match self {
            Login::Email(word) | Login::Name(word) => word,
        }
    }
}

/// Whether this user may be sent a link, or use one: all but those switched off or ended.
pub(super) fn may_return(holder: &Holder, now: DateTime<Utc>) -> bool {
    holder.session_lives(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_field_takes_an_address_or_a_name() {
        assert_eq!(Login::read(" @Ann "), Login::Name("ann".into()));
        assert_eq!(Login::read("ANN"), Login::Name("ann".into()));
        assert_eq!(
            Login::read("Ann+porch@Example.org"),
            Login::Email("ann@example.org".into())
        );
        assert_eq!(
            Login::read("not an@address"),
            Login::Name("not an@address".into())
        );
    }

    #[test]
    fn limits_name_no_login() {
        for limit in limits("hunter2", ClientAddress::UNKNOWN) {
            assert!(!limit.key.contains("hunter2"), "{}", limit.key);
        }
    }
}
