//! Who may see what (D9, D10): each rule once as SQL, once as a pure function.
//!
//! No other file compares a visibility. The SQL is text in macros, for `concat!`: a constant
//! statement stays cached by the connection. Every statement that uses it has a CTE or
//! relation `p` with the columns it names; a stranger is `p.viewer` NULL.
//!
//! OFFSET 0 keeps an EXISTS that is one of several ways a look at one index entry. Without it
//! Postgres, which plans for the average account, reads all that somebody was ever named in, or
//! ever blocked, into a hash for each page.

use crate::domain::Id;
use crate::domain::visibility::Visibility;
use crate::model::account::flags;
use crate::model::follow::Follow;

/// Whether the value `$v` lets followers elsewhere have a status.
macro_rules! for_followers {
    ($v:literal) => {
        concat!("(", $v, " <= 2)")
    };
}

/// Whether the value `$v` lets anybody have a status.
macro_rules! for_anybody {
    ($v:literal) => {
        concat!("(", $v, " <= 1)")
    };
}

pub(super) use {for_anybody, for_followers};

/// Whether status `$s`, written by account row `$a`, may be seen by `p.viewer`.
///
/// (`& 2) <> 2` rather than `= 0`: Postgres takes the one for likely and the other for rare,
/// and would sort all of a timeline rather than walk its index.)
///
/// NULL (for strangers) counts as no: use it in a WHERE, not in a select list.
macro_rules! visible_to {
    ($s:literal, $a:literal) => {
        concat!(
            "(",
            $a,
            ".flags & 2) <> 2",
            " AND (p.viewer IS NOT NULL OR NOT ",
            $s,
            ".local_only)",
            " AND (",
            $s,
            ".visibility <= 1 OR ",
            $s,
            ".account_id = p.viewer",
            " OR EXISTS (SELECT 1 FROM status_audience va WHERE va.status_id = ",
            $s,
            ".id AND va.account_id = p.viewer OFFSET 0)",
            " OR (",
            $s,
            ".visibility = 2 AND EXISTS (SELECT 1 FROM follows vf",
            " WHERE vf.account_id = p.viewer AND vf.target_id = ",
            $s,
            ".account_id AND vf.state = 1 OFFSET 0)))",
            " AND NOT EXISTS (SELECT 1 FROM blocks vb WHERE vb.account_id = ",
            $s,
            ".account_id AND vb.target_id = p.viewer)"
        )
    };
}

/// Whether `p.viewer` wants to meet the account `$id` in lists at time `p.at`: neither it nor
/// its server blocked, nor it muted by them.
macro_rules! welcome_to {
    ($id:literal) => {
        crate::store::visibility::welcome_to!($id, "")
    };
    // For a place where it is one of several ways.
    ($id:literal, each) => {
        crate::store::visibility::welcome_to!($id, " OFFSET 0")
    };
    ($id:literal, $look:literal) => {
        concat!(
            "NOT EXISTS (SELECT 1 FROM blocks wb WHERE wb.account_id = p.viewer",
            " AND wb.target_id = ",
            $id,
            $look,
            ")",
            " AND NOT EXISTS (SELECT 1 FROM mutes wm WHERE wm.account_id = p.viewer",
            " AND wm.target_id = ",
            $id,
            " AND (wm.until IS NULL OR wm.until > p.at)",
            $look,
            ")",
            " AND NOT EXISTS (SELECT 1 FROM account_domain_blocks wd",
            " JOIN accounts wa ON wa.handle_domain = wd.domain",
            " WHERE wd.account_id = p.viewer AND wa.id = ",
            $id,
            $look,
            ")"
        )
    };
}

/// Whether `p.viewer` meets the account row `$a` where strangers are met: a limited one only by
/// those who follow it.
macro_rules! met_by {
    ($a:literal) => {
        concat!(
            "((",
            $a,
            ".flags & 1) <> 1 OR ",
            $a,
            ".id = p.viewer OR EXISTS (SELECT 1 FROM follows mf",
            " WHERE mf.account_id = p.viewer AND mf.target_id = ",
            $a,
            ".id AND mf.state = 1 OFFSET 0))"
        )
    };
}

