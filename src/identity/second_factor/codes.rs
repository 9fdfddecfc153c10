//! Recovery codes: ten, shown once, each good once. Only digests are kept.

use diesel_async::AsyncConnection;

use super::{Proof, after, lock};
use crate::app::App;
use crate::domain::factor_change::FactorChange;
use crate::domain::{Error, Id, Result};
use crate::identity::sessions;
use crate::secrets::{Secret, token};
use crate::store;
use crate::store::Conn;

/// How many there are.
pub const MANY: usize = 10;
/// Groups of four characters: 76 bits, more than anybody can try out.
const GROUPS: usize = 4;

/// Codes that were just made; never seen again.
#[derive(Debug, Clone)]
pub struct Codes(pub Vec<Secret>);

/// Makes ten new ones; the old ones are void.
///
/// # Errors
/// `Conflict` where there is no second factor that they could stand in for.
pub async fn renew(app: &App, proof: Proof<'_>) -> Result<Codes> {
    let (who, now) = (proof.who, proof.now);
    let mut conn = app.pool.get().await?;
    let codes = conn
        .transaction(async |conn| {
            let user = lock(conn, who.user.id).await?;
            if !super::read(conn, user.id).await?.any() {
                return Err(Error::Conflict(
                    "Set an app or a passkey first: recovery codes stand in for it.".into(),
                ));
            }
            let codes = write(conn, user.id, now).await?;
            let keep = sessions::current(who);
            after(
                conn,
                &user,
                Some(user.id),
                keep,
                FactorChange::NewCodes,
                now,
            )
            .await?;
            Ok(codes)
        })
        .await?;
    app.wake_relay();
    Ok(codes)
}

/// Makes the first ten with the first factor; `None` where there are some.
pub(super) async fn make_first(
    conn: &mut Conn,
    user: Id,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<Option<Codes>> {
    match store::second_factor::codes_left(conn, user).await? {
        0 => write(conn, user, now).await.map(Some),
        _ => Ok(None),
    }
}

async fn write(conn: &mut Conn, user: Id, now: chrono::DateTime<chrono::Utc>) -> Result<Codes> {
    let codes: Vec<Secret> = (0..MANY).map(|_| make()).collect();
    let digests: Vec<[u8; 32]> = codes
        .iter()
        .filter_map(|code| digest(user, code.reveal()))
        .collect();
    store::second_factor::set_codes(conn, user, &digests, now).await?;
    Ok(Codes(codes))
}

fn make() -> Secret {
    let groups: Vec<String> = (0..GROUPS)
        .map(|_| Secret::code(4).reveal().to_owned())
        .collect();
    Secret::new(groups.join("-"))
}

/// What is kept of a code, however it was typed: capitals or not, with or without hyphens.
/// `None` for what can be no code.
pub(super) fn digest(user: Id, typed: &str) -> Option<[u8; 32]> {
    if typed.len() > 100 {
        return None;
    }
    let plain: String = typed
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_uppercase())
        .collect();
    (plain.len() == GROUPS * 4).then(|| token::digest(&format!("recovery/{user}/{plain}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_the_same_however_it_is_typed() {
        let code = make();
        let kept = digest(7, code.reveal());
        assert!(kept.is_some());
        assert_eq!(
            digest(7, &code.reveal().replace('-', " ").to_lowercase()),
            kept
        );
        assert_ne!(digest(8, code.reveal()), kept, "of another user");
        for bad in ["", "123456", "AAAA-BBBB-CCCC", &"x".repeat(1000)] {
            assert_eq!(digest(7, bad), None, "{bad}");
        }
    }
}
