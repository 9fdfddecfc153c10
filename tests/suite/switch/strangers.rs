//! The first week: so many strangers a day, and what is beyond waits, visibly.

use chrono::TimeDelta;
use porchlight::gate::outreach;
use porchlight::model::audit::SignOfLife;
use porchlight::store;
use serde_json::{Value, json};

use crate::support::api::{id, ids};
use crate::support::people::Person;
use crate::support::place::{Place, Setup, run};

/// As after a busy day: so many strangers were told by this author.
pub async fn has_told(place: &Place, who: &Person, many: i32, link: bool) {
    let account: i64 = who.id.parse().expect("an id");
    let now = place.app.clock.now().timestamp() as f64;
    place
        .sql(
            "INSERT INTO outreach (status_id, stranger_id, link, account_id, at, waits) \
             SELECT 1, n, $1, $2, to_timestamp($3) - interval '1 minute', false FROM generate_series(1, $4) n",
            &[&link, &account, &now, &many],
        )
        .await;
}

/// Why a post waits, once everybody was told; `None` where it does not.
pub async fn held(place: &Place, post: i64) -> Option<String> {
    place.settle().await;
    let rows = place
        .sql(
            "SELECT reason FROM outbound_holds WHERE status_id = $1",
            &[&post],
        )
        .await;
    let number: i16 = rows.first()?.get(0);
    let reason = porchlight::domain::hold_reason::HoldReason::from_number(number);
    Some(reason.expect("a reason").as_str().to_owned())
}

/// Posts something that names these.
pub async fn post_to(place: &Place, who: &Person, whom: &[&Person], text: &str) -> i64 {
    let names: Vec<String> = whom.iter().map(|one| format!("@{}", one.name)).collect();
    let post = who.api.toot(&format!("{} {text}", names.join(" "))).await;
    place.settle().await;
    id(&post).parse().expect("an id")
}

/// The posts that somebody was told to be named in.
pub async fn mentions(who: &Person) -> Vec<String> {
    let path = "/api/v1/notifications?types[]=mention";
    let list: Value = who.api.get(path).await.ok();
    let list = list.as_array().expect("a list");
    list.iter().map(|one| id(&one["status"])).collect()
}

/// Somebody of the staff is there, so that the switch is calm.
pub async fn is_home(place: &Place, staff: &Person) {
    let mut conn = place.app.pool.get().await.expect("a connection");
    let now = place.app.clock.now();
    let noted = store::signs_of_life::insert(&mut conn, staff.user, SignOfLife::Act, now).await;
    noted.expect("it is noted");
}

async fn sweep(place: &Place) {
    let swept = outreach::sweep(&place.app).await;
    swept.expect("what may go, goes");
    place.settle().await;
}

