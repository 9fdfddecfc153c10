//! The story that must work, from the first start to people talking: told once, in order,
//! through the doors that people use.

use reqwest::Method;
use serde_json::json;

use porchlight::identity::setup;

use crate::support::api::{Api, id, ids};
use crate::support::browser::{Browser, Filled, Page};
use crate::support::people::PASSWORD;
use crate::support::place::{Place, run};

/// Nobody reads a form in less than three seconds, so an honest one takes longer.
const READING: chrono::TimeDelta = chrono::TimeDelta::seconds(40);

#[test]
fn a_place_is_founded_a_stranger_knocks_waits_comes_in_and_people_talk() {
    run(async |place| {
        let owner = found_the_place(place).await;

        let cleo = place.browser();
        knock(place, &cleo).await;
        confirm(place, &cleo).await;
        let app = sign_in_from_an_app(place, &cleo, "cleo").await;
        settle_on_the_porch(place, &cleo, &app).await;
        nobody_else_sees_any_of_it(place).await;
        approve(place, &owner).await;
        come_in(place, &cleo, &app).await;
        people_talk(place, &owner, &cleo, &app).await;
    });
}

/// The owner opens the link that the start prints, names the place and is its first member.
async fn found_the_place(place: &Place) -> Browser {
    let link = setup::first_link(&place.app)
        .await
        .expect("a link")
        .expect("nobody is here yet");
    let path = link
        .strip_prefix(&place.origin)
        .expect("a link to this place")
        .to_owned();
    let browser = place.browser();
    let page = browser.open(&path).await;
    let form = page
        .form("/owner/")
        .set("place", "The Long Porch")
        .set("username", "olive")
        .set("email", "olive@olive.example")
        .set("password", PASSWORD);
    let page = browser.submit(form).await;
    assert_eq!(page.status(), 200, "{}", page.answer.shown());
    page.says("The Long Porch");
    let desk = browser.open("/desk").await;
    desk.says("Nobody is waiting");
    // The key turns once.
    let again = place.browser().visit(&path).await;
    assert_ne!(again.status(), 200);
    assert!(!again.has_form("/owner/"));
    browser
}

/// A stranger reads what this place is, presses *Apply to join* and answers the question.
async fn knock(place: &Place, browser: &Browser) {
    let landing = browser.open("/").await;
    landing.says("The Long Porch").says("A person reads it");
    let apply = browser.open(&landing.link("Apply to join")).await;
    apply.says("What brings you here?");
    place.advance(READING);
    let form = fill_in(&apply);
    // Something is missing: it comes again with every answer kept.
    let page = browser.submit(form.clone().set("password", "short")).await;
    assert_eq!(page.status(), 422, "{}", page.answer.shown());
    assert_eq!(page.form("/apply").value("username"), "cleo");
    let form = fill_in(&page);
    let page = browser.submit(form).await;
    page.says("Now look into the mailbox of")
        .says("cleo@cleo.example");
}

fn fill_in(page: &Page) -> Filled {
    let mut form = page
        .form("/apply")
        .set("username", "cleo")
        .set("email", "cleo@cleo.example")
        .set("password", PASSWORD);
    let questions: Vec<String> = form
        .names()
        .into_iter()
        .filter(|n| n.starts_with("answer"))
        .map(str::to_owned)
        .collect();
    assert_eq!(questions.len(), 1, "one question by default");
    for question in questions {
        form = form.set(&question, "I keep bees, and ann told me that you do too.");
    }
    if form.names().contains(&"agreement") {
        form = form.set("agreement", "on");
    }
    form
}

