//! The desk of the reviewers.

use askama::Template;

use super::sample::*;
use crate::domain::registration_mode::{ModeReason, RegistrationMode};
use crate::gate::applications::review::{Part, PartCounts, Sift};
use crate::gate::charts::Charts;
use crate::gate::doorkeeper::{Month, QueueCounts};
use crate::gate::effective_mode::Ceiling;
use crate::gate::switch::look;
use crate::model::question::QuestionKind;
use crate::web::apply::form;
use crate::web::parts::form::Form;
use crate::web::parts::pager::Pager;
use crate::web::render::door as words;
use crate::web::review::keys::KeyMap;
use crate::web::review::{
    application, audit, block_new, blocks, bulk, charts, door, events, held, held_posts, hosts,
    keys, known, mail, place, presets, question, questions, queue, staff as of_staff, switch,
    webhooks, welcome,
};

/// Name and page.
pub fn pages() -> Vec<Hung> {
    let mut made = Vec::new();
    let mut hang = |name, html| made.push((name, html));
    let queue_row = |id: &str, name: &str, n: i64| queue::QueueRow {
        id: id.into(),
        pick: format!("{id}-0123456789abcdef01234567"),
        path: format!("/desk/applications/{id}"),
        alike: String::new(),
        reader: String::new(),
        username: name.to_lowercase(),
        display_name: name.into(),
        avatar_url: format!("/static/sample/{n}.svg"),
        answer: answers().remove(0).given,
        submitted_at: ago(n * 100),
        state: "Waiting".into(),
        email_domain: "post.example".into(),
        confirmed: true,
        drafts: (n % 3) as usize,
        filled_in: "3 min 20 s".into(),
        more: "I paint boats, and once a year I build one.".into(),
        marks: vec!["Has answered"],
        hints: Vec::new(),
    };
    let queue_page = |rows: Vec<queue::QueueRow>| queue::QueuePage {
        page: staff("The desk"),
        door: "Anybody may apply; a person reads every application.".into(),
        moderates: true,
        manages: true,
        tabs: queue::tabs(
            &PartCounts {
                waiting: rows.len() as i64,
                in_line: 12,
                automated: 1003,
                put_off: 2,
                unread: 4,
                ..PartCounts::default()
            },
            Part::Waiting,
        ),
        part: Part::Waiting,
        newest_first: false,
        query: String::new(),
        sift: Sift {
            language: Some("de".into()),
            drafts: true,
            ..Sift::default()
        },
        languages: ["de", "en"].map(|code| (code.into(), code.into())).into(),
        mine: Some(("/desk/applications/9".into(), "tom".into())),
        bulks: vec![("/desk/bulk/3".into(), "40 people turned down".into())],
        unconfirmed: "1".into(),
        zone: "Europe/Berlin",
        keys: KeyMap::default(),
        rows,
        turns: queue::Turns {
            back: Some("/desk?before=11".into()),
            on: Some("/desk?after=12".into()),
        },
    };
    hang(
        "queue",
        queue_page(vec![
            queue_row("11", "Rosa", 5),
            queue::QueueRow {
                alike: "40 that are alike".into(),
                path: "/desk/groups/12".into(),
                reader: "Mo has been reading it since 10:32".into(),
                ..queue_row("12", "Tom", 4)
            },
        ])
        .render(),
    );
    hang(
        "group",
        bulk::GroupPage {
            page: staff("Applications that are alike"),
            count: "2".into(),
            more: false,
            rows: vec![queue_row("11", "Rosa", 5), queue_row("12", "Tom", 4)],
            keys: KeyMap::default(),
        }
        .render(),
    );
    hang(
        "bulk",
        bulk::BulkPage {
            page: staff("Several at once"),
            picks: vec!["11-0123456789abcdef01234567".into()],
            count: 40,
            typed: true,
            presets: canned(),
            mail_works: true,
            form: Form::new()
                .with("act", "reject")
                .with("send_mail", "usual")
                .error(
                    "number",
                    "Number must be 40: the number of people this is about",
                ),
            keys: KeyMap::default(),
        }
        .render(),
    );
    hang(
        "bulk_done",
        bulk::DonePage {
            page: staff("Several at once"),
            id: "3".into(),
            words: "40 people let in".into(),
            at: ago(3),
            done: (12, 40),
            to_do: 27,
            left_out: vec![(
                "@tom".into(),
                "/desk/applications/12".into(),
                "It changed after you opened the page.".into(),
            )],
            undoable: true,
            undone: false,
            keys: KeyMap::default(),
        }
        .render(),
    );
    hang(
        "presets",
        presets::PresetsPage {
            page: staff("Canned words"),
            rows: canned(),
            most: 40,
            form: Form::new().with("kind", "no"),
            kinds: vec![("yes", "With a yes"), ("no", "With a no")],
            max: (100, 2000),
        }
        .render(),
    );
    hang(
        "webhooks",
        webhooks::WebhooksPage {
            page: staff("Webhooks"),
            rows: vec![webhooks::HookRow {
                id: 1,
                host: "chat.example".into(),
                events: "Somebody waits at the door".into(),
                enabled: false,
                last: "It answered 503.".into(),
                last_at: Some(ago(12)),
                good: false,
            }],
            most: 20,
            form: Form::new().with("enabled", "1").error(
                "address",
                "Address must be an address that begins with https://",
            ),
            events: vec![("application.received", "Somebody waits at the door")],
            presets: vec![(0, "Plain JSON", "{\"text\": \"{{text}}\"}")],
            places: &[("text", "a sentence that says what happened")],
            max: 4000,
            secret: Some("5PQkO0RbmZ0Jg".into()),
        }
        .render(),
    );
    for (name, full) in [("mail", true), ("mail_none", false)] {
        hang(name, mail_page(full).render());
    }
    for (name, fired) in [("switch", false), ("switch_fired", true)] {
        let overview = look::Overview::example(fired);
        let page = staff("The switch");
        let page =
            switch::SwitchPage::new(page, true, &overview, chrono_tz::Tz::UTC, None, Some(40));
        hang(name, page.render());
    }
    for (name, empty) in [("charts", false), ("charts_none", true)] {
        let figures = Charts::example(empty);
        hang(
            name,
            charts::ChartsPage::new(staff("Charts"), &figures).render(),
        );
    }
    hang(
        "keys",
        keys::KeysPage {
            page: staff("Keys of the desk"),
            form: crate::gate::desk_keys::ACTS.iter().fold(
                Form::new()
                    .with("on", "1")
                    .error("approve", "Approve needs another key"),
                |form, act| form.with(act.name, act.key.to_string()),
            ),
            acts: crate::gate::desk_keys::ACTS,
            keys: KeyMap::default(),
        }
        .render(),
    );
    hang("queue_empty", queue_page(Vec::new()).render());
    hang("door", door_page(true).render());
    hang("door_for_reviewers", door_page(false).render());
    hang(
        "door_open",
        door::OpenDoorPage {
            page: staff("An open door"),
            waiting: 4,
            month: Month {
                applied: 31,
                refused: 6,
                automated: 2,
            },
            deciders: 3,
            wait: Some("6 hours".into()),
            report_wait: Some("2 days".into()),
            bypass: true,
        }
        .render(),
    );
    hang("blocks", blocks_page().render());
    hang("block_new", block_new_page().render());
    hang("events", events_page(true).render());
    hang("events_none", events_page(false).render());
    hang("questions", questions_page(false).render());
    hang("questions_none", questions_page(true).render());
    hang("question", question_page().render());
    let mut applicant_profile = profile_view(5);
    applicant_profile.account = chip("rosa", "Rosa", 5);
    hang(
        "audit",
        audit::AuditPage {
            page: staff("The audit log"),
            form: Form::new().with("said", "2 acts are taken back."),
            rows: vec![audit::AuditRow {
                id: 7,
                at: ago(70),
                actor: "@remy".into(),
                words: "suspended an account".into(),
                subject: Some(("@ben".into(), Some("/@ben".into()))),
                facts: "reason: rugs".into(),
                undoable: true,
            }],
            pager: Pager::default(),
            query: "who=remy".into(),
            owner: true,
            public: true,
            left: vec![(
                "Line 5: wrote a note".into(),
                "This cannot be taken back.".into(),
            )],
        }
        .render(),
    );
    hang(
        "held",
        held::HeldPage {
            page: staff("Acts that wait"),
            rows: vec![held::HeldRow {
                id: 3,
                actor: "remy".into(),
                words: "Suspend @ben".into(),
                wanted_at: ago(20),
                due_at: ago(-700),
                outcome: None,
                stoppable: true,
            }],
            most: 25,
        }
        .render(),
    );
    let waits = |id: &str, author: &str, why, html: &str| held_posts::HeldPostRow {
        id: id.into(),
        account: "7".into(),
        author: author.into(),
        path: format!("/@{author}/{id}"),
        why,
        since: ago(300),
        until: None,
        audience: None,
        strangers: 4,
        edit: false,
        spoiler: String::new(),
        content_html: html.into(),
        files: 0,
    };
    hang(
        "held-posts",
        held_posts::HeldPostsPage {
            page: staff("Posts that wait"),
            rows: vec![
                waits(
                    "12",
                    "ben",
                    "new here: many strangers",
                    "<p>@ann @joao @mina @remy Hello! Who of you makes bread?</p>",
                ),
                held_posts::HeldPostRow {
                    until: Some(ago(-2000)),
                    audience: Some("for those whom it names"),
                    files: 1,
                    spoiler: "A bargain".into(),
                    ..waits(
                        "11",
                        "sleepy",
                        "slept for long, and links",
                        "<p>@ann look</p>",
                    )
                },
            ],
            authors: vec![
                ("7".into(), "ben".into(), 1),
                ("8".into(), "sleepy".into(), 14),
            ],
            only: None,
            pager: Pager {
                newer: None,
                older: Some("/desk/held-posts?before=11".into()),
            },
        }
        .render(),
    );
    hang(
        "known",
        known::KnownPage {
            page: staff("Who is known here"),
            form: Form::new().with("name", "ben"),
            found: Some(known::KnownRow {
                name: "ben".into(),
                since: None,
                staff: false,
                word: None,
                facts: vec![
                    ("In for 12 days".into(), false),
                    ("5 or more days with posts, of the last 90".into(), true),
                ],
            }),
            said: vec![known::SaidRow {
                name: "ann".into(),
                granted: true,
                by: Some("remy".into()),
                at: Some(ago(9000)),
            }],
            asked: (30, 5, 3),
        }
        .render(),
    );
    hang(
        "staff",
        of_staff::StaffPage {
            page: staff("The staff"),
            form: Form::new().error("name", "Name is no member of this place."),
            rows: vec![of_staff::StaffRow {
                id: "7".into(),
                name: "remy".into(),
                role: "moderator",
                since: ago(90_000),
                rights: ("No second factor; the rights sleep".into(), false),
                last: Some(ago(80)),
                off: false,
                changeable: true,
            }],
            roles: vec![
                ("reviewer", "decides applications"),
                ("moderator", "also reports"),
            ],
        }
        .render(),
    );
    hang(
        "application",
        application::ApplicationPage {
            page: staff("Rosa is at the door"),
            id: "11".into(),
            version: "3".into(),
            state: "Waiting".into(),
            decidable: true,
            unread: false,
            can_put_off: true,
            rests_until: None,
            undo_until: None,
            not_by_you: None,
            by_you_alone: Some("They came from a network that you sign in from.".into()),
            reader: Some(("Mo has been reading this since 10:32.".into(), false)),
            later: vec![application::ChangeView {
                what: "Their picture".into(),
                pieces: vec![application::PieceView {
                    fate: "new",
                    text: "It may be another one now.".into(),
                }],
            }],
            changes: vec![application::ChangeView {
                what: "What brings you here?".into(),
                pieces: vec![
                    application::PieceView {
                        fate: "same",
                        text: "I like ".into(),
                    },
                    application::PieceView {
                        fate: "gone",
                        text: "tea".into(),
                    },
                    application::PieceView {
                        fate: "new",
                        text: "trains".into(),
                    },
                ],
            }],
            alike: Some(("40 that are alike".into(), "/desk/groups/12".into())),
            like: Vec::new(),
            neighbours: vec![(
                "/desk/applications/12".into(),
                "tom".into(),
                "Waiting".into(),
                ago(300),
            )],
            presets: canned(),
            manages: true,
            said: vec![application::HistoryLine {
                at: ago(80),
                sentence: "Mo asked:".into(),
                words: "Which lane do you live in?".into(),
            }],
            notes: vec![application::HistoryLine {
                at: ago(70),
                sentence: "Mo noted:".into(),
                words: "Looks kind to me.".into(),
            }],
            zone: "Europe/Berlin",
            keys: KeyMap::default(),
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
            form: Form::new().with("send_mail", "1"),
            mail_works: true,
            password: Some("/desk/people/rosa/password".into()),
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
    let host_row = |domain: &str, failing: bool| hosts::HostRow {
        domain: domain.into(),
        state: if failing { "failing" } else { "fine" },
        badge: if failing { "badge-bad" } else { "badge-good" },
        software: Some("porchlight 1.0".into()),
        waiting: if failing { 3 } else { 0 },
        delivered: 812,
        delivered_at: Some(ago(30)),
        next_at: failing.then(|| ago(-7)),
        error: failing.then(|| "It answered 503.".into()),
    };
    let tab = |name, count, current| hosts::Tab {
        name,
        count,
        path: "/desk/hosts".into(),
        current,
    };
    let hosts_page = |rows: Vec<hosts::HostRow>| hosts::HostsPage {
        page: staff("Other servers"),
        summary: "3 deliveries wait, for one server.".into(),
        tabs: vec![tab("All", 2, true), tab("Failing", 1, false)],
        kind: String::new(),
        query: String::new(),
        rows,
        more: Some("/desk/hosts?after=porch.example".into()),
        kept: hosts::KeptFiles {
            words: "3.1 GB of 5.4 GB, in 8120 files".into(),
            full: 57,
        },
    };
    let rows = vec![
        host_row("lane.example", true),
        host_row("porch.example", false),
    ];
    hang("hosts", hosts_page(rows).render());
    hang("hosts_empty", hosts_page(Vec::new()).render());
    let sent_line = |what: &str, note: &str| hosts::SentLine {
        what: what.into(),
        path: Some("/desk/hosts/posts/11".into()),
        at: ago(90),
        note: note.into(),
    };
    hang(
        "hosts_one",
        hosts::HostPage {
            page: staff("Another server"),
            host: host_row("lane.example", true),
            sentence: "It is tried again and again, with longer and longer pauses.",
            tried_at: Some(ago(3)),
            failing_since: Some(ago(300)),
            fails: 4,
            signatures: "as the whole network does (draft-cavage)",
            can_retry: true,
            kept: "41.3 MB".into(),
            held_until: Some(ago(-300)),
            hours: 24,
            manages: true,
            waiting: vec![sent_line("A post", "tried once")],
            refused: vec![sent_line("An edit", "answered 422")],
        }
        .render(),
    );
    let host_line = |note: &str| hosts::HostLine {
        domain: "lane.example".into(),
        path: "/desk/hosts/lane.example".into(),
        what: "A post".into(),
        note: note.into(),
    };
    hang(
        "hosts_post",
        hosts::PostPage {
            page: staff("Where a post went"),
            post: Some("/@ann/11".into()),
            author: "ann".into(),
            told: vec![hosts::ToldLine {
                what: "A post".into(),
                recipients: 12,
                delivered: 9,
                waiting: 2,
                dropped: 1,
                at: ago(90),
            }],
            waiting: vec![host_line("tried 2 times")],
            refused: vec![host_line("answered 403")],
        }
        .render(),
    );
    hang(
        "welcome_desk",
        welcome::WelcomeDeskPage {
            page: staff("The welcome"),
            form: Form::new()
                .with("people", "ann\nnobody")
                .with("tags", "bread")
                .error("people", "One of the people lives not here: nobody."),
            people_max: 12,
            tags_max: 12,
        }
        .render(),
    );
    hang(
        "place",
        place::PlacePage {
            page: staff("The place"),
            form: Form::new()
                .with("title", "Lantern Lane")
                .with("languages", "english")
                .with("rules", "Be kind.\n- Always.")
                .error("languages", "The languages must be codes of two letters."),
            max: (80, 1_000),
            most_rules: 50,
        }
        .render(),
    );
    made
}

fn canned() -> Vec<(String, &'static str, String, String)> {
    vec![(
        "1".into(),
        "With a no",
        "We are full".into(),
        "There is no room left on the lane just now.".into(),
    )]
}

/// The door, held by two causes, with a day whose hours cannot be read.
fn door_page(admin: bool) -> door::DoorPage {
    let ceiling = |mode, reason| Ceiling {
        mode,
        bypass: false,
        reason,
        since: None,
    };
    let row = |ceiling: Ceiling| door::CeilingRow {
        cause: words::cause(ceiling.reason),
        mode: words::short(ceiling.mode),
        bypass: ceiling.reason == ModeReason::Schedule,
        since: Some(ago(300)),
        lifted_by: words::lifted_by(&ceiling),
    };
    door::DoorPage {
        page: staff("The door"),
        admin,
        sentence: "The door is closed, by the opening hours.".into(),
        since: Some(ago(300)),
        ceilings: vec![
            row(ceiling(RegistrationMode::Closed, ModeReason::Schedule)),
            row(ceiling(RegistrationMode::Approval, ModeReason::Admin)),
        ],
        mode_form: Form::new().with("mode", "approval"),
        modes: vec![
            ("approval", "By application", "Anybody may apply."),
            ("closed", "Closed", "Nobody may apply."),
        ],
        hours_form: Form::new()
            .with("keep", "1")
            .with("zone", "Europe/Berlin")
            .with("outside", "closed")
            .with("monday", "9-12")
            .with("tuesday", "late")
            .error("tuesday", "Tuesday needs hours such as 9:00-17:00."),
        days: vec![("monday", "Monday"), ("tuesday", "Tuesday")],
        next: Some(("opens", "Mon 23 Nov, 09:00 (Europe/Berlin)".into())),
        counts: QueueCounts {
            queue: 34,
            in_line: 0,
            automated: 3,
            unconfirmed: 1,
        },
        room: (80, 100),
        most: 5_000,
        outdated_from: "21 May 2028".into(),
        may_put_off: true,
    }
}

fn blocks_page() -> blocks::BlocksPage {
    let row = |id, what: &str, marks: &[&str]| blocks::BlockRow {
        id,
        what: what.into(),
        marks: marks.iter().map(|mark| (*mark).to_owned()).collect(),
        comment: String::new(),
        since: ago(3000),
        until: None,
    };
    let mut network = row(1, "192.0.2.0/24", &["Refused"]);
    network.comment = "The wave of Tuesday night".into();
    network.until = Some(ago(-9000));
    let mail = ["Put among the likely automated", "Mail servers there, too"];
    blocks::BlocksPage {
        page: staff("Blocks at the door"),
        admin: true,
        lists: vec![
            blocks::list("network", vec![network]),
            blocks::list("mail", vec![row(2, "throwaway.example", &mail)]),
            blocks::list("name", Vec::new()),
        ],
        addresses: 2,
    }
}

fn block_new_page() -> block_new::BlockNewPage {
    block_new::BlockNewPage {
        page: staff("A block at the door"),
        form: Form::new().with("value", "192.0.2.0/24"),
        kind: "network".into(),
        label: "Address or network",
        days: [1, 3, 14, 90, 365].map(|n| (n, n == 14)).to_vec(),
        found: Some(block_new::FoundBlock {
            what: "the network 192.0.2.0/24".into(),
            count: 31,
            samples: vec![(11, "rosa".into()), (12, "tom".into())],
        }),
    }
}

fn events_page(some: bool) -> events::EventsPage {
    let row = |id, title: &str, code: &str, is_good| events::EventRow {
        id,
        title: title.into(),
        code: code.into(),
        link: format!("https://porch.example/apply?event={code}"),
        uses: (12, 30),
        network: "from 192.0.2.0/24".into(),
        ends: ago(if is_good { -120 } else { 4000 }),
        is_good,
    };
    events::EventsPage {
        page: staff("Events"),
        form: Form::new().with("uses", "30").with("hours", "4"),
        admin: true,
        rows: match some {
            true => vec![
                row(1, "A workshop at the library", "PORCH234", true),
                row(2, "The bakers’ meeting", "BREAD567", false),
            ],
            false => Vec::new(),
        },
        most: (500, 72),
    }
}

fn questions_page(none: bool) -> questions::QuestionsPage {
    let row = |id, label: &str, pool| questions::QuestionRow {
        id,
        label: label.into(),
        help: "Two or three sentences are plenty.".into(),
        kind: "Several lines",
        required: pool == 0,
        pool,
        version: 2,
        languages: "de, en".into(),
        figures: vec![
            ("Shown", "142".into()),
            ("Answered", "61".into()),
            ("Time for the form", "4 minutes".into()),
            ("Approved", "48 of 55".into()),
        ],
        approved: Some(87),
    };
    let rows = match none {
        true => Vec::new(),
        false => vec![
            row(1, "What brings you here?", 0),
            row(2, "What would you miss if the lane were gone?", 1),
        ],
    };
    questions::QuestionsPage {
        page: staff("Questions"),
        admin: true,
        count: (rows.len(), 5),
        rows,
        retired: vec![(3, "Do you like trains?".into())],
        pools: vec![(1, 4, 1)],
    }
}

fn question_page() -> question::QuestionPage {
    let seen = |id: &str, kind| form::Question {
        id: format!("preview_{id}"),
        label: "Which end of the lane?".into(),
        label_lang: String::new(),
        help: "Where the bakery is, or where it is not.".into(),
        help_lang: String::new(),
        required: true,
        kind,
        choices: vec!["The bakery’s".into(), "The other".into()],
        max_chars: 200,
    };
    question::QuestionPage {
        page: staff("A question"),
        action: "/desk/questions/4".into(),
        versions: vec![
            (
                2,
                "Which end of the lane?".into(),
                ["40", "32", "4 min", "75 %", "0", "1"].map(str::to_owned),
            ),
            (
                1,
                "Which end?".into(),
                ["210", "180", "80 s", "61 %", "3", "12"].map(str::to_owned),
            ),
        ],
        version: Some(2),
        admin: true,
        form: Form::new()
            .with("kind", "choice")
            .with("label_en", "Which end of the lane?")
            .with("max_length", "200")
            .error("choices", "The choices need two lines at least."),
        kinds: vec![("short", "One line"), ("choice", "One of some choices")],
        languages: vec![
            ("de".into(), "Deutsch".into()),
            ("en".into(), "English".into()),
        ],
        more_languages: vec![("fr".into(), "français".into())],
        pools: vec![1, 2, 3],
        preview: vec![
            ("de".into(), seen("de", QuestionKind::Choice)),
            ("en".into(), seen("en", QuestionKind::Long)),
        ],
        max: (300, 1000),
        blank: Form::new(),
    }
}

/// Mail, with a server that refused some, or without one.
fn mail_page(full: bool) -> mail::MailPage {
    let row = |what: &'static str, to: &str, why: &str, minutes| mail::JobRow {
        id: minutes,
        what,
        to: to.into(),
        why: why.into(),
        at: ago(minutes),
        tries: 12,
    };
    let mut page = mail::MailPage {
        page: staff("Mail"),
        server: None,
        from: "The porch <porch@lantern.example>".into(),
        hourly: 200,
        last_hour: 0,
        sent: Vec::new(),
        waits: "0 mails".into(),
        waiting: Vec::new(),
        lost: "0 mails".into(),
        failed: Vec::new(),
    };
    if full {
        page.server = Some("mail.lantern.example:587".into());
        page.last_hour = 200;
        page.sent = vec![mail::SentRow {
            what: "Please confirm your address",
            day: 41,
            week: 180,
            failed: 2,
        }];
        page.waits = "2 mails".into();
        page.waiting = vec![
            row("A decision", "r•••@post.example", "451 too many", 3),
            mail::JobRow {
                tries: 0,
                ..row("News for staff", "", "", 1)
            },
        ];
        page.lost = "1 mail".into();
        page.failed = vec![row(
            "A decision",
            "x•••@gone.example",
            "550 no such user",
            90,
        )];
    }
    page
}
