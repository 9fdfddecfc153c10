//! Whom a document says it is for.

use super::{Here, PUBLIC};
use crate::activitypub::addresses;
use crate::domain::visibility::Visibility;
use crate::model::document_rows::{Addressed, BoostRows, NoteRows};

/// The values of `to` and `cc`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Audience {
    /// First of all.
    pub to: Vec<String>,
    /// Also.
    pub cc: Vec<String>,
}

/// Of a note. What only some are meant to see names no wider circle.
pub fn of_note(here: &Here, rows: &NoteRows) -> Audience {
    let followers = addresses::followers(&here.origin, rows.author.id);
    let named: Vec<String> = rows
        .audience
        .iter()
        .map(|a| {
            here.actor(&Addressed {
                id: a.id,
                uri: a.uri.clone(),
            })
        })
        .collect();
    of(rows.visibility, followers, named)
}

/// Of a boost: who wrote what is boosted hears of it, unless only those mentioned would.
pub fn of_boost(here: &Here, rows: &BoostRows) -> Audience {
    let followers = addresses::followers(&here.origin, rows.booster.id);
    let author = match rows.booster.id == rows.author.id {
        true => Vec::new(),
        false => vec![here.actor(&rows.author)],
    };
    of(rows.visibility, followers, author)
}

fn of(visibility: Visibility, followers: String, named: Vec<String>) -> Audience {
    let with = |first: String| std::iter::once(first).chain(named.clone()).collect();
    match visibility {
        Visibility::Public => Audience {
            to: vec![PUBLIC.to_owned()],
            cc: with(followers),
        },
        Visibility::Unlisted => Audience {
            to: vec![followers],
            cc: with(PUBLIC.to_owned()),
        },
        Visibility::Private => Audience {
            to: vec![followers],
            cc: named,
        },
        Visibility::Direct => Audience {
            to: named,
            cc: Vec::new(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_visibility_says_who_it_is_for() {
        let said = |visibility| of(visibility, "F".into(), vec!["bea".into()]);
        let parts = |a: Audience| (a.to.join(" "), a.cc.join(" "));
        assert_eq!(
            parts(said(Visibility::Public)),
            (PUBLIC.into(), "F bea".into())
        );
        assert_eq!(
            parts(said(Visibility::Unlisted)),
            ("F".into(), format!("{PUBLIC} bea"))
        );
        assert_eq!(parts(said(Visibility::Private)), ("F".into(), "bea".into()));
        assert_eq!(parts(said(Visibility::Direct)), ("bea".into(), "".into()));
    }
}
