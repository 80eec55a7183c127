//! `evaluate`, `report`, `vendors score`, `ledger verify`.

use crate::app::{App, Error, EvaluateRequest, Finish, FrameworkStatus, ScoreLine};
use crate::base::UnixMillis;
use crate::cli::args::{EvaluateArgs, ReportArgs, When};
use crate::cli::exit::Outcome;
use crate::cli::output::{Output, Style};
use crate::cli::progress::Bars;
use crate::controls::{Evaluation, RequirementStatus};

/// The instant and, in period mode, the start of the period.
pub struct Instants {
    /// End of the period, or the instant; now when absent.
    pub as_of: Option<UnixMillis>,
    /// Start of the period.
    pub from: Option<UnixMillis>,
}

impl When {
    /// Reads the dates. `--from` is the start of its day, the others the end.
    pub fn read(&self) -> Result<Instants, Error> {
        let date = |text: &String| UnixMillis::parse_as_of(text).map_err(|e| Error::invalid(e.to_string()));
        let start =
            |text: &String| UnixMillis::parse_lenient(text).map_err(|e| Error::invalid(e.to_string()));
        let from = self.from.as_ref().map(start).transpose()?;
        Ok(Instants { as_of: self.as_of.as_ref().or(self.to.as_ref()).map(date).transpose()?, from })
    }
}

/// Evaluates and prints counts, and what is not met.
pub async fn evaluate(app: &App, args: &EvaluateArgs, output: &Output) -> Result<Outcome, Error> {
    let when = args.when.read()?;
    let request = EvaluateRequest { frameworks: args.framework.clone(), as_of: when.as_of };
    let evaluation = app.evaluate(&request).await?;
    let counts = app.status_counts(&evaluation);
    if args.json {
        output.json(&evaluation)?;
    } else {
        print_counts(output, &counts);
        print_open(output, &evaluation);
    }
    Ok(if counts.iter().any(FrameworkStatus::has_open) { Outcome::NotMet } else { Outcome::Fine })
}

/// The columns of the status table: heading, style, and the statuses it counts.
const COLUMNS: [(&str, RequirementStatus); 8] = [
    ("met", RequirementStatus::EvidenceMet),
    ("not met", RequirementStatus::EvidenceNotMet),
    ("missing", RequirementStatus::Missing),
    ("stale", RequirementStatus::Stale),
    ("unknown", RequirementStatus::Unknown),
    ("manual", RequirementStatus::ManualRequired),
    ("not applicable", RequirementStatus::NotApplicableClaimed),
    ("superseded", RequirementStatus::Superseded),
];

/// Prints requirements per status per framework.
pub fn print_counts(output: &Output, counts: &[FrameworkStatus]) {
    output.line(&output.paint(Style::Bold, "Requirements by status"));
    let mut headings = vec!["framework"];
    headings.extend(COLUMNS.iter().map(|(heading, _)| *heading));
    let row = |framework: &FrameworkStatus| {
        let mut cells = vec![framework.framework.clone()];
        cells.extend(COLUMNS.iter().map(|(_, status)| {
            let n = framework.count(*status).to_string();
            let style = match (n.as_str(), *status) {
                ("0", _) => Style::Dim,
                (_, RequirementStatus::EvidenceMet) => Style::Green,
                (_, RequirementStatus::EvidenceNotMet | RequirementStatus::Missing) => Style::Red,
                (
                    _,
                    RequirementStatus::Stale
                    | RequirementStatus::Unknown
                    | RequirementStatus::LateWithProcess,
                ) => Style::Yellow,
                (
                    _,
                    RequirementStatus::ManualRequired
                    | RequirementStatus::NotApplicableClaimed
                    | RequirementStatus::Superseded,
                ) => Style::Plain,
            };
            let width = 1;
            output.paint(style, &format!("{n:>width$}"))
        }));
        cells
    };
    output.table(&headings, &counts.iter().map(row).collect::<Vec<_>>());
}

