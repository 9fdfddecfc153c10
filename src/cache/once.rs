//! What may happen once: remembered for a while, in Redis alone. Callers must have another
//! guard, since Redis may forget.

use chrono::TimeDelta;

use super::Cache;

/// Remembers that `name` happened.
pub async fn spend(cache: &Cache, name: &str, keep: TimeDelta) {
    let mut pipe = redis::pipe();
    pipe.set_ex(
        cache.key(&format!("once:{name}")),
        1,
        u64::try_from(keep.num_seconds()).unwrap_or(1).max(1),
    )
    .ignore();
    let _: Option<()> = cache.run(&pipe).await;
}

/// Whether it happened, as far as Redis remembers.
pub async fn was_spent(cache: &Cache, name: &str) -> bool {
    let mut pipe = redis::pipe();
    pipe.exists(cache.key(&format!("once:{name}")));
    cache
        .run::<(bool,)>(&pipe)
        .await
        .is_some_and(|(there,)| there)
}
