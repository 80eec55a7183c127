//! What is known of a vendor when it is scored: three inputs, the data it sees, its documents, what happened to it.

use serde::{Deserialize, Serialize};

use crate::base::UnixMillis;
use crate::evidence::document::{DocumentKind, Opinion, VendorDocument};
use crate::risk::figure::{Level, Share};

/// Everything the score of one vendor depends on; stored beside it so that it can be recomputed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VendorFacts {
    /// Key of the vendor (`acme-payments`).
    pub key: String,
    /// Its name.
    pub name: String,
    /// D: how sensitive the data is that it sees.
    pub sensitivity: Level,
    /// C: how much our operation depends on it.
    pub criticality: Level,
    /// A: how far it reaches into our systems.
    pub access: Level,
    /// Whether it processes personal data for us.
    pub personal_data: bool,
    /// Whether it stores, processes or transmits cardholder data for us.
    pub cardholder_data: bool,
    /// Its documents, in any order.
    #[serde(default)]
    pub documents: Vec<DocumentFact>,
    /// What happened to it, in any order.
    #[serde(default)]
    pub events: Vec<ChangeEvent>,
}

/// What the score needs to know of one document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentFact {
    /// The evidence item it was read from.
    #[serde(default)]
    pub evidence_id: Option<String>,
    /// What kind of document it is.
    pub kind: DocumentKind,
    /// Title as shown.
    pub title: String,
    /// When it was issued or signed.
    #[serde(default)]
    pub issued: Option<UnixMillis>,
    /// End of the period it speaks for.
    #[serde(default)]
    pub period_to: Option<UnixMillis>,
    /// Its last day in force, if it states one.
    #[serde(default)]
    pub valid_until: Option<UnixMillis>,
    /// Last day a bridge letter stretches it to.
    #[serde(default)]
    pub bridge_until: Option<UnixMillis>,
    /// Share of the vendor's services in use that it covers, as the reviewer judged it.
    #[serde(default)]
    pub coverage: Option<Share>,
    /// The auditor's opinion, where there is one.
    #[serde(default)]
    pub opinion: Option<Opinion>,
    /// Exceptions the auditor noted; shown, not weighed.
    #[serde(default)]
    pub exceptions: u32,
    /// When a person confirmed the typed facts against the file; without that, the document proves nothing.
    #[serde(default)]
    pub confirmed_at: Option<UnixMillis>,
}

impl DocumentFact {
    /// Takes from a vendor's document what the score needs; a coverage outside 0 to 1 is moved to the nearer end.
    pub fn from_document(document: &VendorDocument, evidence_id: Option<String>) -> Self {
        Self {
            evidence_id,
            kind: document.document,
            title: document.title.clone(),
            issued: document.issued,
            period_to: document.period_to,
            valid_until: document.valid_until,
            bridge_until: document.bridge_until,
            coverage: document.coverage.and_then(|c| Share::try_from(c.clamp(0.0, 1.0)).ok()),
            opinion: document.opinion,
            exceptions: document.exceptions,
            confirmed_at: document.confirmed_by.as_ref().and(document.confirmed_at),
        }
    }

    /// A total order over everything that can change the score, so that the order given does not.
    pub(crate) fn order_key(&self) -> impl Ord + '_ {
        (
            (self.kind, self.title.as_str(), self.evidence_id.as_deref()),
            (self.issued, self.period_to, self.valid_until, self.bridge_until),
            (self.coverage, self.opinion.map(Opinion::as_str), self.exceptions, self.confirmed_at),
        )
    }
}

/// Something that happened at or to the vendor.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ChangeEvent {
    /// When it happened or became known.
    pub at: UnixMillis,
    /// What happened.
    pub kind: EventKind,
    /// Whether it still goes on (an open breach, a vulnerability not yet fixed).
    #[serde(default)]
    pub open: bool,
    /// When a person judged what it means for us.
    #[serde(default)]
    pub reviewed_at: Option<UnixMillis>,
    /// Whether the time allowed to end it has passed.
    #[serde(default)]
    pub past_sla: bool,
}

impl ChangeEvent {
    /// Whether it had happened by `at`.
    pub(crate) fn happened_by(&self, at: UnixMillis) -> bool {
        self.at <= at
    }

    /// Whether somebody still had to judge it at `at`.
    pub(crate) fn awaits_review(&self, at: UnixMillis) -> bool {
        self.happened_by(at) && self.reviewed_at.is_none_or(|reviewed| reviewed > at)
    }
}

/// What can happen to a vendor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// Its data or systems were breached.
    Breach,
    /// It added a sub-processor.
    NewSubProcessor,
    /// A vulnerability in what it delivers is now exploited.
    KnownExploitedVulnerability,
    /// It has a new owner.
    OwnershipChange,
}

impl EventKind {
    /// Every kind.
    pub const ALL: [Self; 4] =
        [Self::Breach, Self::NewSubProcessor, Self::KnownExploitedVulnerability, Self::OwnershipChange];

    /// The stable word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Breach => "breach",
            Self::NewSubProcessor => "new_sub_processor",
            Self::KnownExploitedVulnerability => "known_exploited_vulnerability",
            Self::OwnershipChange => "ownership_change",
        }
    }

    /// For people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Breach => "breach",
            Self::NewSubProcessor => "new sub-processor",
            Self::KnownExploitedVulnerability => "known-exploited vulnerability",
            Self::OwnershipChange => "change of ownership",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document() -> VendorDocument {
        VendorDocument {
            vendor: "acme".to_owned(),
            document: DocumentKind::Iso27001,
            title: "Certificate".to_owned(),
            issuer: None,
            issued: Some(UnixMillis(1)),
            period_from: None,
            period_to: None,
            valid_until: Some(UnixMillis(2)),
            covers: vec![],
            opinion: None,
            exceptions: 3,
            article_28_points: vec![],
            bridge_until: None,
            coverage: Some(1.5),
            confirmed_by: None,
            confirmed_at: Some(UnixMillis(9)),
            file: None,
        }
    }

    #[test]
    fn a_document_nobody_signed_for_stays_unconfirmed() {
        let fact = DocumentFact::from_document(&document(), Some("e1".to_owned()));

        assert_eq!(fact.confirmed_at, None);
        assert_eq!(fact.coverage, Some(Share::ALL));
        assert_eq!((fact.exceptions, fact.evidence_id.as_deref()), (3, Some("e1")));
    }

    #[test]
    fn a_coverage_that_is_no_number_counts_as_not_stated() {
        let fact =
            DocumentFact::from_document(&VendorDocument { coverage: Some(f64::NAN), ..document() }, None);

        assert_eq!(fact.coverage, None);
    }

    #[test]
    fn event_words_are_those_of_the_stored_form() {
        for kind in EventKind::ALL {
            assert_eq!(serde_json::to_string(&kind).unwrap(), format!("\"{}\"", kind.as_str()));
        }
    }
}
