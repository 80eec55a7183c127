//! Vendors: who carries how much risk, and the whole sum behind each number.

use std::collections::{BTreeMap, BTreeSet};

use crate::app::facts::declared;
use crate::app::supply::listing::{Around, Listing};
use crate::app::supply::words::{
    chip, counted, days, days_between, encoded, link, missing, percent, text_or,
};
use crate::app::{App, Error, VendorConfig};
use crate::base::{ListQuery, UnixMillis};
use crate::controls::{ControlTest, SubjectKind, TestResult};
use crate::report::Mark;
use crate::report::chart::{Chart, Series, Tone, Trend, Waterfall};
use crate::report::table::{Cell, CellView, EmptyState, Row, TableRequest};
use crate::report::view::Crumb;
use crate::report::view::supply::{Act, DetailPage, Grid, Pair, Section, VENDORS};
use crate::risk::{DocumentFact, VendorFacts, VendorScore, compare};
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
            Some(newest) => score_sections(&mut page, newest, (scored.get(1), now)),
            None => page.sections.push(unscored()),
        }
        page.sections.push(tests_section(&results));
        page.sections.push(trend(&history));
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

fn score_sections(page: &mut DetailPage, newest: &Scored, (before, now): (Option<&Scored>, UnixMillis)) {
    let score = &newest.score;
    page.marks.push(CellView::of(&tier(Some(score.tier.as_str()))));
    page.stats = vec![
        Pair::new("Residual risk, of 100", &Cell::Score(score.residual.get())),
        Pair::new("Inherent risk", &Cell::Score(score.inherent.get())),
        Pair::text("Confidence", percent(score.confidence.get())),
        Pair::new(
            "Since the run before",
            &change(before.map(|b| b.score.residual.get()), Some(score.residual.get())),
        ),
    ];
    page.sections.push(sum_section(score));
    page.sections.push(inherent_section(newest));
    page.sections.push(contributions(score));
    if let Some(before) = before {
        page.sections.push(changes(&before.score, score));
    }
    page.sections.push(documents_section(newest, now));
    page.side.insert(0, calculation(score));
}

fn sum_section(score: &VendorScore) -> Section {
    let steps: Vec<(String, f64)> =
        score.waterfall.iter().map(|s| (s.label.clone(), s.value.get())).collect();
    let title = "How the score came about".to_owned();
    let chart = Waterfall { id: "sum".to_owned(), title: title.clone(), steps, end: "Residual".to_owned() };
    let mut grid = Grid::new("The sum, step by step", &["Step", "#Adds", "#Sum so far"]);
    for step in &score.waterfall {
        grid.push(&[
            Cell::Text(step.label.clone()),
            Cell::Text(step.value.to_precise()),
            Cell::Text(step.running.to_precise()),
        ]);
    }
    let words = score.explanation.join(" ");
    Section::new(title).intro(words).chart(Chart::Waterfall(chart)).grid(grid, "No steps")
}

fn inherent_section(scored: &Scored) -> Section {
    let facts = &scored.facts;
    let inputs = [
        ("Data sensitivity", facts.sensitivity),
        ("Operational criticality", facts.criticality),
        ("Access to our systems", facts.access),
    ];
    let mut grid = Grid::new("Inputs of the inherent risk", &["Input", "#Value"]);
    for (label, level) in inputs {
        grid.push(&[Cell::Text(label.to_owned()), Cell::Text(format!("{:.2}", level.get()))]);
    }
    let values = inputs.map(|(_, level)| level.get());
    let largest = values.into_iter().fold(0.0, f64::max);
    let mean = values.into_iter().sum::<f64>() / 3.0;
    let words = format!(
        "Largest {largest:.2}, mean {mean:.4}; the rules weigh the two into {} of 100.",
        scored.score.inherent.to_precise()
    );
    Section::new("Inherent risk").intro(words).grid(grid, "No inputs")
}

