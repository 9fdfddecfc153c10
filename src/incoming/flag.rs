//! `Flag`: a report.

use super::{Activity, Handled};
use crate::activitypub::read::value;
use crate::app::federation::Federation;
use crate::domain::Result;
use crate::social::report_received::{self, Report};

pub(super) async fn handle(fed: &Federation, activity: Activity<'_>) -> Result<Handled> {
    let report = Report {
        address: activity.address(),
        objects: value::ids(activity.json, "object", 100),
        comment: value::text(activity.json, "content")
            .map(|words| value::cut(words, 10_000))
            .unwrap_or_default()
            .to_owned(),
    };
    report_received::receive(fed, activity.actor, report).await
}
