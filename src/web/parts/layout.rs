//! The frame around every page (`templates/layout/page.html`).
//!
//! Each template struct has a field `page: Page`, and its template starts with
//! `{% extends "layout/page.html" %}`.

/// What the frame shows, apart from the page's own content.
#[derive(Debug, Clone)]
pub struct Page {
    /// The page's name; the place's name is added after it.
    pub title: String,
    /// Language of the title and of the page's own words, a BCP 47 tag; the frame around them is
    /// in English.
    pub lang: String,
    /// The server as every page shows it.
    pub place: Place,
    /// Who is looking; `None` is a stranger.
    pub viewer: Option<Viewer>,
    /// Goes into the hidden `csrf` field of every POST form, a stranger's too.
    pub csrf: String,
    /// One message about what was just done.
    pub flash: Option<Flash>,
    /// The place in the menu that is marked as the current one.
    pub here: Here,
    /// Path and query of this page: the `return_to` of the small forms on it.
    pub path: String,
    /// The one address of what is shown, absolute.
    pub canonical: Option<String>,
    /// The address under which other servers find the same.
    pub document: Option<String>,
    /// What other sites may show when somebody links here.
    pub card: Option<ShareCard>,
    /// Ask search engines to leave this page out.
    pub noindex: bool,
    /// Nobody has looked after the place for a long time: members are told how to leave.
    pub in_distress: bool,
    /// In distress: the heir who becomes owner, and on which day.
    pub heir_soon: Option<(String, String)>,
    /// The viewer is asked to be the heir, and did not answer yet.
    pub heir_asked: bool,
    /// Nobody was seen here for too long, and the viewer is of the staff: they are led to what
    /// happened meanwhile.
    pub was_away: bool,
    /// A form on this page came back with errors; said first in the page's title.
    pub has_errors: bool,
    /// Staff are told that this version is too old, and what that does.
    pub outdated: bool,
}

/// The server as every page shows it.
#[derive(Debug, Clone)]
pub struct Place {
    /// The instance's title, such as `Lantern Lane`.
    pub name: String,
    /// The domain in handles, such as `lantern.example`.
    pub domain: String,
    /// Somebody is home: the mark is lit.
    pub light_on: bool,
    /// The door takes applications at the moment: the menu offers *Apply to join*.
    pub takes_applications: bool,
    /// Where this very version's source is (AGPL section 13).
    pub source_url: String,
    /// The version that runs, such as `0.1.0`. Also breaks caches of css and js.
    pub version: String,
}

/// The signed-in person who looks at the page.
#[derive(Debug, Clone)]
pub struct Viewer {
    /// Local name without `@`.
    pub name: String,
    /// Display name, or the local name where none is set.
    pub display_name: String,
    /// Address of the avatar, ours.
    pub avatar_url: String,
    /// Shows the desk in the menu.
    pub may_review: bool,
    /// Applications that wait for a decision; 0 for those who may not review.
    pub waiting_applications: i64,
    /// A pending (or unconfirmed) user: the menu of the sandbox.
    pub waiting: bool,
    /// Notifications newer than the marker.
    pub unread_notifications: i64,
    /// What staff without a second factor are told on every page.
    pub missing_factor: Option<String>,
    /// Applicants whom they are asked about: `/vouches`.
    pub asked: i64,
}

impl Viewer {
    /// The count for the menu, `99+` from a hundred on.
    pub fn unread_text(&self) -> String {
        if self.unread_notifications > 99 {
            "99+".into()
        } else {
            self.unread_notifications.to_string()
        }
    }
}

/// One message on top of a page.
#[derive(Debug, Clone)]
pub struct Flash {
    /// What sort of message it is.
    pub kind: FlashKind,
    /// One or two sentences; text, not HTML.
    pub text: String,
}

impl Flash {
    /// Something worked.
    pub fn done(text: impl Into<String>) -> Flash {
        Flash {
            kind: FlashKind::Done,
            text: text.into(),
        }
    }

