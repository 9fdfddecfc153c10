//! Each shape against the schema that apps were read for.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use serde_json::{Value, json};

use super::*;
use crate::domain::registration_mode::{ModeReason, RegistrationMode};
use crate::domain::visibility::Visibility;
use crate::gate::questions::Told;

static SCHEMA: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../../tests/schema/entities.schema.json")).unwrap()
});

/// The JSON of `thing`, after holding it against `$defs/name`.
fn check(name: &str, thing: &impl Serialize) -> Value {
    let value = serde_json::to_value(thing).unwrap();
    let schema = json!({ "$ref": format!("#/$defs/{name}"), "$defs": SCHEMA["$defs"] });
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> = validator
        .iter_errors(&value)
        .map(|e| format!("{}: {e}", e.instance_path))
        .collect();
    assert!(errors.is_empty(), "{name}: {errors:#?}");
    value
}

fn at() -> DateTime<Utc> {
    DateTime::from_timestamp_micros(1_700_000_000_123_456).unwrap()
}

fn account() -> Account {
    Account {
        id: 116_000_000_000_000_001,
        username: "jo".into(),
        acct: "jo".into(),
        display_name: "Jo".into(),
        locked: false,
        bot: false,
        discoverable: None,
        indexable: false,
        group: false,
        created_at: at(),
        note: String::new(),
        url: "https://porch.test/@jo".into(),
        uri: "https://porch.test/users/jo".into(),
        avatar: "https://porch.test/a.png".into(),
        avatar_static: "https://porch.test/a.png".into(),
        avatar_description: String::new(),
        header: "https://porch.test/h.png".into(),
        header_static: "https://porch.test/h.png".into(),
        header_description: String::new(),
        followers_count: 1,
        following_count: 2,
        statuses_count: 3,
        last_status_at: NaiveDate::from_ymd_opt(2023, 11, 4),
        hide_collections: None,
        show_media: true,
        show_media_replies: true,
        show_featured: true,
        moved: None,
        emojis: vec![],
        suspended: false,
        limited: false,
        noindex: Some(false),
        memorial: false,
        feature_approval: Approval::nobody(),
        roles: Some(vec![]),
        fields: vec![Field {
            name: "web".into(),
            value: "<a>".into(),
            verified_at: Some(at()),
        }],
    }
}

fn status() -> Status {
    Status {
        id: 7,
        created_at: at(),
        in_reply_to_id: Some(6),
        in_reply_to_account_id: None,
        sensitive: false,
        spoiler_text: String::new(),
        visibility: Visibility::Unlisted,
        language: Some("en".into()),
        uri: "https://porch.test/s/7".into(),
        url: Some("https://porch.test/@jo/7".into()),
        replies_count: 0,
        reblogs_count: 0,
        favourites_count: 0,
        quotes_count: 0,
        edited_at: None,
        viewer: None,
        content: Some("<p>hi</p>".into()),
        text: None,
        reblog: None,
        application: Some(StatusApplication {
            name: "toot".into(),
            website: None,
        }),
        account: Arc::new(account()),
        media_attachments: vec![media()],
        mentions: vec![Mention {
            id: 1,
            username: "jo".into(),
            url: "https://porch.test/@jo".into(),
            acct: "jo".into(),
        }],
        tags: vec![ShallowTag {
            name: "a".into(),
            url: "https://porch.test/tags/a".into(),
        }],
        emojis: vec![CustomEmoji {
            shortcode: "x".into(),
            url: "https://porch.test/x.png".into(),
            static_url: "https://porch.test/x.png".into(),
            visible_in_picker: true,
            category: None,
        }],
        tagged_collections: [],
        quote: (),
        card: (),
        poll: None,
        quote_approval: Approval::nobody(),
        draft: false,
    }
}

fn media() -> MediaAttachment {
    MediaAttachment {
        id: 3,
        kind: "image",
        url: Some("https://porch.test/m.png".into()),
        preview_url: None,
        remote_url: None,
        preview_remote_url: None,
        text_url: (),
        meta: Some(MediaMeta {
            original: Some(MediaSize {
                width: 640,
                height: 480,
            }),
            small: None,
            focus: Some(Focus { x: 0.0, y: -0.5 }),
        }),
        description: None,
        blurhash: Some("x".into()),
    }
}

