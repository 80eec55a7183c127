//! Names of fields, rows, evidence and subjects, as people say them.

use crate::controls::compile::{Compare, Compiled, Condition, Op};
use crate::controls::{Operand, Record, Subject, SubjectKind, Value};
use crate::evidence::EvidenceKind;

use super::clipped;

/// The field in words; its own name with spaces where we have nothing better.
pub(in crate::controls) fn label(field: &str) -> String {
    let known = match field {
        "mfa" => "second factor",
        "console" => "console sign-in",
        "sub_processors" => "sub-processors",
        "purl_share" => "share of components with a package URL",
        "version_share" => "share of components with a version",
        "licence_share" => "share of components with a licence",
        "supplier_share" => "share of components with a supplier",
        "described" => "described product",
        "head" => "newest change",
        "components" => "number of components",
        "dependencies" => "number of dependencies",
        "accounts" => "number of accounts",
        "changes" => "number of changes",
        "vendors" => "number of vendors",
        "assets_in_scope" => "number of assets in scope",
        "quarantined" => "number of quarantined items",
        "last_success" => "date of the last success",
        "checkpoint_at" => "date of the last checkpoint",
        "findings" => "number of findings",
        "open" => "number of open findings",
        "successful" => "successful run",
        "class" => "class of match",
        "article_28_points" => "points of Article 28(3)",
        "observed_at" => "date of the evidence",
        "period_to" => "end of the period",
        "period_from" => "start of the period",
        "valid_until" => "end of validity",
        "bridge_until" => "end of the bridge letter",
        "engaged_at" => "date of engagement",
        "reviewed_at" => "date of the last review",
        "contract_until" => "end of the contract",
        "published_at" => "date of publication",
        "confirmed_at" => "date of confirmation",
        "created_at" => "date of creation",
        "committed_at" => "date of the commit",
        "last_updated" => "date of the last update",
        other => return other.replace('_', " "),
    };
    known.to_owned()
}

/// The plural of a row table's name.
pub(in crate::controls) fn plural(table: &str) -> &str {
    if table == "matches" { "vulnerability matches" } else { table }
}

/// A text field of a row.
pub(in crate::controls) fn text_of<'r>(row: &'r Record, field: &str) -> Option<&'r str> {
    if let Some(Value::Text(text)) = row.get(field) { Some(text) } else { None }
}

/// The row's identity, else its position from 1.
pub(in crate::controls) fn row_id(row: &Record, index: usize) -> String {
    text_of(row, "id").filter(|id| !id.is_empty()).map_or_else(|| format!("row {}", index + 1), str::to_owned)
}

/// What people call the row.
pub(in crate::controls) fn row_name(table: &str, row: &Record, index: usize) -> String {
    let stated = |field| text_of(row, field).filter(|t| !t.is_empty());
    let with_version = |name: &str| match stated("version") {
        Some(version) => format!("{name} {version}"),
        None => name.to_owned(),
    };
    let name = match table {
        "matches" => {
            stated("advisory").zip(stated("component")).map(|(a, c)| format!("{a} in {}", with_version(c)))
        }
        "components" => stated("name").map(with_version),
        "findings" => stated("title").or(stated("rule")).map(|title| match stated("location") {
            Some(location) => format!("{title} at {location}"),
            None => title.to_owned(),
        }),
        "documents" => stated("title").map(str::to_owned),
        _ => stated("name").map(str::to_owned),
    };
    clipped(shortened(&name.unwrap_or_else(|| row_id(row, index))))
}

/// Characters of a long hash that people read.
const HASH: usize = 12;

/// A bare hash cut to its first characters; anything else as it is.
pub(super) fn shortened(name: &str) -> &str {
    let hash = name.len() > 2 * HASH && name.bytes().all(|b| b.is_ascii_hexdigit());
    if hash { name.get(..HASH).unwrap_or(name) } else { name }
}

/// The evidence in words.
pub(in crate::controls) const fn evidence_name(kind: EvidenceKind) -> &'static str {
    match kind {
        EvidenceKind::Sbom => "component inventory (SBOM)",
        EvidenceKind::Scan => "scan result",
        EvidenceKind::Vex => "exploitability statement (VEX)",
        EvidenceKind::Advisories => "advisories",
        EvidenceKind::Access => "access list",
        EvidenceKind::Attestation => "attestation",
        EvidenceKind::Document => "document",
        EvidenceKind::Settings => "settings export",
        EvidenceKind::Changes => "change log",
    }
}

/// How to get a current feed.
pub(in crate::controls) const fn feed_words() -> &'static str {
    "import a whole database, for example `attestry import advisory-db.tar.gz`"
}

/// What a test's subjects are called: "deployables" when they all are, or the population asks for that type.
pub(in crate::controls) fn subject_noun<'s>(
    compiled: &Compiled<'_>,
    members: impl Iterator<Item = &'s Subject>,
) -> String {
    let kind = match compiled.test.population.of {
        SubjectKind::Asset => "asset",
        SubjectKind::Vendor => "vendor",
        SubjectKind::Feed => "advisory feed",
        SubjectKind::Source => "source",
        SubjectKind::Installation => "installation",
    };
    let mut types = members.map(|subject| text_of(&subject.fields, "type").filter(|t| !t.is_empty()));
    let first = types.next().flatten().filter(|first| types.all(|other| other == Some(*first)));
    let asked =
        first.or_else(|| compiled.population.as_ref().and_then(asked_type)).filter(|_| kind == "asset");
    asked.map_or_else(|| kind.to_owned(), |word| word.replace('_', " "))
}

fn asked_type(condition: &Condition) -> Option<&str> {
    match condition {
        Condition::All(list) => list.iter().find_map(asked_type),
        Condition::Field(Compare { field: "type", op: Op::Eq(Operand::Text(word)), .. }) => Some(word),
        Condition::Field(_) | Condition::Any(_) | Condition::None(_) => None,
        Condition::Count { .. } | Condition::Share { .. } | Condition::Join { .. } => None,
    }
}

/// "14 deployables", "1 asset".
pub(in crate::controls) fn counted_subjects(count: usize, noun: &str) -> String {
    match (count, noun.strip_suffix('y')) {
        (1, _) => format!("1 {noun}"),
        (_, Some(stem)) => format!("{count} {stem}ies"),
        (_, None) => format!("{count} {noun}s"),
    }
}
