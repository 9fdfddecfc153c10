//! A browser without script: cookies, pages, links, forms with everything that stands in them.

use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::{Arc, Mutex};

use reqwest::Method;

use super::answer::Answer;
use super::html::{Form, Html};

/// Redirects that are followed after one click.
const MAX_REDIRECTS: usize = 5;

/// One person's browser. Clones share their cookies.
#[derive(Clone)]
pub struct Browser {
    http: reqwest::Client,
    base: String,
    /// Where it seems to come from.
    pub from: String,
    /// Where it says that its forms stand; the place's own address at first.
    pub origin: String,
    /// The languages that it asks for (`Accept-Language`); empty for none.
    pub speaks: String,
    cookies: Arc<Mutex<BTreeMap<String, String>>>,
}

/// A page that a browser shows.
pub struct Page {
    /// Path and query that it came from, redirects followed.
    pub path: String,
    /// The answer itself.
    pub answer: Answer,
    /// What is in it.
    pub html: Html,
}

impl Deref for Page {
    type Target = Html;
    fn deref(&self) -> &Html {
        &self.html
    }
}

impl Page {
    /// The status code.
    pub fn status(&self) -> u16 {
        self.answer.status
    }

    /// Fails unless the page holds this text.
    #[track_caller]
    pub fn says(&self, text: &str) -> &Page {
        assert!(
            self.html.text().contains(text),
            "{:?} is not on {}\n{}",
            text,
            self.path,
            self.html.text()
        );
        self
    }

    /// Fails if the page holds this text anywhere, markup included.
    #[track_caller]
    pub fn hides(&self, text: &str) -> &Page {
        assert!(
            !self.answer.text().contains(text),
            "{:?} is on {}\n{}",
            text,
            self.path,
            self.html.text()
        );
        self
    }

    /// The first form that goes to `action` (or begins so), itself or by one of its buttons,
    /// which then counts as pressed.
    #[track_caller]
    pub fn form(&self, action: &str) -> Filled {
        self.find_form(action).unwrap_or_else(|| {
            let actions: Vec<String> = self.html.forms().iter().map(|f| self.action(f)).collect();
            panic!(
                "no form to {action} on {}, only {actions:?}\n{}",
                self.path,
                self.html.text()
            )
        })
    }

    /// Whether there is a form to `action`.
    pub fn has_form(&self, action: &str) -> bool {
        self.find_form(action).is_some()
    }

    fn find_form(&self, action: &str) -> Option<Filled> {
        let forms = self.html.forms();
        let filled = |form: &Form, action: String| {
            let form = Form {
                action,
                ..form.clone()
            };
            let filled = Filled {
                form,
                files: Vec::new(),
                on: self.path.clone(),
            };
            self.worked(filled)
        };
        let exactly = forms.iter().find(|f| self.action(f) == action);
        let by_form = exactly.or_else(|| forms.iter().find(|f| self.action(f).starts_with(action)));
        if let Some(form) = by_form {
            return Some(filled(form, self.action(form)));
        }
        let by_button = |form: &Form| {
            let goes =
                |b: &&super::html::Button| b.action.as_ref().is_some_and(|a| a.starts_with(action));
            form.buttons
                .iter()
                .find(goes)
                .and_then(|b| b.action.clone())
        };
        forms
            .iter()
            .find_map(|form| Some(filled(form, by_button(form)?)))
    }

    /// With the proof of work that script would have put into the form.
    fn worked(&self, filled: Filled) -> Filled {
        let asked = self.html.elements.iter().find(|e| e.has("data-proof-bits"));
        let (Some(asked), Some("")) = (asked, filled.find("proof")) else {
            return filled;
        };
        let token = filled.find("form_token").or(filled.find("token"));
        let bits = asked.get("data-proof-bits").parse().expect("a number");
        let token = token.expect("the work is done on a token").to_owned();
        filled.forge("proof", &porchlight::gate::proof::work(&token, bits))
    }

    fn action(&self, form: &Form) -> String {
        if form.action.is_empty() {
            self.path.clone()
        } else {
            form.action.clone()
        }
    }

    /// The address of the link with this text.
    #[track_caller]
    pub fn link(&self, text: &str) -> String {
        let found = self
            .html
            .all("a")
            .into_iter()
            .find(|a| a.text == text && a.has("href"));
        found
            .unwrap_or_else(|| panic!("no link {text:?} on {}\n{}", self.path, self.html.text()))
            .get("href")
            .to_owned()
    }
}

/// A form that somebody is filling in.
#[derive(Debug, Clone)]
pub struct Filled {
    form: Form,
    files: Vec<(String, String, Vec<u8>)>,
    on: String,
}

