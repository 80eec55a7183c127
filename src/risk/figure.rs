//! The numbers of the score: inputs in five steps, shares from 0 to 1, and results that print alike everywhere.

use std::cmp::Ordering;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A computed number: exact inside, four decimals when stored, one when shown.
///
/// Rounding is half away from zero and happens only on the way out, so sums are made of unrounded parts; what is shown
/// is rounded from what is stored. Two figures are equal when they are stored alike.
#[derive(Debug, Clone, Copy, Default)]
pub struct Figure(f64);

impl Figure {
    /// Wraps a number; what is not finite becomes 0, since no rule can produce it.
    pub const fn new(value: f64) -> Self {
        Self(if value.is_finite() { value } else { 0.0 })
    }

    /// The unrounded number.
    pub const fn get(self) -> f64 {
        self.0
    }

    /// The number in ten-thousandths, as stored.
    fn stored(self) -> i64 {
        // Two roundings: the first takes the noise off what is a tie on paper (10.10625), the second decides the tie.
        let on_paper = (self.0 * 1e9).round() / 1e5;
        // The cast saturates, and every figure is far below the bound.
        (on_paper.round() as i64).clamp(-1_000_000_000_000, 1_000_000_000_000)
    }

    /// With four decimals and no trailing zeros, for tables: `0.6667`.
    pub fn to_precise(self) -> String {
        let text = format!("{:.4}", self.rounded());
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    }

    fn rounded(self) -> f64 {
        self.stored() as f64 / 10_000.0
    }
}

impl PartialEq for Figure {
    fn eq(&self, other: &Self) -> bool {
        self.stored() == other.stored()
    }
}

impl Eq for Figure {}

impl PartialOrd for Figure {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Figure {
    fn cmp(&self, other: &Self) -> Ordering {
        self.stored().cmp(&other.stored())
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // From the stored form: a score just computed and one read back must show the same digit.
        let stored = self.stored();
        let tenths = (stored.abs() + 500) / 1000;
        let sign = if stored < 0 && tenths > 0 { "-" } else { "" };
        f.pad(&format!("{sign}{}.{}", tenths / 10, tenths % 10))
    }
}

impl Serialize for Figure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.rounded())
    }
}

impl<'de> Deserialize<'de> for Figure {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        f64::deserialize(deserializer).map(Self::new)
    }
}

/// A share from 0 to 1, kept to four decimals so that what is stored reads back as the very same number.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Share(f64);

/// The number was no share.
#[derive(Debug, thiserror::Error, PartialEq)]
#[error("{0} is no share: a number from 0 to 1 is expected")]
pub struct ShareError(f64);

impl Share {
    /// Nothing.
    pub const NONE: Self = Self(0.0);
    /// All of it.
    pub const ALL: Self = Self(1.0);

    /// The number.
    pub const fn get(self) -> f64 {
        self.0
    }
}

impl TryFrom<f64> for Share {
    type Error = ShareError;

    fn try_from(value: f64) -> Result<Self, ShareError> {
        if !(0.0..=1.0).contains(&value) {
            return Err(ShareError(value));
        }
        // Adding zero turns -0 into 0, which would otherwise sort and print apart.
        Ok(Self((value * 10_000.0).round() / 10_000.0 + 0.0))
    }
}

impl From<Share> for f64 {
    fn from(share: Share) -> Self {
        share.0
    }
}

impl PartialEq for Share {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Share {}

impl PartialOrd for Share {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Share {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

/// How much of something a vendor has, in five steps: 0, 0.25, 0.5, 0.75 or 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Level(u8);

/// The number was none of the five steps.
#[derive(Debug, thiserror::Error, PartialEq)]
#[error("{0} is none of the five steps 0, 0.25, 0.5, 0.75 and 1")]
pub struct LevelError(f64);

impl Level {
    /// Every step, lowest first.
    pub const ALL: [Self; 5] = [Self(0), Self(1), Self(2), Self(3), Self(4)];

    /// The step as a number from 0 to 1.
    pub fn get(self) -> f64 {
        f64::from(self.0) / 4.0
    }
}

impl TryFrom<f64> for Level {
    type Error = LevelError;

    fn try_from(value: f64) -> Result<Self, LevelError> {
        // Quarters are exact in binary, so equality is the right test.
        Self::ALL.into_iter().find(|level| level.get() == value).ok_or(LevelError(value))
    }
}

impl From<Level> for f64 {
    fn from(level: Level) -> Self {
        level.get()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_is_stored_with_four_decimals_and_shown_with_one() {
        let third = Figure::new(200.0 / 3.0);

        assert_eq!(serde_json::to_string(&third).unwrap(), "66.6667");
        assert_eq!(third.to_string(), "66.7");
        assert_eq!(third.to_precise(), "66.6667");
        assert_eq!(Figure::new(87.5 * 0.2 * 0.5775).to_precise(), "10.1063");
        assert_eq!(Figure::new(-0.04).to_string(), "0.0");
        assert_eq!(Figure::new(-12.25).to_string(), "-12.3");
        assert_eq!(serde_json::to_string(&Figure::new(-0.000_01)).unwrap(), "0.0");
    }

    #[test]
    fn a_figure_read_back_equals_the_one_written() {
        let figure = Figure::new(1.0 / 3.0);

        let back: Figure = serde_json::from_str(&serde_json::to_string(&figure).unwrap()).unwrap();

        assert_eq!(back, figure);
        assert_eq!(Figure::new(f64::NAN), Figure::new(0.0));
    }

    #[test]
    fn only_the_five_steps_are_levels_and_only_0_to_1_are_shares() {
        assert_eq!(serde_json::from_str::<Level>("0.75").unwrap().get(), 0.75);
        assert_eq!(serde_json::from_str::<Level>("1").unwrap().get(), 1.0);
        assert!(
            serde_json::from_str::<Level>("0.6").unwrap_err().to_string().contains("none of the five steps")
        );
        assert!(Level::try_from(f64::NAN).is_err());
        assert!(Share::try_from(1.01).is_err());
        assert!(Share::try_from(f64::NAN).is_err());
        assert_eq!(Share::try_from(-0.0).unwrap(), Share::NONE);
    }
}
