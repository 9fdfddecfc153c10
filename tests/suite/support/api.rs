//! An app: a token, and the address that it calls from.

use reqwest::Method;
use serde_json::Value;

use super::answer::Answer;

/// A client of the API. Cheap to clone.
#[derive(Clone)]
pub struct Api {
    http: reqwest::Client,
    /// Scheme, host and port.
    base: String,
    /// What goes into `Authorization`.
    pub token: Option<String>,
    /// Where it seems to come from; the place trusts us as a proxy.
    pub from: String,
}

impl Api {
    /// A client of the server at `base`.
    pub fn new(http: reqwest::Client, base: String, token: Option<String>, from: String) -> Api {
        Api {
            http,
            base,
            token,
            from,
        }
    }

    /// A request to build upon. `path` may be a whole address, as in `Link` headers.
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let url = if path.starts_with("http") {
            path.to_owned()
        } else {
            format!("{}{path}", self.base)
        };
        let request = self
            .http
            .request(method, url)
            .header("X-Forwarded-For", &self.from);
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// Sends what was built.
    pub async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        self.execute(request.build().expect("a request")).await
    }

    /// Sends a request as it is.
    pub async fn execute(&self, request: reqwest::Request) -> Answer {
        let who = if self.token.is_some() {
            "with a token"
        } else {
            "without a token"
        };
        let path = request.url()[url::Position::BeforePath..].to_owned();
        let asked = format!("{} {path} ({who})", request.method());
        let response = self
            .http
            .execute(request)
            .await
            .unwrap_or_else(|error| panic!("{asked}: no answer: {error:?}"));
        Answer::read(asked, response).await
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    /// POST with a body of JSON.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(self.request(Method::POST, path).json(&body))
            .await
    }

    /// POST without a body.
    pub async fn act(&self, path: &str) -> Answer {
        self.send(self.request(Method::POST, path)).await
    }

    /// POST as a form.
    pub async fn form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.send(self.request(Method::POST, path).form(fields))
            .await
    }

    /// PUT with a body of JSON.
    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.send(self.request(Method::PUT, path).json(&body)).await
    }

    /// PATCH with a body of JSON.
    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.send(self.request(Method::PATCH, path).json(&body))
            .await
    }

    /// DELETE.
    pub async fn delete(&self, path: &str) -> Answer {
        self.send(self.request(Method::DELETE, path)).await
    }

    /// Posts a public status; gives the entity.
    pub async fn toot(&self, text: &str) -> Value {
        self.post("/api/v1/statuses", serde_json::json!({ "status": text }))
            .await
            .entity("Status")
    }

    /// Posts with a visibility; gives the id.
    pub async fn toot_to(&self, visibility: &str, text: &str) -> String {
        let body = serde_json::json!({ "status": text, "visibility": visibility });
        id(&self.post("/api/v1/statuses", body).await.entity("Status"))
    }
}

/// The id of an entity.
#[track_caller]
pub fn id(entity: &Value) -> String {
    entity["id"]
        .as_str()
        .unwrap_or_else(|| panic!("no id in {entity}"))
        .to_owned()
}

/// The ids of a list of entities.
#[track_caller]
pub fn ids(list: &Value) -> Vec<String> {
    list.as_array()
        .unwrap_or_else(|| panic!("no list: {list}"))
        .iter()
        .map(id)
        .collect()
}
