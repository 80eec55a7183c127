//! Rolls test results up to requirements: the worst deciding test wins, and machine evidence never replaces a person.

use std::collections::BTreeMap;

use crate::controls::evaluate::listed;
use crate::controls::{
    Automation, Catalog, Framework, Item, RequirementStatus, RequirementVerdict, Strength, TestResult,
    TestStatus,
};

/// Characters an explanation aims to stay below.
const MAX_EXPLANATION: usize = 300;

/// A result that speaks for an item, how strongly, and what it leaves open.
#[derive(Debug, Clone, Copy)]
struct Voice<'r> {
    strength: Strength,
    result: &'r TestResult,
    leaves_open: Option<&'r str>,
}

/// The verdict of every assessed or superseded item of every framework, in catalogue order.
///
/// Takes results as they stand, so that a caller may turn covered failures into [`TestStatus::Exception`] first.
pub fn roll_up(catalog: &Catalog, results: &[TestResult]) -> Vec<RequirementVerdict> {
    let voices = voices(catalog, results);
    let mut verdicts = Vec::new();
    for framework in &catalog.frameworks {
        for item in framework.items.iter().filter(|i| i.is_assessed() || i.superseded_by.is_some()) {
            let heard = voices.get(&(framework.id.as_str(), item.id.as_str())).map_or(&[][..], Vec::as_slice);
            verdicts.push(verdict(framework, item, heard));
        }
    }
    verdicts
}

/// Per item the results that speak for it, ordered by test id, each once with its greatest strength.
fn voices<'c>(
    catalog: &'c Catalog,
    results: &'c [TestResult],
) -> BTreeMap<(&'c str, &'c str), Vec<Voice<'c>>> {
    let by_id: BTreeMap<&str, &TestResult> = results.iter().map(|r| (r.test.as_str(), r)).collect();
    let mut voices: BTreeMap<(&str, &str), BTreeMap<&str, Voice<'_>>> = BTreeMap::new();
    for test in &catalog.tests {
        let Some(result) = by_id.get(test.id.as_str()).copied() else { continue };
        for link in &test.evidences {
            let Some(framework) = catalog.framework(&link.framework) else { continue };
            let heard = voices.entry((framework.id.as_str(), link.id.as_str())).or_default();
            let said = Voice { strength: link.strength, result, leaves_open: link.leaves_open.as_deref() };
            let voice = heard.entry(&test.id).or_insert(said);
            if voice.strength < link.strength {
                *voice = said;
            }
        }
    }
    voices.into_iter().map(|(item, heard)| (item, heard.into_values().collect())).collect()
}

fn verdict(framework: &Framework, item: &Item, heard: &[Voice<'_>]) -> RequirementVerdict {
    let (status, explanation) = status(item, heard);
    // A machine that decides everything leaves nothing to hand in, unless it could not decide.
    let wanted = item.automation != Some(Automation::Full) || status == RequirementStatus::ManualRequired;
    let provide = item.provide.clone().filter(|_| wanted && status != RequirementStatus::Superseded);
    RequirementVerdict {
        framework: framework.id.clone(),
        id: item.id.clone(),
        status,
        explanation,
        tests: heard.iter().map(|v| v.result.test.clone()).collect(),
        provide,
    }
}

fn status(item: &Item, heard: &[Voice<'_>]) -> (RequirementStatus, String) {
    if let Some(by) = &item.superseded_by {
        return (RequirementStatus::Superseded, format!("Replaced by {by}; shown, never scored."));
    }
    let deciding: Vec<Voice<'_>> = heard
        .iter()
        .filter(|v| v.strength != Strength::Context && v.result.status != TestStatus::NotApplicable)
        .copied()
        .collect();
    let Some(worst) = deciding.iter().map(|v| v.result.status).min() else {
        return (RequirementStatus::ManualRequired, no_machine_part(item));
    };
    match worst {
        TestStatus::Fail => (RequirementStatus::EvidenceNotMet, weighed(&deciding, worst)),
        TestStatus::Error | TestStatus::Unknown => (RequirementStatus::Unknown, weighed(&deciding, worst)),
        TestStatus::Stale => (RequirementStatus::Stale, weighed(&deciding, worst)),
        TestStatus::Missing => (RequirementStatus::Missing, weighed(&deciding, worst)),
        TestStatus::Exception | TestStatus::Pass | TestStatus::NotApplicable => holding(item, &deciding),
    }
}

/// Every deciding test holds: met only where a machine may say so and a direct test does.
fn holding(item: &Item, deciding: &[Voice<'_>]) -> (RequirementStatus, String) {
    let names: Vec<&str> = deciding.iter().map(|v| v.result.test.as_str()).collect();
    let excepted = deciding.iter().filter(|v| v.result.status == TestStatus::Exception).count();
    let exception =
        if excepted > 0 { format!("; {excepted} by an exception in force") } else { String::new() };
    let direct = deciding.iter().any(|v| v.strength == Strength::Direct);
    if item.automation == Some(Automation::Full) && direct {
        let verb = if deciding.len() == 1 { "holds" } else { "hold" };
        let tests = counted(deciding.len());
        return (RequirementStatus::EvidenceMet, format!("{tests} {verb}: {}{exception}.", listed(&names)));
    }
    let verb = if deciding.len() == 1 { "holds" } else { "hold" };
    let machine = format!("What a machine can check is met ({} {verb}{exception})", listed(&names));
    (RequirementStatus::ManualRequired, format!("{machine}. A person has to show {}.", left_open(deciding)))
}

/// What the strongest test leaves to people.
fn left_open<'v>(deciding: &[Voice<'v>]) -> &'v str {
    let open = |strength| deciding.iter().filter(move |v| v.strength == strength).find_map(|v| v.leaves_open);
    open(Strength::Direct).or_else(|| open(Strength::Supporting)).unwrap_or("the rest")
}

