//! What may ask other servers takes a `&Federation`; what takes an `&App` cannot (lib.rs).
//!
//! A [`Federation`] is one piece of work's permission: it counts the requests that the work
//! makes, whatever for, so that no document of a stranger can keep us busy (N8). A
//! [`Network`] is the process's client, which gives them out.

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use activitypub_federation::config::FederationConfig;
use activitypub_federation::error::Error as LibraryError;
use activitypub_federation::fetch::fetch_object_http;
use async_trait::async_trait;
use bytes::Bytes;
use http::header::{self, HeaderMap, HeaderValue};
use http::{Extensions, StatusCode};
use reqwest::{Request, Response};
use reqwest_middleware::{ClientBuilder, Middleware, Next};
use serde::de::DeserializeOwned;
use url::Url;

use super::App;
use super::http::media_type::{self, ACCEPT_ACTIVITY, ACTIVITY};
use super::http::names::{Names, SystemNames};
pub use super::http::{Budget, FetchError, PerHost};
use super::http::{Http, Signer, Trip, body};
use super::policies::Verdicts;
use crate::config::Place;
use crate::domain::{Error, Result};
use crate::secrets::actor_key::SigningKey;
use crate::secrets::signature::authority;

/// Requests that one piece of work may make.
const BUDGET: u32 = 20;
/// How long a document, and a delivery, may take, from the lookup to the last byte.
const PATIENCE: Duration = Duration::from_secs(10);
/// The longest answer of an inbox that is read.
const MAX_REPLY: usize = 64 * 1024;

/// The process's way to other servers. One per process; clones share it.
#[derive(Clone)]
pub struct Network {
    app: Arc<App>,
    /// `None` where the place federates with nobody.
    wire: Option<Arc<Wire>>,
}

struct Wire {
    http: Arc<Http>,
    library: FederationConfig<Arc<App>>,
}

impl Network {
    /// Opens it: makes the instance's key at the first start that federates.
    ///
    /// # Errors
    /// When the database cannot be asked or the client cannot be built.
    pub async fn open(app: &Arc<App>) -> Result<Network> {
        Network::open_with(app, Arc::new(SystemNames::default())).await
    }

    /// The same with another way from names to addresses: for tests that lie.
    pub async fn open_with(app: &Arc<App>, names: Arc<dyn Names>) -> Result<Network> {
        let wire = match app.config.server.federates() {
            true => Some(Arc::new(Wire::open(app, names).await?)),
            false => None,
        };
        Ok(Network {
            app: app.clone(),
            wire,
        })
    }

    /// Permission for one piece of work: [`BUDGET`] requests.
    pub fn federation(&self) -> Federation {
        Federation {
            network: self.clone(),
            budget: Budget::of(BUDGET),
        }
    }

    /// The same for a longer errand, with a budget of its own.
    pub fn errand(&self, requests: u32) -> Federation {
        Federation {
            network: self.clone(),
            budget: Budget::of(requests),
        }
    }

    /// The same for one of many errands, whose servers get no more than `hosts` allows from all of
    /// them together.
    pub fn errand_among(&self, requests: u32, hosts: Arc<PerHost>) -> Federation {
        Federation {
            network: self.clone(),
            budget: Budget::of(requests).among(hosts),
        }
    }

    /// Everything that needs no network.
    pub fn app(&self) -> &Arc<App> {
        &self.app
    }

    /// Requests to other servers that this process sent, or tried, since its start.
    pub fn asked(&self) -> u64 {
        self.wire.as_ref().map_or(0, |wire| wire.http.asked())
    }

    fn wire(&self) -> Result<&Wire, FetchError> {
        self.wire.as_deref().ok_or(FetchError::NotFederating)
    }
}

impl Wire {
    async fn open(app: &Arc<App>, names: Arc<dyn Names>) -> Result<Wire> {
        let server = &app.config.server;
        let key = app.instance_key().await?;
        let signer = Signer {
            key_id: app.url(INSTANCE_KEY),
            key: SigningKey::from_der(&key.private_der)?,
        };
        let (clock, metrics) = (app.clock.clone(), app.metrics.clone());
        let http = Arc::new(Http::new(server, signer, clock, names, metrics)?);
        let asked = ClientBuilder::new(http.bare().clone()).with(Guarded(http.clone()));
        let dev = server.place == Place::Dev;
        let library = FederationConfig::builder()
            .domain(server.domain.as_str())
            .app_data(app.clone())
            .client(asked.build())
            .request_timeout(PATIENCE)
            // Else the library looks a name up by itself before each fetch, and not the address
            // that is dialled then. Names, addresses and ports are vetted where we dial.
            .debug(true)
            .allow_http_urls(dev)
            .build()
            .await
            .map_err(|cause| Error::broken(format!("the federation library: {cause}")))?;
        Ok(Wire { http, library })
    }
}

