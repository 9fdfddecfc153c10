//! Collections and their pages.
// Fields are in ActivityStreams' words.
#![allow(missing_docs)]

use serde::Serialize;

/// A collection: how many, and where its pages begin; or, when it is short, all of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Collection<T> {
    pub id: String,
    #[serde(rename = "type")]
    pub kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_items: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ordered_items: Option<Vec<T>>,
}

/// One page of a collection.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Page<T> {
    pub id: String,
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub part_of: String,
    /// Further on; `None` on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// Of pages in order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ordered_items: Option<Vec<T>>,
    /// Of pages in no order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub items: Option<Vec<T>>,
}

/// Only how many there are.
pub fn total(id: String, count: i64) -> Collection<String> {
    Collection {
        id,
        kind: "OrderedCollection",
        total_items: Some(count),
        first: None,
        ordered_items: None,
    }
}

/// How many there are, in pages from `first` on.
pub fn paged(id: String, count: i64, first: String) -> Collection<String> {
    Collection {
        first: Some(first),
        ..total(id, count)
    }
}

/// All of it.
pub fn whole<T>(id: String, items: Vec<T>) -> Collection<T> {
    Collection {
        id,
        kind: "OrderedCollection",
        total_items: Some(items.len() as i64),
        first: None,
        ordered_items: Some(items),
    }
}

/// Pages without order; how many there are is not told.
pub fn unordered(id: String, first: String) -> Collection<String> {
    Collection {
        id,
        kind: "Collection",
        total_items: None,
        first: Some(first),
        ordered_items: None,
    }
}

/// A page of an ordered collection.
pub fn page<T>(id: String, part_of: String, next: Option<String>, items: Vec<T>) -> Page<T> {
    Page {
        id,
        kind: "OrderedCollectionPage",
        part_of,
        next,
        ordered_items: Some(items),
        items: None,
    }
}

/// A page of a collection without order.
pub fn unordered_page<T>(
    id: String,
    part_of: String,
    next: Option<String>,
    items: Vec<T>,
) -> Page<T> {
    Page {
        id,
        kind: "CollectionPage",
        part_of,
        next,
        ordered_items: None,
        items: Some(items),
    }
}
