//! Every page with made-up content: renders, is small, keeps to the content security policy
//! and to the rules of accessible markup that a machine can check.

use std::collections::BTreeSet;

use askama::Template;

use crate::web::parts::form::Form;

mod away;
mod desk;
mod home;
mod invites;
mod porch;
mod public;
mod sample;
mod settings;
mod way_in;

/// Every page under its name.
fn pages() -> Vec<(&'static str, String)> {
    [
        porch::pages(),
        way_in::pages(),
        home::pages(),
        invites::pages(),
        public::pages(),
        settings::pages(),
        desk::pages(),
        away::pages(),
    ]
    .into_iter()
    .flatten()
    .map(|(name, html)| (name, html.unwrap_or_else(|e| panic!("{name}: {e}"))))
    .collect()
}

/// Values of an attribute, in order.
fn values<'a>(html: &'a str, attribute: &str) -> Vec<&'a str> {
    html.split(&format!(" {attribute}=\""))
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect()
}

#[test]
fn every_page_is_small_and_keeps_the_content_security_policy() {
    for (name, html) in pages() {
        assert!(html.len() < 50_000, "{name} has {} bytes", html.len());
        for forbidden in [
            " style=\"",
            "<style",
            " onclick=",
            "javascript:",
            "http-equiv",
        ] {
            assert!(!html.contains(forbidden), "{name} holds {forbidden}");
        }
        for script in html.split("<script").skip(1) {
            assert!(
                script.starts_with(" src=\"/static/js/"),
                "{name}: a script inside the page"
            );
        }
        assert!(
            html.contains("https://source.example/porchlight"),
            "{name}: no source link"
        );
    }
}

#[test]
fn every_post_form_carries_the_csrf_word() {
    for (name, html) in pages() {
        for form in html.split("<form").skip(1) {
            let form = form.split("</form>").next().unwrap_or_default();
            let tag = form.split('>').next().unwrap_or_default();
            assert_eq!(
                tag.contains("method=\"post\""),
                form.contains("name=\"csrf\" value=\"csrf-word\""),
                "{name}: <form{tag}>"
            );
        }
    }
}

#[test]
fn every_page_has_one_heading_on_top_and_labels_that_meet_their_fields() {
    for (name, html) in pages() {
        assert_eq!(
            html.matches("<h1").count(),
            1,
            "{name}: headings of the first order"
        );
        assert_eq!(html.matches("<main id=\"main\"").count(), 1, "{name}: main");
        let ids = values(&html, "id");
        let unique: BTreeSet<_> = ids.iter().copied().collect();
        assert_eq!(ids.len(), unique.len(), "{name}: an id twice in {ids:?}");
        for attribute in ["for", "aria-describedby", "aria-labelledby"] {
            for value in values(&html, attribute) {
                for id in value.split_whitespace() {
                    assert!(
                        unique.contains(id),
                        "{name}: {attribute} names {id}, which is not there"
                    );
                }
            }
        }
        for link in values(&html, "href")
            .into_iter()
            .filter_map(|href| href.strip_prefix('#'))
        {
            assert!(unique.contains(link), "{name}: #{link} leads nowhere");
        }
        for image in html.split("<img").skip(1) {
            let tag = image.split('>').next().unwrap_or_default();
            assert!(
                tag.contains(" alt=\""),
                "{name}: an image without alt: {tag}"
            );
        }
    }
}

#[test]
fn what_people_type_is_escaped() {
    let mut page = porch::apply_page(Form::new().with("answer_1", "</textarea><script>x</script>"));
    page.readers = vec!["<b>Ann".into()];
    let html = page.render().unwrap();
    assert!(!html.contains("<script>x"));
    assert!(!html.contains("<b>Ann"));
}
