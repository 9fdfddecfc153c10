//! Files of other servers: shown from here, fetched once and only when somebody looks, kept while
//! there is room. The peer lies in every way.

mod budgets;
mod fetching;
mod lies;
mod room;

use reqwest::Method;
use serde_json::{Value, json};

use super::elsewhere::{Stranger, actor};
use crate::support::answer::Answer;
use crate::support::browser::Browser;
use crate::support::peer::{Page, Peer};
use crate::support::picture;
use crate::support::place::Place;

/// Ann of `alpha.test`, whose files lie there too; her document is what `changes` makes of it.
async fn ann(place: &Place, changes: Value) -> Stranger {
    let mut document = actor("alpha.test", "ann");
    for (name, value) in changes.as_object().expect("an object") {
        document[name] = value.clone();
    }
    followed(place, place.known(document).await).await
}

/// Somebody here follows them, so that what they say is kept.
async fn followed(place: &Place, whom: Stranger) -> Stranger {
    if place.rows("accounts WHERE username = 'reader'").await == 0 {
        place.member("reader").await;
    }
    place
        .sql(
            "INSERT INTO follows (id, account_id, target_id, state, flags, created_at) \
             SELECT $1, a.id, $1, 1, 0, a.created_at FROM accounts a WHERE a.username = 'reader' \
             ON CONFLICT DO NOTHING",
            &[&whom.id],
        )
        .await;
    whom
}

/// A file of the peer.
fn at(path: &str) -> String {
    format!("http://alpha.test{path}")
}

fn image(path: &str) -> Value {
    json!({"type": "Document", "mediaType": "image/png", "url": at(path), "name": "a lamp"})
}

fn film(path: &str) -> Value {
    json!({"type": "Document", "mediaType": "video/mp4", "url": at(path), "name": "a walk"})
}

/// A public post of hers with these files; as apps see it.
async fn post(place: &Place, ann: &Stranger, number: u32, files: Value) -> Value {
    let note = ann.note(number, json!({ "attachment": files }));
    let uri = note["id"].clone();
    place.hears(ann, ann.says(note)).await;
    let row = place
        .sql("SELECT id FROM statuses WHERE uri = $1", &[&uri.as_str()])
        .await;
    let id: i64 = row[0].get(0);
    let path = format!("/api/v1/statuses/{id}");
    place.stranger().get(&path).await.entity("Status")
}

/// The path of an address of this place.
#[track_caller]
fn path(place: &Place, address: &Value) -> String {
    let address = address.as_str().expect("an address");
    let path = address.strip_prefix(&place.origin);
    path.unwrap_or_else(|| panic!("{address} is no address of ours"))
        .to_owned()
}

/// Where the first file of a post is shown from.
async fn address(place: &Place, ann: &Stranger, number: u32, file: Value) -> String {
    let post = post(place, ann, number, json!([file])).await;
    path(place, &post["media_attachments"][0]["url"])
}

async fn fetch(browser: &Browser, path: &str) -> Answer {
    browser.fetch(Method::GET, path).await
}

/// The peer serves a picture there.
fn serve_png(peer: &Peer, at: &str) {
    peer.serve(at, Page::typed("image/png", picture::png(900, 600)));
}
