//! The rows of an observation, under the names of `controls::FactSchema`.

use std::collections::{BTreeMap, HashMap};

use crate::app::Error;
use crate::base::UnixMillis;
use crate::controls::{Record, Value};
use crate::evidence::access::Account;
use crate::evidence::advisory::{Index, Match, Outcome, package_query};
use crate::evidence::changes::Change;
use crate::evidence::document::VendorDocument;
use crate::evidence::{EvidenceKind, Tri};
use crate::store::{ComponentRow, EvidenceRow, Store};

/// Every row table of one item.
pub async fn rows(
    store: &Store,
    item: &EvidenceRow,
    kind: EvidenceKind,
    index: Option<&Index>,
) -> Result<BTreeMap<String, Vec<Record>>, Error> {
    let mut tables = BTreeMap::new();
    match kind {
        EvidenceKind::Sbom => {
            let components = store.component_list(item.no).await?;
            tables.insert("matches".to_owned(), index.map_or_else(Vec::new, |i| matches(&components, i)));
            tables.insert("components".to_owned(), components.iter().map(component).collect());
        }
        EvidenceKind::Scan => {
            let findings = store.finding_list(item.no).await?;
            tables.insert("findings".to_owned(), findings.into_iter().map(finding).collect());
        }
        EvidenceKind::Access => {
            let accounts = store.account_list(item.no).await?;
            tables.insert("accounts".to_owned(), accounts.iter().map(account).collect());
        }
        EvidenceKind::Document => {
            let documents = store.document_list(item.no).await?;
            tables.insert("documents".to_owned(), documents.iter().map(document).collect());
        }
        EvidenceKind::Changes => {
            let changes = store.change_list(item.no).await?;
            tables.insert("changes".to_owned(), changes.iter().map(change).collect());
        }
        EvidenceKind::Vex | EvidenceKind::Advisories | EvidenceKind::Attestation | EvidenceKind::Settings => {
        }
    }
    Ok(tables)
}

/// Adds an instant when it is known.
pub fn put_time(record: &mut Record, key: &str, time: Option<UnixMillis>) {
    if let Some(time) = time {
        record.insert(key.to_owned(), Value::Int(time.0));
    }
}

fn put_text(record: &mut Record, key: &str, text: Option<&str>) {
    if let Some(text) = text.filter(|t| !t.is_empty()) {
        record.insert(key.to_owned(), Value::Text(text.to_owned()));
    }
}

fn text(value: &str) -> Value {
    Value::Text(value.to_owned())
}

fn count(n: usize) -> Value {
    Value::Int(i64::try_from(n).unwrap_or(i64::MAX))
}

/// A component.
pub fn component(row: &ComponentRow) -> Record {
    let id =
        row.purl.clone().unwrap_or_else(|| format!("{}@{}", row.name, row.version.as_deref().unwrap_or("?")));
    let mut record = Record::from([("id".to_owned(), Value::Text(id)), ("name".to_owned(), text(&row.name))]);
    put_text(&mut record, "version", row.version.as_deref());
    put_text(&mut record, "purl", row.purl.as_deref());
    put_text(&mut record, "supplier", row.supplier.as_deref());
    if let Some(licences) = &row.licences {
        record.insert("licences".to_owned(), Value::List(licences.lines().map(str::to_owned).collect()));
    }
    record
}

/// What the advisories say of the components. Distinct packages are far fewer than components: each is asked once.
pub fn matches(components: &[ComponentRow], index: &Index) -> Vec<Record> {
    let mut asked: HashMap<&str, ()> = HashMap::new();
    let mut records = Vec::new();
    for component in components.iter().filter(|c| !c.purl_key.is_empty()) {
        if asked.insert(&component.purl_key, ()).is_some() {
            continue;
        }
        let version = component.version.as_deref().unwrap_or_default();
        let Some(outcome) = ask(component, index) else { continue };
        match outcome {
            Outcome::NotAffected => {}
            Outcome::Affected(found) => records.extend(found.iter().map(|m| affected(component, version, m))),
            Outcome::Unknown { reason, candidates, matches } => {
                records.extend(matches.iter().map(|m| affected(component, version, m)));
                records.extend(undecided(component, version, &reason, &candidates));
            }
        }
    }
    records.sort_by(|a, b| id_of(a).cmp(id_of(b)));
    records
}

