//! The one write of an application, and the password's hash before it, which is the dearest of
//! all and holds no connection.

use chrono::{DateTime, Utc};
use diesel_async::AsyncConnection;

use super::apply::{Apply, Asked, invite_of, refuse_unless_open};
use super::fields::{EVENT_REFUSED, Fields, NAME_REFUSED, locale_of};
use super::line;
use super::pace::{self, Origin};
use crate::app::App;
use crate::domain::application::{ApplicationState, Proof};
use crate::domain::event::{Event, EventKind};
use crate::domain::lane::Lane;
use crate::domain::link_purpose::LinkPurpose;
use crate::domain::registration_mode::RegistrationMode;
use crate::domain::role::Role;
use crate::domain::{Error, Id, Result};
use crate::gate::hints::marks;
use crate::gate::invites::bring::{self, Spent};
use crate::gate::{mode, vouches};
use crate::model::user::User;
use crate::secrets::link;
use crate::store::applicants::NewApplication;
use crate::store::likeness::Seen;
use crate::store::names::NameState;
use crate::store::users::NewUser;
use crate::store::{self, Conn};
use crate::text::email::Address;

/// Everything that goes into the one write.
pub(super) struct Write<'a> {
    pub cmd: &'a Apply,
    pub fields: &'a Fields,
    pub origin: &'a Origin,
    pub fill_seconds: Option<i32>,
    pub asked: &'a Asked,
    pub seen: &'a Seen,
    /// A block, or signs that agree, put it among the likely automated.
    pub set_aside: bool,
}

/// What is known once the password was hashed.
struct Ready {
    password_hash: String,
    mail: bool,
    may_mail: bool,
}

/// What was written.
pub(super) struct Received {
    pub user: Id,
    pub application: Id,
    /// It is in the queue: nothing has to be confirmed or waited for.
    pub waits_already: bool,
    /// It came by an invite that worked.
    pub invited: bool,
}

