//! One mail: plain text, with HTML beside it where there is any, and headers that nobody's
//! words can break out of (X5).

use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Body, Mailbox, MessageBuilder, MultiPart, SinglePart};
use lettre::{Address, Message as Wire};

use chrono::{DateTime, Utc};

use crate::domain::{Error, Result};

pub use crate::domain::mail_kind::MailKind as Kind;

/// The longest subject, in characters.
pub const MAX_SUBJECT: usize = 150;
/// The longest body, in bytes; the rest is cut.
pub const MAX_BODY: usize = 32 * 1024;
/// The longest line that may go unencoded, in bytes (RFC 5322).
const MAX_LINE: usize = 998;
/// The longest address, in bytes (RFC 5321).
pub const MAX_ADDRESS: usize = 254;

/// A mail, ready to be sent. Its `Debug` shows no body: bodies hold links with tokens.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    to: Address,
    subject: String,
    body: String,
    html: Option<String>,
    kind: Kind,
}

impl Message {
    /// A mail to one address. Subject and body lose control characters and marks that turn
    /// the direction of text around; the subject becomes one line.
    ///
    /// # Errors
    /// `Invalid` when the address is none: the rules for addresses that may join are stricter
    /// and elsewhere, this one only keeps headers and transports safe.
    pub fn new(kind: Kind, to: &str, subject: &str, body: &str) -> Result<Message> {
        Ok(Message {
            to: address(to)?,
            subject: one_line(subject, MAX_SUBJECT),
            body: clean_text(body, MAX_BODY),
            html: None,
            kind,
        })
    }

    /// With the same in HTML, for mail programs that show it.
    pub fn with_html(mut self, html: String) -> Message {
        self.html = Some(html);
        self
    }

    /// Whom it goes to.
    pub fn to(&self) -> &str {
        self.to.as_ref()
    }

    /// One line, not encoded.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// Plain text, lines ending in `\n`; where a line ends in a space, it goes on (RFC 3676).
    pub fn body(&self) -> &str {
        &self.body
    }

    /// The same in HTML, where there is any.
    pub fn html(&self) -> Option<&str> {
        self.html.as_deref()
    }

    /// What it is about.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The mail as it goes over the wire. `Auto-Submitted` keeps holiday answers away; the
    /// message id is random under the sender's domain and names no machine.
    ///
    /// With `readable`, as a file: text of other scripts stands there as it reads. Not every
    /// mail server takes that (RFC 6152), so over the wire it is encoded.
    pub(super) fn wire(&self, from: &Mailbox, now: DateTime<Utc>, readable: bool) -> Result<Wire> {
        let id = uuid::Uuid::new_v4();
        let builder: MessageBuilder = Wire::builder()
            .from(from.clone())
            .to(Mailbox::new(None, self.to.clone()))
            .subject(self.subject.clone())
            .date(now.into())
            .message_id(Some(format!("<{id}@{}>", from.email.domain())))
            .raw_header(HeaderValue::new(
                HeaderName::new_from_ascii_str("Auto-Submitted"),
                "auto-generated".into(),
            ))
            .raw_header(HeaderValue::new(
                HeaderName::new_from_ascii_str("X-Auto-Response-Suppress"),
                "All".into(),
            ));
        let text = SinglePart::builder()
            .header(flowed()?)
            .body(part(&self.body, readable));
        Ok(match &self.html {
            None => builder.singlepart(text)?,
            Some(html) => {
                let html = SinglePart::builder()
                    .header(ContentType::TEXT_HTML)
                    .body(part(html, readable));
                let parts = MultiPart::alternative().singlepart(text).singlepart(html);
                builder.multipart(parts)?
            }
        })
    }
}

/// Plain text whose lines go on where they end in a space (RFC 3676).
fn flowed() -> Result<ContentType> {
    let parsed = ContentType::parse("text/plain; charset=utf-8; format=flowed");
    parsed.map_err(|_| Error::broken("the type of a mail cannot be read"))
}