#[test]
fn a_newcomer_tells_ten_strangers_a_day_and_what_is_beyond_waits() {
    run(async |place| {
        let olive = place.owner().await;
        let (ann, ben, cleo) = (
            place.member("ann").await,
            place.member("ben").await,
            place.member("cleo").await,
        );
        cleo.follow(&ann).await;
        has_told(place, &ann, 9, false).await;
        let tenth = post_to(place, &ann, &[&ben], "the tenth").await;
        assert_eq!(held(place, tenth).await, None);
        assert_eq!(mentions(&ben).await, [tenth.to_string()]);
        // Followers are no strangers, however many are told.
        let friend = post_to(place, &ann, &[&cleo], "to a friend").await;
        assert_eq!(held(place, friend).await, None);
        let post = post_to(place, &ann, &[&ben, &cleo], "the eleventh").await;
        assert_eq!(held(place, post).await.as_deref(), Some("first_week"));
        assert_eq!(mentions(&ben).await.len(), 1, "a stranger hears later");
        assert_eq!(mentions(&cleo).await.len(), 2, "a follower hears at once");
        let home = cleo.api.get("/api/v1/timelines/home").await.ok();
        assert!(ids(&home).contains(&post.to_string()), "followers see it");

        // The author sees why, and nobody else.
        let path = format!("/api/v1/statuses/{post}");
        let own = ann.api.get(&path).await.ok();
        assert_eq!(own["held"]["reason"], "first_week");
        let words = own["held"]["text"].as_str().expect("a sentence");
        assert!(words.contains("a person looks first"), "{words}");
        for other in [&cleo.api, &place.stranger()] {
            assert!(other.get(&path).await.ok().get("held").is_none());
        }
        let list = ann.api.get("/api/v1/timelines/home").await.ok();
        assert!(list[0].get("held").is_some() && list[1].get("held").is_none());
        let page = format!("/@ann/{post}");
        let hers = place.signed_in(&ann).await;
        hers.open(&page).await.says("a person looks first");
        place
            .browser()
            .open(&page)
            .await
            .hides("a person looks first");

        // One mail, however much waits.
        post_to(place, &ann, &[&ben], "the twelfth").await;
        let told = || {
            let mails = place.mails().into_iter();
            mails.filter(|m| m.to == ann.email).count()
        };
        let mail = place.mail_to(&ann.email).await;
        assert!(mail.text.contains("Nothing is lost"), "{}", mail.text);
        assert_eq!(told(), 1);

        // A person looks, and lets one go, then all.
        let desk = place.signed_in(&olive).await;
        let list = desk.open("/desk/held-posts").await;
        list.says("the eleventh").says("new here: many strangers");
        let form = list
            .form("/desk/held-posts/release")
            .forge("id", &post.to_string());
        desk.submit(form.clone()).await.says("It goes out now.");
        place.settle().await;
        assert_eq!(mentions(&ben).await.len(), 2);
        assert_eq!(mentions(&cleo).await.len(), 2, "nobody hears twice");
        assert!(ann.api.get(&path).await.ok().get("held").is_none());
        desk.submit(form).await.says("It does not wait any more.");
        let all = desk.open("/desk/held-posts").await;
        let all = all.form("/desk/held-posts/release-all");
        desk.submit(all).await.says("One post goes out now.");
        place.settle().await;
        assert_eq!(mentions(&ben).await.len(), 3);
        desk.open("/desk/held-posts").await.says("Nothing waits");
        desk.open("/desk/audit").await.says("let a post go out");
        // What was let out by hand used nothing up; tomorrow is another day.
        place.advance(TimeDelta::hours(25));
        let next = post_to(place, &ann, &[&ben], "the day after").await;
        assert_eq!(held(place, next).await, None);
    });
}

#[test]
fn links_count_for_themselves_and_so_does_an_answer() {
    run(async |place| {
        place.owner().await;
        let (ann, ben) = (place.member("ann").await, place.member("ben").await);
        has_told(place, &ann, 3, true).await;
        let link = post_to(place, &ann, &[&ben], "look: https://rugs.example/").await;
        assert_eq!(held(place, link).await.as_deref(), Some("first_week"));
        let plain = post_to(place, &ann, &[&ben], "just words").await;
        assert_eq!(held(place, plain).await, None);
        has_told(place, &ann, 10, false).await;
        // An answer that names nobody is for a stranger, too.
        let his = id(&ben.api.toot("What do you think?").await);
        let answer = json!({ "status": "Not much", "in_reply_to_id": his });
        let answer = id(&ann.api.post("/api/v1/statuses", answer).await.ok());
        let answer = answer.parse().expect("an id");
        assert_eq!(held(place, answer).await.as_deref(), Some("first_week"));
        let direct = ann.api.toot_to("direct", "@ben psst").await;
        let direct = direct.parse().expect("an id");
        assert_eq!(held(place, direct).await.as_deref(), Some("first_week"));
        // To oneself and to the world one may talk as much as one likes.
        let world = json!({ "status": "More", "in_reply_to_id": answer.to_string() });
        let world = id(&ann.api.post("/api/v1/statuses", world).await.ok());
        assert_eq!(held(place, world.parse().expect("an id")).await, None);
        // Deleting gives nothing back.
        ann.api
            .delete(&format!("/api/v1/statuses/{plain}"))
            .await
            .ok();
        let again = post_to(place, &ann, &[&ben], "again").await;
        assert_eq!(held(place, again).await.as_deref(), Some("first_week"));
    });
}

