//! Whether an address is known here shows in no answer and in no cost (T1): statements, calls
//! to Redis and runs of argon2 are counted instead of milliseconds.

use porchlight::domain::{ClientAddress, Error};
use porchlight::gate::applications::apply::{self, Apply};
use porchlight::identity::password;
use porchlight::identity::sign_in::{self, Browser, SignIn};
use porchlight::secrets::Secret;
use reqwest::Method;

use crate::support::people::PASSWORD;
use crate::support::place::{Counted, Place, Setup, run};

/// What one act took: the stores, and passwords hashed or verified.
async fn cost(place: &Place, act: impl AsyncFnOnce()) -> (Counted, u64) {
    let (stores, runs) = (place.counted(), place.app.passwords.runs());
    act().await;
    let after = place.counted();
    let taken = Counted {
        statements: after.statements - stores.statements,
        commits: after.commits - stores.commits,
        redis: after.redis - stores.redis,
    };
    (taken, place.app.passwords.runs() - runs)
}

fn from(place: &Place) -> ClientAddress {
    ClientAddress(place.network().parse().expect("an address"))
}

async fn wrong_sign_in(place: &Place, login: &str) {
    let cmd = SignIn {
        login: login.to_owned(),
        password: Secret::new("not the password"),
        browser: Browser {
            address: from(place),
            user_agent: String::new(),
            replaces: None,
        },
    };
    let refused = sign_in::sign_in(&place.app, cmd).await;
    assert!(matches!(refused, Err(Error::Invalid(_))), "{login}");
}

async fn apply_with(place: &Place, name: &str, email: &str) {
    let cmd = Apply {
        username: name.to_owned(),
        email: Some(email.to_owned()),
        password: PASSWORD.to_owned(),
        agreement: true,
        reason: Some("I like porches.".to_owned()),
        network: Some(from(place).0),
        ..Apply::default()
    };
    apply::apply(&place.app, cmd).await.expect("it is received");
}

#[test]
fn known_and_unknown_addresses_cost_the_same() {
    Setup::default().without_jobs().run(async |place| {
        let ann = place.member("ann").await;
        // The first of each kind fills caches.
        wrong_sign_in(place, "somebody").await;
        apply_with(place, "first", "first@first.example").await;

        let known = cost(place, async || wrong_sign_in(place, &ann.email).await).await;
        for login in [
            "ann",
            "nobody",
            "nobody@nowhere.example",
            "not a name at all",
        ] {
            let other = cost(place, async || wrong_sign_in(place, login).await).await;
            assert_eq!(other, known, "signing in as {login}");
        }
        assert_eq!(known.1, 1, "one password is verified, always");

        let reset = async |email: &str| {
            password::request_reset(&place.app, email, from(place))
                .await
                .expect("the answer is always the same");
        };
        reset("warm@up.example").await;
        let known = cost(place, async || reset(&ann.email).await).await;
        let unknown = cost(place, async || reset("nobody@nowhere.example").await).await;
        assert_eq!(known, unknown, "a forgotten password");

        let taken = cost(place, async || {
            apply_with(place, "second", &ann.email).await
        })
        .await;
        let fresh = cost(place, async || {
            apply_with(place, "third", "third@third.example").await;
        })
        .await;
        assert_eq!(taken, fresh, "applying");
        assert_eq!(fresh.1, 1, "one password is hashed");
    });
}

#[test]
fn an_address_that_nobody_confirmed_signs_nobody_in() {
    run(async |place| {
        place.owner().await;
        let ann = place.member("ann").await;
        apply_with(place, "decoy", &ann.email).await;
        apply_with(place, "honest", "honest@honest.example").await;
        place.settle().await;
        let sign_in = async |login: &str| {
            let browser = place.browser();
            let page = browser.open("/sign-in").await;
            let form = page
                .form("/sign-in")
                .set("login", login)
                .set("password", PASSWORD);
            let answer = browser.post(&form).await;
            let text = crate::support::routes::without_chance(&answer.text());
            (answer.status, text.replace(login, "LOGIN"))
        };
        // Somebody else's address and one that is nobody's: the same no.
        let honest = sign_in("honest@honest.example").await;
        assert_eq!(honest.0, 422, "{}", honest.1);
        place
            .sql(
                "UPDATE users SET password_hash = NULL WHERE username = 'ann'",
                &[],
            )
            .await;
        assert_eq!(sign_in(&ann.email).await, honest);
        // By their names both come in, and see the same page.
        let mut pages = Vec::new();
        for name in ["decoy", "honest"] {
            let browser = place.browser();
            let page = browser.open("/sign-in").await;
            let form = page
                .form("/sign-in")
                .set("login", name)
                .set("password", PASSWORD);
            assert_eq!(browser.post(&form).await.status, 303, "{name}");
            let waiting = browser.fetch(Method::GET, "/waiting").await;
            let text = crate::support::routes::without_chance(&waiting.text());
            let text = text
                .replace(&ann.email, "ADDRESS")
                .replace("honest@honest.example", "ADDRESS");
            pages.push(text.replace(name, "NAME"));
        }
        assert_eq!(pages[0], pages[1]);
    });
}
