//! Arguments of `gate`.

use std::path::PathBuf;

use clap::Args;

/// Arguments of `gate`.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 the policy holds · 1 a failing rule is violated · 2 wrong input or use · \
3 a failing rule cannot be decided (no, old or partial advisories, or a fact that nobody states)"
)]
pub struct GateArgs {
    /// Bills of materials and lock files
    #[arg(required = true, value_name = "SBOM|LOCKFILE")]
    pub inputs: Vec<PathBuf>,
    /// Policy (YAML, see docs/gate.md); the default one when not given
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// Advisory database, KEV catalogue or EPSS scores: a file, an archive or a directory; may be repeated. The
    /// installation's own advisories when none is given
    #[arg(long, value_name = "PATH")]
    pub advisories: Vec<PathBuf>,
    /// VEX document whose author is believed; may be repeated
    #[arg(long, value_name = "FILE")]
    pub vex: Vec<PathBuf>,
    /// Oldest the newest record of each --advisories may be
    #[arg(long, value_name = "HOURS", requires = "advisories")]
    pub max_age: Option<u32>,
    /// Print the answer as JSON
    #[arg(long, conflicts_with = "sarif")]
    pub json: bool,
    /// Print the answer as SARIF 2.1.0
    #[arg(long)]
    pub sarif: bool,
}
