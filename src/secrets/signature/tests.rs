//! Published vectors, what must be refused, and properties of both dialects.

use std::sync::LazyLock;

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use url::Url;

use super::structured::{self, Value};
use super::*;
use crate::secrets::actor_key::{self, SigningKey};

const ORIGIN: &str = "https://porch.example";
const INBOX: &str = "https://porch.example/ap/inbox";
const KEY_ID: &str = "https://peer.example/users/ada#main-key";
const BODY: &[u8] = br#"{"type":"Like"}"#;

static PAIR: LazyLock<(SigningKey, PublicKey)> = LazyLock::new(pair);
static OTHER: LazyLock<(SigningKey, PublicKey)> = LazyLock::new(pair);

fn pair() -> (SigningKey, PublicKey) {
    let made = actor_key::generate().unwrap();
    (
        SigningKey::from_der(&made.private_der).unwrap(),
        PublicKey::from_pem(&made.public_pem).unwrap(),
    )
}

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_763_769_600, 0).unwrap()
}

type Headers = Vec<(String, String)>;

fn signed(dialect: Dialect, method: &str, url: &str, body: Option<&[u8]>) -> Headers {
    let digest = body.map(BodyDigest::of);
    let url = Url::parse(url).unwrap();
    let sign = match dialect {
        Dialect::Cavage => sign_cavage,
        Dialect::Rfc9421 => sign_rfc9421,
    };
    sign(&PAIR.0, KEY_ID, method, &url, now(), digest.as_ref())
        .unwrap()
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

fn post(dialect: Dialect) -> Headers {
    signed(dialect, "POST", INBOX, Some(BODY))
}

fn read_at(
    at: DateTime<Utc>,
    method: &str,
    target: &str,
    headers: &Headers,
    has_body: bool,
) -> Result<Claim, Refused> {
    let headers: Vec<(&str, &[u8])> = headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_bytes()))
        .collect();
    let request = Request {
        method,
        origin: ORIGIN,
        target,
        headers: &headers,
        has_body,
    };
    read(&request, at)
}

fn read_post(headers: &Headers) -> Result<Claim, Refused> {
    read_at(now(), "POST", "/ap/inbox", headers, true)
}

fn set(headers: &mut Headers, name: &str, change: impl Fn(&str) -> String) {
    for (known, value) in headers {
        if known == name {
            *value = change(value);
        }
    }
}

fn without(headers: &Headers, name: &str) -> Headers {
    headers
        .iter()
        .filter(|(known, _)| known != name)
        .cloned()
        .collect()
}

const BOTH: [Dialect; 2] = [Dialect::Cavage, Dialect::Rfc9421];

#[test]
fn what_we_sign_we_believe() {
    for dialect in BOTH {
        let claim = read_post(&post(dialect)).unwrap();
        assert_eq!(claim.dialect, dialect);
        assert_eq!(claim.key_id, KEY_ID);
        assert_eq!(claim.verify(&PAIR.1, Some(BODY)), Ok(()));
        assert_eq!(claim.verify(&OTHER.1, Some(BODY)), Err(Refused::Wrong));
        assert_eq!(claim.verify(&PAIR.1, Some(b"{}")), Err(Refused::Digest));
        assert_eq!(claim.verify(&PAIR.1, None), Err(Refused::Digest));

        let url = "https://porch.example/ap/actors/1/outbox?page=true";
        let headers = signed(dialect, "GET", url, None);
        let target = "/ap/actors/1/outbox?page=true";
        let claim = read_at(now(), "GET", target, &headers, false).unwrap();
        assert_eq!(claim.verify(&PAIR.1, None), Ok(()));
        let elsewhere = read_at(now(), "GET", "/ap/actors/2/outbox", &headers, false).unwrap();
        assert_eq!(elsewhere.verify(&PAIR.1, None), Err(Refused::Wrong));
        let other_way = read_at(now(), "DELETE", target, &headers, false).unwrap();
        assert_eq!(other_way.verify(&PAIR.1, None), Err(Refused::Wrong));
    }
}

