//! The words of the run table.

/// Where a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunState {
    /// Due; nobody has taken it.
    Ready,
    /// Somebody works on it and renews its lease.
    Running,
    /// Ended well.
    Done,
    /// Ended with an error, which `detail` tells.
    Failed,
    /// Its process died: the lease ran out.
    Abandoned,
}

impl RunState {
    const ALL: [Self; 5] = [Self::Ready, Self::Running, Self::Done, Self::Failed, Self::Abandoned];

    /// The state of that word.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        word(Self::ALL, Self::as_str, text)
    }

    /// The stable word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Abandoned => "abandoned",
        }
    }
}

/// Why a run was started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trigger {
    /// Its schedule was due.
    Schedule,
    /// Its schedule was due more than once; this one run stands for all of them.
    CatchUp,
    /// A person asked for it now.
    Now,
    /// A command line ran it.
    Command,
}

impl Trigger {
    const ALL: [Self; 4] = [Self::Schedule, Self::CatchUp, Self::Now, Self::Command];

    /// The trigger of that word.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        word(Self::ALL, Self::as_str, text)
    }

    /// The stable word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Schedule => "schedule",
            Self::CatchUp => "catch-up",
            Self::Now => "now",
            Self::Command => "command",
        }
    }
}

fn word<T: Copy, const N: usize>(all: [T; N], name: fn(T) -> &'static str, text: &str) -> Result<T, String> {
    all.into_iter().find(|t| name(*t) == text).ok_or_else(|| format!("unknown word `{text}`"))
}
