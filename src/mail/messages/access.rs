//! Passwords and the owner's first link.

use askama::Template;
use chrono::TimeDelta;

use super::super::message::{Kind, Message, one_line};
use super::{Place, in_words};
use crate::domain::Result;

#[derive(Template)]
#[template(path = "mail/password_reset.txt")]
struct PasswordReset<'a> {
    place: &'a Place,
    title: String,
    username: String,
    link: &'a str,
    good_for: String,
}

/// A link to choose a new password: used once, good for so long.
pub fn password_reset(
    place: &Place,
    to: &str,
    username: &str,
    link: &str,
    good_for: TimeDelta,
) -> Result<Message> {
    let body = PasswordReset {
        place,
        title: place.title(),
        username: one_line(username, 60),
        link,
        good_for: in_words(good_for),
    }
    .render()?;
    let subject = format!("A new password for {}", place.title());
    Message::new(Kind::PasswordReset, to, &subject, &body)
}

#[derive(Template)]
#[template(path = "mail/password_changed.txt")]
struct PasswordChanged<'a> {
    place: &'a Place,
    title: String,
    username: String,
    forgotten: &'a str,
}

/// The password was changed: the owner hears of it, whoever did it. `forgotten` is the page
/// that sends a link for another one.
pub fn password_changed(
    place: &Place,
    to: &str,
    username: &str,
    forgotten: &str,
) -> Result<Message> {
    let body = PasswordChanged {
        place,
        title: place.title(),
        username: one_line(username, 60),
        forgotten,
    }
    .render()?;
    let subject = format!("Your password at {} was changed", place.title());
    Message::new(Kind::PasswordChanged, to, &subject, &body)
}

#[derive(Template)]
#[template(path = "mail/owner_link.txt")]
struct OwnerLink<'a> {
    place: &'a Place,
    title: String,
    link: &'a str,
    good_for: String,
}

/// The link with which the owner sets the place up: used once, good for so long.
pub fn owner_link(place: &Place, to: &str, link: &str, good_for: TimeDelta) -> Result<Message> {
    let body = OwnerLink {
        place,
        title: place.title(),
        link,
        good_for: in_words(good_for),
    }
    .render()?;
    let subject = format!("The key to {}", place.title());
    Message::new(Kind::OwnerLink, to, &subject, &body)
}

#[cfg(test)]
mod tests {
    use super::super::tests_place;
    use super::*;

    #[test]
    fn links_stand_on_lines_of_their_own() {
        let (place, link, hour) = (
            tests_place(),
            "https://porch.example/k/1",
            TimeDelta::hours(1),
        );
        let reset = password_reset(&place, "ann@example.org", "ann", link, hour).unwrap();
        let owner = owner_link(&place, "ann@example.org", link, hour).unwrap();
        let changed = password_changed(&place, "ann@example.org", "ann", link).unwrap();
        assert!(changed.body().contains("\nhttps://porch.example/k/1\n"));
        for message in [reset, owner] {
            assert!(message.body().contains("\nhttps://porch.example/k/1\n"));
            assert!(message.body().contains("an hour"));
            assert!(!message.body().contains("\n\n\n"));
        }
    }
}
