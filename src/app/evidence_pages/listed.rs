//! The list of evidence, as a page and as a file.

use std::collections::{BTreeMap, BTreeSet};

use crate::app::identity::{Actor, Permission};
use crate::app::{App, Error, Exported};
use crate::base::{ListQuery, UnixMillis};
use crate::report::table::{Cell, EmptyState, ExportFormat, Row, TableInput, TableRequest};
use crate::report::view::evidence_pages::{EVIDENCE, EvidenceList, kind_label, status_mark, subject_href};
use crate::store::EvidenceLine;

impl App {
    /// The page of the evidence there was at `at`.
    ///
    /// # Errors
    /// When the list is asked for in a way it cannot answer, or the database fails.
    pub async fn evidence_list(
        &self,
        actor: &Actor,
        request: &TableRequest,
        at: Option<UnixMillis>,
    ) -> Result<EvidenceList, Error> {
        let listed = self.store.evidence_page(&request.query, at.unwrap_or_else(|| self.now())).await?;
        let options = options(&listed.rows, request);
        let listed = listed.map(|line| row(&line));
        let table = EVIDENCE.view(request, TableInput { listed, options, empty: empty() });
        Ok(EvidenceList { table, may_upload: actor.may(Permission::UploadEvidence) })
    }

    /// The filtered list as a file.
    ///
    /// # Errors
    /// As [`App::evidence_list`].
    pub async fn evidence_export(
        &self,
        request: &TableRequest,
        (format, at): (ExportFormat, Option<UnixMillis>),
    ) -> Result<Exported, Error> {
        let at = at.unwrap_or_else(|| self.now());
        let rows = async |query: &ListQuery| {
            let page = self.store.evidence_page(query, at).await?;
            Ok(page.map(|line| row(&line)))
        };
        self.exported((&EVIDENCE, "Evidence"), request, format, rows).await
    }
}

fn row(line: &EvidenceLine) -> Row {
    let (mark, word) = status_mark(&line.status);
    let word = if line.is_asked { format!("{word}, withdrawal asked") } else { word.to_owned() };
    let version = line.format_version.as_deref().unwrap_or_default();
    let format = format!("{} {version}", line.format).trim().to_owned();
    Row {
        id: line.id.to_string(),
        href: Some(format!("/evidence/{}", line.id)),
        cells: vec![
            Cell::Text(line.file.clone()),
            Cell::Text(kind_label(&line.kind).to_owned()),
            subject_cell(&line.subject),
            Cell::Chip { mark, word },
            Cell::Time(line.collected_at),
            Cell::Time(line.received_at),
            Cell::text_or(Some(line.source.clone()), "uploaded"),
            Cell::Bytes(line.bytes),
            Cell::Number(line.ledger_index),
            Cell::Code(line.sha256.to_hex()),
            Cell::text_or(Some(format), "not known"),
        ],
    }
}

/// What an item is about, as a link where there is a page.
pub(super) fn subject_cell(subject: &str) -> Cell {
    match subject_href(subject) {
        Some(href) => {
            let label = subject.split_once(':').map_or(subject, |(_, key)| key).to_owned();
            Cell::Link { label, href, detail: None }
        }
        None => Cell::text_or(Some(subject.to_owned()), "nothing in particular"),
    }
}

/// Values to narrow by: those on the page and those asked for. Reading all there are would cost a statement more.
fn options(rows: &[EvidenceLine], request: &TableRequest) -> BTreeMap<&'static str, Vec<(String, String)>> {
    let values = |key: &str, of: fn(&EvidenceLine) -> &str| {
        let mut values: BTreeSet<&str> = rows.iter().map(of).filter(|v| !v.is_empty()).collect();
        values.extend(request.query.filter(key).iter().map(String::as_str));
        values.into_iter().map(|v| (v.to_owned(), v.to_owned())).collect::<Vec<_>>()
    };
    [("subject", values("subject", |l| &l.subject)), ("source", values("source", |l| &l.source))].into()
}

fn empty() -> EmptyState {
    EmptyState {
        title: "No evidence yet".to_owned(),
        text: "Upload a bill of materials, a scan or an access list, or declare a source that collects them."
            .to_owned(),
        href: Some("/evidence/upload".to_owned()),
        action: Some("Upload evidence".to_owned()),
    }
}
