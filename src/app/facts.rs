//! Turns stored rows into the normalised facts tests read. What is not known stays absent, never made up.

mod preview;
mod rows;

use std::collections::{BTreeMap, BTreeSet};

use crate::app::feeds::ranks_only;
use crate::app::{App, Error, VendorConfig};
use crate::base::{Digest, UnixMillis};
use crate::controls::{Facts, Observation, Record, Subject, SubjectKind, Value};
use crate::evidence::EvidenceKind;
use crate::evidence::advisory::Index;
use crate::store::{EvidenceRow, FeedRow, RunState, StoreError};

pub(super) use preview::{evidence_rows, observed_fields};
pub(super) use rows::{ask, matches};

/// What is stored up to an instant, gathered once for one evaluation.
pub(super) struct Gathered {
    /// Accepted items by subject (`asset:KEY`), with the instant each speaks for.
    by_subject: BTreeMap<String, Vec<(EvidenceRow, UnixMillis)>>,
    quarantined: u64,
    index: Option<Index>,
}

impl App {
    /// The facts as they were known at `at`.
    ///
    /// # Errors
    /// When the database fails or holds something unreadable.
    pub async fn facts(&self, at: UnixMillis) -> Result<Facts, Error> {
        let gathered = self.gather(at).await?;
        let mut subjects = self.asset_subjects(&gathered).await?;
        subjects.extend(self.vendor_subjects(&gathered, at).await?);
        subjects.extend(self.feed_subjects(at).await?);
        subjects.extend(self.source_subjects(at).await?);
        subjects.push(self.installation(&subjects, &gathered, at).await?);
        subjects.sort_by(|a, b| (a.kind, &a.id).cmp(&(b.kind, &b.id)));
        Ok(Facts { subjects })
    }

    async fn gather(&self, at: UnixMillis) -> Result<Gathered, Error> {
        let seen: BTreeMap<i32, UnixMillis> = self.store.evidence_sightings(at).await?.into_iter().collect();
        let mut by_subject: BTreeMap<String, Vec<(EvidenceRow, UnixMillis)>> = BTreeMap::new();
        let mut unread: Vec<Digest> = Vec::new();
        let mut read: BTreeSet<Digest> = BTreeSet::new();
        for row in self.store.evidence_speaking(at).await? {
            if row.status != "accepted" {
                unread.push(row.sha256);
                continue;
            }
            read.insert(row.sha256);
            let observed = seen.get(&row.no).map_or(row.observed_at, |again| row.observed_at.max(*again));
            by_subject.entry(row.subject.clone()).or_default().push((row, observed));
        }
        // what a newer parser could read waits for nobody
        let quarantined = unread.iter().filter(|digest| !read.contains(*digest)).count() as u64;
        let advisories = self.store.advisory_speaking(at).await?;
        let index = (!advisories.is_empty()).then(|| Index::build(advisories));
        Ok(Gathered { by_subject, quarantined, index })
    }

    async fn asset_subjects(&self, gathered: &Gathered) -> Result<Vec<Subject>, Error> {
        let mut subjects = Vec::new();
        for asset in self.store.asset_list().await? {
            let observations = self.observations(gathered, &format!("asset:{}", asset.key)).await?;
            let mut data_classes = asset.data_classes;
            data_classes.sort();
            let fields = Record::from([
                ("id".to_owned(), Value::Text(asset.key.clone())),
                ("name".to_owned(), Value::Text(asset.name)),
                ("type".to_owned(), Value::Text(asset.asset_type)),
                ("in_scope".to_owned(), Value::Bool(asset.in_scope)),
                ("environment".to_owned(), Value::Text(asset.environment)),
                ("owner".to_owned(), Value::Text(asset.owner)),
                ("data_classes".to_owned(), Value::List(data_classes)),
                ("internet_facing".to_owned(), Value::Bool(asset.internet_facing)),
            ]);
            subjects.push(Subject { kind: SubjectKind::Asset, id: asset.key, fields, observations });
        }
        Ok(subjects)
    }

    async fn vendor_subjects(&self, gathered: &Gathered, at: UnixMillis) -> Result<Vec<Subject>, Error> {
        let mut subjects = Vec::new();
        for row in self.store.vendor_list().await? {
            let declared = declared(&row.facts)?;
            let observations = self.observations(gathered, &format!("vendor:{}", row.key)).await?;
            let mut fields = vendor_fields(&declared);
            if let Some(score) = self.store.score_newest(&row.key, at).await? {
                fields.insert("residual_score".to_owned(), Value::Num(score.residual));
                fields.insert("tier".to_owned(), Value::Text(score.tier));
            }
            subjects.push(Subject { kind: SubjectKind::Vendor, id: row.key, fields, observations });
        }
        Ok(subjects)
    }

