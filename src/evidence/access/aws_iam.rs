//! The AWS IAM credential report: one line of CSV per account, words instead of dates where AWS knows nothing.
//!
//! `N/A`, `no_information` and `not_supported` all read as "not said". The one exception is the root account's
//! password: AWS says `not_supported` there, but root signs in with a password unless AWS says `false`.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::base::{IdentityHasher, UnixMillis};
use crate::evidence::access::{AccessKey, AccessList, Account, AccountKind};
use crate::evidence::{
    Counts, DecodeError, Decoded, Decoder, Encoding, Evidence, EvidenceKind, Probe, Records, Tri, Warnings,
};

/// Reads the AWS IAM credential report, as CSV or as the answer of `aws iam get-credential-report`.
pub struct AwsIamCredentialReport;

const ROOT: &str = "<root_account>";
const NEEDED: [&str; 4] = ["user", "arn", "password_enabled", "mfa_active"];

impl Decoder for AwsIamCredentialReport {
    fn format(&self) -> &'static str {
        "aws-iam-credential-report"
    }

    fn kind(&self) -> EvidenceKind {
        EvidenceKind::Access
    }

    fn recognises(&self, probe: &Probe<'_>) -> bool {
        is_csv_report(probe.bytes) || answer(probe.bytes).is_some()
    }

    fn decode(&self, input: &Probe<'_>) -> Result<Decoded, DecodeError> {
        let (csv, generated_at, encoding) = match answer(input.bytes) {
            Some(answer) => (report_of(&answer)?, generated_at(&answer), Encoding::Json),
            None => (input.bytes.to_vec(), None, Encoding::Csv),
        };
        let mut reader = Reader::new(&csv)?;
        reader.rows(&csv)?;
        Ok(reader.finish(generated_at, encoding))
    }
}

fn is_csv_report(bytes: &[u8]) -> bool {
    let line = bytes.split(|b| *b == b'\n').next().unwrap_or_default();
    let head = String::from_utf8_lossy(&line[..line.len().min(4_096)]);
    head.contains("arn") && head.contains("password_enabled") && head.contains("mfa_active")
}

/// The API's answer around the report: a state while AWS still writes it, later the report in base64.
fn answer(bytes: &[u8]) -> Option<Value> {
    let starts = bytes.iter().find(|b| !b.is_ascii_whitespace()) == Some(&b'{');
    let head = &bytes[..bytes.len().min(1_024)];
    let tail = &bytes[bytes.len().saturating_sub(1_024)..];
    let named = |name: &str| [head, tail].iter().any(|part| String::from_utf8_lossy(part).contains(name));
    if !starts || !(named("\"State\"") || named("\"ReportFormat\"")) {
        return None;
    }
    let value: Value = serde_json::from_slice(bytes).ok()?;
    let state = value.get("State").and_then(Value::as_str);
    let states = matches!(state, Some("STARTED" | "INPROGRESS" | "COMPLETE"));
    (states || value.get("ReportFormat").is_some()).then_some(value)
}

fn report_of(answer: &Value) -> Result<Vec<u8>, DecodeError> {
    let Some(content) = answer.get("Content").and_then(Value::as_str) else {
        let state = answer.get("State").and_then(Value::as_str).unwrap_or("no report");
        let message = format!(
            "AWS answered `{state}` instead of a credential report; wait until \
             `aws iam generate-credential-report` says COMPLETE, then import what `get-credential-report` returns"
        );
        return Err(DecodeError::new("report-not-ready", message));
    };
    let compact: String = content.split_whitespace().collect();
    // The command line prints base64; some wrappers decode it already.
    Ok(STANDARD.decode(compact).unwrap_or_else(|_| content.as_bytes().to_vec()))
}

fn generated_at(answer: &Value) -> Option<UnixMillis> {
    UnixMillis::parse_lenient(answer.get("GeneratedTime")?.as_str()?).ok()
}

/// One row by column name; empty text and the sentinels read as absent.
struct Row<'r> {
    columns: &'r HashMap<String, usize>,
    fields: &'r csv::StringRecord,
}

