//! From a handle to an actor, and under which name it is shown (I17).

use porchlight::activitypub::handles;
use porchlight::activitypub::webfinger::{self, Handle};
use porchlight::app::federation::FetchError;
use serde_json::json;

use crate::support::peer::{Page, Peer};
use crate::support::place::{Place, Setup};

fn handle(text: &str) -> Handle {
    Handle::read(text).expect(text)
}

/// Serves an answer for `name` at `peer`, which says `subject` and points to `actor`.
fn says(peer: &Peer, name: &str, subject: &str, actor: &str) {
    let body = json!({
        "subject": format!("acct:{subject}"),
        "links": [{ "rel": "self", "type": "application/activity+json", "href": actor }],
    });
    let host = &peer.host;
    let path = format!("/.well-known/webfinger?resource=acct%3A{name}%40{host}");
    peer.serve(&path, Page::typed("application/jrd+json", body.to_string()));
}

async fn shown(place: &Place, text: &str) -> Option<String> {
    let account = handles::find_or_fetch(&place.federation(), &handle(text)).await;
    let account = account.expect(text);
    account
        .handle_domain
        .map(|domain| format!("{}@{domain}", account.username))
}

#[test]
fn a_handle_leads_to_its_actor_with_two_requests_and_then_with_none() {
    Setup::federated().run(async |place| {
        let alpha = place.peer("alpha");
        let ann = alpha.actor("ann");
        alpha.forget_asked();
        assert_eq!(
            shown(place, "ann@alpha.test").await.as_deref(),
            Some("ann@alpha.test")
        );
        assert_eq!(alpha.asked().len(), 2);
        assert_eq!(
            shown(place, "@Ann@ALPHA.test").await.as_deref(),
            Some("ann@alpha.test")
        );
        assert_eq!(alpha.asked().len(), 2);
        let found = webfinger::find(&place.federation(), &handle(&ann.handle)).await;
        assert_eq!(found.expect("found").actor, ann.id);
    });
}

#[test]
fn a_domain_that_is_not_the_actors_server_is_shown_where_both_agree() {
    // I17
    Setup::federated().run(async |place| {
        let (alpha, beta) = (place.peer("alpha"), place.peer("beta"));
        let ann = beta.actor("ann");
        // The short domain sends everybody to the server.
        alpha.answer("/.well-known/webfinger", {
            let origin = beta.origin();
            move |asked| Page::redirect(&format!("{origin}{}", asked.path))
        });
        says(beta, "ann", "ann@alpha.test", &ann.id);
        let body = json!({
            "subject": "acct:ann@alpha.test",
            "links": [{ "rel": "self", "type": "application/activity+json", "href": ann.id }],
        });
        let path = "/.well-known/webfinger?resource=acct%3Aann%40alpha.test";
        beta.serve(path, Page::typed("application/jrd+json", body.to_string()));
        for asked in ["ann@alpha.test", "ann@beta.test"] {
            assert_eq!(
                shown(place, asked).await.as_deref(),
                Some("ann@alpha.test"),
                "{asked}"
            );
        }
    });
}

#[test]
fn nobody_is_shown_under_a_name_that_their_own_server_does_not_confirm() {
    // I17
    Setup::federated().run(async |place| {
        let (alpha, beta) = (place.peer("alpha"), place.peer("beta"));
        let ann = beta.actor("ann");
        // Alpha claims beta's ann as its own.
        says(alpha, "ann", "ann@alpha.test", &ann.id);
        assert_eq!(
            shown(place, "ann@alpha.test").await.as_deref(),
            Some("ann@beta.test")
        );

        // Beta's own bob claims to be alpha's; alpha knows another bob, or none.
        let bob = beta.actor("bob");
        says(beta, "bob", "bob@alpha.test", &bob.id);
        assert_eq!(
            shown(place, "bob@beta.test").await.as_deref(),
            Some("bob@beta.test")
        );
        let other = alpha.actor("bob");
        let seen = webfinger::shown_handle(&place.federation(), &bob.id, "bob").await;
        assert_eq!(seen, Ok(None));
        assert_eq!(
            shown(place, "bob@alpha.test").await.as_deref(),
            Some("bob@alpha.test")
        );
        assert_ne!(other.id, bob.id);
    });
}

#[test]
fn what_is_no_answer_finds_nobody() {
    Setup::federated().run(async |place| {
        let alpha = place.peer("alpha");
        let path = "/.well-known/webfinger?resource=acct%3Aann%40alpha.test";
        let ask = async || webfinger::find(&place.federation(), &handle("ann@alpha.test")).await;
        assert_eq!(ask().await, Err(FetchError::NotFound));
        for page in [
            Page::typed("application/jrd+json", "{}"),
            Page::typed("application/jrd+json", "[1]"),
            Page::typed("text/html", "<html>"),
            Page::typed(
                "application/jrd+json",
                r#"{"links":[{"rel":"self","type":"application/activity+json","href":"http://127.0.0.1/x"}]}"#,
            ),
        ] {
            alpha.serve(path, page);
            assert!(matches!(ask().await, Err(FetchError::Nonsense(_))));
        }
    });
}
