//! Plain text to HTML, in exactly the shape that Mastodon apps take apart, and back.
//!
//! Apps match mention links by address and hashtags by class, and hide the `invisible` parts of
//! links, so elements, classes and attributes are not free to change. There are never newline
//! characters in the result. Everything that members typed is escaped.

use std::collections::HashMap;

use super::clean::without_carriage_returns;
use super::entities;
use super::links::Link;
use super::mentions::Mention;
use super::tokens::{Token, tokens};

/// Characters of a link that are shown, after scheme and `www.`. A longer host is shown whole:
/// nobody shall hide where a link leads.
const SHOWN_CHARS: usize = 30;

/// Whom a mention means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MentionTarget {
    /// The profile's address: equal to `mentions[].url` in the API, or apps open a browser.
    pub url: String,
    /// The user name alone, in its own case.
    pub username: String,
    /// `user` for members, `user@domain` for others; shown when two people in the same text
    /// share a user name.
    pub acct: String,
}

/// A status as HTML: paragraphs, links, mentions, hashtags.
///
/// `resolve` says whom a mention means; those it does not know stay plain text. It is asked
/// once per mention in the text. `tag_url` gives the page of a hashtag, from its normalised
/// name. Blank text gives an empty string.
pub fn render(
    text: &str,
    resolve: &dyn Fn(&Mention) -> Option<MentionTarget>,
    tag_url: &dyn Fn(&str) -> String,
) -> String {
    let text = without_carriage_returns(text);
    let text = text.trim();
    if text.is_empty() {
        return String::new();
    }
    let tokens = tokens(text);
    let targets: Vec<Option<MentionTarget>> = tokens
        .iter()
        .map(|token| match token {
            Token::Mention(mention) => resolve(mention),
            _ => None,
        })
        .collect();
    let shared = shared_usernames(&targets);
    let mut html = Writer::paragraphs(text.len());
    let mut done = 0;
    for (token, target) in tokens.iter().zip(&targets) {
        html.text(&text[done..token.start()]);
        done = token.end();
        match token {
            Token::Link(link) => push_link(&mut html.out, link, "nofollow noopener"),
            Token::Hashtag(hashtag) => {
                let url = tag_url(&super::hashtags::normalise(hashtag.name));
                push_hashtag(&mut html.out, &url, hashtag.name);
            }
            Token::Mention(mention) => match target {
                Some(target) => push_mention(&mut html.out, target, &shared),
                None => html.text(&text[mention.start..mention.end]),
            },
        }
    }
    html.text(&text[done..]);
    html.finish()
}

/// A bio as HTML: paragraphs and links. `plain` leaves links as text: what a pending applicant
/// writes must not lead anywhere.
pub fn note_html(text: &str, plain: bool) -> String {
    let text = without_carriage_returns(text);
    let text = text.trim();
    if text.is_empty() {
        return String::new();
    }
    with_links(
        Writer::paragraphs(text.len()),
        text,
        plain,
        "nofollow noopener",
    )
}

/// A profile field's value as HTML: one line, no paragraph, links with `rel="me"`. `plain` as
/// in [`note_html`].
pub fn field_html(text: &str, plain: bool) -> String {
    let line = super::clean::single_line(text);
    with_links(
        Writer::inline(line.len()),
        &line,
        plain,
        "me nofollow noopener",
    )
}

/// Escapes text for HTML, inside elements and quoted attributes alike. Newlines stay.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    push_escaped(&mut out, text);
    out
}