impl Row<'_> {
    fn raw(&self, column: &str) -> Option<&str> {
        Some(self.fields.get(*self.columns.get(column)?)?.trim())
    }

    fn text(&self, column: &str) -> Option<&str> {
        self.raw(column).filter(|t| !matches!(*t, "" | "N/A" | "no_information" | "not_supported"))
    }

    fn time(&self, column: &str) -> Option<UnixMillis> {
        UnixMillis::parse_lenient(self.text(column)?).ok()
    }

    fn answer(&self, column: &str) -> Tri {
        match self.text(column).map(str::to_ascii_lowercase).as_deref() {
            Some("true") => Tri::Yes,
            Some("false") => Tri::No,
            _ => Tri::Unknown,
        }
    }

    /// Whether the column holds something that should be a date and is none.
    fn bad_date(&self, column: &str) -> bool {
        self.text(column).is_some() && self.time(column).is_none()
    }
}

struct Reader {
    columns: HashMap<String, usize>,
    list: AccessList,
    by_id: HashMap<String, usize>,
    records: Records,
    warnings: Warnings,
    root_seen: bool,
}

impl Reader {
    fn new(csv: &[u8]) -> Result<Self, DecodeError> {
        let headers = rows_of(csv).headers().map_err(|error| unreadable(&error))?.clone();
        let columns: HashMap<String, usize> =
            headers.iter().enumerate().map(|(at, name)| (name.trim().to_ascii_lowercase(), at)).collect();
        if let Some(missing) = NEEDED.iter().find(|name| !columns.contains_key(**name)) {
            let message = format!(
                "the credential report has no column `{missing}`; import the CSV as AWS writes it, with its first line"
            );
            return Err(DecodeError::at("missing-column", "line 1", message));
        }
        Ok(Self {
            columns,
            list: AccessList::default(),
            by_id: HashMap::new(),
            records: Records::default(),
            warnings: Warnings::default(),
            root_seen: false,
        })
    }

    fn rows(&mut self, csv: &[u8]) -> Result<(), DecodeError> {
        let columns = std::mem::take(&mut self.columns);
        for fields in rows_of(csv).records() {
            let fields = fields.map_err(|error| unreadable(&error))?;
            self.row(&Row { columns: &columns, fields: &fields });
        }
        Ok(())
    }

    fn row(&mut self, row: &Row<'_>) {
        self.records.read += 1;
        let line = || format!("line {}", row.fields.position().map_or(0, csv::Position::line));
        if row.fields.len() < row.columns.len() {
            self.warnings.add(
                "short-row",
                line,
                "a row has fewer fields than the first line; they count as not said",
            );
        }
        if DATES.iter().any(|column| row.bad_date(column)) {
            self.warnings.add("bad-date", line, "a date could not be read and counts as not said");
        }
        let Some(account) = account(row) else {
            self.records.dropped += 1;
            self.warnings.add("no-account", line, "a row names neither user nor ARN");
            return;
        };
        self.root_seen |= account.kind == AccountKind::Root;
        self.keep(account, line);
    }

    fn keep(&mut self, account: Account, line: impl Fn() -> String) {
        let system = system_of(&account.id);
        if self.list.system.is_none() {
            self.list.system = system.map(str::to_owned);
        } else if system.is_some() && system != self.list.system.as_deref() {
            self.warnings.add(
                "several-systems",
                &line,
                "the report holds accounts of more than one AWS account",
            );
        }
        if let Some(known) = self.by_id.get(&account.id).and_then(|at| self.list.accounts.get_mut(*at)) {
            let message = "an account is listed twice; the rows were merged, the less protected answer holds";
            self.warnings.add("duplicate-account", &line, message);
            self.records.merged += 1;
            absorb(known, account);
            return;
        }
        self.by_id.insert(account.id.clone(), self.list.accounts.len());
        self.records.kept += 1;
        self.list.accounts.push(account);
    }

    fn finish(mut self, generated_at: Option<UnixMillis>, encoding: Encoding) -> Decoded {
        if !self.root_seen {
            let message = "AWS lists the root account in every report; this one lacks it and may be cut";
            self.warnings.add("no-root-account", String::new, message);
        }
        self.list.generated_at = generated_at;
        Decoded {
            format_version: None,
            encoding,
            counts: Counts::from([("accounts".to_owned(), self.records.read)]),
            evidence: Evidence::Access(self.list),
            records: self.records,
            warnings: self.warnings.finish(),
            produced_at: generated_at,
        }
    }
}

