//! Transport and messages.
