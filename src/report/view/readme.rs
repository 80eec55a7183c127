//! The pack's front page: framework → requirement → verdict → evidence, every link relative to the pack's root.

use serde::Serialize;

use crate::base::UnixMillis;
use crate::controls::{Catalog, Evaluation, Framework};
use crate::report::text;
use crate::report::view::framework::framework_name;
use crate::report::view::outline::{Chapter, outline};
use crate::report::view::requirement::{Limits, Requirement};
use crate::report::view::shared::{Chip, EvidenceLine, EvidenceRow, Fact, Head, Summary};
use crate::report::view::sources::Sources;

/// Evidence links beside one requirement; its own page has the rest.
const LIMITS: Limits = Limits { failing: 0, evidence: 8 };

/// An evidence item and where the pack holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackedEvidence {
    /// The item.
    pub row: EvidenceRow,
    /// Its path from the pack's root; empty when the pack does not hold the file.
    pub path: String,
}

impl PackedEvidence {
    /// The item with its link, `up` leading from the page to the pack's root.
    pub(crate) fn linked(&self, up: &str) -> (&EvidenceRow, Option<String>) {
        let href = (!self.path.is_empty()).then(|| format!("{up}{}", text::path_href(&self.path)));
        (&self.row, href)
    }
}

/// The checkpoint a pack pins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckpointFacts {
    /// Entries it covers.
    pub size: u64,
    /// Root hash, base64 as in the note.
    pub root: String,
    /// When it was signed.
    pub at: UnixMillis,
}

/// One framework of a pack.
#[derive(Debug, Clone, Copy)]
pub struct PackFrameworkInput<'a> {
    /// The framework.
    pub framework: &'a Framework,
    /// Its tests.
    pub catalog: &'a Catalog,
    /// The verdicts.
    pub evaluation: &'a Evaluation,
}

/// What a pack's front page is made from.
#[derive(Debug, Clone, Copy)]
pub struct PackInput<'a> {
    /// Whose pack it is.
    pub organisation: &'a str,
    /// Whether the data is sample data.
    pub sample: bool,
    /// `As of 31 Mar 2026` or `Period 1 Jan 2026 to 31 Mar 2026`.
    pub scope: &'a str,
    /// The frameworks.
    pub frameworks: &'a [PackFrameworkInput<'a>],
    /// The evidence in the pack.
    pub evidence: &'a [PackedEvidence],
    /// Items the manifest lists.
    pub items: u64,
    /// Rows of `gaps.csv`.
    pub gaps: u64,
    /// The pinned checkpoint.
    pub checkpoint: &'a CheckpointFacts,
    /// Fingerprint of the signing key.
    pub fingerprint: &'a str,
    /// Further members worth a link: path from the root, and what it is.
    pub members: &'a [(&'a str, &'a str)],
}

/// The pack's front page as shown.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PackReadme {
    /// The document's head.
    pub head: Head,
    /// Heading.
    pub title: String,
    /// As-of date or period.
    pub scope: String,
    /// Facts under the heading.
    pub facts: Vec<Fact>,
    /// Fingerprint of the signing key.
    pub fingerprint: String,
    /// The frameworks.
    pub frameworks: Vec<PackFramework>,
    /// Members worth a link.
    pub members: Vec<MemberLink>,
}

/// One framework in the index.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PackFramework {
    /// Anchor.
    pub anchor: String,
    /// Name with version.
    pub title: String,
    /// Counts per status.
    pub summary: Summary,
    /// Its chapters.
    pub chapters: Vec<PackChapter>,
}

/// One chapter in the index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PackChapter {
    /// Identifier.
    pub id: String,
    /// Title.
    pub title: String,
    /// Its requirements.
    pub requirements: Vec<PackRequirement>,
}

/// One requirement in the index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PackRequirement {
    /// Identifier.
    pub id: String,
    /// Title.
    pub title: String,
    /// Its status.
    pub chip: Chip,
    /// Why.
    pub explanation: String,
    /// Link to its page.
    pub href: String,
    /// Links to evidence.
    pub evidence: Vec<EvidenceLink>,
    /// Evidence that is on the requirement's page only.
    pub more: Option<String>,
}

