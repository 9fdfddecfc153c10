//! Readers for `#[serde(default, deserialize_with = "…")]`: what apps send for one and the
//! same thing differs by encoding (text in forms, types in JSON), so each takes them all.
//!
//! An empty text means "not given" for booleans and numbers, and stays empty for texts,
//! since an empty note clears the note.

use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, Error as _};
use serde_json::Value;

use crate::domain::{Id, ids};

/// `true`, `"true"`, `"1"`, `1`, `"t"`, `"on"` and their opposites; empty and null are absent.
pub fn opt_bool<'de, D: Deserializer<'de>>(from: D) -> Result<Option<bool>, D::Error> {
    let value = Value::deserialize(from)?;
    Ok(match &value {
        Value::Null => None,
        Value::Bool(yes) => Some(*yes),
        Value::Number(n) => Some(n.as_f64() != Some(0.0)),
        Value::String(text) => match text.trim().to_ascii_lowercase().as_str() {
            "" => None,
            "true" | "1" | "t" | "on" | "yes" => Some(true),
            "false" | "0" | "f" | "off" | "no" => Some(false),
            _ => return Err(D::Error::custom("expected true or false")),
        },
        _ => return Err(D::Error::custom("expected true or false")),
    })
}

/// As [`opt_bool`], `false` when absent.
pub fn boolean<'de, D: Deserializer<'de>>(from: D) -> Result<bool, D::Error> {
    Ok(opt_bool(from)?.unwrap_or(false))
}

/// A whole number, as a number or as text; empty and null are absent.
pub fn opt_i64<'de, D: Deserializer<'de>>(from: D) -> Result<Option<i64>, D::Error> {
    let value = Value::deserialize(from)?;
    let number = match &value {
        Value::Null => return Ok(None),
        Value::Number(n) => n.as_i64().or_else(|| {
            let float = n.as_f64()?;
            // Exact in this range; larger ones are nobody's seconds or counts.
            (float.fract() == 0.0 && float.abs() < 9e15).then_some(float as i64)
        }),
        Value::String(text) if text.trim().is_empty() => return Ok(None),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    match number {
        Some(number) => Ok(Some(number)),
        None => Err(D::Error::custom("expected a whole number")),
    }
}

/// A whole number where nonsense means absent: `limit` and `offset`.
pub fn soft_i64<'de, D: Deserializer<'de>>(from: D) -> Result<Option<i64>, D::Error> {
    let value = Value::deserialize(from)?;
    Ok(opt_i64(&value).unwrap_or(None))
}

/// A text; numbers and booleans are taken by their spelling. Null is absent, empty is empty.
pub fn opt_string<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    match Value::deserialize(from)? {
        Value::Null => Ok(None),
        value => match scalar(value) {
            Some(text) => Ok(Some(text)),
            None => Err(D::Error::custom("expected a text")),
        },
    }
}

/// As [`opt_string`], with the empty text absent too (a visibility, a language, a code).
pub fn opt_word<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    Ok(opt_string(from)?.filter(|text| !text.trim().is_empty()))
}

/// As [`opt_string`], empty when absent.
pub fn string<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    Ok(opt_string(from)?.unwrap_or_default())
}

/// An id, as text or number; empty and null are absent. What cannot be an id becomes 0,
/// which no row has: the caller answers as for a missing row.
pub fn opt_id<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Id>, D::Error> {
    Ok(opt_word(from)?.map(|text| ids::parse(text.trim()).unwrap_or(0)))
}

/// Ids, as a list, as a lone scalar, or keyed "0", "1", …; what cannot be an id is left out.
pub fn ids<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Id>, D::Error> {
    Ok(strings(from)?
        .iter()
        .filter_map(|text| ids::parse(text.trim()))
        .collect())
}

/// Texts, as a list, as a lone scalar, or keyed "0", "1", …; nulls and empty ones dropped.
pub fn strings<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    items(Value::deserialize(from)?)
        .into_iter()
        .filter(|v| !v.is_null())
        .map(|v| scalar(v).ok_or_else(|| D::Error::custom("expected a list of texts")))
        .filter(|v| !v.as_ref().is_ok_and(String::is_empty))
        .collect()
}

/// As [`strings`], telling an absent list from an empty one.
pub fn opt_strings<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Vec<String>>, D::Error> {
    strings(from).map(Some)
}