/// HTML (ours, or another server's) as plain text: line breaks for `<br>`, blank lines between
/// paragraphs, `- ` before list items, entities decoded, everything else of the markup gone.
/// For excerpts, previews and mail; the result is text, not safe HTML.
pub fn html_to_text(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(open) = rest.find('<') {
        push_decoded(&mut out, &rest[..open]);
        rest = &rest[open..];
        if let Some(comment) = rest.strip_prefix("<!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        if !rest[1..].starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?'))
        {
            // "1 < 2"
            out.push('<');
            rest = &rest[1..];
            continue;
        }
        let Some(close) = rest.find('>') else {
            // A tag that was cut off.
            rest = "";
            break;
        };
        let tag = &rest[1..close];
        rest = &rest[close + 1..];
        let closing = tag.starts_with('/');
        let name = tag
            .trim_start_matches('/')
            .split(|c: char| c.is_ascii_whitespace() || c == '/')
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase();
        match &name[..] {
            "script" | "style" if !closing => rest = after_end_tag(rest, &name),
            "br" => out.push('\n'),
            "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "ul" | "ol" | "blockquote" | "pre"
            | "div" => blank_line(&mut out),
            "li" if !closing => {
                if !out.is_empty() && !out.ends_with('\n') {
                    out.push('\n');
                }
                out.push_str("- ");
            }
            _ => {}
        }
    }
    push_decoded(&mut out, rest);
    out.trim().to_owned()
}

/// User names that mean more than one account in this text, lower-case.
fn shared_usernames(targets: &[Option<MentionTarget>]) -> Vec<String> {
    let mut first: HashMap<String, &str> = HashMap::new();
    let mut shared = Vec::new();
    for target in targets.iter().flatten() {
        let name = target.username.to_lowercase();
        match first.get(&name) {
            Some(url) if *url != target.url => shared.push(name),
            Some(_) => {}
            None => {
                first.insert(name, &target.url);
            }
        }
    }
    shared
}

fn with_links(mut html: Writer, text: &str, plain: bool, rel: &str) -> String {
    let mut done = 0;
    if !plain {
        for token in tokens(text) {
            if let Token::Link(link) = token {
                html.text(&text[done..link.start]);
                push_link(&mut html.out, &link, rel);
                done = link.end;
            }
        }
    }
    html.text(&text[done..]);
    html.finish()
}

/// Writes escaped text with its breaks: a blank line ends the paragraph, one newline is `<br />`.
struct Writer {
    out: String,
    paragraphs: bool,
    /// Newlines seen and not yet written.
    breaks: usize,
}

impl Writer {
    fn paragraphs(len: usize) -> Writer {
        let mut out = String::with_capacity(len * 2 + 64);
        out.push_str("<p>");
        Writer {
            out,
            paragraphs: true,
            breaks: 0,
        }
    }

    fn inline(len: usize) -> Writer {
        Writer {
            out: String::with_capacity(len * 2),
            paragraphs: false,
            breaks: 0,
        }
    }

    fn text(&mut self, text: &str) {
        for (i, line) in text.split('\n').enumerate() {
            self.breaks += usize::from(i > 0);
            if !line.is_empty() {
                self.flush_breaks();
                push_escaped(&mut self.out, line);
            }
        }
        // Breaks at the end of a text stand before the token that follows.
        self.flush_breaks();
    }

    fn flush_breaks(&mut self) {
        match std::mem::take(&mut self.breaks) {
            0 => {}
            1 => self.out.push_str("<br />"),
            _ => self.out.push_str("</p><p>"),
        }
    }

    fn finish(mut self) -> String {
        if self.paragraphs {
            self.out.push_str("</p>");
        }
        self.out
    }
}

fn push_link(out: &mut String, link: &Link, rel: &str) {
    let www = link.url[link.scheme_len..]
        .get(..4)
        .is_some_and(|start| start.eq_ignore_ascii_case("www."))
        // "https://www.example" has nothing else to show.
        && link.url[link.scheme_len + 4..link.host_end].contains('.');
    let prefix = link.scheme_len + if www { 4 } else { 0 };
    let shown_end = link.url[prefix..]
        .char_indices()
        .nth(SHOWN_CHARS)
        .map_or(link.url.len(), |(offset, _)| prefix + offset)
        .max(link.host_end);
    let cut = shown_end < link.url.len();
    out.push_str("<a href=\"");
    push_escaped(out, link.url);
    out.push_str("\" target=\"_blank\" rel=\"");
    out.push_str(rel);
    out.push_str("\" translate=\"no\"><span class=\"invisible\">");
    push_escaped(out, &link.url[..prefix]);
    out.push_str(if cut {
        "</span><span class=\"ellipsis\">"
    } else {
        "</span><span class=\"\">"
    });
    push_escaped(out, &link.url[prefix..shown_end]);
    out.push_str("</span><span class=\"invisible\">");
    push_escaped(out, &link.url[shown_end..]);
    out.push_str("</span></a>");
}

fn push_hashtag(out: &mut String, url: &str, name: &str) {
    out.push_str("<a href=\"");
    push_escaped(out, url);
    out.push_str("\" class=\"mention hashtag\" rel=\"tag\">#<span>");
    push_escaped(out, name);
    out.push_str("</span></a>");
}

fn push_mention(out: &mut String, target: &MentionTarget, shared: &[String]) {
    let ambiguous = !shared.is_empty() && shared.contains(&target.username.to_lowercase());
    out.push_str("<span class=\"h-card\" translate=\"no\"><a href=\"");
    push_escaped(out, &target.url);
    out.push_str("\" class=\"u-url mention\">@<span>");
    push_escaped(
        out,
        if ambiguous {
            &target.acct
        } else {
            &target.username
        },
    );
    out.push_str("</span></a></span>");
}

fn push_escaped(out: &mut String, text: &str) {
    let mut done = 0;
    for (i, byte) in text.bytes().enumerate() {
        let entity = match byte {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            b'\'' => "&#39;",
            _ => continue,
        };
        out.push_str(&text[done..i]);
        out.push_str(entity);
        done = i + 1;
    }
    out.push_str(&text[done..]);
}

/// What follows `</name…>`; nothing when it never ends.
fn after_end_tag<'h>(html: &'h str, name: &str) -> &'h str {
    let mut rest = html;
    while let Some(at) = rest.find("</") {
        rest = &rest[at + 2..];
        if rest
            .get(..name.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(name))
        {
            return rest.split_once('>').map_or("", |(_, after)| after);
        }
    }
    ""
}

