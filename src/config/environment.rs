//! The only reader of environment variables.

use std::{collections::BTreeMap, path::PathBuf};

/// The variable that names the configuration file.
pub const CONFIG_FILE: &str = "PORCHLIGHT_CONFIG";

/// All environment variables of this process. Those that are not UTF-8 are left out: no
/// setting can be one.
pub fn variables() -> BTreeMap<String, String> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

/// The folders in which programs are looked for (`PATH`), in order.
pub fn search_path() -> Vec<PathBuf> {
    std::env::var_os("PATH").map_or_else(Vec::new, |path| std::env::split_paths(&path).collect())
}

/// Whether `SSL_CERT_FILE` names authorities for TLS. What reads the file is the TLS library.
pub fn has_authorities() -> bool {
    std::env::var_os("SSL_CERT_FILE").is_some_and(|file| !file.is_empty())
}
