//! The vendor score: what a vendor could do to us, less what its documents prove, never below what the facts forbid.
//!
//! Pure arithmetic over [`VendorFacts`] under a versioned [`RuleSet`]; the caller says when, and hands in the YAML of
//! the weights. The same facts, rules and day give the same bytes, whatever the order of the documents.

mod compare;
mod facts;
mod figure;
mod floors;
mod freshness;
#[cfg(test)]
mod properties;
mod rules;
#[cfg(test)]
mod sample_organisation;
mod score;
mod steps;
mod term;
#[cfg(test)]
mod worked_example;

pub use compare::{Movement, compare};
pub use facts::{ChangeEvent, DocumentFact, EventKind, VendorFacts};
pub use figure::{Figure, Level, LevelError, Share, ShareError};
pub use floors::{Floor, FloorRule};
pub use freshness::Standing;
pub use rules::{DocumentRule, Domain, Floors, Freshness, Opinions, RuleSet, RuleSetError, Tiers};
pub use score::{DomainScore, Tier, VendorScore};
pub use steps::Step;
pub use term::Term;
