//! Arguments of every command. The text here is the manual.
#![allow(
    clippy::doc_markdown,
    rustdoc::bare_urls,
    reason = "these comments are the help text: what is typed stands as it is typed"
)]

mod gate;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::app::Overrides;
use crate::evidence::EvidenceKind;

pub use gate::GateArgs;

/// Collects evidence, keeps the original bytes in a tamper-evident ledger, tests them against PCI DSS, SOC 2 and GDPR,
/// and writes evidence packs that anyone can verify without trusting this program.
#[derive(Debug, Parser)]
#[command(name = "attestry", version, propagate_version = true, max_term_width = 110)]
#[command(after_help = "Start here:
  attestry demo                    the whole job once, on this workspace and a sample organisation
  attestry import bom.json         take in evidence and print what was understood
  attestry evaluate                what the evidence says about every requirement
  attestry pack create --framework pci-dss-4.0.1 -o pack.zip
  attestry pack verify pack.zip    check a pack with nothing but the pack

Exit codes: 0 fine · 1 a check ran and something is not met · 2 wrong input or use · 3 could not look · 4 integrity")]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

/// Options every command takes.
#[derive(Debug, Args)]
#[command(next_help_heading = "Options of every command")]
pub struct Global {
    /// Directory of the embedded database, the original bytes and the key [env: ATTESTRY_DATA] [default: attestry-data]
    #[arg(long, global = true, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Database: sqlite:///path or postgres://… [env: ATTESTRY_DATABASE_URL] [default: SQLite in the data directory]
    #[arg(long, global = true, value_name = "URL", hide_env_values = true)]
    pub database: Option<String>,
    /// Address the service listens on [env: ATTESTRY_LISTEN] [default: 127.0.0.1:8080]
    #[arg(long, global = true, value_name = "ADDR")]
    pub listen: Option<String>,
    /// Configuration file (TOML)
    #[arg(long, global = true, value_name = "FILE", env = "ATTESTRY_CONFIG")]
    pub config: Option<PathBuf>,
    /// File with the master key [env: ATTESTRY_MASTER_KEY_FILE, or the key itself in ATTESTRY_MASTER_KEY]
    #[arg(long, global = true, value_name = "FILE")]
    pub master_key_file: Option<PathBuf>,
    /// Directory with further frameworks and tests [env: ATTESTRY_CONTROLS]
    #[arg(long, global = true, value_name = "DIR")]
    pub controls: Option<PathBuf>,
    /// Say more (-v, -vv)
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
    /// Say only what went wrong
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// When to use colour
    #[arg(long, global = true, value_enum, default_value_t = Colour::Auto)]
    pub color: Colour,
}

impl Global {
    /// What these flags override.
    pub fn overrides(&self, command: &Command) -> Overrides {
        let serving = matches!(command, Command::Serve);
        let filter = match (self.quiet, self.verbose) {
            (true, _) => Some("error"),
            (false, 0) if serving => None,
            // A single command answers on standard output; its log would only repeat it.
            (false, 0) => Some("warn"),
            (false, 1) => Some("info"),
            (false, _) => Some("debug,hyper=info,sqlx=info"),
        };
        Overrides {
            data: self.data.clone(),
            database: self.database.clone(),
            listen: self.listen.clone(),
            master_key_file: self.master_key_file.clone(),
            controls: self.controls.clone(),
            log_format: None,
            log_filter: filter.map(str::to_owned),
        }
    }
}

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Colour {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Everything the program can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Do the whole job once: collect a workspace, import a sample organisation, evaluate, score, write a signed pack
    Demo(DemoArgs),
    /// Run the service: pages, API, scheduler
    Serve,
    /// Ask a running service whether it can work: exit 0 when it is ready, 3 when it is not
    Healthcheck(HealthcheckArgs),
    /// What only who owns this machine may do
    Admin {
        #[command(subcommand)]
        command: AdminCommand,
    },
    /// Create or update the database and leave
    Migrate,
    /// Take in evidence files and print a receipt for each
    Import(ImportArgs),
    /// Check bills of materials and lock files against advisories and a policy: exit 0 when a pipeline may go on
    Gate(GateArgs),
    /// Collect declared sources now
    Collect {
        /// Names of sources; all enabled ones when none is given
        #[arg(value_name = "SOURCE")]
        sources: Vec<String>,
        /// Print the receipts as JSON, one a line
        #[arg(long)]
        json: bool,
    },
    /// Evaluate the evidence against the frameworks
    Evaluate(EvaluateArgs),
    /// Write a framework report as one self-contained HTML file
    Report(ReportArgs),
    /// Third parties
    Vendors {
        #[command(subcommand)]
        command: VendorsCommand,
    },
    /// Audit packs: create, verify, recompute
    Pack {
        #[command(subcommand)]
        command: PackCommand,
    },
    /// The tamper-evident ledger
    Ledger {
        #[command(subcommand)]
        command: LedgerCommand,
    },
    /// Frameworks and tests
    Controls {
        #[command(subcommand)]
        command: ControlsCommand,
    },
    /// Configuration
    Config {
        #[command(subcommand)]
        command: ConfigCommand,
    },
    /// Print completions for a shell
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
}

/// What only who owns this machine may do.
#[derive(Debug, Subcommand)]
pub enum AdminCommand {
    /// Print a link, good once and for a day, with which somebody becomes administrator or gets back in as one
    CreateLink(CreateLinkArgs),
}

