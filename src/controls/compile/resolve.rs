//! Finds what a path or a row table means at the place where it is written.

use crate::controls::predicate::nearest;
use crate::controls::{FactSchema, FieldType, SubjectKind};
use crate::evidence::EvidenceKind;

use super::{Compiler, Scope, kinds_with};

/// Where a condition stands, which decides what its paths mean.
#[derive(Debug, Clone, Copy)]
pub(super) enum Ground {
    /// `population.where`: plain fields of the subject.
    Population(SubjectKind),
    /// `evidence.where`: `evidence.*` only.
    Speaks(EvidenceKind),
    /// `pass`: `subject.*` and, when evidence speaks, `evidence.*`.
    Pass { subject: SubjectKind, evidence: Option<EvidenceKind> },
    /// `where` of a row table: its plain fields, and those around it.
    Row { subject: SubjectKind, evidence: EvidenceKind, table: &'static str },
    /// A rule on the rows of one table by themselves: its plain fields only.
    Alone { table: &'static str, fields: Fields },
}

/// A path that was understood.
#[derive(Debug, Clone, Copy)]
pub(super) struct Resolved {
    pub scope: Scope,
    pub field: &'static str,
    pub kind: FieldType,
    pub counts_records: bool,
}

/// A table of fields.
pub(super) type Fields = &'static [(&'static str, FieldType)];

impl Ground {
    /// The ground inside the `where` of that table.
    pub const fn rows(self, table: &'static str) -> Option<Self> {
        match self {
            Self::Pass { subject, evidence: Some(evidence) } => Some(Self::Row { subject, evidence, table }),
            Self::Population(_)
            | Self::Speaks(_)
            | Self::Pass { .. }
            | Self::Row { .. }
            | Self::Alone { .. } => None,
        }
    }

    /// Looks the path up.
    ///
    /// # Errors
    /// With what is wrong and what is there instead.
    pub fn resolve(self, path: &str) -> Result<Resolved, String> {
        match self {
            Self::Population(kind) => {
                let words = format!("of {}s (plain names here)", subject_word(kind));
                find(path, FactSchema::subject(kind), Scope::Subject).ok_or_else(|| {
                    unknown(path, &words, FactSchema::subject(kind))
                })
            }
            Self::Speaks(kind) => match path.strip_prefix("evidence.") {
                Some(field) => evidence(path, field, kind),
                None => Err(format!("`{path}`: here only `evidence.*` fields of the {kind} evidence can be asked for")),
            },
            Self::Pass { subject: kind, evidence: need } => prefixed(path, kind, need).unwrap_or_else(|| {
                Err(format!("`{path}` is neither `subject.<field>` nor `evidence.<field>`; row fields belong inside `where`"))
            }),
            Self::Alone { table, fields } => {
                find(path, fields, Scope::Row).ok_or_else(|| unknown(path, &format!("of `{table}`"), fields))
            }
            Self::Row { subject: kind, evidence: need, table } => {
                prefixed(path, kind, Some(need)).unwrap_or_else(|| {
                    let fields = FactSchema::rows(table).unwrap_or_default();
                    find(path, fields, Scope::Row).ok_or_else(|| unknown(path, &format!("of `{table}`"), fields))
                })
            }
        }
    }
}

fn prefixed(path: &str, kind: SubjectKind, need: Option<EvidenceKind>) -> Option<Result<Resolved, String>> {
    if let Some(field) = path.strip_prefix("subject.") {
        let fields = FactSchema::subject(kind);
        let words = format!("of {}s", subject_word(kind));
        return Some(find(field, fields, Scope::Subject).ok_or_else(|| unknown(path, &words, fields)));
    }
    let field = path.strip_prefix("evidence.")?;
    Some(match need {
        Some(need) => evidence(path, field, need),
        None => Err(format!("`{path}`: this test names no `evidence:` that could speak")),
    })
}

fn evidence(path: &str, field: &str, kind: EvidenceKind) -> Result<Resolved, String> {
    let (common, own) = (FactSchema::evidence(), FactSchema::evidence_of(kind));
    let mut found = find(field, common, Scope::Evidence)
        .or_else(|| find(field, own, Scope::Evidence))
        .ok_or_else(|| {
            let all: Vec<_> = common.iter().chain(own).copied().collect();
            unknown(path, &format!("of {kind} evidence"), &all)
        })?;
    found.counts_records = FactSchema::counts_records(kind, field);
    Ok(found)
}

fn find(name: &str, fields: Fields, scope: Scope) -> Option<Resolved> {
    let (field, kind) = fields.iter().find(|(field, _)| *field == name)?;
    Some(Resolved { scope, field, kind: *kind, counts_records: false })
}

fn unknown(path: &str, whose: &str, fields: &[(&'static str, FieldType)]) -> String {
    let names: Vec<&str> = fields.iter().map(|(name, _)| *name).collect();
    let plain = path.rsplit('.').next().unwrap_or(path);
    let hint = nearest(plain, &names).map_or_else(String::new, |near| format!("did you mean `{near}`? "));
    let shown: String = path.chars().take(80).collect();
    format!("`{shown}` is no field {whose}: {hint}it has {}", names.join(", "))
}

const fn subject_word(kind: SubjectKind) -> &'static str {
    match kind {
        SubjectKind::Asset => "asset",
        SubjectKind::Vendor => "vendor",
        SubjectKind::Feed => "feed",
        SubjectKind::Source => "source",
        SubjectKind::Installation => "installation",
    }
}

impl Compiler {
    /// The row table of that name, when the evidence of this ground has it.
    pub(super) fn table(&mut self, name: &str, ground: Ground) -> Option<&'static str> {
        let evidence = match ground {
            Ground::Pass { evidence, .. } => evidence,
            Ground::Row { .. } | Ground::Alone { .. } => {
                self.problem("nested-rows", "rows cannot be counted inside the `where` of rows".to_owned());
                return None;
            }
            Ground::Population(_) | Ground::Speaks(_) => {
                self.problem("rows-not-here", "rows can only be counted in `pass`".to_owned());
                return None;
            }
        };
        let Some(kind) = evidence else {
            let message = format!("`{name}`: this test names no `evidence:` that could have rows");
            self.problem("rows-without-evidence", message);
            return None;
        };
        let tables = FactSchema::tables(kind);
        if let Some(table) = tables.iter().find(|table| **table == name) {
            self.tables.insert(table);
            return Some(table);
        }
        let whose = kinds_with(name);
        let message = if whose.is_empty() {
            format!("`{name}` is no row table: {kind} evidence has {}", listed(tables))
        } else {
            format!(
                "`{name}` are rows of {} evidence; {kind} evidence has {}",
                listed(&whose),
                listed(tables)
            )
        };
        self.problem("unknown-table", message);
        None
    }

    /// A text field of the table, to join on.
    pub(super) fn key_field(&mut self, table: &str, name: &str) -> Option<&'static str> {
        let fields = FactSchema::rows(table).unwrap_or_default();
        match find(name, fields, Scope::Row) {
            Some(found) if found.kind == FieldType::Text => Some(found.field),
            Some(_) => {
                self.problem(
                    "wrong-type",
                    format!("`{name}` of `{table}` is no text: rows join on an identity"),
                );
                None
            }
            None => {
                self.problem("unknown-path", unknown(name, &format!("of `{table}`"), fields));
                None
            }
        }
    }
}

fn listed(words: &[&str]) -> String {
    if words.is_empty() { "none".to_owned() } else { words.join(", ") }
}
