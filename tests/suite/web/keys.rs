//! The keys of the desk in a real browser: each does its act, none while somebody types; another
//! one does it where it was chosen; none where they are off.

use porchlight::gate::applications::confirm_email;
use serde_json::json;

use crate::clients::{chromium, drive, python};
use crate::gate::invites::set_mode;
use crate::support::people::PASSWORD;
use crate::support::place::{Place, run};

/// Those at the door, the first who came first.
const NAMES: [&str; 5] = ["anna", "bert", "cora", "dora", "emil"];

/// The card of somebody who came in through an open door, and whom nobody read yet.
async fn unread(place: &Place, name: &str) -> String {
    set_mode(place, "open", false).await;
    let person = place.unconfirmed(name).await;
    let link = place.mail_to(&person.email).await.link("/confirm");
    let token = link.rsplit(['/', '=']).next().expect("a token");
    let confirmed = confirm_email::confirm(&place.app, token, None).await;
    assert!(confirmed.expect("the link works").member, "{name} is in");
    set_mode(place, "approval", false).await;
    format!("/desk/applications/{}", place.application_of(&person).await)
}

#[test]
fn each_key_of_the_desk_does_its_act_and_none_while_typing_with_browser_and_with_python() {
    // WCAG 2.1.4
    let (Some(python), Some(browser)) = (python(), chromium()) else {
        return;
    };
    run(async |place| {
        place.owner().await;
        let unread = unread(place, "fay").await;
        let mut cards = serde_json::Map::new();
        for name in NAMES {
            let person = place.applicant(name).await;
            let id = place.application_of(&person).await;
            cards.insert(name.to_owned(), json!(format!("/desk/applications/{id}")));
        }
        let settings = json!({
            "origin": place.origin, "password": PASSWORD, "browser": browser, "owner": "olive",
            "cards": cards, "unread": unread,
        });
        drive(place, &python, "browser/keys.py", settings).await;
        place.settle().await;
        // The pages were believed; this is what the log says was done, in this order.
        let acts = place
            .sql(
                "SELECT act FROM audit_log WHERE act LIKE 'application.%' ORDER BY id",
                &[],
            )
            .await;
        let acts: Vec<String> = acts.iter().map(|row| row.get(0)).collect();
        let decided: Vec<&str> = acts
            .iter()
            .filter_map(|act| act.strip_prefix("application."))
            .filter(|act| ["approve", "reject", "undo"].contains(act))
            .collect();
        let hoped = ["approve", "undo", "reject", "undo", "approve"];
        assert_eq!(decided, hoped, "{acts:?}");
        let read = acts.iter().filter(|act| *act == "application.mark_read");
        assert_eq!(read.count(), 1, "{acts:?}");
    });
}
