//! Pages spliced from fragments and facts into one buffer; no `serde_json::Value` in between.

use std::io::Write;

use chrono::{Datelike, NaiveDate};

use super::poll;
use crate::domain::ids;
use crate::mastodon_api::entities::{Held, RelationshipSeveranceEvent, wire};
use crate::social::notification_requests::RequestItem;
use crate::social::page::{
    AccountCounters, Bits, Counters, Item, NotificationItem, Poll, Severance,
};

/// Room for a status that is not known yet, so that the buffer seldom grows.
const ROOM: usize = 2_500;

/// A JSON array of statuses.
pub fn statuses(items: &[Item], signed_in: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(items.len() * ROOM + 2);
    out.push(b'[');
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        status(&mut out, item, signed_in);
    }
    out.push(b']');
    out
}

/// One status as JSON.
pub fn one_status(item: &Item, signed_in: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(ROOM);
    status(&mut out, item, signed_in);
    out
}

/// A JSON object with `ancestors` and `descendants`.
pub fn context(ancestors: &[Item], descendants: &[Item], signed_in: bool) -> Vec<u8> {
    let mut out = b"{\"ancestors\":".to_vec();
    out.extend_from_slice(&statuses(ancestors, signed_in));
    out.extend_from_slice(b",\"descendants\":");
    out.extend_from_slice(&statuses(descendants, signed_in));
    out.push(b'}');
    out
}

/// A JSON array of notifications. Their reader is always signed in.
pub fn notifications(items: &[NotificationItem]) -> Vec<u8> {
    let mut out = Vec::with_capacity(items.len() * ROOM + 2);
    out.push(b'[');
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        notification(&mut out, item);
    }
    out.push(b']');
    out
}

/// One notification as JSON.
pub fn one_notification(item: &NotificationItem) -> Vec<u8> {
    let mut out = Vec::with_capacity(ROOM);
    notification(&mut out, item);
    out
}

/// A JSON array of notification requests.
pub fn requests(items: &[RequestItem]) -> Vec<u8> {
    let mut out = Vec::with_capacity(items.len() * ROOM + 2);
    out.push(b'[');
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        request(&mut out, item);
    }
    out.push(b']');
    out
}

/// One notification request as JSON.
pub fn one_request(item: &RequestItem) -> Vec<u8> {
    let mut out = Vec::with_capacity(ROOM);
    request(&mut out, item);
    out
}

/// A JSON array of accounts: fragments beside their counters.
pub fn accounts<'a>(items: impl IntoIterator<Item = (&'a [u8], &'a AccountCounters)>) -> Vec<u8> {
    let mut out = Vec::with_capacity(ROOM);
    out.push(b'[');
    for (index, (fragment, counters)) in items.into_iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        account(&mut out, fragment, counters);
    }
    out.push(b']');
    out
}

/// Appends one account.
pub fn account(out: &mut Vec<u8>, fragment: &[u8], counters: &AccountCounters) {
    out.push(b'{');
    out.extend_from_slice(fragment);
    number(out, b",\"followers_count\":", counters.followers);
    number(out, b",\"following_count\":", counters.following);
    number(out, b",\"statuses_count\":", counters.statuses);
    out.extend_from_slice(b",\"last_status_at\":");
    match counters.last_status_at {
        Some(at) => date(out, at.date_naive()),
        None => out.extend_from_slice(b"null"),
    }
    out.push(b'}');
}

/// Appends one status; `signed_in` says whether the viewer's part is there at all.
pub fn status(out: &mut Vec<u8>, item: &Item, signed_in: bool) {
    let counters = &item.row.counters;
    let bits = signed_in.then_some(&item.row.bits);
    // A boost asks nothing itself: what it boosts does.
    let poll = item.row.poll.as_ref();
    let (own, inner) = match item.boosted {
        Some(_) => (None, poll),
        None => (poll, None),
    };
    open(out, &item.status, counters, bits, own);
    out.extend_from_slice(b",\"account\":");
    account(out, &item.account, &item.row.author.counters);
    out.extend_from_slice(b",\"reblog\":");
    match (&item.boosted, &item.row.boosted) {
        (Some((status, author)), Some(facts)) => {
            open(out, status, counters, bits, inner);
            out.extend_from_slice(b",\"account\":");
            account(out, author, &facts.author.counters);
            out.extend_from_slice(b",\"reblog\":null}");
        }
        _ => out.extend_from_slice(b"null"),
    }
    out.push(b'}');
}

