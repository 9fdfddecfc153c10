//! Hints about applicants: said in words, never a verdict.

use chrono::TimeDelta;
use porchlight::domain::role::Role;
use porchlight::gate::hints::{self, Hint, Leaning};
use porchlight::gate::who::{self, SignedIn, Via};

use crate::support::people::Person;
use crate::support::place::{Place, run};

async fn of(place: &Place, who: &Person, application: i64) -> Vec<Hint> {
    let mut conn = place.app.desk.get().await.expect("a connection");
    let user = porchlight::store::users::find(&mut conn, who.user)
        .await
        .expect("it is read")
        .expect("a user");
    let signed_in = SignedIn {
        user,
        application: None,
        via: Via::CommandLine,
        at: place.app.clock.now(),
    };
    let reviewer = who::reviewer(&signed_in).expect("staff");
    hints::of(&place.app, &mut conn, &reviewer, application, true)
        .await
        .expect("the hints")
}

fn kinds(hints: &[Hint]) -> Vec<&str> {
    hints.iter().map(|hint| hint.kind).collect()
}

#[test]
fn copies_from_one_network_are_one_cluster_and_others_are_not() {
    run(async |place| {
        let owner = place.owner().await;
        let reviewer = place.staff("rita", Role::Reviewer).await;
        let other = place.applicant("hana").await;
        place.advance(TimeDelta::hours(3));
        let words = "I sell the finest rugs and would love to tell everybody about my rugs.";
        let mut ids = Vec::new();
        for n in 0..3 {
            let one = place.unconfirmed(&format!("rug{n}")).await;
            let id = place.application_of(&one).await;
            place
                .sql(
                    "UPDATE applications SET network = '81.77.1.1' WHERE id = $1",
                    &[&id],
                )
                .await;
            place
                .sql(
                    "UPDATE application_answers SET value = $2 WHERE application_id = $1",
                    &[&id, &words],
                )
                .await;
            let link = place.mail_to(&one.email).await.link("/confirm");
            let browser = place.browser();
            let page = browser.open(&link).await;
            browser.submit(page.form("/confirm")).await;
            ids.push(id);
        }
        let first = ids[0];
        let together = place
            .sql(
                "SELECT count(*) FROM applications WHERE cluster_id = $1",
                &[&first],
            )
            .await;
        assert_eq!(together[0].get::<_, i64>(0), 3, "called by the oldest");
        let alone = place.application_of(&other).await;
        let row = place
            .sql(
                "SELECT cluster_id FROM applications WHERE id = $1",
                &[&alone],
            )
            .await;
        assert_eq!(row[0].get::<_, Option<i64>>(0), None);

        let seen = of(place, &owner, ids[2]).await;
        for kind in ["answers_alike", "same_answer", "network"] {
            assert!(kinds(&seen).contains(&kind), "{seen:?}");
        }
        assert!(seen.is_sorted_by_key(|hint| hint.leaning));
        let less = of(place, &reviewer, ids[2]).await;
        assert!(kinds(&less).contains(&"same_answer"));
        assert!(
            !kinds(&less).contains(&"network"),
            "not for reviewers: {less:?}"
        );
        assert!(
            of(place, &owner, alone)
                .await
                .iter()
                .all(|h| h.leaning != Leaning::Doubt)
        );
    });
}

#[test]
fn who_was_refused_and_comes_again_is_recognised_by_address_and_by_words() {
    run(async |place| {
        let owner = place.owner().await;
        let first = place.applicant("rug").await;
        let id = place.application_of(&first).await;
        let words = "I sell the finest rugs and would love to tell everybody about my rugs.";
        place
            .sql(
                "UPDATE application_answers SET value = $2 WHERE application_id = $1",
                &[&id, &words],
            )
            .await;
        // The card makes the marks anew.
        of(place, &owner, id).await;
        let desk = place.signed_in(&owner).await;
        let page = desk.open(&format!("/desk/applications/{id}")).await;
        desk.submit(page.form(&format!("/desk/applications/{id}/reject")))
            .await;
        assert_eq!(
            place
                .number("SELECT count(*) FROM applications WHERE state = 4")
                .await,
            1
        );
        let remembered = "SELECT count(*) FROM decision_memory WHERE kind = 2";
        assert_eq!(place.number(remembered).await, 16);
        place.advance(TimeDelta::days(15));
        // The timers of the place may be at it already.
        while place.number("SELECT count(*) FROM applications").await > 0 {
            porchlight::jobs::timers::tick(&place.app).await;
        }

        let again = place.applicant("carpet").await;
        let id = place.application_of(&again).await;
        assert!(!kinds(&of(place, &owner, id).await).contains(&"again"));
        place
            .sql(
                "UPDATE application_answers SET value = $2 WHERE application_id = $1",
                &[&id, &words],
            )
            .await;
        let seen = of(place, &owner, id).await;
        let hint = seen
            .iter()
            .find(|hint| hint.kind == "again")
            .expect("a hint");
        assert_eq!(
            hint.sentence,
            "Answers like these were refused within the last 90 days."
        );
        // After 90 days it is forgotten.
        place.advance(TimeDelta::days(76));
        let late = place.applicant("mat").await;
        let id = place.application_of(&late).await;
        place
            .sql(
                "UPDATE application_answers SET value = $2 WHERE application_id = $1",
                &[&id, &words],
            )
            .await;
        assert!(!kinds(&of(place, &owner, id).await).contains(&"again"));
    });
}