fn print_open(output: &Output, evaluation: &Evaluation) {
    let open = |s: RequirementStatus| s < RequirementStatus::LateWithProcess;
    let verdicts: Vec<_> = evaluation.requirements.iter().filter(|v| open(v.status)).collect();
    if verdicts.is_empty() {
        return;
    }
    output.line("");
    output.line(&output.paint(Style::Bold, "Not met, unknown, stale or missing"));
    for verdict in verdicts {
        let style =
            if verdict.status == RequirementStatus::EvidenceNotMet { Style::Red } else { Style::Yellow };
        let place = output.paint(style, &format!("{} {}", verdict.framework, verdict.id));
        output.line(&format!("  {place}  {}", verdict.explanation));
    }
}

/// Writes a framework report.
pub async fn report(app: &App, args: &ReportArgs, output: &Output) -> Result<Outcome, Error> {
    let date = |text: &String| UnixMillis::parse_as_of(text).map_err(|e| Error::invalid(e.to_string()));
    let as_of = args.as_of.as_ref().map(date).transpose()?;
    let html = app.framework_report(&args.framework, as_of).await?;
    let shown = args.output.display();
    std::fs::write(&args.output, &html)
        .map_err(|e| Error::upstream(format!("could not write {shown}: {e}")))?;
    Ok(output.said(&format!("wrote {shown} ({} kB)", html.len() / 1000)))
}

/// Scores vendors.
pub async fn score(app: &App, json: bool, output: &Output) -> Result<Outcome, Error> {
    let run = app.run_here("score", None).await?;
    let scored = app.score_vendors().await;
    let error = scored.as_ref().err().map_or_else(String::new, ToString::to_string);
    app.finish(run, &Finish { error, ..Finish::default() }).await?;
    let lines = scored?;
    if json {
        output.json(&lines)?;
    } else if lines.is_empty() {
        output.note("no vendor is declared: add one to the configuration file with [[vendor]]");
    } else {
        print_scores(output, &lines);
    }
    Ok(Outcome::Fine)
}

/// Prints scores, worst first.
pub fn print_scores(output: &Output, lines: &[ScoreLine]) {
    output.line(&output.paint(Style::Bold, "Vendor risk (0 to 100, what is left after assurance)"));
    let mut sorted: Vec<&ScoreLine> = lines.iter().collect();
    sorted.sort_by(|a, b| b.score.residual.get().total_cmp(&a.score.residual.get()));
    let row = |line: &&ScoreLine| {
        let score = &line.score;
        let floor = score.binding_floor().map_or_else(String::new, |f| f.reason.clone());
        vec![
            line.facts.name.clone(),
            score.tier.as_str().to_owned(),
            score.inherent.to_string(),
            score.residual.to_string(),
            format!("{}%", score.confidence_percent()),
            floor,
        ]
    };
    let headings = ["vendor", "tier", "inherent", "residual", "confidence", "held up by"];
    output.table(&headings, &sorted.iter().map(row).collect::<Vec<_>>());
}

/// Verifies the ledger.
pub async fn ledger(app: &App, json: bool, output: &Output) -> Result<Outcome, Error> {
    let report = app.ledger_verify(&Bars::new(!json)).await?;
    if json {
        output.json(&report)?;
    } else if report.problems.is_empty() {
        let word = output.paint(Style::Green, "INTACT");
        output.line(&format!(
            "{word}: {} entries, {} covered by {} checkpoints, {} files hashed anew, {} rows of the audit trail",
            report.entries, report.covered, report.checkpoints, report.blobs, report.audit_rows
        ));
        for (record, rows) in &report.erased {
            output.line(&format!("{rows} rows of the audit trail erased by record {record}"));
        }
        output.line(&format!("root {}  signed by {}", report.root, report.fingerprint));
    } else {
        output.line(&output.paint(Style::Red, "NOT INTACT"));
        for problem in &report.problems {
            output.line(&format!("  {problem}"));
        }
    }
    Ok(if report.problems.is_empty() { Outcome::Fine } else { Outcome::Integrity })
}
