//! Reads predicates by hand, because derived untagged enums can only say "did not match any variant".

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

use crate::controls::predicate::{FieldTest, Operand, Predicate};

/// The comparisons a `path` may carry.
pub(crate) const OPERATORS: &[&str] = &[
    "eq",
    "ne",
    "in",
    "not_in",
    "exists",
    "absent",
    "at_least",
    "at_most",
    "older_than",
    "newer_than",
    "matches",
];

/// The forms that need no `path`.
const FORMS: &[&str] = &["all", "any", "none", "count", "share", "join"];

/// One key of a predicate, checked before its value is looked at.
struct Key(String);

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let key = String::deserialize(deserializer)?;
        if key == "path" || OPERATORS.contains(&key.as_str()) || FORMS.contains(&key.as_str()) {
            return Ok(Self(key));
        }
        let known = OPERATORS.iter().chain(FORMS).copied().collect::<Vec<_>>();
        let hint = nearest(&key, &known).map_or_else(String::new, |near| format!("did you mean `{near}`? "));
        Err(D::Error::custom(format!("unknown operator `{key}`: {hint}one of {}", known.join(", "))))
    }
}

/// The known word closest to a misspelt one, when it is close enough to be a slip.
pub(crate) fn nearest<'w>(word: &str, known: &[&'w str]) -> Option<&'w str> {
    if word.len() > 64 {
        return None;
    }
    known
        .iter()
        .map(|candidate| (distance(word, candidate), *candidate))
        .filter(|(steps, candidate)| *steps <= 1 + candidate.len() / 5)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Levenshtein distance, on the bytes of two short words.
fn distance(left: &str, right: &str) -> usize {
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.bytes().enumerate() {
        let mut diagonal = i;
        let mut before = i + 1;
        for (j, b) in right.bytes().enumerate() {
            let above = row.get(j + 1).copied().unwrap_or(usize::MAX - 1);
            let best = (diagonal + usize::from(a != b)).min(before + 1).min(above + 1);
            diagonal = above;
            if let Some(cell) = row.get_mut(j) {
                *cell = before;
            }
            before = best;
        }
        if let Some(last) = row.last_mut() {
            *last = before;
        }
    }
    row.last().copied().unwrap_or_default()
}

struct PredicateVisitor;

impl<'de> Deserialize<'de> for Predicate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(PredicateVisitor)
    }
}

impl<'de> Visitor<'de> for PredicateVisitor {
    type Value = Predicate;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a condition: a `path` with one operator, or one of all, any, none, count, share, join")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Predicate, A::Error> {
        let mut draft = Draft::default();
        while let Some(Key(key)) = map.next_key()? {
            if draft.keys.contains(&key) {
                return Err(A::Error::custom(format!("`{key}` is given twice")));
            }
            draft.take(&key, &mut map)?;
            draft.keys.push(key);
        }
        draft.finish().map_err(A::Error::custom)
    }
}

/// What was read so far.
#[derive(Default)]
struct Draft {
    keys: Vec<String>,
    field: FieldTest,
    form: Option<Predicate>,
}

impl Draft {
    fn take<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "path" => self.field.path = map.next_value()?,
            "eq" => self.field.eq = Some(map.next_value()?),
            "ne" => self.field.ne = Some(map.next_value()?),
            "in" => self.field.within = Some(map.next_value()?),
            "not_in" => self.field.not_in = Some(map.next_value()?),
            "exists" => self.field.exists = Some(map.next_value()?),
            "absent" => self.field.absent = Some(map.next_value()?),
            "at_least" => self.field.at_least = Some(map.next_value()?),
            "at_most" => self.field.at_most = Some(map.next_value()?),
            "older_than" => self.field.older_than = Some(map.next_value()?),
            "newer_than" => self.field.newer_than = Some(map.next_value()?),
            "matches" => self.field.matches = Some(map.next_value()?),
            form => self.form = Some(Self::form(form, map)?),
        }
        Ok(())
    }

    fn form<'de, A: MapAccess<'de>>(form: &str, map: &mut A) -> Result<Predicate, A::Error> {
        Ok(match form {
            "all" => Predicate::All { all: map.next_value()? },
            "any" => Predicate::Any { any: map.next_value()? },
            "none" => Predicate::None { none: map.next_value()? },
            "count" => Predicate::Count { count: map.next_value()? },
            "share" => Predicate::Share { share: map.next_value()? },
            _ => Predicate::Join { join: map.next_value()? },
        })
    }

    fn finish(self) -> Result<Predicate, String> {
        let has_path = self.keys.iter().any(|k| k == "path");
        if let Some(form) = self.form {
            return match self.keys.as_slice() {
                [_] => Ok(form),
                keys => Err(format!("a condition has one form, but here are {}", quoted(keys))),
            };
        }
        let operators: Vec<String> = self.keys.into_iter().filter(|k| k != "path").collect();
        match (has_path, operators.as_slice()) {
            (true, [_]) => Ok(Predicate::Field(self.field)),
            (true, []) => Err(format!("`path` needs one operator: {}", OPERATORS.join(", "))),
            (true, many) => {
                Err(format!("`path` takes exactly one operator, but here are {}: use `all`", quoted(many)))
            }
            (false, []) => Err("an empty condition: give a `path` with one operator, or a form".to_owned()),
            (false, many) => Err(format!("{} needs a `path` to compare", quoted(many))),
        }
    }
}

