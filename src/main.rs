//! The `attestry` program: parses the command line, sets up logging, runs one command, answers with its exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    attestry::cli::run()
}
