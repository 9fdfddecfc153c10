//! What is said to people in their language: one catalogue for mails, for the notice in apps and
//! for the pages that let an app in, with the plural rules of each language (Project Fluent).
//!
//! The words lie in `locales/`, one file a language, and are compiled in. A locale is met by
//! its language (`de-AT` by German), any other by English; what a language lacks is said in
//! English. Marks that keep directions of text apart are not added: names and titles here are
//! cleaned of them anyway, and links stand on lines of their own.

use std::sync::LazyLock;

use chrono::{DateTime, Datelike, TimeDelta, Utc};
use chrono_tz::Tz;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use unic_langid::LanguageIdentifier;

pub use fluent_bundle::FluentValue as Value;

use super::time_words::{Usual, usual};

/// The languages of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    /// The source.
    English,
    /// German, with "du".
    German,
}

impl Language {
    /// Every language, English first.
    pub const ALL: [Language; 2] = [Language::English, Language::German];

    /// The language that meets a locale best.
    pub fn of(locale: &str) -> Language {
        Language::known(locale).unwrap_or(Language::English)
    }

    /// The language of a locale, if it is one of these.
    pub fn known(locale: &str) -> Option<Language> {
        let language = locale.trim().split(['-', '_']).next().unwrap_or_default();
        Language::ALL
            .into_iter()
            .find(|known| known.code().eq_ignore_ascii_case(language))
    }

    /// Its code: `en`.
    pub fn code(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::German => "de",
        }
    }

    /// Its name in itself.
    pub fn name(self) -> &'static str {
        match self {
            Language::English => "English",
            Language::German => "Deutsch",
        }
    }

    fn bundle(self) -> &'static FluentBundle<FluentResource> {
        match self {
            Language::English => &ENGLISH,
            Language::German => &GERMAN,
        }
    }
}

static ENGLISH: LazyLock<FluentBundle<FluentResource>> =
    LazyLock::new(|| read(Language::English, include_str!("../../locales/en.ftl")));
static GERMAN: LazyLock<FluentBundle<FluentResource>> =
    LazyLock::new(|| read(Language::German, include_str!("../../locales/de.ftl")));

/// What cannot be read of a file is left out, and said in English or by its key; a test reads
/// every file whole.
fn read(language: Language, file: &str) -> FluentBundle<FluentResource> {
    let (resource, troubles) = match FluentResource::try_new(file.to_owned()) {
        Ok(resource) => (resource, Vec::new()),
        Err((resource, troubles)) => (resource, troubles),
    };
    debug_assert!(troubles.is_empty(), "{language:?}: {troubles:?}");
    let rules = language.code().parse::<LanguageIdentifier>();
    let mut bundle = FluentBundle::new_concurrent(rules.into_iter().collect());
    bundle.set_use_isolating(false);
    let added = bundle.add_resource(resource);
    debug_assert!(added.is_ok(), "{added:?}");
    bundle
}

/// The catalogue in one language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words(pub Language);

impl Words {
    /// In the language that meets a locale best.
    pub fn of(locale: &str) -> Words {
        Words(Language::of(locale))
    }

