//! `Follow`: of somebody here.

use super::{Activity, Handled};
use crate::app::federation::Federation;
use crate::domain::Result;
use crate::social::accounts::receive;

pub(super) async fn handle(fed: &Federation, activity: Activity<'_>) -> Result<Handled> {
    match activity.object_id() {
        Some(target) => receive::follow(fed, activity.actor, &activity.address(), &target).await,
        None => Ok(Handled::Ignored("of nobody")),
    }
}
