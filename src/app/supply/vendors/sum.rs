//! A vendor's score as its sum: inputs, what each document takes off, floors, and what moved.

use crate::app::supply::vendors::{SOON_DAYS, Scored, change, tier};
use crate::app::supply::words::{chip, days, days_between, link, missing, percent};
use crate::base::UnixMillis;
use crate::report::Mark;
use crate::report::chart::{Chart, Waterfall};
use crate::report::table::{Cell, CellView};
use crate::report::view::supply::{DetailPage, Grid, Pair, Section};
use crate::risk::{DocumentFact, DomainScore, Term, VendorScore, compare};

/// Shows a score as its sum, and what changed since the run before.
pub fn show(page: &mut DetailPage, newest: &Scored, (before, now): (Option<&Scored>, UnixMillis)) {
    let score = &newest.score;
    page.marks.push(CellView::of(&tier_mark(score)));
    page.stats = vec![
        Pair::new("Residual risk, of 100", &Cell::Score(score.residual.get())),
        Pair::new("Inherent risk", &Cell::Score(score.inherent.get())),
        Pair::text("Confidence", percent(score.confidence.get())),
    ];
    page.sections.push(sum_section(score));
    page.sections.push(inherent_section(newest));
    if let Some(before) = before {
        let moved = change(Some(before.score.residual.get()), Some(score.residual.get()));
        page.stats.push(Pair::new("Since the run before", &moved));
        page.sections.push(changes(&before.score, score));
    }
    page.below.push(contributions(score));
    page.below.push(documents_section(newest, now));
    page.side.insert(0, calculation(score));
}

/// The tier, said to be one: the figure beside it is what is left of it.
fn tier_mark(score: &VendorScore) -> Cell {
    let cell = tier(Some(score.tier.as_str()));
    if let Cell::Chip { mark, word } = cell { chip(mark, format!("{word} tier")) } else { cell }
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
    let words: Vec<Cell> = score.explanation.iter().cloned().map(Cell::Text).collect();
    Section::new(title).chart(Chart::Waterfall(chart)).grid(grid, "No steps").items(&words, "No explanation")
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
        if domain.terms.is_empty() {
            grid.push(&bare(domain));
        }
        for (place, term) in domain.terms.iter().enumerate() {
            grid.push(&assured(domain, place, term));
        }
    }
    let words = "Assurance of a domain is one less the product of what each document leaves open, capped by the rules; \
                 inherent risk times weight times assurance is what the domain takes off.";
    Section::new("What takes risk off").intro(words).grid(grid, "No domains")
}

/// The row of a domain that no document speaks for.
fn bare(domain: &DomainScore) -> [Cell; 9] {
    let none = || missing("no document");
    [
        Cell::Text(domain.domain.label().to_owned()),
        none(),
        none(),
        none(),
        none(),
        none(),
        Cell::Text(domain.weight.to_precise()),
        Cell::Text(domain.contribution.to_precise()),
        missing("nothing assures it"),
    ]
}

/// The row of a document in a domain; weight and sum stand once.
fn assured(domain: &DomainScore, place: usize, term: &Term) -> [Cell; 9] {
    let once = |text: String| if place == 0 { Cell::Text(text) } else { missing("see above") };
    let document = term.evidence_id.as_ref();
    [
        Cell::Text(domain.domain.label().to_owned()),
        document.map_or_else(
            || Cell::Text(term.document.clone()),
            |id| link(&term.document, format!("/evidence/{id}")),
        ),
        Cell::Text(term.strength.to_precise()),
        Cell::Text(term.coverage.to_precise()),
        Cell::Text(term.freshness.to_precise()),
        Cell::Text(term.product.to_precise()),
        once(domain.weight.to_precise()),
        once(domain.contribution.to_precise()),
        Cell::Text(term.explanation.clone()),
    ]
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
