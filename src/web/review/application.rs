//! `/desk/applications/ID`: one application, whole.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::keys::KeyMap;
use super::queue::{counted, opened_by_hand, state_words};
use crate::app::App;
use crate::domain::application::{ApplicationState, MessageKind, PresetKind};
use crate::domain::vouch_answer::VouchAnswer;
use crate::domain::{Error, Id, ids};
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::files::default_pictures;
use crate::gate::applications::put_off;
use crate::gate::applications::review::{self, Brought, Card};
use crate::gate::applications::views::Change;
use crate::gate::applications::{mail_reaches_people, presets, reject};
use crate::gate::{sandbox, zone};
use crate::model::account::fields_from_json;
use crate::text::diff::{Fate, Piece};
use crate::text::{html, time_words};
use crate::web::error::WebError;
use crate::web::frame;
use crate::web::parts::account::AccountChip;
use crate::web::parts::layout::Here;
use crate::web::public::profile::ProfileField;

use crate::web::apply::waiting::{Answer, DraftView};
use crate::web::parts::form::Form;
use crate::web::parts::layout::Page;
use crate::web::parts::moment::Moment;
use crate::web::public::profile::ProfileView;

/// The card. Forms: below `/desk/applications/ID`, see [`super::acts`]: `csrf`, `version` (of
/// what was seen), `preset`, `message`, `send_mail` ("1"), `note`.
#[derive(Template)]
#[template(path = "review/application.html")]
pub struct ApplicationPage {
    /// The frame.
    pub page: Page,
    /// Its id, as text.
    pub id: String,
    /// A hash of what is shown: a decision on anything else is a conflict.
    pub version: String,
    /// Where it stands, in words.
    pub state: String,
    /// It can be decided now, by this viewer.
    pub decidable: bool,
    /// They were let in through an open door, and nobody said yet that they read this.
    pub unread: bool,
    /// It can be put off.
    pub can_put_off: bool,
    /// It rests until then.
    pub rests_until: Option<Moment>,
    /// Until when the decision can be taken back.
    pub undo_until: Option<Moment>,
    /// Why this viewer may not decide it; `None` otherwise.
    pub not_by_you: Option<String>,
    /// Why this viewer may although they are bound to the applicant.
    pub by_you_alone: Option<String>,
    /// Who is reading it; a sentence, and whether it is the viewer.
    pub reader: Option<(String, bool)>,
    /// When it was sent.
    pub submitted_at: Moment,
    /// What changed since it was opened before.
    pub changes: Vec<ChangeView>,
    /// What of the profile changed after they were let in.
    pub later: Vec<ChangeView>,
    /// Questions with the wording as asked, and answers.
    pub answers: Vec<Answer>,
    /// The profile as it will look.
    pub profile: ProfileView,
    /// The drafts.
    pub drafts: Vec<DraftView>,
    /// Where it came from: label and value, as much of it as this role sees
    /// (`Mail domain`, `Address`, `Network`, `Time to fill in`, `App`).
    pub origin: Vec<(String, String)>,
    /// Hints in whole words; never verdicts.
    pub hints: Vec<String>,
    /// Others like it: how many in words, and where they are.
    pub alike: Option<(String, String)>,
    /// From the same network, or the one next to it: path, name, state, when.
    pub neighbours: Vec<(String, String, String, Moment)>,
    /// Others of its kind, once its account is suspended: path, name, state, when.
    pub like: Vec<(String, String, String, Moment)>,
    /// `message`, `preset`, `send_mail` and `note` as typed, and what was wrong.
    pub form: Form,
    /// Canned words: id, what they go with, title, text.
    pub presets: Vec<(String, &'static str, String, String)>,
    /// The viewer writes canned words.
    pub manages: bool,
    /// A message can be mailed.
    pub mail_works: bool,
    /// Where this viewer makes a link for a new password: not where there is mail.
    pub password: Option<String>,
    /// What was said between staff and the applicant, oldest first.
    pub said: Vec<HistoryLine>,
    /// Notes of staff, oldest first.
    pub notes: Vec<HistoryLine>,
    /// What happened so far, oldest first.
    pub history: Vec<HistoryLine>,
    /// On whose clock times are.
    pub zone: &'static str,
    /// Which key does what.
    pub keys: KeyMap,
    /// The next one in the queue: its path.
    pub next: Option<String>,
}

/// One line of an application's history.
#[derive(Debug, Clone)]
pub struct HistoryLine {
    /// When.
    pub at: Moment,
    /// What, in a sentence: `Ann approved it.`
    pub sentence: String,
    /// Words that came with it; may be empty.
    pub words: String,
}

/// Something that changed.
#[derive(Debug, Clone)]
pub struct ChangeView {
    /// What.
    pub what: String,
    /// Its text.
    pub pieces: Vec<PieceView>,
}

/// A piece of a text that changed: `same`, `gone` or `new`.
#[derive(Debug, Clone)]
pub struct PieceView {
    /// What became of it.
    pub fate: &'static str,
    /// The text.
    pub text: String,
}

impl From<&Change> for ChangeView {
    fn from(change: &Change) -> ChangeView {
        ChangeView {
            what: change.what.clone(),
            pieces: change.pieces.iter().map(PieceView::from).collect(),
        }
    }
}

impl From<&Piece> for PieceView {
    fn from(piece: &Piece) -> PieceView {
        PieceView {
            fate: match piece.fate {
                Fate::Same => "same",
                Fate::Gone => "gone",
                Fate::New => "new",
            },
            text: piece.text.clone(),
        }
    }
}

/// The routes of this file.
pub const ROUTES: &[Route] = &[Route {
    method: "GET",
    path: "/desk/applications/{id}",
    access: Access::Desk,
    pending: Pending::Refused,
    rate: Rate::Usual,
    caching: Caching::Private,
    handler: || web::to(show),
}];

/// GET `/desk/applications/ID`.
async fn show(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<String>,
) -> Result<HttpResponse, WebError> {
    page(&req, &app, &caller, id_of(&path)?, None, None).await
}

/// The id in a path.
pub fn id_of(path: &str) -> Result<Id, WebError> {
    ids::parse(path).ok_or_else(|| Error::NotFound.into())
}

/// The card, with a form as it was typed if one was. `since` is the hash of the card that was decided on:
/// what changed meanwhile is shown.
pub async fn page(
    req: &HttpRequest,
    app: &App,
    caller: &Caller,
    id: Id,
    since: Option<&str>,
    form: Option<Form>,
) -> Result<HttpResponse, WebError> {
    let reviewer = caller.reviewer()?;
    let card = review::card(app, &reviewer, id, since, opened_by_hand(req)).await?;
    let presets = presets::list(app, &reviewer).await?;
    let (now, zone) = (app.clock.now(), zone::of(app, reviewer.user()).await?);
    let moment = |at| Moment::new(at, now).in_zone(zone);
    let mut page = frame::page(req, Some(caller), "An application").await?;
    page.here = Here::Desk;
    let application = &card.application;
    let form = form.unwrap_or_else(|| match reject::told_by_default(application) {
        true => Form::new().with("send_mail", "1"),
        false => Form::new(),
    });
    page.has_errors = form.has_errors();
    let decidable = application.state.is_waiting() && card.not_by_you.is_none();
    let rests_until = application
        .put_off_until
        .filter(|until| application.state == ApplicationState::Pending && *until > now);
    let mut answers: Vec<Answer> = card
        .seen
        .answers
        .iter()
        .map(|a| Answer {
            asked: a.wording.clone(),
            given: a.value.clone(),
        })
        .collect();
    if let Some(remark) = &application.remark {
        answers.push(Answer {
            asked: "A remark that came with it".into(),
            given: remark.clone(),
        });
    }
    let all_hints = card
        .hints
        .iter()
        .map(|hint| hint.sentence.clone())
        .collect();
    let (notes, said) = said(&card, moment);
    let named = |other: &review::Neighbour| {
        (
            format!("/desk/applications/{}", other.id),
            other.username.clone(),
            state_words(other.state, None),
            moment(other.submitted_at),
        )
    };
    let shown = ApplicationPage {
        page,
        id: id.to_string(),
        version: card.seen.hash.clone(),
        state: state_words(application.state, card.decided_by.as_deref()),
        decidable,
        unread: card.unread,
        can_put_off: application.state == ApplicationState::Pending
            && rests_until.is_none()
            && application.put_offs < put_off::MOST,
        rests_until: rests_until.map(moment),
        undo_until: card
            .undo_until
            .filter(|_| card.not_by_you.is_none())
            .map(moment),
        not_by_you: card.not_by_you.clone(),
        by_you_alone: card.by_you_alone.clone(),
        reader: card.reader.as_ref().filter(|_| decidable).map(|reader| {
            let since = zone::words(reader.since, zone);
            let sentence = match reader.is_me {
                true => "The others see that you are reading this.".to_owned(),
                false => format!("{} has been reading this since {since}.", reader.name),
            };
            (sentence, reader.is_me)
        }),
        submitted_at: moment(application.submitted_at),
        changes: card.changes.iter().map(ChangeView::from).collect(),
        later: card.later.iter().map(ChangeView::from).collect(),
        answers,
        profile: profile_view(app, &card),
        drafts: card
            .seen
            .drafts
            .iter()
            .map(|d| DraftView::new(app, d, now))
            .collect(),
        origin: origin(&card),
        hints: all_hints,
        alike: application
            .cluster_id
            .filter(|_| card.alike > 1)
            .map(|group| {
                let words = format!("{} that are alike", counted(card.alike));
                (words, format!("/desk/groups/{group}"))
            }),
        neighbours: card.neighbours.iter().map(named).collect(),
        like: card.like.iter().map(named).collect(),
        form,
        presets: presets
            .into_iter()
            .map(|preset| {
                let kind = kind_words(preset.kind);
                (preset.id.to_string(), kind, preset.title, preset.body)
            })
            .collect(),
        manages: caller.admin().is_ok(),
        mail_works: mail_reaches_people(app),
        password: (caller.moderator().is_ok() && !mail_reaches_people(app))
            .then(|| format!("/desk/people/{}/password", card.user.username)),
        said,
        notes,
        history: history(&card, moment),
        zone: zone.name(),
        keys: KeyMap::of(caller)?,
        next: card.next.map(|id| format!("/desk/applications/{id}")),
    };
    frame::render(req, &shown)
}

/// What canned words go with.
pub fn kind_words(kind: PresetKind) -> &'static str {
    match kind {
        PresetKind::Yes => "With a yes",
        PresetKind::No => "With a no",
        PresetKind::Question => "A question",
    }
}

