//! Who is acting: values that only the gate can make.
//!
//! A use case says what it needs by its parameter. `&Member` cannot be had by a pending
//! user, `&Moderator` not by a member: a forgotten check does not compile.

use std::ops::Deref;

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::application::ApplicationState;
use crate::domain::error::{ApplicationNotice, Closed};
use crate::domain::role::Role;
use crate::domain::scopes::Scopes;
use crate::domain::{Error, Id, Result};
use crate::model::user::User;

/// How somebody came in.
#[derive(Debug, Clone, PartialEq)]
pub enum Via {
    /// A web session.
    Session {
        /// `sessions.id`.
        id: i64,
    },
    /// An app's token.
    Token {
        /// `tokens.id`.
        id: i64,
        /// The app.
        app_id: Id,
        /// What was granted.
        scopes: Scopes,
        /// What it writes is no sign of life.
        automation: bool,
    },
    /// Somebody with a shell on the server.
    CommandLine,
    /// What they wanted earlier, and what waited for its time (`gate/budget.rs`).
    Waited,
}

/// What is known of the application of whoever signed in.
#[derive(Debug, Clone, PartialEq)]
pub struct ApplicationFacts {
    /// `applications.id`.
    pub id: Id,
    /// Where it stands, as its applicant is told: after a silent no, where it stood before.
    pub state: ApplicationState,
    /// When it was sent.
    pub submitted_at: DateTime<Utc>,
    /// Whether a refused applicant was told.
    pub told: bool,
    /// It was refused without a word: no app may be let in, and nothing else tells.
    pub over: bool,
}

/// A user with a valid session or token: nothing is said yet about what they may do.
#[derive(Debug, Clone, PartialEq)]
pub struct SignedIn {
    /// The login.
    pub user: User,
    /// Their latest application; `None` for those made on the command line.
    pub application: Option<ApplicationFacts>,
    /// How they came in.
    pub via: Via,
    /// When this was looked up: what holds for a time is judged by it.
    pub at: DateTime<Utc>,
}

/// What a user is to the gate (registration.md C2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Approved, and not disabled.
    Member,
    /// The address was not confirmed yet.
    Unconfirmed,
    /// `pending` or `needs_info`: the sandbox.
    Waiting,
    /// Refused, or ended by time, and not yet erased: one page, nothing else.
    Refused,
    /// Switched off by staff, or the application ended.
    Disabled,
}

impl SignedIn {
    /// Where they stand now.
    pub fn standing(&self) -> Standing {
        if self.user.disabled_at.is_some() {
            return Standing::Disabled;
        }
        if self.user.approved_at.is_some() {
            return Standing::Member;
        }
        match self.application.as_ref().map(|a| a.state) {
            Some(ApplicationState::Unconfirmed) => Standing::Unconfirmed,
            Some(ApplicationState::Pending | ApplicationState::NeedsInfo) => Standing::Waiting,
            Some(ApplicationState::Rejected | ApplicationState::Expired) => Standing::Refused,
            _ => Standing::Disabled,
        }
    }

    /// Whether the token, if that is how they came, was granted `scope`. A session may all.
    pub fn allows(&self, scope: &str) -> bool {
        match &self.via {
            Via::Token { scopes, .. } => scopes.allows(scope),
            Via::Session { .. } | Via::CommandLine | Via::Waited => true,
        }
    }

    fn refusal(&self, code: &'static str, message: &'static str) -> Error {
        Error::Closed(Box::new(Closed {
            message: message.into(),
            code,
            application: self.application.as_ref().map(|a| ApplicationNotice {
                state: a.state,
                submitted_at: a.submitted_at,
            }),
        }))
    }

    /// Why they are not a member; meaningless for one.
    pub fn why_not(&self) -> Error {
        match self.standing() {
            Standing::Unconfirmed => self.refusal(
                "unconfirmed",
                "Your login is missing a confirmed e-mail address",
            ),
            Standing::Refused => {
                self.refusal("application_refused", "Your application was not accepted")
            }
            Standing::Disabled => self.refusal("disabled", "Your login is currently disabled"),
            Standing::Waiting | Standing::Member => self.refusal(
                "pending_approval",
                "Your login is currently pending approval",
            ),
        }
    }
}

/// An approved user: holds an account, may act towards others.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    user: User,
    via: Via,
}

/// Lets members in; tells the others why not (403).
pub fn admit(who: &SignedIn) -> Result<Member> {
    match who.standing() {
        Standing::Member => Ok(Member {
            user: who.user.clone(),
            via: who.via.clone(),
        }),
        _ => Err(who.why_not()),
    }
}

impl Member {
    /// Lets those act towards others who live here: post, boost, favourite, vote, follow. Who
    /// moved away reads, tidies up (deletes, takes back, blocks, mutes) and may come back.
    ///
    /// # Errors
    /// `Denied` while the account has moved elsewhere.
    pub fn lives_here(&self) -> Result<()> {
        match self.user.moved_at {
            None => Ok(()),
            Some(_) => Err(Error::denied(
                "This account has moved. Take the move back in the settings to take part here again.",
            )),
        }
    }

    /// The login.
    pub fn user(&self) -> &User {
        &self.user
    }

    /// How they came in.
    pub fn via(&self) -> &Via {
        &self.via
    }

    /// Their account: it exists.
    pub fn account_id(&self) -> Id {
        self.user.account_id
    }

