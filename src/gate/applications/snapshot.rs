//! What a reviewer saw: a hash over answers, profile and drafts. A decision carries it, so
//! that nobody approves what was changed after the reading.

use sha2::{Digest, Sha256};

use crate::domain::Result;
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
