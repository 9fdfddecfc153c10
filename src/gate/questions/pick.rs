//! Which questions somebody is asked: those of everybody, and some of each pool.
//!
//! Pure. The pick is a keyed hash over network and day, so that loading the form again does
//! not shop for easier ones, and two neighbours may get different ones tomorrow.

use chrono::NaiveDate;
use ipnet::IpNet;
use serde_json::{Map, Value, json};

use crate::model::question::QuestionVersion;
use crate::secrets::keyed::Key;
use crate::store::questions::Asked;

/// `instance_settings.key`: how many of each pool are asked, `{"1": 2}`; one where it says
/// nothing.
pub const SETTING: &str = "registration.pools";
/// Pools there may be.
pub const POOLS: i16 = 3;

/// How many of a pool are asked.
pub fn size(sizes: Option<&Value>, pool: i16) -> usize {
    let size = sizes.and_then(|sizes| sizes.get(pool.to_string())?.as_u64());
    usize::try_from(size.unwrap_or(1)).unwrap_or(1)
}

/// The setting with another size of one pool.
pub fn with_size(sizes: Option<&Value>, pool: i16, size: usize) -> Value {
    let mut all = sizes
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_else(Map::new);
    all.insert(pool.to_string(), json!(size));
    Value::Object(all)
}

/// How many questions one form has.
pub fn count(all: &[Asked], sizes: Option<&Value>) -> usize {
    let everybody = all.iter().filter(|asked| asked.pool == 0).count();
    let of_pools = (1..=POOLS).map(|pool| {
        let there = all.iter().filter(|asked| asked.pool == pool).count();
        there.min(size(sizes, pool))
    });
    everybody + of_pools.sum::<usize>()
}

/// The questions for one form, in their order.
pub fn pick(
    all: Vec<Asked>,
    sizes: Option<&Value>,
    key: &Key,
    network: Option<IpNet>,
    day: NaiveDate,
) -> Vec<QuestionVersion> {
    let network = network.map(|net| net.to_string()).unwrap_or_default();
    let day = day.to_string();
    let draw = |question: i64| {
        key.mac(&[
            b"question pool",
            network.as_bytes(),
            day.as_bytes(),
            &question.to_be_bytes(),
        ])
    };
    let mut picked: Vec<i64> = Vec::new();
    for pool in 1..=POOLS {
        let mut there: Vec<i64> = all
            .iter()
            .filter(|asked| asked.pool == pool)
            .map(|asked| asked.version.question_id)
            .collect();
        there.sort_by_key(|question| draw(*question));
        there.truncate(size(sizes, pool));
        picked.extend(there);
    }
    all.into_iter()
        .filter(|asked| asked.pool == 0 || picked.contains(&asked.version.question_id))
        .map(|asked| asked.version)
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::question::QuestionKind;
    use crate::secrets::keyed::{Master, Purpose};

    fn asked(pools: &[i16]) -> Vec<Asked> {
        pools
            .iter()
            .enumerate()
            .map(|(index, pool)| Asked {
                version: QuestionVersion {
                    id: 100 + index as i64,
                    question_id: index as i64,
                    version: 1,
                    kind: QuestionKind::Short,
                    labels: json!({}),
                    helps: json!({}),
                    choices: json!([]),
                    required: true,
                    max_length: 100,
                },
                pool: *pool,
            })
            .collect()
    }

    fn key() -> Key {
        Master::from_bytes(&[7; 32]).unwrap().key(Purpose::Form)
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn loading_the_form_again_does_not_shop_for_easier_questions() {
        let all = asked(&[0, 1, 1, 1, 1, 2, 2]);
        let sizes = json!({"1": 2});
        let net: IpNet = "192.0.2.7/32".parse().unwrap();
        let first = pick(
            all.clone(),
            Some(&sizes),
            &key(),
            Some(net),
            day("2026-11-22"),
        );
        let again = pick(
            all.clone(),
            Some(&sizes),
            &key(),
            Some(net),
            day("2026-11-22"),
        );
        assert_eq!(first, again);
        assert_eq!(first.len(), 4, "one of all, two of four, one of two");
        assert_eq!(count(&all, Some(&sizes)), 4);
        assert_eq!(first[0].question_id, 0);
        // Over some days, and for some networks, every question of a pool comes up.
        let mut seen = std::collections::BTreeSet::new();
        for date in day("2026-11-01").iter_days().take(60) {
            let form = pick(all.clone(), Some(&sizes), &key(), Some(net), date);
            seen.extend(form.iter().map(|q| q.question_id));
        }
        assert_eq!(seen.len(), 7, "{seen:?}");
    }

    proptest! {
        #[test]
        fn a_form_has_as_many_as_were_counted(pools in proptest::collection::vec(0..4i16, 0..20), one in 0..6usize, two in 0..6usize, net in any::<u32>()) {
            let all = asked(&pools);
            let sizes = with_size(Some(&with_size(None, 1, one)), 2, two);
            let net = IpNet::from(std::net::IpAddr::from(net.to_be_bytes()));
            let form = pick(all.clone(), Some(&sizes), &key(), Some(net), day("2026-11-22"));
            prop_assert_eq!(form.len(), count(&all, Some(&sizes)));
            prop_assert!(form.windows(2).all(|two| two[0].question_id < two[1].question_id), "in order");
        }
    }
}
