//! The collected inputs of the fuzz targets: what once broke a promise, and what leads a hunt
//! to the corners (`bin/bench fuzz` hunts).

use std::panic::catch_unwind;
use std::path::Path;
use std::time::{Duration, Instant};

#[path = "../fuzz/targets.rs"]
mod targets;

/// A target that takes longer for one input is not linear, even unoptimised.
const PATIENCE: Duration = Duration::from_secs(5);

#[test]
fn whatever_strangers_send_the_promises_hold() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/corpus");
    for (name, target) in targets::TARGETS {
        let folder = corpus.join(name);
        let files = std::fs::read_dir(&folder).unwrap_or_else(|e| panic!("{folder:?}: {e}"));
        let mut count = 0;
        for file in files {
            let file = file.expect("an entry").path();
            let data = std::fs::read(&file).expect("a readable input");
            let began = Instant::now();
            let held = catch_unwind(|| target(&data));
            assert!(held.is_ok(), "{} breaks {name}", file.display());
            assert!(began.elapsed() < PATIENCE, "{} takes long", file.display());
            count += 1;
        }
        assert!(count > 0, "{name} has no inputs");
    }
}

#[test]
fn a_megabyte_of_anything_is_done_in_time() {
    for (name, target) in targets::TARGETS {
        for part in [
            "<",
            "[",
            "{\"a\":",
            "\"",
            "&",
            "=",
            "a[",
            "<p>",
            "<a href=\"https://a.example\">",
            "</",
            "@a@b.c ",
            "#a",
            "(",
            ",",
            "\\",
            "\u{202e}",
            "https://a.example/ ",
        ] {
            let data = part.repeat(1_000_000 / part.len());
            let began = Instant::now();
            target(data.as_bytes());
            assert!(
                began.elapsed() < 4 * PATIENCE,
                "{name}: {part:?} took {:?}",
                began.elapsed()
            );
        }
    }
}
