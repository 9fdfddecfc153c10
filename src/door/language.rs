//! The language of an answer, where there are several.

use actix_web::http::header;
use actix_web::{HttpMessage, HttpRequest};

use super::Caller;
use super::forms::query_value;
use crate::text::catalogue::{Language, Words};

/// Words in the language that is asked for by `lang`; else in the user's own, else in what the
/// browser asks for (quirk 13). A language that is not there counts as not asked for.
pub fn words(req: &HttpRequest, caller: Option<&Caller>, lang: Option<&str>) -> Words {
    let own = || Language::known(&caller?.user()?.user.locale);
    let language = lang.and_then(Language::known).or_else(own);
    let browser = || {
        let accepted = req.headers().get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
        accepted_of(accepted)
    };
    Words(language.or_else(browser).unwrap_or(Language::English))
}

/// The same where nobody is at hand who read the address.
pub fn of(req: &HttpRequest) -> Words {
    let caller = req.extensions().get::<Caller>().cloned();
    let lang = query_value(req.query_string(), "lang");
    words(req, caller.as_ref(), lang.as_deref())
}

/// The locale in which the browser asks for things, whole (`de-AT`): the first whose language is in
/// the catalogue, else the first that it names, else English.
pub fn locale(req: &HttpRequest) -> String {
    let accepted = req.headers().get(header::ACCEPT_LANGUAGE);
    locale_of(accepted.and_then(|a| a.to_str().ok()).unwrap_or_default())
}

fn locale_of(accepted: &str) -> String {
    let named = || {
        let items = accepted.split(',');
        let items = items
            .filter_map(|item| item.split(';').next())
            .map(str::trim);
        items.filter(|item| !item.is_empty() && *item != "*")
    };
    let known = named().find(|item| Language::known(item).is_some());
    known.or_else(|| named().next()).unwrap_or("en").to_owned()
}

/// The first language of an `Accept-Language` that is there. Browsers name the dearest first.
fn accepted_of(accepted: &str) -> Option<Language> {
    accepted
        .split(',')
        .filter_map(|item| item.split(';').next())
        .find_map(Language::known)
}

/// A name that somebody gave, so that its direction moves no word beside it.
pub fn apart(name: &str) -> String {
    format!("\u{2068}{name}\u{2069}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_language_that_is_there_is_taken() {
        for (accepted, language) in [
            ("de-AT,de;q=0.9,en;q=0.8", Some(Language::German)),
            ("fr, de;q=0.5", Some(Language::German)),
            ("en-GB", Some(Language::English)),
            ("fr", None),
            ("", None),
        ] {
            assert_eq!(accepted_of(accepted), language, "{accepted}");
        }
    }

    #[test]
    fn a_locale_is_whole_and_of_a_language_that_is_there_where_one_is_asked_for() {
        for (accepted, locale) in [
            ("de-AT,de;q=0.9,en;q=0.8", "de-AT"),
            ("fr, de;q=0.5", "de"),
            ("fr;q=0.9", "fr"),
            ("*", "en"),
            ("", "en"),
        ] {
            assert_eq!(locale_of(accepted), locale, "{accepted}");
        }
    }
}
