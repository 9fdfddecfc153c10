//! The line behind the queue: when more people come than can be read (registration.md C0,
//! *Capacity*).

use chrono::{DateTime, TimeDelta, Utc};

use crate::app::App;
use crate::domain::Result;
use crate::domain::lane::Lane;
use crate::gate::ceilings::capacity;
use crate::store::{self, Conn};

/// How long a queue is.
const FORTNIGHT: TimeDelta = TimeDelta::days(14);
/// What is usually reviewed in that time is looked up in so many days.
const TWELVE_WEEKS: TimeDelta = TimeDelta::days(84);

/// How many the queue has room for.
pub async fn room(conn: &mut Conn, now: DateTime<Utc>) -> Result<i64> {
    let (fortnight, twelve_weeks) =
        store::door::decided_since(conn, now - FORTNIGHT, now - TWELVE_WEEKS).await?;
    Ok(capacity::queue_room(fortnight, twelve_weeks))
}

/// Where somebody waits whose application is confirmed now: in line, when the queue's part
/// for strangers is full. The vouched for go before, the likely automated aside.
pub async fn lane(conn: &mut Conn, lane: Lane, now: DateTime<Utc>) -> Result<Lane> {
    if lane != Lane::Waiting {
        return Ok(lane);
    }
    let room = capacity::for_strangers(room(conn, now).await?);
    Ok(match store::door::in_queue(conn, room).await? < room {
        true => Lane::Waiting,
        false => Lane::InLine,
    })
}

/// Its name in the app's memory.
const SHOWN: &str = "in line";

/// Whether a newcomer would stand in line, for the form that says so: 30 s old at the most.
pub async fn is_shown(app: &App) -> Result<bool> {
    let shown = app.memory.get(SHOWN, async {
        let mut conn = app.desk.get().await?;
        Ok(lane(&mut conn, Lane::Waiting, app.clock.now()).await? == Lane::InLine)
    });
    Ok(*shown.await?)
}

/// Draws from the line as far as the queue has room; gives how many came.
pub async fn draw(conn: &mut Conn, now: DateTime<Utc>) -> Result<usize> {
    let room = capacity::for_strangers(room(conn, now).await?);
    let free = room - store::door::in_queue(conn, room).await?;
    match free {
        1.. => store::door::draw_from_line(conn, free).await,
        _ => Ok(0),
    }
}
