//! Whether one statement is about one finding, and whether it may suppress it.

use super::identifier::Identifier;
use super::{Status, VexProduct, VexStatement};
use crate::evidence::package::Purl;

mod cpe;
mod version;

use version::in_range;

/// What is known of a thing a finding is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Subject {
    /// Everything it is known by. A `BomRef` belongs here only when the VEX document is the very document it is from.
    pub identifiers: Vec<Identifier>,
    /// Its version, where no identifier carries it.
    pub version: Option<String>,
}

/// A vulnerability found in a component of a product.
#[derive(Debug, Clone, Copy)]
pub struct Finding<'a> {
    /// Every identifier of the vulnerability.
    pub vulnerabilities: &'a [String],
    /// What is shipped or run: the asset.
    pub product: &'a Subject,
    /// The component the vulnerability was found in.
    pub component: &'a Subject,
}

/// How surely a statement's product is the finding's, strongest last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum VersionMatch {
    /// The statement names no version, so it speaks about all of them.
    Any,
    /// The version lies in the statement's range.
    InRange,
    /// The same version.
    Exact,
    /// The same bytes, or the same component of the same document.
    Identical,
}

/// Why a statement does not suppress a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// It is about another vulnerability.
    OtherVulnerability,
    /// It is about another product or component.
    OtherProduct,
    /// It is about another version of the product.
    OtherVersion,
    /// The finding's version is not known, or the statement's range cannot be read.
    VersionUnknown,
    /// It names no version, and speaking about all versions, future ones included, is not accepted.
    Unversioned,
    /// It says that the vulnerability is open: affected, under investigation, or a word that is not known.
    Active(Status),
    /// It gives neither a justification nor an impact statement.
    NoJustification,
    /// Its author is not trusted.
    UntrustedAuthor,
    /// The same author has said something newer about the same product.
    Superseded,
    /// Another trusted statement says otherwise.
    Contradicted,
}

impl Refusal {
    /// One sentence for a person.
    pub const fn explain(&self) -> &'static str {
        match self {
            Self::OtherVulnerability => "it is about another vulnerability",
            Self::OtherProduct => "it is about another product or component",
            Self::OtherVersion => "it is about another version",
            Self::VersionUnknown => "whether it is about this version cannot be told",
            Self::Unversioned => "it names no version, and statements about all versions are not accepted",
            Self::Active(_) => "it does not say that the product is unaffected or fixed",
            Self::NoJustification => "it gives neither a justification nor an impact statement",
            Self::UntrustedAuthor => "its author is not trusted",
            Self::Superseded => "the same author has said something newer",
            Self::Contradicted => "another trusted statement says otherwise",
        }
    }
}

/// Whether one statement, taken alone, suppresses a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Applies {
    /// It does; the version was matched so.
    Yes(VersionMatch),
    /// It does not.
    DoesNot(Refusal),
}

/// Whether one statement, taken alone and its author believed, suppresses the finding.
///
/// It must be about the vulnerability, the product and the version, say `not_affected` with a justification or an
/// impact statement, or say `fixed` for this very version. `accepts_any` is whether a statement about all versions
/// will do; `fixed` never does without a version.
pub fn applies(statement: &VexStatement, finding: &Finding<'_>, accepts_any: bool) -> Applies {
    let found = match concerns(statement, finding) {
        Ok((found, _)) => found,
        Err(refusal) => return Applies::DoesNot(refusal),
    };
    let explained = statement.justification.is_some() || statement.impact.is_some();
    let refusal = match statement.status {
        Status::Affected | Status::UnderInvestigation | Status::Unknown => Refusal::Active(statement.status),
        Status::NotAffected if !explained => Refusal::NoJustification,
        Status::NotAffected if found == VersionMatch::Any && !accepts_any => Refusal::Unversioned,
        Status::Fixed if found == VersionMatch::Any => Refusal::Unversioned,
        Status::NotAffected | Status::Fixed => return Applies::Yes(found),
    };
    Applies::DoesNot(refusal)
}

