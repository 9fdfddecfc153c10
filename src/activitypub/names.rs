//! Two actors of one server with the same `preferredUsername`: somebody and a community of
//! Lemmy's, or whoever got a name that another left.
//!
//! A handle leads to one of them, and WebFinger at their server says to which. The other is
//! shown under a name made of its address, which nobody types by chance: `rust.c` for
//! `https://lemmy.example/c/rust`. So `accounts_handle` stays unique.

use chrono::{DateTime, Utc};
use url::Url;

use super::uri;
use super::webfinger::{self, Handle};
use crate::app::federation::Federation;
use crate::domain::{Error, Id, Result};
use crate::model::account::Account;
use crate::store::remote_accounts::{self, RemoteAccount, Upserted};

/// Characters of the part of an address that is put into a name.
const MAX_PART: usize = 20;

/// Keeps an actor whose name another of its server has; gives its id. Asks WebFinger once,
/// unless it is known under its other name already.
///
/// # Errors
/// `NotFound` for one that was deleted; `Invalid` where somebody else was quicker.
pub(super) async fn settle(
    fed: &Federation,
    row: RemoteAccount,
    before: Option<&Account>,
    domain: &str,
    now: DateTime<Utc>,
) -> Result<Id> {
    let name = row.username.clone();
    let names = others(&name, &row.uri);
    let stays = before.is_some_and(|known| names.contains(&known.username));
    if !stays && owns(fed, &name, domain, &row.uri).await {
        give_up(fed, &name, &row, now).await?;
        if let Some(id) = write(fed, row.clone(), now).await? {
            return Ok(id);
        }
    }
    for other in names {
        let row = RemoteAccount {
            username: other,
            ..row.clone()
        };
        if let Some(id) = write(fed, row, now).await? {
            return Ok(id);
        }
    }
    Err(taken())
}

/// Whether the name leads to the actor. What cannot be had leaves it where it is.
async fn owns(fed: &Federation, name: &str, domain: &str, actor: &str) -> bool {
    let handle = Handle {
        name: name.to_owned(),
        domain: domain.to_owned(),
    };
    let found = webfinger::find(fed, &handle).await;
    found.is_ok_and(|found| found.actor == actor)
}

/// The present holder goes on under a name of its own address.
async fn give_up(
    fed: &Federation,
    name: &str,
    row: &RemoteAccount,
    now: DateTime<Utc>,
) -> Result<()> {
    let mut conn = fed.pool.get().await?;
    let holder = remote_accounts::by_name(&mut conn, name, row.host).await?;
    let Some((holder, address)) = holder.filter(|(_, address)| *address != row.uri) else {
        return Ok(());
    };
    for other in others(name, &address) {
        if remote_accounts::rename(&mut conn, holder, &other, now).await? {
            return Ok(());
        }
    }
    Err(taken())
}

async fn write(fed: &Federation, row: RemoteAccount, now: DateTime<Utc>) -> Result<Option<Id>> {
    let mut conn = fed.pool.get().await?;
    match remote_accounts::upsert(&mut conn, row, now).await? {
        Upserted::Done { id, .. } => Ok(Some(id)),
        Upserted::Gone => Err(Error::NotFound),
        Upserted::NameTaken => Ok(None),
    }
}

fn taken() -> Error {
    Error::invalid("two accounts claim the same name")
}

/// The names that an actor may have beside its own, by its address: the first is for people,
/// the second is nobody else's.
fn others(name: &str, address: &str) -> [String; 2] {
    let hash = uri::hash(address).simple().to_string();
    let last = format!("{name}.{}", &hash[..12]);
    let part = Url::parse(address).ok().and_then(|url| {
        let mut parts = url.path_segments()?.filter(|part| !part.is_empty());
        let first = parts.next()?.trim_start_matches('@').to_ascii_lowercase();
        let plain = !first.is_empty()
            && first.len() <= MAX_PART
            && first.bytes().all(|byte| byte.is_ascii_alphanumeric())
            && !first.eq_ignore_ascii_case(name);
        plain.then_some(first)
    });
    let first = part.map_or_else(|| last.clone(), |part| format!("{name}.{part}"));
    [first, last]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_other_name_is_made_of_the_address() {
        let name = |address: &str| others("rust", address)[0].clone();
        assert_eq!(name("https://lemmy.example/c/rust"), "rust.c");
        assert_eq!(name("https://lemmy.example/u/rust"), "rust.u");
        assert_eq!(name("https://tube.example/video-channels/rust").len(), 17);
        let hashed = name("https://a.example/rust");
        assert_eq!(hashed, others("rust", "https://a.example/rust")[1]);
        assert_ne!(hashed, name("https://a.example/@rust"));
        assert_ne!(name("https://a.example/"), name("https://b.example/"));
    }
}
