//! Home in pages: full where it can be, whatever is left out.

use crate::support::api::id;
use crate::support::browser::Page;
use crate::support::place::run;

/// The posts of a page, from the top.
fn posts(page: &Page) -> Vec<String> {
    let articles = page.all("article");
    let ids = articles
        .iter()
        .filter_map(|a| a.get("id").strip_prefix('s').map(str::to_owned));
    ids.collect()
}

fn way(page: &Page, name: &str) -> Option<String> {
    let links = page.all("a");
    let link = links.iter().find(|a| a.get("href").contains(name));
    link.map(|a| a.get("href").to_owned())
}

#[test]
fn what_is_left_out_of_home_does_not_shorten_its_pages() {
    run(async |place| {
        let (ann, ben) = (place.member("ann").await, place.member("ben").await);
        let dan = place.member("dan").await;
        ben.follow(&ann).await;
        ben.follow(&dan).await;
        let mut left = Vec::new();
        for n in 0..24 {
            left.insert(0, id(&ann.api.toot(&format!("Stays {n}")).await));
            dan.api.toot(&format!("Goes {n}")).await;
        }
        place.settle().await;
        let browser = place.signed_in(&ben).await;
        // Read before, so that the feed has them all.
        assert_eq!(posts(&browser.open("/home").await).len(), 20);
        ben.api.act(&format!("{}/mute", dan.path())).await.ok();
        place.settle().await;

        let first = browser.open("/home").await;
        assert_eq!(posts(&first), left[..20]);
        let older = way(&first, "max_id=").expect("there are older ones");
        let second = browser.open(&older).await;
        assert_eq!(posts(&second), left[20..]);
        assert_eq!(way(&second, "max_id="), None, "that was all");
        let newer = way(&second, "min_id=").expect("a way back");
        assert_eq!(posts(&browser.open(&newer).await), left[..20]);
    });
}
