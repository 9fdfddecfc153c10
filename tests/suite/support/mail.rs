//! The mails of a place, as files.

use std::path::Path;

/// One mail.
#[derive(Debug, Clone)]
pub struct Mail {
    /// Its file.
    pub file: String,
    /// The bare address in `To`.
    pub to: String,
    /// Decoded.
    pub subject: String,
    /// Headers as they are.
    pub head: String,
    /// The text part, decoded.
    pub text: String,
    /// The HTML part, as it was written; empty where there is none.
    pub html: String,
}

impl Mail {
    /// The first address in it whose path begins with `path`, as path and query.
    #[track_caller]
    pub fn link(&self, path: &str) -> String {
        let found = self.text.split_whitespace().find_map(|word| {
            let at = word.find("://")?;
            let slash = word[at + 3..].find('/')? + at + 3;
            word[slash..]
                .starts_with(path)
                .then(|| word[slash..].trim_end_matches(['.', '>']).to_owned())
        });
        found.unwrap_or_else(|| panic!("no link to {path} in this mail:\n{}", self.text))
    }
}

/// All mails of a folder, oldest first.
pub fn read(folder: &Path) -> Vec<Mail> {
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .map(|entries| entries.filter_map(|e| Some(e.ok()?.path())).collect())
        .unwrap_or_default();
    files.retain(|path: &std::path::PathBuf| path.extension().is_some_and(|e| e == "eml"));
    files.sort();
    files
        .iter()
        .filter_map(|path| {
            let text = std::fs::read_to_string(path).ok()?;
            Some(parse(&path.file_name()?.to_string_lossy(), &text))
        })
        .collect()
}

fn parse(file: &str, text: &str) -> Mail {
    let text = text.replace("\r\n", "\n");
    let (head, body) = text.split_once("\n\n").unwrap_or((&text, ""));
    let header = |name: &str| {
        let mut value = String::new();
        let mut inside = false;
        for line in head.lines() {
            if line.starts_with([' ', '\t']) {
                if inside {
                    value.push(' ');
                    value.push_str(line.trim());
                }
                continue;
            }
            inside = line
                .to_lowercase()
                .starts_with(&format!("{}:", name.to_lowercase()));
            if inside {
                value = line
                    .split_once(':')
                    .map_or("", |(_, v)| v)
                    .trim()
                    .to_owned();
            }
        }
        value
    };
    let to = header("To");
    let to = to
        .rsplit_once('<')
        .map_or(to.as_str(), |(_, rest)| rest)
        .trim_matches(['<', '>', ' '])
        .to_owned();
    let html = part_of("text/html", head, body).map_or(String::new(), |(_, html)| html);
    let (part_head, part) =
        part_of("text/plain", head, body).unwrap_or_else(|| (head.to_owned(), body.to_owned()));
    let text = match encoding(&part_head).as_str() {
        "quoted-printable" => quoted_printable(&part),
        "base64" => base64_text(&part),
        _ => part,
    };
    let text = match part_head.to_lowercase().contains("format=flowed") {
        true => flowed(&text),
        false => text,
    };
    Mail {
        file: file.to_owned(),
        to,
        subject: words(&header("Subject")),
        head: head.to_owned(),
        text,
        html,
    }
}

/// The part of that type, with the headers that say how it is written.
fn part_of(kind: &str, head: &str, body: &str) -> Option<(String, String)> {
    let Some(at) = head.find("boundary=") else {
        return head
            .to_lowercase()
            .contains(kind)
            .then(|| (head.to_owned(), body.to_owned()));
    };
    let boundary: String = head[at + 9..]
        .trim_start_matches('"')
        .chars()
        .take_while(|c| !matches!(c, '"' | ';' | '\n'))
        .collect();
    for part in body.split(&format!("--{boundary}")) {
        let (head, text) = part.trim_start().split_once("\n\n").unwrap_or(("", ""));
        if head.to_lowercase().contains(kind) {
            return Some((head.to_owned(), text.to_owned()));
        }
    }
    None
}

/// Lines that go on are put together (RFC 3676), as mail programs do.
fn flowed(text: &str) -> String {
    let mut out = String::new();
    let mut goes_on = false;
    for line in text.lines() {
        let line = match line.strip_prefix("> ") {
            Some(quoted) if goes_on => quoted,
            _ => line,
        };
        out.push_str(line);
        goes_on = line.ends_with(' ');
        if !goes_on {
            out.push('\n');
        }
    }
    out
}

fn encoding(head: &str) -> String {
    let line = head
        .lines()
        .find(|l| l.to_lowercase().starts_with("content-transfer-encoding:"));
    line.and_then(|l| l.split_once(':'))
        .map_or(String::new(), |(_, v)| v.trim().to_lowercase())
}

fn quoted_printable(text: &str) -> String {
    let text = text.replace("=\n", "");
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let code = (first == b'=' && tail.len() >= 2)
            .then(|| std::str::from_utf8(&tail[..2]).ok())
            .flatten()
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match code {
            Some(byte) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            None => {
                bytes.push(first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn base64_text(text: &str) -> String {
    use base64::Engine;
    let joined: String = text.split_whitespace().collect();
    let bytes = base64::engine::general_purpose::STANDARD
        .decode(joined)
        .unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Encoded words of a header (RFC 2047).
fn words(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("=?") {
        let between = &rest[..at];
        if !(out.is_empty() || between.trim().is_empty()) || out.is_empty() {
            out.push_str(between);
        }
        let mut parts = rest[at + 2..].splitn(4, '?');
        let (_, kind, data) = (
            parts.next(),
            parts.next().unwrap_or(""),
            parts.next().unwrap_or(""),
        );
        out.push_str(&match kind.to_lowercase().as_str() {
            "b" => base64_text(data),
            _ => quoted_printable(&data.replace('_', " ")),
        });
        rest = parts
            .next()
            .and_then(|tail| tail.strip_prefix('='))
            .unwrap_or("");
    }
    out.push_str(rest);
    out
}

#[test]
fn a_mail_is_read_as_people_see_it() {
    let mail = parse(
        "x.eml",
        "From: a@b.test\r\nTo: Ann <ann@example.org>\r\nSubject: =?utf-8?b?R3LDvMOfZQ==?=\r\n\
         Content-Transfer-Encoding: quoted-printable\r\n\r\nGo to http://localhost:1/confirm?token=3Da=\r\nbc .\r\n",
    );
    assert_eq!(
        (mail.to.as_str(), mail.subject.as_str()),
        ("ann@example.org", "Grüße")
    );
    assert_eq!(mail.link("/confirm"), "/confirm?token=abc");
}
