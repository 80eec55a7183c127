//! Sources: where evidence comes from, when, and whether it came.

mod feed;

use serde_json::Value;

use crate::app::identity::Actor;
use crate::app::supply::listing::{Around, Listing};
use crate::app::supply::runs::{documents, state};
use crate::app::supply::words::{chip, counted, missing, took};
use crate::app::{App, Error};
use crate::base::{ListQuery, RunId, UnixMillis};
use crate::collect::FeedSettings;
use crate::report::Mark;
use crate::report::table::{Cell, CellView, EmptyState, Row, TableRequest};
use crate::report::view::Crumb;
use crate::report::view::supply::{Act, DetailPage, Grid, Pair, SOURCES, Section};
use crate::store::{NewRun, RunLine, SourceLine, SourceRow, Trigger};

/// Documents of a source that are shown.
const MOST_ITEMS: u64 = 50;
/// Runs of a source that are shown.
const MOST_RUNS: u32 = 25;

impl App {
    /// The list of sources.
    ///
    /// # Errors
    /// When the query is wrong or the database fails.
    pub async fn sources_list(&self, request: &TableRequest) -> Result<Listing, Error> {
        let now = self.now();
        let around = Around {
            heading: "Sources",
            lead: "Where evidence is collected from, when next, and whether the last time went well.".to_owned(),
            tabs: Vec::new(),
            acts: Vec::new(),
            caution: None,
            empty: EmptyState {
                title: "No sources yet".to_owned(),
                text: "Declare one with [[source]] in the configuration file: a directory, a local repository or an \
                       advisory feed. \
                       Until then, upload evidence by hand."
                    .to_owned(),
                href: Some("/evidence/upload".to_owned()),
                action: Some("Upload evidence".to_owned()),
            },
            offered: &[],
        };
        let rows = async |query: &ListQuery| {
            Ok(self.store.source_line_page(query).await?.map(|line| row(&line, now)))
        };
        self.listing(&SOURCES, request, around, rows).await
    }

    /// One source with its runs and what it brought.
    ///
    /// # Errors
    /// When there is no such source or the database fails.
    pub async fn source_page(&self, id: &str) -> Result<DetailPage, Error> {
        let source = self.store.source_get(id).await?.ok_or_else(no_such_source)?;
        let line = self.store.source_line(id).await?.ok_or_else(no_such_source)?;
        let runs = ListQuery {
            filters: [("source".to_owned(), vec![id.to_owned()])].into(),
            sort: "started".to_owned(),
            descending: true,
            limit: MOST_RUNS,
            ..ListQuery::default()
        };
        let runs = self.store.run_page(&runs).await?.rows;
        let items = self.store.source_items(id, MOST_ITEMS).await?;
        let now = self.now();
        Ok(DetailPage {
            way: vec![Crumb::link("Sources", "/sources"), Crumb::here(source.name.clone())],
            heading: source.name.clone(),
            marks: vec![CellView::of(&health(&line, now))],
            lead: format!("{}, {}", kind_words(&source.source_type), schedule_words(&line).to_lowercase()),
            acts: acts(&source),
            sections: vec![
                Section::new("Runs").grid(run_grid(&runs, now), "It has not run yet"),
                Section::new("What it brought last").grid(documents(&items), "Nothing yet"),
            ],
            side: self.source_side(&line, &source).await?,
            ..DetailPage::default()
        })
    }

    async fn source_side(&self, line: &SourceLine, source: &SourceRow) -> Result<Vec<Section>, Error> {
        let mut side = vec![about(line)];
        if let Ok(feed) = FeedSettings::read(&source.config) {
            side.push(feed::section(&feed, self.feed_of(&feed.feed).await?.as_ref()));
        }
        side.push(settings(source));
        Ok(side)
    }

    /// Queues a collection of a source at once, for a person.
    ///
    /// # Errors
    /// When there is no such source, it is switched off, or the database fails.
    pub async fn source_run(&self, id: &str, actor: &Actor) -> Result<RunId, Error> {
        let source = self.store.source_get(id).await?.ok_or_else(no_such_source)?;
        if !source.enabled {
            let off =
                format!("source {} is switched off: set `enabled = true` where it is declared", source.name);
            return Err(Error::invalid(off));
        }
        let new = NewRun {
            job: "collect".to_owned(),
            source_id: Some(source.id),
            schedule_id: None,
            trigger: Trigger::Now,
            due_at: self.now(),
            missed: 0,
            request: String::new(),
        };
        self.queued(&new, actor).await
    }
}