/// The path of the instance actor's key, as `activitypub::addresses` has it.
const INSTANCE_KEY: &str = "/ap/actor#main-key";

/// One piece of work's permission to ask other servers. Clones share its budget.
#[derive(Clone)]
pub struct Federation {
    network: Network,
    budget: Budget,
}

impl Deref for Federation {
    type Target = App;

    fn deref(&self) -> &App {
        &self.network.app
    }
}

/// A document as it was found.
#[derive(Debug, Clone)]
pub struct Fetched<T> {
    /// What it says; its `id` is `url`.
    pub object: T,
    /// Where it was found in the end. Its host is the one that answers for it.
    pub url: Url,
}

/// Something else than a document.
#[derive(Debug, Clone)]
pub struct Got {
    /// Where it was found in the end.
    pub url: Url,
    /// The answer's headers.
    pub headers: HeaderMap,
    /// The body, decoded.
    pub body: Bytes,
}

/// What is asked for, and how much of it is read.
#[derive(Debug, Clone, Copy)]
pub struct Want {
    /// The `Accept` header.
    pub accept: &'static str,
    /// Media types that the answer may have, without parameters; any where empty.
    pub types: &'static [&'static str],
    /// The longest body, decoded.
    pub max_bytes: usize,
    /// How long it may take, from the lookup to the last byte.
    pub patience: Duration,
    /// Whether the instance signs.
    pub signed: bool,
}

impl Want {
    /// A WebFinger answer.
    pub const WEBFINGER: Want = Want {
        accept: "application/jrd+json, application/json",
        types: &["application/jrd+json", "application/json"],
        max_bytes: 64 * 1024,
        patience: PATIENCE,
        signed: false,
    };
    /// NodeInfo, and the list of its versions.
    pub const NODEINFO: Want = Want {
        accept: "application/json",
        types: &["application/json", "application/jrd+json"],
        max_bytes: 64 * 1024,
        patience: PATIENCE,
        signed: false,
    };
    /// A page of a collection: its `id` may differ from where it was found.
    pub const PAGE: Want = Want {
        accept: ACCEPT_ACTIVITY,
        types: &[ACTIVITY],
        max_bytes: 1024 * 1024,
        patience: PATIENCE,
        signed: true,
    };
}

/// What an inbox said.
#[derive(Debug, Clone)]
pub struct Reply {
    /// Any status, redirects too.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body; empty where it was longer than 64 kB or broke off.
    pub body: Bytes,
}

tokio::task_local! {
    /// The question that the library is answering, for [`Guarded`].
    static TRIP: Arc<Trip>;
}

impl Federation {
    /// Fetches an ActivityPub document, signed as the instance: at most 1 MiB decoded, three
    /// hops, 10 s. Its `id` is where it was found; where it names another address on the same
    /// host it is asked for there once more, and on another host refused (I11).
    ///
    /// # Errors
    /// Any [`FetchError`]; `Nonsense` where it is no such document (I10).
    pub async fn document<T>(&self, url: &Url) -> Result<Fetched<T>, FetchError>
    where
        T: DeserializeOwned + Send,
    {
        let wire = self.network.wire()?;
        let mut url = url.clone();
        url.set_fragment(None);
        wire.http.vet(&url)?;
        let trip = Trip::new(PATIENCE, Some(self.budget.clone()));
        let trip = Arc::new(trip.obeying(self.verdicts().await?));
        let data = wire.library.to_request_data();
        let asking = fetch_object_http::<Arc<App>, T>(&url, &data);
        let found = TRIP.scope(trip, asking).await.map_err(of_library)?;
        Ok(Fetched {
            object: found.object,
            url: found.url,
        })
    }

    /// GETs anything else.
    ///
    /// # Errors
    /// Any [`FetchError`]; `Nonsense` for a type that was not wanted.
    pub async fn get(&self, url: &Url, want: Want) -> Result<Got, FetchError> {
        let answer = self.open(url, want).await?;
        let (url, headers) = (answer.url().clone(), answer.headers().clone());
        let body = body::whole(answer, want.max_bytes).await?;
        Ok(Got { url, headers, body })
    }

    /// The same in pieces, for what is too large to be held: at most `want.max_bytes` of it, and
    /// the deadline goes on until the last piece.
    ///
    /// # Errors
    /// Any [`FetchError`], at each piece.
    pub async fn stream(&self, url: &Url, want: Want) -> Result<body::Chunks, FetchError> {
        let answer = self.open(url, want).await?;
        body::Chunks::new(answer, want.max_bytes as u64)
    }

