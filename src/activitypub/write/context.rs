//! The one `@context` of all our documents: every term that any of them uses. Readers that
//! know JSON-LD find all of it here; the others skip it.

/// The value of `@context`, compact JSON.
pub const JSON: &str = concat!(
    r#"["https://www.w3.org/ns/activitystreams","https://w3id.org/security/v1",{"#,
    r#""toot":"http://joinmastodon.org/ns#","schema":"http://schema.org#","#,
    r#""ostatus":"http://ostatus.org#","gts":"https://gotosocial.org/ns#","#,
    r#""wf":"https://purl.archive.org/socialweb/webfinger#","#,
    r#""manuallyApprovesFollowers":"as:manuallyApprovesFollowers","sensitive":"as:sensitive","#,
    r#""Hashtag":"as:Hashtag","movedTo":{"@id":"as:movedTo","@type":"@id"},"#,
    r#""alsoKnownAs":{"@id":"as:alsoKnownAs","@type":"@id"},"#,
    r#""PropertyValue":"schema:PropertyValue","value":"schema:value","#,
    r#""conversation":"ostatus:conversation","Emoji":"toot:Emoji","#,
    r#""featured":{"@id":"toot:featured","@type":"@id"},"discoverable":"toot:discoverable","#,
    r#""indexable":"toot:indexable","blurhash":"toot:blurhash","votersCount":"toot:votersCount","#,
    r#""suspended":"toot:suspended","#,
    r#""focalPoint":{"@id":"toot:focalPoint","@container":"@list"},"webfinger":"wf:webfinger","#,
    r#""interactionPolicy":{"@id":"gts:interactionPolicy","@type":"@id"},"#,
    r#""canQuote":{"@id":"gts:canQuote","@type":"@id"},"#,
    r#""automaticApproval":{"@id":"gts:automaticApproval","@type":"@id"},"#,
    r#""manualApproval":{"@id":"gts:manualApproval","@type":"@id"}}]"#,
);

#[cfg(test)]
mod tests {
    #[test]
    fn it_is_json_and_no_term_stands_twice() {
        let context: serde_json::Value = serde_json::from_str(super::JSON).unwrap();
        assert_eq!(context[0], "https://www.w3.org/ns/activitystreams");
        let terms = context[2].as_object().unwrap();
        for term in terms.keys() {
            let defined = format!("\"{term}\":");
            assert_eq!(super::JSON.matches(&defined).count(), 1, "{term}");
        }
    }
}