    /// The newest observation of each kind, format and scanner category; every document of a vendor.
    async fn observations(&self, gathered: &Gathered, subject: &str) -> Result<Vec<Observation>, Error> {
        let mut items: Vec<&(EvidenceRow, UnixMillis)> =
            gathered.by_subject.get(subject).into_iter().flatten().collect();
        items.sort_by(|(a, seen_a), (b, seen_b)| (seen_b, b.no).cmp(&(seen_a, a.no)));
        let mut covered: BTreeSet<(String, String)> = BTreeSet::new();
        let mut observations = Vec::new();
        for (row, observed_at) in items {
            let fields: Record = readable(&row.summary)?;
            let category = match fields.get("category") {
                Some(Value::Text(category)) => category.clone(),
                Some(Value::Bool(_) | Value::Int(_) | Value::Num(_) | Value::List(_)) | None => String::new(),
            };
            let newest = covered.insert((row.kind.clone(), category));
            if newest || row.kind == EvidenceKind::Document.as_str() {
                observations.push(self.observation(row, *observed_at, fields, gathered).await?);
            }
        }
        Ok(observations)
    }

    async fn observation(
        &self,
        row: &EvidenceRow,
        observed_at: UnixMillis,
        mut fields: Record,
        gathered: &Gathered,
    ) -> Result<Observation, Error> {
        let receipt: crate::evidence::Receipt = readable(&row.receipt)?;
        let dropped = i64::try_from(receipt.records.dropped).unwrap_or(i64::MAX);
        fields.insert("format".to_owned(), Value::Text(row.format.clone()));
        fields.insert("completeness".to_owned(), Value::Text(row.completeness.clone()));
        fields.insert("records_dropped".to_owned(), Value::Int(dropped));
        rows::put_time(&mut fields, "observed_at", Some(observed_at));
        rows::put_time(&mut fields, "collected_at", Some(row.collected_at));
        rows::put_time(&mut fields, "produced_at", row.produced_at);
        let kind: EvidenceKind =
            row.kind.parse().map_err(|e: crate::evidence::KindError| unreadable(&e.to_string()))?;
        Ok(Observation {
            evidence: row.id.to_string(),
            sha256: row.sha256,
            kind,
            format: row.format.clone(),
            observed_at,
            fields,
            rows: rows::rows(&self.store, row, kind, gathered.index.as_ref()).await?,
        })
    }

    pub(super) async fn feed_subjects(&self, at: UnixMillis) -> Result<Vec<Subject>, Error> {
        let mut followed = self.feeds_followed(at).await?;
        let feeds = self.store.feed_list().await?.into_iter();
        let mut subjects: Vec<Subject> = feeds
            .filter(|feed| feed.last_updated <= at && !ranks_only(&feed.key))
            .map(|feed| feed_subject(&feed, followed.remove(&feed.key)))
            .collect();
        // what is followed and never came is a subject too: its silence must not look like nothing to say
        subjects.extend(followed.into_iter().map(|key| {
            let fields = Record::from([
                ("id".to_owned(), Value::Text(key.clone())),
                ("advisories".to_owned(), Value::Int(0)),
                ("whole".to_owned(), Value::Bool(false)),
                ("followed".to_owned(), Value::Bool(true)),
            ]);
            Subject { kind: SubjectKind::Feed, id: key, fields, observations: Vec::new() }
        }));
        Ok(subjects)
    }

    async fn source_subjects(&self, at: UnixMillis) -> Result<Vec<Subject>, Error> {
        let scheduled: BTreeSet<String> =
            self.store.schedule_list().await?.into_iter().filter_map(|s| s.source_id).collect();
        let mut subjects = Vec::new();
        for source in self.store.source_list().await? {
            let mut fields = Record::from([
                ("id".to_owned(), Value::Text(source.name.clone())),
                ("type".to_owned(), Value::Text(source.source_type)),
                ("enabled".to_owned(), Value::Bool(source.enabled)),
                ("scheduled".to_owned(), Value::Bool(scheduled.contains(&source.id))),
            ]);
            let last = self.store.run_of_source(&source.id, None, at).await?;
            if let Some(last) = last {
                fields.insert("last_outcome".to_owned(), Value::Text(last.state.as_str().to_owned()));
            }
            let good = self.store.run_of_source(&source.id, Some(RunState::Done), at).await?;
            rows::put_time(
                &mut fields,
                "last_success",
                good.and_then(|r| r.finished_at).filter(|t| *t <= at),
            );
            let observations = Vec::new();
            subjects.push(Subject { kind: SubjectKind::Source, id: source.name, fields, observations });
        }
        Ok(subjects)
    }