fn no_machine_part(item: &Item) -> String {
    match item.automation {
        Some(Automation::Full) => "No test in the catalogue decides it yet: a person has to.",
        Some(Automation::Partial | Automation::Manual) | None => {
            "No test can decide it: a person has to provide evidence."
        }
    }
    .to_owned()
}

/// "2 of 3 tests fail. id: why Also: other."
fn weighed(deciding: &[Voice<'_>], worst: TestStatus) -> String {
    let same: Vec<&TestResult> = deciding.iter().map(|v| v.result).filter(|r| r.status == worst).collect();
    let [one, many] = match worst {
        TestStatus::Fail => ["fails", "fail"],
        TestStatus::Error => ["could not be carried out"; 2],
        TestStatus::Unknown => ["cannot be judged"; 2],
        TestStatus::Stale => ["rests on old evidence", "rest on old evidence"],
        TestStatus::Missing => ["has no evidence", "have no evidence"],
        TestStatus::Exception | TestStatus::Pass | TestStatus::NotApplicable => ["holds", "hold"],
    };
    let mut text = if deciding.len() == 1 {
        String::new()
    } else {
        let verb = if same.len() == 1 { one } else { many };
        format!("{} of {} {verb}. ", same.len(), counted(deciding.len()))
    };
    let mut said = 0;
    for result in &same {
        let next = format!("{}: {}", result.test, result.explanation);
        if said > 0 && text.chars().count() + next.chars().count() > MAX_EXPLANATION {
            break;
        }
        text.push_str(if said > 0 { " " } else { "" });
        text.push_str(&next);
        said += 1;
    }
    let rest: Vec<&str> = same.iter().skip(said).map(|r| r.test.as_str()).collect();
    if rest.is_empty() {
        return text;
    }
    let also = format!(" Also: {}.", listed(&rest));
    let fits = text.chars().count() + also.chars().count() <= MAX_EXPLANATION;
    if fits { text + &also } else { format!("{text} And {} more.", counted(rest.len())) }
}

fn counted(tests: usize) -> String {
    if tests == 1 { "1 test".to_owned() } else { format!("{tests} tests") }
}

#[cfg(test)]
mod tests {
    use crate::base::{Digest, UnixMillis};
    use crate::controls::sample::{load, test_file};

    use super::*;

    const BODY: &str =
        "population: {of: asset, when_empty: Declare one}\npass: {path: subject.in_scope, eq: true}";

    fn result(test: &str, status: TestStatus) -> TestResult {
        TestResult {
            test: test.to_owned(),
            definition: Digest::of(b""),
            inputs: Digest::of(b""),
            status,
            population: 1,
            evaluated: 1,
            failing: Vec::new(),
            more_failing: 0,
            subjects: Vec::new(),
            explanation: format!("Because of {test}."),
            at: UnixMillis(0),
            valid_until: None,
        }
    }

    /// The verdict on an item to which tests speak with these strengths and statuses.
    fn verdict_of(item: &str, voices: &[(&str, TestStatus)]) -> RequirementVerdict {
        let named = |i: usize| format!("demo.t{i}");
        let files: Vec<String> = voices
            .iter()
            .enumerate()
            .map(|(i, (strength, _))| {
                test_file(
                    &named(i),
                    &format!("{{framework: demo, id: '{item}', strength: {strength}}}"),
                    BODY,
                )
            })
            .collect();
        let results: Vec<TestResult> =
            voices.iter().enumerate().map(|(i, (_, status))| result(&named(i), *status)).collect();
        let verdicts = roll_up(&load(&files).unwrap(), &results);
        verdicts.into_iter().find(|v| v.id == item).unwrap()
    }

    fn status_of(item: &str, voices: &[(&str, TestStatus)]) -> RequirementStatus {
        verdict_of(item, voices).status
    }

    #[test]
    fn headings_have_no_verdict_and_superseded_items_are_shown() {
        let verdicts = roll_up(&load(&[]).unwrap(), &[]);

        let ids: Vec<_> = verdicts.iter().map(|v| (v.id.as_str(), v.status)).collect();
        let manual = RequirementStatus::ManualRequired;
        assert_eq!(
            ids,
            [("1.1", manual), ("1.2", manual), ("1.3", manual), ("1.4", RequirementStatus::Superseded)]
        );
        assert_eq!(verdicts[2].provide.as_deref(), Some("A signature"));
        assert!(verdicts[3].explanation.contains("Replaced by 1.1"));
    }

    #[test]
    fn the_worst_deciding_test_wins() {
        use TestStatus::{Error, Exception, Fail, Missing, NotApplicable, Pass, Stale, Unknown};

        let cases = [
            (Fail, RequirementStatus::EvidenceNotMet),
            (Error, RequirementStatus::Unknown),
            (Unknown, RequirementStatus::Unknown),
            (Stale, RequirementStatus::Stale),
            (Missing, RequirementStatus::Missing),
            (Exception, RequirementStatus::EvidenceMet),
            (Pass, RequirementStatus::EvidenceMet),
            (NotApplicable, RequirementStatus::EvidenceMet),
        ];
        for (status, expected) in cases {
            assert_eq!(status_of("1.1", &[("direct", Pass), ("supporting", status)]), expected, "{status:?}");
            assert_eq!(
                status_of("1.1", &[("direct", Pass), ("context", status)]),
                RequirementStatus::EvidenceMet
            );
        }
        assert_eq!(status_of("1.1", &[("direct", Stale), ("direct", Unknown)]), RequirementStatus::Unknown);
        assert_eq!(status_of("1.3", &[("direct", Fail)]), RequirementStatus::EvidenceNotMet);
    }

    #[test]
    fn a_machine_alone_decides_only_what_is_fully_automated_and_directly_tested() {
        let pass = TestStatus::Pass;

        let full = verdict_of("1.1", &[("direct", pass), ("direct", pass)]);
        let supported = verdict_of("1.1", &[("supporting", pass)]);
        let partial = verdict_of("1.2", &[("direct", pass), ("supporting", pass)]);
        let context = verdict_of("1.1", &[("context", pass)]);

        assert_eq!((full.status, full.provide), (RequirementStatus::EvidenceMet, None));
        assert_eq!(full.explanation, "2 tests hold: demo.t0, demo.t1.");
        assert_eq!(supported.status, RequirementStatus::ManualRequired);
        assert_eq!(partial.status, RequirementStatus::ManualRequired);
        assert_eq!(
            partial.explanation,
            "What a machine can check is met (demo.t0, demo.t1 hold). A person has to show the rest."
        );
        assert_eq!(partial.provide.as_deref(), Some("Minutes of a meeting"));
        assert_eq!((context.status, context.tests.len()), (RequirementStatus::ManualRequired, 1));
    }

    #[test]
    fn what_a_machine_cannot_show_is_named() {
        let link = "{framework: demo, id: '1.1', strength: supporting, part: a list, leaves_open: the review itself}";
        let file = test_file("demo.t0", link, BODY);

        let verdicts = roll_up(&load(&[file]).unwrap(), &[result("demo.t0", TestStatus::Pass)]);

        assert_eq!(
            verdicts[0].explanation,
            "What a machine can check is met (demo.t0 holds). A person has to show the review itself."
        );
    }

    #[test]
    fn many_failing_tests_are_counted_once_there_is_no_room() {
        let long = TestResult { explanation: "x".repeat(190), ..result("demo.t0", TestStatus::Fail) };
        let files: Vec<String> = (0..6)
            .map(|i| test_file(&format!("demo.t{i}"), "{framework: demo, id: '1.1', strength: direct}", BODY))
            .collect();
        let results: Vec<TestResult> =
            (0..6).map(|i| TestResult { test: format!("demo.t{i}"), ..long.clone() }).collect();

        let said = &roll_up(&load(&files).unwrap(), &results)[0].explanation;

        assert!(said.starts_with("6 of 6 tests fail. demo.t0: x"), "{said}");
        assert!(said.ends_with(" Also: demo.t1, demo.t2, demo.t3 and 2 more."), "{said}");
        assert!(said.chars().count() <= 300, "{said}");
    }

    #[test]
    fn the_explanation_names_what_decided() {
        let verdict = verdict_of("1.1", &[("direct", TestStatus::Fail), ("direct", TestStatus::Pass)]);

        assert_eq!(verdict.explanation, "1 of 2 tests fails. demo.t0: Because of demo.t0.");
        let excepted = verdict_of("1.1", &[("direct", TestStatus::Exception)]);
        assert_eq!(excepted.explanation, "1 test holds: demo.t0; 1 by an exception in force.");
    }
}
