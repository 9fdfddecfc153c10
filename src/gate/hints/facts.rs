//! Everything that hints are made of.

use chrono::{DateTime, TimeDelta, Utc};
use ipnet::IpNet;

use super::{again, marks};
use crate::app::App;
use crate::domain::application::Proof;
use crate::domain::{Error, Id, Result};
use crate::gate::applications::pace;
use crate::gate::blocks::judge;
use crate::gate::mail_providers;
use crate::model::application::Application;
use crate::store::invite_tree::Brought;
use crate::store::likeness::{Around, Kin};
use crate::store::memory::Remembered;
use crate::store::vouches::Named;
use crate::store::{self, Conn};
use crate::text::email::Address;
use crate::text::likeness::MinHash;

/// How far back others are looked for: as long as an application may wait.
const BACK: TimeDelta = TimeDelta::days(30);

/// What is known of one application and of those around it.
#[derive(Debug, Clone, PartialEq)]
pub struct Facts {
    /// Which.
    pub id: Id,
    /// The name wanted.
    pub username: String,
    /// What stands before the `@` of the address.
    pub local: Option<String>,
    /// The domain of the address.
    pub mail_domain: Option<String>,
    /// `application_traits.mail_state`.
    pub mail_state: i16,
    /// The server that takes its mail.
    pub mail_host: Option<String>,
    /// The place asks name servers for it.
    pub mail_is_looked_up: bool,
    /// Where it came from.
    pub network: Option<IpNet>,
    /// When it was sent.
    pub submitted_at: DateTime<Utc>,
    /// How long the form took, in seconds.
    pub fill_seconds: Option<i32>,
    /// Letters of all answers.
    pub letters: usize,
    /// The MinHash of the answers.
    pub minhash: Option<MinHash>,
    /// The hidden field was filled in.
    pub trap_filled: bool,
    /// What its machine gave.
    pub proof: Proof,
    /// The event that it came with: id and title, which may be gone.
    pub event: Option<(Id, Option<String>)>,
    /// Others around it.
    pub kin: Vec<Kin>,
    /// What is remembered of refusals.
    pub remembered: Remembered,
    /// A block with the severity "aside" that it meets, in words.
    pub set_aside: Option<String>,
    /// Drafts that they keep.
    pub drafts: i64,
    /// When they were last here.
    pub last_seen: Option<DateTime<Utc>>,
    /// Names of the staff.
    pub staff: Vec<String>,
    /// By whose invite they came.
    pub brought: Option<Brought>,
    /// Members whom they named.
    pub named: Vec<Named>,
}

impl Facts {
    /// The network around it.
    pub fn wide(&self) -> Option<IpNet> {
        self.network.map(|net| pace::wide(net.addr()))
    }

    /// The domain of the address, where it says something.
    pub fn own_domain(&self) -> Option<&str> {
        let domain = self.mail_domain.as_deref();
        domain.filter(|domain| !mail_providers::is_large(domain))
    }

    /// The mail server, where it says something.
    pub fn own_host(&self) -> Option<&str> {
        let host = self.mail_host.as_deref();
        host.filter(|host| mail_providers::whose(host).is_none())
    }
}

/// Reads all of it.
pub(super) async fn gather(app: &App, conn: &mut Conn, id: Id) -> Result<Facts> {
    let (application, user) = store::applications::find_card(conn, id)
        .await?
        .ok_or(Error::NotFound)?;
    let mut facts = own(conn, &application, &user.username, user.email.as_deref()).await?;
    let marks = store::likeness::marks(conn, id).await?;
    facts.kin = store::likeness::near(conn, &facts.around(&marks)).await?;
    facts.mail_is_looked_up = app.mail_domains.asks();
    let now = app.clock.now();
    facts.remembered = again::look(app, conn, &application, &user, &marks, now).await?;
    (facts.drafts, facts.last_seen) = store::likeness::habits(conn, user.id).await?;
    if let Some((event, title)) = &mut facts.event {
        *title = store::event_codes::title(conn, *event).await?;
    }
    let mail = (facts.mail_domain.as_deref(), facts.mail_host.as_deref());
    facts.set_aside = judge::set_aside(conn, facts.network, &facts.username, mail, now).await?;
    let staff = store::users::staff(conn).await?;
    facts.staff = staff.into_iter().map(|one| one.username).collect();
    facts.brought = store::invite_tree::brought(conn, user.id, now).await?;
    facts.named = store::vouches::list(conn, id).await?;
    Ok(facts)
}

