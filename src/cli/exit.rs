//! Exit codes: one table for every command.

use std::process::ExitCode;

use crate::base::ErrorKind;

/// How a command ended that could do its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// All fine.
    Fine,
    /// A check ran and something is not met.
    NotMet,
    /// Something could not be looked at.
    CouldNotLook,
    /// A digest, signature or proof does not hold.
    Integrity,
}

impl Outcome {
    /// The process' exit code.
    pub fn code(self) -> ExitCode {
        ExitCode::from(match self {
            Self::Fine => 0,
            Self::NotMet => 1,
            Self::CouldNotLook => 3,
            Self::Integrity => 4,
        })
    }
}

/// The exit code of a failure, by its kind.
pub const fn of_kind(kind: ErrorKind) -> u8 {
    match kind {
        ErrorKind::Invalid
        | ErrorKind::Unauthenticated
        | ErrorKind::Forbidden
        | ErrorKind::NotFound
        | ErrorKind::MethodNotAllowed
        | ErrorKind::Conflict
        | ErrorKind::PreconditionFailed
        | ErrorKind::TooLarge
        | ErrorKind::UnsupportedMedia => 2,
        ErrorKind::RateLimited | ErrorKind::Upstream | ErrorKind::Busy | ErrorKind::Internal => 3,
        ErrorKind::Integrity => 4,
    }
}

/// Prints what is wrong with the arguments, or the help that was asked for.
pub fn usage(error: &clap::Error) -> ExitCode {
    // A closed pipe (`attestry --help | head`) is no reason to fail.
    drop(error.print());
    if error.use_stderr() { ExitCode::from(2) } else { ExitCode::SUCCESS }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_exit_code() {
        let table: Vec<String> =
            ErrorKind::ALL.iter().map(|k| format!("{} {}", k.slug(), of_kind(*k))).collect();

        insta::assert_snapshot!(table.join("\n"), @r"
        invalid 2
        unauthenticated 2
        forbidden 2
        not-found 2
        method-not-allowed 2
        conflict 2
        precondition-failed 2
        too-large 2
        unsupported-media 2
        rate-limited 3
        upstream 3
        busy 3
        internal 3
        integrity 4
        ");
    }
}
