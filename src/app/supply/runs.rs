//! Runs: when we looked, what came, what failed; and asking for one now.

use serde::Serialize;
use serde_json::json;

use crate::app::identity::Actor;
use crate::app::scope::JOBS;
use crate::app::supply::listing::{Around, Listing};
use crate::app::supply::words::{chip, counted, encoded, link, missing, subject, took};
use crate::app::{App, Error, Event};
use crate::base::{ListQuery, RunId, UnixMillis};
use crate::report::Mark;
use crate::report::table::{Cell, CellView, EmptyState, Row, TableRequest};
use crate::report::view::Crumb;
use crate::report::view::supply::{Act, DetailPage, Grid, Pair, ProgressView, RUNS, Section};
use crate::store::{BroughtItem, NewRun, RunLine, Trigger};

/// Documents of a run that are shown.
const MOST_ITEMS: u64 = 200;

/// How far a run is, as the page's script asks for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RunProgress {
    /// Whether it has ended.
    pub done: bool,
    /// What is being done.
    pub label: String,
    /// How far it is.
    pub detail: String,
    /// Where to go when it has ended.
    pub href: String,
}

impl App {
    /// The list of runs.
    ///
    /// # Errors
    /// When the query is wrong or the database fails.
    pub async fn runs_list(&self, request: &TableRequest) -> Result<Listing, Error> {
        let now = self.now();
        let around = Around {
            heading: "Runs",
            lead: "Each time something was collected, evaluated, scored or sealed. A run is evidence itself: it is \
                   never deleted."
                .to_owned(),
            tabs: Vec::new(),
            acts: JOBS.iter().map(|job| act(job)).collect(),
            caution: None,
            empty: EmptyState {
                title: "No runs yet".to_owned(),
                text: "Sources run on their schedules, or when you ask for it.".to_owned(),
                href: Some("/sources".to_owned()),
                action: Some("Go to sources".to_owned()),
            },
            offered: &[],
        };
        let rows = async |query: &ListQuery| Ok(self.store.run_page(query).await?.map(|run| row(&run, now)));
        self.listing(&RUNS, request, around, rows).await
    }

    /// One run with its documents and problems.
    ///
    /// # Errors
    /// When there is no such run or the database fails.
    pub async fn run_page(&self, id: RunId) -> Result<DetailPage, Error> {
        let id = id.to_string();
        let run = self.store.run_line(&id).await?.ok_or_else(no_such_run)?;
        let items = self.store.run_items(&id, MOST_ITEMS).await?;
        let again = self.store.run_items_again(&id, MOST_ITEMS).await?;
        let now = self.now();
        let mut sections = Vec::new();
        if !run.detail.is_empty() {
            let problems: Vec<Cell> = run.detail.lines().map(|line| Cell::Text(line.to_owned())).collect();
            sections.push(Section::new("Problems").items(&problems, "none"));
        }
        sections.push(Section::new("New documents").grid(documents(&items), nothing_new(&run)));
        if !again.is_empty() {
            let intro = "The same bytes were here already; that they came again counts for freshness.";
            sections.push(Section::new("Seen again").intro(intro).grid(documents(&again), "None"));
        }
        Ok(DetailPage {
            way: vec![Crumb::link("Runs", "/runs"), Crumb::here(name(&run))],
            heading: name(&run),
            marks: vec![CellView::of(&state(&run.state))],
            lead: lead(&run),
            progress: is_open(&run).then(|| progress_view(&run)),
            stats: stats(&run),
            sections,
            side: vec![facts(&run, now)],
            ..DetailPage::default()
        })
    }

    /// How far a run is.
    ///
    /// # Errors
    /// When there is no such run or the database fails.
    pub async fn run_progress(&self, id: RunId) -> Result<RunProgress, Error> {
        let run = self.store.run_line(&id.to_string()).await?.ok_or_else(no_such_run)?;
        let view = progress_view(&run);
        let href = format!("/runs/{}", run.id);
        Ok(RunProgress { done: !is_open(&run), label: view.label, detail: view.detail, href })
    }

