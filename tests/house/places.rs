//! Where the few dangerous things may stand: queries, HTTP, the clock, the environment,
//! comparisons of visibility.

use std::sync::LazyLock;

use regex::Regex;

use super::Finding;
use super::source::{self, Source};

/// What to look for in code, where it may stand, and what to do instead.
struct Rule {
    pattern: &'static str,
    /// Prefixes of paths; a whole path for a single file.
    allowed: &'static [&'static str],
    /// When not empty, the rule holds only there.
    only_in: &'static [&'static str],
    instead: &'static str,
    /// A line that breaks it, outside of what is allowed.
    bad: (&'static str, &'static str),
}

const CODE: &[Rule] = &[
    Rule {
        pattern: r"\b(QueryDsl|ExpressionMethods|RunQueryDsl|JoinOnDsl|sql_query)\b|\bdiesel::(insert_into|update|delete|select|dsl|prelude)\b",
        allowed: &["src/store/"],
        only_in: &[],
        instead: "queries live in `store`: add a function there that takes the connection and plain values",
        bad: ("src/gate/a.rs", "use diesel_async::RunQueryDsl;"),
    },
    Rule {
        pattern: r"\bactix_(web|http|multipart|cors)\b",
        allowed: &[
            "src/web/",
            "src/mastodon_api/",
            "src/federation_api/",
            "src/door/",
            "src/server/",
        ],
        only_in: &[],
        instead: "HTTP ends at the doors: take plain values, give back values or a `domain::Error`",
        bad: ("src/social/a.rs", "fn f(req: actix_web::HttpRequest) {}"),
    },
    Rule {
        pattern: r"\bSerialize\b",
        allowed: &[],
        only_in: &["src/model/"],
        instead: "rows are never sent: make an entity in the door and fill it from the row",
        bad: ("src/model/a.rs", "#[derive(Debug, Serialize)] struct Row;"),
    },
    Rule {
        pattern: r"\breqwest\b",
        allowed: &[
            "src/activitypub/",
            "src/delivery/",
            "src/files/",
            "src/mail/",
            "src/app/",
        ],
        only_in: &[],
        instead: "only a few modules may reach the network: go through the client in `app`",
        bad: ("src/social/a.rs", "let page = reqwest::get(url);"),
    },
    Rule {
        pattern: r"\b(Utc|Local|SystemTime|OffsetDateTime)::now\b",
        allowed: &["src/app/clock.rs"],
        only_in: &[],
        instead: "take the time as a parameter; use cases ask the app's clock",
        bad: ("src/gate/a.rs", "let now = Utc::now();"),
    },
    Rule {
        pattern: r"\bstore::clock\b",
        allowed: &["src/app/clock.rs"],
        only_in: &[],
        instead: "the database's clock is for the app's clock alone: ask that",
        bad: (
            "src/jobs/a.rs",
            "let now = crate::store::clock::read(conn);",
        ),
    },
    Rule {
        pattern: r"\bdsl::now\b|\bNow\.into_sql\b",
        allowed: &[],
        only_in: &["src/store/"],
        instead: "take the time as a parameter",
        bad: ("src/store/a.rs", "use diesel::dsl::now;"),
    },
    Rule {
        pattern: r"\benv::(var|vars|var_os|vars_os|set_var|remove_var)\b|\benv::\{|\boption_env!",
        allowed: &["src/config/"],
        only_in: &[],
        instead: "settings come from `config`: add a key there and pass the value",
        bad: ("src/mail/a.rs", "let host = std::env::var(\"SMTP\");"),
    },
    Rule {
        pattern: r"\bvisibility(\(\))?\s*(==|!=|<=|>=|<|>)|(==|!=|<=|>=)\s*(&|\w+\.)*(Visibility::[A-Z]|visibility\b)|\bVisibility::[A-Z]\w*\s*(==|!=|<=|>=)|\bmatches!\(\s*[\w.&*]*visibility\b|\bvisibility\s*\.\s*(eq|ne|lt|le|gt|ge|eq_any)\(",
        allowed: &["src/store/visibility.rs", "src/domain/visibility.rs"],
        only_in: &[],
        instead: "who may see what is decided in one place: use or add a function in `store/visibility.rs`, \
                  or a method of `domain::visibility::Visibility` that says what is meant",
        bad: (
            "src/social/a.rs",
            "if status.visibility == Visibility::Public {}",
        ),
    },
];

