//! `a[b][]=c` to JSON, the way Rack nests parameters: pure, linear, never panics.
//!
//! - `a=1&a=2`: the last one wins.
//! - `a[]=1&a[]=2`: a list.
//! - `a[b][c]=1`: objects in objects.
//! - `a[][x]=1&a[][y]=2&a[][x]=3`: a list of objects; a key that the last object already has
//!   begins the next one.
//! - `a[0][x]=1`: an object keyed "0"; the lenient readers take it for a list.

use percent_encoding::percent_decode;
use serde_json::{Map, Value};

use crate::domain::{Error, Result};

/// Name-value pairs in one request, query and body together. Forms in use have under 50.
pub const MAX_PAIRS: usize = 1000;
/// Levels of one name: `a[b][c]` has three. The deepest in use has four.
pub const MAX_DEPTH: usize = 8;
/// Bytes of one value. Far above any limit on a post or a note.
pub const MAX_TEXT: usize = 1024 * 1024;

/// Parameters as they are collected, in the order they came.
#[derive(Debug, Default)]
pub struct Nest {
    root: Map<String, Value>,
    pairs: usize,
}

impl Nest {
    /// Reads `name=value&…` with plus signs and percent escapes.
    ///
    /// # Errors
    /// 400 for text that is not UTF-8, holds a NUL, or contradicts itself (`a=1&a[b]=2`);
    /// 422 above [`MAX_PAIRS`], [`MAX_DEPTH`] or [`MAX_TEXT`].
    pub fn read_urlencoded(&mut self, text: &[u8]) -> Result<()> {
        for pair in text.split(|b| *b == b'&').filter(|pair| !pair.is_empty()) {
            let (name, value) = match pair.iter().position(|b| *b == b'=') {
                Some(at) => (&pair[..at], Value::String(decode(&pair[at + 1..])?)),
                None => (pair, Value::Null),
            };
            self.insert(&decode(name)?, value)?;
        }
        Ok(())
    }

    /// Adds one pair whose name and value are decoded already (a multipart field).
    ///
    /// # Errors
    /// As for [`Nest::read_urlencoded`].
    pub fn insert(&mut self, name: &str, value: Value) -> Result<()> {
        self.pairs += 1;
        if self.pairs > MAX_PAIRS {
            return Err(too_many());
        }
        check_text(name)?;
        if let Value::String(text) = &value {
            check_text(text)?;
        }
        let (first, steps) = split(name)?;
        if first.is_empty() {
            return Ok(());
        }
        place(&mut self.root, name, first, &steps, value)
    }

    /// The collected object.
    pub fn into_map(self) -> Map<String, Value> {
        self.root
    }
}

/// What follows the first name: `[key]` or `[]`.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Step<'a> {
    Key(&'a str),
    Push,
}

/// Splits `a[b][]` into `a`, `[b]`, `[]`. Whatever does not look like brackets belongs to
/// the name before it.
fn split(name: &str) -> Result<(&str, Vec<Step<'_>>)> {
    let Some(open) = name.char_indices().skip(1).find(|(_, c)| *c == '[') else {
        return Ok((name, Vec::new()));
    };
    let (first, mut rest) = name.split_at(open.0);
    let mut steps = Vec::new();
    while let Some(inner) = rest.strip_prefix('[') {
        let Some((key, after)) = inner.split_once(']') else {
            // An unclosed bracket: the whole is one plain name.
            return Ok((name, Vec::new()));
        };
        if steps.len() + 1 >= MAX_DEPTH {
            return Err(too_deep());
        }
        steps.push(if key.is_empty() {
            Step::Push
        } else {
            Step::Key(key)
        });
        rest = after;
    }
    Ok((first, steps))
}

