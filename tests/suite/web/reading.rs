//! How a screen reader hears the form and the card: the tree that Chromium gives to it.

use serde_json::json;

use crate::clients::{chromium, drive, pictures, python};
use crate::support::browser::Browser;
use crate::support::people::PASSWORD;
use crate::support::place::Setup;

/// One more question, with a word of help.
async fn ask(desk: &Browser, kind: &str, label: &str, help: &str) {
    let page = desk.open("/desk/questions/new").await;
    let form = page
        .form("/desk/questions/new")
        .set("kind", kind)
        .set("label_en", label)
        .set("help_en", help)
        .set("choices", "north\nsouth")
        .tick("required", "1")
        .press("Save it");
    desk.submit(form).await.says("Saved.");
}

/// One in German alone: a line of 40 characters that may stay empty.
async fn ask_in_german(desk: &Browser, label: &str, help: &str) {
    let page = desk.open("/desk/questions/new").await;
    let form = page.form("/desk/questions/new").set("add_language", "de");
    let page = desk.submit(form.press("Add it")).await;
    let form = page
        .form("/desk/questions/new")
        .set("kind", "short")
        .set("label_de", label)
        .set("help_de", help)
        .set("max_length", "40")
        .untick("required")
        .press("Save it");
    desk.submit(form).await.says("Saved.");
}

#[test]
fn a_screen_reader_makes_sense_of_the_form_and_of_the_card_with_browser_and_with_python() {
    let (Some(python), Some(browser)) = (python(), chromium()) else {
        return;
    };
    Setup::default().proving().run(async |place| {
        let olive = place.owner().await;
        let hana = place.applicant("hana").await;
        let draft = json!({ "status": "A first draft" });
        hana.api
            .post("/api/v1/statuses", draft)
            .await
            .entity("Status");
        let desk = place.signed_in(&olive).await;
        ask(
            &desk,
            "choice",
            "Which end of the lane?",
            "Both have a tree.",
        )
        .await;
        ask(
            &desk,
            "multi",
            "What do you bring along?",
            "As many as you like.",
        )
        .await;
        ask(
            &desk,
            "acknowledge",
            "Dogs stay on the leash",
            "On the whole lane.",
        )
        .await;
        ask_in_german(&desk, "Was backst du?", "Brot zählt auch.").await;
        let settings = json!({
            "origin": place.origin, "password": PASSWORD, "browser": browser, "owner": "olive",
            "card": format!("/desk/applications/{}", place.application_of(&hana).await),
            "kept": pictures(),
        });
        drive(place, &python, "browser/reading.py", settings).await;
    });
}
