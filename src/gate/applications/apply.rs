//! Somebody applies.
//!
//! Cheap checks come before dear ones (registration.md C3): size and form token; the
//! effective mode; the pace of this network; whether the form was used; the fields, all
//! errors at once; the password's hash, outside any transaction; one write. The mode is
//! computed once more in that write, and is what counts.
//!
//! **An address that is known here gets the same answer, at the same cost** (T1). The rows
//! are written as for everybody, but the user's address has no canonical form: it finds
//! nobody, can never be confirmed, and is erased like any application that was not confirmed
//! in time. The mail that goes out tells the address's owner instead ([`is_decoy`]).

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use diesel_async::AsyncConnection;

use super::answer;
use super::form::{self, Returned};
use super::line;
use super::pace::{self, Origin};
use crate::app::App;
use crate::domain::application::ApplicationState;
use crate::domain::error::{Closed, Invalid};
use crate::domain::event::{Event, EventKind};
use crate::domain::lane::Lane;
use crate::domain::link_purpose::LinkPurpose;
use crate::domain::registration_mode::RegistrationMode;
use crate::domain::role::Role;
use crate::domain::{Error, Id, Result};
use crate::gate::effective_mode::EffectiveMode;
use crate::gate::questions::Given;
use crate::gate::{mode, questions};
use crate::model::question::Answer;
use crate::model::user::User;
use crate::secrets::{link, password_rules};
use crate::store::applicants::NewApplication;
use crate::store::names::NameState;
use crate::store::users::NewUser;
use crate::store::{self, Conn};
use crate::text::email::{Address, EmailError};
use crate::text::names::{self, UsernameError};
use crate::text::{clean, language};

/// The longest reason an app may send, in characters, where it answers no question.
const MAX_REMARK: usize = 2000;

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
}

/// Receives an application.
///
/// # Errors
/// `Closed` (`registrations_closed`) when the door takes none, `TooMany` beyond the pace or
/// when passwords are hashed in a long line, `Invalid` with every field that needs mending;
/// a trouble with the field `form_token` means that the form has to come again.
pub async fn apply(app: &App, cmd: Apply) -> Result<Applied> {
    let now = app.clock.now();
    let form = match &cmd.form_token {
        Some(token) => Some(
            form::read(app, token, now)
                .map_err(|stale| Error::field("form_token", stale.code(), stale.sentence()))?,
        ),
        None => None,
    };
    let mail = super::mail_reaches_people(app);
    let address = cmd.email.as_deref().filter(|e| !e.trim().is_empty());
    let address = address.map(Address::parse);
    let domain = address
        .as_ref()
        .and_then(|a| Some(a.as_ref().ok()?.domain()));
    let origin = Origin::new(cmd.network, domain);

    let effective = {
        let mut conn = app.desk.get().await?;
        mode::current(app, &mut conn, now).await?
    };
    refuse_unless_open(&effective)?;
    pace::look(app, &origin, now).await?;
    if let Some(form) = &form
        && form::was_used(app, form).await
    {
        return Ok(Applied {
            user: None,
            email: cmd.email.clone(),
            needs_confirmation: mail,
        });
    }
    let mut conn = app.desk.get().await?;
    let fields = check_fields(app, &mut conn, &cmd, form.as_ref(), &address, &origin, now).await?;
    // No connection is held while the hash is made.
    drop(conn);
    let password_hash = app.passwords.hash(&cmd.password, now).await?;

    let may_mail = match (&fields.address, mail) {
        (Some(address), true) => pace::may_mail(app, &address.canonical(), now).await,
        _ => false,
    };
    let mut conn = app.desk.get().await?;
    let received = conn
        .transaction(async |conn| {
            let now = app.clock.decide(conn).await?;
            let effective = mode::current(app, conn, now).await?;
            refuse_unless_open(&effective)?;
            let write = Write {
                cmd: &cmd,
                fields: &fields,
                origin: &origin,
                fill_seconds: form.as_ref().map(|f| f.fill_seconds),
                mode: effective.mode,
                password_hash,
                mail,
                may_mail,
            };
            write.write(app, conn, now).await
        })
        .await?;
    drop(conn);
    app.wake_relay();
    pace::count(app, &origin, now).await;
    if let Some(form) = &form {
        form::use_up(app, form).await;
    }
    if !mail {
        super::approve::welcome_if_open(app, received.application).await?;
    }
    Ok(Applied {
        user: Some(received.user),
        email: fields.address.map(|a| a.to_string()),
        needs_confirmation: mail,
    })
}

