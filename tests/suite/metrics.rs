//! `/metrics`: who may read it, names that stay, what goes up, and what it costs.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use regex::Regex;
use reqwest::Method;
use serde_json::json;

use crate::support::place::{Place, Setup};

const TOKEN: &str = "a secret of this house";

/// The names, for ever: somebody's alarm hangs on each.
const NAMES: [&str; 24] = [
    "porchlight_activities_total",
    "porchlight_application_oldest_seconds",
    "porchlight_applications_eligible",
    "porchlight_applications_waiting",
    "porchlight_db_pool_wait_seconds",
    "porchlight_deliveries_total",
    "porchlight_delivery_hosts_due",
    "porchlight_door_mode",
    "porchlight_events_waiting",
    "porchlight_fetches_total",
    "porchlight_http_requests_total",
    "porchlight_inbox_total",
    "porchlight_inbox_waiting",
    "porchlight_info",
    "porchlight_job_seconds",
    "porchlight_jobs_given_up",
    "porchlight_jobs_ready",
    "porchlight_signature_failures_total",
    "porchlight_switch_notices_waiting",
    "porchlight_switch_presence_left_seconds",
    "porchlight_switch_presence_seconds",
    "porchlight_switch_response_left_seconds",
    "porchlight_switch_stage",
    "porchlight_switch_uptime_seconds",
];

fn watched() -> Setup {
    Setup::default().with("PORCHLIGHT_METRICS__TOKEN", TOKEN)
}

/// What a scrape brings: each figure under its name with its labels.
struct Scrape {
    figures: BTreeMap<String, f64>,
    families: BTreeSet<String>,
}

impl Scrape {
    /// One that is there.
    #[track_caller]
    fn of(&self, name: &str) -> f64 {
        let found = self.figures.get(name);
        *found.unwrap_or_else(|| panic!("no {name} in {:?}", self.figures.keys()))
    }
}

/// Reads all of it, strictly.
async fn scrape(place: &Place) -> Scrape {
    let answer = place.api(TOKEN).get("/metrics").await.expect(200);
    let media_type = "text/plain; version=0.0.4; charset=utf-8";
    assert_eq!(answer.header("content-type"), media_type);
    assert!(answer.header("cache-control").contains("no-store"));
    let head = Regex::new(r"^# (HELP|TYPE) ([a-z_]+) (.+)$").expect("a pattern");
    let sample = r#"^([a-z_]+)((?:\{[a-z]+="[^"]*"(?:,[a-z]+="[^"]*")*\})?) (-?[0-9.]+)$"#;
    let sample = Regex::new(sample).expect("a pattern");
    let text = answer.text();
    assert!(text.ends_with('\n'));
    let (mut families, mut figures) = (BTreeSet::new(), BTreeMap::new());
    let mut family = (String::new(), String::new());
    for line in text.lines() {
        if let Some(found) = head.captures(line) {
            if &found[1] == "HELP" {
                assert!(families.insert(found[2].to_owned()), "twice: {line}");
                family = (found[2].to_owned(), String::new());
            } else {
                assert_eq!(found[2], family.0, "{line}");
                assert!(
                    ["counter", "gauge", "summary"].contains(&&found[3]),
                    "{line}"
                );
                family.1 = found[3].to_owned();
            }
            continue;
        }
        let found = sample
            .captures(line)
            .unwrap_or_else(|| panic!("no figure: {line}"));
        let name = match family.1.as_str() {
            "summary" => found[1].trim_end_matches("_sum").trim_end_matches("_count"),
            _ => &found[1],
        };
        assert_eq!(name, family.0, "{line} stands in another family");
        let value: f64 = found[3].parse().expect("a number");
        let known = figures.insert(format!("{}{}", &found[1], &found[2]), value);
        assert!(known.is_none(), "twice: {line}");
    }
    Scrape { figures, families }
}

#[test]
fn without_the_token_or_the_network_there_is_no_such_page() {
    Setup::default().run(async |place| {
        let owner = place.owner().await;
        place.stranger().get("/metrics").await.expect(404);
        place.api(TOKEN).get("/metrics").await.expect(404);
        owner.api.get("/metrics").await.expect(404);
        let browser = place.signed_in(&owner).await;
        assert_eq!(browser.visit("/metrics").await.status(), 404);
    });
    watched().run(async |place| {
        place.owner().await;
        let nothing = place.stranger().get("/no/such/page").await.expect(404);
        for wrong in ["", "a secret of this hous", "a secret of this house!"] {
            let answer = place.api(wrong).get("/metrics").await.expect(404);
            assert!(!answer.text().contains("porchlight_"));
            assert_eq!(
                answer.header("content-type"),
                nothing.header("content-type")
            );
        }
        assert_eq!(place.api(TOKEN).get("/metrics").await.status, 200);
        assert_eq!(
            place.api(TOKEN).post("/metrics", json!({})).await.status,
            405
        );
    });
    // Whoever asks here comes from some network below it.
    let near = Setup::default().with("PORCHLIGHT_METRICS__FROM", "81.0.0.0/8");
    near.run(async |place| {
        place.stranger().get("/metrics").await.expect(200);
    });
    let far = Setup::default().with("PORCHLIGHT_METRICS__FROM", "82.0.0.0/8,127.0.0.1");
    far.run(async |place| {
        place.stranger().get("/metrics").await.expect(404);
    });
}