/// Puts `value` where `first` and `steps` lead. As deep as [`MAX_DEPTH`], no deeper.
fn place(
    map: &mut Map<String, Value>,
    name: &str,
    first: &str,
    steps: &[Step<'_>],
    value: Value,
) -> Result<()> {
    match steps {
        [] => {
            map.insert(first.to_owned(), value);
            Ok(())
        }
        [Step::Key(key), rest @ ..] => {
            let child = child(map, first, || Value::Object(Map::new()));
            let Value::Object(child) = child else {
                return Err(contradiction(name));
            };
            place(child, name, key, rest, value)
        }
        [Step::Push, rest @ ..] => {
            let child = child(map, first, || Value::Array(Vec::new()));
            let Value::Array(items) = child else {
                return Err(contradiction(name));
            };
            push(items, name, rest, value)
        }
    }
}

/// The value under `key`, made when it is missing or was only named (`a&a[]=1`).
fn child<'m>(
    map: &'m mut Map<String, Value>,
    key: &str,
    make: impl FnOnce() -> Value,
) -> &'m mut Value {
    let slot = map.entry(key.to_owned()).or_insert(Value::Null);
    if slot.is_null() {
        *slot = make();
    }
    slot
}

/// Adds to a list: a value, or one more key of the list's last object.
fn push(items: &mut Vec<Value>, name: &str, steps: &[Step<'_>], value: Value) -> Result<()> {
    match steps {
        [] => {
            items.push(value);
            Ok(())
        }
        [Step::Key(key), rest @ ..] => {
            let begins_next = match items.last() {
                Some(Value::Object(last)) => is_taken(last, key, rest),
                _ => true,
            };
            if begins_next {
                items.push(Value::Object(Map::new()));
            }
            match items.last_mut() {
                Some(Value::Object(last)) => place(last, name, key, rest, value),
                _ => Err(contradiction(name)),
            }
        }
        // A list in a list has no meaning in any form.
        [Step::Push, ..] => Err(contradiction(name)),
    }
}

/// Whether the object has a value already where the steps lead. A list takes more values.
fn is_taken(map: &Map<String, Value>, key: &str, steps: &[Step<'_>]) -> bool {
    match (map.get(key), steps) {
        (None, _) => false,
        (Some(_), []) => true,
        (Some(_), [Step::Push, ..]) => false,
        (Some(Value::Object(inner)), [Step::Key(next), rest @ ..]) => is_taken(inner, next, rest),
        (Some(_), [Step::Key(_), ..]) => true,
    }
}

/// Holds a JSON body to the limits that forms have: values, depth, text.
pub fn check_json(value: &Value) -> Result<()> {
    fn walk(value: &Value, depth: usize, count: &mut usize) -> Result<()> {
        // One more than names have: the outermost object is no level of a name.
        if depth > MAX_DEPTH + 1 {
            return Err(too_deep());
        }
        *count += 1;
        // Objects and lists count too, so that twice the pairs leaves room for them.
        if *count > 2 * MAX_PAIRS {
            return Err(too_many());
        }
        match value {
            Value::String(text) => check_text(text),
            Value::Array(items) => items.iter().try_for_each(|v| walk(v, depth + 1, count)),
            Value::Object(map) => map.iter().try_for_each(|(key, v)| {
                check_text(key)?;
                walk(v, depth + 1, count)
            }),
            _ => Ok(()),
        }
    }
    walk(value, 0, &mut 0)
}

/// One query parameter, decoded; the last of several. For readers that must not touch the
/// body (a token in the query).
pub fn query_value(query: &str, wanted: &str) -> Option<String> {
    let mut found = None;
    for pair in query.split('&').take(MAX_PAIRS) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        if decode(name.as_bytes()).is_ok_and(|name| name == wanted) {
            found = decode(value.as_bytes()).ok();
        }
    }
    found
}

fn decode(raw: &[u8]) -> Result<String> {
    let spaced: Vec<u8> = raw
        .iter()
        .map(|b| if *b == b'+' { b' ' } else { *b })
        .collect();
    String::from_utf8(percent_decode(&spaced).collect())
        .map_err(|_| Error::BadRequest("A parameter is not valid UTF-8.".into()))
}

fn check_text(text: &str) -> Result<()> {
    if text.len() > MAX_TEXT {
        return Err(Error::invalid("A parameter is longer than 1 MiB."));
    }
    // Postgres has no NUL in text, and no writer has one either.
    if text.contains('\0') {
        return Err(Error::BadRequest(
            "A parameter holds a NUL character.".into(),
        ));
    }
    Ok(())
}

fn too_many() -> Error {
    Error::invalid(format!("There are more than {MAX_PAIRS} parameters."))
}

fn too_deep() -> Error {
    Error::invalid(format!(
        "Parameters are nested more than {MAX_DEPTH} levels deep."
    ))
}

fn contradiction(name: &str) -> Error {
    let shown: String = name.chars().take(60).collect();
    Error::BadRequest(format!("The parameter {shown:?} contradicts an earlier one.").into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn parse(text: &str) -> Result<Value> {
        let mut nest = Nest::default();
        nest.read_urlencoded(text.as_bytes())?;
        Ok(Value::Object(nest.into_map()))
    }

    #[test]
    fn names_nest() {
        for (text, expected) in [
            ("", json!({})),
            ("a=1&a=2", json!({"a": "2"})),
            ("a", json!({"a": null})),
            ("a=", json!({"a": ""})),
            ("a=b=c", json!({"a": "b=c"})),
            ("a+b=c+d%2B", json!({"a b": "c d+"})),
            ("a[]=1&a[]=2", json!({"a": ["1", "2"]})),
            (
                "media_ids%5B%5D=1&media_ids%5b%5d=2",
                json!({"media_ids": ["1", "2"]}),
            ),
            (
                "poll[options][]=x&poll[options][]=y&poll[expires_in]=300",
                json!({"poll": {"options": ["x", "y"], "expires_in": "300"}}),
            ),
            (
                "subscription[keys][p256dh]=k",
                json!({"subscription": {"keys": {"p256dh": "k"}}}),
            ),
            (
                "m[][id]=1&m[][focus]=0,0&m[][id]=2",
                json!({"m": [{"id": "1", "focus": "0,0"}, {"id": "2"}]}),
            ),
            (
                "m[][k][a]=1&m[][k][b]=2&m[][k][a]=3",
                json!({"m": [{"k": {"a": "1", "b": "2"}}, {"k": {"a": "3"}}]}),
            ),
            ("m[][t][]=1&m[][t][]=2", json!({"m": [{"t": ["1", "2"]}]})),
            ("a[=1", json!({"a[": "1"})),
            ("=1&&&[]=2", json!({"[]": "2"})),
        ] {
            assert_eq!(parse(text).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn nonsense_is_told() {
        for text in [
            "a=1&a[b]=2",
            "a[]=1&a[b]=2",
            "a[b]=1&a[]=2",
            "a=%ff",
            "a=%00",
            "a[][]=1",
        ] {
            assert!(matches!(parse(text), Err(Error::BadRequest(_))), "{text}");
        }
        assert!(matches!(
            parse("a[b][c][d][e][f][g][h][i]=1"),
            Err(Error::Invalid(_))
        ));
        assert!(parse("a[b][c][d][e][f][g][h]=1").is_ok());
        assert!(matches!(
            parse(&"a=1&".repeat(1001)),
            Err(Error::Invalid(_))
        ));
        assert!(parse(&"a[]=1&".repeat(1000)).is_ok());
    }

    #[test]
    fn a_json_body_has_the_same_limits() {
        let mut deep = json!(1);
        for _ in 0..12 {
            deep = json!({"a": deep});
        }
        assert!(matches!(check_json(&deep), Err(Error::Invalid(_))));
        assert!(matches!(
            check_json(&json!({"a": vec![1; 3000]})),
            Err(Error::Invalid(_))
        ));
        assert!(matches!(
            check_json(&json!({"a": "\0"})),
            Err(Error::BadRequest(_))
        ));
        assert!(check_json(&json!({"fields_attributes": {"0": {"name": "a"}}})).is_ok());
    }

    #[test]
    fn a_query_value_is_found_alone() {
        assert_eq!(
            query_value("a=1&access_token=x%20y&b", "access_token"),
            Some("x y".into())
        );
        assert_eq!(query_value("a=1", "access_token"), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let _ = Nest::default().read_urlencoded(&bytes);
        }

        #[test]
        fn any_brackets_are_read_without_panic(text in "[ab\\[\\]=&%5BD]{0,200}") {
            let _ = Nest::default().read_urlencoded(text.as_bytes());
        }

        #[test]
        fn plain_pairs_come_back(name in "[a-z_]{1,10}", value in "[^\\x00]{0,40}") {
            let encoded = percent_encoding::utf8_percent_encode(&value, percent_encoding::NON_ALPHANUMERIC);
            let parsed = parse(&format!("{name}={encoded}")).unwrap();
            prop_assert_eq!(&parsed[&name], &Value::String(value));
        }
    }
}
