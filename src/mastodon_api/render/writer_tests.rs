use std::sync::Arc;

use chrono::{DateTime, Utc};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::{Urls, account as account_fragment, plain, status as status_fragment};
use super::*;
use crate::domain::hold_reason::HoldReason;
use crate::domain::visibility::Visibility;
use crate::model::account::Account;
use crate::model::status_parts::{Attached, Mentioned, PostedWith, StatusParts};
use crate::social::page::{AuthorFacts, BoostedFacts, PageRow};

const URLS: Urls<'static> = Urls {
    origin: "https://porch.test",
    remote: None,
};

fn time() -> impl Strategy<Value = DateTime<Utc>> {
    (0i64..4_000_000_000_000).prop_map(|ms| DateTime::from_timestamp_millis(ms).unwrap())
}

fn account_row() -> impl Strategy<Value = Account> {
    (
        (
            1i64..i64::MAX,
            "[a-z0-9_]{1,12}",
            proptest::option::of("[a-z]{1,8}\\.test"),
            "\\PC{0,20}",
            "\\PC{0,40}",
        ),
        (
            any::<bool>(),
            any::<bool>(),
            any::<bool>(),
            0i16..5,
            0i32..16,
            1i32..9,
        ),
        (
            proptest::option::of("media/[a-f0-9]{4}\\.png"),
            "\\PC{0,20}",
            "\\PC{0,20}",
            time(),
        ),
    )
        .prop_map(
            |(
                (id, username, domain, display_name, note_html),
                (locked, discoverable, indexable, kind, flags, version),
                (avatar_path, name, value, at),
            )| Account {
                id,
                host_id: domain.is_some().then_some(7),
                username,
                uri: domain.as_ref().map(|d| format!("https://{d}/u/{id}")),
                handle_domain: domain,
                uri_hash: None,
                url: None,
                display_name,
                note_html,
                note_source: None,
                fields: json!([{ "name": name, "value": value }]),
                kind,
                locked,
                discoverable,
                indexable,
                hide_collections: locked,
                avatar_path,
                header_path: None,
                avatar_remote_url: None,
                header_remote_url: None,
                avatar_description: String::new(),
                header_description: "a \"header\"".into(),
                also_known_as: Vec::new(),
                moved_to_id: None,
                flags,
                version,
                sanitiser_version: 0,
                created_at: at,
                updated_at: at,
                fetched_at: None,
                emojis: None,
            },
        )
}

fn parts() -> impl Strategy<Value = StatusParts> {
    (
        (
            1i64..i64::MAX,
            "[a-z0-9_]{1,12}",
            proptest::option::of("[a-z]{1,8}\\.test"),
            proptest::option::of(1i64..999),
        ),
        (
            0usize..4,
            any::<bool>(),
            "\\PC{0,30}",
            "\\PC{0,80}",
            proptest::option::of("[a-z]{2}"),
        ),
        (time(), proptest::option::of(time())),
        (
            proptest::collection::vec("\\PC{1,12}", 0..3),
            proptest::collection::vec((1i64..99, "\\PC{0,20}"), 0..3),
        ),
        (
            proptest::collection::vec(
                (
                    1i64..99,
                    "[a-z]{1,9}",
                    proptest::option::of("[a-z]{1,8}\\.test"),
                ),
                0..3,
            ),
            proptest::option::of("\\PC{1,12}"),
        ),
    )
        .prop_map(
            |(
                (id, author, author_domain, in_reply_to_id),
                (visibility, sensitive, spoiler_text, html, language),
                (created_at, edited_at),
                (tags, media),
                (mentions, app),
            )| StatusParts {
                id,
                version: 1,
                account_id: 5,
                author,
                uri: author_domain
                    .as_ref()
                    .map(|d| format!("https://{d}/n/{id}")),
                author_domain,
                url: None,
                reblog_of_id: None,
                in_reply_to_id,
                in_reply_to_account_id: in_reply_to_id,
                visibility: Visibility::ALL[visibility],
                sensitive,
                spoiler_text,
                html,
                language,
                created_at,
                edited_at,
                mentions: mentions
                    .into_iter()
                    .map(|(id, username, domain)| Mentioned {
                        id,
                        username,
                        domain,
                        url: None,
                    })
                    .collect(),
                tags,
                media: media
                    .into_iter()
                    .map(|(id, description)| Attached {
                        id,
                        kind: (id % 5) as i16,
                        path: Some(format!("media/aa/bb/{id}.jpg")),
                        preview_path: None,
                        remote_url: None,
                        width: Some(640),
                        height: (id % 2 == 0).then_some(480),
                        blurhash: Some("L\"x".into()),
                        focus_x: Some(0.5),
                        focus_y: Some(-0.25),
                        description,
                    })
                    .collect(),
                emojis: Vec::new(),
                app: app.map(|name| PostedWith {
                    name,
                    website: None,
                }),
            },
        )
}

