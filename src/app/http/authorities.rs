//! Whose word on certificates counts: the system's authorities, and those of `SSL_CERT_FILE`.
//!
//! What reads the variable for us puts its authorities in the place of the system's, as
//! OpenSSL does. A place with an authority of its own still talks to everybody else, so the
//! system's are added again where it is set.

use std::path::Path;

use reqwest::Certificate;

use crate::config::environment;

/// Where distributions keep the authorities they trust, in one file; the first that is there
/// counts. Debian, Alpine and Arch; Fedora; openSUSE; others.
const BUNDLES: [&str; 4] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/// The system's authorities where `SSL_CERT_FILE` would keep them out; else none more are
/// needed. A bundle that cannot be read is logged, and left out.
pub(super) fn more() -> Vec<Certificate> {
    match environment::has_authorities() {
        true => first_of(&BUNDLES),
        false => Vec::new(),
    }
}

fn first_of(bundles: &[impl AsRef<Path>]) -> Vec<Certificate> {
    let Some(bundle) = bundles.iter().map(AsRef::as_ref).find(|b| b.is_file()) else {
        return Vec::new();
    };
    let read = std::fs::read(bundle)
        .map_err(|error| error.to_string())
        .and_then(|text| Certificate::from_pem_bundle(&text).map_err(|error| error.to_string()));
    read.unwrap_or_else(|error| {
        let bundle = bundle.display();
        tracing::warn!(%bundle, error, "the system's authorities cannot be read: only those of SSL_CERT_FILE count");
        Vec::new()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bundle_that_is_there_counts() {
        let folder = tempfile::tempdir().expect("a folder");
        let (one, two) = (folder.path().join("one"), folder.path().join("two"));
        let pem = || {
            let params = rcgen::CertificateParams::new(Vec::new()).expect("no names");
            let key = rcgen::KeyPair::generate().expect("a key");
            params.self_signed(&key).expect("a certificate").pem()
        };
        assert!(first_of(&[&one, &two]).is_empty());
        std::fs::write(&two, format!("# two\n{}\n{}", pem(), pem())).expect("a file");
        assert_eq!(first_of(&[&one, &two]).len(), 2);
        std::fs::write(&one, pem()).expect("a file");
        assert_eq!(first_of(&[&one, &two]).len(), 1);
    }

    #[test]
    fn the_clients_of_a_system_with_authorities_can_use_them_all() {
        // One that cannot be parsed would end the start.
        let all = first_of(&BUNDLES);
        let client = reqwest::Client::builder().tls_certs_merge(all);
        assert!(client.build().is_ok());
    }
}
