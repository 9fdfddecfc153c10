//! A letter: what a mail says, in blocks, written once and shown twice, as plain text and as
//! HTML.
//!
//! The words come from the catalogue in the language of whom it is for. What people wrote goes
//! in as a [`Block::Quote`]: set off, cut, and escaped, whatever stands in it (X1, X5). Mails to
//! staff have no HTML: they hold words of people whom nobody here knows yet.

use askama::Template;

use super::message::{Kind, Message, clean_text, one_line};
use crate::domain::Result;
use crate::text::catalogue::{Value, Words};

/// The longest quote, in bytes.
const MAX_QUOTE: usize = 4000;
/// Lines of the plain text are this long at the most, in characters; links are never cut.
const WIDTH: usize = 76;
/// A word is cut at this many characters: lines of mails have an end (RFC 5322).
const MAX_WORD: usize = 400;

/// The instance, as mails name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Its title.
    pub name: String,
    /// Its address, such as `https://porch.example`.
    pub url: String,
}

impl Place {
    /// The title on one line, at most 60 characters.
    fn title(&self) -> String {
        one_line(&self.name, 60)
    }
}

/// Whom a letter is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reader<'a> {
    /// The address.
    pub address: &'a str,
    /// The user name; empty where there is none.
    pub name: &'a str,
    /// The words of their language.
    pub words: Words,
}

/// A piece of a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// A paragraph of ours.
    Words(String),
    /// What somebody wrote, line by line.
    Quote(Vec<String>),
    /// Something to follow.
    Link {
        /// What it does.
        label: String,
        /// Where it leads.
        url: String,
    },
    /// One line each.
    List(Vec<String>),
}

/// A letter that is being written.
#[derive(Debug, Clone)]
pub struct Letter<'a> {
    kind: Kind,
    place: &'a Place,
    reader: Reader<'a>,
    name: String,
    subject: String,
    blocks: Vec<Block>,
    html: bool,
}

impl<'a> Letter<'a> {
    /// Begins one, with its greeting. `$place` and `$name` are known to every key.
    pub fn to(kind: Kind, place: &'a Place, reader: Reader<'a>) -> Letter<'a> {
        let mut letter = Letter {
            kind,
            place,
            reader,
            name: one_line(reader.name, 60),
            subject: String::new(),
            blocks: Vec::new(),
            html: true,
        };
        let hello = match letter.name.is_empty() {
            true => letter.words("hello-nobody", []),
            false => letter.words("hello", []),
        };
        letter.blocks.push(Block::Words(hello));
        letter
    }

    /// For staff: plain text alone.
    pub fn plain(mut self) -> Letter<'a> {
        self.html = false;
        self
    }

    /// What is said under `key`, for this letter.
    pub fn words<'b>(
        &self,
        key: &str,
        arguments: impl IntoIterator<Item = (&'static str, Value<'b>)>,
    ) -> String {
        let known: [(&'static str, Value<'b>); 2] = [
            ("place", self.place.title().into()),
            ("name", self.name.clone().into()),
        ];
        let arguments = arguments.into_iter().chain(known);
        self.reader.words.say(key, arguments)
    }

    /// The subject.
    pub fn subject<'b, const N: usize>(
        mut self,
        key: &str,
        arguments: [(&'static str, Value<'b>); N],
    ) -> Letter<'a> {
        self.subject = self.words(key, arguments);
        self
    }

    /// A paragraph.
    pub fn say<'b, const N: usize>(
        mut self,
        key: &str,
        arguments: [(&'static str, Value<'b>); N],
    ) -> Letter<'a> {
        let said = self.words(key, arguments);
        self.blocks.push(Block::Words(said));
        self
    }

    /// Paragraphs that were put together before, out of the same catalogue.
    pub fn paragraphs(mut self, said: &[String]) -> Letter<'a> {
        let blocks = said.iter().cloned().map(Block::Words);
        self.blocks.extend(blocks);
        self
    }

    /// Somebody's words, if there are any, under a line that says whose they are.
    pub fn quote(mut self, intro: &str, words: &str) -> Letter<'a> {
        let lines: Vec<String> = clean_text(words, MAX_QUOTE)
            .trim()
            .lines()
            .map(|line| line.trim_end().to_owned())
            .collect();
        if lines.is_empty() {
            return self;
        }
        let intro = self.words(intro, []);
        self.blocks.push(Block::Words(intro));
        self.blocks.push(Block::Quote(lines));
        self
    }

    /// A link, made by the caller from the configured address, never from a request (T4).
    pub fn link(mut self, label: &str, url: &str) -> Letter<'a> {
        let (label, url) = (self.words(label, []), url.to_owned());
        self.blocks.push(Block::Link { label, url });
        self
    }

    /// A list of lines, each of which is made a single one.
    pub fn list(mut self, lines: &[String]) -> Letter<'a> {
        if !lines.is_empty() {
            let lines = lines.iter().map(|line| one_line(line, 300)).collect();
            self.blocks.push(Block::List(lines));
        }
        self
    }

    /// More of it, where `condition` holds.
    pub fn when(self, condition: bool, more: impl FnOnce(Self) -> Self) -> Letter<'a> {
        match condition {
            true => more(self),
            false => self,
        }
    }

    /// The mail.
    ///
    /// # Errors
    /// `Invalid` when the address is none.
    pub fn message(self) -> Result<Message> {
        let title = self.place.title();
        let text = plain(&self.blocks, &title, &self.place.url);
        let message = Message::new(self.kind, self.reader.address, &self.subject, &text)?;
        if !self.html {
            return Ok(message);
        }
        let html = Html {
            lang: self.reader.words.0.code(),
            subject: message.subject(),
            blocks: &self.blocks,
            title: &title,
            url: &self.place.url,
        }
        .render()?;
        Ok(message.with_html(html))
    }
}

