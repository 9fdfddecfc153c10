//! What anybody may see.

use askama::Template;

use super::sample::*;
use crate::web::parts::pager::Pager;
use crate::web::public::{about, audit, door, follows, profile, status, timeline, trouble};

/// Name and page.
pub fn pages() -> Vec<Hung> {
    let mut made = Vec::new();
    let mut hang = |name, html| made.push((name, html));
    hang(
        "profile",
        profile::ProfilePage {
            page: member("João"),
            profile: profile_view(2),
            relation: Some(relation(false)),
            own: false,
            tab: profile::ProfileTab::Posts,
            pinned: posts().into_iter().skip(5).collect(),
            moved_to: None,
            statuses: posts().into_iter().take(5).collect(),
            pager: pager(),
        }
        .render(),
    );
    hang(
        "profile_stranger",
        profile::ProfilePage {
            page: stranger("João"),
            profile: profile_view(2),
            relation: None,
            own: false,
            tab: profile::ProfileTab::Replies,
            pinned: Vec::new(),
            moved_to: Some(chip("joao@garden.example", "João", 2)),
            statuses: posts(),
            pager: Pager::default(),
        }
        .render(),
    );
    hang(
        "follows",
        follows::FollowsPage {
            page: member("Followers"),
            account: chip("ann", "Ann Verbeek", 1),
            followers: true,
            rows: rows(),
            pager: Pager::default(),
            hidden: false,
        }
        .render(),
    );
    let mut focus = posts().remove(0);
    focus.focused = true;
    hang(
        "thread",
        status::ThreadPage {
            page: member("Post by João"),
            ancestors: vec![post(
                9,
                chip("mina@garden.example", "Mina", 3),
                "<p>How is the roof doing?</p>",
            )],
            status: focus,
            descendants: vec![
                status::Reply {
                    status: posts().remove(1),
                    depth: 1,
                },
                status::Reply {
                    status: post(
                        8,
                        chip("joao", "João 🌿", 2),
                        "<p>Half past six is fine.</p>",
                    ),
                    depth: 2,
                },
                status::Reply {
                    status: posts().remove(3),
                    depth: 1,
                },
            ],
            compose: Some(box_for_writing(None)),
            more: Some(status::More {
                pinned: Some(false),
                muted: false,
            }),
        }
        .render(),
    );
    hang(
        "tag",
        timeline::TimelinePage {
            page: stranger("#garden"),
            heading: "#garden".into(),
            intro: "Public posts with this tag, newest first.".into(),
            statuses: posts(),
            empty: "Nothing with this tag yet.".into(),
            pager: Pager::default(),
            tag: None,
        }
        .render(),
    );
    let stretch = |x: &str, width: &str, mode, title: &str| door::Stretch {
        x: x.into(),
        width: width.into(),
        mode,
        title: title.into(),
    };
    hang(
        "door",
        door::DoorPage {
            page: stranger("The door"),
            sentence: "The door takes applications; people decide, as the admin chose.".into(),
            since: Some(ago(3000)),
            readers: vec!["Ann".into(), "João".into()],
            usual_wait: Some("a day".into()),
            last_decision: Some(ago(500)),
            band: vec![
                stretch("0.0", "600.0", "approval", "By application from 3 Feb 2026"),
                stretch("600.0", "150.0", "closed", "Closed from 1 Aug 2026"),
                stretch(
                    "750.0",
                    "250.0",
                    "approval",
                    "By application from 1 Sep 2026",
                ),
            ],
            band_words: "By application from 3 Feb 2026, then closed.".into(),
            changes: vec![door::ChangeRow {
                at: ago(3000),
                from: Some("Closed"),
                to: "By application",
                cause: "The admin’s choice",
            }],
            by_hours: 14,
            successions: vec![ago(90_000)],
            unwatched: false,
        }
        .render(),
    );
    hang(
        "public_audit",
        audit::PublicAuditPage {
            page: stranger("What staff did"),
            rows: vec![(ago(50), "let somebody in".into())],
        }
        .render(),
    );
    hang(
        "about",
        about::AboutPage {
            page: stranger("About"),
            paragraphs: vec!["Neighbours of the lane, since 2026.".into()],
            rules: vec![
                about::HouseRule {
                    text: "Be kind.".into(),
                    hint: "Also on Mondays.".into(),
                },
                about::HouseRule {
                    text: "No advertising.".into(),
                    hint: String::new(),
                },
            ],
            staff: rows()
                .into_iter()
                .map(|mut r| {
                    r.relation = None;
                    r
                })
                .collect(),
            contact: "ann@lantern.example".into(),
            door: "Anybody may apply; a person reads every application.".into(),
            members: 42,
            servers: true,
        }
        .render(),
    );
    for (name, title, status, sentence) in [
        (
            "not_found",
            "Nobody lives here",
            404,
            "There is no such page. Perhaps it moved, perhaps it never was.",
        ),
        (
            "broken",
            "Something fell over",
            500,
            "It is our fault and has been written down. Please try again in a minute.",
        ),
    ] {
        hang(
            name,
            trouble::TroublePage {
                page: stranger(title),
                status,
                sentence: sentence.into(),
                onward: None,
                kept: Vec::new(),
            }
            .render(),
        );
    }
    made
}
