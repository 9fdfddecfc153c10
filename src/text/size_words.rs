//! Sizes in words.

/// `812 bytes`, `4.2 MB`, `5.0 GB`: by thousands, as disks are sold and settings are read. What is
/// negative counts as nothing.
pub fn bytes(bytes: i64) -> String {
    let bytes = bytes.max(0);
    if bytes < 1_000 {
        return format!("{bytes} bytes");
    }
    let mut size = bytes as f64;
    let mut unit = "";
    for next in ["kB", "MB", "GB", "TB", "PB"] {
        unit = next;
        size /= 1_000.0;
        // 999.96 would be written 1000.0.
        if size < 999.95 {
            break;
        }
    }
    format!("{size:.1} {unit}")
}

#[cfg(test)]
mod tests {
    use super::bytes;

    #[test]
    fn sizes_are_short() {
        for (size, words) in [
            (-1, "0 bytes"),
            (0, "0 bytes"),
            (999, "999 bytes"),
            (1_000, "1.0 kB"),
            (999_960, "1.0 MB"),
            (5_368_709_120, "5.4 GB"),
            (i64::MAX, "9223.4 PB"),
        ] {
            assert_eq!(bytes(size), words, "{size}");
        }
    }
}
