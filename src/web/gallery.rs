//! Every page with made-up content: renders, is small, keeps to the content security policy
//! and to the rules of accessible markup that a machine can check.

use std::collections::BTreeSet;

use askama::Template;
use chrono::{DateTime, Duration, TimeZone, Utc};

use crate::domain::visibility::Visibility;
use crate::web::apply::{confirm, form as apply_form, sent, waiting, withdraw};
use crate::web::home::{
    compose, delete, draft, drafts, notifications, search, timeline as home, welcome,
};
use crate::web::identity::{consent, owner_setup, password_reset, sign_in};
use crate::web::parts::account::{AccountChip, AccountRow, Relation};
use crate::web::parts::compose::ComposeForm;
use crate::web::parts::form::Form;
use crate::web::parts::layout::{Flash, Here, Page, Place, Viewer};
use crate::web::parts::moment::Moment;
use crate::web::parts::pager::Pager;
use crate::web::parts::profile_form::ProfileForm;
use crate::web::parts::status::{MediaView, ReplyTo, StatusCard};
use crate::web::public::{about, follows, landing, profile, status, timeline, trouble};
use crate::web::review::{application, queue};
use crate::web::sandbox;
use crate::web::settings::{account, apps, posting, profile as settings_profile, sessions};

fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 21, 18, 40, 0).unwrap()
}

fn ago(minutes: i64) -> Moment {
    Moment::new(now() - Duration::minutes(minutes), now())
}

fn place() -> Place {
    Place {
        name: "Lantern Lane".into(),
        domain: "lantern.example".into(),
        light_on: true,
        takes_applications: true,
        source_url: "https://source.example/porchlight".into(),
        version: "0.1.0".into(),
    }
}

fn stranger(title: &str) -> Page {
    Page::new(title, place(), "csrf-word")
}

fn applicant(title: &str) -> Page {
    let mut page = member(title);
    if let Some(viewer) = page.viewer.as_mut() {
        viewer.waiting = true;
        viewer.name = "rosa".into();
        viewer.display_name = "Rosa".into();
        viewer.avatar_url = "/static/sample/5.svg".into();
    }
    page
}

fn member(title: &str) -> Page {
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
    });
    page
}

fn staff(title: &str) -> Page {
    let mut page = member(title);
    page.here = Here::Desk;
    if let Some(viewer) = page.viewer.as_mut() {
        viewer.may_review = true;
        viewer.waiting_applications = 2;
    }
    page
}

fn chip(handle: &str, name: &str, n: i64) -> AccountChip {
    AccountChip {
        handle: handle.into(),
        path: format!("/@{handle}"),
        display_name: name.into(),
        avatar_url: format!("/static/sample/{n}.svg"),
        bot: false,
        locked: false,
    }
}

