//! The product tree of a CSAF document: which package or CPE a product id stands for.

use std::collections::HashMap;

use serde_json::Value;

use crate::evidence::advisory::cpe::{self, Cpe};
use crate::evidence::advisory::index::package_query;
use crate::evidence::advisory::json::{list, text};
use crate::evidence::advisory::range_text::interval;
use crate::evidence::advisory::{Affected, Interval};

/// Products by id.
pub(super) struct Products<'d> {
    named: HashMap<&'d str, Named<'d>>,
    /// A product on a platform: component and platform.
    placed: HashMap<&'d str, (&'d str, &'d str)>,
}

#[derive(Clone, Copy)]
struct Named<'d> {
    product: &'d Value,
    /// Range of versions that the branch around it states.
    range: Option<&'d str>,
    /// Version that the branch around it states.
    version: Option<&'d str>,
}

/// Relationships may chain; longer chains are no real products.
const MAX_CHAIN: usize = 8;

impl<'d> Products<'d> {
    pub(super) fn of(document: &'d Value) -> Self {
        let mut out = Self { named: HashMap::new(), placed: HashMap::new() };
        for product in list(document, "/product_tree/full_product_names") {
            out.add(Named { product, range: None, version: None });
        }
        // the depth is bounded by the JSON parser
        let mut open: Vec<&Value> = list(document, "/product_tree/branches").iter().collect();
        while let Some(branch) = open.pop() {
            open.extend(list(branch, "/branches"));
            let Some(product) = branch.get("product") else { continue };
            let of = |category: &str| {
                text(branch, "/name").filter(|_| text(branch, "/category") == Some(category))
            };
            out.add(Named { product, range: of("product_version_range"), version: of("product_version") });
        }
        for relation in list(document, "/product_tree/relationships") {
            let part = |name: &str| text(relation, name);
            if let (Some(id), Some(component), Some(platform)) = (
                part("/full_product_name/product_id"),
                part("/product_reference"),
                part("/relates_to_product_reference"),
            ) {
                out.placed.insert(id, (component, platform));
            }
        }
        out
    }

    fn add(&mut self, named: Named<'d>) {
        if let Some(id) = text(named.product, "/product_id") {
            self.named.insert(id, named);
        }
    }

    /// The product behind an id and the platform it is on, if any.
    fn resolve(&self, mut id: &'d str) -> (Option<Named<'d>>, Option<&'d Value>) {
        let mut platform = None;
        for _ in 0..MAX_CHAIN {
            match self.placed.get(id) {
                Some((component, on)) => {
                    platform = platform.or_else(|| Some(self.named.get(on)?.product));
                    id = component;
                }
                None => break,
            }
        }
        (self.named.get(id).copied(), platform)
    }

    /// What an affected product id says.
    pub(super) fn affected(&self, id: &'d str) -> Vec<Affected> {
        let (Some(named), platform) = self.resolve(id) else { return Vec::new() };
        let mut entries = identified(named.product, platform);
        for (entry, version) in &mut entries {
            let range = named.range.filter(|range| !range.starts_with("vers:")).map(interval);
            match (version.take().or_else(|| named.version.map(str::to_owned)), range) {
                (_, Some(Ok(interval))) => entry.intervals.push(interval),
                (Some(version), _) => entry.versions.push(version),
                // the product as such: every version
                (None, None) if named.range.is_none() => entry.intervals.push(Interval::default()),
                (None, _) => {}
            }
        }
        entries.into_iter().map(|(entry, _)| entry).collect()
    }

    /// What a fixed product id says: in a distribution, versions before the fix have the fault.
    pub(super) fn fixed(&self, id: &'d str) -> Vec<Affected> {
        let (Some(named), platform) = self.resolve(id) else { return Vec::new() };
        let entries = identified(named.product, platform).into_iter();
        let linear = |entry: &Affected| {
            let purl = entry.identifier.as_deref().unwrap_or_default();
            ["pkg:rpm/", "pkg:deb/", "pkg:apk/"].iter().any(|kind| purl.starts_with(kind))
        };
        entries
            .filter_map(|(mut entry, version)| {
                let fixed = Some(version.filter(|_| linear(&entry))?);
                entry.intervals.push(Interval { fixed, ..Interval::default() });
                Some(entry)
            })
            .collect()
    }
}

/// An entry with its version for every package URL of a product (2.0 has one, 2.1 a list), else for its CPE.
fn identified(product: &Value, platform: Option<&Value>) -> Vec<(Affected, Option<String>)> {
    const HELPER: &str = "/product_identification_helper";
    let many = list(product, &format!("{HELPER}/purls")).iter().filter_map(Value::as_str);
    let one = text(product, &format!("{HELPER}/purl"));
    let purls = one.into_iter().chain(many).filter_map(|purl| {
        let query = package_query(purl)?;
        let (package, version) = query.names.first()?.clone();
        let release = query.release.map(|release| format!("{}:{release}", query.ecosystem));
        let ecosystem = red_hat(&query.ecosystem, platform).or(release);
        let ecosystem = ecosystem.unwrap_or_else(|| query.ecosystem.clone().into_owned());
        let identifier = Some(purl.to_owned());
        Some((Affected { ecosystem, package, identifier, ..Affected::default() }, version))
    });
    let found: Vec<_> = purls.map(|(a, v)| (a, Some(v).filter(|v| !v.is_empty()))).collect();
    if !found.is_empty() {
        return found;
    }
    let name = text(product, &format!("{HELPER}/cpe"));
    let cpe = name.and_then(|name| Some((name, Cpe::parse(name)?)));
    cpe.into_iter()
        .map(|(name, cpe)| {
            let (ecosystem, package) = (cpe::ECOSYSTEM.to_owned(), cpe.package());
            let identifier = Some(name.to_owned());
            (Affected { ecosystem, package, identifier, ..Affected::default() }, cpe.version)
        })
        .collect()
}

/// Red Hat names the release by the platform's CPE: `cpe:/a:redhat:enterprise_linux:9::appstream`.
fn red_hat(ecosystem: &str, platform: Option<&Value>) -> Option<String> {
    let name = text(platform?, "/product_identification_helper/cpe")?.strip_prefix("cpe:/")?;
    let (_, product) = name.split_once(":redhat:")?;
    (ecosystem == "Red Hat").then(|| format!("{ecosystem}:{product}"))
}
