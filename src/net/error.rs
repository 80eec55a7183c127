//! What may go wrong on the way out, in words that never hold a path, a query or a body.

use std::error::Error as StdError;

use super::address::NotPublic;

/// A request that was not sent, or not answered as it should be.
#[derive(Debug, thiserror::Error)]
pub enum NetError {
    /// The client could not be made.
    #[error("TLS could not be set up: check that this system has its certificates (`ca-certificates`)")]
    Setup(#[source] reqwest::Error),
    /// No absolute address.
    #[error("no absolute address with a host: write https://host/…")]
    Address,
    /// User and password in the address.
    #[error(
        "the address of {host} holds a user or password: configure credentials where they are kept secret"
    )]
    Credentials {
        /// Scheme, host and port.
        host: String,
    },
    /// Plain HTTP.
    #[error("{host} is not HTTPS: what is sent could be read and changed on the way; use https://")]
    Plain {
        /// Scheme, host and port.
        host: String,
    },
    /// An address inside.
    #[error(
        "{host} is a private, local or special address, which is not connected to: \
         allow private addresses in the configuration if it is meant"
    )]
    Private {
        /// Scheme, host and port.
        host: String,
    },
    /// The time was up.
    #[error("{host} did not answer in time")]
    TimedOut {
        /// Scheme, host and port.
        host: String,
    },
    /// No connection.
    #[error("{host} cannot be reached: check the name, the network and the certificate")]
    Unreachable {
        /// Scheme, host and port.
        host: String,
        /// What the library says, without the address.
        #[source]
        source: reqwest::Error,
    },
    /// The answer broke off.
    #[error("{host} broke off in the middle of its answer, and nothing of it is used")]
    Interrupted {
        /// Scheme, host and port.
        host: String,
        /// What the library says, without the address.
        #[source]
        source: reqwest::Error,
    },
    /// The answer points elsewhere.
    #[error("{host} redirects to {to}, and redirects are not followed: configure the address it points to")]
    Redirect {
        /// Scheme, host and port.
        host: String,
        /// Where to, without path and query.
        to: String,
    },
    /// The answer is too large.
    #[error("{host} answered with more than {limit} bytes")]
    TooLarge {
        /// Scheme, host and port.
        host: String,
        /// The limit.
        limit: usize,
    },
}

impl NetError {
    /// Names the situation a library error stands for.
    pub(super) fn of(host: String, error: reqwest::Error) -> Self {
        let source = error.without_url();
        if causes(&source).any(|cause| cause.is::<NotPublic>()) {
            return Self::Private { host };
        }
        if source.is_timeout() {
            return Self::TimedOut { host };
        }
        Self::Unreachable { host, source }
    }

    /// Names the situation of an error in the middle of a body.
    pub(super) fn cut(host: String, error: reqwest::Error) -> Self {
        if error.is_timeout() {
            return Self::TimedOut { host };
        }
        Self::Interrupted { host, source: error.without_url() }
    }

    /// Whether the same request may succeed later without a change.
    pub const fn transient(&self) -> bool {
        match self {
            Self::TimedOut { .. } | Self::Unreachable { .. } | Self::Interrupted { .. } => true,
            Self::Setup(_)
            | Self::Address
            | Self::Credentials { .. }
            | Self::Plain { .. }
            | Self::Private { .. }
            | Self::Redirect { .. }
            | Self::TooLarge { .. } => false,
        }
    }
}

fn causes<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |error| (**error).source())
}
