//! Language codes and their native names.
//!
//! Statuses carry a code of ISO 639 (two letters, or three where there are no two), at times
//! with a script or a region where these make another written language of it.

/// (code, native name), sorted by code: the languages with two letters and a few more that are
/// common on the network.
pub const LANGUAGES: &[(&str, &str)] = &[
    ("aa", "Afaraf"),
    ("ab", "Аҧсуа"),
    ("ae", "Avesta"),
    ("af", "Afrikaans"),
    ("ak", "Akan"),
    ("am", "አማርኛ"),
    ("an", "Aragonés"),
    ("ar", "العربية"),
    ("as", "অসমীয়া"),
    ("ast", "Asturianu"),
    ("av", "Авар мацӀ"),
    ("ay", "Aymar aru"),
    ("az", "Azərbaycan dili"),
    ("ba", "Башҡорт теле"),
    ("be", "Беларуская"),
    ("bg", "Български"),
    ("bi", "Bislama"),
    ("bm", "Bamanankan"),
    ("bn", "বাংলা"),
    ("bo", "བོད་ཡིག"),
    ("br", "Brezhoneg"),
    ("bs", "Bosanski"),
    ("ca", "Català"),
    ("ce", "Нохчийн мотт"),
    ("ch", "Chamoru"),
    ("ckb", "سۆرانی"),
    ("co", "Corsu"),
    ("cr", "ᓀᐦᐃᔭᐍᐏᐣ"),
    ("cs", "Čeština"),
    ("csb", "Kaszëbsczi"),
    ("cu", "Ѩзыкъ словѣньскъ"),
    ("cv", "Чӑваш чӗлхи"),
    ("cy", "Cymraeg"),
    ("da", "Dansk"),
    ("de", "Deutsch"),
    ("dv", "ދިވެހި"),
    ("dz", "རྫོང་ཁ"),
    ("ee", "Eʋegbe"),
    ("el", "Ελληνικά"),
    ("en", "English"),
    ("eo", "Esperanto"),
    ("es", "Español"),
    ("et", "Eesti"),
    ("eu", "Euskara"),
    ("fa", "فارسی"),
    ("ff", "Fulfulde"),
    ("fi", "Suomi"),
    ("fj", "Vosa Vakaviti"),
    ("fo", "Føroyskt"),
    ("fr", "Français"),
    ("fy", "Frysk"),
    ("ga", "Gaeilge"),
    ("gd", "Gàidhlig"),
    ("gl", "Galego"),
    ("gn", "Avañe'ẽ"),
    ("gsw", "Schwiizertütsch"),
    ("gu", "ગુજરાતી"),
    ("gv", "Gaelg"),
    ("ha", "Hausa"),
    ("he", "עברית"),
    ("hi", "हिन्दी"),
    ("ho", "Hiri Motu"),
    ("hr", "Hrvatski"),
    ("ht", "Kreyòl ayisyen"),
    ("hu", "Magyar"),
    ("hy", "Հայերեն"),
    ("hz", "Otjiherero"),
    ("ia", "Interlingua"),
    ("id", "Bahasa Indonesia"),
    ("ie", "Interlingue"),
    ("ig", "Igbo"),
    ("ii", "ꆈꌠ꒿"),
    ("ik", "Iñupiaq"),
    ("io", "Ido"),
    ("is", "Íslenska"),
    ("it", "Italiano"),
    ("iu", "ᐃᓄᒃᑎᑐᑦ"),
    ("ja", "日本語"),
    ("jbo", "la .lojban."),
    ("jv", "Basa Jawa"),
    ("ka", "ქართული"),
    ("kab", "Taqbaylit"),
    ("kg", "Kikongo"),
    ("ki", "Gĩkũyũ"),
    ("kj", "Kuanyama"),
    ("kk", "Қазақша"),
    ("kl", "Kalaallisut"),
    ("km", "ខ្មែរ"),
    ("kn", "ಕನ್ನಡ"),
    ("ko", "한국어"),
    ("kr", "Kanuri"),
    ("ks", "कॉशुर"),
    ("ku", "Kurdî"),
    ("kv", "Коми кыв"),
    ("kw", "Kernewek"),
    ("ky", "Кыргызча"),
    ("la", "Latina"),
    ("lb", "Lëtzebuergesch"),
    ("ldn", "Láadan"),
    ("lfn", "Lingua Franca Nova"),
    ("lg", "Luganda"),
    ("li", "Limburgs"),
    ("ln", "Lingála"),
    ("lo", "ລາວ"),
    ("lt", "Lietuvių"),
    ("lu", "Kiluba"),
    ("lv", "Latviešu"),
    ("mg", "Malagasy"),
    ("mh", "Kajin M̧ajeļ"),
    ("mi", "Te reo Māori"),
    ("mk", "Македонски"),
    ("ml", "മലയാളം"),
    ("mn", "Монгол"),
    ("mr", "मराठी"),
    ("ms", "Bahasa Melayu"),
    ("mt", "Malti"),
    ("my", "မြန်မာဘာသာ"),
    ("na", "Dorerin Naoero"),
    ("nb", "Norsk bokmål"),
    ("nd", "isiNdebele"),
    ("nds", "Plattdüütsch"),
    ("ne", "नेपाली"),
    ("ng", "Owambo"),
    ("nl", "Nederlands"),
    ("nn", "Norsk nynorsk"),
    ("no", "Norsk"),
    ("nr", "isiNdebele seSewula"),
    ("nv", "Diné bizaad"),
    ("ny", "Chicheŵa"),
    ("oc", "Occitan"),
    ("oj", "ᐊᓂᔑᓈᐯᒧᐎᓐ"),
    ("om", "Afaan Oromoo"),
    ("or", "ଓଡ଼ିଆ"),
    ("os", "Ирон æвзаг"),
    ("pa", "ਪੰਜਾਬੀ"),
    ("pi", "पाऴि"),
    ("pl", "Polski"),
    ("ps", "پښتو"),
    ("pt", "Português"),
    ("pt-BR", "Português (Brasil)"),
    ("pt-PT", "Português (Portugal)"),
    ("qu", "Runa Simi"),
    ("rm", "Rumantsch"),
    ("rn", "Ikirundi"),
    ("ro", "Română"),
    ("ru", "Русский"),
    ("rw", "Ikinyarwanda"),
    ("sa", "संस्कृतम्"),
    ("sc", "Sardu"),
    ("sco", "Scots"),
    ("sd", "سنڌي"),
    ("se", "Davvisámegiella"),
    ("sg", "Yângâ tî sängö"),
    ("si", "සිංහල"),
    ("sk", "Slovenčina"),
    ("sl", "Slovenščina"),
    ("sm", "Gagana fa'a Samoa"),
    ("sma", "Åarjelsaemien gïele"),
    ("smj", "Julevsámegiella"),
    ("sn", "chiShona"),
    ("so", "Soomaaliga"),
    ("sq", "Shqip"),
    ("sr", "Српски"),
    ("sr-Latn", "Srpski (latinica)"),
    ("ss", "siSwati"),
    ("st", "Sesotho"),
    ("su", "Basa Sunda"),
    ("sv", "Svenska"),
    ("sw", "Kiswahili"),
    ("szl", "Ślōnskŏ"),
    ("ta", "தமிழ்"),
    ("te", "తెలుగు"),
    ("tg", "Тоҷикӣ"),
    ("th", "ไทย"),
    ("ti", "ትግርኛ"),
    ("tk", "Türkmençe"),
    ("tl", "Tagalog"),
    ("tn", "Setswana"),
    ("to", "Lea fakatonga"),
    ("tok", "toki pona"),
    ("tr", "Türkçe"),
    ("ts", "Xitsonga"),
    ("tt", "Татарча"),
    ("tw", "Twi"),
    ("ty", "Reo Tahiti"),
    ("ug", "ئۇيغۇرچە"),
    ("uk", "Українська"),
    ("ur", "اردو"),
    ("uz", "Oʻzbekcha"),
    ("ve", "Tshivenḓa"),
    ("vi", "Tiếng Việt"),
    ("vo", "Volapük"),
    ("wa", "Walon"),
    ("wo", "Wolof"),
    ("xh", "isiXhosa"),
    ("yi", "ייִדיש"),
    ("yo", "Yorùbá"),
    ("yue", "粵語"),
    ("za", "Saɯ cueŋƅ"),
    ("zgh", "ⵜⴰⵎⴰⵣⵉⵖⵜ"),
    ("zh", "中文"),
    ("zh-CN", "简体中文"),
    ("zh-HK", "繁體中文（香港）"),
    ("zh-TW", "繁體中文（臺灣）"),
    ("zu", "isiZulu"),
];