#[test]
fn a_get_may_be_signed_without_its_query_but_a_post_may_not() {
    let bare = "https://porch.example/ap/actors/1/outbox";
    let headers = signed(Dialect::Cavage, "GET", bare, None);
    let target = "/ap/actors/1/outbox?page=true";
    let claim = read_at(now(), "GET", target, &headers, false).unwrap();
    assert_eq!(claim.verify(&PAIR.1, None), Ok(()));
    let headers = post(Dialect::Cavage);
    let claim = read_at(now(), "POST", "/ap/inbox?a=b", &headers, true).unwrap();
    assert_eq!(claim.verify(&PAIR.1, Some(BODY)), Err(Refused::Wrong));
}

#[test]
fn a_signature_is_good_for_an_hour_either_way() {
    for dialect in BOTH {
        let headers = post(dialect);
        for (minutes, good) in [(-61, false), (-59, true), (59, true), (61, false)] {
            let at = now() + TimeDelta::minutes(minutes);
            let read = read_at(at, "POST", "/ap/inbox", &headers, true);
            assert_eq!(read.is_ok(), good, "{dialect:?} {minutes}");
            if !good {
                assert_eq!(read, Err(Refused::Stale));
            }
        }
    }
}

#[test]
fn what_has_run_out_or_is_for_another_host_is_refused() {
    let mut cavage = post(Dialect::Cavage);
    set(&mut cavage, "signature", |value| {
        format!("{value},expires={}", now().timestamp() - 1)
    });
    assert_eq!(read_post(&cavage), Err(Refused::Stale));
    let mut modern = post(Dialect::Rfc9421);
    set(&mut modern, "signature-input", |value| {
        format!("{value};expires={}", now().timestamp() - 1)
    });
    assert_eq!(read_post(&modern), Err(Refused::Stale));
    for dialect in BOTH {
        let mut headers = post(dialect);
        set(&mut headers, "host", |_| "other.example".into());
        assert_eq!(read_post(&headers), Err(Refused::Elsewhere));
        set(&mut headers, "host", |_| "PORCH.example:443".into());
        assert!(read_post(&headers).is_ok());
        assert!(
            read_post(&without(&headers, "host"))
                .unwrap_err()
                .is_malformed()
        );
    }
}

#[test]
fn what_must_be_signed_must_be_signed() {
    for (gone, rest) in [
        ("(request-target) ", "(request-target)"),
        ("host ", "host"),
        ("date ", "date"),
        ("digest ", "digest"),
    ] {
        let mut headers = post(Dialect::Cavage);
        set(&mut headers, "signature", |value| {
            value.replacen(gone, "", 1)
        });
        let refused = read_post(&headers).unwrap_err();
        assert!(
            matches!(refused, Refused::Uncovered(what) if what.contains(rest)),
            "{refused:?}"
        );
    }
    for gone in [
        "\"@method\" ",
        " \"@target-uri\"",
        " \"content-digest\"",
        ";created=1763769600",
    ] {
        let mut headers = post(Dialect::Rfc9421);
        set(&mut headers, "signature-input", |value| {
            value.replacen(gone, "", 1)
        });
        let refused = read_post(&headers).unwrap_err();
        assert!(
            matches!(refused, Refused::Uncovered(_)),
            "{gone}: {refused:?}"
        );
    }
    for (dialect, digest) in [
        (Dialect::Cavage, "digest"),
        (Dialect::Rfc9421, "content-digest"),
    ] {
        let refused = read_post(&without(&post(dialect), digest)).unwrap_err();
        assert!(matches!(refused, Refused::Uncovered(_)), "{refused:?}");
        assert_eq!(
            read_post(&without(&post(dialect), "signature")),
            Err(Refused::Unsigned)
        );
    }
    // Without the list, draft-cavage covers `(created)` alone.
    let mut headers = post(Dialect::Cavage);
    set(&mut headers, "signature", |_| {
        "keyId=\"a\",signature=\"AAAA\"".into()
    });
    assert!(matches!(read_post(&headers), Err(Refused::Uncovered(_))));
}

