//! Judges an expression by lists of what is allowed, denied and to be reviewed, and says which part decided.

use serde::{Deserialize, Serialize};

use super::{Confidence, Family, LicenceExpression, Node, Term};
use crate::base::UnixMillis;

/// The answer about one licence or a whole expression. Ordered from good to bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// May be used.
    Allowed,
    /// A person has to look.
    Review,
    /// Not known which licence holds, or no list names it.
    Unknown,
    /// Must not be used.
    Denied,
}

/// What a list names: an identifier (perhaps with an exception, `GPL-2.0-only WITH Classpath-exception-2.0`), or a
/// whole family.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Selector {
    /// One licence.
    Id(String),
    /// A family.
    Family(Family),
}

/// Which licences may be used. An identifier outweighs a family, and of equals the stricter list wins.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LicencePolicy {
    /// May be used.
    pub allow: Vec<Selector>,
    /// Must not be used.
    pub deny: Vec<Selector>,
    /// A person has to look.
    pub review: Vec<Selector>,
    /// Components that are excepted, each for a reason.
    pub exceptions: Vec<LicenceException>,
}

/// A component that may be used against the lists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LicenceException {
    /// The package URL with or without version, or the name.
    pub component: String,
    /// The licence it is excepted from, as the expression or one of its terms; any when absent.
    #[serde(default)]
    pub licence: Option<String>,
    /// Why.
    pub reason: String,
    /// Who decided.
    pub approver: String,
    /// From this instant on it no longer holds.
    pub expires: UnixMillis,
}

/// What is wrong with a policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// An identifier that is not on the SPDX list and no `LicenseRef-`.
    #[error("`{0}` is no licence identifier of the SPDX list; write LicenseRef-… for one of your own")]
    UnknownId(String),
    /// An exception without a reason or approver.
    #[error("the exception for `{0}` needs a reason and an approver")]
    Unexplained(String),
}

/// The answer, with everything that led to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Decision {
    /// The answer.
    pub verdict: Verdict,
    /// The licences that decided, each with what the policy says of it.
    pub why: Vec<Reason>,
    /// The exception that was used, or would have been had it not expired.
    pub exception: Option<ExceptionUse>,
}

/// Why one licence mattered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// The licence.
    pub licence: String,
    /// What the policy says of it.
    pub verdict: Verdict,
    /// One sentence for people.
    pub text: String,
}

/// What became of an exception.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ExceptionUse {
    /// It holds, and made the verdict.
    Used(LicenceException),
    /// It held until its expiry.
    Expired(LicenceException),
}

impl Selector {
    fn is_id(&self, text: &str) -> bool {
        matches!(self, Self::Id(id) if id.eq_ignore_ascii_case(text))
    }
}

impl LicencePolicy {
    /// Checks every identifier and exception.
    ///
    /// # Errors
    /// With every problem found.
    pub fn check(&self) -> Result<(), Vec<PolicyError>> {
        let mut errors = Vec::new();
        for selector in self.allow.iter().chain(&self.deny).chain(&self.review) {
            if let Selector::Id(id) = selector {
                let read = super::parse(id);
                if read.nodes.len() != 1 || read.confidence != Confidence::Exact {
                    errors.push(PolicyError::UnknownId(id.clone()));
                }
            }
        }
        let unexplained = |e: &&LicenceException| e.reason.trim().is_empty() || e.approver.trim().is_empty();
        errors.extend(
            self.exceptions.iter().filter(unexplained).map(|e| PolicyError::Unexplained(e.component.clone())),
        );
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }

    /// What the lists say of one licence, and by what.
    fn judge(&self, term: &Term) -> (Verdict, String) {
        let lists =
            [(Verdict::Denied, &self.deny), (Verdict::Review, &self.review), (Verdict::Allowed, &self.allow)];
        let find = |test: &dyn Fn(&Selector) -> bool| {
            lists.iter().find_map(|(verdict, list)| list.iter().any(test).then_some(*verdict))
        };
        let (verdict, by) = if let Some(verdict) = find(&|s| s.is_id(&term.text)) {
            (verdict, "by its identifier".to_owned())
        } else if let Some(verdict) =
            term.id.filter(|_| term.exception.is_none()).and_then(|id| find(&|s| s.is_id(id)))
        {
            (verdict, "by its identifier".to_owned())
        } else if let Some(verdict) = find(&|s| *s == Selector::Family(term.family)) {
            (verdict, format!("as {}", term.family.as_str()))
        } else {
            (Verdict::Unknown, format!("no list names it ({})", term.family.as_str()))
        };
        match (term.confidence, verdict) {
            // a guess is good enough to stop something, never to let it pass
            (Confidence::Guessed, Verdict::Allowed) => {
                (Verdict::Review, format!("{by}, but `{}` is only a guess", term.text))
            }
            (Confidence::Exact | Confidence::Normalised | Confidence::Guessed | Confidence::None, _) => {
                (verdict, by)
            }
        }
    }
}

