//! Logins made by the host: complete members, at once, without the door.
//!
//! What is dear (argon2, an RSA key) is made before the transaction; the rows of one login
//! are written in one: user, name, account, counters, keys, the audit line.

use chrono::{DateTime, Utc};
use diesel_async::AsyncConnection;
use futures::{StreamExt, stream};
use serde_json::json;

use crate::app::App;
use crate::domain::error::Invalid;
use crate::domain::role::Role;
use crate::domain::{Error, Result};
use crate::model::audit::SignOfLife;
use crate::model::user::User;
use crate::secrets::actor_key::{self, NewActorKey};
use crate::secrets::{Secret, password_rules};
use crate::store;
use crate::store::Conn;
use crate::store::accounts::NewLocalAccount;
use crate::store::audit::NewLine;
use crate::store::names::NameState;
use crate::store::users::NewUser;
use crate::text::email::Address;
use crate::text::names::{self, UsernameError};

/// Logins that are made at a time; more would only wait for the cores.
const AT_ONCE: usize = 2;
/// Groups of four characters in a password that we make: 76 bits.
const PASSWORD_GROUPS: usize = 4;

/// A login to be made.
#[derive(Debug, Clone)]
pub struct NewMember {
    /// 1 to 30 letters, digits and underscores; reserved names are the host's to give.
    pub username: String,
    /// Counts as confirmed. May be absent.
    pub email: Option<String>,
    /// What they may do.
    pub role: Role,
    /// `None`: one is made.
    pub password: Option<Secret>,
}

/// A login that was made.
#[derive(Debug, Clone)]
pub struct Made {
    /// The login.
    pub user: User,
    /// Its password, if it was made here; shown once.
    pub password: Option<Secret>,
}

/// Makes a member.
///
/// # Errors
/// `Invalid` by field: a name or address that cannot be or is taken, a weak password.
pub async fn create_member(app: &App, new: NewMember) -> Result<Made> {
    let key = app.actor_keys.generate();
    create(app, new, key).await
}

/// Makes many members, two at a time, and tells of each as it is done, in no order: its name
/// and what became of it. One that cannot be made does not hold up the others.
pub async fn create_members(
    app: &App,
    many: Vec<NewMember>,
    mut done: impl FnMut(&str, Result<Made>),
) {
    let mut results = stream::iter(many)
        .map(|new| async move {
            let name = new.username.clone();
            // Not through the app's line, which makes one key at a time.
            let key = async { tokio::task::spawn_blocking(actor_key::generate).await? };
            (name, create(app, new, key).await)
        })
        .buffer_unordered(AT_ONCE);
    while let Some((name, result)) = results.next().await {
        done(&name, result);
    }
}

async fn create(
    app: &App,
    new: NewMember,
    key: impl Future<Output = Result<NewActorKey>>,
) -> Result<Made> {
    let (password, made) = match new.password {
        Some(password) => (password, None),
        None => {
            let password = make_password();
            (password.clone(), Some(password))
        }
    };
    let fields = Fields::read(&new.username, new.email.as_deref(), &password)?;
    let ready = Prepared::new(app, fields, new.role, &password, key).await?;
    let mut conn = app.pool.get().await?;
    let now = app.clock.now();
    let user = conn
        .transaction(async |conn| write(conn, app, &ready, now).await)
        .await?;
    Ok(Made {
        user,
        password: made,
    })
}

/// Name and address as they will be stored.
pub(super) struct Fields {
    username: String,
    email: Option<Address>,
}