    async fn installation(
        &self,
        subjects: &[Subject],
        gathered: &Gathered,
        at: UnixMillis,
    ) -> Result<Subject, Error> {
        let count = |n: usize| Value::Int(i64::try_from(n).unwrap_or(i64::MAX));
        let vendors = subjects.iter().filter(|s| s.kind == SubjectKind::Vendor).count();
        let in_scope =
            subjects.iter().filter(|s| s.fields.get("in_scope") == Some(&Value::Bool(true))).count();
        // One signed in this very instant is not yet known: else a second look at the instant would differ.
        let checkpoint = self.store.checkpoint_newest(at.plus_millis(-1)).await?;
        let id = "this-installation".to_owned();
        let mut fields = Record::from([
            ("id".to_owned(), Value::Text(id.clone())),
            ("quarantined".to_owned(), Value::Int(i64::try_from(gathered.quarantined).unwrap_or(i64::MAX))),
            ("vendors".to_owned(), count(vendors)),
            ("assets_in_scope".to_owned(), count(in_scope)),
        ]);
        if let Some(checkpoint) = checkpoint {
            let size = i64::try_from(checkpoint.size).unwrap_or(i64::MAX);
            fields.insert("ledger_size".to_owned(), Value::Int(size));
            rows::put_time(&mut fields, "checkpoint_at", Some(checkpoint.at));
        }
        Ok(Subject { kind: SubjectKind::Installation, id, fields, observations: Vec::new() })
    }
}

fn vendor_fields(vendor: &VendorConfig) -> Record {
    let list = |items: &[String]| {
        let mut items = items.to_vec();
        items.sort();
        Value::List(items)
    };
    let has = |class: &str| Value::Bool(vendor.data_classes.iter().any(|c| c == class));
    let breach = vendor.event.iter().any(|e| e.kind == crate::risk::EventKind::Breach && e.open);
    let mut fields = Record::from([
        ("id".to_owned(), Value::Text(vendor.key.clone())),
        ("name".to_owned(), Value::Text(vendor.name.clone())),
        ("services".to_owned(), list(&vendor.services)),
        ("data_classes".to_owned(), list(&vendor.data_classes)),
        ("owner".to_owned(), Value::Text(vendor.owner.clone())),
        ("countries".to_owned(), list(&vendor.countries)),
        ("purposes".to_owned(), list(&vendor.purposes)),
        ("systems".to_owned(), list(&vendor.systems)),
        ("sub_processors".to_owned(), list(&vendor.sub_processors)),
        ("cardholder_data".to_owned(), has("cardholder")),
        ("personal_data".to_owned(), has("personal")),
        ("open_breach".to_owned(), Value::Bool(breach)),
    ]);
    let time = |text: &Option<String>| text.as_deref().and_then(|t| UnixMillis::parse_lenient(t).ok());
    rows::put_time(&mut fields, "engaged_at", time(&vendor.engaged_at));
    rows::put_time(&mut fields, "reviewed_at", time(&vendor.reviewed_at));
    rows::put_time(&mut fields, "contract_until", time(&vendor.contract_until));
    fields
}

/// The declared facts of a stored vendor.
pub(super) fn declared(facts: &str) -> Result<VendorConfig, Error> {
    readable(facts)
}

fn readable<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|e| unreadable(&e.to_string()))
}

fn unreadable(detail: &str) -> Error {
    StoreError::Unreadable { what: "row", detail: detail.to_owned() }.into()
}

fn feed_subject(feed: &FeedRow, followed: bool) -> Subject {
    let mut fields = Record::from([
        ("id".to_owned(), Value::Text(feed.key.clone())),
        ("advisories".to_owned(), Value::Int(i64::try_from(feed.advisories).unwrap_or(i64::MAX))),
        ("whole".to_owned(), Value::Bool(feed.whole)),
        ("followed".to_owned(), Value::Bool(followed)),
    ]);
    rows::put_time(&mut fields, "last_updated", Some(feed.last_updated));
    Subject { kind: SubjectKind::Feed, id: feed.key.clone(), fields, observations: Vec::new() }
}