const DATES: [&str; 9] = [
    "user_creation_time",
    "password_last_used",
    "password_last_changed",
    "access_key_1_last_rotated",
    "access_key_1_last_used_date",
    "access_key_2_last_rotated",
    "access_key_2_last_used_date",
    "cert_1_last_rotated",
    "cert_2_last_rotated",
];

fn rows_of(csv: &[u8]) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new().flexible(true).from_reader(csv)
}

fn unreadable(error: &csv::Error) -> DecodeError {
    let line = error.position().map_or_else(String::new, |p| format!("line {}", p.line()));
    DecodeError::at("malformed-csv", line, format!("the credential report is no readable CSV: {error}"))
}

fn account(row: &Row<'_>) -> Option<Account> {
    let name = row.text("user");
    let id = row.text("arn").or(name)?.to_owned();
    let root = name == Some(ROOT) || id.ends_with(":root");
    let said = row.answer("password_enabled");
    let console = if root && said == Tri::Unknown { Tri::Yes } else { said };
    let keys: Vec<AccessKey> = ["access_key_1", "access_key_2", "cert_1", "cert_2"]
        .iter()
        .filter_map(|slot| access_key(row, slot))
        .collect();
    let password_last_used = row.time("password_last_used");
    let kind = match (root, console) {
        (true, _) => AccountKind::Root,
        (false, Tri::Yes) => AccountKind::Human,
        (false, Tri::No | Tri::Unknown) => AccountKind::Service,
    };
    Some(Account {
        identity: identity(&id),
        name: name.unwrap_or(&id).to_owned(),
        kind,
        created_at: row.time("user_creation_time"),
        console,
        mfa: row.answer("mfa_active"),
        password_last_used,
        password_last_changed: row.time("password_last_changed"),
        last_activity: keys.iter().map(|k| k.last_used).fold(password_last_used, Option::max),
        keys,
        id,
    })
}

/// A key or certificate; `None` when the slot is empty (inactive and never made).
fn access_key(row: &Row<'_>, slot: &str) -> Option<AccessKey> {
    let active = row.answer(&format!("{slot}_active")) == Tri::Yes;
    let last_rotated = row.time(&format!("{slot}_last_rotated"));
    let last_used = row.time(&format!("{slot}_last_used_date"));
    let exists = active || last_rotated.is_some() || last_used.is_some();
    exists.then(|| AccessKey { slot: slot.to_owned(), active, last_rotated, last_used })
}

fn identity(id: &str) -> crate::base::Digest {
    IdentityHasher::new("account").field(system_of(id).unwrap_or("aws")).field(id).finish()
}

/// The account number in an ARN (`arn:aws:iam::644160558196:user/x`).
fn system_of(arn: &str) -> Option<&str> {
    let mut parts = arn.splitn(6, ':');
    (parts.next() == Some("arn")).then(|| parts.nth(3))?.filter(|number| !number.is_empty())
}

/// Folds a second row of the same account in: neither row may hide what the other lacks.
fn absorb(known: &mut Account, other: Account) {
    let less = |a: Tri, b: Tri, worse: Tri| {
        if a == worse || b == worse {
            worse
        } else if a == b {
            a
        } else {
            Tri::Unknown
        }
    };
    known.console = less(known.console, other.console, Tri::Yes);
    known.mfa = less(known.mfa, other.mfa, Tri::No);
    if other.kind == AccountKind::Human && known.kind == AccountKind::Service {
        known.kind = AccountKind::Human;
    }
    known.last_activity = known.last_activity.max(other.last_activity);
    known.password_last_used = known.password_last_used.max(other.password_last_used);
    // An older password is the weaker one; "not said" hides nothing here.
    known.password_last_changed = match (known.password_last_changed, other.password_last_changed) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    };
    for key in other.keys {
        // No account has more; a report that says so is made to waste time.
        if known.keys.len() < 16 && !known.keys.contains(&key) {
            known.keys.push(key);
        }
    }
}

#[cfg(test)]
mod tests;