/// Notes, and what was said to each other.
fn said(
    card: &Card,
    moment: impl Fn(chrono::DateTime<chrono::Utc>) -> Moment,
) -> (Vec<HistoryLine>, Vec<HistoryLine>) {
    let line = |said: &review::Said| {
        let staff = said.by.clone().unwrap_or_else(|| "Somebody".to_owned());
        HistoryLine {
            at: moment(said.at),
            sentence: match said.kind {
                MessageKind::Question => format!("{staff} asked:"),
                MessageKind::Answer => "They answered:".to_owned(),
                MessageKind::Note => format!("{staff} noted:"),
                MessageKind::Appeal => "They asked to look again:".to_owned(),
            },
            words: said.words.clone(),
        }
    };
    let (notes, said): (Vec<_>, Vec<_>) = card
        .said
        .iter()
        .partition(|said| said.kind == MessageKind::Note);
    (
        notes.into_iter().map(line).collect(),
        said.into_iter().map(line).collect(),
    )
}

/// The profile as it will look; links stay plain text.
fn profile_view(app: &App, card: &Card) -> ProfileView {
    let profile = card.seen.profile.as_ref();
    let url = |path: &String| sandbox::private_url(app, path, card.user.id);
    let name = card.user.username.clone();
    let display_name = profile
        .map(|p| p.display_name.clone())
        .filter(|shown| !shown.is_empty())
        .unwrap_or_else(|| name.clone());
    ProfileView {
        account: AccountChip {
            handle: name,
            path: format!("/desk/applications/{}", card.application.id),
            name_html: html::escape(&display_name),
            display_name,
            avatar_url: profile
                .and_then(|p| p.avatar_path.as_ref())
                .map_or_else(|| default_pictures::AVATAR_PATH.to_owned(), url),
            bot: false,
            locked: profile.is_some_and(|p| p.locked),
        },
        domain: app.config.server.handle_domain.clone(),
        limited: false,
        header_url: profile.and_then(|p| p.header_path.as_ref()).map(url),
        note_html: profile
            .map(|p| html::note_html(&p.note, true))
            .unwrap_or_default(),
        fields: profile
            .map(|p| fields_from_json(&p.fields))
            .unwrap_or_default()
            .into_iter()
            .map(|field| ProfileField {
                name_html: html::escape(&field.name),
                name: field.name,
                value_html: html::field_html(&field.value, true),
                verified: false,
            })
            .collect(),
        joined_at: None,
        statuses: 0,
        following: 0,
        followers: 0,
    }
}

