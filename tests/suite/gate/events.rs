//! "Company is coming": codes that free an event from the limits of its network.

use porchlight::gate::applications::apply::{self, Apply};

use super::applying::form;
use crate::support::people::PASSWORD;
use crate::support::place::{Place, Setup};

fn run(test: impl AsyncFnOnce(&Place)) {
    Setup::default().proving().run(test);
}

/// Makes a code by the page.
async fn code(place: &Place, uses: &str) -> String {
    let owner = place.owner().await;
    let desk = place.signed_in(&owner).await;
    let page = desk.open("/desk/events").await;
    let filled = page
        .form("/desk/events")
        .set("title", "A workshop")
        .set("uses", uses)
        .set("hours", "2");
    desk.submit(filled).await.says("The code is");
    let row = place.sql("SELECT code FROM event_codes", &[]).await;
    row[0].get(0)
}

#[test]
fn a_workshop_is_free_of_its_networks_limits_and_is_one_cluster() {
    run(async |place| {
        let code = code(place, "8").await;
        let first = place.browser();
        for n in 0..8 {
            let name = format!("guest{n}");
            let mut browser = place.browser();
            browser.from.clone_from(&first.from);
            let page = browser.open(&format!("/apply?event={code}")).await;
            assert_eq!(page.form("/apply").value("event"), code);
            let filled = form(place, &browser, &name, &format!("{name}@{name}.example"))
                .await
                .set("event", &code.to_lowercase())
                .set("proof", "");
            browser
                .submit(filled)
                .await
                .says("Now look into the mailbox of");
            let link = place
                .mail_to(&format!("{name}@{name}.example"))
                .await
                .link("/confirm");
            let page = browser.open(&link).await;
            assert!(
                page.all("form").iter().all(|f| !f.has("data-proof-bits")),
                "no work is asked for"
            );
            browser.submit(page.form("/confirm")).await;
        }
        let clusters =
            "SELECT count(DISTINCT cluster_id) FROM applications WHERE cluster_id IS NOT NULL";
        assert_eq!(place.number(clusters).await, 1);
        let alone = "SELECT count(*) FROM applications WHERE cluster_id IS NULL";
        assert_eq!(place.number(alone).await, 0);
        // Used up: the ordinary limits hold, and the form says so.
        let mut browser = place.browser();
        browser.from.clone_from(&first.from);
        let filled = form(place, &browser, "late", "late@late.example")
            .await
            .set("event", &code);
        let page = browser.submit(filled).await;
        assert!(
            page.status() == 422 || page.status() == 429,
            "{}",
            page.status()
        );
        assert_eq!(
            place.number("SELECT used::bigint FROM event_codes").await,
            8
        );
    });
}

#[test]
fn the_last_use_of_a_code_is_had_by_one() {
    // H6
    run(async |place| {
        let code = code(place, "1").await;
        let send = |n: usize| {
            let cmd = Apply {
                username: format!("guest{n}"),
                email: Some(format!("guest{n}@guest{n}.example")),
                password: PASSWORD.to_owned(),
                agreement: true,
                reason: Some("I came to the workshop.".to_owned()),
                event: Some(code.clone()),
                network: Some("81.5.5.5".parse().expect("an address")),
                ..Apply::default()
            };
            async move { apply::apply(&place.app, cmd).await.is_ok() }
        };
        let came = futures::future::join_all((0..4).map(send)).await;
        assert_eq!(came.iter().filter(|ok| **ok).count(), 1, "{came:?}");
        assert_eq!(
            place.number("SELECT used::bigint FROM event_codes").await,
            1
        );
    });
}

#[test]
fn a_code_is_good_where_the_first_of_them_comes_from_and_approves_nobody() {
    run(async |place| {
        let code = code(place, "5").await;
        let send = async |name: &str, from: &str, code: &str| {
            let mut browser = place.browser();
            from.clone_into(&mut browser.from);
            let filled = form(place, &browser, name, &format!("{name}@{name}.example")).await;
            browser.submit(filled.set("event", code)).await
        };
        send("ann", "81.6.6.6", &code)
            .await
            .says("Now look into the mailbox of");
        let mut words = Vec::new();
        for (name, from, code) in [
            ("ben", "81.7.7.7", code.as_str()),
            ("cleo", "81.6.6.6", "NOSUCH22"),
        ] {
            let page = send(name, from, code).await;
            assert_eq!(page.status(), 422);
            words.push(page.by_id("event-error").expect("an error").text.clone());
        }
        assert_eq!(words[0], words[1]);
        let approved =
            "SELECT count(*) FROM users WHERE approved_at IS NOT NULL AND username <> 'olive'";
        assert_eq!(place.number(approved).await, 0);
        // Ended by hand, it is over.
        let id = place.number("SELECT id FROM event_codes").await;
        place
            .sql(
                "UPDATE event_codes SET ends_at = created_at WHERE id = $1",
                &[&id],
            )
            .await;
        assert_eq!(send("dora", "81.6.6.6", &code).await.status(), 422);
    });
}
