//! The stages, each at its hour, and what never happens.

use proptest::prelude::*;

use super::*;
use crate::domain::registration_mode::{ModeReason, RegistrationMode};
use crate::gate::ceilings::deadman;
use crate::gate::effective_mode::{Ceiling, EffectiveMode, strictest};

fn at(hours: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap() + TimeDelta::hours(hours)
}

fn days(n: i64) -> i64 {
    n * 24
}

/// A place of some people, whose owner was seen at hour 0.
fn facts() -> Facts {
    Facts::quiet(TimeDelta::days(7), at(0))
}

fn written(stage: Stage, since: i64, uptime: i64) -> Written {
    Written {
        episode: Some(OpenEpisode {
            id: 1,
            cause: Cause::Absent,
            stage,
            version: 1,
            since: at(since),
            stage_since: at(since),
            warned: 2,
            uptime: TimeDelta::hours(uptime),
            sealed: stage >= Stage::Sealed,
        }),
        clockwork: None,
    }
}

fn stage(facts: &Facts, hours: i64) -> (Stage, Option<Warning>) {
    let standing = judge(facts, &Written::default(), at(hours));
    (standing.stage, standing.warning)
}

#[test]
fn a_week_has_two_warnings_and_then_the_door_is_guarded() {
    let facts = facts();
    assert_eq!(stage(&facts, days(5) - 1), (Stage::Calm, None));
    assert_eq!(
        stage(&facts, days(5)),
        (Stage::Warned, Some(Warning::First))
    );
    let second = days(7) - 12;
    assert_eq!(stage(&facts, second - 1).1, Some(Warning::First));
    assert_eq!(stage(&facts, second).1, Some(Warning::Second));
    assert_eq!(stage(&facts, days(7)), (Stage::Guarded, None));
    let judged = judge(&facts, &Written::default(), at(days(8)));
    assert_eq!(judged.since, Some(at(days(7))), "when it became true");
}

#[test]
fn a_short_clock_is_warned_of_in_its_second_half() {
    let facts = Facts {
        presence: Some(TimeDelta::days(2)),
        ..facts()
    };
    assert_eq!(stage(&facts, 23), (Stage::Calm, None));
    assert_eq!(stage(&facts, 24).1, Some(Warning::First));
    assert_eq!(stage(&facts, 36).1, Some(Warning::Second));
    assert_eq!(stage(&facts, 48).0, Stage::Guarded);
}

#[test]
fn dead_workers_guard_a_door_and_seal_none() {
    for months in 1..40 {
        assert_eq!(stage(&facts(), days(30 * months)).0, Stage::Guarded);
    }
}

#[test]
fn a_door_is_sealed_after_twice_the_time_and_two_days_of_uptime() {
    let sealed = |hours, uptime| {
        judge(
            &facts(),
            &written(Stage::Guarded, days(7), uptime),
            at(hours),
        )
        .stage
    };
    assert_eq!(sealed(days(14), 47), Stage::Guarded);
    assert_eq!(sealed(days(14) - 1, 300), Stage::Guarded);
    assert_eq!(sealed(days(14), 48), Stage::Sealed);
}

#[test]
fn members_hear_of_it_after_thirty_days_and_a_week_of_uptime() {
    let distress = |hours, uptime| {
        judge(
            &facts(),
            &written(Stage::Sealed, days(14), uptime),
            at(hours),
        )
        .stage
    };
    assert_eq!(distress(days(30), 167), Stage::Sealed);
    assert_eq!(distress(days(30) - 1, 400), Stage::Sealed);
    assert_eq!(distress(days(30), 168), Stage::Distress);
    let planned = Facts {
        absent_until: Some(at(days(40))),
        ..facts()
    };
    let judged = judge(
        &planned,
        &written(Stage::Sealed, days(14), 400),
        at(days(31)),
    );
    assert_eq!(judged.stage, Stage::Sealed, "stage 4 waits for the return");
}

#[test]
fn a_sign_of_life_ends_a_warning_and_nothing_more() {
    let seen = Facts {
        seen: Some(at(days(20))),
        ..facts()
    };
    let judged = |stage| judge(&seen, &written(stage, days(6), 400), at(days(20) + 1)).stage;
    assert_eq!(judged(Stage::Warned), Stage::Calm);
    assert_eq!(judged(Stage::Guarded), Stage::Guarded);
    assert_eq!(judged(Stage::Sealed), Stage::Sealed);
    assert_eq!(judged(Stage::Distress), Stage::Distress);
}

