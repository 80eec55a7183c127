use super::*;
use crate::base::Severity;
use crate::evidence::scan::FindingState;

fn decode(text: &str) -> Decoded {
    Sarif.decode(&Probe::new("a.sarif", text.as_bytes())).expect("readable")
}

fn error(text: &str) -> DecodeError {
    Sarif.decode(&Probe::new("a.sarif", text.as_bytes())).expect_err("unreadable")
}

fn scan(decoded: &Decoded) -> &Scan {
    let Evidence::Scan(scan) = &decoded.evidence else { panic!("no scan") };
    scan
}

/// A log with one run of those results.
fn log(run: &str) -> String {
    format!(r#"{{"version":"2.1.0","runs":[{{"tool":{{"driver":{{"name":"T"}}}},{run}}}]}}"#)
}

fn one(result: &str) -> Finding {
    scan(&decode(&log(&format!(r#""results":[{result}]"#)))).findings[0].clone()
}

fn codes(decoded: &Decoded) -> Vec<&str> {
    decoded.warnings.iter().map(|w| w.code.as_str()).collect()
}

#[test]
fn other_versions_are_refused_by_name() {
    let refused = error(r#"{"version":"1.0.0","runs":[]}"#);

    assert_eq!(refused.code, "unsupported-version");
    assert!(refused.message.contains("1.0.0") && refused.message.contains("2.1.0"));
    assert_eq!(error(r#"{"runs":[]}"#).code, "unsupported-version");
    assert_eq!(error(r#"{"version":"2.0.0","runs":["#).code, "unsupported-version");
    assert_eq!(error(r#"{"version":"2.1.0","runs":["#).code, "malformed-json");
}

#[test]
fn the_level_comes_from_result_then_override_then_rule_then_warning() {
    let text = r#"{"version":"2.1.0","runs":[{
        "tool":{"driver":{"name":"T","rules":[
            {"id":"a","defaultConfiguration":{"level":"error"}},{"id":"b","defaultConfiguration":{"level":"note"}}]}},
        "invocations":[{"executionSuccessful":true,
            "ruleConfigurationOverrides":[{"descriptor":{"index":1},"configuration":{"level":"error"}}]}],
        "results":[{"ruleId":"a","level":"note","message":{"text":"m"}},{"ruleId":"a"},{"ruleIndex":1},{"ruleIndex":1,"level":"none"},{"ruleId":"orphan"}]}]}"#;
    let decoded = decode(text);

    let raw = |rule: &str| -> Vec<String> {
        let mine = scan(&decoded).findings.iter().filter(|f| f.rule == rule);
        mine.map(|f| f.severity_raw.clone()).collect()
    };
    let mut of_a = raw("a");
    of_a.sort();
    assert_eq!(of_a, ["error (rule)", "note"]);
    assert_eq!(raw("b"), ["error (override)"], "of two equal results the worse one is kept");
    assert_eq!(raw("orphan"), ["warning (default)"]);
    assert_eq!(decoded.records, Records { read: 5, kept: 4, merged: 1, dropped: 0 });
}

#[test]
fn rules_of_extensions_are_found_by_reference_and_by_id() {
    let text = r#"{"version":"2.1.0","runs":[{
        "tool":{"driver":{"name":"T"},"extensions":[{"name":"empty"},{"name":"pack","rules":[
            {"id":"x","defaultConfiguration":{"level":"error"},"shortDescription":{"text":"of x"}}]}]},
        "results":[{"ruleId":"x"},{"rule":{"index":0,"toolComponent":{"index":1}},"message":{"text":"by index"}},
            {"ruleId":"x/case","message":{"text":"a case of x"}}]}]}"#;
    let decoded = decode(text);

    assert!(scan(&decoded).findings.iter().all(|f| f.severity == Severity::High));
    assert!(scan(&decoded).findings.iter().any(|f| f.title == "of x"));
}

#[test]
fn security_severity_may_be_a_score_or_a_word_or_empty() {
    let of = |written: &str| {
        let found = one(&format!(
            r#"{{"ruleId":"a","level":"note","properties":{{"security-severity":{written}}}}}"#
        ));
        (found.severity, found.severity_raw)
    };

    assert_eq!(of(r#""9.8""#), (Severity::Critical, "security-severity 9.8".to_owned()));
    assert_eq!(of("7.5").0, Severity::High);
    assert_eq!(of(r#""MEDIUM""#).0, Severity::Medium);
    assert_eq!(of(r#""""#), (Severity::Low, "note".to_owned()));
}

#[test]
fn kinds_and_suppressions_decide_the_state() {
    let state = |members: &str| one(&format!(r#"{{"ruleId":"a"{members}}}"#)).state;

    assert_eq!(state(""), FindingState::Open);
    assert_eq!(state(r#","kind":"pass""#), FindingState::Pass);
    assert_eq!(state(r#","kind":"notApplicable""#), FindingState::NotApplicable);
    assert_eq!(state(r#","kind":"informational""#), FindingState::Review);
    assert_eq!(state(r#","kind":"something new""#), FindingState::Open);
    assert_eq!(state(r#","baselineState":"absent""#), FindingState::Pass);
    assert_eq!(state(r#","suppressions":null"#), FindingState::Open);
    assert_eq!(state(r#","suppressions":[]"#), FindingState::Open);
    assert_eq!(state(r#","suppressions":[{"kind":"inSource"}]"#), FindingState::Suppressed);
    assert_eq!(
        state(r#","suppressions":[{"kind":"external","status":"accepted"}]"#),
        FindingState::Suppressed
    );
    assert_eq!(state(r#","suppressions":[{"status":"rejected"}]"#), FindingState::Open);
    assert_eq!(
        state(r#","suppressions":[{"kind":"inSource"},{"status":"underReview"}]"#),
        FindingState::Open
    );
}

#[test]
fn a_result_without_rule_message_or_place_is_still_a_finding() {
    let found = one("{}");

    assert_eq!((found.rule.as_str(), found.title.as_str(), found.location), ("", "", None));
    assert_eq!(found.state, FindingState::Open);
}

#[test]
fn messages_by_id_are_filled_and_placeholders_without_argument_stay() {
    let text = r#"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"T","rules":[
        {"id":"a","messageStrings":{"m":{"text":"{0} and {1} {x}"}}}]}},
        "results":[{"ruleId":"a","message":{"id":"m","arguments":["one"]}}]}]}"#;

    assert_eq!(scan(&decode(text)).findings[0].title, "one and {1} {x}");
}

#[test]
fn places_come_from_uri_artifact_index_or_logical_name() {
    let text = log(r#""artifacts":[{"location":{"uri":"src/a.c"}}],"results":[
        {"ruleId":"1","locations":[{"physicalLocation":{"artifactLocation":{"uri":"./b.c"},"region":{"startLine":7}}}]},
        {"ruleId":"2","locations":[{"physicalLocation":{"artifactLocation":{"index":0}}}]},
        {"ruleId":"3","locations":[{"logicalLocations":[{"fullyQualifiedName":"image:app"}]}]}]"#);
    let decoded = decode(&text);

    let mut places: Vec<_> =
        scan(&decoded).findings.iter().map(|f| (f.rule.clone(), f.location.clone())).collect();
    places.sort();
    assert_eq!(
        places,
        [
            ("1".to_owned(), Some("b.c:7".to_owned())),
            ("2".to_owned(), Some("src/a.c".to_owned())),
            ("3".to_owned(), Some("image:app".to_owned()))
        ]
    );
}

#[test]
fn title_level_line_and_order_do_not_change_identities() {
    let result = |line: u32, title: &str, rule: &str| {
        format!(
            r#"{{"ruleId":"{rule}","message":{{"text":"{title}"}},"locations":[{{"physicalLocation":{{
            "artifactLocation":{{"uri":"a.c"}},"region":{{"startLine":{line},"snippet":{{"text":"x = 1"}}}}}}}}]}}"#
        )
    };
    let ids = |list: &[String]| -> Vec<Digest> {
        let decoded = decode(&log(&format!(r#""results":[{}]"#, list.join(","))));
        let mut ids: Vec<_> = scan(&decoded).findings.iter().map(|f| f.identity).collect();
        ids.sort();
        ids
    };

    let before = ids(&[result(3, "old", "r"), result(9, "old", "r"), result(1, "t", "s")]);
    let after = ids(&[result(2, "t", "s"), result(11, "new", "r"), result(5, "new", "r")]);
    assert_eq!(before, after);
    assert_eq!(before.len(), 3, "two places of one rule and code are two findings");
}

#[test]
fn fingerprints_may_be_objects() {
    let with = |print: &str| one(&format!(r#"{{"ruleId":"a","fingerprints":{{"v1":{print}}}}}"#)).identity;

    assert_eq!(with(r#"{"value":"abc"}"#), with(r#""abc""#));
    assert_ne!(with(r#""abc""#), with(r#""def""#));
    assert_eq!(with("null"), one(r#"{"ruleId":"a"}"#).identity);
}

#[test]
fn a_run_without_results_list_did_not_run_to_its_end() {
    for run in [r#""results":null"#, r#""x":1"#] {
        let decoded = decode(&log(run));
        assert_eq!(scan(&decoded).successful, Some(false));
        assert_eq!(codes(&decoded), ["unfinished-run"]);
    }
    let nothing_ran = decode(r#"{"version":"2.1.0","runs":null}"#);
    assert_eq!((scan(&nothing_ran).successful, codes(&nothing_ran)), (Some(false), vec!["no-runs"]));
    let elsewhere = decode(&log(r#""externalPropertyFileReferences":{"results":[{"guid":"g"}]}"#));
    assert_eq!(codes(&elsewhere), ["external-results"]);
}

#[test]
fn success_and_end_are_taken_from_the_invocations() {
    let with = |invocations: &str| {
        let decoded = decode(&log(&format!(r#""invocations":{invocations},"results":[]"#)));
        (scan(&decoded).successful, decoded.produced_at)
    };
    let end = UnixMillis::parse_lenient("2026-01-02T03:04:05Z").ok();

    assert_eq!(
        with(r#"[{"executionSuccessful":true,"endTimeUtc":"2026-01-02T03:04:05Z"}]"#),
        (Some(true), end)
    );
    assert_eq!(with(r#"[{"executionSuccessful":true},{"executionSuccessful":false}]"#).0, Some(false));
    assert_eq!(with("[]").0, None);
    assert_eq!(with("[{}]").0, None);
}

#[test]
fn raw_control_characters_and_half_surrogates_are_mended_with_a_warning() {
    let decoded = decode(&log("\"results\":[{\"message\":{\"text\":\"two\r\nlines\"}}]"));

    assert_eq!(codes(&decoded), ["mended-strings"]);
    assert_eq!(scan(&decoded).findings[0].title, "two\r\nlines");
    assert_eq!(one(r#"{"message":{"text":"\ud800 half"}}"#).title, "\u{FFFD} half");
    assert_eq!(one(r#"{"message":{"text":"nul \u0000"}}"#).title, "nul \u{FFFD}");
}

#[test]
fn null_results_are_counted_as_dropped() {
    let decoded = decode(&log(r#""results":[null,{"ruleId":"a"},7]"#));

    assert_eq!(decoded.records, Records { read: 3, kept: 1, merged: 0, dropped: 2 });
    assert_eq!(decoded.counts["findings"], 3);
    assert_eq!(decoded.warnings[0].count, 2);
    assert_eq!(error(&log(r#""results":{}"#)).path, "/runs/0/results");
}

#[test]
fn broken_sarif_is_still_recognised_as_sarif() {
    let recognised = |text: &str| Sarif.recognises(&Probe::new("x", text.as_bytes()));

    assert!(recognised(
        "{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",\"version\":\"2.1.0\",\"runs\":["
    ));
    assert!(!recognised("{\"bomFormat\":\"CycloneDX\",\"version\":1,"));
    assert!(!recognised("version: 1"));
}

proptest::proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "[\\[\\]{}\",:\\\\a-z0-9\n]{0,120}") {
        drop(Sarif.decode(&Probe::new("x", text.as_bytes())));
        drop(Sarif.decode(&Probe::new("x", log(&text).as_bytes())));
        drop(Sarif.decode(&Probe::new("x", log(&format!("\"results\":[{{{text}}}]")).as_bytes())));
    }
}
