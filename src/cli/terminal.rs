//! The only writer to the terminal.

use std::io::Write;

/// Prints one line for people or scripts to read.
pub fn say(line: impl AsRef<str>) {
    let mut out = std::io::stdout().lock();
    // Nobody reads any more: that is no reason to fail.
    let _ = writeln!(out, "{}", line.as_ref());
}

/// Prints what went wrong. Causes follow their sentence after a colon.
pub fn complain(error: &anyhow::Error) {
    let mut out = std::io::stderr().lock();
    let _ = writeln!(out, "porchlight: {error:#}");
}
