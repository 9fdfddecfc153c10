//! Made-up people, posts and forms that the pages of the gallery show.

use chrono::{DateTime, Duration, TimeZone, Utc};

use crate::domain::visibility::Visibility;
use crate::web::apply::waiting;
use crate::web::parts::account::{AccountChip, AccountRow, Relation};
use crate::web::parts::compose::ComposeForm;
use crate::web::parts::form::Form;
use crate::web::parts::layout::{Here, Page, Place, Viewer};
use crate::web::parts::moment::Moment;
use crate::web::parts::pager::Pager;
use crate::web::parts::profile_form::ProfileForm;
use crate::web::parts::status::{MediaView, ReplyTo, StatusCard};
use crate::web::parts::tag::TagButton;
use crate::web::public::profile;

/// A page under its name, rendered or not.
pub type Hung = (&'static str, askama::Result<String>);

pub fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 21, 18, 40, 0).unwrap()
}

pub fn ago(minutes: i64) -> Moment {
    Moment::new(now() - Duration::minutes(minutes), now())
}

pub fn place() -> Place {
    Place {
        name: "Lantern Lane".into(),
        domain: "lantern.example".into(),
        light_on: true,
        takes_applications: true,
        source_url: "https://source.example/porchlight".into(),
        version: "0.1.0".into(),
    }
}

pub fn stranger(title: &str) -> Page {
    Page::new(title, place(), "csrf-word")
}

pub fn applicant(title: &str) -> Page {
    let mut page = member(title);
    if let Some(viewer) = page.viewer.as_mut() {
        viewer.waiting = true;
        viewer.name = "rosa".into();
        viewer.display_name = "Rosa".into();
        viewer.avatar_url = "/static/sample/5.svg".into();
    }
    page
}

pub fn member(title: &str) -> Page {
    let mut page = stranger(title);
    page.path = "/home".into();
    page.viewer = Some(Viewer {
        name: "ann".into(),
        display_name: "Ann Verbeek".into(),
        avatar_url: "/static/sample/1.svg".into(),
        may_review: false,
        waiting_applications: 0,
        waiting: false,
        unread_notifications: 3,
        missing_factor: None,
        asked: 1,
    });
    page
}

pub fn staff(title: &str) -> Page {
    let mut page = member(title);
    page.here = Here::Desk;
    if let Some(viewer) = page.viewer.as_mut() {
        viewer.may_review = true;
        viewer.waiting_applications = 2;
    }
    page
}

pub fn chip(handle: &str, name: &str, n: i64) -> AccountChip {
    AccountChip {
        handle: handle.into(),
        path: format!("/@{handle}"),
        display_name: name.into(),
        name_html: name.into(),
        avatar_url: format!("/static/sample/{n}.svg"),
        bot: false,
        locked: false,
    }
}

pub fn post(id: i64, author: AccountChip, html: &str) -> StatusCard {
    StatusCard {
        held: None,
        id: id.to_string(),
        path: format!("{}/{id}", author.path),
        author,
        boosted_by: None,
        also_boosted_by: Vec::new(),
        created_at: ago(id * 17),
        edited_at: None,
        visibility: Visibility::Public,
        spoiler: String::new(),
        spoiler_html: String::new(),
        content_html: html.into(),
        lang: Some("en".into()),
        in_reply_to: None,
        poll: None,
        attached: Vec::new(),
        media: Vec::new(),
        films: Vec::new(),
        sensitive: false,
        replies: id % 3,
        boosts: id % 4,
        favourites: id % 5,
        favourited: false,
        boosted: false,
        bookmarked: false,
        own: false,
        boostable: true,
        focused: false,
    }
}

pub fn posts() -> Vec<StatusCard> {
    let ann = || chip("ann", "Ann Verbeek", 1);
    let joao = || chip("joao", "João 🌿", 2);
    let mina = || {
        chip(
            "mina@garden.example",
            "Mina of the extraordinarily long display name",
            3,
        )
    };
    let mut a = post(
        1,
        joao(),
        "<p>The first frost, and the last tomatoes. Soup for everybody who comes by before seven.</p><p><a href=\"/tags/garden\" class=\"mention hashtag\" rel=\"tag\">#<span>garden</span></a></p>",
    );
    a.favourited = true;
    a.favourites = 4;
    a.media = vec![MediaView {
        url: "/static/sample/wide.svg".into(),
        preview_url: "/static/sample/wide.svg".into(),
        alt: "A bowl of tomatoes on a window sill".into(),
        width: 640,
        height: 360,
        focus: "",
    }];
    let mut b = post(
        2,
        ann(),
        "<p><span class=\"h-card\"><a href=\"/@joao\" class=\"u-url mention\">@<span>joao</span></a></span> Save me a bowl, I bring bread. Is half past six fine?</p>",
    );
    b.own = true;
    b.in_reply_to = Some(ReplyTo {
        handle: "joao".into(),
        path: Some("/@joao/1".into()),
    });
    b.visibility = Visibility::Unlisted;
    let mut c = post(
        3,
        mina(),
        "<p>Reading group on Thursday: chapters four to six of “The Left Hand of Darkness”. Read it here: <a href=\"https://books.example/\" rel=\"nofollow noopener\"><span class=\"invisible\">https://</span><span class=\"ellipsis\">books.example/reading-group/2026</span></a></p>",
    );
    c.boosted_by = Some(joao());
    c.also_boosted_by = vec![ann()];
    c.boosted = true;
    c.boosts = 7;
    let mut d = post(
        4,
        chip("noor", "نور", 4),
        "<p>صباح الخير من الشرفة. القهوة جاهزة.</p>",
    );
    d.lang = Some("ar".into());
    let mut e = post(
        5,
        joao(),
        "<p>She lives in the lighthouse after all, and the letters were hers.</p>",
    );
    e.spoiler = "How the book ends".into();
    e.spoiler_html = e.spoiler.clone();
    e.visibility = Visibility::Private;
    e.boostable = false;
    e.bookmarked = true;
    let mut f = post(6, ann(), "<p>Light on, door open, tea in the pot.</p>");
    f.edited_at = Some(ago(60));
    f.own = true;
    vec![a, b, c, d, e, f]
}