impl Filled {
    /// Types into a field, ticks a box, chooses: the field must be there.
    #[track_caller]
    pub fn set(mut self, name: &str, value: &str) -> Filled {
        let mut found = false;
        for field in self.form.fields.iter_mut().filter(|f| f.name == name) {
            match field.kind.as_str() {
                "checkbox" | "radio" => {
                    field.sent =
                        field.value == value || (field.kind == "checkbox" && value == "on");
                    found |= field.sent;
                }
                "submit" => {}
                _ => {
                    value.clone_into(&mut field.value);
                    found = true;
                }
            }
        }
        assert!(
            found,
            "no field {name:?} takes {value:?} in the form of {}: {:?}",
            self.on, self.form.fields
        );
        self
    }

    /// Ticks a box beside others of its name: the one whose value begins so.
    #[track_caller]
    pub fn tick(mut self, name: &str, begins: &str) -> Filled {
        let fields = self.form.fields.iter_mut();
        let mut boxes = fields.filter(|f| f.name == name && f.kind == "checkbox");
        let field = boxes.find(|f| f.value.starts_with(begins));
        field
            .unwrap_or_else(|| panic!("no box {name:?} that begins {begins:?}"))
            .sent = true;
        self
    }

    /// Unticks a box.
    #[track_caller]
    pub fn untick(mut self, name: &str) -> Filled {
        let field = self
            .form
            .fields
            .iter_mut()
            .find(|f| f.name == name && f.kind == "checkbox");
        field.unwrap_or_else(|| panic!("no box {name:?}")).sent = false;
        self
    }

    /// Presses the button that is labelled so.
    #[track_caller]
    pub fn press(mut self, label: &str) -> Filled {
        let buttons = self.form.buttons.clone();
        let Some(button) = buttons.iter().find(|b| b.label.starts_with(label)) else {
            panic!(
                "no button {label:?} in the form of {}, only {buttons:?}",
                self.on
            );
        };
        if let Some(action) = &button.action {
            self.form.action.clone_from(action);
        }
        if !button.name.is_empty() {
            self = self.forge(&button.name, &button.value);
        }
        self
    }

    /// Chooses a file.
    #[track_caller]
    pub fn attach(mut self, name: &str, file: &str, bytes: &[u8]) -> Filled {
        let there = self
            .form
            .fields
            .iter()
            .any(|f| f.name == name && f.kind == "file");
        assert!(
            there && self.form.multipart,
            "no file {name:?} in the form of {}",
            self.on
        );
        self.files
            .push((name.to_owned(), file.to_owned(), bytes.to_vec()));
        self
    }

    /// What no browser would do: sends this instead, or adds it.
    pub fn forge(mut self, name: &str, value: &str) -> Filled {
        self.form.fields.retain(|f| f.name != name);
        self.form.fields.push(super::html::Field {
            name: name.to_owned(),
            kind: "hidden".into(),
            value: value.to_owned(),
            sent: true,
        });
        self
    }

    /// What no browser would do: sends it there instead.
    pub fn aim(mut self, action: &str) -> Filled {
        action.clone_into(&mut self.form.action);
        self
    }

    /// The value that stands in a field.
    #[track_caller]
    pub fn value(&self, name: &str) -> &str {
        let field = self
            .form
            .fields
            .iter()
            .find(|f| f.name == name && (f.sent || f.kind != "radio"));
        &field
            .unwrap_or_else(|| panic!("no field {name:?} in the form of {}", self.on))
            .value
    }

    fn find(&self, name: &str) -> Option<&str> {
        let field = self.form.fields.iter().find(|f| f.name == name);
        field.map(|f| f.value.as_str())
    }

    /// The names of all fields.
    pub fn names(&self) -> Vec<&str> {
        self.form.fields.iter().map(|f| f.name.as_str()).collect()
    }

    /// Where it goes.
    pub fn action(&self) -> &str {
        &self.form.action
    }

    fn pairs(&self) -> Vec<(&str, &str)> {
        self.form
            .fields
            .iter()
            .filter(|f| f.sent)
            .map(|f| (f.name.as_str(), f.value.as_str()))
            .collect()
    }
}

impl Browser {
    /// A browser with no cookies yet.
    pub fn new(http: reqwest::Client, base: String, from: String) -> Browser {
        Browser {
            http,
            origin: base.clone(),
            base,
            from,
            speaks: String::new(),
            cookies: Arc::default(),
        }
    }

    /// The cookies it holds.
    pub fn cookies(&self) -> BTreeMap<String, String> {
        self.cookies.lock().expect("no panic holds it").clone()
    }

