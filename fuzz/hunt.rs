//! One hunt: the target that `PORCHLIGHT_FUZZ` names, driven by libFuzzer.

#![no_main]

use std::sync::LazyLock;

#[path = "../tests/fuzz/targets.rs"]
mod targets;

static TARGET: LazyLock<targets::Target> = LazyLock::new(|| {
    let name = std::env::var("PORCHLIGHT_FUZZ").unwrap_or_default();
    let found = targets::TARGETS.iter().find(|(known, _)| *known == name);
    found.unwrap_or_else(|| panic!("PORCHLIGHT_FUZZ names no target: {name:?}")).1
});

libfuzzer_sys::fuzz_target!(|data: &[u8]| TARGET(data));
