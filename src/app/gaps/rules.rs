//! Ten rules that ask what an assessor asks. A rule sees only what is stored, and says where the gap is closed.

mod feeds;

use std::collections::{BTreeMap, BTreeSet};

use crate::app::standing::Standing;
use crate::app::surroundings::Surroundings;
use crate::base::{DAY_MS, UnixMillis};
use crate::controls::{
    Catalog, ControlTest, Item, RequirementStatus, RequirementVerdict, Strength, TestStatus,
};
use crate::evidence::EvidenceKind;
use crate::report::view::{GapItem, Links};
use crate::store::RunState;

/// A period that is open ends this many days from now, for what has to last through it.
const PERIOD_AHEAD_DAYS: i64 = 90;

/// What the rules look at.
pub(super) struct Facts<'a> {
    /// Frameworks and tests.
    pub catalog: &'a Catalog,
    /// The verdicts.
    pub standing: &'a Standing,
    /// Everything beside them.
    pub around: &'a Surroundings,
    /// Hours after which a feed is old.
    pub feed_max_age_hours: u32,
}

/// One rule.
pub(super) struct Rule {
    /// What it finds.
    pub title: &'static str,
    /// Why an assessor would ask.
    pub why: &'static str,
    /// Finds it.
    pub find: fn(&Facts<'_>) -> Vec<GapItem>,
}

/// Every rule, in the order shown: what can be mended today first.
pub(super) const RULES: [Rule; 10] = [
    Rule {
        title: "A file about something in scope could not be read",
        why: "Evidence that was handed in and proves nothing looks like evidence that was held back.",
        find: unread_in_scope,
    },
    Rule {
        title: "A source failed, or never ran",
        why: "A collection that stopped leaves a hole in the period; an assessor asks when it was noticed.",
        find: silent_sources,
    },
    Rule {
        title: "The advisory feed is partial or old",
        why: "\"No known vulnerability\" is worth what the list of known ones is worth.",
        find: feeds::weak,
    },
    Rule {
        title: "A deployable in scope has no SBOM or no scan",
        why: "Green results over an inventory with holes in it say nothing about the holes.",
        find: uncovered_deployables,
    },
    Rule {
        title: "An asset in scope has no owner",
        why: "Somebody has to be interviewed about it, and to answer for what is found.",
        find: unowned_assets,
    },
    Rule {
        title: "Evidence is older than its cadence",
        why: "What has to be repeated within an interval is late, whatever the last result said.",
        find: older_than_cadence,
    },
    Rule {
        title: "The population is not proven complete",
        why: "A test over part of the population passes for that part only; completeness has to be shown.",
        find: unproven_populations,
    },
    Rule {
        title: "A vendor's document expires before the period ends",
        why: "From that day on nothing current shows that the vendor does its part.",
        find: expiring_documents,
    },
    Rule {
        title: "What holds rests on supporting evidence alone",
        why: "Supporting evidence can show a failure. That the requirement is carried out it cannot show alone.",
        find: supporting_only,
    },
    Rule {
        title: "Nothing speaks for a requirement",
        why: "Neither a test nor a document: the assessor begins with the interview.",
        find: silent_requirements,
    },
];

fn item(what: impl Into<String>, detail: impl Into<String>, (label, href): (&str, String)) -> GapItem {
    GapItem { what: what.into(), detail: detail.into(), label: label.to_owned(), href }
}

impl<'a> Facts<'a> {
    fn in_scope(&self, subject: &str) -> bool {
        let key = subject.strip_prefix("asset:");
        key.is_some_and(|key| self.around.assets.iter().any(|a| a.in_scope && a.key == key))
    }

    fn verdicts(&self) -> impl Iterator<Item = (&'a Item, &'a RequirementVerdict)> {
        let items: BTreeMap<(&str, &str), &'a Item> = self
            .catalog
            .frameworks
            .iter()
            .flat_map(|f| f.items.iter().map(|i| ((f.id.as_str(), i.id.as_str()), i)))
            .collect();
        self.standing
            .evaluation
            .requirements
            .iter()
            .filter_map(move |v| Some((*items.get(&(v.framework.as_str(), v.id.as_str()))?, v)))
    }

    fn test(&self, id: &str) -> Option<&'a ControlTest> {
        self.catalog.tests.iter().find(|t| t.id == id)
    }
}

fn unread_in_scope(facts: &Facts<'_>) -> Vec<GapItem> {
    let unread = facts.around.unread.iter().filter(|u| facts.in_scope(&u.subject));
    unread.map(|u| item(&u.file, format!("about {}", u.subject), ("Open", Links::evidence(&u.id)))).collect()
}

fn silent_sources(facts: &Facts<'_>) -> Vec<GapItem> {
    let mut found = Vec::new();
    for source in facts.around.sources.iter().filter(|s| s.row.enabled) {
        let href = format!("/sources/{}", source.row.id);
        let detail = match &source.run {
            None => "has never run".to_owned(),
            Some(run) => match run.state {
                RunState::Failed => {
                    format!("failed: {}", run.detail.lines().next().unwrap_or("no reason was kept"))
                }
                RunState::Abandoned => "its process ended in the middle".to_owned(),
                RunState::Ready | RunState::Running | RunState::Done => continue,
            },
        };
        found.push(item(&source.row.name, detail, ("Open source", href)));
    }
    found
}

