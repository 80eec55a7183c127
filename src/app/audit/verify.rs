//! Whether every row of the audit trail is what its ledger entry was signed for, and whether what was erased was
//! erased on record.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::app::audit::{AuditPredicate, predicate};
use crate::app::{App, Error, LedgerReport, Progress};
use crate::base::{Digest, PersonId};
use crate::ledger::statement::{PredicateKind, Statement};
use crate::ledger::verify::VerifiedEntry;
use crate::store::{AuditRow, EntryRow};

/// Rows read at once.
const BATCH: u64 = 500;

/// What is signed into the ledger when a person is erased from the audit trail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Erasure {
    /// Whose rows.
    pub(super) person: PersonId,
    /// Up to and with this row.
    pub(super) through: i32,
    /// How many.
    pub(super) rows: u64,
    /// Why.
    pub(super) reason: String,
}

impl Erasure {
    fn covers(&self, row: &AuditRow) -> bool {
        let person = self.person.to_string();
        let whose = row.actor == person || row.object == format!("person:{person}");
        whose && row.no <= self.through
    }
}

/// What the ledger says about the audit trail, gathered while its entries are verified.
#[derive(Debug, Default)]
pub(in crate::app) struct AuditClaims {
    /// By ledger index: digest of the row's encrypted part, and its plain columns.
    rows: BTreeMap<i64, (Digest, AuditPredicate)>,
    erasures: Vec<(i64, Erasure)>,
}

impl AuditClaims {
    /// Takes note of a verified entry.
    pub(in crate::app) fn take(&mut self, entry: &EntryRow, verified: &VerifiedEntry) {
        self.read(entry, &verified.statement);
    }

    fn read(&mut self, entry: &EntryRow, statement: &Statement) {
        let index = i64::try_from(entry.seq).unwrap_or(i64::MAX);
        match statement.kind() {
            PredicateKind::AuditTrail => {
                if let (Some(subject), Ok(stated)) = (statement.subjects().first(), statement.predicate()) {
                    self.rows.insert(index, (subject.sha256, stated));
                }
            }
            PredicateKind::Deletion => {
                if let Ok(erasure) = statement.predicate::<Erasure>() {
                    self.erasures.push((index, erasure));
                }
            }
            PredicateKind::Evidence
            | PredicateKind::TestResult
            | PredicateKind::Evaluation
            | PredicateKind::Decision
            | PredicateKind::Exception
            | PredicateKind::Attestation
            | PredicateKind::SeenAgain
            | PredicateKind::ControlDefinition
            | PredicateKind::KeyChange
            | PredicateKind::Pack
            | PredicateKind::Heartbeat
            | PredicateKind::VendorScore => {}
        }
    }

    /// What is wrong with a row; the record that erased it, if it was erased.
    fn check(&mut self, row: &AuditRow) -> Result<Option<i64>, String> {
        let wrong = |what: &str| Err(format!("row {} of the audit trail {what}", row.no));
        let Some((subject, stated)) = self.rows.remove(&row.ledger_index) else {
            return wrong("has no ledger entry of its own");
        };
        let sealed = STANDARD.decode(&row.sealed).unwrap_or_default();
        if Digest::of(&sealed) != subject || row.sha256 != subject {
            return wrong("was changed: its encrypted part is not what its ledger entry names");
        }
        if predicate(row) != stated {
            return wrong("was changed: its columns do not say what its ledger entry says");
        }
        if !row.row_key.is_empty() {
            return Ok(None);
        }
        match self.erasures.iter().find(|(_, erasure)| erasure.covers(row)) {
            Some((record, _)) => Ok(Some(*record)),
            None => wrong("lost its key, and no record in the ledger says that it was erased"),
        }
    }
}

impl App {
    /// Compares every row of the audit trail with what was signed about it.
    pub(in crate::app) async fn verify_audit(
        &self,
        mut claims: AuditClaims,
        report: &mut LedgerReport,
        progress: &dyn Progress,
    ) -> Result<(), Error> {
        let (mut after, entries) = (0, i64::try_from(report.entries).unwrap_or(i64::MAX));
        progress.begin("rows of the audit trail", claims.rows.len() as u64);
        loop {
            let rows = self.store.audit_after(after, BATCH).await?;
            let Some(last) = rows.last() else { break };
            after = last.no;
            // what is written while we look belongs to the next look
            for row in rows.iter().filter(|row| row.ledger_index < entries) {
                self.verify_row(&mut claims, row, report);
                progress.advance(1);
            }
        }
        for index in claims.rows.keys().filter(|index| **index < entries) {
            report.problems.push(format!("the row of the audit trail of ledger entry {index} is gone"));
        }
        progress.end(&format!("{} rows of the audit trail", report.audit_rows));
        Ok(())
    }

    fn verify_row(&self, claims: &mut AuditClaims, row: &AuditRow, report: &mut LedgerReport) {
        report.audit_rows += 1;
        match claims.check(row) {
            Ok(Some(record)) => *report.erased.entry(record.unsigned_abs()).or_default() += 1,
            Ok(None) => {
                if let Err(error) = self.audit_open(row.clone()) {
                    report.problems.push(error.to_string());
                }
            }
            Err(problem) => report.problems.push(problem),
        }
    }
}
