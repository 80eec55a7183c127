//! Gives each comparison its typed operator, or says why it does not fit the field.

use regex::{Regex, RegexBuilder};

use crate::controls::catalog::Step;
use crate::controls::predicate::FieldTest;
use crate::controls::{FieldType, Operand};

use super::resolve::{Ground, Resolved};
use super::{Compare, Compiler, Op};

/// Longest regular expression.
const MAX_PATTERN: usize = 200;
/// Most bytes a compiled expression may take.
const MAX_COMPILED: usize = 256 * 1024;
/// Most alternatives in `in` and `not_in`.
const MAX_ALTERNATIVES: usize = 200;

impl Compiler {
    pub(super) fn compare(&mut self, test: &FieldTest, ground: Ground) -> Option<Compare> {
        let found = match ground.resolve(&test.path) {
            Ok(found) => found,
            Err(message) => {
                self.within(Step::Key("path"), |c| c.problem("unknown-path", message));
                return None;
            }
        };
        let op = self.operator(test, found)?;
        let Resolved { scope, field, kind, counts_records } = found;
        Some(Compare { scope, field, kind, op, counts_records })
    }

    /// The one operator. Reading made sure there is exactly one; a test built in code may have none.
    fn operator(&mut self, test: &FieldTest, found: Resolved) -> Option<Op> {
        if let Some(value) = &test.eq {
            return self.operand("eq", value, found).map(Op::Eq);
        }
        if let Some(value) = &test.ne {
            return self.operand("ne", value, found).map(Op::Ne);
        }
        if let Some(values) = &test.within {
            return self.operands("in", values, found).map(Op::In);
        }
        if let Some(values) = &test.not_in {
            return self.operands("not_in", values, found).map(Op::NotIn);
        }
        if let Some(wanted) = test.exists {
            return Some(if wanted { Op::Exists } else { Op::Absent });
        }
        if let Some(wanted) = test.absent {
            return Some(if wanted { Op::Absent } else { Op::Exists });
        }
        self.ordered(test, found)
    }

    fn ordered(&mut self, test: &FieldTest, found: Resolved) -> Option<Op> {
        if let Some(bound) = test.at_least {
            return self.bound("at_least", bound, found).map(Op::AtLeast);
        }
        if let Some(bound) = test.at_most {
            return self.bound("at_most", bound, found).map(Op::AtMost);
        }
        for (key, span) in [("older_than", &test.older_than), ("newer_than", &test.newer_than)] {
            let Some(span) = span else { continue };
            return self.within(Step::Key(key), |c| {
                c.fits(key, found, &[FieldType::Time])?;
                let period = c.span(span)?;
                Some(if key == "older_than" { Op::OlderThan(period) } else { Op::NewerThan(period) })
            });
        }
        match &test.matches {
            Some(pattern) => self.within(Step::Key("matches"), |c| {
                c.fits("matches", found, &[FieldType::Text])?;
                c.pattern(pattern).map(Op::Matches)
            }),
            None => {
                self.problem("no-operator", format!("`{}` is compared with nothing", test.path));
                None
            }
        }
    }

    fn fits(&mut self, key: &str, found: Resolved, allowed: &[FieldType]) -> Option<()> {
        if allowed.contains(&found.kind) {
            return Some(());
        }
        let message = format!("`{key}` does not fit `{}`: {}", found.field, fitting(found.kind));
        self.problem("wrong-operator", message);
        None
    }

    fn bound(&mut self, key: &'static str, bound: f64, found: Resolved) -> Option<f64> {
        self.within(Step::Key(key), |c| {
            c.fits(key, found, &[FieldType::Number, FieldType::List])?;
            if !bound.is_finite() {
                c.problem("wrong-type", format!("`{key}` needs a number, not {bound}"));
                return None;
            }
            Some(bound)
        })
    }

    fn operand(&mut self, key: &'static str, value: &Operand, found: Resolved) -> Option<Operand> {
        self.within(Step::Key(key), |c| {
            c.fits(key, found, &[FieldType::Bool, FieldType::Number, FieldType::Text])?;
            c.typed(value, found)
        })
    }