    /// POSTs an activity with headers that the caller signed. Not counted: deliveries have
    /// budgets of their own.
    ///
    /// # Errors
    /// `Refused`, `Unreachable`, `NotFederating`. Statuses are not errors here.
    pub async fn post(
        &self,
        url: &Url,
        headers: HeaderMap,
        body: Bytes,
    ) -> Result<Reply, FetchError> {
        let wire = self.network.wire()?;
        let trip = Trip::new(PATIENCE, None).obeying(self.verdicts().await?);
        let answer = wire.http.post(&trip, url.clone(), headers, body).await?;
        Ok(Reply {
            status: answer.status(),
            headers: answer.headers().clone(),
            // Only to learn why; what cannot be read changes nothing.
            body: body::whole(answer, MAX_REPLY).await.unwrap_or_default(),
        })
    }

    /// Requests that are left.
    pub fn budget_left(&self) -> u32 {
        self.budget.left()
    }

    /// Whether the budget, and that of the server there, have a request left for an address.
    pub fn may_ask(&self, address: &str) -> bool {
        Url::parse(address).is_ok_and(|url| self.budget.reaches(&authority(&url)))
    }

    /// The process's way to other servers, for work that follows with a budget of its own.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// Whom this place speaks with; what cannot be asked now may pass.
    async fn verdicts(&self) -> Result<Verdicts, FetchError> {
        let held = self.network.app.verdicts().await;
        held.map_err(|error| FetchError::Unreachable(format!("{error:?}").into()))
    }

    async fn open(&self, url: &Url, want: Want) -> Result<Response, FetchError> {
        let wire = self.network.wire()?;
        let trip = Trip::new(want.patience, Some(self.budget.clone()));
        let trip = trip.obeying(self.verdicts().await?);
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_static(want.accept));
        let asking = wire.http.get(&trip, url.clone(), &headers, want.signed);
        let answer = asking.await?;
        let right = match want.types {
            [] => true,
            [ACTIVITY] => media_type::is_activity(answer.headers()),
            types => types.contains(&media_type::essence(answer.headers()).as_str()),
        };
        match right {
            true => Ok(answer),
            false => Err(FetchError::Nonsense("another media type".into())),
        }
    }
}

/// Stands under the library and does everything that must be done to a request: the library
/// follows one redirect without looking, knows three spellings of the media type and no status
/// but 410.
struct Guarded(Arc<Http>);

#[async_trait]
impl Middleware for Guarded {
    async fn handle(
        &self,
        request: Request,
        _extensions: &mut Extensions,
        _next: Next<'_>,
    ) -> reqwest_middleware::Result<Response> {
        let carried = |error| reqwest_middleware::Error::middleware(Carried(error));
        let trip = TRIP
            .try_with(Arc::clone)
            .map_err(reqwest_middleware::Error::middleware)?;
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_static(ACCEPT_ACTIVITY));
        let asking = self.0.get(&trip, request.url().clone(), &headers, true);
        let mut answer = asking.await.map_err(carried)?;
        if media_type::is_activity(answer.headers()) {
            let plain = HeaderValue::from_static(ACTIVITY);
            answer.headers_mut().insert(header::CONTENT_TYPE, plain);
        }
        Ok(answer)
    }
}

/// Our error, on its way through the library.
#[derive(Debug)]
struct Carried(FetchError);

impl std::fmt::Display for Carried {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Carried {}

fn of_library(error: LibraryError) -> FetchError {
    use reqwest_middleware::Error as Stack;
    match error {
        LibraryError::ReqwestMiddleware(Stack::Middleware(cause)) => {
            match cause.downcast::<Carried>() {
                Ok(Carried(error)) => error,
                Err(cause) => FetchError::Unreachable(cause.to_string().into()),
            }
        }
        LibraryError::ReqwestMiddleware(Stack::Reqwest(cause)) | LibraryError::Reqwest(cause) => {
            FetchError::of_client(&cause)
        }
        LibraryError::RequestLimit => FetchError::Budget,
        LibraryError::ResponseBodyLimit => FetchError::TooLarge,
        LibraryError::ObjectDeleted(_) => FetchError::Gone,
        LibraryError::NotFound => FetchError::Refused("it is our own address".into()),
        LibraryError::UrlVerificationError(why) => FetchError::Refused(why.into()),
        LibraryError::DomainResolveError(host) => {
            FetchError::Refused(format!("{host} leads to no public address").into())
        }
        LibraryError::FetchInvalidContentType(_) => {
            FetchError::Nonsense("it is no ActivityPub document".into())
        }
        LibraryError::FetchWrongId(_) => FetchError::Nonsense("its id is another address".into()),
        LibraryError::ParseFetchedObject(cause, ..) => {
            FetchError::Nonsense(cause.to_string().into())
        }
        other => FetchError::Nonsense(other.to_string().into()),
    }
}