fn quoted(keys: &[String]) -> String {
    keys.iter().map(|k| format!("`{k}`")).collect::<Vec<_>>().join(", ")
}

struct OperandVisitor;

impl<'de> Deserialize<'de> for Operand {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OperandVisitor)
    }
}

impl Visitor<'_> for OperandVisitor {
    type Value = Operand;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("true, false, a number or words")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Operand, E> {
        Ok(Operand::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Operand, E> {
        Ok(Operand::Int(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Operand, E> {
        i64::try_from(value).map(Operand::Int).map_err(|_| E::custom(format!("{value} is too large")))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Operand, E> {
        Ok(Operand::Num(value))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Operand, E> {
        Ok(Operand::Text(value.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<Predicate, String> {
        serde_json::from_str(json).map_err(|e| e.to_string())
    }

    #[test]
    fn every_form_survives_writing_and_reading() {
        let forms = [
            r#"{"all":[{"path":"a","eq":true},{"path":"b","ne":"x"}]}"#,
            r#"{"any":[{"path":"a","in":[1,"x"]},{"path":"b","not_in":[2.5]}]}"#,
            r#"{"none":[{"path":"a","exists":true},{"path":"a","absent":true}]}"#,
            r#"{"count":{"of":"accounts","where":{"path":"id","matches":"a+"},"at_most":0}}"#,
            r#"{"share":{"of":"components","where":{"path":"t","older_than":"1d"},"at_least":0.9}}"#,
            r#"{"join":{"of":"a","with":"b","on":"id"}}"#,
            r#"{"path":"t","newer_than":"1mo"}"#,
            r#"{"path":"n","at_least":1.0}"#,
            r#"{"path":"n","at_most":2.0}"#,
        ];

        for form in forms {
            assert_eq!(serde_json::to_string(&read(form).unwrap()).unwrap(), form);
        }
    }

    #[test]
    fn an_unknown_operator_is_named_with_the_one_that_was_meant() {
        let error = read(r#"{"path":"a","at_lest":3}"#).unwrap_err();

        assert!(
            error.contains("unknown operator `at_lest`: did you mean `at_least`? one of eq, ne"),
            "{error}"
        );
    }

    #[test]
    fn exactly_one_operator_or_form_is_taken() {
        assert!(read(r#"{"path":"a"}"#).unwrap_err().contains("needs one operator"));
        assert!(read(r#"{"path":"a","eq":1,"ne":2}"#).unwrap_err().contains("here are `eq`, `ne`"));
        assert!(read(r#"{"eq":1}"#).unwrap_err().contains("`eq` needs a `path`"));
        assert!(read("{}").unwrap_err().contains("an empty condition"));
        assert!(read(r#"{"all":[],"path":"a"}"#).unwrap_err().contains("one form"));
        assert!(read(r#"{"path":"a","path":"b","eq":1}"#).unwrap_err().contains("given twice"));
    }

    #[test]
    fn distances_are_small_for_slips_only() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(nearest("mfaa", &["mfa", "name"]), Some("mfa"));
        assert_eq!(nearest("zzz", &["mfa", "name"]), None);
    }
}
