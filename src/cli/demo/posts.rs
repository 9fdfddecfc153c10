//! What the made-up community said in the last two weeks.

use super::pictures::Picture;

/// Minutes in an hour and in a day.
const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;

/// One post.
pub struct Post {
    /// By this others answer it; empty for those that nobody answers.
    pub key: &'static str,
    /// Minutes ago.
    pub ago: i64,
    /// Who wrote it.
    pub by: &'static str,
    /// What.
    pub text: &'static str,
    /// The key of what it answers.
    pub answers: &'static str,
    /// Content warning.
    pub spoiler: &'static str,
    /// As apps say it.
    pub visibility: &'static str,
    /// ISO 639-1.
    pub language: &'static str,
    /// A picture and its description.
    pub picture: Option<(Picture, &'static str)>,
    /// Who boosted it.
    pub boosts: &'static [&'static str],
    /// Who favourited it.
    pub favourites: &'static [&'static str],
}

const fn post(
    ago: i64,
    by: &'static str,
    key: &'static str,
    text: &'static str,
    favourites: &'static [&'static str],
) -> Post {
    Post {
        key,
        ago,
        by,
        text,
        answers: "",
        spoiler: "",
        visibility: "public",
        language: "en",
        picture: None,
        boosts: &[],
        favourites,
    }
}

const fn reply(
    ago: i64,
    by: &'static str,
    key: &'static str,
    answers: &'static str,
    text: &'static str,
    favourites: &'static [&'static str],
) -> Post {
    Post {
        answers,
        visibility: "unlisted",
        ..post(ago, by, key, text, favourites)
    }
}

