//! Passwords, tokens, keys.