/// What the advisories say of one component; `None` when no advisories speak of its ecosystem.
///
/// The URL as written comes first: it has the release and the source package, which the key leaves out.
pub fn ask(component: &ComponentRow, index: &Index) -> Option<Outcome> {
    let written = component.purl.as_deref().and_then(package_query);
    let mut query = written.or_else(|| package_query(&component.purl_key))?;
    if let (Some((_, version)), Some(stated)) = (query.names.first_mut(), &component.version)
        && version.is_empty()
    {
        version.clone_from(stated);
    }
    Index::can_judge(&query.ecosystem).then(|| index.answer(&query))
}

fn id_of(record: &Record) -> &str {
    match record.get("id") {
        Some(Value::Text(id)) => id,
        Some(Value::Bool(_) | Value::Int(_) | Value::Num(_) | Value::List(_)) | None => "",
    }
}

fn affected(component: &ComponentRow, version: &str, found: &Match) -> Record {
    let proof = found.reports.first().map(|r| r.proof.to_string()).unwrap_or_default();
    let mut record = Record::from([
        ("id".to_owned(), Value::Text(format!("{} in {} {version}", found.id, component.name))),
        ("advisory".to_owned(), text(&found.id)),
        ("aliases".to_owned(), Value::List(found.ids.clone())),
        ("component".to_owned(), text(&component.name)),
        ("version".to_owned(), text(version)),
        ("outcome".to_owned(), text("affected")),
        ("severity".to_owned(), text(found.severity.as_str())),
        ("class".to_owned(), text(&found.class)),
        ("fix_available".to_owned(), Value::Bool(!found.fixed.is_empty())),
        ("fixed_in".to_owned(), Value::List(found.fixed.clone())),
        ("interval".to_owned(), text(&proof)),
    ]);
    put_time(&mut record, "published_at", found.published);
    record
}

/// A version that cannot be ordered is not thereby safe: one row says so when an advisory names the package.
fn undecided(component: &ComponentRow, version: &str, reason: &str, candidates: &[String]) -> Option<Record> {
    let first = candidates.first()?;
    Some(Record::from([
        ("id".to_owned(), Value::Text(format!("{first} in {} {version}", component.name))),
        ("advisory".to_owned(), text(first)),
        ("aliases".to_owned(), Value::List(candidates.to_vec())),
        ("component".to_owned(), text(&component.name)),
        ("version".to_owned(), text(version)),
        ("outcome".to_owned(), text("unknown")),
        ("severity".to_owned(), text("unknown")),
        ("class".to_owned(), text("vulnerability")),
        ("interval".to_owned(), text(reason)),
    ]))
}

/// A scanner result: identity, tool, rule, severity, state, title, location.
pub fn finding([identity, tool, rule, severity, state, title, location]: [String; 7]) -> Record {
    let mut record = Record::from([
        ("id".to_owned(), Value::Text(if rule.is_empty() { identity } else { format!("{rule} {location}") })),
        ("tool".to_owned(), Value::Text(tool)),
        ("severity".to_owned(), Value::Text(severity)),
        ("state".to_owned(), Value::Text(state)),
        ("title".to_owned(), Value::Text(title)),
    ]);
    put_text(&mut record, "rule", Some(&rule));
    put_text(&mut record, "location", Some(&location));
    record
}

