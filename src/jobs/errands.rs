//! Long errands of the house: what an account leaves behind that moved or is gone, many
//! applications let in at once, letters to all when nobody is home. Each works in batches and can be done again from the start: what is done already is not found again.

use serde_json::Value;

use super::acts::held;
use super::runner::Outcome;
use crate::app::App;
use crate::domain::Result;
use crate::gate::applications::bulk;
use crate::gate::away::heir;
use crate::gate::away::letters::{self, To};
use crate::gate::budget;
use crate::social::accounts::{delete, move_out};
use crate::social::statuses::from_server;

/// The word of the errand that leads followers to where an account moved.
pub const MOVE: &str = "move";
/// The word of the errand that takes what a deleted account left.
pub const ERASE: &str = "erase";
/// The word of the errand that posts to one of the staff how the switch moved.
pub const SWITCH_POST: &str = "switch_post";

/// Does what a job says: `{"errand": …, "id": n}`, an account, a bulk decision, an act
/// that waited, a notice, an absence, or an heir's notice.
///
/// # Errors
/// When the database cannot be asked; it is tried again.
pub async fn run(app: &App, payload: &Value) -> Result<Outcome> {
    let Some(id) = payload["id"].as_i64() else {
        return Ok(Outcome::Never("the job names nothing".into()));
    };
    match payload["errand"].as_str() {
        Some(MOVE) => {
            move_out::lead_followers(app, id).await?;
            Ok(Outcome::Done)
        }
        Some(ERASE) => Ok(match delete::erase(app, id).await? {
            Some(at) => Outcome::Again(at),
            None => Outcome::Done,
        }),
        Some(bulk::ERRAND) => Ok(match bulk::go_on(app, id).await? {
            true => Outcome::Again(app.clock.now()),
            false => Outcome::Done,
        }),
        Some(SWITCH_POST) => {
            from_server::notice(app, id).await?;
            Ok(Outcome::Done)
        }
        Some(letters::WAITING) => told(app, id, To::Waiting).await,
        Some(letters::MEMBERS) => told(app, id, To::Members).await,
        Some(heir::ERRAND) => Ok(match heir::go_on(app, id).await? {
            true => Outcome::Again(app.clock.now()),
            false => Outcome::Done,
        }),
        Some(budget::ERRAND) => held::run(app, id).await,
        _ => Ok(Outcome::Never("no errand that is known".into())),
    }
}

/// A slice of the letters about an absence; others get their errands done in between.
async fn told(app: &App, episode: i64, to: To) -> Result<Outcome> {
    Ok(match letters::go_on(app, episode, to).await? {
        true => Outcome::Again(app.clock.now()),
        false => Outcome::Done,
    })
}