    /// What is said under `key`, with these arguments.
    ///
    /// In tests a missing key or argument panics; else the key, or the argument's name, stands
    /// in its place.
    pub fn say<'a>(
        self,
        key: &str,
        arguments: impl IntoIterator<Item = (&'static str, Value<'a>)>,
    ) -> String {
        let mut filled = FluentArgs::new();
        for (name, value) in arguments {
            let name: &str = name;
            filled.set(name, value);
        }
        let found = [self.0, Language::English]
            .into_iter()
            .find_map(|language| {
                let bundle = language.bundle();
                Some((bundle, bundle.get_message(key)?.value()?))
            });
        let Some((bundle, pattern)) = found else {
            debug_assert!(false, "no words for {key}");
            return key.to_owned();
        };
        let mut troubles = Vec::new();
        let said = bundle.format_pattern(pattern, Some(&filled), &mut troubles);
        debug_assert!(troubles.is_empty(), "{key}: {troubles:?}");
        said.into_owned()
    }

    /// How long something lasts, in whole units: `30 minutes`, `an hour`, `14 days`.
    pub fn span(self, span: TimeDelta) -> String {
        let (key, count) = match (span.num_minutes(), span.num_hours(), span.num_days()) {
            (minutes, hours, _) if hours < 1 || (hours < 2 && minutes % 60 != 0) => {
                ("span-minutes", minutes)
            }
            (_, hours, days) if days < 3 => ("span-hours", hours),
            (_, _, days) => ("span-days", days),
        };
        self.say(key, [("count", count.into())])
    }

    /// The usual wait from the median hours of past answers, as a span; `None` when that is
    /// not a sensible number.
    pub fn usual_wait(self, median_hours: f64) -> Option<String> {
        let (key, count) = match usual(median_hours)? {
            Usual::Hours(hours) => ("span-hours", hours),
            Usual::Days(days) => ("span-days", days),
            Usual::Weeks(weeks) => ("span-weeks", weeks),
            Usual::Longer => return Some(self.say("span-months", [])),
        };
        Some(self.say(key, [("count", count.into())]))
    }

    /// A moment on somebody's clock: `7 March 2026, 15:05 (Europe/Berlin)`.
    pub fn moment(self, time: DateTime<Utc>, zone: Tz) -> String {
        let local = time.with_timezone(&zone);
        let arguments = [
            ("day", self.day(local.naive_local().and_utc()).into()),
            ("time", local.format("%H:%M").to_string().into()),
            ("zone", zone.name().into()),
        ];
        self.say("moment", arguments)
    }

    /// A day: `7 March 2026`, `7. März 2026`.
    pub fn day(self, time: DateTime<Utc>) -> String {
        let arguments = [
            ("day", time.day().into()),
            ("month", time.month().into()),
            ("year", time.year().into()),
        ];
        self.say("day", arguments)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_is_met_by_its_language_or_by_english() {
        for (locale, language) in [
            ("de", Language::German),
            ("de-AT", Language::German),
            ("DE_ch", Language::German),
            ("en-GB", Language::English),
            ("pt-BR", Language::English),
            ("", Language::English),
            ("deu", Language::English),
        ] {
            assert_eq!(Language::of(locale), language, "{locale}");
        }
    }

    #[test]
    fn numbers_follow_the_rules_of_the_language() {
        let said = |language, count: i64| {
            Words(language).say("approved-drafts", [("count", count.into())])
        };
        assert!(said(Language::English, 1).starts_with("Your draft is"));
        assert!(said(Language::English, 3).starts_with("Your 3 drafts are"));
        assert!(said(Language::German, 1).starts_with("Dein Entwurf ist"));
        assert!(said(Language::German, 2).starts_with("Deine 2 Entwürfe sind"));
    }

    #[test]
    fn spans_and_days_have_words() {
        let (english, german) = (Words(Language::English), Words(Language::German));
        for (span, in_english, in_german) in [
            (TimeDelta::minutes(30), "30 minutes", "30 Minuten"),
            (TimeDelta::minutes(90), "90 minutes", "90 Minuten"),
            (TimeDelta::hours(1), "an hour", "eine Stunde"),
            (TimeDelta::hours(48), "48 hours", "48 Stunden"),
            (TimeDelta::days(14), "14 days", "14 Tage"),
        ] {
            assert_eq!(english.span(span), in_english);
            assert_eq!(german.span(span), in_german);
        }
        let time = DateTime::from_timestamp(1_772_892_300, 0).unwrap();
        assert_eq!(english.day(time), "7 March 2026");
        assert_eq!(german.day(time), "7. März 2026");
        assert_eq!(german.usual_wait(20.0).unwrap(), "einen Tag");
        assert_eq!(english.usual_wait(300.0).unwrap(), "2 weeks");
        assert_eq!(english.usual_wait(f64::NAN), None);
    }

    #[test]
    fn nothing_is_added_around_what_is_filled_in() {
        let said = Words(Language::English).say("hello", [("name", "ann".into())]);
        assert_eq!(said, "Hello ann,");
    }
}
