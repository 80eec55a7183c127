//! Reads exploitability statements in CSAF (OASIS CSAF 2.0 §4.5, profile 5: VEX; also as 2.1 writes them).
//!
//! One statement is made for the products of a vulnerability that share status, flag, impact and remedy, so that a
//! justification given for some products never speaks for others.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use serde_json::Value;
use serde_json::value::RawValue;

use super::openvex::{MOST, MOST_BYTES};
use super::words::{Justification, Status};
use super::{Identifier, VexDocument, VexProduct, VexStatement};
use crate::base::{Digest, UnixMillis};
use crate::evidence::csaf::{self, Product, ProductTree};
use crate::evidence::decoder::{DecodeError, Decoded, Decoder, Probe};
use crate::evidence::loose::{self, Members};
use crate::evidence::{Counts, Encoding, Evidence, EvidenceKind, Records, Warnings};

/// CSAF documents of the category `csaf_vex`.
pub struct CsafVex;

impl Decoder for CsafVex {
    fn format(&self) -> &'static str {
        "csaf"
    }

    fn kind(&self) -> EvidenceKind {
        EvidenceKind::Vex
    }

    fn recognises(&self, probe: &Probe<'_>) -> bool {
        csaf::category(probe).is_some_and(|category| csaf::is_vex(&category))
    }

    fn decode(&self, input: &Probe<'_>) -> Result<Decoded, DecodeError> {
        let members = Members::of(input.bytes)?;
        let document = members.object("document").unwrap_or_default();
        let version = csaf::version(&document)?;
        let tree = ProductTree::read(&members)?;
        let Some(vulnerabilities) = members.list("vulnerabilities") else {
            let message = "`vulnerabilities` is no list, so the document states nothing that can be read";
            return Err(DecodeError::at("wrong-type", "/vulnerabilities", message));
        };
        let mut reader = Reader::new(&document, tree);
        for (place, raw) in vulnerabilities.iter().enumerate() {
            reader.vulnerability(place, raw)?;
        }
        Ok(reader.finish(version))
    }
}

struct Reader {
    document: VexDocument,
    tree: ProductTree,
    records: Records,
    warnings: Warnings,
    size: usize,
}

/// What is said of one product beside its status.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Said {
    flag: Option<Rc<str>>,
    flagged_at: Option<UnixMillis>,
    impact: Option<Rc<str>>,
    action: Option<Rc<str>>,
}

impl Reader {
    fn new(document: &Members<'_>, tree: ProductTree) -> Self {
        let mut warnings = Warnings::default();
        let tracking = document.object("tracking").unwrap_or_default();
        let publisher = document.object("publisher").unwrap_or_default();
        if document.text("category").as_deref() != Some(csaf::VEX_CATEGORY) {
            let text = "the category is spelt otherwise than `csaf_vex`";
            warnings.add("category-spelling", || "/document/category".to_owned(), text);
        }
        for id in &tree.redefined {
            let text = "a product identifier is defined twice; the first definition counts";
            warnings.add("duplicate-ref", || format!("/product_tree ({id})"), text);
        }
        let document = VexDocument {
            id: tracking.text("id"),
            author: publisher.text("name"),
            role: publisher.text("category"),
            namespace: publisher.text("namespace"),
            timestamp: tracking.time("initial_release_date"),
            last_updated: tracking.time("current_release_date"),
            version: tracking.scalar("version"),
            statements: Vec::new(),
        };
        if document.author.is_none() {
            let text = "the document names no publisher, so nobody answers for its statements";
            warnings.add("no-author", || "/document/publisher/name".to_owned(), text);
        }
        Self { document, tree, records: Records::default(), warnings, size: 0 }
    }

    fn vulnerability(&mut self, place: usize, raw: &RawValue) -> Result<(), DecodeError> {
        self.records.read += 1;
        let path = format!("/vulnerabilities/{place}");
        let value: Value = serde_json::from_str(raw.get()).map_err(|error| DecodeError::json(&error))?;
        let Some((name, aliases)) = names(&value) else {
            self.records.dropped += 1;
            let text = "a vulnerability has neither a CVE nor another identifier; it was left out";
            self.warnings.add("no-vulnerability", || path, text);
            return Ok(());
        };
        let groups = self.grouped(&value, &path)?;
        if groups.is_empty() {
            self.records.dropped += 1;
            let text = "a vulnerability has no product with a status; it states nothing";
            self.warnings.add("no-status", || path, text);
            return Ok(());
        }
        self.records.kept += 1;
        for ((member, said), products) in groups {
            let texts = [&said.flag, &said.impact, &said.action];
            self.size += texts.into_iter().flatten().map(|text| text.len()).sum::<usize>();
            if self.size > MOST_BYTES {
                return Err(DecodeError::too_many_records());
            }
            self.state(&path, (&name, &aliases), &member, said, products);
        }
        Ok(())
    }

    fn state(
        &mut self,
        path: &str,
        (name, aliases): (&str, &[String]),
        member: &str,
        said: Said,
        products: Vec<VexProduct>,
    ) {
        let status = Status::from_csaf(member).unwrap_or(Status::Unknown);
        if status == Status::NotAffected && said.flag.is_none() && said.impact.is_none() {
            let text =
                "a product is said not to be affected, without a reason; nothing is suppressed by that";
            self.warnings.add("no-justification", || path.to_owned(), text);
        }
        let justification = said.flag.as_deref().and_then(Justification::from_word);
        if said.flag.is_some() && justification.is_none() {
            let text = "a flag is none of the five words; it is kept as written and justifies nothing";
            self.warnings.add("unknown-justification", || format!("{path}/flags"), text);
        }
        self.document.statements.push(VexStatement {
            identity: Digest::from_bytes([0; 32]),
            path: format!("{path}/product_status/{member}"),
            vulnerability: name.to_owned(),
            aliases: aliases.to_vec(),
            products,
            status,
            status_raw: member.to_owned(),
            justification,
            justification_raw: said.flag.as_deref().map(str::to_owned),
            impact: said.impact.as_deref().map(str::to_owned),
            action: said.action.as_deref().map(str::to_owned),
            timestamp: self.document.timestamp,
            last_updated: self.document.last_updated.max(said.flagged_at),
        });
    }

