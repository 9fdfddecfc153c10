//! What a pending user's app gets where a member's app gets statuses and accounts
//! (registration.md C2). The doors of those methods call in here when an applicant asks.
//!
//! A draft is told as a status with `draft: true`, direct, without counts, at an address of
//! its own; its id is never a status's id later.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::entities::{
    Account, Approval, CredentialAccount, Field, Poll, PollEdit, PollEditOption, PollOption, Role,
    Source, SourceField, Status, StatusEdit, StatusSource, ViewerFlags,
};
use super::pending_media::attachment;
use crate::app::App;
use crate::domain::visibility::Visibility;
use crate::domain::{Error, Id, Page, Result};
use crate::files::default_pictures;
use crate::gate::drafts::{self, SaveDraft};
use crate::gate::mode::{self, Readers};
use crate::gate::sandbox::{self, EditProfile};
use crate::gate::who::Applicant;
use crate::model::account::fields_from_json;
use crate::model::application::ApplicantProfile;
use crate::model::draft::FullDraft;
use crate::text::html;

/// The id that stands for the server itself where no account row does: no snowflake is so
/// small.
const SERVER_ID: Id = 1;

/// What an app wants to post or to write over an own draft.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// The draft.
    pub save: SaveDraft,
    /// Something that a draft cannot have, by name: a schedule, a quote, a reply.
    pub beyond: Option<&'static str>,
}

/// Home: one notice about the application, then the drafts.
pub async fn home(app: &App, who: &Applicant, page: Page) -> Result<Vec<Status>> {
    let author = author(app, who).await?;
    let drafts = drafts::list(app, who).await?;
    let mut list = vec![notice(app, who, &drafts).await?];
    list.extend(drafts.iter().map(|d| status(app, &author, d)));
    list.retain(|s| page.holds(s.id));
    if page.ascends() {
        let skip = list.len().saturating_sub(page.limit as usize);
        list.drain(..skip);
    }
    list.truncate(page.limit as usize);
    Ok(list)
}

/// Posting saves a draft.
///
/// # Errors
/// `Invalid` with a sentence for what a draft cannot have, no text, too much, too many.
pub async fn post_status(
    app: &App,
    who: &Applicant,
    wanted: Wanted,
    idempotency_key: Option<&str>,
) -> Result<Status> {
    refuse_beyond(&wanted)?;
    let draft = drafts::create(app, who, wanted.save, idempotency_key).await?;
    Ok(status(app, &author(app, who).await?, &draft))
}

/// An own draft, or the notice.
///
/// # Errors
/// `NotFound` for everything else.
pub async fn own_status(app: &App, who: &Applicant, id: Id) -> Result<Status> {
    match drafts::find(app, who, id).await {
        Ok(draft) => Ok(status(app, &author(app, who).await?, &draft)),
        Err(Error::NotFound) => {
            let notice = notice(app, who, &drafts::list(app, who).await?).await?;
            if notice.id == id {
                Ok(notice)
            } else {
                Err(Error::NotFound)
            }
        }
        Err(error) => Err(error),
    }
}

/// Writes over an own draft.
///
/// # Errors
/// As [`post_status`] and [`own_status`].
pub async fn edit_status(app: &App, who: &Applicant, id: Id, wanted: Wanted) -> Result<Status> {
    refuse_beyond(&wanted)?;
    let draft = drafts::update(app, who, id, wanted.save).await?;
    Ok(status(app, &author(app, who).await?, &draft))
}

/// Deletes an own draft; the answer has its source, to be drafted anew.
///
/// # Errors
/// As [`own_status`].
pub async fn delete_status(app: &App, who: &Applicant, id: Id, with_media: bool) -> Result<Status> {
    let draft = drafts::delete(app, who, id, with_media).await?;
    let mut gone = status(app, &author(app, who).await?, &draft);
    gone.content = None;
    gone.text = Some(draft.draft.text);
    Ok(gone)
}

/// An own draft as it was typed.
///
/// # Errors
/// As [`own_status`].
pub async fn source(app: &App, who: &Applicant, id: Id) -> Result<StatusSource> {
    let draft = drafts::find(app, who, id).await?;
    Ok(StatusSource {
        id: draft.id,
        text: draft.draft.text,
        spoiler_text: draft.draft.spoiler_text,
    })
}

/// The history of an own draft: what it says now, since drafts keep no earlier versions.
///
/// # Errors
/// As [`own_status`].
pub async fn history(app: &App, who: &Applicant, id: Id) -> Result<Vec<StatusEdit>> {
    let draft = drafts::find(app, who, id).await?;
    let now = status(app, &author(app, who).await?, &draft);
    Ok(vec![StatusEdit {
        account: now.account,
        content: now.content.unwrap_or_default(),
        spoiler_text: now.spoiler_text,
        sensitive: now.sensitive,
        created_at: draft.updated_at,
        media_attachments: now.media_attachments,
        emojis: Vec::new(),
        poll: now.poll.map(|poll| PollEdit {
            options: poll
                .options
                .into_iter()
                .map(|option| PollEditOption {
                    title: option.title,
                })
                .collect(),
        }),
    }])
}

