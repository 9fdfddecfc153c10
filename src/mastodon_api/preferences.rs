//! Preferences (quirk 129): the defaults of posting and reading, from the user's settings.

use actix_web::{HttpResponse, web};
use serde_json::Value;

use super::answer::Answer;
use super::entities::Preferences;
use crate::domain::visibility::Visibility;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};

/// The routes of this file.
pub const ROUTES: &[Route] = &[Route {
    method: "GET",
    path: "/api/v1/preferences",
    access: Access::User("read:accounts"),
    pending: Pending::Allowed,
    rate: Rate::Usual,
    caching: Caching::Private,
    handler: || web::to(show),
}];

async fn show(caller: Caller) -> Answer {
    Ok(HttpResponse::Ok().json(preferences(&caller.signed_in()?.user.settings)))
}

/// Leniently: what is missing or strange is the default.
fn preferences(settings: &Value) -> Preferences {
    let text = |key: &str| settings[key].as_str();
    let yes = |key: &str| settings[key].as_bool().unwrap_or(false);
    Preferences {
        visibility: text("visibility")
            .and_then(Visibility::from_name)
            .unwrap_or(Visibility::Public),
        sensitive: yes("sensitive"),
        language: text("language")
            .map(str::to_owned)
            .filter(|code| !code.is_empty()),
        quote_policy: "nobody",
        expand_media: match text("expand_media") {
            Some("show_all") => "show_all",
            Some("hide_all") => "hide_all",
            _ => "default",
        },
        expand_spoilers: yes("expand_spoilers"),
        autoplay_gifs: yes("autoplay_gifs"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn strange_settings_are_the_defaults() {
        let read = preferences(&json!({ "visibility": "loud", "expand_media": 7, "language": "" }));
        assert_eq!(read.visibility, Visibility::Public);
        assert_eq!(read.expand_media, "default");
        assert_eq!(read.language, None);
        assert_eq!(
            preferences(&json!({ "visibility": "unlisted" })).visibility,
            Visibility::Unlisted
        );
    }
}
