//! Names of the Common Platform Enumeration and how they match.
//!
//! Reads the URI of CPE 2.2 and the formatted string of CPE 2.3 (NIST IR 7695 §6) and compares names attribute by
//! attribute (NIST IR 7696 §6). Letters are without regard to case.

mod read;

use std::fmt;

/// The attributes of a name, in the order of the formatted string.
const ATTRIBUTES: usize = 11;

/// A platform or product by CPE.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Cpe {
    attributes: [CpeValue; ATTRIBUTES],
}

/// What a name says of one attribute.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum CpeValue {
    /// Anything.
    Any,
    /// The attribute has no meaning here.
    NotApplicable,
    /// A text in lower case, without escapes, and what may stand around it.
    Text {
        /// What may stand in front.
        before: Wildcard,
        /// The text itself.
        text: String,
        /// What may follow.
        after: Wildcard,
    },
}

/// Characters that a name leaves open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Wildcard {
    /// Up to that many; none for a text that has no wildcard there.
    UpTo(usize),
    /// Any number (`*`).
    Many,
}

/// The attributes of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CpeAttribute {
    /// `a` application, `o` operating system, `h` hardware.
    Part,
    /// Who makes it.
    Vendor,
    /// What it is called.
    Product,
    /// Its version.
    Version,
    /// Its update or service pack.
    Update,
    /// Its edition, as CPE 2.2 knew it.
    Edition,
    /// The language of its interface.
    Language,
    /// The market it is made for.
    SoftwareEdition,
    /// The software it runs on.
    TargetSoftware,
    /// The hardware it runs on.
    TargetHardware,
    /// Anything else.
    Other,
}

/// How the set of things one name stands for relates to that of another (NIST IR 7696 table 6-1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CpeRelation {
    /// No thing has both names.
    Disjoint,
    /// The same things.
    Equal,
    /// All of the first are among the second.
    Subset,
    /// The first has all of the second.
    Superset,
    /// Not defined: both leave something open.
    Undefined,
}

impl Cpe {
    /// Reads a CPE 2.3 formatted string (`cpe:2.3:a:…`) or a CPE 2.2 URI (`cpe:/a:…`); `None` when it is neither.
    pub fn read(text: &str) -> Option<Self> {
        read::name(text.trim()).map(|attributes| Self { attributes })
    }

    /// What the name says of an attribute.
    pub fn attribute(&self, attribute: CpeAttribute) -> &CpeValue {
        self.attributes.get(attribute as usize).unwrap_or(&CpeValue::Any)
    }

    /// The text of an attribute that is given without wildcards.
    pub fn text(&self, attribute: CpeAttribute) -> Option<&str> {
        match self.attribute(attribute) {
            CpeValue::Text { before: Wildcard::UpTo(0), text, after: Wildcard::UpTo(0) } => Some(text),
            CpeValue::Any | CpeValue::NotApplicable | CpeValue::Text { .. } => None,
        }
    }

    /// How this name relates to another: the attributes' relations taken together (NIST IR 7696 §6.3).
    pub fn relation(&self, target: &Self) -> CpeRelation {
        self.attributes
            .iter()
            .zip(&target.attributes)
            .map(|(source, target)| source.relation(target))
            .fold(CpeRelation::Equal, CpeRelation::and)
    }

    /// Whether everything the other name stands for is among what this one stands for.
    pub fn covers(&self, target: &Self) -> bool {
        matches!(self.relation(target), CpeRelation::Equal | CpeRelation::Superset)
    }
}

impl CpeRelation {
    fn and(self, next: Self) -> Self {
        match (self, next) {
            (Self::Disjoint, _) | (_, Self::Disjoint) => Self::Disjoint,
            (Self::Undefined, _) | (_, Self::Undefined) => Self::Undefined,
            (Self::Equal, other) | (other, Self::Equal) => other,
            (Self::Subset, Self::Subset) => Self::Subset,
            (Self::Superset, Self::Superset) => Self::Superset,
            (Self::Subset, Self::Superset) | (Self::Superset, Self::Subset) => Self::Undefined,
        }
    }
}

impl CpeValue {
    /// How one attribute relates to the same of another name (NIST IR 7696 table 6-2).
    pub fn relation(&self, target: &Self) -> CpeRelation {
        match (self, target) {
            (Self::Any, Self::Any) | (Self::NotApplicable, Self::NotApplicable) => CpeRelation::Equal,
            (Self::Any, _) => CpeRelation::Superset,
            (_, Self::Any) => CpeRelation::Subset,
            (Self::NotApplicable, _) | (_, Self::NotApplicable) => CpeRelation::Disjoint,
            (source, target) if source == target => CpeRelation::Equal,
            (_, target) if target.is_open() => CpeRelation::Undefined,
            (Self::Text { before, text, after }, Self::Text { text: target, .. }) => {
                let covers = surrounds(*before, text, *after, target);
                if covers { CpeRelation::Superset } else { CpeRelation::Disjoint }
            }
        }
    }

    fn is_open(&self) -> bool {
        match self {
            Self::Any => true,
            Self::NotApplicable => false,
            Self::Text { before, after, .. } => (*before, *after) != (Wildcard::UpTo(0), Wildcard::UpTo(0)),
        }
    }
}

/// Whether the text occurs in the target with no more around it than the wildcards allow.
fn surrounds(before: Wildcard, text: &str, after: Wildcard, target: &str) -> bool {
    let within = |wildcard, rest: &str| match wildcard {
        Wildcard::Many => true,
        Wildcard::UpTo(most) => rest.chars().take(most + 1).count() <= most,
    };
    let fits = |front: &str, back: &str| within(before, front) && within(after, back);
    // The places at either end suffice: one in the middle has more on both sides of it.
    let first = target.split_once(text).is_some_and(|(front, back)| fits(front, back));
    first
        || target.rsplit_once(text).is_some_and(|(front, back)| fits(front, back))
        || (before != Wildcard::UpTo(0) && after != Wildcard::UpTo(0) && anywhere(text, target, &fits))
}

fn anywhere(text: &str, target: &str, fits: &dyn Fn(&str, &str) -> bool) -> bool {
    target.match_indices(text).any(|(start, found)| {
        let back = target.get(start + found.len()..).unwrap_or_default();
        target.get(..start).is_some_and(|front| fits(front, back))
    })
}

impl fmt::Display for Cpe {
    /// The formatted string of CPE 2.3.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("cpe:2.3")?;
        self.attributes.iter().try_for_each(|value| write!(f, ":{value}"))
    }
}

impl fmt::Display for CpeValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Text { before, text, after } = self else {
            return f.write_str(if *self == Self::Any { "*" } else { "-" });
        };
        write!(f, "{before}")?;
        for c in text.chars() {
            // A hyphen alone would mean that the attribute does not apply.
            let plain = c.is_alphanumeric() || matches!(c, '.' | '_') || (c == '-' && text != "-");
            if !plain {
                f.write_str("\\")?;
            }
            write!(f, "{c}")?;
        }
        write!(f, "{after}")
    }
}

impl fmt::Display for Wildcard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Many => f.write_str("*"),
            Self::UpTo(count) => f.write_str(&"?".repeat(*count)),
        }
    }
}

#[cfg(test)]
mod tests;
