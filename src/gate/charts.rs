//! What happened at the door, as figures for charts: counts by day or week, waits, questions,
//! hints. From daily counts, which stay when applications are erased.

use chrono::{NaiveDate, TimeDelta};

use super::questions;
use super::questions::statistics::Measured;
use crate::app::App;
use crate::domain::Result;
use crate::domain::door_count::DoorCount;
use crate::gate::who::Admin;
pub use crate::store::door_days::HintFigures;
use crate::store::{self, door_days};

/// How far back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// 30 days, one by one.
    Month,
    /// 13 weeks.
    Quarter,
    /// 53 weeks.
    Year,
}

impl Period {
    /// Shortest first.
    pub const ALL: [Period; 3] = [Period::Month, Period::Quarter, Period::Year];

    /// Its word in addresses.
    pub fn word(self) -> &'static str {
        match self {
            Period::Month => "30d",
            Period::Quarter => "90d",
            Period::Year => "1y",
        }
    }

    /// The one of that word; a month for any other.
    pub fn of(word: &str) -> Period {
        let all = Period::ALL.into_iter();
        all.rev()
            .find(|period| period.word() == word)
            .unwrap_or(Period::Month)
    }

    /// Days in one step, and steps.
    fn steps(self) -> (i64, usize) {
        match self {
            Period::Month => (1, 30),
            Period::Quarter => (7, 13),
            Period::Year => (7, 53),
        }
    }
}

/// What was counted within one step.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Its first day.
    pub from: NaiveDate,
    counts: [i64; DoorCount::ALL.len()],
}

impl Step {
    /// How many.
    pub fn of(&self, what: DoorCount) -> i64 {
        self.counts[what as usize]
    }
}

/// How long those waited whom a person decided about within a week.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wait {
    /// The first day of the week.
    pub from: NaiveDate,
    /// The middle wait, and the one that nine in ten did not exceed, in hours; `None` where
    /// nothing was decided.
    pub hours: Option<(f64, f64)>,
}

/// All of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Charts {
    /// How far back.
    pub period: Period,
    /// Day by day, or week by week, the oldest first.
    pub steps: Vec<Step>,
    /// Week by week, the oldest first.
    pub waits: Vec<Wait>,
    /// What is asked now, over the period; what answers themselves say, only while they are kept.
    pub questions: Vec<Measured>,
    /// Hints on cards that were decided.
    pub hints: Vec<HintFigures>,
}

impl Charts {
    /// Nothing happened at all.
    pub fn is_empty(&self) -> bool {
        let nothing = |step: &Step| step.counts.iter().all(|count| *count == 0);
        self.steps.iter().all(nothing)
    }
}

#[cfg(test)]
impl Charts {
    /// Made-up figures for the gallery; none at all with `empty`.
    pub fn example(empty: bool) -> Charts {
        let today = NaiveDate::from_ymd_opt(2026, 11, 21).unwrap_or_default();
        let (days, steps) = Period::Month.steps();
        let starts = starts(today, days, steps);
        let of = |from: &NaiveDate, n: i64| (*from, DoorCount::ALL[(n % 8) as usize], n % 7);
        let counted: Vec<_> = match empty {
            true => Vec::new(),
            false => (0..)
                .zip(&starts)
                .flat_map(|(n, from)| [of(from, n), of(from, n * 3 + 1)])
                .collect(),
        };
        let hint = |hint: &str, approved, refused, suspended| HintFigures {
            hint: hint.into(),
            approved,
            refused,
            suspended,
        };
        Charts {
            period: Period::Month,
            steps: sorted(&starts, &counted),
            waits: measured(
                &starts_of_weeks(today, days, steps),
                &[
                    (today, 5, 7),
                    (today, 8, 2),
                    (starts[3], 9, 4),
                    (starts[11], 3, 4),
                ],
            ),
            questions: Vec::new(),
            hints: match empty {
                true => Vec::new(),
                false => vec![hint("drafts", 40, 2, 0), hint("same_answer", 1, 60, 1)],
            },
        }
    }
}

/// Looks: six statements, however much happened.
pub async fn look(app: &App, _who: &Admin, period: Period) -> Result<Charts> {
    let now = app.clock.now();
    let today = now.date_naive();
    let (days, steps) = period.steps();
    let starts = starts(today, days, steps);
    let weeks = starts_of_weeks(today, days, steps);
    let since = starts.first().copied().unwrap_or(today);
    let first_week = weeks.first().copied().unwrap_or(since);
    let mut conn = app.desk.get().await?;
    let counted = door_days::list(&mut conn, since).await?;
    let waits = door_days::waits(&mut conn, first_week).await?;
    let asked = questions::all(&mut conn, now).await?;
    let ids: Vec<i64> = asked.iter().map(|asked| asked.version.id).collect();
    let figures = store::questions::figures(&mut conn, &ids, since).await?;
    let hints = door_days::hints(&mut conn, since).await?;
    Ok(Charts {
        period,
        steps: sorted(&starts, &counted),
        waits: measured(&weeks, &waits),
        questions: asked
            .into_iter()
            .map(|asked| Measured {
                figures: figures
                    .iter()
                    .find(|f| f.version == asked.version.id)
                    .copied()
                    .unwrap_or_default(),
                asked,
            })
            .collect(),
        hints,
    })
}