impl Fields {
    /// All that is wrong, at once.
    pub(super) fn read(username: &str, email: Option<&str>, password: &Secret) -> Result<Fields> {
        let mut wrong = Invalid::new();
        let name = names::grammatical_username(username).unwrap_or_else(|why| {
            let (code, words) = match why {
                UsernameError::Blank => ("ERR_BLANK", "can't be blank"),
                UsernameError::TooLong => {
                    ("ERR_TOO_LONG", "is too long (maximum is 30 characters)")
                }
                UsernameError::Invalid | UsernameError::Reserved => (
                    "ERR_INVALID",
                    "must contain only letters, numbers and underscores",
                ),
            };
            wrong.add("username", code, words);
            String::new()
        });
        let address = email.and_then(|email| {
            Address::parse(email)
                .map_err(|_| wrong.add("email", "ERR_INVALID", "is not an email address"))
                .ok()
        });
        if let Err(weak) =
            password_rules::check(password.reveal(), username, email.unwrap_or_default())
        {
            wrong.add("password", weak.code(), weak.sentence());
        }
        wrong.into_result()?;
        Ok(Fields {
            username: name,
            email: address,
        })
    }
}

/// A member whose dear parts are made: ready to be written.
pub(super) struct Prepared {
    user: NewUser,
    private_key: Vec<u8>,
    public_key_pem: String,
}

impl Prepared {
    /// Hash and key, side by side; some 100 ms.
    pub(super) async fn new(
        app: &App,
        fields: Fields,
        role: Role,
        password: &Secret,
        key: impl Future<Output = Result<NewActorKey>>,
    ) -> Result<Prepared> {
        let now = app.clock.now();
        let (hash, key) = futures::try_join!(app.passwords.hash(password.reveal(), now), key)?;
        Ok(Prepared {
            user: NewUser {
                username: fields.username,
                email: fields.email.as_ref().map(Address::to_string),
                email_canonical: fields.email.as_ref().map(Address::canonical),
                email_confirmed_at: fields.email.as_ref().map(|_| now),
                password_hash: Some(hash),
                role,
                approved_at: Some(now),
                locale: "en".into(),
                time_zone: None,
            },
            public_key_pem: key.public_pem,
            private_key: key.private_der,
        })
    }
}

/// Writes all rows of a member, inside the caller's transaction.
pub(super) async fn write(
    conn: &mut Conn,
    app: &App,
    ready: &Prepared,
    now: DateTime<Utc>,
) -> Result<User> {
    let taken = |field| Error::field(field, "ERR_TAKEN", "has already been taken");
    let user = store::users::insert(conn, &ready.user, now)
        .await?
        .ok_or_else(|| taken("email"))?;
    let name = &user.username;
    if !store::names::claim(conn, name, user.id, NameState::Account, now).await? {
        return Err(taken("username"));
    }
    let account = NewLocalAccount {
        id: user.account_id,
        username: user.username.clone(),
        public_key_pem: ready.public_key_pem.clone(),
        private_key: ready.private_key.clone(),
        ..NewLocalAccount::default()
    };
    store::accounts::insert_local(conn, &account, now).await?;
    app.fix_domain(conn, now).await?;
    if user.role == Role::Owner {
        // Whoever makes an owner stands at the machine (registration.md E7).
        store::signs_of_life::insert(conn, user.id, SignOfLife::CheckIn, now).await?;
    }
    let line = NewLine {
        actor: None,
        act: "account.create",
        subject_kind: "user",
        subject: Some(user.id),
        detail: json!({ "name": user.username, "role": user.role.as_str() }),
        inverse: None,
    };
    store::audit::append(conn, line, now).await?;
    Ok(user)
}

/// A password that can be read aloud: `7KQX-…`, four groups.
pub fn make_password() -> Secret {
    let groups: Vec<String> = (0..PASSWORD_GROUPS)
        .map(|_| Secret::code(4).reveal().to_owned())
        .collect();
    Secret::new(groups.join("-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_is_wrong_is_told_at_once() {
        let bad = Fields::read("no good", Some("nowhere"), &Secret::new("short"));
        let Err(Error::Invalid(invalid)) = bad else {
            panic!("it was taken");
        };
        let fields: Vec<_> = invalid.fields.iter().map(|f| f.field.as_ref()).collect();
        assert_eq!(fields, ["username", "email", "password"]);
    }

    #[test]
    fn a_made_password_passes_our_own_rules() {
        for _ in 0..100 {
            let password = make_password();
            assert_eq!(password.reveal().len(), 19);
            assert!(Fields::read("Admin", Some("a@example.org"), &password).is_ok());
        }
    }
}
