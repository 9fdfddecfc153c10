//! What somebody sees who comes to the door and waits.

use askama::Template;

use super::sample::*;
use crate::gate::applications::progress::Step;
use crate::model::question::QuestionKind;
use crate::web::apply::{
    answers as answers_page, confirm, form as apply_form, moment, sent, waiting, withdraw,
};
use crate::web::parts::form::Form;
use crate::web::parts::layout::Here;
use crate::web::public::landing;
use crate::web::sandbox;
fn question(id: &str, kind: QuestionKind, label: &str) -> apply_form::Question {
    let choices = match kind {
        QuestionKind::Choice | QuestionKind::Multi => vec!["Upper <b>end".into(), "Soup".into()],
        _ => Vec::new(),
    };
    apply_form::Question {
        id: id.into(),
        kind,
        label: label.into(),
        label_lang: String::new(),
        help: "A sentence or two. This is not an exam.".into(),
        help_lang: String::new(),
        choices,
        required: id != "2",
        max_chars: 1000,
    }
}

/// The form.
pub fn apply_page(form: Form) -> apply_form::ApplyPage {
    let mut page = stranger("Apply to join");
    page.here = Here::Apply;
    page.has_errors = form.has_errors();
    apply_form::ApplyPage {
        page,
        form,
        form_token: "token".into(),
        questions: vec![
            question(
                "1",
                QuestionKind::Long,
                "What brings you here, and whom do you know?",
            ),
            question("2", QuestionKind::Short, "Who told you of us?"),
            question("3", QuestionKind::Choice, "Which end of the lane?"),
            question("4", QuestionKind::Multi, "What would you bring along?"),
            question(
                "5",
                QuestionKind::Acknowledge,
                "Dogs stay on the leash here",
            ),
        ],
        rules: vec!["Be kind.".into(), "No advertising.".into()],
        readers: vec!["Ann".into(), "João".into()],
        usual_wait: Some("a day".into()),
        email_needed: true,
        password_min: 8,
        in_line: false,
        work: apply_form::Work::on("token", 8),
        invitation: None,
    }
}

fn waiting_page(step: Step) -> waiting::WaitingPage {
    let mut page = applicant("Waiting");
    page.here = Here::Waiting;
    waiting::WaitingPage {
        page,
        step,
        path: waiting::path(step, false),
        submitted_at: ago(200),
        email: Some("rosa@post.example".into()),
        email_next: None,
        email_form: Form::new(),
        in_line: false,
        put_off: None,
        stands: false,
        appealed: false,
        readers: vec!["Ann".into(), "João".into()],
        usual_wait: Some("about a day".into()),
        last_decision: Some(ago(500)),
        answers: answers(),
        elsewhere: "@rosa@far.example".into(),
        may_edit: step == Step::Confirmed,
        messages: Vec::new(),
        asked: String::new(),
        open: Vec::new(),
        reply_form: Form::new(),
        reply_max: 2000,
        drafts: draft_views(),
        drafts_max: 10,
        draft_form: Form::new(),
        named: vec!["ann".into()],
        named_max: 3,
        vouch_form: Form::new(),
        max_chars: 500,
        decision: None,
    }
}

fn said(who: &'static str, text: &str) -> waiting::Said {
    waiting::Said {
        who,
        text: text.into(),
        at: ago(60),
    }
}

/// Every page by name.
pub fn pages() -> Vec<Hung> {
    let mut made = Vec::new();
    let mut hang = |name, html| made.push((name, html));
    let landing = |light_on: bool| {
        let mut page = stranger("Welcome");
        page.place.light_on = light_on;
        page.place.takes_applications = light_on;
        landing::LandingPage {
            page,
            description: "Neighbours of the lane: gardens, bread, bicycles, and who lost which cat.".into(),
            readers: vec!["Ann".into(), "João".into()],
            usual_wait: Some("about a day".into()),
            members: 42,
            closed_because: (!light_on).then(|| "Nobody has been at the door for two weeks, so it is locked until somebody comes home.".into()),
            invited_may: true,
            latest: posts().into_iter().take(2).collect(),
        }
    };
    hang("landing", landing(true).render());
    hang("landing_off", landing(false).render());
    hang("apply", apply_page(Form::new()).render());
    let refused = Form::new()
        .with("answer_1", "João told me about it.")
        .with("username", "admin")
        .with("email", "rosa@post")
        .error("username", "This name cannot be had. Try another one.")
        .error("email", "This does not look like an email address.");
    hang("apply_errors", apply_page(refused).render());
    hang(
        "sent",
        sent::SentPage {
            page: stranger("Thank you"),
            email: Some("rosa@post.example".into()),
            confirm_hours: 48,
        }
        .render(),
    );
    hang(
        "confirm",
        confirm::ConfirmPage {
            page: stranger("Confirm your address"),
            token: "token".into(),
            work: apply_form::Work::on("token", 8),
            wait: Some("2 minutes".into()),
        }
        .render(),
    );
    hang(
        "moment",
        moment::MomentPage {
            page: applicant("One moment"),
        }
        .render(),
    );
    hang("unconfirmed", waiting_page(Step::Sent).render());
    hang("waiting", waiting_page(Step::Confirmed).render());
    let mut asked = waiting_page(Step::AskedBack);
    asked.asked = "Which end of the lane do <b>you</b> live at?".into();
    asked.open = vec![question(
        "5",
        QuestionKind::Acknowledge,
        "Dogs stay on the leash",
    )];
    asked.email_next = Some("rosa@other.example".into());
    hang("asked", asked.render());
    let mut read = waiting_page(Step::BeingRead);
    read.path = waiting::path(Step::BeingRead, true);
    read.put_off = Some(ago(-10_000));
    read.appealed = true;
    read.messages = vec![
        said("You were asked", "Which end?"),
        said("You answered", "<i>Mine"),
    ];
    hang("read", read.render());
    let no = |may_appeal, expired| waiting::Rejection {
        expired,
        message: "We are full of bakers. Try the next lane?".into(),
        decided_at: ago(90),
        erased_at: ago(-20_000),
        may_again: expired,
        may_appeal,
        appeal_form: Form::new(),
    };
    let mut over = waiting_page(Step::Decided);
    over.path = waiting::path_to_the_end(false, false);
    over.decision = Some(no(false, true));
    hang("expired", over.render());
    let mut rejected = waiting_page(Step::Decided);
    rejected.decision = Some(no(true, false));
    hang(
        "answers",
        answers_page::AnswersPage {
            page: applicant("Your answers"),
            form: Form::new().with("answer_1", "João told me about it."),
            questions: apply_page(Form::new()).questions,
            asked: false,
        }
        .render(),
    );
    hang("rejected", rejected.render());
    hang(
        "withdraw",
        withdraw::WithdrawPage {
            page: applicant("Withdraw"),
            drafts: 2,
        }
        .render(),
    );
    hang(
        "sandbox",
        sandbox::SandboxProfilePage {
            page: applicant("Your profile"),
            profile: profile_form(false),
        }
        .render(),
    );
    made
}
