//! `gate`: whether a pipeline may go on.

use crate::app::{Error, GateRequest, Knowledge, gate as decide};
use crate::base::{Clock as _, SystemClock};
use crate::cli::args::GateArgs;
use crate::cli::exit::Outcome;
use crate::cli::output::Output;
use crate::evidence::Limits;
use crate::report::gate::{GateOutcome, to_sarif, to_text};

use crate::app::Config;

/// Looks, decides and prints.
pub async fn gate(config: Config, args: &GateArgs, output: &Output) -> Result<Outcome, Error> {
    let limits: Limits = config.limits;
    let now = SystemClock.now();
    let mut knowledge = Knowledge::read(&args.advisories)?;
    if let Some(hours) = args.max_age {
        knowledge.at_most_old(hours, now);
    }
    if args.advisories.is_empty() || knowledge.needs_installation() {
        super::open(config).await?.gate_knowledge(&mut knowledge).await?;
    }
    let request = GateRequest {
        policy: args.policy.clone(),
        vex: args.vex.clone(),
        inputs: args.inputs.clone(),
        limits,
    };
    let document = decide(&request, knowledge, now)?;
    if args.json {
        output.json(&document)?;
    } else if args.sarif {
        output.json(&to_sarif(&document))?;
    } else {
        output.line(to_text(&document).trim_end());
    }
    Ok(match document.outcome {
        GateOutcome::Passed => Outcome::Fine,
        GateOutcome::Violated => Outcome::NotMet,
        GateOutcome::Undecided => Outcome::CouldNotLook,
    })
}
