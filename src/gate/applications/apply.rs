//! Somebody applies.
//!
//! Cheap checks come before dear ones (registration.md C3), in the order in which [`apply`]
//! names them; what is wrong in every way hears of the cheapest. The mode, the code of an event
//! and the name are judged once more in the write, and that is what counts.
//!
//! **An address that is known here gets the same answer, at the same cost** (T1). The rows
//! are written as for everybody, but the user's address has no canonical form: it finds
//! nobody, can never be confirmed, and is erased like any application that was not confirmed
//! in time. The mail that goes out tells the address's owner instead ([`is_decoy`]).

use std::net::IpAddr;

use chrono::{DateTime, Utc};

use super::fields;
use super::form::{self, Returned, Stale};
use super::pace::{self, Origin, Way};
use super::write::Write;
use crate::app::App;
use crate::domain::application::Proof;
use crate::domain::block_severity::BlockSeverity;
use crate::domain::error::Closed;
use crate::domain::registration_mode::RegistrationMode;
use crate::domain::{Error, Id, Result};
use crate::gate::blocks::judge;
use crate::gate::effective_mode::EffectiveMode;
use crate::gate::hints::trap;
use crate::gate::invites::bring;
use crate::gate::questions::Given;
use crate::gate::{event_codes, mode, proof};
use crate::model::event_code::EventCode;
use crate::model::user::User;
use crate::store::Conn;
use crate::store::likeness::Seen;
use crate::text::email::{Address, EmailError};

/// What came back from the form, or from an app.
#[derive(Clone, Default)]
pub struct Apply {
    /// The name wanted, as typed.
    pub username: String,
    /// The address, as typed.
    pub email: Option<String>,
    /// The password.
    pub password: String,
    /// Whether the rules of the house were agreed to.
    pub agreement: bool,
    /// Language for pages and mails.
    pub locale: String,
    /// IANA name of a time zone.
    pub time_zone: Option<String>,
    /// Answers to versions of questions.
    pub answers: Vec<Given>,
    /// What an app sends that knows no questions.
    pub reason: Option<String>,
    /// "I already live at @name@host", as typed: text, never fetched.
    pub elsewhere: Option<String>,
    /// The form's token. Apps that send only a reason have none.
    pub form_token: Option<String>,
    /// The proof of work on that token; a browser without script has none.
    pub proof: Option<String>,
    /// The code of an event, as typed.
    pub event: Option<String>,
    /// The code of an invite, as it came.
    pub invite: Option<String>,
    /// What keeps the name of an application that time ended ([`super::once_more`]), as it came.
    pub again: Option<String>,
    /// A member who knows them, as typed.
    pub vouch: Option<String>,
    /// It came through an app, which can do no work for it.
    pub by_app: bool,
    /// Where it came from.
    pub network: Option<IpAddr>,
    /// A field that nobody sees was filled in. A hint for the reviewers, never a refusal.
    pub trap_filled: bool,
}

/// An application was received.
#[derive(Debug, Clone, PartialEq)]
pub struct Applied {
    /// The new user; `None` when this very form had been received before.
    pub user: Option<Id>,
    /// The address as it will be written to.
    pub email: Option<String>,
    /// A mail with a link is on its way.
    pub needs_confirmation: bool,
    /// It came with an invite that does not work (any more): an ordinary application.
    pub invite_failed: bool,
}

/// What was asked of the applicant's machine, and what it gave.
pub(super) struct Asked {
    /// What goes into the row.
    pub proof: Proof,
    /// The event whose code was typed.
    pub event: Option<EventCode>,
    /// The code of an invite that worked a moment ago.
    pub invite: Option<String>,
    /// Which budgets it draws on.
    pub way: Way,
}