    /// Queues a job at once, for a person.
    ///
    /// # Errors
    /// When there is no such job or the database fails.
    pub async fn job_run(&self, job: &str, actor: &Actor) -> Result<RunId, Error> {
        if !JOBS.contains(&job) {
            return Err(Error::not_found(format!("there is no job `{job}`; there are {}", JOBS.join(", "))));
        }
        let new = NewRun {
            job: job.to_owned(),
            source_id: None,
            schedule_id: None,
            trigger: Trigger::Now,
            due_at: self.now(),
            missed: 0,
            request: String::new(),
        };
        self.queued(&new, actor).await
    }

    /// Queues a run and writes down who asked for it.
    pub(super) async fn queued(&self, new: &NewRun, actor: &Actor) -> Result<RunId, Error> {
        let id = self.store.run_enqueue(new).await?;
        let after = json!({"job": new.job, "source": new.source_id});
        self.audited(actor, Event::done("run.asked", format!("run:{id}")).after(after)).await?;
        self.wake.notify_one();
        Ok(id)
    }
}

fn no_such_run() -> Error {
    Error::not_found("there is no such run; the list of runs has all of them")
}

fn act(job: &str) -> Act {
    Act { label: format!("{} now", job_words(job)), href: format!("/jobs/{job}/run"), icon: "play" }
}

fn job_words(job: &str) -> &str {
    match job {
        "collect" => "Collect",
        "evaluate" => "Evaluate",
        "match" => "Match advisories",
        "score" => "Score vendors",
        "checkpoint" => "Seal the ledger",
        "import" => "Import",
        "pack" => "Create pack",
        other => other,
    }
}

fn name(run: &RunLine) -> String {
    let job = job_words(&run.job);
    run.source_name.as_ref().map_or_else(|| job.to_owned(), |source| format!("{job} {source}"))
}

fn is_open(run: &RunLine) -> bool {
    matches!(run.state.as_str(), "ready" | "running")
}

/// A run's state as its chip.
pub(super) fn state(word: &str) -> Cell {
    match word {
        "ready" => chip(Mark::Unknown, "Waiting"),
        "running" => chip(Mark::Unknown, "Running"),
        "done" => chip(Mark::Met, "Done"),
        "failed" => chip(Mark::NotMet, "Failed"),
        "abandoned" => chip(Mark::Attention, "Abandoned"),
        other => chip(Mark::Unknown, other),
    }
}

fn trigger(word: &str) -> &str {
    match word {
        "schedule" => "Schedule",
        "catch-up" => "Catch-up",
        "now" => "Asked for",
        "command" => "Command line",
        other => other,
    }
}

fn duration(run: &RunLine, now: UnixMillis) -> Cell {
    match (run.state.as_str(), run.finished_at) {
        ("ready", _) => missing("not begun"),
        (_, Some(end)) => Cell::Text(took(end.saturating_sub(run.started_at))),
        (_, None) => Cell::Text(format!("{} so far", took(now.0.saturating_sub(run.started_at)))),
    }
}

fn row(run: &RunLine, now: UnixMillis) -> Row {
    let problem = run.detail.lines().next().map(str::to_owned);
    Row {
        id: run.id.clone(),
        href: Some(format!("/runs/{}", run.id)),
        cells: vec![
            Cell::Text(name(run)),
            state(&run.state),
            Cell::Text(trigger(&run.trigger).to_owned()),
            Cell::Time(UnixMillis(run.started_at)),
            duration(run, now),
            Cell::Number(i64::from(run.accepted)),
            Cell::Number(i64::from(run.duplicates)),
            Cell::Number(i64::from(run.quarantined)),
            Cell::Number(i64::from(run.missed)),
            Cell::text_or(problem, if run.state == "abandoned" { "its process ended" } else { "none" }),
        ],
    }
}

fn lead(run: &RunLine) -> String {
    let why = match run.trigger.as_str() {
        "schedule" => "Started by its schedule.".to_owned(),
        "catch-up" => format!(
            "Started late by its schedule; it stands for {} that nobody carried out.",
            counted(u64::from(run.missed.unsigned_abs()), "firing", "firings")
        ),
        "now" => "Somebody asked for it.".to_owned(),
        "command" => "Started on the command line.".to_owned(),
        other => other.to_owned(),
    };
    if run.state == "abandoned" {
        return format!("{why} Its process ended before the run did; what it had stored is kept.");
    }
    why
}