/// The first days of so many steps of so many days, of which the last one ends today.
fn starts(today: NaiveDate, days: i64, steps: usize) -> Vec<NaiveDate> {
    let steps = i64::try_from(steps).unwrap_or(0);
    let first = today - TimeDelta::days(days * steps - 1);
    (0..steps)
        .map(|step| first + TimeDelta::days(days * step))
        .collect()
}

/// The weeks that cover the same time.
fn starts_of_weeks(today: NaiveDate, days: i64, steps: usize) -> Vec<NaiveDate> {
    let all = usize::try_from(days).unwrap_or(1) * steps;
    starts(today, 7, all.div_ceil(7))
}

/// The step that a day lies in.
fn place_of(starts: &[NaiveDate], day: NaiveDate) -> Option<usize> {
    starts.partition_point(|from| *from <= day).checked_sub(1)
}

fn sorted(starts: &[NaiveDate], counted: &[(NaiveDate, DoorCount, i64)]) -> Vec<Step> {
    let mut steps: Vec<Step> = starts
        .iter()
        .map(|from| Step {
            from: *from,
            counts: Default::default(),
        })
        .collect();
    for (day, what, count) in counted {
        if let Some(place) = place_of(starts, *day) {
            steps[place].counts[*what as usize] += count;
        }
    }
    steps
}

fn measured(starts: &[NaiveDate], waits: &[(NaiveDate, i16, i64)]) -> Vec<Wait> {
    let mut steps = vec![[0i64; door_days::WAITS.len() + 1]; starts.len()];
    for (day, step, count) in waits {
        let step = usize::try_from(*step)
            .unwrap_or(0)
            .min(door_days::WAITS.len());
        if let Some(place) = place_of(starts, *day) {
            steps[place][step] += count;
        }
    }
    let both = |steps: &[i64]| Some((quantile(steps, 0.5)?, quantile(steps, 0.9)?));
    starts
        .iter()
        .zip(&steps)
        .map(|(from, steps)| Wait {
            from: *from,
            hours: both(steps),
        })
        .collect()
}

/// The middle wait of those counted on that day or later, in hours; `None` for nobody.
pub(super) fn middle_wait(since: NaiveDate, waits: &[(NaiveDate, i16, i64)]) -> Option<f64> {
    let all = measured(&[since], waits);
    all.first()?.hours.map(|(middle, _)| middle)
}

/// The wait that a part of those counted did not exceed, in hours; within a step as if they
/// were spread evenly. `None` for nobody.
fn quantile(steps: &[i64], part: f64) -> Option<f64> {
    let all: i64 = steps.iter().sum();
    if all == 0 {
        return None;
    }
    let wanted = part * all as f64;
    let mut before = 0.0;
    for (index, count) in steps.iter().enumerate() {
        let count = *count as f64;
        if count > 0.0 && before + count >= wanted {
            let below = match index {
                0 => 0.0,
                index => door_days::WAITS[index - 1],
            };
            let above = door_days::WAITS.get(index).copied().unwrap_or(below * 2.0);
            return Some(below + (above - below) * (wanted - before) / count);
        }
        before += count;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(n: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, n).unwrap()
    }

    #[test]
    fn steps_end_today_and_every_day_lies_in_one() {
        let month = starts(day(30), 1, 30);
        assert_eq!((month[0], month[29]), (day(1), day(30)));
        let weeks = starts_of_weeks(day(30), 1, 30);
        assert_eq!(weeks.len(), 5);
        assert!(weeks[0] <= month[0]);
        assert_eq!(place_of(&month, day(30)), Some(29));
        assert_eq!(place_of(&weeks, day(30)), Some(4));
        assert_eq!(place_of(&month, day(1) - TimeDelta::days(1)), None);
        let counted = [
            (day(3), DoorCount::Applied, 2),
            (day(4), DoorCount::Applied, 3),
            (day(4), DoorCount::Approved, 1),
        ];
        let steps = sorted(&month, &counted);
        assert_eq!(steps[3].of(DoorCount::Applied), 3);
        assert_eq!(steps[3].of(DoorCount::Approved), 1);
        let all: i64 = sorted(&weeks, &counted)
            .iter()
            .map(|s| s.of(DoorCount::Applied))
            .sum();
        assert_eq!(all, 5);
    }

    #[test]
    fn the_middle_wait_lies_within_its_step() {
        let mut steps = [0; door_days::WAITS.len() + 1];
        assert_eq!(quantile(&steps, 0.5), None);
        steps[5] = 10;
        assert_eq!(
            quantile(&steps, 0.5),
            Some(18.0),
            "half-way from 12 to 24 hours"
        );
        steps[16] = 1;
        let long = quantile(&steps, 0.999).unwrap();
        assert!((720.0..=1440.0).contains(&long), "{long}");
    }

    #[test]
    fn a_word_that_is_none_is_a_month() {
        for period in Period::ALL {
            assert_eq!(Period::of(period.word()), period);
        }
        assert_eq!(Period::of("tomorrow"), Period::Month);
    }
}
