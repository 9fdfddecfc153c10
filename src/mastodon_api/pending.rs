//! What a pending user's app gets where a member's app gets statuses and accounts
//! (registration.md C2). The doors of those methods call in here when an applicant asks.
//!
//! A draft is told as a status with `draft: true`, direct, without counts, at an address of
//! its own; its id is never a status's id later.

use std::sync::Arc;

use chrono::DateTime;

use super::entities::{
    Account, Approval, CredentialAccount, Field, Role, Source, SourceField, Status, StatusEdit,
    StatusSource, ViewerFlags,
};
use super::pending_media::attachment;
use super::pending_notice;
use crate::app::App;
use crate::domain::visibility::Visibility;
use crate::domain::{Error, Id, Page, Result};
use crate::files::default_pictures;
use crate::gate::drafts::{self, SaveDraft};
use crate::gate::sandbox::{self, EditProfile};
use crate::gate::who::Applicant;
use crate::model::account::fields_from_json;
use crate::model::application::ApplicantProfile;
use crate::model::draft::FullDraft;
use crate::model::user::User;
use crate::text::html;

/// The id that stands for the server itself where no account row does: no snowflake is so
/// small.
pub(super) const SERVER_ID: Id = 1;

/// What an app wants to post or to write over an own draft.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// The draft.
    pub save: SaveDraft,
    /// Something that a draft cannot have, by name: a schedule, a quote.
    pub beyond: Option<&'static str>,
    /// What it answers: the notice, or a post, which a draft cannot.
    pub in_reply_to: Option<Id>,
}

/// Home: one notice about the application, then the drafts.
pub async fn home(app: &App, who: &Applicant, page: Page) -> Result<Vec<Status>> {
    let author = author(app, who).await?;
    let drafts = drafts::list(app, who).await?;
    let mut list = vec![pending_notice::notice(app, who, drafts.len()).await?];
    list.extend(drafts.iter().map(|d| status(app, &author, d)));
    list.retain(|s| page.holds(s.id));
    if page.ascends() {
        let skip = list.len().saturating_sub(page.limit as usize);
        list.drain(..skip);
    }
    list.truncate(page.limit as usize);
    Ok(list)
}

/// Posting saves a draft; a reply to the notice answers what was asked back.
///
/// # Errors
/// `Invalid` with a sentence for what a draft cannot have, no text, too much, too many, and
/// for a reply where nothing was asked.
pub async fn post_status(
    app: &App,
    who: &Applicant,
    wanted: Wanted,
    idempotency_key: Option<&str>,
) -> Result<Status> {
    if let Some(to) = wanted.in_reply_to {
        return pending_notice::reply(app, who, to, wanted).await;
    }
    refuse_beyond(&wanted)?;
    let draft = drafts::create(app, who, wanted.save, idempotency_key).await?;
    Ok(status(app, &author(app, who).await?, &draft))
}

/// An own draft, the notice, or a reply to it.
///
/// # Errors
/// `NotFound` for everything else.
pub async fn own_status(app: &App, who: &Applicant, id: Id) -> Result<Status> {
    match drafts::find(app, who, id).await {
        Ok(draft) => Ok(status(app, &author(app, who).await?, &draft)),
        Err(Error::NotFound) => pending_notice::find(app, who, id).await,
        Err(error) => Err(error),
    }
}

/// Writes over an own draft.
///
/// # Errors
/// As [`post_status`] and [`own_status`].
pub async fn edit_status(app: &App, who: &Applicant, id: Id, wanted: Wanted) -> Result<Status> {
    refuse_beyond(&wanted)?;
    if wanted.in_reply_to.is_some() {
        return Err(beyond("a post that it answers"));
    }
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
        poll: None,
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
        Some(what) => Err(beyond(what)),
    }
}

/// What a draft cannot have.
pub(super) fn beyond(what: &str) -> Error {
    Error::invalid(format!(
        "While you wait, what you post is kept as a draft, and a draft cannot have {what}. \
         After the welcome it can."
    ))
}

pub(super) async fn author(app: &App, who: &Applicant) -> Result<Arc<Account>> {
    let profile = match sandbox::profile(app, who).await {
        Ok(profile) => profile,
        // A member's draft, asked for by way of the web only: the account is elsewhere.
        Err(Error::NotFound) => return Err(Error::NotFound),
        Err(error) => return Err(error),
    };
    Ok(Arc::new(account(app, who, &profile)))
}

/// The account as its own user sees it, and staff.
fn account(app: &App, who: &Applicant, profile: &ApplicantProfile) -> Account {
    account_of(app, who.user(), Some(profile))
}

/// What will be the account of a user who waits, for staff.
pub fn account_of(app: &App, user: &User, profile: Option<&ApplicantProfile>) -> Account {
    let Some(profile) = profile else {
        return Account {
            id: user.account_id,
            username: user.username.clone(),
            acct: user.username.clone(),
            created_at: user.created_at,
            ..nobody(app)
        };
    };
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
pub fn nobody(app: &App) -> Account {
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
        ..bare(author.clone())
    }
}

fn escaped(name: &str) -> String {
    percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC).to_string()
}

/// A status that says nothing yet: direct, a draft, nobody did anything with it.
pub(super) fn bare(account: Arc<Account>) -> Status {
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
