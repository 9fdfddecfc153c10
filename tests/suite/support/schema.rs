//! Holds answers against `tests/schema/entities.schema.json`, entity by entity.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use jsonschema::Validator;
use serde_json::{Value, json};

static DEFINITIONS: LazyLock<Value> = LazyLock::new(|| {
    let text = include_str!("../../schema/entities.schema.json");
    let whole: Value = serde_json::from_str(text).expect("the schema is JSON");
    whole["$defs"].clone()
});

/// Compiled once each: a validator of a status takes milliseconds.
static VALIDATORS: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> = LazyLock::new(Mutex::default);

/// Errors shown at most; one missing field of twenty statuses says enough.
const MAX_SHOWN: usize = 12;

/// Fails unless `value` is an entity of that name, such as `Status` or `V1_Instance`;
/// `[Status]` is a list of them.
///
/// # Panics
/// With the path and the reason of what does not fit.
#[track_caller]
pub fn assert_entity(name: &str, value: &Value) {
    if let Err(message) = check(name, value) {
        panic!("{message}");
    }
}

/// What does not fit, by path; `Err` with one line for each.
pub fn check(name: &str, value: &Value) -> Result<(), String> {
    let validator = validator(name)?;
    let errors: Vec<String> = validator
        .iter_errors(value)
        .take(MAX_SHOWN)
        .map(|error| format!("  at {:?}: {error}", error.instance_path.to_string()))
        .collect();
    if errors.is_empty() {
        return Ok(());
    }
    Err(format!("not a valid {name}:\n{}", errors.join("\n")))
}

fn validator(name: &str) -> Result<Arc<Validator>, String> {
    let mut known = VALIDATORS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(validator) = known.get(name) {
        return Ok(validator.clone());
    }
    let listed = name.strip_prefix('[').and_then(|n| n.strip_suffix(']'));
    let bare = listed.unwrap_or(name);
    if DEFINITIONS.get(bare).is_none() {
        return Err(format!("the schema has no entity {bare:?}"));
    }
    let one = json!({ "$ref": format!("#/$defs/{bare}") });
    let mut schema = match listed {
        Some(_) => json!({ "type": "array", "items": one }),
        None => one,
    };
    schema["$defs"] = DEFINITIONS.clone();
    let built = jsonschema::validator_for(&schema).map_err(|error| error.to_string())?;
    let built = Arc::new(built);
    known.insert(name.to_owned(), built.clone());
    Ok(built)
}

#[test]
fn a_wrong_field_is_named_by_its_path() {
    let good = json!({ "text": "hi", "id": "1", "spoiler_text": "" });
    assert_entity("StatusSource", &good);
    assert_entity("[StatusSource]", &json!([good]));
    let message = check("[StatusSource]", &json!([good, { "text": 1, "id": "2" }])).unwrap_err();
    assert!(message.contains("\"/1/text\""), "{message}");
    assert!(message.contains("spoiler_text"), "{message}");
    assert!(check("NoSuchThing", &good).is_err());
}
