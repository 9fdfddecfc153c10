//! From what was typed to what is posted: defaults, limits, the rules of quirks 86 to 91.
//! Pure.

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::domain::visibility::Visibility;
use crate::domain::{Error, Id, Result};
use crate::model::user::User;
use crate::text::length::{MAX_STATUS, status_length};
use crate::text::poll::{self, Poll};
use crate::text::{clean, language};

/// Media of one status.
pub const MAX_MEDIA: usize = 4;
/// Characters of text and warning, of any kind and whatever they count: far beyond
/// [`MAX_STATUS`] clusters, so that the HTML has a bound too.
const MAX_RAW: usize = 20_000;
/// Bytes of an Idempotency-Key.
const MAX_KEY: usize = 255;

/// A status as it comes from a form or an app.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Post {
    /// As typed.
    pub text: String,
    /// The content warning, or empty.
    pub spoiler_text: String,
    /// Media are hidden at first; a warning implies it.
    pub sensitive: Option<bool>,
    /// Who it is for.
    pub visibility: Option<Visibility>,
    /// A language code.
    pub language: Option<String>,
    /// What it answers.
    pub in_reply_to: Option<Id>,
    /// Uploads to attach, in order.
    pub media: Vec<Id>,
    /// A repetition under the same key within an hour finds the first one.
    pub idempotency_key: Option<String>,
    /// When it should appear.
    pub scheduled_at: Option<DateTime<Utc>>,
    /// What it asks.
    pub poll: Option<Poll>,
    /// Another status was to be quoted.
    pub has_quote: bool,
}

/// The user's defaults for new posts, out of `users.settings`; read leniently.
#[derive(Debug, Clone, PartialEq)]
pub struct Defaults {
    /// Who new posts are for.
    pub visibility: Visibility,
    /// Media of new posts are hidden at first.
    pub sensitive: bool,
    /// The language of new posts; `None` where nobody said.
    pub language: Option<String>,
}

impl Defaults {
    /// Those of a user.
    pub fn of(user: &User) -> Defaults {
        Defaults::read(&user.settings)
    }

    /// Those in `users.settings`.
    pub fn read(settings: &Value) -> Defaults {
        let text = |key: &str| settings.get(key).and_then(Value::as_str);
        Defaults {
            visibility: text("visibility")
                .and_then(Visibility::from_name)
                .unwrap_or(Visibility::Public),
            sensitive: settings
                .get("sensitive")
                .and_then(Value::as_bool)
                .unwrap_or(false),
            language: text("language").and_then(language::normalise),
        }
    }

    /// The language of posts that name none: the chosen one, or that of the pages.
    pub fn spoken(&self, user: &User) -> Option<String> {
        self.language
            .clone()
            .or_else(|| language::normalise(&user.locale))
    }
}

/// A status that may be posted, as far as its own words tell.
#[derive(Debug, Clone, PartialEq)]
pub struct Composed {
    /// Clean and trimmed.
    pub text: String,
    /// One clean line, or empty.
    pub spoiler_text: String,
    /// See [`Post`].
    pub sensitive: bool,
    /// See [`Post`].
    pub visibility: Visibility,
    /// ISO 639.
    pub language: Option<String>,
    /// As apps count it, at most [`MAX_STATUS`].
    pub length: i32,
    /// Each once, in order.
    pub media: Vec<Id>,
    /// 1 to 255 bytes.
    pub key: Option<String>,
    /// What it asks; then it has no media.
    pub poll: Option<Poll>,
}

/// Applies defaults and rules.
///
/// # Errors
/// `Invalid`, with a sentence that says which.
pub fn compose(cmd: &Post, user: &User, now: DateTime<Utc>) -> Result<Composed> {
    if cmd.has_quote {
        return Err(Error::invalid("Quoting is not offered here yet."));
    }
    if cmd.scheduled_at.is_some_and(|at| at > now) {
        return Err(Error::invalid(
            "Posts cannot be scheduled here yet. Leave the time out to post now.",
        ));
    }
    if cmd.text.len() > 4 * MAX_RAW || cmd.spoiler_text.len() > 4 * MAX_RAW {
        return Err(too_long());
    }
    let mut text = clean::text(&cmd.text).trim().to_owned();
    let mut spoiler_text = clean::single_line(&cmd.spoiler_text);
    let has_spoiler = !spoiler_text.is_empty();
    // A warning with nothing behind it is the text.
    if text.is_empty() && has_spoiler {
        text = std::mem::take(&mut spoiler_text);
    }
    let mut media = Vec::new();
    for id in &cmd.media {
        if !media.contains(id) {
            media.push(*id);
        }
    }
    if media.len() > MAX_MEDIA {
        return Err(Error::invalid(format!(
            "Cannot attach more than {MAX_MEDIA} files."
        )));
    }
    if cmd.poll.is_some() && !media.is_empty() {
        return Err(poll::not_with_files());
    }
    if text.is_empty() && media.is_empty() {
        return Err(Error::field("text", "ERR_BLANK", "can't be blank"));
    }
    let length = status_length(&spoiler_text, &text);
    if length > MAX_STATUS || text.chars().count() + spoiler_text.chars().count() > MAX_RAW {
        return Err(too_long());
    }
    let key = cmd.idempotency_key.as_deref().map(str::trim);
    if key.is_some_and(|key| key.len() > MAX_KEY) {
        return Err(Error::invalid(format!(
            "The Idempotency-Key is longer than {MAX_KEY} bytes."
        )));
    }
    let defaults = Defaults::of(user);
    Ok(Composed {
        text,
        spoiler_text,
        sensitive: cmd.sensitive.unwrap_or(defaults.sensitive) || has_spoiler,
        visibility: cmd.visibility.unwrap_or(defaults.visibility),
        language: cmd
            .language
            .as_deref()
            .and_then(language::normalise)
            .or_else(|| defaults.spoken(user)),
        length: i32::try_from(length).unwrap_or(i32::MAX),
        media,
        key: key.filter(|key| !key.is_empty()).map(str::to_owned),
        poll: cmd.poll.clone().map(poll::check).transpose()?,
    })
}

