use super::*;
use crate::base::Severity;
use crate::evidence::Evidence;

const REST: &str = r#"{"ghsa_id":"GHSA-aaaa-bbbb-cccc","cve_id":"CVE-2099-1","summary":"s","type":"reviewed",
 "severity":"medium","identifiers":[{"type":"GHSA","value":"GHSA-aaaa-bbbb-cccc"},{"type":"CVE","value":"CVE-2099-1"}],
 "published_at":"2099-01-01T00:00:00Z","updated_at":"2099-01-02T00:00:00Z","withdrawn_at":null,
 "vulnerabilities":[{"package":{"ecosystem":"pip","name":"demo"},"vulnerable_version_range":">= 1.0, <= 1.4",
   "first_patched_version":"1.5","vulnerable_functions":["demo.run"]}],
 "cvss":{"vector_string":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H","score":9.8},
 "cvss_severities":{"cvss_v3":{"vector_string":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H","score":9.8},
   "cvss_v4":{"vector_string":null,"score":0.0}},"cwes":[{"cwe_id":"CWE-79","name":"x"}]}"#;

const GRAPHQL: &str = r#"{"ghsaId":"GHSA-aaaa-bbbb-dddd","severity":"MODERATE","publishedAt":"2099-01-01T00:00:00Z",
 "identifiers":[{"type":"CVE","value":"CVE-2099-2"}],"cwes":{"edges":[{"node":{"cweId":"CWE-20"}}]},
 "vulnerabilities":{"edges":[{"node":{"package":{"ecosystem":"NUGET","name":"Demo"},
   "vulnerableVersionRange":"< 4.3.1","firstPatchedVersion":{"identifier":"4.3.1"}}}]}}"#;

fn read(text: &str) -> Vec<Advisory> {
    let probe = Probe::new("a.json", text.as_bytes());
    assert!(GitHubAdvisories.recognises(&probe));
    let Evidence::Advisories(list) = GitHubAdvisories.decode(&probe).unwrap().evidence else { panic!() };
    list
}

#[test]
fn rest_records_are_read() {
    let advisory = &read(&format!("[{REST}]"))[0];

    assert_eq!(
        (advisory.id.as_str(), advisory.aliases.as_slice()),
        ("GHSA-aaaa-bbbb-cccc", &["CVE-2099-1".to_owned()][..])
    );
    assert_eq!((advisory.severity, advisory.ratings.len()), (Severity::Critical, 2));
    let affected = &advisory.affected[0];
    assert_eq!((affected.ecosystem.as_str(), affected.intervals[0].shown().as_str()), ("PyPI", "[1.0, 1.4]"));
    assert_eq!(affected.intervals[0].fixed.as_deref(), Some("1.5"));
    assert_eq!((affected.symbols.len(), advisory.cwes.as_slice()), (1, &["CWE-79".to_owned()][..]));
}

#[test]
fn graphql_records_and_answers_are_read() {
    let one = &read(GRAPHQL)[0];
    assert_eq!((one.severity, one.affected[0].ecosystem.as_str()), (Severity::Medium, "NuGet"));
    assert_eq!(one.cwes, ["CWE-20"]);
    let answer = format!(r#"{{"data":{{"securityAdvisories":{{"nodes":[{GRAPHQL},{GRAPHQL}]}}}}}}"#);
    assert_eq!(read(&answer).len(), 2);
}

#[test]
fn dependabot_alerts_are_left_to_others() {
    let alert = format!(r#"[{{"number":1,"security_advisory":{REST}}}]"#);

    assert!(!GitHubAdvisories.recognises(&Probe::new("a.json", alert.as_bytes())));
}

proptest::proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "[\\[\\]{}:,\"a-z0-9<>= .]{0,120}") {
        drop(GitHubAdvisories.decode(&Probe::new("x", text.as_bytes())));
        let record = REST.replace(">= 1.0, <= 1.4", &text.replace('"', ""));
        drop(GitHubAdvisories.decode(&Probe::new("x", record.as_bytes())));
    }
}
