//! Who is established: the facts, what staff say, and what it lets out.

use chrono::TimeDelta;
use porchlight::domain::role::Role;
use porchlight::gate::established;

use super::strangers::{has_told, held, post_to};
use crate::support::people::Person;
use crate::support::place::{Place, run};

async fn is_established(place: &Place, who: &Person) -> bool {
    let account: i64 = who.id.parse().expect("an id");
    let rows = place
        .sql(
            "SELECT 1 FROM author_standing WHERE account_id = $1 AND established_at IS NOT NULL",
            &[&account],
        )
        .await;
    !rows.is_empty()
}

async fn reckon(place: &Place) {
    let reckoned = established::reckon(&place.app).await;
    reckoned.expect("everybody is reckoned");
}

/// Posts on so many days, one a day.
async fn posts_on(place: &Place, who: &Person, days: i64) {
    for n in 0..days {
        place.advance(TimeDelta::days(1));
        who.api.toot(&format!("Day {n}")).await;
    }
}

#[test]
fn thirty_days_five_with_posts_and_three_who_know_one_make_established() {
    run(async |place| {
        let ann = place.member("ann").await;
        posts_on(place, &ann, 5).await;
        place.advance(TimeDelta::days(26));
        reckon(place).await;
        assert!(!is_established(place, &ann).await, "nobody knows her");
        for (n, name) in ["remy", "rosa", "ruth"].into_iter().enumerate() {
            let staff = place.staff(name, Role::Reviewer).await;
            match n {
                0 => {
                    let post = ann.api.toot("Who is there?").await;
                    let answer = serde_json::json!({
                        "status": "I am!", "in_reply_to_id": post["id"], "visibility": "private"
                    });
                    staff.api.post("/api/v1/statuses", answer).await.ok();
                }
                _ => staff.follow(&ann).await,
            }
            reckon(place).await;
            assert_eq!(is_established(place, &ann).await, n == 2, "after {name}");
        }
        // Only days with posts count, and only of the last ninety.
        place.advance(TimeDelta::days(90));
        reckon(place).await;
        assert!(!is_established(place, &ann).await, "silent for a season");
        posts_on(place, &ann, 4).await;
        reckon(place).await;
        assert!(!is_established(place, &ann).await, "four days");
        posts_on(place, &ann, 1).await;
        reckon(place).await;
        assert!(is_established(place, &ann).await, "being known has stayed");
        let ben = place.member("ben").await;
        reckon(place).await;
        assert!(!is_established(place, &ben).await);
    });
}

#[test]
fn people_on_three_hosts_know_somebody_too() {
    crate::support::place::Setup::federated().run(async |place| {
        let ann = place.member("ann").await;
        posts_on(place, &ann, 5).await;
        place.advance(TimeDelta::days(30));
        for (n, host) in crate::support::place::PEERS.into_iter().enumerate() {
            for name in ["ada", "bob"] {
                let actor = place.peer(host).actor(name);
                let found = porchlight::activitypub::actors::find_or_fetch(
                    &place.federation(),
                    &actor.id,
                )
                .await;
                let target: i64 = ann.id.parse().expect("an id");
                let now = place.app.clock.now().timestamp() as f64;
                place
                    .sql(
                        "INSERT INTO follows (id, account_id, target_id, state, created_at) \
                         SELECT next_id(to_timestamp($3::float8)), $1, $2, 1, to_timestamp($3::float8)",
                        &[&found.expect("the actor is found").id, &target, &now],
                    )
                    .await;
            }
            reckon(place).await;
            assert_eq!(is_established(place, &ann).await, n == 2, "after {host}");
        }
    });
}

#[test]
fn staff_grant_it_and_take_it_and_what_waited_goes() {
    run(async |place| {
        let olive = place.owner().await;
        let (ann, ben) = (place.member("ann").await, place.member("ben").await);
        has_told(place, &ann, 10, false).await;
        let post = post_to(place, &ann, &[&ben], "Hello").await;
        assert_eq!(held(place, post).await.as_deref(), Some("first_week"));
        let desk = place.signed_in(&olive).await;
        let page = desk.open("/desk/known?name=ann").await;
        page.says("not established").says("1 of 5 days with posts");
        let page = desk
            .submit(page.form("/desk/known/word").press("They are established"))
            .await;
        page.says("They are established now").says("Staff said so.");
        place.settle().await;
        assert!(is_established(place, &ann).await);
        assert_eq!(held(place, post).await, None, "it went");
        // The facts do not take it back.
        reckon(place).await;
        assert!(is_established(place, &ann).await);
        let page = desk
            .submit(page.form("/desk/known/word").press("They are not"))
            .await;
        page.says("Staff said that they are not.");
        assert!(!is_established(place, &ann).await);
        desk.open("/desk/audit")
            .await
            .says("said that somebody is established")
            .says("took away that somebody is established");
        // Taken back from the log.
        let line: i64 = place
            .sql(
                "SELECT max(id) FROM audit_log WHERE act = 'author.doubt'",
                &[],
            )
            .await[0]
            .get(0);
        let undo = desk.open("/desk/audit").await;
        let form = undo.form("/desk/audit/undo").forge("id", &line.to_string());
        desk.submit(form).await;
        assert!(is_established(place, &ann).await, "the word before holds");
        // Staff are it by their role, and nobody says otherwise.
        let page = desk.open("/desk/known?name=olive").await;
        page.says("established by their role");
        let form = desk.open("/desk/known?name=ann").await;
        let form = form.form("/desk/known/word").press("They are not");
        let form = form.forge("name", "olive");
        desk.submit(form).await.says("Staff are established");
        // For moderators, and nobody else.
        let visitor = place.signed_in(&ben).await;
        assert_eq!(visitor.visit("/desk/known").await.status(), 404);
        assert_eq!(visitor.visit("/desk/held-posts").await.status(), 404);
        assert_eq!(desk.visit("/desk/known?name=nobody").await.status(), 422);
    });
}