#[test]
fn the_queue_alone_guards_and_seals_only_where_nobody_decides() {
    let waiting = Facts {
        seen: Some(at(days(28))),
        waiting: true,
        oldest_application: Some(at(0)),
        ..facts()
    };
    assert_eq!(stage(&waiting, days(14) - 1).0, Stage::Calm);
    let judged = judge(&waiting, &Written::default(), at(days(14)));
    assert_eq!(
        (judged.stage, judged.cause),
        (Stage::Guarded, Cause::Unanswered)
    );
    let kept = written(Stage::Guarded, days(14), 400);
    assert_eq!(judge(&waiting, &kept, at(days(28))).stage, Stage::Sealed);
    let at_work = Facts {
        decided: Some(at(days(25))),
        ..waiting
    };
    assert_eq!(judge(&at_work, &kept, at(days(31))).stage, Stage::Guarded);
    assert_eq!(judge(&at_work, &kept, at(days(32))).stage, Stage::Sealed);
}

#[test]
fn a_report_waits_for_a_week() {
    let reported = Facts {
        seen: Some(at(days(7))),
        oldest_report: Some(at(0)),
        ..facts()
    };
    assert_eq!(stage(&reported, days(7) - 1).0, Stage::Calm);
    assert_eq!(stage(&reported, days(7)).0, Stage::Guarded);
}

#[test]
fn where_nobody_can_come_in_nothing_is_guarded_and_members_hear_late() {
    let shut = Facts {
        way_in: false,
        ..facts()
    };
    assert_eq!(stage(&shut, days(59)).0, Stage::Calm);
    assert_eq!(
        stage(&shut, days(60)),
        (Stage::Warned, Some(Warning::First))
    );
    assert_eq!(stage(&shut, days(89)).1, Some(Warning::First));
    let kept = written(Stage::Warned, days(60), 168);
    assert_eq!(judge(&shut, &kept, at(days(90) - 1)).stage, Stage::Warned);
    assert_eq!(judge(&shut, &kept, at(days(90))).stage, Stage::Distress);
    let waiting = Facts {
        waiting: true,
        ..shut.clone()
    };
    assert_eq!(stage(&waiting, days(7)).0, Stage::Guarded);
    let alone = Facts {
        alone: true,
        ..facts()
    };
    assert_eq!(stage(&alone, days(4000)).0, Stage::Calm);
}

#[test]
fn who_opens_a_door_that_nobody_watches_finds_it_guarded() {
    // Nobody of the staff: a member's invite is a way in.
    let opened = Facts {
        way_in: true,
        ..facts()
    };
    let clockwork = Clockwork {
        high_water: at(days(20)),
        ticked_at: at(days(20)),
        behind: TimeDelta::zero(),
        jump_wait: TimeDelta::zero(),
        ahead: None,
    };
    let ticked = Written {
        episode: None,
        clockwork: Some(clockwork),
    };
    let judged = judge(&opened, &ticked, at(days(20) + 1));
    assert_eq!(judged.stage, Stage::Guarded);
    assert_eq!(judged.since, Some(at(days(20))), "not before it was opened");
}

#[test]
fn trusted_reporters_and_emergencies_shorten_the_second_stage_alone() {
    let reported = Facts {
        trusted_reports: Some(at(10)),
        ..facts()
    };
    assert_eq!(stage(&reported, 47).0, Stage::Calm);
    assert_eq!(stage(&reported, 48).0, Stage::Guarded);
    let late = Facts {
        trusted_reports: Some(at(100)),
        ..facts()
    };
    assert_eq!(
        judge(&late, &Written::default(), at(101)).since,
        Some(at(100))
    );
    let emergency = Facts {
        emergency: Some(at(1)),
        ..facts()
    };
    assert_eq!(stage(&emergency, 24).0, Stage::Guarded);
    let kept = written(Stage::Guarded, 24, 400);
    assert_eq!(
        judge(&emergency, &kept, at(days(14) - 1)).stage,
        Stage::Guarded
    );
}