/// Whether a statement is about the finding, how surely, and by which of its products.
///
/// For statements that keep a finding open, doubt about the version counts as a match.
pub(super) fn concerns<'s>(
    statement: &'s VexStatement,
    finding: &Finding<'_>,
) -> Result<(VersionMatch, &'s VexProduct), Refusal> {
    let same = |id: &str| finding.vulnerabilities.iter().any(|own| own.eq_ignore_ascii_case(id));
    if !same(&statement.vulnerability) && !statement.aliases.iter().any(|alias| same(alias)) {
        return Err(Refusal::OtherVulnerability);
    }
    let doubt_counts = match statement.status {
        Status::Affected | Status::UnderInvestigation | Status::Unknown => true,
        Status::NotAffected | Status::Fixed => false,
    };
    let mut nearest = Refusal::OtherProduct;
    let mut best: Option<(VersionMatch, &VexProduct)> = None;
    for product in &statement.products {
        match product_match(product, finding) {
            Fit::Yes(found) if best.is_none_or(|(known, _)| found > known) => best = Some((found, product)),
            Fit::Yes(_) | Fit::Other => {}
            Fit::Unclear if doubt_counts => best = best.or(Some((VersionMatch::Any, product))),
            Fit::Unclear => nearest = Refusal::VersionUnknown,
            Fit::OtherVersion if nearest == Refusal::OtherProduct => nearest = Refusal::OtherVersion,
            Fit::OtherVersion => {}
        }
    }
    best.ok_or(nearest)
}

/// How one product of a statement fits a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fit {
    Yes(VersionMatch),
    /// Another thing.
    Other,
    /// The same thing in another version.
    OtherVersion,
    /// The same thing; whether in this version cannot be told.
    Unclear,
}

/// A product with subcomponents is limited to them; one without is the shipped product or the component itself.
fn product_match(product: &VexProduct, finding: &Finding<'_>) -> Fit {
    let whole = fit(product, finding.product);
    if product.subcomponents.is_empty() {
        return nearer(whole, fit(product, finding.component));
    }
    let part = product.subcomponents.iter().map(|part| fit(part, finding.component)).fold(Fit::Other, nearer);
    match (whole, part) {
        (Fit::Other, _) | (_, Fit::Other) => Fit::Other,
        (Fit::OtherVersion, _) | (_, Fit::OtherVersion) => Fit::OtherVersion,
        (Fit::Unclear, _) | (_, Fit::Unclear) => Fit::Unclear,
        // the version is known once either is pinned
        (Fit::Yes(whole), Fit::Yes(part)) => Fit::Yes(whole.max(part)),
    }
}

/// The better of two fits.
fn nearer(a: Fit, b: Fit) -> Fit {
    const fn rank(fit: Fit) -> u8 {
        match fit {
            Fit::Yes(VersionMatch::Identical) => 7,
            Fit::Yes(VersionMatch::Exact) => 6,
            Fit::Yes(VersionMatch::InRange) => 5,
            Fit::Yes(VersionMatch::Any) => 4,
            Fit::Unclear => 3,
            Fit::OtherVersion => 2,
            Fit::Other => 1,
        }
    }
    if rank(b) > rank(a) { b } else { a }
}

/// Compares every identifier of a product with every one of a thing.
///
/// One that names another version outweighs one that names none, and a digest of other bytes outweighs everything.
fn fit(product: &VexProduct, subject: &Subject) -> Fit {
    if digests_differ(product, subject) {
        return Fit::Other;
    }
    let mut best = Fit::Other;
    let mut differs = false;
    for stated in &product.identifiers {
        for own in &subject.identifiers {
            let one = compare(stated, own, product, subject);
            differs |= one == Fit::OtherVersion;
            best = nearer(best, one);
        }
    }
    let is_weak = matches!(best, Fit::Yes(VersionMatch::Any) | Fit::Unclear);
    if is_weak && differs { Fit::OtherVersion } else { best }
}