/// The posts, oldest first. An answer stands below what it answers.
pub const POSTS: &[Post] = &[
    Post {
        boosts: &["joao", "mina"],
        ..post(
            13 * DAY + 9 * HOUR,
            "ann",
            "hello",
            "The light is on. Welcome to the lane, everybody: this is our own little place now. Say who you are and what you could talk about for an hour.",
            &["joao", "mina", "tom", "bea", "wren"],
        )
    },
    reply(
        13 * DAY + 8 * HOUR,
        "joao",
        "",
        "hello",
        "@ann João, number 14, top floor, and the roof above it. Compost. Easily two hours.",
        &["ann", "tom"],
    ),
    reply(
        13 * DAY + 8 * HOUR - 20,
        "tom",
        "",
        "hello",
        "@ann Tom. Bottom brackets. Nobody has ever listened for an hour.",
        &["ann", "kaz", "otis"],
    ),
    reply(
        13 * DAY + 6 * HOUR,
        "mina",
        "",
        "hello",
        "@ann Mina, from the library. Which books you should read instead of the one you are reading.",
        &["ann", "noor"],
    ),
    post(
        12 * DAY + 15 * HOUR,
        "bea",
        "",
        "Rye is out at seven, walnut at eight. Whoever comes at nine gets what is left, and it is usually the good part. #bread",
        &["ann", "pavel"],
    ),
    post(
        12 * DAY + 3 * HOUR,
        "pavel",
        "tram",
        "A small history, part one: until 1931 the tram turned round in front of number 9. If you look closely at the cobbles, the rails are still there, under the third row. #lanehistory",
        &["mina", "wren", "ann"],
    ),
    reply(
        12 * DAY + 2 * HOUR,
        "tom",
        "",
        "tram",
        "@pavel So that is what eats my tyres.",
        &["pavel", "ann", "joao"],
    ),
    post(
        11 * DAY + 10 * HOUR,
        "almanac",
        "",
        "Sunrise 7:24, sunset 16:31. In season: leeks, pumpkins, the last grapes. #almanac",
        &["joao"],
    ),
    post(
        11 * DAY + 4 * HOUR,
        "otis",
        "cat",
        "Has anybody seen a grey cat with one white sock? Answers to Herbert, or rather does not. Last seen on the wall of number 22. #lostcat",
        &["bea"],
    ),
    reply(
        11 * DAY + 3 * HOUR,
        "wren",
        "",
        "cat",
        "@otis 3b will look during the break. They have drawn posters. Some of them show a dragon.",
        &["otis", "ann", "mina", "lena"],
    ),
    reply(
        11 * DAY + HOUR,
        "bea",
        "found",
        "cat",
        "@otis He is in the flour store. He is not grey any more.",
        &["otis", "wren", "ann", "joao", "kaz"],
    ),
    reply(
        11 * DAY + 30,
        "otis",
        "",
        "found",
        "@bea On my way with a basket and an apology.",
        &["bea"],
    ),
    post(
        10 * DAY + 18 * HOUR,
        "lena",
        "",
        "Three o'clock break on the roof of the hospital: the Leonids begin. Four in ten minutes, one of them with a tail down to the horizon. #nightsky",
        &["kaz", "noor", "wren"],
    ),
    Post {
        language: "es",
        ..post(
            10 * DAY + 6 * HOUR,
            "ines",
            "",
            "El lunes empezamos de nuevo: flotar para quienes creen que no flotan. Todos flotan. #natación",
            &["noor", "ann"],
        )
    },
    post(
        9 * DAY + 11 * HOUR,
        "kaz",
        "",
        "Up at five, above the fog at seven, back for bread at ten. Nothing else to report, and I would not change a thing.",
        &["lena", "joao"],
    ),
    post(
        9 * DAY + 4 * HOUR,
        "mina",
        "group",
        "The reading group starts again on Thursday: chapters one to three of “The Left Hand of Darkness”. Upstairs, half past seven, bring a cup. #reading",
        &["noor", "lena", "ann"],
    ),
    reply(
        9 * DAY + 3 * HOUR,
        "noor",
        "",
        "group",
        "@mina I bring the coffee, and opinions about chapter two.",
        &["mina"],
    ),
    reply(
        9 * DAY + 2 * HOUR,
        "kaz",
        "",
        "group",
        "@mina Is it cheating if I listen to it on the way up?",
        &["mina", "ines"],
    ),
    post(
        8 * DAY + 12 * HOUR,
        "wren",
        "",
        "Question from 3b: “Do birds know that it is Sunday?” We found no proof against it.",
        &["mina", "otis", "bea", "lena", "ann"],
    ),
    Post {
        boosts: &["tom", "bea"],
        ..post(
            8 * DAY + 5 * HOUR,
            "ann",
            "table",
            "The repair table is open on Saturday from ten. Bring what hums, sticks or has given up. We have soup, a soldering iron and patience. #repaircafe",
            &["joao", "pavel", "otis", "wren"],
        )
    },
    reply(
        8 * DAY + 4 * HOUR,
        "pavel",
        "",
        "table",
        "@ann Does an accordion count as something that has given up?",
        &["ann"],
    ),
    reply(
        8 * DAY + 3 * HOUR,
        "ann",
        "",
        "table",
        "@pavel It counts as something that hums.",
        &["pavel", "joao", "tom"],
    ),
    post(
        7 * DAY + 14 * HOUR,
        "tom",
        "",
        "Lights, people. It is dark at five now. I have a box of used dynamo lamps, take one, pay what it is worth to you. #bicycles",
        &["ann", "ines", "wren"],
    ),
    Post {
        language: "ar",
        ..post(
            7 * DAY + 9 * HOUR,
            "noor",
            "",
            "صباح الخير من الشرفة. القهوة جاهزة، والشارع ما زال نائمًا.",
            &["mina", "lena"],
        )
    },
    post(
        7 * DAY + 2 * HOUR,
        "joao",
        "seeds",
        "Seed swap on the roof, end of the month. I have far too many beans and no marigolds at all. #garden",
        &["bea", "wren"],
    ),
    reply(
        7 * DAY + HOUR,
        "wren",
        "",
        "seeds",
        "@joao 3b has marigolds. In egg boxes. About four hundred.",
        &["joao", "ann"],
    ),
    Post {
        picture: Some((
            Picture::RepairTable,
            "A radio with its aerial out, a screwdriver with a red handle and a clock face on a wooden table",
        )),
        boosts: &["joao"],
        ..post(
            6 * DAY + 7 * HOUR,
            "ann",
            "",
            "Eleven things came to the #repaircafe, nine went home working. The radio of 1958 now plays exactly one station, and its owner says it is the right one.",
            &["joao", "tom", "pavel", "bea", "mina", "wren"],
        )
    },
    post(
        6 * DAY + 3 * HOUR,
        "pavel",
        "",
        "A small history, part two: the lamp over the door of number 1 has been burning since 1904, with two pauses. Nobody remembers who pays for it. #lanehistory",
        &["ann", "kaz"],
    ),
    Post {
        spoiler: "Hospital, but a good story",
        ..post(
            5 * DAY + 16 * HOUR,
            "lena",
            "",
            "Last night a man of ninety-one asked for the window bed, because “the moon owes me one”. It rose at ten past two, exactly over the chimney. He said: paid.",
            &["noor", "mina", "ann", "wren", "kaz"],
        )
    },
    post(
        5 * DAY + 8 * HOUR,
        "bea",
        "oven",
        "The big oven is back. The man who mended it would take nothing but two walnut loaves, so now I owe him a year of walnut loaves. #bread",
        &["ann", "joao"],
    ),
    reply(
        5 * DAY + 7 * HOUR,
        "tom",
        "",
        "oven",
        "@bea I also mend ovens. I have never done it, but I would like to be paid that way.",
        &["bea", "otis"],
    ),
    post(
        5 * DAY + 2 * HOUR,
        "almanac",
        "",
        "Sunrise 7:35, sunset 16:22. In season: kale, parsnips, quinces. #almanac",
        &[],
    ),
    Post {
        spoiler: "How chapter six ends",
        ..post(
            4 * DAY + 20 * HOUR,
            "mina",
            "",
            "I still think that the ice is the kindest character in it.",
            &["noor"],
        )
    },
    post(
        4 * DAY + 11 * HOUR,
        "ines",
        "",
        "Monday, seven o'clock: eight people who did not float now float. One of them cried, I shall not say who, but it was me.",
        &["ann", "lena", "wren", "noor"],
    ),
    Post {
        visibility: "private",
        ..post(
            4 * DAY + 5 * HOUR,
            "otis",
            "",
            "For those who asked: Herbert has gained 400 grams since the flour store. We do not speak of it in front of him.",
            &["bea", "lena"],
        )
    },
    post(
        4 * DAY + HOUR,
        "kaz",
        "boots",
        "Which of you leaves the kettle on at the hut? You are a good person, and you should also not do that.",
        &["lena", "joao"],
    ),
    post(
        3 * DAY + 15 * HOUR,
        "wren",
        "",
        "Kites on the meadow at three. If you own string, you are invited. If you own wind, too. #kites",
        &["otis", "tom"],
    ),
    Post {
        picture: Some((
            Picture::FirstFrost,
            "Bare young trees in front of pale hills; a low white sun",
        )),
        boosts: &["wren", "joao", "mina"],
        ..post(
            3 * DAY + 9 * HOUR,
            "kaz",
            "frost",
            "First frost on the north side. The path crunches like Bea's crust.",
            &["bea", "ann", "lena", "mina", "noor"],
        )
    },
    reply(
        3 * DAY + 8 * HOUR,
        "bea",
        "",
        "frost",
        "@kaz This is going above the till.",
        &["kaz", "ann"],
    ),
    reply(
        3 * DAY + 7 * HOUR,
        "joao",
        "",
        "frost",
        "@kaz My tomatoes have read this and are packing. #garden",
        &["kaz"],
    ),
    post(
        2 * DAY + 20 * HOUR,
        "tom",
        "wheel",
        "Found: one front wheel, 28 inches, at the corner of the library. It is true, round and lonely. #bicycles",
        &["mina"],
    ),
    reply(
        2 * DAY + 19 * HOUR,
        "mina",
        "",
        "wheel",
        "@tom There is a whole bicycle without one in our cellar. I think that they should meet.",
        &["tom", "ann", "otis", "wren"],
    ),
    post(
        2 * DAY + 12 * HOUR,
        "pavel",
        "",
        "Tonight on the stairs of number 9, eight o'clock: three waltzes, one tango, no microphone. Bring something warm.",
        &["ann", "bea", "ines"],
    ),
    Post {
        visibility: "unlisted",
        ..post(
            2 * DAY + 2 * HOUR,
            "ann",
            "",
            "House notes: two people are at the door. João and I read every evening. If you know one of them, tell us.",
            &["mina"],
        )
    },
    post(
        DAY + 22 * HOUR,
        "lena",
        "",
        "Orion over the chimney of number 14, sharp as glass. Ten minutes is enough, take a coat. #nightsky",
        &["kaz", "wren", "noor"],
    ),
    post(
        DAY + 14 * HOUR,
        "bea",
        "",
        "Quince tart, six of them, and then not again until next year. #bread",
        &["joao", "pavel", "otis", "tom"],
    ),
    Post {
        language: "ar",
        ..post(
            DAY + 9 * HOUR,
            "noor",
            "",
            "قرأت اليوم فصلًا واحدًا فقط، لكنه بقي معي طوال الطريق إلى البيت.",
            &["mina"],
        )
    },
    post(
        DAY + 4 * HOUR,
        "ines",
        "towel",
        "Somebody left a towel with small anchors at the pool. It is warm, dry and waiting.",
        &["otis"],
    ),
    reply(
        DAY + 3 * HOUR,
        "tom",
        "",
        "towel",
        "@ines Mine. Do not ask about the anchors.",
        &["ines", "kaz", "ann"],
    ),
    post(
        21 * HOUR,
        "almanac",
        "",
        "Sunrise 7:41, sunset 16:17. In season: kale, quinces, the first Seville oranges. #almanac",
        &["bea"],
    ),
    Post {
        boosts: &["ann", "bea"],
        ..post(
            17 * HOUR,
            "mina",
            "thursday",
            "Reading group tonight: chapters four to six. There is a new heater upstairs, thanks to Ann and a fuse of 1958. #reading",
            &["noor", "ann", "lena"],
        )
    },
    reply(
        16 * HOUR,
        "kaz",
        "",
        "thursday",
        "@mina Finished it on the way down. Slipped at the saddest place, twice.",
        &["mina", "noor"],
    ),
    Post {
        visibility: "direct",
        ..post(
            9 * HOUR,
            "joao",
            "",
            "@ann Rosa from number 31 is at the door, I know her from the seed shelf. She is lovely, and she has marigolds.",
            &[],
        )
    },
    post(
        8 * HOUR,
        "otis",
        "",
        "Herbert has discovered the heater of the library. We may have to return him late.",
        &["mina", "bea", "wren", "lena"],
    ),
    post(
        6 * HOUR,
        "wren",
        "",
        "3b asks whether the moon “goes home” when we cannot see it. @lena, we need an expert.",
        &["ann", "pavel"],
    ),
    Post {
        picture: Some((
            Picture::BowlOnTheSill,
            "A blue bowl full of tomatoes on a window sill, hills behind the glass",
        )),
        boosts: &["bea"],
        ..post(
            3 * HOUR + 10,
            "joao",
            "soup",
            "The last tomatoes of the year. Soup for everybody who comes by before seven. #garden",
            &["ann", "mina", "tom", "pavel", "kaz"],
        )
    },
    reply(
        2 * HOUR + 30,
        "ann",
        "",
        "soup",
        "@joao Save me a bowl, I bring bread. Is half past six fine?",
        &["joao", "bea"],
    ),
    reply(
        2 * HOUR,
        "lena",
        "",
        "soup",
        "@joao Night shift, so keep one for breakfast?",
        &["joao"],
    ),
    post(
        95,
        "pavel",
        "",
        "A small history, part three: number 14 had a soup kitchen on its roof in 1922. João does not know this yet. #lanehistory",
        &["ann", "mina"],
    ),
    post(
        48,
        "tom",
        "",
        "The lonely wheel and the cellar bicycle have met. They are riding to the soup together. #bicycles",
        &["mina", "ann", "ines"],
    ),
    post(
        22,
        "bea",
        "",
        "Two rye left. Whoever brings them to the roof gets the end piece.",
        &["joao"],
    ),
    post(
        7,
        "mina",
        "",
        "Walking over with nine people, four cups and one cat. Herbert says he was invited. #reading",
        &["otis", "joao"],
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::demo::people::PEOPLE;

    #[test]
    fn everybody_named_lives_here_and_answers_follow_what_they_answer() {
        let lives = |name: &str| PEOPLE.iter().any(|p| p.name == name);
        let mut keys: Vec<&str> = Vec::new();
        let mut last = i64::MAX;
        for post in POSTS {
            assert!(post.ago < last, "{} is out of order", post.text);
            last = post.ago;
            assert!(lives(post.by), "{}", post.by);
            for name in post.boosts.iter().chain(post.favourites) {
                assert!(lives(name) && *name != post.by, "{name}: {}", post.text);
            }
            assert!(
                post.answers.is_empty() || keys.contains(&post.answers),
                "{}",
                post.answers
            );
            if !post.key.is_empty() {
                assert!(!keys.contains(&post.key), "{} twice", post.key);
                keys.push(post.key);
            }
        }
        assert!(POSTS.len() >= 60, "{}", POSTS.len());
    }
}
