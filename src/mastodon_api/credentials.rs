//! The member's own account: verify_credentials, update_credentials, and its pictures.

use actix_web::HttpResponse;
use actix_web::web::{self, Bytes, Data};
use serde::Deserialize;

use super::answer::{Answer, urls};
use super::forms::{Upload, lenient};
use super::render::credentials;
use super::rows::{deed, own};
use super::{BaseUrl, ParamsWithFiles, pending};
use crate::app::App;
use crate::domain::visibility::Visibility;
use crate::domain::{Error, Result};
use crate::door::{Caller, Pending, Rate, Route};
use crate::gate::sandbox;
use crate::social::accounts::profile::{self, Picture, UpdateProfile};
use crate::social::accounts::read;

/// What this file offers.
pub const ROUTES: &[Route] = &[
    own(
        "/api/v1/accounts/verify_credentials",
        "profile",
        Pending::Allowed,
        || web::to(verify),
    ),
    deed(
        "/api/v1/accounts/update_credentials",
        "write:accounts",
        || web::to(update),
    )
    .by("PATCH")
    .at_rate(Rate::Write)
    .sandboxed(),
    deed("/api/v1/profile/avatar", "write:accounts", || {
        web::to(remove_avatar)
    })
    .by("DELETE")
    .sandboxed(),
    deed("/api/v1/profile/header", "write:accounts", || {
        web::to(remove_header)
    })
    .by("DELETE")
    .sandboxed(),
];

async fn verify(app: Data<App>, base: Data<BaseUrl>, caller: Caller) -> Answer {
    if caller.is_waiting() {
        let own = pending::credentials(&app, &caller.applicant()?).await?;
        return Ok(HttpResponse::Ok().json(own));
    }
    let who = caller.member()?;
    let own = read::own(&app, &who).await?;
    Ok(HttpResponse::Ok().json(credentials::account(&urls(&base), &who, own)))
}

#[derive(Default, Deserialize)]
struct FieldForm {
    #[serde(default, deserialize_with = "lenient::string")]
    name: String,
    #[serde(default, deserialize_with = "lenient::string")]
    value: String,
}

#[derive(Default, Deserialize)]
struct SourceForm {
    #[serde(default, deserialize_with = "lenient::opt_word")]
    privacy: Option<String>,
    #[serde(default, deserialize_with = "lenient::opt_bool")]
    sensitive: Option<bool>,
    #[serde(default, deserialize_with = "lenient::opt_string")]
    language: Option<String>,
}

#[derive(Default, Deserialize)]
struct ProfileForm {
    #[serde(default, deserialize_with = "lenient::opt_string")]
    display_name: Option<String>,
    #[serde(default, deserialize_with = "lenient::opt_string")]
    note: Option<String>,
    #[serde(default, deserialize_with = "lenient::opt_list")]
    fields_attributes: Option<Vec<FieldForm>>,
    #[serde(default, deserialize_with = "lenient::opt_bool")]
    locked: Option<bool>,
    #[serde(default, deserialize_with = "lenient::opt_bool")]
    bot: Option<bool>,
    #[serde(default, deserialize_with = "lenient::opt_bool")]
    discoverable: Option<bool>,
    #[serde(default, deserialize_with = "lenient::opt_bool")]
    indexable: Option<bool>,
    #[serde(default, deserialize_with = "lenient::opt_bool")]
    hide_collections: Option<bool>,
    #[serde(default, deserialize_with = "lenient::opt_string")]
    avatar_description: Option<String>,
    #[serde(default, deserialize_with = "lenient::opt_string")]
    header_description: Option<String>,
    #[serde(default, deserialize_with = "lenient::opt_object")]
    source: Option<SourceForm>,
}

