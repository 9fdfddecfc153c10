//! Threads that keep connections of their own.
//!
//! A connection is driven by a task of the runtime that opened it. On another thread's
//! runtime, each answer costs two more wake-ups of a sleeping thread, which is more than
//! Postgres needs for the statement. So each thread that serves requests opens its own; all
//! others share those of the main runtime.

use std::cell::{Cell, RefCell};
use std::sync::atomic::{AtomicUsize, Ordering};

thread_local! {
    static THREADS: Cell<usize> = const { Cell::new(0) };
}

/// Says that this thread serves requests until its runtime ends, and is one of `threads`.
pub fn serve_here(threads: usize) {
    THREADS.set(threads.max(1));
}

/// Of how many threads that serve requests this is one; `None` for all others.
pub fn serving() -> Option<usize> {
    Some(THREADS.get()).filter(|threads| *threads > 0)
}

/// Names what a thread may have one of.
pub fn fresh_name() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// What this thread has made so far, by name; a handful.
pub type Own<T> = RefCell<Vec<(usize, T)>>;

/// This thread's own, made at first use.
///
/// # Errors
/// What `make` says.
pub fn own<T: Clone, E>(
    own: &Own<T>,
    name: usize,
    make: impl FnOnce() -> Result<T, E>,
) -> Result<T, E> {
    let found = own
        .borrow()
        .iter()
        .find(|(other, _)| *other == name)
        .map(|(_, value)| value.clone());
    match found {
        Some(value) => Ok(value),
        None => {
            let value = make()?;
            own.borrow_mut().push((name, value.clone()));
            Ok(value)
        }
    }
}
