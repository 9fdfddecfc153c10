//! User names, display names, profile fields.

use super::clean::{single_line, visible_only};
use super::length::graphemes;

/// Longest user name of a member, in characters.
pub const MAX_USERNAME: usize = 30;
/// Longest display name, in grapheme clusters.
pub const MAX_DISPLAY_NAME: usize = 30;
/// Longest bio, in grapheme clusters.
pub const MAX_NOTE: usize = 500;
/// Profile fields of an account.
pub const MAX_FIELDS: usize = 4;
/// Longest name or value of a field, in grapheme clusters.
pub const MAX_FIELD: usize = 255;

/// Names that nobody can register, because an address of the server, a role or a well-known
/// mailbox is called so; sorted, without underscores.
const RESERVED: &[&str] = &[
    "about",
    "abuse",
    "account",
    "accounts",
    "actor",
    "actors",
    "admin",
    "administration",
    "administrator",
    "admins",
    "anonymous",
    "api",
    "apply",
    "assets",
    "auth",
    "authorize",
    "billing",
    "blog",
    "bookmarks",
    "bot",
    "contact",
    "deputies",
    "deputy",
    "directory",
    "everyone",
    "explore",
    "favicon",
    "favourites",
    "federation",
    "files",
    "followers",
    "following",
    "ftp",
    "ghost",
    "guest",
    "health",
    "heir",
    "help",
    "helpdesk",
    "here",
    "home",
    "hostmaster",
    "imap",
    "inbox",
    "info",
    "instance",
    "instanceactor",
    "internal",
    "invite",
    "invites",
    "lists",
    "local",
    "localhost",
    "login",
    "logout",
    "mail",
    "mailerdaemon",
    "media",
    "metrics",
    "mod",
    "moderation",
    "moderator",
    "moderators",
    "mods",
    "name",
    "news",
    "nobody",
    "nodeinfo",
    "noreply",
    "notifications",
    "null",
    "oauth",
    "official",
    "outbox",
    "owner",
    "porchlight",
    "postmaster",
    "press",
    "privacy",
    "profile",
    "public",
    "register",
    "relay",
    "reports",
    "review",
    "robots",
    "root",
    "rules",
    "search",
    "security",
    "server",
    "settings",
    "share",
    "sharedinbox",
    "signin",
    "signout",
    "signup",
    "smtp",
    "staff",
    "static",
    "status",
    "statuses",
    "streaming",
    "support",
    "sysadmin",
    "system",
    "tag",
    "tags",
    "team",
    "terms",
    "test",
    "timeline",
    "undefined",
    "user",
    "users",
    "verified",
    "webfinger",
    "webmaster",
    "wellknown",
    "www",
];

/// Names that promise authority: what only looks like one of them is refused too.
const AUTHORITY: &[&str] = &[
    "abuse",
    "admin",
    "administration",
    "administrator",
    "admins",
    "helpdesk",
    "moderation",
    "moderator",
    "moderators",
    "official",
    "owner",
    "postmaster",
    "root",
    "security",
    "staff",
    "support",
    "sysadmin",
    "system",
    "webmaster",
];

/// Why a user name cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UsernameError {
    /// Nothing there.
    Blank,
    /// More than [`MAX_USERNAME`] characters.
    TooLong,
    /// Other characters than `a-z`, `0-9` and `_`.
    Invalid,
    /// Reserved, or looks like a name that promises authority.
    Reserved,
}

/// A user name as it is stored: lower-case letters, digits and underscores, 1 to
/// [`MAX_USERNAME`] characters. Upper case is accepted and lowered. Uniqueness is not judged
/// here; reserved names are refused.
pub fn username(raw: &str) -> Result<String, UsernameError> {
    let name = grammatical_username(raw)?;
    if is_reserved(&name) || resembles_authority(&name) {
        return Err(UsernameError::Reserved);
    }
    Ok(name)
}

/// As [`username`], but reserved names pass: for the command line and for the first owner.
pub fn grammatical_username(raw: &str) -> Result<String, UsernameError> {
    let name = raw.trim();
    if name.is_empty() {
        return Err(UsernameError::Blank);
    }
    if !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
        return Err(UsernameError::Invalid);
    }
    if name.len() > MAX_USERNAME {
        return Err(UsernameError::TooLong);
    }
    Ok(name.to_ascii_lowercase())
}

/// Whether a name is on the reserved list, underscores aside.
pub fn is_reserved(name: &str) -> bool {
    let bare: String = name.to_ascii_lowercase().replace('_', "");
    bare.is_empty() || RESERVED.binary_search(&bare.as_str()).is_ok()
}

/// Whether a name looks like one that promises authority (`adm1n`, `m0derat0r`, `_staff_`,
/// `admin2024`).
pub fn resembles_authority(name: &str) -> bool {
    let skeleton = skeleton(name);
    // Before folding: a digit in front of or behind the word is a counter, not a letter.
    let without_counter =
        self::skeleton(name.trim_matches(|c: char| c.is_ascii_digit() || c == '_'));
    AUTHORITY
        .iter()
        .map(|word| self::skeleton(word))
        .any(|word| word == skeleton || word == without_counter)
}

/// Whether two names look alike (equal names do).
pub fn look_alike(one: &str, other: &str) -> bool {
    skeleton(one) == skeleton(other)
}

