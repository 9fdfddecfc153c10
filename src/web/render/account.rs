//! An account as pages show it: in a row, beside a status, as a profile.

use super::status::Eyes;
use crate::domain::Id;
use crate::files::default_pictures;
use crate::files::remote::Addresses;
use crate::model::account::Account;
use crate::model::emoji::{self, Emoji};
use crate::social::accounts::relationships::Relationship;
use crate::social::page::AccountCounters;
use crate::social::shown::Person;
use crate::text::emoji::Pictures;
use crate::text::{clean, html};
use crate::web::parts::account::{AccountChip, AccountRow, Relation};
use crate::web::parts::moment::Moment;
use crate::web::public::profile::{ProfileField, ProfileView};

/// Characters of a note in a row of a list.
const NOTE_IN_A_ROW: usize = 160;

/// `accounts.kind` of people; all others but groups are machines.
const AUTOMATED: std::ops::RangeInclusive<i16> = 1..=2;

/// Picture, name, handle.
pub fn chip(account: &Account, at: &Addresses) -> AccountChip {
    let handle = account.acct();
    let display_name = name(account);
    AccountChip {
        path: path(&handle),
        name_html: emoji(account, at).in_text(&display_name),
        display_name,
        avatar_url: avatar(account, at),
        bot: AUTOMATED.contains(&account.kind),
        locked: account.locked,
        handle,
    }
}

/// The display name, or the user name where none is set.
pub fn name(account: &Account) -> String {
    if account.display_name.is_empty() {
        account.username.clone()
    } else {
        account.display_name.clone()
    }
}

/// The page of a handle: `ann`, or `bob@elsewhere.example`.
pub fn path(handle: &str) -> String {
    format!("/@{handle}")
}

/// The avatar's path on this server; the place's own picture where there is none.
pub fn avatar(account: &Account, at: &Addresses) -> String {
    match (&account.avatar_path, &account.avatar_remote_url) {
        (Some(path), _) => format!("/{path}"),
        (None, Some(url)) if !account.is_without_media() => at.avatar(account.id, url),
        (None, _) => default_pictures::AVATAR_PATH.to_owned(),
    }
}

/// The wide picture's path on this server.
fn header(account: &Account, at: &Addresses) -> Option<String> {
    match (&account.header_path, &account.header_remote_url) {
        (Some(path), _) => Some(format!("/{path}")),
        (None, _) if account.is_without_media() => None,
        (None, url) => Some(at.header(account.id, url.as_deref()?)),
    }
}

/// The emoji in its name, bio and fields.
fn emoji(account: &Account, at: &Addresses) -> Pictures {
    match &account.emojis {
        Some(json) if !account.is_without_media() => {
            emoji_of(account.id, &emoji::from_json(Some(json)), at)
        }
        _ => Pictures::default(),
    }
}

/// Emoji in words of that account.
pub fn emoji_of(account: Id, emojis: &[Emoji], at: &Addresses) -> Pictures {
    let address = |emoji: &Emoji| Some((emoji.shortcode.clone(), at.emoji(account, &emoji.url)?));
    emojis.iter().filter_map(address).collect()
}

/// The note's first words, as text.
pub fn note_line(account: &Account) -> String {
    let text = html::html_to_text(&account.note_html);
    clean::excerpt(&clean::single_line(&text), NOTE_IN_A_ROW)
}

/// A row of a list.
pub fn row(person: &Person, at: &Addresses) -> AccountRow {
    AccountRow {
        account: chip(&person.account, at),
        note: note_line(&person.account),
        relation: person.relation.as_ref().map(relation),
    }
}

/// How the viewer stands to somebody.
pub fn relation(found: &Relationship) -> Relation {
    Relation {
        following: found.following,
        requested: found.requested,
        followed_by: found.followed_by,
        blocking: found.blocking,
        muting: found.muting,
    }
}

/// An account as its own page shows it. `domain` is the one in handles of this place.
pub fn profile(
    account: &Account,
    counters: AccountCounters,
    domain: &str,
    eyes: &Eyes<'_>,
) -> ProfileView {
    let (at, now) = (eyes.addresses, eyes.now);
    let emoji = emoji(account, at);
    let fields = account
        .profile_fields()
        .into_iter()
        .map(|field| ProfileField {
            name_html: emoji.in_text(&field.name),
            name: field.name,
            // Local accounts keep what was typed, remote ones sanitised HTML.
            value_html: match account.is_local() {
                true => html::field_html(&field.value, false),
                false => emoji.in_html(field.value),
            },
            verified: field.verified_at.is_some(),
        });
    ProfileView {
        account: chip(account, at),
        domain: match account.is_local() {
            true => domain.to_owned(),
            false => String::new(),
        },
        limited: account.is_limited(),
        header_url: header(account, at),
        note_html: emoji.in_html(account.note_html.clone()),
        fields: fields.collect(),
        joined_at: Some(Moment::new(account.created_at, now)),
        statuses: counters.statuses,
        following: counters.following,
        followers: counters.followers,
    }
}
