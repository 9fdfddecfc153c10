//! Mails: a job names rows; what is in them when the mail is written decides what it says,
//! and whether it goes at all.
//!
//! Exactly once as far as SMTP can: the job goes after the mail server took the mail. If
//! this process dies in that moment, the mail goes twice.

use serde_json::Value;

use super::runner::Outcome;
use crate::app::App;
use crate::domain::application::{ApplicationState, MessageKind};
use crate::domain::link_purpose::LinkPurpose;
use crate::domain::{Id, Result};
use crate::gate;
use crate::mail::messages::{Place, Reader, access, decision, joining, review};
use crate::mail::{Message, Undelivered};
use crate::model::application::Application;
use crate::model::user::User;
use crate::secrets::link;
use crate::store::{self, Conn};
use crate::text::catalogue::Words;
use crate::text::email::Address;

/// Sends the mail that `payload` names: `{"mail":
/// "link"|"waiting"|"decision"|"overdue"|"question"|
/// "put_off"|"undone"|"password_changed", "id": n, "to": user?, "was": state?}`.
pub async fn send(app: &App, payload: &Value) -> Result<Outcome> {
    let (Some(what), Some(id)) = (payload["mail"].as_str(), payload["id"].as_i64()) else {
        return Ok(Outcome::Never("the job names no mail".into()));
    };
    let instance = app.instance().await?;
    let place = Place {
        name: instance.title.clone(),
        url: app.origin(),
    };
    let mut conn = app.pool.get().await?;
    let message = match what {
        "link" => of_link(app, &mut conn, &place, id).await?,
        "waiting" => of_waiting(app, &mut conn, &place, id, payload["to"].as_i64()).await?,
        "decision" => of_decision(app, &mut conn, &place, id).await?,
        "overdue" => of_overdue(app, &mut conn, &place, id).await?,
        "question" => of_question(app, &mut conn, &place, id).await?,
        "put_off" => of_delay(app, &mut conn, &place, id).await?,
        "undone" => of_undone(app, &mut conn, &place, id, payload["was"].as_i64()).await?,
        "password_changed" => of_password(app, &mut conn, &place, id).await?,
        _ => return Ok(Outcome::Never("there is no such mail".into())),
    };
    // Never a connection across a talk with the mail server.
    drop(conn);
    let Some(message) = message else {
        return Ok(Outcome::Done);
    };
    Ok(match app.mailer.send(&message, app.clock.now()).await {
        Ok(()) => Outcome::Done,
        Err(Undelivered::Later(why)) => Outcome::Later(why),
        Err(Undelivered::Refused(why)) => Outcome::Never(why),
    })
}

/// In the language that they applied in, or chose since.
fn reader<'a>(user: &'a User, address: &'a str) -> Reader<'a> {
    Reader {
        address,
        name: &user.username,
        words: Words::of(&user.locale),
    }
}

/// Where a link of that purpose leads.
fn path_of(purpose: LinkPurpose, token: &str) -> String {
    match purpose {
        LinkPurpose::ConfirmAddress => format!("/confirm?token={token}"),
        LinkPurpose::ResetPassword => format!("/password/{token}"),
        LinkPurpose::FirstOwner => format!("/owner/{token}"),
        LinkPurpose::ChangeAddress => format!("/settings/email/{token}"),
    }
}

