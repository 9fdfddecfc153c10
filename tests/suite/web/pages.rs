//! Pages: all there, all sound, none too heavy, everything works without script.

use serde_json::json;

use crate::support::api::id;
use crate::support::browser::Page;
use crate::support::picture;
use crate::support::place::run;

/// A page without pictures, in bytes.
const HEAVY: usize = 50_000;

/// What every page must have, whoever looks.
fn sound(page: &Page) {
    let path = &page.path;
    assert_eq!(page.status(), 200, "{}", page.answer.shown());
    let root = page.all("html");
    assert!(
        root.len() == 1 && !root[0].get("lang").is_empty(),
        "{path}: lang"
    );
    assert_eq!(
        page.all("title").len() - page.all("svg").len().min(page.all("title").len() - 1),
        1,
        "{path}: title"
    );
    assert_eq!(page.all("main").len(), 1, "{path}: main");
    assert_eq!(page.all("h1").len(), 1, "{path}: one h1");
    let mut level = 1;
    for element in &page.elements {
        if let Some(n) = element
            .name
            .strip_prefix('h')
            .and_then(|n| n.parse::<u32>().ok())
            .filter(|n| *n <= 6)
        {
            assert!(
                n <= level + 1,
                "{path}: h{n} after h{level} ({})",
                element.text
            );
            level = n;
        }
        let handler = element.attributes.keys().find(|a| a.starts_with("on"));
        assert!(
            handler.is_none(),
            "{path}: {handler:?} on <{}>",
            element.name
        );
        assert!(
            !element.has("style"),
            "{path}: a style on <{}>",
            element.name
        );
    }
    for image in page.all("img") {
        assert!(image.has("alt"), "{path}: {:?}", image.attributes);
    }
    let labelled: Vec<&str> = page.all("label").iter().map(|l| l.get("for")).collect();
    for field in page
        .elements
        .iter()
        .filter(|e| matches!(e.name.as_str(), "input" | "textarea" | "select"))
    {
        if matches!(field.get("type"), "hidden" | "submit") {
            continue;
        }
        let inside = field
            .above
            .iter()
            .any(|&i| page.elements[i].name == "label");
        let named = inside || labelled.contains(&field.get("id")) || field.has("aria-label");
        assert!(
            named,
            "{path}: a field without a label: {:?}",
            field.attributes
        );
    }
    for button in page
        .elements
        .iter()
        .filter(|e| e.name == "button" || (e.name == "a" && e.has("href")))
    {
        let said = !button.text.is_empty() || button.has("aria-label") || button.has("title");
        let pictured = page.all("img").iter().any(|i| !i.get("alt").is_empty());
        assert!(
            said || pictured,
            "{path}: {:?} says nothing",
            button.attributes
        );
    }
    let mut ids: Vec<&str> = page
        .elements
        .iter()
        .map(|e| e.get("id"))
        .filter(|i| !i.is_empty())
        .collect();
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count, "{path}: an id twice");
    assert!(
        page.answer.body.len() < HEAVY,
        "{path}: {} bytes",
        page.answer.body.len()
    );
    let text = page.html.text();
    assert!(
        text.contains("Source code"),
        "{path}: the licence asks for a link to the source"
    );
}

#[test]
fn every_page_is_sound_for_everybody_who_may_see_it() {
    run(async |place| {
        let owner = place.owner().await;
        let (ann, hana) = (place.member("ann").await, place.applicant("hana").await);
        owner.follow(&ann).await;
        let body = json!({ "status": "Hello @olive, see https://example.org/x #tea", "spoiler_text": "tea" });
        let post = id(&ann
            .api
            .post("/api/v1/statuses", body)
            .await
            .entity("Status"));
        owner
            .api
            .act(&format!("/api/v1/statuses/{post}/reblog"))
            .await
            .ok();
        let reply = json!({ "status": "@ann indeed", "in_reply_to_id": post });
        owner
            .api
            .post("/api/v1/statuses", reply)
            .await
            .entity("Status");
        hana.api
            .post("/api/v1/statuses", json!({ "status": "A draft" }))
            .await
            .entity("Status");
        place.settle().await;
        let application = place.application_of(&hana).await;

        let stranger = place.browser();
        let thread = format!("/@ann/{post}");
        for path in [
            "/",
            "/about",
            "/public",
            "/apply",
            "/sign-in",
            "/password",
            "/@ann",
            "/@ann/with_replies",
            "/@ann/followers",
            "/@ann/following",
            &thread,
            "/tags/tea",
        ] {
            sound(&stranger.open(path).await);
        }
        let owners = place.signed_in(&owner).await;
        let card = format!("/desk/applications/{application}");
        let reply_to = format!("/compose?in_reply_to={post}");
        for path in [
            "/home",
            "/compose",
            &reply_to,
            "/notifications",
            "/search",
            "/search?q=ann",
            "/bookmarks",
            "/favourites",
            "/drafts",
            "/desk",
            "/desk?state=decided",
            &card,
            "/settings/profile",
            "/settings/account",
            "/settings/sessions",
            "/settings/apps",
            "/@olive",
            "/@ann",
            &thread,
            "/public",
        ] {
            sound(&owners.open(path).await);
        }
        let waiting = place.signed_in(&hana).await;
        for path in [
            "/waiting",
            "/waiting/profile",
            "/waiting/withdraw",
            "/public",
            "/@ann",
        ] {
            sound(&waiting.open(path).await);
        }
    });
}

