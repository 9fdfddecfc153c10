//! Sign in, sessions, passwords, email, OAuth.