/// A part as it reads, wherever its lines allow (RFC 5322: 998 octets): a link in a mail that
/// is looked at as a file must not be cut by quoted-printable.
fn part(text: &str, readable: bool) -> Body {
    let encoding = match text.is_ascii() {
        true => ContentTransferEncoding::SevenBit,
        false if readable => ContentTransferEncoding::EightBit,
        false => return Body::new(text.to_owned()),
    };
    let plain = |line: &str| line.len() <= MAX_LINE && !line.contains(['\r', '\0']);
    match text.lines().all(plain) {
        true => {
            let lines = text.replace("\r\n", "\n").replace('\n', "\r\n");
            Body::dangerous_pre_encoded(lines.into_bytes(), encoding)
        }
        false => Body::new(text.to_owned()),
    }
}

impl std::fmt::Debug for Message {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Message")
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

fn address(to: &str) -> Result<Address> {
    let wrong = || Error::field("email", "ERR_INVALID", "is not an email address");
    let plain = to.len() <= MAX_ADDRESS && to.bytes().all(|b| b.is_ascii_graphic());
    if !plain {
        return Err(wrong());
    }
    to.parse().map_err(|_| wrong())
}

/// One line of somebody's words, for a subject or the middle of a sentence: white space
/// becomes single spaces, and beyond `limit` characters there is an ellipsis.
pub fn one_line(words: &str, limit: usize) -> String {
    let visible: String = words
        .chars()
        .map(|c| {
            if c.is_whitespace() || c.is_control() {
                ' '
            } else {
                c
            }
        })
        .filter(|c| !is_invisible(*c))
        .collect();
    let line = visible.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= limit {
        return line;
    }
    let mut short: String = line.chars().take(limit.saturating_sub(1)).collect();
    short.push('…');
    short
}

/// Somebody's text of several lines: no control characters but the line's end, at most
/// `limit` bytes, no more than two empty lines in a row.
pub fn clean_text(text: &str, limit: usize) -> String {
    let mut out = String::with_capacity(text.len().min(limit));
    let mut ends = 0;
    for c in text.replace("\r\n", "\n").replace('\r', "\n").chars() {
        if c == '\n' {
            ends += 1;
            if ends > 3 {
                continue;
            }
        } else if (c.is_control() && c != '\t') || is_invisible(c) {
            continue;
        } else {
            ends = 0;
        }
        if out.len() + c.len_utf8() > limit {
            break;
        }
        out.push(c);
    }
    out
}

/// Marks that turn text around or cannot be seen; the joiners of emoji and scripts stay.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}'
        | '\u{feff}' | '\u{2028}' | '\u{2029}' | '\u{fff9}'..='\u{fffb}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from() -> Mailbox {
        "Porch <noreply@porch.example>".parse().unwrap()
    }

    fn on_the_wire(subject: &str, body: &str) -> String {
        let message = Message::new(Kind::Approved, "ann@example.org", subject, body).unwrap();
        let wire = message.wire(&from(), DateTime::UNIX_EPOCH, true).unwrap();
        String::from_utf8(wire.formatted()).unwrap()
    }

    #[test]
    fn it_has_the_headers_of_an_automatic_mail() {
        let wire = on_the_wire("Welcome", "Hello.\n");
        for line in [
            "From: Porch <noreply@porch.example>\r\n",
            "To: ann@example.org\r\n",
            "Subject: Welcome\r\n",
            "Date: Thu, 01 Jan 1970 00:00:00 +0000\r\n",
            "Auto-Submitted: auto-generated\r\n",
            "Content-Type: text/plain; charset=utf-8; format=flowed\r\n",
            "@porch.example>\r\n",
        ] {
            assert!(wire.contains(line), "{line} in {wire}");
        }
    }

    #[test]
    fn nobodys_words_make_a_header() {
        let wire = on_the_wire(
            "Hi\r\nBcc: all@example.org\r\n\r\n<b>body</b>",
            "text\r\n.\r\nRCPT TO:<x@example.org>\r\n",
        );
        let (head, _) = wire.split_once("\r\n\r\n").unwrap();
        assert!(
            !head
                .lines()
                .any(|line| line.to_lowercase().starts_with("bcc:")),
            "{wire}"
        );
        assert!(
            head.contains("Subject: Hi Bcc: all@example.org <b>body</b>"),
            "{wire}"
        );
    }

    #[test]
    fn other_scripts_are_encoded_and_long_lines_folded() {
        let wire = on_the_wire(&"Ночной автобус ".repeat(20), &"ö".repeat(20_000));
        assert!(wire.is_ascii());
        assert!(wire.contains("Subject: =?utf-8?b?"));
        assert!(
            wire.lines().all(|line| line.len() < 998),
            "a line is too long"
        );
        let wire = on_the_wire("long", &"x".repeat(10_000));
        assert!(
            wire.lines().all(|line| line.len() < 998),
            "a line is too long"
        );
    }

    #[test]
    fn text_and_html_are_alternatives_the_text_first() {
        let message = Message::new(Kind::Approved, "ann@example.org", "s", "Hello.\n").unwrap();
        let message = message.with_html("<p>Grüße</p>\n".into());
        let wire = message.wire(&from(), DateTime::UNIX_EPOCH, true).unwrap();
        let wire = String::from_utf8(wire.formatted()).unwrap();
        assert!(
            wire.contains("Content-Type: multipart/alternative;"),
            "{wire}"
        );
        let (text, html) = (wire.find("\r\nHello.\r\n"), wire.find("<p>Grüße</p>"));
        assert!(text.is_some() && text < html, "{wire}");
        assert!(
            wire.contains("Content-Type: text/html; charset=utf-8\r\n"),
            "{wire}"
        );
    }

    #[test]
    fn over_the_wire_everything_is_ascii_and_links_are_whole_where_they_can_be() {
        let link = format!("https://porch.example/confirm?token={}", "x".repeat(200));
        for (words, whole) in [("Hello.", true), ("Grüße “von hier”.", false)] {
            let body = format!("{words}\n{link}\n");
            let message = Message::new(Kind::Approved, "ann@example.org", "s", &body).unwrap();
            let message = message.with_html(format!("<p>{body}</p>"));
            let sent = message.wire(&from(), DateTime::UNIX_EPOCH, false).unwrap();
            let sent = String::from_utf8(sent.formatted()).unwrap();
            assert!(sent.is_ascii(), "{sent}");
            assert_eq!(sent.contains(&link), whole, "{sent}");
            let file = message.wire(&from(), DateTime::UNIX_EPOCH, true).unwrap();
            assert!(String::from_utf8(file.formatted()).unwrap().contains(&link));
        }
    }

    #[test]
    fn addresses_that_are_none_are_refused() {
        for bad in [
            "",
            "ann",
            "@example.org",
            "ann@",
            "ann@example.org\r\nBcc: x@example.org",
            "ann@example.org, bob@example.org",
            "Ann <ann@example.org>",
            "änn@example.org",
            "a b@example.org",
        ] {
            let message = Message::new(Kind::Approved, bad, "s", "b");
            assert!(matches!(message, Err(Error::Invalid(_))), "{bad}");
        }
        assert!(Message::new(Kind::Approved, "ann+porch@example.org", "s", "b").is_ok());
    }

    #[test]
    fn words_are_cleaned() {
        assert_eq!(one_line("a\t\n  b\u{202e}c\u{0}", 10), "a bc");
        assert_eq!(one_line("abcdef", 4), "abc…");
        assert_eq!(
            clean_text("a\r\n\r\n\r\n\r\n\r\nb\u{7}\u{202e}", 100),
            "a\n\n\nb"
        );
        assert_eq!(clean_text("ööö", 3), "ö");
    }

    #[test]
    fn a_message_does_not_show_its_links_in_debug() {
        let message = Message::new(Kind::PasswordReset, "ann@example.org", "s", "token").unwrap();
        assert!(!format!("{message:?}").contains("token"));
    }
}