fn post(id: i64, author: AccountChip, html: &str) -> StatusCard {
    StatusCard {
        id: id.to_string(),
        path: format!("{}/{id}", author.path),
        author,
        boosted_by: None,
        also_boosted_by: Vec::new(),
        created_at: ago(id * 17),
        edited_at: None,
        visibility: Visibility::Public,
        spoiler: String::new(),
        content_html: html.into(),
        lang: Some("en".into()),
        in_reply_to: None,
        media: Vec::new(),
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

fn posts() -> Vec<StatusCard> {
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
    e.visibility = Visibility::Private;
    e.boostable = false;
    e.bookmarked = true;
    let mut f = post(6, ann(), "<p>Light on, door open, tea in the pot.</p>");
    f.edited_at = Some(ago(60));
    f.own = true;
    vec![a, b, c, d, e, f]
}

fn draft_views() -> Vec<waiting::DraftView> {
    vec![
        waiting::DraftView {
            id: "71".into(),
            text: "Hello, everybody! I am Rosa. I bake, I mend bicycles, and I moved into the neighbourhood in spring.".into(),
            spoiler: String::new(),
            audience: "Public".into(),
            updated_at: ago(12),
            media: Vec::new(),
        },
        waiting::DraftView {
            id: "72".into(),
            text: "Does anybody know who repairs accordions?".into(),
            spoiler: String::new(),
            audience: "Quiet public".into(),
            updated_at: ago(300),
            media: Vec::new(),
        },
    ]
}

fn answers() -> Vec<waiting::Answer> {
    vec![waiting::Answer {
        asked: "What brings you here, and who do you know?".into(),
        given: "I moved to the lane in spring, and João from the bakery told me about this place.\nI would like to hear about the garden.".into(),
    }]
}

fn box_for_writing(reply_to: Option<StatusCard>) -> ComposeForm {
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
    }
}

fn profile_form(switches: bool) -> ProfileForm {
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

fn profile_view(n: i64) -> profile::ProfileView {
    profile::ProfileView {
        account: chip("joao", "João 🌿", n),
        domain: "lantern.example".into(),
        header_url: None,
        note_html: "<p>Gardens on a roof. Soup on Sundays. Ask me about compost.</p>".into(),
        fields: vec![
            profile::ProfileField {
                name: "Pronouns".into(),
                value_html: "he, him".into(),
                verified: false,
            },
            profile::ProfileField {
                name: "Garden".into(),
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

fn pager() -> Pager {
    Pager {
        newer: Some("/home?min_id=9".into()),
        older: Some("/home?max_id=1".into()),
    }
}

fn relation(following: bool) -> Relation {
    Relation {
        following,
        followed_by: true,
        ..Relation::default()
    }
}

fn rows() -> Vec<AccountRow> {
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

fn apply_page(form: Form) -> apply_form::ApplyPage {
    let mut page = stranger("Apply to join");
    page.here = Here::Apply;
    page.has_errors = form.has_errors();
    apply_form::ApplyPage {
        page,
        form,
        form_token: "token".into(),
        questions: vec![apply_form::Question {
            id: "1".into(),
            label: "What brings you here, and who do you know?".into(),
            help: "A sentence or two. This is not an exam.".into(),
            required: true,
            long: true,
            max_chars: 1000,
        }],
        rules: vec!["Be kind.".into(), "No advertising.".into()],
        readers: vec!["Ann".into(), "João".into()],
        usual_wait: Some("a day".into()),
        email_needed: true,
        password_min: 8,
        in_line: false,
    }
}

fn waiting_page(step: waiting::Step) -> waiting::WaitingPage {
    let mut page = applicant("Waiting");
    page.here = Here::Waiting;
    waiting::WaitingPage {
        page,
        step,
        submitted_at: ago(200),
        email: Some("rosa@post.example".into()),
        email_form: Form::new(),
        readers: vec!["Ann".into(), "João".into()],
        usual_wait: Some("about a day".into()),
        last_decision: Some(ago(500)),
        answers: answers(),
        drafts: draft_views(),
        drafts_max: 10,
        draft_form: Form::new(),
        max_chars: 500,
        decision: None,
    }
}

/// Every page by name.
fn pages() -> Vec<(&'static str, String)> {
    let mut made = Vec::new();
    let mut hang = |name: &'static str, html: askama::Result<String>| {
        made.push((name, html.unwrap_or_else(|e| panic!("{name}: {e}"))));
    };
    let landing = |light_on: bool| {
        let mut page = stranger("Welcome");
        page.place.light_on = light_on;
        page.place.takes_applications = light_on;
        landing::LandingPage {
            page,
            description: "Neighbours of the lane: gardens, bread, bicycles, and who lost which cat.".into(),
            readers: vec!["Ann".into(), "João".into()],
            usual_wait: Some("about a day".into()),
            members: 42,
            closed_because: (!light_on).then(|| "Nobody has been at the door for two weeks, so it is locked until somebody comes home.".into()),
            latest: posts().into_iter().take(2).collect(),
        }
    };
    hang("landing", landing(true).render());
    hang("landing_off", landing(false).render());
    hang("apply", apply_page(Form::new()).render());
    let refused = Form::new()
        .with("answer_1", "João told me about it.")
        .with("username", "admin")
        .with("email", "rosa@post")
        .error("username", "This name cannot be had. Try another one.")
        .error("email", "This does not look like an email address.");
    hang("apply_errors", apply_page(refused).render());
    hang(
        "sent",
        sent::SentPage {
            page: stranger("Thank you"),
            email: Some("rosa@post.example".into()),
            confirm_hours: 48,
        }
        .render(),
    );
    hang(
        "confirm",
        confirm::ConfirmPage {
            page: stranger("Confirm your address"),
            token: "token".into(),
        }
        .render(),
    );
    hang(
        "unconfirmed",
        waiting_page(waiting::Step::Unconfirmed).render(),
    );
    hang("waiting", waiting_page(waiting::Step::Waiting).render());
    let mut rejected = waiting_page(waiting::Step::Rejected);
    rejected.decision = Some(waiting::Rejection {
        message: "We are full of bakers. Try the next lane?".into(),
        decided_at: ago(90),
        erased_at: ago(-20_000),
    });
    hang("rejected", rejected.render());
    hang(
        "withdraw",
        withdraw::WithdrawPage {
            page: applicant("Withdraw"),
            drafts: 2,
        }
        .render(),
    );
    hang(
        "sandbox",
        sandbox::SandboxProfilePage {
            page: applicant("Your profile"),
            profile: profile_form(false),
        }
        .render(),
    );
    let draft_page = |page: Page| draft::DraftPage {
        page,
        id: "71".into(),
        form: Form::new()
            .with("text", "Hello, everybody! I am Rosa.")
            .with("visibility", "unlisted"),
        media: Vec::new(),
        updated_at: ago(12),
        max_chars: 500,
    };
    hang("draft", draft_page(member("A draft")).render());
    hang("draft_waiting", draft_page(applicant("A draft")).render());
    hang(
        "drafts",
        drafts::DraftsPage {
            page: member("Drafts"),
            drafts: draft_views(),
        }
        .render(),
    );
    hang(
        "welcome",
        welcome::WelcomePage {
            page: member("Come in"),
            drafts: draft_views(),
            message: "The accordion man lives at number 9.".into(),
        }
        .render(),
    );
    hang(
        "sign_in",
        sign_in::SignInPage {
            page: {
                let mut page = stranger("Sign in");
                page.here = Here::SignIn;
                page.has_errors = true;
                page
            },
            form: Form::new()
                .with("login", "ann")
                .error("", "Name or password is wrong."),
            return_to: "/home".into(),
            for_app: Some("Tusky".into()),
            mail_works: true,
        }
        .render(),
    );
    for sent in [false, true] {
        hang(
            if sent { "password_sent" } else { "password" },
            password_reset::PasswordResetPage {
                page: stranger("Forgot your password?"),
                form: Form::new(),
                sent,
            }
            .render(),
        );
    }
    hang(
        "password_set",
        password_reset::PasswordSetPage {
            page: stranger("A new password"),
            form: Form::new(),
            token: "token".into(),
            password_min: 8,
        }
        .render(),
    );
    hang(
        "owner",
        owner_setup::OwnerSetupPage {
            page: stranger("Set up"),
            form: Form::new(),
            token: "token".into(),
            password_min: 8,
        }
        .render(),
    );
    hang(
        "consent",
        consent::ConsentPage {
            page: staff("Allow an app"),
            app: "Tusky".into(),
            website: Some("https://tusky.example".into()),
            wishes: vec![
                consent::Wish {
                    scope: "read".into(),
                    sentence: "Read all that you can read".into(),
                    heavy: false,
                },
                consent::Wish {
                    scope: "admin:read".into(),
                    sentence: "Read what the staff reads".into(),
                    heavy: true,
                },
            ],
            redirect_host: None,
            hidden: vec![("client_id".into(), "abc".into())],
        }
        .render(),
    );
    hang(
        "code",
        consent::CodePage {
            page: member("Your code"),
            app: "toot".into(),
            code: "q8Zb2nX0cVt5LwYk1mPd7RfGh3JsA9uEoT6iWvB4xNQ".into(),
        }
        .render(),
    );
    let mut home_page = staff("Home");
    home_page.here = Here::Home;
    home_page.flash = Some(Flash::done("Posted."));
    hang(
        "home",
        home::HomePage {
            page: home_page,
            compose: Some(box_for_writing(None)),
            statuses: posts(),
            seen: Some(home::Seen {
                new: 2,
                at: ago(45),
            }),
            newest: "115".into(),
            pager: pager(),
            drafts_waiting: 1,
        }
        .render(),
    );
    hang(
        "home_full",
        home::HomePage {
            page: staff("Home"),
            compose: Some(box_for_writing(None)),
            statuses: (0..4)
                .flat_map(|n| {
                    posts().into_iter().map(move |mut s| {
                        s.id = format!("1150{n}{:015}", s.id.parse::<i64>().unwrap_or(0));
                        s
                    })
                })
                .take(20)
                .collect(),
            seen: None,
            newest: "115".into(),
            pager: pager(),
            drafts_waiting: 0,
        }
        .render(),
    );
    hang(
        "home_empty",
        home::HomePage {
            page: member("Home"),
            compose: Some(box_for_writing(None)),
            statuses: Vec::new(),
            seen: None,
            newest: "115".into(),
            pager: Pager::default(),
            drafts_waiting: 0,
        }
        .render(),
    );
    hang(
        "compose",
        compose::ComposePage {
            page: member("Reply"),
            compose: box_for_writing(posts().into_iter().nth(2)),
        }
        .render(),
    );
    hang(
        "delete",
        delete::DeletePage {
            page: member("Delete"),
            status: posts().remove(1),
            return_to: "/home".into(),
        }
        .render(),
    );
    hang(
        "profile",
        profile::ProfilePage {
            page: member("João"),
            profile: profile_view(2),
            relation: Some(relation(false)),
            own: false,
            tab: profile::ProfileTab::Posts,
            pinned: posts().into_iter().skip(5).collect(),
            statuses: posts().into_iter().take(5).collect(),
            pager: pager(),
        }
        .render(),
    );
    hang(
        "profile_stranger",
        profile::ProfilePage {
            page: stranger("João"),
            profile: profile_view(2),
            relation: None,
            own: false,
            tab: profile::ProfileTab::Replies,
            pinned: Vec::new(),
            statuses: posts(),
            pager: Pager::default(),
        }
        .render(),
    );
    hang(
        "follows",
        follows::FollowsPage {
            page: member("Followers"),
            account: chip("ann", "Ann Verbeek", 1),
            followers: true,
            rows: rows(),
            pager: Pager::default(),
            hidden: false,
        }
        .render(),
    );
    let mut focus = posts().remove(0);
    focus.focused = true;
    hang(
        "thread",
        status::ThreadPage {
            page: member("Post by João"),
            ancestors: vec![post(
                9,
                chip("mina@garden.example", "Mina", 3),
                "<p>How is the roof doing?</p>",
            )],
            status: focus,
            descendants: vec![
                status::Reply {
                    status: posts().remove(1),
                    depth: 1,
                },
                status::Reply {
                    status: post(
                        8,
                        chip("joao", "João 🌿", 2),
                        "<p>Half past six is fine.</p>",
                    ),
                    depth: 2,
                },
                status::Reply {
                    status: posts().remove(3),
                    depth: 1,
                },
            ],
            compose: Some(box_for_writing(None)),
            more: Some(status::More {
                pinned: Some(false),
                muted: false,
            }),
        }
        .render(),
    );
    let notice = |kind, new, status| notifications::Notice {
        kind,
        account: chip("joao", "João 🌿", 2),
        others: match kind {
            notifications::NoticeKind::Favourite => {
                vec![chip("ann", "Ann Verbeek", 1), chip("noor", "نور", 4)]
            }
            notifications::NoticeKind::Boost => vec![chip("noor", "نور", 4)],
            _ => Vec::new(),
        },
        at: ago(30),
        new,
        status,
    };
    use notifications::NoticeKind;
    let mut notices_page = member("Notices");
    notices_page.here = Here::Notifications;
    hang(
        "notifications",
        notifications::NotificationsPage {
            page: notices_page,
            requests: vec![notifications::FollowRequestRow {
                id: "5".into(),
                account: chip("noor", "نور", 4),
            }],
            notices: vec![
                notice(NoticeKind::Mention, true, Some(posts().remove(0))),
                notice(NoticeKind::Favourite, true, Some(posts().remove(5))),
                notice(NoticeKind::Boost, false, Some(posts().remove(1))),
                notice(NoticeKind::Follow, false, None),
            ],
            newest: "115".into(),
            pager: pager(),
        }
        .render(),
    );
    hang(
        "tag",
        timeline::TimelinePage {
            page: stranger("#garden"),
            heading: "#garden".into(),
            intro: "Public posts with this tag, newest first.".into(),
            statuses: posts(),
            empty: "Nothing with this tag yet.".into(),
            pager: Pager::default(),
        }
        .render(),
    );
    hang(
        "bookmarks_empty",
        timeline::TimelinePage {
            page: member("Bookmarks"),
            heading: "Bookmarks".into(),
            intro: String::new(),
            statuses: Vec::new(),
            empty: "Nothing kept yet.".into(),
            pager: Pager::default(),
        }
        .render(),
    );
    hang(
        "search",
        search::SearchPage {
            page: member("Search"),
            query: "garden".into(),
            accounts: rows(),
            tags: vec!["garden".into(), "gardening".into()],
            statuses: Vec::new(),
        }
        .render(),
    );
    hang(
        "about",
        about::AboutPage {
            page: stranger("About"),
            paragraphs: vec!["Neighbours of the lane, since 2026.".into()],
            rules: vec![
                about::HouseRule {
                    text: "Be kind.".into(),
                    hint: "Also on Mondays.".into(),
                },
                about::HouseRule {
                    text: "No advertising.".into(),
                    hint: String::new(),
                },
            ],
            staff: rows()
                .into_iter()
                .map(|mut r| {
                    r.relation = None;
                    r
                })
                .collect(),
            contact: "ann@lantern.example".into(),
            door: "Anybody may apply; a person reads every application.".into(),
            members: 42,
        }
        .render(),
    );
    for (name, title, status, sentence) in [
        (
            "not_found",
            "Nobody lives here",
            404,
            "There is no such page. Perhaps it moved, perhaps it never was.",
        ),
        (
            "broken",
            "Something fell over",
            500,
            "It is our fault and has been written down. Please try again in a minute.",
        ),
    ] {
        hang(
            name,
            trouble::TroublePage {
                page: stranger(title),
                status,
                sentence: sentence.into(),
                onward: None,
            }
            .render(),
        );
    }
    hang(
        "settings_profile",
        settings_profile::ProfileSettingsPage {
            page: member("Settings"),
            profile: profile_form(true),
        }
        .render(),
    );
    hang(
        "settings_posting",
        posting::PostingPage {
            page: member("Settings"),
            form: Form::new().with("visibility", "unlisted"),
            languages: box_for_writing(None).languages,
        }
        .render(),
    );
    hang(
        "settings_account",
        account::AccountSettingsPage {
            page: member("Settings"),
            email: Some("ann@post.example".into()),
            unconfirmed_email: None,
            email_form: Form::new(),
            password_form: Form::new().error("password", "It has to be longer than 8 characters."),
            password_min: 8,
        }
        .render(),
    );
    hang(
        "settings_sessions",
        sessions::SessionsPage {
            page: member("Settings"),
            sessions: vec![
                sessions::SessionRow {
                    id: "1".into(),
                    browser: "Firefox on Linux".into(),
                    address: "192.0.2.7".into(),
                    created_at: ago(9000),
                    seen_at: ago(0),
                    current: true,
                },
                sessions::SessionRow {
                    id: "2".into(),
                    browser: "Safari on iPhone".into(),
                    address: "198.51.100.9".into(),
                    created_at: ago(90_000),
                    seen_at: ago(3000),
                    current: false,
                },
            ],
        }
        .render(),
    );
    hang(
        "settings_apps",
        apps::AppsPage {
            page: member("Settings"),
            apps: vec![apps::AppRow {
                id: "3".into(),
                name: "Tusky".into(),
                website: Some("https://tusky.example".into()),
                scopes: "read write follow push".into(),
                created_at: ago(9000),
                used_at: Some(ago(4)),
            }],
        }
        .render(),
    );
    let queue_row = |id: &str, name: &str, n: i64| queue::QueueRow {
        id: id.into(),
        username: name.to_lowercase(),
        display_name: name.into(),
        avatar_url: format!("/static/sample/{n}.svg"),
        answer: answers().remove(0).given,
        submitted_at: ago(n * 100),
        state: "Waiting".into(),
        email_domain: "post.example".into(),
        confirmed: true,
        drafts: n % 3,
        hints: Vec::new(),
    };
    let queue_page = |rows: Vec<queue::QueueRow>| queue::QueuePage {
        page: staff("The desk"),
        door: "Anybody may apply; a person reads every application.".into(),
        waiting: rows.len() as i64,
        unconfirmed: 1,
        newest_first: false,
        decided: false,
        query: String::new(),
        rows,
        pager: Pager::default(),
    };
    hang(
        "queue",
        queue_page(vec![queue_row("11", "Rosa", 5), queue_row("12", "Tom", 4)]).render(),
    );
    hang("queue_empty", queue_page(Vec::new()).render());
    let mut applicant_profile = profile_view(5);
    applicant_profile.account = chip("rosa", "Rosa", 5);
    hang(
        "application",
        application::ApplicationPage {
            page: staff("Rosa is at the door"),
            id: "11".into(),
            version: "3".into(),
            state: "Waiting".into(),
            decidable: true,
            not_by_you: None,
            submitted_at: ago(200),
            answers: answers(),
            profile: applicant_profile,
            drafts: draft_views(),
            origin: vec![
                ("Mail domain".into(), "post.example".into()),
                ("Address".into(), "192.0.2.77".into()),
                ("Time to fill in".into(), "3 min 20 s".into()),
            ],
            hints: vec!["Came back on another day.".into()],
            form: Form::new(),
            mail_works: true,
            history: vec![
                application::HistoryLine {
                    at: ago(200),
                    sentence: "Rosa applied.".into(),
                    words: String::new(),
                },
                application::HistoryLine {
                    at: ago(190),
                    sentence: "The address was confirmed.".into(),
                    words: String::new(),
                },
            ],
            next: Some("/desk/applications/12".into()),
        }
        .render(),
    );
    made
}

/// Values of an attribute, in order.
fn values<'a>(html: &'a str, attribute: &str) -> Vec<&'a str> {
    html.split(&format!(" {attribute}=\""))
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect()
}

#[test]
fn every_page_is_small_and_keeps_the_content_security_policy() {
    for (name, html) in pages() {
        assert!(html.len() < 50_000, "{name} has {} bytes", html.len());
        for forbidden in [
            " style=\"",
            "<style",
            " onclick=",
            "javascript:",
            "http-equiv",
        ] {
            assert!(!html.contains(forbidden), "{name} holds {forbidden}");
        }
        for script in html.split("<script").skip(1) {
            assert!(
                script.starts_with(" src=\"/static/js/"),
                "{name}: a script inside the page"
            );
        }
        assert!(
            html.contains("https://source.example/porchlight"),
            "{name}: no source link"
        );
    }
}

#[test]
fn every_post_form_carries_the_csrf_word() {
    for (name, html) in pages() {
        for form in html.split("<form").skip(1) {
            let form = form.split("</form>").next().unwrap_or_default();
            let tag = form.split('>').next().unwrap_or_default();
            assert_eq!(
                tag.contains("method=\"post\""),
                form.contains("name=\"csrf\" value=\"csrf-word\""),
                "{name}: <form{tag}>"
            );
        }
    }
}

#[test]
fn every_page_has_one_heading_on_top_and_labels_that_meet_their_fields() {
    for (name, html) in pages() {
        assert_eq!(
            html.matches("<h1").count(),
            1,
            "{name}: headings of the first order"
        );
        assert_eq!(html.matches("<main id=\"main\"").count(), 1, "{name}: main");
        let ids = values(&html, "id");
        let unique: BTreeSet<_> = ids.iter().copied().collect();
        assert_eq!(ids.len(), unique.len(), "{name}: an id twice in {ids:?}");
        for attribute in ["for", "aria-describedby", "aria-labelledby"] {
            for value in values(&html, attribute) {
                for id in value.split_whitespace() {
                    assert!(
                        unique.contains(id),
                        "{name}: {attribute} names {id}, which is not there"
                    );
                }
            }
        }
        for link in values(&html, "href")
            .into_iter()
            .filter_map(|href| href.strip_prefix('#'))
        {
            assert!(unique.contains(link), "{name}: #{link} leads nowhere");
        }
        for image in html.split("<img").skip(1) {
            let tag = image.split('>').next().unwrap_or_default();
            assert!(
                tag.contains(" alt=\""),
                "{name}: an image without alt: {tag}"
            );
        }
    }
}

#[test]
fn what_people_type_is_escaped() {
    let mut page = apply_page(Form::new().with("answer_1", "</textarea><script>x</script>"));
    page.readers = vec!["<b>Ann".into()];
    let html = page.render().unwrap();
    assert!(!html.contains("<script>x"));
    assert!(!html.contains("<b>Ann"));
}
