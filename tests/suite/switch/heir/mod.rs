//! The heir: asked in silence, named in silence, and told to everybody before anything comes of
//! it.

mod notice;
mod offer;
mod succession;

use std::time::Duration;

use chrono::TimeDelta;
use porchlight::domain::switch::Stage;
use porchlight::gate::away::heir;

use super::killed::age;
use super::stage;
use crate::support::browser::{Browser, Page};
use crate::support::people::{PASSWORD, Person};
use crate::support::place::Place;

/// The owner asks somebody.
async fn offer(place: &Place, owner: &Person, name: &str) -> Page {
    let desk = place.signed_in(owner).await;
    let page = desk.open("/desk/heir").await;
    let form = page
        .form("/desk/heir")
        .set("name", name)
        .set("password", PASSWORD);
    desk.submit(form).await
}

/// Somebody says yes; gives the code in the letter.
async fn accept(place: &Place, person: &Person) -> String {
    let browser = place.signed_in(person).await;
    let page = browser.open("/heir").await;
    let form = page.form("/heir/accept").set("password", PASSWORD);
    code(&browser.submit(form).await)
}

/// The code on the page of the letter.
fn code(letter: &Page) -> String {
    letter.says("This page is shown once");
    let html = letter.answer.text();
    let groups: Vec<&str> = html
        .split("<code>")
        .skip(1)
        .filter_map(|rest| rest.split("</code>").next())
        .collect();
    assert_eq!(groups.len(), 13, "{html}");
    groups.join("-")
}

/// An owner asked, and the heir said yes.
async fn named(place: &Place, owner: &Person, heir: &Person) -> String {
    offer(place, owner, &heir.name).await.says("They are asked");
    accept(place, heir).await
}

/// Nobody is home for so long that members are told.
async fn distress(place: &Place) {
    place.tick().await;
    for (days, reached) in [
        (5, Stage::Warned),
        (2, Stage::Guarded),
        (7, Stage::Sealed),
        (16, Stage::Distress),
    ] {
        age(place, days).await;
        let written = format!(
            "SELECT count(*) FROM episodes WHERE ended_at IS NULL AND stage = {}",
            reached as i16
        );
        // While a timer ticks, this tick goes on without doing anything.
        for _ in 0..100 {
            place.tick().await;
            if place.number(&written).await == 1 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    assert_eq!(stage(place).await, Stage::Distress);
    place.settle().await;
}

/// The same for long enough that the letter opens.
async fn quiet(place: &Place) {
    distress(place).await;
    age(place, 61).await;
    place.tick().await;
}

/// Types a code; gives the page that comes.
async fn open(browser: &Browser, code: &str) -> Page {
    let page = browser.open("/heir").await;
    let form = page
        .form("/heir/open")
        .set("code", code)
        .set("password", PASSWORD);
    browser.submit(form).await
}

/// The letter is open, and everybody was told.
async fn opened(place: &Place, heir: &Person, code: &str) {
    let browser = place.signed_in(heir).await;
    let page = open(&browser, code).await;
    page.says("All members are told");
    place.settle().await;
}

/// So much of the notice went by, with the server up for a part of it.
async fn run_down(place: &Place, days: i64, up: TimeDelta) {
    let by = format!("{days} days");
    let sql = "UPDATE heir_notices SET begun_at = begun_at - $1::text::interval, \
         until = until - $1::text::interval, uptime_millis = $2 WHERE ended_at IS NULL";
    place.sql(sql, &[&by, &up.num_milliseconds()]).await;
}

async fn watch(place: &Place) {
    heir::watch(&place.app).await.expect("looked at");
}

fn mails(place: &Place, to: &Person, subject: &str) -> usize {
    let mails = place.mails();
    let of = |m: &&crate::support::mail::Mail| m.to == to.email && m.subject.contains(subject);
    mails.iter().filter(of).count()
}

async fn role(place: &Place, person: &Person) -> i64 {
    let sql = format!("SELECT role::bigint FROM users WHERE id = {}", person.user);
    place.number(&sql).await
}
