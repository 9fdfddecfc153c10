//! The box for writing: pictures outlive a refusal, whichever button was pressed.

use crate::support::browser::{Browser, Filled, Page};
use crate::support::picture;
use crate::support::place::{Place, run};

async fn empty(browser: &Browser) -> Filled {
    browser.open("/compose").await.form("/compose")
}

/// A form that is refused: too long, with a picture.
async fn too_long(browser: &Browser, button: &str) -> Page {
    let form = empty(browser).await;
    let form = form
        .set("text", &"x".repeat(600))
        .attach("media_1", "hill.png", &picture::png(60, 40))
        .set("alt_1", "A hill")
        .press(button);
    let page = browser.submit(form).await;
    assert_eq!(page.status(), 422);
    assert_eq!(page.form("/compose").value("kept_alt_1"), "A hill");
    page
}

/// Pictures of drafts, of no draft, of posts, of no post.
async fn pictures(place: &Place) -> [i64; 4] {
    [
        place.rows("draft_media WHERE draft_id IS NOT NULL").await,
        place.rows("draft_media WHERE draft_id IS NULL").await,
        place.rows("media WHERE status_id IS NOT NULL").await,
        place.rows("media WHERE status_id IS NULL").await,
    ]
}

#[test]
fn pictures_of_a_draft_that_was_refused_stay_and_stay_private() {
    run(async |place| {
        let (ann, ben) = (place.member("ann").await, place.member("ben").await);
        let browser = place.signed_in(&ann).await;
        let page = too_long(&browser, "Save as draft").await;
        assert_eq!(pictures(place).await, [0, 1, 0, 0]);
        let shown = page.all("img");
        let shown = shown.iter().find(|i| i.get("src").contains("private/"));
        let address = shown.expect("the picture").get("src").to_owned();
        place.stranger().get(&address).await.expect(200);
        let bare = address.split('?').next().expect("a path");
        place.stranger().get(bare).await.expect(404);

        // Once more, with a file that is no picture: the one that is here stays.
        let form = page.form("/compose").set("text", "My hill");
        let form = form
            .set("kept_alt_1", "A green hill")
            .attach("media_1", "no.png", b"no picture")
            .press("Save as draft");
        let page = browser.submit(form).await;
        page.says("no.png");
        assert_eq!(pictures(place).await, [0, 1, 0, 0]);
        let form = page.form("/compose");
        assert_eq!(form.value("kept_alt_1"), "A green hill");

        // It is nobody else's by its number.
        let number = form.value("kept_private_1").to_owned();
        let other = place.signed_in(&ben).await;
        let stolen = empty(&other).await.set("text", "Mine?");
        let stolen = stolen.forge("kept_private_1", &number);
        other.submit(stolen.press("Save as draft")).await;
        assert_eq!(pictures(place).await, [0, 1, 0, 0]);

        browser.submit(form.press("Save as draft")).await;
        assert_eq!(pictures(place).await, [1, 0, 0, 0]);
        let draft = place
            .sql(
                "SELECT d.text, m.description FROM draft_media m JOIN drafts d ON d.id = m.draft_id",
                &[],
            )
            .await;
        let said: (String, String) = (draft[0].get(0), draft[0].get(1));
        assert_eq!(said, ("My hill".to_owned(), "A green hill".to_owned()));
    });
}

#[test]
fn a_refused_draft_may_be_posted_and_a_refused_post_may_become_a_draft() {
    run(async |place| {
        let ann = place.member("ann").await;
        let browser = place.signed_in(&ann).await;
        let page = too_long(&browser, "Save as draft").await;
        let form = page.form("/compose").set("text", "Posted after all");
        browser.submit(form.press("Post")).await;
        assert_eq!(pictures(place).await, [0, 0, 1, 0]);
        let home = ann.api.get("/api/v1/timelines/home").await.ok();
        let media = &home[0]["media_attachments"][0];
        assert_eq!(media["description"], "A hill", "{home}");

        let page = too_long(&browser, "Post").await;
        assert_eq!(pictures(place).await, [0, 0, 1, 1]);
        let form = page.form("/compose").set("text", "Later");
        browser.submit(form.press("Save as draft")).await;
        assert_eq!(pictures(place).await, [1, 0, 1, 0]);

        // Taken out, it is left for the sweeper.
        let page = too_long(&browser, "Save as draft").await;
        let form = page.form("/compose").set("text", "Words alone");
        let form = form.set("drop_1", "1").press("Save as draft");
        browser.submit(form).await;
        assert_eq!(pictures(place).await, [1, 1, 1, 0]);
        assert_eq!(place.rows("drafts").await, 2);
    });
}
