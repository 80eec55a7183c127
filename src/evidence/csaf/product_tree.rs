//! The product tree of a CSAF document (CSAF 2.0 §3.2.2): what a `product_id` stands for.

use std::collections::HashMap;

use serde_json::Value;
use serde_json::value::RawValue;

use crate::evidence::DecodeError;
use crate::evidence::loose::{self, Members};

/// Branches inside branches that are read; CSAF 2.1 allows 30.
const DEEPEST: usize = 30;

/// Products of one document.
const MOST: usize = 1_000_000;

/// One product as the tree defines it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Product {
    /// Its full name.
    pub name: String,
    /// The nearest branch of category `vendor` above it.
    pub vendor: Option<String>,
    /// The nearest branch of category `product_name` (else `product_family`) above it.
    pub product_name: Option<String>,
    /// The nearest branch of category `product_version` above it, as written.
    pub version: Option<String>,
    /// The nearest branch of category `product_version_range` above it, as written (a `vers:` text or prose).
    pub version_range: Option<String>,
    /// Package URLs.
    pub purls: Vec<String>,
    /// CPE name, 2.2 or 2.3.
    pub cpe: Option<String>,
    /// Digests of the product's files as (algorithm, value).
    pub hashes: Vec<(String, String)>,
    /// What it is put together from, when a relationship defines it.
    pub part: Option<Part>,
}

/// A product that is a part inside, on or with another one (CSAF 2.0 §3.2.2.4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// `default_component_of`, `installed_on`, …
    pub category: String,
    /// The part.
    pub product: String,
    /// What it is part of.
    pub of: String,
}

/// Every product and group of one document by its identifier.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ProductTree {
    products: HashMap<String, Product>,
    groups: HashMap<String, Vec<String>>,
    /// Product identifiers defined more than once, in the order met; the first definition counts.
    pub redefined: Vec<String>,
}

/// What the branches above a product say of it.
#[derive(Debug, Clone, Default)]
struct Above {
    vendor: Option<String>,
    product_name: Option<String>,
    version: Option<String>,
    version_range: Option<String>,
}

impl ProductTree {
    /// Reads the member `product_tree` of a document; empty when there is none.
    ///
    /// # Errors
    /// When branches are nested too deeply or there are too many products.
    pub(crate) fn read(document: &Members<'_>) -> Result<Self, DecodeError> {
        let mut tree = Self::default();
        let Some(members) = document.object("product_tree") else { return Ok(tree) };
        tree.branches(&members)?;
        for raw in members.list("full_product_names").unwrap_or_default() {
            if let Ok(value) = serde_json::from_str(raw.get()) {
                tree.define(&value, &Above::default(), None)?;
            }
        }
        for raw in members.list("relationships").unwrap_or_default() {
            tree.relationship(raw)?;
        }
        for raw in members.list("product_paths").unwrap_or_default() {
            tree.product_path(raw)?;
        }
        for raw in members.list("product_groups").unwrap_or_default() {
            let Ok(value) = serde_json::from_str::<Value>(raw.get()) else { continue };
            if let Some(id) = loose::text(&value, "group_id") {
                tree.groups.insert(id.to_owned(), loose::texts(&value, "product_ids"));
            }
        }
        Ok(tree)
    }

    /// The product of that identifier.
    pub fn product(&self, id: &str) -> Option<&Product> {
        self.products.get(id)
    }

    /// How many products are defined.
    pub fn len(&self) -> usize {
        self.products.len()
    }

    /// Whether no product is defined.
    pub fn is_empty(&self) -> bool {
        self.products.is_empty()
    }

    /// The products of a group; none for an unknown group.
    pub fn group(&self, id: &str) -> &[String] {
        self.groups.get(id).map_or(&[], Vec::as_slice)
    }

    /// The products an entry refers to by `product_ids` and `group_ids`.
    pub fn referred<'t>(&'t self, entry: &'t Value) -> impl Iterator<Item = &'t str> {
        let direct = loose::items(entry, "product_ids").iter().filter_map(Value::as_str);
        let groups = loose::items(entry, "group_ids").iter().filter_map(Value::as_str);
        direct.chain(groups.flat_map(|id| self.group(id).iter().map(String::as_str)))
    }

