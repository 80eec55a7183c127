//! The shapes a rule set is made of: what one place of a document may hold.

use std::collections::{HashMap, HashSet};
use std::ops::BitOr;

use regex::Regex;
use serde_json::Value;

use super::format::Format;

/// A shape's number inside its [`Rules`].
pub(super) type ShapeId = usize;

/// The rules of one version of one format.
#[derive(Debug, Default)]
pub(super) struct Rules {
    shapes: Vec<Shape>,
    root: ShapeId,
}

impl Rules {
    pub(super) const fn new(shapes: Vec<Shape>, root: ShapeId) -> Self {
        Self { shapes, root }
    }

    /// The shape of the document as a whole.
    pub(super) const fn root(&self) -> ShapeId {
        self.root
    }

    /// The shapes a document may come to be held against.
    pub(super) fn reachable(&self) -> HashSet<ShapeId> {
        let mut found = HashSet::new();
        let mut open = vec![self.root];
        while let Some(id) = open.pop() {
            if found.insert(id) {
                self.shape(id).parts(&mut open);
            }
        }
        found
    }

    /// The shape of that number; one that allows everything when there is none.
    pub(super) fn shape(&self, id: ShapeId) -> &Shape {
        static ANYTHING: Shape = Shape::ANYTHING;
        self.shapes.get(id).unwrap_or(&ANYTHING)
    }
}

/// What one value may be. Each part speaks only of values of its own kind: a text rule says nothing of a number.
#[derive(Debug, Default)]
pub(super) struct Shape {
    /// Nothing fits.
    pub(super) never: bool,
    /// The kinds of value allowed; every kind when `None`.
    pub(super) kinds: Option<Kinds>,
    /// The values allowed.
    pub(super) values: Option<Box<Values>>,
    /// For strings.
    pub(super) text: Option<Box<TextRule>>,
    /// For numbers: least and greatest.
    pub(super) range: Option<Span<f64>>,
    /// For arrays.
    pub(super) list: Option<Box<ListRule>>,
    /// For objects.
    pub(super) object: Option<Box<ObjectRule>>,
    /// Conditions made of other shapes for the same value.
    pub(super) joints: Vec<Joint>,
}

impl Shape {
    const ANYTHING: Self = Self {
        never: false,
        kinds: None,
        values: None,
        text: None,
        range: None,
        list: None,
        object: None,
        joints: Vec::new(),
    };

    /// The other shape, when this one only says "like that one".
    pub(super) fn alias(&self) -> Option<ShapeId> {
        let plain = !self.never
            && self.kinds.is_none()
            && self.values.is_none()
            && self.text.is_none()
            && self.range.is_none()
            && self.list.is_none()
            && self.object.is_none();
        match self.joints.as_slice() {
            [Joint::All(only)] if plain => Some(*only),
            _ => None,
        }
    }

    /// Adds the shapes that this one names.
    fn parts(&self, found: &mut Vec<ShapeId>) {
        found.extend(self.joints.iter().flat_map(Joint::parts));
        if let Some(list) = &self.list {
            found.extend(list.each.iter().chain(&list.first));
        }
        if let Some(object) = &self.object {
            found.extend(object.members.values());
            if let Others::Like(id) = object.others {
                found.push(id);
            }
        }
    }

    /// Whether every value fits.
    pub(super) fn allows_everything(&self) -> bool {
        self.joints.is_empty() && {
            let Self { never, kinds, values, text, range, list, object, .. } = self;
            !never
                && kinds.is_none()
                && values.is_none()
                && text.is_none()
                && range.is_none()
                && list.is_none()
                && object.is_none()
        }
    }
}

/// A set of kinds of JSON values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Kinds(u8);

impl Kinds {
    pub(super) const NULL: Self = Self(1);
    pub(super) const BOOL: Self = Self(2);
    /// A number without a fraction, however it is written.
    pub(super) const INTEGER: Self = Self(4);
    /// A number with a fraction.
    pub(super) const FRACTION: Self = Self(8);
    pub(super) const TEXT: Self = Self(16);
    pub(super) const LIST: Self = Self(32);
    pub(super) const OBJECT: Self = Self(64);