/// verify_credentials: the account as it will be, under the id that is reserved for it.
pub async fn credentials(app: &App, who: &Applicant) -> Result<CredentialAccount> {
    let profile = sandbox::profile(app, who).await?;
    Ok(credential_account(app, who, &profile))
}

/// update_credentials: changes the private profile.
///
/// # Errors
/// As [`sandbox::edit_profile`].
pub async fn update_credentials(
    app: &App,
    who: &Applicant,
    edit: EditProfile,
) -> Result<CredentialAccount> {
    let profile = sandbox::edit_profile(app, who, edit).await?;
    Ok(credential_account(app, who, &profile))
}

fn refuse_beyond(wanted: &Wanted) -> Result<()> {
    match wanted.beyond {
        None => Ok(()),
        Some(what) => Err(Error::invalid(format!(
            "While you wait, what you post is kept as a draft, and a draft cannot have {what}. \
             After the welcome it can."
        ))),
    }
}

async fn author(app: &App, who: &Applicant) -> Result<Arc<Account>> {
    let profile = match sandbox::profile(app, who).await {
        Ok(profile) => profile,
        // A member's draft, asked for by way of the web only: the account is elsewhere.
        Err(Error::NotFound) => return Err(Error::NotFound),
        Err(error) => return Err(error),
    };
    Ok(Arc::new(account(app, who, &profile)))
}

/// The account as only its own user sees it.
fn account(app: &App, who: &Applicant, profile: &ApplicantProfile) -> Account {
    let user = who.user();
    let picture = |path: &Option<String>, default: &str| match path {
        Some(path) => sandbox::private_url(app, path, user.id),
        None => app.url(default),
    };
    let avatar = picture(&profile.avatar_path, default_pictures::AVATAR_PATH);
    let header = picture(&profile.header_path, default_pictures::HEADER_PATH);
    Account {
        id: user.account_id,
        username: user.username.clone(),
        acct: user.username.clone(),
        display_name: profile.display_name.clone(),
        locked: profile.locked,
        note: html::note_html(&profile.note, true),
        url: app.url(&format!("/@{}", user.username)),
        uri: app.url(&format!("/ap/actors/{}", user.account_id)),
        avatar_static: avatar.clone(),
        avatar,
        header_static: header.clone(),
        header,
        created_at: user.created_at,
        fields: fields_from_json(&profile.fields)
            .into_iter()
            .map(|field| Field {
                name: field.name,
                value: html::field_html(&field.value, true),
                verified_at: None,
            })
            .collect(),
        ..nobody(app)
    }
}

/// An account with nothing said about it.
fn nobody(app: &App) -> Account {
    let avatar = app.url(default_pictures::AVATAR_PATH);
    let header = app.url(default_pictures::HEADER_PATH);
    Account {
        id: SERVER_ID,
        username: String::new(),
        acct: String::new(),
        display_name: String::new(),
        locked: false,
        bot: false,
        discoverable: Some(false),
        indexable: false,
        group: false,
        created_at: DateTime::UNIX_EPOCH,
        note: String::new(),
        url: app.url("/about"),
        uri: app.url("/about"),
        avatar_static: avatar.clone(),
        avatar,
        avatar_description: String::new(),
        header_static: header.clone(),
        header,
        header_description: String::new(),
        followers_count: 0,
        following_count: 0,
        statuses_count: 0,
        last_status_at: None,
        hide_collections: Some(false),
        show_media: true,
        show_media_replies: true,
        show_featured: true,
        moved: None,
        emojis: Vec::new(),
        suspended: false,
        limited: false,
        noindex: Some(true),
        memorial: false,
        feature_approval: Approval::nobody(),
        roles: Some(Vec::new()),
        fields: Vec::new(),
    }
}

fn credential_account(app: &App, who: &Applicant, profile: &ApplicantProfile) -> CredentialAccount {
    let settings = &who.user().settings;
    let privacy = settings["visibility"]
        .as_str()
        .and_then(Visibility::from_name)
        .unwrap_or(Visibility::Public);
    CredentialAccount {
        account: account(app, who, profile),
        source: Source {
            privacy,
            sensitive: settings["sensitive"].as_bool().unwrap_or(false),
            language: settings["language"].as_str().map(str::to_owned),
            note: profile.note.clone(),
            fields: fields_from_json(&profile.fields)
                .into_iter()
                .map(|field| SourceField {
                    name: field.name,
                    value: field.value,
                    verified_at: None,
                })
                .collect(),
            follow_requests_count: 0,
            hide_collections: Some(false),
            discoverable: Some(false),
            indexable: false,
            attribution_domains: Vec::new(),
            quote_policy: "nobody",
        },
        role: Role {
            id: "0".into(),
            name: String::new(),
            permissions: "0".into(),
            color: String::new(),
            highlighted: false,
            collection_limit: 0,
        },
    }
}

