//! What a bill of materials says as a whole: matched advisories, licences, types, quality. A document never changes,
//! so this is found once per document and edition of the advisories, and kept for the last few looked at.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use crate::app::facts::matches;
use crate::app::{App, Error};
use crate::base::{Severity, UnixMillis};
use crate::controls::{Record, Value};
use crate::evidence::advisory::Index;
use crate::store::{ComponentLine, ComponentRow};

/// Documents whose insight is kept.
const KEPT: usize = 32;
/// What tells one edition of the advisories from another.
type Edition = (i64, i32);

/// Insights kept between requests, and the index they were made with.
#[derive(Debug, Default)]
pub struct Insights(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    edition: Edition,
    index: Option<Arc<Index>>,
    insights: HashMap<i32, Arc<Insight>>,
}

impl Insights {
    fn with<T>(&self, work: impl FnOnce(&mut Kept) -> T) -> T {
        // what is kept can be made again, so a panic elsewhere spoils nothing
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// One document as a whole.
#[derive(Debug, Default)]
pub struct Insight {
    /// Components in it.
    pub components: u64,
    /// How many have a version, a package URL, a licence, a supplier.
    pub with: [u64; 4],
    /// What the advisories say of its packages; worst first.
    pub hits: Vec<Hit>,
    /// Components of an ecosystem that advisories speak of: the others were not evaluated.
    pub evaluated: u64,
    /// How many components have each licence text, most first.
    pub licences: Vec<(String, u64)>,
    /// How many components are of each type, most first.
    pub types: Vec<(String, u64)>,
    /// Whether there were advisories to ask.
    pub asked: bool,
    /// Components the described thing depends on directly.
    direct: HashSet<i32>,
    /// Components that anything is stated to depend on.
    needed: HashSet<i32>,
}

/// What one advisory says of one package.
#[derive(Debug, Clone)]
pub struct Hit {
    /// The advisory's name.
    pub advisory: String,
    /// The component.
    pub component: String,
    /// Its version.
    pub version: String,
    /// Where the package is in the document.
    pub ordinals: Vec<i32>,
    /// Its canonical package URL.
    pub purl_key: String,
    /// Whether it applies for certain; a version that cannot be ordered is not thereby safe.
    pub certain: bool,
    /// How bad.
    pub severity: Severity,
    /// Versions that carry the fix.
    pub fixed: Vec<String>,
    /// When it was published.
    pub published: Option<UnixMillis>,
    /// The interval or list that holds the version, or why it cannot be told.
    pub proof: String,
}

impl App {
    /// What the document of that row number says as a whole.
    pub(super) async fn insight(&self, item_no: i32) -> Result<Arc<Insight>, Error> {
        let edition = self.store.advisory_mark().await?;
        let kept = self.insights.with(|kept| {
            if kept.edition != edition {
                *kept = Kept { edition, ..Kept::default() };
            }
            (kept.insights.get(&item_no).cloned(), kept.index.clone())
        });
        if let (Some(insight), _) = kept {
            return Ok(insight);
        }
        let index = match kept.1 {
            Some(index) => index,
            None => Arc::new(Index::build(self.store.advisory_list().await?)),
        };
        let mut insight = Insight::of(&self.store.component_lines(item_no).await?, &index);
        for (from, to) in self.store.dependency_edges(item_no).await? {
            insight.needed.insert(to);
            if from < 0 {
                insight.direct.insert(to);
            }
        }
        let insight = Arc::new(insight);
        self.insights.with(|kept| {
            if kept.edition == edition {
                if kept.insights.len() >= KEPT {
                    kept.insights.clear();
                }
                kept.index = Some(index);
                kept.insights.insert(item_no, Arc::clone(&insight));
            }
        });
        Ok(insight)
    }
}

impl Insight {
    /// Looks at every component once.
    fn of(lines: &[ComponentLine], index: &Index) -> Self {
        let rows: Vec<ComponentRow> = lines.iter().map(component_row).collect();
        let found = if index.is_empty() { Vec::new() } else { matches(&rows, index) };
        let mut places: HashMap<(&str, &str), Vec<&ComponentLine>> = HashMap::new();
        for line in lines.iter().filter(|l| !l.purl_key.is_empty()) {
            let version = line.version.as_deref().unwrap_or_default();
            places.entry((&line.name, version)).or_default().push(line);
        }
        let mut hits: Vec<Hit> = found.iter().map(|record| hit(record, &places)).collect();
        hits.sort_by(|a, b| {
            (b.severity, &a.advisory, &a.component).cmp(&(a.severity, &b.advisory, &b.component))
        });
        let count = |has: fn(&ComponentLine) -> bool| lines.iter().filter(|l| has(l)).count() as u64;
        let filled = |text: &Option<String>| text.as_deref().is_some_and(|t| !t.is_empty());
        Self {
            components: lines.len() as u64,
            with: [
                lines.iter().filter(|l| filled(&l.version)).count() as u64,
                count(|l| !l.purl_key.is_empty()),
                lines.iter().filter(|l| filled(&l.licences)).count() as u64,
                lines.iter().filter(|l| filled(&l.supplier)).count() as u64,
            ],
            hits,
            evaluated: lines.iter().filter(|l| evaluated(index, ecosystem(&l.purl_key))).count() as u64,
            licences: counted(lines.iter().map(|l| l.licences.as_deref().unwrap_or_default())),
            types: counted(lines.iter().map(|l| l.component_type.as_deref().unwrap_or_default())),
            asked: !index.is_empty(),
            ..Self::default()
        }
    }

    /// How the described thing comes by a component; `None` when the document does not say.
    pub fn relation(&self, ordinal: i32) -> Option<&'static str> {
        if self.direct.contains(&ordinal) {
            return Some("Direct");
        }
        self.needed.contains(&ordinal).then_some("Transitive")
    }

    /// Places of components that an advisory names.
    pub fn vulnerable(&self) -> Vec<i32> {
        let places: HashSet<i32> = self.hits.iter().flat_map(|h| h.ordinals.iter().copied()).collect();
        let mut places: Vec<i32> = places.into_iter().collect();
        places.sort_unstable();
        places
    }
}

/// Whether advisories of the ecosystem were asked, or could be once there are any.
fn evaluated(index: &Index, ecosystem: &str) -> bool {
    Index::can_judge(ecosystem) && (index.is_empty() || index.covers(ecosystem))
}

/// The type of a canonical package URL: `cargo` of `pkg:cargo/time@1`.
fn ecosystem(purl_key: &str) -> &str {
    purl_key.strip_prefix("pkg:").and_then(|rest| rest.split('/').next()).unwrap_or_default()
}

fn component_row(line: &ComponentLine) -> ComponentRow {
    ComponentRow {
        name: line.name.clone(),
        version: line.version.clone(),
        purl: line.purl.clone(),
        purl_key: line.purl_key.clone(),
        supplier: line.supplier.clone(),
        licences: line.licences.clone(),
    }
}

/// How often each value occurs, most first; the empty one stays, because what is not stated counts too.
fn counted<'a>(values: impl Iterator<Item = &'a str>) -> Vec<(String, u64)> {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for value in values {
        *counts.entry(value).or_default() += 1;
    }
    let mut counts: Vec<(String, u64)> = counts.into_iter().map(|(v, n)| (v.to_owned(), n)).collect();
    counts.sort_by(|a, b| (b.1, &a.0).cmp(&(a.1, &b.0)));
    counts
}