/// What a name looks like at a glance: names with the same skeleton can be mistaken for each
/// other. Never shown, and not a proof of identity: compare with the names of staff only.
pub fn skeleton(name: &str) -> String {
    let letters: String = name
        .chars()
        .flat_map(char::to_lowercase)
        .filter(|c| c.is_alphanumeric())
        .map(|c| match c {
            '0' => 'o',
            '1' | 'l' | '7' => 'i',
            '3' => 'e',
            '4' => 'a',
            '5' => 's',
            '8' => 'b',
            '9' => 'g',
            other => other,
        })
        .collect();
    letters.replace("rn", "m").replace("vv", "w")
}

/// A display name as it is stored: one line, no control, invisible or direction characters.
/// May be empty (the user name is shown then). Not cut: check [`MAX_DISPLAY_NAME`] with
/// [`too_long`].
pub fn display_name(raw: &str) -> String {
    single_line(&visible_only(&single_line(raw)))
}

/// Whether a text has more than `max` grapheme clusters.
pub fn too_long(text: &str, max: usize) -> bool {
    // A cluster is at least one byte: short texts need no counting.
    text.len() > max && graphemes(text) > max
}

/// Cuts to `max` grapheme clusters: for names that come from elsewhere.
pub fn cut(text: &str, max: usize) -> &str {
    use unicode_segmentation::UnicodeSegmentation;
    if text.len() <= max {
        return text;
    }
    text.grapheme_indices(true)
        .nth(max)
        .map_or(text, |(offset, _)| text[..offset].trim_end())
}

/// Why profile fields cannot be stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldsError {
    /// More than [`MAX_FIELDS`] filled fields.
    TooMany,
    /// A name or value longer than [`MAX_FIELD`].
    TooLong,
    /// A value without a name.
    Nameless,
}

/// Profile fields (name, value) as they are stored: one line each, clean, empty ones dropped.
pub fn fields(raw: &[(String, String)]) -> Result<Vec<(String, String)>, FieldsError> {
    let mut fields = Vec::new();
    for (name, value) in raw {
        let (name, value) = (display_name(name), single_line(value));
        if value.is_empty() {
            // A field is deleted by emptying it.
            continue;
        }
        if name.is_empty() {
            return Err(FieldsError::Nameless);
        }
        if too_long(&name, MAX_FIELD) || too_long(&value, MAX_FIELD) {
            return Err(FieldsError::TooLong);
        }
        if fields.len() == MAX_FIELDS {
            return Err(FieldsError::TooMany);
        }
        fields.push((name, value));
    }
    Ok(fields)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn grammar() {
        assert_eq!(username("Alice_1"), Ok("alice_1".into()));
        assert_eq!(username(" "), Err(UsernameError::Blank));
        assert_eq!(username("al-ice"), Err(UsernameError::Invalid));
        assert_eq!(username("аlice"), Err(UsernameError::Invalid));
        assert_eq!(username(&"a".repeat(31)), Err(UsernameError::TooLong));
        assert_eq!(grammatical_username("admin"), Ok("admin".into()));
    }

    #[test]
    fn reserved_and_look_alikes() {
        assert!(RESERVED.is_sorted());
        for name in [
            "admin",
            "Admin",
            "_root_",
            "adm1n",
            "4dmin",
            "m0derat0r",
            "rnoderator",
            "admin2024",
            "api",
            "inbox",
            "___",
            "supp0rt",
            "instance_actor",
        ] {
            assert_eq!(username(name), Err(UsernameError::Reserved), "{name}");
        }
        for name in [
            "alice", "modest", "apiary", "rooted", "staffan", "testing", "porch",
        ] {
            assert!(username(name).is_ok(), "{name}");
        }
        assert!(
            look_alike("paul", "pau1")
                && look_alike("modern", "modem")
                && !look_alike("ann", "anna")
        );
    }

    #[test]
    fn names_are_visible_and_tame() {
        assert_eq!(
            display_name("  A\u{202e}l\u{200b}ice\n\tB\u{7} "),
            "Alice B"
        );
        assert_eq!(display_name("\u{200b}\u{2066}"), "");
        assert_eq!(display_name("Zoë 👩‍🚀"), "Zoë 👩‍🚀");
        assert!(too_long(&"é".repeat(31), 30) && !too_long(&"é".repeat(30), 30));
        assert_eq!(cut("ab e\u{301}f", 4), "ab e\u{301}");
    }

    #[test]
    fn field_rules() {
        let pair = |n: &str, v: &str| (n.to_owned(), v.to_owned());
        assert_eq!(
            fields(&[
                pair(" Web ", "https://a.example\n"),
                pair("x", ""),
                pair("", "")
            ]),
            Ok(vec![pair("Web", "https://a.example")])
        );
        assert_eq!(fields(&[pair("", "v")]), Err(FieldsError::Nameless));
        assert_eq!(fields(&vec![pair("n", "v"); 5]), Err(FieldsError::TooMany));
        assert_eq!(
            fields(&[pair("n", &"v".repeat(256))]),
            Err(FieldsError::TooLong)
        );
    }

    proptest! {
        #[test]
        fn whatever_passes_is_grammatical(raw in "\\PC{0,35}|[a-zA-Z0-9_]{1,35}") {
            if let Ok(name) = username(&raw) {
                prop_assert!(name.len() <= MAX_USERNAME && !name.is_empty());
                prop_assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'));
            }
            let shown = display_name(&raw);
            prop_assert_eq!(display_name(&shown), shown);
        }
    }
}
