//! As much of structured fields (RFC 8941) as signatures and digests need: dictionaries of
//! inner lists of strings, and of byte sequences.
//!
//! Stricter than the RFC in one thing: a name that comes twice is refused, where the RFC
//! lets the last one win.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{MAX_COMPONENTS, Refused};

/// Members that one dictionary may have.
const MAX_MEMBERS: usize = 8;
/// Parameters that one member may have.
const MAX_PARAMETERS: usize = 16;

/// A member of a dictionary.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    /// `:base64:`
    Bytes(Vec<u8>),
    /// `("a" "b");created=1`
    List(InnerList),
}

/// An inner list of strings with its parameters.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct InnerList {
    /// The strings, in order. None has parameters of its own: those are refused.
    pub(super) items: Vec<String>,
    /// Parameters of the list.
    pub(super) parameters: Vec<(String, Bare)>,
    /// All of it, as it came.
    pub(super) raw: String,
}

impl InnerList {
    /// The value of a parameter.
    pub(super) fn parameter(&self, name: &str) -> Option<&Bare> {
        self.parameters
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value)
    }
}

/// A parameter's value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Bare {
    /// `15`
    Integer(i64),
    /// `"text"`
    Text(String),
    /// A word without quotes.
    Token(String),
    /// Present without a value, or `?1`, `?0`.
    Boolean(bool),
}

/// Reads a dictionary; names are unique.
pub(super) fn dictionary(text: &str) -> Result<Vec<(String, Value)>, Refused> {
    let mut reader = Reader { text, at: 0 };
    let mut members: Vec<(String, Value)> = Vec::new();
    reader.blanks();
    while !reader.done() {
        let name = reader.key()?;
        if members.iter().any(|(known, _)| *known == name) || members.len() == MAX_MEMBERS {
            return Err(WRONG);
        }
        reader.expect(b'=')?;
        members.push((name, reader.value()?));
        reader.blanks();
        if reader.done() {
            break;
        }
        reader.expect(b',')?;
        reader.blanks();
        if reader.done() {
            return Err(WRONG);
        }
    }
    Ok(members)
}

const WRONG: Refused = Refused::Malformed("A structured header cannot be read");

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn done(&self) -> bool {
        self.at >= self.text.len()
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn expect(&mut self, byte: u8) -> Result<(), Refused> {
        if self.peek() != Some(byte) {
            return Err(WRONG);
        }
        self.at += 1;
        Ok(())
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t')) {
            self.at += 1;
        }
    }

    /// The bytes from here on that fit; they are ASCII.
    fn run(&mut self, fits: impl Fn(u8) -> bool) -> &'a str {
        let start = self.at;
        while self
            .peek()
            .is_some_and(|byte| byte.is_ascii() && fits(byte))
        {
            self.at += 1;
        }
        &self.text[start..self.at]
    }

    fn key(&mut self) -> Result<String, Refused> {
        if !matches!(self.peek(), Some(b'a'..=b'z' | b'*')) {
            return Err(WRONG);
        }
        let key = self.run(|byte| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-.*".contains(&byte)
        });
        Ok(key.to_owned())
    }

    fn value(&mut self) -> Result<Value, Refused> {
        match self.peek() {
            Some(b':') => {
                let bytes = self.bytes()?;
                self.parameters()?;
                Ok(Value::Bytes(bytes))
            }
            Some(b'(') => self.inner_list().map(Value::List),
            _ => Err(WRONG),
        }
    }

    fn bytes(&mut self) -> Result<Vec<u8>, Refused> {
        self.expect(b':')?;
        let text = self.run(|byte| byte != b':');
        self.expect(b':')?;
        STANDARD.decode(text).map_err(|_| WRONG)
    }

    fn inner_list(&mut self) -> Result<InnerList, Refused> {
        let start = self.at;
        self.expect(b'(')?;
        let mut items: Vec<String> = Vec::new();
        loop {
            self.blanks();
            if self.peek() == Some(b')') {
                self.at += 1;
                break;
            }
            let item = self.quoted()?;
            // What follows must be a blank or the end: no parameters.
            if !matches!(self.peek(), Some(b' ' | b')')) || items.len() == MAX_COMPONENTS {
                return Err(WRONG);
            }
            items.push(item);
        }
        let parameters = self.parameters()?;
        Ok(InnerList {
            items,
            parameters,
            raw: self.text[start..self.at].to_owned(),
        })
    }

    fn parameters(&mut self) -> Result<Vec<(String, Bare)>, Refused> {
        let mut parameters: Vec<(String, Bare)> = Vec::new();
        while self.peek() == Some(b';') {
            self.at += 1;
            self.blanks();
            let name = self.key()?;
            let doubled = parameters.iter().any(|(known, _)| *known == name);
            if doubled || parameters.len() == MAX_PARAMETERS {
                return Err(WRONG);
            }
            let value = if self.peek() == Some(b'=') {
                self.at += 1;
                self.bare()?
            } else {
                Bare::Boolean(true)
            };
            parameters.push((name, value));
        }
        Ok(parameters)
    }

    fn bare(&mut self) -> Result<Bare, Refused> {
        match self.peek() {
            Some(b'"') => self.quoted().map(Bare::Text),
            Some(b'?') => {
                self.at += 1;
                match self.run(|byte| byte == b'0' || byte == b'1') {
                    "1" => Ok(Bare::Boolean(true)),
                    "0" => Ok(Bare::Boolean(false)),
                    _ => Err(WRONG),
                }
            }
            Some(b'-' | b'0'..=b'9') => self
                .run(|byte| byte == b'-' || byte.is_ascii_digit())
                .parse()
                .map(Bare::Integer)
                .map_err(|_| WRONG),
            Some(byte) if byte.is_ascii_alphabetic() || byte == b'*' => {
                let token = self.run(|byte| {
                    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~:/".contains(&byte)
                });
                Ok(Bare::Token(token.to_owned()))
            }
            _ => Err(WRONG),
        }
    }

    fn quoted(&mut self) -> Result<String, Refused> {
        self.expect(b'"')?;
        let mut text = String::new();
        loop {
            text.push_str(
                self.run(|byte| matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\'),
            );
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(text);
                }
                Some(b'\\') => {
                    self.at += 1;
                    match self.peek() {
                        Some(byte @ (b'"' | b'\\')) => text.push(char::from(byte)),
                        _ => return Err(WRONG),
                    }
                    self.at += 1;
                }
                _ => return Err(WRONG),
            }
        }
    }
}
