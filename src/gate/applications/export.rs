//! Everything that an applicant gave us, to take along: one ZIP archive, in any state. What
//! staff noted among themselves is not in it.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use super::progress;
use crate::app::App;
use crate::domain::application::{ApplicationState, MessageKind};
use crate::domain::{Error, Result};
use crate::files::MediaPath;
use crate::files::zip::Zip;
use crate::gate::drafts;
use crate::gate::who::{SignedIn, Standing};
use crate::model::account::fields_from_json;
use crate::model::application::{Application, ApplicationMessage};
use crate::store;

/// The archive: `application.json`, and `pictures/…`. At most what a porch holds: ten
/// megabytes of pictures of drafts, an avatar, a header.
///
/// # Errors
/// `NotFound` for members (theirs is another archive) and for those who never applied.
pub async fn export(app: &App, who: &SignedIn) -> Result<Vec<u8>> {
    if who.standing() == Standing::Member {
        return Err(Error::NotFound);
    }
    let user = &who.user;
    let mut conn = app.desk.get().await?;
    let application = store::applications::find_latest(&mut conn, user.id)
        .await?
        .ok_or(Error::NotFound)?
        .for_applicant();
    let answers = store::applications::answers(&mut conn, application.id).await?;
    let messages = progress::said(&mut conn, application.id).await?;
    let named = store::vouches::names(&mut conn, application.id).await?;
    let profile = store::applicants::find_profile(&mut conn, user.id).await?;
    let drafts = store::drafts::list(&mut conn, user.id, drafts::MOST).await?;
    let drafts = drafts::full(&mut conn, user.id, drafts).await?;
    let files = store::applicants::private_files(&mut conn, &[user.id]).await?;
    drop(conn);

    let mut zip = Zip::new();
    let profile = profile.map(|p| {
        json!({
            "display_name": p.display_name,
            "note": p.note,
            "fields": fields_from_json(&p.fields)
                .into_iter()
                .map(|f| json!({ "name": f.name, "value": f.value }))
                .collect::<Vec<_>>(),
            "avatar": p.avatar_path.as_deref().map(name_of),
            "header": p.header_path.as_deref().map(name_of),
            "changed_at": at(p.updated_at),
        })
    });
    let drafts: Vec<Value> = drafts
        .iter()
        .map(|d| {
            json!({
                "text": d.text,
                "content_warning": d.spoiler_text,
                "visibility": d.visibility.as_str(),
                "language": d.language,
                "poll": d.poll,
                "pictures": d.pictures
                    .iter()
                    .map(|p| json!({ "file": name_of(&p.path), "description": p.description }))
                    .collect::<Vec<_>>(),
                "written_at": at(d.created_at),
                "saved_at": at(d.updated_at),
            })
        })
        .collect();
    let all = json!({
        "place": app.origin(),
        "name": user.username,
        "email": user.email,
        "language": user.locale,
        "time_zone": user.time_zone,
        "application": told(&application),
        "answers": answers
            .iter()
            .map(|a| json!({ "question": a.wording, "answer": a.value }))
            .collect::<Vec<_>>(),
        "named": named,
        "messages": messages.iter().map(message).collect::<Vec<_>>(),
        "profile": profile,
        "drafts": drafts,
    });
    zip.put("application.json", &serde_json::to_vec_pretty(&all)?)?;
    for path in files {
        let Some(path) = MediaPath::parse(&path) else {
            continue;
        };
        match app.storage.read(&path).await {
            Ok(bytes) => zip.put(&name_of(path.as_str()), &bytes)?,
            // Deleted in another window at this very moment.
            Err(Error::NotFound) => {}
            Err(error) => return Err(error),
        }
    }
    zip.finish()
}

fn told(application: &Application) -> Value {
    json!({
        "state": application.state.as_str(),
        "sent_at": at(application.submitted_at),
        "confirmed_at": application.confirmed_at.map(at),
        "appealed_at": application.appealed_at.map(at),
        "decided_at": application.decided_at.filter(|_| is_over(application)).map(at),
        "decision": application.decision_message,
        "erased_at": application.erase_at.map(at),
        "elsewhere": application.elsewhere,
        "remark": application.remark,
    })
}

fn is_over(application: &Application) -> bool {
    matches!(
        application.state,
        ApplicationState::Rejected | ApplicationState::Expired
    )
}

fn message(message: &ApplicationMessage) -> Value {
    json!({
        "kind": message.kind.as_str(),
        "from": match message.kind {
            MessageKind::Question | MessageKind::Note => "the people who read applications",
            MessageKind::Answer | MessageKind::Appeal => "you",
        },
        "text": message.body,
        "at": at(message.created_at),
    })
}

/// The name of a private file in the archive: its last part, which says nothing of where it
/// lies.
fn name_of(path: &str) -> String {
    let last = path.rsplit('/').next().unwrap_or_default();
    format!("pictures/{last}")
}

fn at(moment: DateTime<Utc>) -> String {
    moment.to_rfc3339_opts(SecondsFormat::Secs, true)
}
