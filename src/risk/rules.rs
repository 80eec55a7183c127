//! The weights of the score, read from YAML and checked as a whole: every kind weighed, every number in its range.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::base::Digest;
use crate::evidence::document::{DocumentKind, Opinion};
use crate::risk::facts::EventKind;
use crate::risk::figure::Share;

/// The weights of the vendor score, named so that a stored score can say which ones it used.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleSet {
    /// Name and version (`vendor-score/1`).
    pub rule_set: String,
    /// Digest of the YAML text.
    #[serde(skip, default = "unread")]
    pub digest: Digest,
    /// How much of the inherent risk the largest input decides; the mean decides the rest.
    pub inherent_share_of_largest: Share,
    /// Lower bounds of the tiers.
    pub tiers: Tiers,
    /// Weight of each domain; together 1.
    pub domains: BTreeMap<Domain, Share>,
    /// The most assurance a domain can have.
    pub assurance_cap: Share,
    /// Coverage of a document whose reviewer stated none.
    pub coverage_when_not_stated: Share,
    /// How documents age.
    pub freshness: Freshness,
    /// Events that put every document in doubt until reviewed.
    pub change_events: BTreeSet<EventKind>,
    /// What each opinion leaves of a document.
    pub opinions: Opinions,
    /// The least a score may be.
    pub floors: Floors,
    /// Each kind of document.
    pub documents: BTreeMap<DocumentKind, DocumentRule>,
}

/// Lower bounds of the tiers on the inherent risk; below `medium` is low.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tiers {
    /// From here on critical.
    pub critical: f64,
    /// From here on high.
    pub high: f64,
    /// From here on medium.
    pub medium: f64,
}

/// How documents age.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Freshness {
    /// Days from the last valid day to nothing.
    pub decay_days: u32,
    /// What a bridge letter carries.
    pub bridge_factor: Share,
    /// Days after the last valid day that a bridge letter carries at most.
    pub bridge_days: u32,
    /// The most any document carries while a change event waits for review.
    pub change_event_cap: Share,
}

/// What each opinion leaves of a document.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opinions {
    unqualified: Share,
    qualified: Share,
    adverse: Share,
    disclaimer: Share,
}

/// The least a score may be while the condition holds.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Floors {
    /// Personal data without a data-processing agreement in force.
    pub personal_data_without_dpa: f64,
    /// Cardholder data without an attestation of compliance in force.
    pub cardholder_data_without_aoc: f64,
    /// A known-exploited vulnerability past the time allowed.
    pub known_exploited_past_sla: f64,
    /// A breach not yet closed.
    pub open_breach: f64,
}

/// How one kind of document counts.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentRule {
    /// What it proves at best.
    pub strength: Share,
    /// Whether somebody other than the vendor stands behind it, or we check its content ourselves.
    pub independent: bool,
    /// Days it is fresh when it states no end; `None`: until it is ended.
    pub valid_days: Option<u32>,
    /// The domains it speaks for.
    pub domains: BTreeSet<Domain>,
}

/// An area in which a vendor can fail us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Domain {
    /// Who can reach the systems and data.
    Access,
    /// Flaws in what it runs and delivers.
    Vulnerability,
    /// Personal data.
    Privacy,
    /// Continuity and recovery.
    Resilience,
    /// Policies, duties and oversight.
    Governance,
    /// Noticing, handling and reporting incidents.
    Incident,
}

impl Domain {
    /// Every domain, in the order shown.
    pub const ALL: [Self; 6] = [
        Self::Access,
        Self::Vulnerability,
        Self::Privacy,
        Self::Resilience,
        Self::Governance,
        Self::Incident,
    ];

    /// The stable word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Vulnerability => "vulnerability",
            Self::Privacy => "privacy",
            Self::Resilience => "resilience",
            Self::Governance => "governance",
            Self::Incident => "incident",
        }
    }

    /// For people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Access => "Access",
            Self::Vulnerability => "Vulnerability and SBOM",
            Self::Privacy => "Privacy",
            Self::Resilience => "Resilience",
            Self::Governance => "Governance",
            Self::Incident => "Incident",
        }
    }
}

impl Opinions {
    /// What is left of a document with this opinion; one that carries none is whole.
    pub const fn factor(&self, opinion: Option<Opinion>) -> Share {
        match opinion {
            None => Share::ALL,
            Some(Opinion::Unqualified) => self.unqualified,
            Some(Opinion::Qualified) => self.qualified,
            Some(Opinion::Adverse) => self.adverse,
            Some(Opinion::Disclaimer) => self.disclaimer,
        }
    }
}

/// The rule set cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RuleSetError {
    /// It is no YAML of the expected shape.
    #[error("cannot read the vendor-score rules: {0}")]
    Shape(String),
    /// Its numbers contradict each other; every problem is named.
    #[error("the vendor-score rules are wrong: {}", .0.join("; "))]
    Values(Vec<String>),
}

impl RuleSet {
    /// Reads and checks a rule set.
    ///
    /// # Errors
    /// When the YAML has another shape, leaves a kind or domain unweighed, or a number is out of its range.
    pub fn parse(yaml: &str) -> Result<Self, RuleSetError> {
        let mut rules: Self = serde_saphyr::from_str(yaml).map_err(|e| RuleSetError::Shape(e.to_string()))?;
        let problems = rules.problems();
        if !problems.is_empty() {
            return Err(RuleSetError::Values(problems));
        }
        rules.digest = Digest::of(yaml.as_bytes());
        Ok(rules)
    }

    fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if !is_name(&self.rule_set) {
            problems.push(format!("`{}` is no name of a rule set: write name/version", self.rule_set));
        }
        self.unweighed(&mut problems);
        let sum: f64 = self.domains.values().map(|w| w.get()).sum();
        if (sum - 1.0).abs() > 1e-9 {
            problems.push(format!("the weights of the domains sum to {sum}, not 1"));
        }
        for (name, points) in self.points() {
            if !(0.0..=100.0).contains(&points) {
                problems.push(format!("{name} is {points}, outside 0 to 100"));
            }
        }
        if !(self.tiers.critical > self.tiers.high && self.tiers.high > self.tiers.medium) {
            problems.push("the tiers must fall: critical above high above medium".to_owned());
        }
        if !(1..=3650).contains(&self.freshness.decay_days) || self.freshness.bridge_days > 3650 {
            problems.push("decay_days must be 1 to 3650 and bridge_days at most 3650".to_owned());
        }
        problems
    }

    fn unweighed(&self, problems: &mut Vec<String>) {
        for domain in Domain::ALL.iter().filter(|d| !self.domains.contains_key(d)) {
            problems.push(format!("domain {} has no weight", domain.as_str()));
        }
        for kind in DocumentKind::ALL.iter().filter(|k| !self.documents.contains_key(k)) {
            problems.push(format!("document kind {} is not weighed", kind.as_str()));
        }
    }

    fn points(&self) -> [(&'static str, f64); 7] {
        [
            ("tiers.critical", self.tiers.critical),
            ("tiers.high", self.tiers.high),
            ("tiers.medium", self.tiers.medium),
            ("floors.personal_data_without_dpa", self.floors.personal_data_without_dpa),
            ("floors.cardholder_data_without_aoc", self.floors.cardholder_data_without_aoc),
            ("floors.known_exploited_past_sla", self.floors.known_exploited_past_sla),
            ("floors.open_breach", self.floors.open_breach),
        ]
    }
}

/// Whether `text` is a name and a version: short, lower case, one slash.
fn is_name(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-./".contains(c);
    text.len() <= 64
        && text.chars().all(plain)
        && text.split_once('/').is_some_and(|(n, v)| !n.is_empty() && !v.is_empty())
}

/// The digest of a rule set that was not read from text; replaced by [`RuleSet::parse`].
const fn unread() -> Digest {
    Digest::from_bytes([0; 32])
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) const SHIPPED: &str = include_str!("../../controls/vendor-score.yaml");

    fn refused(from: &str, to: &str) -> String {
        assert!(SHIPPED.contains(from), "{from}");
        RuleSet::parse(&SHIPPED.replacen(from, to, 1)).unwrap_err().to_string()
    }

    #[test]
    fn the_shipped_rules_are_read_and_weigh_as_designed() {
        let rules = RuleSet::parse(SHIPPED).unwrap();

        let strength = |kind| rules.documents.get(&kind).unwrap().strength.get();
        assert_eq!(rules.rule_set, "vendor-score/1");
        assert_eq!(rules.digest, Digest::of(SHIPPED.as_bytes()));
        assert_eq!(strength(DocumentKind::PciAoc), 1.0);
        assert_eq!(strength(DocumentKind::Soc2Type2), 1.0);
        assert_eq!(strength(DocumentKind::Iso27001), 0.85);
        assert_eq!(strength(DocumentKind::SignedSbomVex), 0.8);
        assert_eq!(strength(DocumentKind::Soc2Type1), 0.6);
        assert_eq!(strength(DocumentKind::PenTestLetter), 0.6);
        assert_eq!(strength(DocumentKind::Questionnaire), 0.35);
        assert_eq!(strength(DocumentKind::Policy), 0.25);
        assert_eq!(strength(DocumentKind::WebPage), 0.15);
    }

    #[test]
    fn weights_that_do_not_sum_to_one_are_refused() {
        assert!(refused("access: 0.20", "access: 0.30").contains("sum to 1.1"));
    }

    #[test]
    fn an_unknown_key_or_kind_is_refused() {
        assert!(refused("rule_set:", "colour: red\nrule_set:").contains("colour"));
        assert!(refused("  web_page:", "  blog_post:").contains("blog_post"));
    }

    #[test]
    fn every_kind_and_domain_must_be_weighed_and_all_problems_are_named() {
        let yaml =
            SHIPPED.replacen("  incident: 0.10\n", "", 1).replacen("open_breach: 80", "open_breach: 180", 1);

        let text = RuleSet::parse(&yaml).unwrap_err().to_string();

        assert!(text.contains("domain incident has no weight"), "{text}");
        assert!(text.contains("floors.open_breach is 180"), "{text}");
    }

    #[test]
    fn numbers_out_of_range_are_refused() {
        assert!(refused("assurance_cap: 0.9", "assurance_cap: 1.9").contains("no share"));
        assert!(refused("assurance_cap: 0.9", "assurance_cap: .nan").contains("no share"));
        assert!(refused("decay_days: 90", "decay_days: 0").contains("decay_days"));
        assert!(refused("high: 60", "high: 90").contains("tiers must fall"));
        assert!(refused("vendor-score/1", "Vendor Score").contains("no name of a rule set"));
    }

    #[test]
    fn text_that_is_no_rule_set_is_refused() {
        for text in ["", "[]", "a: [", "\u{0}", "rule_set: x/1"] {
            assert!(matches!(RuleSet::parse(text), Err(RuleSetError::Shape(_))), "{text:?}");
        }
    }
}
