//! The parts of a bill of materials' page.

use std::collections::HashMap;

use crate::app::supply::insight::{Hit, Insight};
use crate::app::supply::sboms::share;
use crate::app::supply::words::{chip, counted, encoded, link, missing, subject};
use crate::base::{DAY_MS, EvidenceId, Severity, UnixMillis};
use crate::evidence::advisory::Index;
use crate::report::Mark;
use crate::report::table::{Cell, CellView};
use crate::report::view::supply::{Grid, Pair, Section};
use crate::store::{EvidenceRow, FeedRow};

/// Advisories shown on the page; the list of components has the rest.
const MOST_HITS: usize = 100;
/// Licences shown.
const MOST_LICENCES: usize = 15;

/// What the advisories were asked under.
pub struct Judged<'a> {
    /// The feeds that say which package has which vulnerability.
    pub feeds: &'a [FeedRow],
    /// Older than this, what a feed does not say means nothing.
    pub max_age_hours: u32,
    /// Whether the asset is in scope; `None` when nobody declared it.
    pub in_scope: Option<bool>,
}

impl Judged<'_> {
    const fn is_stale(&self, feed: &FeedRow, now: UnixMillis) -> bool {
        now.since(feed.last_updated) > self.max_age_hours as i64 * DAY_MS / 24
    }
}

/// Whether versions of a package's ecosystem can be ordered.
pub fn can_judge(purl_key: &str) -> bool {
    let ecosystem = purl_key.strip_prefix("pkg:").and_then(|rest| rest.split('/').next());
    ecosystem.is_some_and(Index::can_judge)
}

/// The mark of a severity.
pub const fn severity_mark(severity: Severity) -> Mark {
    match severity {
        Severity::Critical | Severity::High => Mark::NotMet,
        Severity::Medium => Mark::Attention,
        Severity::Low | Severity::None => Mark::NotApplicable,
        Severity::Unknown => Mark::Unknown,
    }
}

/// The word of a severity.
pub const fn severity_word(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "Critical",
        Severity::High => "High",
        Severity::Medium => "Medium",
        Severity::Low => "Low",
        Severity::None => "None",
        Severity::Unknown => "Unknown",
    }
}

/// What the document is.
pub fn facts(row: &EvidenceRow, newest: UnixMillis) -> Section {
    let summary: serde_json::Value = serde_json::from_str(&row.summary).unwrap_or_default();
    let tool = summary.get("tool").and_then(|t| t.as_str()).map(str::to_owned);
    Section::new("Document").pairs(vec![
        Pair::new("File", &link(&row.file, format!("/evidence/{}", row.id))),
        Pair::new("About", &subject(&row.subject)),
        Pair::new("Made with", &Cell::text_or(tool, "the document does not say")),
        Pair::new("Made", &Cell::time_or(row.produced_at, "the document does not say")),
        Pair::new("Last seen", &Cell::Time(newest)),
        Pair::new("Completeness", &completeness(&row.completeness)),
        Pair::new("Signature", &chip(Mark::Unknown, "Not verified")),
        Pair::new("Status", &Cell::Text(row.status.clone())),
        Pair::new("Size", &Cell::Bytes(row.bytes)),
        Pair::new("SHA-256", &Cell::Code(row.sha256.to_hex())),
    ])
}

fn completeness(word: &str) -> Cell {
    match word {
        "proven" => chip(Mark::Met, "Proven by its collector"),
        "partial" => chip(Mark::Attention, "Partial"),
        "failed" => chip(Mark::NotMet, "Collection failed"),
        _ => chip(Mark::Unknown, "Nobody vouches for it"),
    }
}

/// Shares of components that can be identified at all.
pub fn quality(insight: &Insight) -> Section {
    let [version, purl, licence, supplier] = insight.with;
    let total = insight.components;
    let pair =
        |label: &str, part: u64| Pair::text(label, format!("{} ({part} of {total})", share(part, total)));
    Section::new("Quality").pairs(vec![
        pair("With a version", version),
        pair("With a package URL", purl),
        pair("With a licence", licence),
        pair("With a supplier", supplier),
    ])
}

/// How many components are under each licence.
pub fn licences(insight: &Insight, id: EvidenceId) -> Section {
    let mut grid = Grid::new("Components by licence", &["Licence", "#Components"]);
    for (licence, count) in insight.licences.iter().take(MOST_LICENCES) {
        let count = Cell::Number(i64::try_from(*count).unwrap_or(i64::MAX));
        if licence.is_empty() {
            grid.push(&[link("Not stated", format!("/sboms/{id}?has-licence=no")), count]);
        } else {
            let href = format!("/sboms/{id}?licence={}", encoded(licence));
            grid.push(&[link(licence.replace('\n', ", "), href), count]);
        }
    }
    let section = Section::new("Licences").grid(grid, "No components");
    let left = insight.licences.len().saturating_sub(MOST_LICENCES);
    if left == 0 {
        return section;
    }
    let more = Cell::Text(format!("and {}", counted(left as u64, "other licence", "other licences")));
    Section { more: Some(CellView::of(&more)), ..section }
}