/// Where it came from, as far as this role sees it.
fn origin(card: &Card) -> Vec<(String, String)> {
    let application = &card.application;
    let filled = application
        .fill_seconds
        .map(|s| time_words::span(chrono::TimeDelta::seconds(s.into())));
    [
        ("Address", card.user.email.clone()),
        ("Mail domain", application.mail_domain.clone()),
        ("Network", application.network.map(|net| net.to_string())),
        ("Says they live at", application.elsewhere.clone()),
        ("Invited by", card.brought.as_ref().map(invited_by)),
        ("Says they know", named(card)),
        ("Time to fill in", filled),
        ("Language", Some(application.locale.clone())),
    ]
    .into_iter()
    .filter_map(|(label, value)| Some((label.to_owned(), value?)))
    .collect()
}

/// `ann, 3 of 5 uses`.
fn invited_by(brought: &Brought) -> String {
    let by = brought
        .by
        .as_ref()
        .map_or("somebody who is gone".to_owned(), |name| format!("@{name}"));
    let uses = brought
        .uses
        .map(|(used, uses)| format!(", {used} of {uses} uses"));
    let holds = match brought.stands {
        true => "",
        false => " (does not count any more)",
    };
    format!("{by}{}{holds}", uses.unwrap_or_default())
}

/// Members whom they named, each with what came of it.
fn named(card: &Card) -> Option<String> {
    let each = card.named.iter().map(|named| {
        let said = match (named.asked, named.answer) {
            (false, _) => "not asked",
            (true, None) => "asked",
            (true, Some(VouchAnswer::Yes)) => "knows them",
            (true, Some(VouchAnswer::No)) => "does not know them",
            (true, Some(VouchAnswer::RatherNotSay)) => "would rather not say",
        };
        format!("@{} ({said})", named.name)
    });
    let each: Vec<String> = each.collect();
    (!each.is_empty()).then(|| each.join(", "))
}

