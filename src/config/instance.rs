//! The section `[instance]`.

use super::{Error, settings::Settings};

/// Longest title of a place, in characters.
pub const MAX_TITLE: usize = 80;
/// Longest description of a place, in characters.
pub const MAX_DESCRIPTION: usize = 1_000;
/// Most languages that a place can name.
pub const MAX_LANGUAGES: usize = 12;

/// What a new place says of itself, until the admin says otherwise.
#[derive(Debug, Clone)]
pub struct Instance {
    /// Its name, 1 to 80 characters.
    pub title: String,
    /// A few sentences, at most 1,000 characters.
    pub description: String,
    /// Where its people can be reached.
    pub contact_email: Option<String>,
    /// Where other servers report abuse, where that is another address.
    pub abuse_email: Option<String>,
    /// ISO 639-1 codes, 1 to 12.
    pub languages: Vec<String>,
}

impl Instance {
    pub(super) fn read(settings: &Settings) -> Result<Self, Error> {
        let section = "instance";
        let title = settings.text(section, "title");
        if title.is_empty() || title.chars().count() > MAX_TITLE {
            let what = format!("must have 1 to {MAX_TITLE} characters");
            return Err(settings.bad(section, "title", &what));
        }
        let description = settings.text(section, "description");
        if description.chars().count() > MAX_DESCRIPTION {
            let what = format!("must have at most {MAX_DESCRIPTION} characters");
            return Err(settings.bad(section, "description", &what));
        }
        let contact = read_address(settings, section, "contact_email")?;
        let abuse = read_address(settings, section, "abuse_email")?;
        let languages = settings.list(section, "languages");
        let many = languages.len() > MAX_LANGUAGES;
        if languages.is_empty() || many || !languages.iter().all(|code| is_language(code)) {
            let what = format!("must be 1 to {MAX_LANGUAGES} two-letter codes such as \"en\"");
            return Err(settings.bad(section, "languages", &what));
        }
        Ok(Self {
            title: title.to_owned(),
            description: description.to_owned(),
            abuse_email: abuse,
            contact_email: contact,
            languages: languages.into_iter().map(str::to_owned).collect(),
        })
    }
}

/// Whether this may be a mail address: how it is shown is all that hangs on it.
pub fn is_address(text: &str) -> bool {
    text.contains('@') && !text.contains(char::is_whitespace) && text.len() <= 254
}

/// Whether this may be a code of ISO 639-1.
pub fn is_language(code: &str) -> bool {
    code.len() == 2 && code.bytes().all(|b| b.is_ascii_lowercase())
}

fn read_address(settings: &Settings, section: &str, key: &str) -> Result<Option<String>, Error> {
    match settings.some_text(section, key) {
        Some(address) if !is_address(address) => {
            Err(settings.bad(section, key, "must be a mail address"))
        }
        address => Ok(address.map(str::to_owned)),
    }
}
