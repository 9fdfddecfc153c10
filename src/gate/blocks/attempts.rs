//! How many came with blocked mail domains lately.

use chrono::{DateTime, TimeDelta, Utc};

use super::MailBlock;
use crate::app::App;
use crate::domain::Result;
use crate::gate::who::Moderator;
use crate::store;
pub use crate::store::door_blocks_waiting::Day;

/// Days that are told, today first.
const DAYS: i64 = 7;

/// The last seven days of each of these, today first: applications that were received, refused
/// ones not among them.
pub async fn of(app: &App, _who: &Moderator, blocks: &[MailBlock]) -> Result<Vec<Day>> {
    let today = app.clock.now().date_naive().and_time(Default::default());
    let today: DateTime<Utc> = today.and_utc();
    let domains: Vec<String> = blocks.iter().map(|block| block.domain.clone()).collect();
    let begin = (0..DAYS).map(|ago| today - TimeDelta::days(ago)).collect();
    let mut conn = app.desk.get().await?;
    store::door_blocks_waiting::days(&mut conn, domains, begin).await
}