fn history(
    card: &Card,
    moment: impl Fn(chrono::DateTime<chrono::Utc>) -> Moment,
) -> Vec<HistoryLine> {
    let application = &card.application;
    let line = |at, sentence: String, words: String| HistoryLine {
        at: moment(at),
        sentence,
        words,
    };
    let mut lines = vec![line(
        application.submitted_at,
        "Sent.".into(),
        String::new(),
    )];
    if let Some(at) = application.confirmed_at {
        lines.push(line(at, "The address was confirmed.".into(), String::new()));
    }
    if let Some(at) = application.read_at {
        lines.push(line(at, "First read.".into(), String::new()));
    }
    if application.put_offs > 0
        && let Some(until) = application.put_off_until
    {
        let times = match application.put_offs {
            1 => "Put off once, until then.",
            _ => "Put off twice, the last time until then.",
        };
        lines.push(line(until, times.into(), String::new()));
    }
    if let Some(at) = application.appealed_at {
        let appealed = "They asked to look again after a no.";
        lines.push(line(at, appealed.into(), String::new()));
    }
    if let Some(at) = application.decided_at {
        let mut sentence = state_words(application.state, card.decided_by.as_deref());
        if application.state == ApplicationState::Rejected {
            sentence.push_str(if application.told {
                ", and told so"
            } else {
                ", silently"
            });
        }
        let words = application.decision_message.clone().unwrap_or_default();
        lines.push(line(at, format!("{sentence}."), words));
    }
    lines
}