/// A draft as a status.
fn status(app: &App, author: &Arc<Account>, draft: &FullDraft) -> Status {
    let address = app.url(&format!("/drafts/{}", draft.id));
    let tag_url = |name: &str| app.url(&format!("/tags/{}", escaped(name)));
    let edited = draft.version > 1;
    Status {
        id: draft.id,
        created_at: draft.created_at,
        sensitive: draft.sensitive,
        spoiler_text: draft.spoiler_text.clone(),
        language: draft.language.clone(),
        uri: address.clone(),
        url: Some(address),
        edited_at: edited.then_some(draft.updated_at),
        content: Some(html::render(&draft.text, &|_| None, &tag_url)),
        media_attachments: draft
            .pictures
            .iter()
            .map(|p| attachment(app, draft.user_id, p))
            .collect(),
        poll: draft.asks().map(|asks| poll(draft.id, asks)),
        ..bare(author.clone())
    }
}

/// What a draft will ask: nobody can vote yet, and its time has not begun.
fn poll(draft: Id, asks: crate::text::poll::Poll) -> Poll {
    Poll {
        id: draft,
        expires_at: None,
        expired: false,
        multiple: asks.multiple,
        votes_count: 0,
        voters_count: Some(0),
        options: asks
            .options
            .into_iter()
            .map(|title| PollOption {
                title,
                votes_count: Some(0),
            })
            .collect(),
        emojis: Vec::new(),
        voted: Some(true),
        own_votes: Some(Vec::new()),
    }
}

fn escaped(name: &str) -> String {
    percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC).to_string()
}

/// A status that says nothing yet: direct, a draft, nobody did anything with it.
fn bare(account: Arc<Account>) -> Status {
    Status {
        id: 0,
        created_at: DateTime::UNIX_EPOCH,
        in_reply_to_id: None,
        in_reply_to_account_id: None,
        sensitive: false,
        spoiler_text: String::new(),
        visibility: Visibility::Direct,
        language: None,
        uri: String::new(),
        url: None,
        replies_count: 0,
        reblogs_count: 0,
        favourites_count: 0,
        quotes_count: 0,
        edited_at: None,
        viewer: Some(ViewerFlags::default()),
        content: None,
        text: None,
        reblog: None,
        application: None,
        account,
        media_attachments: Vec::new(),
        mentions: Vec::new(),
        tags: Vec::new(),
        emojis: Vec::new(),
        tagged_collections: [],
        quote: (),
        card: (),
        poll: None,
        quote_approval: Approval::nobody(),
        draft: true,
    }
}

/// The porch in the app: one status by the server about where the application stands. Its id
/// lies right above the newest draft, so that it comes first and later posts still come after
/// it.
async fn notice(app: &App, who: &Applicant, drafts: &[FullDraft]) -> Result<Status> {
    let application = who
        .signed_in()
        .application
        .as_ref()
        .ok_or(Error::NotFound)?;
    let newest = drafts.iter().map(|d| d.id).max().unwrap_or(0);
    let readers = mode::readers(app).await?;
    let text = notice_text(
        &app.instance().await?.title,
        application.submitted_at,
        &readers,
        drafts.len(),
    );
    let place = Arc::new(Account {
        username: "porch".into(),
        acct: "porch".into(),
        display_name: app.instance().await?.title.clone(),
        bot: true,
        ..nobody(app)
    });
    let waiting = app.url("/waiting");
    Ok(Status {
        id: newest.max(application.id) + 1,
        created_at: application.submitted_at,
        language: Some("en".into()),
        uri: waiting.clone(),
        url: Some(waiting),
        content: Some(html::note_html(&text, true)),
        draft: false,
        ..bare(place)
    })
}

fn notice_text(
    place: &str,
    submitted_at: DateTime<Utc>,
    readers: &Readers,
    drafts: usize,
) -> String {
    let who = match readers.names.as_slice() {
        [] => "A person".to_owned(),
        [one] => one.clone(),
        [some @ .., last] => format!("{} or {last}", some.join(", ")),
    };
    let wait = readers
        .usual_wait()
        .map(|wait| format!(", usually within {wait}"))
        .unwrap_or_default();
    let kept = match drafts {
        0 => {
            "What you post meanwhile is kept as a draft that only you and they can see.".to_owned()
        }
        1 => "Your draft below is seen by you and them alone.".to_owned(),
        n => format!("Your {n} drafts below are seen by you and them alone."),
    };
    format!(
        "You are on the porch of {place}. Your application of {} is waiting: {who} will read it{wait}.\n\n\
         {kept} You can fill in your profile, too.",
        crate::text::time_words::day(submitted_at),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_notice_says_who_reads_and_how_long_it_takes() {
        let at = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let readers = Readers {
            names: vec!["Jo".into(), "Ann".into()],
            median_hours: Some(20.0),
            last_decision: None,
        };
        let text = notice_text("Lantern Lane", at, &readers, 0);
        assert!(
            text.contains("Jo or Ann will read it, usually within a day"),
            "{text}"
        );
        let text = notice_text("Lantern Lane", at, &Readers::default(), 2);
        assert!(text.contains("A person will read it."), "{text}");
        assert!(text.contains("Your 2 drafts"));
    }
}
