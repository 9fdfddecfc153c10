//! Sign in, sessions, passwords, email, OAuth.
//!
//! Who somebody is; what they may do is the gate's. Nothing in here tells a stranger whether
//! a name or an address belongs to somebody (T1), and whatever is handed out as proof
//! (cookies, tokens, codes, links) is kept only as a digest.

/// Who a token or a cookie belongs to, as the gate takes it.
pub mod access;
/// Logins made by the host: complete members, at once.
pub mod accounts;
/// The address of somebody who is in: changed by a mailed link.
pub mod email;
/// The language in which somebody is written to.
pub mod language;
/// Apps, their codes and their tokens.
pub mod oauth;
mod pace;
/// A password forgotten, changed, set anew.
pub mod password;
/// Who is of the staff.
pub mod roles;
/// What is asked beside the password.
pub mod second_factor;
/// Web sessions and connected apps: listed and ended.
pub mod sessions;
/// The first owner's first visit.
pub mod setup;
/// From a name and a password to a session.
pub mod sign_in;
/// What time does: uses written down, leftovers deleted.
pub mod upkeep;
