//! What a reviewer saw: a hash over answers, profile and drafts. A decision carries it, so
//! that nobody approves what was changed after the reading.

use std::collections::HashMap;

use sha2::{Digest, Sha256};

use crate::domain::{Id, Result};
use crate::gate::drafts;
use crate::model::application::{ApplicantProfile, Application};
use crate::model::draft::FullDraft;
use crate::model::question::Answer;
use crate::store::{self, Conn};

/// Drafts that a reviewer is shown: all there may be, and room for a lower limit.
pub(super) const DRAFTS: i64 = 50;

/// Everything that is judged.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// The answers, in order.
    pub answers: Vec<Answer>,
    /// The private profile.
    pub profile: Option<ApplicantProfile>,
    /// The drafts with their pictures, newest first.
    pub drafts: Vec<FullDraft>,
    /// The hash, 64 hexadecimal digits.
    pub hash: String,
}

/// Reads it as it is now.
pub async fn read(conn: &mut Conn, application: &Application) -> Result<Seen> {
    let answers = store::applications::answers(conn, application.id).await?;
    let profile = store::applicants::find_profile(conn, application.user_id).await?;
    let drafts = store::drafts::list(conn, application.user_id, DRAFTS).await?;
    let drafts = drafts::full(conn, application.user_id, drafts).await?;
    let hash = hash(application, &answers, profile.as_ref(), &drafts);
    Ok(Seen {
        answers,
        profile,
        drafts,
        hash,
    })
}

/// Reads several as they are now, in four statements: application and what is judged, in the
/// order of `applications`.
pub async fn read_many(conn: &mut Conn, applications: &[&Application]) -> Result<Vec<(Id, Seen)>> {
    let ids: Vec<Id> = applications.iter().map(|a| a.id).collect();
    let users: Vec<Id> = applications.iter().map(|a| a.user_id).collect();
    let most = DRAFTS * applications.len() as i64;
    let answers = store::applications::answers_of(conn, &ids).await?;
    let profiles = store::applicants::find_profiles(conn, &users).await?;
    let drafts = store::drafts::of_users(conn, &users, most).await?;
    let of: Vec<Id> = drafts.iter().map(|draft| draft.id).collect();
    let pictures = store::draft_media::of_many(conn, &of, 4 * most).await?;
    let mut answers_of: HashMap<Id, Vec<Answer>> = HashMap::new();
    for (id, answer) in answers {
        answers_of.entry(id).or_default().push(answer);
    }
    let mut profiles: HashMap<Id, ApplicantProfile> =
        profiles.into_iter().map(|p| (p.user_id, p)).collect();
    let mut pictures_of: HashMap<Id, Vec<_>> = HashMap::new();
    for picture in pictures {
        let draft = picture.draft_id.unwrap_or_default();
        pictures_of.entry(draft).or_default().push(picture);
    }
    let mut drafts_of: HashMap<Id, Vec<FullDraft>> = HashMap::new();
    for draft in drafts {
        let pictures = pictures_of.remove(&draft.id).unwrap_or_default();
        let theirs = drafts_of.entry(draft.user_id).or_default();
        theirs.push(FullDraft { draft, pictures });
    }
    let seen = applications.iter().map(|application| {
        let answers = answers_of.remove(&application.id).unwrap_or_default();
        let profile = profiles.remove(&application.user_id);
        let drafts = drafts_of.remove(&application.user_id).unwrap_or_default();
        let hash = hash(application, &answers, profile.as_ref(), &drafts);
        let seen = Seen {
            answers,
            profile,
            drafts,
            hash,
        };
        (application.id, seen)
    });
    Ok(seen.collect())
}

fn hash(
    application: &Application,
    answers: &[Answer],
    profile: Option<&ApplicantProfile>,
    drafts: &[FullDraft],
) -> String {
    let mut hash = Sha256::new();
    let mut part = |bytes: &[u8]| {
        hash.update((bytes.len() as u64).to_be_bytes());
        hash.update(bytes);
    };
    part(&application.id.to_be_bytes());
    part(&application.version.to_be_bytes());
    for words in [&application.remark, &application.elsewhere] {
        part(words.as_deref().unwrap_or_default().as_bytes());
    }
    for answer in answers {
        part(&answer.question_version_id.to_be_bytes());
        part(answer.value.as_bytes());
    }
    if let Some(profile) = profile {
        part(profile.display_name.as_bytes());
        part(profile.note.as_bytes());
        part(profile.fields.to_string().as_bytes());
        part(
            profile
                .avatar_path
                .as_deref()
                .unwrap_or_default()
                .as_bytes(),
        );
        part(
            profile
                .header_path
                .as_deref()
                .unwrap_or_default()
                .as_bytes(),
        );
    }
    for draft in drafts {
        part(&draft.id.to_be_bytes());
        part(&draft.version.to_be_bytes());
        for picture in &draft.pictures {
            part(picture.path.as_bytes());
            part(picture.description.as_bytes());
        }
    }
    hash.finalize().iter().map(|b| format!("{b:02x}")).collect()
}

/// The hash as bytes, for its column.
pub(super) fn bytes(hash: &str) -> Vec<u8> {
    (0..hash.len() / 2)
        .filter_map(|i| u8::from_str_radix(hash.get(2 * i..2 * i + 2)?, 16).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_becomes_bytes() {
        assert_eq!(bytes("00ff10"), vec![0, 255, 16]);
    }
}
