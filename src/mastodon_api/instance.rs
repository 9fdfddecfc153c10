//! This server, for apps that meet it (quirks 76 to 84).

use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse, web};

use super::BaseUrl;
use super::answer::Answer;
use super::entities::*;
use super::rows::public;
use crate::app::App;
use crate::app::instance::Instance as Words;
use crate::domain::registration_mode::RegistrationMode;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::files::image;
use crate::gate::questions;
use crate::moderation::published;
use crate::social::about::{self, About};
use crate::social::statuses::{compose, pin};
use crate::text::{html, length, media_words, names, poll};

/// The Mastodon version whose API this is; apps compare it.
const MASTODON: &str = "4.6.0";
/// `api_versions.mastodon`: only what is really served. 1 = what there was before grouped
/// notifications.
const API_VERSION: i64 = 1;
/// Since when v1 is deprecated: Mastodon 4.0.0, as the `Deprecation` header wants it.
const V1_DEPRECATED: &str = "@1668384000";

const fn route(path: &'static str, handler: fn() -> actix_web::Route) -> Route {
    Route {
        method: "GET",
        path,
        access: Access::Open,
        pending: Pending::AnyStanding,
        rate: Rate::Usual,
        caching: Caching::Public(60),
        handler,
    }
}

/// The routes of this file.
pub const ROUTES: &[Route] = &[
    route("/api/v1/instance", || web::to(v1)),
    route("/api/v2/instance", || web::to(v2)),
    route("/api/v1/instance/rules", || web::to(rules)),
    route("/api/v1/custom_emojis", || web::to(custom_emojis)),
    public("/api/v1/instance/domain_blocks", "read", || {
        web::to(domain_blocks)
    }),
];

/// Servers that are limited or suspended here, for whom the admin shows them to; 404 for others.
async fn domain_blocks(app: web::Data<App>, caller: Caller) -> Answer {
    let found = published::list(&app, caller.viewer().is_some()).await?;
    let entities: Vec<DomainBlock> = found
        .into_iter()
        .map(|one| DomainBlock {
            domain: one.domain,
            digest: one.digest,
            severity: one.severity.as_str(),
            comment: Some(one.comment).filter(|words| !words.is_empty()),
        })
        .collect();
    Ok(HttpResponse::Ok().json(entities))
}

async fn v2(req: HttpRequest, app: web::Data<App>) -> Answer {
    let (base, words, about) = (
        BaseUrl::of(&req),
        app.instance().await?,
        about::look(&app).await?,
    );
    Ok(HttpResponse::Ok().json(Instance {
        domain: app.config.server.domain.clone(),
        title: words.title.clone(),
        version: version(),
        source_url: app.config.server.source_url.clone(),
        description: words.description.clone(),
        usage: InstanceUsage {
            users: InstanceUsageUsers {
                active_month: about.usage.active,
            },
        },
        thumbnail: InstanceThumbnail {
            url: base.join("/static/img/header-default.png"),
            description: Some("The porch of this server".into()),
            blurhash: None,
        },
        icon: vec![InstanceIcon {
            src: base.join("/static/img/touch-icon.png"),
            size: "180x180".into(),
        }],
        languages: words.languages.clone(),
        configuration: configuration(&app, &base),
        registrations: registrations(&base, &about),
        api_versions: BTreeMap::from([("mastodon", API_VERSION)]),
        wrapstodon: (),
        contact: InstanceContact {
            email: words.contact_email.clone().unwrap_or_default(),
            abuse_email: words.abuse_contact().unwrap_or_default().to_owned(),
            account: None,
        },
        rules: rule_list(&words),
    }))
}

async fn v1(req: HttpRequest, app: web::Data<App>) -> Answer {
    let (base, words, about) = (
        BaseUrl::of(&req),
        app.instance().await?,
        about::look(&app).await?,
    );
    let configuration = configuration(&app, &base);
    let media = configuration.media_attachments;
    let entity = InstanceV1 {
        uri: app.config.server.domain.clone(),
        title: words.title.clone(),
        short_description: words.description.clone(),
        description: html::escape(&words.description),
        email: words.contact_email.clone().unwrap_or_default(),
        version: version(),
        urls: InstanceV1Urls {
            streaming_api: configuration.urls.streaming,
        },
        stats: InstanceV1Stats {
            user_count: about.usage.users,
            status_count: about.usage.statuses,
            domain_count: about.usage.hosts,
        },
        thumbnail: Some(base.join("/static/img/header-default.png")),
        languages: words.languages.clone(),
        registrations: about.door.takes_applications(),
        approval_required: about.door.needs_approval(),
        invites_enabled: about.door.mode != RegistrationMode::Closed,
        configuration: InstanceV1Configuration {
            accounts: InstanceV1Accounts {
                max_featured_tags: configuration.accounts.max_featured_tags,
                max_pinned_statuses: configuration.accounts.max_pinned_statuses,
            },
            statuses: configuration.statuses,
            media_attachments: InstanceV1Media {
                supported_mime_types: media.supported_mime_types,
                image_size_limit: media.image_size_limit,
                image_matrix_limit: media.image_matrix_limit,
                video_size_limit: media.video_size_limit,
                video_frame_rate_limit: media.video_frame_rate_limit,
                video_matrix_limit: media.video_matrix_limit,
            },
            polls: configuration.polls,
        },
        contact_account: None,
        rules: rule_list(&words),
    };
    Ok(HttpResponse::Ok()
        .insert_header(("Deprecation", V1_DEPRECATED))
        .json(entity))
}

