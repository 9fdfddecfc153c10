//! JSON as it may come in: an object, no name twice, a bound on everything (I12, N7).

use std::cell::Cell;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// Values in one document, all levels together; a post with everything has some hundreds.
pub const MAX_VALUES: usize = 50_000;
/// Levels of nesting; serde_json alone would allow 128.
pub const MAX_DEPTH: usize = 40;
/// Below this every whole number has a float of its own: 2 to the power of 53.
const WHOLE: f64 = 9_007_199_254_740_992.0;

/// A JSON object, its texts without zeros, its numbers whole or as 32 bits hold them. Reading one fails
/// when a name stands twice in the same object, when it has more than [`MAX_VALUES`] values or is
/// deeper than [`MAX_DEPTH`].
#[derive(Debug, Clone, PartialEq)]
pub struct Document(pub Value);

impl Document {
    /// Reads bytes.
    ///
    /// # Errors
    /// When it is no such object.
    pub fn parse(bytes: &[u8]) -> Result<Document, serde_json::Error> {
        serde_json::from_slice(bytes)
    }
}

impl<'de> Deserialize<'de> for Document {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Document, D::Error> {
        let left = Cell::new(MAX_VALUES);
        let value = Strict {
            left: &left,
            depth: 0,
        }
        .deserialize(deserializer)?;
        match value {
            Value::Object(_) => Ok(Document(value)),
            _ => Err(D::Error::custom("not an object")),
        }
    }
}

#[derive(Clone, Copy)]
struct Strict<'a> {
    left: &'a Cell<usize>,
    depth: usize,
}

impl Strict<'_> {
    fn deeper<E: Error>(self) -> Result<Self, E> {
        match self.depth < MAX_DEPTH {
            true => Ok(Strict {
                depth: self.depth + 1,
                ..self
            }),
            false => Err(E::custom("nested too deep")),
        }
    }

    fn count<E: Error>(self) -> Result<(), E> {
        match self.left.get().checked_sub(1) {
            Some(left) => {
                self.left.set(left);
                Ok(())
            }
            None => Err(E::custom("too many values")),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        self.count()?;
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    // A whole number is one, however it was written. Of others the last digit is a matter of the
    // reader's taste, so they are as exact as 32 bits: nothing that is kept needs more. What is
    // beyond those, as a number of a hundred digits, is none.
    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        let is_whole = |value: f64| value.fract() == 0.0 && value.abs() < WHOLE;
        let kept = match is_whole(value) {
            true => value,
            false => f64::from(value as f32),
        };
        Ok(match is_whole(kept) {
            true => (kept as i64).into(),
            false => kept.into(),
        })
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(without_zeros(value.to_owned())))
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(without_zeros(value)))
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut list = Vec::new();
        while let Some(value) = seq.next_element_seed(inner)? {
            list.push(value);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut map = Map::new();
        while let Some(name) = entries.next_key::<String>()? {
            let value = entries.next_value_seed(inner)?;
            if map.insert(without_zeros(name), value).is_some() {
                return Err(A::Error::custom("a name stands twice"));
            }
        }
        Ok(Value::Object(map))
    }
}

/// Postgres keeps no zero in a text, and no writer means one.
fn without_zeros(text: String) -> String {
    match text.contains('\0') {
        true => text.replace('\0', ""),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ordinary_document_is_read_as_it_is() {
        let text = r#"{"@context":["a",{"b":1}],"id":"x","n":-1,"f":1.5,"t":true,"z":null}"#;
        let read = Document::parse(text.as_bytes()).unwrap();
        assert_eq!(read.0, serde_json::from_str::<Value>(text).unwrap());
    }

    #[test]
    fn numbers_are_the_same_for_every_reader() {
        let long = format!(
            "{{\"a\":[{}8,0.1234567890123456789,1e300,-7.0,2.5,6354102.789]}}",
            "38".repeat(62)
        );
        let read = Document::parse(long.as_bytes()).unwrap();
        let again = Document::parse(read.0.to_string().as_bytes()).unwrap();
        assert_eq!(again, read);
        let list = read.0["a"].as_array().unwrap();
        assert!(list[0].is_null() && list[2].is_null(), "{list:?}");
        assert_eq!((list[3].as_i64(), list[4].as_f64()), (Some(-7), Some(2.5)));
    }

    #[test]
    fn what_two_readers_could_read_differently_is_refused() {
        // I12
        for bad in [
            r#"{"actor":"a","actor":"b"}"#,
            r#"{"object":{"id":"a","id":"b"}}"#,
            "[]",
            "7",
            "{} {}",
            "",
        ] {
            assert!(Document::parse(bad.as_bytes()).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_bomb_of_brackets_or_of_numbers_is_refused() {
        // N7
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(10_000), "]".repeat(10_000));
        assert!(Document::parse(deep.as_bytes()).is_err());
        let deep = format!(
            "{{\"a\":{}1{}}}",
            "[".repeat(MAX_DEPTH),
            "]".repeat(MAX_DEPTH)
        );
        assert!(Document::parse(deep.as_bytes()).is_err());
        let wide = format!("{{\"a\":[{}1]}}", "1,".repeat(MAX_VALUES));
        assert!(Document::parse(wide.as_bytes()).is_err());
        let fits = format!("{{\"a\":[{}1]}}", "1,".repeat(1_000));
        assert!(Document::parse(fits.as_bytes()).is_ok());
    }
}
