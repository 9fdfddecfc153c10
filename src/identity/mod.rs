//! Sign in, sessions, passwords, email, OAuth.

pub mod access;