/// The letter for mail programs that show HTML: no picture, nothing fetched, nothing that
/// reports back.
#[derive(Template)]
#[template(path = "mail/letter.html")]
struct Html<'a> {
    lang: &'static str,
    subject: &'a str,
    blocks: &'a [Block],
    title: &'a str,
    url: &'a str,
}

/// The letter as plain text, `format=flowed` (RFC 3676): a line that ends in a space goes on.
fn plain(blocks: &[Block], title: &str, url: &str) -> String {
    let mut out = String::new();
    for block in blocks {
        match block {
            Block::Words(words) => flow(&mut out, "", words),
            Block::Quote(lines) => {
                for line in lines {
                    flow(&mut out, "> ", line);
                }
            }
            Block::Link { label, url } => {
                flow(&mut out, "", &format!("{label}:"));
                out.push_str(url);
                out.push('\n');
            }
            Block::List(lines) => {
                for line in lines {
                    flow(&mut out, "", &format!("- {line}"));
                }
            }
        }
        out.push('\n');
    }
    out.push_str(title);
    out.push('\n');
    out.push_str(url);
    out.push('\n');
    out
}

/// Writes one paragraph, wrapped, each line behind `mark`.
fn flow(out: &mut String, mark: &str, words: &str) {
    let mut line = String::new();
    let mut length = 0;
    for word in words.split_whitespace().flat_map(pieces) {
        let wide = word.chars().count();
        if length > 0 && mark.len() + length + 1 + wide > WIDTH {
            end(out, mark, &line, true);
            (line, length) = (String::new(), 0);
        }
        if length > 0 {
            line.push(' ');
            length += 1;
        }
        line.push_str(word);
        length += wide;
    }
    end(out, mark, &line, false);
}

fn end(out: &mut String, mark: &str, line: &str, goes_on: bool) {
    // What would read as a quote, or as the head of another mail, is moved in by a space.
    let stuffed = mark.is_empty() && (line.starts_with('>') || line.starts_with("From "));
    out.push_str(if stuffed { " " } else { mark });
    out.push_str(line);
    if line.is_empty() {
        out.truncate(out.trim_end_matches(' ').len());
    } else if goes_on {
        out.push(' ');
    }
    out.push('\n');
}

/// A word in pieces that fit a line of a mail.
fn pieces(word: &str) -> impl Iterator<Item = &str> {
    let mut rest = word;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let cut = rest
            .char_indices()
            .nth(MAX_WORD)
            .map_or(rest.len(), |(at, _)| at);
        let (piece, more) = rest.split_at(cut);
        rest = more;
        Some(piece)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::catalogue::Language;

    fn place() -> Place {
        Place {
            name: "The Porch\n& <Sons>".into(),
            url: "https://porch.example".into(),
        }
    }

    fn letter(words: &str) -> Message {
        let place = place();
        let reader = Reader {
            address: "ann@example.org",
            name: "ann",
            words: Words(Language::English),
        };
        Letter::to(Kind::Question, &place, reader)
            .subject("question-subject", [])
            .quote("question-asked", words)
            .list(&["one\r\nBcc: x".into()])
            .link("question-link", "https://porch.example/waiting?a=1&b=2")
            .message()
            .unwrap()
    }

    #[test]
    fn both_parts_say_the_same() {
        let mail = letter("Which trains?\n\nAll of them?");
        assert!(
            mail.body()
                .starts_with("Hello ann,\n\nwhoever reads your application")
        );
        assert!(
            mail.body()
                .contains("\n> Which trains?\n>\n> All of them?\n")
        );
        assert!(
            mail.body()
                .contains("\nAnswer:\nhttps://porch.example/waiting?a=1&b=2\n")
        );
        assert!(mail.body().contains("\n- one Bcc: x\n"));
        let html = mail.html().unwrap();
        for part in [
            "lang=\"en\"",
            "Which trains?",
            "href=\"https://porch.example/waiting?a=1&#38;b=2\"",
            ">https://porch.example/waiting?a=1&#38;b=2<",
            "one Bcc: x",
        ] {
            assert!(html.contains(part), "{part} in {html}");
        }
    }

    #[test]
    fn nobodys_words_are_markup() {
        let html = letter("<img src=x onerror=y>\n<a href=\"https://evil.example\">x</a>");
        let html = html.html().unwrap().to_owned();
        assert!(
            !html.contains("<img") && !html.contains("href=\"https://evil"),
            "{html}"
        );
        assert!(!html.contains("<Sons>"), "{html}");
    }

    #[test]
    fn lines_are_short_and_flow_on() {
        let mail = letter(&format!("{} {}", "word ".repeat(60), "x".repeat(10_000)));
        for line in mail.body().lines() {
            assert!(line.len() < 500, "{line}");
        }
        assert!(mail.body().contains("word \n> word"), "{}", mail.body());
        let mut out = String::new();
        flow(&mut out, "", &format!("From {}\n> no", "a ".repeat(60)));
        assert!(out.starts_with(" From a a "), "{out}");
    }

    #[test]
    fn no_words_make_no_quote() {
        assert!(!letter(" \n ").body().contains("\n>"));
    }
}
