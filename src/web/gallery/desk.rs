//! The desk of the reviewers.

use askama::Template;

use super::sample::*;
use crate::web::parts::form::Form;
use crate::web::parts::pager::Pager;
use crate::web::review::{application, hosts, queue};

/// Name and page.
pub fn pages() -> Vec<Hung> {
    let mut made = Vec::new();
    let mut hang = |name, html| made.push((name, html));
    let queue_row = |id: &str, name: &str, n: i64| queue::QueueRow {
        id: id.into(),
        username: name.to_lowercase(),
        display_name: name.into(),
        avatar_url: format!("/static/sample/{n}.svg"),
        answer: answers().remove(0).given,
        submitted_at: ago(n * 100),
        state: "Waiting".into(),
        email_domain: "post.example".into(),
        confirmed: true,
        drafts: n % 3,
        hints: Vec::new(),
    };
    let queue_page = |rows: Vec<queue::QueueRow>| queue::QueuePage {
        page: staff("The desk"),
        door: "Anybody may apply; a person reads every application.".into(),
        moderates: true,
        waiting: rows.len() as i64,
        unconfirmed: 1,
        newest_first: false,
        decided: false,
        query: String::new(),
        rows,
        pager: Pager::default(),
    };
    hang(
        "queue",
        queue_page(vec![queue_row("11", "Rosa", 5), queue_row("12", "Tom", 4)]).render(),
    );
    hang("queue_empty", queue_page(Vec::new()).render());
    let mut applicant_profile = profile_view(5);
    applicant_profile.account = chip("rosa", "Rosa", 5);
    hang(
        "application",
        application::ApplicationPage {
            page: staff("Rosa is at the door"),
            id: "11".into(),
            version: "3".into(),
            state: "Waiting".into(),
            decidable: true,
            not_by_you: None,
            submitted_at: ago(200),
            answers: answers(),
            profile: applicant_profile,
            drafts: draft_views(),
            origin: vec![
                ("Mail domain".into(), "post.example".into()),
                ("Address".into(), "192.0.2.77".into()),
                ("Time to fill in".into(), "3 min 20 s".into()),
            ],
            hints: vec!["Came back on another day.".into()],
            form: Form::new(),
            mail_works: true,
            history: vec![
                application::HistoryLine {
                    at: ago(200),
                    sentence: "Rosa applied.".into(),
                    words: String::new(),
                },
                application::HistoryLine {
                    at: ago(190),
                    sentence: "The address was confirmed.".into(),
                    words: String::new(),
                },
            ],
            next: Some("/desk/applications/12".into()),
        }
        .render(),
    );
    let host_row = |domain: &str, failing: bool| hosts::HostRow {
        domain: domain.into(),
        state: if failing { "failing" } else { "fine" },
        badge: if failing { "badge-bad" } else { "badge-good" },
        software: Some("porchlight 1.0".into()),
        waiting: if failing { 3 } else { 0 },
        delivered: 812,
        delivered_at: Some(ago(30)),
        next_at: failing.then(|| ago(-7)),
        error: failing.then(|| "It answered 503.".into()),
    };
    let tab = |name, count, current| hosts::Tab {
        name,
        count,
        path: "/desk/hosts".into(),
        current,
    };
    let hosts_page = |rows: Vec<hosts::HostRow>| hosts::HostsPage {
        page: staff("Other servers"),
        summary: "3 deliveries wait, for one server.".into(),
        tabs: vec![tab("All", 2, true), tab("Failing", 1, false)],
        kind: String::new(),
        query: String::new(),
        rows,
        more: Some("/desk/hosts?after=porch.example".into()),
        kept: hosts::KeptFiles {
            words: "3.1 GB of 5.4 GB, in 8120 files".into(),
            full: 57,
        },
    };
    let rows = vec![
        host_row("lane.example", true),
        host_row("porch.example", false),
    ];
    hang("hosts", hosts_page(rows).render());
    hang("hosts_empty", hosts_page(Vec::new()).render());
    let sent_line = |what: &str, note: &str| hosts::SentLine {
        what: what.into(),
        path: Some("/desk/hosts/posts/11".into()),
        at: ago(90),
        note: note.into(),
    };
    hang(
        "hosts_one",
        hosts::HostPage {
            page: staff("Another server"),
            host: host_row("lane.example", true),
            sentence: "It is tried again and again, with longer and longer pauses.",
            tried_at: Some(ago(3)),
            failing_since: Some(ago(300)),
            fails: 4,
            signatures: "as the whole network does (draft-cavage)",
            can_retry: true,
            kept: "41.3 MB".into(),
            waiting: vec![sent_line("A post", "tried once")],
            refused: vec![sent_line("An edit", "answered 422")],
        }
        .render(),
    );
    let host_line = |note: &str| hosts::HostLine {
        domain: "lane.example".into(),
        path: "/desk/hosts/lane.example".into(),
        what: "A post".into(),
        note: note.into(),
    };
    hang(
        "hosts_post",
        hosts::PostPage {
            page: staff("Where a post went"),
            post: Some("/@ann/11".into()),
            author: "ann".into(),
            told: vec![hosts::ToldLine {
                what: "A post".into(),
                recipients: 12,
                delivered: 9,
                waiting: 2,
                dropped: 1,
                at: ago(90),
            }],
            waiting: vec![host_line("tried 2 times")],
            refused: vec![host_line("answered 403")],
        }
        .render(),
    );
    made
}