/// A partial answer on the way through an expression.
struct Partial {
    verdict: Verdict,
    why: Vec<Reason>,
}

/// Judges an expression of a component at an instant. `component` holds every name exceptions may use: package URLs
/// with and without version, and the plain name.
pub fn evaluate(
    expression: &LicenceExpression,
    policy: &LicencePolicy,
    component: &[&str],
    at: UnixMillis,
) -> Decision {
    let mut stack: Vec<Partial> = Vec::new();
    for node in &expression.nodes {
        let partial = match node {
            Node::Term(term) => Some(of_term(term, policy)),
            Node::And => pair(&mut stack).map(|(left, right)| both(left, right)),
            Node::Or => pair(&mut stack).map(|(left, right)| either(left, right)),
        };
        stack.extend(partial);
    }
    let Partial { verdict, why } = stack.pop().unwrap_or_else(|| unread(expression));
    let mut decision = Decision { verdict, why, exception: None };
    if verdict != Verdict::Allowed {
        except(&mut decision, expression, policy, (component, at));
    }
    decision
}

fn pair(stack: &mut Vec<Partial>) -> Option<(Partial, Partial)> {
    let right = stack.pop()?;
    Some((stack.pop()?, right))
}

fn of_term(term: &Term, policy: &LicencePolicy) -> Partial {
    let (verdict, by) = policy.judge(term);
    let text = format!("`{}` is {}: {by}", term.text, verdict.word());
    Partial { verdict, why: vec![Reason { licence: term.text.clone(), verdict, text }] }
}

fn unread(expression: &LicenceExpression) -> Partial {
    let problem = expression.problem.as_deref().unwrap_or("no licence is stated");
    let text = if expression.raw.is_empty() {
        problem.to_owned()
    } else {
        format!("`{}`: {problem}", expression.raw)
    };
    let why = vec![Reason { licence: expression.raw.clone(), verdict: Verdict::Unknown, text }];
    Partial { verdict: Verdict::Unknown, why }
}

/// Both hold: the worse one decides.
fn both(left: Partial, right: Partial) -> Partial {
    if left.verdict == right.verdict {
        return Partial { verdict: left.verdict, why: joined(left.why, right.why) };
    }
    let mut worse = if left.verdict > right.verdict { left } else { right };
    said(&mut worse.why, "; it holds together with the others");
    worse
}

/// One may be chosen: the better one decides.
fn either(left: Partial, right: Partial) -> Partial {
    if left.verdict == right.verdict && left.verdict != Verdict::Allowed {
        return Partial { verdict: left.verdict, why: joined(left.why, right.why) };
    }
    let mut better = if left.verdict <= right.verdict { left } else { right };
    said(&mut better.why, "; it may be chosen instead of the others");
    better
}

/// Appends the shorter list, so that long chains stay cheap.
fn joined(mut left: Vec<Reason>, mut right: Vec<Reason>) -> Vec<Reason> {
    if left.len() < right.len() {
        right.append(&mut left);
        return right;
    }
    left.append(&mut right);
    left
}

/// Says once how a licence came to decide.
fn said(why: &mut [Reason], how: &str) {
    for reason in why.iter_mut().filter(|reason| !reason.text.contains("; it ")) {
        reason.text.push_str(how);
    }
}

fn except(
    decision: &mut Decision,
    expression: &LicenceExpression,
    policy: &LicencePolicy,
    (component, at): (&[&str], UnixMillis),
) {
    let names = |licence: &str| {
        licence == expression.raw || decision.why.iter().all(|reason| reason.licence == licence)
    };
    let fits = |e: &&LicenceException| {
        component.contains(&e.component.as_str()) && e.licence.as_deref().is_none_or(names)
    };
    let found: Vec<&LicenceException> = policy.exceptions.iter().filter(fits).collect();
    if let Some(holds) = found.iter().find(|e| at < e.expires) {
        decision.verdict = Verdict::Allowed;
        decision.exception = Some(ExceptionUse::Used((*holds).clone()));
    } else if let Some(last) = found.into_iter().max_by_key(|e| e.expires) {
        decision.exception = Some(ExceptionUse::Expired(last.clone()));
    }
}

impl Verdict {
    /// The word in messages.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Review => "to be reviewed",
            Self::Unknown => "unknown",
            Self::Denied => "denied",
        }
    }
}