    /// The products of a vulnerability by what is said of them.
    fn grouped(
        &mut self,
        value: &Value,
        path: &str,
    ) -> Result<BTreeMap<(String, Said), Vec<VexProduct>>, DecodeError> {
        let said = said(value, &self.tree);
        let mut groups: BTreeMap<(String, Said), Vec<VexProduct>> = BTreeMap::new();
        let statuses = value.get("product_status").and_then(Value::as_object).into_iter().flatten();
        for (member, ids) in statuses {
            if Status::from_csaf(member).is_none() {
                continue;
            }
            for id in ids.as_array().into_iter().flatten().filter_map(Value::as_str) {
                let Some(products) = self.products_of(id) else {
                    let text =
                        "a status names a product the product tree does not define; it applies to nothing";
                    self.warnings.add("dangling-ref", || format!("{path}/product_status/{member}"), text);
                    continue;
                };
                self.size += products.iter().map(VexProduct::size).sum::<usize>();
                if self.size > MOST_BYTES {
                    return Err(DecodeError::too_many_records());
                }
                let said = said.get(id).cloned().unwrap_or_default();
                groups.entry((member.clone(), said)).or_default().extend(products);
            }
        }
        Ok(groups)
    }

    /// What a product identifier stands for, as products that can be recognised.
    fn products_of(&self, id: &str) -> Option<Vec<VexProduct>> {
        let own = self.tree.product(id)?;
        let (outer, inner) = self.tree.resolve(id)?;
        let mut product = vex_product(outer);
        product.subcomponents = inner.map(vex_product).into_iter().collect();
        let mut products = vec![product];
        // a relationship may name its product on its own account too
        if inner.is_some() && !(own.purls.is_empty() && own.cpe.is_none() && own.hashes.is_empty()) {
            products.push(vex_product(own));
        }
        Some(products)
    }

    fn finish(mut self, version: String) -> Decoded {
        if self.document.statements.is_empty() {
            let text = "the document makes no statement";
            self.warnings.add("no-statements", || "/vulnerabilities".to_owned(), text);
        }
        self.document.identify();
        let statements = self.document.statements.len() as u64;
        Decoded {
            format_version: Some(version),
            encoding: Encoding::Json,
            produced_at: self.document.last_updated.max(self.document.timestamp),
            evidence: Evidence::Vex(self.document),
            records: self.records,
            counts: Counts::from([
                ("vulnerabilities".to_owned(), self.records.read),
                ("statements".to_owned(), statements),
            ]),
            warnings: self.warnings.finish(),
        }
    }
}

/// CVE first, else the first other identifier; the rest are aliases.
fn names(vulnerability: &Value) -> Option<(String, Vec<String>)> {
    let ids = loose::items(vulnerability, "ids").iter().filter_map(|id| loose::text(id, "text"));
    let mut all = loose::text(vulnerability, "cve").into_iter().chain(ids).map(str::to_owned);
    let name = all.next()?;
    let mut aliases: Vec<String> = all.filter(|alias| *alias != name).collect();
    aliases.sort_unstable();
    aliases.dedup();
    Some((name, aliases))
}

/// Flags, impact and remedies by product. Only what names its products counts: a reason without one would speak for
/// products its author did not look at.
fn said(vulnerability: &Value, tree: &ProductTree) -> HashMap<String, Said> {
    let mut said: HashMap<String, Said> = HashMap::new();
    let mut each =
        |list: &str, field: &str, keep: fn(&Value) -> bool, set: fn(&mut Said, &Rc<str>, &Value)| {
            let entries = loose::items(vulnerability, list).iter().filter(|entry| keep(entry));
            let pairs = entries.filter_map(|entry| {
                let text: Rc<str> = Rc::from(loose::text(entry, field)?);
                Some(tree.referred(entry).map(move |id| (id, Rc::clone(&text), entry)))
            });
            for (id, text, entry) in pairs.flatten().take(MOST) {
                set(said.entry(id.to_owned()).or_default(), &text, entry);
            }
        };
    each(
        "flags",
        "label",
        |_| true,
        |one, label, flag| {
            one.flag.get_or_insert_with(|| Rc::clone(label));
            one.flagged_at = one.flagged_at.max(loose::time(flag, "date"));
        },
    );
    let is_impact = |threat: &Value| loose::text(threat, "category") == Some("impact");
    each("threats", "details", is_impact, |one, details, _| {
        one.impact.get_or_insert_with(|| Rc::clone(details));
    });
    each(
        "remediations",
        "details",
        |_| true,
        |one, details, _| {
            one.action.get_or_insert_with(|| Rc::clone(details));
        },
    );
    said
}

fn vex_product(product: &Product) -> VexProduct {
    let mut identifiers: Vec<Identifier> = product.purls.iter().map(|purl| Identifier::of(purl)).collect();
    identifiers.extend(product.cpe.as_deref().map(Identifier::of));
    identifiers.extend(product.hashes.iter().map(|(name, value)| Identifier::hash(name, value)));
    if identifiers.is_empty() {
        identifiers.push(Identifier::Other(product.name.clone()));
    }
    let range = product.version_range.clone();
    VexProduct { identifiers, version: product.version.clone(), range, subcomponents: Vec::new() }
}