/// A link to an evidence file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EvidenceLink {
    /// Kind and file name.
    pub label: String,
    /// Relative link; `None` when the pack does not hold the file.
    pub href: Option<String>,
}

/// A link to a member of the pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MemberLink {
    /// Its path.
    pub path: String,
    /// Relative link.
    pub href: String,
    /// What it is.
    pub what: String,
}

impl PackReadme {
    /// Builds the page. The same input gives the same page.
    pub fn build(input: &PackInput<'_>) -> Self {
        let title = format!("Audit pack: {}", input.organisation);
        let root = text::short_digest(&input.checkpoint.root);
        let foot = format!("{} · ledger {} · root {root}", input.scope, text::grouped(input.checkpoint.size));
        let member = |(path, what): &(&str, &str)| MemberLink {
            path: (*path).to_owned(),
            href: text::path_href(path),
            what: (*what).to_owned(),
        };
        Self {
            head: Head::new("Audit pack", input.organisation, input.sample).foot(foot),
            title,
            scope: input.scope.to_owned(),
            facts: facts(input),
            fingerprint: input.fingerprint.to_owned(),
            frameworks: input.frameworks.iter().map(|f| PackFramework::new(f, input.evidence)).collect(),
            members: input.members.iter().map(member).collect(),
        }
    }
}

impl PackFramework {
    fn new(input: &PackFrameworkInput<'_>, evidence: &[PackedEvidence]) -> Self {
        let rows = evidence.iter().map(|e| e.linked(""));
        let sources = Sources::new(input.framework, input.catalog, input.evaluation, rows);
        let name = framework_name(input.framework);
        let tally = sources.tally(&input.framework.items);
        let heading = format!("{name}: requirements by status");
        Self {
            anchor: text::anchor("f", &input.framework.id),
            summary: Summary::new(&input.framework.id, &heading, &tally),
            chapters: outline(input.framework).iter().map(|c| PackChapter::new(&sources, c)).collect(),
            title: name,
        }
    }
}

impl PackChapter {
    fn new(sources: &Sources<'_>, chapter: &Chapter<'_>) -> Self {
        Self {
            id: text::heading_id(&chapter.item.id),
            title: chapter.item.title.clone(),
            requirements: chapter
                .assessed()
                .map(|item| {
                    PackRequirement::new(&sources.framework.id, Requirement::new(sources, item, LIMITS))
                })
                .collect(),
        }
    }
}

impl PackRequirement {
    fn new(framework: &str, requirement: Requirement) -> Self {
        let link = |line: EvidenceLine| EvidenceLink {
            label: format!("{}: {}", line.kind, line.file),
            href: line.href,
        };
        let more = requirement.evidence_more;
        Self {
            href: text::control_href(framework, &requirement.id),
            id: requirement.id,
            title: requirement.title,
            chip: requirement.chip,
            explanation: requirement.explanation,
            evidence: requirement.evidence.into_iter().map(link).collect(),
            more,
        }
    }
}

fn facts(input: &PackInput<'_>) -> Vec<Fact> {
    let mut facts = vec![
        Fact::text("Organisation", input.organisation),
        Fact::text("Scope", input.scope),
        Fact::text("Evidence", text::counted(input.items, "item", "items")),
        Fact::text("Gaps", text::grouped(input.gaps)),
        Fact::text("Checkpoint", input.checkpoint.at.to_display()),
        Fact::text("Ledger size", text::counted(input.checkpoint.size, "entry", "entries")),
        Fact::code("Ledger root", input.checkpoint.root.as_str()),
        Fact::code("Signing key", input.fingerprint),
    ];
    if input.sample {
        facts.insert(1, Fact::text("Data", "Sample data"));
    }
    facts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_without_a_path_has_no_link() {
        let evidence = crate::report::fixture::evidence();
        let held = PackedEvidence { row: evidence[0].clone(), path: "evidence/a b.json".to_owned() };
        let absent = PackedEvidence { row: evidence[0].clone(), path: String::new() };

        assert_eq!(held.linked("../").1.as_deref(), Some("../evidence/a%20b.json"));
        assert_eq!(absent.linked("").1, None);
    }
}