/// The link in the mail shows a button; only pressing it confirms.
async fn confirm(place: &Place, browser: &Browser) {
    let mail = place.mail_to("cleo@cleo.example").await;
    assert!(
        mail.text.contains("Please confirm that it is yours"),
        "{}",
        mail.text
    );
    let link = mail.link("/confirm");
    // What a mail scanner does.
    place.browser().open(&link).await;
    assert_eq!(waiting(place).await, 0, "looking confirms nothing");
    let page = browser.open(&link).await;
    let page = browser.submit(page.form("/confirm")).await;
    assert_eq!(page.status(), 200, "{}", page.answer.shown());
    assert_eq!(waiting(place).await, 1);
    let page = if page.has_form("/sign-in") {
        let form = page
            .form("/sign-in")
            .set("login", "cleo")
            .set("password", PASSWORD);
        browser.submit(form).await
    } else {
        browser.open("/sign-in").await
    };
    let page = if page.has_form("/sign-in") {
        let form = page
            .form("/sign-in")
            .set("login", "cleo")
            .set("password", PASSWORD);
        browser.submit(form).await
    } else {
        page
    };
    assert_eq!(page.path, "/waiting", "{}", page.answer.shown());
    page.says("You are on the porch").says("I keep bees");
}

async fn waiting(place: &Place) -> i64 {
    place
        .number("SELECT count(*) FROM applications WHERE state = 1")
        .await
}

/// An app registers itself, sends its user through the consent page and gets a token.
async fn sign_in_from_an_app(place: &Place, browser: &Browser, name: &str) -> Api {
    let oob = "urn:ietf:wg:oauth:2.0:oob";
    let stranger = place.stranger();
    let body = json!({ "client_name": "Pocket Porch", "redirect_uris": oob, "scopes": "read write follow push" });
    let app = stranger
        .post("/api/v1/apps", body)
        .await
        .entity("CredentialApplication");
    let client_id = app["client_id"].as_str().expect("an id").to_owned();
    let path = format!(
        "/oauth/authorize?response_type=code&client_id={client_id}&redirect_uri={oob}&scope=read+write+follow+push"
    );
    let consent = browser.open(&path).await;
    consent.says("Pocket Porch").says(name);
    let page = browser
        .submit(consent.form("/oauth/authorize").press("Allow"))
        .await;
    let code = page
        .elements
        .iter()
        .find(|e| e.get("class") == "code-out")
        .expect("a code")
        .text
        .clone();
    let secret = app["client_secret"].as_str().expect("a secret");
    let fields = [
        ("grant_type", "authorization_code"),
        ("client_id", &client_id),
        ("client_secret", secret),
        ("redirect_uri", oob),
        ("code", &code),
    ];
    let token = stranger.form("/oauth/token", &fields).await.entity("Token");
    place.api(token["access_token"].as_str().expect("a token"))
}

/// Profile and drafts, from the web and from the app; both see the same.
async fn settle_on_the_porch(place: &Place, browser: &Browser, app: &Api) {
    let page = browser.open("/waiting/profile").await;
    let form = page
        .form("/waiting/profile")
        .set("display_name", "Cleo of the Bees");
    let page = browser.submit(form).await;
    assert_eq!(
        page.form("/waiting/profile").value("display_name"),
        "Cleo of the Bees"
    );
    let me = app
        .get("/api/v1/accounts/verify_credentials")
        .await
        .entity("CredentialAccount");
    assert_eq!(me["display_name"], "Cleo of the Bees");
    let form = reqwest::multipart::Form::new().text("note", "Honey and fog.");
    let request = app
        .request(Method::PATCH, "/api/v1/accounts/update_credentials")
        .multipart(form);
    let me = app.send(request).await.entity("CredentialAccount");
    assert_eq!(me["source"]["note"], "Honey and fog.");
    let page = browser.open("/waiting/profile").await;
    assert_eq!(
        page.form("/waiting/profile").value("note"),
        "Honey and fog."
    );

    let page = browser.open("/waiting").await;
    let form = page
        .form("/drafts")
        .set("text", "Hello from the porch, typed on the web");
    browser.submit(form).await.says("typed on the web");
    let body = json!({ "status": "Hello from the porch, sent by an app" });
    let draft = app.post("/api/v1/statuses", body).await.entity("Status");
    assert_eq!(
        (&draft["draft"], &draft["visibility"]),
        (&json!(true), &json!("direct"))
    );
    assert_eq!(
        draft["uri"],
        format!("{}/drafts/{}", place.origin, id(&draft))
    );
    browser
        .open("/waiting")
        .await
        .says("sent by an app")
        .says("typed on the web");
    let home = app.get("/api/v1/timelines/home").await.entity("[Status]");
    let texts = home.to_string();
    assert!(
        texts.contains("sent by an app") && texts.contains("typed on the web"),
        "{texts}"
    );
}

