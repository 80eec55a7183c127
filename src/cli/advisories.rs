//! `advisories`: feeds fetched, carried in, and how current they are.

use crate::app::{App, Error, FeedState, FeedStatus, finish_of};
use crate::base::{ErrorKind, UnixMillis};
use crate::cli::args::{AdvisoriesCommand, AdvisoriesImportArgs};
use crate::cli::evidence::{outcome, print, print_collected};
use crate::cli::exit::Outcome;
use crate::cli::output::{Output, Style};

/// Carries out a command about advisory feeds.
pub async fn run(app: &App, command: &AdvisoriesCommand, output: &Output) -> Result<Outcome, Error> {
    match command {
        AdvisoriesCommand::Sync { names, json } => sync(app, names, *json, output).await,
        AdvisoriesCommand::Import(args) => import(app, args, output).await,
        AdvisoriesCommand::Match { json } => matched(app, *json, output).await,
        AdvisoriesCommand::Status { json } => status(app, *json, output).await,
    }
}

async fn sync(app: &App, names: &[String], json: bool, output: &Output) -> Result<Outcome, Error> {
    let collected = app.feeds_sync(names).await?;
    if collected.is_empty() {
        output.note("no advisory feed is declared: add a [[source]] of type \"advisory-feed\"");
    }
    print_collected(&collected, json, output)
}

async fn import(app: &App, args: &AdvisoriesImportArgs, output: &Output) -> Result<Outcome, Error> {
    if let Some(gone) = args.paths.iter().find(|path| !path.exists()) {
        let text = format!("there is no file or directory {}", gone.display());
        return Err(Error::new(ErrorKind::NotFound, text));
    }
    let run = app.run_here("import", None).await?;
    let id = run.row.id.to_string();
    let (mut receipts, mut unreadable, mut failed) = (Vec::new(), Vec::new(), None);
    for path in &args.paths {
        match app.advisories_import(path, args.feed.as_deref(), &id).await {
            Ok(taken) => {
                print(output, args.json, &taken)?;
                receipts.extend(taken);
            }
            Err(error) if matches!(error.kind, ErrorKind::Upstream | ErrorKind::TooLarge) => {
                unreadable.push(format!("error: {error}"));
            }
            Err(error) => {
                failed = Some(error);
                break;
            }
        }
    }
    let mut end = finish_of(&receipts);
    end.error = failed.as_ref().map_or_else(|| unreadable.join("\n"), ToString::to_string);
    app.finish(run, &end).await?;
    for problem in &unreadable {
        output.note(problem);
    }
    failed.map_or_else(|| Ok(outcome(&receipts, !unreadable.is_empty())), Err)
}

async fn matched(app: &App, json: bool, output: &Output) -> Result<Outcome, Error> {
    let run = app.run_here("match", None).await?;
    let made = app.match_assets().await;
    let mut end = finish_of(made.as_deref().unwrap_or_default());
    end.error = made.as_ref().err().map_or_else(String::new, ToString::to_string);
    app.finish(run, &end).await?;
    let receipts = made?;
    print(output, json, &receipts)?;
    if receipts.is_empty() {
        output.note(
            "nothing new: no advisories, no SBOM of an asset, or the same answers as within the last day",
        );
    }
    Ok(outcome(&receipts, false))
}

async fn status(app: &App, json: bool, output: &Output) -> Result<Outcome, Error> {
    let feeds = app.feed_statuses().await?;
    if json {
        output.json(&feeds)?;
    } else {
        print_status(&feeds, output);
    }
    Ok(if relied_on(&feeds) { Outcome::Fine } else { Outcome::NotMet })
}

/// Whether verdicts can rest on the feeds: one that decides is current, and none that is followed fell behind.
fn relied_on(feeds: &[FeedStatus]) -> bool {
    let current = |feed: &FeedStatus| feed.state == FeedState::Current;
    feeds.iter().any(|feed| feed.decides && current(feed))
        && feeds.iter().all(|feed| feed.source.is_none() || current(feed))
}

const HEADINGS: [&str; 9] =
    ["feed", "state", "age", "records", "revision", "revised", "checked", "source", "from"];

fn print_status(feeds: &[FeedStatus], output: &Output) {
    if feeds.is_empty() {
        output
            .note("no advisory feed is declared, and none was imported: vulnerability verdicts are unknown");
        return;
    }
    let rows: Vec<Vec<String>> = feeds.iter().map(|feed| row(feed, output)).collect();
    output.table(&HEADINGS, &rows);
    for feed in feeds {
        output.line(&format!("{}: {}", feed.feed, feed.meaning));
        if feed.dropped > 0 {
            output.line(&format!("    {} records of it could not be read", feed.dropped));
        }
        if let Some(failure) = &feed.failure {
            output.line(&format!("    {}: {failure}", output.paint(Style::Red, "last run failed")));
        }
    }
}

fn row(feed: &FeedStatus, output: &Output) -> Vec<String> {
    let style = match feed.state {
        FeedState::Current => Style::Green,
        FeedState::Stale => Style::Yellow,
        FeedState::Partial | FeedState::Never => Style::Red,
    };
    let or_none = |text: Option<String>| text.unwrap_or_else(|| "–".to_owned());
    let time = |at: Option<UnixMillis>| or_none(at.map(UnixMillis::to_display));
    vec![
        feed.feed.clone(),
        output.paint(style, feed.state.word()),
        or_none(feed.age_seconds.map(age)),
        feed.records.to_string(),
        or_none(feed.revision.map(|digest| digest.to_hex().chars().take(12).collect())),
        time(feed.revised_at),
        time(feed.checked_at),
        feed.source.clone().unwrap_or_else(|| "by hand".to_owned()),
        or_none(feed.place.clone()),
    ]
}

/// An age in its largest fitting unit.
fn age(seconds: i64) -> String {
    match seconds {
        ..0 => "0 min".to_owned(),
        0..7200 => format!("{} min", seconds / 60),
        7200..172_800 => format!("{} h", seconds / 3600),
        _ => format!("{} d", seconds / 86_400),
    }
}