    /// The app they act through, if any.
    pub fn app_id(&self) -> Option<Id> {
        match self.via {
            Via::Token { app_id, .. } => Some(app_id),
            Via::Session { .. } | Via::CommandLine | Via::Waited => None,
        }
    }
}

/// A member who has just shown once more that they know their password: for what cannot be
/// taken back, or by a stranger at an open screen.
#[derive(Debug, Clone, PartialEq)]
pub struct Proven(Member);

/// Notes that the member's password was checked a moment ago; `identity/password.rs` does.
pub fn proven(who: Member) -> Proven {
    Proven(who)
}

impl Deref for Proven {
    type Target = Member;

    fn deref(&self) -> &Member {
        &self.0
    }
}

/// How long an owner may go without a second factor, from the day of the role on.
pub const GRACE: TimeDelta = TimeDelta::days(7);

/// The word by which doors know that a second factor is missing.
pub const ASLEEP: &str = "second_factor_needed";

/// Whether somebody's rights of staff work (registration.md C6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rights {
    /// They have none.
    None,
    /// They work.
    Awake,
    /// They work until then: an owner without a second factor.
    Grace(DateTime<Utc>),
    /// They sleep until a second factor is set.
    Asleep,
}

/// Whether the rights of this user work at that time.
pub fn rights_of(user: &User, at: DateTime<Utc>) -> Rights {
    if !user.role.reviews_applications() || !user.is_member() {
        return Rights::None;
    }
    if user.second_factor_since.is_some() {
        return Rights::Awake;
    }
    match user.role_since + GRACE {
        until if user.role == Role::Owner && at < until => Rights::Grace(until),
        _ => Rights::Asleep,
    }
}

impl SignedIn {
    /// Whether their rights of staff work now.
    pub fn rights(&self) -> Rights {
        rights_of(&self.user, self.at)
    }

    /// The error for staff whose rights sleep.
    ///
    /// # Errors
    /// `Closed` with the word [`ASLEEP`].
    pub fn awake(&self) -> Result<()> {
        match self.rights() {
            Rights::Asleep => Err(Error::Closed(Box::new(Closed {
                message: "Set a second factor first: without one, the rights of staff sleep. \
                    The settings have a page for it."
                    .into(),
                code: ASLEEP,
                application: None,
            }))),
            Rights::None | Rights::Awake | Rights::Grace(_) => Ok(()),
        }
    }
}

/// A member who stands in while nobody of the staff is there, and signed in for it: made by
/// `gate/away/deputies.rs` alone. They answer the queue as a reviewer does, and see what one
/// sees.
#[derive(Debug, Clone, PartialEq)]
pub struct Deputy(Reviewer);

/// Lets a member stand in; whoever calls it asked whether they may.
pub(in crate::gate) fn deputy(who: Member) -> Deputy {
    Deputy(Reviewer(who))
}

impl Deputy {
    /// For the queue.
    pub fn reviewer(&self) -> &Reviewer {
        &self.0
    }
}

impl Deref for Deputy {
    type Target = Member;

    fn deref(&self) -> &Member {
        &self.0
    }
}

/// Somebody who writes for nobody to see: a pending user, or a member at their drafts.
#[derive(Debug, Clone, PartialEq)]
pub struct Applicant {
    who: SignedIn,
}

/// Lets pending users and members to what the sandbox allows; nobody else.
pub fn admit_to_sandbox(who: &SignedIn) -> Result<Applicant> {
    match who.standing() {
        Standing::Member | Standing::Waiting => Ok(Applicant { who: who.clone() }),
        _ => Err(who.why_not()),
    }
}

impl Applicant {
    /// The login.
    pub fn user(&self) -> &User {
        &self.who.user
    }

    /// Everything known of them.
    pub fn signed_in(&self) -> &SignedIn {
        &self.who
    }

    /// Whether they are not a member yet.
    pub fn is_waiting(&self) -> bool {
        self.who.standing() == Standing::Waiting
    }
}

macro_rules! staff {
    ($(#[$meta:meta])* $name:ident, $check:ident, $least:expr, $sentence:literal) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq)]
        pub struct $name(Member);

        /// The check of role and second factor: the only way to have one. An error with a
        /// sentence otherwise.
        pub fn $check(who: &SignedIn) -> Result<$name> {
            let member = admit(who)?;
            if member.user.role < $least {
                return Err(Error::denied($sentence));
            }
            who.awake()?;
            Ok($name(member))
        }

        impl Deref for $name {
            type Target = Member;
            fn deref(&self) -> &Member {
                &self.0
            }
        }
    };
}

staff!(
    /// Somebody who may decide applications.
    Reviewer, reviewer, Role::Reviewer, "Only reviewers may do that"
);
staff!(
    /// Somebody who may also limit and suspend, and see addresses and networks.
    Moderator, moderator, Role::Moderator, "Only moderators may do that"
);
staff!(
    /// Somebody who may change settings and name roles.
    Admin, admin, Role::Admin, "Only admins may do that"
);
staff!(
    /// Somebody who may name admins and owners.
    Owner, owner, Role::Owner, "Only owners may do that"
);

impl Admin {
    /// The same person as a reviewer: every admin is one.
    pub fn as_reviewer(&self) -> Reviewer {
        Reviewer(self.0.clone())
    }
}

impl Moderator {
    /// The same person as an admin.
    ///
    /// # Errors
    /// `Denied` for who is none.
    pub fn as_admin(&self) -> Result<Admin> {
        match self.user().role.manages_settings() {
            true => Ok(Admin(self.0.clone())),
            false => Err(Error::denied("Only admins may do that")),
        }
    }
}