impl ProfileForm {
    fn command(self) -> Result<UpdateProfile> {
        let source = self.source.unwrap_or_default();
        let privacy = source.privacy.map(|word| {
            Visibility::from_name(&word).ok_or_else(|| {
                Error::field(
                    "privacy",
                    "ERR_INCLUSION",
                    "is none of public, unlisted, private, direct",
                )
            })
        });
        Ok(UpdateProfile {
            display_name: self.display_name,
            note: self.note,
            fields: self
                .fields_attributes
                .map(|list| list.into_iter().map(|f| (f.name, f.value)).collect()),
            locked: self.locked,
            bot: self.bot,
            discoverable: self.discoverable,
            indexable: self.indexable,
            hide_collections: self.hide_collections,
            avatar: None,
            header: None,
            avatar_description: self.avatar_description,
            header_description: self.header_description,
            privacy: privacy.transpose()?,
            sensitive: source.sensitive,
            language: source.language,
        })
    }
}

async fn update(
    app: Data<App>,
    base: Data<BaseUrl>,
    caller: Caller,
    params: ParamsWithFiles<ProfileForm>,
) -> Answer {
    let mut files = params.files;
    let avatar = bytes(files.take("avatar")).await?.map(Picture::Upload);
    let header = bytes(files.take("header")).await?.map(Picture::Upload);
    let cmd = UpdateProfile {
        avatar,
        header,
        ..params.form.command()?
    };
    change(&app, &base, &caller, cmd).await
}

async fn remove_avatar(app: Data<App>, base: Data<BaseUrl>, caller: Caller) -> Answer {
    let cmd = UpdateProfile {
        avatar: Some(Picture::Remove),
        ..UpdateProfile::default()
    };
    change(&app, &base, &caller, cmd).await
}

async fn remove_header(app: Data<App>, base: Data<BaseUrl>, caller: Caller) -> Answer {
    let cmd = UpdateProfile {
        header: Some(Picture::Remove),
        ..UpdateProfile::default()
    };
    change(&app, &base, &caller, cmd).await
}

/// A member changes their account, a pending user their private profile.
async fn change(app: &App, base: &BaseUrl, caller: &Caller, cmd: UpdateProfile) -> Answer {
    if caller.is_waiting() {
        let who = caller.applicant()?;
        let own = pending::update_credentials(app, &who, private(cmd)).await?;
        return Ok(HttpResponse::Ok().json(own));
    }
    let who = caller.member()?;
    let own = profile::update(app, &who, cmd).await?;
    Ok(HttpResponse::Ok().json(credentials::account(&urls(base), &who, own)))
}

/// What of it a pending user has.
fn private(cmd: UpdateProfile) -> sandbox::EditProfile {
    let picture = |picture| match picture {
        Picture::Upload(file) => sandbox::Picture::Upload(file),
        Picture::Remove => sandbox::Picture::Remove,
    };
    sandbox::EditProfile {
        display_name: cmd.display_name,
        note: cmd.note,
        fields: cmd.fields,
        locked: cmd.locked,
        avatar: cmd.avatar.map(picture),
        header: cmd.header.map(picture),
    }
}

/// The bytes of an upload; its size was limited when it came in.
pub(super) async fn bytes(upload: Option<Upload>) -> Result<Option<Bytes>> {
    match upload {
        Some(upload) if upload.size > 0 => {
            Ok(Some(Bytes::from(tokio::fs::read(upload.path()).await?)))
        }
        _ => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fields_come_as_a_list_or_keyed() {
        for form in [
            json!({"fields_attributes": [{"name": "a", "value": "b"}]}),
            json!({"fields_attributes": {"0": {"name": "a", "value": "b"}}}),
        ] {
            let form: ProfileForm = serde_json::from_value(form).unwrap();
            let cmd = form.command().unwrap();
            assert_eq!(cmd.fields, Some(vec![("a".to_owned(), "b".to_owned())]));
        }
        let form: ProfileForm = serde_json::from_value(json!({})).unwrap();
        assert_eq!(form.command().unwrap().fields, None);
    }

    #[test]
    fn defaults_for_posts_hide_in_source() {
        let form: ProfileForm = serde_json::from_value(
            json!({"source": {"privacy": "private", "sensitive": "1", "language": "de"}}),
        )
        .unwrap();
        let cmd = form.command().unwrap();
        assert_eq!(cmd.privacy, Some(Visibility::Private));
        assert_eq!(cmd.sensitive, Some(true));
        let form: ProfileForm =
            serde_json::from_value(json!({"source": {"privacy": "secret"}})).unwrap();
        assert!(form.command().is_err());
    }
}
