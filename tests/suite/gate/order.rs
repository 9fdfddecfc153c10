//! The order of checks: what is wrong in every way hears of the cheapest.

use chrono::TimeDelta;
use porchlight::app::limits;
use porchlight::cache::rate_limit::Limit;
use porchlight::domain::{Error, Result};
use porchlight::gate::applications::apply::{self, Applied, Apply};
use porchlight::gate::applications::form;
use porchlight::gate::{mode, proof};

use crate::support::name_server::NameServer;
use crate::support::people::PASSWORD;
use crate::support::place::{Place, Setup};

/// What an attempt took: statements, calls to Redis, questions to the name server, passwords
/// hashed.
type Cost = (u64, u64, u64, u64);

struct Attempts<'a> {
    place: &'a Place,
    names: &'a NameServer,
}

impl Attempts<'_> {
    fn so_far(&self) -> Cost {
        let stores = self.place.counted();
        let runs = self.place.app.passwords.runs();
        (stores.statements, stores.redis, self.names.asked(), runs)
    }

    async fn send(&self, cmd: &Apply) -> (Result<Applied>, Cost) {
        let before = self.so_far();
        let answer = apply::apply(&self.place.app, cmd.clone()).await;
        let after = self.so_far();
        let cost = (
            after.0 - before.0,
            after.1 - before.1,
            after.2 - before.2,
            after.3 - before.3,
        );
        (answer, cost)
    }
}

