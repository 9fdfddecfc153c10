//! What a place is for ever once it has an account.

use chrono::{DateTime, Utc};

use super::App;
use crate::domain::Result;
use crate::store::{self, Conn};

/// The setting that holds the domain (a text) from the first account on.
pub const DOMAIN: &str = "domain";
/// The setting that holds what stands after the @ in handles, likewise.
pub const HANDLE_DOMAIN: &str = "handle_domain";

impl App {
    /// Fixes domain and handle domain; does nothing when they are. To be called in the
    /// transaction that makes an account.
    pub async fn fix_domain(&self, conn: &mut Conn, now: DateTime<Utc>) -> Result<()> {
        let server = &self.config.server;
        let domain = server.domain.as_str().into();
        store::settings::set_once(conn, DOMAIN, &domain, now).await?;
        let handles = server.handle_domain.as_str().into();
        store::settings::set_once(conn, HANDLE_DOMAIN, &handles, now).await?;
        Ok(())
    }
}
