//! The four kinds of values that a setting can have.

/// A value of a setting. The kind of each setting is that of its default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Text; empty stands for "none" where that makes sense.
    Text(String),
    /// A whole number.
    Whole(i64),
    /// Yes or no.
    Flag(bool),
    /// A list of texts.
    List(Vec<String>),
}

impl Value {
    /// The kind, in words that fit after "must be".
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Value::Text(_) => "text",
            Value::Whole(_) => "a whole number",
            Value::Flag(_) => "true or false",
            Value::List(_) => "a list of texts",
        }
    }

    /// The value in a TOML file; `None` for kinds that no setting has (dates, fractions, tables).
    pub(super) fn from_toml(value: &toml::Value) -> Option<Self> {
        match value {
            toml::Value::String(text) => Some(Value::Text(text.clone())),
            toml::Value::Integer(number) => Some(Value::Whole(*number)),
            toml::Value::Boolean(flag) => Some(Value::Flag(*flag)),
            toml::Value::Array(items) => {
                let texts = items.iter().map(|item| item.as_str().map(str::to_owned));
                texts.collect::<Option<Vec<_>>>().map(Value::List)
            }
            _ => None,
        }
    }

    /// The value of an environment variable, read as the same kind as `like`. Lists are
    /// separated by commas. `None` when it is not of that kind.
    pub(super) fn from_words(words: &str, like: &Value) -> Option<Self> {
        let trimmed = words.trim();
        match like {
            Value::Text(_) => Some(Value::Text(words.to_owned())),
            Value::Whole(_) => trimmed.parse().ok().map(Value::Whole),
            Value::Flag(_) => match trimmed {
                "true" | "1" | "yes" | "on" => Some(Value::Flag(true)),
                "false" | "0" | "no" | "off" => Some(Value::Flag(false)),
                _ => None,
            },
            Value::List(_) => {
                let items = trimmed
                    .split(',')
                    .map(str::trim)
                    .filter(|item| !item.is_empty());
                Some(Value::List(items.map(str::to_owned).collect()))
            }
        }
    }
}