fn contributions(score: &VendorScore) -> Section {
    let heads = [
        "Domain",
        "Document",
        "#Strength",
        "#Coverage",
        "#Freshness",
        "#Product",
        "#Weight",
        "#Takes off",
        "Why",
    ];
    let mut grid = Grid::new("What each document takes off, by domain", &heads);
    for domain in &score.domains {
        let name = domain.domain.label();
        let (weight, off) = (domain.weight.to_precise(), domain.contribution.to_precise());
        if domain.terms.is_empty() {
            let none = || missing("no document");
            let zero = Cell::Text(off.clone());
            let cells = [
                Cell::Text(name.to_owned()),
                none(),
                none(),
                none(),
                none(),
                none(),
                Cell::Text(weight.clone()),
                zero,
            ];
            grid.push(&[cells.to_vec(), vec![missing("nothing assures it")]].concat());
        }
        for (place, term) in domain.terms.iter().enumerate() {
            let first =
                |text: &str| if place == 0 { Cell::Text(text.to_owned()) } else { missing("see above") };
            let document = term.evidence_id.as_ref().map_or_else(
                || Cell::Text(term.document.clone()),
                |id| link(&term.document, format!("/evidence/{id}")),
            );
            grid.push(&[
                Cell::Text(name.to_owned()),
                document,
                Cell::Text(term.strength.to_precise()),
                Cell::Text(term.coverage.to_precise()),
                Cell::Text(term.freshness.to_precise()),
                Cell::Text(term.product.to_precise()),
                first(&weight),
                first(&off),
                Cell::Text(term.explanation.clone()),
            ]);
        }
    }
    let words = "Assurance of a domain is one less the product of what each document leaves open, capped by the rules; \
                 inherent risk times weight times assurance is what the domain takes off.";
    Section::new("What takes risk off").intro(words).grid(grid, "No domains")
}

fn changes(before: &VendorScore, after: &VendorScore) -> Section {
    let mut grid = Grid::new("What changed since the run before", &["What", "#Before", "#Now"]);
    for moved in compare(before, after) {
        grid.push(&[
            Cell::Text(moved.label.clone()),
            Cell::Text(moved.before.to_precise()),
            Cell::Text(moved.after.to_precise()),
        ]);
    }
    let words = format!("Compared with {}.", before.at.to_display());
    Section::new("What changed since the run before").intro(words).grid(grid, "Nothing changed")
}

fn documents_section(scored: &Scored, now: UnixMillis) -> Section {
    let mut documents: Vec<&DocumentFact> = scored.facts.documents.iter().collect();
    documents.sort_by_key(|d| (d.valid_until.unwrap_or(UnixMillis(i64::MAX)), d.title.clone()));
    let heads = ["Document", "In force", "Issued", "Until", "Bridge letter until", "Facts confirmed"];
    let mut grid = Grid::new("Documents by the day they end", &heads);
    for d in documents {
        let title = d
            .evidence_id
            .as_ref()
            .map_or_else(|| Cell::Text(d.title.clone()), |id| link(&d.title, format!("/evidence/{id}")));
        grid.push(&[
            title,
            in_force(d, now),
            Cell::time_or(d.issued, "not stated"),
            Cell::time_or(d.valid_until, "no end stated"),
            Cell::time_or(d.bridge_until, "none"),
            Cell::time_or(d.confirmed_at, "not confirmed by a person"),
        ]);
    }
    Section::new("Documents").grid(grid, "No document is on file: upload one on the evidence page")
}

fn in_force(document: &DocumentFact, now: UnixMillis) -> Cell {
    match document.valid_until {
        None => chip(Mark::Unknown, "No end stated"),
        Some(end) if end < now => {
            chip(Mark::NotMet, format!("Ended {} ago", days(days_between(end, now).max(1))))
        }
        Some(end) if end < now.plus_days(SOON_DAYS) => {
            chip(Mark::Attention, format!("Ends in {}", days(days_between(now, end))))
        }
        Some(_) => chip(Mark::Met, "In force"),
    }
}

fn calculation(score: &VendorScore) -> Section {
    let floors: Vec<Cell> = score
        .floors_applied
        .iter()
        .map(|f| Cell::Text(format!("{}: at least {}. {}", f.rule.label(), f.minimum.to_precise(), f.reason)))
        .collect();
    let mut section = Section::new("Calculation").items(&floors, "No floor applies");
    section.pairs = vec![
        Pair::new("Scored", &Cell::Time(score.at)),
        Pair::text("Before floors", score.residual_before_floors.to_precise()),
        Pair::text("Rules", score.rule_set.clone()),
        Pair::new("Digest of the rules", &Cell::Code(score.rule_set_digest.to_hex())),
    ];
    section
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
