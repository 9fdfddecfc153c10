//! The marks by which alike answers are found: made when an application comes, and again when
//! its answers have changed.

use sha2::{Digest, Sha256};

use crate::domain::{Id, Result};
use crate::model::application::Application;
use crate::model::likeness::Traits;
use crate::model::question::Answer;
use crate::store::{self, Conn};
use crate::text::likeness::{self, MinHash};

/// The mark of the first whole answer; bands have the numbers below.
pub(super) const WORDS: i16 = likeness::BANDS as i16;

/// The traits of an application, its marks made anew where its answers are others than they
/// were made of.
pub async fn renew(
    conn: &mut Conn,
    application: &Application,
    answers: &[Answer],
) -> Result<Traits> {
    let remark = application.remark.as_deref();
    let made = Made::of(answers, remark);
    let there = store::likeness::find(conn, application.id).await?;
    let current = there
        .as_ref()
        .is_some_and(|t| t.answers_digest.as_deref() == Some(&made.digest[..]));
    if !current {
        made.keep(conn, application.id).await?;
    }
    let there = there.unwrap_or(Traits {
        application_id: application.id,
        mail_state: 0,
        mail_host: None,
        trap_filled: false,
        answers_digest: None,
        minhash: None,
    });
    Ok(Traits {
        minhash: made.minhash.as_ref().map(MinHash::bytes),
        answers_digest: Some(made.digest.to_vec()),
        ..there
    })
}

/// What answers come to.
pub(in crate::gate) struct Made {
    digest: [u8; 32],
    minhash: Option<MinHash>,
    marks: Vec<(i16, i64)>,
}

impl Made {
    /// Of answers, and of what an app sent instead.
    pub(in crate::gate) fn of(answers: &[Answer], remark: Option<&str>) -> Made {
        let texts: Vec<&str> = answers
            .iter()
            .map(|answer| answer.value.as_str())
            .filter(|value| !value.is_empty())
            .chain(remark)
            .collect();
        let mut digest = Sha256::new();
        for text in &texts {
            digest.update((text.len() as u64).to_be_bytes());
            digest.update(text.as_bytes());
        }
        let minhash = MinHash::of(&texts.join("\n"));
        let bands = minhash.iter().flat_map(MinHash::bands);
        let words = texts.iter().filter_map(|text| likeness::words(text));
        let marks = (0..).zip(bands).chain((WORDS..).zip(words)).collect();
        Made {
            digest: digest.finalize().into(),
            minhash,
            marks,
        }
    }

    /// Writes them down.
    pub(in crate::gate) async fn keep(&self, conn: &mut Conn, application: Id) -> Result<()> {
        let minhash = self.minhash.as_ref().map(MinHash::bytes);
        let digest = self.digest.to_vec();
        store::likeness::set_marks(conn, application, digest, minhash, &self.marks).await
    }
}
