//! Packages and their versions: which ecosystem, which name, which version is newer.
//!
//! Versions are never compared as text: [`Ecosystem::version_key`] turns one into bytes whose order is the order of
//! the ecosystem's own tool, so that a version is parsed once and compared as often as one likes.

mod cpe;
mod ecosystem;
mod key;
mod name;
mod order;
mod purl;
mod swid;
mod vers;

pub use cpe::{Cpe, CpeAttribute, CpeRelation, CpeValue, Wildcard};
pub use ecosystem::Ecosystem;
pub use key::VersionKey;
pub use order::Scheme;
pub use purl::{Purl, PurlParts};
pub use swid::SwidTagId;
pub use vers::{Comparator, Constraint, Vers, VersError};