/// Objects of one kind, as a list or keyed "0", "1", …; an object with other keys is a list
/// of one. Nulls and empty texts (`fields_attributes[]=`) are dropped.
pub fn list<'de, D: Deserializer<'de>, T: DeserializeOwned>(from: D) -> Result<Vec<T>, D::Error> {
    items(Value::deserialize(from)?)
        .into_iter()
        .filter(|v| !v.is_null() && v.as_str() != Some(""))
        .map(|v| T::deserialize(v).map_err(D::Error::custom))
        .collect()
}

/// As [`list`], telling an absent list from an empty one.
pub fn opt_list<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    from: D,
) -> Result<Option<Vec<T>>, D::Error> {
    list(from).map(Some)
}

/// An object, or its absence: null and an empty text are absent (`poll=`).
pub fn opt_object<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    from: D,
) -> Result<Option<T>, D::Error> {
    match Value::deserialize(from)? {
        Value::Null => Ok(None),
        Value::String(text) if text.is_empty() => Ok(None),
        value => T::deserialize(value).map(Some).map_err(D::Error::custom),
    }
}

fn scalar(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        Value::Number(n) => Some(n.to_string()),
        Value::Bool(yes) => Some(yes.to_string()),
        _ => None,
    }
}

/// What counts as a list: an array, an object keyed by numbers (in their order), or one thing.
fn items(value: Value) -> Vec<Value> {
    match value {
        Value::Null => Vec::new(),
        Value::Array(items) => items,
        Value::Object(map)
            if map.keys().all(|k| {
                k.len() <= 15 && !k.is_empty() && k.bytes().all(|b| b.is_ascii_digit())
            }) =>
        {
            let mut pairs: Vec<(u64, Value)> = map
                .into_iter()
                .map(|(key, v)| (key.parse().unwrap_or(u64::MAX), v))
                .collect();
            pairs.sort_by_key(|(key, _)| *key);
            pairs.into_iter().map(|(_, v)| v).collect()
        }
        one => vec![one],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[derive(Debug, Deserialize, PartialEq, Default)]
    #[serde(default)]
    struct Pair {
        #[serde(deserialize_with = "string")]
        name: String,
        #[serde(deserialize_with = "string")]
        value: String,
    }

    #[test]
    fn booleans_in_every_spelling() {
        for yes in [
            json!(true),
            json!("true"),
            json!("1"),
            json!(1),
            json!("t"),
            json!("on"),
        ] {
            assert_eq!(opt_bool(&yes).unwrap(), Some(true), "{yes}");
        }
        for no in [
            json!(false),
            json!("false"),
            json!("0"),
            json!(0),
            json!("f"),
            json!("off"),
        ] {
            assert_eq!(opt_bool(&no).unwrap(), Some(false), "{no}");
        }
        for absent in [json!(""), json!(null)] {
            assert_eq!(opt_bool(&absent).unwrap(), None);
        }
        assert!(opt_bool(&json!("maybe")).is_err());
    }

    #[test]
    fn numbers_and_ids_in_every_spelling() {
        assert_eq!(opt_i64(&json!("300")).unwrap(), Some(300));
        assert_eq!(opt_i64(&json!(300.0)).unwrap(), Some(300));
        assert_eq!(opt_i64(&json!("")).unwrap(), None);
        assert!(opt_i64(&json!("x")).is_err());
        assert_eq!(soft_i64(&json!("x")).unwrap(), None);
        assert_eq!(opt_id(&json!(12)).unwrap(), Some(12));
        assert_eq!(opt_id(&json!("nonsense")).unwrap(), Some(0));
        assert_eq!(ids(&json!("7")).unwrap(), vec![7]);
        assert_eq!(ids(&json!(["7", 8, "x"])).unwrap(), vec![7, 8]);
    }

    #[test]
    fn fields_in_three_shapes() {
        let expected = vec![
            Pair {
                name: "a".into(),
                value: "1".into(),
            },
            Pair {
                name: "b".into(),
                value: "2".into(),
            },
        ];
        let a = json!({"name": "a", "value": "1"});
        let b = json!({"name": "b", "value": 2});
        for shape in [
            json!([a, b]),
            json!({"0": a, "1": b}),
            json!({"10": b, "2": a}),
        ] {
            assert_eq!(list::<_, Pair>(&shape).unwrap(), expected, "{shape}");
        }
        assert_eq!(list::<_, Pair>(&json!("")).unwrap(), vec![]);
        assert_eq!(list::<_, Pair>(&a).unwrap().len(), 1);
    }
}