#[test]
fn the_week_ends_when_established_people_know_the_newcomer() {
    run(async |place| {
        let olive = place.owner().await;
        let (ann, ben) = (place.member("ann").await, place.member("ben").await);
        has_told(place, &ann, 10, false).await;
        let post = post_to(place, &ann, &[&ben], "Hello").await;
        place.advance(TimeDelta::days(8));
        is_home(place, &olive).await;
        sweep(place).await;
        let still = held(place, post).await;
        assert_eq!(still.as_deref(), Some("first_week"), "nobody knows her");
        for name in ["ruth", "remy", "rosa"] {
            let staff = place
                .staff(name, porchlight::domain::role::Role::Reviewer)
                .await;
            staff.follow(&ann).await;
        }
        porchlight::gate::established::reckon(&place.app)
            .await
            .expect("everybody is reckoned");
        sweep(place).await;
        assert_eq!(held(place, post).await, None);
        assert_eq!(mentions(&ben).await, [post.to_string()]);
        has_told(place, &ann, 20, true).await;
        let more = post_to(place, &ann, &[&ben], "https://bread.example/").await;
        assert_eq!(held(place, more).await, None);
    });
}

#[test]
fn what_waits_leaves_for_no_server_and_what_hangs_on_it_goes_with_it() {
    Setup::federated().run(async |place| {
        let _olive = place.owner().await;
        let (ann, ben) = (place.member("ann").await, place.member("ben").await);
        let (alpha, beta) = (place.peer("alpha"), place.peer("beta"));
        let ada = alpha.actor("ada");
        let bob = beta.actor("bob");
        let mut accounts = Vec::new();
        for actor in [&ada, &bob] {
            let found =
                porchlight::activitypub::actors::find_or_fetch(&place.federation(), &actor.id)
                    .await;
            accounts.push(found.expect("the actor is found").id);
        }
        // Bob follows both; Ada follows nobody.
        for whom in [&ann, &ben] {
            let target: i64 = whom.id.parse().expect("an id");
            let now = place.app.clock.now().timestamp() as f64;
            place
                .sql(
                    "INSERT INTO follows (id, account_id, target_id, state, created_at) \
                     SELECT next_id(to_timestamp($3::float8)), $1, $2, 1, to_timestamp($3::float8)",
                    &[&accounts[1], &target, &now],
                )
                .await;
        }
        ben.follow(&ann).await;
        has_told(place, &ann, 10, false).await;
        let post = id(&ann.api.toot("@ada@alpha.test hello, and @ben").await);
        let number: i64 = post.parse().expect("an id");
        assert_eq!(held(place, number).await.as_deref(), Some("first_week"));
        assert!(alpha.received().is_empty() && beta.received().is_empty());
        ben.api
            .act(&format!("/api/v1/statuses/{post}/reblog"))
            .await
            .ok();
        place.settle().await;
        assert!(beta.received().is_empty(), "a boost carries it nowhere");
        // A post that went out, and an edit of it that is for strangers.
        let plain = id(&ann.api.toot("For everybody").await);
        place.settle().await;
        assert_eq!(beta.received_of("Create").len(), 1);
        let edit = json!({ "status": "For @ada@alpha.test" });
        ann.api
            .put(&format!("/api/v1/statuses/{plain}"), edit)
            .await
            .ok();
        let edited: i64 = plain.parse().expect("an id");
        assert_eq!(held(place, edited).await.as_deref(), Some("first_week"));
        assert!(alpha.received().is_empty(), "an edit is no way round");

        let mut conn = place.app.pool.get().await.expect("a connection");
        let account: i64 = ann.id.parse().expect("an id");
        let now = place.app.clock.now();
        let released = porchlight::store::holds::release_of(&mut conn, vec![account], now).await;
        assert_eq!(released.expect("they go"), 2);
        drop(conn);
        place.settle().await;
        assert_eq!(alpha.received_of("Create").len(), 1);
        assert_eq!(alpha.received_of("Update").len(), 1, "it was out before");
        assert_eq!(beta.received_of("Announce").len(), 1, "the boost follows");
    });
}
