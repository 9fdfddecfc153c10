//! Who gets in, how far, and what shuts the door.
//!
//! ```text
//!            apply                confirm              a reviewer
//! stranger ────────> unconfirmed ─────────> pending ──────────────> approved = member
//!                        │          (or with │ ^                     an account is made under
//!                        │           no mail)v │ answers             the id reserved at the start
//!                        │               needs_info
//!                        │ 48 h             │        a reviewer
//!                        v                  ├──────────────> rejected ──14 d──> erased
//!                      erased               ├─ 30 d / 14 d ─> expired ──14 d──> erased
//!                                           └─ withdrawn ───────────────────────> erased at once
//! ```
//!
//! A no is told or silent. Who was told may ask once to look again (pending, marked); who was
//! not sees the state before it until everything is erased: what applicants may know is made in
//! [`applications::progress`] alone. After a yes comes the [`welcome`].
//!
//! Members bring people by [`invites`], and say whom they know when an applicant names them:
//! [`vouches`].
//!
//! While they wait, [`sandbox`], [`drafts`] and [`draft_pictures`] say what they may do. How far the door is open
//! is computed from facts whenever somebody knocks: [`ceilings`], [`effective_mode`], [`mode`]; an
//! admin changes it in [`doorkeeper`]. When nobody of the staff is home for long, the [`switch`] shuts it.
//!
//! How far a member's words go is a matter of being known: [`established`], [`outreach`],
//! [`held_posts`].

pub mod applications;
pub mod away;
pub mod blocks;
pub mod budget;
pub mod ceilings;
/// Figures of the door, for charts.
pub mod charts;
pub mod desk_keys;
pub mod doorkeeper;
pub mod draft_pictures;
pub mod drafts;
pub mod effective_mode;
pub mod established;
pub mod event_codes;
pub mod held_posts;
pub mod hints;
pub mod invites;
pub mod mail_providers;
pub mod mode;
pub mod outreach;
pub mod proof;
pub mod questions;
pub mod reads;
pub mod sandbox;
pub mod signs;
pub mod switch;
pub mod vouches;
pub mod welcome;
pub mod who;
pub mod zone;

pub use who::{
    Admin, Applicant, Member, Moderator, Owner, Proven, Reviewer, SignedIn, Standing, admit,
};
