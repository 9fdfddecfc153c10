//! The porch in the app: one status by the server above the drafts, which says where the
//! application stands and what was asked back. A reply to it answers (registration.md C2).

use std::sync::Arc;

use super::entities::{Account, Status};
use super::pending::{self, Wanted};
use super::pending_words;
use crate::app::App;
use crate::domain::application::MessageKind;
use crate::domain::{Error, Id, Result, ids};
use crate::gate::applications::answer::{self, Reply};
use crate::gate::applications::progress::{self, Progress};
use crate::gate::questions::Given;
use crate::gate::who::Applicant;
use crate::model::application::ApplicationMessage;
use crate::text::catalogue::Words;
use crate::text::html;

/// In the sequence of an id, what is rarely given out: the notice came into its state in a
/// millisecond in which the database hardly made as many ids.
const NOTICE: Id = 0xfff0;

/// The notice; `drafts` is how many stand below it.
///
/// # Errors
/// `NotFound` for members, who have none.
pub async fn notice(app: &App, who: &Applicant, drafts: usize) -> Result<Status> {
    let progress = progress::read(app, who.signed_in()).await?;
    if !who.is_waiting() {
        return Err(Error::NotFound);
    }
    of(app, &progress, drafts).await
}

/// The notice, or a reply that was given, by its id.
///
/// # Errors
/// `NotFound`.
pub async fn find(app: &App, who: &Applicant, id: Id) -> Result<Status> {
    let progress = progress::read(app, who.signed_in()).await?;
    if id_of(&progress) == id && who.is_waiting() {
        let drafts = crate::gate::drafts::list(app, who).await?;
        return of(app, &progress, drafts.len()).await;
    }
    let reply = progress
        .messages
        .iter()
        .find(|m| m.kind == MessageKind::Answer && id_of_reply(m) == id)
        .ok_or(Error::NotFound)?;
    as_status(app, who, reply, None).await
}

/// A reply to the notice answers what was asked back; to anything else there is none.
///
/// # Errors
/// `Invalid` with a sentence: nothing was asked, it is not the notice, there is no text or
/// too much, it has more than text.
pub async fn reply(app: &App, who: &Applicant, to: Id, wanted: Wanted) -> Result<Status> {
    let progress = progress::read(app, who.signed_in()).await?;
    let is_ours = |m: &ApplicationMessage| ids::time_of(to) <= m.created_at;
    let is_notice = to == id_of(&progress)
        // The one that stood there until it was answered: an app that sends again.
        || (to & 0xffff == NOTICE && progress.messages.last().is_some_and(is_ours));
    if !is_notice {
        return Err(pending::beyond("a post that it answers"));
    }
    let save = wanted.save;
    let more = save.poll.is_some() || save.pictures.as_ref().is_some_and(|p| !p.is_empty());
    if more || wanted.beyond.is_some() {
        return Err(Error::invalid(
            "An answer to the people who read applications is text alone.",
        ));
    }
    let text = match save.spoiler_text.is_empty() {
        true => save.text,
        false => format!("{}\n\n{}", save.spoiler_text, save.text),
    };
    let answered = answer::reply(app, who.signed_in(), meant(app, &progress, text)?).await?;
    match answered {
        Some(message) => as_status(app, who, &message, Some(to)).await,
        // It answered a question of the form; the notice says what comes next.
        None => notice(app, who, crate::gate::drafts::list(app, who).await?.len()).await,
    }
}

/// What the text answers: the question of staff, or the one question of the form that is open
/// and takes words.
fn meant(app: &App, progress: &Progress, text: String) -> Result<Reply> {
    let open = progress.left_open();
    match (progress.asked(), open.as_slice()) {
        (None, [one]) if one.kind.is_text() => Ok(Reply {
            given: vec![Given {
                version: one.id,
                values: vec![text],
            }],
            text: String::new(),
        }),
        (_, [_, ..]) => Err(Error::invalid(format!(
            "Some questions of the form are open, too. Please answer here: {}",
            app.url("/waiting")
        ))),
        _ => Ok(Reply {
            text,
            given: Vec::new(),
        }),
    }
}

/// The same for as long as the application is in its state, so that apps write over what they
/// have.
fn id_of(progress: &Progress) -> Id {
    ids::first_at(progress.since) | NOTICE
}

fn id_of_reply(message: &ApplicationMessage) -> Id {
    ids::first_at(message.created_at) | (message.id & 0x7fff)
}

async fn of(app: &App, progress: &Progress, drafts: usize) -> Result<Status> {
    let instance = app.instance().await?;
    let words = Words::of(&progress.application.locale);
    let text = pending_words::notice(words, &instance.title, progress, drafts, app.clock.now());
    let place = Arc::new(Account {
        username: "porch".into(),
        acct: "porch".into(),
        display_name: instance.title.clone(),
        bot: true,
        ..pending::nobody(app)
    });
    let waiting = app.url("/waiting");
    Ok(Status {
        id: id_of(progress),
        created_at: progress.since,
        language: Some(words.0.code().into()),
        uri: waiting.clone(),
        url: Some(waiting),
        content: Some(html::note_html(&text, true)),
        draft: false,
        ..pending::bare(place)
    })
}

async fn as_status(
    app: &App,
    who: &Applicant,
    message: &ApplicationMessage,
    to: Option<Id>,
) -> Result<Status> {
    let waiting = app.url("/waiting");
    Ok(Status {
        id: id_of_reply(message),
        created_at: message.created_at,
        in_reply_to_id: to,
        in_reply_to_account_id: to.map(|_| pending::SERVER_ID),
        uri: waiting.clone(),
        url: Some(waiting),
        content: Some(html::note_html(&message.body, true)),
        ..pending::bare(pending::author(app, who).await?)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::applications::progress::Step;
    use crate::gate::mode::Readers;
    use crate::mastodon_api::pending_words::tests::progress;

    #[test]
    fn the_notice_keeps_its_id_while_the_state_stays() {
        let one = progress(Step::Confirmed, Readers::default());
        let mut read = progress(Step::BeingRead, Readers::default());
        assert_eq!(id_of(&one), id_of(&read));
        read.since += chrono::TimeDelta::seconds(1);
        assert!(id_of(&one) < id_of(&read));
    }
}