    fn operands(&mut self, key: &'static str, values: &[Operand], found: Resolved) -> Option<Vec<Operand>> {
        self.within(Step::Key(key), |c| {
            c.fits(key, found, &[FieldType::Number, FieldType::Text, FieldType::List])?;
            if values.is_empty() || values.len() > MAX_ALTERNATIVES {
                c.problem("empty-list", format!("`{key}` needs between 1 and {MAX_ALTERNATIVES} values"));
                return None;
            }
            let typed: Vec<_> = values
                .iter()
                .enumerate()
                .map(|(i, value)| c.within(Step::Index(i), |c| c.typed(value, found)))
                .collect();
            typed.into_iter().collect()
        })
    }

    fn typed(&mut self, value: &Operand, found: Resolved) -> Option<Operand> {
        let fits = match (found.kind, value) {
            (FieldType::Bool, Operand::Bool(_)) | (FieldType::Text | FieldType::List, Operand::Text(_)) => {
                true
            }
            (FieldType::Number, Operand::Int(_)) => true,
            (FieldType::Number, Operand::Num(n)) => n.is_finite(),
            (
                FieldType::Bool | FieldType::Number | FieldType::Time | FieldType::Text | FieldType::List,
                _,
            ) => false,
        };
        if fits {
            return Some(value.clone());
        }
        let message = format!("`{}` cannot be compared with this value: {}", found.field, wanted(found.kind));
        self.problem("wrong-type", message);
        None
    }

    fn pattern(&mut self, pattern: &str) -> Option<Regex> {
        if pattern.len() > MAX_PATTERN {
            self.problem("bad-pattern", format!("the expression is longer than {MAX_PATTERN} bytes"));
            return None;
        }
        // Compiled alone first: `a)|(b` would otherwise escape from the anchors around it.
        let checked = Self::builder(pattern).and_then(|_| Self::builder(&format!("^(?:{pattern})$")));
        checked.map_err(|error| self.problem("bad-pattern", plain(&error))).ok()
    }

    fn builder(pattern: &str) -> Result<Regex, regex::Error> {
        RegexBuilder::new(pattern)
            .size_limit(MAX_COMPILED)
            .dfa_size_limit(MAX_COMPILED)
            .nest_limit(20)
            .build()
    }
}

fn plain(error: &regex::Error) -> String {
    let text = error.to_string();
    let last = text.lines().last().unwrap_or("it cannot be read").trim_start_matches("error: ");
    format!("the regular expression is not understood: {last}")
}

const fn fitting(kind: FieldType) -> &'static str {
    match kind {
        FieldType::Bool => "it is yes or no, use eq, ne, exists or absent",
        FieldType::Number => "it is a number, use eq, ne, in, not_in, at_least, at_most, exists or absent",
        FieldType::Time => "it is an instant, use older_than, newer_than, exists or absent",
        FieldType::Text => "it is text, use eq, ne, in, not_in, matches, exists or absent",
        FieldType::List => "it is a list, use in, not_in, at_least or at_most (its length), exists or absent",
    }
}

const fn wanted(kind: FieldType) -> &'static str {
    match kind {
        FieldType::Bool => "write true or false",
        FieldType::Number => "write a number",
        FieldType::Time => "it is an instant",
        FieldType::Text | FieldType::List => "write text, in quotes when it looks like a number or like true",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_anchored_bounded_and_cannot_escape_their_anchors() {
        let mut compiler = Compiler::default();

        let regex = compiler.pattern("a|b").unwrap();
        assert!(regex.is_match("b") && !regex.is_match("ab") && !regex.is_match("xa"));

        for bad in ["a)|(b", "(", "(?:a{1000}){1000}", &"x".repeat(201)] {
            assert!(compiler.pattern(bad).is_none(), "{bad} was taken");
        }
        assert_eq!(compiler.problems.len(), 4);
        assert!(compiler.problems.iter().all(|p| p.code == "bad-pattern"));
    }
}
