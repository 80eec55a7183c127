//! Version ranges in one notation for all ecosystems: `vers:npm/>=1.0.0|<2.0.0`.
//!
//! <https://github.com/package-url/vers-spec>. Constraints are kept as written, sorted by version; overlapping ones are
//! only joined when a version is looked for.

mod native;
mod text;

use std::fmt;

use super::{Scheme, VersionKey};

const PREFIX: &str = "vers:";

/// A range of versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vers {
    kind: String,
    /// Empty means every version.
    constraints: Vec<Constraint>,
}

/// One end of a range, or one version that is in or out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Constraint {
    comparator: Comparator,
    version: String,
    key: Option<VersionKey>,
}

/// How a version stands to the one of a constraint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Comparator {
    /// That version.
    Equal,
    /// Any but that version.
    NotEqual,
    /// Before it.
    Less,
    /// Up to it.
    LessOrEqual,
    /// After it.
    Greater,
    /// From it on.
    GreaterOrEqual,
}

/// Why a text is no version range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VersError {
    /// Neither `vers:TYPE/CONSTRAINTS` nor anything near it.
    #[error("not a VERS: expected vers:TYPE/CONSTRAINT|CONSTRAINT")]
    NotVers,
    /// A space or tab.
    #[error("non-canonical VERS: whitespace is not permitted")]
    Whitespace,
    /// A `|` before the first constraint.
    #[error("non-canonical VERS: leading pipe is not permitted")]
    LeadingPipe,
    /// A `|` after the last constraint.
    #[error("non-canonical VERS: trailing pipe is not permitted")]
    TrailingPipe,
    /// Two `|` with nothing between.
    #[error("non-canonical VERS: consecutive pipes are not permitted")]
    ConsecutivePipes,
    /// A later version before an earlier one.
    #[error("non-canonical VERS: constraints are not sorted by version")]
    NotSorted,
    /// A percent sign without two hexadecimal digits.
    #[error("non-canonical VERS: invalid percent-encoding in version")]
    InvalidEscape,
    /// A percent sign in lower case, or before a character that needs none.
    #[error("non-canonical VERS: percent-encoding in version is not canonical")]
    EscapeNotCanonical,
    /// A point in time with `t` or `z`.
    #[error("non-canonical VERS: datetime must use uppercase T and Z")]
    DatetimeCase,
    /// A point in time with `%3A`.
    #[error("non-canonical VERS: datetime time colons must be unencoded")]
    DatetimeColon,
    /// A constraint without version, or with characters that must be escaped.
    #[error("invalid VERS: a constraint needs a comparator and a version")]
    Constraint,
    /// A range in an ecosystem's own notation that cannot be read.
    #[error("not a version range of this ecosystem")]
    NotNative,
}

impl Vers {
    /// Reads a range leniently: constraints in any order, spaces and empty constraints left out.
    ///
    /// # Errors
    /// [`VersError`] says what is wrong.
    pub fn read(text: &str) -> Result<Self, VersError> {
        let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let (kind, list) = split(&text)?;
        let parts = list.split('|').filter(|part| !part.is_empty());
        let constraints = parts.map(|part| text::constraint(&kind, part)).collect::<Result<Vec<_>, _>>()?;
        Self::new(kind, constraints.into_iter().flatten().collect(), list)
    }

    /// Reads a range that must be in canonical form.
    ///
    /// # Errors
    /// [`VersError`] says what is not canonical.
    pub fn read_canonical(text: &str) -> Result<Self, VersError> {
        if text.contains(char::is_whitespace) {
            return Err(VersError::Whitespace);
        }
        let (kind, list) = split(text)?;
        text::check_pipes(list)?;
        list.split('|').try_for_each(|part| text::check_canonical(&kind, part))?;
        let range = Self::read(text)?;
        let written: Vec<_> =
            list.split('|').map(|part| text::constraint(&kind, part)).collect::<Result<_, _>>()?;
        let sorted = written.into_iter().flatten().eq(range.constraints.iter().cloned());
        if sorted { Ok(range) } else { Err(VersError::NotSorted) }
    }

    /// Reads a range in the notation of its ecosystem, such as npm's `^1.2 || ~2.0`.
    ///
    /// Reads npm, Conan, `RubyGems`, `NuGet`, Maven, `PyPI`, nginx and OpenSSL; anything else as comparators between commas.
    ///
    /// # Errors
    /// [`VersError::NotNative`] when it cannot be understood.
    pub fn from_native(kind: &str, range: &str) -> Result<Self, VersError> {
        let constraints = native::constraints(kind, range.trim()).ok_or(VersError::NotNative)?;
        let everything = if constraints.is_empty() { "*" } else { "" };
        Self::new(kind.to_ascii_lowercase(), constraints, everything)
    }

    fn new(kind: String, mut constraints: Vec<Constraint>, list: &str) -> Result<Self, VersError> {
        // `*` stands alone.
        if constraints.is_empty() != (list == "*") || (list != "*" && list.split('|').any(|part| part == "*"))
        {
            return Err(VersError::Constraint);
        }
        // Stable: `<2|>=2` stays as written.
        constraints.sort_by(|a, b| a.key.cmp(&b.key));
        Ok(Self { kind, constraints })
    }

