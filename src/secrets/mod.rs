//! Passwords, tokens, keys.
//!
//! Hands only: nothing here knows why something is hashed, signed or sealed. What is slow
//! (argon2id, RSA key generation) runs on blocking threads behind a semaphore, so that a
//! flood can fill neither the memory nor the cores.

/// Keypairs of accounts: made, stored, used to sign.
pub mod actor_key;
/// One hash of a password, in memory that is kept.
mod argon2id;
/// One master secret, and a subkey for each purpose: MACs, CSRF tokens, keyed hashes.
pub mod keyed;
/// The codes of sealed letters.
pub mod letter;
/// The tokens of one-time links.
pub mod link;
/// Passkeys: what a browser is asked, and whether its answer holds.
pub mod passkey;
/// argon2id behind a semaphore.
pub mod password;
/// Which passwords are refused.
pub mod password_rules;
/// AES-256-GCM for small values at rest.
pub mod sealed;
/// HTTP signatures: who sent a request to us, and that we sent ours.
pub mod signature;
/// Strings that we sign, hand out and get back: form tokens and links to private media.
pub mod signed;
/// Random tokens and codes; their digests at rest.
pub mod token;
/// Codes of an app, of a shared secret and the time.
pub mod totp;
/// Signatures of what webhooks are told.
pub mod webhook;

pub use keyed::Keyring;
pub use token::Secret;
