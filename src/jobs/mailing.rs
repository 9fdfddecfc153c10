//! Mails: a job names rows; what is in them when the mail is written decides what it says,
//! and whether it goes at all.
//!
//! In an hour, only so many leave (`mail.hourly`); what is more waits, and a fifth is kept for
//! what goes first. Several processes may send some few more: each looks, then sends.
//!
//! Exactly once as far as SMTP can: the job goes after the mail server took the mail. If
//! this process dies in that moment, the mail goes twice.

use chrono::TimeDelta;
use serde_json::Value;

use super::away_mails;
use super::heir_mails;
use super::runner::Outcome;
use crate::app::App;
use crate::domain::application::{ApplicationState, MessageKind};
use crate::domain::factor_change::FactorChange;
use crate::domain::lane::Lane;
use crate::domain::link_purpose::LinkPurpose;
use crate::domain::switch_notice::NoticeChannel;
use crate::domain::{Id, Result};
use crate::gate;
use crate::gate::budget;
use crate::gate::signs::{check_in, notices};
use crate::gate::zone;
use crate::mail::messages::staff::News;
use crate::mail::messages::switch::{self, Here};
use crate::mail::messages::{Place, Reader, access, decision, joining, posts, review, staff};
use crate::mail::{Message, Undelivered};
use crate::model::application::Application;
use crate::model::audit::SignOfLife;
use crate::model::user::User;
use crate::secrets::link;
use crate::store::{self, Conn};
use crate::text::catalogue::Words;
use crate::text::email::{Address, mask_all};

/// Sends the mail that `payload` names: `{"mail":
/// "link"|"waiting"|"decision"|"overdue"|"question"|"put_off"|"undone"|"received"|"end_near"|
/// "ended"|"appeal"|"withdrawn"|"password_changed"|"address_changed"|"address_left"|
/// "factor"|"held"|"week"|"switch"|"seen"|"post_held"|"woke"|"heir_offered"|"heir_notice"|
/// "heir_over", "id": n,
/// "to": user?, "was": state?}`.
///
/// What cannot be sent says why, after the masked address; on the `last` try it is counted as
/// lost.
pub async fn send(app: &App, payload: &Value, last: bool) -> Result<Outcome> {
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
        "held" => of_held(app, &mut conn, &place, id, payload["to"].as_i64()).await?,
        "post_held" => of_post_held(app, &mut conn, &place, id).await?,
        "woke" => of_woke(app, &mut conn, &place, id, payload["to"].as_i64()).await?,
        "week" => of_week(app, &mut conn, &place, id).await?,
        "switch" => of_switch(app, &mut conn, &place, id).await?,
        "seen" => of_seen(app, &mut conn, &place, id).await?,
        "factor" => of_factor(app, &mut conn, &place, id, payload["was"].as_i64()).await?,
        "address_changed" => of_address(app, &mut conn, &place, id).await?,
        "received" => of_receipt(app, &mut conn, &place, id).await?,
        "end_near" => of_end_near(app, &mut conn, &place, id).await?,
        "ended" => of_end(app, &mut conn, &place, id, payload["was"].as_i64()).await?,
        "appeal" => of_appeal(app, &mut conn, &place, id).await?,
        "withdrawn" | "address_left" => of_parting(app, &mut conn, &place, id, what).await?,
        "sealed" | "distress" | "back" | "absence_ends" | "deputy" | "deputy_called" => {
            away_mails::write(app, &mut conn, &place, what, payload).await?
        }
        "heir_offered" | "heir_notice" | "heir_over" => {
            heir_mails::write(app, &mut conn, &place, what, payload).await?
        }
        _ => return Ok(Outcome::Never("there is no such mail".into())),
    };
    let Some(message) = message else {
        return Ok(Outcome::Done);
    };
    let now = app.clock.now();
    // Told once, whatever dies meanwhile: a process that dies in the middle of the talk with the
    // mail server leaves it untold rather than told twice; the other channels are there.
    let once = (what == "switch").then_some(id);
    if let Some(notice) = once
        && !store::switch_notices::begin(&mut conn, notice, now).await?
    {
        return Ok(Outcome::Done);
    }
    // Never a connection across a talk with the mail server.
    drop(conn);
    let sent = app.mailer.send(&message, now).await;
    let lost = match &sent {
        Ok(()) => false,
        Err(Undelivered::Later(_)) => last,
        Err(Undelivered::Refused(_)) => true,
    };
    if let Some(notice) = once {
        let mut conn = app.pool.get().await?;
        match &sent {
            Ok(()) => store::switch_notices::sent(&mut conn, notice, None, now).await?,
            Err(_) => store::switch_notices::failed(&mut conn, notice).await?,
        }
    }
    if sent.is_ok() || lost {
        let mut conn = app.pool.get().await?;
        store::mail_counts::add(&mut conn, message.kind(), lost, now).await?;
        if sent.is_ok() && matches!(what, "withdrawn" | "address_left") {
            store::parting_addresses::forget(&mut conn, id).await?;
        }
    }
    let told = |why: String| format!("{}: {}", mask_all(message.to()), mask_all(&why));
    Ok(match sent {
        Ok(()) => Outcome::Done,
        Err(Undelivered::Later(why)) => Outcome::Later(told(why)),
        Err(Undelivered::Refused(why)) => Outcome::Never(told(why)),
    })
}

