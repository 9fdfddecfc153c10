//! What other servers tell us, and what becomes of it.

mod authors;
mod follows;
mod polls;
mod posts;
mod reports;

use porchlight::incoming::Handled;
use serde_json::json;

use super::elsewhere::{Stranger, uri_of};
use crate::support::people::Person;
use crate::support::place::Place;

fn done(handled: Handled) {
    assert_eq!(handled, Handled::Done);
}

fn ignored(handled: Handled) {
    assert!(matches!(handled, Handled::Ignored(_)), "{handled:?}");
}

/// `who`, here, follows `whom`, elsewhere, who said yes.
async fn follows(place: &Place, who: &Person, whom: &Stranger) {
    who.api
        .act(&format!("/api/v1/accounts/{}/follow", whom.id))
        .await
        .ok();
    place.settle().await;
    let follow = json!({"type": "Follow", "actor": uri_of(place, who), "object": whom.uri});
    done(place.hears(whom, whom.does("Accept", follow)).await);
}