/// Three-letter codes of languages that have two letters, as some apps send them.
const LONG_CODES: &[(&str, &str)] = &[
    ("ara", "ar"),
    ("bul", "bg"),
    ("cat", "ca"),
    ("ces", "cs"),
    ("cym", "cy"),
    ("dan", "da"),
    ("deu", "de"),
    ("ell", "el"),
    ("eng", "en"),
    ("epo", "eo"),
    ("est", "et"),
    ("eus", "eu"),
    ("fas", "fa"),
    ("fin", "fi"),
    ("fra", "fr"),
    ("gle", "ga"),
    ("glg", "gl"),
    ("heb", "he"),
    ("hin", "hi"),
    ("hrv", "hr"),
    ("hun", "hu"),
    ("ind", "id"),
    ("isl", "is"),
    ("ita", "it"),
    ("jpn", "ja"),
    ("kor", "ko"),
    ("lav", "lv"),
    ("lit", "lt"),
    ("nld", "nl"),
    ("nor", "no"),
    ("pol", "pl"),
    ("por", "pt"),
    ("ron", "ro"),
    ("rus", "ru"),
    ("slk", "sk"),
    ("slv", "sl"),
    ("spa", "es"),
    ("srp", "sr"),
    ("swe", "sv"),
    ("tha", "th"),
    ("tur", "tr"),
    ("ukr", "uk"),
    ("vie", "vi"),
    ("zho", "zh"),
];