/// How many mails may leave now, and which: all of them, all but what goes to everybody, or only
/// what goes first. Where mails are files, they are not counted against anything.
pub async fn budget(app: &App, conn: &mut Conn) -> Result<(i64, i16)> {
    if !app.mailer.is_real() {
        return Ok((i64::MAX, store::jobs::LAST));
    }
    let since = app.clock.now() - TimeDelta::hours(1);
    let sent = store::mail_counts::sent_since(conn, since).await?;
    Ok(left(i64::from(app.config.mail.hourly), sent))
}

fn left(hourly: i64, sent: i64) -> (i64, i16) {
    let left = (hourly - sent).max(0);
    let others = left - hourly / KEPT_PART;
    match left - hourly / HALF {
        _ if others <= 0 => (left, store::jobs::FIRST),
        ..=0 => (others, store::jobs::THEN),
        everybody => (everybody, store::jobs::LAST),
    }
}

/// Of the budget, one part in so many is kept for passwords, addresses and staff.
pub const KEPT_PART: i64 = 5;
/// What goes to everybody takes half of the hour at the most: the other half is for those who
/// wait for a confirmation.
const HALF: i64 = 2;

/// Which mails go first: somebody waits for them in front of a page, or should know at once.
/// `purpose` is that of a link.
pub fn rank(what: &str, purpose: Option<LinkPurpose>) -> i16 {
    match (what, purpose) {
        ("link", Some(LinkPurpose::ConfirmAddress) | None) => store::jobs::THEN,
        (
            "link" | "waiting" | "password_changed" | "address_changed" | "address_left" | "factor"
            | "held" | "switch" | "woke" | "heir_offered" | "heir_over",
            _,
        ) => store::jobs::FIRST,
        _ => store::jobs::THEN,
    }
}

