//! The gaps: what an assessor would ask about although, or because, the verdicts are what they are. Each rule is a pure
//! function; the page lists what they found.

mod rules;
#[cfg(test)]
mod rules_tests;

use std::sync::Arc;

use crate::app::surroundings::Surroundings;
use crate::app::{App, Error};
use crate::base::UnixMillis;
use crate::report::view::{GapGroup, GapsPage};

impl App {
    /// The gaps page.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn gaps_page(&self, as_of: Option<UnixMillis>) -> Result<Arc<GapsPage>, Error> {
        let moment = self.moment(as_of).await?;
        if let Some(known) = self.gap_pages.get(&moment) {
            return Ok(known);
        }
        let surroundings = self.surroundings(&moment).await?;
        let groups = self.gap_groups(&surroundings);
        let at = surroundings.standing.as_ref().map(|s| s.evaluation.at);
        Ok(self.gap_pages.put(moment, GapsPage::build(groups, at)))
    }

    /// Every rule with what it found.
    pub(super) fn gap_groups(&self, surroundings: &Surroundings) -> Vec<GapGroup> {
        let Some(standing) = &surroundings.standing else { return Vec::new() };
        let facts = rules::Facts {
            catalog: &self.catalog,
            standing,
            around: surroundings,
            feed_max_age_hours: self.config.advisories.max_age_hours,
        };
        rules::RULES.iter().map(|rule| GapGroup::new(rule.title, rule.why, (rule.find)(&facts))).collect()
    }
}