#[test]
fn everything_that_members_do_works_by_forms_alone() {
    run(async |place| {
        let (ann, ben) = (place.member("ann").await, place.member("ben").await);
        let browser = place.signed_in(&ann).await;
        // Write, with a warning, to followers.
        let page = browser.open("/compose").await;
        let form = page
            .form("/compose")
            .set("text", "Soup is ready")
            .set("spoiler_text", "food")
            .set("visibility", "private")
            .set("language", "de");
        browser.submit(form).await;
        let row = place
            .sql(
                "SELECT id, visibility, spoiler_text, language FROM statuses",
                &[],
            )
            .await;
        let post: i64 = row[0].get(0);
        assert_eq!(
            (
                row[0].get::<_, i16>(1),
                row[0].get::<_, String>(2),
                row[0].get::<_, Option<String>>(3)
            ),
            (2, "food".into(), Some("de".into()))
        );
        // A twin of the same form is the same post.
        let page = browser.open("/compose").await;
        let form = page.form("/compose").set("text", "Once");
        browser.submit(form.clone()).await;
        browser.submit(form).await;
        assert_eq!(place.number("SELECT count(*) FROM statuses").await, 2);
        // Too long: comes again with every letter.
        let page = browser.open("/compose").await;
        let long = "x".repeat(600);
        let page = browser
            .submit(page.form("/compose").set("text", &long))
            .await;
        assert_eq!(page.status(), 422);
        assert_eq!(page.form("/compose").value("text"), long);
        // A picture that was chosen need not be chosen again, nor described.
        let form = page
            .form("/compose")
            .attach("media_1", "hill.png", &picture::png(60, 40))
            .set("alt_1", "A hill");
        let page = browser.submit(form).await;
        assert_eq!(page.status(), 422);
        let form = page.form("/compose").set("text", "My hill");
        assert_eq!(form.value("kept_alt_1"), "A hill");
        browser.submit(form.set("kept_alt_1", "A green hill")).await;
        let posted = place
            .sql(
                "SELECT s.source, m.description FROM media m JOIN statuses s ON s.id = m.status_id",
                &[],
            )
            .await;
        assert_eq!(posted.len(), 1);
        assert_eq!(
            (posted[0].get::<_, String>(0), posted[0].get::<_, String>(1)),
            ("My hill".to_owned(), "A green hill".to_owned())
        );
        // Somebody else's upload is not theirs by its number.
        let foreign = place.sql("SELECT id FROM media", &[]).await[0].get::<_, i64>(0);
        let page = place.signed_in(&ben).await;
        let form = page.open("/compose").await.form("/compose");
        let form = form
            .set("text", "Mine?")
            .forge("kept_1", &foreign.to_string());
        page.submit(form).await;
        assert_eq!(
            place
                .number("SELECT count(DISTINCT status_id) FROM media")
                .await,
            1
        );

        // Favourite, boost, bookmark and back, on another's post.
        let theirs = id(&ben.api.toot("Look at me").await);
        let path = format!("/@ben/{theirs}");
        for (act, undo, count) in [
            ("favourite", "unfavourite", "SELECT count(*) FROM reactions"),
            (
                "reblog",
                "unreblog",
                "SELECT count(*) FROM statuses WHERE reblog_of_id IS NOT NULL",
            ),
            ("bookmark", "unbookmark", "SELECT count(*) FROM bookmarks"),
        ] {
            for (act, due) in [(act, 1), (undo, 0)] {
                let page = browser.open(&path).await;
                let page = browser
                    .submit(page.form(&format!("/statuses/{theirs}/{act}")))
                    .await;
                assert!(
                    page.path.starts_with(&path),
                    "back where one was: {}",
                    page.path
                );
                assert_eq!(place.number(count).await, due, "{act}");
            }
        }
        // Follow, block.
        let page = browser.open("/@ben").await;
        browser
            .submit(page.form("/@ben/follow"))
            .await
            .says("Unfollow");
        assert_eq!(place.number("SELECT count(*) FROM follows").await, 1);
        let page = browser.open("/@ben").await;
        browser.submit(page.form("/@ben/block")).await;
        assert_eq!(place.number("SELECT count(*) FROM blocks").await, 1);
        let page = browser.open("/@ben").await;
        browser.submit(page.form("/@ben/unblock")).await;
        assert_eq!(place.number("SELECT count(*) FROM blocks").await, 0);
        // Delete, after being asked.
        let page = browser.open(&format!("/statuses/{post}/delete")).await;
        browser
            .submit(page.form(&format!("/statuses/{post}/delete")))
            .await;
        assert_eq!(
            place
                .sql("SELECT 1 FROM statuses WHERE id = $1", &[&post])
                .await
                .len(),
            0
        );
        // The profile, with a picture.
        let page = browser.open("/settings/profile").await;
        let form = page
            .form("/settings/profile")
            .set("display_name", "Ann <3")
            .set("note", "Soup, #tea and https://example.org")
            .set("field_name_1", "Home")
            .set("field_value_1", "here")
            .attach("avatar", "me.png", &picture::png(300, 200));
        let page = browser.submit(form).await;
        assert_eq!(page.status(), 200, "{}", page.answer.shown());
        let page = place.browser().open("/@ann").await;
        page.says("Ann <3")
            .says("Soup, #tea")
            .says("Home")
            .says("here");
        let avatar = page
            .all("img")
            .into_iter()
            .find(|i| i.get("src").contains("/media/"))
            .expect("a picture")
            .get("src")
            .to_owned();
        place.stranger().get(&avatar).await.expect(200);
    });
}