/// Whether status `$s` enters the home feed of the follower behind the follow `$f`. What we
/// fetched (`flags & 16`) enters none; neither does an answer to something that is not here.
macro_rules! enters_home {
    ($f:literal, $s:literal) => {
        concat!(
            $f,
            ".state = 1 AND (",
            $s,
            ".flags & 16) <> 16 AND ",
            $s,
            ".in_reply_to_uri_hash IS NULL",
            " AND (",
            $s,
            ".visibility <= 2 OR EXISTS (SELECT 1 FROM status_audience ha",
            " WHERE ha.status_id = ",
            $s,
            ".id AND ha.account_id = ",
            $f,
            ".account_id OFFSET 0))",
            " AND (",
            $s,
            ".reblog_of_id IS NULL OR (",
            $f,
            ".flags & 1) <> 0)",
            " AND (",
            $f,
            ".languages IS NULL OR ",
            $s,
            ".language IS NULL OR ",
            $s,
            ".language = ANY (",
            $f,
            ".languages))",
            " AND (",
            $s,
            ".in_reply_to_account_id IS NULL OR ",
            $s,
            ".in_reply_to_account_id IN (",
            $s,
            ".account_id, ",
            $f,
            ".account_id)",
            " OR EXISTS (SELECT 1 FROM follows hf WHERE hf.account_id = ",
            $f,
            ".account_id AND hf.target_id = ",
            $s,
            ".in_reply_to_account_id AND hf.state = 1 OFFSET 0))"
        )
    };
}

/// Whether status `$s` enters the home of those who follow a hashtag of it: what is on public
/// timelines, by an author who is not limited, and was sent to us.
macro_rules! enters_home_by_tag {
    ($s:literal) => {
        concat!(
            $s,
            ".visibility = 0 AND ",
            $s,
            ".reblog_of_id IS NULL AND (",
            $s,
            ".flags & 16) <> 16 AND ",
            $s,
            ".in_reply_to_uri_hash IS NULL",
            " AND EXISTS (SELECT 1 FROM accounts ta WHERE ta.id = ",
            $s,
            ".account_id AND (ta.flags & 1) <> 1)"
        )
    };
}

/// Status `$s` is on public timelines: words of the partial indexes.
macro_rules! on_public_timelines {
    ($s:literal) => {
        concat!($s, ".visibility = 0 AND ", $s, ".reblog_of_id IS NULL")
    };
}

/// Whether status `$s`, written by account row `$a`, may leave this server for the eyes of
/// `p.viewer`, an account elsewhere.
macro_rules! leaves_for {
    ($s:literal, $a:literal) => {
        concat!(
            "NOT ",
            $s,
            ".local_only AND ",
            crate::store::visibility::visible_to!($s, $a)
        )
    };
}

/// Status `$s` is one that anybody may read who has its address.
macro_rules! on_open_pages {
    ($s:literal) => {
        concat!($s, ".visibility <= 1")
    };
}

/// Status `$s` is a reply that counts: strangers could read it, so the number tells nothing.
macro_rules! counts_as_reply {
    ($s:literal) => {
        concat!($s, ".visibility <= 1")
    };
}

/// Status `$s` counts as a post of its author: who talks to whom is not even a number (T11).
macro_rules! counts_as_post {
    ($s:literal) => {
        concat!($s, ".visibility <= 2")
    };
}

/// Status `$s` may be pinned by its author.
macro_rules! pinnable {
    ($s:literal) => {
        concat!($s, ".visibility <= 2 AND ", $s, ".reblog_of_id IS NULL")
    };
}

/// Whether `$viewer` may boost status `$s`, which they may see: private ones only their author.
macro_rules! boostable_by {
    ($s:literal, $viewer:literal) => {
        concat!(
            "(",
            $s,
            ".visibility <= 1 OR (",
            $s,
            ".visibility = 2 AND ",
            $s,
            ".account_id = ",
            $viewer,
            "))"
        )
    };
}

