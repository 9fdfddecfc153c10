//! A passkey made of a few lines: P-256, no attestation, its user always there and verified.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

const PRESENT_AND_VERIFIED: u8 = 0x05;
const WITH_A_KEY: u8 = 0x40;

/// One credential in somebody's pocket.
pub struct SoftKey {
    key: EcdsaKeyPair,
    id: Vec<u8>,
    origin: String,
    counter: u32,
}

impl SoftKey {
    /// A key that will be used at this origin.
    pub fn new(origin: &str, id: &str) -> SoftKey {
        SoftKey {
            key: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).expect("a key"),
            id: id.as_bytes().to_vec(),
            origin: origin.to_owned(),
            counter: 0,
        }
    }

    /// What `navigator.credentials.create` would give for these options.
    pub fn make(&self, options: &str) -> String {
        let options: Value = serde_json::from_str(options).expect("options");
        let asked = &options["publicKey"];
        let client = self.client("webauthn.create", asked);
        let mut data = self.head(
            asked["rp"]["id"].as_str(),
            PRESENT_AND_VERIFIED | WITH_A_KEY,
        );
        data.extend([0; 16]);
        data.extend((self.id.len() as u16).to_be_bytes());
        data.extend(&self.id);
        // COSE: {1: 2, 3: -7, -1: 1, -2: x, -3: y}
        let point = self.key.public_key().as_ref();
        data.extend([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]);
        data.extend(&point[1..33]);
        data.extend([0x22, 0x58, 0x20]);
        data.extend(&point[33..65]);
        // CBOR: {"fmt": "none", "attStmt": {}, "authData": data}
        let mut object = vec![0xa3, 0x63];
        object.extend(b"fmt");
        object.push(0x64);
        object.extend(b"none");
        object.push(0x67);
        object.extend(b"attStmt");
        object.extend([0xa0, 0x68]);
        object.extend(b"authData");
        object.push(0x58);
        object.push(u8::try_from(data.len()).expect("a short id"));
        object.extend(data);
        json!({
            "id": text(&self.id), "rawId": text(&self.id), "type": "public-key", "extensions": {},
            "response": { "attestationObject": text(&object), "clientDataJSON": text(&client) },
        })
        .to_string()
    }

    /// What `navigator.credentials.get` would give for these options.
    pub fn sign(&mut self, options: &str) -> String {
        let options: Value = serde_json::from_str(options).expect("options");
        let asked = &options["publicKey"];
        self.counter += 1;
        let client = self.client("webauthn.get", asked);
        let data = self.head(asked["rpId"].as_str(), PRESENT_AND_VERIFIED);
        let signed = [&data[..], digest(&SHA256, &client).as_ref()].concat();
        let signature = self
            .key
            .sign(&SystemRandom::new(), &signed)
            .expect("signed");
        json!({
            "id": text(&self.id), "rawId": text(&self.id), "type": "public-key", "extensions": {},
            "response": {
                "authenticatorData": text(&data), "clientDataJSON": text(&client),
                "signature": text(signature.as_ref()), "userHandle": null,
            },
        })
        .to_string()
    }

    fn client(&self, kind: &str, asked: &Value) -> Vec<u8> {
        json!({
            "type": kind, "challenge": asked["challenge"], "origin": self.origin,
            "crossOrigin": false,
        })
        .to_string()
        .into_bytes()
    }

    fn head(&self, host: Option<&str>, flags: u8) -> Vec<u8> {
        let host = host.expect("the options name the place");
        let mut data = digest(&SHA256, host.as_bytes()).as_ref().to_vec();
        data.push(flags);
        data.extend(self.counter.to_be_bytes());
        data
    }
}

fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
