//! The desk of the reviewers.

use askama::Template;

use super::sample::*;
use crate::web::parts::form::Form;
use crate::web::parts::pager::Pager;
use crate::web::review::{application, queue};

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
    made
}
