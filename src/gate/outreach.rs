//! What goes to strangers, and what of it waits until a person has looked (registration.md C1 and
//! C4).
//!
//! A stranger is whoever is named or answered in a post and does not follow its author, here or
//! elsewhere. The relay asks [`judge`] about new posts and edits, in the transaction that would
//! tell of them and in the order in which they came, so that two at once cannot share a budget:
//!
//! - *probation*, while nobody of the staff was home for long: who is not established tells
//!   [`ON_PROBATION`] strangers in 24 hours; a post with a file of more than [`LARGE_FILE`] waits.
//! - *the first week*: [`A_DAY`] strangers in 24 hours, [`A_DAY_LINKED`] with a link, until seven
//!   days in and known to three established people here, or established.
//! - *waking*: who slept for thirty days, and whose first ten posts bring a link to
//!   [`WOKEN`] strangers, established or not; the rule lasts a day, and a day later what nobody
//!   looked at goes.
//!
//! What waits is live here: followers see it, strangers are not told of it, nothing is sent. It is
//! never dropped. Nothing of this runs while somebody posts: an established author without a link
//! for strangers costs the relay nothing either.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, TimeDelta, Utc};

use super::switch;
use crate::app::App;
use crate::domain::hold_reason::HoldReason;
use crate::domain::{Id, Result};
use crate::store::holds::NewHold;
use crate::store::outreach::{Facts, NewReach};
use crate::store::{self, Conn};

/// Strangers that one who is on probation tells in 24 hours.
pub const ON_PROBATION: i64 = 3;
/// Bytes of a file as it came; a post with a larger one waits during probation.
pub const LARGE_FILE: i64 = 10 * 1024 * 1024;
/// Strangers that a newcomer tells in 24 hours.
pub const A_DAY: i64 = 10;
/// Those of them who get a link.
pub const A_DAY_LINKED: i64 = 3;
/// As long as this somebody is a newcomer at least.
pub const FIRST_WEEK: TimeDelta = TimeDelta::days(7);
/// So many strangers with a link make waking suspicious.
pub const WOKEN: usize = 3;
/// How long the rule lasts once it has fired.
const RULE_LASTS: TimeDelta = TimeDelta::hours(24);
/// So long after its end time lets out what nobody looked at.
const AFTER_RULE: TimeDelta = TimeDelta::hours(24);
/// How long it is remembered who was told: longer than ten posts after a sleep take, mostly.
const REMEMBERED: TimeDelta = TimeDelta::days(90);

/// What an author has used up, as posts of one batch add to it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Spent {
    told: i64,
    told_linked: i64,
    woken: BTreeSet<Id>,
}

/// Whom a post newly tells: all strangers, or those that an edit adds; where the link is new, all
/// of them.
fn newly_told(facts: &Facts) -> Vec<Id> {
    let before = match facts.link {
        true => &facts.before_linked,
        false => &facts.before,
    };
    let new = facts.strangers.iter().filter(|id| !before.contains(id));
    new.copied().collect()
}

/// Whether a post waits. `told` strangers are new; `guarded`: nobody of the staff was home for
/// long.
fn verdict(
    facts: &Facts,
    told: &[Id],
    spent: &Spent,
    guarded: bool,
    now: DateTime<Utc>,
) -> Option<HoldReason> {
    let many = i64::try_from(told.len()).unwrap_or(i64::MAX);
    if facts.woke.is_some() && facts.link && many > 0 {
        let reached: BTreeSet<Id> = spent.woken.iter().chain(told).copied().collect();
        if reached.len() >= WOKEN {
            return Some(HoldReason::Waking);
        }
    }
    if facts.staff {
        return None;
    }
    if facts.restrained || (guarded && !facts.established) {
        if many > 0 && spent.told + many > ON_PROBATION {
            return Some(HoldReason::Probation);
        }
        if facts.large_file {
            return Some(HoldReason::LargeFile);
        }
    }
    if facts.established || (facts.known_here && facts.member_since + FIRST_WEEK <= now) {
        return None;
    }
    let too_many = many > 0 && spent.told + many > A_DAY;
    let too_many_linked = many > 0 && facts.link && spent.told_linked + many > A_DAY_LINKED;
    (too_many || too_many_linked).then_some(HoldReason::FirstWeek)
}

