//! Asks every rule of every row.

use std::collections::BTreeMap;

use crate::base::UnixMillis;
use crate::controls::judge::{Scene, Truth, judge_row};
use crate::controls::{Record, Subject, SubjectKind, Value};

use super::{GateFacts, GatePolicy, GateReport, GateRule, GateTable, Violation};

impl GatePolicy {
    /// Evaluates the policy at an instant. The answer does not depend on the order of the rows.
    pub fn evaluate(&self, facts: &GateFacts, at: UnixMillis) -> GateReport {
        // conditions on rows alone look at no subject
        let nobody = Subject {
            kind: SubjectKind::Installation,
            id: String::new(),
            fields: BTreeMap::new(),
            observations: Vec::new(),
        };
        let scene = Scene { at, subject: &nobody, observations: &[] };
        let mut report = GateReport::default();
        for (rule, condition) in &self.rules {
            for row in facts.rows(rule.on) {
                let (truth, facts) = judge_row(condition, row, &scene);
                match truth {
                    Truth::True => report.violations.push(violation(rule, row, &facts)),
                    Truth::Unknown => report.undecided.push(violation(rule, row, &facts)),
                    Truth::False => {}
                }
            }
        }
        report.settle();
        report
    }
}

impl GateFacts {
    fn rows(&self, table: GateTable) -> &[Record] {
        match table {
            GateTable::Components => &self.components,
            GateTable::Findings => &self.findings,
            GateTable::Licences => &self.licences,
            GateTable::Quality => &self.quality,
        }
    }
}

impl GateReport {
    fn settle(&mut self) {
        for list in [&mut self.violations, &mut self.undecided] {
            list.sort_by(|a, b| {
                let key = |v: &Violation| (std::cmp::Reverse(v.level), v.component.clone(), v.item.clone());
                key(a).cmp(&key(b)).then_with(|| (&a.rule, &a.why).cmp(&(&b.rule, &b.why)))
            });
            list.dedup();
        }
    }
}

fn violation(rule: &GateRule, row: &Record, facts: &[String]) -> Violation {
    let text = |field: &str| match row.get(field) {
        Some(Value::Text(text)) => Some(text.as_str()),
        Some(Value::Bool(_) | Value::Int(_) | Value::Num(_) | Value::List(_)) | None => None,
    };
    let name = text("component").or_else(|| text("name")).or_else(|| text("profile")).unwrap_or_default();
    let version = text("version").unwrap_or_default();
    Violation {
        rule: rule.id.clone(),
        level: rule.level,
        component: format!("{name} {version}").trim().to_owned(),
        item: text("id").unwrap_or_default().to_owned(),
        why: format!("{}: {}", rule.title, facts.join("; ")),
    }
}
