//! People elsewhere whom a text names and nobody here knows yet: asked for before the text is
//! posted, so that they are mentioned and not only written about.
//!
//! Only a member's own words do it, sent by a door that has the network; drafts, applicants
//! and what is published from a draft make nobody ask. Whatever cannot be had in time stays
//! text, and a post never fails for it.

use std::time::Duration;

use futures::future::join_all;

use super::post::handles_in;
use crate::activitypub::handles;
use crate::activitypub::webfinger::Handle;
use crate::app::federation::Network;
use crate::domain::Result;
use crate::gate::Member;
use crate::social::resolve;
use crate::store::remote_accounts;

/// Handles of one text that are asked for; the others stay text.
const MOST: usize = 5;
/// Requests for all of them together.
const BUDGET: u32 = 20;
/// How long a member waits for it.
const PATIENCE: Duration = Duration::from_secs(4);

/// Looks up whom `text` names, as far as they are not known here. No statement where nobody
/// is named or all were looked up lately; never an error.
pub async fn look_up(network: &Network, who: &Member, text: &str) {
    let app = network.app();
    if !app.config.server.federates() {
        return;
    }
    let mut asked = handles_in(app, text);
    asked.retain(|handle| !app.known.was_looked_up(handle));
    if asked.is_empty() {
        return;
    }
    let unknown = match unknown(network, asked).await {
        Ok(unknown) => unknown,
        Err(error) => {
            tracing::warn!(?error, "whom a post names could not be looked up");
            return;
        }
    };
    let fed = network.errand(BUDGET);
    let mut asking = Vec::new();
    for (name, domain) in unknown.into_iter().take(MOST) {
        // Who asked too often posts all the same.
        if resolve::count(&fed, who).is_err() {
            break;
        }
        app.known.note_looked_up((name.clone(), domain.clone()));
        let fed = &fed;
        asking.push(async move {
            let handle = Handle { name, domain };
            if let Err(error) = handles::find_or_fetch(fed, &handle).await {
                tracing::debug!(?handle, ?error, "whom a post names could not be had");
            }
        });
    }
    if tokio::time::timeout(PATIENCE, join_all(asking))
        .await
        .is_err()
    {
        tracing::debug!("whom a post names could not be had in time");
    }
}

/// Those that are not known here; the others are remembered as looked up.
async fn unknown(network: &Network, asked: Vec<(String, String)>) -> Result<Vec<(String, String)>> {
    let app = network.app();
    let mut conn = app.pool.get().await?;
    let known = remote_accounts::known_handles(&mut conn, asked.clone()).await?;
    drop(conn);
    let (known, unknown): (Vec<_>, Vec<_>) =
        asked.into_iter().partition(|handle| known.contains(handle));
    for handle in known {
        app.known.note_looked_up(handle);
    }
    Ok(unknown)
}