fn too_long() -> Error {
    Error::field(
        "text",
        "ERR_TOO_LONG",
        format!("character limit of {MAX_STATUS} exceeded"),
    )
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::domain::role::Role;

    fn user() -> User {
        User {
            id: 1,
            account_id: 2,
            username: "ann".into(),
            email: None,
            email_canonical: None,
            email_confirmed_at: None,
            role: Role::Member,
            role_since: DateTime::UNIX_EPOCH,
            deputy: false,
            approved_at: Some(DateTime::UNIX_EPOCH),
            disabled_at: None,
            locale: "en".into(),
            time_zone: None,
            settings: json!({}),
            welcomed_at: None,
            created_at: DateTime::UNIX_EPOCH,
            password_changed_at: None,
            moved_at: None,
            second_factor_since: None,
        }
    }

    fn post(text: &str) -> Post {
        Post {
            text: text.into(),
            ..Post::default()
        }
    }

    fn composed(cmd: &Post) -> Result<Composed> {
        compose(cmd, &user(), DateTime::UNIX_EPOCH)
    }

    #[test]
    fn blank_text_needs_a_medium_or_a_warning() {
        assert!(matches!(composed(&post(" \n ")), Err(Error::Invalid(_))));
        assert_eq!(
            composed(&Post {
                media: vec![7, 7, 8],
                ..post("")
            })
            .unwrap()
            .media,
            [7, 8]
        );
        let only_warning = composed(&Post {
            spoiler_text: "spiders".into(),
            ..post("")
        })
        .unwrap();
        assert_eq!(
            (
                only_warning.text.as_str(),
                only_warning.spoiler_text.as_str()
            ),
            ("spiders", "")
        );
        assert!(only_warning.sensitive);
    }

    #[test]
    fn a_warning_forces_sensitive() {
        let warned = composed(&Post {
            spoiler_text: "food".into(),
            sensitive: Some(false),
            ..post("cake")
        });
        assert!(warned.unwrap().sensitive);
        assert!(!composed(&post("cake")).unwrap().sensitive);
    }

    #[test]
    fn what_is_not_said_comes_from_the_settings() {
        let mut ann = user();
        ann.settings = json!({"visibility": "private", "sensitive": true, "language": "de"});
        let made = compose(&post("hallo"), &ann, DateTime::UNIX_EPOCH).unwrap();
        assert_eq!(made.visibility, Visibility::Private);
        assert!(made.sensitive);
        assert_eq!(made.language.as_deref(), Some("de"));

        ann.settings = json!({"visibility": 7, "sensitive": "x", "language": "nonsense"});
        let made = compose(&post("hallo"), &ann, DateTime::UNIX_EPOCH).unwrap();
        assert_eq!(made.visibility, Visibility::Public);
        assert_eq!(made.language.as_deref(), Some("en"));
    }

    #[test]
    fn the_limit_is_in_clusters_and_links_count_the_same() {
        assert!(composed(&post(&"é".repeat(MAX_STATUS))).is_ok());
        assert!(composed(&post(&"é".repeat(MAX_STATUS + 1))).is_err());
        let link = format!("https://example.org/{}", "x".repeat(900));
        assert_eq!(composed(&post(&link)).unwrap().length, 23);
        // One cluster, however many marks are piled on it.
        assert!(composed(&post(&format!("e{}", "\u{301}".repeat(30_000)))).is_err());
    }

    #[test]
    fn what_is_not_offered_is_said_not_dropped() {
        for cmd in [
            Post {
                has_quote: true,
                ..post("x")
            },
            Post {
                scheduled_at: Some(DateTime::UNIX_EPOCH + TimeDelta::hours(1)),
                ..post("x")
            },
        ] {
            assert!(matches!(composed(&cmd), Err(Error::Invalid(_))));
        }
        let past = Post {
            scheduled_at: Some(DateTime::UNIX_EPOCH - TimeDelta::hours(1)),
            ..post("x")
        };
        assert!(composed(&past).is_ok());
    }

    #[test]
    fn a_poll_needs_words_and_no_files() {
        let asking = |text, media| Post {
            media,
            poll: Some(Poll {
                options: vec!["a".into(), " b".into()],
                expires_in: Some(600),
                ..Poll::default()
            }),
            ..post(text)
        };
        let made = composed(&asking("Which?", vec![])).unwrap();
        assert_eq!(made.poll.unwrap().options, ["a", "b"]);
        assert!(composed(&asking("Which?", vec![7])).is_err());
        assert!(composed(&asking("", vec![])).is_err());
    }

    #[test]
    fn five_files_are_too_many() {
        let cmd = Post {
            media: vec![1, 2, 3, 4, 5],
            ..post("x")
        };
        assert!(composed(&cmd).is_err());
    }

    proptest! {
        #[test]
        fn whatever_is_typed_fits_its_columns(text in "\\PC{0,600}", spoiler in "\\PC{0,80}") {
            let cmd = Post { spoiler_text: spoiler, ..post(&text) };
            if let Ok(made) = composed(&cmd) {
                prop_assert!(made.length as usize <= MAX_STATUS);
                prop_assert!(made.text.chars().count() <= 50_000);
                prop_assert!(!made.text.is_empty());
                prop_assert!(!made.spoiler_text.contains('\n'));
            }
        }
    }
}