/// Decides over posts and edits of people here; `posted` are new ones, of `edited` some may have
/// gone out before. What must wait is held when this returns. No statement for none.
pub async fn judge(
    app: &App,
    conn: &mut Conn,
    posted: &[Id],
    edited: &[Id],
    now: DateTime<Utc>,
) -> Result<()> {
    let mut asked: Vec<Id> = posted.iter().chain(edited).copied().collect();
    asked.sort_unstable();
    asked.dedup();
    let all = store::outreach::facts(conn, asked, LARGE_FILE, now).await?;
    let is_asked = |f: &Facts| !f.staff && !f.established;
    let guarded = match all.iter().any(is_asked) {
        true => is_guarded(app, conn, now).await?,
        false => false,
    };
    let mut spent: HashMap<Id, Spent> = HashMap::new();
    let (mut holds, mut reached) = (Vec::new(), Vec::new());
    for facts in &all {
        // What waits goes on waiting, whatever it says by now.
        if facts.held {
            continue;
        }
        let told = newly_told(facts);
        let spent = spent.entry(facts.account).or_insert_with(|| Spent {
            told: facts.told,
            told_linked: facts.told_linked,
            woken: BTreeSet::new(),
        });
        spent.woken.extend(&facts.woken);
        let reason = verdict(facts, &told, spent, guarded, now);
        if let Some(reason) = reason {
            let until = match reason {
                HoldReason::Waking => Some(now + RULE_LASTS + AFTER_RULE),
                _ => None,
            };
            holds.push(NewHold {
                status: facts.status,
                account: facts.account,
                reason,
                sent: !posted.contains(&facts.status),
                until,
            });
        } else {
            let many = i64::try_from(told.len()).unwrap_or(i64::MAX);
            spent.told += many;
            spent.told_linked += if facts.link { many } else { 0 };
        }
        if facts.link && facts.woke.is_some() {
            spent.woken.extend(&told);
        }
        reached.extend(told.iter().map(|stranger| NewReach {
            status: facts.status,
            account: facts.account,
            stranger: *stranger,
            link: facts.link,
            waits: reason.is_some(),
        }));
    }
    store::outreach::write(conn, &reached, now).await?;
    store::holds::hold(conn, &holds, now).await
}

/// Whether nobody of the staff was home for so long that who is not established is on probation.
pub async fn is_guarded(app: &App, conn: &mut Conn, now: DateTime<Utc>) -> Result<bool> {
    Ok(switch::standing(app, conn, now).await?.probation())
}

