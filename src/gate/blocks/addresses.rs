//! Single addresses that are kept away, by a hash that Mastodon's servers share: SHA-256 of the
//! address in lower case, without dots and without a `+tag`. No address can be read from it.

use diesel_async::AsyncConnection;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{Kind, note};
use crate::app::App;
use crate::domain::{Error, Id, Page, Result};
use crate::gate::who::{Admin, Moderator};
pub use crate::model::door_block::AddressBlock;
use crate::store::door_blocks as rows;
use crate::text::email::Address;

/// The hash of an address, 64 hexadecimal digits.
pub fn digest(address: &Address) -> String {
    let local = address.local().to_lowercase().replace('.', "");
    let bare = local.split('+').next().unwrap_or_default();
    let canonical = format!("{bare}@{}", address.domain());
    let hash = Sha256::digest(canonical.as_bytes());
    hash.iter().map(|b| format!("{b:02x}")).collect()
}

/// A hash as somebody sends it.
///
/// # Errors
/// `Invalid` for what is none.
pub fn read_digest(typed: &str) -> Result<String> {
    let typed = typed.trim().to_ascii_lowercase();
    match typed.len() == 64 && typed.bytes().all(|b| b.is_ascii_hexdigit()) {
        true => Ok(typed),
        false => Err(Error::field(
            "canonical_email_hash",
            "ERR_INVALID",
            "is invalid",
        )),
    }
}

/// A page of them, newest first.
pub async fn list(app: &App, _who: &Moderator, page: &Page) -> Result<Vec<AddressBlock>> {
    let mut conn = app.desk.get().await?;
    let mut found = rows::addresses(&mut conn, page).await?;
    if page.ascends() {
        found.reverse();
    }
    Ok(found)
}

/// One of them.
///
/// # Errors
/// `NotFound` when there is none.
pub async fn find(app: &App, _who: &Moderator, id: Id) -> Result<AddressBlock> {
    let mut conn = app.desk.get().await?;
    let found = rows::find_address(&mut conn, id).await?;
    found.ok_or(Error::NotFound)
}

/// Those that an address would meet: one or none.
pub async fn test(app: &App, _who: &Moderator, address: &Address) -> Result<Vec<AddressBlock>> {
    let mut conn = app.desk.get().await?;
    let digest = digest(address);
    Ok(rows::find_by_digest(&mut conn, &digest)
        .await?
        .into_iter()
        .collect())
}

/// Blocks an address by its hash.
///
/// # Errors
/// `Invalid` when there are 10,000 already.
pub async fn lay(app: &App, who: &Admin, digest: &str) -> Result<AddressBlock> {
    let mut conn = app.desk.get().await?;
    conn.transaction(async |conn| {
        let now = app.clock.decide(conn).await?;
        if rows::counts(conn).await?.3 >= rows::MOST {
            return Err(Error::invalid(
                "There is no room for more blocked addresses.",
            ));
        }
        let block = rows::set_address(conn, digest, now).await?;
        let detail = json!({ "kind": "address" });
        let inverse = json!({ "lift": block.id.to_string() });
        note(
            conn,
            who,
            "block.lay",
            block.id,
            (detail, Some(inverse)),
            now,
        )
        .await?;
        Ok(block)
    })
    .await
}

/// Lifts it.
///
/// # Errors
/// `NotFound` when there is none.
pub async fn lift(app: &App, who: &Admin, id: Id) -> Result<()> {
    super::lift(app, who, Kind::Address, id).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_mailbox_has_the_same_hash() {
        let of = |typed: &str| digest(&Address::parse(typed).expect(typed));
        assert_eq!(of("Ann.Berg+news@Example.org"), of("annberg@example.org"));
        assert_ne!(of("ann@example.org"), of("ann@example.com"));
        // sha256sum of "annberg@example.org".
        assert_eq!(of("annberg@example.org").len(), 64);
        assert!(read_digest(&of("a@b.example").to_uppercase()).is_ok());
        assert!(read_digest("abc").is_err());
    }
}