#[test]
fn accounts() {
    let value = check("Account", &account());
    assert_eq!(value["id"], "116000000000000001");
    assert_eq!(value["created_at"], "2023-11-14T00:00:00.000Z");
    assert_eq!(value["last_status_at"], "2023-11-04");
    assert!(value.get("suspended").is_none());
    assert!(value.get("moved").is_none());
    let mut moved = account();
    moved.moved = Some(Arc::new(account()));
    moved.suspended = true;
    assert_eq!(check("Account", &moved)["suspended"], true);
    let role = Role {
        id: "owner".into(),
        name: "Owner".into(),
        permissions: "1".into(),
        color: String::new(),
        highlighted: true,
        collection_limit: 0,
    };
    let source = Source {
        privacy: Visibility::Public,
        sensitive: false,
        language: None,
        note: String::new(),
        fields: vec![SourceField {
            name: "a".into(),
            value: "b".into(),
            verified_at: None,
        }],
        follow_requests_count: 0,
        hide_collections: None,
        discoverable: None,
        indexable: false,
        attribution_domains: vec![],
        quote_policy: "nobody",
    };
    check(
        "CredentialAccount",
        &CredentialAccount {
            account: account(),
            source,
            role,
        },
    );
}

#[test]
fn statuses() {
    let value = check("Status", &status());
    assert_eq!(value["created_at"], "2023-11-14T22:13:20.123Z");
    assert!(value.get("favourited").is_none() && value.get("draft").is_none());
    assert!(value["card"].is_null() && value.as_object().unwrap().contains_key("card"));

    let mut boost = status();
    boost.viewer = Some(ViewerFlags {
        pinned: Some(true),
        ..ViewerFlags::default()
    });
    boost.reblog = Some(Box::new(status()));
    let value = check("Status", &boost);
    assert_eq!(value["favourited"], false);
    assert_eq!(value["filtered"], json!([]));

    check(
        "Context",
        &Context {
            ancestors: vec![status()],
            descendants: vec![],
        },
    );
    check(
        "StatusSource",
        &StatusSource {
            id: 7,
            text: "hi".into(),
            spoiler_text: "".into(),
        },
    );
    check(
        "StatusEdit",
        &StatusEdit {
            account: Arc::new(account()),
            content: "<p>hi</p>".into(),
            spoiler_text: String::new(),
            sensitive: false,
            created_at: at(),
            media_attachments: vec![],
            emojis: vec![],
            poll: Some(PollEdit {
                options: vec![PollEditOption { title: "a".into() }],
            }),
        },
    );
    let value = check("MediaAttachment", &media());
    assert_eq!(value["meta"]["original"]["size"], "640x480");
    check(
        "Notification",
        &Notification {
            id: 9,
            kind: "mention",
            created_at: at(),
            group_key: Notification::ungrouped_key(9),
            account: Arc::new(account()),
            status: Some(status()),
            event: Some(RelationshipSeveranceEvent {
                id: 3,
                kind: "domain_block",
                purged: false,
                target_name: "elsewhere.example".into(),
                followers_count: 1,
                following_count: 2,
                created_at: at(),
            }),
        },
    );
    let tag = Tag {
        id: 1,
        name: "Porch".into(),
        url: "https://porch.test/tags/porch".into(),
        history: vec![TagHistory {
            day: 1_699_920_000,
            accounts: 1,
            uses: 2,
        }],
        following: Some(false),
        featuring: None,
    };
    assert_eq!(check("Tag", &tag)["history"][0]["uses"], "2");
    check(
        "Search",
        &Search {
            accounts: vec![account()],
            statuses: vec![],
            hashtags: vec![tag],
            collections: [],
        },
    );
}

#[test]
fn apps_and_tokens() {
    let application = Application {
        id: 5,
        name: "toot".into(),
        website: None,
        scopes: vec!["read".into()],
        redirect_uris: vec!["urn:ietf:wg:oauth:2.0:oob".into()],
        redirect_uri: "urn:ietf:wg:oauth:2.0:oob".into(),
        vapid_key: String::new(),
    };
    check("Application", &application);
    check(
        "CredentialApplication",
        &CredentialApplication {
            application,
            client_id: "a".into(),
            client_secret: "b".into(),
            client_secret_expires_at: 0,
        },
    );
    let token = Token::bearer("s3cret".into(), "read".into(), 1_700_000_000);
    assert!(!format!("{token:?}").contains("s3cret"));
    check("Token", &token);
}

#[test]
fn small_ones() {
    check(
        "Relationship",
        &Relationship {
            id: 4,
            ..Relationship::default()
        },
    );
    check(
        "Preferences",
        &Preferences {
            visibility: Visibility::Private,
            sensitive: false,
            language: None,
            quote_policy: "nobody",
            expand_media: "default",
            expand_spoilers: false,
            autoplay_gifs: false,
        },
    );
    let marker = Marker {
        last_read_id: 4,
        version: 2,
        updated_at: at(),
    };
    check("Marker", &marker);
    let markers = Markers {
        home: Some(marker),
        notifications: None,
    };
    assert_eq!(
        serde_json::to_value(&markers)
            .unwrap()
            .as_object()
            .unwrap()
            .len(),
        1
    );
    check("Rule", &rule());
    assert_eq!(serde_json::to_string(&Empty {}).unwrap(), "{}");
}