/// Whether this user stands in for somebody whose address was known here already: has an
/// address that finds nobody. The mail for its link goes to the owner, and says so.
pub fn is_decoy(user: &User) -> bool {
    user.email.is_some() && user.email_canonical.is_none()
}

fn refuse_unless_open(effective: &EffectiveMode) -> Result<()> {
    match effective.closed_because() {
        None => Ok(()),
        Some(sentence) => Err(Error::Closed(Box::new(Closed {
            message: sentence.into(),
            code: "registrations_closed",
            application: None,
        }))),
    }
}

/// The fields as they will be kept.
struct Fields {
    username: String,
    address: Option<Address>,
    answers: Vec<Answer>,
    remark: Option<String>,
    elsewhere: Option<String>,
    /// Required questions that an app did not know of.
    unanswered: bool,
}

/// Looks at every field, so that all troubles are told at once.
async fn check_fields(
    app: &App,
    conn: &mut Conn,
    cmd: &Apply,
    form: Option<&Returned>,
    address: &Option<Result<Address, EmailError>>,
    origin: &Origin,
    now: DateTime<Utc>,
) -> Result<Fields> {
    let mut invalid = Invalid::new();
    let username = match names::username(&cmd.username) {
        Ok(name) if store::names::is_free(conn, &name, now).await? => name,
        Ok(_) | Err(UsernameError::Reserved) => {
            invalid.add("username", "ERR_TAKEN", NAME_REFUSED);
            String::new()
        }
        Err(error) => {
            let (code, sentence) = username_trouble(error);
            invalid.add("username", code, sentence);
            String::new()
        }
    };
    let address = match address {
        None if super::mail_reaches_people(app) => {
            invalid.add("email", "ERR_BLANK", EmailError::Blank.to_string());
            None
        }
        None => None,
        Some(Ok(address)) => Some(address.clone()),
        Some(Err(error)) => {
            invalid.add("email", "ERR_INVALID", error.to_string());
            None
        }
    };
    let mail = address.as_ref().map(Address::to_string).unwrap_or_default();
    if cmd.password.is_empty() {
        invalid.add("password", "ERR_BLANK", "can't be blank");
    } else if let Err(weakness) = password_rules::check(&cmd.password, &cmd.username, &mail) {
        invalid.add("password", weakness.code(), weakness.sentence());
    }
    if !cmd.agreement && !app.instance().await?.rules.is_empty() {
        invalid.add("agreement", "ERR_ACCEPTED", "must be accepted");
    }
    let asked = match form {
        Some(form) => store::questions::find_versions(conn, &form.versions).await?,
        None => questions::asked(app, conn, origin.network(), now).await?,
    };
    let locale = locale_of(&cmd.locale);
    let (mut answers, mut remark, mut unanswered) = (Vec::new(), None, false);
    if form.is_some() || !cmd.answers.is_empty() {
        match questions::check(&asked, &cmd.answers, &locale) {
            Ok(kept) => answers = kept,
            Err(troubles) => invalid.fields.extend(troubles.fields),
        }
    } else {
        // A client that sends only `reason`: it answers the first question in words.
        let reason = clean::text(cmd.reason.as_deref().unwrap_or_default());
        let reason = reason.trim();
        match asked.iter().find(|q| q.kind.is_text()) {
            Some(question) => {
                let given = Given {
                    version: question.id,
                    values: vec![reason.to_owned()],
                };
                match questions::check(std::slice::from_ref(question), &[given], &locale) {
                    Ok(kept) => answers = kept,
                    Err(troubles) => {
                        for mut trouble in troubles.fields {
                            trouble.field = "reason".into();
                            invalid.fields.push(trouble);
                        }
                    }
                }
            }
            None if !reason.is_empty() => remark = Some(clean::excerpt(reason, MAX_REMARK)),
            None => {}
        }
        unanswered = questions::unanswered(&asked, &answers);
    }
    let elsewhere = match answer::elsewhere_of(cmd.elsewhere.as_deref().unwrap_or_default()) {
        Ok(handle) => handle,
        Err(Error::Invalid(troubles)) => {
            invalid.fields.extend(troubles.fields);
            None
        }
        Err(error) => return Err(error),
    };
    invalid.into_result()?;
    Ok(Fields {
        username,
        address,
        answers,
        remark,
        elsewhere,
        unanswered,
    })
}