/// Module names that say nothing.
const EMPTY_WORDS: &[&str] = &[
    "util", "utils", "helper", "helpers", "common", "misc", "manager", "managers", "service",
    "services",
];

static COMPILED: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    CODE.iter()
        .map(|rule| Regex::new(rule.pattern).expect(rule.pattern))
        .collect()
});

static SQL_CLOCK: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)\b(now|clock_timestamp|transaction_timestamp|statement_timestamp)\s*\(\s*\)|\b(current_timestamp|current_date|current_time|localtimestamp|localtime)\b|'(now|today|yesterday|tomorrow)'",
    )
    .expect("a pattern")
});

static SQL_VISIBILITY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)(\bset|,)?\s*\b(\w+\.)?visibility\s*(=|<|>|!=|(not\s+)?in\b|(not\s+)?between\b)",
    )
    .expect("a pattern")
});

static MODULE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\bmod\s+(\w+)").expect("a pattern"));

/// What one Rust file breaks.
pub fn check(source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut add = |line: usize, what: String| {
        findings.push(Finding {
            file: source.file.clone(),
            line,
            what,
        });
    };
    let stands_in = |places: &[&str]| places.iter().any(|place| source.file.starts_with(place));
    for (rule, pattern) in CODE.iter().zip(COMPILED.iter()) {
        if stands_in(rule.allowed) || !(rule.only_in.is_empty() || stands_in(rule.only_in)) {
            continue;
        }
        for hit in pattern.find_iter(&source.code) {
            // A draft's visibility is a wish for later: nobody but its writer sees it at all.
            if source.code[..hit.start()].ends_with("drafts::") {
                continue;
            }
            add(
                source.line(hit.start()),
                format!("`{}` here: {}", hit.as_str().trim(), rule.instead),
            );
        }
    }
    if source.file.starts_with("src/store/") && source.file != "src/store/clock.rs" {
        for hit in SQL_CLOCK.find_iter(&source.with_strings) {
            // A Rust call such as `clock.now()` is not SQL: look only into literals.
            if source.code.get(hit.range()) != Some(hit.as_str()) {
                add(
                    source.line(hit.start()),
                    format!(
                        "`{}` in SQL: bind the time that the caller gives",
                        hit.as_str()
                    ),
                );
            }
        }
    }
    if !stands_in(&["src/store/visibility.rs", "src/domain/visibility.rs"]) {
        for hit in SQL_VISIBILITY.captures_iter(&source.with_strings) {
            let whole = hit.get(0).expect("the match");
            // `SET visibility = $1` writes it and `a, visibility = …` goes on writing.
            let writes = hit.get(1).is_some();
            let in_code = source.code.get(whole.range()) == Some(whole.as_str());
            let in_prose = !source.file.starts_with("src/store/");
            if !writes && !in_code && !in_prose {
                let word = whole.start() + whole.as_str().len() - whole.as_str().trim_start().len();
                add(
                    source.line(word),
                    format!(
                        "`{}` in SQL: use the fragment of `store/visibility.rs`",
                        whole.as_str().trim()
                    ),
                );
            }
        }
    }
    for segment in source
        .file
        .trim_start_matches("src/")
        .trim_end_matches(".rs")
        .split('/')
    {
        if is_empty_word(segment) {
            add(
                1,
                format!("`{segment}` says nothing: name the module after what it does"),
            );
        }
    }
    for hit in MODULE.captures_iter(&source.code) {
        let name = hit.get(1).expect("a name");
        if is_empty_word(name.as_str()) {
            add(
                source.line(name.start()),
                format!(
                    "`{}` says nothing: name the module after what it does",
                    name.as_str()
                ),
            );
        }
    }
    findings
}

/// What one migration breaks: defaults and updates from the database's clock.
pub fn check_migration(file: &str, text: &str) -> Vec<Finding> {
    // Comments to the end of the line, blanked.
    let code: String = text
        .split_inclusive('\n')
        .map(|line| match line.find("--") {
            Some(at) => format!("{}\n", &line[..at]),
            None => line.to_owned(),
        })
        .collect();
    SQL_CLOCK
        .find_iter(&code)
        .map(|hit| Finding {
            file: file.to_owned(),
            line: source::line(&code, hit.start()),
            what: format!(
                "`{}`: no default from the clock; the insert brings the time",
                hit.as_str()
            ),
        })
        .collect()
}