fn no_such_source() -> Error {
    Error::not_found("there is no such source; the list of sources has all of them")
}

fn acts(source: &SourceRow) -> Vec<Act> {
    if !source.enabled {
        return Vec::new();
    }
    vec![Act { label: "Run now".to_owned(), href: format!("/sources/{}/run", source.id), icon: "play" }]
}

fn kind_words(kind: &str) -> &str {
    match kind {
        "local-repository" => "Local repository",
        "directory" => "Directory",
        "advisory-feed" => "Advisory feed",
        other => other,
    }
}

/// Whether it can be relied on, from its switch, its newest run and its schedule.
fn health(line: &SourceLine, now: UnixMillis) -> Cell {
    if !line.enabled {
        return chip(Mark::NotApplicable, "Switched off");
    }
    match line.state.as_deref() {
        Some("failed") => chip(Mark::NotMet, "Last run failed"),
        Some("abandoned") => chip(Mark::Attention, "Last run was cut off"),
        Some("running" | "ready") => chip(Mark::Unknown, "Running now"),
        // a minute is what the scheduler may need
        _ if line.next_at.is_some_and(|due| due < now.plus_millis(-60_000).0) => {
            chip(Mark::Attention, "Overdue")
        }
        Some(_) if line.quarantined.unwrap_or_default() > 0 => chip(Mark::Attention, "Quarantined something"),
        Some(_) if line.cron.is_none() => chip(Mark::Manual, "Healthy, by hand only"),
        Some(_) => chip(Mark::Met, "Healthy"),
        None => chip(Mark::Unknown, "Never ran"),
    }
}

fn brought(line: &SourceLine) -> Cell {
    let count = |n: Option<i32>| u64::from(n.unwrap_or_default().unsigned_abs());
    if line.state.is_none() {
        return missing("not run yet");
    }
    let (new, again, bad) = (count(line.accepted), count(line.duplicates), count(line.quarantined));
    let mut words = format!("{} new, {again} seen before", counted(new, "document", "documents"));
    if bad > 0 {
        words = format!("{words}, {bad} quarantined");
    }
    Cell::Text(words)
}

fn row(line: &SourceLine, now: UnixMillis) -> Row {
    let last = match (line.run_id.as_ref(), line.started_at) {
        (Some(_), Some(at)) => Cell::Time(UnixMillis(at)),
        _ => missing("never"),
    };
    Row {
        id: line.id.clone(),
        href: Some(format!("/sources/{}", line.id)),
        cells: vec![
            Cell::Text(line.name.clone()),
            health(line, now),
            Cell::Text(kind_words(&line.source_type).to_owned()),
            last,
            brought(line),
            Cell::Text(schedule_words(line)),
            next(line),
        ],
    }
}

fn next(line: &SourceLine) -> Cell {
    match line.next_at.filter(|at| *at < i64::MAX) {
        Some(at) => Cell::Time(UnixMillis(at)),
        None => missing("only when asked for"),
    }
}

fn schedule_words(line: &SourceLine) -> String {
    line.cron.as_deref().map_or_else(|| "Only when asked for".to_owned(), cron_words)
}

/// A schedule in words where it is a common one, else as it is written.
pub(super) fn cron_words(cron: &str) -> String {
    let fields: Vec<&str> = cron.split_whitespace().collect();
    let [minute, hour, day, month, weekday] = fields[..] else { return cron.to_owned() };
    let number = |field: &str| field.parse::<u32>().ok();
    let time = |m: u32, h: u32| format!("{h:02}:{m:02} UTC");
    match (number(minute), number(hour), day, month, weekday) {
        (Some(m), Some(h), "*", "*", "*") => format!("Every day at {}", time(m, h)),
        (Some(m), Some(h), "*", "*", "1-5" | "MON-FRI") => format!("Monday to Friday at {}", time(m, h)),
        (Some(m), Some(h), "*", "*", week) => match weekday_name(week) {
            Some(name) => format!("Every {name} at {}", time(m, h)),
            None => format!("Schedule {cron} (UTC)"),
        },
        (Some(m), Some(h), day, "*", "*") if number(day).is_some() => {
            format!("On day {day} of every month at {}", time(m, h))
        }
        (Some(m), None, "*", "*", "*") if hour == "*" => format!("Every hour at minute {m}"),
        _ => match (minute.strip_prefix("*/"), hour, day, month, weekday) {
            (Some(every), "*", "*", "*", "*") => format!("Every {every} minutes"),
            _ => format!("Schedule {cron} (UTC)"),
        },
    }
}

