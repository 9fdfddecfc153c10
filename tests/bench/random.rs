//! Numbers that are the same in each run.

/// SplitMix64: small, and good enough to strew data.
pub struct Random(u64);

impl Random {
    /// From a seed.
    pub fn new(seed: u64) -> Random {
        Random(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// One of 0 to `n - 1`.
    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    /// True in so many of a hundred cases.
    pub fn percent(&mut self, of: usize) -> bool {
        self.below(100) < of
    }

    /// So many words.
    pub fn words(&mut self, count: usize) -> String {
        let mut text = String::new();
        for n in 0..count {
            if n > 0 {
                text.push(' ');
            }
            text.push_str(WORDS[self.below(WORDS.len())]);
        }
        text
    }
}

const WORDS: &[&str] = &[
    "porch",
    "light",
    "evening",
    "rain",
    "garden",
    "kettle",
    "letter",
    "window",
    "river",
    "morning",
    "bread",
    "winter",
    "bicycle",
    "station",
    "piano",
    "neighbour",
    "street",
    "cat",
    "ladder",
    "orange",
    "quiet",
    "yellow",
    "early",
    "late",
    "again",
    "under",
    "beyond",
    "found",
    "lost",
    "mended",
    "painted",
    "walked",
    "heard",
    "the",
    "a",
    "of",
    "and",
    "with",
    "without",
    "before",
    "after",
    "some",
    "every",
    "old",
    "new",
    "small",
    "somewhere",
    "today",
];
