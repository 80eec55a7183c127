//! A gate for pipelines: bills of materials and lock files against advisories, VEX statements and a policy.
//!
//! Nothing is stored, and with advisories from files no installation is needed. What could not be looked at closes
//! the gate where a failing rule depends on it: silence is no pass.

mod facts;
mod findings;
mod inputs;
mod knowledge;

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use crate::app::{Error, diagnostic_text};
use crate::base::UnixMillis;
use crate::controls::{DEFAULT_GATE, GateFacts, GateLevel, GatePolicy, GateTable, SourceFile};
use crate::evidence::Limits;
use crate::evidence::advisory::{Advisory, Index};
use crate::report::gate::{GateBasis, GateDocument, GateFinding, GateInput, GateOutcome, GateRow};

use findings::{Found, Scene};
use inputs::Input;
pub use knowledge::Knowledge;

/// What a gate is asked.
#[derive(Debug, Clone, Default)]
pub struct GateRequest {
    /// The policy's file; the default policy when absent.
    pub policy: Option<PathBuf>,
    /// VEX documents; their authors are believed as stated.
    pub vex: Vec<PathBuf>,
    /// Bills of materials and lock files.
    pub inputs: Vec<PathBuf>,
    /// Limits the inputs are read under.
    pub limits: Limits,
}

/// Everything read, before it is judged.
struct Case {
    policy: GatePolicy,
    inputs: Vec<Input>,
    document: GateDocument,
}

/// Reads the inputs and decides.
///
/// # Errors
/// When policy, VEX documents or inputs are missing, unreadable or of the wrong kind; the policy's problems come with
/// line, column and key.
pub fn gate(request: &GateRequest, mut knowledge: Knowledge, at: UnixMillis) -> Result<GateDocument, Error> {
    let policy = policy(request.policy.as_deref())?;
    let vex = knowledge::vex_documents(&request.vex, request.limits)?;
    let mut inputs = Vec::new();
    for path in &request.inputs {
        inputs.extend(Input::read(path, request.limits)?);
    }
    let held = !knowledge.advisories.is_empty();
    let asked = std::mem::take(&mut knowledge.advisories);
    let index = Index::build(speaking_of(asked, &inputs));
    let document = blank(&policy, &knowledge, (vex.len(), index.len()), at);
    let mut case = Case { policy, inputs, document };
    if !held {
        case.question("no advisories are known here; give a database with --advisories or import one");
    }
    for doubt in &knowledge.doubts {
        case.question(doubt);
    }
    let scene = Scene { index: &index, knowledge: &knowledge, vex: &vex };
    for input in std::mem::take(&mut case.inputs) {
        case.judge(&input, scene.look(&input), (held, at));
        case.inputs.push(input);
    }
    case.unstated();
    case.unknown_exploitation();
    case.document.settle();
    Ok(case.document)
}

/// Reads and checks a policy.
fn policy(path: Option<&Path>) -> Result<GatePolicy, Error> {
    let file = match path {
        None => SourceFile { name: "the default policy".to_owned(), text: DEFAULT_GATE.to_owned() },
        Some(path) => {
            let name = path.display().to_string();
            let text = String::from_utf8(inputs::bytes_of(path)?)
                .map_err(|_| Error::invalid(format!("{name} is not UTF-8 text")))?;
            SourceFile { name, text }
        }
    };
    GatePolicy::load(&file).map_err(|error| {
        let problems: Vec<String> = error.diagnostics.iter().map(diagnostic_text).collect();
        Error::invalid(format!("the policy has {} problems:\n{}", problems.len(), problems.join("\n")))
    })
}

/// The advisories that speak of an ecosystem some package is of; an index of the others would cost time for nothing.
fn speaking_of(advisories: Vec<Advisory>, inputs: &[Input]) -> Vec<Advisory> {
    let packages = || inputs.iter().flat_map(|input| &input.packages);
    let mut needed: HashSet<&str> =
        packages().filter_map(|p| p.query.as_ref()).map(|query| query.ecosystem.as_ref()).collect();
    if packages().any(|package| !package.cpes.is_empty()) {
        needed.insert("CPE");
    }
    let speaks =
        |advisory: &Advisory| Index::lookup_keys(advisory).any(|key| needed.contains(key.ecosystem.as_str()));
    advisories.into_iter().filter(speaks).collect()
}

