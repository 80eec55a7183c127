//! What a verification says: steps, and one verdict over all of them.

use serde::Serialize;

use super::VerifyOptions;
use crate::ledger::key::Fingerprint;
use crate::report::pack::manifest::{Manifest, PackMode, PinnedCheckpoint};
use crate::report::pack::source::Fault;

/// How many faults a step spells out.
const SPELLED_OUT: usize = 5;

/// The verdict over all steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Every step held, and the signer is the one that was asked for.
    Verified,
    /// Every step held; nobody said who the signer should be.
    Intact,
    /// A step failed or could not be carried out.
    NotVerified,
}

/// One step of a verification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// Which step.
    pub name: &'static str,
    /// Whether it held.
    pub ok: bool,
    /// What was found, in one sentence.
    pub detail: String,
    /// The first file at fault.
    pub member: Option<String>,
}

/// What a verification found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verification {
    /// The verdict over all steps.
    pub verdict: Verdict,
    /// The verdict in words, as the command prints it.
    pub headline: String,
    /// The key in the pack that its manifest is signed with.
    pub fingerprint: Option<Fingerprint>,
    /// Whose pack it says it is.
    pub organisation: Option<String>,
    /// What it says it is about in time.
    pub mode: Option<PackMode>,
    /// Frameworks it covers.
    pub frameworks: Vec<String>,
    /// Whether its data is sample data.
    pub sample: bool,
    /// The checkpoint it is pinned to.
    pub checkpoint: Option<PinnedCheckpoint>,
    /// Number of evidence items.
    pub items: u64,
    /// Number of requirements with a gap.
    pub gaps: u64,
    /// The steps, in order.
    pub steps: Vec<Step>,
}

impl Verification {
    /// Whether every step held.
    pub const fn is_ok(&self) -> bool {
        !matches!(self.verdict, Verdict::NotVerified)
    }

    /// The first step that failed.
    pub fn first_failure(&self) -> Option<&Step> {
        self.steps.iter().find(|step| !step.ok)
    }
}

/// What is wrong in one step.
#[derive(Debug, Default)]
pub(super) struct Faults {
    first: Vec<Fault>,
    more: u64,
}

impl Faults {
    pub(super) fn push(&mut self, fault: Fault) {
        if self.first.len() < SPELLED_OUT {
            self.first.push(fault);
        } else {
            self.more += 1;
        }
    }

    /// Keeps the fault of a result, if it has one.
    pub(super) fn take<T>(&mut self, result: Result<T, Fault>) -> Option<T> {
        result.map_err(|fault| self.push(fault)).ok()
    }

    fn in_words(&self) -> String {
        let one = |fault: &Fault| match &fault.member {
            Some(member) => format!("`{}` {}", member.escape_debug(), fault.what),
            None => fault.what.clone(),
        };
        let mut words = self.first.iter().map(one).collect::<Vec<_>>().join("; ");
        if self.more > 0 {
            words.push_str(&format!("; and {} more", self.more));
        }
        words
    }
}

impl From<Fault> for Faults {
    fn from(fault: Fault) -> Self {
        Self { first: vec![fault], more: 0 }
    }
}

impl From<Vec<Fault>> for Faults {
    fn from(list: Vec<Fault>) -> Self {
        let mut faults = Self::default();
        list.into_iter().for_each(|fault| faults.push(fault));
        faults
    }
}

/// Collects the steps.
#[derive(Debug, Default)]
pub(super) struct Report {
    pub(super) fingerprint: Option<Fingerprint>,
    steps: Vec<Step>,
    manifest: Option<Manifest>,
}

impl Report {
    /// Adds a step that held unless there are faults.
    pub(super) fn step(&mut self, name: &'static str, faults: Faults, held: String) {
        let ok = faults.first.is_empty();
        let detail = if ok { held } else { faults.in_words() };
        let member = faults.first.into_iter().find_map(|fault| fault.member);
        self.steps.push(Step { name, ok, detail, member });
    }

    /// Says that the other steps could not be carried out, which is not the same as that they held.
    pub(super) fn skip_rest(&mut self) {
        let what = "no further step could be carried out".to_owned();
        self.step("remaining steps", Faults::from(Fault { member: None, what }), String::new());
    }

    pub(super) fn describe(&mut self, manifest: Manifest) {
        self.manifest = Some(manifest);
    }

    pub(super) fn finish(self, options: &VerifyOptions) -> Verification {
        let held = !self.steps.is_empty() && self.steps.iter().all(|step| step.ok);
        let verdict = match (held, options.pinned.is_some()) {
            (true, true) => Verdict::Verified,
            (true, false) => Verdict::Intact,
            (false, _) => Verdict::NotVerified,
        };
        let manifest = self.manifest.as_ref();
        Verification {
            verdict,
            headline: headline(verdict, self.fingerprint),
            fingerprint: self.fingerprint,
            organisation: manifest.map(|manifest| manifest.organisation.clone()),
            mode: manifest.map(|manifest| manifest.mode),
            frameworks: manifest.map(|manifest| manifest.frameworks.clone()).unwrap_or_default(),
            sample: manifest.is_some_and(|manifest| manifest.sample),
            checkpoint: manifest.map(|manifest| manifest.checkpoint.clone()),
            items: manifest.map_or(0, |manifest| manifest.items),
            gaps: manifest.map_or(0, |manifest| manifest.gaps),
            steps: self.steps,
        }
    }
}

fn headline(verdict: Verdict, fingerprint: Option<Fingerprint>) -> String {
    match (verdict, fingerprint) {
        (Verdict::Verified, Some(signer)) => format!("VERIFIED, signed by {signer}"),
        (Verdict::Intact, Some(signer)) => format!("INTACT, signed by {signer}, signer not pinned"),
        (Verdict::Verified | Verdict::Intact, None) | (Verdict::NotVerified, _) => "NOT VERIFIED".to_owned(),
    }
}
