//! Leaving for a while, coming back, and taking one's things along.

use askama::Template;

use super::sample::{Hung, ago, member, staff};
use crate::files::default_pictures;
use crate::web::parts::form::Form;
use crate::web::review::{absence, away, queue};
use crate::web::settings::export;

/// The pages of an absence.
pub fn pages() -> Vec<Hung> {
    let absence = |admin, planned, form| absence::AbsencePage {
        page: staff("Away for a while"),
        admin,
        planned,
        form,
        modes: absence::MODES.to_vec(),
        help: "30 days later at the most. Days begin at midnight in Europe/Berlin.".into(),
    };
    let planned = |lasts| {
        Some(absence::Planned {
            lasts,
            from: "Thursday, 24 December 2026".into(),
            to: "Wednesday, 6 January 2027".into(),
            mode: "By invitation",
        })
    };
    let typed = Form::new()
        .with("from", "2026-12-24")
        .with("to", "2026-12-24")
        .with("mode", "closed")
        .error(
            "to",
            "The first day back must be a day after the first one away.",
        );
    let row = |id: &str, name: &str| queue::QueueRow {
        id: id.into(),
        pick: format!("{id}-0123456789abcdef01234567"),
        path: format!("/desk/applications/{id}"),
        alike: String::new(),
        username: name.to_lowercase(),
        display_name: name.into(),
        avatar_url: default_pictures::AVATAR_PATH.to_owned(),
        answer: "I like porches.".into(),
        submitted_at: ago(40_000),
        state: "Waiting".into(),
        reader: String::new(),
        email_domain: "example.org".into(),
        confirmed: true,
        drafts: 1,
        hints: Vec::new(),
    };
    let told = away::Told {
        door: "Nobody can come in, and time stands still for those who wait.",
        why: "No sign of life of anybody who looks after this place was seen for too long.",
        since: ago(50_000),
        figures: vec![
            ("New members", "2".into(), ""),
            ("Waiting to be read", "over 1000".into(), "/desk"),
        ],
        joined: vec![("tom".into(), ago(45_000)), ("ida".into(), ago(46_000))],
        more_joined: true,
        old: vec![row("12", "Tom"), row("13", "Ida")],
        moderates: true,
        sealed: true,
        not_yet: String::new(),
        wishes: vec!["mona".into()],
        needs_second: true,
        more_days: 7,
    };
    let away = |told, form| away::AwayPage {
        page: staff("While you were away"),
        told,
        form,
    };
    let blank = Form::new().error("question", "Write what you would like to know.");
    let quiet = away::Told {
        figures: Vec::new(),
        joined: Vec::new(),
        old: Vec::new(),
        wishes: Vec::new(),
        not_yet: "An admin gives the door back to what it was.".into(),
        ..told.clone()
    };
    let mut export = export::ExportPage {
        page: member("Take along"),
        files: export::files(),
    };
    export.page.in_distress = true;
    vec![
        ("absence", absence(true, planned(true), typed).render()),
        (
            "absence, to look at",
            absence(false, None, Form::new()).render(),
        ),
        ("away", away(Some(told), blank).render()),
        (
            "away, little happened",
            away(Some(quiet), Form::new()).render(),
        ),
        ("away, nothing", away(None, Form::new()).render()),
        ("export", export.render()),
    ]
}
