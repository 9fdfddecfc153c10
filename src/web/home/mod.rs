//! What a member sees after signing in.

pub mod compose;
pub mod compose_pictures;
pub mod deeds;
pub mod delete;
pub mod deputy;
pub mod draft;
pub mod draft_form;
pub mod drafts;
pub mod heir;
pub mod invites;
pub mod notifications;
pub mod requests;
pub mod search;
pub mod severed;
pub mod tags;
pub mod timeline;
pub mod vouches;
pub mod welcome;
