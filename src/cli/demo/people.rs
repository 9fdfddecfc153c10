//! Who lives in the made-up community, who follows whom, and who is at the door.

use crate::domain::role::Role;

use super::pictures::Picture;

/// A member.
pub struct Person {
    /// The user name.
    pub name: &'static str,
    /// The display name.
    pub shown: &'static str,
    /// The note.
    pub note: &'static str,
    /// Pairs of the profile's table.
    pub facts: &'static [(&'static str, &'static str)],
    /// The avatar.
    pub avatar: Picture,
    /// The wide picture.
    pub header: Option<Picture>,
    /// What they may do.
    pub role: Role,
    /// Asks before somebody follows.
    pub locked: bool,
    /// A machine.
    pub bot: bool,
}

const fn person(
    name: &'static str,
    shown: &'static str,
    note: &'static str,
    facts: &'static [(&'static str, &'static str)],
    avatar: Picture,
) -> Person {
    Person {
        name,
        shown,
        note,
        facts,
        avatar,
        header: None,
        role: Role::Member,
        locked: false,
        bot: false,
    }
}

/// The members, the owner first.
pub const PEOPLE: &[Person] = &[
    Person {
        header: Some(Picture::RoofsAtDusk),
        role: Role::Owner,
        ..person(
            "ann",
            "Ann Verbeek",
            "Keeps the light on. Mends radios, loses screwdrivers.\nIf you are new: hello! Say what you need, somebody here knows somebody.",
            &[
                ("Pronouns", "she, her"),
                ("Repair table", "Saturdays, 10 to 13"),
            ],
            Picture::Lantern,
        )
    },
    Person {
        header: Some(Picture::HillsByDay),
        role: Role::Reviewer,
        ..person(
            "joao",
            "João",
            "Gardens on a roof. Soup on Sundays. Ask me about compost, or rather don't, I will not stop.",
            &[("Pronouns", "he, him"), ("Seeds", "swap them with me")],
            Picture::Tomato,
        )
    },
    Person {
        role: Role::Moderator,
        ..person(
            "mina",
            "Mina Okafor",
            "Librarian at the corner. Reading group on Thursdays, half past seven, upstairs.",
            &[("Now reading", "The Left Hand of Darkness")],
            Picture::Book,
        )
    },
    person(
        "tom",
        "Tom Brandt",
        "Bicycles, mostly other people's.",
        &[("Workshop", "Backyard of number 9")],
        Picture::Bicycle,
    ),
    person(
        "noor",
        "نور",
        "قهوة وكتب. I write in Arabic and English, and sometimes in a mixture of both.",
        &[],
        Picture::Cup,
    ),
    person(
        "ines",
        "Inés Duarte",
        "Teaches people of all ages to float. Nadar es gratis.",
        &[("Pool", "Monday and Friday, 7:00")],
        Picture::Fish,
    ),
    person(
        "kaz",
        "Kaz",
        "Walks uphill with a camera, comes down with mud.",
        &[],
        Picture::Mountain,
    ),
    Person {
        locked: true,
        ..person(
            "lena",
            "Lena Falk",
            "Night shifts and the night sky.",
            &[],
            Picture::Moon,
        )
    },
    person(
        "bea",
        "Bea",
        "I bake at three so that you have bread at seven. Rye, mostly.",
        &[("Open", "Tuesday to Sunday, until it is gone")],
        Picture::Loaf,
    ),
    person(
        "otis",
        "Otis",
        "Two cats, one balcony, no plan.",
        &[],
        Picture::Cat,
    ),
    person(
        "pavel",
        "Pavel Novák",
        "Accordion, trams, the history of this street.",
        &[],
        Picture::Accordion,
    ),
    person(
        "wren",
        "Wren",
        "Primary school, class 3b, and everything that flies.",
        &[("Pronouns", "they, them")],
        Picture::Kite,
    ),
    Person {
        bot: true,
        ..person(
            "almanac",
            "Lane Almanac",
            "Sunrise, sunset and what is in season. Posts once a day, reads nothing. Kept by @ann.",
            &[],
            Picture::Flower,
        )
    },
];

/// Who does not follow whom; all others do. A village where everybody follows everybody
/// would show nothing.
pub const STRANGERS: &[(&str, &str)] = &[
    ("ann", "almanac"),
    ("tom", "noor"),
    ("tom", "almanac"),
    ("noor", "pavel"),
    ("noor", "almanac"),
    ("ines", "mina"),
    ("ines", "otis"),
    ("kaz", "bea"),
    ("kaz", "wren"),
    ("lena", "tom"),
    ("lena", "pavel"),
    ("lena", "ines"),
    ("bea", "kaz"),
    ("otis", "joao"),
    ("otis", "almanac"),
    ("pavel", "lena"),
    ("pavel", "kaz"),
    ("wren", "otis"),
];

/// Somebody at the door.
pub struct Knock {
    /// The name they wish for.
    pub name: &'static str,
    /// How they want to be called.
    pub shown: &'static str,
    /// Their note.
    pub note: &'static str,
    /// Where mail reaches them.
    pub email: &'static str,
    /// The answer to the question.
    pub answer: &'static str,
    /// Minutes since they applied.
    pub ago: i64,
    /// What they wrote meanwhile.
    pub drafts: &'static [&'static str],
}

/// Who waits, the longest first.
pub const AT_THE_DOOR: &[Knock] = &[
    Knock {
        name: "emil",
        shown: "Emil",
        note: "Carpenter, two doors down from the bakery.",
        email: "emil@wood.example",
        answer: "Bea keeps telling me that everybody is here, so here I am. I would like to know when the repair table opens, and I can bring wood glue.",
        ago: 27 * 60,
        drafts: &[],
    },
    Knock {
        name: "rosa",
        shown: "Rosa",
        note: "Bakes, mends bicycles, moved here in spring.",
        email: "rosa@post.example",
        answer: "I moved to the lane in spring, and João from the roof garden told me about this place.\nI would like to hear about the garden, and I have seeds to swap.",
        ago: 5 * 60 + 20,
        drafts: &[
            "Hello, everybody! I am Rosa. I bake, I mend bicycles, and I moved into number 31 in spring.",
            "Does anybody know who repairs accordions? It was my grandmother's.",
        ],
    },
];
