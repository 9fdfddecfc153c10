//! What may happen once: remembered for a while, in Redis alone. Callers must have another
//! guard, since Redis may forget.

use chrono::TimeDelta;

use super::Cache;

/// Lets `name` happen once: `false` when it has. `None` while Redis is away.
pub async fn claim(cache: &Cache, name: &str, keep: TimeDelta) -> Option<bool> {
    let seconds = keep.num_seconds().max(1);
    let mut pipe = redis::pipe();
    pipe.cmd("SET")
        .arg(cache.key(&format!("once:{name}")))
        .arg(1)
        .arg("NX")
        .arg("EX")
        .arg(seconds);
    let answer: Option<(Option<String>,)> = cache.run(&pipe).await;
    answer.map(|(set,)| set.is_some())
}

/// Takes [`claim`] back: nothing came of it.
pub async fn release(cache: &Cache, name: &str) {
    let mut pipe = redis::pipe();
    pipe.del(cache.key(&format!("once:{name}"))).ignore();
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
