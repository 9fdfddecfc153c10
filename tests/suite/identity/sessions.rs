//! Signing in and out on the web.

use chrono::TimeDelta;
use porchlight::identity::{sessions, upkeep};
use reqwest::Method;

use crate::support::browser::Browser;
use crate::support::people::PASSWORD;
use crate::support::place::run;

async fn try_to_sign_in(
    browser: &Browser,
    login: &str,
    password: &str,
) -> crate::support::answer::Answer {
    let page = browser.open("/sign-in").await;
    browser
        .post(
            &page
                .form("/sign-in")
                .set("login", login)
                .set("password", password),
        )
        .await
}

#[test]
fn by_name_or_address_and_wrong_words_tell_nothing() {
    // T1
    run(async |place| {
        let ann = place.member("ann").await;
        for login in ["ann", "@ann", "ANN", ann.email.as_str()] {
            let answer = try_to_sign_in(&place.browser(), login, PASSWORD).await;
            assert_eq!(answer.status, 303, "{login}: {}", answer.shown());
        }
        let mut told = Vec::new();
        for (login, password) in [
            ("ann", "wrong password"),
            ("nobody", PASSWORD),
            ("nobody@nowhere.example", PASSWORD),
            ("ann", ""),
        ] {
            let browser = place.browser();
            let answer = try_to_sign_in(&browser, login, password).await;
            let text =
                crate::support::routes::without_chance(&answer.text()).replace(login, "LOGIN");
            told.push((answer.status, text));
        }
        told.dedup();
        assert_eq!(told.len(), 1, "{told:#?}");
        assert_ne!(told[0].0, 200);
    });
}

#[test]
fn a_session_is_new_at_the_sign_in_and_dead_at_the_sign_out() {
    // T5
    run(async |place| {
        let ann = place.member("ann").await;
        let browser = place.browser();
        browser.plant("porch_session", "planted-by-somebody-else");
        let answer = try_to_sign_in(&browser, "ann", PASSWORD).await;
        assert_eq!(answer.status, 303);
        let cookie = answer.headers.get_all("set-cookie").iter().find_map(|v| {
            let v = v.to_str().ok()?;
            v.starts_with("porch_session=").then(|| v.to_owned())
        });
        let cookie = cookie.expect("a session");
        assert!(
            cookie.contains("HttpOnly")
                && cookie.contains("SameSite=Lax")
                && cookie.contains("Path=/"),
            "{cookie}"
        );
        let session = browser.cookies()["porch_session"].clone();
        assert_ne!(session, "planted-by-somebody-else");
        let thief = browser.copy();
        thief.open("/settings/account").await;
        let page = browser.open("/settings/account").await;
        browser.submit(page.form("/sign-out")).await;
        assert_eq!(
            thief
                .visit("/settings/account")
                .await
                .path
                .split('?')
                .next(),
            Some("/sign-in")
        );
        // Signing in again ends the session that the browser held.
        let browser = place.signed_in(&ann).await;
        let before = browser.copy();
        let page = browser.open("/settings/sessions").await;
        page.says("This one");
        let answer = browser.fetch(Method::GET, "/sign-in").await;
        if answer.status == 200 {
            try_to_sign_in(&browser, "ann", PASSWORD).await;
            assert_eq!(
                before
                    .visit("/settings/account")
                    .await
                    .path
                    .split('?')
                    .next(),
                Some("/sign-in")
            );
        }
    });
}