fn blank_line(out: &mut String) {
    while out.ends_with([' ', '\n']) {
        out.pop();
    }
    if !out.is_empty() {
        out.push_str("\n\n");
    }
}

/// Appends text with its entities decoded; white space runs that hold a newline are one space.
fn push_decoded(out: &mut String, text: &str) {
    let mut rest = text;
    while let Some(at) = rest.find(['&', '\n', '\r']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        if !rest.starts_with('&') {
            rest = rest.trim_start_matches([' ', '\n', '\r', '\t']);
            if !out.is_empty() && !out.ends_with([' ', '\n']) {
                out.push(' ');
            }
            continue;
        }
        match entities::first(rest) {
            Some((c, len)) => {
                // Plain text is searched and counted: a space is a space.
                out.push(if c == '\u{a0}' { ' ' } else { c });
                rest = &rest[len..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn known(mention: &Mention) -> Option<MentionTarget> {
        let user = mention.user.to_lowercase();
        match (user.as_str(), mention.domain.as_deref()) {
            ("alice", None) => Some(MentionTarget {
                url: "https://here.example/@alice".into(),
                username: "alice".into(),
                acct: "alice".into(),
            }),
            (_, Some(domain)) => Some(MentionTarget {
                url: format!("https://{domain}/@{user}"),
                acct: format!("{user}@{domain}"),
                username: user,
            }),
            _ => None,
        }
    }

    fn html(text: &str) -> String {
        render(text, &known, &|name| {
            format!("https://here.example/tags/{name}")
        })
    }

    #[test]
    fn paragraphs_and_breaks() {
        assert_eq!(
            html("a\nb\r\n\r\nc\n\n\n\nd\n"),
            "<p>a<br />b</p><p>c</p><p>d</p>"
        );
        assert_eq!(html(" \n "), "");
        assert_eq!(html("#a\n@alice\n\n#b").matches("<br />").count(), 1);
        assert!(html("#a\n\n#b").contains("</a></p><p><a"));
        assert_eq!(html("@nobody\n@nobody"), "<p>@nobody<br />@nobody</p>");
    }

    #[test]
    fn everything_is_escaped() {
        assert_eq!(
            html("<b>\"it's\" & more"),
            "<p>&lt;b&gt;&quot;it&#39;s&quot; &amp; more</p>"
        );
        assert!(
            html("https://a.example/?a=1&b='2")
                .contains("href=\"https://a.example/?a=1&amp;b=&#39;2\"")
        );
    }

    #[test]
    fn mentions_as_apps_expect() {
        assert_eq!(
            html("@Alice hi"),
            "<p><span class=\"h-card\" translate=\"no\"><a href=\"https://here.example/@alice\" \
             class=\"u-url mention\">@<span>alice</span></a></span> hi</p>"
        );
        assert!(html("@bob@a.example").contains("@<span>bob</span>"));
        let both = html("@bob@a.example @bob@b.example @alice");
        assert!(
            both.contains("@<span>bob@a.example</span>")
                && both.contains("@<span>bob@b.example</span>")
        );
        assert!(both.contains("@<span>alice</span>"));
        assert_eq!(html("@nobody!"), "<p>@nobody!</p>");
    }

    #[test]
    fn hashtags_as_apps_expect() {
        assert_eq!(
            html("#Café"),
            "<p><a href=\"https://here.example/tags/cafe\" class=\"mention hashtag\" rel=\"tag\">#<span>Café</span></a></p>"
        );
    }

    #[test]
    fn links_as_apps_expect() {
        assert_eq!(
            html("https://www.example.org/a"),
            "<p><a href=\"https://www.example.org/a\" target=\"_blank\" rel=\"nofollow noopener\" translate=\"no\">\
             <span class=\"invisible\">https://www.</span><span class=\"\">example.org/a</span>\
             <span class=\"invisible\"></span></a></p>"
        );
        let long = html("https://example.org/0123456789012345678901234567890");
        assert!(long.contains("<span class=\"ellipsis\">example.org/012345678901234567</span><span class=\"invisible\">8901234567890</span>"), "{long}");
        // The whole host is shown, however long.
        let host = "accounts.bank.example.a-very-long-label.evil.example";
        assert!(html(&format!("https://{host}/x")).contains(&format!("\">{host}</span>")));
    }

    #[test]
    fn bios_and_fields() {
        assert!(note_html("me: https://a.example\nbye", false).contains("<br />bye</p>"));
        assert_eq!(
            note_html("me: https://a.example <b>", true),
            "<p>me: https://a.example &lt;b&gt;</p>"
        );
        assert!(field_html("https://a.example", false).contains("rel=\"me nofollow noopener\""));
        assert_eq!(field_html("a\n<b>", true), "a &lt;b&gt;");
    }

    #[test]
    fn back_to_text() {
        assert_eq!(
            html_to_text("<p>a<br />b</p><p>c &amp; &#39;d&#x27; &bogus;</p>"),
            "a\nb\n\nc & 'd' &bogus;"
        );
        assert_eq!(
            html_to_text("1 < 2 <script>alert(1)</script>x<!-- no -->y"),
            "1 < 2 xy"
        );
        assert_eq!(html_to_text("<ul><li>a</li><li>b</li></ul>"), "- a\n- b");
        assert_eq!(html_to_text("a\n  b<br>c <a href=\"x"), "a b\nc");
        assert_eq!(
            html_to_text(&html("Hi @alice, #tag\nhttps://www.example.org/1\n\nbye")),
            "Hi @alice, #tag\nhttps://www.example.org/1\n\nbye"
        );
    }

    #[test]
    fn large_hostile_input_ends() {
        for hostile in [
            "<",
            "&",
            "</",
            "<!--",
            "<script>",
            "\n",
            "&#",
            "<p>",
            "https://a.example/(",
            "@a ",
        ] {
            let text = hostile.repeat(1_000_000 / hostile.len());
            let _ = html_to_text(&text);
            let _ = html(&text);
        }
    }

    proptest! {
        #[test]
        fn no_newline_and_no_markup_from_text(text in "(\\PC|\n|<|>|&|\"|'|https://a\\.b[a-z]/|@alice|#x){0,40}") {
            let html = html(&text);
            prop_assert!(!html.contains('\n'));
            prop_assert_eq!(html.matches("<p>").count(), html.matches("</p>").count());
            prop_assert_eq!(html.matches("<a ").count(), html.matches("</a>").count());
            prop_assert!(!html.contains("<<") && !html.contains("''"));
            let _ = html_to_text(&html);
        }

        #[test]
        fn plain_words_come_back(text in "[a-z&<>'\" ]{0,40}") {
            let there = render(&text, &|_| None, &|_| String::new());
            prop_assert_eq!(html_to_text(&there), text.trim());
        }
    }
}
