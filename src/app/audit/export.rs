//! The audit trail for other systems: JSON lines, and syslog lines (RFC 5424) for a SIEM.

use serde::Serialize;
use serde_json::Value;

use crate::app::audit::{AuditView, Identifying, in_words};
use crate::app::{App, Error};
use crate::base::ErrorKind;

/// Most lines of one answer; a reader goes on with the number of the last one.
const MOST: u64 = 10_000;

/// How the trail is written for other systems.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrailFormat {
    /// One JSON object per line.
    JsonLines,
    /// One RFC 5424 message per line.
    Syslog,
}

/// One action as a JSON line. The names of the members are a contract: none is renamed or removed.
#[derive(Debug, Serialize)]
struct Line<'a> {
    /// Number in the trail; where a reader goes on.
    no: i32,
    /// When, RFC 3339 in UTC.
    at: String,
    /// What: noun and verb.
    action: &'a str,
    /// `done` or `refused`.
    outcome: &'a str,
    /// Identifier of the person, `local` or `stranger`.
    actor: &'a str,
    /// `kind:identifier`, or empty.
    object: &'a str,
    /// Whether name, role, ip, agent, before and after were erased; they are null then.
    erased: bool,
    name: Option<&'a str>,
    role: Option<&'a str>,
    ip: Option<&'a str>,
    agent: Option<&'a str>,
    before: Option<&'a Value>,
    after: Option<&'a Value>,
    /// Index of the ledger entry that vouches for the row.
    ledger_index: i64,
    /// Digest of the encrypted part, which that entry names.
    sha256: String,
}

impl App {
    /// The actions numbered above `after`, oldest first, at most ten thousand; `None` for from the beginning.
    ///
    /// # Errors
    /// When a row is damaged or the database fails.
    pub async fn audit_lines(&self, format: TrailFormat, after: Option<i32>) -> Result<String, Error> {
        let rows = self.store.audit_after(after.unwrap_or(0), MOST).await?;
        let host = self.config.public_url.as_ref().and_then(|url| url.host_str()).unwrap_or("-").to_owned();
        let mut lines = String::new();
        for row in rows {
            let view = self.audit_open(row)?;
            match format {
                TrailFormat::JsonLines => lines.push_str(&json_line(&view)?),
                TrailFormat::Syslog => lines.push_str(&syslog_line(&view, &host)),
            }
            lines.push('\n');
        }
        Ok(lines)
    }
}

fn json_line(view: &AuditView) -> Result<String, Error> {
    let (row, who) = (&view.row, view.who.as_ref());
    let line = Line {
        no: row.no,
        at: row.at.to_rfc3339(),
        action: &row.action,
        outcome: &row.outcome,
        actor: &row.actor,
        object: &row.object,
        erased: who.is_none(),
        name: who.map(|w| w.name.as_str()),
        role: who.map(|w| w.role.as_str()),
        ip: who.map(|w| w.ip.as_str()),
        agent: who.map(|w| w.agent.as_str()),
        before: who.map(|w| &w.before),
        after: who.map(|w| &w.after),
        ledger_index: row.ledger_index,
        sha256: row.sha256.to_hex(),
    };
    serde_json::to_string(&line).map_err(|e| {
        Error::new(ErrorKind::Internal, "could not write a line of the audit trail").caused_by(e)
    })
}

/// `<PRI>1 TIMESTAMP HOSTNAME APP-NAME PROCID MSGID [SD] BOM MSG`; facility 13 is the log audit.
fn syslog_line(view: &AuditView, host: &str) -> String {
    let (row, who) = (&view.row, view.who.as_ref());
    let severity = if row.outcome == "done" { 6 } else { 4 };
    let mut data = String::new();
    let mut add = |name: &str, value: &str| data.push_str(&format!(" {name}=\"{}\"", parameter(value)));
    add("no", &row.no.to_string());
    add("outcome", &row.outcome);
    add("actor", &row.actor);
    add("object", &row.object);
    add("ledger", &row.ledger_index.to_string());
    add("sha256", &row.sha256.to_hex());
    match who {
        Some(Identifying { name, role, ip, agent, .. }) => {
            for (key, value) in [("name", name), ("role", role), ("ip", ip), ("agent", agent)] {
                add(key, value);
            }
        }
        None => add("erased", "true"),
    }
    let change = who.map_or_else(String::new, |w| match (&w.before, &w.after) {
        (Value::Null, Value::Null) => String::new(),
        (before, after) => format!(": {before} -> {after}"),
    });
    // 32473 is the enterprise number for documentation (RFC 5612); we have none of our own
    format!(
        "<{}>1 {} {host} attestry - {} [audit@32473{data}] \u{feff}{}{change}",
        13 * 8 + severity,
        row.at.to_rfc3339(),
        message_id(&row.action),
        in_words(&row.action),
    )
}

/// At most 32 printable ASCII characters without spaces.
fn message_id(action: &str) -> String {
    let id: String = action.chars().filter(char::is_ascii_graphic).take(32).collect();
    if id.is_empty() { "-".to_owned() } else { id }
}

/// A parameter's value: `"`, `\` and `]` are escaped, and a line stays one line.
fn parameter(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for c in value.chars() {
        match c {
            '"' | '\\' | ']' => out.extend(['\\', c]),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
