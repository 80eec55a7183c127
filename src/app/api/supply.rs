//! Software inventories, findings and vendors for programs.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::app::api::{Page, instant, known};
use crate::app::{App, Error};
use crate::base::{EvidenceId, ListQuery, UnixMillis};
use crate::store::{
    ComponentLine, ComponentScope, FindingSighting, SbomLine, StandingFinding, VendorScoreLine,
};

/// Scans given with a finding.
const MOST_SIGHTINGS: u64 = 100;

/// A bill of materials.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SbomRecord {
    /// Identifier of the evidence item.
    #[schema(format = "uuid")]
    pub id: String,
    /// File name as given.
    pub file: String,
    /// `cyclonedx` or `spdx`.
    pub format: String,
    /// The format's version as written.
    pub format_version: Option<String>,
    /// What it is about: `asset:KEY`.
    pub subject: Option<String>,
    /// The instant it speaks for.
    #[schema(format = DateTime)]
    pub observed_at: String,
    /// When the same bytes came the last time.
    #[schema(format = DateTime)]
    pub last_seen_at: String,
    /// `newest` of its subject, or `superseded`.
    pub standing: String,
    /// Components in it.
    pub components: Option<u64>,
    /// Part of them that has a package URL, 0 to 1.
    pub purl_share: Option<f64>,
}

/// A component.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ComponentRecord {
    /// Its place in the document.
    pub ordinal: i32,
    /// Name.
    pub name: String,
    /// Version.
    pub version: Option<String>,
    /// Package URL as written.
    pub purl: Option<String>,
    /// Type as written.
    #[serde(rename = "type")]
    pub component_type: Option<String>,
    /// Supplier.
    pub supplier: Option<String>,
    /// Licences as written.
    pub licences: Vec<String>,
}

/// A finding on one subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FindingRecord {
    /// Stays the same when title and line move; 64 hexadecimal digits.
    pub identity: String,
    /// What it is about: `asset:KEY`.
    pub subject: String,
    /// Tool that found it.
    pub tool: String,
    /// The tool's rule.
    pub rule: String,
    /// Severity word.
    pub severity: String,
    /// Title.
    pub title: String,
    /// Place, when the tool names one.
    pub location: Option<String>,
    /// `open`, `review`, `suppressed`, `pass`, `not_applicable` or `closed`.
    pub state: String,
    /// When it was ever seen first.
    #[schema(format = DateTime)]
    pub first_seen_at: String,
    /// When it was opened the last time.
    #[schema(format = DateTime)]
    pub opened_at: String,
    /// When it was seen last.
    #[schema(format = DateTime)]
    pub last_seen_at: String,
    /// When a newer complete scan no longer named it.
    #[schema(format = DateTime)]
    pub closed_at: Option<String>,
    /// By when it is to be gone; null without a severity.
    #[schema(format = DateTime)]
    pub due_at: Option<String>,
}

/// One scan's word about a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SightingRecord {
    /// The scan.
    #[schema(format = "uuid")]
    pub evidence_id: String,
    /// What it is about.
    pub subject: String,
    /// The instant the scan speaks for.
    #[schema(format = DateTime)]
    pub observed_at: String,
    /// Severity word of that scan.
    pub severity: String,
    /// State of that scan.
    pub state: String,
    /// Place in that scan.
    pub location: Option<String>,
}

/// A finding with its history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FindingDetail {
    /// Where it stands, on each subject that has it.
    pub standings: Vec<FindingRecord>,
    /// What scans said, newest first; at most 100.
    pub sightings: Vec<SightingRecord>,
}

/// A vendor with its newest score.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct VendorRecord {
    /// Stable key.
    pub key: String,
    /// Name.
    pub name: String,
    /// `critical`, `high`, `medium` or `low`; null before the first score.
    pub tier: Option<String>,
    /// Inherent risk, 0 to 100.
    pub inherent: Option<f64>,
    /// Residual risk, 0 to 100.
    pub residual: Option<f64>,
    /// Residual risk of the score before.
    pub residual_before: Option<f64>,
    /// How much is known, 0 to 1.
    pub confidence: Option<f64>,
    /// When it was scored.
    #[schema(format = DateTime)]
    pub scored_at: Option<String>,
}

/// A vendor with the sum of its score.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct VendorDetail {
    /// Stable key.
    pub key: String,
    /// Name.
    pub name: String,
    /// What was declared about it.
    #[schema(value_type = Object)]
    pub facts: Value,
    /// The newest calculation, term by term; null before the first score.
    #[schema(value_type = Option<Object>)]
    pub score: Option<Value>,
}

impl App {
    /// A page of bills of materials.
    ///
    /// # Errors
    /// When the query is wrong or the database fails.
    pub async fn api_sboms(&self, query: &ListQuery) -> Result<Page<SbomRecord>, Error> {
        Ok(self.store.sbom_page(query).await?.map(sbom).into())
    }