fn digests_differ(product: &VexProduct, subject: &Subject) -> bool {
    let hashes = |list: &[Identifier]| -> Vec<(String, String)> {
        let pair = |id: &Identifier| match id {
            Identifier::Hash { algorithm, value } => Some((algorithm.clone(), value.clone())),
            Identifier::Purl(_)
            | Identifier::Cpe(_)
            | Identifier::BomLink { .. }
            | Identifier::BomRef(_)
            | Identifier::Other(_) => None,
        };
        list.iter().filter_map(pair).collect()
    };
    let (stated, own) = (hashes(&product.identifiers), hashes(&subject.identifiers));
    let comparable = stated.iter().any(|(name, _)| own.iter().any(|(other, _)| name == other));
    comparable && !stated.iter().any(|hash| own.contains(hash))
}

fn compare(stated: &Identifier, own: &Identifier, product: &VexProduct, subject: &Subject) -> Fit {
    match (stated, own) {
        (Identifier::Purl(a), Identifier::Purl(b)) => purls(a, b, product, subject),
        (Identifier::Cpe(a), Identifier::Cpe(b)) => cpe::compare(a, b, product, subject),
        (Identifier::Hash { .. }, Identifier::Hash { .. })
        | (Identifier::BomRef(_), Identifier::BomRef(_)) => {
            if stated == own {
                Fit::Yes(VersionMatch::Identical)
            } else {
                Fit::Other
            }
        }
        (
            Identifier::BomLink { serial, version, reference },
            Identifier::BomLink { serial: own_serial, version: own_version, reference: own_reference },
        ) => {
            let same = serial.eq_ignore_ascii_case(own_serial) && reference == own_reference;
            let version_fits = version.is_none() || version == own_version;
            if same && version_fits { Fit::Yes(VersionMatch::Identical) } else { Fit::Other }
        }
        (Identifier::Other(a), Identifier::Other(b)) if a == b => version_fit(None, None, product, subject),
        (
            Identifier::Purl(_)
            | Identifier::Cpe(_)
            | Identifier::Hash { .. }
            | Identifier::BomLink { .. }
            | Identifier::BomRef(_)
            | Identifier::Other(_),
            _,
        ) => Fit::Other,
    }
}

/// Compares package URLs: the qualifiers the statement names must be there, further ones do not matter (OpenVEX
/// 0.2.0, "Product and vulnerability matching").
fn purls(stated: &str, own: &str, product: &VexProduct, subject: &Subject) -> Fit {
    let (Some(stated), Some(own)) = (Purl::read(stated), Purl::read(own)) else { return Fit::Other };
    let same = stated.unversioned() == own.unversioned();
    let qualified = stated.qualifiers().all(|(key, value)| own.qualifier(key).as_ref() == Some(&value));
    if !same || !qualified || (stated.subpath().is_some() && stated.subpath() != own.subpath()) {
        return Fit::Other;
    }
    let (pinned, held) = (stated.version(), own.version());
    let fit = version_fit(pinned.as_deref(), held.as_deref(), product, subject);
    let versions =
        pinned.as_deref().or(product.version.as_deref()).zip(held.as_deref().or(subject.version.as_deref()));
    let equal = |(a, b): (&str, &str)| own.ecosystem()?.compare(a, b).map(std::cmp::Ordering::is_eq);
    // another spelling of one version, or a build of it: near enough to keep a finding open, not to suppress it
    if fit == Fit::OtherVersion && versions.and_then(equal) == Some(true) { Fit::Unclear } else { fit }
}

/// Compares the version an identifier or the product names with the thing's.
fn version_fit(stated: Option<&str>, own: Option<&str>, product: &VexProduct, subject: &Subject) -> Fit {
    let own = own.or(subject.version.as_deref());
    match (stated.or(product.version.as_deref()), product.range.as_deref(), own) {
        (Some(stated), _, Some(own)) if stated == own => Fit::Yes(VersionMatch::Exact),
        (Some(_), _, Some(_)) => Fit::OtherVersion,
        (None, None, _) => Fit::Yes(VersionMatch::Any),
        (None, Some(range), Some(own)) => match in_range(range, own) {
            Some(true) => Fit::Yes(VersionMatch::InRange),
            Some(false) => Fit::OtherVersion,
            None => Fit::Unclear,
        },
        (Some(_), _, None) | (None, Some(_), None) => Fit::Unclear,
    }
}

#[cfg(test)]
mod tests;