/// In the same words whether it is somebody's, waits, is reserved or was used once.
const NAME_REFUSED: &str = "cannot be had here; please choose another one";

fn username_trouble(error: UsernameError) -> (&'static str, String) {
    match error {
        UsernameError::Blank => ("ERR_BLANK", "can't be blank".into()),
        UsernameError::TooLong => (
            "ERR_TOO_LONG",
            format!(
                "is too long (maximum is {} characters)",
                names::MAX_USERNAME
            ),
        ),
        UsernameError::Invalid => (
            "ERR_INVALID",
            "must contain only letters, numbers and underscores".into(),
        ),
        UsernameError::Reserved => ("ERR_TAKEN", NAME_REFUSED.into()),
    }
}

/// A language tag that fits its column, or English.
fn locale_of(raw: &str) -> String {
    let tag = raw.trim();
    match language::normalise(tag).filter(|code| code.len() <= 35) {
        Some(code) => code,
        None => "en".to_owned(),
    }
}

/// Everything that goes into the one write.
struct Write<'a> {
    cmd: &'a Apply,
    fields: &'a Fields,
    origin: &'a Origin,
    fill_seconds: Option<i32>,
    mode: RegistrationMode,
    password_hash: String,
    mail: bool,
    may_mail: bool,
}

struct Received {
    user: Id,
    application: Id,
}

impl Write<'_> {
    async fn write(self, app: &App, conn: &mut Conn, now: DateTime<Utc>) -> Result<Received> {
        let user = self.insert_user(conn, now).await?;
        if !store::names::claim(conn, &user.username, user.id, NameState::Pending, now).await? {
            // Somebody took it between the check and now.
            return Err(Error::field("username", "ERR_TAKEN", NAME_REFUSED));
        }
        let state = match (self.mail, self.fields.unanswered) {
            (true, _) => ApplicationState::Unconfirmed,
            (false, true) => ApplicationState::NeedsInfo,
            (false, false) => ApplicationState::Pending,
        };
        let lane = match self.cmd.trap_filled {
            true => Lane::LikelyAutomated,
            false => Lane::Waiting,
        };
        // Who need not confirm an address is at the queue's end already.
        let lane = match state {
            ApplicationState::Unconfirmed => lane,
            _ => line::lane(conn, lane, now).await?,
        };
        let new = NewApplication {
            state,
            mode: self.mode,
            lane,
            remark: self.fields.remark.clone(),
            elsewhere: self.fields.elsewhere.clone(),
            locale: user.locale.clone(),
            network: self.origin.network(),
            mail_domain: self.fields.address.as_ref().map(|a| a.domain().to_owned()),
            fill_seconds: self.fill_seconds,
            answers: self.fields.answers.clone(),
        };
        let application = store::applicants::insert(conn, user.id, &new, now).await?;
        let applied = Event::by_people(EventKind::Applied, application, user.id);
        let mailed = match (&self.fields.address, self.mail && self.may_mail) {
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
        })
    }

    /// The user, or the one that stands in where the address is known here.
    async fn insert_user(&self, conn: &mut Conn, now: DateTime<Utc>) -> Result<User> {
        let address = self.fields.address.as_ref();
        let mut new = NewUser {
            username: self.fields.username.clone(),
            email: address.map(Address::to_string),
            email_canonical: address.map(Address::canonical),
            email_confirmed_at: None,
            password_hash: Some(self.password_hash.clone()),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_that_make_no_sense_become_english() {
        assert_eq!(locale_of("de"), "de");
        assert_eq!(locale_of("<script>"), "en");
        assert_eq!(locale_of(""), "en");
    }
}
