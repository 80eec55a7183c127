//! How urgent a vulnerability is, with the reasons as data, and by when it must be mended.
//!
//! The rank is ours and simple on purpose: a person must be able to follow it. PCI DSS 6.3.1 asks for a ranking of
//! one's own, 6.3.3 for critical and high ones to be mended within a month of the fix's release.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::rating::leading;
use super::{EpssScore, KevEntry, Rating};
use crate::base::{Severity, UnixMillis};

/// From this probability on, exploitation within 30 days is likely enough to raise the rank (0.0–1.0).
pub const EPSS_LIKELY: f64 = 0.1;

/// What is known of one vulnerability.
#[derive(Debug, Clone, Copy, Default)]
pub struct Inputs<'a> {
    /// Every rating of every source.
    pub ratings: &'a [Rating],
    /// Whether it is malicious code rather than a fault.
    pub malicious: bool,
    /// Its entry in CISA's catalogue.
    pub kev: Option<&'a KevEntry>,
    /// Its EPSS score.
    pub epss: Option<&'a EpssScore>,
    /// Versions that carry the fix, lowest first.
    pub fixed: &'a [String],
}

/// How urgent. Ordered from least to most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rank {
    /// Nobody says how bad it is. Never treated as harmless.
    Unscored,
    /// In the normal course of work.
    Low,
    /// With the next release.
    Medium,
    /// Soon.
    High,
    /// Now.
    Critical,
}

/// One reason for a rank.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum Reason {
    /// The package is malicious.
    Malicious,
    /// Exploitation is known.
    KnownExploited {
        /// The day CISA listed it.
        since: UnixMillis,
        /// The day agencies must have acted by.
        due: Option<UnixMillis>,
        /// Whether use in ransomware campaigns is known.
        ransomware: bool,
    },
    /// Exploitation is predicted.
    Predicted {
        /// Probability within 30 days, 0.0–1.0.
        probability: f64,
        /// Share of vulnerabilities with the same or a lower probability, 0.0–1.0.
        percentile: f64,
    },
    /// How bad the leading rating says it is.
    Rated {
        /// Who rates.
        source: String,
        /// The vector, score or word as written.
        written: String,
        /// The score, 0.0–10.0.
        score: Option<f64>,
        /// The severity.
        severity: Severity,
    },
    /// Nobody rates it.
    Unrated,
    /// Versions that carry the fix.
    Fixed {
        /// Lowest first.
        versions: Vec<String>,
    },
    /// No version carries a fix.
    NoFix,
}

/// A rank and why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Priority {
    /// How urgent.
    pub rank: Rank,
    /// Why, what weighs most first.
    pub reasons: Vec<Reason>,
}

/// Ranks a vulnerability.
///
/// Malicious code and what is known to be exploited are critical. Otherwise the severity of the leading rating is the
/// rank, one step higher when EPSS makes exploitation likely.
pub fn rank(inputs: &Inputs<'_>) -> Priority {
    let mut reasons = Vec::new();
    let rating = leading(inputs.ratings);
    let mut rank = of_severity(rating.map_or(Severity::Unknown, |r| r.severity));
    if let Some(epss) = inputs.epss {
        if epss.probability >= EPSS_LIKELY {
            rank = above(rank);
        }
        reasons.push(Reason::Predicted { probability: epss.probability, percentile: epss.percentile });
    }
    if let Some(kev) = inputs.kev {
        rank = Rank::Critical;
        let known = Reason::KnownExploited { since: kev.added, due: kev.due, ransomware: kev.ransomware };
        reasons.insert(0, known);
    }
    if inputs.malicious {
        rank = Rank::Critical;
        reasons.insert(0, Reason::Malicious);
    }
    reasons.push(match rating {
        Some(r) if r.severity != Severity::Unknown => Reason::Rated {
            source: r.source.clone(),
            written: r.written.clone(),
            score: r.score,
            severity: r.severity,
        },
        Some(_) | None => Reason::Unrated,
    });
    reasons.push(if inputs.fixed.is_empty() {
        Reason::NoFix
    } else {
        Reason::Fixed { versions: inputs.fixed.to_vec() }
    });
    Priority { rank, reasons }
}

const fn of_severity(severity: Severity) -> Rank {
    match severity {
        Severity::Unknown => Rank::Unscored,
        Severity::None | Severity::Low => Rank::Low,
        Severity::Medium => Rank::Medium,
        Severity::High => Rank::High,
        Severity::Critical => Rank::Critical,
    }
}

/// One step up; what nobody scored is at least high once it is likely to be exploited.
const fn above(rank: Rank) -> Rank {
    match rank {
        Rank::Low => Rank::Medium,
        Rank::Unscored | Rank::Medium => Rank::High,
        Rank::High | Rank::Critical => Rank::Critical,
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malicious => f.write_str("malicious package"),
            Self::KnownExploited { since, due, ransomware } => {
                write!(f, "KEV listed since {}", since.to_date())?;
                if let Some(due) = due {
                    write!(f, ", due {}", due.to_date())?;
                }
                f.write_str(if *ransomware { ", used by ransomware" } else { "" })
            }
            Self::Predicted { probability, percentile } => {
                write!(f, "EPSS {probability:.2} (percentile {percentile:.2})")
            }
            Self::Rated { written, score: Some(score), .. } if written.contains(':') => {
                write!(f, "CVSS {score:.1} {written}")
            }
            Self::Rated { source, written, .. } => write!(f, "{written} says {source}"),
            Self::Unrated => f.write_str("nobody rates it"),
            Self::Fixed { versions } => write!(f, "fixed in {}", versions.join(", ")),
            Self::NoFix => f.write_str("no fix known"),
        }
    }
}

/// A span of time to mend something in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Span {
    /// Calendar months, clamped to the month's end (31 January and one month is 28 February).
    Months(u32),
    /// Days of 24 hours.
    Days(u32),
}

/// How long each rank may take, from the day a fix is available.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadlines {
    /// For critical ones.
    pub critical: Span,
    /// For high ones.
    pub high: Span,
    /// For medium ones.
    pub medium: Span,
    /// For low ones.
    pub low: Span,
    /// For those nobody scored.
    pub unscored: Span,
}

impl Default for Deadlines {
    /// One calendar month for critical ones (PCI DSS 6.3.3), three months for the rest; unscored ones count as high.
    fn default() -> Self {
        Self {
            critical: Span::Months(1),
            high: Span::Months(3),
            medium: Span::Months(3),
            low: Span::Months(3),
            unscored: Span::Months(3),
        }
    }
}

impl Deadlines {
    /// By when a vulnerability of that rank must be mended; `fix_available` is the instant its fix was released.
    ///
    /// `None` while there is no fix: nothing can be installed yet.
    pub fn due(&self, rank: Rank, fix_available: Option<UnixMillis>) -> Option<UnixMillis> {
        let from = fix_available?;
        let span = match rank {
            Rank::Critical => self.critical,
            Rank::High => self.high,
            Rank::Medium => self.medium,
            Rank::Low => self.low,
            Rank::Unscored => self.unscored,
        };
        Some(match span {
            Span::Months(months) => from.plus_months(months),
            Span::Days(days) => from.plus_days(i64::from(days)),
        })
    }
}

#[cfg(test)]
mod tests;
