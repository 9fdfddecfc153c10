//! `porchlight gate …`: the dead-man switch, for whoever has a shell. Fields of a line are
//! separated by tabs, for people and scripts; times are UTC.

use anyhow::{Result, anyhow};
use chrono::{DateTime, Utc};

use crate::app::App;
use crate::domain::Error;
use crate::domain::registration_mode::RegistrationMode;
use crate::domain::switch::Stage;
use crate::gate::away::heir;
use crate::gate::signs::check_in;
use crate::gate::signs::notices::AWAY;
use crate::gate::switch::{lift, look};
use crate::web::render::switch as words;

use super::arguments::GateCommand;
use super::connect::with_app;
use super::sentence::tell;
use super::settle::Settled;
use super::terminal;

/// Does what the subcommand says.
pub fn gate(settled: Settled, command: &GateCommand) -> Result<()> {
    with_app(settled, async |app| match command {
        GateCommand::Status => status(&app).await,
        GateCommand::CheckIn { r#as } => check_in_as(&app, r#as).await,
        GateCommand::Lift { r#as } => lift(&app, r#as).await,
        GateCommand::Simulate { days } => simulate(&app, *days).await,
    })
}

async fn status(app: &App) -> Result<()> {
    let (standing, facts) = look::status(app).await.map_err(tell)?;
    let (said, meaning) = words::sentence(&standing, &facts);
    terminal::say(format!(
        "stage\t{}\t{}",
        standing.stage as i16, standing.stage
    ));
    terminal::say(format!("{said} {meaning}"));
    if let Some(since) = standing.since {
        terminal::say(format!("since\t{}", moment(since)));
    }
    terminal::say(format!("presence\t{}", words::presence(&standing, &facts)));
    terminal::say(format!("response\t{}", words::response(&standing, &facts)));
    if let Some(why) = words::unarmed(&standing, &facts) {
        terminal::say(why);
    }
    match heir::status(app).await.map_err(tell)? {
        (_, Some(notice)) => terminal::say(format!(
            "heir\t@{}, notice runs until {}",
            notice.name,
            moment(notice.until)
        )),
        (true, None) => terminal::say("heir\tnamed"),
        (false, None) => {}
    }
    for next in &standing.next {
        terminal::say(format!("{}\t{}", moment(next.at), words::comes(next.stage)));
    }
    Ok(())
}

async fn lift(app: &App, name: &str) -> Result<()> {
    let lifted = lift::by_host(app, name).await;
    lifted.map_err(|error| match error {
        Error::NotFound => anyhow!("nobody of the staff is called {name}"),
        other => tell(other),
    })?;
    terminal::say("It is lifted: the door opens as far as it was chosen.");
    Ok(())
}

async fn simulate(app: &App, days: i64) -> Result<()> {
    let (standing, facts) = look::status(app).await.map_err(tell)?;
    let scenes = look::rehearse(&standing, &facts, days);
    for scene in &scenes {
        let said = words::scene(scene, RegistrationMode::Approval);
        terminal::say(format!("{}\t{said}", moment(scene.at)));
    }
    if scenes.is_empty() {
        terminal::say(format!("Nothing would change within {days} days."));
    }
    Ok(())
}

async fn check_in_as(app: &App, name: &str) -> Result<()> {
    let (user, stage) = check_in::by_host(app, name).await.map_err(tell)?;
    terminal::say(match stage >= Stage::Guarded {
        false => format!("{} is here. Nothing else is to be done.", user.username),
        true => format!(
            "{} is here, and the clock stands. The door is {stage} until an admin has looked at {}",
            user.username,
            app.url(AWAY)
        ),
    });
    Ok(())
}

fn moment(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M").to_string()
}
