//! `/metrics`: figures of this place for Prometheus and its kin.
//!
//! Where the switch stands is a secret until the door is sealed (registration.md C1, Secrets), so
//! it answers only whom the configuration names: a token or a network. For all others there is no
//! such page.
//!
//! Two kinds of figures. What *happened* is counted by this process in atomics ([`app::metrics`]),
//! and begins at nought when it starts; a `porchlight worker` has no page, so what it sent or did
//! stands nowhere. What *is* (what waits, how the door and the switch stand) is asked of the
//! database when somebody looks, in two statements, and is the same whichever process is asked.
//!
//! The text is written by [`text::exposition`]: a recorder of the ecosystem would bring fifteen
//! crates, a registry with locks and a thread of its own, for some thirty figures whose names and
//! labels are all known beforehand. There are no streaming connections to be counted yet.
//!
//! [`app::metrics`]: crate::app::metrics
//! [`text::exposition`]: crate::text::exposition

use std::net::IpAddr;
use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use chrono::{DateTime, TimeDelta, Utc};

use super::fallback;
use crate::app::App;
use crate::app::metrics::By;
use crate::config::Metrics as Readers;
use crate::domain::{Error, Result};
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::gate::mode::{self, Weighed};
use crate::secrets::token;
use crate::store::{self, figures::Figures};
use crate::text::exposition::{Exposition, Kind, MEDIA_TYPE};

/// Who scrapes asks again soon.
const PATIENCE: Duration = Duration::from_secs(5);

/// The one route here.
pub const ROUTES: &[Route] = &[Route {
    method: "GET",
    path: "/metrics",
    access: Access::Open,
    pending: Pending::AnyStanding,
    rate: Rate::Usual,
    caching: Caching::Private,
    handler: || web::to(metrics),
}];

async fn metrics(req: HttpRequest, caller: Caller, app: web::Data<App>) -> HttpResponse {
    if !may_read(&app.config.metrics, caller.address(), caller.bearer()) {
        return fallback::nothing_here(req).await;
    }
    let asked = tokio::time::timeout(PATIENCE, ask(&app)).await;
    let asked = asked.unwrap_or_else(|_| Err(Error::broken("no answer within 5 s")));
    match asked {
        Ok((weighed, figures)) => HttpResponse::Ok()
            .content_type(MEDIA_TYPE)
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .body(write(&app, &weighed, &figures)),
        Err(error) => {
            tracing::warn!(?error, "there are no metrics now");
            HttpResponse::ServiceUnavailable()
                .content_type("text/plain; charset=utf-8")
                .body("the database does not answer\n")
        }
    }
}

/// Whether whoever comes from there with that (the digest of a bearer token) is named.
fn may_read(readers: &Readers, from: IpAddr, bearer: Option<[u8; 32]>) -> bool {
    let known = readers.token.as_ref().map(|t| token::digest(t.expose()));
    let by_token = known
        .zip(bearer)
        .is_some_and(|(known, sent)| token::equal(&known, &sent));
    by_token || readers.from.iter().any(|network| network.contains(&from))
}

async fn ask(app: &App) -> Result<(Weighed, Figures)> {
    let mut conn = app.desk.get().await?;
    let now = app.clock.now();
    let weighed = mode::weighed(app, &mut conn, now).await?;
    let figures = store::figures::read(&mut conn, now).await?;
    Ok((weighed, figures))
}

fn write(app: &App, weighed: &Weighed, figures: &Figures) -> String {
    let mut text = Exposition::default();
    text.family(
        "porchlight_info",
        Kind::Gauge,
        "The version that runs; always 1.",
    )
    .sample(&[("version", env!("CARGO_PKG_VERSION"))], 1.0);
    happened(&mut text, app);
    waits(&mut text, figures);
    door(&mut text, weighed, figures);
    switch(&mut text, weighed, figures);
    text.finish()
}

/// What this process did since it started.
fn happened(text: &mut Exposition, app: &App) {
    let counts = &app.metrics;
    text.family(
        "porchlight_http_requests_total",
        Kind::Counter,
        "Requests that were answered.",
    );
    for (door, by) in [
        ("api", &counts.api),
        ("federation", &counts.federation),
        ("web", &counts.web),
    ] {
        for (status, count) in by.all() {
            text.sample(&[("door", door), ("status", status)], count as f64);
        }
    }
    let (count, seconds) = app.pool.counts().waited();
    text.family(
        "porchlight_db_pool_wait_seconds",
        Kind::Summary,
        "Waiting for a connection to the database.",
    )
    .summary(&[], count, seconds);
    text.family(
        "porchlight_job_seconds",
        Kind::Summary,
        "Mails and errands, from the beginning to the end of a try.",
    );
    for (queue, timed) in [("mail", &counts.mails), ("errands", &counts.errands)] {
        let (count, seconds) = timed.read();
        text.summary(&[("queue", queue)], count, seconds);
    }
    counter(
        text,
        "porchlight_inbox_total",
        "What other servers sent, by what became of it at the door.",
        "outcome",
        &counts.inbox,
    );
    let unbelieved = counts.inbox.all().find(|(word, _)| *word == "unbelieved");
    text.family(
        "porchlight_signature_failures_total",
        Kind::Counter,
        "What nobody was believed to have sent.",
    )
    .sample(&[], unbelieved.map_or(0, |(_, count)| count) as f64);
    text.family(
        "porchlight_activities_total",
        Kind::Counter,
        "Activities of other servers, by type and by what became of them.",
    );
    for (outcome, by) in [
        ("done", &counts.done),
        ("ignored", &counts.ignored),
        ("failed", &counts.failed),
    ] {
        for (kind, count) in by.all() {
            text.sample(&[("type", kind), ("outcome", outcome)], count as f64);
        }
    }
    counter(
        text,
        "porchlight_deliveries_total",
        "Requests to inboxes of other servers, by their answers.",
        "outcome",
        &counts.deliveries,
    );
    counter(
        text,
        "porchlight_fetches_total",
        "Questions to other servers, by their answers.",
        "status",
        &counts.fetches,
    );
}

