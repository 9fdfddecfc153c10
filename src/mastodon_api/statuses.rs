//! Statuses: posting, deleting, and what members do with them.

use actix_web::web::{self, Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value;

use super::answer::{self, Answer, id, urls};
use super::entities::StatusSource;
use super::forms::lenient;
use super::render::{deleted, versions, writer};
use super::rows::{deed, own, public};
use super::{BaseUrl, Params, pending};
use crate::app::App;
use crate::app::federation::Network;
use crate::domain::visibility::Visibility;
use crate::domain::{Error, Id, Result, ids};
use crate::door::{Caller, Pending, Rate, Route};
use crate::gate::draft_pictures;
use crate::gate::drafts::SaveDraft;
use crate::social::statuses::compose::Post;
use crate::social::statuses::edit::{self, Edit, NewWords};
use crate::social::statuses::{
    self, Deed, bookmark, boost, favourite, mute, named, pin, post, read,
};
use crate::text::poll::Poll;

/// Statuses that may be asked for at once.
const MOST: usize = 20;

/// What this file offers.
pub const ROUTES: &[Route] = &[
    deed("/api/v1/statuses", "write:statuses", || web::to(create))
        .at_rate(Rate::Post)
        .sandboxed(),
    public("/api/v1/statuses", "read:statuses", || web::to(several)),
    public("/api/v1/statuses/{id}", "read:statuses", || web::to(show)).sandboxed(),
    deed("/api/v1/statuses/{id}", "write:statuses", || {
        web::to(delete)
    })
    .by("DELETE")
    .at_rate(Rate::Delete)
    .sandboxed(),
    deed("/api/v1/statuses/{id}", "write:statuses", || {
        web::to(edit_it)
    })
    .by("PUT")
    .sandboxed(),
    deed("/api/v1/statuses/{id}", "write:statuses", || {
        web::to(edit_it)
    })
    .by("PATCH")
    .sandboxed(),
    public("/api/v1/statuses/{id}/history", "read:statuses", || {
        web::to(history)
    })
    .sandboxed(),
    own(
        "/api/v1/statuses/{id}/source",
        "read:statuses",
        Pending::Allowed,
        || web::to(source),
    ),
    deed(
        "/api/v1/statuses/{id}/favourite",
        "write:favourites",
        || web::to(favourite_it),
    ),
    deed(
        "/api/v1/statuses/{id}/unfavourite",
        "write:favourites",
        || web::to(unfavourite),
    ),
    deed("/api/v1/statuses/{id}/reblog", "write:statuses", || {
        web::to(reblog)
    })
    .at_rate(Rate::Post),
    deed("/api/v1/statuses/{id}/unreblog", "write:statuses", || {
        web::to(unreblog)
    }),
    deed("/api/v1/statuses/{id}/bookmark", "write:bookmarks", || {
        web::to(bookmark_it)
    }),
    deed(
        "/api/v1/statuses/{id}/unbookmark",
        "write:bookmarks",
        || web::to(unbookmark),
    ),
    deed("/api/v1/statuses/{id}/pin", "write:accounts", || {
        web::to(pin_it)
    }),
    deed("/api/v1/statuses/{id}/unpin", "write:accounts", || {
        web::to(unpin)
    }),
    deed("/api/v1/statuses/{id}/mute", "write:mutes", || {
        web::to(mute_it)
    }),
    deed("/api/v1/statuses/{id}/unmute", "write:mutes", || {
        web::to(unmute)
    }),
];

#[derive(Deserialize)]
struct StatusForm {
    #[serde(default, deserialize_with = "lenient::string")]
    status: String,
    #[serde(default, deserialize_with = "lenient::string")]
    spoiler_text: String,
    #[serde(default, deserialize_with = "lenient::opt_bool")]
    sensitive: Option<bool>,
    #[serde(default, deserialize_with = "lenient::opt_word")]
    visibility: Option<String>,
    #[serde(default, deserialize_with = "lenient::opt_word")]
    language: Option<String>,
    #[serde(default, deserialize_with = "lenient::opt_id")]
    in_reply_to_id: Option<Id>,
    #[serde(default, deserialize_with = "lenient::strings")]
    media_ids: Vec<String>,
    #[serde(default)]
    poll: Value,
    #[serde(default, deserialize_with = "lenient::opt_word")]
    scheduled_at: Option<String>,
    #[serde(default, deserialize_with = "lenient::opt_word")]
    quoted_status_id: Option<String>,
    #[serde(default, deserialize_with = "lenient::list")]
    media_attributes: Vec<MediumForm>,
}

#[derive(Deserialize)]
struct PollForm {
    #[serde(default, deserialize_with = "lenient::strings")]
    options: Vec<String>,
    #[serde(default, deserialize_with = "lenient::opt_i64")]
    expires_in: Option<i64>,
    #[serde(default, deserialize_with = "lenient::boolean")]
    multiple: bool,
    #[serde(default, deserialize_with = "lenient::boolean")]
    hide_totals: bool,
}

#[derive(Deserialize)]
struct MediumForm {
    #[serde(default, deserialize_with = "lenient::opt_id")]
    id: Option<Id>,
    #[serde(default, deserialize_with = "lenient::opt_string")]
    description: Option<String>,
    #[serde(default, deserialize_with = "lenient::opt_word")]
    focus: Option<String>,
}

impl StatusForm {
    fn visibility(&self) -> Result<Option<Visibility>> {
        visibility(&self.visibility)
    }

    fn poll(&self) -> Result<Option<Poll>> {
        let is_there = match &self.poll {
            Value::Null => false,
            Value::String(text) => !text.is_empty(),
            Value::Object(poll) => !poll.is_empty(),
            Value::Array(poll) => !poll.is_empty(),
            _ => true,
        };
        if !is_there {
            return Ok(None);
        }
        let form = PollForm::deserialize(&self.poll)
            .map_err(|_| Error::field("poll", "ERR_INVALID", "cannot be read"))?;
        Ok(Some(Poll {
            options: form.options,
            expires_in: form.expires_in,
            multiple: form.multiple,
            hide_totals: form.hide_totals,
        }))
    }

    fn scheduled_at(&self) -> Result<Option<DateTime<Utc>>> {
        let read = |text: &String| {
            DateTime::parse_from_rfc3339(text.trim())
                .map(|at| at.to_utc())
                .map_err(|_| Error::field("scheduled_at", "ERR_INVALID", "is no time"))
        };
        self.scheduled_at.as_ref().map(read).transpose()
    }

    fn command(self, idempotency_key: Option<String>) -> Result<Post> {
        Ok(Post {
            visibility: self.visibility()?,
            scheduled_at: self.scheduled_at()?,
            poll: self.poll()?,
            has_quote: self.quoted_status_id.is_some(),
            sensitive: self.sensitive,
            in_reply_to: self.in_reply_to_id,
            media: self.media(),
            idempotency_key,
            text: self.status,
            spoiler_text: self.spoiler_text,
            language: self.language,
        })
    }

    /// What cannot be an id is nobody's upload.
    fn media(&self) -> Vec<Id> {
        self.media_ids
            .iter()
            .map(|text| ids::parse(text.trim()).unwrap_or(0))
            .collect()
    }

    /// The same as an edit.
    fn edit(self) -> Result<Edit> {
        Ok(Edit {
            media: self.media(),
            poll: self.poll()?,
            descriptions: self
                .media_attributes
                .into_iter()
                .map(|m| NewWords {
                    id: m.id.unwrap_or(0),
                    description: m.description,
                    focus: m.focus,
                })
                .collect(),
            text: self.status,
            spoiler_text: self.spoiler_text,
            sensitive: self.sensitive,
            language: self.language,
        })
    }

    /// The same while the author waits: a draft.
    fn draft(self) -> Result<pending::Wanted> {
        let beyond = if self.scheduled_at.is_some() {
            Some("a schedule")
        } else if self.quoted_status_id.is_some() {
            Some("a quote")
        } else {
            None
        };
        Ok(pending::Wanted {
            save: SaveDraft {
                visibility: self.visibility()?,
                poll: self.poll()?,
                pictures: Some(self.media()),
                words: self
                    .media_attributes
                    .into_iter()
                    .map(|m| draft_pictures::NewWords {
                        id: m.id.unwrap_or(0),
                        description: m.description,
                        focus: m.focus,
                    })
                    .collect(),
                text: self.status,
                spoiler_text: self.spoiler_text,
                sensitive: self.sensitive.unwrap_or(false),
                language: self.language,
            },
            in_reply_to: self.in_reply_to_id,
            beyond,
        })
    }
}

fn visibility(word: &Option<String>) -> Result<Option<Visibility>> {
    let read = |word: &String| {
        Visibility::from_name(word).ok_or_else(|| {
            Error::field(
                "visibility",
                "ERR_INCLUSION",
                "is none of public, unlisted, private, direct",
            )
        })
    };
    word.as_ref().map(read).transpose()
}

async fn create(
    req: HttpRequest,
    network: Data<Network>,
    base: Data<BaseUrl>,
    caller: Caller,
    form: Params<StatusForm>,
) -> Answer {
    let app = network.app();
    let key = req
        .headers()
        .get("Idempotency-Key")
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned);
    if caller.is_waiting() {
        let who = caller.applicant()?;
        let draft = pending::post_status(app, &who, form.0.draft()?, key.as_deref()).await?;
        return Ok(HttpResponse::Ok().json(draft));
    }
    let who = caller.member()?;
    let cmd = form.0.command(key)?;
    named::look_up(&network, &who, &cmd.text).await;
    let deed = post::post(app, &who, cmd).await?;
    done(app, &base, &caller, deed).await
}