fn weekday_name(field: &str) -> Option<&'static str> {
    Some(match field.to_ascii_uppercase().as_str() {
        "0" | "7" | "SUN" => "Sunday",
        "1" | "MON" => "Monday",
        "2" | "TUE" => "Tuesday",
        "3" | "WED" => "Wednesday",
        "4" | "THU" => "Thursday",
        "5" | "FRI" => "Friday",
        "6" | "SAT" => "Saturday",
        _ => return None,
    })
}

fn run_grid(runs: &[RunLine], now: UnixMillis) -> Grid {
    let heads = ["Began", "Outcome", "#Took", "#New", "#Seen before", "#Quarantined", "#Missed", "Problem"];
    let mut grid = Grid::new("Runs, newest first", &heads);
    for run in runs {
        let began = UnixMillis(run.started_at);
        let took = run.finished_at.map(|end| took(end.saturating_sub(run.started_at)));
        let problem = run.detail.lines().next().map(str::to_owned);
        let label = if run.started_at > now.0 { "later".to_owned() } else { began.to_display() };
        grid.push(&[
            Cell::Link { label, href: format!("/runs/{}", run.id), detail: None },
            state(&run.state),
            Cell::text_or(took, "not ended"),
            Cell::Number(i64::from(run.accepted)),
            Cell::Number(i64::from(run.duplicates)),
            Cell::Number(i64::from(run.quarantined)),
            Cell::Number(i64::from(run.missed)),
            Cell::text_or(problem, "none"),
        ]);
    }
    grid
}

fn about(line: &SourceLine) -> Section {
    Section::new("Schedule").pairs(vec![
        Pair::text("When", schedule_words(line)),
        Pair::new("As written", &Cell::text_or(line.cron.clone(), "no schedule")),
        Pair::new("Next run", &next(line)),
        Pair::text("Enabled", if line.enabled { "Yes" } else { "No" }),
    ])
}

/// The settings without anything that could be a secret: known keys only, and whether a secret is kept.
fn settings(source: &SourceRow) -> Section {
    let config: Value = serde_json::from_str(&source.config).unwrap_or_default();
    let text = |key: &str| config.get(key).and_then(Value::as_str).map(str::to_owned);
    let place = FeedSettings::read(&source.config).map_or_else(|_| text("path"), |feed| Some(feed.shown()));
    let secret = if text("token_file").is_some() {
        "A token, read from a file each time"
    } else if source.secret.is_some() {
        "Kept encrypted, never shown"
    } else {
        "None"
    };
    Section::new("Settings").pairs(vec![
        Pair::text("Type", kind_words(&source.source_type)),
        Pair::new("Where", &Cell::text_or(place, "not given")),
        Pair::new("About the asset", &Cell::text_or(text("asset"), "as each document says")),
        Pair::text("Secret", secret),
        Pair::new("Declared", &Cell::Time(source.updated_at)),
        Pair::new("Identifier", &Cell::Code(source.id.clone())),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_schedules_read_as_words_and_others_as_written() {
        assert_eq!(cron_words("30 4 * * *"), "Every day at 04:30 UTC");
        assert_eq!(cron_words("0 6 * * 1"), "Every Monday at 06:00 UTC");
        assert_eq!(cron_words("15 * * * *"), "Every hour at minute 15");
        assert_eq!(cron_words("*/10 * * * *"), "Every 10 minutes");
        assert_eq!(cron_words("0 3 1 * *"), "On day 1 of every month at 03:00 UTC");
        assert_eq!(cron_words("1,2 3 * 4 *"), "Schedule 1,2 3 * 4 * (UTC)");
    }
}