/// To everybody else there is no cleo.
async fn nobody_else_sees_any_of_it(place: &Place) {
    let stranger = place.stranger();
    stranger
        .get("/api/v1/accounts/lookup?acct=cleo")
        .await
        .error(404);
    let page = place.browser().visit("/@cleo").await;
    assert_eq!(page.status(), 404);
    page.hides("Bees").hides("Honey");
    let timeline = stranger
        .get("/api/v1/timelines/public")
        .await
        .entity("[Status]");
    assert_eq!(timeline, json!([]));
    place
        .browser()
        .open("/public")
        .await
        .hides("Hello from the porch");
}

/// The owner sees one application, reads it, approves.
async fn approve(place: &Place, owner: &Browser) {
    let desk = owner.open("/desk").await;
    desk.says("Waiting (1)")
        .says("Cleo of the Bees")
        .says("I keep bees");
    let card = desk
        .all("a")
        .into_iter()
        .find(|a| a.get("href").starts_with("/desk/applications/"));
    let card = owner
        .open(card.expect("a link to the card").get("href"))
        .await;
    card.says("What brings you here?")
        .says("I keep bees")
        .says("Honey and fog.")
        .says("sent by an app");
    let form = card
        .form("/desk/applications/")
        .set("message", "Bees are welcome.")
        .press("Let them in");
    let page = owner.submit(form).await;
    assert_eq!(page.status(), 200, "{}", page.answer.shown());
    owner.open("/desk").await.says("Nobody is waiting");
    let mail = place.mail_to("cleo@cleo.example").await;
    assert!(
        mail.text.contains("the door is open") && mail.text.contains("Bees are welcome."),
        "{}",
        mail.text
    );
    assert_eq!(waiting(place).await, 0);
}

/// The newcomer is offered the drafts; nothing was published by itself.
async fn come_in(place: &Place, cleo: &Browser, app: &Api) {
    let timeline = place
        .stranger()
        .get("/api/v1/timelines/public")
        .await
        .entity("[Status]");
    assert_eq!(timeline, json!([]), "approval publishes nothing");
    let welcome = cleo.open("/welcome").await;
    welcome
        .says("Come in")
        .says("Bees are welcome.")
        .says("typed on the web")
        .says("sent by an app");
    let drafts: Vec<String> = welcome
        .html
        .forms()
        .iter()
        .map(|f| f.action.clone())
        .filter(|a| a.ends_with("/publish"))
        .collect();
    assert_eq!(drafts.len(), 2, "each on its own");
    let page = cleo.submit(welcome.form(&drafts[0])).await;
    assert_eq!(page.status(), 200, "{}", page.answer.shown());
    let timeline = place
        .stranger()
        .get("/api/v1/timelines/public")
        .await
        .entity("[Status]");
    let published = ids(&timeline);
    assert_eq!(published.len(), 1);
    let draft_id = drafts[0]
        .trim_start_matches("/drafts/")
        .trim_end_matches("/publish");
    assert_ne!(published[0], draft_id, "a fresh id");
    assert_eq!(
        cleo.visit(&format!("/drafts/{draft_id}")).await.status(),
        404,
        "the draft is gone"
    );
    let me = app
        .get("/api/v1/accounts/verify_credentials")
        .await
        .entity("CredentialAccount");
    assert_eq!(
        (&me["acct"], &me["display_name"]),
        (&json!("cleo"), &json!("Cleo of the Bees"))
    );
    place
        .browser()
        .open("/@cleo")
        .await
        .says("Cleo of the Bees")
        .says("Honey and fog.");
}