/// `None` when the link was used, is too old, or has nobody to go to.
async fn of_link(app: &App, conn: &mut Conn, place: &Place, id: i64) -> Result<Option<Message>> {
    let now = app.clock.now();
    let Some(stored) = store::links::find(conn, id)
        .await?
        .filter(|l| l.is_good(now))
    else {
        return Ok(None);
    };
    let user = match stored.user_id {
        Some(user) => store::users::find(conn, user).await?,
        None => None,
    };
    let Some(to) = stored
        .email
        .clone()
        .or_else(|| user.as_ref().and_then(|u| u.email.clone()))
    else {
        return Ok(None);
    };
    // Somebody applied with an address that has a place here already: its owner is told, and
    // the form answered as always (T1).
    let decoy = user
        .as_ref()
        .is_some_and(gate::applications::apply::is_decoy);
    if decoy && stored.purpose == LinkPurpose::ConfirmAddress {
        let owner = match Address::parse(&to) {
            Ok(address) => store::users::find_by_email(conn, &address.canonical()).await?,
            Err(_) => None,
        };
        let to = Reader {
            address: &to,
            name: "",
            words: Words::of(owner.as_ref().map_or("", |o| &o.locale)),
        };
        let (sign_in, reset) = (app.url("/sign-in"), app.url("/password"));
        return joining::address_taken(place, to, &sign_in, &reset).map(Some);
    }
    let url = app.url(&path_of(
        stored.purpose,
        link::token_of(&app.keys, &stored).reveal(),
    ));
    let good_for = stored.purpose.good_for();
    let to = match &user {
        Some(user) => reader(user, &to),
        None => Reader {
            address: &to,
            name: "",
            words: Words::of(""),
        },
    };
    let message = match stored.purpose {
        LinkPurpose::ConfirmAddress => {
            let review = gate::mode::current(app, conn, now).await?.needs_approval();
            joining::confirm_address(place, to, &url, good_for, review)?
        }
        LinkPurpose::ChangeAddress => joining::new_address(place, to, &url, good_for)?,
        LinkPurpose::ResetPassword => access::password_reset(place, to, &url, good_for)?,
        LinkPurpose::FirstOwner => access::owner_link(place, to, &url, good_for)?,
    };
    Ok(Some(message))
}

/// To one of the staff; `None` when nobody waits of those that they have not heard of, or the
/// person left the staff. The first application is told of at once, the others in a digest, one
/// an hour at the most.
async fn of_waiting(
    app: &App,
    conn: &mut Conn,
    place: &Place,
    id: Id,
    to: Option<Id>,
) -> Result<Option<Message>> {
    let staff = store::users::staff(conn).await?;
    let Some(reader) = staff
        .iter()
        .find(|u| Some(u.id) == to && u.disabled_at.is_none())
    else {
        return Ok(None);
    };
    let told = store::upkeep::told_staff_at(conn, reader.id).await?;
    let news = store::upkeep::came_since(conn, id, told).await?;
    let Some((newest, came)) = news else {
        return Ok(None);
    };
    let Some(application) = store::applications::find(conn, newest).await? else {
        return Ok(None);
    };
    let (Some(address), Some(applicant)) = (
        reader.email.clone(),
        store::users::find(conn, application.user_id).await?,
    ) else {
        return Ok(None);
    };
    let waiting = store::upkeep::waiting_applications(conn).await?;
    let waiting = u64::try_from(waiting).unwrap_or(1).max(1);
    // The link of a mail about one application opens its card.
    let link = match came {
        1 => app.url(&format!("/desk/applications/{newest}")),
        _ => app.url("/desk"),
    };
    store::upkeep::note_told_staff(conn, reader.id, app.clock.now()).await?;
    let to = self::reader(reader, &address);
    joining::application_received(place, to, &applicant.username, waiting, &link).map(Some)
}

/// Application and applicant, where the address is confirmed.
async fn applicant(conn: &mut Conn, id: Id) -> Result<Option<(Application, User, String)>> {
    let found = store::applications::find_card(conn, id).await?;
    Ok(found.and_then(|(application, user)| {
        user.email_confirmed_at?;
        let to = user.email.clone()?;
        Some((application, user, to))
    }))
}

/// To the applicant: the last question; `None` once it is answered.
async fn of_question(app: &App, conn: &mut Conn, place: &Place, id: Id) -> Result<Option<Message>> {
    let Some((application, user, to)) = applicant(conn, id).await? else {
        return Ok(None);
    };
    let said = store::application_messages::list(conn, id).await?;
    let question = said.iter().rfind(|m| m.kind == MessageKind::Question);
    match question {
        Some(question) if application.state == ApplicationState::NeedsInfo => {
            let (words, link) = (&question.body, app.url("/waiting"));
            let days = gate::applications::expire::NEEDS_INFO.num_days();
            review::question(place, reader(&user, &to), words, &link, days).map(Some)
        }
        _ => Ok(None),
    }
}