/// An account.
pub fn account(account: &Account) -> Record {
    let active: Vec<_> = account.keys.iter().filter(|k| k.active).collect();
    let mut record = Record::from([
        ("id".to_owned(), text(&account.id)),
        ("name".to_owned(), text(&account.name)),
        ("kind".to_owned(), text(account.kind.as_str())),
        ("active_keys".to_owned(), count(active.len())),
        ("never_used_active_keys".to_owned(), count(active.iter().filter(|k| k.last_used.is_none()).count())),
    ]);
    // An answer the source does not give stays absent: a test on it is then unknown, not failed.
    for (key, answer) in [("console", account.console), ("mfa", account.mfa)] {
        put_text(&mut record, key, Some(answer.as_str()).filter(|_| answer != Tri::Unknown));
    }
    put_time(&mut record, "created_at", account.created_at);
    put_time(&mut record, "last_activity", account.last_activity);
    put_time(&mut record, "password_last_used", account.password_last_used);
    put_time(&mut record, "password_last_changed", account.password_last_changed);
    put_time(&mut record, "oldest_active_key_rotated", active.iter().filter_map(|k| k.last_rotated).min());
    record
}

/// A vendor document.
pub fn document(document: &VendorDocument) -> Record {
    let mut record = Record::from([
        ("id".to_owned(), text(&document.title)),
        ("document".to_owned(), text(document.document.as_str())),
        ("title".to_owned(), text(&document.title)),
        ("covers".to_owned(), Value::List(document.covers.clone())),
        ("exceptions".to_owned(), Value::Int(i64::from(document.exceptions))),
        ("article_28_points".to_owned(), Value::List(document.article_28_points.clone())),
    ]);
    put_text(&mut record, "issuer", document.issuer.as_deref());
    put_text(&mut record, "opinion", document.opinion.map(crate::evidence::document::Opinion::as_str));
    put_text(&mut record, "confirmed_by", document.confirmed_by.as_deref());
    put_time(&mut record, "issued", document.issued);
    put_time(&mut record, "period_from", document.period_from);
    put_time(&mut record, "period_to", document.period_to);
    put_time(&mut record, "valid_until", document.valid_until);
    put_time(&mut record, "bridge_until", document.bridge_until);
    put_time(&mut record, "confirmed_at", document.confirmed_at);
    record
}

/// Independent: somebody other than the author reviewed it, or committed it.
pub fn change(change: &Change) -> Record {
    let other = |name: &String| !same_person(name, &change.author);
    let independent = change.reviewers.iter().any(other) || other(&change.committer);
    let mut record = Record::from([
        ("id".to_owned(), text(&change.id)),
        ("author".to_owned(), text(&change.author)),
        ("committer".to_owned(), text(&change.committer)),
        ("merge".to_owned(), Value::Bool(change.merge)),
        ("reviewers".to_owned(), Value::List(change.reviewers.clone())),
        ("independent".to_owned(), Value::Bool(independent)),
        ("signed".to_owned(), Value::Bool(change.signed)),
    ]);
    put_time(&mut record, "committed_at", Some(change.committed_at));
    record
}

/// The same mail address, or the same text when there is none. The web merge button of a forge is nobody.
fn same_person(one: &str, other: &str) -> bool {
    let mail = |text: &str| {
        let inner = text.rsplit_once('<').map_or(text, |(_, rest)| rest.trim_end_matches('>'));
        inner.trim().to_lowercase()
    };
    mail(one) == mail(other) || mail(one).starts_with("noreply@")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn commit(author: &str, committer: &str, reviewers: &[&str]) -> Record {
        change(&Change {
            id: "1".to_owned(),
            author: author.to_owned(),
            committer: committer.to_owned(),
            authored_at: UnixMillis(0),
            committed_at: UnixMillis(0),
            merge: false,
            reviewers: reviewers.iter().map(|r| (*r).to_owned()).collect(),
            signed: false,
        })
    }

    #[test]
    fn nobody_reviews_their_own_change_under_another_name_or_by_the_merge_button() {
        let alone =
            commit("Dana <dana@example.com>", "Dana R. <DANA@example.com>", &["Dana <dana@example.com>"]);
        let button = commit("Dana <dana@example.com>", "Forge <noreply@forge.example>", &[]);
        let reviewed =
            commit("Dana <dana@example.com>", "Dana <dana@example.com>", &["Olena <olena@example.com>"]);

        assert_eq!(alone["independent"], Value::Bool(false));
        assert_eq!(button["independent"], Value::Bool(false));
        assert_eq!(reviewed["independent"], Value::Bool(true));
    }
}
