//! Walking the table of routes.

use std::sync::LazyLock;

use porchlight::door::Route;
use regex::Regex;
use serde_json::json;

use super::place::Place;

/// Whether a row belongs to the API (a token says who comes), not to the pages.
pub fn is_api(route: &Route) -> bool {
    route.path.starts_with("/api/")
        || route.path.starts_with("/oauth/token")
        || route.path.starts_with("/oauth/revoke")
}

/// A path with every parameter replaced by `thing`.
pub fn fill(path: &str, thing: &str) -> String {
    let parameter = Regex::new(r"\{[^}]*\}").expect("a pattern");
    parameter.replace_all(path, thing).into_owned()
}

static HIDDEN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(name="(csrf|idempotency_key|form_token|token|return_to)" value=")[^"]*"#)
        .expect("a pattern")
});
/// Two things done one after the other may lie on both sides of a full minute.
static MOMENTS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new("<time [^>]*>[^<]*</time>").expect("a pattern"));
/// A hashtag is made by who first follows it, and numbered in their order.
static NUMBERS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#""id":"\d{1,9}""#).expect("a pattern"));

/// Without what differs from one answer to the next whoever asks: tokens of forms, times.
pub fn without_chance(text: &str) -> String {
    let text = HIDDEN.replace_all(text, "$1");
    let text = MOMENTS.replace_all(&text, "<time>");
    NUMBERS.replace_all(&text, r#""id":"N""#).into_owned()
}

/// A token of an app's own.
pub async fn app_token(place: &Place) -> String {
    let stranger = place.stranger();
    let body = json!({
        "client_name": "An app", "redirect_uris": "urn:ietf:wg:oauth:2.0:oob", "scopes": "read write follow push",
    });
    let app = stranger
        .post("/api/v1/apps", body)
        .await
        .entity("CredentialApplication");
    let grant = json!({
        "grant_type": "client_credentials", "client_id": app["client_id"], "client_secret": app["client_secret"],
        "redirect_uri": "urn:ietf:wg:oauth:2.0:oob", "scope": "read write follow push",
    });
    let token = stranger.post("/oauth/token", grant).await.entity("Token");
    token["access_token"].as_str().expect("a token").to_owned()
}