    /// Something to know.
    pub fn note(text: impl Into<String>) -> Flash {
        Flash {
            kind: FlashKind::Note,
            text: text.into(),
        }
    }

    /// Something did not work.
    pub fn trouble(text: impl Into<String>) -> Flash {
        Flash {
            kind: FlashKind::Trouble,
            text: text.into(),
        }
    }
}

/// The sorts of [`Flash`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FlashKind {
    /// It worked.
    Done,
    /// Good to know.
    Note,
    /// It did not work.
    Trouble,
}

impl FlashKind {
    /// The word in the class name.
    pub fn word(self) -> &'static str {
        match self {
            FlashKind::Done => "done",
            FlashKind::Note => "note",
            FlashKind::Trouble => "trouble",
        }
    }

    /// Read out at once by screen readers.
    pub fn is_trouble(self) -> bool {
        self == FlashKind::Trouble
    }
}

/// What other sites may show of a page (Open Graph).
#[derive(Debug, Clone)]
pub struct ShareCard {
    /// `website`, `profile` or `article`.
    pub kind: &'static str,
    /// Title.
    pub title: String,
    /// Plain text, 200 characters at most.
    pub description: String,
    /// Absolute address of a picture.
    pub image: Option<String>,
}

/// Places in the menu.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Here {
    /// None of those below.
    #[default]
    Elsewhere,
    /// `/home`
    Home,
    /// `/search`
    Search,
    /// `/compose`
    Compose,
    /// `/notifications`
    Notifications,
    /// `/@NAME` of the viewer, or `/waiting/profile`
    Profile,
    /// `/desk` and below
    Desk,
    /// `/public`
    Public,
    /// `/drafts` and below
    Drafts,
    /// `/invites`
    Invites,
    /// `/bookmarks`
    Bookmarks,
    /// `/favourites`
    Favourites,
    /// `/tags`
    Tags,
    /// `/settings` and below
    Settings,
    /// `/sign-in`
    SignIn,
    /// `/apply` and below
    Apply,
    /// `/waiting`
    Waiting,
}

impl Page {
    /// A page with a title and nothing unusual: English, no viewer, no message.
    pub fn new(title: impl Into<String>, place: Place, csrf: impl Into<String>) -> Page {
        Page {
            title: title.into(),
            lang: "en".into(),
            place,
            viewer: None,
            csrf: csrf.into(),
            flash: None,
            here: Here::Elsewhere,
            path: "/".into(),
            canonical: None,
            document: None,
            card: None,
            noindex: false,
            in_distress: false,
            heir_soon: None,
            heir_asked: false,
            was_away: false,
            has_errors: false,
            outdated: false,
        }
    }

    /// Where the mark leads.
    pub fn home_path(&self) -> &'static str {
        match &self.viewer {
            None => "/",
            Some(viewer) if viewer.waiting => "/waiting",
            Some(_) => "/home",
        }
    }

    /// This entry of the menu is the current one, by the name of its [`Here`].
    pub fn is_here(&self, name: &str) -> bool {
        let word = match self.here {
            Here::Elsewhere => return false,
            Here::Home => "Home",
            Here::Search => "Search",
            Here::Compose => "Compose",
            Here::Notifications => "Notifications",
            Here::Profile => "Profile",
            Here::Desk => "Desk",
            Here::Public => "Public",
            Here::Drafts => "Drafts",
            Here::Invites => "Invites",
            Here::Bookmarks => "Bookmarks",
            Here::Favourites => "Favourites",
            Here::Tags => "Tags",
            Here::Settings => "Settings",
            Here::SignIn => "SignIn",
            Here::Apply => "Apply",
            Here::Waiting => "Waiting",
        };
        word == name
    }

    /// A member who may act: signed in and not waiting.
    pub fn may_act(&self) -> bool {
        self.viewer.as_ref().is_some_and(|v| !v.waiting)
    }
}
