//! One file, fetched: claim, ask, look at its first bytes, keep or remember the failure.
//!
//! Where the files will lie is written down before they are, so a crash leaves none that no row
//! knows; the next fetch of the same begins by removing them.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use chrono::TimeDelta;
use url::Url;

use super::{is_film, upkeep};
use crate::app::App;
use crate::app::federation::{Federation, FetchError, Network, Want};
use crate::app::http::body::Chunks;
use crate::app::remote_media::{Flight, busy};
use crate::domain::remote_media::Kind;
use crate::domain::{Error, Result};
use crate::files::image::{self, Purpose};
use crate::files::{MediaPath, Place, film};
use crate::store;
use crate::store::cached_media::{Claimed, Original, State};

/// The largest film or sound that is kept, in bytes.
const MAX_FILM: usize = 40 * 1024 * 1024;
/// The largest emoji, in bytes.
const MAX_EMOJI: usize = 2 * 1024 * 1024;
/// How long a picture may take, from the lookup to the last byte.
const PATIENCE: Duration = Duration::from_secs(15);
/// The same for film and sound.
const FILM_PATIENCE: Duration = Duration::from_secs(60);
/// Requests for one file: itself and three redirects.
const REQUESTS: u32 = 4;
/// A fetch that is not done by then was lost with its process: waiting for its turn and all.
const LEASE: TimeDelta = TimeDelta::seconds(180);
/// How often the row is looked at while another process fetches.
const LOOK: Duration = Duration::from_millis(200);
/// How often at the most.
const LOOKS: usize = 300;

/// Why there is no file.
enum Trouble {
    /// The other server says so, or sends what is not kept: no use in asking soon.
    Lasting(String),
    /// It may be better in a while.
    Passing(String),
    /// It asks for so much patience.
    Wait(Duration),
    /// Something of ours.
    Ours(Error),
}

impl std::fmt::Display for Trouble {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Trouble::Lasting(why) | Trouble::Passing(why) => f.write_str(why),
            Trouble::Wait(wait) => write!(f, "asked to wait {} s", wait.as_secs()),
            Trouble::Ours(error) => f.write_str(&error.sentence()),
        }
    }
}

impl From<FetchError> for Trouble {
    fn from(error: FetchError) -> Trouble {
        match error {
            FetchError::TooMany {
                retry_after: Some(wait),
            } => Trouble::Wait(wait),
            other if other.may_pass() => Trouble::Passing(other.to_string()),
            other => Trouble::Lasting(other.to_string()),
        }
    }
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Trouble {
        match error {
            // What pictures say of a file that is none, or too large.
            Error::Invalid(_) | Error::TooLarge(_) => Trouble::Lasting(error.sentence()),
            Error::TooMany { .. } => Trouble::Passing("many pictures wait".to_owned()),
            other => Trouble::Ours(other),
        }
    }
}

/// Files that are whole.
struct Kept {
    files: Vec<MediaPath>,
    bytes: i64,
    /// Of a picture: width and height, and its blurhash.
    shape: Option<((i32, i32), String)>,
}

/// Fetches it when it is its turn, unless another process does.
pub(super) async fn run(network: Network, original: Original, flight: Flight) -> Result<()> {
    let fed = network.errand(REQUESTS);
    if !upkeep::has_room(&fed).await? {
        return Err(busy(fed.clock.now(), super::FULL));
    }
    let now = fed.clock.now();
    let mut conn = fed.pool.get().await?;
    let claimed = store::cached_media::claim(&mut conn, &original, now + LEASE, now).await?;
    drop(conn);
    let Some(claimed) = claimed else {
        return elsewhere(&fed, &original).await;
    };
    let left_over: Vec<MediaPath> = claimed
        .left_over
        .iter()
        .filter_map(|path| MediaPath::parse(path))
        .collect();
    fed.storage.delete_all(&left_over).await?;
    let turn = fed.remote_media.turn(&flight).await?;
    let brought = bring(&fed, &original, &claimed).await;
    drop(turn);
    let now = fed.clock.now();
    match brought {
        Ok(kept) => {
            let mut conn = fed.pool.get().await?;
            let done = store::cached_media::done(&mut conn, &claimed, kept.bytes, now).await?;
            if done
                && original.kind == Kind::Attachment
                && let Some((size, blurhash)) = &kept.shape
            {
                store::cached_media::note_shape(&mut conn, &original, *size, blurhash).await?;
            }
            drop(conn);
            if !done {
                // Somebody marked it as going, or took it over.
                return fed.storage.delete_all(&kept.files).await;
            }
            fed.remote_media.add_size(kept.bytes);
            upkeep::make_room(&fed).await
        }
        Err(trouble) => {
            let wait = patience(&trouble, claimed.fails);
            tracing::debug!(url = original.url, %trouble, %wait, "a file could not be had");
            let mut conn = fed.pool.get().await?;
            store::cached_media::failed(&mut conn, &claimed, now + wait).await?;
            match trouble {
                Trouble::Ours(error) => Err(error),
                _ => Ok(()),
            }
        }
    }
}