/// All of a status but its account and what it boosts.
fn open(
    out: &mut Vec<u8>,
    fragment: &[u8],
    counters: &Counters,
    bits: Option<&Bits>,
    asks: Option<&Poll>,
) {
    out.push(b'{');
    out.extend_from_slice(fragment);
    number(out, b",\"replies_count\":", counters.replies);
    number(out, b",\"reblogs_count\":", counters.reblogs);
    number(out, b",\"favourites_count\":", counters.favourites);
    out.extend_from_slice(b",\"quotes_count\":0,\"quote\":null,\"card\":null,\"poll\":");
    match asks {
        Some(asks) => out.extend_from_slice(&poll::json(asks, bits.is_some())),
        None => out.extend_from_slice(b"null"),
    }
    if let Some(bits) = bits {
        flag(out, b",\"favourited\":", bits.favourited);
        flag(out, b",\"reblogged\":", bits.reblogged);
        flag(out, b",\"muted\":", bits.muted);
        flag(out, b",\"bookmarked\":", bits.bookmarked);
        if let Some(pinned) = bits.pinned {
            flag(out, b",\"pinned\":", pinned);
        }
        out.extend_from_slice(b",\"filtered\":[]");
        if let Some(why) = bits.held {
            out.extend_from_slice(b",\"held\":");
            // A struct of plain values cannot fail to be written.
            let _ = serde_json::to_writer(&mut *out, &Held::from(why));
        }
    }
}

fn notification(out: &mut Vec<u8>, item: &NotificationItem) {
    let row = &item.row;
    let _ = write!(
        out,
        "{{\"id\":\"{}\",\"type\":\"{}\",\"created_at\":\"",
        row.id, row.kind
    );
    let _ = write!(out, "{}", row.created_at.format("%Y-%m-%dT%H:%M:%S%.3fZ"));
    let _ = write!(out, "\",\"group_key\":\"{}\",\"account\":", row.group_key());
    account(out, &item.account, &row.from.counters);
    if let Some(about) = &item.status {
        out.extend_from_slice(b",\"status\":");
        status(out, about, true);
    }
    if let Some(act) = &item.severance {
        out.extend_from_slice(b",\"event\":");
        // A struct of plain values cannot fail to be written.
        let _ = serde_json::to_writer(&mut *out, &render_severance(act));
    }
    if row.filtered {
        out.extend_from_slice(b",\"filtered\":true");
    }
    out.push(b'}');
}

/// The count is text (quirk 20).
fn request(out: &mut Vec<u8>, item: &RequestItem) {
    let row = &item.row;
    let _ = write!(
        out,
        "{{\"id\":\"{}\",\"created_at\":\"{}\",\"updated_at\":\"{}\",\"notifications_count\":\"{}\",\"account\":",
        row.id,
        wire::format_time(ids::time_of(row.id)),
        wire::format_time(row.updated_at),
        row.waiting,
    );
    account(out, &item.account, &row.from.counters);
    out.extend_from_slice(b",\"last_status\":");
    match &item.last_status {
        Some(about) => status(out, about, true),
        None => out.extend_from_slice(b"null"),
    }
    out.push(b'}');
}

fn render_severance(act: &Severance) -> RelationshipSeveranceEvent {
    RelationshipSeveranceEvent {
        id: act.id,
        kind: act.kind.as_str(),
        purged: false,
        target_name: act.domain.clone(),
        followers_count: act.followers,
        following_count: act.following,
        created_at: act.created_at,
    }
}

// Writing into memory cannot fail.

fn number(out: &mut Vec<u8>, name: &[u8], value: i64) {
    out.extend_from_slice(name);
    let _ = write!(out, "{value}");
}

fn flag(out: &mut Vec<u8>, name: &[u8], value: bool) {
    out.extend_from_slice(name);
    out.extend_from_slice(if value { b"true" } else { b"false" });
}

fn date(out: &mut Vec<u8>, day: NaiveDate) {
    let _ = write!(
        out,
        "\"{:04}-{:02}-{:02}\"",
        day.year(),
        day.month(),
        day.day()
    );
}

#[cfg(test)]
#[path = "writer_tests.rs"]
mod tests;