#[test]
fn sessions_are_listed_and_ended_one_by_one_or_all_but_this() {
    run(async |place| {
        let (ann, ben) = (place.member("ann").await, place.member("ben").await);
        let here = place.signed_in(&ann).await;
        let mut others = Vec::new();
        for _ in 0..3 {
            others.push(place.signed_in(&ann).await);
        }
        let page = here.open("/settings/sessions").await;
        assert_eq!(
            page.html
                .forms()
                .iter()
                .filter(|f| f.action.ends_with("/revoke"))
                .count(),
            3
        );
        let form = page.form("/settings/sessions/");
        // Somebody else's session cannot be ended by its number.
        let stranger = place.signed_in(&ben).await;
        let theirs = stranger.open("/settings/sessions").await.html.forms();
        let csrf = theirs
            .iter()
            .flat_map(|f| f.fields.clone())
            .find(|f| f.name == "csrf")
            .expect("a token")
            .value;
        let request = stranger
            .request(Method::POST, form.action())
            .form(&[("csrf", csrf.as_str())]);
        let answer = stranger.send(request).await;
        assert!(matches!(answer.status, 404 | 303), "{}", answer.shown());
        let alive = async |browser: &Browser| {
            browser
                .visit("/settings/account")
                .await
                .path
                .starts_with("/settings")
        };
        for other in &others {
            assert!(alive(other).await);
        }
        here.submit(form).await;
        let mut left = 0;
        for other in &others {
            left += usize::from(alive(other).await);
        }
        assert_eq!(left, 2);
        let page = here.open("/settings/sessions").await;
        here.submit(page.form("/settings/sessions/revoke-others"))
            .await;
        for other in &others {
            assert!(!alive(other).await);
        }
        assert!(alive(&here).await);
    });
}

#[test]
fn guessing_is_slowed_by_network_and_by_login_whatever_one_says_of_oneself() {
    // T13
    run(async |place| {
        place.member("ann").await;
        let browser = place.browser();
        let mut slowed = 0;
        for _ in 0..40 {
            let answer = try_to_sign_in(&browser, "ann", "wrong password").await;
            slowed += usize::from(answer.status == 429);
        }
        assert!(slowed > 5, "{slowed}");
        // From ever new addresses of one /64, against ever the same login.
        let mut slowed = 0;
        for n in 0..60 {
            let mut browser = place.browser();
            browser.from = format!("2001:db8:9:9::{n:x}");
            slowed += usize::from(
                try_to_sign_in(&browser, "ann", "wrong password")
                    .await
                    .status
                    == 429,
            );
        }
        assert!(slowed > 5, "{slowed}");
        // The one who knows the password comes in again when the window is over.
        place.advance(chrono::TimeDelta::hours(2));
        assert_eq!(
            try_to_sign_in(&place.browser(), "ann", PASSWORD)
                .await
                .status,
            303
        );
    });
}

#[test]
fn the_way_back_is_never_to_another_site() {
    // T8
    run(async |place| {
        let ann = place.member("ann").await;
        for evil in [
            "https://evil.example/",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "javascript:alert(1)",
            "/%2F/evil.example",
        ] {
            let browser = place.browser();
            let query = url::form_urlencoded::Serializer::new(String::new())
                .append_pair("return_to", evil)
                .finish();
            let page = browser.open(&format!("/sign-in?{query}")).await;
            let form = page
                .form("/sign-in")
                .set("login", &ann.name)
                .set("password", PASSWORD)
                .forge("return_to", evil);
            let answer = browser.post(&form).await;
            let to = answer.header("location").to_owned();
            assert!(
                to.starts_with('/') && !to.starts_with("//") && !to.contains('\\'),
                "{evil} leads to {to}"
            );
        }
        let browser = place.browser();
        let page = browser.visit("/settings/sessions").await;
        let form = page
            .form("/sign-in")
            .set("login", &ann.name)
            .set("password", PASSWORD);
        assert_eq!(
            browser.post(&form).await.header("location"),
            "/settings/sessions"
        );
    });
}

#[test]
fn from_where_somebody_signed_in_is_forgotten_after_thirty_days_though_they_stay() {
    // C6
    run(async |place| {
        let ann = place.member("ann").await;
        let browser = place.signed_in(&ann).await;
        let known = "SELECT count(*) FROM sessions WHERE network IS NOT NULL";
        for (days, networks) in [(15, 1), (14, 1), (2, 0)] {
            place.advance(TimeDelta::days(days));
            // Whoever comes stays signed in.
            browser.open("/home").await.says("ann");
            sessions::flush_last_seen(&place.app)
                .await
                .expect("written down");
            upkeep::sweep(&place.app).await.expect("swept");
            assert_eq!(place.number(known).await, networks, "after {days} more");
        }
        browser.open("/home").await.says("ann");
    });
}
