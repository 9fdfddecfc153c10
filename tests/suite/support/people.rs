//! The people of a place, made by the use cases that the doors call.

use porchlight::domain::role::Role;
use porchlight::gate::applications::apply::{self, Apply};
use porchlight::gate::applications::confirm_email;
use porchlight::gate::proof;
use porchlight::identity::accounts::{self, NewMember};
use porchlight::identity::oauth::host;
use porchlight::secrets::Secret;
use porchlight::store;

use super::api::Api;
use super::browser::Browser;
use super::place::Place;

/// Everybody's password.
pub const PASSWORD: &str = "correct horse battery staple";
/// What tokens may do unless a test says otherwise.
pub const SCOPES: &str = "read write follow push";

/// Somebody with a login.
#[derive(Clone)]
pub struct Person {
    /// The bare name.
    pub name: String,
    /// The address.
    pub email: String,
    /// `users.id`.
    pub user: i64,
    /// `accounts.id`, as apps write it; reserved where they wait.
    pub id: String,
    /// An app of theirs.
    pub api: Api,
}

impl Place {
    /// The owner, under the name `olive`.
    pub async fn owner(&self) -> Person {
        self.staff("olive", Role::Owner).await
    }

    /// A member who is in already.
    pub async fn member(&self, name: &str) -> Person {
        self.staff(name, Role::Member).await
    }

    /// A member with a role.
    pub async fn staff(&self, name: &str, role: Role) -> Person {
        let email = format!("{name}@{}.example", name.replace('_', "-"));
        let new = NewMember {
            username: name.to_owned(),
            email: Some(email.clone()),
            role,
            password: Some(Secret::new(PASSWORD)),
        };
        let made = accounts::create_member(&self.app, new)
            .await
            .unwrap_or_else(|error| panic!("{name} is not made: {error:?}"));
        if role.reviews_applications() {
            self.awaken(made.user.id).await;
        }
        let token = self.token_of(made.user.id, SCOPES).await;
        Person {
            name: name.to_owned(),
            email,
            user: made.user.id,
            id: made.user.account_id.to_string(),
            api: self.api(token),
        }
    }

    /// Makes rights of staff work without a second factor: for tests about something else.
    pub async fn awaken(&self, user: i64) {
        let mut conn = self.app.pool.get().await.expect("a connection");
        store::second_factor::pretend(&mut conn, user, self.app.clock.now())
            .await
            .expect("it is written");
    }

    /// A token for a user, by the app of the house that counts as a person.
    pub async fn token_of(&self, user: i64, scopes: &str) -> String {
        let token = host::token(&self.app, user, scopes, true).await;
        token
            .unwrap_or_else(|error| panic!("no token: {error:?}"))
            .reveal()
            .to_owned()
    }

    /// Somebody who applied but has not confirmed the address.
    pub async fn unconfirmed(&self, name: &str) -> Person {
        let email = format!("{name}@{}.example", name.replace('_', "-"));
        let from = self.network();
        let cmd = Apply {
            username: name.to_owned(),
            email: Some(email.clone()),
            password: PASSWORD.to_owned(),
            agreement: true,
            locale: "en".to_owned(),
            reason: Some(format!("I am {name} and I like porches.")),
            network: Some(from.parse().expect("an address")),
            ..Apply::default()
        };
        let applied = apply::apply(&self.app, cmd)
            .await
            .unwrap_or_else(|error| panic!("{name} cannot apply: {error:?}"));
        let user = applied.user.expect("it was received for the first time");
        let token = self.token_of(user, SCOPES).await;
        let account: i64 = self
            .sql("SELECT account_id FROM users WHERE id = $1", &[&user])
            .await[0]
            .get(0);
        Person {
            name: name.to_owned(),
            email,
            user,
            id: account.to_string(),
            api: self.api(token),
        }
    }

    /// Somebody whose application is in the queue.
    pub async fn applicant(&self, name: &str) -> Person {
        let person = self.unconfirmed(name).await;
        let link = self.mail_to(&person.email).await.link("/confirm");
        let token = link.rsplit(['/', '=']).next().expect("a token");
        // As a browser with script does it.
        let work = proof::work(token, self.app.config.registration.proof_bits);
        let confirmed = confirm_email::confirm(&self.app, token, Some(&work)).await;
        assert!(!confirmed.expect("the link works").member, "{name} waits");
        person
    }

    /// The newest application of a person.
    pub async fn application_of(&self, person: &Person) -> i64 {
        self.sql(
            "SELECT max(id) FROM applications WHERE user_id = $1",
            &[&person.user],
        )
        .await[0]
            .get(0)
    }

    /// A browser in which somebody has signed in.
    pub async fn signed_in(&self, person: &Person) -> Browser {
        let browser = self.browser();
        let page = browser.open("/sign-in").await;
        let form = page
            .form("/sign-in")
            .set("login", &person.name)
            .set("password", PASSWORD);
        let answer = browser.post(&form).await;
        assert_eq!(
            answer.status,
            303,
            "{} cannot sign in: {}",
            person.name,
            answer.shown()
        );
        browser
    }
}

impl Person {
    /// The API's path to their account.
    pub fn path(&self) -> String {
        format!("/api/v1/accounts/{}", self.id)
    }

    /// Follows somebody who is not locked; fails unless it works at once.
    pub async fn follow(&self, other: &Person) {
        let answer = self
            .api
            .act(&format!("{}/follow", other.path()))
            .await
            .entity("Relationship");
        assert_eq!(
            answer["following"], true,
            "{} follows {}: {answer}",
            self.name, other.name
        );
    }

    /// Blocks somebody.
    pub async fn block(&self, other: &Person) {
        let answer = self
            .api
            .act(&format!("{}/block", other.path()))
            .await
            .entity("Relationship");
        assert_eq!(answer["blocking"], true);
    }
}
