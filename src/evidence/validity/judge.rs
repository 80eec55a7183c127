//! Holds one value after another against the rules and settles the choices.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::rc::Rc;

use serde_json::Value;

use super::ViolationKind as Kind;
use super::plan::{Edge, Goal, Plan, Planner, Step};
use super::rules::{Joint, Kinds, Rules, Shape, TextRule};
use super::violations::{Violations, shown};

/// A value without parts.
#[derive(Debug, Clone, Copy)]
pub(super) enum Scalar<'a> {
    Null,
    Bool(bool),
    /// A number without a fraction that fits here.
    Integer(i128),
    Float(f64),
    Text(&'a str),
}

impl Scalar<'_> {
    pub(super) fn kind(self) -> Kinds {
        match self {
            Self::Null => Kinds::NULL,
            Self::Bool(_) => Kinds::BOOL,
            Self::Integer(_) => Kinds::INTEGER,
            Self::Float(number) if number.fract() == 0.0 => Kinds::INTEGER,
            Self::Float(_) => Kinds::FRACTION,
            Self::Text(_) => Kinds::TEXT,
        }
    }

    /// Equal values have equal digests: `1` and `1.0` are one number.
    pub(super) fn digest(self) -> u64 {
        #[expect(clippy::cast_possible_truncation, reason = "a number without a fraction, inside the range")]
        match self {
            Self::Null => digest(&0_u8),
            Self::Bool(value) => digest(&(1_u8, value)),
            Self::Integer(number) => digest(&(2_u8, number)),
            Self::Float(number) if number.fract() == 0.0 && number.abs() < 1e30 => {
                digest(&(2_u8, number as i128))
            }
            Self::Float(number) => digest(&(3_u8, number.to_bits())),
            Self::Text(text) => digest(&(4_u8, text)),
        }
    }

    fn number(self) -> Option<f64> {
        #[expect(
            clippy::cast_precision_loss,
            reason = "bounds are small; a rounded huge number is still huge"
        )]
        match self {
            Self::Integer(number) => Some(number as f64),
            Self::Float(number) => Some(number),
            Self::Null | Self::Bool(_) | Self::Text(_) => None,
        }
    }

    fn equals(self, value: &Value) -> bool {
        match self {
            Self::Null => value.is_null(),
            Self::Bool(flag) => value.as_bool() == Some(flag),
            Self::Integer(_) | Self::Float(_) => self.number().is_some() && self.number() == value.as_f64(),
            Self::Text(text) => value.as_str() == Some(text),
        }
    }
}

/// A digest for telling equal values apart from others.
pub(super) fn digest(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// Which of the active shapes a value does not fit; empty when it fits all.
#[derive(Debug, Clone, Default)]
pub(super) struct Misfits(Vec<bool>);

impl Misfits {
    pub(super) fn set(&mut self, at: usize) {
        if self.0.len() <= at {
            self.0.resize(at + 1, false);
        }
        if let Some(slot) = self.0.get_mut(at) {
            *slot = true;
        }
    }

    pub(super) fn get(&self, at: usize) -> bool {
        self.0.get(at).copied().unwrap_or(false)
    }
}

/// The rules at work on one document.
#[derive(Debug)]
pub(super) struct Judge<'r> {
    rules: &'r Rules,
    planner: Planner<'r>,
    pub(super) violations: Violations,
    /// JSON pointer (RFC 6901) of the value at hand.
    path: String,
}

impl<'r> Judge<'r> {
    pub(super) fn new(rules: &'r Rules) -> Self {
        let violations = Violations::default();
        Self { rules, planner: Planner::new(rules), violations, path: String::new() }
    }

    pub(super) fn root(&mut self) -> Rc<Plan> {
        self.planner.root()
    }

    /// Goes down to a member or item; the answer goes to [`Judge::leave`].
    pub(super) fn enter(&mut self, plan: &Rc<Plan>, step: Step<'_>) -> (Rc<Edge>, usize) {
        let above = self.path.len();
        self.path.push('/');
        match step {
            Step::Member(name) if name.contains(['~', '/']) => {
                self.path.push_str(&name.replace('~', "~0").replace('/', "~1"));
            }
            Step::Member(name) => self.path.push_str(name),
            Step::Item(at) => self.path.push_str(&at.to_string()),
        }
        (self.planner.edge(plan, step), above)
    }

    /// Comes back from a member or item.
    pub(super) fn leave(&mut self, above: usize) {
        self.path.truncate(above);
    }

    /// Notes a misfit of an active shape; it counts as a violation where the shape is no part of a choice.
    pub(super) fn misfit(
        &mut self,
        goal: Goal,
        at: (usize, &mut Misfits),
        kind: Kind,
        message: impl FnOnce(&Shape) -> String,
    ) {
        at.1.set(at.0);
        if goal.loud {
            let (path, shape) = (&self.path, self.rules.shape(goal.shape));
            self.violations.add(kind, || (path.clone(), message(shape)));
        }
    }

    /// Holds a value without parts against the plan.
    pub(super) fn scalar(&mut self, plan: &Plan, value: Scalar<'_>) -> Misfits {
        let mut misfits = Misfits::default();
        for (at, goal) in plan.active.iter().enumerate() {
            let shape = self.rules.shape(goal.shape);
            if !self.kind_fits(*goal, (at, &mut misfits), value.kind()) {
                continue;
            }
            if let Some((kind, message)) = scalar_fault(shape, value) {
                self.misfit(*goal, (at, &mut misfits), kind, |_| message);
            }
        }
        self.settle(plan, misfits)
    }

