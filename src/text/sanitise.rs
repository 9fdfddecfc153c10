//! HTML of other servers, made safe and readable.
//!
//! It is not cleaned but written anew: the input is read as a stream of tags and text, and
//! only elements, classes and attributes of a short list are written, balanced, every text
//! and value escaped. So nothing that a browser would run can be in the result, whatever the
//! input is (X1). Linear in the input.
//!
//! Links say where they lead (X3): a text that looks like an address of another host gets the
//! real one beside it, and nothing of a link is hidden but the ends of its own address.

use url::Url;

use super::clean;
use super::entities;
use super::html::{escape, html_to_text};

/// Kept beside what was made safe; raised when the rules change, so that old rows can be
/// made anew.
pub const VERSION: i16 = 1;

/// Elements open at once; deeper ones are dropped, their text stays.
const MAX_OPEN: usize = 24;
/// Bytes of the result after which the rest is left out.
const MAX_BYTES: usize = 200_000;
/// Bytes of one attribute's value; longer ones are dropped.
const MAX_VALUE: usize = 4_096;

/// A post or a bio: paragraphs, lists, quotes, code, links.
pub fn content(html: &str) -> String {
    Writer::run(html, true)
}

/// One line: links and emphasis, no blocks. For values of profile fields.
pub fn line(html: &str) -> String {
    Writer::run(html, false)
}