fn rule() -> Rule {
    let german = RuleTranslation {
        text: "Seid nett".into(),
        hint: String::new(),
    };
    Rule {
        id: 1,
        text: "Be kind".into(),
        hint: String::new(),
        translations: BTreeMap::from([("de".to_owned(), german)]),
    }
}

#[test]
fn the_server_itself() {
    let statuses = InstanceStatuses {
        max_characters: 500,
        max_media_attachments: 4,
        characters_reserved_per_url: 23,
    };
    let polls = InstancePolls {
        max_options: 4,
        max_characters_per_option: 50,
        min_expiration: 300,
        max_expiration: 2_629_746,
    };
    check(
        "V1_Instance",
        &InstanceV1 {
            uri: "porch.test".into(),
            title: "Porch".into(),
            short_description: String::new(),
            description: String::new(),
            email: String::new(),
            version: "4.6.0 (compatible; Porchlight 0.1.0)".into(),
            urls: InstanceV1Urls {
                streaming_api: "wss://porch.test".into(),
            },
            stats: InstanceV1Stats {
                user_count: 1,
                status_count: 1,
                domain_count: 0,
            },
            thumbnail: None,
            languages: vec!["en".into()],
            registrations: true,
            approval_required: true,
            invites_enabled: false,
            configuration: InstanceV1Configuration {
                accounts: InstanceV1Accounts {
                    max_featured_tags: 0,
                    max_pinned_statuses: 5,
                },
                statuses,
                media_attachments: InstanceV1Media {
                    supported_mime_types: vec!["image/png"],
                    image_size_limit: 1,
                    image_matrix_limit: 1,
                    video_size_limit: 0,
                    video_frame_rate_limit: 0,
                    video_matrix_limit: 0,
                },
                polls,
            },
            contact_account: Some(Arc::new(account())),
            rules: vec![rule()],
        },
    );
    let feeds = InstanceFeedAccess {
        local: "public",
        remote: "authenticated",
    };
    let value = check(
        "Instance",
        &Instance {
            domain: "porch.test".into(),
            title: "Porch".into(),
            version: "4.6.0 (compatible; Porchlight 0.1.0)".into(),
            source_url: "https://porch.test/source".into(),
            description: String::new(),
            usage: InstanceUsage {
                users: InstanceUsageUsers { active_month: 1 },
            },
            thumbnail: InstanceThumbnail {
                url: "https://porch.test/t.png".into(),
                description: None,
                blurhash: None,
            },
            icon: vec![InstanceIcon {
                src: "https://porch.test/i.png".into(),
                size: "36x36".into(),
            }],
            languages: vec!["en".into()],
            configuration: InstanceConfiguration {
                urls: InstanceUrls {
                    streaming: "wss://porch.test".into(),
                    status: None,
                    about: None,
                    privacy_policy: None,
                    terms_of_service: None,
                },
                vapid: InstanceVapid {
                    public_key: String::new(),
                },
                accounts: InstanceAccounts {
                    max_display_name_length: 30,
                    max_note_length: 500,
                    max_avatar_description_length: 150,
                    max_header_description_length: 150,
                    max_featured_tags: 0,
                    max_pinned_statuses: 5,
                    max_profile_fields: 4,
                    profile_field_name_limit: 255,
                    profile_field_value_limit: 255,
                },
                statuses,
                media_attachments: InstanceMedia {
                    description_limit: 1500,
                    image_matrix_limit: 1,
                    image_size_limit: 1,
                    supported_mime_types: vec!["image/png"],
                    video_frame_rate_limit: 0,
                    video_matrix_limit: 0,
                    video_size_limit: 0,
                },
                polls,
                translation: InstanceTranslation { enabled: false },
                timelines_access: InstanceTimelinesAccess {
                    live_feeds: feeds,
                    hashtag_feeds: feeds,
                    trending_link_feeds: feeds,
                },
                limited_federation: false,
            },
            registrations: InstanceRegistrations {
                enabled: true,
                approval_required: true,
                reason_required: Some(true),
                message: None,
                min_age: None,
                url: Some("https://porch.test/apply".into()),
                effective_mode: RegistrationMode::Approval,
                reason: ModeReason::Admin,
                since: Some(at()),
                attended: true,
                review_time: Some("days"),
                questions: vec![Told {
                    id: "1".into(),
                    kind: "long",
                    label: "Who are you?".into(),
                    help: String::new(),
                    labels: serde_json::json!({"en": "Who are you?"}),
                    choices: vec![],
                    required: true,
                    max_length: Some(2000),
                }],
                asks: 1,
            },
            api_versions: BTreeMap::from([("mastodon", 1)]),
            wrapstodon: (),
            contact: InstanceContact {
                email: String::new(),
                abuse_email: String::new(),
                account: None,
            },
            rules: vec![],
        },
    );
    assert_eq!(value["registrations"]["effective_mode"], "approval");
    assert_eq!(value["registrations"]["since"], "2023-11-14T22:13:20.123Z");
}
