//! The switch as those see it who keep the light on.

use chrono::{NaiveDate, TimeDelta};
use chrono_tz::Tz;

use super::rehearse::{self, Scene};
use super::stage::{Facts, Standing, Written};
use crate::app::App;
use crate::domain::Result;
use crate::domain::registration_mode::RegistrationMode;
use crate::domain::role::Role;
use crate::gate::mode;
use crate::gate::who::Reviewer;
use crate::model::audit::SignOfLife;
use crate::model::switch::Episode;
use crate::store;
pub use crate::store::signs_of_life::{Day, Keeper};

/// So many days of signs of life are drawn: 53 weeks.
pub const DRAWN_DAYS: i64 = 371;
/// Episodes that are listed.
const EPISODES: i64 = 20;

/// All of it.
#[derive(Debug, Clone)]
pub struct Overview {
    /// Where it stands.
    pub standing: Standing,
    /// What that follows from.
    pub facts: Facts,
    /// Days without a sign of life until the door is guarded.
    pub presence_days: i64,
    /// The mode of a guarded door.
    pub guarded_mode: RegistrationMode,
    /// Who keeps the light on, and when each was there last; 100 at the most.
    pub keepers: Vec<Keeper>,
    /// Days of the last 53 weeks on which somebody was there, oldest first.
    pub days: Vec<Day>,
    /// Today, where the viewer is.
    pub today: NaiveDate,
    /// Episodes, newest first.
    pub episodes: Vec<Episode>,
}

/// Looks at the switch; days are those of `zone`.
pub async fn look(app: &App, _who: &Reviewer, zone: Tz) -> Result<Overview> {
    let mut conn = app.desk.get().await?;
    let now = app.clock.decide(&mut conn).await?;
    let weighed = mode::weighed(app, &mut conn, now).await?;
    let since = now - TimeDelta::days(DRAWN_DAYS);
    Ok(Overview {
        standing: (*weighed.switch).clone(),
        facts: (*weighed.facts).clone(),
        presence_days: weighed.presence_days,
        guarded_mode: weighed.guarded_mode,
        keepers: store::signs_of_life::keepers(&mut conn).await?,
        days: store::signs_of_life::days(&mut conn, since, zone.name()).await?,
        today: now.with_timezone(&zone).date_naive(),
        episodes: store::switch::episodes(&mut conn, EPISODES).await?,
    })
}

/// Where it stands, for whoever has a shell on the server.
pub async fn status(app: &App) -> Result<(Standing, Facts)> {
    let mut conn = app.desk.get().await?;
    let now = app.clock.decide(&mut conn).await?;
    let weighed = mode::weighed(app, &mut conn, now).await?;
    Ok(((*weighed.switch).clone(), (*weighed.facts).clone()))
}

/// What would happen within so many days if nobody came.
pub fn rehearse(standing: &Standing, facts: &Facts, days: i64) -> Vec<Scene> {
    let written = Written {
        episode: standing.episode,
        clockwork: standing.clockwork,
    };
    rehearse::rehearse(facts, &written, standing.now, days)
}

impl Overview {
    /// A year of a small place, for the gallery: calm, or guarded for a day.
    pub fn example(fired: bool) -> Overview {
        let today = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap_or_default();
        let now = today.and_hms_opt(18, 30, 0).unwrap_or_default().and_utc();
        let seen = now
            - if fired {
                TimeDelta::days(8)
            } else {
                TimeDelta::hours(3)
            };
        let facts = Facts {
            waiting: true,
            oldest_application: Some(now - TimeDelta::days(3)),
            ..Facts::quiet(TimeDelta::days(7), seen)
        };
        let day = |ago: i64| Day {
            day: today - TimeDelta::days(ago),
            signs: 1 + ago % 5,
            people: 1 + ago % 2,
        };
        let gone = |ago: &i64| ago % 7 < 4 && !(120..135).contains(ago) && (!fired || *ago >= 8);
        let keeper = |name: &str, role, last| Keeper {
            username: name.to_lowercase(),
            display_name: name.to_owned(),
            role,
            last,
        };
        Overview {
            standing: super::stage::judge(&facts, &Written::default(), now),
            facts,
            presence_days: 7,
            guarded_mode: RegistrationMode::Approval,
            keepers: vec![
                keeper("Ann", Role::Owner, Some((SignOfLife::CheckIn, seen))),
                keeper("Ben", Role::Moderator, None),
            ],
            days: (0..360).rev().filter(gone).map(day).collect(),
            today,
            episodes: Vec::new(),
        }
    }
}
