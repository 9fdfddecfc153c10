//! A place in production without a mail server: the whole way in works without an address (C2).

use chrono::TimeDelta;

use super::applying;
use crate::support::browser::Browser;
use crate::support::people::{PASSWORD, Person};
use crate::support::place::{Place, Setup};

/// Signs somebody in, in a browser of their own.
async fn signed_in(place: &Place, name: &str) -> Browser {
    let browser = place.browser_behind_a_proxy();
    let page = browser.open("/sign-in").await;
    let form = page.form("/sign-in").set("login", name);
    let answer = browser.post(&form.set("password", PASSWORD)).await;
    assert_eq!(answer.status, 303, "{}", answer.shown());
    browser
}

async fn newest(place: &Place) -> String {
    let id = place.number("SELECT max(id) FROM applications").await;
    format!("/desk/applications/{id}")
}

/// No mail waits, now or later, and none was written to anybody who came: the folder that stands
/// in for a mail server has letters to staff at the most.
async fn nothing_is_mailed(place: &Place, staff: &Person) {
    place.settle().await;
    place.advance(TimeDelta::hours(2));
    place.settle().await;
    let queued = "SELECT count(*) FROM jobs WHERE queue = 0";
    assert_eq!(place.number(queued).await, 0, "mails are queued");
    let to: Vec<String> = place.mails().into_iter().map(|mail| mail.to).collect();
    assert!(to.iter().all(|to| *to == staff.email), "{to:?}");
}

#[test]
fn from_the_form_to_the_welcome_nobody_needs_a_mail() {
    let setup = Setup::default().with("PORCHLIGHT_SERVER__DOMAIN", "porch.example");
    setup.run(async |place| {
        let owner: Person = place.owner().await;
        let desk = signed_in(place, &owner.name).await;
        let hers = place.browser_behind_a_proxy();
        // The address is optional, and no link is promised.
        let form = applying::form(place, &hers, "hana", "").await;
        let page = hers.submit(form).await;
        page.says("this place sends no mail");
        let state = "SELECT state::bigint FROM applications ORDER BY id DESC LIMIT 1";
        assert_eq!(place.number(state).await, 1, "it waits at once");
        let waiting = hers.open("/waiting").await;
        assert_eq!(waiting.path, "/waiting");
        waiting.hides("mailbox").hides("by mail");
        nothing_is_mailed(place, &owner).await;
        // Asked something, and answered, without a mail either.
        let card = newest(place).await;
        let page = desk.open(&card).await;
        page.says("@hana").hides("Tell them by mail");
        let form = page.form(&format!("{card}/approve"));
        let form = form.set("message", "Which lane?").press("Ask them this");
        desk.submit(form).await;
        nothing_is_mailed(place, &owner).await;
        let page = hers.open("/waiting").await;
        page.says("Which lane?");
        let form = page.form("/waiting/answer").set("reply", "The last one.");
        hers.submit(form).await;
        // A yes is read on the page, and the welcome is there.
        let page = desk.open(&card).await;
        page.says("The last one.");
        desk.submit(page.form(&format!("{card}/approve"))).await;
        nothing_is_mailed(place, &owner).await;
        let page = hers.visit("/waiting").await;
        assert_eq!(page.path, "/welcome");
        let hers = signed_in(place, "hana").await;
        hers.open("/welcome").await.says("Come in, hana");
        assert_eq!(hers.visit("/home").await.status(), 200);
        nothing_is_mailed(place, &owner).await;
    });
}

#[test]
fn a_no_is_read_on_the_page_with_or_without_an_address() {
    let setup = Setup::default().with("PORCHLIGHT_SERVER__DOMAIN", "porch.example");
    setup.run(async |place| {
        let owner: Person = place.owner().await;
        let desk = signed_in(place, &owner.name).await;
        for (name, email) in [("hana", ""), ("ivo", "ivo@post.example")] {
            let theirs = place.browser_behind_a_proxy();
            let form = applying::form(place, &theirs, name, email).await;
            theirs.submit(form).await;
            let card = newest(place).await;
            let page = desk.open(&card).await;
            page.says(&format!("@{name}"));
            let form = page.form(&format!("{card}/approve"));
            let form = form.set("message", "We are full.").press("Turn them down");
            desk.submit(form).await;
            nothing_is_mailed(place, &owner).await;
            let theirs = signed_in(place, name).await;
            let page = theirs.visit("/waiting").await;
            page.says("We are full.");
        }
    });
}
