//! `App`: handles only (pools, config, clock, mail, files). They can do things; they decide
//! nothing.

pub mod clock;
pub mod disk;
pub mod federation;
pub mod http;
pub mod instance;
pub mod instance_key;
pub mod limits;
pub mod memory;
pub mod metrics;
pub mod place;
pub mod policies;
pub mod refusals;
pub mod remote_media;
pub mod signers;
pub mod tally;
pub mod wishes;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, OnceCell};

use crate::cache::fragments::Fragments;
use crate::cache::known::Known;
use crate::cache::served::Served;
use crate::cache::{Cache, CacheSettings};
use crate::config::{Config, NameServer};
use crate::domain::{Error, Result};
use crate::files::{Pictures, Storage, image};
use crate::mail::domains::MailDomains;
use crate::mail::{self, Mailer};
use crate::secrets::actor_key::{ActorKeys, NewActorKey};
use crate::secrets::keyed::Master;
use crate::secrets::password::Passwords;
use crate::secrets::{Keyring, token};
use crate::store::pool::PoolSettings;
use crate::store::{self, Pool};
use clock::Clock;
use memory::Memory;
use metrics::Metrics;
use policies::Policies;
use refusals::Refusals;
use remote_media::RemoteMedia;
use signers::Signers;
use wishes::Wishes;

/// Ends a statement of a request that takes longer.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);
/// The same at the desk, whose pages search more.
const DESK_TIMEOUT: Duration = Duration::from_secs(30);

/// Everything that a use case may hold on to. One per process; passed as `&App`.
pub struct App {
    /// As it was checked at start.
    pub config: Config,
    /// Postgres, for everybody.
    pub pool: Pool,
    /// Postgres, for the gate and the desk, so that a flood cannot starve them.
    pub desk: Pool,
    /// Redis.
    pub cache: Cache,
    /// Rendered statuses and accounts.
    pub fragments: Fragments,
    /// Documents for other servers, for a moment.
    pub served: Served,
    /// Facts that never change, remembered.
    pub known: Known,
    /// The time.
    pub clock: Clock,
    /// Mail.
    pub mailer: Mailer,
    /// Whose servers take whose mail.
    pub mail_domains: MailDomains,
    /// Pictures as files.
    pub storage: Storage,
    /// Pictures as pixels.
    pub pictures: Pictures,
    /// Files of other servers: addresses, fetches under way.
    pub remote_media: RemoteMedia,
    /// Keys derived from the instance's secret.
    pub keys: Keyring,
    /// argon2, behind a line.
    pub passwords: Passwords,
    /// RSA, behind a line.
    pub actor_keys: ActorKeys,
    /// The server's own, once it was asked for.
    instance_key: OnceCell<Arc<NewActorKey>>,
    /// Versions of questions that forms showed, not written down yet.
    pub questions_shown: tally::Tally,
    /// What holds for other servers.
    pub policies: Policies,
    /// Keys of other servers' actors.
    pub signers: Signers,
    /// Rung after activities of other servers were written down; `jobs::receive` listens.
    pub wake_receiver: Notify,
    /// Rung after a commit that wrote an event; the relay listens.
    pub wake: Notify,
    /// Rung after a commit that wrote deliveries; their sender listens.
    pub outbound: Notify,
    /// What this process did since it started.
    pub metrics: Arc<Metrics>,
    /// What pages show of the place, half a minute old at the most.
    pub memory: Memory,
    /// What members would like to see more of from other servers.
    pub wishes: Wishes,
    /// Who is sent away for now, whoever they are.
    pub refusals: Refusals,
}

impl App {
    /// Opens the handles on the calling runtime, makes the instance's secret at first start.
    /// The schema must be current; `config.database.url` and `config.redis.url` set.
    ///
    /// # Errors
    /// When Postgres cannot be reached or a handle cannot be made. Redis may be away.
    pub async fn open(config: Config) -> Result<Arc<App>> {
        let database = config.database.url.as_ref().ok_or_else(|| {
            Error::invalid("There is no database.url; `porchlight up` starts one.")
        })?;
        let redis =
            config.redis.url.as_ref().ok_or_else(|| {
                Error::invalid("There is no redis.url; `porchlight up` starts one.")
            })?;
        let settings = |size, statement_timeout, counts| PoolSettings {
            url: database.expose().to_owned(),
            size,
            statement_timeout,
            counts,
        };
        let pool = Pool::new(settings(config.database.pool_size, REQUEST_TIMEOUT, None))?;
        let counts = Some(pool.counts().clone());
        let desk = Pool::new(settings(
            config.database.desk_pool_size,
            DESK_TIMEOUT,
            counts,
        ))?;

        let clock = Clock::new();
        let mut conn = pool.get().await?;
        clock.observe(&mut conn).await?;
        let now = clock.now();
        let fresh: [u8; 32] = token::random_bytes();
        let secret = store::settings::secret(&mut conn, "master", &fresh, now).await?;
        let master = Master::from_bytes(&secret)
            .ok_or_else(|| Error::broken("the instance's secret is not 32 bytes"))?;
        let fresh: [u8; 8] = token::random_bytes();
        let name = store::settings::secret(&mut conn, "cache_prefix", &fresh, now).await?;
        let prefix: String = name.iter().map(|byte| format!("{byte:02x}")).collect();
        drop(conn);

        let cache = Cache::new(CacheSettings {
            url: redis.expose().to_owned(),
            prefix: format!("porch:{prefix}:"),
        })?;
        let keys = Keyring::new(1, &master, &[]);
        Ok(Arc::new(App {
            pool,
            desk,
            cache,
            fragments: Fragments::default(),
            served: Served::default(),
            known: Known::default(),
            clock,
            mailer: mailer(&config)?,
            mail_domains: mail_domains(&config),
            storage: Storage::in_folder(&config.media.path)?,
            pictures: Pictures::new(image::Settings {
                max_bytes: config.media.max_image_bytes,
                max_pixels: config.media.max_image_pixels,
                ..image::Settings::default()
            }),
            remote_media: RemoteMedia::new(keys.remote_media.clone()),
            keys,
            passwords: Passwords::new(Default::default())?,
            actor_keys: ActorKeys::default(),
            instance_key: OnceCell::new(),
            wake: Notify::new(),
            outbound: Notify::new(),
            memory: Memory::default(),
            wishes: Wishes::default(),
            refusals: Refusals::default(),
            metrics: Arc::default(),
            questions_shown: tally::Tally::default(),
            policies: Policies::default(),
            signers: Signers::default(),
            wake_receiver: Notify::new(),
            config,
        }))
    }

    /// Where this server is reached: scheme and host, no slash at the end.
    pub fn origin(&self) -> String {
        self.config.server.origin()
    }

    /// The absolute address of a path that begins with a slash.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin())
    }

    /// Tells the relay of this process that an event was committed. Other processes look
    /// each second.
    pub fn wake_relay(&self) {
        self.wake.notify_one();
    }
}

fn mail_domains(config: &Config) -> MailDomains {
    MailDomains::new(match config.registration.name_server {
        NameServer::None => Vec::new(),
        NameServer::System => MailDomains::system_servers(),
        NameServer::At(address) => vec![address],
    })
}

fn mailer(config: &Config) -> Result<Mailer> {
    let route = match &config.mail.smtp_url {
        Some(url) => mail::transport::Route::Smtp(url.expose().to_owned()),
        None => mail::transport::Route::Folder(config.server.data.join("mail")),
    };
    Mailer::new(&mail::Settings {
        route,
        from: config.mail.from.clone(),
    })
}