fn nothing_new(run: &RunLine) -> &'static str {
    match (run.job.as_str(), is_open(run)) {
        (_, true) => "None so far",
        ("collect" | "import", false) => "Nothing new came",
        (_, false) => "A run of this kind brings no documents",
    }
}

fn stats(run: &RunLine) -> Vec<Pair> {
    if !matches!(run.job.as_str(), "collect" | "import") {
        return Vec::new();
    }
    let pair = |label: &str, count: i32| Pair::new(label, &Cell::Number(i64::from(count)));
    vec![
        pair("Accepted", run.accepted),
        pair("Seen before", run.duplicates),
        pair("Quarantined", run.quarantined),
        pair("Missed firings", run.missed),
    ]
}

fn facts(run: &RunLine, now: UnixMillis) -> Section {
    let source = match (&run.source_id, &run.source_name) {
        (Some(id), Some(name)) => link(name, format!("/sources/{}", encoded(id))),
        (Some(_), None) => missing("removed since"),
        (None, _) => missing("none: a job of the service"),
    };
    Section::new("About the run").pairs(vec![
        Pair::new("Source", &source),
        Pair::text("Why", trigger(&run.trigger)),
        Pair::new("Due", &Cell::Time(UnixMillis(run.due_at))),
        Pair::new(
            "Began",
            &if run.state == "ready" { missing("not yet") } else { Cell::Time(UnixMillis(run.started_at)) },
        ),
        Pair::new("Ended", &Cell::time_or(run.finished_at.map(UnixMillis), "not yet")),
        Pair::new("Took", &duration(run, now)),
        Pair::new("Identifier", &Cell::Code(run.id.clone())),
    ])
}

fn progress_view(run: &RunLine) -> ProgressView {
    let label = match run.state.as_str() {
        "ready" => format!("{} waits for a worker", name(run)),
        "running" => format!("{} is running", name(run)),
        _ => format!("{} has ended", name(run)),
    };
    let detail =
        format!("{} so far", counted(u64::from(run.accepted.unsigned_abs()), "document", "documents"));
    let detail = if run.accepted > 0 { detail } else { String::new() };
    ProgressView { label, detail, poll: format!("/runs/{}.json", run.id), max: None }
}

/// Documents with what their receipts say.
pub(super) fn documents(items: &[BroughtItem]) -> Grid {
    let mut grid = Grid::new("Documents", &["Document", "Status", "Kind", "About", "Receipt", "Received"]);
    for item in items {
        grid.push(&[
            link(&item.file, format!("/evidence/{}", item.id)),
            status(&item.status),
            Cell::text_or(Some(item.kind.clone()), "not recognised"),
            subject(&item.subject),
            receipt(&item.receipt),
            Cell::Time(UnixMillis(item.received_at)),
        ]);
    }
    grid
}

fn status(word: &str) -> Cell {
    match word {
        "accepted" => chip(Mark::Met, "Accepted"),
        "quarantined" => chip(Mark::NotMet, "Quarantined"),
        "withdrawn" => chip(Mark::NotApplicable, "Withdrawn"),
        other => chip(Mark::Unknown, other),
    }
}

/// How many records were read, or the first thing that was wrong.
fn receipt(text: &str) -> Cell {
    let receipt: serde_json::Value = serde_json::from_str(text).unwrap_or_default();
    let first = |list: &str| {
        let entry = receipt.get(list)?.as_array()?.first()?;
        entry.get("message").and_then(|m| m.as_str()).or_else(|| entry.as_str()).map(str::to_owned)
    };
    if let Some(error) = first("errors") {
        return Cell::Text(error);
    }
    let number = |field: &str| receipt.pointer(&format!("/records/{field}")).and_then(|n| n.as_u64());
    match (number("read"), number("dropped")) {
        (Some(read), Some(dropped)) if dropped > 0 => {
            Cell::Text(format!("{read} records read, {dropped} dropped"))
        }
        (Some(read), _) if read > 0 => Cell::Text(format!("{read} records read")),
        _ => missing("no records in it"),
    }
}