/// In the language that they applied in, or chose since.
pub(super) fn reader<'a>(user: &'a User, address: &'a str) -> Reader<'a> {
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

/// To one of the staff; `None` when nobody waits of those that they have not heard of, nobody is
/// unread of them either, or the person left the staff. The first application is told of at once,
/// the others in a digest, one an hour at the most.
async fn of_waiting(
    app: &App,
    conn: &mut Conn,
    place: &Place,
    id: Id,
    to: Option<Id>,
) -> Result<Option<Message>> {
    let Some((user, address)) = of_staff(conn, to).await? else {
        return Ok(None);
    };
    let told = store::upkeep::told_staff_at(conn, user.id).await?;
    let now = app.clock.now();
    let waits = store::upkeep::news_since(conn, id, told).await?;
    let let_in = store::let_in::news_since(conn, id, told, now).await?;
    let card = |id: Id| app.url(&format!("/desk/applications/{id}"));
    let waits = waits.into_iter().map(|(id, name, what)| staff::NewsOf {
        name,
        what: match what {
            1 => News::Answered,
            2 => News::Appealed,
            _ => News::Came,
        },
        card: card(id),
    });
    let let_in = let_in.into_iter().map(|(id, name)| staff::NewsOf {
        name,
        what: News::LetIn,
        card: card(id),
    });
    let news: Vec<staff::NewsOf> = waits.chain(let_in).collect();
    if news.is_empty() {
        return Ok(None);
    }
    let number = |count: i64| u64::try_from(count).unwrap_or(0);
    let counts = staff::Counts {
        waiting: number(store::upkeep::waiting_applications(conn).await?),
        unread: number(store::let_in::count(conn, now).await?),
    };
    store::upkeep::note_told_staff(conn, user.id, now).await?;
    let to = reader(&user, &address);
    let desk = app.url("/desk");
    staff::applications(place, to, &news, counts, &desk).map(Some)
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

/// To one of the staff: somebody destroyed much, and this waits.
async fn of_held(
    app: &App,
    conn: &mut Conn,
    place: &Place,
    id: Id,
    to: Option<Id>,
) -> Result<Option<Message>> {
    let Some((user, address)) = of_staff(conn, to).await? else {
        return Ok(None);
    };
    let Some(act) = store::destructive_acts::find(conn, id).await? else {
        return Ok(None);
    };
    let actor = store::users::find(conn, act.actor_id).await?;
    let who = actor.map(|user| user.username).unwrap_or_default();
    let to = reader(&user, &address);
    let about = act.wish.as_ref().map(|wish| &wish[budget::ABOUT]);
    let held = staff::Held::of(&act.act, about);
    staff::held(place, to, &who, &held, &app.url("/desk/held")).map(Some)
}

/// To an author: this waits before it goes out; `None` when it went meanwhile, or is gone.
async fn of_post_held(
    app: &App,
    conn: &mut Conn,
    place: &Place,
    id: Id,
) -> Result<Option<Message>> {
    let Some((account, reason)) = store::holds::find(conn, id).await? else {
        return Ok(None);
    };
    let users = store::people::users(conn, &[account]).await?;
    let Some(user) = store::users::find_many(conn, &users).await?.pop() else {
        return Ok(None);
    };
    match (&user.email, user.email_confirmed_at) {
        (Some(to), Some(_)) if user.is_member() => {
            let link = app.url(&format!("/@{}/{id}", user.username));
            posts::held(place, reader(&user, to), reason, &link).map(Some)
        }
        _ => Ok(None),
    }
}

/// To a moderator: somebody woke from a long sleep, and writes to strangers; `None` when nothing
/// of it waits any more.
async fn of_woke(
    app: &App,
    conn: &mut Conn,
    place: &Place,
    id: Id,
    to: Option<Id>,
) -> Result<Option<Message>> {
    let Some((user, address)) = of_staff(conn, to).await? else {
        return Ok(None);
    };
    let Some((account, _)) = store::holds::find(conn, id).await? else {
        return Ok(None);
    };
    let users = store::people::users(conn, &[account]).await?;
    let author = store::users::find_many(conn, &users).await?.pop();
    let who = author.map(|author| author.username).unwrap_or_default();
    let desk = app.url("/desk/held-posts");
    staff::woke(place, reader(&user, &address), &who, &desk).map(Some)
}

/// To one of the staff, weekly; `None` in a week without decisions.
async fn of_week(app: &App, conn: &mut Conn, place: &Place, to: Id) -> Result<Option<Message>> {
    let Some((user, address)) = of_staff(conn, Some(to)).await? else {
        return Ok(None);
    };
    let since = app.clock.now() - TimeDelta::days(7);
    let weeks = store::upkeep::decisions_of_week(conn, since).await?;
    let to = reader(&user, &address);
    match weeks.is_empty() {
        true => Ok(None),
        false => staff::week(place, to, &weeks, &app.url("/desk")).map(Some),
    }
}

/// How the switch moves, to one who keeps the light on or to the contact address; `None` when it
/// is no news any more, or has nobody to go to.
async fn of_switch(app: &App, conn: &mut Conn, place: &Place, id: i64) -> Result<Option<Message>> {
    let now = app.clock.now();
    let Some(telling) = notices::due(app, conn, id, now).await? else {
        return Ok(None);
    };
    let desk = app.url(telling.desk());
    let what = telling.notice.notice;
    if telling.notice.channel == NoticeChannel::Contact {
        let Some(address) = contact(app, conn).await? else {
            return Ok(None);
        };
        let languages = &app.instance().await?.languages;
        let words = Words::of(languages.first().map_or("", String::as_str));
        let told = telling.paragraphs(words, &place.name, zone::of_place(app).await?);
        let to = Reader {
            address: &address,
            name: "",
            words,
        };
        return switch::notice(place, to, what, &told, None, &desk).map(Some);
    }
    let Some(user) = notices::keeper(conn, telling.notice.recipient).await? else {
        return Ok(None);
    };
    // Whoever reads at an address that nobody confirmed would check in by the link.
    let Some(address) = user.email_confirmed_at.and(user.email.clone()) else {
        return Ok(None);
    };
    let to = reader(&user, &address);
    let told = telling.paragraphs(to.words, &place.name, zone::of(app, &user).await?);
    let url = match telling.link_of() {
        Some(link) => Some(check_in::new_link(app, conn, user.id, link, now).await?),
        None => None,
    };
    let must_sign_in = check_in::must_sign_in(conn, user.id).await?;
    let here = url.as_deref().map(|url| Here {
        url,
        good_for: store::check_in_links::GOOD_FOR,
        must_sign_in,
    });
    switch::notice(place, to, what, &told, here, &desk).map(Some)
}

/// The contact address, unless one who keeps the light on reads there anyway.
pub(super) async fn contact(app: &App, conn: &mut Conn) -> Result<Option<String>> {
    let Some(address) = app.instance().await?.contact_email.clone() else {
        return Ok(None);
    };
    let Ok(parsed) = Address::parse(&address) else {
        return Ok(None);
    };
    let keepers = store::switch_notices::keepers(conn).await?;
    let read = keepers
        .iter()
        .any(|keeper| keeper.email_canonical.as_ref() == Some(&parsed.canonical()));
    Ok((!read).then_some(address))
}

/// To one of the staff, weekly: what was seen of them; `None` in a week without anything.
async fn of_seen(app: &App, conn: &mut Conn, place: &Place, to: Id) -> Result<Option<Message>> {
    let Some((user, address)) = of_staff(conn, Some(to)).await? else {
        return Ok(None);
    };
    let since = app.clock.now() - TimeDelta::days(7);
    // Whoever began within the week hears of it after a whole one: the first timer of a new
    // place would greet its owner with it.
    if user.role_since > since {
        return Ok(None);
    }
    let rows = store::seen::by_kind(conn, user.id, since).await?;
    let Some(last) = rows.iter().map(|(_, _, last)| *last).max() else {
        return Ok(None);
    };
    let count = |kind: SignOfLife| {
        let row = rows.iter().find(|(of, ..)| *of == kind);
        u64::try_from(row.map_or(0, |(_, count, _)| *count)).unwrap_or(0)
    };
    let seen = switch::Seen {
        acts: count(SignOfLife::Act),
        by_app: count(SignOfLife::ActByApp),
        check_ins: count(SignOfLife::CheckIn),
        visits: count(SignOfLife::Visit),
    };
    let to = reader(&user, &address);
    let last = to.words.moment(last, zone::of(app, &user).await?);
    switch::seen(place, to, &seen, &last, &app.url("/settings/sessions")).map(Some)
}

/// One of the staff with an address that they confirmed; they may have left meanwhile.
pub(super) async fn of_staff(conn: &mut Conn, to: Option<Id>) -> Result<Option<(User, String)>> {
    let staff = store::users::staff(conn).await?;
    let found = staff
        .into_iter()
        .find(|user| Some(user.id) == to && user.is_member());
    Ok(found.and_then(|user| {
        let address = user.email_confirmed_at.and(user.email.clone())?;
        Some((user, address))
    }))
}

/// To whose second factor it is; `None` without a confirmed address.
async fn of_factor(
    app: &App,
    conn: &mut Conn,
    place: &Place,
    id: Id,
    was: Option<i64>,
) -> Result<Option<Message>> {
    let change = was
        .and_then(|number| i16::try_from(number).ok())
        .and_then(FactorChange::from_number);
    let (Some(change), Some(user)) = (change, store::users::find(conn, id).await?) else {
        return Ok(None);
    };
    match (&user.email, user.email_confirmed_at) {
        (Some(to), Some(_)) => {
            let here = app.url("/settings/second-factor");
            access::factor_changed(place, reader(&user, to), change, &here).map(Some)
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
            let appealed = application.appealed_at.is_some();
            decision::rejected(place, reader(&user, &to), &words, &link, days, appealed)?
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

/// To the applicant whose address was confirmed just now; `None` once it is decided, as far as
/// they see.
async fn of_receipt(app: &App, conn: &mut Conn, place: &Place, id: Id) -> Result<Option<Message>> {
    let Some((application, user, to)) = applicant(conn, id).await? else {
        return Ok(None);
    };
    let application = application.for_applicant();
    let (to, link) = (reader(&user, &to), app.url("/waiting"));
    match application.state {
        ApplicationState::NeedsInfo => {
            // Somebody was quick, and asked already: that has a mail of its own.
            let said = store::application_messages::list(conn, id).await?;
            match said.iter().any(|m| m.kind == MessageKind::Question) {
                true => Ok(None),
                false => joining::received_open(place, to, &link).map(Some),
            }
        }
        ApplicationState::Pending => {
            let since = app.clock.now() - gate::mode::MEASURED;
            let usual = store::door::median_hours(conn, since).await?;
            let in_line = application.lane == Lane::InLine;
            joining::received(place, to, usual, in_line, &link).map(Some)
        }
        _ => Ok(None),
    }
}

/// To an applicant whose application ends in a few days; `None` when that is over.
async fn of_end_near(app: &App, conn: &mut Conn, place: &Place, id: Id) -> Result<Option<Message>> {
    let Some((application, user, to)) = applicant(conn, id).await? else {
        return Ok(None);
    };
    let state = application.for_applicant().state;
    if !state.is_waiting() {
        return Ok(None);
    }
    let asked = state == ApplicationState::NeedsInfo;
    let days = gate::applications::expire::NEAR.num_days();
    joining::end_near(place, reader(&user, &to), asked, days, &app.url("/waiting")).map(Some)
}

/// To an applicant whose application time has ended; `was` is the state before.
async fn of_end(
    app: &App,
    conn: &mut Conn,
    place: &Place,
    id: Id,
    was: Option<i64>,
) -> Result<Option<Message>> {
    let Some((application, user, to)) = applicant(conn, id).await? else {
        return Ok(None);
    };
    if application.state != ApplicationState::Expired {
        return Ok(None);
    }
    let asked = was == Some(ApplicationState::NeedsInfo as i64);
    let days = gate::applications::reject::ERASED_AFTER.num_days();
    joining::ended(place, reader(&user, &to), asked, days, &app.url("/waiting")).map(Some)
}

/// To whoever appealed, while it waits.
async fn of_appeal(app: &App, conn: &mut Conn, place: &Place, id: Id) -> Result<Option<Message>> {
    let Some((application, user, to)) = applicant(conn, id).await? else {
        return Ok(None);
    };
    if !application.state.is_waiting() {
        return Ok(None);
    }
    joining::appeal_received(place, reader(&user, &to), &app.url("/waiting")).map(Some)
}

/// To the new address of somebody who changed it.
async fn of_address(app: &App, conn: &mut Conn, place: &Place, id: Id) -> Result<Option<Message>> {
    let Some(user) = store::users::find(conn, id).await? else {
        return Ok(None);
    };
    match &user.email {
        Some(to) => {
            access::address_changed(place, reader(&user, to), &app.url("/password")).map(Some)
        }
        None => Ok(None),
    }
}

/// To an address that no row has any more; it is let go of with the mail.
async fn of_parting(
    app: &App,
    conn: &mut Conn,
    place: &Place,
    id: i64,
    what: &str,
) -> Result<Option<Message>> {
    let Some(parting) = store::parting_addresses::find(conn, id).await? else {
        return Ok(None);
    };
    let to = Reader {
        address: &parting.email,
        name: &parting.username,
        words: Words::of(&parting.locale),
    };
    let message = match what {
        "withdrawn" => joining::withdrawn(place, to, &app.url("/apply")),
        _ => access::address_left(place, to, &app.url("/about")),
    };
    message.map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fifth_of_the_budget_is_kept_for_what_goes_first() {
        use store::jobs::{FIRST, LAST, THEN};
        assert_eq!(left(200, 0), (100, LAST));
        assert_eq!(left(200, 99), (1, LAST));
        assert_eq!(left(200, 100), (60, THEN));
        assert_eq!(left(200, 159), (1, THEN));
        assert_eq!(left(200, 160), (40, FIRST));
        assert_eq!(left(200, 200), (0, FIRST));
        assert_eq!(left(200, 999), (0, FIRST));
        assert_eq!(rank("link", Some(LinkPurpose::ResetPassword)), FIRST);
        assert_eq!(rank("link", Some(LinkPurpose::ConfirmAddress)), THEN);
        assert_eq!(rank("decision", None), THEN);
    }
}
