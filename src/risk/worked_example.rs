//! The published worked example: the document holds exactly the figures the code computes.

use crate::base::UnixMillis;
use crate::evidence::document::{DocumentKind, Opinion};
use crate::risk::facts::{ChangeEvent, DocumentFact, EventKind, VendorFacts};
use crate::risk::figure::{Level, Share};
use crate::risk::rules::RuleSet;
use crate::risk::score::VendorScore;

const PUBLISHED: &str = include_str!("../../docs/vendor-score.md");

/// The shipped rules.
pub(crate) fn rules() -> RuleSet {
    RuleSet::parse(crate::risk::rules::tests::SHIPPED).unwrap()
}

/// Midnight `days` after 30 June 2026.
pub(crate) fn day(days: i64) -> UnixMillis {
    UnixMillis::parse_lenient("2026-06-30").unwrap().plus_days(days)
}

pub(crate) fn level(value: f64) -> Level {
    Level::try_from(value).unwrap()
}

/// The vendor of the design's worked check, with nothing on file.
pub(crate) fn vendor() -> VendorFacts {
    VendorFacts {
        key: "harbour-cards".to_owned(),
        name: "Harbour Card Processing".to_owned(),
        sensitivity: level(1.0),
        criticality: level(0.75),
        access: level(0.5),
        personal_data: false,
        cardholder_data: false,
        documents: vec![],
        events: vec![],
    }
}

/// A confirmed document of full coverage without any date.
pub(crate) fn confirmed(kind: DocumentKind) -> DocumentFact {
    DocumentFact {
        evidence_id: None,
        kind,
        title: kind.as_str().to_owned(),
        issued: None,
        period_to: None,
        valid_until: None,
        bridge_until: None,
        coverage: Some(Share::ALL),
        opinion: None,
        exceptions: 0,
        confirmed_at: Some(day(-5000)),
    }
}

fn named(kind: DocumentKind, title: &str, coverage: f64) -> DocumentFact {
    DocumentFact { title: title.to_owned(), coverage: Share::try_from(coverage).ok(), ..confirmed(kind) }
}

fn on(text: &str) -> Option<UnixMillis> {
    Some(UnixMillis::parse_lenient(text).unwrap())
}

fn example() -> VendorFacts {
    let aoc = named(DocumentKind::PciAoc, "PCI DSS AOC 2025", 0.75);
    let report = named(DocumentKind::Soc2Type2, "SOC 2 Type II 2024/25", 0.5);
    let certificate = named(DocumentKind::Iso27001, "ISO/IEC 27001 certificate", 0.8);
    let sbom = named(DocumentKind::SignedSbomVex, "SBOM and VEX, release 7.2", 0.4);
    let questionnaire = named(DocumentKind::Questionnaire, "Questionnaire 2026", 1.0);
    let agreement = named(DocumentKind::Dpa, "Data-processing agreement", 1.0);
    let documents = vec![
        DocumentFact { valid_until: on("2026-12-31"), ..aoc },
        DocumentFact {
            period_to: on("2025-05-31"),
            bridge_until: on("2026-08-31"),
            opinion: Some(Opinion::Qualified),
            exceptions: 2,
            ..report
        },
        DocumentFact { valid_until: on("2026-05-16"), ..certificate },
        DocumentFact { issued: on("2026-06-20"), ..sbom },
        DocumentFact { issued: on("2026-03-01"), ..questionnaire },
        DocumentFact { issued: on("2024-01-15"), ..agreement },
    ];
    let exploited = ChangeEvent {
        at: day(-40),
        kind: EventKind::KnownExploitedVulnerability,
        open: true,
        reviewed_at: Some(day(-38)),
        past_sla: true,
    };
    VendorFacts { personal_data: true, cardholder_data: true, documents, events: vec![exploited], ..vendor() }
}

fn tables(score: &VendorScore) -> [String; 3] {
    let mut terms = String::from("| Domain | Document | Strength | Coverage | Freshness | Product | Why |\n");
    terms += "|---|---|---:|---:|---:|---:|---|\n";
    let mut sums = String::from("| Domain | Weight | Assurance | Takes off |\n|---|---:|---:|---:|\n");
    for domain in &score.domains {
        let label = domain.domain.label();
        for term in &domain.terms {
            let [s, c, f, p] =
                [term.strength, term.coverage, term.freshness, term.product].map(|n| n.to_precise());
            terms +=
                &format!("| {label} | {} | {s} | {c} | {f} | {p} | {} |\n", term.document, term.explanation);
        }
        let [w, a, t] = [domain.weight, domain.assurance, domain.contribution].map(|n| n.to_precise());
        sums += &format!("| {label} | {w} | {a} | {t} |\n");
    }
    let mut steps = String::from("| Step | Value | Running |\n|---|---:|---:|\n");
    for step in &score.waterfall {
        steps +=
            &format!("| {} | {} | {} |\n", step.label, step.value.to_precise(), step.running.to_precise());
    }
    [terms, sums, steps]
}

#[test]
fn the_published_example_holds_the_figures_the_code_computes() {
    let score = rules().score(&example(), day(0));

    let expected =
        tables(&score).into_iter().chain(score.explanation.iter().map(|line| format!("- {line}\n")));
    let missing: Vec<String> = expected.filter(|part| !PUBLISHED.contains(part)).collect();

    assert!(missing.is_empty(), "docs/vendor-score.md lacks:\n{}", missing.join("\n"));
}

#[test]
fn the_published_strengths_are_those_of_the_rules() {
    let rules = rules();

    let rows = rules.documents.iter().map(|(kind, rule)| {
        let valid = rule.valid_days.map_or_else(|| "until ended".to_owned(), |d| format!("{d} days"));
        let domains: Vec<&str> = rule.domains.iter().map(|d| d.as_str()).collect();
        let domains = if domains.is_empty() { "none".to_owned() } else { domains.join(", ") };
        let strength = crate::risk::Figure::new(rule.strength.get()).to_precise();
        let independent = if rule.independent { "yes" } else { "no" };
        format!("| `{}` | {strength} | {independent} | {valid} | {domains} |\n", kind.as_str())
    });
    let table: String = rows.collect();

    assert!(PUBLISHED.contains(&table), "docs/vendor-score.md lacks the rows:\n{table}");
}
