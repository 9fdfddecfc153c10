//! With whom this place speaks at all, and who may read whom it does not speak with.

use diesel_async::AsyncConnection;
use serde_json::json;

use super::{By, changed, note};
use crate::app::App;
use crate::app::policies::SETTING;
use crate::domain::{Error, Result};
use crate::store::{self, Conn};

/// Who may read the list of moderated servers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ShownTo {
    /// Staff alone.
    #[default]
    Nobody,
    /// Members.
    Members,
    /// Everybody.
    Everybody,
}

impl ShownTo {
    /// All of them, the fewest readers first.
    pub const ALL: [ShownTo; 3] = [ShownTo::Nobody, ShownTo::Members, ShownTo::Everybody];

    /// `nobody`, `members`, `everybody`.
    pub fn as_str(self) -> &'static str {
        match self {
            ShownTo::Nobody => "nobody",
            ShownTo::Members => "members",
            ShownTo::Everybody => "everybody",
        }
    }

    /// The reverse.
    pub fn from_name(name: &str) -> Option<ShownTo> {
        ShownTo::ALL.into_iter().find(|one| one.as_str() == name)
    }
}

/// What the admin chose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Setting {
    /// Only allowed servers are fetched from, delivered to, accepted from.
    pub allow_list: bool,
    /// Who may read the list.
    pub shown_to: ShownTo,
}

impl Setting {
    fn value(self) -> serde_json::Value {
        json!({ "allow_list": self.allow_list, "shown_to": self.shown_to.as_str() })
    }
}

/// What holds.
///
/// # Errors
/// When the database cannot be asked.
pub async fn setting(app: &App) -> Result<Setting> {
    let mut conn = app.desk.get().await?;
    read(&mut conn).await
}

pub(super) async fn read(conn: &mut Conn) -> Result<Setting> {
    let chosen = store::settings::find(conn, SETTING).await?;
    let chosen = chosen.unwrap_or_default();
    Ok(Setting {
        allow_list: chosen["allow_list"].as_bool() == Some(true),
        shown_to: chosen["shown_to"]
            .as_str()
            .and_then(ShownTo::from_name)
            .unwrap_or_default(),
    })
}

/// Sets it. What waits for servers that are not allowed any more is dropped.
///
/// # Errors
/// When the database cannot be asked.
pub async fn set(app: &App, by: By<'_>, to: Setting) -> Result<()> {
    let mut conn = app.desk.get().await?;
    let now = app.clock.decide(&mut conn).await?;
    conn.transaction(async |conn| {
        let before = read(conn).await?;
        if before == to {
            return Ok(());
        }
        store::settings::set(conn, SETTING, &to.value(), now).await?;
        if to.allow_list {
            store::domain_allows::drop_deliveries(conn).await?;
        }
        note(
            conn,
            by,
            "policy.setting",
            None,
            to.value(),
            before.value(),
            now,
        )
        .await?;
        Ok::<_, Error>(())
    })
    .await?;
    changed(app);
    Ok(())
}
