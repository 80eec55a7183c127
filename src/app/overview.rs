//! Gathers the overview: what needs somebody, what got worse, how each framework stands, what falls due.

mod attention;
mod due;

use std::sync::Arc;

use crate::app::changes::{Change, changes};
use crate::app::surroundings::{SourceState, Surroundings};
use crate::app::{App, Error};
use crate::base::UnixMillis;
use crate::controls::TestStatus;
use crate::report::view::{
    Chip, FrameworkBar, LedgerFacts, Links, PackLine, SourceLine, VendorRisk, When, WorseLine,
};
use crate::report::{Mark, Overview};
use crate::risk::Tier;
use crate::store::RunState;

/// Requirements that got worse a page names.
const MOST_WORSE: usize = 8;

impl App {
    /// The overview as it stands, or as of a past day. One statement while nothing happens.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn overview(&self, as_of: Option<UnixMillis>) -> Result<Arc<Overview>, Error> {
        let moment = self.moment(as_of).await?;
        if let Some(known) = self.overviews.get(&moment) {
            return Ok(known);
        }
        let around = self.surroundings(&moment).await?;
        let mut overview = self.overview_of(&around);
        if let Some((checkpoint, size)) = &around.ledger {
            let root = self.store.ledger_tree_head().await?.root.to_hex();
            overview.ledger = Some(LedgerFacts::new(*size, &root, checkpoint.at, &self.fingerprint()));
        }
        Ok(self.overviews.put(moment, overview))
    }

    fn overview_of(&self, around: &Surroundings) -> Overview {
        let now = around.standing.as_ref().map(|s| &s.evaluation);
        let before = around.week_before.as_ref().map(|s| &s.evaluation);
        let links = Links::at((!around.is_now).then_some(around.at));
        let mut overview = Overview::new(now.map(|e| e.at));
        overview.is_now = around.is_now;
        let mut found = Vec::new();
        if let Some(now) = now {
            found = before.map(|b| changes(&self.catalog, b, now)).unwrap_or_default();
            let bar = |f| FrameworkBar::new(f, now, before, links.framework(&f.id));
            overview.frameworks = self.catalog.frameworks.iter().map(bar).collect();
            (overview.strip, overview.due, overview.due_more) = due::of(&self.catalog, now, around.at);
        }
        let worse: Vec<&Change<'_>> = found.iter().filter(|c| c.is_worse()).collect();
        overview.worse = worse.iter().take(MOST_WORSE).map(|c| self.worse_line(c, around, &links)).collect();
        overview.worse_note = worse_note(worse.len(), found.len(), around);
        if around.is_now {
            overview.attention = attention::of(&self.catalog, around, &worse);
        }
        overview.sources = around.sources.iter().map(source_line).collect();
        overview.vendors = vendors(around);
        overview.packs = packs(around);
        overview
    }

    fn worse_line(&self, change: &Change<'_>, around: &Surroundings, links: &Links) -> WorseLine {
        let now = change.now;
        let title = self.catalog.framework(&now.framework).map_or(&now.framework, |f| &f.title);
        WorseLine {
            id: format!("{title} {}", now.id),
            title: change.title.to_owned(),
            href: links.control(&now.framework, &now.id),
            from: Chip::of_requirement(change.from),
            to: Chip::of_requirement(now.status),
            why: why(change, around),
        }
    }
}

/// The first failing item of the test that weighs heaviest, or what the verdict says.
fn why(change: &Change<'_>, around: &Surroundings) -> String {
    let results = around.standing.as_ref().map(|s| s.evaluation.results.as_slice()).unwrap_or_default();
    let own = results.iter().filter(|r| change.now.tests.contains(&r.test));
    let worst = own.filter(|r| r.status != TestStatus::Exception).min_by_key(|r| r.status);
    match worst.and_then(|r| r.failing.first()) {
        Some(item) => format!("{}: {}", item.subject, item.reason),
        None => worst.map_or_else(|| change.now.explanation.clone(), |r| r.explanation.clone()),
    }
}

fn worse_note(worse: usize, all: usize, around: &Surroundings) -> String {
    let Some(standing) = &around.standing else {
        return "Import evidence, then evaluate: changes are shown from the second evaluation on.".to_owned();
    };
    let Some(before) = &around.week_before else {
        let since = standing.evaluation.at.to_date();
        return format!("There is no evaluation from a week before {since} to compare with.");
    };
    let since = before.evaluation.at.to_date();
    let better = all - worse;
    match (worse, better) {
        (0, 0) => format!("Nothing changed since {since}."),
        (0, n) => format!("Nothing got worse since {since}; {n} got better."),
        (n, 0) => format!("{n} got worse since {since}, none got better."),
        (n, b) => format!("{n} got worse and {b} got better since {since}."),
    }
}

fn source_line(source: &SourceState) -> SourceLine {
    let state = source.run.as_ref().map(|r| r.state);
    let (mark, word) = match state {
        _ if !source.row.enabled => (Mark::NotApplicable, "Switched off"),
        Some(RunState::Done) => (Mark::Met, "Done"),
        Some(RunState::Failed) => (Mark::NotMet, "Failed"),
        Some(RunState::Abandoned) => (Mark::Attention, "Abandoned"),
        Some(RunState::Ready | RunState::Running) => (Mark::Unknown, "Running"),
        None => (Mark::Unknown, "Never ran"),
    };
    let detail = source.run.as_ref().map_or_else(String::new, |run| {
        let problem = run.detail.lines().next().unwrap_or_default();
        let counts =
            format!("{} new, {} seen before, {} unreadable", run.accepted, run.duplicates, run.quarantined);
        if problem.is_empty() { counts } else { problem.to_owned() }
    });
    SourceLine {
        name: source.row.name.clone(),
        href: format!("/sources/{}", source.row.id),
        class: mark.class(),
        word: word.to_owned(),
        last: When::past_or(source.run.as_ref().and_then(|r| r.finished_at), "never"),
        next: source
            .schedule
            .as_ref()
            .map_or_else(|| When::missing("no schedule"), |s| When::future(s.next_at)),
        detail,
    }
}

fn vendors(around: &Surroundings) -> Vec<VendorRisk> {
    let at_risk = |tier: Tier| match tier {
        Tier::Critical | Tier::High => true,
        Tier::Medium | Tier::Low => false,
    };
    let mut worst: Vec<_> = around.vendors.iter().filter(|v| at_risk(v.score.tier)).collect();
    worst.sort_by(|a, b| b.score.residual.get().total_cmp(&a.score.residual.get()));
    let risk = |v: &&crate::app::ScoreLine| VendorRisk {
        name: v.facts.name.clone(),
        href: Links::vendor(&v.facts.key),
        tier: v.score.tier.as_str().to_owned(),
        residual: format!("{:.0}", v.score.residual.get()),
        why: v.score.floors_applied.first().map_or_else(String::new, |f| f.reason.clone()),
    };
    worst.iter().take(5).map(risk).collect()
}

fn packs(around: &Surroundings) -> Vec<PackLine> {
    let line = |p: &crate::store::PackRow| PackLine {
        name: format!("Pack {}", p.number),
        href: format!("/packs/{}", p.number),
        detail: format!("{} · {} items, {} gaps", p.frameworks.join(", "), p.items, p.gaps),
        when: When::past(p.made_at),
    };
    around.packs.iter().map(line).collect()
}