    /// A page of the components of a bill of materials.
    ///
    /// # Errors
    /// When there is no such document, the query is wrong, or the database fails.
    pub async fn api_components(
        &self,
        id: EvidenceId,
        query: &ListQuery,
    ) -> Result<Page<ComponentRecord>, Error> {
        let row = self.store.evidence_get(id).await?.filter(|r| r.kind == "sbom" && r.status == "accepted");
        let row = row.ok_or_else(|| Error::not_found("there is no such SBOM"))?;
        let mut query = query.clone();
        let only = match query.filters.remove("vulnerable") {
            Some(_) => Some(self.vulnerable_places(row.no).await?),
            None => None,
        };
        let scope = ComponentScope { item_no: row.no, only };
        Ok(self.store.component_page(&query, &scope).await?.map(component).into())
    }

    /// A page of findings.
    ///
    /// # Errors
    /// When the query is wrong or the database fails.
    pub async fn api_findings(&self, query: &ListQuery) -> Result<Page<FindingRecord>, Error> {
        let (query, overdue_at) = self.findings_query(query);
        Ok(self.store.finding_page(&query, overdue_at).await?.map(finding).into())
    }

    /// One finding with its history.
    ///
    /// # Errors
    /// When there is none or the database fails.
    pub async fn api_finding(&self, identity: &str) -> Result<FindingDetail, Error> {
        let standings = self.store.finding_standings(identity).await?;
        if standings.is_empty() {
            return Err(Error::not_found("there is no such finding"));
        }
        let sightings = self.store.finding_sightings(identity, MOST_SIGHTINGS).await?;
        Ok(FindingDetail {
            standings: standings.into_iter().map(finding).collect(),
            sightings: sightings.into_iter().map(sighting).collect(),
        })
    }

    /// A page of vendors.
    ///
    /// # Errors
    /// When the query is wrong or the database fails.
    pub async fn api_vendors(&self, query: &ListQuery) -> Result<Page<VendorRecord>, Error> {
        Ok(self.store.vendor_page(query).await?.map(vendor).into())
    }

    /// One vendor with the sum of its score.
    ///
    /// # Errors
    /// When there is none or the database fails.
    pub async fn api_vendor(&self, key: &str) -> Result<VendorDetail, Error> {
        let row = self.store.vendor_get(key).await?;
        let row = row.ok_or_else(|| Error::not_found("there is no such vendor"))?;
        let read = |what: &str, text: &str| {
            let wrong =
                |e| Error::integrity(format!("the {what} of vendor {key} cannot be read")).caused_by(e);
            serde_json::from_str::<Value>(text).map_err(|e: serde_json::Error| wrong(e))
        };
        let bodies = self.store.score_bodies(key).await?;
        Ok(VendorDetail {
            facts: read("facts", &row.facts)?,
            score: bodies.first().map(|body| read("score", body)).transpose()?,
            key: row.key,
            name: row.name,
        })
    }
}

fn sbom(line: SbomLine) -> SbomRecord {
    let summary: Value = serde_json::from_str(&line.summary).unwrap_or_default();
    SbomRecord {
        last_seen_at: instant(line.newest()),
        components: summary.get("components").and_then(Value::as_u64),
        purl_share: summary.get("purl_share").and_then(Value::as_f64),
        id: line.id,
        file: line.file,
        format: line.format,
        format_version: line.format_version,
        subject: known(&line.subject),
        observed_at: instant(UnixMillis(line.observed_at)),
        standing: line.standing,
    }
}

fn component(line: ComponentLine) -> ComponentRecord {
    let licences = line.licences.unwrap_or_default();
    ComponentRecord {
        ordinal: line.ordinal,
        name: line.name,
        version: line.version,
        purl: line.purl,
        component_type: line.component_type,
        supplier: line.supplier,
        licences: licences.lines().map(str::to_owned).collect(),
    }
}

fn finding(row: StandingFinding) -> FindingRecord {
    FindingRecord {
        identity: row.identity,
        subject: row.subject,
        tool: row.tool,
        rule: row.rule,
        severity: row.severity,
        title: row.title,
        location: known(&row.location),
        state: row.state,
        first_seen_at: instant(row.first_seen),
        opened_at: instant(row.opened_at),
        last_seen_at: instant(row.last_seen),
        closed_at: row.closed_at.map(instant),
        due_at: row.due_at.map(instant),
    }
}

fn sighting(row: FindingSighting) -> SightingRecord {
    SightingRecord {
        evidence_id: row.evidence,
        subject: row.subject,
        observed_at: instant(UnixMillis(row.observed_at)),
        severity: row.severity,
        state: row.state,
        location: row.location.filter(|place| !place.is_empty()),
    }
}

fn vendor(line: VendorScoreLine) -> VendorRecord {
    VendorRecord {
        key: line.key,
        name: line.name,
        tier: line.tier,
        inherent: line.inherent,
        residual: line.residual,
        residual_before: line.before,
        confidence: line.confidence,
        scored_at: line.at.map(|at| instant(UnixMillis(at))),
    }
}