#[test]
fn what_can_be_read_in_two_ways_is_malformed() {
    for dialect in BOTH {
        for name in [
            "signature",
            "digest",
            "content-digest",
            "host",
            "signature-input",
        ] {
            let mut headers = post(dialect);
            let Some(twice) = headers.iter().find(|(known, _)| known == name).cloned() else {
                continue;
            };
            headers.push(twice);
            let refused = read_post(&headers).unwrap_err();
            assert!(refused.is_malformed(), "{dialect:?} {name}: {refused:?}");
        }
    }
    let long = "a".repeat(100_000);
    for value in [
        "keyId=\"a\",keyId=\"b\",headers=\"(request-target) host date digest\",signature=\"AAAA\"",
        "keyId=\"a\",headers=\"(request-target) host date digest host\",signature=\"AAAA\"",
        "keyId=\"a\",headers=\"(request-target) host date digest\",signature=\"no base64!\"",
        "keyId=\"a\",headers=\"(request-target) host date digest x-gone\",signature=\"AAAA\"",
        "keyId=\"\",headers=\"(request-target) host date digest\",signature=\"AAAA\"",
        "keyId=\"a\" signature=\"AAAA\"",
        "keyId",
        long.as_str(),
    ] {
        let mut headers = post(Dialect::Cavage);
        set(&mut headers, "signature", |_| value.to_owned());
        let refused = read_post(&headers).unwrap_err();
        assert!(refused.is_malformed(), "{value:.80}: {refused:?}");
    }
    for change in [
        (";alg=", ";keyid=\"b\";alg="),
        ("\"@method\"", "\"@method\" \"@method\""),
        ("\"@method\"", "\"@method\" \"@method\";req"),
        ("\"@method\"", "\"@method\" \"@status\""),
        ("sig1=", "sig1=(\"@method\"), sig1="),
        ("keyid=", "keyid=x;also="),
    ] {
        let mut headers = post(Dialect::Rfc9421);
        set(&mut headers, "signature-input", |value| {
            value.replacen(change.0, change.1, 1)
        });
        let refused = read_post(&headers).unwrap_err();
        assert!(refused.is_malformed(), "{change:?}: {refused:?}");
    }
}

#[test]
fn other_algorithms_are_named_as_such() {
    let mut headers = post(Dialect::Cavage);
    set(&mut headers, "signature", |value| {
        value.replace("rsa-sha256", "hmac-sha256")
    });
    assert_eq!(read_post(&headers), Err(Refused::Algorithm));
    set(&mut headers, "signature", |value| {
        value.replace("hmac-sha256", "hs2019")
    });
    assert_eq!(
        read_post(&headers).unwrap().verify(&PAIR.1, Some(BODY)),
        Ok(())
    );
    let mut headers = post(Dialect::Rfc9421);
    set(&mut headers, "signature-input", |value| {
        value.replace("rsa-v1_5-sha256", "ed25519")
    });
    assert_eq!(read_post(&headers), Err(Refused::Algorithm));
}

#[test]
fn created_stands_in_for_the_date() {
    let url = Url::parse(INBOX).unwrap();
    let digest = BodyDigest::of(BODY);
    let created = now().timestamp();
    let base = format!(
        "(request-target): post {}\nhost: porch.example\ndigest: {}\n(created): {created}",
        url.path(),
        digest.as_digest()
    );
    let signature = {
        use base64::Engine;
        base64::engine::general_purpose::STANDARD.encode(PAIR.0.sign(base.as_bytes()).unwrap())
    };
    let headers: Headers = vec![
        ("Host".into(), "porch.example".into()),
        ("Digest".into(), digest.as_digest()),
        (
            "Signature".into(),
            format!(
                "keyId=\"{KEY_ID}\", algorithm=\"hs2019\", created={created}, \
                 headers=\"(request-target) host digest (created)\", signature=\"{signature}\""
            ),
        ),
    ];
    let claim = read_post(&headers).unwrap();
    assert_eq!(claim.verify(&PAIR.1, Some(BODY)), Ok(()));
    let late = now() + TimeDelta::minutes(61);
    assert_eq!(
        read_at(late, "POST", "/ap/inbox", &headers, true),
        Err(Refused::Stale)
    );
}

