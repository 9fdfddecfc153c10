//! Limits of the door while Redis is away: counted in Postgres, for all processes together.

use std::sync::Arc;

use chrono::TimeDelta;
use porchlight::app::App;
use porchlight::config::Secret as ConfigSecret;
use porchlight::domain::{ClientAddress, Error};
use porchlight::gate::applications::apply::{self, Apply};
use porchlight::gate::applications::form;
use porchlight::identity::sign_in::{self, Browser, SignIn};
use porchlight::secrets::Secret;

use crate::support::people::PASSWORD;
use crate::support::place::{Place, run};

/// Two more processes on the same Postgres that cannot reach Redis.
pub async fn two_without_redis(place: &Place) -> [Arc<App>; 2] {
    let open = async || {
        let mut config = place.app.config.clone();
        config.redis.url = Some(ConfigSecret::new("redis+unix:///nonexistent/redis.sock"));
        let app = App::open(config).await.expect("it opens");
        // The same time as the place, and not near the end of a window.
        app.clock.advance(place.app.clock.now() - app.clock.now());
        app
    };
    [open().await, open().await]
}

async fn is_refused(app: &App, login: &str, password: &str, from: &str) -> bool {
    let cmd = SignIn {
        login: login.to_owned(),
        password: Secret::new(password),
        browser: Browser {
            address: ClientAddress(from.parse().expect("an address")),
            user_agent: String::new(),
            replaces: None,
        },
    };
    match sign_in::sign_in(app, cmd).await {
        Err(Error::TooMany { .. }) => true,
        Err(Error::Invalid(_)) | Ok(_) => false,
        Err(other) => panic!("{other:?}"),
    }
}

#[test]
fn guesses_are_counted_together_by_processes_without_redis() {
    run(async |place| {
        place.member("ann").await;
        let apps = two_without_redis(place).await;
        for n in 0..10 {
            let refused = is_refused(&apps[n % 2], "ann", "wrong password", "81.9.9.9").await;
            assert!(!refused, "guess {n}");
        }
        for app in &apps {
            assert!(is_refused(app, "ann", "wrong password", "81.9.9.9").await);
        }
        // From somewhere else the right password is still good, and is not counted.
        for n in 0..12 {
            assert!(!is_refused(&apps[n % 2], "ann", PASSWORD, "82.1.1.1").await);
        }
        // What was counted says nothing of whom, and goes when its time is over.
        let rows = place
            .number("SELECT count(*) FROM limit_counts WHERE count > 0")
            .await;
        assert!(rows > 0);
        let mut conn = place.app.pool.get().await.expect("a connection");
        let later = place.app.clock.now() + TimeDelta::days(2);
        porchlight::store::limit_counts::sweep(&mut conn, later)
            .await
            .expect("a sweep");
        assert_eq!(place.number("SELECT count(*) FROM limit_counts").await, 0);
    });
}

#[test]
fn applications_are_counted_together_by_processes_without_redis() {
    run(async |place| {
        place.owner().await;
        let apps = two_without_redis(place).await;
        let send = async |app: &App, n: usize| {
            let cmd = Apply {
                username: format!("comer_{n}"),
                email: Some(format!("me@comer-{n}.example")),
                password: PASSWORD.to_owned(),
                agreement: true,
                reason: Some("I like porches.".to_owned()),
                network: Some("81.9.9.9".parse().expect("an address")),
                ..Apply::default()
            };
            apply::apply(app, cmd).await
        };
        for n in 0..5 {
            send(&apps[n % 2], n).await.expect("there is room");
        }
        // Even if those five were gone by now.
        place
            .sql("DELETE FROM users WHERE username LIKE 'comer%'", &[])
            .await;
        for app in &apps {
            let refused = send(app, 6).await.expect_err("too many of one address");
            assert!(matches!(refused, Error::TooMany { .. }), "{refused:?}");
        }
        place.settle().await;
    });
}

#[test]
fn forms_are_counted_together_by_processes_without_redis() {
    run(async |place| {
        let apps = two_without_redis(place).await;
        let from = Some("2001:db8:7::1".parse().expect("an address"));
        let mut given = 0;
        while given < 100 && form::fetch(&apps[given % 2], from).await.is_ok() {
            given += 1;
        }
        assert_eq!(given, 50, "ten times what may be sent in half an hour");
    });
}
