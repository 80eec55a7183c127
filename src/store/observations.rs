//! The rows read from a document. Few, narrow, inserted in bulk: index upkeep is what an import costs.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
};

use crate::evidence::Evidence;
use crate::evidence::access::Account;
use crate::evidence::document::VendorDocument;
use crate::evidence::sbom::Sbom;
use crate::evidence::scan::{ClockStart, Scan};
use crate::store::entity::{component, dependency, finding, observation};
use crate::store::{Store, StoreError};

/// Rows a statement inserts, largest first. A connection keeps the plan of every statement it has seen, so there are
/// these few sizes and no others: one per document length would fill its cache with plans of megabytes. The largest
/// stays far below the 32,766 parameters SQLite takes.
const ROWS: [usize; 6] = [1024, 256, 64, 16, 4, 1];

/// A component as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComponentRow {
    /// Name.
    pub name: String,
    /// Version.
    pub version: Option<String>,
    /// Package URL as written.
    pub purl: Option<String>,
    /// Canonical package URL; empty when there is none.
    pub purl_key: String,
    /// Supplier.
    pub supplier: Option<String>,
    /// Licences, separated by line feeds.
    pub licences: Option<String>,
}

/// Inserts every row of the document.
pub(super) async fn insert_in(
    txn: &DatabaseTransaction,
    no: i32,
    evidence: &Evidence,
) -> Result<(), StoreError> {
    match evidence {
        Evidence::Sbom(sbom) => insert_sbom(txn, no, sbom).await,
        Evidence::Scan(scan) => insert_scan(txn, no, scan).await,
        Evidence::Access(list) => {
            let rows = list.accounts.iter().map(|a| ("account", a.identity.to_hex(), json(a)));
            insert_observations(txn, no, rows.collect()).await
        }
        Evidence::Document(document) => {
            let identity = format!("{}/{}", document.vendor, document.document.as_str());
            insert_observations(txn, no, vec![("document", identity, json(document))]).await
        }
        Evidence::Changes(log) => {
            let rows = log.changes.iter().map(|c| ("change", c.id.clone(), json(c)));
            insert_observations(txn, no, rows.collect()).await
        }
        // read again from the stored bytes where they are judged
        Evidence::Advisories(_) | Evidence::Exploitation(_) | Evidence::Vex(_) | Evidence::Attestation(_) => {
            Ok(())
        }
    }
}

/// Domain rows contain nothing that JSON cannot say, so this cannot fail for them.
fn json<T: serde::Serialize>(row: &T) -> String {
    serde_json::to_string(row).unwrap_or_default()
}

async fn insert_sbom(txn: &DatabaseTransaction, no: i32, sbom: &Sbom) -> Result<(), StoreError> {
    let components = sbom.components.iter().enumerate().map(|(ordinal, c)| component::Model {
        item_no: no,
        ordinal: ordinal_of(ordinal),
        name: c.name.clone(),
        version: c.version.clone(),
        purl: c.purl.clone(),
        purl_key: c.purl_key.clone().unwrap_or_default(),
        component_type: c.component_type.clone(),
        supplier: c.supplier.clone(),
        licences: (!c.licences.is_empty()).then(|| c.licence_labels().join("\n")),
        parent: c.parent.map_or(-1, |p| ordinal_of(p as usize)),
    });
    bulk::<component::Entity, _>(txn, components.collect()).await?;
    let dependencies = sbom.dependencies.iter().map(|(from, to)| dependency::Model {
        item_no: no,
        from_ordinal: from.map_or(-1, |f| ordinal_of(f as usize)),
        to_ordinal: ordinal_of(*to as usize),
    });
    bulk::<dependency::Entity, _>(txn, dependencies.collect()).await
}

async fn insert_scan(txn: &DatabaseTransaction, no: i32, scan: &Scan) -> Result<(), StoreError> {
    bulk::<finding::Entity, _>(txn, finding_models(no, scan)).await
}

/// The rows of a scan, in document order.
pub(super) fn finding_models(no: i32, scan: &Scan) -> Vec<finding::Model> {
    let findings = scan.findings.iter().enumerate().map(|(ordinal, f)| finding::Model {
        item_no: no,
        ordinal: ordinal_of(ordinal),
        identity: f.identity.to_hex(),
        tool: f.tool.clone(),
        rule: f.rule.clone(),
        severity: f.severity.as_str().to_owned(),
        severity_raw: f.severity_raw.clone(),
        title: f.title.clone(),
        location: f.location.clone(),
        state: f.state.as_str().to_owned(),
        clock_from: match f.clock {
            ClockStart::Opened => 0,
            ClockStart::At(start) => start.0,
            ClockStart::Never => i64::MAX,
        },
    });
    findings.collect()
}

