//! Who gets in, how far, and what shuts the door.

pub mod who;

pub use who::{Admin, Applicant, Member, Moderator, Owner, Reviewer, SignedIn, Standing, admit};