/// Lets out what time lets out, and forgets what was counted long ago; for the timers.
///
/// # Errors
/// When the database cannot be asked.
pub async fn sweep(app: &App) -> Result<()> {
    let mut conn = app.pool.get().await?;
    let now = app.clock.now();
    let guarded = is_guarded(app, &mut conn, now).await?;
    let due = store::holds::release_due(&mut conn, guarded, now).await?;
    let since = now - FIRST_WEEK;
    let grown = store::holds::release_grown(&mut conn, since, guarded, now).await?;
    if due + grown > 0 {
        app.wake_relay();
    }
    store::outreach::sweep(&mut conn, now - REMEMBERED).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::days(20_000)
    }

    /// A newcomer of two days.
    fn facts() -> Facts {
        Facts {
            status: 1,
            account: 2,
            staff: false,
            established: false,
            restrained: false,
            member_since: now() - TimeDelta::days(2),
            known_here: false,
            strangers: Vec::new(),
            link: false,
            held: false,
            before: Vec::new(),
            before_linked: Vec::new(),
            told: 0,
            told_linked: 0,
            woke: None,
            woken: Vec::new(),
            large_file: false,
        }
    }

    fn spent(told: i64, told_linked: i64) -> Spent {
        Spent {
            told,
            told_linked,
            woken: BTreeSet::new(),
        }
    }

    fn judged(facts: &Facts, spent: &Spent, guarded: bool) -> Option<HoldReason> {
        verdict(facts, &newly_told(facts), spent, guarded, now())
    }

    #[test]
    fn the_first_week_ends_with_its_days_and_with_being_known() {
        let post = Facts {
            strangers: vec![7],
            ..facts()
        };
        assert_eq!(judged(&post, &spent(9, 0), false), None);
        let held = Some(HoldReason::FirstWeek);
        assert_eq!(judged(&post, &spent(10, 0), false), held);
        let linked = Facts {
            link: true,
            ..post.clone()
        };
        assert_eq!(judged(&linked, &spent(3, 2), false), None);
        assert_eq!(judged(&linked, &spent(3, 3), false), held);
        // Neither alone is enough.
        let old = Facts {
            member_since: now() - TimeDelta::days(400),
            ..post.clone()
        };
        assert_eq!(judged(&old, &spent(10, 0), false), held);
        let known = Facts {
            known_here: true,
            ..post.clone()
        };
        assert_eq!(judged(&known, &spent(10, 0), false), held);
        let both = Facts {
            known_here: true,
            ..old
        };
        assert_eq!(judged(&both, &spent(10, 0), false), None);
        for exempt in [
            Facts {
                established: true,
                ..post.clone()
            },
            Facts {
                staff: true,
                ..post
            },
        ] {
            assert_eq!(judged(&exempt, &spent(1000, 1000), true), None);
        }
    }

    #[test]
    fn what_is_for_no_stranger_never_waits_but_for_a_large_file() {
        let plain = facts();
        for guarded in [false, true] {
            assert_eq!(judged(&plain, &spent(1000, 1000), guarded), None);
        }
        let large = Facts {
            large_file: true,
            ..plain
        };
        assert_eq!(judged(&large, &spent(0, 0), false), None);
        let held = Some(HoldReason::LargeFile);
        assert_eq!(judged(&large, &spent(0, 0), true), held);
    }

    #[test]
    fn on_probation_three_are_told_in_a_day_however_long_somebody_is_here() {
        let post = Facts {
            strangers: vec![7],
            known_here: true,
            member_since: now() - TimeDelta::days(400),
            ..facts()
        };
        assert_eq!(judged(&post, &spent(2, 0), true), None);
        let held = Some(HoldReason::Probation);
        assert_eq!(judged(&post, &spent(3, 0), true), held);
        assert_eq!(judged(&post, &spent(3, 0), false), None);
        let restrained = Facts {
            restrained: true,
            established: true,
            ..post
        };
        assert_eq!(judged(&restrained, &spent(3, 0), false), held);
    }

    #[test]
    fn who_wakes_with_links_for_three_waits_whoever_it_is() {
        let post = Facts {
            established: true,
            link: true,
            woke: Some(now()),
            strangers: vec![9],
            ..facts()
        };
        let mut reached = spent(0, 0);
        assert_eq!(judged(&post, &reached, false), None);
        reached.woken = BTreeSet::from([7, 8]);
        let held = Some(HoldReason::Waking);
        assert_eq!(judged(&post, &reached, false), held);
        // The same two again are no third.
        let again = Facts {
            strangers: vec![8],
            ..post.clone()
        };
        assert_eq!(judged(&again, &reached, false), None);
        let wordless = Facts {
            link: false,
            ..post.clone()
        };
        assert_eq!(judged(&wordless, &reached, false), None);
        let staff = Facts {
            staff: true,
            ..post
        };
        assert_eq!(judged(&staff, &reached, false), held);
    }

    #[test]
    fn an_edit_tells_whom_it_adds_and_all_of_them_of_a_new_link() {
        let edit = Facts {
            strangers: vec![7, 8, 9],
            before: vec![7, 8],
            ..facts()
        };
        assert_eq!(newly_told(&edit), [9]);
        let linked = Facts { link: true, ..edit };
        assert_eq!(newly_told(&linked), [7, 8, 9]);
        let twice = Facts {
            before_linked: vec![7, 8, 9],
            ..linked
        };
        assert!(newly_told(&twice).is_empty());
    }
}
