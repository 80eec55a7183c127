//! The command line: one file per command group, one table of exit codes.

mod admin;
mod advisories;
mod args;
mod check;
mod evidence;
mod exit;
mod gate;
mod healthcheck;
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

use args::{
    AdminCommand, Cli, Command, ConfigCommand, ControlsCommand, LedgerCommand, PackCommand, VendorsCommand,
};
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
        Err(error) => {
            return output.failed(&Error::upstream(format!("could not start the runtime: {error}")));
        }
    };
    match runtime.block_on(dispatch(cli, config, &output)) {
        Ok(outcome) => outcome.code(),
        Err(error) => output.failed(&error),
    }
}

fn load(cli: &Cli) -> Result<Config, Error> {
    // Variables that are not text cannot be ours.
    let environment =
        std::env::vars_os().filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?)));
    Config::load(cli.global.config.as_deref(), environment, cli.global.overrides(&cli.command))
}

fn start_logging(config: &Config, colour: bool) {
    let filter =
        EnvFilter::try_new(&config.log.filter).unwrap_or_else(|_| EnvFilter::new("warn,attestry=info"));
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
        Command::Config { command: ConfigCommand::Check } => Ok(check::config(&config, output)),
        Command::Controls { command } => controls(command, config, output).await,
        Command::Pack { command } => pack(command, config, output).await,
        Command::Demo(demo) => service::demo(open(config).await?, demo, output).await,
        Command::Serve => service::serve(open(config).await?, output).await,
        Command::Healthcheck(healthcheck) => healthcheck::ask(&config, &healthcheck, output),
        Command::Admin { command: AdminCommand::CreateLink(link) } => {
            admin::create_link(&*open(config).await?, &link, output).await
        }
        Command::Migrate => open(config).await.map(|_| output.said("the database is up to date")),
        Command::Gate(args) => gate::gate(config, &args, output).await,
        Command::Import(import) => evidence::import(&*open(config).await?, &import, output).await,
        Command::Collect { sources, json } => {
            evidence::collect(&*open(config).await?, &sources, json, output).await
        }
        Command::Advisories { command } => advisories::run(&*open(config).await?, &command, output).await,
        Command::Evaluate(evaluate) => verdicts::evaluate(&*open(config).await?, &evaluate, output).await,
        Command::Report(report) => verdicts::report(&*open(config).await?, &report, output).await,
        Command::Vendors { command: VendorsCommand::Score { json } } => {
            verdicts::score(&*open(config).await?, json, output).await
        }
        Command::Ledger { command: LedgerCommand::Verify { json } } => {
            verdicts::ledger(&*open(config).await?, json, output).await
        }
    }
}

async fn controls(command: ControlsCommand, config: Config, output: &Output) -> Result<Outcome, Error> {
    match command {
        ControlsCommand::Lint { paths } => check::lint(&config, &paths, output),
        ControlsCommand::List(list) => check::list(&config, &list, output),
        ControlsCommand::Test(test) => check::test(&*open(config).await?, &test, output).await,
    }
}

async fn pack(command: PackCommand, config: Config, output: &Output) -> Result<Outcome, Error> {
    match command {
        PackCommand::Create(create) => packs::create(&*open(config).await?, &create, output).await,
        PackCommand::Verify(verify) => packs::verify(&verify, output),
        PackCommand::Replay { pack, json } => packs::replay(&pack, json, output),
        PackCommand::Diff { before, after, json } => packs::diff(&before, &after, json, output),
    }
}

/// Opens the data directory. Only commands that need one come here.
async fn open(config: Config) -> Result<Arc<App>, Error> {
    Ok(Arc::new(App::open(config, Arc::new(SystemClock)).await?))
}
