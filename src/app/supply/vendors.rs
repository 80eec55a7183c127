//! Vendors: who carries how much risk, and the whole sum behind each number.

mod sum;

use std::collections::{BTreeMap, BTreeSet};

use crate::app::facts::declared;
use crate::app::supply::listing::{Around, Listing};
use crate::app::supply::words::{chip, counted, encoded, link, missing, percent, text_or};
use crate::app::{App, Error, VendorConfig};
use crate::base::{ListQuery, UnixMillis};
use crate::controls::{ControlTest, SubjectKind, TestResult};
use crate::report::Mark;
use crate::report::chart::{Chart, Series, Tone, Trend};
use crate::report::table::{Cell, EmptyState, Row, TableRequest};
use crate::report::view::Crumb;
use crate::report::view::supply::{Act, DetailPage, Grid, Pair, Section, VENDORS};
use crate::risk::{DocumentFact, VendorFacts, VendorScore};
use crate::store::{PastScore, VendorScoreLine};

/// Scores shown in the trend.
const MOST_SCORES: u64 = 200;
/// A document that ends this soon is pointed out.
const SOON_DAYS: i64 = 60;

/// What a stored score's body holds.
#[derive(Debug, serde::Deserialize)]
struct Scored {
    facts: VendorFacts,
    score: VendorScore,
}

impl App {
    /// The list of vendors.
    ///
    /// # Errors
    /// When the query is wrong or the database fails.
    pub async fn vendors_list(&self, request: &TableRequest) -> Result<Listing, Error> {
        let now = self.now();
        let around = Around {
            heading: "Vendors",
            lead: "Third parties by the risk that is left, 0 to 100. Every number shows its sum on the vendor's page."
                .to_owned(),
            tabs: Vec::new(),
            acts: vec![Act { label: "Score now".to_owned(), href: "/jobs/score/run".to_owned(), icon: "play" }],
            caution: None,
            empty: EmptyState {
                title: "No vendors yet".to_owned(),
                text: "Declare third parties with [[vendor]] in the configuration file.".to_owned(),
                ..EmptyState::default()
            },
            offered: &[],
        };
        let rows =
            async |query: &ListQuery| Ok(self.store.vendor_page(query).await?.map(|line| row(&line, now)));
        self.listing(&VENDORS, request, around, rows).await
    }

    /// One vendor: its score as a sum, what changed, its documents and facts.
    ///
    /// # Errors
    /// When there is no such vendor or the database fails.
    pub async fn vendor_page(&self, key: &str) -> Result<DetailPage, Error> {
        let no_such = || Error::not_found("there is no such vendor; the list of vendors has all of them");
        let vendor = self.store.vendor_get(key).await?.ok_or_else(no_such)?;
        let declared = declared(&vendor.facts)?;
        let bodies = self.store.score_bodies(key).await?;
        let scored: Vec<Scored> = bodies.iter().filter_map(|body| serde_json::from_str(body).ok()).collect();
        let history = self.store.score_history(key, MOST_SCORES).await?;
        let results = self.vendor_results(key).await?;
        let now = self.now();
        let mut page = DetailPage {
            way: vec![Crumb::link("Vendors", "/vendors"), Crumb::here(vendor.name.clone())],
            heading: vendor.name,
            lead: if declared.services.is_empty() { key.to_owned() } else { declared.services.join(", ") },
            side: vec![facts(&declared)],
            ..DetailPage::default()
        };
        match scored.first() {
            Some(newest) => sum::show(&mut page, newest, (scored.get(1), now)),
            None => page.sections.push(unscored()),
        }
        page.sections.push(trend(&history));
        page.below.push(tests_section(&results));
        Ok(page)
    }

    /// Test results of the newest evaluation that speak about the vendor: id, title, requirements and its verdict.
    async fn vendor_results(&self, key: &str) -> Result<Vec<[Cell; 4]>, Error> {
        let Some(evaluation) = self.store.evaluation_newest(self.now()).await? else { return Ok(Vec::new()) };
        let results = self.store.evaluation_results(evaluation.no).await?;
        Ok(results.iter().filter_map(|result| self.vendor_result(result, key)).collect())
    }

    fn vendor_result(&self, result: &TestResult, key: &str) -> Option<[Cell; 4]> {
        let about_vendors = |t: &&ControlTest| t.id == result.test && t.population.of == SubjectKind::Vendor;
        let test = self.catalog.tests.iter().find(about_vendors)?;
        let subject = result.subjects.iter().find(|s| s.subject == key)?;
        let mark = Mark::of_test(subject.status).0;
        let requirements: BTreeSet<String> =
            test.evidences.iter().map(|l| format!("{} {}", l.framework, l.id)).collect();
        Some([
            link(&test.title, format!("/tests/{}", encoded(&test.id))),
            chip(mark, mark.word()),
            Cell::List(requirements.into_iter().collect()),
            Cell::text_or(Some(subject.explanation.clone()), "nothing more to say"),
        ])
    }
}

fn unscored() -> Section {
    Section {
        nothing: Some("Not scored yet: the score runs daily, or choose “Score now” on the list.".to_owned()),
        ..Section::new("Score")
    }
}

fn tier(word: Option<&str>) -> Cell {
    match word {
        Some("critical") => chip(Mark::NotMet, "Critical"),
        Some("high") => chip(Mark::NotMet, "High"),
        Some("medium") => chip(Mark::Attention, "Medium"),
        Some("low") => chip(Mark::Met, "Low"),
        Some(other) => Cell::Text(other.to_owned()),
        None => missing("not scored"),
    }
}

