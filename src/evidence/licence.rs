//! Licence expressions as documents write them: parsed where they follow the grammar, mended where only the names are
//! loose, kept raw where neither helps (SPDX specification 2.3, annex D; 3.0, annex B).
//!
//! An expression is kept in postfix order and never multiplied out, so fifty operators cost fifty steps.

mod family;
mod names;
mod parse;
mod policy;
#[cfg(test)]
mod tests;

pub use family::Family;
pub use parse::parse;
pub use policy::{
    Decision, ExceptionUse, LicenceException, LicencePolicy, PolicyError, Reason, Selector, Verdict, evaluate,
};

use serde::Serialize;

use crate::evidence::sbom::{Component, Licence, LicenceKind, LicenceRole};

/// How sure it is which licences a text means. Ordered from sure to unsure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// Written as the specification asks.
    Exact,
    /// Another spelling, the full name or the address of exactly one licence.
    Normalised,
    /// A name several licences go by ("BSD", "GPL"): the likeliest was taken.
    Guessed,
    /// Not understood.
    None,
}

/// A licence expression, or what was written in its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LicenceExpression {
    /// As written.
    pub raw: String,
    /// The expression in postfix order; empty when nothing was understood or nothing is said.
    pub nodes: Vec<Node>,
    /// How sure the reading is; of several parts the least.
    pub confidence: Confidence,
    /// Why it was not understood, or that nothing is said.
    pub problem: Option<String>,
}

/// One step of an expression in postfix order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Node {
    /// A licence.
    Term(Term),
    /// Both of the two before it hold.
    And,
    /// One of the two before it may be chosen.
    Or,
}

/// One licence of an expression.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Term {
    /// The whole term in canonical spelling (`GPL-2.0-only WITH Classpath-exception-2.0`), or as written.
    pub text: String,
    /// The identifier on the SPDX list, when it is there.
    pub id: Option<&'static str>,
    /// Any later version may be chosen too (`+`).
    pub or_later: bool,
    /// The exception after `WITH`.
    pub exception: Option<String>,
    /// Whether the list marks the identifier as deprecated.
    pub deprecated: bool,
    /// What kind of duties it brings.
    pub family: Family,
    /// How sure the reading of this term is.
    pub confidence: Confidence,
}

impl LicenceExpression {
    /// The licences, in the order written.
    pub fn terms(&self) -> impl Iterator<Item = &Term> {
        self.nodes.iter().filter_map(|node| match node {
            Node::Term(term) => Some(term),
            Node::And | Node::Or => None,
        })
    }

    /// Whether nothing is said: no text, `NOASSERTION` or `NONE`.
    pub fn is_silent(&self) -> bool {
        parse::is_silent(&self.raw)
    }
}

/// The licences of a component as one expression: what was concluded where anything was, else what is written, else
/// what is declared. Several entries hold together, as CycloneDX and SPDX mean them.
pub fn of_component(component: &Component) -> LicenceExpression {
    let said = |role: LicenceRole| -> Vec<&Licence> {
        let of_role = component.licences.iter().filter(move |licence| licence.role == role);
        of_role.filter(|licence| !parse::is_silent(&licence.text)).collect()
    };
    let chosen = [LicenceRole::Concluded, LicenceRole::AsWritten, LicenceRole::Declared]
        .into_iter()
        .map(said)
        .find(|list| !list.is_empty())
        .unwrap_or_default();
    let mut read: Vec<LicenceExpression> = Vec::new();
    for licence in chosen {
        let one = of_licence(licence);
        if !read.iter().any(|known| known.raw == one.raw) {
            read.push(one);
        }
    }
    join(read)
}

/// One licence entry as an expression.
pub fn of_licence(licence: &Licence) -> LicenceExpression {
    let read = parse(licence.label());
    let url = licence.url.as_deref().filter(|_| read.confidence == Confidence::None);
    match (licence.kind, url) {
        (LicenceKind::Id | LicenceKind::Name | LicenceKind::Expression | LicenceKind::Url, Some(url)) => {
            let by_address = parse(url);
            let better = by_address.confidence < Confidence::None;
            if better { LicenceExpression { raw: read.raw, ..by_address } } else { read }
        }
        (LicenceKind::Id | LicenceKind::Name | LicenceKind::Expression | LicenceKind::Url, None)
        | (LicenceKind::Text, _) => read,
    }
}

fn join(read: Vec<LicenceExpression>) -> LicenceExpression {
    let mut read = read.into_iter();
    let Some(mut all) = read.next() else { return parse("") };
    for one in read {
        all.raw = format!("{} AND {}", all.raw, one.raw);
        all.confidence = all.confidence.max(one.confidence);
        all.problem = all.problem.or(one.problem);
        let both = !all.nodes.is_empty() && !one.nodes.is_empty();
        all.nodes.extend(one.nodes);
        if both {
            all.nodes.push(Node::And);
        }
    }
    all
}