#[test]
fn an_emergency_and_the_switch_hold_the_door_together_and_each_lets_go_on_its_own() {
    // E19. A rule in force is a ceiling of its own beside the switch's, and shortens its clock
    // (C4); no rule exists yet, so it stands here as what it will bring.
    let open = Ceiling {
        mode: RegistrationMode::Open,
        bypass: true,
        reason: ModeReason::Admin,
        since: None,
    };
    let of_rule = Ceiling {
        mode: RegistrationMode::Approval,
        bypass: false,
        reason: ModeReason::Emergency,
        since: Some(at(30)),
    };
    let door = |facts: &Facts, kept: &Written, hours: i64| {
        let judged = judge(facts, kept, at(hours));
        let rule = facts.emergency.map(|_| of_rule);
        let switch = deadman::ceiling(&judged, RegistrationMode::Approval);
        strictest([Some(open), rule, switch].into_iter().flatten())
    };
    let holds = |door: &EffectiveMode| {
        let held = |reason| door.is_held_by(reason);
        (
            door.mode,
            held(ModeReason::Emergency),
            held(ModeReason::Deadman),
        )
    };
    let nothing = Written::default();
    let home = Facts {
        seen: Some(at(29)),
        ..facts()
    };
    let rule = Facts {
        emergency: Some(at(30)),
        ..home.clone()
    };
    let approval = RegistrationMode::Approval;
    // Somebody is home: the rule alone holds it, and lets go.
    assert_eq!(holds(&door(&rule, &nothing, 31)), (approval, true, false));
    assert_eq!(
        holds(&door(&home, &nothing, 31)),
        (RegistrationMode::Open, false, false)
    );
    // Nobody is, for the day that is enough then: both do.
    assert_eq!(holds(&door(&rule, &nothing, 53)), (approval, true, true));
    // The rule ends by itself: that is no sign of life.
    let guarded = written(Stage::Guarded, 53, 1);
    assert_eq!(holds(&door(&home, &guarded, 55)), (approval, false, true));
    // Somebody comes back and lifts the switch: the rule goes on.
    let back = Facts {
        seen: Some(at(55)),
        ..rule.clone()
    };
    assert_eq!(holds(&door(&back, &nothing, 56)), (approval, true, false));
    // The strictest of both, whichever it is.
    let sealed = written(Stage::Sealed, days(20), 1);
    let both = door(&rule, &sealed, days(20) + 1);
    assert_eq!(
        holds(&both),
        (RegistrationMode::Closed, true, true),
        "sealed"
    );
    assert!(!both.bypass);
}

#[test]
fn without_anybody_the_door_is_guarded_at_once_and_sealed_after_a_day_of_uptime() {
    // E7
    let nobody = Facts {
        kept: false,
        seen: None,
        alone: true,
        ..facts()
    };
    let judged = judge(&nobody, &Written::default(), at(0));
    assert_eq!(
        (judged.stage, judged.cause),
        (Stage::Guarded, Cause::Nobody)
    );
    let kept = |uptime| {
        let mut kept = written(Stage::Guarded, 0, uptime);
        kept.episode.as_mut().unwrap().cause = Cause::Nobody;
        kept
    };
    assert_eq!(judge(&nobody, &kept(23), at(23)).stage, Stage::Guarded);
    assert_eq!(judge(&nobody, &kept(24), at(24)).stage, Stage::Sealed);
    // The first owner is there.
    let owner = Facts {
        kept: true,
        seen: Some(at(30)),
        ..nobody
    };
    assert_eq!(judge(&owner, &kept(24), at(30)).stage, Stage::Calm);
}

#[test]
fn a_bot_with_the_role_keeps_the_light_on_only_while_somebody_comes_in_person() {
    // E18
    let bot = |by_app| Facts {
        seen_by_app: Some(at(by_app)),
        ..facts()
    };
    let seen = |by_app, now| judge(&bot(by_app), &Written::default(), at(now)).stage;
    assert_eq!(seen(days(20), days(26)), Stage::Warned);
    assert_eq!(
        seen(days(27), days(27)),
        Stage::Warned,
        "seen at 21 d, as far as it counts"
    );
    assert_eq!(
        seen(days(27), days(28)),
        Stage::Guarded,
        "every 4 T somebody in person"
    );
    let nobody = Facts {
        seen: None,
        ..bot(days(20))
    };
    assert_eq!(stage(&nobody, days(20)).0, Stage::Guarded);
}

#[test]
fn a_clock_that_jumped_guards_and_does_not_seal() {
    let mut jumped = written(Stage::Guarded, days(7), 400);
    let mut clockwork = Clockwork {
        high_water: at(days(365)),
        ticked_at: at(days(365)),
        behind: TimeDelta::zero(),
        jump_wait: TimeDelta::hours(1),
        ahead: None,
    };
    jumped.clockwork = Some(clockwork);
    assert_eq!(
        judge(&facts(), &jumped, at(days(365))).stage,
        Stage::Guarded
    );
    // Set back: no deadline is extended (E5).
    assert_eq!(judge(&facts(), &jumped, at(0)).now, at(days(365)));
    clockwork.jump_wait = TimeDelta::zero();
    jumped.clockwork = Some(clockwork);
    assert_eq!(judge(&facts(), &jumped, at(0)).stage, Stage::Sealed);
}