#[derive(Deserialize)]
struct SeveralForm {
    #[serde(default, deserialize_with = "lenient::ids", alias = "ids")]
    id: Vec<Id>,
}

async fn several(
    app: Data<App>,
    base: Data<BaseUrl>,
    caller: Caller,
    form: Params<SeveralForm>,
) -> Answer {
    if form.0.id.len() > MOST {
        return Err(
            Error::invalid(format!("At most {MOST} posts can be asked for at once.")).into(),
        );
    }
    let viewer = caller.viewer();
    let items = read::several(&app, viewer, form.0.id, &urls(&base)).await?;
    Ok(answer::json(writer::statuses(&items, viewer.is_some())))
}

async fn show(app: Data<App>, base: Data<BaseUrl>, caller: Caller, path: Path<String>) -> Answer {
    let status = id(&path)?;
    if caller.is_waiting() {
        let who = caller.applicant()?;
        match pending::own_status(&app, &who, status).await {
            Ok(draft) => return Ok(HttpResponse::Ok().json(draft)),
            // None of theirs: then what a visitor gets.
            Err(Error::NotFound) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let viewer = caller.viewer();
    let item = read::one(&app, viewer, status, &urls(&base)).await?;
    Ok(answer::json(writer::one_status(&item, viewer.is_some())))
}

#[derive(Deserialize)]
struct DeleteForm {
    #[serde(default, deserialize_with = "lenient::boolean")]
    delete_media: bool,
}

async fn delete(
    app: Data<App>,
    base: Data<BaseUrl>,
    caller: Caller,
    path: Path<String>,
    form: Params<DeleteForm>,
) -> Answer {
    let status = id(&path)?;
    if caller.is_waiting() {
        let who = caller.applicant()?;
        let gone = pending::delete_status(&app, &who, status, form.0.delete_media).await?;
        return Ok(HttpResponse::Ok().json(gone));
    }
    let who = caller.member()?;
    let gone = statuses::delete::delete(&app, &who, status, form.0.delete_media).await?;
    Ok(HttpResponse::Ok().json(deleted::status(&urls(&base), gone)))
}

async fn edit_it(
    network: Data<Network>,
    base: Data<BaseUrl>,
    caller: Caller,
    path: Path<String>,
    form: Params<StatusForm>,
) -> Answer {
    let (app, status) = (network.app(), id(&path)?);
    if caller.is_waiting() {
        let who = caller.applicant()?;
        let draft = pending::edit_status(app, &who, status, form.0.draft()?).await?;
        return Ok(HttpResponse::Ok().json(draft));
    }
    let (who, cmd) = (caller.member()?, form.0.edit()?);
    named::look_up(&network, &who, &cmd.text).await;
    let deed = edit::edit(app, &who, status, cmd).await?;
    done(app, &base, &caller, deed).await
}

async fn history(
    app: Data<App>,
    base: Data<BaseUrl>,
    caller: Caller,
    path: Path<String>,
) -> Answer {
    let status = id(&path)?;
    if caller.is_waiting() {
        let who = caller.applicant()?;
        match pending::history(&app, &who, status).await {
            Ok(versions) => return Ok(HttpResponse::Ok().json(versions)),
            // None of theirs: then what a visitor gets.
            Err(Error::NotFound) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let history = edit::history(&app, caller.viewer(), status).await?;
    Ok(HttpResponse::Ok().json(versions::all(&urls(&base), history)))
}

async fn source(app: Data<App>, caller: Caller, path: Path<String>) -> Answer {
    let status = id(&path)?;
    if caller.is_waiting() {
        let who = caller.applicant()?;
        let source = pending::source(&app, &who, status).await?;
        return Ok(HttpResponse::Ok().json(source));
    }
    let who = caller.member()?;
    let source = statuses::delete::source(&app, &who, status).await?;
    Ok(HttpResponse::Ok().json(StatusSource {
        id: status,
        text: source.text,
        spoiler_text: source.spoiler_text,
    }))
}

/// The status after a deed.
async fn done(app: &App, base: &BaseUrl, caller: &Caller, deed: Deed) -> Answer {
    let item = statuses::show(app, &caller.member()?, deed, &urls(base)).await?;
    Ok(answer::status(&item))
}

async fn favourite_it(
    app: Data<App>,
    base: Data<BaseUrl>,
    caller: Caller,
    path: Path<String>,
) -> Answer {
    let deed = favourite::favourite(&app, &caller.member()?, id(&path)?).await?;
    done(&app, &base, &caller, deed).await
}

async fn unfavourite(
    app: Data<App>,
    base: Data<BaseUrl>,
    caller: Caller,
    path: Path<String>,
) -> Answer {
    let deed = favourite::unfavourite(&app, &caller.member()?, id(&path)?).await?;
    done(&app, &base, &caller, deed).await
}

#[derive(Deserialize)]
struct ReblogForm {
    #[serde(default, deserialize_with = "lenient::opt_word")]
    visibility: Option<String>,
}

async fn reblog(
    app: Data<App>,
    base: Data<BaseUrl>,
    caller: Caller,
    path: Path<String>,
    form: Params<ReblogForm>,
) -> Answer {
    let visibility = visibility(&form.0.visibility)?;
    let deed = boost::boost(&app, &caller.member()?, id(&path)?, visibility).await?;
    done(&app, &base, &caller, deed).await
}

async fn unreblog(
    app: Data<App>,
    base: Data<BaseUrl>,
    caller: Caller,
    path: Path<String>,
) -> Answer {
    let deed = boost::unboost(&app, &caller.member()?, id(&path)?).await?;
    done(&app, &base, &caller, deed).await
}

async fn bookmark_it(
    app: Data<App>,
    base: Data<BaseUrl>,
    caller: Caller,
    path: Path<String>,
) -> Answer {
    let deed = bookmark::bookmark(&app, &caller.member()?, id(&path)?).await?;
    done(&app, &base, &caller, deed).await
}

async fn unbookmark(
    app: Data<App>,
    base: Data<BaseUrl>,
    caller: Caller,
    path: Path<String>,
) -> Answer {
    let deed = bookmark::unbookmark(&app, &caller.member()?, id(&path)?).await?;
    done(&app, &base, &caller, deed).await
}

async fn pin_it(app: Data<App>, base: Data<BaseUrl>, caller: Caller, path: Path<String>) -> Answer {
    let deed = pin::pin(&app, &caller.member()?, id(&path)?).await?;
    done(&app, &base, &caller, deed).await
}

async fn unpin(app: Data<App>, base: Data<BaseUrl>, caller: Caller, path: Path<String>) -> Answer {
    let deed = pin::unpin(&app, &caller.member()?, id(&path)?).await?;
    done(&app, &base, &caller, deed).await
}

async fn mute_it(
    app: Data<App>,
    base: Data<BaseUrl>,
    caller: Caller,
    path: Path<String>,
) -> Answer {
    let deed = mute::set_muted(&app, &caller.member()?, id(&path)?, true).await?;
    done(&app, &base, &caller, deed).await
}

async fn unmute(app: Data<App>, base: Data<BaseUrl>, caller: Caller, path: Path<String>) -> Answer {
    let deed = mute::set_muted(&app, &caller.member()?, id(&path)?, false).await?;
    done(&app, &base, &caller, deed).await
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn form(value: Value) -> StatusForm {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn a_form_becomes_a_command() {
        let cmd = form(json!({
            "status": "hi", "visibility": "unlisted", "sensitive": "true",
            "media_ids": ["7", "x"], "in_reply_to_id": 5, "poll": {}, "scheduled_at": ""
        }))
        .command(Some("k".into()))
        .unwrap();
        assert_eq!(cmd.visibility, Some(Visibility::Unlisted));
        assert_eq!(cmd.media, [7, 0]);
        assert_eq!((cmd.in_reply_to, cmd.sensitive), (Some(5), Some(true)));
        assert!(cmd.poll.is_none() && cmd.scheduled_at.is_none());
    }

    #[test]
    fn nonsense_is_refused_and_wishes_are_seen() {
        assert!(form(json!({"visibility": "secret"})).command(None).is_err());
        assert!(form(json!({"scheduled_at": "soon"})).command(None).is_err());
        let poll = json!({"options": ["a", "b"], "expires_in": "600", "multiple": "1"});
        let cmd = form(json!({"poll": poll, "quoted_status_id": 4}))
            .command(None)
            .unwrap();
        let poll = cmd.poll.unwrap();
        assert_eq!((poll.expires_in, poll.multiple), (Some(600), true));
        assert_eq!(poll.options, ["a", "b"]);
        assert!(cmd.has_quote);
        let odd = form(json!({"poll": {"options": [["a"]]}}));
        assert!(odd.command(None).is_err());
    }
}