/// No markup at all, one line: for what ought to be plain but may not be (names, titles).
pub fn plain(text: &str) -> String {
    clean::single_line(&match text.contains('<') {
        true => html_to_text(text),
        false => text.to_owned(),
    })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Block(&'static str),
    List(&'static str),
    Item,
    Inline(&'static str),
    Link,
    Span,
    Break,
    Picture,
    /// Left out with all that is in it.
    Gone,
    /// Left out, its text stays.
    Plain,
}

fn kind(name: &str) -> Kind {
    match name {
        "p" | "div" | "section" | "article" | "tr" | "dt" | "dd" | "figcaption" | "h1" | "h2"
        | "h3" | "h4" | "h5" | "h6" => Kind::Block("p"),
        "blockquote" => Kind::Block("blockquote"),
        "pre" => Kind::Block("pre"),
        "ul" => Kind::List("ul"),
        "ol" => Kind::List("ol"),
        "li" => Kind::Item,
        "b" => Kind::Inline("b"),
        "strong" => Kind::Inline("strong"),
        "i" => Kind::Inline("i"),
        "em" => Kind::Inline("em"),
        "u" => Kind::Inline("u"),
        "s" | "strike" => Kind::Inline("s"),
        "del" => Kind::Inline("del"),
        "code" => Kind::Inline("code"),
        "sub" => Kind::Inline("sub"),
        "sup" => Kind::Inline("sup"),
        "ruby" => Kind::Inline("ruby"),
        "rt" => Kind::Inline("rt"),
        "rp" => Kind::Inline("rp"),
        "a" => Kind::Link,
        "span" => Kind::Span,
        "br" => Kind::Break,
        "img" => Kind::Picture,
        "script" | "style" | "head" | "title" | "template" | "noscript" | "noembed"
        | "noframes" | "iframe" | "object" | "embed" | "svg" | "math" | "textarea" | "select"
        | "xmp" | "plaintext" | "audio" | "video" | "canvas" => Kind::Gone,
        _ => Kind::Plain,
    }
}

/// A link that is open.
struct OpenLink {
    /// Where its text begins in `out`.
    text_start: usize,
    href: String,
    host: String,
    /// All of its text.
    whole: String,
    /// Its text without what is hidden.
    seen: String,
    hides: bool,
}

struct Writer {
    out: String,
    /// Text that is not written yet: what is left out between two pieces makes them one, and an
    /// accent belongs to the letter before it.
    pending: String,
    open: Vec<(&'static str, bool)>,
    link: Option<OpenLink>,
    blocks: bool,
}

impl Writer {
    fn run(html: &str, blocks: bool) -> String {
        let mut writer = Writer {
            out: String::with_capacity(html.len().min(MAX_BYTES) + 64),
            pending: String::new(),
            open: Vec::new(),
            link: None,
            blocks,
        };
        writer.read(html);
        writer.flush();
        while !writer.open.is_empty() {
            writer.close_last();
        }
        writer.out.trim().to_owned()
    }

    fn read(&mut self, html: &str) {
        let mut rest = html;
        while !rest.is_empty() && self.out.len() + self.pending.len() < MAX_BYTES {
            let Some(at) = rest.find('<') else {
                self.text(rest);
                return;
            };
            if at > 0 {
                self.text(&rest[..at]);
                rest = &rest[at..];
                continue;
            }
            if let Some(comment) = rest.strip_prefix("<!--") {
                let after = comment.split_once("-->").map_or("", |(_, after)| after);
                looked_at(comment.len() - after.len());
                rest = after;
                continue;
            }
            match rest.as_bytes().get(1) {
                Some(b'!' | b'?') => {
                    rest = rest.split_once('>').map_or("", |(_, after)| after);
                }
                Some(c) if c.is_ascii_alphabetic() || *c == b'/' => {
                    let Some(tag) = Tag::read(rest) else { return };
                    rest = tag.rest;
                    rest = self.tag(&tag, rest);
                }
                _ => {
                    self.text("<");
                    rest = &rest[1..];
                }
            }
        }
    }

    /// Gives where to read on.
    fn tag<'h>(&mut self, tag: &Tag<'h>, rest: &'h str) -> &'h str {
        let kind = kind(&tag.name);
        match (kind, tag.closing) {
            (Kind::Plain | Kind::Gone, true) => {}
            (Kind::Plain, false) => {}
            (Kind::Gone, false) => return after_end_tag(rest, &tag.name),
            (Kind::Break, _) => {
                if self.blocks {
                    self.flush();
                    self.out.push_str("<br />");
                    self.heard("\n");
                } else {
                    self.text(" ");
                }
            }
            (Kind::Picture, _) => {
                if let Some(alt) = tag.value("alt") {
                    self.text(&escape(&alt));
                }
            }
            (_, true) => self.close(element(kind)),
            (Kind::Block(_) | Kind::List(_) | Kind::Item, false) if !self.blocks => self.text(" "),
            (Kind::Block(name), false) => {
                self.close("p");
                self.push(name, "");
            }
            (Kind::List(name), false) => {
                self.close("p");
                let start = tag.number("start");
                let start = start.map(|n| format!(" start=\"{n}\""));
                self.push(
                    name,
                    if name == "ol" {
                        start.as_deref().unwrap_or("")
                    } else {
                        ""
                    },
                );
            }
            (Kind::Item, false) => {
                self.close_item();
                let value = tag.number("value").map(|n| format!(" value=\"{n}\""));
                match self
                    .open
                    .iter()
                    .any(|(name, _)| matches!(*name, "ul" | "ol"))
                {
                    true => {
                        self.push("li", value.as_deref().unwrap_or(""));
                    }
                    false => {
                        self.close("p");
                        self.push("p", "");
                    }
                }
            }
            (Kind::Inline(name), false) => self.push(name, ""),
            (Kind::Span, false) => self.span(tag),
            (Kind::Link, false) => self.link(tag),
        }
        rest
    }

    fn push(&mut self, name: &'static str, attributes: &str) {
        if self.open.len() >= MAX_OPEN {
            return;
        }
        self.flush();
        self.out.push('<');
        self.out.push_str(name);
        self.out.push_str(attributes);
        self.out.push('>');
        self.open.push((name, false));
    }

    fn span(&mut self, tag: &Tag<'_>) {
        const KEPT: &[&str] = &["h-card", "mention", "invisible", "ellipsis"];
        let classes = tag.classes(KEPT);
        let hides = classes.contains(&"invisible");
        let kept: Vec<&str> = classes
            .into_iter()
            .filter(|class| self.link.is_some() || !matches!(*class, "invisible" | "ellipsis"))
            .collect();
        let mut attributes = String::new();
        if !kept.is_empty() {
            attributes = format!(" class=\"{}\"", kept.join(" "));
        }
        if tag.value("translate").as_deref() == Some("no") {
            attributes.push_str(" translate=\"no\"");
        }
        let before = self.open.len();
        self.push("span", &attributes);
        if hides
            && self.open.len() > before
            && let Some(link) = &mut self.link
            && let Some(last) = self.open.last_mut()
        {
            link.hides = true;
            last.1 = true;
        }
    }

    fn link(&mut self, tag: &Tag<'_>) {
        self.close("a");
        let Some((href, host)) = tag.value("href").and_then(|href| address(&href)) else {
            return;
        };
        if self.open.len() >= MAX_OPEN {
            return;
        }
        let classes = tag.classes(&["mention", "hashtag", "u-url"]);
        let mut attributes = format!(" href=\"{}\"", escape(&href));
        if !classes.is_empty() {
            attributes.push_str(&format!(" class=\"{}\"", classes.join(" ")));
        }
        attributes.push_str(" target=\"_blank\" rel=\"nofollow noopener noreferrer\"");
        if tag.value("translate").as_deref() == Some("no") {
            attributes.push_str(" translate=\"no\"");
        }
        self.push("a", &attributes);
        self.link = Some(OpenLink {
            text_start: self.out.len(),
            href,
            host,
            whole: String::new(),
            seen: String::new(),
            hides: false,
        });
    }

    /// Closes the innermost `name`, and what is open inside of it.
    fn close(&mut self, name: &str) {
        looked_at(self.open.len());
        let Some(at) = self.open.iter().rposition(|(open, _)| *open == name) else {
            return;
        };
        // A stray `</p>` must not end the list or quote around it.
        let walls = &self.open[at + 1..];
        if name == "p"
            && walls
                .iter()
                .any(|(open, _)| matches!(*open, "blockquote" | "li"))
        {
            return;
        }
        while self.open.len() > at {
            self.close_last();
        }
    }

    fn close_item(&mut self) {
        let list = self
            .open
            .iter()
            .rposition(|(open, _)| matches!(*open, "ul" | "ol"));
        let item = self.open.iter().rposition(|(open, _)| *open == "li");
        if let (Some(item), list) = (item, list)
            && list.is_none_or(|list| item > list)
        {
            while self.open.len() > item {
                self.close_last();
            }
        }
    }

    fn close_last(&mut self) {
        self.flush();
        let Some((name, _)) = self.open.pop() else {
            return;
        };
        if name == "a"
            && let Some(link) = self.link.take()
        {
            self.say_where(&link);
        }
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push('>');
    }

    /// At the end of a link's text: nobody is led where they do not see.
    fn say_where(&mut self, link: &OpenLink) {
        looked_at(2 * (self.out.len() - link.text_start));
        let (whole, mut seen) = (link.whole.trim(), link.seen.trim());
        let honest = link.hides && shows_its_address(whole, seen, link);
        if link.hides && !honest {
            // Quotes in texts are escaped: only our own attributes can match.
            let text = self.out.split_off(link.text_start);
            self.out.push_str(
                &text
                    .replace(" class=\"invisible\"", "")
                    .replace(" class=\"ellipsis\"", ""),
            );
            seen = whole;
        }
        // What was made safe before says it already.
        let says = seen.ends_with(&format!("({})", link.host));
        if !honest && !says && names_another_host(seen, &link.host) {
            self.out.push_str(" (");
            self.out.push_str(&escape(&link.host));
            self.out.push(')');
        }
    }

    fn text(&mut self, raw: &str) {
        looked_at(raw.len());
        self.pending.push_str(&decode(raw));
    }

    /// Writes the text that was read since the last element.
    fn flush(&mut self) {
        if self.pending.is_empty() {
            return;
        }
        let text = clean::text(&std::mem::take(&mut self.pending));
        looked_at(text.len());
        let text = text.replace('\n', " ");
        let mut escaped = escape(&text);
        let room = MAX_BYTES.saturating_sub(self.out.len());
        if escaped.len() > room {
            // No character is longer than an entity of six bytes.
            escaped = escape(&text.chars().take(room / 6).collect::<String>());
        }
        self.heard(&text);
        self.out.push_str(&escaped);
    }

    /// Remembers what a link says.
    fn heard(&mut self, text: &str) {
        let hidden = self.open.iter().any(|(_, hides)| *hides);
        if let Some(link) = &mut self.link {
            link.whole.push_str(text);
            if !hidden {
                link.seen.push_str(text);
            }
        }
    }
}

fn element(kind: Kind) -> &'static str {
    match kind {
        Kind::Block(name) | Kind::List(name) | Kind::Inline(name) => name,
        Kind::Item => "li",
        Kind::Link => "a",
        Kind::Span => "span",
        Kind::Break | Kind::Picture | Kind::Gone | Kind::Plain => "",
    }
}

/// Whether a link's hidden parts are only the ends of the address it leads to.
fn shows_its_address(whole: &str, seen: &str, link: &OpenLink) -> bool {
    let bare = link.host.strip_prefix("www.").unwrap_or(&link.host);
    let seen = seen.split_once("://").map_or(seen, |(_, after)| after);
    let seen = seen.strip_prefix("www.").unwrap_or(seen);
    whole == link.href
        && seen.starts_with(bare)
        && !seen[bare.len()..].starts_with(|c: char| c.is_alphanumeric() || matches!(c, '.' | '-'))
}

/// Whether a text looks like an address of another host than `host`, or spells `host` in
/// letters that may look like others.
fn names_another_host(text: &str, host: &str) -> bool {
    let first = text.split_whitespace().next().unwrap_or_default();
    let (scheme, rest) = match first.split_once("://") {
        Some((_, rest)) => (true, rest),
        None => (false, first),
    };
    if !scheme && (text.contains(char::is_whitespace) || rest.starts_with(['@', '#'])) {
        return false;
    }
    let named = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    let named = named.trim_end_matches(['.', ',', ')', '…']);
    let top = named.rsplit('.').next().unwrap_or_default();
    let is_host =
        named.contains('.') && top.chars().count() >= 2 && top.chars().all(char::is_alphabetic);
    if !is_host && !scheme {
        return false;
    }
    let named = named.to_lowercase();
    let same = |name: &str| {
        name.strip_prefix("www.").unwrap_or(name) == host.strip_prefix("www.").unwrap_or(host)
    };
    !same(&named) && !same(named.split(':').next().unwrap_or_default())
}

/// An address that may be led to, and its host.
fn address(href: &str) -> Option<(String, String)> {
    let href: String = href.trim().chars().filter(|c| !c.is_control()).collect();
    let url = Url::parse(&href).ok()?;
    if !matches!(url.scheme(), "http" | "https")
        || !url.username().is_empty()
        || url.password().is_some()
    {
        return None;
    }
    let host = url.host_str()?.to_owned();
    // As it was written, so that apps can compare it; unless it could be read in two ways.
    let plain = href.bytes().all(|b| b.is_ascii_graphic() && b != b'\\')
        && href[url.scheme().len()..].starts_with("://");
    Some((if plain { href } else { url.into() }, host))
}

/// A tag at the start of a text.
struct Tag<'h> {
    name: String,
    closing: bool,
    attributes: &'h str,
    rest: &'h str,
}

impl<'h> Tag<'h> {
    /// `None` for one that is cut off.
    fn read(html: &'h str) -> Option<Tag<'h>> {
        let closing = html.as_bytes().get(1) == Some(&b'/');
        let start = if closing { 2 } else { 1 };
        let body = &html[start..];
        // A `>` inside of quotes ends nothing.
        let mut quote = None;
        let mut end = None;
        for (at, byte) in body.bytes().enumerate() {
            match (quote, byte) {
                (Some(q), _) if q == byte => quote = None,
                (Some(_), _) => {}
                (None, b'"' | b'\'') if at > 0 && body.as_bytes()[..at].ends_with(b"=") => {
                    quote = Some(byte);
                }
                (None, b'>') => {
                    end = Some(at);
                    break;
                }
                _ => {}
            }
        }
        looked_at(end.unwrap_or(body.len()));
        let end = end?;
        let inside = &body[..end];
        let split = inside
            .find(|c: char| c.is_ascii_whitespace() || c == '/')
            .unwrap_or(inside.len());
        Some(Tag {
            name: inside[..split].to_ascii_lowercase(),
            closing,
            attributes: &inside[split..],
            rest: &body[end + 1..],
        })
    }

    /// The value of the first attribute of that name, entities decoded.
    fn value(&self, wanted: &str) -> Option<String> {
        looked_at(self.attributes.len());
        let mut rest = self.attributes;
        loop {
            rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
            if rest.is_empty() {
                return None;
            }
            let end = rest
                .char_indices()
                .find(|(at, c)| *at > 0 && (c.is_ascii_whitespace() || matches!(c, '=' | '/')))
                .map_or(rest.len(), |(at, _)| at);
            let name = &rest[..end];
            rest = rest[end..].trim_start();
            let mut value = "";
            if let Some(after) = rest.strip_prefix('=') {
                let after = after.trim_start();
                let quoted = after.chars().next().filter(|c| matches!(c, '"' | '\''));
                (value, rest) = match quoted {
                    Some(quote) => after[1..].split_once(quote).unwrap_or((&after[1..], "")),
                    None => after.split_at(
                        after
                            .find(|c: char| c.is_ascii_whitespace())
                            .unwrap_or(after.len()),
                    ),
                };
            }
            if name.eq_ignore_ascii_case(wanted) {
                return (value.len() <= MAX_VALUE).then(|| decode(value));
            }
        }
    }

    fn classes(&self, kept: &[&'static str]) -> Vec<&'static str> {
        let value = self.value("class").unwrap_or_default();
        kept.iter()
            .copied()
            .filter(|class| value.split_ascii_whitespace().any(|c| c == *class))
            .collect()
    }

    fn number(&self, name: &str) -> Option<i32> {
        self.value(name)?.trim().parse().ok()
    }
}

#[cfg(test)]
thread_local! {
    /// Bytes that were looked at, once for each time.
    static LOOKED_AT: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// Counts work, so that a test can see how it grows.
#[inline(always)]
fn looked_at(_bytes: usize) {
    #[cfg(test)]
    LOOKED_AT.with(|all| all.set(all.get() + _bytes));
}

/// What follows `</name…>`; nothing when it never ends.
fn after_end_tag<'h>(html: &'h str, name: &str) -> &'h str {
    if name == "embed" {
        return html;
    }
    let mut rest = html;
    while let Some(at) = rest.find("</") {
        rest = &rest[at + 2..];
        if rest
            .get(..name.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(name))
        {
            let after = rest.split_once('>').map_or("", |(_, after)| after);
            looked_at(html.len() - after.len());
            return after;
        }
    }
    looked_at(html.len());
    ""
}

/// Entities as characters. Names beyond the common ones stay as they were written.
fn decode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        match entities::first(rest) {
            Some((c, len)) => {
                out.push(c);
                rest = &rest[len..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_others_send_stays_as_it_looks() {
        let mastodon = "<p><span class=\"h-card\" translate=\"no\"><a href=\"https://a.example/@ann\" class=\"u-url mention\">@<span>ann</span></a></span> hello<br>there</p><p>second</p>";
        assert_eq!(
            content(mastodon),
            "<p><span class=\"h-card\" translate=\"no\"><a href=\"https://a.example/@ann\" class=\"mention u-url\" target=\"_blank\" rel=\"nofollow noopener noreferrer\">@<span>ann</span></a></span> hello<br />there</p><p>second</p>"
        );
        assert_eq!(
            content("<h1>Title</h1><ul><li>one<li>two</ul><blockquote><p>q</p></blockquote>"),
            "<p>Title</p><ul><li>one</li><li>two</li></ul><blockquote><p>q</p></blockquote>"
        );
        assert_eq!(content("a &lt;b&gt; &amp; &eacute;"), "a &lt;b&gt; &amp; é");
        assert_eq!(content("1 < 2 > 1"), "1 &lt; 2 &gt; 1");
        assert_eq!(
            content("<img class=\"emoji\" alt=\":blob:\" src=\"x\"> hi"),
            ":blob: hi"
        );
    }

    #[test]
    fn nothing_runs() {
        // X1
        for bad in [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "<a href=\"javascript:alert(1)\">x</a>",
            "<a href=\"java\nscript:alert(1)\">x</a>",
            "<a href=\" &#106;avascript:alert(1)\">x</a>",
            "<a href=\"data:text/html,<script>\">x</a>",
            "<svg><script>alert(1)</script></svg>",
            "<math><mtext><style><img src=x onerror=alert(1)></style></math>",
            "<style>*{display:none}</style>",
            "<iframe src=\"https://evil.example\"></iframe>",
            "<form action=x><input name=y><button>go</button></form>",
            "<base href=\"https://evil.example\"><meta http-equiv=refresh>",
            "<p onclick=\"x()\" style=\"position:fixed\">x</p>",
            "<a href=\"https://a.example/\" onmouseover=\"x()\">y</a>",
            "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\"></noscript>",
            "<a href='https://a.example/\"onclick=alert(1)//'>x</a>",
            "<p<script>alert(1)</script>",
            "<<script>alert(1)//<</script>",
            "<!--><img src=x onerror=alert(1)>-->",
        ] {
            let safe = content(bad).to_lowercase();
            for word in [
                "<script",
                "<img",
                "<svg",
                "<style",
                "<iframe",
                "<form",
                "<input",
                "<base",
                "<meta",
                "href=\"javascript",
                "href=\"data",
            ] {
                assert!(!safe.contains(word), "{bad} gave {safe}");
            }
            // An attribute that acts would stand in a tag, between its name and `>`.
            for tag in safe.split('<').skip(1) {
                let tag = tag.split('>').next().unwrap_or_default();
                for word in [" on", "style="] {
                    let outside = tag.split('"').step_by(2).collect::<String>();
                    assert!(!outside.contains(word), "{bad} gave {safe}");
                }
            }
        }
    }

    #[test]
    fn a_link_says_where_it_leads() {
        // X3
        let text = |html: &str| html_to_text(&content(html));
        assert_eq!(
            text("<a href=\"https://evil.example/x\">https://bank.example</a>"),
            "https://bank.example (evil.example)"
        );
        assert_eq!(
            text("<a href=\"https://evil.example/x\">bank.example/login</a>"),
            "bank.example/login (evil.example)"
        );
        assert_eq!(
            text("<a href=\"https://a.example/x\">a.example/x</a>"),
            "a.example/x"
        );
        assert_eq!(
            text("<a href=\"https://www.a.example/x\">a.example</a>"),
            "a.example"
        );
        assert_eq!(
            text("<a href=\"https://a.example/x\">click here</a>"),
            "click here"
        );
        assert_eq!(
            text("<a href=\"https://xn--80ak6aa92e.example/\">аррӏе.example</a>"),
            "аррӏе.example (xn--80ak6aa92e.example)"
        );
        // Credentials look like a host.
        assert_eq!(
            text("<a href=\"https://bank.example@evil.example/\">x</a>"),
            "x"
        );
        assert!(!content("<a href=\"https://bank.example@evil.example/\">x</a>").contains("<a"));
    }

    #[test]
    fn what_is_safe_stays_as_it_is() {
        for html in [
            "<a href=\"https://evil.example/x\">https://bank.example</a>",
            "<a href=\"https:/a.example/x\">x</a>",
            "<a href=\"https:)/a.example/x\">x</a>",
        ] {
            let safe = content(html);
            assert_eq!(content(&safe), safe);
            assert!(!safe.contains("href") || safe.contains("://"), "{safe}");
        }
    }

    #[test]
    fn only_the_ends_of_the_own_address_are_hidden() {
        let honest = "<a href=\"https://www.a.example/a/long/path\"><span class=\"invisible\">https://www.</span><span class=\"ellipsis\">a.example/a/lo</span><span class=\"invisible\">ng/path</span></a>";
        assert!(content(honest).contains("class=\"invisible\""));
        let liar = "<a href=\"https://evil.example/\"><span class=\"invisible\">https://evil.example/ </span>bank.example</a>";
        let shown = content(liar);
        assert!(!shown.contains("invisible"), "{shown}");
        let host_hidden = "<a href=\"https://evil.example/bank.example\"><span class=\"invisible\">https://evil.example/</span>bank.example</a>";
        assert!(!content(host_hidden).contains("invisible"));
        assert!(!content("<span class=\"invisible\">x</span>").contains("invisible"));
    }

    #[test]
    fn marks_that_turn_the_line_around_stay_in_it() {
        // X3
        assert_eq!(content("<p>abc &#x202e;def</p>"), "<p>abc def</p>");
        assert_eq!(content("a&#8203;b\u{feff}"), "ab");
        assert_eq!(plain("<b>Ann</b>\r\nBcc: x"), "Ann Bcc: x");
        assert_eq!(
            line("<p>x</p><ul><li>y</li></ul><b>z</b>").trim(),
            "x  y<b>z</b>"
        );
    }

    #[test]
    fn a_megabyte_of_anything_is_read_and_bounded() {
        for part in [
            "<",
            "<p>",
            "<a href=\"https://a.example\">",
            "</p>",
            "&",
            "<b",
            "\"",
            "<!--",
            "<span class=\"invisible\">",
        ] {
            let whole = part.repeat(1_000_000 / part.len());
            assert!(content(&whole).len() < 2 * MAX_BYTES, "{part}");
        }
    }

    #[test]
    fn work_grows_with_the_text_and_no_faster() {
        // Counted, not timed: what a second look at everything so far would cost shows (N9).
        let work = |part: &str, bytes: usize| {
            LOOKED_AT.set(0);
            content(&part.repeat(bytes / part.len()));
            LOOKED_AT.get()
        };
        for part in [
            "<",
            "<b",
            "<b>",
            "</b>",
            "<p>x",
            "</p>",
            "<!--",
            "<!---->",
            "<!x",
            "<script>",
            "<svg></svg>",
            "<title></titl",
            "&",
            "&amp;",
            "<a href=\"https://a.example\">x",
            "<a href='https://a.example' class=\"x y z\">https://b.example</a>",
            "<a =\"",
            "<p a=b c=d e>",
            "<ul><li>",
            "<blockquote>",
            "<span class=\"invisible\">x",
            "<span class=\"invisible\"></span>",
            "\u{202e}",
        ] {
            let (one, two) = (work(part, 50_000), work(part, 100_000));
            assert!(one <= 50_000 * 60, "{part}: {one} for 50,000 bytes");
            assert!(two <= one * 2 + 100_000, "{part}: {one}, then {two}");
        }
    }

    proptest! {
        #[test]
        fn tags_are_balanced_and_of_the_list(raw in "(<[a-z/ =\"']{0,8}>|<(p|a href=\"https://a\\.example\"|b|ul|li|span class=\"invisible\"|br|blockquote)>|</(p|a|b|ul|li|span|blockquote)>|[a-z&;<>\"' ]{0,6}){0,20}") {
            let safe = content(&raw);
            let mut open = Vec::new();
            for part in safe.split('<').skip(1) {
                let tag = part.split_once('>').expect("every tag ends").0;
                let name: String = tag.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
                if tag.starts_with('/') {
                    prop_assert_eq!(open.pop(), Some(name));
                } else if name != "br" {
                    open.push(name);
                }
            }
            prop_assert!(open.is_empty(), "{}", safe);
        }
    }
}
