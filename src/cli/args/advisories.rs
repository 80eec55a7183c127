//! Arguments of `advisories`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// What can be done with advisory feeds.
#[derive(Debug, Subcommand)]
pub enum AdvisoriesCommand {
    /// Fetch declared feeds now; one that did not change is only confirmed
    Sync {
        /// Names of sources or feeds; all enabled feeds when none is given
        #[arg(value_name = "NAME")]
        names: Vec<String>,
        /// Print the receipts as JSON, one a line
        #[arg(long)]
        json: bool,
    },
    /// Take in advisory databases that were carried here: archives, files, folders of records
    Import(AdvisoriesImportArgs),
    /// Ask the advisories about the newest SBOM of every asset, and keep the answers as evidence
    Match {
        /// Print the receipts as JSON, one a line
        #[arg(long)]
        json: bool,
    },
    /// Show how current each feed is, and what that means for verdicts
    Status {
        /// Print as JSON
        #[arg(long)]
        json: bool,
    },
}

/// Arguments of `advisories import`.
#[derive(Debug, Args)]
pub struct AdvisoriesImportArgs {
    /// Files, or folders of records
    #[arg(required = true, value_name = "FILE")]
    pub paths: Vec<PathBuf>,
    /// The feed that each file is the whole of, for example osv:npm; told from the format and the size when not given
    #[arg(long, value_name = "FEED")]
    pub feed: Option<String>,
    /// Print the receipts as JSON, one a line
    #[arg(long)]
    pub json: bool,
}
