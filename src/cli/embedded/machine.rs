//! How large this machine is.

use std::fs;

/// What is assumed where the kernel does not say.
const ASSUMED_MEMORY: u64 = 1 << 30;

/// Memory in bytes: the machine's, or the limit of our control group where that is lower.
pub fn memory() -> u64 {
    let machine = fs::read_to_string("/proc/meminfo")
        .ok()
        .and_then(|text| total(&text));
    let group = fs::read_to_string("/sys/fs/cgroup/memory.max").ok();
    let group = group.and_then(|text| text.trim().parse::<u64>().ok());
    machine
        .unwrap_or(ASSUMED_MEMORY)
        .min(group.unwrap_or(u64::MAX))
}

fn total(meminfo: &str) -> Option<u64> {
    let line = meminfo
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kilobytes: u64 = line.trim().strip_suffix(" kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}

#[cfg(test)]
mod tests {
    #[test]
    fn reads_the_total() {
        assert_eq!(
            super::total("MemFree: 1 kB\nMemTotal:      512000 kB\n"),
            Some(524_288_000)
        );
        assert_eq!(super::total("nothing"), None);
        assert!(super::memory() > 1 << 20);
    }
}