fn change(before: Option<f64>, after: Option<f64>) -> Cell {
    let (Some(before), Some(after)) = (before, after) else { return missing("first run") };
    let moved = after - before;
    if moved.abs() < 0.05 {
        return missing("unchanged");
    }
    let sign = if moved > 0.0 { '+' } else { '\u{2212}' };
    Cell::Text(format!("{sign}{:.1}", moved.abs()))
}

fn row(line: &VendorScoreLine, now: UnixMillis) -> Row {
    let scored: Option<Scored> = line.body.as_deref().and_then(|body| serde_json::from_str(body).ok());
    let score = |value: Option<f64>| value.map_or_else(|| missing("not scored"), Cell::Score);
    Row {
        id: line.key.clone(),
        href: Some(format!("/vendors/{}", encoded(&line.key))),
        cells: vec![
            Cell::Text(line.name.clone()),
            tier(line.tier.as_deref()),
            score(line.residual),
            change(line.before, line.residual),
            line.confidence.map_or_else(|| missing("not scored"), |c| Cell::Text(percent(c))),
            scored.as_ref().map_or_else(|| missing("not scored"), |s| worst(&s.score)),
            scored.as_ref().map_or_else(|| missing("not scored"), |s| expiring(&s.facts.documents, now)),
            Cell::time_or(line.at.map(UnixMillis), "never"),
            score(line.inherent),
        ],
    }
}

/// What weighs most: a floor that binds, else a domain in which nothing is assured.
fn worst(score: &VendorScore) -> Cell {
    if let Some(floor) = score.floors_applied.first() {
        return Cell::Text(floor.rule.label().to_owned());
    }
    let weakest = score.domains.iter().min_by_key(|d| d.assurance);
    match weakest.filter(|d| d.terms.is_empty()) {
        Some(domain) => Cell::Text(format!("No assurance: {}", domain.domain.label())),
        None => missing("no floor applies"),
    }
}

/// Documents that ended or end soon.
fn expiring(documents: &[DocumentFact], now: UnixMillis) -> Cell {
    let ends = |d: &&DocumentFact| d.valid_until;
    let over = documents.iter().filter(|d| ends(d).is_some_and(|end| end < now)).count() as u64;
    let soon = now.plus_days(SOON_DAYS);
    let near =
        documents.iter().filter(|d| ends(d).is_some_and(|end| end >= now && end < soon)).count() as u64;
    match (over, near) {
        _ if documents.is_empty() => chip(Mark::NotMet, "None on file"),
        (0, 0) => chip(Mark::Met, counted(documents.len() as u64, "document", "documents")),
        (0, near) => chip(Mark::Attention, format!("{near} ending soon")),
        (over, _) => chip(Mark::NotMet, format!("{over} ended")),
    }
}

fn facts(vendor: &VendorConfig) -> Section {
    let list = |items: &[String], none: &'static str| match items.is_empty() {
        true => missing(none),
        false => Cell::List(items.to_vec()),
    };
    let events: BTreeMap<&str, usize> = vendor.event.iter().fold(BTreeMap::new(), |mut all, event| {
        *all.entry(event.kind.label()).or_default() += 1;
        all
    });
    let events: Vec<String> = events.into_iter().map(|(kind, count)| format!("{kind} ({count})")).collect();
    Section::new("Facts").pairs(vec![
        Pair::new("Owner", &text_or(Some(&vendor.owner), "nobody answers for it")),
        Pair::new("Services", &list(&vendor.services, "none declared")),
        Pair::new("Data shared", &list(&vendor.data_classes, "none declared")),
        Pair::new("Systems it reaches", &list(&vendor.systems, "none declared")),
        Pair::new("Purposes", &list(&vendor.purposes, "none declared")),
        Pair::new("Countries", &list(&vendor.countries, "none declared")),
        Pair::new("Sub-processors", &list(&vendor.sub_processors, "none declared")),
        Pair::new("Engaged", &text_or(vendor.engaged_at.as_deref(), "not declared")),
        Pair::new("Last reviewed", &text_or(vendor.reviewed_at.as_deref(), "never")),
        Pair::new("Contract until", &text_or(vendor.contract_until.as_deref(), "not declared")),
        Pair::new("What happened", &list(&events, "nothing recorded")),
    ])
}

fn tests_section(results: &[[Cell; 4]]) -> Section {
    let mut grid = Grid::new("Tests about this vendor", &["Test", "Result", "Requirements", "Why"]);
    for cells in results {
        grid.push(cells);
    }
    Section::new("Tests and requirements it touches").grid(grid, "No test has been evaluated for it yet")
}

fn trend(history: &[PastScore]) -> Section {
    if history.len() < 2 {
        let words = "A trend needs two runs of the score.".to_owned();
        return Section { nothing: Some(words), ..Section::new("History") };
    }
    let past: Vec<&PastScore> = history.iter().rev().collect();
    let line = |name: &str, tone: Tone, of: fn(&PastScore) -> f64| Series {
        name: name.to_owned(),
        tone,
        values: past.iter().map(|p| Some(of(p))).collect(),
    };
    Section::new("History").chart(Chart::Trend(Trend {
        id: "history".to_owned(),
        title: "Residual and inherent risk over time".to_owned(),
        at: past.iter().map(|p| UnixMillis(p.at)).collect(),
        series: vec![
            line("Residual", Tone::Accent, |p| p.residual),
            line("Inherent", Tone::Neutral, |p| p.inherent),
        ],
    }))
}
