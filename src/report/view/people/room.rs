//! The audit room: what an auditor sees of their engagement, and what an officer previews as them.

use serde::Serialize;

use crate::report::table::CellView;
use crate::report::view::requirement::{Limits, Requirement};
use crate::report::view::shared::{EvidenceRow, Fact};
use crate::report::view::sources::Sources;
use crate::report::view::{Chip, Crumb, PageView, Summary};

/// The audit room of an engagement.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct RoomPage {
    /// The engagement.
    pub heading: String,
    /// Its period.
    pub lead: String,
    /// Whether it is seen by somebody else than its auditor.
    pub preview: bool,
    /// What has to be known before it is believed.
    pub caution: Option<String>,
    /// Period, scope, instant, key.
    pub facts: Vec<Fact>,
    /// Packs made for it.
    pub packs: Vec<RoomPack>,
    /// Its frameworks with their requirements.
    pub frameworks: Vec<RoomFramework>,
}

/// A pack in the audit room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RoomPack {
    /// `Pack 4`.
    pub label: String,
    /// Its page, with how to verify it.
    pub href: String,
    /// Its file.
    pub download: String,
    /// The instant or period.
    pub span: String,
    /// Its digest.
    pub sha256: CellView,
    /// When it was made.
    pub made: CellView,
}

/// A framework in the audit room.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RoomFramework {
    /// Anchor.
    pub id: String,
    /// Name.
    pub name: String,
    /// Counts.
    pub summary: Summary,
    /// Its requirements.
    pub rows: Vec<RoomRow>,
}

/// A requirement in the audit room's list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RoomRow {
    /// Identifier as published.
    pub id: String,
    /// Its page.
    pub href: String,
    /// Title in our own words.
    pub title: String,
    /// Its status.
    pub chip: Chip,
    /// Why.
    pub explanation: String,
}

impl PageView for RoomPage {
    const TEMPLATE: &'static str = "audit-room";

    fn tab(&self) -> String {
        "Audit room".to_owned()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::here("Audit room")]
    }
}

/// One requirement in the audit room.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RoomRequirement {
    /// Back to the room.
    #[serde(skip)]
    pub room_href: String,
    /// The framework.
    pub framework: String,
    /// Whether it is seen by somebody else than the auditor.
    pub preview: bool,
    /// The engagement.
    pub engagement: String,
    /// As of when.
    pub as_of: String,
    /// The requirement.
    pub requirement: Requirement,
}

/// Long lists end here; the pack has all of it.
const LIMITS: Limits = Limits { failing: 50, evidence: 200 };

/// What a requirement's page is made from.
pub struct RoomRequirementInput<'a> {
    /// Framework.
    pub framework: &'a crate::controls::Framework,
    /// Catalogue.
    pub catalog: &'a crate::controls::Catalog,
    /// Verdicts and results.
    pub evaluation: &'a crate::controls::Evaluation,
    /// The evidence its tests relied on.
    pub evidence: &'a [EvidenceRow],
}

/// A requirement with its tests and evidence, without links to raw bytes.
pub fn requirement(input: &RoomRequirementInput<'_>, item: &crate::controls::Item) -> Requirement {
    let rows = input.evidence.iter().map(|row| (row, None));
    let sources = Sources::new(input.framework, input.catalog, input.evaluation, rows);
    Requirement::new(&sources, item, LIMITS)
}

impl PageView for RoomRequirement {
    const TEMPLATE: &'static str = "audit-room-requirement";

    fn tab(&self) -> String {
        format!("{} {}", self.framework, self.requirement.id)
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::link("Audit room", &self.room_href), Crumb::here(&self.requirement.id)]
    }
}