fn numbers() -> impl Strategy<Value = (Counters, AccountCounters, Bits)> {
    (
        any::<[u32; 6]>(),
        any::<[bool; 4]>(),
        proptest::option::of(any::<bool>()),
        proptest::option::of(time()),
    )
        .prop_map(|(n, b, pinned, at)| {
            let n = n.map(i64::from);
            (
                Counters {
                    replies: n[0],
                    reblogs: n[1],
                    favourites: n[2],
                },
                AccountCounters {
                    followers: n[3],
                    following: n[4],
                    statuses: n[5],
                    last_status_at: at,
                },
                Bits {
                    favourited: b[0],
                    reblogged: b[1],
                    bookmarked: b[2],
                    muted: b[3],
                    pinned,
                    held: pinned.and(b[0].then_some(HoldReason::FirstWeek)),
                },
            )
        })
}

fn facts(account: &Account, counters: AccountCounters) -> AuthorFacts {
    AuthorFacts {
        id: account.id,
        version: account.version,
        counters,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn what_is_spliced_equals_the_plain_entity(
        outer in parts(),
        inner in proptest::option::of(parts()),
        author in account_row(),
        other in account_row(),
        (counters, of_author, bits) in numbers(),
        signed_in in any::<bool>(),
    ) {
        let item = Item {
            row: PageRow {
                id: outer.id,
                version: 1,
                author: facts(&author, of_author),
                boosted: inner.as_ref().map(|i| BoostedFacts { id: i.id, version: 1, author: facts(&other, of_author) }),
                counters,
                bits,
                poll: None,
                feeds_generation: 0,
            },
            status: status_fragment::fragment(&URLS, &outer),
            account: account_fragment::fragment(&URLS, &author, None),
            boosted: inner.as_ref().map(|i| (status_fragment::fragment(&URLS, i), account_fragment::fragment(&URLS, &other, None))),
        };
        let around = |row: &Account, reblog| plain::Around {
            account: Arc::new(plain::account(&URLS, row, &of_author)),
            counters,
            bits: signed_in.then_some(bits),
            reblog,
        };
        let reblog = inner.as_ref().map(|i| Box::new(plain::status(&URLS, i, around(&other, None))));
        let expected = serde_json::to_value(plain::status(&URLS, &outer, around(&author, reblog))).unwrap();
        let spliced: Value = serde_json::from_slice(&one_status(&item, signed_in)).unwrap();
        prop_assert_eq!(spliced, expected);
        let page: Vec<Value> = serde_json::from_slice(&statuses(&[item.clone(), item], signed_in)).unwrap();
        prop_assert_eq!(page.len(), 2);
    }
}

#[test]
fn no_items_are_an_empty_array() {
    assert_eq!(statuses(&[], true), b"[]");
    assert_eq!(
        context(&[], &[], false),
        b"{\"ancestors\":[],\"descendants\":[]}"
    );
}
