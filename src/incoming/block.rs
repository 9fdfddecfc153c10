//! `Block`: of somebody here.

use super::{Activity, Handled};
use crate::app::federation::Federation;
use crate::domain::Result;
use crate::social::accounts::receive;

pub(super) async fn handle(fed: &Federation, activity: Activity<'_>) -> Result<Handled> {
    match activity.object_id() {
        Some(target) => {
            let address = activity.address();
            receive::block(fed, activity.actor, Some(&address), &target).await
        }
        None => Ok(Handled::Ignored("of nobody")),
    }
}
