//! An account as pages show it: in a row, beside a status, as a profile.

use chrono::{DateTime, Utc};

use crate::files::default_pictures;
use crate::model::account::Account;
use crate::social::accounts::relationships::Relationship;
use crate::social::page::AccountCounters;
use crate::social::shown::Person;
use crate::text::{clean, html};
use crate::web::parts::account::{AccountChip, AccountRow, Relation};
use crate::web::parts::moment::Moment;
use crate::web::public::profile::{ProfileField, ProfileView};

/// Characters of a note in a row of a list.
const NOTE_IN_A_ROW: usize = 160;

/// `accounts.kind` of people; all others but groups are machines.
const AUTOMATED: std::ops::RangeInclusive<i16> = 1..=2;

/// Picture, name, handle.
pub fn chip(account: &Account) -> AccountChip {
    let handle = account.acct();
    AccountChip {
        path: path(&handle),
        display_name: name(account),
        avatar_url: avatar(account),
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
pub fn avatar(account: &Account) -> String {
    match &account.avatar_path {
        Some(path) => format!("/{path}"),
        None => default_pictures::AVATAR_PATH.to_owned(),
    }
}

/// The note's first words, as text.
pub fn note_line(account: &Account) -> String {
    let text = html::html_to_text(&account.note_html);
    clean::excerpt(&clean::single_line(&text), NOTE_IN_A_ROW)
}

/// A row of a list.
pub fn row(person: &Person) -> AccountRow {
    AccountRow {
        account: chip(&person.account),
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
    now: DateTime<Utc>,
) -> ProfileView {
    let fields = account
        .profile_fields()
        .into_iter()
        .map(|field| ProfileField {
            name: field.name,
            // Local accounts keep what was typed, remote ones sanitised HTML.
            value_html: match account.is_local() {
                true => html::field_html(&field.value, false),
                false => field.value,
            },
            verified: field.verified_at.is_some(),
        });
    ProfileView {
        account: chip(account),
        domain: match account.is_local() {
            true => domain.to_owned(),
            false => String::new(),
        },
        header_url: account.header_path.as_ref().map(|path| format!("/{path}")),
        note_html: account.note_html.clone(),
        fields: fields.collect(),
        joined_at: Some(Moment::new(account.created_at, now)),
        statuses: counters.statuses,
        following: counters.following,
        followers: counters.followers,
    }
}
