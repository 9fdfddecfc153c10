//! Words that came too late, or that could not be taken, stand on the page that says so.

use chrono::TimeDelta;
use reqwest::Method;

use super::applying::{fill, form};
use super::waiting::ask_back;
use crate::support::browser::Page;
use crate::support::place::{Place, Setup, run};

/// What stands on a page to be copied.
fn copies(page: &Page) -> Vec<String> {
    let areas = page.all("textarea").into_iter();
    areas
        .filter(|area| area.has("readonly"))
        .map(|area| area.raw_text.trim().to_owned())
        .collect()
}

#[track_caller]
fn keeps(page: &Page, words: &str) {
    let kept = copies(page);
    assert!(
        kept.iter().any(|copy| copy == words),
        "{words:?} is not in {kept:?}: {}",
        page.answer.shown()
    );
}

async fn shut(place: &Place) {
    place
        .sql(
            "INSERT INTO instance_settings (key, value, updated_at) \
             VALUES ('registration.mode', jsonb_build_object('mode', 'closed', 'bypass', false), '2020-01-01') \
             ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            &[],
        )
        .await;
}

#[test]
fn a_door_that_closes_while_somebody_types_gives_the_words_back() {
    run(async |place| {
        place.owner().await;
        let browser = place.browser();
        let form = form(place, &browser, "hana", "hana@hana.example").await;
        shut(place).await;
        place.advance(TimeDelta::seconds(40));
        let page = browser.submit(form).await;
        assert_eq!(page.status(), 403, "{}", page.answer.shown());
        keeps(&page, "Because of the porch.");
        keeps(&page, "hana@hana.example");
        page.hides(crate::support::people::PASSWORD);
    });
}

#[test]
fn a_network_that_is_refused_and_one_without_room_give_the_words_back() {
    Setup::default().proving().run(async |place| {
        place.owner().await;
        let browser = place.browser();
        // Without script there is no proof; beyond the limits no form is drawn, and no hash made.
        let mut page = None;
        for n in 0..8 {
            let mut next = place.browser();
            next.from.clone_from(&browser.from);
            let name = format!("hana{n}");
            let form = form(place, &next, &name, &format!("{name}@{name}.example")).await;
            let form = form.forge("proof", "no proof");
            let answer = next.submit(form).await;
            if answer.status() == 429 {
                page = Some(answer);
                break;
            }
        }
        let page = page.expect("a limit");
        keeps(&page, "Because of the porch.");
        assert!(!page.has_form("/apply"), "no statement for it");
        assert_ne!(page.answer.header("retry-after"), "");

        let browser = place.browser();
        let form = form(place, &browser, "rosa", "rosa@rosa.example").await;
        place
            .sql(
                "INSERT INTO network_blocks (id, network, severity, created_at) \
                 VALUES (1, ($1::text)::inet, 0, '2026-11-01')",
                &[&browser.from],
            )
            .await;
        let page = browser.submit(form).await;
        assert_eq!(page.status(), 403, "{}", page.answer.shown());
        keeps(&page, "Because of the porch.");
    });
}

#[test]
fn a_form_that_is_not_believed_gives_the_words_back_and_no_secret() {
    run(async |place| {
        place.owner().await;
        let browser = place.browser();
        let page = browser.open("/apply").await;
        let form = fill(&page, "hana", "hana@hana.example").forge("csrf", "stale");
        let page = browser.submit(form).await;
        assert_eq!(page.status(), 403, "{}", page.answer.shown());
        keeps(&page, "Because of the porch.");
        page.hides(crate::support::people::PASSWORD);
        // Of a member's post as well, and as text.
        let ann = place.member("ann").await;
        let browser = place.signed_in(&ann).await;
        let form = browser.open("/compose").await.form("/compose");
        let form = form
            .set("text", "Long <b>words</b> to keep")
            .forge("csrf", "stale");
        let page = browser.submit(form).await;
        assert_eq!(page.status(), 403);
        keeps(&page, "Long <b>words</b> to keep");
    });
}

#[test]
fn what_was_typed_while_somebody_began_to_read_is_there_to_be_copied() {
    run(async |place| {
        place.owner().await;
        let hana = place.applicant("hana").await;
        let browser = place.signed_in(&hana).await;
        let page = browser.open("/waiting/answers").await;
        let field = super::waiting::field(&page);
        let form = page
            .form("/waiting/answers")
            .set(&field, "A much better answer.");
        place
            .sql("UPDATE applications SET read_at = submitted_at", &[])
            .await;
        let page = browser.submit(form).await;
        assert_eq!(page.status(), 409, "{}", page.answer.shown());
        page.says("your answers stand as they are")
            .says("What brings you here?");
        keeps(&page, "A much better answer.");
    });
}

#[test]
fn a_reply_that_another_tab_gave_already_is_there_to_be_copied() {
    run(async |place| {
        let owner = place.owner().await;
        let hana = place.applicant("hana").await;
        ask_back(place, &hana, "Which end?").await;
        let browser = place.signed_in(&hana).await;
        let page = browser.open("/waiting").await;
        let (first, second) = (page.form("/waiting/answer"), page.form("/waiting/answer"));
        browser.submit(first.set("reply", "The upper end.")).await;
        let page = browser
            .submit(second.set("reply", "The lower end, after all."))
            .await;
        assert_eq!(page.status(), 422, "{}", page.answer.shown());
        page.says("nothing to answer");
        keeps(&page, "The lower end, after all.");

        // The same of an appeal.
        super::waiting::refuse(place, &owner, &hana, true, "").await;
        let browser = place.signed_in(&hana).await;
        let page = browser.open("/waiting").await;
        let (first, second) = (page.form("/waiting/appeal"), page.form("/waiting/appeal"));
        browser.submit(first.set("appeal", "Please look.")).await;
        let page = browser
            .submit(second.set("appeal", "And look at this, too."))
            .await;
        assert_eq!(page.status(), 403, "{}", page.answer.shown());
        keeps(&page, "And look at this, too.");
        // Without a token, too: nothing is thrown away.
        let request = browser.request(Method::POST, "/waiting/appeal");
        let answer = browser
            .send(request.form(&[("appeal", "Words without a token")]))
            .await;
        assert_eq!(answer.status, 403);
        assert!(answer.text().contains("Words without a token"));
    });
}