/// What the advisories say, worst first.
pub fn vulnerabilities(insight: &Insight, since: &HashMap<String, i64>, id: EvidenceId) -> Section {
    let heads = ["Advisory", "Severity", "Component", "Fixed in", "Vulnerable here since", "Because"];
    let mut grid = Grid::new("Advisories that name a component", &heads);
    for hit in insight.hits.iter().take(MOST_HITS) {
        grid.push(&[
            Cell::Text(hit.advisory.clone()),
            if hit.certain {
                chip(severity_mark(hit.severity), severity_word(hit.severity))
            } else {
                chip(Mark::Unknown, "Cannot be told")
            },
            component(hit, id),
            if hit.fixed.is_empty() { missing("no fix is known") } else { Cell::List(hit.fixed.clone()) },
            known_since(hit, since),
            Cell::Text(hit.proof.clone()),
        ]);
    }
    let nothing = if insight.asked {
        "No advisory we hold names a component of this document at its version. What was not evaluated is said below."
    } else {
        "Not evaluated: no advisory was ever imported. Import an advisory database, then look again."
    };
    let section = Section::new("Vulnerabilities").grid(grid, nothing);
    if insight.hits.len() <= MOST_HITS {
        return section;
    }
    let all = format!("All {} are in the list of components", insight.hits.len());
    Section { more: Some(CellView::of(&link(all, format!("/sboms/{id}?vulnerable=yes")))), ..section }
}

fn component(hit: &Hit, id: EvidenceId) -> Cell {
    let name = format!("{} {}", hit.component, hit.version);
    match hit.ordinals.first() {
        Some(ordinal) => link(name, format!("/sboms/{id}/components/{ordinal}")),
        None => Cell::Text(name),
    }
}

/// Since the later of: the package came, the advisory was published.
fn known_since(hit: &Hit, since: &HashMap<String, i64>) -> Cell {
    let came = since.get(&hit.purl_key).map(|at| UnixMillis(*at));
    Cell::time_or(came.max(hit.published), "not known")
}

/// The three words assessors ask about PCI DSS 6.3.2, and what they rest on.
pub fn evaluated(insight: &Insight, judged: &Judged<'_>, now: UnixMillis) -> Section {
    let scope = match judged.in_scope {
        Some(true) => chip(Mark::Met, "The asset is in scope"),
        Some(false) => chip(Mark::NotApplicable, "The asset is declared out of scope"),
        None => chip(Mark::Unknown, "The asset was never declared"),
    };
    let evaluated = if insight.asked {
        let (part, total) = (insight.evaluated, insight.components);
        Cell::Text(format!("{part} of {total} components, {}", now.to_display()))
    } else {
        missing("no advisories to evaluate against")
    };
    let mut pairs = vec![
        Pair::new("Evaluated", &evaluated),
        Pair::new(
            "Relevant",
            &missing("not decided: no VEX statement or reachability fact speaks about these matches"),
        ),
        Pair::new("In scope", &scope),
    ];
    let feeds = judged.feeds.iter();
    pairs.extend(feeds.map(|f| Pair::new(format!("Feed {}", f.key), &feed_cell(f, judged.is_stale(f, now)))));
    let section = Section { caution: caution(insight, judged, now), ..Section::new("What this rests on") };
    section.pairs(pairs)
}

fn feed_cell(feed: &FeedRow, stale: bool) -> Cell {
    let many = counted(feed.advisories, "advisory", "advisories");
    let at = feed.last_updated.to_display();
    match (feed.whole, stale) {
        (true, false) => chip(Mark::Met, format!("Whole and current: {many}, as of {at}")),
        (true, true) => chip(Mark::Attention, format!("Stale: {many}, as of {at}")),
        (false, _) => chip(Mark::Unknown, format!("Partial: {many}, as of {at}")),
    }
}

/// Why silence proves nothing, where it does not.
fn caution(insight: &Insight, judged: &Judged<'_>, now: UnixMillis) -> Option<String> {
    if !insight.asked {
        return Some(
            "No advisory was ever imported: nothing here says that a component is free of flaws.".to_owned(),
        );
    }
    let mut why = Vec::new();
    if !judged.feeds.iter().any(|f| f.whole && !judged.is_stale(f, now)) {
        why.push(match judged.feeds.iter().any(|f| f.whole) {
            true => format!("the advisory database is older than {} hours", judged.max_age_hours),
            false => "only single advisories were imported, no whole database".to_owned(),
        });
    }
    let left = insight.components - insight.evaluated.min(insight.components);
    if left > 0 {
        let many = counted(left, "component", "components");
        why.push(format!("no order of versions is known for {many}"));
    }
    let words = why.join(", and ");
    (!why.is_empty()).then(|| format!("A match is real; no match is not a clean bill: {words}."))
}
