//! What anybody may see.

use askama::Template;

use super::sample::*;
use crate::web::parts::pager::Pager;
use crate::web::public::{about, follows, profile, status, timeline, trouble};

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
            }
            .render(),
        );
    }
    made
}
