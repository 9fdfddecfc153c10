//! The keypair of the server's own actor: it signs fetches and reports.

use std::sync::Arc;

use super::App;
use crate::domain::Result;
use crate::secrets::actor_key::{self, NewActorKey};
use crate::store;

/// The name of its row in `instance_secrets`.
const NAME: &str = "instance_actor_key";

impl App {
    /// The keypair of the server's own actor, made when it is first asked for; kept in
    /// memory. Safe when two processes ask at once: both end with the same.
    pub async fn instance_key(&self) -> Result<Arc<NewActorKey>> {
        self.instance_key
            .get_or_try_init(async || self.find_or_make_instance_key().await)
            .await
            .cloned()
    }

    async fn find_or_make_instance_key(&self) -> Result<Arc<NewActorKey>> {
        let mut conn = self.pool.get().await?;
        let private_der = match store::settings::find_secret(&mut conn, NAME).await? {
            Some(known) => known,
            None => {
                // Making one takes a while: no connection waits for it.
                drop(conn);
                let fresh = self.actor_keys.generate().await?.private_der;
                let mut conn = self.pool.get().await?;
                store::settings::secret(&mut conn, NAME, &fresh, self.clock.now()).await?
            }
        };
        Ok(Arc::new(NewActorKey {
            public_pem: actor_key::public_pem(&private_der)?,
            private_der,
        }))
    }
}
