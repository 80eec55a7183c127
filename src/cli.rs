//! The command line: one file per command group, one table of exit codes.

mod args;
mod check;
mod evidence;
mod exit;
mod output;
mod packs;
mod progress;
mod service;
mod verdicts;

use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser as _;
use tracing_subscriber::EnvFilter;

use crate::app::{App, Config, Error, LogFormat};
use crate::base::SystemClock;

use args::{Cli, Command, ControlsCommand, LedgerCommand, PackCommand, VendorsCommand};
use exit::Outcome;
use output::Output;

/// Runs the command line of this process.
pub fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return exit::usage(&error),
    };
    let output = Output::new(cli.global.color);
    let config = match load(&cli) {
        Ok(config) => config,
        Err(error) => return output.failed(&error),
    };
    start_logging(&config, output.colour_errors());
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return output.failed(&Error::upstream(format!("could not start the runtime: {error}"))),
    };
    match runtime.block_on(dispatch(cli, config, &output)) {
        Ok(outcome) => outcome.code(),
        Err(error) => output.failed(&error),
    }
}

fn load(cli: &Cli) -> Result<Config, Error> {
    // Variables that are not text cannot be ours.
    let environment = std::env::vars_os().filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?)));
    Config::load(cli.global.config.as_deref(), environment, cli.global.overrides(&cli.command))
}

fn start_logging(config: &Config, colour: bool) {
    let filter = EnvFilter::try_new(&config.log.filter).unwrap_or_else(|_| EnvFilter::new("warn,attestry=info"));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = match config.log.format {
        LogFormat::Json => lines.json().try_init(),
        LogFormat::Pretty => lines.with_ansi(colour).with_target(false).try_init(),
    };
    // Only a second call in one process fails, and then the first one's logging stands.
    drop(started);
}

async fn dispatch(cli: Cli, config: Config, output: &Output) -> Result<Outcome, Error> {
    match cli.command {
        Command::Completions { shell } => Ok(output.completions(shell)),
        Command::Config { command: args::ConfigCommand::Check } => Ok(check::config(&config, output)),
        Command::Controls { command: ControlsCommand::Lint { paths } } => check::lint(&config, &paths, output),
        Command::Controls { command: ControlsCommand::List(list) } => check::list(&config, &list, output),
        Command::Pack { command: PackCommand::Verify(verify) } => packs::verify(&verify, output),
        Command::Pack { command: PackCommand::Replay { pack, json } } => packs::replay(&pack, json, output),
        other => with_app(other, config, output).await,
    }
}

async fn with_app(command: Command, config: Config, output: &Output) -> Result<Outcome, Error> {
    let app = Arc::new(App::open(config, Arc::new(SystemClock)).await?);
    match command {
        Command::Demo(demo) => service::demo(app, demo, output).await,
        Command::Serve => service::serve(app, output).await,
        Command::Migrate => Ok(output.said("the database is up to date")),
        Command::Import(import) => evidence::import(&app, &import, output).await,
        Command::Collect { sources, json } => evidence::collect(&app, &sources, json, output).await,
        Command::Evaluate(evaluate) => verdicts::evaluate(&app, &evaluate, output).await,
        Command::Report(report) => verdicts::report(&app, &report, output).await,
        Command::Vendors { command: VendorsCommand::Score { json } } => verdicts::score(&app, json, output).await,
        Command::Pack { command: PackCommand::Create(create) } => packs::create(&app, &create, output).await,
        Command::Ledger { command: LedgerCommand::Verify { json } } => verdicts::ledger(&app, json, output).await,
        Command::Controls { command: ControlsCommand::Test(test) } => check::test(&app, &test, output).await,
        Command::Controls { command: ControlsCommand::Lint { .. } | ControlsCommand::List(_) }
        | Command::Pack { command: PackCommand::Verify(_) | PackCommand::Replay { .. } }
        | Command::Config { .. }
        | Command::Completions { .. } => Err(Error::invalid("this command needs no data directory")),
    }
}