/// Members post, reply, boost, favourite, follow, delete; home and notifications show it.
async fn people_talk(place: &Place, owner: &Browser, cleo: &Browser, app: &Api) {
    // The owner follows cleo and says something, on the web.
    let page = owner.open("/@cleo").await;
    owner
        .submit(page.form("/@cleo/follow"))
        .await
        .says("Unfollow");
    let home = owner.open("/home").await;
    owner
        .submit(home.form("/compose").set("text", "Welcome, @cleo! #bees"))
        .await;
    owner.open("/home").await.says("Welcome, @cleo!");
    place.settle().await;

    // Cleo hears of both in the app.
    let notices = app
        .get("/api/v1/notifications")
        .await
        .entity("[Notification]");
    let kinds: Vec<&str> = notices
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|n| n["type"].as_str())
        .collect();
    assert_eq!(kinds, ["mention", "follow"]);
    let welcome = notices[0]["status"].clone();

    // Cleo answers, favourites and boosts from the app; the owner sees it on the web.
    let body = json!({ "status": "@olive Thank you!", "in_reply_to_id": id(&welcome) });
    let reply = app.post("/api/v1/statuses", body).await.entity("Status");
    assert_eq!(reply["in_reply_to_id"], welcome["id"]);
    let status = format!("/api/v1/statuses/{}", id(&welcome));
    assert_eq!(
        app.act(&format!("{status}/favourite"))
            .await
            .entity("Status")["favourited"],
        true
    );
    assert_eq!(
        app.act(&format!("{status}/reblog")).await.entity("Status")["reblog"]["id"],
        welcome["id"]
    );
    place.settle().await;
    let page = owner.open("/notifications").await;
    page.says("Thank you!").says("Cleo of the Bees");
    let page = owner.open("/home").await;
    page.says("Thank you!").says("boosted");
    let thread = place
        .browser()
        .open(&format!("/@olive/{}", id(&welcome)))
        .await;
    thread.says("Welcome, @cleo!").says("Thank you!");
    let seen = app.get(&status).await.entity("Status");
    assert_eq!(
        (
            &seen["favourites_count"],
            &seen["reblogs_count"],
            &seen["replies_count"]
        ),
        (&json!(1), &json!(1), &json!(1))
    );

    // Cleo follows back on the web; what the owner says next is at the top of cleo's home.
    let page = cleo.open("/@olive").await;
    cleo.submit(page.form("/@olive/follow"))
        .await
        .says("Unfollow");
    let home = owner.open("/home").await;
    owner
        .submit(home.form("/compose").set("text", "The kettle is on"))
        .await;
    place.settle().await;
    let home = app.get("/api/v1/timelines/home").await.entity("[Status]");
    assert!(
        home[0]["content"]
            .as_str()
            .expect("text")
            .contains("The kettle is on"),
        "{}",
        home[0]
    );
    cleo.open("/home").await.says("The kettle is on");

    // And what is deleted is gone everywhere.
    app.delete(&format!("/api/v1/statuses/{}", id(&reply)))
        .await
        .ok();
    place.settle().await;
    owner.open("/home").await.hides("Thank you!");
    owner.open("/notifications").await.hides("Thank you!");
    place
        .stranger()
        .get(&format!("/api/v1/statuses/{}", id(&reply)))
        .await
        .error(404);
    let seen = app.get(&status).await.entity("Status");
    assert_eq!(seen["replies_count"], 0);

    // Cleo invites somebody: the link says who, and leads to the form.
    let page = cleo.open("/invites").await;
    let page = cleo.submit(page.form("/invites").set("uses", "1")).await;
    let links = page.all("a").into_iter().map(|link| link.get("href"));
    let link = links.filter_map(|href| href.strip_prefix(&place.origin));
    let link = link.filter(|path| path.starts_with("/invite/")).last();
    let link = link.expect("a link to give away").to_owned();
    let stranger = place.browser();
    let page = stranger.open(&link).await;
    page.says("Cleo of the Bees invites you");
    let code = link.trim_start_matches("/invite/");
    stranger
        .open(&format!("/apply?invite={code}"))
        .await
        .says("Cleo of the Bees");
}