/// Longest code looked at, in bytes.
const MAX_BYTES: usize = 35;

/// A code as it is stored: `en`, `pt-BR`, `zh-Hant`, `tok`. `None` when it is none: unknown
/// two-letter codes, "undetermined" and the like, malformed text. Case and `_` are forgiven;
/// variants, extensions and private parts are dropped.
pub fn normalise(raw: &str) -> Option<String> {
    let raw = raw.trim();
    if raw.len() > MAX_BYTES {
        return None;
    }
    let mut parts = raw.split(['-', '_']);
    let mut code = parts.next()?.to_ascii_lowercase();
    if !matches!(code.len(), 2 | 3) || !code.bytes().all(|b| b.is_ascii_lowercase()) {
        return None;
    }
    if let Some((_, short)) = LONG_CODES.iter().find(|(long, _)| *long == code) {
        code = (*short).to_owned();
    }
    // Special codes (undetermined, several, none, not coded) and the private range.
    let special =
        matches!(&code[..], "und" | "mul" | "zxx" | "mis") || ("qaa"..="qtz").contains(&&code[..]);
    if special || (code.len() == 2 && native_name(&code).is_none()) {
        return None;
    }
    let (mut script, mut region) = (false, false);
    for part in parts {
        let alphabetic = !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphabetic());
        if !script && !region && alphabetic && part.len() == 4 {
            script = true;
            code.push('-');
            code.push_str(&part[..1].to_ascii_uppercase());
            code.push_str(&part[1..].to_ascii_lowercase());
        } else if !region && ((alphabetic && part.len() == 2) || is_area(part)) {
            region = true;
            code.push('-');
            code.push_str(&part.to_ascii_uppercase());
        } else if part.is_empty() || !part.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return None;
        } else {
            break;
        }
    }
    Some(code)
}

/// The native name of a code, of its language alone when the code with script or region is not
/// in the table; `None` for unknown ones.
pub fn native_name(code: &str) -> Option<&'static str> {
    let look = |code: &str| {
        LANGUAGES
            .binary_search_by(|(known, _)| (*known).cmp(code))
            .ok()
            .map(|i| LANGUAGES[i].1)
    };
    look(code).or_else(|| look(code.split('-').next()?))
}

/// A region by number, as in `es-419`.
fn is_area(part: &str) -> bool {
    part.len() == 3 && part.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_table_is_sorted_and_normal() {
        assert!(LANGUAGES.is_sorted_by(|a, b| a.0 < b.0));
        for (code, name) in LANGUAGES {
            assert_eq!(normalise(code).as_deref(), Some(*code));
            assert!(!name.is_empty());
        }
    }

    #[test]
    fn normal_forms() {
        for (raw, code) in [
            ("en", "en"),
            ("EN", "en"),
            ("pt-br", "pt-BR"),
            ("zh_hant_tw", "zh-Hant-TW"),
            ("eng", "en"),
            ("es-419", "es-419"),
            ("tok", "tok"),
            (" de ", "de"),
            ("de-CH-1996", "de-CH"),
            ("en-x-private", "en"),
        ] {
            assert_eq!(normalise(raw).as_deref(), Some(code), "{raw}");
        }
        for raw in [
            "", "e", "xx", "und", "english", "e1", "en-", "en-ü", "qaa", "<b>", "-en",
        ] {
            assert_eq!(normalise(raw), None, "{raw}");
        }
    }

    #[test]
    fn names_are_their_own() {
        assert_eq!(native_name("de"), Some("Deutsch"));
        assert_eq!(native_name("de-CH"), Some("Deutsch"));
        assert_eq!(native_name("qqq"), None);
    }

    proptest! {
        #[test]
        fn normal_forms_stay(raw in "[a-zA-Z]{2,3}([-_][a-zA-Z0-9]{1,5}){0,3}|\\PC{0,9}") {
            if let Some(code) = normalise(&raw) {
                prop_assert_eq!(normalise(&code), Some(code));
            }
        }
    }
}
