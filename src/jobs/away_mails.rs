//! Mails about an absence. As with all mails, what is true when one is written decides whether
//! it goes.

use serde_json::Value;

use super::mailing::{of_staff, reader};
use crate::app::App;
use crate::domain::application::ApplicationState;
use crate::domain::{Id, Result};
use crate::gate::away::absence;
use crate::gate::away::back::MORE;
use crate::gate::away::deputies;
use crate::gate::away::letters::To;
use crate::gate::{switch, zone};
use crate::mail::Message;
use crate::mail::messages::{Place, away};
use crate::model::user::User;
use crate::store::{self, Conn};

/// Writes one: `{"mail": "sealed"|"distress"|"absence_ends", "id": user, "episode": n?}`, or
/// `{"mail": "back", "id": application}`. `None` where there is nobody to tell, or nothing any more.
pub(super) async fn write(
    app: &App,
    conn: &mut Conn,
    place: &Place,
    what: &str,
    payload: &Value,
) -> Result<Option<Message>> {
    let id = payload["id"].as_i64().unwrap_or(0);
    match what {
        "deputy" | "deputy_called" => of_deputy(app, conn, place, id, what).await,
        "back" => of_return(app, conn, place, id).await,
        "absence_ends" => of_end(app, conn, place, id).await,
        "sealed" => of_sealed(app, conn, place, id, payload["episode"].as_i64()).await,
        _ => of_distress(app, conn, place, id, payload["episode"].as_i64()).await,
    }
}

/// To somebody who waits; `None` once somebody is back, or they do not wait any more.
async fn of_sealed(
    app: &App,
    conn: &mut Conn,
    place: &Place,
    user: Id,
    episode: Option<i64>,
) -> Result<Option<Message>> {
    if !lasts(app, conn, To::Waiting, episode).await? {
        return Ok(None);
    }
    let Some((user, address)) = confirmed(conn, user).await? else {
        return Ok(None);
    };
    let application = store::applications::find_latest(conn, user.id).await?;
    let state = application.map(|a| a.for_applicant().state);
    if !state.is_some_and(ApplicationState::is_waiting) {
        return Ok(None);
    }
    away::sealed(place, reader(&user, &address), &app.url("/waiting")).map(Some)
}

/// To a member; `None` once somebody is back, or they are gone.
async fn of_distress(
    app: &App,
    conn: &mut Conn,
    place: &Place,
    user: Id,
    episode: Option<i64>,
) -> Result<Option<Message>> {
    if !lasts(app, conn, To::Members, episode).await? {
        return Ok(None);
    }
    let Some((user, address)) = confirmed(conn, user).await? else {
        return Ok(None);
    };
    if !user.is_member() || user.moved_at.is_some() {
        return Ok(None);
    }
    let reviews = user.role.reviews_applications();
    let back = reviews.then(|| app.url("/desk/away"));
    let links = away::OfDistress {
        export: &app.url("/settings/export"),
        moving: &app.url("/settings/move"),
        about: &app.url("/about"),
        away: back.as_deref(),
    };
    away::distress(place, reader(&user, &address), &links).map(Some)
}

/// To a deputy: that they are one, or that they are called; `None` where neither holds any more.
async fn of_deputy(
    app: &App,
    conn: &mut Conn,
    place: &Place,
    user: Id,
    what: &str,
) -> Result<Option<Message>> {
    let named = store::deputies::list(conn).await?;
    if !named.iter().any(|one| one.user == user) {
        return Ok(None);
    }
    if what == "deputy_called" && !deputies::is_called(app, conn, user).await? {
        return Ok(None);
    }
    let Some((user, address)) = confirmed(conn, user).await? else {
        return Ok(None);
    };
    let to = reader(&user, &address);
    match what {
        "deputy_called" => away::deputy_called(place, to, &app.url("/deputy")),
        _ => away::deputy_named(place, to, &app.url("/about")),
    }
    .map(Some)
}

/// To an applicant who waited for long: somebody is back; `None` once it is decided.
async fn of_return(app: &App, conn: &mut Conn, place: &Place, id: Id) -> Result<Option<Message>> {
    let found = store::applications::find_card(conn, id).await?;
    let Some((application, user)) = found else {
        return Ok(None);
    };
    let Some((user, address)) = confirmed(conn, user.id).await? else {
        return Ok(None);
    };
    if application.state != ApplicationState::Pending {
        return Ok(None);
    }
    let (to, days) = (reader(&user, &address), MORE.num_days());
    away::back(place, to, days, &app.url("/waiting")).map(Some)
}

/// To one of the staff: a planned absence ends; `None` once it is over, or given up.
async fn of_end(app: &App, conn: &mut Conn, place: &Place, user: Id) -> Result<Option<Message>> {
    let Some(absence) = absence::lasting(conn, app.clock.now()).await? else {
        return Ok(None);
    };
    let Some((user, address)) = of_staff(conn, Some(user)).await? else {
        return Ok(None);
    };
    let there = absence.to.with_timezone(&zone::of(app, &user).await?);
    let to = reader(&user, &address);
    let day = to.words.day(there.naive_local().and_utc());
    away::absence_ends(place, to, &day, &app.url("/desk")).map(Some)
}

/// Whether the absence that a letter is about still lasts.
async fn lasts(app: &App, conn: &mut Conn, to: To, episode: Option<i64>) -> Result<bool> {
    let standing = switch::standing(app, conn, app.clock.now()).await?;
    Ok(standing.episode.map(|open| open.id) == episode && standing.stage >= to.stage())
}

/// Somebody with an address of which it is known that it is theirs.
pub(super) async fn confirmed(conn: &mut Conn, user: Id) -> Result<Option<(User, String)>> {
    let found = store::users::find(conn, user).await?;
    Ok(found.and_then(|user| {
        user.email_confirmed_at?;
        let address = user.email.clone()?;
        Some((user, address))
    }))
}
