//! Reads a document value by value, JSON or YAML, and has each judged; nothing of it is kept.

use std::collections::HashSet;
use std::fmt;
use std::rc::Rc;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::ViolationKind as Kind;
use super::judge::{Judge, Misfits, Scalar, digest};
use super::plan::{Edge, Plan, Step};
use super::rules::{Kinds, ListRule, ObjectRule};

/// One value on its way to judgement.
pub(super) struct Place<'j, 'r> {
    pub(super) judge: &'j mut Judge<'r>,
    pub(super) plan: Rc<Plan>,
    /// Whether the value's digest is wanted, because it is inside a list without repetition.
    pub(super) compared: bool,
}

/// What became of a value.
#[derive(Debug, Default)]
pub(super) struct Judged {
    misfits: Misfits,
    /// 0 unless it was wanted.
    digest: u64,
}

impl<'de> DeserializeSeed<'de> for Place<'_, '_> {
    type Value = Judged;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Judged, D::Error> {
        if self.plan.trivial && !self.compared {
            return deserializer.deserialize_ignored_any(IgnoredAny).map(|_| Judged::default());
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Place<'_, '_> {
    type Value = Judged;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Judged, E> {
        Ok(self.scalar(Scalar::Null))
    }

    fn visit_none<E>(self) -> Result<Judged, E> {
        Ok(self.scalar(Scalar::Null))
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Judged, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Judged, E> {
        Ok(self.scalar(Scalar::Bool(value)))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Judged, E> {
        Ok(self.scalar(Scalar::Integer(value.into())))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Judged, E> {
        Ok(self.scalar(Scalar::Integer(value.into())))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Judged, E> {
        Ok(self.scalar(Scalar::Float(value)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Judged, E> {
        Ok(self.scalar(Scalar::Text(value)))
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut seq: A) -> Result<Judged, A::Error> {
        let mut misfits = self.kinds(Kinds::LIST);
        let compared = self.compared || self.plan.unique;
        let mut seen = HashSet::new();
        let (mut size, mut whole, mut repeated) = (0, digest(&5_u8), None);
        loop {
            let (edge, above) = self.judge.enter(&self.plan, Step::Item(size));
            let item =
                seq.next_element_seed(Place { judge: self.judge, plan: Rc::clone(&edge.plan), compared });
            self.judge.leave(above);
            let Some(item) = item? else { break };
            answer(&edge, &item, &mut misfits);
            if self.plan.unique && !seen.insert(item.digest) {
                repeated = repeated.or(Some(size));
            }
            whole = digest(&(whole, item.digest));
            size += 1;
        }
        self.list_ends(&mut misfits, size, repeated);
        Ok(Judged { misfits: self.judge.settle(&self.plan, misfits), digest: whole })
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Judged, A::Error> {
        let mut misfits = self.kinds(Kinds::OBJECT);
        let mut met = vec![0_u64; if self.plan.needs { self.plan.active.len() } else { 0 }];
        let (mut count, mut whole) = (0, 0_u64);
        loop {
            let key = Key { judge: self.judge, plan: &self.plan, compared: self.compared };
            let Some((edge, above, name)) = map.next_key_seed(key)? else { break };
            self.denied(&edge, &mut misfits);
            for (at, place) in &edge.meets {
                if let Some(bits) = met.get_mut(*at) {
                    *bits |= 1_u64.checked_shl(u32::try_from(*place).unwrap_or(64)).unwrap_or(0);
                }
            }
            let value = map.next_value_seed(Place {
                judge: self.judge,
                plan: Rc::clone(&edge.plan),
                compared: self.compared,
            });
            self.judge.leave(above);
            let value = value?;
            answer(&edge, &value, &mut misfits);
            // a sum, because the order of members means nothing
            whole = whole.wrapping_add(digest(&(name, value.digest)));
            count += 1;
        }
        self.object_ends(&mut misfits, &met, count);
        Ok(Judged { misfits: self.judge.settle(&self.plan, misfits), digest: digest(&(6_u8, whole)) })
    }
}

/// Hands what became of a member or item to the shapes above that asked.
fn answer(edge: &Edge, below: &Judged, misfits: &mut Misfits) {
    for (above, goal) in &edge.answers {
        if below.misfits.get(*goal) {
            misfits.set(*above);
        }
    }
}

impl Place<'_, '_> {
    fn scalar(self, value: Scalar<'_>) -> Judged {
        let digest = if self.compared { value.digest() } else { 0 };
        Judged { misfits: self.judge.scalar(&self.plan, value), digest }
    }

    /// Tells every shape the kind of a value with parts.
    fn kinds(&mut self, kind: Kinds) -> Misfits {
        let mut misfits = Misfits::default();
        for (at, goal) in self.plan.active.iter().enumerate() {
            self.judge.kind_fits(*goal, (at, &mut misfits), kind);
        }
        misfits
    }

    fn denied(&mut self, edge: &Edge, misfits: &mut Misfits) {
        for at in &edge.denied {
            let Some(goal) = self.plan.active.get(*at) else { continue };
            self.judge.misfit(*goal, (*at, misfits), Kind::UnknownMember, |_| {
                "this version of the format knows no such member here".to_owned()
            });
        }
    }

    fn list_ends(&mut self, misfits: &mut Misfits, size: usize, repeated: Option<usize>) {
        for (at, goal) in self.plan.active.iter().enumerate() {
            let Some(list) = &self.judge.shape(*goal).list else { continue };
            let ListRule { size: sizes, unique, .. } = &**list;
            if sizes.is_some_and(|sizes| !sizes.holds(size)) {
                let message = format!("{size} items are too few or too many");
                self.judge.misfit(*goal, (at, misfits), Kind::OutOfRange, |_| message);
            }
            if let (true, Some(item)) = (unique, repeated) {
                let message = format!("item {item} repeats an earlier one, and no two may be equal");
                self.judge.misfit(*goal, (at, misfits), Kind::Repeated, |_| message);
            }
        }
    }

    fn object_ends(&mut self, misfits: &mut Misfits, met: &[u64], count: usize) {
        for (at, goal) in self.plan.active.iter().enumerate() {
            let Some(object) = &self.judge.shape(*goal).object else { continue };
            let ObjectRule { need, count: counts, .. } = &**object;
            let bits = met.get(at).copied().unwrap_or_default();
            for (place, name) in need.iter().enumerate() {
                if bits >> place & 1 == 0 {
                    let message = format!("the member `{name}` is missing");
                    self.judge.misfit(*goal, (at, misfits), Kind::MissingMember, |_| message);
                }
            }
            if counts.is_some_and(|counts| !counts.holds(count)) {
                let message = format!("{count} members are too few or too many");
                self.judge.misfit(*goal, (at, misfits), Kind::OutOfRange, |_| message);
            }
        }
    }
}

/// A member's name, looked up without being copied.
struct Key<'k, 'r> {
    judge: &'k mut Judge<'r>,
    plan: &'k Rc<Plan>,
    compared: bool,
}

impl<'de> DeserializeSeed<'de> for Key<'_, '_> {
    /// The way to the member, the length of the path above it, and the name's digest if it is wanted.
    type Value = (Rc<Edge>, usize, u64);

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_, '_> {
    type Value = (Rc<Edge>, usize, u64);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member's name")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Self::Value, E> {
        let (edge, above) = self.judge.enter(self.plan, Step::Member(name));
        Ok((edge, above, if self.compared { digest(&name) } else { 0 }))
    }
}