#[test]
fn names_stay_as_they_are_and_a_scrape_costs_two_statements() {
    watched().without_jobs().run(async |place| {
        place.owner().await;
        scrape(place).await;
        let before = place.counted();
        let scraped = scrape(place).await;
        let after = place.counted();
        assert_eq!(after.statements - before.statements, 2);
        assert_eq!(after.redis, before.redis);
        let names: Vec<&str> = scraped.families.iter().map(String::as_str).collect();
        assert_eq!(names, NAMES);
        let version = format!(
            "porchlight_info{{version=\"{}\"}}",
            env!("CARGO_PKG_VERSION")
        );
        assert_eq!(scraped.of(&version), 1.0);
    });
}

#[test]
fn the_door_and_the_switch_stand_there_as_they_are() {
    watched().without_jobs().run(async |place| {
        place.owner().await;
        place.member("bea").await;
        place.tick().await;
        let calm = scrape(place).await;
        assert_eq!(calm.of("porchlight_switch_stage"), 0.0);
        assert_eq!(calm.of("porchlight_applications_waiting"), 0.0);
        assert_eq!(calm.of("porchlight_application_oldest_seconds"), 0.0);
        let left = "porchlight_switch_response_left_seconds";
        assert!(!calm.figures.contains_key(left), "nothing waits");
        place.start_jobs();
        place.applicant("hana").await;
        let ivo = place.applicant("ivo").await;
        place.stop_jobs().await;
        let asked = "UPDATE applications SET state = 2 WHERE user_id = $1";
        place.sql(asked, &[&ivo.user]).await;
        place.live(TimeDelta::days(8)).await;
        let now = scrape(place).await;
        let day = 86_400.0;
        let about = |name: &str, seconds: f64| {
            let found = now.of(name);
            assert!(
                (found - seconds).abs() < 7_200.0,
                "{name}: {found}, not {seconds}"
            );
        };
        assert_eq!(now.of("porchlight_switch_stage"), 2.0);
        assert_eq!(now.of("porchlight_door_mode{reason=\"deadman\"}"), 1.0);
        assert_eq!(now.of("porchlight_applications_waiting"), 2.0);
        assert_eq!(now.of("porchlight_applications_eligible"), 1.0);
        about("porchlight_application_oldest_seconds", 8.0 * day);
        about("porchlight_switch_presence_seconds", 8.0 * day);
        about("porchlight_switch_presence_left_seconds", -day);
        about(left, 6.0 * day);
        about("porchlight_switch_uptime_seconds", day);
        assert!(now.of("porchlight_events_waiting") > 0.0, "no relay runs");
        // What is told of it has left; then there is one that cannot leave.
        place.start_jobs();
        place.settle().await;
        place.stop_jobs().await;
        let told = scrape(place).await;
        assert_eq!(told.of("porchlight_events_waiting"), 0.0);
        assert_eq!(told.of("porchlight_switch_notices_waiting"), 0.0);
        assert!(told.of("porchlight_job_seconds_count{queue=\"mail\"}") > 0.0);
        place
            .sql(
                "INSERT INTO jobs (queue, key, payload, run_at, created_at) \
                 VALUES (0, 'switch:7', '{}', to_timestamp(0), to_timestamp(0)), \
                        (0, 'switchboard', '{}', to_timestamp(0), to_timestamp(0))",
                &[],
            )
            .await;
        let waits = scrape(place).await;
        assert_eq!(waits.of("porchlight_switch_notices_waiting"), 1.0);
        assert_eq!(waits.of("porchlight_jobs_ready{queue=\"mail\"}"), 2.0);
        place.sql("DELETE FROM jobs", &[]).await;
    });
}

#[test]
fn what_happens_goes_up() {
    let setup = Setup::federated().with("PORCHLIGHT_METRICS__TOKEN", TOKEN);
    setup.run(async |place| {
        let ann = place.member("ann").await;
        place.settle().await;
        let before = scrape(place).await;
        // Somebody elsewhere follows, and hears that they may.
        let alpha = place.peer("alpha");
        let ada = alpha.actor("ada");
        let whom = json!(format!("{}/ap/actors/{}", place.origin, ann.id));
        let follow = ada.activity(alpha, "Follow", whom);
        ada.send(place, &follow).await.expect(202);
        alpha.wait_for("Accept").await;
        place.settle().await;
        // Nobody is believed to have sent this.
        let stranger = place.stranger();
        let request = stranger
            .request(Method::POST, "/ap/inbox")
            .header("content-type", "application/activity+json")
            .body("{\"type\":\"Like\"}");
        let refused = stranger.send(request).await;
        assert_eq!(refused.status, 401, "{}", refused.shown());
        place.stranger().get("/api/v2/instance").await.expect(200);
        let after = scrape(place).await;
        let grew = |name: &str| after.of(name) - before.of(name);
        for (name, by) in [
            ("porchlight_inbox_total{outcome=\"accepted\"}", 1.0),
            ("porchlight_inbox_total{outcome=\"unbelieved\"}", 1.0),
            ("porchlight_signature_failures_total", 1.0),
            (
                "porchlight_activities_total{type=\"Follow\",outcome=\"done\"}",
                1.0,
            ),
            ("porchlight_deliveries_total{outcome=\"delivered\"}", 1.0),
            (
                "porchlight_http_requests_total{door=\"federation\",status=\"4xx\"}",
                1.0,
            ),
        ] {
            assert_eq!(grew(name), by, "{name}");
        }
        for name in [
            "porchlight_fetches_total{status=\"2xx\"}",
            "porchlight_http_requests_total{door=\"api\",status=\"2xx\"}",
            "porchlight_http_requests_total{door=\"web\",status=\"2xx\"}",
            "porchlight_db_pool_wait_seconds_count",
        ] {
            assert!(grew(name) >= 1.0, "{name}");
        }
    });
}
