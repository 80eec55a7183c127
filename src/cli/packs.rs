//! `pack create`, `pack verify`, `pack replay`.

use std::path::Path;

use crate::app::{App, Error, PackMade, PackRequest, pack_diff, pack_replay, pack_verify};
use crate::cli::args::{CreateArgs, VerifyArgs};
use crate::cli::exit::Outcome;
use crate::cli::output::{Output, Style};
use crate::cli::progress::Bars;
use crate::report::pack::Verdict;

/// Creates a pack.
pub async fn create(app: &App, args: &CreateArgs, output: &Output) -> Result<Outcome, Error> {
    let when = args.when.read()?;
    let request = PackRequest {
        frameworks: args.framework.clone(),
        as_of: when.as_of,
        from: when.from,
        output: args.output.clone(),
        engagement: None,
    };
    let made = app.pack_create(&request, &Bars::new(!args.json)).await?;
    if args.json {
        output.json(&made)?;
    } else {
        print_made(output, &made);
    }
    Ok(Outcome::Fine)
}

/// Prints where a pack is and what identifies it.
pub fn print_made(output: &Output, made: &PackMade) {
    output.line(&output.paint(Style::Bold, &format!("Pack {}", made.number)));
    output.line(&format!("  path       {}", made.path.display()));
    output.line(&format!("  sha256     {}", made.sha256));
    output.line(&format!("  signed by  {}", made.fingerprint));
    output.line(&format!(
        "  holds      {} evidence items, {} gaps, {} files, {} kB",
        made.items,
        made.gaps,
        made.members,
        made.bytes / 1000
    ));
}

/// Verifies a pack.
pub fn verify(args: &VerifyArgs, output: &Output) -> Result<Outcome, Error> {
    let key = args.key.as_deref().map(read_key).transpose()?;
    let verification = pack_verify(&args.pack, key.as_deref(), args.previous.as_deref())?;
    let holds = verification.verdict != Verdict::NotVerified;
    if args.json {
        output.json(&verification)?;
    } else {
        for step in &verification.steps {
            let mark =
                if step.ok { output.paint(Style::Green, "✓") } else { output.paint(Style::Red, "✗") };
            let member = step.member.as_deref().map_or_else(String::new, |m| format!(" [{m}]"));
            output.line(&format!("{mark} {}: {}{member}", step.name, step.detail));
        }
        let style = if holds { Style::Green } else { Style::Red };
        output.line(&output.paint(style, &verification.headline));
    }
    Ok(if holds { Outcome::Fine } else { Outcome::Integrity })
}

/// A file that exists is read; anything else is the key itself.
fn read_key(key: &str) -> Result<String, Error> {
    let path = Path::new(key);
    if path.is_file() {
        return std::fs::read_to_string(path)
            .map_err(|e| Error::upstream(format!("could not read {key}: {e}")));
    }
    Ok(key.to_owned())
}

/// Recomputes a pack's verdicts.
pub fn replay(pack: &Path, json: bool, output: &Output) -> Result<Outcome, Error> {
    let replay = pack_replay(pack)?;
    if json {
        output.json(&replay)?;
    } else {
        for difference in &replay.differences {
            output.line(&output.paint(Style::Red, &difference.what));
            output.line(&format!("  packed      {}", difference.packed));
            output.line(&format!("  recomputed  {}", difference.recomputed));
        }
        let scores = if replay.scores { ", vendor scores" } else { "" };
        let counts =
            format!("{} test results, {} requirement verdicts{scores}", replay.tests, replay.requirements);
        let (style, word) =
            if replay.identical { (Style::Green, "IDENTICAL") } else { (Style::Red, "DIFFERENT") };
        output.line(&format!("{}: recomputed {counts}", output.paint(style, word)));
    }
    Ok(if replay.identical { Outcome::Fine } else { Outcome::Integrity })
}

/// Shows what changed between two packs.
pub fn diff(before: &Path, after: &Path, json: bool, output: &Output) -> Result<Outcome, Error> {
    let diff = pack_diff(before, after)?;
    if json {
        output.json(&diff)?;
        return Ok(if diff.identical { Outcome::Fine } else { Outcome::NotMet });
    }
    let status = |s: Option<crate::controls::RequirementStatus>| {
        let word = s.and_then(|s| serde_json::to_value(s).ok()).and_then(|v| v.as_str().map(str::to_owned));
        word.unwrap_or_else(|| "(not there)".to_owned())
    };
    if diff.definitions_changed {
        output.line("the control definitions changed, which alone can change verdicts");
    }
    for change in &diff.requirements {
        let place = output.paint(Style::Bold, &format!("{} {}", change.framework, change.id));
        output.line(&format!("{place}  {} → {}", status(change.before), status(change.after)));
        output.line(&format!("    {}", change.explanation));
    }
    for (sign, entries) in [("+", &diff.added), ("-", &diff.removed)] {
        for entry in entries {
            output.line(&format!("{sign} {} {} {}", entry.kind, entry.subject, entry.file));
        }
    }
    if diff.identical {
        return Ok(output.said("the packs say the same"));
    }
    Ok(Outcome::NotMet)
}
