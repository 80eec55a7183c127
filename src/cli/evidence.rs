//! `import` and `collect`: evidence in, receipts out.

use std::path::PathBuf;

use bytes::Bytes;

use crate::app::{App, Collected, Error, Import, Origin, Progress as _, finish_of};
use crate::base::ErrorKind;
use crate::cli::args::ImportArgs;
use crate::cli::exit::Outcome;
use crate::cli::output::{Output, Style};
use crate::cli::progress::Bars;
use crate::evidence::{Receipt, ReceiptStatus};

/// What importing the files came to.
#[derive(Default)]
struct Done {
    receipts: Vec<Receipt>,
    unreadable: Vec<String>,
}

/// Imports files and directories.
pub async fn import(app: &App, args: &ImportArgs, output: &Output) -> Result<Outcome, Error> {
    let files = files(&args.paths)?;
    let bars = Bars::new(!args.json);
    bars.begin("importing", files.len() as u64);
    let run = app.run_here("import", None).await?;
    let mut done = Done::default();
    let mut failed = None;
    for file in files {
        match import_one(app, args, file, &run.row.id.to_string(), &mut done).await {
            Ok(receipts) => print(output, args.json, &receipts)?,
            Err(error) => {
                failed = Some(error);
                break;
            }
        }
        bars.advance(1);
    }
    bars.end(&format!("{} documents", done.receipts.len()));
    let mut end = finish_of(&done.receipts);
    end.error = failed.as_ref().map_or_else(|| done.unreadable.join("\n"), ToString::to_string);
    app.finish(run, &end).await?;
    for problem in &done.unreadable {
        output.note(problem);
    }
    match failed {
        Some(error) => Err(error),
        None => Ok(outcome(&done.receipts, !done.unreadable.is_empty())),
    }
}

async fn import_one(
    app: &App,
    args: &ImportArgs,
    file: PathBuf,
    run: &str,
    done: &mut Done,
) -> Result<Vec<Receipt>, Error> {
    let name = file.display().to_string();
    let bytes = match read_bounded(&file, app.config().limits.document_bytes) {
        Ok(bytes) => bytes,
        Err(error) => {
            done.unreadable.push(format!("error: could not read {name}: {error}"));
            return Ok(Vec::new());
        }
    };
    let origin = Origin::upload(app.now(), Some(run.to_owned()));
    let import = Import { file: name, bytes, kind: args.kind, asset: args.asset.clone(), origin };
    let receipts = app.import(&import).await?;
    done.receipts.extend(receipts.iter().cloned());
    Ok(receipts)
}

/// Reads one byte more than the limit at most: whether the file is over it is then the importer's to say.
fn read_bounded(file: &std::path::Path, limit: u64) -> std::io::Result<Bytes> {
    use std::io::Read as _;
    let mut bytes = Vec::new();
    std::fs::File::open(file)?.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok(Bytes::from(bytes))
}

fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Error> {
    let mut files = Vec::new();
    for path in paths {
        let shown = path.display();
        if path.is_dir() {
            let below = crate::app::files_below(path)?;
            files.extend(below);
        } else if path.exists() {
            files.push(path.clone());
        } else {
            return Err(Error::new(ErrorKind::NotFound, format!("there is no file or directory {shown}")));
        }
    }
    Ok(files)
}

pub(super) fn outcome(receipts: &[Receipt], unreadable: bool) -> Outcome {
    // `evidence_id` is empty only for what was over a limit and therefore not kept.
    let refused = |r: &Receipt| r.status == ReceiptStatus::Quarantined || r.evidence_id.is_none();
    match (unreadable, receipts.iter().any(refused)) {
        (true, _) => Outcome::CouldNotLook,
        (false, true) => Outcome::NotMet,
        (false, false) => Outcome::Fine,
    }
}

pub(super) fn print(output: &Output, json: bool, receipts: &[Receipt]) -> Result<(), Error> {
    for receipt in receipts {
        if json {
            output.json_line(receipt)?;
        } else {
            print_receipt(output, receipt);
        }
    }
    Ok(())
}

fn print_receipt(output: &Output, receipt: &Receipt) {
    let (style, word) = match receipt.status {
        ReceiptStatus::Accepted => (Style::Green, "accepted   "),
        ReceiptStatus::Duplicate => (Style::Dim, "seen again "),
        ReceiptStatus::Quarantined => (Style::Yellow, "quarantined"),
    };
    let format = receipt.format.as_deref().unwrap_or("unknown format");
    let version = receipt.format_version.as_deref().map_or_else(String::new, |v| format!(" {v}"));
    let counts: Vec<String> = receipt.counts.iter().map(|(key, n)| format!("{n} {key}")).collect();
    let counts = if counts.is_empty() { String::new() } else { format!(", {}", counts.join(", ")) };
    output.line(&format!("{} {}  {format}{version}{counts}", output.paint(style, word), receipt.file));
    for problem in &receipt.errors {
        output.line(&format!("    {}: {}", output.paint(Style::Red, &problem.code), problem.message));
    }
    for warning in &receipt.warnings {
        let code = output.paint(Style::Dim, &warning.code);
        output.line(&format!("    {code} ×{}: {}", warning.count, warning.message));
    }
}

/// Collects declared sources.
pub async fn collect(app: &App, names: &[String], json: bool, output: &Output) -> Result<Outcome, Error> {
    let collected = app.collect(names).await?;
    if collected.is_empty() {
        output.note("no source is declared: add one to the configuration file with [[source]]");
    }
    print_collected(&collected, json, output)
}

/// Prints what sources brought, and gives the worst of it.
pub(super) fn print_collected(
    collected: &[(String, Collected)],
    json: bool,
    output: &Output,
) -> Result<Outcome, Error> {
    let mut worst = Outcome::Fine;
    for (name, collected) in collected {
        if !json {
            output.line(&output.paint(Style::Bold, name));
        }
        print(output, json, &collected.receipts)?;
        worst = worst.max(of_collection(name, collected, output));
    }
    Ok(worst)
}

fn of_collection(name: &str, collected: &Collected, output: &Output) -> Outcome {
    for problem in &collected.problems {
        output.note(&format!("error: {name}: {problem}"));
    }
    outcome(&collected.receipts, !collected.problems.is_empty())
}