    /// The type whose versions these are, such as `npm`.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The constraints by version; none means every version.
    pub fn constraints(&self) -> &[Constraint] {
        &self.constraints
    }

    /// Whether a version lies inside; `None` when it, or a version of the range, has no place in the order.
    pub fn contains(&self, version: &str) -> Option<bool> {
        if self.kind == "none" {
            return Some(false);
        }
        if self.constraints.is_empty() {
            return Some(true);
        }
        let key = Scheme::of_vers(&self.kind)?.key(version)?;
        self.contains_key(&key)
    }

    /// Like [`Vers::contains`], for a version that has been parsed.
    pub fn contains_key(&self, key: &VersionKey) -> Option<bool> {
        let mut ends: Vec<(Comparator, &VersionKey)> = Vec::new();
        let mut only_exclusions = true;
        let mut equal = false;
        for constraint in &self.constraints {
            let bound = constraint.key.as_ref()?;
            match constraint.comparator {
                Comparator::NotEqual if bound == key => return Some(false),
                Comparator::NotEqual => continue,
                Comparator::Equal | Comparator::LessOrEqual | Comparator::GreaterOrEqual => {
                    equal |= bound == key;
                }
                Comparator::Less | Comparator::Greater => {}
            }
            only_exclusions = false;
            if constraint.comparator != Comparator::Equal {
                join(&mut ends, constraint.comparator, bound);
            }
        }
        Some(equal || only_exclusions || lies_between(&ends, key))
    }
}

/// Adds an end; of several in one direction the widest counts.
fn join<'k>(ends: &mut Vec<(Comparator, &'k VersionKey)>, comparator: Comparator, bound: &'k VersionKey) {
    match ends.last_mut() {
        Some(last) if last.0.is_upper() && comparator.is_upper() => *last = (comparator, bound),
        Some(last) if last.0.is_lower() && comparator.is_lower() => {}
        Some(_) | None => ends.push((comparator, bound)),
    }
}

/// Ends in turn: upper ones close what the lower one before has opened. Equality was asked before.
fn lies_between(ends: &[(Comparator, &VersionKey)], key: &VersionKey) -> bool {
    let below_first = ends.first().is_some_and(|(first, bound)| first.is_upper() && key < bound);
    let above_last = ends.last().is_some_and(|(last, bound)| last.is_lower() && key > bound);
    let inside = ends.windows(2).any(|pair| match pair {
        [(low, from), (high, to)] => low.is_lower() && high.is_upper() && key > from && key < to,
        _ => false,
    });
    below_first || above_last || inside
}

fn split(text: &str) -> Result<(String, &str), VersError> {
    let start = text.get(..PREFIX.len()).filter(|start| start.eq_ignore_ascii_case(PREFIX));
    let rest = start.and_then(|_| text.get(PREFIX.len()..)).ok_or(VersError::NotVers)?;
    let (kind, list) = rest.split_once('/').ok_or(VersError::NotVers)?;
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'+');
    if kind.is_empty() || list.is_empty() || !kind.bytes().all(allowed) {
        return Err(VersError::NotVers);
    }
    Ok((kind.to_ascii_lowercase(), list))
}

impl fmt::Display for Vers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}/", self.kind)?;
        if self.constraints.is_empty() {
            return f.write_str("*");
        }
        for (index, constraint) in self.constraints.iter().enumerate() {
            let separator = if index == 0 { "" } else { "|" };
            write!(f, "{separator}{}{}", constraint.comparator.sign(), text::escaped(&constraint.version))?;
        }
        Ok(())
    }
}

impl Constraint {
    fn new(kind: &str, comparator: Comparator, version: impl Into<String>) -> Self {
        let version = version.into();
        let key = Scheme::of_vers(kind).and_then(|scheme| scheme.key(&version));
        Self { comparator, version, key }
    }

    /// How a version stands to [`Constraint::version`].
    pub fn comparator(&self) -> Comparator {
        self.comparator
    }

    /// The version, decoded.
    pub fn version(&self) -> &str {
        &self.version
    }
}

impl Comparator {
    /// As a range writes it; equality needs no sign there.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Equal => "",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }

    fn is_upper(self) -> bool {
        matches!(self, Self::Less | Self::LessOrEqual)
    }

    fn is_lower(self) -> bool {
        matches!(self, Self::Greater | Self::GreaterOrEqual)
    }

    /// Takes the sign off the front.
    fn split(text: &str) -> (Option<Self>, &str) {
        const SIGNS: &[(&str, Comparator)] = &[
            (">=", Comparator::GreaterOrEqual),
            ("<=", Comparator::LessOrEqual),
            ("!=", Comparator::NotEqual),
            ("==", Comparator::Equal),
            (">", Comparator::Greater),
            ("<", Comparator::Less),
            ("=", Comparator::Equal),
        ];
        let found = SIGNS.iter().find_map(|(sign, of)| Some((Some(*of), text.strip_prefix(sign)?)));
        found.unwrap_or((None, text))
    }
}

#[cfg(test)]
mod tests;
