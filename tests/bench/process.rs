//! What the kernel says of processes.

use std::fs;
use std::time::Duration;

use anyhow::{Context, Result};

/// Memory of a process in bytes.
#[derive(Debug, Clone, Copy)]
pub struct Memory {
    /// Now.
    pub resident: u64,
    /// The most it ever was.
    pub peak: u64,
}

/// Reads the memory of a process.
pub fn memory(pid: i32) -> Result<Memory> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let field = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let kilobytes = line.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok());
        kilobytes
            .map(|kb| kb * 1024)
            .with_context(|| format!("no {name} of process {pid}"))
    };
    Ok(Memory {
        resident: field("VmRSS:")?,
        peak: field("VmHWM:")?,
    })
}

/// The time that all threads of a process spent on a core so far, to the nanosecond. (The
/// ticks of `/proc/PID/stat` are too coarse for one post.)
pub fn cpu(pid: i32) -> Result<Duration> {
    let mut sum = 0;
    for thread in fs::read_dir(format!("/proc/{pid}/task"))? {
        // A thread may end while we look.
        let Ok(text) = fs::read_to_string(thread?.path().join("schedstat")) else {
            continue;
        };
        sum += text
            .split_whitespace()
            .next()
            .and_then(|n| n.parse::<u64>().ok())
            .unwrap_or(0);
    }
    Ok(Duration::from_nanos(sum))
}

/// The same of a process and its children.
pub fn cpu_with_children(pid: i32) -> Result<Duration> {
    let mut sum = cpu(pid)?;
    let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children"))?;
    for child in children
        .split_whitespace()
        .filter_map(|child| child.parse().ok())
    {
        sum += cpu(child).unwrap_or_default();
    }
    Ok(sum)
}
