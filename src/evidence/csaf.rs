//! What every reader of CSAF (OASIS Common Security Advisory Framework 2.0 and 2.1) needs: the document's category,
//! and the product tree.

mod product_tree;

pub use product_tree::{Part, Product, ProductTree};

use crate::evidence::DecodeError;
use crate::evidence::decoder::Probe;
use crate::evidence::loose::Members;

/// The category of exploitability statements (CSAF 2.0 §4.5).
pub const VEX_CATEGORY: &str = "csaf_vex";

/// The versions that are read.
pub const VERSIONS: [&str; 2] = ["2.0", "2.1"];

/// `document.category` of a CSAF document as written; `None` when the document is none.
///
/// A document is taken for CSAF by its member `document` with a `csaf_version` or a `category` of CSAF in it.
pub fn category(probe: &Probe<'_>) -> Option<String> {
    // cheap, and true for few other documents
    if !probe.head().has("document") && !probe.json().is_some_and(|json| json.has("document")) {
        return None;
    }
    let members = Members::of(probe.bytes).ok()?;
    let document = members.object("document")?;
    let category = document.text("category");
    let named = category.as_deref().is_some_and(|name| name.to_ascii_lowercase().starts_with("csaf_"));
    (named || document.has("csaf_version")).then(|| category.unwrap_or_default())
}

/// Whether a category is that of exploitability statements, spelt however (CSAF 2.0 §6.1.26 forbids near misses).
pub fn is_vex(category: &str) -> bool {
    let plain = |text: &str| text.to_ascii_lowercase().replace(['-', ' ', '_'], "");
    plain(category) == plain(VEX_CATEGORY)
}

/// The version of a CSAF document that is read.
///
/// # Errors
/// When the version is missing or another.
pub(crate) fn version(document: &Members<'_>) -> Result<String, DecodeError> {
    let supported = VERSIONS.join(" and ");
    match document.text("csaf_version") {
        Some(version) if VERSIONS.contains(&version.as_str()) => Ok(version),
        Some(version) => {
            let version: String = version.chars().take(20).collect();
            let message = format!("CSAF `{version}` is not read; read are the versions {supported}");
            Err(DecodeError::at("unsupported-version", "/document/csaf_version", message))
        }
        None => {
            let message = format!("the document has no `csaf_version`; read are the versions {supported}");
            Err(DecodeError::at("no-version", "/document/csaf_version", message))
        }
    }
}