/// Receives an application.
///
/// # Errors
/// `Closed` (`registrations_closed`) when the door takes none, `TooMany` beyond the pace or
/// when passwords are hashed in a long line, `Denied` from a network that is blocked, `Invalid`
/// with every field that needs mending; a trouble with the field `form_token` means that the
/// form has to come again.
pub async fn apply(app: &App, cmd: Apply) -> Result<Applied> {
    let now = app.clock.now();
    // Size (the door's own limit) and signature of the form.
    let form = returned(app, &cmd, now)?;
    let address = typed_address(&cmd);

    let worked = worked(app, &cmd, form.as_ref());
    let domain = address
        .as_ref()
        .and_then(|a| Some(a.as_ref().ok()?.domain()));

    // Limits of the network, and those for applications without a proof of work. Whoever brings
    // nothing that lifts them and is beyond them hears so at once, where the door took somebody
    // half a minute ago: a flood has Postgres decide nothing.
    let mut origin = Origin::new(cmd.network, domain, worked.1);
    let mut looked = None;
    if cmd.invite.is_none() && cmd.event.is_none() {
        let look = pace::look(app, &origin, now).await;
        let at_once = look.is_err() && mode::shown(app).await?.closed_because().is_none();
        match (look, at_once) {
            (Err(too_many), true) => return Err(too_many),
            (look, _) => looked = Some(look),
        }
    }

    // The effective mode, with an invite where one came along; and the code of an event, which
    // frees from the network's limits.
    let mut conn = app.desk.get().await?;
    let effective = mode::current(app, &mut conn, now).await?;
    let invite = match (&cmd.invite, effective.mode) {
        (Some(code), mode) if mode != RegistrationMode::Closed => {
            bring::find(&mut conn, code, now).await?
        }
        _ => None,
    };
    refuse_unless_open(&effective, invite_of(&cmd, invite.is_some()))?;
    let asked = Asked {
        invite,
        ..asked(&mut conn, &cmd, worked, now).await?
    };
    drop(conn);
    match looked {
        Some(look) => look?,
        None => {
            origin = Origin::new(cmd.network, domain, asked.way);
            pace::look(app, &origin, now).await?;
        }
    }

    // Blocks of networks.
    let mut conn = app.desk.get().await?;
    let mut met = judge::network(&mut conn, cmd.network, now).await?;
    refuse_network(met)?;

    // Age and nonce of the form.
    if let Some(form) = &form {
        form.check_age().map_err(stale)?;
        if form::was_used(app, form, now).await {
            return Ok(again(app, &cmd));
        }
    }

    // Fields, name and address: all errors at once.
    let context = fields::Context {
        form: form.as_ref(),
        address: &address,
        network: origin.network(),
        event_is_wrong: cmd.event.is_some() && asked.event.is_none(),
        now,
    };
    let (fields, severity) = fields::check(app, &mut conn, &cmd, context).await?;
    met = heavier(met, severity);
    // No connection is held while others are waited for.
    drop(conn);

    // The address's domain: where its mail goes.
    let (mut seen, severity) = match &fields.address {
        Some(address) => judge::mail_hosts(app, address).await?,
        None => Default::default(),
    };
    if severity == Some(BlockSeverity::Refuse) {
        return Err(Error::field(
            "email",
            "ERR_BLOCKED",
            fields::ADDRESS_REFUSED,
        ));
    }
    met = heavier(met, severity);
    seen.trap_filled = cmd.trap_filled;

    // From here on it costs: the form is used up and the budgets are drawn on, to be given back
    // where nothing comes of it.
    if let Some(form) = &form
        && !form::use_up(app, form, now).await
    {
        return Ok(again(app, &cmd));
    }
    let paid = pace::take(app, &origin, now).await;
    let write = Write {
        cmd: &cmd,
        fields: &fields,
        origin: &origin,
        fill_seconds: form.as_ref().map(|f| f.fill_seconds),
        asked: &asked,
        seen: &seen,
        set_aside: met.is_some() || looks_made(&seen, &fields, form.as_ref()),
    };
    let done = match paid {
        Ok(()) => write.hash_and_write(app, now).await,
        Err(too_many) => Err(too_many),
    };
    let received = match done {
        Ok(received) => received,
        Err(error) => {
            pace::give_back(app, &origin, now).await;
            if let Some(form) = &form {
                form::give_back(app, form, now).await;
            }
            return Err(error);
        }
    };
    app.wake_relay();
    if received.waits_already {
        super::arrived(app, received.application).await;
        super::approve::welcome_at_once(app, received.application).await?;
    }
    Ok(Applied {
        user: Some(received.user),
        email: fields.address.map(|a| a.to_string()),
        needs_confirmation: super::mail_reaches_people(app),
        invite_failed: cmd.invite.is_some() && !received.invited,
    })
}

/// The hidden field was filled in, and something else agrees.
fn looks_made(seen: &Seen, fields: &fields::Fields, form: Option<&Returned>) -> bool {
    let domain = fields.address.as_ref().map(Address::domain);
    let about = (fields.username.as_str(), domain);
    trap::agrees(seen, form.map(|f| f.fill_seconds), about, &fields.answers)
}

