//! What the place says of itself in numbers and at its door: for strangers.

use std::sync::Arc;

use chrono::TimeDelta;

use crate::app::App;
use crate::domain::Result;
use crate::gate::effective_mode::EffectiveMode;
use crate::gate::mode::{self, Readers};
use crate::gate::questions;
use crate::model::question::QuestionVersion;
use crate::store;
pub use crate::store::usage::Usage;
use crate::text::html;

/// Seen within this counts as active.
const ACTIVE: TimeDelta = TimeDelta::days(28);

/// All of it.
#[derive(Debug, Clone)]
pub struct About {
    /// How many are here.
    pub usage: Usage,
    /// How far the door is open.
    pub door: Arc<EffectiveMode>,
    /// Who reads applications, and how long that takes.
    pub readers: Readers,
    /// Whether somebody is home, as late and as coarsely as the world is told (registration.md
    /// C1): no from the day on which the door was sealed, but for an absence that was planned.
    pub attended: bool,
    /// What everybody is asked; empty while nobody may apply.
    pub questions: Vec<QuestionVersion>,
    /// How many questions a form has, those of pools included.
    pub asks: usize,
}

impl About {
    /// Whether a question must be answered; `None` while nobody may apply.
    pub fn reason_required(&self) -> Option<bool> {
        let open = self.door.takes_applications();
        open.then(|| self.questions.iter().any(|q| q.required))
    }

    /// Why nobody may apply, as HTML.
    pub fn message(&self) -> Option<String> {
        let because = self.door.closed_because();
        because.map(|sentence| format!("<p>{}</p>", html::escape(sentence)))
    }
}

/// Looks now.
pub async fn look(app: &App) -> Result<About> {
    let now = app.clock.now();
    let door = mode::shown(app).await?;
    let readers = mode::readers(app).await?;
    let mut conn = app.pool.get().await?;
    let usage = store::usage::count(&mut conn, now - ACTIVE).await?;
    let (questions, asks) = match door.takes_applications() {
        true => questions::of_everybody(&mut conn, now).await?,
        false => (Vec::new(), 0),
    };
    let attended = mode::remembered(app).await?.attended();
    Ok(About {
        usage,
        door,
        readers,
        attended,
        questions,
        asks,
    })
}
