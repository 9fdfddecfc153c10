//! What a member sees after signing in.

use askama::Template;

use super::sample::*;
use crate::social::notification_requests::NotificationPolicy;
use crate::web::home::{
    compose, delete, draft, drafts, notifications, requests, search, tags, timeline as home,
    welcome,
};
use crate::web::parts::compose::KeptPicture;
use crate::web::parts::form::Form;
use crate::web::parts::layout::{Flash, Here, Page};
use crate::web::parts::pager::Pager;
use crate::web::public::timeline;
/// Name and page.
pub fn pages() -> Vec<Hung> {
    let mut made = Vec::new();
    let mut hang = |name, html| made.push((name, html));
    let draft_page = |page: Page| draft::DraftPage {
        page,
        id: "71".into(),
        form: Form::new()
            .with("text", "Hello, everybody! I am Rosa.")
            .with("visibility", "unlisted"),
        pictures: vec![draft::DraftPictureView {
            id: "72".into(),
            shown: posts().remove(0).media.remove(0),
        }],
        may_add: true,
        updated_at: ago(12),
        max_chars: 500,
    };
    hang("draft", draft_page(member("A draft")).render());
    hang("draft_waiting", draft_page(applicant("A draft")).render());
    hang(
        "drafts",
        drafts::DraftsPage {
            page: member("Drafts"),
            drafts: draft_views(),
        }
        .render(),
    );
    hang(
        "welcome",
        welcome::WelcomePage {
            page: member("Come in"),
            drafts: draft_views(),
            message: "The accordion man lives at number 9.".into(),
            people: rows(),
            tags: tag_buttons(),
            compose: Some(box_for_writing(None)),
        }
        .render(),
    );
    let mut home_page = staff("Home");
    home_page.here = Here::Home;
    home_page.flash = Some(Flash::done("Posted."));
    hang(
        "home",
        home::HomePage {
            page: home_page,
            compose: Some(box_for_writing(None)),
            statuses: posts(),
            seen: Some(home::Seen {
                new: 2,
                at: ago(45),
            }),
            newest: "115".into(),
            pager: pager(),
            drafts_waiting: 1,
        }
        .render(),
    );
    hang(
        "home_full",
        home::HomePage {
            page: staff("Home"),
            compose: Some(box_for_writing(None)),
            statuses: (0..4)
                .flat_map(|n| {
                    posts().into_iter().map(move |mut s| {
                        s.id = format!("1150{n}{:015}", s.id.parse::<i64>().unwrap_or(0));
                        s
                    })
                })
                .take(20)
                .collect(),
            seen: None,
            newest: "115".into(),
            pager: pager(),
            drafts_waiting: 0,
        }
        .render(),
    );
    hang(
        "home_empty",
        home::HomePage {
            page: member("Home"),
            compose: Some(box_for_writing(None)),
            statuses: Vec::new(),
            seen: None,
            newest: "115".into(),
            pager: Pager::default(),
            drafts_waiting: 0,
        }
        .render(),
    );
    hang(
        "compose",
        compose::ComposePage {
            page: member("Reply"),
            compose: {
                let mut compose = box_for_writing(posts().into_iter().nth(2));
                compose.kept = vec![KeptPicture {
                    place: 1,
                    private: false,
                    id: "9".into(),
                    shown: posts().remove(0).media.remove(0),
                }];
                compose
            },
        }
        .render(),
    );
    hang(
        "delete",
        delete::DeletePage {
            page: member("Delete"),
            status: posts().remove(1),
            return_to: "/home".into(),
        }
        .render(),
    );
    let notice = |kind, new, status| {
        notifications::Notice {
        kind,
        account: chip("joao", "João 🌿", 2),
        severed: (kind == notifications::NoticeKind::Severed).then(|| notifications::SeveredNote {
            words: "The moderators blocked loud.example. Follows that ended: 2 of yours, 1 of your followers".into(),
            path: "/severed/1".into(),
        }),
        others: match kind {
            notifications::NoticeKind::Favourite => {
                vec![chip("ann", "Ann Verbeek", 1), chip("noor", "نور", 4)]
            }
            notifications::NoticeKind::Boost => vec![chip("noor", "نور", 4)],
            _ => Vec::new(),
        },
        at: ago(30),
        new,
        status,
    }
    };
    use notifications::NoticeKind;
    let mut notices_page = member("Notices");
    notices_page.here = Here::Notifications;
    hang(
        "notifications",
        notifications::NotificationsPage {
            page: notices_page,
            requests: vec![notifications::FollowRequestRow {
                id: "5".into(),
                account: chip("noor", "نور", 4),
            }],
            waiting: 3,
            notices: vec![
                notice(NoticeKind::Mention, true, Some(posts().remove(0))),
                notice(NoticeKind::Favourite, true, Some(posts().remove(5))),
                notice(NoticeKind::Boost, false, Some(posts().remove(1))),
                notice(NoticeKind::Follow, false, None),
            ],
            newest: "115".into(),
            pager: pager(),
        }
        .render(),
    );
    let request = |id: &str, count: &str, status| requests::RequestEntry {
        id: id.into(),
        account: chip("noor", "نور", 4),
        count: count.into(),
        at: ago(30),
        status,
    };
    let mut requests_page = member("Requests");
    requests_page.here = Here::Notifications;
    hang(
        "requests",
        requests::RequestsPage {
            page: requests_page,
            requests: vec![
                request("7", "12 notifications", Some(posts().remove(0))),
                request("8", "1 notification", None),
            ],
            pager: pager(),
            choices: requests::choices(&NotificationPolicy::default()),
        }
        .render(),
    );
    hang(
        "bookmarks_empty",
        timeline::TimelinePage {
            page: member("Bookmarks"),
            heading: "Bookmarks".into(),
            intro: String::new(),
            statuses: Vec::new(),
            empty: "Nothing kept yet.".into(),
            pager: Pager::default(),
            tag: None,
        }
        .render(),
    );
    hang(
        "tags",
        tags::TagsPage {
            page: member("Tags you follow"),
            tags: tag_buttons(),
        }
        .render(),
    );
    hang(
        "search",
        search::SearchPage {
            page: member("Search"),
            query: "garden".into(),
            accounts: rows(),
            tags: vec!["garden".into(), "gardening".into()],
            statuses: Vec::new(),
        }
        .render(),
    );
    made
}
