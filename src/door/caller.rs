//! Who is asking, as the guard found out.

use std::future::{Ready, ready};
use std::net::IpAddr;
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};

use crate::domain::scopes::Scopes;
use crate::domain::{Error, Id, Result};
use crate::gate::who::{self, Admin, Applicant, Member, Moderator, Reviewer, SignedIn, Standing};

/// Taken by handlers; cheap to clone.
#[derive(Clone)]
pub struct Caller(Arc<Facts>);

/// What the guard knows of a request.
pub struct Facts {
    /// Who.
    pub who: Who,
    /// Where from, proxies that we trust taken off.
    pub address: IpAddr,
    /// SHA-256 of the bearer token that was sent, good or not.
    pub bearer: Option<[u8; 32]>,
    /// What forms are bound to: the digest of the session or of a stranger's form cookie.
    pub form_seed: Option<[u8; 32]>,
}

/// Who is asking.
pub enum Who {
    /// A stranger; also a pending user where they get what a stranger gets.
    Nobody,
    /// An app without a user.
    App {
        /// Which.
        app_id: Id,
        /// What it was granted.
        scopes: Scopes,
    },
    /// A user, whatever their standing.
    User(Box<SignedIn>),
}

impl Caller {
    /// For the guard.
    pub fn new(facts: Facts) -> Caller {
        Caller(Arc::new(facts))
    }

    /// Whoever signed in; 401 (API) or the sign-in page (web) for strangers. An app's own
    /// token where a user is needed is 422, as apps expect.
    pub fn signed_in(&self) -> Result<&SignedIn> {
        match &self.0.who {
            Who::User(signed_in) => Ok(signed_in),
            Who::App { .. } => Err(Error::invalid("This method requires an authenticated user")),
            Who::Nobody => Err(Error::SignIn("The access token is invalid")),
        }
    }

    /// The user, if one signed in.
    pub fn user(&self) -> Option<&SignedIn> {
        match &self.0.who {
            Who::User(signed_in) => Some(signed_in),
            _ => None,
        }
    }

    /// The app that acts for itself, if that is who came.
    pub fn app(&self) -> Option<(Id, &Scopes)> {
        match &self.0.who {
            Who::App { app_id, scopes } => Some((*app_id, scopes)),
            _ => None,
        }
    }

    /// The member; all others hear why not.
    pub fn member(&self) -> Result<Member> {
        who::admit(self.signed_in()?)
    }

    /// The member, or `None` for strangers, apps and pending users alike.
    pub fn maybe_member(&self) -> Option<Member> {
        self.user().and_then(|u| who::admit(u).ok())
    }

    /// Whose eyes see: the member's account.
    pub fn viewer(&self) -> Option<Id> {
        self.user()
            .filter(|u| u.standing() == Standing::Member)
            .map(|u| u.user.account_id)
    }

    /// A pending user, or a member at their drafts.
    pub fn applicant(&self) -> Result<Applicant> {
        who::admit_to_sandbox(self.signed_in()?)
    }

    /// Whether a pending user asks.
    pub fn is_waiting(&self) -> bool {
        self.user()
            .is_some_and(|u| u.standing() == Standing::Waiting)
    }

    /// The role check.
    pub fn reviewer(&self) -> Result<Reviewer> {
        who::reviewer(self.signed_in()?)
    }

    /// The role check.
    pub fn moderator(&self) -> Result<Moderator> {
        who::moderator(self.signed_in()?)
    }

    /// The role check.
    pub fn admin(&self) -> Result<Admin> {
        who::admin(self.signed_in()?)
    }

    /// Where the request came from.
    pub fn address(&self) -> IpAddr {
        self.0.address
    }

    /// SHA-256 of the bearer token that was sent.
    pub fn bearer(&self) -> Option<[u8; 32]> {
        self.0.bearer
    }

    /// What forms of this caller are bound to; `None` where no form may be sent from.
    pub fn form_seed(&self) -> Option<[u8; 32]> {
        self.0.form_seed
    }
}

impl FromRequest for Caller {
    type Error = actix_web::Error;
    type Future = Ready<Result<Caller, actix_web::Error>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(req.extensions().get::<Caller>().cloned().ok_or_else(|| {
            // Only a route outside the table comes here: a mistake of ours.
            actix_web::error::ErrorInternalServerError("this route is not in the table")
        }))
    }
}
