//! What a condition may look at: the subject, the observations that speak, and whether their silence is proven.

use crate::base::UnixMillis;
use crate::controls::compile::Scope;
use crate::controls::{Observation, Record, Subject, Value};
use crate::evidence::EvidenceKind;

use super::Datum;

/// The subject, the instant, and the observations that speak, newest first.
#[derive(Debug, Clone, Copy)]
pub(in crate::controls) struct Scene<'s> {
    pub at: UnixMillis,
    pub subject: &'s Subject,
    pub observations: &'s [&'s Observation],
}

impl<'s> Scene<'s> {
    /// The value of a field, absent when nobody states it.
    pub fn datum(&self, scope: Scope, field: &str, row: Option<&'s Record>) -> Option<Datum<'s>> {
        match scope {
            Scope::Row => row?.get(field).map(Datum::of),
            Scope::Subject if field == "id" => Some(Datum::Text(&self.subject.id)),
            Scope::Subject => self.subject.fields.get(field).map(Datum::of),
            Scope::Evidence => self.observations.first().and_then(|o| evidence_field(o, field)),
        }
    }

    /// The rows of that name of every observation that speaks.
    pub fn rows(&self, table: &str) -> impl Iterator<Item = &'s Record> {
        self.observations.iter().flat_map(move |o| o.rows.get(table)).flatten()
    }

    /// How many records were lost in reading.
    pub fn dropped(&self) -> u64 {
        self.observations.iter().map(|o| dropped(o)).fold(0, u64::saturating_add)
    }

    /// Whether a tool says itself that it did not succeed.
    pub fn failed_run(&self) -> bool {
        self.observations.iter().any(|o| o.kind == EvidenceKind::Scan && text(o, "successful") == Some("no"))
    }

    /// Whether nothing found means that there is nothing: the tool ran on the subject, completely.
    ///
    /// # Errors
    /// With the reason why it does not.
    pub fn silence(&self, table: &str) -> Result<(), String> {
        self.observations.iter().try_for_each(|observation| silence(observation, table))
    }
}

fn evidence_field<'s>(observation: &'s Observation, field: &str) -> Option<Datum<'s>> {
    match field {
        "format" => Some(Datum::Text(&observation.format)),
        "observed_at" => Some(Datum::Int(observation.observed_at.0)),
        other => observation.fields.get(other).map(Datum::of),
    }
}

fn text<'o>(observation: &'o Observation, field: &str) -> Option<&'o str> {
    if let Some(Value::Text(text)) = observation.fields.get(field) { Some(text) } else { None }
}

fn dropped(observation: &Observation) -> u64 {
    match observation.fields.get("records_dropped") {
        Some(Value::Int(n)) => u64::try_from(*n).unwrap_or(0),
        Some(Value::Num(_) | Value::Bool(_) | Value::Text(_) | Value::List(_)) | None => 0,
    }
}

fn silence(observation: &Observation, table: &str) -> Result<(), String> {
    let lost = dropped(observation);
    if lost > 0 {
        return Err(format!("{lost} records could not be read, so finding nothing proves nothing"));
    }
    let proven = match observation.kind {
        EvidenceKind::Scan => text(observation, "successful") == Some("yes"),
        EvidenceKind::Sbom if table == "matches" => lists_components(observation),
        EvidenceKind::Sbom
        | EvidenceKind::Access
        | EvidenceKind::Changes
        | EvidenceKind::Document
        | EvidenceKind::Advisories
        | EvidenceKind::Vex
        | EvidenceKind::Attestation
        | EvidenceKind::Settings => text(observation, "completeness") == Some("proven"),
    };
    if proven { Ok(()) } else { Err(unproven(observation.kind, table)) }
}

fn unproven(kind: EvidenceKind, table: &str) -> String {
    match kind {
        EvidenceKind::Scan => {
            "nothing in the result says that the tool ran successfully: silence is not a pass".to_owned()
        }
        EvidenceKind::Sbom if table == "matches" => {
            "the inventory lists no component that could be matched".to_owned()
        }
        EvidenceKind::Sbom
        | EvidenceKind::Access
        | EvidenceKind::Changes
        | EvidenceKind::Document
        | EvidenceKind::Advisories
        | EvidenceKind::Vex
        | EvidenceKind::Attestation
        | EvidenceKind::Settings => {
            "nothing proves that the list is complete: silence is not a pass".to_owned()
        }
    }
}

/// Zero matches speak only when there was something to match.
fn lists_components(observation: &Observation) -> bool {
    let counted = observation.fields.get("components").map(Datum::of).and_then(Datum::number);
    counted.is_some_and(|n| n >= 1.0)
        || observation.rows.get("components").is_some_and(|rows| !rows.is_empty())
}