/// Waits until another process is through with it.
async fn elsewhere(app: &App, original: &Original) -> Result<()> {
    for _ in 0..LOOKS {
        tokio::time::sleep(LOOK).await;
        let mut conn = app.pool.get().await?;
        let state = store::cached_media::state(&mut conn, original).await?;
        drop(conn);
        if state != Some(State::Fetching) {
            break;
        }
    }
    Ok(())
}

async fn bring(fed: &Federation, original: &Original, claimed: &Claimed) -> Result<Kept, Trouble> {
    let url = Url::parse(&original.url)
        .map_err(|_| Trouble::Lasting("its address is none".to_owned()))?;
    let mut body = fed.stream(&url, want(original)).await?;
    let head = head(&mut body).await?;
    match is_film(original) {
        true => bring_film(fed, claimed, head, body).await,
        false => bring_picture(fed, original, claimed, head, body).await,
    }
}

/// What is asked for, by what it is: pictures 16 MiB, emoji 2 MiB, film and sound 40 MiB.
fn want(original: &Original) -> Want {
    let (accept, max_bytes, patience) = match (is_film(original), original.kind) {
        (true, _) => ("video/*, audio/*", MAX_FILM, FILM_PATIENCE),
        (false, Kind::Emoji) => (PICTURES, MAX_EMOJI, PATIENCE),
        (false, _) => (PICTURES, image::MAX_UPLOAD_BYTES, PATIENCE),
    };
    Want {
        accept,
        // Not believed: the first bytes decide.
        types: &[],
        max_bytes,
        patience,
        signed: false,
    }
}

const PICTURES: &str = "image/webp, image/png, image/jpeg, image/gif";

/// The first bytes, enough to tell what it is; fewer only when there are no more.
async fn head(body: &mut Chunks) -> Result<BytesMut, Trouble> {
    let mut head = BytesMut::new();
    while head.len() < film::HEAD {
        match body.next().await? {
            Some(chunk) => head.extend_from_slice(&chunk),
            None => break,
        }
    }
    Ok(head)
}

async fn bring_picture(
    fed: &Federation,
    original: &Original,
    claimed: &Claimed,
    mut bytes: BytesMut,
    mut body: Chunks,
) -> Result<Kept, Trouble> {
    if !image::is_picture(&bytes) {
        return Err(Trouble::Lasting("it is no picture".to_owned()));
    }
    while let Some(chunk) = body.next().await? {
        bytes.extend_from_slice(&chunk);
    }
    let purpose = match original.kind {
        Kind::Attachment => Purpose::Attachment,
        Kind::Avatar => Purpose::Avatar,
        Kind::Header => Purpose::Header,
        Kind::Emoji => Purpose::Emoji,
    };
    let pictures = &fed.remote_media.pictures;
    let made = pictures
        .process(bytes.freeze(), purpose, fed.clock.now())
        .await?;
    let mut files: Vec<(MediaPath, Bytes)> = Vec::new();
    for picture in std::iter::once(&made.picture).chain(&made.preview) {
        let path = MediaPath::random(Place::Remote, picture.ending);
        files.push((path, picture.bytes.clone()));
    }
    let paths: Vec<MediaPath> = files.iter().map(|(path, _)| path.clone()).collect();
    place(fed, claimed, &paths).await?;
    let mut sum = 0;
    for (path, bytes) in files {
        sum += i64::try_from(bytes.len()).map_err(Error::from)?;
        if let Err(error) = fed.storage.put(&path, bytes).await {
            fed.storage.delete_all(&paths).await?;
            return Err(Trouble::Ours(error));
        }
    }
    let pixels = |n: u32| i32::try_from(n).unwrap_or(i32::MAX);
    let size = (pixels(made.picture.width), pixels(made.picture.height));
    Ok(Kept {
        files: paths,
        bytes: sum,
        shape: Some((size, made.blurhash)),
    })
}