fn counter<const N: usize>(
    text: &mut Exposition,
    name: &'static str,
    help: &str,
    label: &str,
    by: &By<N>,
) {
    text.family(name, Kind::Counter, help);
    for (word, count) in by.all() {
        text.sample(&[(label, word)], count as f64);
    }
}

/// What waits to be done afterwards, in all processes.
fn waits(text: &mut Exposition, figures: &Figures) {
    text.family(
        "porchlight_jobs_ready",
        Kind::Gauge,
        "Jobs that are due, up to 10000.",
    )
    .sample(&[("queue", "mail")], figures.mails as f64)
    .sample(&[("queue", "errands")], figures.errands as f64)
    .sample(&[("queue", "hooks")], figures.hooks as f64);
    for (name, help, value) in [
        (
            "porchlight_jobs_given_up",
            "Jobs that were given up in the last 30 days, up to 10000.",
            figures.given_up,
        ),
        (
            "porchlight_events_waiting",
            "Events that the relay did not take yet, up to 10000.",
            figures.events,
        ),
        (
            "porchlight_inbox_waiting",
            "Activities of other servers that are due, up to 10000.",
            figures.inbox,
        ),
        (
            "porchlight_delivery_hosts_due",
            "Servers that something is to be delivered to now, up to 10000.",
            figures.delivery_hosts,
        ),
    ] {
        text.family(name, Kind::Gauge, help)
            .sample(&[], value as f64);
    }
}

fn door(text: &mut Exposition, weighed: &Weighed, figures: &Figures) {
    let effective = &weighed.effective;
    text.family(
        "porchlight_door_mode",
        Kind::Gauge,
        "How far the door is open: 0 open, 1 approval, 2 invite, 3 closed; and what holds it there.",
    )
    .sample(
        &[("reason", effective.reason.as_str())],
        f64::from(effective.mode as i16),
    );
    text.family(
        "porchlight_applications_waiting",
        Kind::Gauge,
        "Confirmed applications without a decision.",
    )
    .sample(&[], weighed.waiting as f64);
    text.family(
        "porchlight_applications_eligible",
        Kind::Gauge,
        "Those that a person can decide now: not asked back, not in line, not put off; up to 10000.",
    )
    .sample(&[], figures.eligible as f64);
    let oldest = weighed.facts.oldest_application;
    text.family(
        "porchlight_application_oldest_seconds",
        Kind::Gauge,
        "For how long the one of these waits that waits longest; 0 without any.",
    )
    .sample(&[], seconds(weighed.switch.now, oldest).max(0.0));
}

fn switch(text: &mut Exposition, weighed: &Weighed, figures: &Figures) {
    let standing = &weighed.switch;
    let now = standing.now;
    text.family(
        "porchlight_switch_stage",
        Kind::Gauge,
        "The dead-man switch: 0 calm, 1 warned, 2 guarded, 3 sealed, 4 distress.",
    )
    .sample(&[], f64::from(standing.stage as i16));
    text.family(
        "porchlight_switch_presence_seconds",
        Kind::Gauge,
        "Since the last sign of life of somebody who keeps the light on; missing before the first.",
    );
    if let Some(seen) = standing.seen {
        text.sample(&[], seconds(now, Some(seen)).max(0.0));
    }
    for (name, help, ends) in [
        (
            "porchlight_switch_presence_left_seconds",
            "Until the presence clock is over, below 0 since then; missing where it does not run.",
            standing.presence_ends,
        ),
        (
            "porchlight_switch_response_left_seconds",
            "Until the response clock is over, below 0 since then; missing while nothing waits.",
            standing.response_ends,
        ),
    ] {
        text.family(name, Kind::Gauge, help);
        if let Some(ends) = ends {
            text.sample(&[], -seconds(now, Some(ends)));
        }
    }
    let uptime = standing.episode.map_or(TimeDelta::zero(), |e| e.uptime);
    text.family(
        "porchlight_switch_uptime_seconds",
        Kind::Gauge,
        "For how long the server was up in this stage; 0 while calm.",
    )
    .sample(&[], uptime.num_seconds() as f64);
    text.family(
        "porchlight_switch_notices_waiting",
        Kind::Gauge,
        "Mails and posts about the switch that have not left, up to 10000.",
    )
    .sample(&[], figures.notices as f64);
}

/// From then to `now`; 0 where there is no then.
fn seconds(now: DateTime<Utc>, then: Option<DateTime<Utc>>) -> f64 {
    then.map_or(0.0, |then| (now - then).num_milliseconds() as f64 / 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Secret;

    #[test]
    fn nobody_reads_who_is_not_named() {
        let from: IpAddr = "192.0.2.7".parse().unwrap();
        let sent = |text: &str| Some(token::digest(text));
        let nobody = Readers::default();
        for bearer in [None, sent(""), sent("x")] {
            assert!(!may_read(&nobody, from, bearer));
        }
        let readers = Readers {
            token: Some(Secret::new("a secret of the house")),
            from: vec!["10.0.0.0/8".parse().unwrap()],
        };
        assert!(!may_read(&readers, from, None));
        assert!(!may_read(&readers, from, sent("a secret of the hous")));
        assert!(may_read(&readers, from, sent("a secret of the house")));
        assert!(may_read(&readers, "10.1.2.3".parse().unwrap(), None));
        assert!(!may_read(&readers, "11.1.2.3".parse().unwrap(), None));
    }
}
