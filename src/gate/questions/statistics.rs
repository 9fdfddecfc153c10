//! How well each version of a question works, over the last 90 days.

use chrono::TimeDelta;

use crate::app::App;
use crate::domain::Result;
use crate::gate::who::Reviewer;
use crate::model::question::QuestionVersion;
use crate::store;
pub use crate::store::questions::{Asked, VersionFigures};

/// How far the figures look back: no answer is kept longer (registration.md, *Retention*); what
/// was answered and decided is counted by day, and outlives those who are erased sooner.
const SINCE: TimeDelta = TimeDelta::days(90);
/// How long the counts of forms and of answers are kept.
const KEPT: TimeDelta = TimeDelta::days(365);

/// A question with its figures.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// The question.
    pub asked: Asked,
    /// What came of its present words.
    pub figures: VersionFigures,
}

/// All questions as the desk sees them.
#[derive(Debug, Clone, PartialEq)]
pub struct Overview {
    /// What is asked, in order.
    pub asked: Vec<Measured>,
    /// What is not asked any more.
    pub retired: Vec<QuestionVersion>,
    /// How many of each pool are asked: pool, questions in it, size.
    pub pools: Vec<(i16, usize, usize)>,
    /// How many questions one form has.
    pub count: usize,
}

/// Looks at all questions.
pub async fn look(app: &App, _who: &Reviewer) -> Result<Overview> {
    let mut conn = app.desk.get().await?;
    let now = app.clock.now();
    let all = super::all(&mut conn, now).await?;
    let sizes = super::sizes(&mut conn, &all).await?;
    let ids: Vec<i64> = all.iter().map(|asked| asked.version.id).collect();
    let since = (now - SINCE).date_naive();
    let figures = store::questions::figures(&mut conn, &ids, since).await?;
    let pools = (1..=super::pick::POOLS)
        .map(|pool| {
            let there = all.iter().filter(|asked| asked.pool == pool).count();
            (pool, there, super::pick::size(sizes.as_ref(), pool))
        })
        .filter(|(_, there, _)| *there > 0)
        .collect();
    Ok(Overview {
        count: super::pick::count(&all, sizes.as_ref()),
        pools,
        retired: store::questions::retired(&mut conn).await?,
        asked: all
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
    })
}

/// The newest versions of a question with their figures, 20 at the most, the newest first; none
/// where there is no such question.
pub async fn of_versions(
    app: &App,
    _who: &Reviewer,
    question: i64,
) -> Result<Vec<(QuestionVersion, VersionFigures)>> {
    let mut conn = app.desk.get().await?;
    let versions = store::questions::versions(&mut conn, question).await?;
    let ids: Vec<i64> = versions.iter().map(|version| version.id).collect();
    let since = (app.clock.now() - SINCE).date_naive();
    let figures = store::questions::figures(&mut conn, &ids, since).await?;
    Ok(versions
        .into_iter()
        .map(|version| {
            let found = figures.iter().find(|f| f.version == version.id);
            let figures = found.copied().unwrap_or_default();
            (version, figures)
        })
        .collect())
}

/// Notes that a form showed these versions.
pub fn note_shown(app: &App, versions: &[QuestionVersion]) {
    for version in versions {
        app.questions_shown.add(version.id);
    }
}

/// Writes down what [`note_shown`] noted, and forgets what is a year old. For the timers.
pub async fn flush(app: &App) -> Result<()> {
    let counts = app.questions_shown.drain();
    if counts.is_empty() {
        return Ok(());
    }
    let day = app.clock.now().date_naive();
    let mut conn = app.desk.get().await?;
    store::questions::add_shown(&mut conn, &counts, day).await?;
    store::questions::sweep_days(&mut conn, day - KEPT).await?;
    Ok(())
}
