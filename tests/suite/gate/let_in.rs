//! Who came in through an open door, without anybody's decision, is read afterwards (C0).

use chrono::TimeDelta;
use porchlight::domain::role::Role;
use porchlight::gate::applications::confirm_email;
use porchlight::gate::who::{SignedIn, Via};
use porchlight::jobs::acts;

use crate::support::browser::Browser;
use crate::support::people::Person;
use crate::support::place::{Place, Setup};

const TO_READ: &str = "/desk?state=unread";

/// A place whose door stands open.
fn run(test: impl AsyncFnOnce(&Place)) {
    Setup::default()
        .with("PORCHLIGHT_REGISTRATION__MODE", "open")
        .run(test);
}

/// Somebody comes in.
async fn comes_in(place: &Place, name: &str) -> Person {
    let person = place.unconfirmed(name).await;
    let link = place.mail_to(&person.email).await.link("/confirm");
    let token = link.rsplit(['/', '=']).next().expect("a token");
    let confirmed = confirm_email::confirm(&place.app, token, None).await;
    assert!(confirmed.expect("the link works").member, "{name} is in");
    person
}

async fn card_of(place: &Place, person: &Person) -> String {
    format!("/desk/applications/{}", place.application_of(person).await)
}

/// The names in the part for those who are unread.
async fn unread(desk: &Browser) -> Vec<String> {
    let page = desk.open(TO_READ).await;
    let ticks = page.all("label").into_iter();
    let mut names: Vec<String> = ticks
        .filter_map(|label| label.text.strip_prefix("Tick @"))
        .map(str::to_owned)
        .collect();
    names.sort_unstable();
    names
}

/// Takes the newest line of an act back.
async fn take_back(place: &Place, owner: &Person, act: &str) {
    let mut conn = place.app.desk.get().await.expect("a connection");
    let found = porchlight::store::users::find(&mut conn, owner.user).await;
    let who = SignedIn {
        user: found.expect("it is read").expect("a user"),
        application: None,
        via: Via::CommandLine,
        at: place.app.clock.now(),
    };
    drop(conn);
    let line = format!("SELECT max(id) FROM audit_log WHERE act = '{act}'");
    let line = place.number(&line).await;
    acts::undo(&place.app, &who, line)
        .await
        .expect("taken back");
}

#[test]
fn who_came_in_undecided_is_at_the_desk_until_somebody_says_that_it_is_read() {
    run(async |place| {
        let owner = place.owner().await;
        let desk = place.signed_in(&owner).await;
        desk.open("/desk").await.hides("Let in, unread");
        let hana = comes_in(place, "hana").await;
        comes_in(place, "ivo").await;
        // The tab has the count; nobody of them waits.
        desk.open("/desk")
            .await
            .says("Let in, unread (2)")
            .says("Nobody is waiting");
        assert_eq!(unread(&desk).await, ["hana", "ivo"]);
        // Looking is not saying so.
        let card = card_of(place, &hana).await;
        let page = desk.open(&card).await;
        page.says("I am hana and I like porches.")
            .says("Let in, unread");
        assert_eq!(unread(&desk).await, ["hana", "ivo"]);
        let form = page.form(&format!("{card}/read"));
        let page = desk.submit(form).await;
        assert_eq!(page.path, TO_READ);
        assert_eq!(unread(&desk).await, ["ivo"]);
        let page = desk.open(&card).await;
        page.says("First read");
        assert!(!page.has_form(&format!("{card}/read")));
        hana.api.toot("I am still here").await;
        // Saying so is an act of its own, and a sign of life, and can be taken back.
        let acts = "SELECT count(*) FROM audit_log WHERE act = 'application.mark_read' AND inverse IS NOT NULL";
        assert_eq!(place.number(acts).await, 1);
        take_back(place, &owner, "application.mark_read").await;
        assert_eq!(unread(&desk).await, ["hana", "ivo"]);
        take_back(place, &owner, "application.mark_unread").await;
        assert_eq!(unread(&desk).await, ["ivo"]);
    });
}

#[test]
fn many_are_read_at_once_and_none_twice() {
    run(async |place| {
        let owner = place.owner().await;
        let desk = place.signed_in(&owner).await;
        let mut ids = Vec::new();
        for name in ["hana", "ivo", "jo"] {
            let person = comes_in(place, name).await;
            ids.push(place.application_of(&person).await);
        }
        let form = desk.open(TO_READ).await.form("/desk/read");
        desk.submit(form.clone()).await.says("Nothing was ticked");
        let form = form
            .tick("pick[]", &format!("{}-", ids[0]))
            .tick("pick[]", &format!("{}-", ids[2]));
        desk.submit(form.clone()).await.says("2 are read");
        assert_eq!(unread(&desk).await, ["ivo"]);
        desk.submit(form).await.says("Somebody read this already");
        let acts = "SELECT count(*) FROM audit_log WHERE act = 'application.mark_read'";
        assert_eq!(place.number(acts).await, 1);
    });
}