/// Whether this user stands in for somebody whose address was known here already: has an
/// address that finds nobody. The mail for its link goes to the owner, and says so.
pub fn is_decoy(user: &User) -> bool {
    user.email.is_some() && user.email_canonical.is_none()
}

fn returned(app: &App, cmd: &Apply, now: DateTime<Utc>) -> Result<Option<Returned>> {
    let token = cmd.form_token.as_deref();
    token
        .map(|token| form::read(app, token, now).map_err(stale))
        .transpose()
}

fn stale(stale: Stale) -> Error {
    Error::field("form_token", stale.code(), stale.sentence())
}

fn typed_address(cmd: &Apply) -> Option<Result<Address, EmailError>> {
    let typed = cmd.email.as_deref().filter(|e| !e.trim().is_empty());
    typed.map(Address::parse)
}

/// The same form once more: the first answer stands.
fn again(app: &App, cmd: &Apply) -> Applied {
    Applied {
        user: None,
        email: cmd.email.clone(),
        needs_confirmation: super::mail_reaches_people(app),
        invite_failed: false,
    }
}

/// What somebody brings along, as far as invites go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Invite {
    /// None.
    None,
    /// One that does not work.
    Dead,
    /// One that does.
    Live,
}

pub(super) fn invite_of(cmd: &Apply, works: bool) -> Invite {
    match (&cmd.invite, works) {
        (_, true) => Invite::Live,
        (Some(_), false) => Invite::Dead,
        (None, false) => Invite::None,
    }
}

/// An invite opens what is open to the invited, and nothing that is closed.
pub(super) fn refuse_unless_open(effective: &EffectiveMode, invite: Invite) -> Result<()> {
    let sentence = match invite {
        Invite::Live => effective.closed_to_the_invited(),
        Invite::None => effective.closed_because(),
        Invite::Dead => match effective.mode {
            RegistrationMode::Invite => Some(DEAD_INVITE),
            _ => effective.closed_because(),
        },
    };
    match sentence {
        None => Ok(()),
        Some(sentence) => Err(Error::Closed(Box::new(Closed {
            message: sentence.into(),
            code: "registrations_closed",
            application: None,
        }))),
    }
}

/// In the same words whether it never was, is over, used up or revoked.
const DEAD_INVITE: &str = "This invite does not work (any more), and at the moment people come in \
     here by invitation only. Whoever invited you can make another one.";

fn refuse_network(met: Option<BlockSeverity>) -> Result<()> {
    match met {
        Some(BlockSeverity::Refuse) => Err(Error::denied(
            "Applications from your network are not taken at the moment. From another network, \
             or another day, you are welcome.",
        )),
        _ => Ok(()),
    }
}

fn heavier(one: Option<BlockSeverity>, other: Option<BlockSeverity>) -> Option<BlockSeverity> {
    crate::gate::blocks::heavier(one, other)
}

/// What a proof is worth, and which budgets are for it: one hash. One that does not hold is none:
/// the wait stands in for it.
fn worked(app: &App, cmd: &Apply, form: Option<&Returned>) -> (Proof, Way) {
    let holds = form
        .zip(cmd.form_token.as_deref())
        .is_some_and(|(form, token)| {
            let given = cmd.proof.as_deref().unwrap_or_default();
            proof::holds(token, form.bits, given)
        });
    match holds {
        _ if app.config.registration.proof_bits == 0 => (Proof::Exempt, Way::Proven),
        true => (Proof::Worked, Way::Proven),
        false if cmd.by_app => (Proof::Missing, Way::App),
        false => (Proof::Missing, Way::Plain),
    }
}

/// The code of an event goes before all work: one statement where one was typed.
async fn asked(
    conn: &mut Conn,
    cmd: &Apply,
    worked: (Proof, Way),
    now: DateTime<Utc>,
) -> Result<Asked> {
    let event = match &cmd.event {
        Some(code) => event_codes::find(conn, code, cmd.network, now).await?,
        None => None,
    };
    let (proof, way) = match &event {
        Some(_) => (Proof::Exempt, Way::Event),
        None => worked,
    };
    Ok(Asked {
        proof,
        event,
        invite: None,
        way,
    })
}
