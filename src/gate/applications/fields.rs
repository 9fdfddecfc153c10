//! The fields of an application, all of them looked at, so that all troubles are told at once.

use chrono::{DateTime, Utc};
use ipnet::IpNet;

use super::answer;
use super::apply::Apply;
use super::form::Returned;
use super::once_more;
use crate::app::App;
use crate::domain::block_severity::BlockSeverity;
use crate::domain::error::Invalid;
use crate::domain::{Error, Result};
use crate::gate::blocks::{self, judge};
use crate::gate::questions::{self, Given};
use crate::gate::vouches;
use crate::model::question::Answer;
use crate::secrets::password_rules;
use crate::store::{self, Conn};
use crate::text::email::{Address, EmailError};
use crate::text::names::{self, UsernameError};
use crate::text::{clean, language};

/// The longest reason an app may send, in characters, where it answers no question.
const MAX_REMARK: usize = 2000;

/// The fields as they will be kept.
pub(super) struct Fields {
    pub username: String,
    /// The name rests, and is kept for them.
    pub resting: bool,
    pub address: Option<Address>,
    pub answers: Vec<Answer>,
    pub remark: Option<String>,
    pub elsewhere: Option<String>,
    /// A member who knows them, as a name is written here.
    pub vouch: Option<String>,
    /// Required questions that an app did not know of: ids of their versions.
    pub left_open: Vec<i64>,
}

/// What is known beside the fields.
pub(super) struct Context<'a> {
    /// The form that came back.
    pub form: Option<&'a Returned>,
    /// The address as it was read.
    pub address: &'a Option<Result<Address, EmailError>>,
    /// Where it came from.
    pub network: Option<IpNet>,
    /// A code was typed that does not hold.
    pub event_is_wrong: bool,
    pub now: DateTime<Utc>,
}

/// Looks at every field; gives what a block says of name and address, where it refuses neither.
pub(super) async fn check(
    app: &App,
    conn: &mut Conn,
    cmd: &Apply,
    context: Context<'_>,
) -> Result<(Fields, Option<BlockSeverity>)> {
    let Context {
        form, address, now, ..
    } = context;
    let mut invalid = Invalid::new();
    let kept = cmd.again.as_deref();
    let kept = kept.and_then(|token| once_more::name_of(app, token, now));
    let mut resting = false;
    let (username, named) = match names::username(&cmd.username) {
        Ok(name) => {
            resting = kept.as_ref() == Some(&name) && store::names::rests(conn, &name).await?;
            name_or_trouble(conn, name, resting, now, &mut invalid).await?
        }
        Err(error) => {
            let (code, sentence) = username_trouble(error);
            invalid.add("username", code, sentence);
            (String::new(), None)
        }
    };
    let address = match address {
        None if super::mail_reaches_people(app) => {
            invalid.add("email", "ERR_BLANK", EmailError::Blank.to_string());
            None
        }
        None => None,
        Some(Ok(address)) => Some(address.clone()),
        Some(Err(error)) => {
            invalid.add("email", "ERR_INVALID", error.to_string());
            None
        }
    };
    let addressed = match &address {
        Some(address) => judge::address(conn, address).await?,
        None => None,
    };
    if addressed == Some(BlockSeverity::Refuse) {
        invalid.add("email", "ERR_BLOCKED", ADDRESS_REFUSED);
    }
    if context.event_is_wrong {
        invalid.add("event", "ERR_INVALID", EVENT_REFUSED);
    }
    let mail = address.as_ref().map(Address::to_string).unwrap_or_default();
    if cmd.password.is_empty() {
        invalid.add("password", "ERR_BLANK", "can't be blank");
    } else if let Err(weakness) = password_rules::check(&cmd.password, &cmd.username, &mail) {
        invalid.add("password", weakness.code(), weakness.sentence());
    }
    if !cmd.agreement && !app.instance().await?.rules.is_empty() {
        invalid.add("agreement", "ERR_ACCEPTED", "must be accepted");
    }
    let asked = match form {
        Some(form) => store::questions::find_versions(conn, &form.versions).await?,
        None => questions::asked(app, conn, context.network, now).await?,
    };
    let locale = locale_of(&cmd.locale);
    let (mut answers, mut remark, mut left_open) = (Vec::new(), None, Vec::new());
    if form.is_some() || !cmd.answers.is_empty() {
        match questions::check(&asked, &cmd.answers, &locale) {
            Ok(kept) => answers = kept,
            Err(troubles) => invalid.fields.extend(troubles.fields),
        }
    } else {
        // A client that sends only `reason`: it answers the first question in words, of those
        // that everybody is asked where there is one.
        let reason = clean::text(cmd.reason.as_deref().unwrap_or_default());
        let reason = reason.trim();
        let (everybody, _) = questions::of_everybody(conn, now).await?;
        let texts = || asked.iter().filter(|q| q.kind.is_text());
        let of_everybody = texts().find(|q| everybody.iter().any(|one| one.id == q.id));
        match of_everybody.or_else(|| texts().next()) {
            Some(question) => {
                let given = Given {
                    version: question.id,
                    values: vec![reason.to_owned()],
                };
                match questions::check(std::slice::from_ref(question), &[given], &locale) {
                    Ok(kept) => answers = kept,
                    Err(troubles) => {
                        for mut trouble in troubles.fields {
                            trouble.field = "reason".into();
                            invalid.fields.push(trouble);
                        }
                    }
                }
            }
            None if !reason.is_empty() => remark = Some(clean::excerpt(reason, MAX_REMARK)),
            None => {}
        }
        left_open = questions::unanswered(&asked, &answers);
    }
    let elsewhere = match answer::elsewhere_of(cmd.elsewhere.as_deref().unwrap_or_default()) {
        Ok(handle) => handle,
        Err(Error::Invalid(troubles)) => {
            invalid.fields.extend(troubles.fields);
            None
        }
        Err(error) => return Err(error),
    };
    let vouch = match vouches::name_of(app, cmd.vouch.as_deref().unwrap_or_default()) {
        Ok(name) => name,
        Err(Error::Invalid(troubles)) => {
            invalid.fields.extend(troubles.fields);
            None
        }
        Err(error) => return Err(error),
    };
    invalid.into_result()?;
    let fields = Fields {
        username,
        resting,
        address,
        answers,
        remark,
        elsewhere,
        vouch,
        left_open,
    };
    Ok((fields, blocks::heavier(named, addressed)))
}