/// To the applicant, while it rests.
async fn of_delay(app: &App, conn: &mut Conn, place: &Place, id: Id) -> Result<Option<Message>> {
    let now = app.clock.now();
    let Some((application, user, to)) = applicant(conn, id).await? else {
        return Ok(None);
    };
    if !application.state.is_waiting() || application.put_off_until.is_none_or(|t| t <= now) {
        return Ok(None);
    }
    let days = u64::try_from(gate::applications::put_off::RESTS.num_days()).unwrap_or(0);
    review::put_off(place, reader(&user, &to), days, &app.url("/waiting")).map(Some)
}

/// To the applicant who was told of a decision; `None` when there is another one already.
async fn of_undone(
    app: &App,
    conn: &mut Conn,
    place: &Place,
    id: Id,
    was: Option<i64>,
) -> Result<Option<Message>> {
    let Some((application, user, to)) = applicant(conn, id).await? else {
        return Ok(None);
    };
    if !application.state.is_waiting() {
        return Ok(None);
    }
    let was_yes = was == Some(ApplicationState::Approved as i64);
    review::taken_back(place, reader(&user, &to), was_yes, &app.url("/waiting")).map(Some)
}

/// To whose password it is; `None` without a confirmed address.
async fn of_password(app: &App, conn: &mut Conn, place: &Place, id: Id) -> Result<Option<Message>> {
    let Some(user) = store::users::find(conn, id).await? else {
        return Ok(None);
    };
    match (&user.email, user.email_confirmed_at) {
        (Some(to), Some(_)) => {
            access::password_changed(place, reader(&user, to), &app.url("/password")).map(Some)
        }
        _ => Ok(None),
    }
}

/// To the applicant; `None` when they are not told, have no confirmed address, or are erased.
async fn of_decision(app: &App, conn: &mut Conn, place: &Place, id: Id) -> Result<Option<Message>> {
    let Some(application) = store::applications::find(conn, id)
        .await?
        .filter(|a| a.told)
    else {
        return Ok(None);
    };
    let Some(user) = store::users::find(conn, application.user_id).await? else {
        return Ok(None);
    };
    let Some(to) = user
        .email
        .clone()
        .filter(|_| user.email_confirmed_at.is_some())
    else {
        return Ok(None);
    };
    let words = application.decision_message.clone().unwrap_or_default();
    let message = match application.state {
        ApplicationState::Approved => {
            let drafts = u64::try_from(store::drafts::count(conn, user.id).await?).unwrap_or(0);
            let link = app.url("/welcome");
            decision::approved(place, reader(&user, &to), &words, drafts, &link)?
        }
        ApplicationState::Rejected => {
            let kept = gate::applications::reject::ERASED_AFTER.num_days();
            let days = u64::try_from(kept).unwrap_or(0);
            let link = app.url("/waiting");
            decision::rejected(place, reader(&user, &to), &words, &link, days)?
        }
        _ => return Ok(None),
    };
    Ok(Some(message))
}

/// To an applicant whom nobody answered; `None` when that is over as far as they see, or they
/// have no confirmed address.
async fn of_overdue(app: &App, conn: &mut Conn, place: &Place, id: Id) -> Result<Option<Message>> {
    use gate::applications::expire::{PENDING, REMINDED};
    let Some(application) = store::applications::find(conn, id)
        .await?
        .map(Application::for_applicant)
        .filter(|a| a.state == ApplicationState::Pending)
    else {
        return Ok(None);
    };
    let Some(user) = store::users::find(conn, application.user_id).await? else {
        return Ok(None);
    };
    match (&user.email, user.email_confirmed_at) {
        (Some(to), Some(_)) => joining::still_waiting(
            place,
            reader(&user, to),
            &app.url("/waiting"),
            REMINDED.num_weeks(),
            (PENDING - REMINDED).num_days(),
        )
        .map(Some),
        _ => Ok(None),
    }
}
