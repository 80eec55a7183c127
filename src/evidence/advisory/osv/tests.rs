use super::*;
use crate::base::Severity;

const RECORD: &str = r#"{"id":"GHSA-1","modified":"2026-01-02T00:00:00Z","published":"2026-01-01T00:00:00Z",
 "aliases":["CVE-1"],"summary":"s","severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H"}],
 "affected":[{"package":{"ecosystem":"crates.io","name":"demo"},"ranges":[
   {"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"1.0.0"},{"introduced":"2.0.0"},{"last_affected":"2.5.0"}]},
   {"type":"ECOSYSTEM","events":[{"introduced":"3.0.0"}]},
   {"type":"GIT","repo":"r","events":[{"introduced":"0"}]}],"versions":["1.5.0"]},
  {"package":{"ecosystem":"npm","name":"demo-js"}}, {"ranges":null}]}"#;

fn decode(text: &str) -> Decoded {
    let probe = Probe::new("a.json", text.as_bytes());
    assert!(Osv.recognises(&probe));
    Osv.decode(&probe).expect("readable")
}

fn advisories(decoded: &Decoded) -> &[Advisory] {
    let Evidence::Advisories(list) = &decoded.evidence else { panic!("no advisories") };
    list
}

fn codes(decoded: &Decoded) -> Vec<&str> {
    decoded.warnings.iter().map(|w| w.code.as_str()).collect()
}

#[test]
fn every_entry_and_every_interval_is_kept() {
    let decoded = decode(RECORD);

    let advisory = &advisories(&decoded)[0];
    assert_eq!(advisory.affected.len(), 2);
    assert_eq!(advisory.affected[0].intervals.len(), 3);
    assert_eq!(advisory.affected[0].versions, ["1.5.0"]);
    assert_eq!((advisory.severity, advisory.class.as_str()), (Severity::High, "vulnerability"));
    assert_eq!(codes(&decoded), ["git-range", "no-package"]);
    assert_eq!(decoded.counts["advisories"], 1);
}

#[test]
fn lists_lines_answers_and_yaml_are_read() {
    let line = RECORD.replace('\n', "");
    let encoded = |text: &str| {
        let decoded = decode(text);
        (decoded.encoding, advisories(&decoded).len())
    };

    assert_eq!(encoded(&format!("[{line},{line}]")), (Encoding::Json, 2));
    assert_eq!(encoded(&format!("{line}\n\n{line}\n")), (Encoding::Jsonl, 2));
    let yaml = "id: PYSEC-1\nmodified: '2026-01-01T00:00:00Z'\naffected:\n- package: {ecosystem: PyPI, name: x}\n  \
                ranges:\n  - type: ECOSYSTEM\n    events:\n    - introduced: 0\n    - fixed: 1.10\n  versions: [1.0, '1.1']\n";
    assert_eq!(encoded(yaml), (Encoding::Yaml, 1));
    let answer = format!("{{\"vulns\":[{line}]}}");
    assert_eq!(advisories(&Osv.decode(&Probe::new("x", answer.as_bytes())).unwrap()).len(), 1);
}

#[test]
fn a_broken_line_is_dropped_aloud_and_the_others_count() {
    let line = RECORD.replace('\n', "");
    let decoded = decode(&format!("{line}\n{{\"id\":7}}\n{line}"));

    assert_eq!(decoded.records, Records { read: 3, kept: 2, merged: 0, dropped: 1 });
    assert_eq!(decoded.counts["advisories"], 3);
    assert!(codes(&decoded).contains(&"unreadable-record"));
    assert!(Osv.decode(&Probe::new("x", b"{\"id\":")).is_err());
}

#[test]
fn nulls_stand_for_empty_lists_and_an_id_is_needed() {
    let nulls = decode(
        r#"{"id":"A","modified":"x","published":null,"aliases":null,"affected":null,"summary":null,"details":"one\ntwo"}"#,
    );
    assert_eq!((advisories(&nulls)[0].summary.as_str(), advisories(&nulls)[0].modified), ("one", None));

    let nameless = decode(r#"{"id":"","modified":"2026-01-01T00:00:00Z","affected":[]}"#);
    assert_eq!((nameless.records.dropped, nameless.counts["advisories"]), (1, 1));
}

#[test]
fn severity_comes_from_the_best_vector_or_the_words() {
    let severity = |members: &str| {
        advisories(&decode(&format!(r#"{{"id":"A","modified":"","affected":[]{members}}}"#)))[0].severity
    };

    assert_eq!(severity(r#","database_specific":{"severity":"MODERATE"}"#), Severity::Medium);
    assert_eq!(severity(r#","severity":[{"type":"Ubuntu","score":"high"}]"#), Severity::High);
    assert_eq!(severity(r#","severity":[{"type":"CVSS_V3","score":"CVSS:3.1/broken"}]"#), Severity::Unknown);
    assert_eq!(severity(""), Severity::Unknown);
    let both = r#","severity":[{"score":"AV:N/AC:L/Au:N/C:C/I:C/A:C"},{"score":"CVSS:3.0/AV:N/AC:H/PR:N/UI:N/S:U/C:N/I:N/A:L"}]"#;
    assert_eq!(severity(both), Severity::Low, "CVSS 3 is preferred to CVSS 2");
}

#[test]
fn malicious_and_informational_records_say_so() {
    let class = |id: &str, specific: &str| {
        let text = format!(
            r#"{{"id":"{id}","modified":"","affected":[{{"package":{{"ecosystem":"crates.io","name":"x"}},"database_specific":{specific}}}]}}"#
        );
        advisories(&decode(&text))[0].class.clone()
    };

    assert_eq!(class("MAL-2026-1", "{}"), "malicious");
    assert_eq!(class("RUSTSEC-1", r#"{"informational":"unmaintained"}"#), "unmaintained");
    assert_eq!(class("RUSTSEC-1", r#"{"informational":null}"#), "vulnerability");
}

#[test]
fn an_archive_of_records_is_one_document() {
    let member = |name, bytes| ArchiveMember { name, bytes };
    let members =
        [member("README", b""), member("x/b.json", b"{broken"), member("a.json", RECORD.as_bytes())];
    let decoded = read_archive(&members).unwrap();

    assert_eq!(decoded.records, Records { read: 2, kept: 1, merged: 0, dropped: 1 });
    assert!(read_archive(&members[..2]).is_none(), "no readable record");
    let mixed = [members[2], member("bom.json", b"{\"bomFormat\":\"CycloneDX\"}")];
    assert!(read_archive(&mixed).is_none(), "other evidence in the archive is not swallowed");
}

#[test]
fn other_json_is_not_claimed() {
    let recognised = |text: &str| Osv.recognises(&Probe::new("x.json", text.as_bytes()));

    assert!(!recognised(r#"{"id":"x","name":"a webhook"}"#));
    assert!(!recognised(r#"[{"id":1,"summary":"an issue"}]"#));
    assert!(!recognised("[]") && !recognised("") && !recognised("name: x"));
}

proptest::proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "[\\[\\]{}\",:a-z0-9\n ]{0,120}") {
        drop(Osv.decode(&Probe::new("x", text.as_bytes())));
        let _ = Osv.recognises(&Probe::new("x", text.as_bytes()));
        drop(Osv.decode(&Probe::new("x", RECORD.replace("\"2.0.0\"", &text).as_bytes())));
    }
}
