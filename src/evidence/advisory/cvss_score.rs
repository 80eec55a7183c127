//! Scores of CVSS vectors of every version, computed from the vector and never taken over from the source.

use std::borrow::Cow;
use std::str::FromStr;

use cvss::Cvss;
use serde::{Deserialize, Serialize};

use crate::base::Severity;

/// No vector of any version is longer; what is longer is not worth parsing.
const MAX_VECTOR: usize = 1_000;

/// The version of a vector. Newer is larger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum CvssVersion {
    /// CVSS 2.0.
    #[serde(rename = "2.0")]
    V2,
    /// CVSS 3.0.
    #[serde(rename = "3.0")]
    V30,
    /// CVSS 3.1.
    #[serde(rename = "3.1")]
    V31,
    /// CVSS 4.0.
    #[serde(rename = "4.0")]
    V4,
}

/// What a vector amounts to. Scores are 0.0–10.0 with one decimal.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CvssScore {
    /// Version of the vector.
    pub version: CvssVersion,
    /// Score of the base metrics.
    pub base: f64,
    /// Score after the temporal (4.0: threat) metrics, where the vector carries any.
    pub temporal: Option<f64>,
    /// Score after the environmental metrics, where the vector carries any.
    pub environmental: Option<f64>,
    /// The word for [`Self::base`] on that version's own scale: 2.0 (NVD's) has no critical and no none.
    pub severity: Severity,
}

/// Why a vector has no score.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{vector}` is no CVSS vector: {reason}")]
pub struct CvssError {
    vector: String,
    reason: String,
}

impl CvssScore {
    /// Scores a vector of CVSS 2.0 (FIRST guide §3.2), 3.0, 3.1 (§7) or 4.0 (§8).
    ///
    /// Forgives what sources are known to add: blanks around it, a closing `/`, brackets around a 2.0 vector and a
    /// `CVSS2#` or `CVSS:2.0/` before it, and a 3.x or 4.0 vector without its prefix (read as 3.1 or 4.0).
    ///
    /// # Errors
    /// When a metric is missing, unknown or doubled, or the version is none of these.
    pub fn of(vector: &str) -> Result<Self, CvssError> {
        let wrong =
            |reason: String| CvssError { vector: vector.chars().take(100).collect::<String>(), reason };
        if vector.len() > MAX_VECTOR {
            return Err(wrong("it is too long".to_owned()));
        }
        let plain = plain(vector);
        let parsed = Cvss::from_str(&plain).map_err(|e| wrong(e.to_string()))?;
        let has = |wanted: &str| plain.split('/').any(|m| m.split_once(':').is_some_and(|m| m.0 == wanted));
        if let Some(missing) = base(&parsed).iter().find(|name| !has(name)) {
            return Err(wrong(format!("`{missing}` is missing")));
        }
        match &parsed {
            Cvss::CvssV20(v) => Ok(of_2(v, has)),
            Cvss::CvssV30(v) | Cvss::CvssV31(v) => Ok(of_3(v, has)),
            Cvss::CvssV40(v) => of_4(v, &plain, has).map_err(|e| wrong(e.to_string())),
            _ => Err(wrong("its version is not known here".to_owned())),
        }
    }
}

fn of_2(vector: &cvss::v2::Vector, has: impl Fn(&str) -> bool) -> CvssScore {
    let carries = |names: &[&str]| names.iter().any(|name| has(name));
    CvssScore {
        version: CvssVersion::V2,
        base: vector.score().value(),
        temporal: carries(TEMPORAL).then(|| vector.temporal_score().value()),
        environmental: carries(ENVIRONMENTAL_2).then(|| vector.environmental_score().value()),
        severity: word(vector.score().severity()),
    }
}

fn of_3(vector: &cvss::v3::Vector, has: impl Fn(&str) -> bool) -> CvssScore {
    let carries = |names: &[&str]| names.iter().any(|name| has(name));
    CvssScore {
        version: if vector.minor_version == 0 { CvssVersion::V30 } else { CvssVersion::V31 },
        base: vector.base_score().value(),
        temporal: carries(TEMPORAL).then(|| temporal_3(vector)),
        environmental: carries(ENVIRONMENTAL_3).then(|| vector.environmental_score().value()),
        severity: word(vector.base_score().severity()),
    }
}