fn uncovered_deployables(facts: &Facts<'_>) -> Vec<GapItem> {
    let mut found = Vec::new();
    let deployables = facts.around.assets.iter().filter(|a| a.in_scope && a.asset_type == "deployable");
    for asset in deployables {
        let has = |kind: EvidenceKind| {
            facts.around.kinds.contains(&(format!("asset:{}", asset.key), kind.as_str().to_owned()))
        };
        for (kind, words) in [(EvidenceKind::Sbom, "no SBOM"), (EvidenceKind::Scan, "no scan")] {
            if !has(kind) {
                let href = Links::upload(&asset.key, kind.as_str());
                found.push(item(&asset.name, format!("{words} was ever collected"), ("Upload", href)));
            }
        }
    }
    found
}

fn unowned_assets(facts: &Facts<'_>) -> Vec<GapItem> {
    let unowned = facts.around.assets.iter().filter(|a| a.in_scope && a.owner.trim().is_empty());
    let found = |a: &crate::store::AssetRow| {
        item(
            &a.name,
            format!("asset {}, declared without an owner", a.key),
            ("Its evidence", Links::asset(&a.key)),
        )
    };
    unowned.map(found).collect()
}

fn older_than_cadence(facts: &Facts<'_>) -> Vec<GapItem> {
    let collected: BTreeMap<&str, UnixMillis> =
        facts.standing.evidence.iter().map(|e| (e.id.as_str(), e.collected_at)).collect();
    let mut found = Vec::new();
    for result in &facts.standing.evaluation.results {
        let Some(test) = facts.test(&result.test) else { continue };
        let days = test.cadence.as_ref().and_then(|c| c.days);
        let Some(days) = days.filter(|_| test.evidence.is_some()) else { continue };
        for subject in result.subjects.iter().filter(|s| s.status == TestStatus::Pass) {
            let newest = subject.relied_on.iter().filter_map(|id| collected.get(id.as_str())).max();
            let Some(age) = newest.map(|at| facts.around.at.since(*at) / DAY_MS) else { continue };
            if age > i64::from(days) {
                let detail = format!("{}: {age} days old, every {days} days is asked for", test.title);
                found.push(item(&subject.subject, detail, ("Open test", Links::default().test(&test.id))));
            }
        }
    }
    found
}

fn unproven_populations(facts: &Facts<'_>) -> Vec<GapItem> {
    let passing = facts.standing.evaluation.results.iter().flat_map(|r| &r.subjects);
    let relied: BTreeSet<&String> =
        passing.filter(|s| s.status == TestStatus::Pass).flat_map(|s| &s.relied_on).collect();
    let mut found = Vec::new();
    for row in &facts.standing.evidence {
        let Some(completeness) = facts.standing.unproven.get(&row.id).filter(|_| relied.contains(&row.id))
        else {
            continue;
        };
        let detail = format!("{}: completeness {completeness}, and tests pass on it", row.subject);
        found.push(item(&row.file, detail, ("Open evidence", Links::evidence(&row.id))));
    }
    found
}

fn expiring_documents(facts: &Facts<'_>) -> Vec<GapItem> {
    let end = facts.around.at.plus_days(PERIOD_AHEAD_DAYS);
    let mut found = Vec::new();
    for line in &facts.around.vendors {
        for document in &line.facts.documents {
            let until = document.bridge_until.max(document.valid_until);
            let Some(until) = until.filter(|until| *until < end) else { continue };
            let verb = if until < facts.around.at { "expired on" } else { "expires on" };
            let detail = format!("{}: {} {verb} {}", line.facts.name, document.title, until.to_date());
            found.push(item(&line.facts.name, detail, ("Open vendor", Links::vendor(&line.facts.key))));
        }
    }
    found
}

fn supporting_only(facts: &Facts<'_>) -> Vec<GapItem> {
    let mut found = Vec::new();
    for (asked, verdict) in facts.verdicts() {
        let holds = match verdict.status {
            RequirementStatus::EvidenceMet | RequirementStatus::ManualRequired => !verdict.tests.is_empty(),
            RequirementStatus::EvidenceNotMet
            | RequirementStatus::Unknown
            | RequirementStatus::Stale
            | RequirementStatus::Missing
            | RequirementStatus::LateWithProcess
            | RequirementStatus::NotApplicableClaimed
            | RequirementStatus::Superseded => false,
        };
        if holds && !is_direct(facts, verdict) {
            let what = format!("{} {}", verdict.id, asked.title);
            let href = Links::default().control(&verdict.framework, &verdict.id);
            found.push(item(what, verdict.framework.clone(), ("Open requirement", href)));
        }
    }
    found
}

/// Whether one of its tests decides a part of it.
fn is_direct(facts: &Facts<'_>, verdict: &RequirementVerdict) -> bool {
    let tests = verdict.tests.iter().filter_map(|t| facts.test(t));
    tests.flat_map(|t| &t.evidences).any(|l| {
        let framework = facts.catalog.framework(&l.framework).map(|f| f.id.as_str());
        framework == Some(&verdict.framework) && l.id == verdict.id && l.strength == Strength::Direct
    })
}

fn silent_requirements(facts: &Facts<'_>) -> Vec<GapItem> {
    let silent =
        facts.verdicts().filter(|(_, v)| v.status == RequirementStatus::ManualRequired && v.tests.is_empty());
    let found = |(asked, verdict): (&Item, &RequirementVerdict)| {
        let provide = asked.provide.clone().unwrap_or_default();
        let href = Links::default().control(&verdict.framework, &verdict.id);
        let detail = format!("{} · {provide}", verdict.framework);
        item(format!("{} {}", verdict.id, asked.title), detail, ("Open requirement", href))
    };
    silent.map(found).collect()
}
