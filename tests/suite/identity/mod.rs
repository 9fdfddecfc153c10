//! Signing in, apps, passwords.

mod oauth;
mod passwords;
mod sessions;
