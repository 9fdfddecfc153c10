//! Who is who: sign-in, sessions, passwords, OAuth, roles.

mod consent;
mod oauth;
mod passwords;
mod roles;
mod same_cost;
pub mod second_factor;
mod sessions;
mod staff;
