//! Findings: what is open after the newest complete scans, and the history of one.

use crate::app::supply::listing::{Around, Listing};
use crate::app::supply::words::{
    chip, days, days_between, encoded, key_of, link, missing, severity, subject,
};
use crate::app::{App, Error};
use crate::base::{ListQuery, UnixMillis};
use crate::report::Mark;
use crate::report::table::{Cell, CellView, EmptyState, Row, TableRequest};
use crate::report::view::Crumb;
use crate::report::view::supply::{DetailPage, FINDINGS, Grid, Pair, Section, Tab};
use crate::store::{FindingSighting, StandingFinding};

/// Scans shown in a finding's history.
const MOST_SIGHTINGS: u64 = 100;
/// A deadline this near is pointed out.
const SOON_DAYS: i64 = 14;

/// How the clock runs, in one sentence.
const CLOCK: &str = "Critical: one calendar month (PCI DSS 6.3.3); high: 90 days; medium: 180; low: 365. The clock \
                     starts when the finding was opened; for a vulnerable component, when a fix was known to exist. \
                     Without a severity or a fix there is no deadline.";

impl App {
    /// The list of findings.
    ///
    /// # Errors
    /// When the query is wrong or the database fails.
    pub async fn findings_list(&self, request: &TableRequest) -> Result<Listing, Error> {
        let now = self.now();
        let around = Around {
            heading: "Findings",
            lead: "What scanners found and nobody has fixed. A finding is closed only by a newer complete scan of \
                   the same tool that no longer names it."
                .to_owned(),
            tabs: tabs(&request.query),
            acts: Vec::new(),
            caution: None,
            empty: EmptyState {
                title: "No findings".to_owned(),
                text: "Nothing is open in the scans that were collected. Upload a SARIF file, or connect a source, \
                       to have more looked at."
                    .to_owned(),
                href: Some("/evidence/upload".to_owned()),
                action: Some("Upload a scan".to_owned()),
            },
            offered: &[("asset", 2), ("tool", 3)],
        };
        let rows = async |query: &ListQuery| {
            let (query, overdue_at) = self.findings_query(query);
            let page = self.store.finding_page(&query, overdue_at).await?;
            Ok(page.map(|finding| row(&finding, now)))
        };
        self.listing(&FINDINGS, request, around, rows).await
    }

    /// What the store is asked for, and the instant before which what is due counts as overdue.
    pub(in crate::app) fn findings_query(&self, query: &ListQuery) -> (ListQuery, Option<UnixMillis>) {
        let mut query = query.clone();
        let overdue = query.filters.remove("clock").is_some();
        for asset in query.filters.get_mut("asset").into_iter().flatten() {
            if !asset.contains(':') {
                *asset = format!("asset:{asset}");
            }
        }
        if query.sort == "asset" {
            "subject".clone_into(&mut query.sort);
        }
        (query, overdue.then(|| self.now()))
    }

    /// One finding with its history across scans.
    ///
    /// # Errors
    /// When there is no such finding or the database fails.
    pub async fn finding_page(&self, identity: &str) -> Result<DetailPage, Error> {
        let standings = self.store.finding_standings(identity).await?;
        let Some(first) = standings.first() else {
            return Err(Error::not_found(
                "there is no such finding; the list of findings has those that are open",
            ));
        };
        let sightings = self.store.finding_sightings(identity, MOST_SIGHTINGS).await?;
        let now = self.now();
        Ok(DetailPage {
            way: vec![Crumb::link("Findings", "/findings"), Crumb::here(first.title.clone())],
            heading: first.title.clone(),
            marks: [severity(&first.severity), state(&first.state)].iter().map(CellView::of).collect(),
            lead: format!("{} in {}, found by {}", first.rule, key_of(&first.subject), first.tool),
            sections: vec![standing_section(&standings, now), history(&sightings)],
            side: vec![facts(first, &sightings), Section::new("How long it may stay open").intro(CLOCK)],
            ..DetailPage::default()
        })
    }
}

fn tabs(query: &ListQuery) -> Vec<Tab> {
    let chosen = query.filter("state").first().map(String::as_str);
    let overdue = !query.filter("clock").is_empty();
    vec![
        Tab { label: "Open", href: "/findings", current: chosen.is_none() && !overdue },
        Tab { label: "Past deadline", href: "/findings?clock=overdue&sort=due", current: overdue },
        Tab {
            label: "Suppressed",
            href: "/findings?state=suppressed",
            current: chosen == Some("suppressed"),
        },
        Tab { label: "Closed", href: "/findings?state=closed", current: chosen == Some("closed") },
    ]
}