    /// Puts a cookie in, as an attacker would.
    pub fn plant(&self, name: &str, value: &str) {
        self.cookies
            .lock()
            .expect("no panic holds it")
            .insert(name.to_owned(), value.to_owned());
    }

    /// Another browser with the same cookies, of which neither sees what the other gets.
    pub fn copy(&self) -> Browser {
        Browser {
            cookies: Arc::new(Mutex::new(self.cookies())),
            ..self.clone()
        }
    }

    /// One request, redirects not followed.
    pub async fn fetch(&self, method: Method, path: &str) -> Answer {
        self.send(self.request(method, path)).await
    }

    /// A request with this browser's cookies.
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let url = if path.starts_with("http") {
            path.to_owned()
        } else {
            format!("{}{path}", self.base)
        };
        let cookies: Vec<String> = self
            .cookies()
            .iter()
            .map(|(n, v)| format!("{n}={v}"))
            .collect();
        let request = self
            .http
            .request(method, url)
            .header("X-Forwarded-For", &self.from);
        let request = match self.speaks.as_str() {
            "" => request,
            languages => request.header("Accept-Language", languages),
        };
        if cookies.is_empty() {
            request
        } else {
            request.header("Cookie", cookies.join("; "))
        }
    }

    /// Sends what was built, and keeps the cookies of the answer.
    pub async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let request = request.build().expect("a request");
        let asked = format!(
            "{} {} (browser)",
            request.method(),
            &request.url()[url::Position::BeforePath..]
        );
        let response = self
            .http
            .execute(request)
            .await
            .unwrap_or_else(|error| panic!("{asked}: no answer: {error:?}"));
        self.keep(&response);
        Answer::read(asked, response).await
    }

    fn keep(&self, response: &reqwest::Response) {
        let mut cookies = self.cookies.lock().expect("no panic holds it");
        for header in response.headers().get_all("set-cookie") {
            let text = header.to_str().expect("a plain cookie");
            let mut parts = text.split("; ");
            let (name, value) = parts
                .next()
                .and_then(|p| p.split_once('='))
                .expect("a cookie");
            let gone = parts.any(|p| p == "Max-Age=0") || value.is_empty();
            if gone {
                cookies.remove(name);
            } else {
                cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    /// Opens a page, redirects followed, whatever its status.
    pub async fn visit(&self, path: &str) -> Page {
        let answer = self.fetch(Method::GET, path).await;
        self.arrive(path.to_owned(), answer).await
    }

    /// Opens a page that must be a 200.
    pub async fn open(&self, path: &str) -> Page {
        let page = self.visit(path).await;
        assert!(page.status() == 200, "{}", page.answer.shown());
        page
    }

    /// Sends a form without following the answer.
    pub async fn post(&self, filled: &Filled) -> Answer {
        if filled.form.method == "GET" {
            let request = self
                .request(Method::GET, &filled.form.action)
                .query(&filled.pairs());
            return self.send(request).await;
        }
        let request = self
            .request(Method::POST, &filled.form.action)
            .header("Origin", &self.origin);
        if !filled.form.multipart {
            return self.send(request.form(&filled.pairs())).await;
        }
        let mut body = reqwest::multipart::Form::new();
        for (name, value) in filled.pairs() {
            body = body.text(name.to_owned(), value.to_owned());
        }
        for (name, file, bytes) in &filled.files {
            let part = reqwest::multipart::Part::bytes(bytes.clone()).file_name(file.clone());
            body = body.part(name.clone(), part);
        }
        self.send(request.multipart(body)).await
    }

    /// Sends a form and shows what comes.
    pub async fn submit(&self, filled: Filled) -> Page {
        let answer = self.post(&filled).await;
        self.arrive(filled.form.action.clone(), answer).await
    }

    async fn arrive(&self, path: String, mut answer: Answer) -> Page {
        let mut path = path;
        for _ in 0..MAX_REDIRECTS {
            if !(300..400).contains(&answer.status) {
                break;
            }
            let to = answer.header("location").to_owned();
            assert!(
                to.starts_with('/') || to.starts_with(&self.base),
                "a redirect to elsewhere: {}",
                answer.shown()
            );
            path = to.strip_prefix(&self.base).unwrap_or(&to).to_owned();
            answer = self.fetch(Method::GET, &path).await;
        }
        let html = answer.html();
        Page { path, answer, html }
    }
}

impl Browser {
    /// The body of whatever is at a path: a download, say.
    pub async fn visit_raw(&self, path: &str) -> String {
        self.fetch(Method::GET, path).await.expect(200).text()
    }
}