#[test]
fn digests_may_come_in_company_but_must_fit() {
    let right = BodyDigest::of(BODY).as_digest();
    for (value, good) in [
        (right.clone(), true),
        (right.replace("SHA-256", "sha-256"), true),
        (format!("MD5=abc,{right}"), true),
        (format!("{right},SHA-512=AAAA"), false),
        (right.replace('=', ""), false),
        ("SHA-256=AAAA".into(), false),
    ] {
        let fits = Expected::from_digest(&value).is_ok_and(|expected| expected.fits(BODY));
        assert_eq!(fits, good, "{value}");
    }
    assert!(Expected::from_digest(&format!("{right},{right}")).is_err());
    assert!(Expected::from_digest("MD5=abc").is_err());
    assert!(Expected::from_content_digest("md5=:AAAA:").is_err());
}

// RFC 9421, appendix B.1.1 (the key) and B.2 (the request).
const RFC_KEY: &str = "-----BEGIN RSA PUBLIC KEY-----
MIIBCgKCAQEAhAKYdtoeoy8zcAcR874L8cnZxKzAGwd7v36APp7Pv6Q2jdsPBRrw
WEBnez6d0UDKDwGbc6nxfEXAy5mbhgajzrw3MOEt8uA5txSKobBpKDeBLOsdJKFq
MGmXCQvEG7YemcxDTRPxAleIAgYYRjTSd/QBwVW9OwNFhekro3RtlinV0a75jfZg
kne/YiktSvLG34lw2zqXBDTC5NHROUqGTlML4PlNZS5Ri2U4aCNx2rUPRcKIlE0P
uKxI4T+HIaFpv8+rdV6eUgOrB2xeI1dSFFn/nnv5OoZJEIB+VmuKn3DCUcCZSFlQ
PSXSfBDiUGhwOw76WuSSsf1D4b/vLoJ10wIDAQAB
-----END RSA PUBLIC KEY-----";
const RFC_DIGEST: &str = "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:";
const RFC_BODY: &[u8] = br#"{"hello": "world"}"#;
const RFC_TARGET: &str = "/foo?param=Value&Pet=dog";

#[test]
fn the_base_of_rfc_9421_b_2_3_comes_out() {
    let headers: [(&str, &[u8]); 5] = [
        ("Host", b"example.com"),
        ("Date", b"Tue, 20 Apr 2021 02:07:55 GMT"),
        ("Content-Type", b"application/json"),
        ("Content-Digest", RFC_DIGEST.as_bytes()),
        ("Content-Length", b"18"),
    ];
    let request = Request {
        method: "POST",
        origin: "https://example.com",
        target: RFC_TARGET,
        headers: &headers,
        has_body: true,
    };
    let input = "sig-b23=(\"date\" \"@method\" \"@path\" \"@query\" \"@authority\" \"content-type\" \
                 \"content-digest\" \"content-length\");created=1618884473;keyid=\"test-key-rsa-pss\"";
    let read = structured::dictionary(input).unwrap();
    let Value::List(list) = &read[0].1 else {
        panic!("no list")
    };
    let expected = format!(
        "\"date\": Tue, 20 Apr 2021 02:07:55 GMT\n\"@method\": POST\n\"@path\": /foo\n\
         \"@query\": ?param=Value&Pet=dog\n\"@authority\": example.com\n\
         \"content-type\": application/json\n\"content-digest\": {RFC_DIGEST}\n\
         \"content-length\": 18\n\"@signature-params\": {}",
        input.strip_prefix("sig-b23=").unwrap()
    );
    assert_eq!(super::rfc9421::base(&request, list).unwrap(), expected);
}

