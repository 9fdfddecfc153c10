//! Bodies as real apps send them.

use actix_web::http::StatusCode;
use actix_web::test::TestRequest;
use actix_web::{App, HttpResponse, test, web};
use serde::Deserialize;
use serde_json::{Value, json};

use super::*;
use crate::door::forms::{UploadLimits, lenient};

/// Answers with the parameters as they were understood.
async fn echo(Params(value): Params<Value>) -> HttpResponse {
    HttpResponse::Ok().json(value)
}

#[derive(Debug, Default, Deserialize, PartialEq)]
#[serde(default)]
struct Pair {
    #[serde(deserialize_with = "lenient::string")]
    name: String,
    #[serde(deserialize_with = "lenient::string")]
    value: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Profile {
    #[serde(deserialize_with = "lenient::opt_string")]
    display_name: Option<String>,
    #[serde(deserialize_with = "lenient::opt_bool")]
    locked: Option<bool>,
    #[serde(deserialize_with = "lenient::opt_list")]
    fields_attributes: Option<Vec<Pair>>,
}

async fn profile(form: ParamsWithFiles<Profile>) -> Result<HttpResponse, ApiError> {
    let ParamsWithFiles { form, mut files } = form;
    let avatar = match files.take("avatar") {
        Some(file) => {
            let bytes = std::fs::read(file.path())?;
            json!({
                "name": file.file_name, "type": file.content_type,
                "size": file.size, "on_disk": bytes.len(),
            })
        }
        None => Value::Null,
    };
    Ok(HttpResponse::Ok().json(json!({
        "display_name": form.display_name,
        "locked": form.locked,
        "fields": form.fields_attributes.map(|fields| {
            fields.into_iter().map(|f| json!([f.name, f.value])).collect::<Vec<_>>()
        }),
        "avatar": avatar,
    })))
}

async fn send(request: TestRequest) -> (StatusCode, Value) {
    let limits = UploadLimits {
        file: 1000,
        total: 4000,
        folder: None,
    };
    let app = test::init_service(
        App::new()
            .app_data(web::Data::new(limits))
            .route("/profile", web::patch().to(profile))
            .default_service(web::to(echo)),
    )
    .await;
    let response = test::call_service(&app, request.to_request()).await;
    let status = response.status();
    (status, test::read_body_json(response).await)
}

fn body(request: TestRequest, kind: &'static str, text: impl Into<String>) -> TestRequest {
    request
        .insert_header(("content-type", kind))
        .set_payload(text.into())
}

const FORM: &str = "application/x-www-form-urlencoded";

#[actix_web::test]
async fn ice_cubes_posts_by_query_alone() {
    let (_, value) =
        send(TestRequest::post().uri("/api/v1/polls/1/votes?choices%5B%5D=0&choices%5B%5D=2"))
            .await;
    assert_eq!(value, json!({"choices": ["0", "2"]}));
    let (_, value) = send(TestRequest::post().uri(
        "/api/v1/push/subscription?subscription%5Bendpoint%5D=https://x.test/a&subscription%5Bkeys%5D%5Bauth%5D=k&data%5Balerts%5D%5Bmention%5D=true",
    ))
    .await;
    assert_eq!(
        value,
        json!({
            "subscription": {"endpoint": "https://x.test/a", "keys": {"auth": "k"}},
            "data": {"alerts": {"mention": "true"}},
        })
    );
}

#[actix_web::test]
async fn tusky_sends_indexed_fields_in_multipart() {
    let parts = [
        ("display_name", "Jo"),
        ("locked", "false"),
        ("fields_attributes[0][name]", "web"),
        ("fields_attributes[0][value]", "https://jo.test"),
        ("fields_attributes[1][name]", ""),
        ("fields_attributes[1][value]", ""),
    ];
    let mut text = String::new();
    for (name, value) in parts {
        text += &format!(
            "--XX\r\nContent-Disposition: form-data; name=\"{name}\"\r\nContent-Transfer-Encoding: binary\r\n\r\n{value}\r\n"
        );
    }
    text += "--XX\r\nContent-Disposition: form-data; name=\"avatar\"; filename=\"me.png\"\r\nContent-Type: image/png\r\n\r\n12345\r\n--XX--\r\n";
    let (status, value) = send(body(
        TestRequest::patch().uri("/profile"),
        "multipart/form-data; boundary=XX",
        text,
    ))
    .await;
    assert_eq!(status, StatusCode::OK, "{value}");
    assert_eq!(
        value,
        json!({
            "display_name": "Jo", "locked": false,
            "fields": [["web", "https://jo.test"], ["", ""]],
            "avatar": {"name": "me.png", "type": "image/png", "size": 5, "on_disk": 5},
        })
    );
}

#[actix_web::test]
async fn ice_cubes_sends_fields_as_a_keyed_object() {
    let (_, value) = send(TestRequest::patch().uri("/profile").set_json(json!({
        "display_name": "", "locked": true,
        "fields_attributes": {"0": {"name": "a", "value": "b"}},
    })))
    .await;
    assert_eq!(value["fields"], json!([["a", "b"]]));
    assert_eq!(value["display_name"], "");
    let (_, value) = send(TestRequest::patch().uri("/profile").set_json(json!({}))).await;
    assert_eq!(value["fields"], Value::Null);
}

#[actix_web::test]
async fn mastodon_py_sends_json_with_a_get() {
    let (_, value) = send(
        TestRequest::get()
            .uri("/api/v1/accounts/familiar_followers?limit=3")
            .set_json(json!({"id": [1, 2]})),
    )
    .await;
    assert_eq!(value, json!({"limit": "3", "id": [1, 2]}));
}

#[actix_web::test]
async fn toot_posts_json() {
    let (_, value) = send(TestRequest::post().uri("/api/v1/statuses").set_json(json!({
        "status": "hello", "visibility": "public", "media_ids": [], "sensitive": false,
    })))
    .await;
    assert_eq!(value["status"], "hello");
    assert_eq!(value["sensitive"], false);
}

#[actix_web::test]
async fn a_delete_carries_a_form_and_the_body_wins() {
    let (_, value) = send(body(
        TestRequest::delete().uri("/api/v1/domain_blocks?domain=a.test&x=1"),
        FORM,
        "domain=b.test",
    ))
    .await;
    assert_eq!(value, json!({"domain": "b.test", "x": "1"}));
}

#[actix_web::test]
async fn bad_bodies_are_told_in_json() {
    let post = || TestRequest::post().uri("/x");
    for (request, status) in [
        (body(post(), "application/json", "{\"a\":"), 400),
        (body(post(), "application/json", "[1]"), 400),
        (
            body(
                post(),
                "application/json; charset=utf-8",
                "{\"a\":\"\\u0000\"}",
            ),
            400,
        ),
        (body(post(), FORM, "a=%ff"), 400),
        (body(post(), "text/plain", "hello"), 400),
        (body(post(), "multipart/form-data", "hello"), 400),
        (
            body(post(), "multipart/form-data; boundary=XX", "hello"),
            400,
        ),
        (body(post(), FORM, "a=1&".repeat(1001)), 422),
        (
            body(post(), FORM, format!("a={}", "x".repeat(2 << 20))),
            422,
        ),
        (body(post(), FORM, "x".repeat(5 << 20)), 413),
        (body(post(), "application/json", " ".repeat(5 << 20)), 413),
    ] {
        let (got, value) = send(request).await;
        assert_eq!(got.as_u16(), status, "{value}");
        assert!(value["error"].is_string());
    }
}

#[actix_web::test]
async fn a_file_above_its_limit_is_refused() {
    let part = |size: usize| {
        format!(
            "--XX\r\nContent-Disposition: form-data; name=\"avatar\"; filename=\"a\"\r\n\r\n{}\r\n--XX--\r\n",
            "x".repeat(size)
        )
    };
    for (size, status) in [(900, 200), (1001, 413), (5000, 413)] {
        let request = body(
            TestRequest::patch().uri("/profile"),
            "multipart/form-data; boundary=XX",
            part(size),
        );
        let (got, value) = send(request).await;
        assert_eq!(got.as_u16(), status, "{value}");
    }
}