fn blank(
    policy: &GatePolicy,
    knowledge: &Knowledge,
    (vex, advisories): (usize, usize),
    at: UnixMillis,
) -> GateDocument {
    GateDocument {
        tool: concat!("attestry ", env!("CARGO_PKG_VERSION")).to_owned(),
        at: at.to_rfc3339(),
        policy: policy.name.clone(),
        outcome: GateOutcome::Passed,
        exit_code: 0,
        basis: GateBasis {
            sources: knowledge.sources.clone(),
            advisories: advisories as u64,
            known_exploited: knowledge.exploited.is_some(),
            epss: knowledge.epss.is_some(),
            vex: vex as u64,
        },
        inputs: Vec::new(),
        findings: Vec::new(),
        violations: Vec::new(),
        undecided: Vec::new(),
        open_questions: Vec::new(),
        notes: knowledge.notes.clone(),
    }
}

impl Case {
    fn fails_on(&self, table: GateTable) -> bool {
        self.policy.rules().any(|rule| rule.on == table && rule.level == GateLevel::Fail)
    }

    /// Something about findings that cannot be known: it closes the gate where a failing rule is about findings.
    fn question(&mut self, text: &str) {
        let binds = self.fails_on(GateTable::Findings);
        let list = if binds { &mut self.document.open_questions } else { &mut self.document.notes };
        list.push(text.to_owned());
    }

    fn judge(&mut self, input: &Input, found: Found, (held, at): (bool, UnixMillis)) {
        for gap in &input.gaps {
            self.question(&format!("{}: {gap}", input.file));
        }
        for (ecosystem, many) in found.uncovered.iter().filter(|_| held) {
            self.question(&format!(
                "{}: {many} packages of {ecosystem}, of which no advisories are known here",
                input.file
            ));
        }
        let looked_up = found.looked_up;
        let others = input.packages.iter().filter(|package| package.query.is_none()).count();
        if others > 0 {
            self.document.notes.push(format!(
                "{}: {others} components name no package of a public registry, so no advisory was asked about them",
                input.file
            ));
        }
        self.document.notes.extend(input.notes.iter().map(|note| format!("{}: {note}", input.file)));
        self.document.inputs.push(GateInput {
            file: input.file.clone(),
            kind: if input.sbom.is_some() { "sbom" } else { "lockfile" },
            format: input.format.clone(),
            components: input.packages.len() as u64,
            looked_up,
        });
        let mut findings = found.findings;
        let facts = facts::facts(input, &findings, &self.policy, at);
        let before = self.document.violations.len();
        self.decide(input, &facts, at);
        let rows = self.document.violations.get(before..).unwrap_or_default();
        self.mark(&mut findings, rows);
        self.document.findings.append(&mut findings);
    }

    fn decide(&mut self, input: &Input, facts: &GateFacts, at: UnixMillis) {
        let report = self.policy.evaluate(facts, at);
        let row = |violation| GateRow { file: input.file.clone(), violation };
        self.document.violations.extend(report.violations.into_iter().map(row));
        self.document.undecided.extend(report.undecided.into_iter().map(row));
    }

    /// Writes the rules each finding of an input violates beside it.
    fn mark(&self, findings: &mut [GateFinding], rows: &[GateRow]) {
        let about: HashSet<&str> = self
            .policy
            .rules()
            .filter(|rule| rule.on == GateTable::Findings)
            .map(|rule| rule.id.as_str())
            .collect();
        let mut violated: HashMap<(&str, &str), Vec<(&str, GateLevel)>> = HashMap::new();
        for GateRow { violation: v, .. } in rows.iter().filter(|r| about.contains(r.violation.rule.as_str()))
        {
            violated.entry((&v.item, &v.component)).or_default().push((&v.rule, v.level));
        }
        for finding in findings {
            let component = format!("{} {}", finding.package, finding.version);
            let rules = violated.get(&(finding.advisory.as_str(), component.trim()));
            for (rule, level) in rules.into_iter().flatten() {
                finding.level = finding.level.max(Some(*level));
                finding.rules.push((*rule).to_owned());
            }
        }
    }

    /// Says why rules on exploitation could not be told of some findings.
    fn unknown_exploitation(&mut self) {
        let many = self.document.findings.iter().filter(|f| f.certain && f.known_exploited.is_none()).count();
        if many > 0 {
            self.document.notes.push(format!(
                "whether {many} findings are known to be exploited cannot be told without CISA's KEV catalogue; \
                 give it with another --advisories"
            ));
        }
    }

    /// Lock files say nothing of licences and quality: rules on them were asked of nothing when no other input was
    /// given.
    fn unstated(&mut self) {
        let any_sbom = self.inputs.iter().any(|input| input.sbom.is_some());
        let any_lockfile = self.inputs.iter().any(|input| input.sbom.is_none());
        for table in [GateTable::Licences, GateTable::Quality] {
            if !any_lockfile || !self.fails_on(table) {
                continue;
            }
            let text = format!("rules on {} were not asked of lock files, which state none", table.as_str());
            let list = if any_sbom { &mut self.document.notes } else { &mut self.document.open_questions };
            list.push(text);
        }
    }
}