fn text<'r>(record: &'r Record, key: &str) -> &'r str {
    match record.get(key) {
        Some(Value::Text(text)) => text,
        Some(Value::Bool(_) | Value::Int(_) | Value::Num(_) | Value::List(_)) | None => "",
    }
}

fn hit(record: &Record, places: &HashMap<(&str, &str), Vec<&ComponentLine>>) -> Hit {
    let (component, version) = (text(record, "component"), text(record, "version"));
    let at = places.get(&(component, version)).map_or(&[][..], Vec::as_slice);
    let fixed = match record.get("fixed_in") {
        Some(Value::List(versions)) => versions.clone(),
        Some(Value::Bool(_) | Value::Int(_) | Value::Num(_) | Value::Text(_)) | None => Vec::new(),
    };
    let published = match record.get("published_at") {
        Some(Value::Int(at)) => Some(UnixMillis(*at)),
        Some(Value::Bool(_) | Value::Num(_) | Value::Text(_) | Value::List(_)) | None => None,
    };
    let severity = serde_json::from_value(serde_json::Value::String(text(record, "severity").to_owned()));
    Hit {
        advisory: text(record, "advisory").to_owned(),
        component: component.to_owned(),
        version: version.to_owned(),
        ordinals: at.iter().map(|line| line.ordinal).collect(),
        purl_key: at.first().map_or_else(String::new, |line| line.purl_key.clone()),
        certain: text(record, "outcome") == "affected",
        severity: severity.unwrap_or(Severity::Unknown),
        fixed,
        published,
        proof: text(record, "interval").to_owned(),
    }
}
