//! The kinds of failure a driver has to tell apart. Their mappings live in `web::problem` and `cli::exit`.

/// What went wrong, as far as a caller can act on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The input or its use is wrong; the same call cannot succeed.
    Invalid,
    /// No or no valid credentials.
    Unauthenticated,
    /// Known, but not permitted.
    Forbidden,
    /// No such thing.
    NotFound,
    /// The address exists, the method does not.
    MethodNotAllowed,
    /// The state does not allow it now.
    Conflict,
    /// A stated precondition does not hold.
    PreconditionFailed,
    /// Over a limit on size, depth, ratio or count.
    TooLarge,
    /// The media type is not one that is read.
    UnsupportedMedia,
    /// Too many calls.
    RateLimited,
    /// Something behind us failed or could not be read.
    Upstream,
    /// No capacity now; try again.
    Busy,
    /// A fault of ours.
    Internal,
    /// A digest, signature or proof does not hold.
    Integrity,
}

impl ErrorKind {
    /// All kinds, for exhaustive tests.
    pub const ALL: [Self; 14] = [
        Self::Invalid,
        Self::Unauthenticated,
        Self::Forbidden,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::Conflict,
        Self::PreconditionFailed,
        Self::TooLarge,
        Self::UnsupportedMedia,
        Self::RateLimited,
        Self::Upstream,
        Self::Busy,
        Self::Internal,
        Self::Integrity,
    ];

    /// The stable word used in problem types (`/problems/<slug>`) and logs.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Invalid => "invalid",
            Self::Unauthenticated => "unauthenticated",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not-found",
            Self::MethodNotAllowed => "method-not-allowed",
            Self::Conflict => "conflict",
            Self::PreconditionFailed => "precondition-failed",
            Self::TooLarge => "too-large",
            Self::UnsupportedMedia => "unsupported-media",
            Self::RateLimited => "rate-limited",
            Self::Upstream => "upstream",
            Self::Busy => "busy",
            Self::Internal => "internal",
            Self::Integrity => "integrity",
        }
    }

    /// Whether the same call may succeed later without a change.
    pub const fn transient(self) -> bool {
        matches!(self, Self::RateLimited | Self::Upstream | Self::Busy)
    }
}