async fn bring_film(
    fed: &Federation,
    claimed: &Claimed,
    head: BytesMut,
    mut body: Chunks,
) -> Result<Kept, Trouble> {
    let ending = film::ending(&head)
        .ok_or_else(|| Trouble::Lasting("it is no film or sound that is kept".to_owned()))?;
    let path = MediaPath::random(Place::Remote, ending);
    place(fed, claimed, std::slice::from_ref(&path)).await?;
    let mut file = fed.storage.write(&path).await?;
    let mut bytes = head.len();
    let mut written = file.put(head.freeze()).await.map_err(Trouble::from);
    while written.is_ok() {
        written = match body.next().await {
            Ok(Some(chunk)) => {
                bytes += chunk.len();
                file.put(chunk).await.map_err(Trouble::from)
            }
            Ok(None) => break,
            Err(error) => Err(error.into()),
        };
    }
    if let Err(trouble) = written {
        file.abort().await?;
        return Err(trouble);
    }
    file.finish().await?;
    Ok(Kept {
        files: vec![path],
        shape: None,
        bytes: i64::try_from(bytes).map_err(Error::from)?,
    })
}

/// Notes where they will lie: first the file, then the small one.
async fn place(app: &App, claimed: &Claimed, paths: &[MediaPath]) -> Result<(), Trouble> {
    let mut conn = app.pool.get().await?;
    let path = paths.first().map_or("", MediaPath::as_str);
    let preview = paths.get(1).map(|path| path.as_str().to_owned());
    match store::cached_media::place(&mut conn, claimed, path, preview).await? {
        true => Ok(()),
        false => Err(Trouble::Passing("it took too long".to_owned())),
    }
}

/// How long until the next try, after `fails` failures before this one.
fn patience(trouble: &Trouble, fails: i16) -> TimeDelta {
    let grown = |first: TimeDelta, most: TimeDelta| {
        let times = 4_i32.saturating_pow(u32::from(fails.unsigned_abs()).min(8));
        first.checked_mul(times).unwrap_or(most).min(most)
    };
    let passing = grown(TimeDelta::minutes(1), TimeDelta::days(1));
    match trouble {
        Trouble::Lasting(_) => grown(TimeDelta::hours(1), TimeDelta::days(14)),
        Trouble::Passing(_) => passing,
        Trouble::Wait(wait) => passing.max(TimeDelta::from_std(*wait).unwrap_or(passing)),
        Trouble::Ours(_) => TimeDelta::seconds(30),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_failure_makes_the_next_try_later_up_to_a_limit() {
        let lasting = Trouble::Lasting(String::new());
        let passing = Trouble::Passing(String::new());
        assert_eq!(patience(&passing, 0), TimeDelta::minutes(1));
        assert_eq!(patience(&passing, 2), TimeDelta::minutes(16));
        assert_eq!(patience(&passing, 100), TimeDelta::days(1));
        assert_eq!(patience(&lasting, 0), TimeDelta::hours(1));
        assert_eq!(patience(&lasting, 100), TimeDelta::days(14));
        let wait = Trouble::Wait(Duration::from_secs(3_600));
        assert_eq!(patience(&wait, 0), TimeDelta::hours(1));
        assert_eq!(patience(&wait, 100), TimeDelta::days(1));
    }

    #[test]
    fn what_is_no_picture_is_not_asked_for_again_soon() {
        let refused = Trouble::from(Error::invalid("no"));
        assert!(matches!(refused, Trouble::Lasting(_)));
        assert!(matches!(
            Trouble::from(FetchError::TooLarge),
            Trouble::Lasting(_)
        ));
        assert!(matches!(
            Trouble::from(FetchError::Busy(503)),
            Trouble::Passing(_)
        ));
    }
}
