//! The first rows of an item's content, kind by kind.

use serde::de::DeserializeOwned;

use crate::app::{App, Error};
use crate::base::UnixMillis;
use crate::evidence::access::Account;
use crate::evidence::changes::Change;
use crate::evidence::document::VendorDocument;
use crate::evidence::{EvidenceKind, Receipt};
use crate::report::text;
use crate::report::view::evidence_pages::{ContentTable, subject_href};
use crate::store::EvidenceRow;

/// Rows shown of an item's content.
const FIRST: u64 = 10;

impl App {
    /// The first rows of an item's content; `None` for what has none.
    pub(super) async fn first_rows(
        &self,
        item: &EvidenceRow,
        receipt: &Receipt,
    ) -> Result<Option<ContentTable>, Error> {
        let Ok(kind) = item.kind.parse::<EvidenceKind>() else { return Ok(None) };
        if item.status != "accepted" {
            return Ok(None);
        }
        let table = match kind {
            EvidenceKind::Sbom => self.content_components(item).await?,
            EvidenceKind::Scan | EvidenceKind::Vex => self.findings(item).await?,
            EvidenceKind::Access => {
                let heading = vec!["Account", "Kind", "Console", "Second factor"];
                self.bodies(item, ("Accounts", heading), account).await?
            }
            EvidenceKind::Document => {
                let heading = vec!["Document", "Kind", "Issuer", "Valid until"];
                self.bodies(item, ("Documents", heading), document).await?
            }
            EvidenceKind::Changes => {
                let heading = vec!["Change", "Author", "Reviewed by", "Committed"];
                self.bodies(item, ("Changes", heading), change).await?
            }
            EvidenceKind::Advisories => self.advisories(item).await?,
            EvidenceKind::Attestation | EvidenceKind::Settings => return Ok(None),
        };
        let whole = total(kind, receipt);
        let shown = table.rows.len() as u64;
        let more = if whole > shown {
            format!("{} of {}", text::grouped(shown), text::grouped(whole))
        } else {
            String::new()
        };
        Ok((shown > 0).then_some(ContentTable { more, ..table }))
    }

    async fn content_components(&self, item: &EvidenceRow) -> Result<ContentTable, Error> {
        let rows = self.store.component_first(item.no, FIRST).await?;
        let rows = rows
            .into_iter()
            .map(|(name, version, purl)| vec![name, version.unwrap_or_default(), purl.unwrap_or_default()]);
        Ok(ContentTable {
            href: Some(format!("/sboms/{}", item.id)),
            ..table("Components", vec!["Name", "Version", "Package URL"], rows.collect())
        })
    }

    async fn findings(&self, item: &EvidenceRow) -> Result<ContentTable, Error> {
        let rows = self.store.finding_first(item.no, FIRST).await?;
        let heading = vec!["Severity", "Finding", "Where", "State"];
        Ok(ContentTable {
            href: Some("/findings".to_owned()),
            ..table("Findings", heading, rows.into_iter().map(Vec::from).collect())
        })
    }

    async fn bodies<T: DeserializeOwned>(
        &self,
        item: &EvidenceRow,
        (title, heading): (&str, Vec<&'static str>),
        row: fn(T) -> Vec<String>,
    ) -> Result<ContentTable, Error> {
        let bodies = self.store.observation_first(item.no, FIRST).await?;
        let rows: Result<Vec<T>, _> = bodies.iter().map(|body| serde_json::from_str(body)).collect();
        let rows = rows.map_err(|e| {
            Error::integrity(format!("a stored row of {} cannot be read", item.id)).caused_by(e)
        })?;
        let href = subject_href(&item.subject).filter(|href| href.starts_with("/vendors/"));
        Ok(ContentTable { href, ..table(title, heading, rows.into_iter().map(row).collect()) })
    }

    async fn advisories(&self, item: &EvidenceRow) -> Result<ContentTable, Error> {
        let rows = self.store.advisory_first(item.no, FIRST).await?;
        let rows = rows.into_iter().map(|(feed, id)| vec![id, feed]).collect();
        Ok(table("Advisories", vec!["Advisory", "Feed"], rows))
    }
}

fn table(title: &str, heading: Vec<&'static str>, rows: Vec<Vec<String>>) -> ContentTable {
    ContentTable { title: title.to_owned(), heading, rows, more: String::new(), href: None }
}

/// How many rows there are in all, by the receipt.
fn total(kind: EvidenceKind, receipt: &Receipt) -> u64 {
    let key = match kind {
        EvidenceKind::Sbom => "components",
        EvidenceKind::Scan => "findings",
        EvidenceKind::Vex => "statements",
        EvidenceKind::Access => "accounts",
        EvidenceKind::Advisories => "advisories",
        EvidenceKind::Changes => "changes",
        EvidenceKind::Document | EvidenceKind::Attestation | EvidenceKind::Settings => return 0,
    };
    receipt.counts.get(key).copied().unwrap_or_default()
}

fn account(a: Account) -> Vec<String> {
    let name = if a.name.is_empty() { a.id } else { a.name };
    vec![name, a.kind.as_str().to_owned(), a.console.as_str().to_owned(), a.mfa.as_str().to_owned()]
}

fn document(d: VendorDocument) -> Vec<String> {
    let until = d.valid_until.map_or_else(String::new, UnixMillis::to_date);
    vec![d.title, d.document.as_str().to_owned(), d.issuer.unwrap_or_default(), until]
}

fn change(c: Change) -> Vec<String> {
    vec![text::short_digest(&c.id), c.author, c.reviewers.join(", "), c.committed_at.to_display()]
}