    /// Whether one of `other` is in the set.
    pub(super) const fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// The kinds in words, for a sentence.
    pub(super) fn words(self) -> String {
        let number = if self.has(Self::FRACTION) { "a number" } else { "an integer" };
        let all = [
            (Self::NULL, "null"),
            (Self::BOOL, "true or false"),
            (Self::INTEGER, number),
            (Self::TEXT, "a string"),
            (Self::LIST, "an array"),
            (Self::OBJECT, "an object"),
        ];
        let words: Vec<&str> = all.into_iter().filter(|(kind, _)| self.has(*kind)).map(|(_, w)| w).collect();
        words.join(" or ")
    }
}

impl BitOr for Kinds {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// A closed interval; an end that is absent does not bound.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Span<T> {
    pub(super) least: Option<T>,
    pub(super) most: Option<T>,
}

impl<T: PartialOrd + Copy> Span<T> {
    /// Whether the value lies inside.
    pub(super) fn holds(&self, value: T) -> bool {
        self.least.is_none_or(|least| value >= least) && self.most.is_none_or(|most| value <= most)
    }
}

/// A list of values.
#[derive(Debug, Default)]
pub(super) struct Values {
    /// Those that are strings.
    pub(super) texts: HashSet<Box<str>>,
    /// The others: numbers, true, false and null.
    pub(super) others: Vec<Value>,
}

impl Values {
    pub(super) fn of(values: Vec<Value>) -> Self {
        let mut all = Self::default();
        for value in values {
            match value.as_str() {
                Some(text) => drop(all.texts.insert(text.into())),
                None => all.others.push(value),
            }
        }
        all
    }
}

/// What a string must look like.
#[derive(Debug, Default)]
pub(super) struct TextRule {
    /// Its length in characters.
    pub(super) length: Option<Span<usize>>,
    /// Expressions that must match somewhere.
    pub(super) like: Vec<Regex>,
    /// Expressions that must match nowhere.
    pub(super) unlike: Vec<Regex>,
    /// The named format it must have.
    pub(super) format: Option<Format>,
}

/// What an array must look like.
#[derive(Debug, Default)]
pub(super) struct ListRule {
    /// The shape of every item, after those of `first`.
    pub(super) each: Option<ShapeId>,
    /// The shapes of the first items, by position.
    pub(super) first: Vec<ShapeId>,
    /// The number of items.
    pub(super) size: Option<Span<usize>>,
    /// Whether no two items may be equal.
    pub(super) unique: bool,
}

/// What an object must look like.
#[derive(Debug, Default)]
pub(super) struct ObjectRule {
    /// Members by name.
    pub(super) members: HashMap<Box<str>, ShapeId>,
    /// Members that must be there; at most 64.
    pub(super) need: Vec<Box<str>>,
    /// What other members may be.
    pub(super) others: Others,
    /// The number of members.
    pub(super) count: Option<Span<usize>>,
}

/// Members that are not named.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum Others {
    /// Anything may be there.
    #[default]
    Open,
    /// None may be there.
    Closed,
    /// Each has that shape.
    Like(ShapeId),
}

/// A condition made of other shapes.
#[derive(Debug)]
pub(super) enum Joint {
    /// The value has that shape as well.
    All(ShapeId),
    /// At least one fits.
    Some(Vec<ShapeId>),
    /// Exactly one fits.
    One(Vec<ShapeId>),
    /// It does not fit.
    Not(ShapeId),
    /// When the first fits the second must, else the third.
    When([ShapeId; 3]),
}

impl Joint {
    /// The shapes it is made of.
    pub(super) fn parts(&self) -> &[ShapeId] {
        match self {
            Self::All(one) | Self::Not(one) => std::slice::from_ref(one),
            Self::Some(parts) | Self::One(parts) => parts,
            Self::When(parts) => parts,
        }
    }
}