#[test]
fn whom_staff_dealt_with_is_not_left_to_be_read() {
    run(async |place| {
        let owner = place.owner().await;
        let desk = place.signed_in(&owner).await;
        let mut people = Vec::new();
        for name in ["lia", "sam", "una", "max", "old"] {
            people.push(comes_in(place, name).await);
        }
        let api = place.api(place.token_of(owner.user, "admin:read admin:write").await);
        for (person, act) in [(&people[0], "silence"), (&people[1], "suspend")] {
            let path = format!("/api/v1/admin/accounts/{}/action", person.id);
            let body = serde_json::json!({ "type": act });
            api.post(&path, body).await.expect(200);
        }
        assert_eq!(unread(&desk).await, ["max", "old", "una"]);
        // Taken back, it waits: that is a decision to be made, which somebody then makes.
        let card = card_of(place, &people[2]).await;
        let page = desk.open(&card).await;
        desk.submit(page.form(&format!("{card}/undo"))).await;
        assert_eq!(unread(&desk).await, ["max", "old"]);
        let page = desk.open(&card).await;
        desk.submit(page.form(&format!("{card}/approve"))).await;
        assert_eq!(unread(&desk).await, ["max", "old"]);
        // What they wrote is kept for 90 days: then there is nothing to be read.
        place.advance(TimeDelta::days(89));
        let desk = place.signed_in(&owner).await;
        assert_eq!(unread(&desk).await, ["max", "old"]);
        place.advance(TimeDelta::days(2));
        assert_eq!(unread(&desk).await, [""; 0]);
    });
}

#[test]
fn who_is_bound_to_somebody_leaves_the_reading_to_others() {
    run(async |place| {
        let owner = place.owner().await;
        let greta = place.staff("greta", Role::Reviewer).await;
        let hana = comes_in(place, "hana").await;
        let application = place.application_of(&hana).await;
        place
            .sql(
                "INSERT INTO vouches (application_id, name, user_id, named_at, asked_at, answered_at, answer) \
                 SELECT $1, 'greta', $2, t, t, t, 0 FROM (SELECT to_timestamp(0) AS t) n",
                &[&application, &greta.user],
            )
            .await;
        let (hers, olives) = (place.signed_in(&greta).await, place.signed_in(&owner).await);
        let card = card_of(place, &hana).await;
        let page = hers.open(&card).await;
        page.says("You said that you know them");
        assert!(!page.has_form(&format!("{card}/read")));
        // A forged one is refused in the same words.
        let page = olives.open(&card).await;
        let theirs = hers.open(&card).await.form(&format!("{card}/note"));
        let answer = hers.post(&theirs.aim(&format!("{card}/read"))).await;
        assert_eq!(answer.status, 403, "{}", answer.shown());
        assert_eq!(unread(&hers).await, ["hana"]);
        olives.submit(page.form(&format!("{card}/read"))).await;
        assert_eq!(unread(&hers).await, [""; 0]);
    });
}

#[test]
fn staff_hear_of_them_at_once_then_by_the_hour_with_the_way_to_each_card() {
    run(async |place| {
        let owner = place.owner().await;
        let hana = comes_in(place, "hana").await;
        place.settle().await;
        place.advance(TimeDelta::minutes(10));
        let mail = place.mail_to(&owner.email).await;
        assert!(mail.subject.contains("hana was let in"), "{}", mail.subject);
        assert!(mail.text.contains("One person was let in"), "{}", mail.text);
        assert!(!mail.text.contains("waits for an answer"), "{}", mail.text);
        assert_eq!(mail.link("/desk/applications"), card_of(place, &hana).await);
        assert_eq!(mail.link("/desk?"), TO_READ);
        let told = place.mails().len();
        let two = [comes_in(place, "ivo").await, comes_in(place, "jo").await];
        // One that is read meanwhile is no news.
        let kim = comes_in(place, "kim").await;
        let desk = place.signed_in(&owner).await;
        let card = card_of(place, &kim).await;
        let page = desk.open(&card).await;
        desk.submit(page.form(&format!("{card}/read"))).await;
        place.settle().await;
        let to_owner = |mails: Vec<crate::support::mail::Mail>| {
            mails
                .iter()
                .skip(told)
                .filter(|m| m.to == owner.email)
                .count()
        };
        assert_eq!(to_owner(place.mails()), 0, "one digest an hour");
        place.advance(TimeDelta::minutes(61));
        let mail = place.mail_to(&owner.email).await;
        assert_eq!(to_owner(place.mails()), 1);
        assert!(mail.subject.contains("2 applications"), "{}", mail.subject);
        assert!(mail.text.contains("3 people were let in"), "{}", mail.text);
        assert!(!mail.text.contains("kim"), "{}", mail.text);
        let lines: Vec<&str> = mail.text.lines().map(str::trim).collect();
        for person in &two {
            let card = place.app.url(&card_of(place, person).await);
            let named = lines.iter().position(|line| line.contains(&person.name));
            let named = named.unwrap_or_else(|| panic!("{} in {}", person.name, mail.text));
            let until = lines.len().min(named + 3);
            let there = lines[named..until].iter().any(|l| l.ends_with(&card));
            assert!(there, "{card} behind {} in {}", person.name, mail.text);
        }
    });
}

#[test]
fn where_somebody_decides_nothing_is_unread() {
    crate::support::place::run(async |place| {
        let owner = place.owner().await;
        let desk = place.signed_in(&owner).await;
        let hana = place.applicant("hana").await;
        let api = place.api(place.token_of(owner.user, "admin:read admin:write").await);
        // By an app, without the card.
        let path = format!("/api/v1/admin/accounts/{}/approve", hana.id);
        api.act(&path).await.expect(200);
        place.settle().await;
        desk.open("/desk").await.hides("Let in, unread");
        assert_eq!(unread(&desk).await, [""; 0]);
        let told = place.mails().into_iter();
        let subjects: Vec<String> = told.map(|mail| mail.subject).collect();
        assert!(
            !subjects.iter().any(|s| s.contains("was let in")),
            "{subjects:?}"
        );
    });
}
