//! Templates hold no scripts and no styles of their own (the content security policy refuses
//! them), and each page has its Rust file at the same path.

use std::sync::LazyLock;

use regex::Regex;

use super::Finding;
use super::source::line;

/// Folders of templates that belong to no single page.
const SHARED: &[&str] = &["templates/layout/", "templates/parts/", "templates/mail/"];

/// (pattern, what to do instead)
const MARKUP: &[(&str, &str)] = &[
    (
        r"(?i)<script\b[^>]*>\s*[^\s<]",
        "a script in the page: put it into `static/js` and let it find its elements",
    ),
    (
        r"(?i)<script>|<script\s+[^>]*type=",
        "a script without a file: put it into `static/js`",
    ),
    (
        r"(?i)<style\b",
        "styles in the page: put them into `static/css`",
    ),
    (
        r#"(?i)<[a-z][^<>]*\sstyle\s*="#,
        "a style attribute: use a class",
    ),
    (
        r#"(?i)<[a-z][^<>]*\son[a-z]+\s*="#,
        "an event attribute: listen in `static/js`; the form must work without",
    ),
    (
        r#"(?i)=\s*["']?\s*javascript:"#,
        "a script address: use a link or a form that works without scripts",
    ),
];

static COMPILED: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
    MARKUP
        .iter()
        .map(|(pattern, what)| (Regex::new(pattern).expect(pattern), *what))
        .collect()
});

/// Expressions, tags and comments of the template language, and comments of HTML.
static TEMPLATE_CODE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?s)\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}|<!--.*?-->").expect("a pattern")
});

static UNESCAPED: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\{\{([^}]*?)\|\s*safe\b").expect("a pattern"));

/// What one template breaks. `exists` tells whether a file is there (path from the root).
pub fn check(file: &str, text: &str, exists: &dyn Fn(&str) -> bool) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut add = |line: usize, what: String| {
        findings.push(Finding {
            file: file.to_owned(),
            line,
            what,
        });
    };
    let markup = TEMPLATE_CODE.replace_all(text, |code: &regex::Captures| {
        code[0]
            .chars()
            .map(|c| if c == '\n' { '\n' } else { '_' })
            .collect::<String>()
    });
    for (pattern, what) in COMPILED.iter() {
        // Mail programs take no style sheet but what stands in the mail, and know no policy.
        if file.starts_with("templates/mail/")
            && what.starts_with("a style") | what.starts_with("styles")
        {
            continue;
        }
        for hit in pattern.find_iter(&markup) {
            add(line(&markup, hit.start()), (*what).to_owned());
        }
    }
    for hit in UNESCAPED.captures_iter(text) {
        let what = hit[1].trim();
        // The shared form macros put in attributes that the calling template wrote itself.
        let attributes = what == "attrs" && file.starts_with("templates/parts/");
        if !what.ends_with("_html") && !attributes {
            let position = hit.get(0).expect("the match").start();
            add(
                line(text, position),
                "unescaped text: only sanitised fields named `…_html` may be".into(),
            );
        }
    }
    if !SHARED.iter().any(|folder| file.starts_with(folder)) {
        let page = file
            .trim_start_matches("templates/")
            .trim_end_matches(".html");
        let homes = [
            format!("src/web/{page}.rs"),
            format!("src/web/{page}/mod.rs"),
            // A second page of the same file: `consent_code.html` beside `consent.html`.
            format!(
                "src/web/{}.rs",
                page.rsplit_once('_').map_or(page, |(first, _)| first)
            ),
        ];
        if !homes.iter().any(|home| exists(home)) {
            add(
                1,
                format!(
                    "no page of its own: write `{}`, or move the template to templates/parts",
                    homes[0]
                ),
            );
        }
    }
    findings
}

#[test]
fn bad_templates_are_found() {
    let found = |text: &str| check("templates/parts/a.html", text, &|_| false).len();
    for bad in [
        "<script>alert(1)</script>",
        "<script src=\"/a.js\">alert(1)</script>",
        "<style>p {}</style>",
        "<p class=\"a\" style=\"color: red\">",
        "<a\n  onclick=\"x()\">",
        "<a href=\"javascript:x()\">",
        "{{ name|safe }}",
        "{{ self.name | safe }}",
    ] {
        assert!(found(bad) >= 1, "{bad}");
    }
    for good in [
        "<script src=\"/static/js/a.js\" defer></script>",
        "<p>style= and onclick=</p>",
        "{# <style> #}",
        "{{ content_html|safe }}",
        "{{ attrs|safe }}",
        "<!-- <script>x</script> -->",
        "<p {% if a > b %}class=\"x\"{% endif %}>on=1</p>",
        "<input name=\"only\" value=\"{{ x }}\" required>",
    ] {
        assert_eq!(found(good), 0, "{good}");
    }
}

#[test]
fn pages_without_rust_are_found() {
    let home = |path: &str| path == "src/web/public/about.rs";
    assert!(check("templates/public/about.html", "", &home).is_empty());
    let lost = check("templates/public/lost.html", "", &home);
    assert!(lost.len() == 1 && lost[0].what.contains("src/web/public/lost.rs"));
    assert!(check("templates/layout/page.html", "", &home).is_empty());
}
