//! Passwords, addresses and the owner's first link.

use chrono::TimeDelta;

use super::super::letter::{Letter, Place, Reader};
use super::super::message::{Kind, Message};
use crate::domain::Result;
use crate::domain::factor_change::FactorChange;

/// A link to choose a new password: used once, good for so long.
pub fn password_reset(
    place: &Place,
    to: Reader<'_>,
    link: &str,
    good_for: TimeDelta,
) -> Result<Message> {
    let span = to.words.span(good_for);
    Letter::to(Kind::PasswordReset, place, to)
        .subject("password-reset-subject", [])
        .say("password-reset-asked", [])
        .link("password-reset-link", link)
        .say("password-reset-good-for", [("span", span.into())])
        .say("password-reset-not-you", [])
        .message()
}

/// The password was changed: the owner hears of it, whoever did it. `forgotten` is the page
/// that sends a link for another one.
pub fn password_changed(place: &Place, to: Reader<'_>, forgotten: &str) -> Result<Message> {
    Letter::to(Kind::PasswordChanged, place, to)
        .subject("password-changed-subject", [])
        .say("password-changed-told", [])
        .say("password-changed-you", [])
        .say("password-changed-not-you", [])
        .link("password-changed-link", forgotten)
        .message()
}

/// The second factor was changed: its owner hears of it, whoever did it. `settings` is the page
/// that shows what is set.
pub fn factor_changed(
    place: &Place,
    to: Reader<'_>,
    change: FactorChange,
    settings: &str,
) -> Result<Message> {
    let what = match change {
        FactorChange::AppSet => "factor-changed-app-set",
        FactorChange::AppRemoved => "factor-changed-app-removed",
        FactorChange::PasskeyAdded => "factor-changed-passkey-added",
        FactorChange::PasskeyRemoved => "factor-changed-passkey-removed",
        FactorChange::NewCodes => "factor-changed-new-codes",
        FactorChange::CodeUsed => "factor-changed-code-used",
        FactorChange::AllRemoved => "factor-changed-all-removed",
    };
    Letter::to(Kind::FactorChanged, place, to)
        .subject("factor-changed-subject", [])
        .say("factor-changed-told", [])
        .say(what, [])
        .say("password-changed-you", [])
        .say("password-changed-not-you", [])
        .link("factor-changed-link", settings)
        .message()
}

/// The link with which the owner sets the place up: used once, good for so long.
pub fn owner_link(
    place: &Place,
    to: Reader<'_>,
    link: &str,
    good_for: TimeDelta,
) -> Result<Message> {
    let span = to.words.span(good_for);
    Letter::to(Kind::OwnerLink, place, to)
        .subject("owner-link-subject", [])
        .say("owner-link-told", [])
        .link("owner-link-link", link)
        .say("owner-link-good-for", [("span", span.into())])
        .message()
}

/// Tells whoever took another address so, at that one. `forgotten` is the page that sends a
/// link for another password.
pub fn address_changed(place: &Place, to: Reader<'_>, forgotten: &str) -> Result<Message> {
    Letter::to(Kind::AddressChanged, place, to)
        .subject("address-changed-subject", [])
        .say("address-changed-told", [])
        .say("address-changed-not-you", [])
        .link("address-changed-link", forgotten)
        .message()
}

/// The same at the one before: the last mail that it gets. `about` says who runs the place.
pub fn address_left(place: &Place, to: Reader<'_>, about: &str) -> Result<Message> {
    Letter::to(Kind::AddressLeft, place, to)
        .subject("address-left-subject", [])
        .say("address-left-told", [])
        .say("address-left-not-you", [])
        .link("address-left-link", about)
        .message()
}
