//! How much one person may destroy in an hour (C6).

use chrono::TimeDelta;
use porchlight::domain::application::BulkAct;
use porchlight::domain::role::Role;
use porchlight::gate::applications::bulk::{self, Many};
use porchlight::gate::applications::review;
use porchlight::gate::who::{self, SignedIn, Via};

use super::invite_tree::branch_of;
use super::invites::{invite, join, person, set_mode};
use crate::support::people::Person;
use crate::support::place::{Place, run};

async fn suspend(place: &Place, token: &str, whom: &Person) -> crate::support::answer::Answer {
    let path = format!("/api/v1/admin/accounts/{}/action", whom.id);
    place
        .api(token)
        .post(
            &path,
            serde_json::json!({ "type": "suspend", "text": "rugs" }),
        )
        .await
}

async fn suspended(place: &Place) -> i64 {
    place
        .number("SELECT count(*) FROM users WHERE disabled_at IS NOT NULL")
        .await
}

/// As after a busy hour: so many acts of this person.
async fn has_done(place: &Place, who: &Person, acts: i32) {
    let now = place.app.clock.now().timestamp() as f64;
    place
        .sql(
            "INSERT INTO destructive_acts (actor_id, act, created_at) \
             SELECT $1, 'account.suspend', to_timestamp($2) - interval '1 minute' FROM generate_series(1, $3)",
            &[&who.user, &now, &acts],
        )
        .await;
}

#[test]
fn the_twenty_sixth_act_of_an_hour_waits_and_all_staff_are_told() {
    run(async |place| {
        let olive = place.owner().await;
        let remy = place.staff("remy", Role::Moderator).await;
        let (ben, cleo) = (place.member("ben").await, place.member("cleo").await);
        let token = place.token_of(remy.user, "admin:read admin:write").await;
        has_done(place, &remy, 24).await;
        suspend(place, &token, &ben).await.expect(200);
        assert_eq!(suspended(place).await, 1, "the twenty-fifth");
        let said = suspend(place, &token, &cleo).await.error(403);
        let words = said["error"].as_str().expect("a sentence");
        assert!(words.contains("It waits until"), "{words}");
        assert_eq!(suspended(place).await, 1);
        for person in [&olive, &remy] {
            let mail = place.mail_to(&person.email).await;
            assert!(mail.text.contains("Suspend @cleo"), "{}", mail.text);
        }
        // Another person has a budget of their own.
        let dan = place.member("dan").await;
        let hers = place.token_of(olive.user, "admin:read admin:write").await;
        suspend(place, &hers, &dan).await.expect(200);
        place
            .signed_in(&remy)
            .await
            .open("/desk/held")
            .await
            .says("Suspend @cleo");
        // Half a day later time does it, once.
        place.advance(TimeDelta::hours(11));
        place.settle().await;
        assert_eq!(suspended(place).await, 2);
        place.advance(TimeDelta::hours(1) + TimeDelta::minutes(1));
        place.settle().await;
        assert_eq!(suspended(place).await, 3);
        let lines = place
            .number("SELECT count(*) FROM audit_log WHERE act = 'account.suspend'")
            .await;
        assert_eq!(lines, 3);
        place
            .signed_in(&remy)
            .await
            .open("/desk/held")
            .await
            .says("It was done.");
    });
}

#[test]
fn another_admin_stops_what_waits_and_a_role_that_ends_takes_it_along() {
    run(async |place| {
        let olive = place.owner().await;
        let adam = place.staff("adam", Role::Admin).await;
        let (ben, cleo) = (place.member("ben").await, place.member("cleo").await);
        let token = place.token_of(adam.user, "admin:read admin:write").await;
        has_done(place, &adam, 25).await;
        suspend(place, &token, &ben).await.error(403);
        // Not by who wanted it.
        let his = place.signed_in(&adam).await;
        assert!(!his.open("/desk/held").await.has_form("/desk/held/stop"));
        let hers = place.signed_in(&olive).await;
        let page = hers.open("/desk/held").await;
        let stop = page.form("/desk/held/stop");
        hers.submit(stop.clone()).await.says("Stopped by @olive.");
        hers.submit(stop).await.says("It is over already.");
        suspend(place, &token, &cleo).await.error(403);
        porchlight::identity::roles::set_role(
            &place.app,
            porchlight::identity::roles::By::Host,
            adam.user,
            Role::Member,
        )
        .await
        .expect("the host may");
        place.advance(TimeDelta::hours(13));
        place.settle().await;
        assert_eq!(suspended(place).await, 0);
        let hers = place.signed_in(&olive).await;
        hers.open("/desk/held").await.says("Their role ended.");
    });
}

#[test]
fn one_decision_about_many_is_one_act() {
    run(async |place| {
        let olive = place.owner().await;
        let mut picks = Vec::new();
        for n in 0..3 {
            let one = place.applicant(&format!("rug{n}")).await;
            picks.push(place.application_of(&one).await);
        }
        has_done(place, &olive, 24).await;
        let user = {
            let mut conn = place.app.desk.get().await.expect("a connection");
            let found = porchlight::store::users::find(&mut conn, olive.user).await;
            found.expect("it is read").expect("a user")
        };
        let reviewer = who::reviewer(&SignedIn {
            user,
            application: None,
            via: Via::CommandLine,
            at: place.app.clock.now(),
        })
        .expect("she may");
        let wanted = review::Wanted {
            part: review::Part::Waiting,
            ..review::Wanted::default()
        };
        let queue = review::queue(&place.app, &reviewer, &wanted, "", false).await;
        let picked = queue.expect("a queue").rows;
        let picks: Vec<(i64, String)> = picked
            .iter()
            .map(|row| (row.application.id, row.seen.hash.clone()))
            .collect();
        assert_eq!(picks.len(), 3);
        let many = Many {
            act: BulkAct::Reject,
            picks,
            message: None,
            told: Some(false),
            typed: None,
        };
        bulk::decide(&place.app, &reviewer, many.clone())
            .await
            .expect("the twenty-fifth act");
        let left = place
            .number("SELECT count(*) FROM applications WHERE state = 1")
            .await;
        assert_eq!(left, 0);
        let again = bulk::decide(&place.app, &reviewer, many).await;
        assert!(again.is_err(), "the twenty-sixth waits");
    });
}

#[test]
fn a_branch_that_is_cut_is_one_act_and_waits_like_any_other() {
    run(async |place| {
        let olive = place.owner().await;
        let ann = place.member("ann").await;
        set_mode(place, "approval", true).await;
        let code = invite(place, &ann, "3").await;
        join(place, "ben", &code).await;
        join(place, "cleo", &code).await;
        has_done(place, &olive, 24).await;
        let desk = place.signed_in(&olive).await;
        let cut = async |who: &Person| {
            let branch = branch_of(place, who).await;
            let page = desk.open(&format!("{branch}/cut")).await;
            let form = page.form(&format!("{branch}/cut"));
            desk.submit(form.set("kind", "suspend")).await
        };
        let ben = person(place, "ben").await;
        cut(&ben).await.says("1 suspended");
        assert_eq!(suspended(place).await, 1, "the twenty-fifth");
        cut(&ann).await.says("It waits until");
        assert_eq!(suspended(place).await, 1);
        desk.open("/desk/held").await.says("Cut the branch of @ann");
        place.advance(TimeDelta::hours(12) + TimeDelta::minutes(1));
        place.settle().await;
        assert_eq!(suspended(place).await, 3);
    });
}