fn is_empty_word(name: &str) -> bool {
    EMPTY_WORDS.contains(&name)
        || EMPTY_WORDS
            .iter()
            .filter(|word| !matches!(**word, "common" | "misc"))
            .any(|word| {
                name.strip_suffix(word)
                    .is_some_and(|rest| rest.ends_with('_'))
            })
}

#[cfg(test)]
fn found(file: &str, text: &str) -> Vec<String> {
    check(&Source::new(file, text))
        .into_iter()
        .map(|f| format!("{}: {}", f.line, f.what))
        .collect()
}

#[test]
fn each_rule_catches_its_bad_example() {
    for rule in CODE {
        let (file, text) = rule.bad;
        let found = found(file, &format!("fn ok() {{}}\n{text}\n"));
        assert!(
            found
                .iter()
                .any(|what| what.starts_with("2: ") && what.contains(rule.instead)),
            "{text}: {found:?}"
        );
        let hidden = format!(
            "// {text}\nconst S: &str = r#\"{text}\"#;\n#[cfg(test)]\nmod tests {{ {text} }}\n"
        );
        assert_eq!(self::found(file, &hidden), Vec::<String>::new(), "{text}");
        for allowed in rule.allowed {
            let path = if allowed.ends_with(".rs") {
                (*allowed).to_owned()
            } else {
                format!("{allowed}a.rs")
            };
            assert!(
                !self::found(&path, text)
                    .iter()
                    .any(|what| what.contains(rule.instead)),
                "{path}"
            );
        }
    }
}

#[test]
fn visibility_in_many_shapes() {
    for text in [
        "if a.visibility != b {}",
        "if x == Visibility::Direct {}",
        "matches!(status.visibility, Visibility::Public)",
        "statuses::visibility.eq(0)",
        "if s.visibility < t {}",
        "if Visibility::Public == x {}",
    ] {
        assert_eq!(found("src/store/a.rs", text).len(), 1, "{text}");
    }
    for text in [
        "struct S { visibility: Visibility }",
        "let visibility = v;",
        "fn visibility(&self) -> Visibility {}",
        "Visibility::Public => 1,",
        "S { visibility: Visibility::Public }",
        "let v: Option<Visibility> = None;",
        "q(\"UPDATE statuses SET visibility = $1, text = $2\")",
        "q(\"UPDATE s SET text = $1, visibility = $2\")",
        "q(\"SELECT id, visibility FROM statuses\")",
    ] {
        assert!(
            found("src/store/a.rs", text).is_empty(),
            "{text}: {:?}",
            found("src/store/a.rs", text)
        );
    }
    for sql in [
        "WHERE visibility = 0",
        "AND s.visibility IN (0, 1)",
        "WHERE visibility < 2",
    ] {
        assert_eq!(
            found("src/store/a.rs", &format!("q(\"SELECT 1 {sql}\")")).len(),
            1,
            "{sql}"
        );
    }
    assert!(found("src/store/visibility.rs", "q(\"WHERE visibility = 0\")").is_empty());
}

#[test]
fn the_sql_clock_is_found() {
    assert_eq!(found("src/store/a.rs", "q(\"SET at = now()\")").len(), 1);
    assert_eq!(
        found("src/store/a.rs", "q(\"WHERE at < CURRENT_TIMESTAMP\")").len(),
        1
    );
    assert!(found("src/store/a.rs", "let t = clock.now();").is_empty());
    assert!(found("src/store/clock.rs", "q(\"SELECT clock_timestamp()\")").is_empty());
    let migration = check_migration(
        "migrations/x/up.sql",
        "-- now()\nat timestamptz DEFAULT now()\n",
    );
    assert!(migration.len() == 1 && migration[0].line == 2);
    assert!(check_migration("migrations/x/up.sql", "at timestamptz NOT NULL").is_empty());
}

#[test]
fn names_that_say_nothing_are_found() {
    assert_eq!(found("src/web/utils.rs", "").len(), 1);
    assert_eq!(found("src/web/helper/a.rs", "").len(), 1);
    assert_eq!(found("src/web/mail_service.rs", "").len(), 1);
    assert_eq!(found("src/web/a.rs", "mod common { }").len(), 1);
    assert!(found("src/web/terms_of_service_page.rs", "mod commons;").is_empty());
}