/// Who a boost of status `$s` is for, when `$wish` was asked for: never more than the status,
/// and never only those it mentions, since it mentions nobody.
macro_rules! boost_audience {
    ($wish:literal, $s:literal) => {
        concat!(
            "GREATEST(LEAST(",
            $wish,
            ", 2::smallint), ",
            $s,
            ".visibility)"
        )
    };
}

/// Status `$s` is for those alone whom it names.
macro_rules! for_named_alone {
    ($s:literal) => {
        concat!($s, ".visibility = 3")
    };
}

/// Anybody may pass status `$s` on: it is for everybody and not for this place alone.
macro_rules! relayable {
    ($s:literal) => {
        concat!($s, ".visibility <= 1 AND NOT ", $s, ".local_only")
    };
}

pub(super) use {
    boost_audience, boostable_by, counts_as_post, counts_as_reply, enters_home, enters_home_by_tag,
    for_named_alone, leaves_for, met_by, on_open_pages, on_public_timelines, pinnable, relayable,
    visible_to, welcome_to,
};

/// What the decision of [`may_see`] rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    /// `accounts.flags` of the author.
    pub author_flags: i32,
    /// The author.
    pub author: Id,
    /// Whose eyes; `None` is a stranger.
    pub viewer: Option<Id>,
    /// Of the status.
    pub visibility: Visibility,
    /// Not for other servers, nor for strangers.
    pub local_only: bool,
    /// The viewer is in the status's audience.
    pub in_audience: bool,
    /// The viewer follows the author, who accepted.
    pub follows: bool,
    /// The author blocks the viewer.
    pub blocked_by_author: bool,
}

/// The twin of the SQL `visible_to`.
pub fn may_see(facts: &Facts) -> bool {
    if facts.author_flags & flags::SUSPENDED != 0 {
        return false;
    }
    let Some(viewer) = facts.viewer else {
        return !facts.local_only && facts.visibility <= Visibility::Unlisted;
    };
    if facts.blocked_by_author {
        return false;
    }
    facts.visibility <= Visibility::Unlisted
        || viewer == facts.author
        || facts.in_audience
        || (facts.visibility == Visibility::Private && facts.follows)
}

/// What a follower's feed needs to know of a status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HomeFacts {
    /// The author, or who boosts.
    pub author: Id,
    /// Of the status.
    pub visibility: Visibility,
    /// It is a boost.
    pub boost: bool,
    /// Its language, where known.
    pub language: Option<String>,
    /// Whom it answers.
    pub in_reply_to_account: Option<Id>,
    /// The follower is in its audience.
    pub in_audience: bool,
    /// The follower follows whom it answers.
    pub follows_parent: bool,
    /// We went for it, nobody sent it.
    pub fetched: bool,
    /// It answers something that is not here.
    pub orphan: bool,
}

/// The twin of the SQL `enters_home`. One's own statuses always belong; they are no
/// matter of a follow.
pub fn belongs_in_home(follow: &Follow, status: &HomeFacts) -> bool {
    let for_followers = status.visibility <= Visibility::Private || status.in_audience;
    let boost_wanted = !status.boost || follow.shows_boosts();
    let language_wanted = match (&follow.languages, &status.language) {
        (Some(wanted), Some(language)) => wanted.contains(language),
        _ => true,
    };
    let talk_wanted = status.in_reply_to_account.is_none_or(|parent| {
        parent == status.author || parent == follow.account_id || status.follows_parent
    });
    let sent = !status.fetched && !status.orphan;
    follow.is_accepted() && sent && for_followers && boost_wanted && language_wanted && talk_wanted
}

/// The twin of the SQL `enters_home_by_tag`; `author_flags` are `accounts.flags` of the author.
pub fn belongs_in_home_by_tag(author_flags: i32, status: &HomeFacts) -> bool {
    let open = status.visibility == Visibility::Public && !status.boost;
    open && !status.fetched && !status.orphan && author_flags & flags::LIMITED == 0
}