fn row(finding: &StandingFinding, now: UnixMillis) -> Row {
    let asset = key_of(&finding.subject);
    Row {
        id: finding.no.to_string(),
        href: Some(format!("/findings/{}", finding.identity)),
        cells: vec![
            Cell::Text(finding.title.clone()),
            severity(&finding.severity),
            link(asset, format!("/findings?asset={}", encoded(asset))),
            Cell::Text(finding.tool.clone()),
            Cell::text_or(Some(finding.rule.clone()), "not named"),
            Cell::text_or(Some(finding.location.clone()), "no place named"),
            Cell::Time(finding.opened_at),
            deadline(finding, now),
            state(&finding.state),
            Cell::Time(finding.first_seen),
            Cell::Time(finding.last_seen),
            Cell::Code(finding.identity.clone()),
        ],
    }
}

fn is_standing(state: &str) -> bool {
    matches!(state, "open" | "review")
}

/// The clock of a finding.
fn deadline(finding: &StandingFinding, now: UnixMillis) -> Cell {
    if !is_standing(&finding.state) {
        return missing("not open");
    }
    let Some(due) = finding.due_at else { return missing("no deadline") };
    if due < now {
        return chip(Mark::NotMet, format!("{} late", days(days_between(due, now).max(1))));
    }
    let left = days_between(now, due);
    match left {
        0 => chip(Mark::Attention, "today"),
        1..=SOON_DAYS => chip(Mark::Attention, format!("in {}", days(left))),
        _ => Cell::Time(due),
    }
}

fn state(word: &str) -> Cell {
    match word {
        "open" => chip(Mark::NotMet, "Open"),
        "review" => chip(Mark::Manual, "To be reviewed"),
        "suppressed" => chip(Mark::NotApplicable, "Suppressed"),
        "closed" => chip(Mark::Met, "Closed"),
        "pass" => chip(Mark::Met, "Passed"),
        "not_applicable" => chip(Mark::NotApplicable, "Not applicable"),
        other => chip(Mark::Unknown, other),
    }
}

fn facts(finding: &StandingFinding, sightings: &[FindingSighting]) -> Section {
    let raw = sightings.first().map(|s| s.severity_raw.clone());
    Section::new("What it is").pairs(vec![
        Pair::text("Tool", &finding.tool),
        Pair::new("Rule", &Cell::text_or(Some(finding.rule.clone()), "not named")),
        Pair::new("Severity in the tool's word", &Cell::text_or(raw, "not given")),
        Pair::new("Identity", &Cell::Code(finding.identity.clone())),
        Pair::text("Same finding", "By this identity, whatever title or line a later scan gives it"),
    ])
}

fn standing_section(standings: &[StandingFinding], now: UnixMillis) -> Section {
    let heads = ["Asset", "State", "Place", "Open since", "To be fixed by", "Last seen", "Closed"];
    let mut grid = Grid::new("Where it stands, by asset", &heads);
    for s in standings {
        grid.push(&[
            subject(&s.subject),
            state(&s.state),
            Cell::text_or(Some(s.location.clone()), "no place named"),
            if is_standing(&s.state) { Cell::Time(s.opened_at) } else { missing("not open") },
            deadline(s, now),
            Cell::Time(s.last_seen),
            Cell::time_or(s.closed_at, "not closed"),
        ]);
    }
    Section::new("Where it stands").grid(grid, "Nowhere")
}

fn history(sightings: &[FindingSighting]) -> Section {
    let heads = ["Scan", "Asset", "Speaks for", "State", "Severity", "Place"];
    let mut grid = Grid::new("Scans that name it, newest first", &heads);
    for s in sightings {
        grid.push(&[
            link(&s.file, format!("/evidence/{}", s.evidence)),
            subject(&s.subject),
            Cell::Time(UnixMillis(s.observed_at)),
            state(&s.state),
            severity(&s.severity),
            Cell::text_or(s.location.clone(), "no place named"),
        ]);
    }
    let section = Section::new("Scans that name it").grid(grid, "No scan that is kept names it");
    if sightings.len() as u64 == MOST_SIGHTINGS {
        let more = format!("The newest {MOST_SIGHTINGS} are shown.");
        return Section { more: Some(CellView::of(&Cell::Text(more))), ..section };
    }
    section
}
