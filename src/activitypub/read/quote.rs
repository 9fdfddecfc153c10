//! What a post quotes. Here it stays a link below the text: whether whoever is quoted agreed
//! cannot be seen from the post (FEP-044f), a link asks nobody.

use serde_json::Value;

use super::value;
use crate::activitypub::uri;
use crate::text::html::escape;
use crate::text::sanitise;

/// Entries of `tag` that are looked at.
const MAX_TAGS: usize = 100;
/// The names that a quoted post goes by: FEP-044f, Misskey and others, Fedibird, Misskey again.
const NAMES: [&str; 4] = ["quote", "quoteUrl", "quoteUri", "_misskey_quote"];

/// The address of what a post quotes, if it is one that can be opened.
pub fn address(object: &Value) -> Option<String> {
    let named = NAMES.iter().find_map(|name| {
        [*name, &format!("as:{name}")]
            .iter()
            .find_map(|name| value::id(object, name))
    });
    // FEP-e232: a link to a document among the tags, which says what it is.
    let tagged = || {
        value::list(object, "tag", MAX_TAGS)
            .into_iter()
            .find_map(|tag| {
                let is_quote = value::kind(tag) == Some("Link")
                    && value::list(tag, "rel", 5)
                        .iter()
                        .filter_map(|rel| rel.as_str())
                        .any(|rel| rel.ends_with("_misskey_quote") || rel.ends_with("#quote"));
                is_quote.then(|| value::text(tag, "href").and_then(uri::canonical))?
            })
    };
    named.or_else(tagged)
}

/// The text with a link to what is quoted at its end, unless it leads there already: most
/// servers put in a line for readers that know no quotes. `content` is the text as it came.
pub fn link(html: String, content: &str, quoted: &str) -> String {
    let shown = escape(quoted);
    let marked = content.contains("quote-inline") || content.contains("reference-link-inline");
    if marked || html.contains(&*shown) {
        return html;
    }
    let line = format!("<p>RE: <a href=\"{shown}\">{shown}</a></p>");
    html + &sanitise::content(&line)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const OTHER: &str = "https://b.example/notes/2";

    #[test]
    fn a_quote_is_found_under_each_of_its_names() {
        for post in [
            json!({ "quote": OTHER }),
            json!({ "quote": { "id": OTHER, "type": "Note" } }),
            json!({ "quoteUrl": OTHER }),
            json!({ "as:quoteUrl": OTHER }),
            json!({ "quoteUri": OTHER }),
            json!({ "_misskey_quote": OTHER }),
            json!({ "tag": [{ "type": "Mention", "href": "https://a.example/x" },
                { "type": "Link", "href": OTHER, "mediaType": "application/activity+json",
                  "rel": "https://misskey-hub.net/ns#_misskey_quote" }] }),
        ] {
            assert_eq!(address(&post).as_deref(), Some(OTHER), "{post}");
        }
        for none in [
            json!({}),
            json!({ "quote": "javascript:alert(1)" }),
            json!({ "quoteUrl": 7 }),
            json!({ "tag": [{ "type": "Link", "href": OTHER }] }),
        ] {
            assert_eq!(address(&none), None, "{none}");
        }
    }

    #[test]
    fn the_link_is_there_once() {
        let plain = link("<p>Look</p>".into(), "<p>Look</p>", OTHER);
        assert!(
            plain.starts_with("<p>Look</p><p>RE: <a href=\"https://b.example/notes/2\""),
            "{plain}"
        );
        assert_eq!(plain.matches("<a ").count(), 1);
        assert_eq!(link(plain.clone(), &plain, OTHER), plain);
        let misskey =
            "<p>Look<span><br><br>RE: </span><a href=\"https://b.example/notes/2\">…</a></p>";
        assert_eq!(link(misskey.into(), misskey, OTHER), misskey);
        let mastodon = "<p class=\"quote-inline\">RE: <a href=\"https://b.example/@bob/2\">…</a></p><p>Look</p>";
        assert_eq!(link("<p>Look</p>".into(), mastodon, OTHER), "<p>Look</p>");
        let odd = link(
            String::new(),
            "",
            "https://b.example/\"><script>alert(1)</script>",
        );
        assert!(!odd.contains("<script"), "{odd}");
    }
}
