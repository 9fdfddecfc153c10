//! What the desk itself is made of, made what it was before a line of the audit log: questions,
//! canned words, blocks of the door, the welcome, the words of the place, webhooks, notes,
//! invites, the switch's days.

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::app::App;
use crate::domain::registration_mode::RegistrationMode;
use crate::domain::{Error, Id, Result, ids};
use crate::gate::applications::{let_in, notes, presets, put_off};
use crate::gate::blocks::{self, Kind, Wanted, waiting};
use crate::gate::doorkeeper;
use crate::gate::invites::allowance::{self, Allowance, Policy};
use crate::gate::invites::{cut, rest};
use crate::gate::questions::edit;
use crate::gate::switch::settings::{self, Choice};
use crate::gate::who::{self, SignedIn};
use crate::gate::{event_codes, welcome};
use crate::model::audit::AuditLine;
use crate::moderation::{audit, webhooks, words};
use crate::store;

/// What would undo a line, understood.
pub(super) enum Wish<'a> {
    Note(Id, i64),
    TakeUp(Id),
    Unread(Vec<Id>),
    Read(Vec<Id>),
    AskNoMore(i64),
    AskAgain(i64),
    QuestionBack(i64, i32, i16),
    Order(Vec<i64>),
    PoolSizes(i64, &'a Value),
    DeletePreset(i64),
    PresetBack(Option<i64>, presets::Written),
    LiftBlock(Kind, Id),
    LayBlock(Wanted),
    Welcome(&'a Value),
    Words(&'a Value),
    DeleteWebhook(i64),
    WebhookBack(i64, &'a Value),
    EndEvent(Id),
    Mend(i64),
    Allowances(&'a Value),
    Allowance(Id, Option<Allowance>),
    InvitesRest(Id, bool),
    Switch(Choice),
    OutOfAside(Vec<(Id, i16)>),
    Outdated(DateTime<Utc>),
    Publish(bool),
}

/// `None` for a line that is about nothing of the desk, or does not say enough.
pub(super) fn wish(line: &AuditLine) -> Option<Wish<'_>> {
    let inverse = line.inverse.as_ref()?;
    let id = |name: &str| ids::parse(inverse[name].as_str()?);
    let is = |name: &str| inverse[name] == true;
    let subject = line.subject_id;
    Some(match line.act.as_str() {
        "application.note" => Wish::Note(subject?, inverse["note"].as_str()?.parse().ok()?),
        "application.put_off" => Wish::TakeUp(id("application")?),
        "application.mark_read" => Wish::Unread(let_in::of_kept(inverse)?),
        "application.mark_unread" => Wish::Read(let_in::of_kept(inverse)?),
        "question.save" if is("retire") => Wish::AskNoMore(subject?),
        "question.save" => Wish::QuestionBack(
            subject?,
            i32::try_from(inverse["version"].as_i64()?).ok()?,
            i16::try_from(inverse["pool"].as_i64()?).ok()?,
        ),
        "question.restore" => Wish::AskNoMore(subject?),
        "question.retire" => Wish::AskAgain(subject?),
        "question.shift" => Wish::Order(serde_json::from_value(inverse["order"].clone()).ok()?),
        "question.pool" => Wish::PoolSizes(subject?, inverse.get("sizes")?),
        "preset.save" if is("delete") => Wish::DeletePreset(subject?),
        "preset.save" => Wish::PresetBack(subject, presets::of_kept(inverse)?),
        "preset.delete" => Wish::PresetBack(None, presets::of_kept(inverse)?),
        "block.lay" if inverse["lift"].is_string() => Wish::LiftBlock(
            match line.detail["kind"].as_str()? {
                "network" => Kind::Network,
                "mail" => Kind::Mail,
                "name" => Kind::Name,
                "address" => Kind::Address,
                _ => return None,
            },
            id("lift")?,
        ),
        "block.lay" | "block.lift" => Wish::LayBlock(Wanted::of_kept(&inverse["lay"])?),
        "block.set_aside" => Wish::OutOfAside(waiting::of_kept(inverse)?),
        "registration.put_off_outdated" => Wish::Outdated(inverse["until"].as_str()?.parse().ok()?),
        "audit.publish" => Wish::Publish(inverse["public"].as_bool()?),
        "welcome.change" => Wish::Welcome(inverse),
        "instance.change" => Wish::Words(inverse),
        "webhook.save" if is("delete") => Wish::DeleteWebhook(subject?),
        "webhook.save" => Wish::WebhookBack(subject?, inverse),
        "event.create" => Wish::EndEvent(subject?),
        "invites.cut" => Wish::Mend(inverse["cut"].as_str()?.parse().ok()?),
        "invites.configure" => Wish::Allowances(inverse.get("value")?),
        "invites.allow" => {
            let before: Option<(i32, i32)> =
                serde_json::from_value(inverse["allowance"].clone()).ok()?;
            let before = before.map(|(live, uses)| Allowance { live, uses });
            Wish::Allowance(id("user")?, before)
        }
        "account.freeze_invites" => Wish::InvitesRest(id("account")?, false),
        "account.unfreeze_invites" => Wish::InvitesRest(id("account")?, true),
        "switch.configure" => Wish::Switch(Choice {
            presence_days: inverse["presence_days"].as_i64()?,
            guarded: RegistrationMode::from_name(inverse["guarded"].as_str()?)?,
        }),
        _ => return None,
    })
}

/// Does it, as whoever asks for it may.
pub(super) async fn perform(app: &App, who: &SignedIn, wish: Wish<'_>) -> Result<()> {
    let admin = who::admin(who)?;
    let reviewer = || who::reviewer(who);
    match wish {
        Wish::Note(id, note) => notes::take_away(app, &reviewer()?, id, note).await,
        Wish::TakeUp(id) => put_off::take_up(app, &reviewer()?, id).await,
        Wish::Unread(ids) => let_in::mark_unread(app, &reviewer()?, &ids).await,
        Wish::Read(ids) => let_in::mark_read(app, &reviewer()?, &ids).await.map(|_| ()),
        Wish::AskNoMore(id) => edit::retire(app, &admin, id).await,
        Wish::AskAgain(id) => edit::restore(app, &admin, id).await,
        Wish::QuestionBack(id, version, pool) => {
            edit::back_to(app, &admin, id, version, pool).await
        }
        Wish::Order(order) => edit::reorder(app, &admin, &order).await,
        Wish::PoolSizes(pool, sizes) => edit::sizes_back(app, &admin, pool, sizes).await,
        Wish::DeletePreset(id) => presets::delete(app, &admin, id).await,
        Wish::PresetBack(id, written) => presets::save(app, &admin, id, written).await,
        Wish::LiftBlock(kind, id) => blocks::lift(app, &admin, kind, id).await,
        Wish::LayBlock(wanted) => blocks::lay(app, &admin, &wanted, false).await.map(|_| ()),
        Wish::Welcome(value) => welcome::put_back(app, &admin, value).await,
        Wish::Words(kept) => words::put_back(app, &admin, kept).await,
        Wish::DeleteWebhook(id) => webhooks::delete(app, &admin, id).await,
        Wish::WebhookBack(id, kept) => webhooks::put_back(app, &admin, id, kept).await,
        Wish::EndEvent(id) => event_codes::end(app, &admin, id).await,
        Wish::Mend(id) => cut::mend(app, &admin, id).await.map(|_| ()),
        Wish::Allowances(value) => allowance::set(app, &admin, &Policy::read(Some(value))).await,
        Wish::Allowance(user, before) => allowance::set_own(app, &admin, user, before).await,
        Wish::InvitesRest(account, rests) => {
            let mut conn = app.desk.get().await?;
            let user = store::people::role_of(&mut conn, account).await?;
            drop(conn);
            let (user, _) = user.ok_or(Error::NotFound)?;
            rest::set(app, &who::moderator(who)?, user, rests).await
        }
        Wish::Switch(choice) => settings::choose(app, &admin, choice).await,
        Wish::OutOfAside(lanes) => waiting::bring_back(app, &admin, &lanes).await,
        Wish::Outdated(until) => doorkeeper::outdated_from(app, &admin, until)
            .await
            .map(|_| ()),
        Wish::Publish(public) => audit::set_public(app, &admin, public).await,
    }
}