    /// Whether the kind of value is allowed at all.
    pub(super) fn kind_fits(&mut self, goal: Goal, at: (usize, &mut Misfits), kind: Kinds) -> bool {
        let shape = self.rules.shape(goal.shape);
        if shape.never {
            self.misfit(goal, at, Kind::UnknownMember, |_| "nothing may stand here".to_owned());
            return false;
        }
        if shape.kinds.is_some_and(|kinds| !kinds.has(kind)) {
            self.misfit(goal, at, Kind::WrongType, |shape| {
                let wanted = shape.kinds.map(Kinds::words).unwrap_or_default();
                format!("{} stands where {wanted} is wanted", kind.words())
            });
            return false;
        }
        if shape.values.is_some() && kind.has(Kinds::LIST | Kinds::OBJECT) {
            let text = "an array or object stands where one of a list of values is wanted";
            self.misfit(goal, at, Kind::NotListed, |_| text.to_owned());
            return false;
        }
        true
    }

    pub(super) fn shape(&self, goal: Goal) -> &'r Shape {
        self.rules.shape(goal.shape)
    }

    /// Settles the joints of a value that has been read, and tells which goals it does not fit.
    pub(super) fn settle(&mut self, plan: &Plan, mut misfits: Misfits) -> Misfits {
        if plan.active.len() == plan.goals && plan.parts.iter().all(Vec::is_empty) {
            return misfits;
        }
        let mut settled = vec![false; plan.active.len()];
        for at in 0..plan.active.len() {
            self.settle_one(plan, at, &mut misfits, &mut settled);
        }
        misfits
    }

    /// Parts first; a shape is marked before its parts are looked at, so that a loop in the rules ends.
    fn settle_one(&mut self, plan: &Plan, at: usize, misfits: &mut Misfits, settled: &mut [bool]) {
        match settled.get_mut(at) {
            Some(done) if !*done => *done = true,
            _ => return,
        }
        let (Some(goal), Some(joints)) = (plan.active.get(at), plan.parts.get(at)) else { return };
        for (joint, parts) in self.rules.shape(goal.shape).joints.iter().zip(joints) {
            for part in parts {
                self.settle_one(plan, *part, misfits, settled);
            }
            if let Some(message) = joint_fault(joint, parts, misfits) {
                misfits.set(at);
                if goal.loud && !matches!(joint, Joint::All(_)) {
                    let path = &self.path;
                    self.violations.add(Kind::NoFormFits, || (path.clone(), message));
                }
            }
        }
    }
}

/// What is wrong with a joint, given which parts do not fit.
fn joint_fault(joint: &Joint, parts: &[usize], misfits: &Misfits) -> Option<String> {
    let fitting = parts.iter().filter(|part| !misfits.get(**part)).count();
    let holds = match joint {
        Joint::All(_) => fitting == parts.len(),
        Joint::Some(_) => fitting > 0,
        Joint::One(_) => fitting == 1,
        Joint::Not(_) => fitting == 0,
        Joint::When(_) => {
            let fits = |at: usize| parts.get(at).is_some_and(|part| !misfits.get(*part));
            if fits(0) { fits(1) } else { fits(2) }
        }
    };
    let forms = parts.len();
    (!holds).then(|| match joint {
        Joint::One(_) if fitting > 1 => {
            format!("fits {fitting} of the {forms} forms that exclude one another")
        }
        Joint::Some(_) | Joint::One(_) => format!("fits none of the {forms} forms that are allowed here"),
        Joint::Not(_) => "has a form that is not allowed here".to_owned(),
        Joint::All(_) | Joint::When(_) => "does not fit what its other members call for".to_owned(),
    })
}

/// What is wrong with a value without parts, its kind aside.
fn scalar_fault(shape: &Shape, value: Scalar<'_>) -> Option<(Kind, String)> {
    if let Some(values) = &shape.values {
        let listed = if let Scalar::Text(text) = value {
            values.texts.contains(text)
        } else {
            values.others.iter().any(|v| value.equals(v))
        };
        if !listed {
            return Some((Kind::NotListed, not_listed(value)));
        }
    }
    if let (Some(range), Some(number)) = (&shape.range, value.number())
        && !range.holds(number)
    {
        return Some((Kind::OutOfRange, format!("{number} lies outside the range that is allowed")));
    }
    let (Some(rule), Scalar::Text(text)) = (&shape.text, value) else { return None };
    text_fault(rule, text)
}

fn not_listed(value: Scalar<'_>) -> String {
    let shown = match value {
        Scalar::Text(text) => shown(text),
        Scalar::Null => "null".to_owned(),
        Scalar::Bool(flag) => flag.to_string(),
        Scalar::Integer(number) => number.to_string(),
        Scalar::Float(number) => number.to_string(),
    };
    format!("{shown} is not one of the values this version of the format lists")
}

fn text_fault(rule: &TextRule, text: &str) -> Option<(Kind, String)> {
    if rule.length.is_some_and(|length| !length.holds(text.chars().count())) {
        return Some((Kind::OutOfRange, format!("{} is too short or too long", shown(text))));
    }
    let like = rule.like.iter().all(|regex| regex.is_match(text));
    if !like || rule.unlike.iter().any(|regex| regex.is_match(text)) {
        return Some((Kind::BadForm, format!("{} is not written the way it has to be", shown(text))));
    }
    let format = rule.format.filter(|format| !format.fits(text))?;
    Some((Kind::BadForm, format!("{} is not {}", shown(text), format.words())))
}
