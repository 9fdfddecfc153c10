//! Passkeys (WebAuthn): what a browser is asked, and whether its answer holds.
//!
//! Both halves of a ceremony are values that can be kept as JSON: what goes to the browser, and
//! what its answer is held against. The second must never leave the house unsealed.

use serde_json::Value;
use url::Url;
use uuid::Uuid;
use webauthn_rs::prelude::{
    Passkey, PasskeyAuthentication, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential,
};
use webauthn_rs::{Webauthn, WebauthnBuilder};

use crate::domain::{Error, Result};

/// What a browser is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Ask {
    /// For the browser: the options of `navigator.credentials`, in JSON.
    pub options: Value,
    /// What the answer is held against.
    pub state: Value,
}

/// Asks and checks for one place.
pub struct Passkeys(Webauthn);

impl Passkeys {
    /// For a place at this origin under this host; `None` where browsers know no passkeys: at a
    /// bare address instead of a name.
    pub fn new(origin: &str, host: &str, name: &str) -> Option<Passkeys> {
        let origin = Url::parse(origin).ok()?;
        let builder = WebauthnBuilder::new(host, &origin).ok()?.rp_name(name);
        builder.build().ok().map(Passkeys)
    }

    /// Asks for a new passkey of this user; those that are `known` are left out.
    pub fn ask_new(&self, user: i64, name: &str, known: &[Value]) -> Result<Ask> {
        let known = read_all(known)?
            .iter()
            .map(|key| key.cred_id().clone())
            .collect();
        let handle = Uuid::from_u64_pair(0, user.cast_unsigned());
        let (options, state) =
            self.0
                .start_passkey_registration(handle, name, name, Some(known))?;
        Ok(Ask {
            options: serde_json::to_value(options)?,
            state: serde_json::to_value(state)?,
        })
    }

    /// The passkey that a browser made: its id, and what is kept of it. `None` when the answer
    /// does not fit.
    pub fn take_new(&self, state: &Value, answer: &str) -> Option<(Vec<u8>, Value)> {
        let state: PasskeyRegistration = serde_json::from_value(state.clone()).ok()?;
        let answer: RegisterPublicKeyCredential = serde_json::from_str(answer).ok()?;
        let key = self.0.finish_passkey_registration(&answer, &state).ok()?;
        let id: &[u8] = key.cred_id().as_ref();
        Some((id.to_vec(), serde_json::to_value(&key).ok()?))
    }

    /// Asks for one of these passkeys.
    pub fn ask(&self, known: &[Value]) -> Result<Ask> {
        let (options, state) = self.0.start_passkey_authentication(&read_all(known)?)?;
        Ok(Ask {
            options: serde_json::to_value(options)?,
            state: serde_json::to_value(state)?,
        })
    }

    /// Which of the passkeys answered, with what is kept of it from now on. `None` when the
    /// answer does not fit, or a counter went backwards: a copy of the key.
    pub fn take(&self, state: &Value, answer: &str, known: &[Value]) -> Option<(usize, Value)> {
        let state: PasskeyAuthentication = serde_json::from_value(state.clone()).ok()?;
        let answer: PublicKeyCredential = serde_json::from_str(answer).ok()?;
        let result = self.0.finish_passkey_authentication(&answer, &state).ok()?;
        for (at, value) in known.iter().enumerate() {
            let mut key: Passkey = serde_json::from_value(value.clone()).ok()?;
            if key.cred_id() == result.cred_id() {
                key.update_credential(&result);
                return Some((at, serde_json::to_value(&key).ok()?));
            }
        }
        None
    }
}

fn read_all(known: &[Value]) -> Result<Vec<Passkey>> {
    known
        .iter()
        .map(|value| serde_json::from_value(value.clone()).map_err(Error::from))
        .collect()
}