/// Arguments of `admin create-link`.
#[derive(Debug, Args)]
pub struct CreateLinkArgs {
    /// Address of the administrator; asked on the page when not given
    #[arg(long, value_name = "ADDRESS")]
    pub email: Option<String>,
    /// Name of the administrator, when the address is new
    #[arg(long, value_name = "NAME", requires = "email")]
    pub name: Option<String>,
}

/// Arguments of `demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Cargo workspace to collect from
    #[arg(default_value = ".")]
    pub path: PathBuf,
    /// End when the pack is written, without starting the service
    #[arg(long)]
    pub no_serve: bool,
    /// Print the summary as JSON
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `healthcheck`.
#[derive(Debug, Args)]
pub struct HealthcheckArgs {
    /// Address to ask over plain HTTP [default: /readyz of the configured listen address, on this machine]
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,
}

/// Arguments of `import`.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// Files or directories
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Insist on this kind; another is quarantined
    #[arg(long, value_parser = |text: &str| text.parse::<EvidenceKind>())]
    pub kind: Option<EvidenceKind>,
    /// Key of the asset the evidence is about; made known when nobody declared it
    #[arg(long, value_name = "KEY")]
    pub asset: Option<String>,
    /// Print the receipts as JSON, one a line
    #[arg(long)]
    pub json: bool,
}

/// An instant, or a period.
#[derive(Debug, Clone, Args)]
pub struct When {
    /// Evaluate as of this date (end of the day, UTC) or instant
    #[arg(long, value_name = "DATE", conflicts_with_all = ["from", "to"])]
    pub as_of: Option<String>,
    /// Start of the period
    #[arg(long, value_name = "DATE", requires = "to")]
    pub from: Option<String>,
    /// End of the period, included
    #[arg(long, value_name = "DATE", requires = "from")]
    pub to: Option<String>,
}

/// Arguments of `evaluate`.
#[derive(Debug, Args)]
pub struct EvaluateArgs {
    /// Framework id; all when not given
    #[arg(long, value_name = "ID")]
    pub framework: Vec<String>,
    #[command(flatten)]
    pub when: When,
    /// Print every result and verdict as JSON
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `report`.
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// Framework id
    #[arg(long, value_name = "ID")]
    pub framework: String,
    /// File to write
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,
    /// Report as of this date (end of the day, UTC) or instant
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<String>,
}

/// What can be done about third parties.
#[derive(Debug, Subcommand)]
pub enum VendorsCommand {
    /// Score every vendor and show the sum
    Score {
        /// Print every score with its terms as JSON
        #[arg(long)]
        json: bool,
    },
}

/// What can be done with packs.
#[derive(Debug, Subcommand)]
pub enum PackCommand {
    /// Write a signed pack with everything needed to check and recompute it
    Create(CreateArgs),
    /// Check a pack (file or directory) with nothing but the pack
    Verify(VerifyArgs),
    /// Show what changed between two packs, by requirement
    Diff {
        /// Earlier pack
        before: PathBuf,
        /// Later pack
        after: PathBuf,
        /// Print the result as JSON
        #[arg(long)]
        json: bool,
    },
    /// Recompute every verdict from the pack alone and compare
    Replay {
        /// Pack file or directory
        pack: PathBuf,
        /// Print the result as JSON
        #[arg(long)]
        json: bool,
    },
}

/// Arguments of `pack create`.
#[derive(Debug, Args)]
pub struct CreateArgs {
    /// Framework id; repeat for several
    #[arg(long, value_name = "ID", required = true)]
    pub framework: Vec<String>,
    #[command(flatten)]
    pub when: When,
    /// File to write; never replaces one
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `pack verify`.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// Pack file or directory
    pub pack: PathBuf,
    /// Signer's public key, got out of band: a file (PEM or verifier key), or the verifier key itself
    #[arg(long, value_name = "KEY")]
    pub key: Option<String>,
    /// Earlier pack or checkpoint that this one must extend
    #[arg(long, value_name = "FILE")]
    pub previous: Option<PathBuf>,
    /// Print every step as JSON
    #[arg(long)]
    pub json: bool,
}

/// What can be done with the ledger.
#[derive(Debug, Subcommand)]
pub enum LedgerCommand {
    /// Hash everything anew, from the original bytes up, and compare with what was signed
    Verify {
        /// Print the result as JSON
        #[arg(long)]
        json: bool,
    },
}

/// What can be done with frameworks and tests.
#[derive(Debug, Subcommand)]
pub enum ControlsCommand {
    /// Check the control files and report every problem with its place
    Lint {
        /// Directories to check together with the built-in files
        paths: Vec<PathBuf>,
    },
    /// List frameworks, or the items of one
    List(ListArgs),
    /// Explain line by line why a file would pass or fail a test, without storing anything
    Test(TestArgs),
}

/// Arguments of `controls list`.
#[derive(Debug, Args)]
pub struct ListArgs {
    /// Framework id
    #[arg(long, value_name = "ID")]
    pub framework: Option<String>,
    /// Print as JSON
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `controls test`.
#[derive(Debug, Args)]
pub struct TestArgs {
    /// Test id
    pub id: String,
    /// Evidence file
    #[arg(long, value_name = "FILE")]
    pub evidence: PathBuf,
}

/// What can be done with the configuration.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Show the effective values, secrets masked
    Check,
}