pub fn draft_views() -> Vec<waiting::DraftView> {
    vec![
        waiting::DraftView {
            id: "71".into(),
            text: "Hello, everybody! I am Rosa. I bake, I mend bicycles, and I moved into the neighbourhood in spring.".into(),
            spoiler: String::new(),
            audience: "Public".into(),
            updated_at: ago(12),
            media: Vec::new(),
            options: vec!["Sourdough".into(), "Rolls".into()],
        },
        waiting::DraftView {
            id: "72".into(),
            text: "Does anybody know who repairs accordions?".into(),
            spoiler: String::new(),
            audience: "Quiet public".into(),
            updated_at: ago(300),
            media: Vec::new(),
            options: Vec::new(),
        },
    ]
}

pub fn answers() -> Vec<waiting::Answer> {
    vec![waiting::Answer {
        asked: "What brings you here, and who do you know?".into(),
        given: "I moved to the lane in spring, and João from the bakery told me about this place.\nI would like to hear about the garden.".into(),
    }]
}

pub fn box_for_writing(reply_to: Option<StatusCard>) -> ComposeForm {
    ComposeForm {
        form: Form::new()
            .with("visibility", "public")
            .with("language", "en"),
        max_chars: 500,
        idempotency_key: "once".into(),
        reply_to,
        languages: vec![
            ("en".into(), "English".into()),
            ("nl".into(), "Nederlands".into()),
            ("ar".into(), "العربية".into()),
        ],
        return_to: "/home".into(),
        kept: Vec::new(),
    }
}

pub fn profile_form(switches: bool) -> ProfileForm {
    ProfileForm {
        form: Form::new()
            .with("display_name", "Rosa")
            .with("note", "Bakes, mends bicycles.")
            .with("field_name_1", "Pronouns")
            .with("field_value_1", "she, her"),
        action: "/waiting/profile".into(),
        avatar_url: "/static/sample/5.svg".into(),
        header_url: None,
        name_max: 30,
        note_max: 500,
        fields: 4,
        picture_max: "4 MB".into(),
        switches,
    }
}

pub fn profile_view(n: i64) -> profile::ProfileView {
    profile::ProfileView {
        account: chip("joao", "João 🌿", n),
        domain: "lantern.example".into(),
        limited: false,
        header_url: None,
        note_html: "<p>Gardens on a roof. Soup on Sundays. Ask me about compost.</p>".into(),
        fields: vec![
            profile::ProfileField {
                name: "Pronouns".into(),
                name_html: "Pronouns".into(),
                value_html: "he, him".into(),
                verified: false,
            },
            profile::ProfileField {
                name: "Garden".into(),
                name_html: "Garden".into(),
                value_html: "<a href=\"https://roof.example\" rel=\"me nofollow\">roof.example</a>"
                    .into(),
                verified: true,
            },
        ],
        joined_at: Some(ago(400_000)),
        statuses: 214,
        following: 61,
        followers: 88,
    }
}

pub fn pager() -> Pager {
    Pager {
        newer: Some("/home?min_id=9".into()),
        older: Some("/home?max_id=1".into()),
    }
}

pub fn relation(following: bool) -> Relation {
    Relation {
        following,
        followed_by: true,
        ..Relation::default()
    }
}

pub fn tag_buttons() -> Vec<TagButton> {
    vec![
        TagButton::new("bread", true),
        TagButton::new("Fenstergärten", false),
    ]
}

pub fn rows() -> Vec<AccountRow> {
    vec![
        AccountRow {
            account: chip("joao", "João 🌿", 2),
            note: "Gardens on a roof. Soup on Sundays.".into(),
            relation: Some(relation(true)),
        },
        AccountRow {
            account: chip(
                "mina@garden.example",
                "Mina of the extraordinarily long display name",
                3,
            ),
            note: String::new(),
            relation: Some(relation(false)),
        },
    ]
}
