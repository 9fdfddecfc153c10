//! Does what follows from policies for other servers, a step at a time; see `moderation::sweep`.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::moderation::sweep;

/// How often it looks.
const LOOK: Duration = Duration::from_secs(1);

/// Runs until `stop`; a step that is begun is finished.
pub async fn run(app: Arc<App>, stop: CancellationToken) {
    loop {
        let more = match sweep::step(&app).await {
            Ok(more) => more,
            Err(error) => {
                tracing::error!(
                    ?error,
                    "a policy could not be carried on; it is tried again"
                );
                false
            }
        };
        if stop.is_cancelled() {
            return;
        }
        if !more {
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(LOOK) => {}
            }
        }
    }
}
