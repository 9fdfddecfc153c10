//! Which key does what at the desk, as each of the staff chose it. Kept with the user's other
//! settings; what is not chosen is as in [`ACTS`].

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::who::Reviewer;
use crate::app::App;
use crate::domain::Result;
use crate::domain::error::Invalid;
use crate::model::user::User;
use crate::store;

/// `users.settings`: `{"on": true, "keys": {"approve": "a", …}}`.
const SETTING: &str = "desk_keys";

/// Something that a key does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Act {
    /// A stable word.
    pub name: &'static str,
    /// What it does, for people.
    pub does: &'static str,
    /// Its key, unless somebody chose another one.
    pub key: char,
}

const fn act(name: &'static str, key: char, does: &'static str) -> Act {
    Act { name, does, key }
}

/// All that keys do.
pub const ACTS: &[Act] = &[
    act("next", 'j', "The next one in the list"),
    act("previous", 'k', "The one before it"),
    act("open", 'o', "Open it"),
    act("tick", 'x', "Tick it, for deciding several at once"),
    act("many", 'b', "Go on with those that are ticked"),
    act("search", '/', "Search"),
    act("approve", 'a', "Let them in"),
    act("reject", 'r', "Turn them down"),
    act("ask", 'q', "Ask them what you wrote"),
    act("put_off", 'p', "Put it off"),
    act("message", 'm', "Write a word to them"),
    act("note", 'n', "Write a note for the others"),
    act(
        "claim",
        'c',
        "Say that you are reading it, or leave it to others",
    ),
    act("undo", 'u', "Take a decision back"),
    act("read", 'i', "Say that you have read who was let in"),
    act(
        "skip",
        's',
        "Leave it: on to the next one, or back to the list",
    ),
    act("help", '?', "This list of keys"),
];

/// The keys of one of the staff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keys {
    /// Whether keys do anything.
    pub on: bool,
    chosen: BTreeMap<String, char>,
}

impl Default for Keys {
    fn default() -> Keys {
        Keys {
            on: true,
            chosen: BTreeMap::new(),
        }
    }
}

impl Keys {
    /// As they chose.
    pub fn of(user: &User) -> Keys {
        let setting = &user.settings[SETTING];
        let chosen = setting["keys"].as_object().into_iter().flatten();
        Keys {
            on: setting["on"].as_bool().unwrap_or(true),
            chosen: chosen
                .filter_map(|(act, key)| Some((act.clone(), one(key.as_str()?)?)))
                .collect(),
        }
    }

    /// The key of an act; `None` where keys are off, nothing is called so, or the key that it
    /// would have was chosen for another one.
    pub fn key(&self, act: &str) -> Option<char> {
        let known = ACTS.iter().any(|other| other.name == act);
        let key = self.of_act(act);
        // Somebody chose it for something else before there was this act.
        let lost = !self.chosen.contains_key(act) && self.chosen.values().any(|k| *k == key);
        (self.on && known && !lost).then_some(key)
    }

    /// The key that an act has, or would have.
    pub fn of_act(&self, act: &str) -> char {
        let usual = ACTS.iter().find(|other| other.name == act);
        let usual = usual.map_or(' ', |act| act.key);
        self.chosen.get(act).copied().unwrap_or(usual)
    }

    /// Whether they want keys.
    pub fn chosen_on(&self) -> bool {
        self.on
    }
}

/// Chooses keys; an act that is not named keeps its own.
///
/// # Errors
/// `Invalid` where something is not one letter, digit or sign, or one key would do two things.
pub async fn choose(
    app: &App,
    who: &Reviewer,
    on: bool,
    typed: &BTreeMap<String, String>,
) -> Result<()> {
    let chosen = checked(&Keys::of(who.user()), typed)?;
    let chosen: BTreeMap<&str, String> = chosen
        .iter()
        .map(|(act, key)| (act.as_str(), key.to_string()))
        .collect();
    let value = json!({ "on": on, "keys": chosen });
    let mut conn = app.desk.get().await?;
    store::users::set_setting(&mut conn, who.user().id, SETTING, &value).await
}

/// All keys as they are in [`ACTS`], and on.
pub async fn reset(app: &App, who: &Reviewer) -> Result<()> {
    let mut conn = app.desk.get().await?;
    store::users::set_setting(&mut conn, who.user().id, SETTING, &Value::Null).await
}

fn checked(before: &Keys, typed: &BTreeMap<String, String>) -> Result<BTreeMap<String, char>> {
    let mut invalid = Invalid::new();
    let mut chosen: BTreeMap<String, char> = BTreeMap::new();
    for act in ACTS {
        let key = match typed.get(act.name).map(|key| one(key)) {
            None => before.of_act(act.name),
            Some(Some(key)) => key,
            Some(None) => {
                invalid.add(act.name, "ERR_INVALID", "needs one letter, digit or sign");
                continue;
            }
        };
        if let Some((other, _)) = chosen.iter().find(|(_, taken)| **taken == key) {
            let does = ACTS.iter().find(|act| act.name == other.as_str());
            let does = does.map_or("", |act| act.does);
            let words = format!("needs another key: “{key}” is that of “{does}”");
            invalid.add(act.name, "ERR_TAKEN", words);
            continue;
        }
        chosen.insert(act.name.to_owned(), key);
    }
    invalid.into_result()?;
    Ok(chosen)
}

/// One visible character.
fn one(text: &str) -> Option<char> {
    let mut letters = text.trim().chars();
    let first = letters.next()?;
    let visible = first.is_alphanumeric() || first.is_ascii_punctuation();
    (letters.next().is_none() && visible).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        let owned = |(act, key): &(&str, &str)| ((*act).to_owned(), (*key).to_owned());
        pairs.iter().map(owned).collect()
    }

    #[test]
    fn no_key_does_two_things_from_the_start() {
        assert!(checked(&Keys::default(), &typed(&[])).is_ok());
    }

    #[test]
    fn a_key_can_be_another_one_but_not_somebody_elses() {
        let keys = Keys::default();
        let chosen = checked(&keys, &typed(&[("approve", "y")])).unwrap();
        assert_eq!(chosen["approve"], 'y');
        assert_eq!(chosen["reject"], 'r');
        assert!(checked(&keys, &typed(&[("approve", "r")])).is_err());
        assert!(checked(&keys, &typed(&[("approve", "r"), ("reject", "a")])).is_ok());
        for nonsense in ["", "ab", "\u{200b}", "\n"] {
            assert!(checked(&keys, &typed(&[("approve", nonsense)])).is_err());
        }
    }

    #[test]
    fn an_act_that_came_later_takes_no_key_from_what_was_chosen() {
        let mut keys = Keys {
            chosen: BTreeMap::from([("skip".to_owned(), 'i')]),
            ..Keys::default()
        };
        assert_eq!(keys.key("skip"), Some('i'));
        assert_eq!(keys.key("read"), None);
        keys.chosen.insert("read".to_owned(), 's');
        assert_eq!(keys.key("read"), Some('s'));
    }

    #[test]
    fn keys_that_are_off_are_nothing() {
        let off = Keys {
            on: false,
            ..Keys::default()
        };
        assert_eq!(off.key("approve"), None);
        assert_eq!(off.of_act("approve"), 'a');
        assert_eq!(Keys::default().key("nonsense"), None);
    }
}
