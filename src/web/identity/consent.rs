//! `/oauth/authorize`: may this app act for you? And the code for apps without a browser.

use askama::Template;

use crate::web::parts::layout::Page;

/// Posts every parameter of the request again (`hidden`), `csrf`, and `decision`: `allow` or
/// `deny`.
#[derive(Template)]
#[template(path = "identity/consent.html")]
pub struct ConsentPage {
    /// The frame.
    pub page: Page,
    /// The app's name, as it gave it.
    pub app: String,
    /// The app's website; `None` without, or where it is no http(s) address.
    pub website: Option<String>,
    /// What it asks for, one sentence per scope.
    pub wishes: Vec<Wish>,
    /// Where the browser goes afterwards: the host, or `None` for a code to copy.
    pub redirect_host: Option<String>,
    /// The request's parameters to send back: name and value.
    pub hidden: Vec<(String, String)>,
}

/// One scope, in words.
#[derive(Debug, Clone)]
pub struct Wish {
    /// The scope: `write:statuses`.
    pub scope: String,
    /// What it means: `Post, and delete what you posted`.
    pub sentence: String,
    /// Staff powers: said with a warning.
    pub heavy: bool,
}

/// Shows the code of an out-of-band sign-in.
#[derive(Template)]
#[template(path = "identity/consent_code.html")]
pub struct CodePage {
    /// The frame.
    pub page: Page,
    /// The app's name.
    pub app: String,
    /// The code to copy; good for ten minutes, once.
    pub code: String,
}