/// Of two audiences the one with fewer people: an answer is for no more than what it answers.
pub fn narrower(one: Visibility, other: Visibility) -> Visibility {
    if one >= other { one } else { other }
}

/// Whether its author may pin a status that is no boost; as `pinnable!`.
pub fn may_be_pinned(visibility: Visibility) -> bool {
    visibility <= Visibility::Private
}

/// Whether anybody may read a status of that visibility who has its address.
pub fn is_open(visibility: Visibility) -> bool {
    visibility <= Visibility::Unlisted
}

/// Whether a status of that visibility can be boosted by others than its author.
pub fn boostable(visibility: Visibility) -> bool {
    visibility <= Visibility::Unlisted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts() -> Facts {
        Facts {
            author_flags: 0,
            author: 1,
            viewer: Some(2),
            visibility: Visibility::Public,
            local_only: false,
            in_audience: false,
            follows: false,
            blocked_by_author: false,
        }
    }

    #[test]
    fn strangers_see_public_and_unlisted_only() {
        for visibility in Visibility::ALL {
            let seen = may_see(&Facts {
                viewer: None,
                visibility: *visibility,
                follows: true,
                in_audience: true,
                ..facts()
            });
            assert_eq!(seen, *visibility <= Visibility::Unlisted, "{visibility}");
        }
        assert!(!may_see(&Facts {
            viewer: None,
            local_only: true,
            ..facts()
        }));
    }

    #[test]
    fn private_is_for_followers_and_audience_direct_for_audience() {
        let private = Facts {
            visibility: Visibility::Private,
            ..facts()
        };
        let direct = Facts {
            visibility: Visibility::Direct,
            ..facts()
        };
        assert!(!may_see(&private));
        assert!(may_see(&Facts {
            follows: true,
            ..private
        }));
        assert!(may_see(&Facts {
            in_audience: true,
            ..private
        }));
        assert!(!may_see(&Facts {
            follows: true,
            ..direct
        }));
        assert!(may_see(&Facts {
            in_audience: true,
            ..direct
        }));
        assert!(may_see(&Facts {
            viewer: Some(1),
            ..direct
        }));
    }

    #[test]
    fn a_block_or_a_suspension_hides_all() {
        assert!(!may_see(&Facts {
            blocked_by_author: true,
            ..facts()
        }));
        assert!(!may_see(&Facts {
            author_flags: flags::SUSPENDED,
            viewer: Some(1),
            ..facts()
        }));
    }

    #[test]
    fn home_takes_what_the_follow_asked_for() {
        let follow = Follow {
            id: 9,
            account_id: 2,
            target_id: 1,
            state: 1,
            flags: 0,
            languages: Some(vec!["en".into()]),
            ..Follow::default()
        };
        let status = HomeFacts {
            author: 1,
            visibility: Visibility::Public,
            boost: false,
            language: None,
            in_reply_to_account: None,
            in_audience: false,
            follows_parent: false,
            fetched: false,
            orphan: false,
        };
        assert!(belongs_in_home(&follow, &status));
        for stray in [
            HomeFacts {
                fetched: true,
                ..status.clone()
            },
            HomeFacts {
                orphan: true,
                ..status.clone()
            },
        ] {
            assert!(!belongs_in_home(&follow, &stray));
        }
        assert!(!belongs_in_home(
            &follow,
            &HomeFacts {
                boost: true,
                ..status.clone()
            }
        ));
        assert!(!belongs_in_home(
            &follow,
            &HomeFacts {
                language: Some("de".into()),
                ..status.clone()
            }
        ));
        assert!(!belongs_in_home(
            &follow,
            &HomeFacts {
                in_reply_to_account: Some(3),
                ..status.clone()
            }
        ));
        assert!(belongs_in_home(
            &follow,
            &HomeFacts {
                in_reply_to_account: Some(2),
                ..status.clone()
            }
        ));
        assert!(!belongs_in_home(
            &follow,
            &HomeFacts {
                visibility: Visibility::Direct,
                ..status.clone()
            }
        ));
        assert!(!belongs_in_home(&Follow { state: 0, ..follow }, &status));
    }
}