async fn rules(app: web::Data<App>) -> Answer {
    Ok(HttpResponse::Ok().json(rule_list(&*app.instance().await?)))
}

/// This server has none of its own, so the list is truly empty.
async fn custom_emojis() -> HttpResponse {
    HttpResponse::Ok().json(Vec::<CustomEmoji>::new())
}

fn version() -> String {
    format!(
        "{MASTODON} (compatible; Porchlight {})",
        env!("CARGO_PKG_VERSION")
    )
}

fn rule_list(words: &Words) -> Vec<Rule> {
    let rule = |rule: &crate::app::instance::Rule| Rule {
        id: i64::try_from(rule.number).unwrap_or(0),
        text: rule.text.clone(),
        hint: rule.hint.clone(),
        translations: BTreeMap::new(),
    };
    words.rules.iter().map(rule).collect()
}

fn whole(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Films, translation and push are not served: their limits are zero or empty.
fn configuration(app: &App, base: &BaseUrl) -> InstanceConfiguration {
    let open = InstanceFeedAccess {
        local: "public",
        remote: "public",
    };
    let pixels = app.config.media.max_image_pixels.min(image::MAX_PIXELS);
    InstanceConfiguration {
        urls: InstanceUrls {
            streaming: base.0.replacen("http", "ws", 1),
            status: None,
            about: Some(base.join("/")),
            privacy_policy: None,
            terms_of_service: None,
        },
        vapid: InstanceVapid {
            public_key: String::new(),
        },
        accounts: InstanceAccounts {
            max_display_name_length: whole(names::MAX_DISPLAY_NAME),
            max_note_length: whole(names::MAX_NOTE),
            max_avatar_description_length: 0,
            max_header_description_length: 0,
            max_featured_tags: 0,
            max_pinned_statuses: pin::MAX_PINS,
            max_profile_fields: whole(names::MAX_FIELDS),
            profile_field_name_limit: whole(names::MAX_FIELD),
            profile_field_value_limit: whole(names::MAX_FIELD),
        },
        statuses: InstanceStatuses {
            max_characters: whole(length::MAX_STATUS),
            max_media_attachments: whole(compose::MAX_MEDIA),
            characters_reserved_per_url: whole(length::LINK_CHARS),
        },
        media_attachments: InstanceMedia {
            description_limit: whole(media_words::MAX_DESCRIPTION),
            image_matrix_limit: i64::try_from(pixels).unwrap_or(i64::MAX),
            image_size_limit: whole(
                app.config
                    .media
                    .max_image_bytes
                    .min(image::MAX_UPLOAD_BYTES),
            ),
            supported_mime_types: image::MIME_TYPES.to_vec(),
            video_frame_rate_limit: 0,
            video_matrix_limit: 0,
            video_size_limit: 0,
        },
        polls: InstancePolls {
            max_options: whole(poll::MAX_OPTIONS),
            max_characters_per_option: whole(poll::MAX_OPTION),
            min_expiration: poll::MIN_SECONDS,
            max_expiration: poll::MAX_SECONDS,
        },
        translation: InstanceTranslation { enabled: false },
        timelines_access: InstanceTimelinesAccess {
            live_feeds: open,
            hashtag_feeds: open,
            trending_link_feeds: InstanceFeedAccess {
                local: "disabled",
                remote: "disabled",
            },
        },
        limited_federation: false,
    }
}

fn registrations(base: &BaseUrl, about: &About) -> InstanceRegistrations {
    let open = about.door.takes_applications();
    InstanceRegistrations {
        enabled: open,
        approval_required: about.door.needs_approval(),
        reason_required: about.reason_required(),
        message: about.message(),
        min_age: None,
        url: Some(base.join("/apply")),
        effective_mode: about.door.mode,
        reason: about.door.reason,
        since: about.door.since,
        attended: about.attended,
        review_time: about.readers.review_time(),
        asks: whole(about.asks),
        questions: about.questions.iter().map(questions::Told::new).collect(),
    }
}
