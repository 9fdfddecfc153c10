//! What a place is for ever once it has an account.

use chrono::{DateTime, Utc};
use serde_json::json;

use super::App;
use crate::config::{Place, Server};
use crate::domain::{Error, Result};
use crate::store::{self, Conn};

/// The setting that holds the domain (a text) from the first account on.
pub const DOMAIN: &str = "domain";
/// The setting that holds what stands after the @ in handles, likewise.
pub const HANDLE_DOMAIN: &str = "handle_domain";

/// The setting that says as what the place was last started: an object of three texts,
/// `domain`, `handle_domain` and `place`.
const STARTED: &str = "started_as";

impl App {
    /// Fixes domain and handle domain; does nothing when they are. To be called in the
    /// transaction that makes an account.
    ///
    /// # Errors
    /// `Conflict` when the place got accounts under another name meanwhile.
    pub async fn fix_domain(&self, conn: &mut Conn, now: DateTime<Utc>) -> Result<()> {
        let server = &self.config.server;
        let domain = server.domain.as_str().into();
        let held = store::settings::set_once(conn, DOMAIN, &domain, now).await?;
        let held = held.as_str().unwrap_or_default();
        if !is_same(held, server) {
            let sentence = format!(
                "This place is {held} for ever, since it has accounts: it cannot have any as {}.",
                server.domain
            );
            return Err(Error::Conflict(sentence.into()));
        }
        let handles = server.handle_domain.as_str().into();
        store::settings::set_once(conn, HANDLE_DOMAIN, &handles, now).await?;
        Ok(())
    }

    /// Notes as what this place runs, for commands beside it that are not told.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn note_start(&self) -> Result<()> {
        let server = &self.config.server;
        let value = json!({
            "domain": server.domain,
            "handle_domain": server.handle_domain,
            "place": server.place.as_str(),
        });
        let mut conn = self.pool.get().await?;
        store::settings::set(&mut conn, STARTED, &value, self.clock.now()).await
    }

    /// As what the place was last started, put into `server`; whether that changed anything.
    /// Nothing where a domain was named, or where it was never started.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn adopt_start(&self, server: &mut Server) -> Result<bool> {
        if server.place != Place::Development {
            return Ok(false);
        }
        let mut conn = self.pool.get().await?;
        let started = store::settings::find(&mut conn, STARTED).await?;
        let started = started.unwrap_or_default();
        let text = |key: &str| started[key].as_str().map(str::to_owned);
        let place = started["place"].as_str().and_then(Place::from_name);
        let (Some(domain), Some(handles), Some(place)) =
            (text("domain"), text("handle_domain"), place)
        else {
            return Ok(false);
        };
        let changes = server.domain != domain || server.place != place;
        (server.domain, server.handle_domain, server.place) = (domain, handles, place);
        Ok(changes)
    }
}

/// Whether a place that is fixed to `held` may run as `server` says. In development the port is
/// part of the domain, but nobody elsewhere knows it.
pub fn is_same(held: &str, server: &Server) -> bool {
    held == server.domain || (server.place == Place::Development && held.starts_with("localhost:"))
}