impl Facts {
    /// Near what others are looked for.
    pub(super) fn around(&self, marks: &[(i16, i64)]) -> Around {
        let of = |whole: bool| {
            let wanted = marks
                .iter()
                .filter(|(mark, _)| (*mark >= marks::WORDS) == whole);
            wanted.map(|(_, hash)| *hash).collect()
        };
        Around {
            application: self.id,
            since: self.submitted_at - BACK,
            wide: self.wide(),
            mail_domain: self.own_domain().map(str::to_owned),
            mail_host: self.own_host().map(str::to_owned),
            bands: of(false),
            words: of(true),
            event: self.event.as_ref().map(|(id, _)| *id),
        }
    }
}

/// What stands in its own rows.
pub(super) async fn own(
    conn: &mut Conn,
    application: &Application,
    username: &str,
    email: Option<&str>,
) -> Result<Facts> {
    let answers = store::applications::answers(conn, application.id).await?;
    let traits = marks::renew(conn, application, &answers).await?;
    let address = email.and_then(|email| Address::parse(email).ok());
    let remark = application.remark.as_deref().unwrap_or_default();
    let words = answers.iter().map(|answer| answer.value.as_str());
    Ok(Facts {
        id: application.id,
        username: username.to_owned(),
        local: address.map(|address| address.local().to_owned()),
        mail_domain: application.mail_domain.clone(),
        mail_state: traits.mail_state,
        mail_host: traits.mail_host,
        mail_is_looked_up: false,
        network: application.network,
        submitted_at: application.submitted_at,
        fill_seconds: application.fill_seconds,
        letters: words.chain([remark]).map(|w| w.chars().count()).sum(),
        minhash: traits.minhash.as_deref().and_then(MinHash::from_bytes),
        trap_filled: traits.trap_filled,
        proof: application.proof,
        event: application.event_code_id.map(|id| (id, None)),
        kin: Vec::new(),
        remembered: Remembered::default(),
        set_aside: None,
        drafts: 0,
        last_seen: None,
        staff: Vec::new(),
        brought: None,
        named: Vec::new(),
    })
}

#[cfg(test)]
impl Facts {
    /// An application like most.
    pub(super) fn example() -> Facts {
        let at = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        Facts {
            id: 1,
            username: "hana".into(),
            local: Some("hana.berg".into()),
            mail_domain: Some("berg.example".into()),
            mail_state: 1,
            mail_host: Some("mx.berg.example".into()),
            mail_is_looked_up: false,
            network: "192.0.2.7/32".parse().ok(),
            submitted_at: at,
            fill_seconds: Some(240),
            letters: 220,
            minhash: MinHash::of("I keep bees and would like to talk about them."),
            trap_filled: false,
            proof: Proof::Worked,
            event: None,
            kin: Vec::new(),
            remembered: Remembered::default(),
            set_aside: None,
            drafts: 0,
            last_seen: None,
            staff: vec!["olive".into()],
            brought: None,
            named: Vec::new(),
        }
    }

    /// Somebody else who has nothing in common with it.
    pub(super) fn stranger(id: Id) -> Kin {
        Kin {
            id,
            state: crate::domain::application::ApplicationState::Pending,
            cluster: None,
            network: "198.51.100.9/32".parse().ok(),
            mail_domain: Some("other.example".into()),
            mail_host: Some("mx.other.example".into()),
            fill_seconds: Some(600),
            submitted_at: DateTime::from_timestamp(1_799_900_000, 0).unwrap(),
            username: "somebody_else".into(),
            minhash: None,
            trap_filled: false,
            event: None,
            same_words: false,
        }
    }
}