#[test]
fn what_comes_next_is_told_in_its_order() {
    let judged = judge(&facts(), &Written::default(), at(1));
    let told: Vec<_> = judged
        .next
        .iter()
        .map(|next| (next.stage, next.at))
        .collect();
    assert_eq!(
        told,
        [
            (Stage::Warned, at(days(5))),
            (Stage::Warned, at(days(7) - 12)),
            (Stage::Guarded, at(days(7))),
            (Stage::Sealed, at(days(14))),
            (Stage::Distress, at(days(30))),
        ]
    );
}

fn some_facts() -> impl Strategy<Value = Facts> {
    let hour = || proptest::option::of((0..1_000i64).prop_map(at));
    (
        (
            proptest::option::of((2..15i64).prop_map(TimeDelta::days)),
            any::<bool>(),
            hour(),
            hour(),
        ),
        (any::<bool>(), any::<bool>(), any::<bool>()),
        (hour(), hour(), hour(), hour(), hour(), hour()),
    )
        .prop_map(|(who, door, times)| Facts {
            presence: who.0,
            kept: who.1,
            seen: who.2,
            seen_by_app: who.3,
            way_in: door.0,
            waiting: door.1,
            alone: door.2,
            oldest_application: times.0,
            oldest_report: times.1,
            decided: times.2,
            trusted_reports: times.3,
            emergency: times.4,
            absent_until: times.5,
        })
}

fn some_written() -> impl Strategy<Value = Written> {
    (0..5i16, 0..3i16, 0..1_000i64, 0..400i64, any::<bool>()).prop_map(
        |(stage, cause, since, uptime, jumped)| {
            let mut kept = written(Stage::from_number(stage).unwrap(), since, uptime);
            kept.episode = kept.episode.filter(|e| e.stage > Stage::Calm).map(|e| {
                let cause = Cause::from_number(cause).unwrap();
                OpenEpisode { cause, ..e }
            });
            kept.clockwork = jumped.then(|| Clockwork {
                high_water: at(since),
                ticked_at: at(since),
                behind: TimeDelta::zero(),
                jump_wait: TimeDelta::hours(uptime % 25),
                ahead: None,
            });
            kept
        },
    )
}

proptest! {
    #[test]
    fn more_absence_never_loosens(
        facts in some_facts(), kept in some_written(), now in 0..3_000i64, later in 0..3_000i64,
    ) {
        let (before, after) = (judge(&facts, &kept, at(now)), judge(&facts, &kept, at(now + later)));
        prop_assert!(after.stage >= before.stage);
    }

    #[test]
    fn an_earlier_sign_of_life_is_never_looser(
        facts in some_facts(), kept in some_written(), now in 0..3_000i64, earlier in 0..3_000i64,
    ) {
        let less = Facts { seen: facts.seen.map(|s| s - TimeDelta::hours(earlier)), ..facts.clone() };
        // What began because nobody could keep the light on ends by a sign after it.
        prop_assume!(kept.episode.is_none_or(|e| e.cause != Cause::Nobody));
        prop_assert!(judge(&less, &kept, at(now)).stage >= judge(&facts, &kept, at(now)).stage);
    }

    #[test]
    fn a_stage_began_in_the_past(facts in some_facts(), kept in some_written(), now in 1_000..3_000i64) {
        let judged = judge(&facts, &kept, at(now));
        prop_assert_eq!(judged.since.is_none(), judged.stage == Stage::Calm);
        prop_assert!(judged.since.is_none_or(|since| since <= judged.now));
        prop_assert!(judged.next.iter().all(|next| next.at >= judged.now || next.stage == Stage::Guarded));
    }

    #[test]
    fn what_is_written_agrees_after_a_few_steps(
        facts in some_facts(), kept in some_written(), now in 1_000..3_000i64,
    ) {
        let mut kept = kept;
        for _ in 0..8 {
            let judged = judge(&facts, &kept, at(now));
            let Some(change) = judged.change() else {
                prop_assert_eq!(judged.stage, kept.episode.map_or(Stage::Calm, |e| e.stage));
                return Ok(());
            };
            kept.episode = apply(kept.episode, change);
        }
        prop_assert!(false, "it never comes to rest");
    }
}