fn of_4(
    vector: &cvss::v4::Vector,
    written: &str,
    has: impl Fn(&str) -> bool,
) -> Result<CvssScore, cvss::Error> {
    let base = base_4(written)?;
    let adapted = ENVIRONMENTAL_4.iter().any(|name| has(name));
    Ok(CvssScore {
        version: CvssVersion::V4,
        base: base.score().value(),
        temporal: (has("E") && !adapted).then(|| vector.score().value()),
        environmental: adapted.then(|| vector.score().value()),
        severity: word(base.score().severity()),
    })
}

/// The metrics a vector must carry.
fn base(vector: &Cvss) -> &'static [&'static str] {
    match vector {
        Cvss::CvssV20(_) => &["AV", "AC", "Au", "C", "I", "A"],
        Cvss::CvssV30(_) | Cvss::CvssV31(_) => &["AV", "AC", "PR", "UI", "S", "C", "I", "A"],
        Cvss::CvssV40(_) => &["AV", "AC", "AT", "PR", "UI", "VC", "VI", "VA", "SC", "SI", "SA"],
        _ => &[],
    }
}

const TEMPORAL: &[&str] = &["E", "RL", "RC"];
const ENVIRONMENTAL_2: &[&str] = &["CDP", "TD", "CR", "IR", "AR"];
const ENVIRONMENTAL_3: &[&str] = &["CR", "IR", "AR", "MAV", "MAC", "MPR", "MUI", "MS", "MC", "MI", "MA"];

/// Temporal score of 3.x: roundup(base × E × RL × RC), specification §7.2.
fn temporal_3(vector: &cvss::v3::Vector) -> f64 {
    use cvss::v3::{Metric, Score};
    let factor = vector.e.map_or(1.0, Metric::score)
        * vector.rl.map_or(1.0, Metric::score)
        * vector.rc.map_or(1.0, Metric::score);
    Score::new(vector.base_score().value() * factor).roundup_for_version(vector.minor_version).value()
}

const ENVIRONMENTAL_4: &[&str] =
    &["CR", "IR", "AR", "MAV", "MAC", "MAT", "MPR", "MUI", "MVC", "MVI", "MVA", "MSC", "MSI", "MSA"];

/// The base metrics of a 4.0 vector alone.
fn base_4(vector: &str) -> Result<cvss::v4::Vector, cvss::Error> {
    let names = ["CVSS", "AV", "AC", "AT", "PR", "UI", "VC", "VI", "VA", "SC", "SI", "SA"];
    let own = |metric: &&str| metric.split_once(':').is_some_and(|(name, _)| names.contains(&name));
    vector.split('/').filter(own).collect::<Vec<_>>().join("/").parse()
}

fn plain(vector: &str) -> Cow<'_, str> {
    let text = vector.trim().trim_end_matches('/');
    let text = text.strip_prefix('(').and_then(|t| t.strip_suffix(')')).unwrap_or(text);
    let text = ["CVSS2#", "CVSS:2.0/"].iter().find_map(|prefix| text.strip_prefix(prefix)).unwrap_or(text);
    match text.starts_with("AV:") {
        true if text.contains("/VC:") => Cow::Owned(format!("CVSS:4.0/{text}")),
        true if text.contains("/PR:") => Cow::Owned(format!("CVSS:3.1/{text}")),
        _ => Cow::Borrowed(text),
    }
}

const fn word(severity: cvss::Severity) -> Severity {
    match severity {
        cvss::Severity::None => Severity::None,
        cvss::Severity::Low => Severity::Low,
        cvss::Severity::Medium => Severity::Medium,
        cvss::Severity::High => Severity::High,
        cvss::Severity::Critical => Severity::Critical,
    }
}

#[cfg(test)]
mod tests;
