//! What could not be read, why, and reading it again with a newer parser.

use std::collections::BTreeMap;

use serde_json::json;

use crate::app::evidence_pages::listed::subject_cell;
use crate::app::identity::Actor;
use crate::app::import::PARSER;
use crate::app::{App, Error, Event, Exported, Import, Origin};
use crate::base::{EvidenceId, ListQuery};
use crate::evidence::{Receipt, ReceiptStatus};
use crate::report::table::{Cell, EmptyState, ExportFormat, Row, TableInput, TableRequest};
use crate::report::text;
use crate::report::view::evidence_pages::{QUARANTINE, QuarantineList};
use crate::store::EvidenceLine;

/// Files read again at once.
const MOST_AGAIN: usize = 200;

impl App {
    /// The page of what is in quarantine.
    ///
    /// # Errors
    /// When the list is asked for in a way it cannot answer, or the database fails.
    pub async fn quarantine_list(&self, request: &TableRequest) -> Result<QuarantineList, Error> {
        let listed = self.store.quarantine_page(&request.query, self.now()).await?;
        let listed = listed.try_map(|line| row(&line))?;
        let empty = EmptyState {
            title: "Nothing is in quarantine".to_owned(),
            text: "Every file that came could be read. What cannot be read waits here with the reason."
                .to_owned(),
            href: None,
            action: None,
        };
        let table = QUARANTINE.view(request, TableInput { listed, options: BTreeMap::new(), empty });
        Ok(QuarantineList { table })
    }

    /// The filtered list as a file.
    ///
    /// # Errors
    /// As [`App::quarantine_list`].
    pub async fn quarantine_export(
        &self,
        request: &TableRequest,
        format: ExportFormat,
    ) -> Result<Exported, Error> {
        let at = self.now();
        let rows = async |query: &ListQuery| {
            let page = self.store.quarantine_page(query, at).await?;
            page.try_map(|line| row(&line))
        };
        self.exported((&QUARANTINE, "Quarantine"), request, format, rows).await
    }

    /// Reads quarantined files again with the present parser; says in a sentence what came of it.
    ///
    /// # Errors
    /// When an identifier names no item, or database or blob store fail.
    pub async fn read_again(&self, actor: &Actor, ids: &[EvidenceId]) -> Result<String, Error> {
        let (mut read, mut still, mut left) = (0_u64, 0_u64, 0_u64);
        for id in ids.iter().take(MOST_AGAIN) {
            match self.read_one_again(actor, *id).await? {
                Again::Accepted => read += 1,
                Again::Quarantined => still += 1,
                Again::Left => left += 1,
            }
        }
        if read > 0 {
            self.evaluate_and_tell().await?;
        }
        let known = [
            (read, "can be read now"),
            (still, "still cannot be read"),
            (left, "left alone: this version read it already, or its card numbers were masked"),
        ];
        let parts: Vec<String> = known
            .iter()
            .filter(|(n, _)| *n > 0)
            .map(|(n, words)| format!("{} {words}", text::grouped(*n)))
            .collect();
        if parts.is_empty() {
            return Ok("Choose the files to read again.".to_owned());
        }
        Ok(format!("{}.", text::capitalised(&parts.join("; "))))
    }

    async fn read_one_again(&self, actor: &Actor, id: EvidenceId) -> Result<Again, Error> {
        let item = self.evidence_row(id).await?;
        let receipt = receipt_of(&item.receipt, id)?;
        let masked = receipt.errors.iter().any(|e| e.code == "card-number");
        if item.status == "accepted" || item.parser == PARSER || masked {
            return Ok(Again::Left);
        }
        let import = Import {
            file: item.file,
            bytes: self.blobs.get(item.sha256).await?,
            kind: None,
            asset: item.subject.strip_prefix("asset:").map(str::to_owned),
            origin: Origin {
                source_id: item.source_id,
                run_id: None,
                collector: item.collector,
                request: item.request,
                completeness: item.completeness,
                collected_at: item.collected_at,
                feed: None,
            },
        };
        let receipts = self.import(&import).await?;
        let accepted = receipts.iter().any(|r| r.status == ReceiptStatus::Accepted);
        let event = Event::done("evidence.read-again", format!("evidence:{id}"));
        self.audited(actor, event.after(json!({"accepted": accepted, "parser": PARSER}))).await?;
        Ok(if accepted { Again::Accepted } else { Again::Quarantined })
    }
}

/// What reading a file again came to.
enum Again {
    Accepted,
    Quarantined,
    Left,
}

fn receipt_of(text: &str, id: EvidenceId) -> Result<Receipt, Error> {
    serde_json::from_str(text)
        .map_err(|e| Error::integrity(format!("the receipt of {id} cannot be read")).caused_by(e))
}

fn row(line: &EvidenceLine) -> Result<Row, Error> {
    let receipt = receipt_of(&line.receipt, line.id)?;
    let why: Vec<String> = receipt
        .errors
        .iter()
        .map(|e| {
            let place = if e.path.is_empty() { String::new() } else { format!("{}: ", e.path) };
            let said = text::capitalised(&format!("{place}{}", e.message));
            if said.ends_with('.') { said } else { said + "." }
        })
        .collect();
    let codes: Vec<String> = receipt.errors.into_iter().map(|e| e.code).collect();
    Ok(Row {
        id: line.id.to_string(),
        href: Some(format!("/evidence/{}", line.id)),
        cells: vec![
            Cell::Text(line.file.clone()),
            Cell::text_or(Some(why.join(" ")), "no reason is recorded"),
            Cell::List(codes),
            subject_cell(&line.subject),
            Cell::Time(line.received_at),
            Cell::Bytes(line.bytes),
            Cell::Text(line.parser.clone()),
        ],
    })
}
