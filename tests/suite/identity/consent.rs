//! The page that lets an app in speaks the language that the app asks for.

use reqwest::Method;
use serde_json::json;

use crate::support::people::PASSWORD;
use crate::support::place::run;

#[test]
fn letting_an_app_in_is_in_the_language_that_is_asked_for() {
    run(async |place| {
        let ann = place.member("ann").await;
        let oob = "urn:ietf:wg:oauth:2.0:oob";
        let body = json!({"client_name": "Lamp", "redirect_uris": oob, "scopes": "read write"});
        let app = place.stranger().post("/api/v1/apps", body).await.ok();
        let client = app["client_id"].as_str().expect("text").to_owned();
        let path = |lang: &str| {
            format!(
                "/oauth/authorize?response_type=code&client_id={client}&redirect_uri={oob}\
                 &scope=read+write:statuses&lang={lang}"
            )
        };

        // From signing in, by the page that asks, to the code.
        let browser = place.browser();
        let page = browser.visit(&path("de-AT")).await;
        page.says("möchte dein Konto benutzen").says("Passwort");
        let filled = page.form("/sign-in").set("login", &ann.name);
        let wrong = browser.submit(filled.set("password", "wrong")).await;
        assert_eq!(wrong.status(), 422);
        let filled = wrong.form("/sign-in").set("password", PASSWORD);
        let page = browser.submit(filled.press("Anmelden")).await;
        page.says("für dich handeln")
            .says("Alles sehen, was du sehen kannst")
            .says("Schreiben, und löschen, was du geschrieben hast")
            .hides("act for you");
        let filled = page.form("/oauth/authorize").press("Erlauben");
        let page = browser.submit(filled).await;
        page.says("Dein Code für").says("zehn Minuten");

        // Asking for a fresh sign-in loses nothing of it.
        let fresh = path("de") + "&force_login=true";
        browser.visit(&fresh).await.says("Melde dich erst an");

        // A language that is not there is none: then the member's own.
        browser.open(&path("tlh")).await.says("act for you");
        place.sql("UPDATE users SET locale = 'de'", &[]).await;
        browser.open(&path("")).await.says("für dich handeln");
        browser.open(&path("en")).await.says("act for you");

        // A stranger's browser is asked; without an app signing in is in English.
        for (path, said) in [
            (path(""), "Melde dich erst an"),
            ("/sign-in".into(), "<h1>Sign in</h1>"),
        ] {
            let stranger = place.browser();
            let mut request = stranger.request(Method::GET, &path);
            if path != "/sign-in" {
                let sent = stranger.fetch(Method::GET, &path).await;
                request = stranger.request(Method::GET, sent.header("location"));
            }
            let answer = request.header("accept-language", "fr, de;q=0.8, en;q=0.5");
            let answer = answer.send().await.expect("an answer");
            let text = answer.text().await.expect("text");
            assert!(text.contains(said), "{text}");
        }
    });
}
