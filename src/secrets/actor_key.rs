//! Keypairs of accounts: RSA-2048, what the whole network verifies.
//!
//! Making one takes 70 ms and more of a core, so it runs on a blocking thread, one at a time;
//! callers are the approval of an applicant and the command line, never a stranger's request.

use std::sync::Arc;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{self, KeyPair as _, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tokio::sync::Semaphore;

use crate::domain::{Error, Result};

const BEGIN: &str = "-----BEGIN PUBLIC KEY-----";
const END: &str = "-----END PUBLIC KEY-----";
/// The longest PEM that is read: an RSA key of 8192 bits takes 1.5 kB.
const MAX_PEM: usize = 4096;

/// Makes keypairs, one at a time. One per process; cloning shares the line.
#[derive(Clone)]
pub struct ActorKeys {
    turns: Arc<Semaphore>,
}

/// A new keypair, as it is stored.
#[derive(Clone)]
pub struct NewActorKey {
    /// PKCS#8, DER, about 1.2 kB. Secret.
    pub private_der: Vec<u8>,
    /// SubjectPublicKeyInfo in PEM, lines of 64 characters: what the actor document shows.
    pub public_pem: String,
}

impl std::fmt::Debug for NewActorKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewActorKey")
            .field("public_pem", &self.public_pem)
            .finish_non_exhaustive()
    }
}

impl Default for ActorKeys {
    fn default() -> ActorKeys {
        ActorKeys {
            turns: Arc::new(Semaphore::new(1)),
        }
    }
}

impl ActorKeys {
    /// A new RSA-2048 keypair.
    pub async fn generate(&self) -> Result<NewActorKey> {
        let turn = self.turns.clone().acquire_owned().await?;
        tokio::task::spawn_blocking(move || {
            let _turn = turn;
            generate()
        })
        .await?
    }
}

/// The same on this thread, for the command line that makes many accounts.
pub fn generate() -> Result<NewActorKey> {
    let pair = KeyPair::generate(KeySize::Rsa2048)?;
    let private: Pkcs8V1Der<'_> = pair.as_der()?;
    let public: PublicKeyX509Der<'_> = pair.public_key().as_der()?;
    Ok(NewActorKey {
        private_der: private.as_ref().to_vec(),
        public_pem: pem(public.as_ref()),
    })
}

/// The public half of a stored private key, in PEM.
pub fn public_pem(private_der: &[u8]) -> Result<String> {
    let pair = KeyPair::from_pkcs8(private_der)
        .map_err(|cause| Error::broken(format!("an actor's private key: {cause}")))?;
    let public: PublicKeyX509Der<'_> = pair.public_key().as_der()?;
    Ok(pem(public.as_ref()))
}

/// A private key, parsed: worth keeping, parsing costs more than signing.
pub struct SigningKey(KeyPair);

impl SigningKey {
    /// From the stored PKCS#8 DER.
    pub fn from_der(private_der: &[u8]) -> Result<SigningKey> {
        KeyPair::from_pkcs8(private_der)
            .map(SigningKey)
            .map_err(|cause| Error::broken(format!("an actor's private key: {cause}")))
    }

    /// RSASSA-PKCS1-v1_5 with SHA-256, 256 bytes.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>> {
        let mut out = vec![0; self.0.public_modulus_len()];
        self.0.sign(
            &signature::RSA_PKCS1_SHA256,
            &SystemRandom::new(),
            message,
            &mut out,
        )?;
        Ok(out)
    }
}

/// Whether the signature (RSASSA-PKCS1-v1_5, SHA-256) over the message was made by the holder
/// of this public key, 2048 to 8192 bits, in PEM. A key that cannot be read verifies nothing.
pub fn verify(public_pem: &str, message: &[u8], signature: &[u8]) -> bool {
    der(public_pem).is_some_and(|der| {
        UnparsedPublicKey::new(&signature::RSA_PKCS1_2048_8192_SHA256, der)
            .verify(message, signature)
            .is_ok()
    })
}

fn pem(der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let mut pem = format!("{BEGIN}\n");
    for start in (0..text.len()).step_by(64) {
        pem.push_str(&text[start..text.len().min(start + 64)]);
        pem.push('\n');
    }
    pem.push_str(END);
    pem.push('\n');
    pem
}

fn der(pem: &str) -> Option<Vec<u8>> {
    if pem.len() > MAX_PEM {
        return None;
    }
    let body = pem.trim().strip_prefix(BEGIN)?.strip_suffix(END)?;
    let text: String = body.split_ascii_whitespace().collect();
    STANDARD.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_new_key_signs_and_verifies_after_being_stored() {
        let key = ActorKeys::default().generate().await.unwrap();
        assert!(
            key.public_pem
                .starts_with("-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOC")
        );
        assert!(key.public_pem.lines().all(|line| line.len() <= 64));
        assert!(!format!("{key:?}").contains("private"));
        assert_eq!(public_pem(&key.private_der).unwrap(), key.public_pem);
        let signing = SigningKey::from_der(&key.private_der).unwrap();
        let signature = signing.sign(b"(request-target): post /inbox").unwrap();
        assert_eq!(signature.len(), 256);
        assert!(verify(
            &key.public_pem,
            b"(request-target): post /inbox",
            &signature
        ));
        assert!(!verify(
            &key.public_pem,
            b"(request-target): post /outbox",
            &signature
        ));
        assert!(!verify(
            "no key",
            b"(request-target): post /inbox",
            &signature
        ));
        let other = generate().unwrap();
        assert!(!verify(
            &other.public_pem,
            b"(request-target): post /inbox",
            &signature
        ));
        assert!(SigningKey::from_der(&key.private_der[..40]).is_err());
    }
}