#[test]
fn the_rsa_signature_of_rfc_9421_4_3_verifies() {
    // The proxy's signature beside one by an elliptic curve, which is passed over.
    let input = "sig1=(\"@method\" \"@authority\" \"@path\" \"content-digest\" \"content-type\" \
                 \"content-length\");created=1618884475;keyid=\"test-key-ecc-p256\", \
                 proxy_sig=(\"@method\" \"@authority\" \"@path\" \"content-digest\" \"content-type\" \
                 \"content-length\" \"forwarded\");created=1618884480;keyid=\"test-key-rsa\"\
                 ;alg=\"rsa-v1_5-sha256\";expires=1618884540";
    let signature = "sig1=:X5spyd6CFnAG5QnDyHfqoSNICd+BUP4LYMz2Q0JXlb//4Ijpzp+kve2w4NIyqeAuM7jTDX+sNalzA8ESSaHD3A==:, \
         proxy_sig=:S6ZzPXSdAMOPjN/6KXfXWNO/f7V6cHm7BXYUh3YD/fRad4BCaRZxP+JH+8XY1I6+8Cy+CM5g92iHgxtRPz+MjniOaYmdkDcnL9cCpXJleXsOckpURl49GwiyUpZ10KHgOEe11sx3G2gxI8S0jnxQB+Pu68U9vVcasqOWAEObtNKKZd8tSFu7LB5YAv0RAGhB8tmpv7sFnIm9y+7X5kXQfi8NMaZaA8i2ZHwpBdg7a6CMfwnnrtflzvZdXAsD3LH2TwevU+/PBPv0B6NMNk93wUs/vfJvye+YuI87HU38lZHowtznbLVdp770I6VHR6WfgS9ddzirrswsE1w5o0LV/g==:";
    let headers: [(&str, &[u8]); 7] = [
        ("Host", b"origin.host.internal.example"),
        ("Content-Type", b"application/json"),
        ("Content-Length", b"18"),
        ("Forwarded", b"for=192.0.2.123;host=example.com;proto=https"),
        ("Content-Digest", RFC_DIGEST.as_bytes()),
        ("Signature-Input", input.as_bytes()),
        ("Signature", signature.as_bytes()),
    ];
    let request = Request {
        method: "POST",
        origin: "https://origin.host.internal.example",
        target: RFC_TARGET,
        headers: &headers,
        has_body: true,
    };
    let then = DateTime::from_timestamp(1_618_884_500, 0).unwrap();
    let claim = read(&request, then).unwrap();
    assert_eq!(claim.key_id, "test-key-rsa");
    let key = PublicKey::from_pem(RFC_KEY).unwrap();
    assert_eq!(claim.verify(&key, Some(RFC_BODY)), Ok(()));
    assert_eq!(claim.verify(&key, Some(b"{}")), Err(Refused::Digest));
    assert_eq!(
        read(&request, then + TimeDelta::minutes(2)),
        Err(Refused::Stale)
    );
}

#[test]
fn the_basic_test_of_draft_cavage_c_2_verifies() {
    use aws_lc_rs::signature::{RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY, UnparsedPublicKey};
    use base64::Engine;
    // The draft's key has 1,024 bits: enough for this test, and for nothing else.
    let der = base64::engine::general_purpose::STANDARD
        .decode(
            "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDCFENGw33yGihy92pDjZQhl0C36rPJj+CvfSC8+q28hxA161QF\
             NUd13wuCTUcq0Qd2qsBe/2hFyc2DCJJg0h1L78+6Z4UMR7EOcpfdUE9Hf3m/hs+FUR45uBJeDK1HSFHD8bHKD6kv\
             8FPGfJTotc+2xjJwoYi+1hqp1fIekaxsyQIDAQAB",
        )
        .unwrap();
    assert!(PublicKey::from_der(&der).is_none_or(|key| !key.verify(b"", b"")));
    let headers: [(&str, &[u8]); 3] = [
        ("Host", b"example.com"),
        ("Date", b"Sun, 05 Jan 2014 21:31:40 GMT"),
        (
            "Signature",
            b"keyId=\"Test\",algorithm=\"rsa-sha256\",headers=\"(request-target) host date\",\
              signature=\"qdx+H7PHHDZgy4y/Ahn9Tny9V3GP6YgBPyUXMmoxWtLbHpUnXS2mg2+SbrQDMCJypxBLSPQR2aAjn\
              7ndmw2iicw3HMbe8VfEdKFYRqzic+efkb3nndiv/x1xSHDJWeSWkx3ButlYSuBskLu6kd9Fswtemr3lgdDEmn04sw\
              r2Os0=\"",
        ),
    ];
    let request = Request {
        method: "POST",
        origin: "https://example.com",
        target: "/foo?param=value&pet=dog",
        headers: &headers,
        has_body: false,
    };
    let then = DateTime::parse_from_rfc2822("Sun, 05 Jan 2014 21:31:40 GMT").unwrap();
    let claim = read(&request, then.to_utc()).unwrap();
    assert_eq!(claim.key_id, "Test");
    let key = UnparsedPublicKey::new(&RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY, der);
    assert!(
        key.verify(claim.bases[0].as_bytes(), &claim.signature)
            .is_ok()
    );
}

