//! Advisory feeds that are partial, old, or never came.

use std::collections::BTreeMap;

use super::{Facts, item};
use crate::app::feeds::ranks_only;
use crate::collect::{ADVISORY_FEED, FeedSettings};
use crate::controls::{ControlTest, Feed};
use crate::report::view::{GapItem, Links};
use crate::store::FeedRow;

/// Feeds whose silence proves nothing.
pub(super) fn weak(facts: &Facts<'_>) -> Vec<GapItem> {
    let needs = |t: &&ControlTest| t.evidence.as_ref().is_some_and(|e| e.feed == Feed::Current);
    let tests = facts.catalog.tests.iter().filter(needs).count();
    if tests == 0 {
        return Vec::new();
    }
    let rely = format!("{tests} tests rely on it");
    let followed = followed(facts);
    let feeds = &facts.around.feeds;
    let mut found: Vec<GapItem> = Vec::new();
    for feed in feeds {
        let Some(why) = weakness(facts, feed) else { continue };
        let matters = if ranks_only(&feed.key) { "urgency is ranked by it" } else { rely.as_str() };
        found.push(item(&feed.key, format!("{why}; {matters}"), action(followed.get(feed.key.as_str()))));
    }
    for (key, source) in followed.iter().filter(|(key, _)| !feeds.iter().any(|f| f.key == ***key)) {
        let matters = if ranks_only(key) { "urgency is ranked by it" } else { rely.as_str() };
        found.push(item(key, format!("was never fetched; {matters}"), action(Some(source))));
    }
    if feeds.is_empty() && followed.is_empty() {
        found.push(item("No advisory feed", rely, action(None)));
    }
    found
}

/// Feeds that an enabled source follows, with the source's id.
fn followed(facts: &Facts<'_>) -> BTreeMap<String, String> {
    let sources = facts.around.sources.iter().map(|s| &s.row);
    let feeds = sources.filter(|row| row.enabled && row.source_type == ADVISORY_FEED);
    feeds.filter_map(|row| Some((FeedSettings::read(&row.config).ok()?.feed, row.id.clone()))).collect()
}

fn weakness(facts: &Facts<'_>, feed: &FeedRow) -> Option<String> {
    let limit = i64::from(facts.feed_max_age_hours) * 3_600_000;
    match (feed.whole, facts.around.at.since(feed.last_updated) > limit) {
        (true, false) => None,
        (false, false) => Some("holds single records, not a whole database".to_owned()),
        (_, true) => Some(format!("is from {}", feed.last_updated.to_display())),
    }
}

fn action(source: Option<&String>) -> (&'static str, String) {
    match source {
        Some(id) => ("Open source", format!("/sources/{id}")),
        None => ("Import advisories", Links::upload("", "advisories")),
    }
}