#[track_caller]
fn fields(answer: Result<Applied>) -> Vec<String> {
    match answer {
        Err(Error::Invalid(invalid)) => invalid
            .fields
            .iter()
            .map(|f| f.field.clone().into_owned())
            .collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_wrong_in_every_way_hears_of_the_cheapest() {
    let names = NameServer::start(&[
        ("bad.example", "mx.spam.example"),
        ("good.example", "mx.good.example"),
    ]);
    let setup = Setup::default().proving().without_jobs().with(
        "PORCHLIGHT_REGISTRATION__NAME_SERVER",
        names.address.to_string(),
    );
    setup.run(async |place| {
        place.owner().await;
        let attempts = Attempts { place, names: &names };
        let set_mode = async |mode: &str| {
            place
                .sql(
                    "INSERT INTO instance_settings (key, value, updated_at) \
                     VALUES ('registration.mode', jsonb_build_object('mode', $1::text, 'bypass', false), '2026-11-01') \
                     ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                    &[&mode],
                )
                .await;
        };
        // Everything is wrong.
        set_mode("closed").await;
        let from = "81.2.3.4".parse().expect("an address");
        let near = "81.2.3.0/24";
        place
            .sql(
                "INSERT INTO network_blocks (id, network, severity, created_at) VALUES (1, ($1::text)::inet, 0, '2026-11-01')",
                &[&near],
            )
            .await;
        place
            .sql("INSERT INTO mail_blocks (id, domain, severity, created_at) VALUES (1, 'spam.example', 0, '2026-11-01')", &[])
            .await;
        let mut cmd = Apply {
            username: "no good".into(),
            email: Some("nobody@bad.example".into()),
            password: "x".into(),
            form_token: Some("forged".into()),
            network: Some(from),
            ..Apply::default()
        };
        let (answer, cost) = attempts.send(&cmd).await;
        assert_eq!(fields(answer), ["form_token"]);
        assert_eq!(cost, (0, 0, 0, 0), "a forged form is not worth a question");

        let view = form::fetch(&place.app, Some(from)).await.expect("a form");
        cmd.form_token = Some(view.token.clone());
        // Over the limits of its network.
        for _ in 0..5 {
            let limit = porchlight::cache::rate_limit::Limit {
                key: "apply1:near:81.2.3.4/32".into(),
                most: 5,
                window: TimeDelta::minutes(30),
            };
            porchlight::app::limits::take(&place.app, &[limit], place.app.clock.now()).await;
        }
        // What pages show of the mode was asked for half a minute ago at the most.
        mode::shown(&place.app).await.expect("a mode");
        let (answer, closed) = attempts.send(&cmd).await;
        assert!(matches!(answer, Err(Error::Closed(_))), "{answer:?}");
        set_mode("approval").await;
        let (answer, limited) = attempts.send(&cmd).await;
        assert!(matches!(answer, Err(Error::TooMany { .. })), "{answer:?}");
        mode::forget(&place.app).await;
        mode::shown(&place.app).await.expect("a mode");
        let (answer, known_open) = attempts.send(&cmd).await;
        assert!(matches!(answer, Err(Error::TooMany { .. })), "{answer:?}");
        assert_eq!(known_open.0, 0, "a flood has Postgres decide nothing");
        let limit = porchlight::cache::rate_limit::Limit {
            key: "apply1:near:81.2.3.4/32".into(),
            most: 5,
            window: TimeDelta::minutes(30),
        };
        for _ in 0..5 {
            porchlight::app::limits::give_back(&place.app, std::slice::from_ref(&limit), place.app.clock.now()).await;
        }
        let (answer, blocked) = attempts.send(&cmd).await;
        assert!(matches!(answer, Err(Error::Denied(_))), "{answer:?}");
        place.sql("DELETE FROM network_blocks", &[]).await;
        let (answer, hurried) = attempts.send(&cmd).await;
        assert_eq!(fields(answer), ["form_token"], "it came back too fast");
        place.advance(TimeDelta::seconds(30));
        let (answer, mistaken) = attempts.send(&cmd).await;
        let wrong = fields(answer);
        for field in ["username", "password"] {
            assert!(wrong.iter().any(|f| f == field), "{wrong:?}");
        }
        cmd.username = "honest".into();
        cmd.password = PASSWORD.into();
        cmd.agreement = true;
        cmd.answers = view
            .questions
            .iter()
            .map(|q| porchlight::gate::questions::Given {
                version: q.id,
                values: vec!["Because of the porch.".into()],
            })
            .collect();
        let (answer, by_host) = attempts.send(&cmd).await;
        assert_eq!(fields(answer), ["email"], "its mail server is blocked");
        cmd.email = Some("honest@good.example".into());
        cmd.proof = Some(proof::work(&view.token, view.bits));
        let (answer, received) = attempts.send(&cmd).await;
        assert!(answer.expect("all is well").user.is_some());

        // What comes first asks for no more than what comes later.
        let all = [closed, limited, blocked, hurried, mistaken, by_host, received];
        assert!(all.is_sorted_by_key(|cost| cost.0), "{all:?}");
        assert!(all[..5].iter().all(|cost| cost.2 == 0), "nobody is asked: {all:?}");
        assert_eq!(by_host.2, 1);
        assert!(all[..6].iter().all(|cost| cost.3 == 0), "no hash: {all:?}");
        assert_eq!(received.3, 1);
        assert_eq!(place.number("SELECT proof::bigint FROM applications").await, 1);
        place.start_jobs();
    });
}

#[test]
fn where_a_way_is_full_for_everybody_a_flood_is_looked_at_now_and_then() {
    let names = NameServer::start(&[("good.example", "mx.good.example")]);
    let setup = Setup::default().proving().without_jobs().with(
        "PORCHLIGHT_REGISTRATION__NAME_SERVER",
        names.address.to_string(),
    );
    setup.run(async |place| {
        place.owner().await;
        let attempts = Attempts {
            place,
            names: &names,
        };
        let limit = |what: &str, most: u32, window: TimeDelta| Limit {
            key: format!("apply1:{what}"),
            most,
            window,
        };
        let full = [
            limit("plain:", 20, TimeDelta::minutes(30)),
            limit("reserve:plain", 5, TimeDelta::hours(1)),
        ];
        let now = || place.app.clock.now();
        for (limit, times) in full.iter().zip([20, 5]) {
            for _ in 0..times {
                limits::take(&place.app, std::slice::from_ref(limit), now()).await;
            }
        }
        mode::shown(&place.app).await.expect("a mode");
        let form = form::fetch(&place.app, None).await.expect("a form");
        let from = |network: &str, proof: Option<String>| Apply {
            username: "somebody".into(),
            email: Some("somebody@good.example".into()),
            password: PASSWORD.into(),
            form_token: Some(form.token.clone()),
            network: network.parse().ok(),
            proof,
            ..Apply::default()
        };
        let too_many = |answer: &Result<Applied>| matches!(answer, Err(Error::TooMany { .. }));
        let (first, asked) = attempts.send(&from("81.2.3.4", None)).await;
        assert!(too_many(&first), "{first:?}");
        assert_eq!((asked.0, asked.1), (0, 1));
        let (next, asked) = attempts.send(&from("81.9.9.4", None)).await;
        assert!(too_many(&next), "{next:?}");
        assert_eq!((asked.0, asked.1), (0, 0), "it is known a moment later");
        // Who did the work is another matter.
        let proof = Some(proof::work(&form.token, form.bits));
        let (proven, _) = attempts.send(&from("81.9.9.4", proof)).await;
        assert!(!too_many(&proven), "{proven:?}");
        // And it is looked at again.
        place.advance(TimeDelta::seconds(1));
        limits::give_back(&place.app, &full, now()).await;
        let (later, _) = attempts.send(&from("81.9.9.4", None)).await;
        assert!(!too_many(&later), "{later:?}");
        place.start_jobs();
    });
}