#[test]
fn drafts_of_members_are_kept_edited_published_and_thrown_away() {
    run(async |place| {
        let ann = place.member("ann").await;
        let browser = place.signed_in(&ann).await;
        let page = browser.open("/compose").await;
        let form = page
            .form("/compose")
            .set("text", "Not yet")
            .press("Save as draft");
        browser.submit(form).await;
        assert_eq!(place.number("SELECT count(*) FROM statuses").await, 0);
        let page = browser.open("/drafts").await;
        page.says("Not yet");
        let link = page
            .all("a")
            .into_iter()
            .find(|a| a.get("href").starts_with("/drafts/"))
            .expect("a link")
            .get("href")
            .to_owned();
        let page = browser.open(&link).await;
        browser
            .submit(page.form(&link).set("text", "Nearly").press("Save"))
            .await;
        let page = browser.open(&link).await;
        assert_eq!(page.form(&link).value("text"), "Nearly");
        let other = place.member("ben").await;
        assert_eq!(
            place.signed_in(&other).await.visit(&link).await.status(),
            404
        );
        browser
            .submit(page.form(&link).set("text", "Now").press("Publish"))
            .await;
        place.settle().await;
        let own = ann
            .api
            .get(&format!("{}/statuses", ann.path()))
            .await
            .entity("[Status]");
        assert!(
            own[0]["content"].as_str().expect("text").contains("Now"),
            "{own}"
        );
        assert_eq!(place.number("SELECT count(*) FROM drafts").await, 0);
        let page = browser.open("/compose").await;
        browser
            .submit(
                page.form("/compose")
                    .set("text", "Away")
                    .press("Save as draft"),
            )
            .await;
        let page = browser.open("/drafts").await;
        let link = page
            .all("a")
            .into_iter()
            .find(|a| a.get("href").starts_with("/drafts/"))
            .expect("a link")
            .get("href")
            .to_owned();
        let page = browser.open(&link).await;
        browser
            .submit(page.form(&link).press("Delete this draft"))
            .await;
        assert_eq!(place.number("SELECT count(*) FROM drafts").await, 0);
        assert_eq!(place.number("SELECT count(*) FROM statuses").await, 1);
    });
}

#[test]
fn pages_of_a_list_lead_on_and_back() {
    run(async |place| {
        let ann = place.member("ann").await;
        for n in 0..45 {
            ann.api.toot(&format!("Number {n} of many")).await;
        }
        place.settle().await;
        let browser = place.signed_in(&ann).await;
        for start in ["/home", "/@ann", "/public"] {
            let mut seen = Vec::new();
            let mut path = start.to_owned();
            for _ in 0..10 {
                let page = browser.open(&path).await;
                let found: Vec<String> = page
                    .all("article")
                    .iter()
                    .map(|a| a.get("id").trim_start_matches('s').to_owned())
                    .filter(|i| !i.is_empty())
                    .collect();
                seen.extend(found);
                let next = page
                    .all("a")
                    .into_iter()
                    .find(|a| a.get("href").contains("max_id="));
                let Some(next) = next else { break };
                path = next.get("href").to_owned();
            }
            let mut once = seen.clone();
            once.sort();
            once.dedup();
            assert_eq!((seen.len(), once.len()), (45, 45), "{start}: each once");
        }
    });
}
