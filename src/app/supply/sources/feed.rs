//! How current the feed of a source is.

use crate::app::supply::words::{chip, counted};
use crate::app::{App, Error, FeedState, FeedStatus};
use crate::collect::FeedSettings;
use crate::report::Mark;
use crate::report::table::Cell;
use crate::report::view::supply::{Pair, Section};

impl App {
    /// The feed of that key, when it was taken in or is declared.
    pub(super) async fn feed_of(&self, key: &str) -> Result<Option<FeedStatus>, Error> {
        Ok(self.feed_statuses().await?.into_iter().find(|feed| feed.feed == key))
    }
}

/// The feed on its source's page.
pub(super) fn section(settings: &FeedSettings, status: Option<&FeedStatus>) -> Section {
    let mut pairs = vec![Pair::text("Feed", settings.feed.clone())];
    if let Some(feed) = status {
        let revision = feed.revision.map(|digest| digest.to_hex());
        pairs.extend([
            Pair::new("State", &state(feed.state)),
            Pair::new("As of", &Cell::time_or(feed.updated_at, "never fetched")),
            Pair::text("Records", counted(feed.records, "record", "records")),
            Pair::new("Last checked", &Cell::time_or(feed.checked_at, "never")),
            Pair::new("Last changed", &Cell::time_or(feed.revised_at, "never")),
            Pair::new("Revision", &revision.map_or_else(|| Cell::text_or(None, "none"), Cell::Code)),
            Pair::text("For verdicts", feed.meaning.clone()),
        ]);
    }
    Section::new("Feed").pairs(pairs)
}

fn state(state: FeedState) -> Cell {
    match state {
        FeedState::Current => chip(Mark::Met, "Whole and current"),
        FeedState::Stale => chip(Mark::Attention, "Stale"),
        FeedState::Partial => chip(Mark::Unknown, "Partial"),
        FeedState::Never => chip(Mark::Unknown, "Never fetched"),
    }
}