#[test]
fn keys_are_read_in_the_two_ways_they_come() {
    assert!(PublicKey::from_pem(&format!("\n{RFC_KEY}\r\n\n")).is_some());
    assert!(PublicKey::from_pem(&RFC_KEY.replace('\n', "\r\n")).is_some());
    assert!(PublicKey::from_pem(&RFC_KEY.replace("RSA PUBLIC", "EC PUBLIC")).is_none());
    assert!(PublicKey::from_pem(&RFC_KEY[..200]).is_none());
    assert!(PublicKey::from_pem(&"x".repeat(5_000)).is_none());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_signature_fits_one_request_only(
        body in proptest::collection::vec(any::<u8>(), 0..300),
        path in "/[a-z0-9/._~-]{0,40}",
        modern in any::<bool>(),
        flip in any::<prop::sample::Index>(),
    ) {
        let dialect = if modern { Dialect::Rfc9421 } else { Dialect::Cavage };
        let url = format!("{ORIGIN}{path}");
        // Such as `/a/../b`: the address is what a client makes of it.
        let target = Url::parse(&url).unwrap().path().to_owned();
        let headers = signed(dialect, "POST", &url, Some(&body));
        let claim = read_at(now(), "POST", &target, &headers, true).unwrap();
        prop_assert_eq!(claim.verify(&PAIR.1, Some(&body)), Ok(()));
        prop_assert_eq!(claim.verify(&OTHER.1, Some(&body)), Err(Refused::Wrong));
        let mut other = body.clone();
        match other.is_empty() {
            true => other.push(0),
            false => { let at = flip.index(other.len()); other[at] ^= 1; }
        }
        prop_assert_eq!(claim.verify(&PAIR.1, Some(&other)), Err(Refused::Digest));
        let elsewhere = read_at(now(), "POST", &format!("{target}x"), &headers, true).unwrap();
        prop_assert_eq!(elsewhere.verify(&PAIR.1, Some(&body)), Err(Refused::Wrong));
        // One letter of any signed header changed: refused, wherever it is noticed.
        let at = flip.index(headers.len());
        if headers[at].0 != "signature" && headers[at].0 != "signature-input" {
            let mut changed = headers.clone();
            let value = &mut changed[at].1;
            let last = value.pop().unwrap_or('a');
            value.push(if last == 'q' { 'p' } else { 'q' });
            let read = read_at(now(), "POST", &target, &changed, true);
            let believed = read.and_then(|claim| claim.verify(&PAIR.1, Some(&body)));
            prop_assert!(believed.is_err(), "{:?}", changed[at]);
        }
    }

    #[test]
    fn nothing_that_comes_breaks_the_readers(
        signature in "\\PC{0,200}",
        input in prop::option::of("(sig1=)?\\(?[\"@a-z ;=:()0-9,?*-]{0,120}"),
        digest in "(sha-256=)?[:A-Za-z0-9+/=, ]{0,80}",
    ) {
        let mut headers: Headers = vec![
            ("host".into(), "porch.example".into()),
            ("date".into(), http_date(now())),
            ("digest".into(), digest.clone()),
            ("content-digest".into(), digest),
            ("signature".into(), signature),
        ];
        if let Some(input) = input {
            headers.push(("signature-input".into(), input));
        }
        if let Ok(claim) = read_post(&headers) {
            prop_assert!(claim.verify(&PAIR.1, Some(BODY)).is_err());
        }
    }
}