    /// The part and the outermost whole of a product; for a product that is no part, itself alone.
    ///
    /// A whole that is itself a part is followed outwards; a circle of parts ends where it began.
    pub fn resolve<'t>(&'t self, id: &'t str) -> Option<(&'t Product, Option<&'t Product>)> {
        let product = self.product(id)?;
        let Some(part) = &product.part else { return Some((product, None)) };
        let whole = self.outermost(&part.of)?;
        let inner = self.innermost(&part.product)?;
        Some((whole, Some(inner)))
    }

    fn outermost(&self, id: &str) -> Option<&Product> {
        self.follow(id, |part| &part.of)
    }

    fn innermost(&self, id: &str) -> Option<&Product> {
        self.follow(id, |part| &part.product)
    }

    fn follow<'t>(&'t self, id: &str, next: impl Fn(&'t Part) -> &'t str) -> Option<&'t Product> {
        let mut product = self.product(id)?;
        for _ in 0..DEEPEST {
            let Some(part) = &product.part else { return Some(product) };
            product = self.product(next(part))?;
        }
        None
    }

    /// Walks the branches without recursion.
    fn branches(&mut self, tree: &Members<'_>) -> Result<(), DecodeError> {
        let mut open: Vec<(Vec<&RawValue>, Above)> =
            vec![(tree.list("branches").unwrap_or_default(), Above::default())];
        if let Some((list, _)) = open.first_mut() {
            list.reverse();
        }
        while let Some((list, above)) = open.last_mut() {
            let Some(raw) = list.pop() else {
                open.pop();
                continue;
            };
            let Some(branch) = Members::inside(raw) else { continue };
            let above = below(above, &branch);
            if let Some(product) = branch.value("product") {
                self.define(&product, &above, None)?;
            }
            let mut inner = branch.list("branches").unwrap_or_default();
            inner.reverse();
            if open.len() == DEEPEST && !inner.is_empty() {
                let message = format!("branches are nested more than {DEEPEST} deep, as in no real document");
                return Err(DecodeError::at("too-deep", "/product_tree/branches", message));
            }
            if !inner.is_empty() {
                open.push((inner, above));
            }
        }
        Ok(())
    }

    fn define(&mut self, value: &Value, above: &Above, part: Option<Part>) -> Result<(), DecodeError> {
        let Some(id) = loose::text(value, "product_id") else { return Ok(()) };
        if self.products.contains_key(id) {
            self.redefined.push(id.to_owned());
            return Ok(());
        }
        if self.products.len() == MOST {
            return Err(DecodeError::too_many_records());
        }
        let helper = value.get("product_identification_helper").unwrap_or(&Value::Null);
        // `purl` in 2.0, `purls` in 2.1
        let purls = loose::text(helper, "purl").map(str::to_owned).into_iter();
        let product = Product {
            name: loose::text(value, "name").unwrap_or_default().to_owned(),
            vendor: above.vendor.clone(),
            product_name: above.product_name.clone(),
            version: above.version.clone(),
            version_range: above.version_range.clone(),
            purls: purls.chain(loose::texts(helper, "purls")).collect(),
            cpe: loose::text(helper, "cpe").map(str::to_owned),
            hashes: hashes(helper),
            part,
        };
        self.products.insert(id.to_owned(), product);
        Ok(())
    }

    fn relationship(&mut self, raw: &RawValue) -> Result<(), DecodeError> {
        let Ok(value) = serde_json::from_str::<Value>(raw.get()) else { return Ok(()) };
        let text = |name| loose::text(&value, name).map(str::to_owned);
        let (Some(product), Some(of)) = (text("product_reference"), text("relates_to_product_reference"))
        else {
            return Ok(());
        };
        let part = Part { category: text("category").unwrap_or_default(), product, of };
        match value.get("full_product_name") {
            Some(name) => self.define(name, &Above::default(), Some(part)),
            None => Ok(()),
        }
    }

    /// CSAF 2.1 writes what a product is part of as a path.
    fn product_path(&mut self, raw: &RawValue) -> Result<(), DecodeError> {
        let Ok(value) = serde_json::from_str::<Value>(raw.get()) else { return Ok(()) };
        let last = loose::items(&value, "subpaths").last();
        let of = last.and_then(|path| loose::text(path, "next_product_reference")).map(str::to_owned);
        let product = loose::text(&value, "beginning_product_reference").map(str::to_owned);
        let (Some(product), Some(of), Some(name)) = (product, of, value.get("full_product_name")) else {
            return Ok(());
        };
        let category = last.and_then(|path| loose::text(path, "category")).unwrap_or_default().to_owned();
        self.define(name, &Above::default(), Some(Part { category, product, of }))
    }
}

/// What is known below a branch.
fn below(above: &Above, branch: &Members<'_>) -> Above {
    let mut here = above.clone();
    let name = branch.text("name");
    match branch.text("category").as_deref() {
        Some("vendor") => here.vendor = name,
        Some("product_name") => here.product_name = name,
        Some("product_family") if here.product_name.is_none() => here.product_name = name,
        Some("product_version") => (here.version, here.version_range) = (name, None),
        Some("product_version_range") => (here.version, here.version_range) = (None, name),
        Some(_) | None => {}
    }
    here
}

fn hashes(helper: &Value) -> Vec<(String, String)> {
    let files = loose::items(helper, "hashes").iter().flat_map(|file| loose::items(file, "file_hashes"));
    files
        .filter_map(|hash| {
            Some((loose::text(hash, "algorithm")?.to_owned(), loose::text(hash, "value")?.to_owned()))
        })
        .collect()
}

#[cfg(test)]
mod tests;
