//! `porchlight accounts …`: logins made and mended by whoever has a shell on the server.
//! Works beside a running server, and on a place that was never started.

use std::io::Read;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::{
    app::App,
    config::Config,
    domain::role::Role,
    identity::{
        accounts::{self, Made, NewMember},
        oauth::host,
        password,
        roles::{self, By},
        second_factor, setup,
    },
    model::user::User,
    secrets::Secret,
    store::{
        self,
        migrations::{self, Standing},
    },
};

use super::{
    arguments::{AccountsCommand, Creation},
    connect::{database_url, with_app},
    sentence::tell,
    serve,
    settle::Settled,
    terminal,
};

/// Names in one file at the most.
const MAX_NAMES: usize = 100_000;
/// A password on standard input, or a file of names, at the most; in bytes.
const MAX_INPUT: u64 = 16 * 1024 * 1024;

/// Does what the subcommand says.
pub fn accounts(settled: Settled, command: &AccountsCommand) -> Result<()> {
    // What root alone may read is read before root is left behind.
    let many = match command {
        AccountsCommand::Create(creation) => wanted(creation)?,
        _ => Vec::new(),
    };
    with_app(settled, async |app| act(&app, command, many).await)
}

/// A private database is brought up to this version; one of the host's is the host's.
pub(super) async fn be_current(config: &Config, private: bool) -> Result<()> {
    match migrations::standing(database_url(config)?)
        .await
        .map_err(tell)?
    {
        Standing::Current => Ok(()),
        Standing::Behind(_) if private => serve::migrate(config).await.map(|_| ()),
        Standing::Behind(_) => {
            bail!("The database lacks migrations of this version: run `porchlight migrate` first.")
        }
        Standing::Ahead(version) => bail!(serve::newer(version)),
    }
}

async fn act(app: &App, command: &AccountsCommand, many: Vec<NewMember>) -> Result<()> {
    match command {
        AccountsCommand::Create(_) => create(app, many).await,
        AccountsCommand::SetRole { name, role } => {
            let user = named(app, name).await?;
            let role = role_named(role)?;
            let before = roles::set_role(app, By::Host, user.id, role)
                .await
                .map_err(tell)?;
            terminal::say(format!("{} was {before} and is {role} now.", user.username));
            Ok(())
        }
        AccountsCommand::ResetPassword { name } => {
            let user = named(app, name).await?;
            terminal::say(password::reset_link(app, user.id).await.map_err(tell)?);
            Ok(())
        }
        AccountsCommand::SecondFactor { remove } => {
            let user = named(app, remove).await?;
            let had = second_factor::remove_by_host(app, user.id)
                .await
                .map_err(tell)?;
            terminal::say(match had {
                true => format!("{} signs in by password alone now.", user.username),
                false => format!("{} had no second factor.", user.username),
            });
            Ok(())
        }
        AccountsCommand::OwnerLink => match setup::first_link(app).await.map_err(tell)? {
            Some(link) => {
                terminal::say(link);
                Ok(())
            }
            None => bail!(
                "This place has people already. `porchlight accounts set-role NAME owner` \
                 makes one of them an owner."
            ),
        },
        AccountsCommand::Token {
            name,
            scopes,
            person,
        } => {
            let user = named(app, name).await?;
            let token = host::token(app, user.id, scopes, *person)
                .await
                .map_err(tell)?;
            terminal::say(token.reveal());
            Ok(())
        }
    }
}

async fn create(app: &App, mut many: Vec<NewMember>) -> Result<()> {
    if many.len() == 1
        && let Some(one) = many.pop()
    {
        let made = accounts::create_member(app, one).await.map_err(tell)?;
        terminal::say(said(&made));
        return Ok(());
    }
    let (total, mut failed) = (many.len(), 0);
    accounts::create_members(app, many, |name, result| match result {
        Ok(made) => terminal::say(said(&made)),
        Err(error) => {
            failed += 1;
            terminal::complain(&tell(error).context(name.to_owned()));
        }
    })
    .await;
    if failed > 0 {
        bail!("{failed} of {total} were not made.");
    }
    Ok(())
}

/// `name` alone, or `name` and the password that was made, by a tab: for people and scripts.
fn said(made: &Made) -> String {
    match &made.password {
        Some(password) => format!("{}\t{}", made.user.username, password.reveal()),
        None => made.user.username.clone(),
    }
}

async fn named(app: &App, name: &str) -> Result<User> {
    let name = name.trim_start_matches('@');
    let mut conn = app.pool.get().await.map_err(tell)?;
    store::users::find_by_name(&mut conn, name)
        .await
        .map_err(tell)?
        .with_context(|| format!("There is nobody called {name} here."))
}

fn role_named(role: &str) -> Result<Role> {
    Role::from_name(role).with_context(|| {
        let all: Vec<&str> = Role::ALL.iter().map(|role| role.as_str()).collect();
        format!(
            "There is no role {role:?}. The roles are {}.",
            all.join(", ")
        )
    })
}

/// Who is to be made: one name from the command line, or a file of them.
fn wanted(creation: &Creation) -> Result<Vec<NewMember>> {
    let password = match creation.password_stdin {
        true => Some(read_password()?),
        false => None,
    };
    let role = role_named(&creation.role)?;
    let list = match (&creation.name, &creation.file) {
        (Some(name), None) => vec![(name.clone(), creation.email.clone())],
        (None, Some(file)) => read_names(file)?,
        _ => bail!("Give either a name or --file."),
    };
    Ok(list
        .into_iter()
        .map(|(username, email)| NewMember {
            username,
            email,
            role,
            password: password.clone(),
        })
        .collect())
}

/// The first line of standard input.
fn read_password() -> Result<Secret> {
    let mut text = String::new();
    std::io::stdin()
        .take(MAX_INPUT)
        .read_to_string(&mut text)
        .context("The password cannot be read from standard input")?;
    let line = text.lines().next().unwrap_or_default();
    if line.is_empty() {
        bail!("--password-stdin was given, but standard input was empty.");
    }
    Ok(Secret::new(line))
}

fn read_names(file: &Path) -> Result<Vec<(String, Option<String>)>> {
    let mut text = String::new();
    std::fs::File::open(file)
        .and_then(|opened| opened.take(MAX_INPUT).read_to_string(&mut text))
        .with_context(|| format!("{} cannot be read", file.display()))?;
    names_in(&text)
}

/// One a line, an address behind it if there is one; empty lines and `#` are skipped.
fn names_in(text: &str) -> Result<Vec<(String, Option<String>)>> {
    let names: Vec<(String, Option<String>)> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| {
            let mut words = line.split_whitespace();
            let name = words.next().unwrap_or_default().to_owned();
            (name, words.next().map(str::to_owned))
        })
        .collect();
    if names.is_empty() || names.len() > MAX_NAMES {
        bail!("The file must hold 1 to {MAX_NAMES} names, one a line.");
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_holds_a_name_a_line() {
        let names = names_in("ann\n\n# staff\nben  ben@example.org\r\n").unwrap();
        assert_eq!(
            names,
            [
                ("ann".to_owned(), None),
                ("ben".to_owned(), Some("ben@example.org".to_owned()))
            ]
        );
        assert!(names_in("\n#\n").is_err());
    }

    #[test]
    fn an_unknown_role_is_told_the_known_ones() {
        assert_eq!(role_named("owner").unwrap(), Role::Owner);
        let error = role_named("king").unwrap_err().to_string();
        assert!(
            error.contains("member, reviewer, moderator, admin, owner"),
            "{error}"
        );
    }
}