impl Write<'_> {
    /// Hashes the password, then writes.
    pub(super) async fn hash_and_write(self, app: &App, now: DateTime<Utc>) -> Result<Received> {
        let password_hash = app.passwords.hash(&self.cmd.password, now).await?;
        let mail = super::mail_reaches_people(app);
        let may_mail = match (&self.fields.address, mail) {
            (Some(address), true) => pace::may_mail(app, &address.canonical(), now).await,
            _ => false,
        };
        let ready = Ready {
            password_hash,
            mail,
            may_mail,
        };
        let mut conn = app.desk.get().await?;
        conn.transaction(async |conn| {
            let now = app.clock.decide(conn).await?;
            let effective = mode::current(app, conn, now).await?;
            // Whoever brings an invite knows now whether they had it: no use is spent while
            // the door is closed, and none is kept by what is refused.
            let spent = match &self.asked.invite {
                Some(code) if effective.mode != RegistrationMode::Closed => {
                    bring::spend(conn, code, now).await?
                }
                _ => None,
            };
            refuse_unless_open(&effective, invite_of(self.cmd, spent.is_some()))?;
            self.spend_event(conn, now).await?;
            let received = self
                .write(app, conn, &ready, (effective.mode, spent), now)
                .await?;
            if let Some(spent) = spent {
                let bypass = effective.invites_approve();
                bring::remember(app, conn, spent, received.user, bypass, now).await?;
            }
            Ok(received)
        })
        .await
    }

    /// The last use of a code is had by one.
    async fn spend_event(&self, conn: &mut Conn, now: DateTime<Utc>) -> Result<()> {
        let Some(event) = &self.asked.event else {
            return Ok(());
        };
        let near = self.origin.network();
        match store::event_codes::spend(conn, event.id, near, now).await? {
            true => Ok(()),
            false => Err(Error::field("event", "ERR_INVALID", EVENT_REFUSED)),
        }
    }

    async fn write(
        &self,
        app: &App,
        conn: &mut Conn,
        ready: &Ready,
        (mode, spent): (RegistrationMode, Option<Spent>),
        now: DateTime<Utc>,
    ) -> Result<Received> {
        let user = self.insert_user(conn, ready, now).await?;
        let name = &user.username;
        let got = store::names::claim(conn, name, user.id, NameState::Pending, now).await?
            || (self.fields.resting
                && store::names::claim_resting(conn, name, user.id, now).await?);
        if !got {
            // Somebody took it between the check and now.
            return Err(Error::field("username", "ERR_TAKEN", NAME_REFUSED));
        }
        // Where no mail can be confirmed, who gave no proof waits for a while instead.
        let passes = !ready.mail && self.asked.proof != Proof::Missing;
        let state = match (passes, !self.fields.left_open.is_empty()) {
            (false, _) => ApplicationState::Unconfirmed,
            (true, true) => ApplicationState::NeedsInfo,
            (true, false) => ApplicationState::Pending,
        };
        // What a block puts aside stays aside, whoever invited them.
        let lane = match (self.set_aside, spent) {
            (true, _) => Lane::LikelyAutomated,
            (false, Some(_)) => Lane::Vouched,
            (false, None) => Lane::Waiting,
        };
        // Who need not confirm an address is at the queue's end already.
        let lane = match state {
            ApplicationState::Unconfirmed => lane,
            _ => line::lane(conn, lane, now).await?,
        };
        let new = NewApplication {
            state,
            mode,
            lane,
            remark: self.fields.remark.clone(),
            elsewhere: self.fields.elsewhere.clone(),
            locale: user.locale.clone(),
            network: self.origin.network(),
            mail_domain: self.fields.address.as_ref().map(|a| a.domain().to_owned()),
            fill_seconds: self.fill_seconds,
            proof: self.asked.proof,
            event: self.asked.event.as_ref().map(|event| event.id),
            answers: self.fields.answers.clone(),
            left_open: self.fields.left_open.clone(),
        };
        let application = store::applicants::insert(conn, user.id, &new, now).await?;
        store::likeness::insert(conn, application, self.seen).await?;
        if let Some(name) = &self.fields.vouch {
            vouches::note(conn, application, name, passes, now).await?;
        }
        marks::Made::of(&new.answers, new.remark.as_deref())
            .keep(conn, application)
            .await?;
        let applied = Event::by_people(EventKind::Applied, application, user.id);
        let mailed = match (&self.fields.address, ready.mail && ready.may_mail) {
            (Some(address), true) => {
                let email = Some(address.to_string());
                let new = link::fresh(&app.keys, LinkPurpose::ConfirmAddress, Some(user.id), email);
                let link = store::links::insert(conn, &new, now).await?;
                Some(Event::by_people(EventKind::LinkRequested, link.id, user.id))
            }
            _ => None,
        };
        store::events::insert(conn, &applied, now).await?;
        if let Some(event) = mailed {
            store::events::insert(conn, &event, now).await?;
        }
        Ok(Received {
            user: user.id,
            application,
            waits_already: passes,
            invited: spent.is_some(),
        })
    }

    /// The user, or the one that stands in where the address is known here.
    async fn insert_user(
        &self,
        conn: &mut Conn,
        ready: &Ready,
        now: DateTime<Utc>,
    ) -> Result<User> {
        let address = self.fields.address.as_ref();
        let mut new = NewUser {
            username: self.fields.username.clone(),
            email: address.map(Address::to_string),
            email_canonical: address.map(Address::canonical),
            email_confirmed_at: None,
            password_hash: Some(ready.password_hash.clone()),
            role: Role::Member,
            approved_at: None,
            locale: locale_of(&self.cmd.locale),
            time_zone: self
                .cmd
                .time_zone
                .clone()
                .filter(|zone| zone.len() <= 64 && zone.is_ascii()),
        };
        // The same statements whether or not it is known (T1).
        if let Some(canonical) = &new.email_canonical
            && store::users::find_by_email(conn, canonical)
                .await?
                .is_some()
        {
            new.email_canonical = None;
        }
        if let Some(user) = store::users::insert(conn, &new, now).await? {
            return Ok(user);
        }
        // Somebody came with the same address at this very moment.
        new.email_canonical = None;
        store::users::insert(conn, &new, now)
            .await?
            .ok_or_else(|| Error::broken("a user without an address met another one"))
    }
}
