//! How alike two texts are, without keeping the texts: MinHash.
//!
//! A text is the set of its runs of five letters, whatever the case, the marks and the spaces.
//! Of that set 64 values are kept; as many of them are equal in two texts as the sets have in
//! common. Bands of four values find texts that may be alike without comparing all with all.

use std::collections::HashSet;

/// Values of one text.
pub const VALUES: usize = 64;
/// Values in one band.
const BAND: usize = 4;
/// Bands of one text.
pub const BANDS: usize = VALUES / BAND;
/// Letters in one run.
const RUN: usize = 5;
/// Texts with fewer letters say nothing.
const SHORTEST: usize = 12;
/// Letters that are looked at; the rest of a longer text is left out.
const LONGEST: usize = 25_000;

/// The values of a text, in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MinHash([u32; VALUES]);

impl MinHash {
    /// Of a text; `None` where it has fewer than 12 letters.
    pub fn of(text: &str) -> Option<MinHash> {
        let letters: Vec<char> = letters(text).take(LONGEST).collect();
        if letters.len() < SHORTEST {
            return None;
        }
        let runs: HashSet<u64> = letters
            .windows(RUN)
            .map(|run| hash(run.iter().flat_map(|c| u32::from(*c).to_le_bytes())))
            .collect();
        let mut least = [u32::MAX; VALUES];
        for run in runs {
            for (at, value) in least.iter_mut().enumerate() {
                // The upper half of a mix with a number of its own for each value.
                let mixed = mix(run ^ mix(at as u64 + 1));
                *value = (*value).min((mixed >> 32) as u32);
            }
        }
        Some(MinHash(least))
    }

    /// What [`MinHash::bytes`] gave.
    pub fn from_bytes(bytes: &[u8]) -> Option<MinHash> {
        let mut values = [0; VALUES];
        if bytes.len() != VALUES * 4 {
            return None;
        }
        for (value, four) in values.iter_mut().zip(bytes.chunks_exact(4)) {
            *value = u32::from_be_bytes(four.try_into().ok()?);
        }
        Some(MinHash(values))
    }

    /// 256 bytes, to be kept.
    pub fn bytes(&self) -> Vec<u8> {
        self.0
            .iter()
            .flat_map(|value| value.to_be_bytes())
            .collect()
    }

    /// One number for each band: two texts that share one may be alike.
    pub fn bands(&self) -> [i64; BANDS] {
        let mut bands = [0; BANDS];
        for (at, (band, values)) in bands.iter_mut().zip(self.0.chunks_exact(BAND)).enumerate() {
            let bytes = values.iter().flat_map(|value| value.to_be_bytes());
            *band = hash(bytes.chain([at as u8])).cast_signed();
        }
        bands
    }

    /// How much two texts have in common, from 0 to 1.
    pub fn likeness(&self, other: &MinHash) -> f64 {
        let equal = self.0.iter().zip(&other.0).filter(|(a, b)| a == b).count();
        equal as f64 / VALUES as f64
    }
}

/// A number for the very words of a text, case, marks and spaces aside; `None` where it has
/// fewer than 12 letters: many say "yes".
pub fn words(text: &str) -> Option<i64> {
    let letters: Vec<char> = letters(text).take(LONGEST).collect();
    let bytes = letters.iter().flat_map(|c| u32::from(*c).to_le_bytes());
    (letters.len() >= SHORTEST).then(|| hash(bytes).cast_signed())
}

fn letters(text: &str) -> impl Iterator<Item = char> {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
}

/// FNV-1a of 64 bits, mixed: the same on every machine and in every release.
fn hash(bytes: impl Iterator<Item = u8>) -> u64 {
    mix(bytes.fold(0xcbf2_9ce4_8422_2325, |sum, byte| {
        (sum ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    }))
}

/// Spreads a number over all 64 bits (the finaliser of SplitMix64).
fn mix(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(text: &str) -> MinHash {
        MinHash::of(text).expect("long enough")
    }

    const STORY: &str = "I have kept bees for ten years and would like to talk about them with \
                         people who keep bees, too. Friends told me that this is a calm place.";

    #[test]
    fn what_is_alike_is_found_and_what_is_not_is_not() {
        let same = of(&STORY.to_uppercase().replace(' ', "  - "));
        assert_eq!(of(STORY).likeness(&same), 1.0, "case, marks, spaces aside");
        let nearly = of(&STORY.replace("ten years", "four summers"));
        assert!(of(STORY).likeness(&nearly) > 0.6);
        assert!(of(STORY).bands().iter().any(|b| nearly.bands().contains(b)));
        let other = of("Writer from the north, mostly trains and the weather, sometimes bread.");
        assert!(of(STORY).likeness(&other) < 0.2);
        assert_eq!(MinHash::of("Yes, please"), None);
        assert_eq!(
            words("Because of the porch"),
            words("because of THE porch!")
        );
        assert_ne!(words("Because of the porch"), words("Because of a porch"));
    }

    #[test]
    fn values_never_change_from_release_to_release() {
        // They are kept for months.
        assert_eq!(words("Because of the porch"), Some(WORDS));
        assert_eq!(of(STORY).0[..2], FIRST);
    }

    const WORDS: i64 = 3_590_709_636_870_868_247;
    const FIRST: [u32; 2] = [8_415_544, 42_681_011];

    proptest! {
        #[test]
        fn likeness_is_symmetric_and_survives_being_kept(a in ".{0,200}", b in ".{0,200}") {
            let (a, b) = (MinHash::of(&a), MinHash::of(&b));
            if let (Some(a), Some(b)) = (a, b) {
                let likeness = a.likeness(&b);
                prop_assert_eq!(likeness, b.likeness(&a));
                prop_assert!((0.0..=1.0).contains(&likeness));
                prop_assert_eq!(MinHash::from_bytes(&a.bytes()), Some(a.clone()));
                prop_assert_eq!(a.likeness(&a), 1.0);
            }
        }

        #[test]
        fn the_estimate_is_near_the_truth(a in "[a-z]{60,200}", cut in 0usize..60) {
            // What two texts have in common, counted and estimated.
            let b = format!("{}{}", &a[..a.len() - cut], "q".repeat(cut));
            let runs = |t: &str| t.as_bytes().windows(RUN).map(<[u8]>::to_vec).collect::<HashSet<_>>();
            let (x, y) = (runs(&a), runs(&b));
            let truth = x.intersection(&y).count() as f64 / x.union(&y).count() as f64;
            let estimate = of(&a).likeness(&of(&b));
            prop_assert!((truth - estimate).abs() < 0.3, "{} and {}", truth, estimate);
        }
    }
}