/// A name that can be had, or rests for who asks, with what a block says of it. Three statements,
/// whatever the answer.
async fn name_or_trouble(
    conn: &mut Conn,
    name: String,
    resting: bool,
    now: DateTime<Utc>,
    invalid: &mut Invalid,
) -> Result<(String, Option<BlockSeverity>)> {
    let free = store::names::is_free(conn, &name, now).await? || resting;
    let met = judge::name(conn, &name).await?;
    if !free || met == Some(BlockSeverity::Refuse) {
        invalid.add("username", "ERR_TAKEN", NAME_REFUSED);
    }
    Ok((name, met))
}

/// In the same words whether the domain, its servers or this very address is blocked.
pub(super) const ADDRESS_REFUSED: &str = "cannot be used here; please take another one";

/// In the same words whether a code never was, is over, used up, or good elsewhere.
pub(super) const EVENT_REFUSED: &str =
    "is not good here and now; leave it empty to apply without one";

/// In the same words whether it is somebody's, waits, is reserved, blocked or was used once.
pub(super) const NAME_REFUSED: &str = "cannot be had here; please choose another one";

fn username_trouble(error: UsernameError) -> (&'static str, String) {
    match error {
        UsernameError::Blank => ("ERR_BLANK", "can't be blank".into()),
        UsernameError::TooLong => (
            "ERR_TOO_LONG",
            format!(
                "is too long (maximum is {} characters)",
                names::MAX_USERNAME
            ),
        ),
        UsernameError::Invalid => (
            "ERR_INVALID",
            "must contain only letters, numbers and underscores".into(),
        ),
        UsernameError::Reserved => ("ERR_TAKEN", NAME_REFUSED.into()),
    }
}

/// A language tag that fits its column, or English.
pub(super) fn locale_of(raw: &str) -> String {
    let tag = raw.trim();
    match language::normalise(tag).filter(|code| code.len() <= 35) {
        Some(code) => code,
        None => "en".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_that_make_no_sense_become_english() {
        assert_eq!(locale_of("de"), "de");
        assert_eq!(locale_of("<script>"), "en");
        assert_eq!(locale_of(""), "en");
    }
}
