//! What other servers run, asked for now and then.

use chrono::TimeDelta;
use porchlight::jobs::nodeinfo;
use serde_json::json;

use crate::support::peer::Page;
use crate::support::place::Setup;

#[test]
fn a_server_is_asked_once_a_week_what_it_runs() {
    Setup::federated().without_jobs().run(async |place| {
        let (alpha, beta) = (place.peer("alpha"), place.peer("beta"));
        for peer in [alpha, beta] {
            let ann = peer.actor("ann");
            let about = json!("http://porch.test/ap/notes/1");
            let like = ann.activity(peer, "Like", about);
            assert_eq!(ann.send(place, &like).await.status, 202);
        }
        beta.serve("/.well-known/nodeinfo", Page::status(500));
        let said = async |domain: &str| -> Option<String> {
            let found = place
                .sql(
                    "SELECT software || ' ' || version FROM hosts WHERE domain = $1",
                    &[&domain],
                )
                .await;
            found[0].get(0)
        };
        assert_eq!(nodeinfo::pass(&place.outside).await.unwrap(), 2);
        assert_eq!(said("alpha.test").await.as_deref(), Some("peer 1.0"));
        assert_eq!(said("beta.test").await, None);
        assert_eq!(nodeinfo::pass(&place.outside).await.unwrap(), 0);
        assert_eq!(alpha.times_asked("/.well-known/nodeinfo"), 1);

        // Who did not answer is asked again the next day, the other after a week.
        place.advance(TimeDelta::hours(25));
        assert_eq!(nodeinfo::pass(&place.outside).await.unwrap(), 1);
        assert_eq!(alpha.times_asked("/.well-known/nodeinfo"), 1);
        assert_eq!(beta.times_asked("/.well-known/nodeinfo"), 2);
        place.advance(TimeDelta::days(7));
        assert_eq!(nodeinfo::pass(&place.outside).await.unwrap(), 2);

        // Those that are blocked, given up, or were not heard of for a month are left alone.
        place
            .sql(
                "UPDATE hosts SET flags = 2 WHERE domain = 'alpha.test'",
                &[],
            )
            .await;
        place.advance(TimeDelta::days(40));
        assert_eq!(nodeinfo::pass(&place.outside).await.unwrap(), 0);
    });
}

#[test]
fn the_desk_shows_what_a_server_runs() {
    Setup::federated().run(async |place| {
        let alpha = place.peer("alpha");
        alpha.actor("ann");
        let olive = place.owner().await;
        olive
            .api
            .get("/api/v2/search?resolve=true&q=@ann@alpha.test")
            .await
            .ok();
        let found = place
            .sql("SELECT id FROM accounts WHERE username = 'ann'", &[])
            .await;
        let account: i64 = found[0].get(0);
        olive
            .api
            .act(&format!("/api/v1/accounts/{account}/follow"))
            .await
            .ok();
        alpha.wait_for("Follow").await;
        place.settle().await;
        nodeinfo::pass(&place.outside).await.unwrap();
        let browser = place.signed_in(&olive).await;
        browser.visit("/desk/hosts").await.says("peer 1.0");
        browser
            .visit("/desk/hosts/alpha.test")
            .await
            .says("peer 1.0");
    });
}
