//! Mails about an heir. As with all mails, what is true when one is written decides whether it
//! goes.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::away_mails::confirmed;
use super::mailing::{contact, reader};
use crate::app::App;
use crate::domain::heir::NoticeEnding;
use crate::domain::role::Role;
use crate::domain::{Id, Result};
use crate::gate::away::heir::OFFER;
use crate::gate::zone;
use crate::mail::Message;
use crate::mail::messages::heir::{self, Notice, Whom, Why};
use crate::mail::messages::{Place, Reader};
use crate::model::user::User;
use crate::store::{self, Conn};
use crate::text::catalogue::Words;

/// Writes one: `{"mail": "heir_offered", "id": heir}`, or `{"mail": "heir_notice"|"heir_over",
/// "id": user, "notice": n}`; user 0 is the contact address. `None` where there is nobody to
/// tell, or nothing any more.
pub(super) async fn write(
    app: &App,
    conn: &mut Conn,
    place: &Place,
    what: &str,
    payload: &Value,
) -> Result<Option<Message>> {
    let id = payload["id"].as_i64().unwrap_or(0);
    if what == "heir_offered" {
        return of_offer(app, conn, place, id).await;
    }
    let notice = payload["notice"].as_i64().unwrap_or(0);
    let Some(notice) = store::heirs::find_notice(conn, notice).await? else {
        return Ok(None);
    };
    match what {
        "heir_notice" => of_notice(app, conn, place, id, &notice).await,
        _ => of_end(app, conn, place, id, &notice).await,
    }
}

/// To whom it is offered; `None` once they answered, or it is over.
async fn of_offer(app: &App, conn: &mut Conn, place: &Place, id: i64) -> Result<Option<Message>> {
    let open = store::heirs::open(conn).await?;
    let Some(offer) = open.filter(|heir| heir.id == id && heir.accepted_at.is_none() && heir.good)
    else {
        return Ok(None);
    };
    let Some((user, address)) = confirmed(conn, offer.user.unwrap_or(0)).await? else {
        return Ok(None);
    };
    let to = reader(&user, &address);
    let day = day(app, &user, to.words, offer.offered_at + OFFER).await?;
    heir::offered(place, to, &offer.by, &day, &app.url("/heir")).map(Some)
}

/// That a notice runs; `None` once it is over.
async fn of_notice(
    app: &App,
    conn: &mut Conn,
    place: &Place,
    id: Id,
    notice: &store::heirs::Notice,
) -> Result<Option<Message>> {
    if notice.ending.is_some() || notice.name.is_empty() {
        return Ok(None);
    }
    let mine = notice.user == Some(id);
    let profile = app.url(&format!("/@{}", notice.name));
    let away = app.url(if mine { "/heir" } else { "/desk/away" });
    let (export, moving) = (app.url("/settings/export"), app.url("/settings/move"));
    let told = |whom, day| Notice {
        who: &notice.name,
        day,
        whom,
        profile: &profile,
        away: &away,
        export: &export,
        moving: &moving,
    };
    if id == 0 {
        let Some(address) = contact(app, conn).await? else {
            return Ok(None);
        };
        let languages = &app.instance().await?.languages;
        let words = Words::of(languages.first().map_or("", String::as_str));
        let there = notice.until.with_timezone(&zone::of_place(app).await?);
        let day = words.day(there.naive_local().and_utc());
        let to = Reader {
            address: &address,
            name: "",
            words,
        };
        return heir::notice(place, to, &told(Whom::Contact, &day)).map(Some);
    }
    let Some((user, address)) = confirmed(conn, id).await? else {
        return Ok(None);
    };
    if !user.is_member() || user.moved_at.is_some() {
        return Ok(None);
    }
    let whom = match user.role {
        _ if mine => Whom::Heir,
        Role::Owner | Role::Admin => Whom::Runs,
        Role::Moderator | Role::Reviewer => Whom::Helps,
        Role::Member => Whom::Lives,
    };
    let to = reader(&user, &address);
    let day = day(app, &user, to.words, notice.until).await?;
    heir::notice(place, to, &told(whom, &day)).map(Some)
}

/// What came of it, to staff and the heir.
async fn of_end(
    app: &App,
    conn: &mut Conn,
    place: &Place,
    id: Id,
    notice: &store::heirs::Notice,
) -> Result<Option<Message>> {
    let Some((ending, _)) = notice.ending else {
        return Ok(None);
    };
    let Some((user, address)) = confirmed(conn, id).await? else {
        return Ok(None);
    };
    if !user.is_member() || notice.name.is_empty() {
        return Ok(None);
    }
    let (to, mine) = (reader(&user, &address), notice.user == Some(user.id));
    let why = match ending {
        NoticeEnding::Succeeded => {
            let away = app.url("/desk/away");
            return heir::succeeded(place, to, &notice.name, mine, &away).map(Some);
        }
        NoticeEnding::Back => Why::Back,
        NoticeEnding::TakenBack => Why::TakenBack,
        NoticeEnding::Void => Why::Void,
    };
    heir::stopped(place, to, &notice.name, why, &app.url("/door")).map(Some)
}

/// A day as they write it, on their clock.
async fn day(app: &App, user: &User, words: Words, at: DateTime<Utc>) -> Result<String> {
    let there = at.with_timezone(&zone::of(app, user).await?);
    Ok(words.day(there.naive_local().and_utc()))
}