async fn insert_observations(
    txn: &DatabaseTransaction,
    no: i32,
    rows: Vec<(&'static str, String, String)>,
) -> Result<(), StoreError> {
    let models = rows.into_iter().enumerate().map(|(ordinal, (kind, identity, body))| observation::Model {
        item_no: no,
        ordinal: ordinal_of(ordinal),
        row_kind: kind.to_owned(),
        identity,
        body,
    });
    bulk::<observation::Entity, _>(txn, models.collect()).await
}

/// Positions are bounded by the document size limit, far below `i32::MAX`.
fn ordinal_of(position: usize) -> i32 {
    i32::try_from(position).unwrap_or(i32::MAX)
}

async fn bulk<E, M>(txn: &DatabaseTransaction, models: Vec<M>) -> Result<(), StoreError>
where
    E: EntityTrait,
    M: IntoActiveModel<E::ActiveModel> + Send,
    E::ActiveModel: ActiveModelTrait<Entity = E> + Send,
{
    let mut models = models.into_iter();
    for rows in statements(models.len()) {
        let rows = models.by_ref().take(rows).map(M::into_active_model);
        let done = E::insert_many(rows).exec_without_returning(txn).await;
        done.map_err(StoreError::of("insert observations"))?;
    }
    Ok(())
}

/// How many rows each statement takes, for so many rows.
pub(super) fn statements(mut left: usize) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let rows = ROWS.into_iter().find(|rows| *rows <= left)?;
        left -= rows;
        Some(rows)
    })
}

impl Store {
    /// Components of one item, in document order.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn component_list(&self, item_no: i32) -> Result<Vec<ComponentRow>, StoreError> {
        let rows = component::Entity::find()
            .filter(component::Column::ItemNo.eq(item_no))
            .order_by_asc(component::Column::Ordinal)
            .all(&self.reader)
            .await
            .map_err(StoreError::of("list components"))?;
        Ok(rows
            .into_iter()
            .map(|m| ComponentRow {
                name: m.name,
                version: m.version,
                purl: m.purl,
                purl_key: m.purl_key,
                supplier: m.supplier,
                licences: m.licences,
            })
            .collect())
    }

    /// Findings of one item in document order: identity, tool, rule, severity, state, title, location.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn finding_list(&self, item_no: i32) -> Result<Vec<[String; 7]>, StoreError> {
        let rows = finding::Entity::find()
            .filter(finding::Column::ItemNo.eq(item_no))
            .order_by_asc(finding::Column::Ordinal)
            .all(&self.reader)
            .await
            .map_err(StoreError::of("list findings"))?;
        Ok(rows
            .into_iter()
            .map(|m| {
                [m.identity, m.tool, m.rule, m.severity, m.state, m.title, m.location.unwrap_or_default()]
            })
            .collect())
    }

    /// Accounts of one item.
    ///
    /// # Errors
    /// When the database does not answer or a row cannot be read.
    pub async fn account_list(&self, item_no: i32) -> Result<Vec<Account>, StoreError> {
        self.observations(item_no).await
    }

    /// The document of one item.
    ///
    /// # Errors
    /// When the database does not answer or a row cannot be read.
    pub async fn document_list(&self, item_no: i32) -> Result<Vec<VendorDocument>, StoreError> {
        self.observations(item_no).await
    }

    /// Changes of one item.
    ///
    /// # Errors
    /// When the database does not answer or a row cannot be read.
    pub async fn change_list(
        &self,
        item_no: i32,
    ) -> Result<Vec<crate::evidence::changes::Change>, StoreError> {
        self.observations(item_no).await
    }

    async fn observations<T: serde::de::DeserializeOwned>(&self, item_no: i32) -> Result<Vec<T>, StoreError> {
        let rows = observation::Entity::find()
            .filter(observation::Column::ItemNo.eq(item_no))
            .order_by_asc(observation::Column::Ordinal)
            .all(&self.reader)
            .await
            .map_err(StoreError::of("list observations"))?;
        rows.iter().map(|m| super::error::readable("observation", serde_json::from_str(&m.body))).collect()
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::Iterable as _;

    use super::*;

    #[test]
    fn every_row_goes_into_one_of_few_statements() {
        for count in [0, 1, 3, 63, 64, 243, 10_000, 27_352] {
            let sizes: Vec<usize> = statements(count).collect();

            assert_eq!(sizes.iter().sum::<usize>(), count);
            assert!(sizes.iter().all(|size| ROWS.contains(size)), "{sizes:?}");
            assert!(sizes.len() <= count / ROWS[0] + 16, "{count} rows in {} statements", sizes.len());
        }
        assert!(ROWS[0] * component::Column::iter().count() < 32_766);
    }
}
