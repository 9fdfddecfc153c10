//! How the program is linked.

#[expect(
    clippy::disallowed_methods,
    reason = "cargo tells a build script so what it builds for"
)]
fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // 110,000 places in the program hold an address, and are put right at its start. Packed, the
    // list of them takes 60 kB rather than 2.5 MB, which stay in memory for as long as it runs.
    // An old linker says that it does not know the word, and goes on without.
    if std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "linux")
        && std::env::var("CARGO_CFG_TARGET_ENV").is_ok_and(|env| env == "gnu")
    {
        println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
}
