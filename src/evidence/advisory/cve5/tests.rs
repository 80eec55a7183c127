use super::*;
use crate::base::Severity;
use crate::evidence::Evidence;

fn read(cna: &str, state: &str) -> Advisory {
    let text = format!(
        r#"{{"dataType":"CVE_RECORD","dataVersion":"5.1","cveMetadata":{{"cveId":"CVE-2099-1","state":"{state}",
        "dateUpdated":"2099-01-02T00:00:00Z"}},"containers":{{"cna":{cna},"adp":[{{"providerMetadata":{{"shortName":"CISA-ADP"}},
        "metrics":[{{"cvssV3_1":{{"vectorString":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}}}}]}}]}}}}"#
    );
    let probe = Probe::new("a.json", text.as_bytes());
    assert!(Cve5.recognises(&probe));
    let Evidence::Advisories(mut list) = Cve5.decode(&probe).unwrap().evidence else { panic!() };
    list.remove(0)
}

#[test]
fn packages_ranges_and_the_ratings_of_all_containers_are_read() {
    let advisory = read(
        r#"{"title":"t","metrics":[{"other":{"type":"x","content":{"value":"Moderate"}}}],
        "problemTypes":[{"descriptions":[{"cweId":"CWE-1"}]}],
        "affected":[{"collectionURL":"https://repo.maven.apache.org/maven2","packageName":"org.demo:demo",
          "versions":[{"version":"1.0","lessThan":"1.4","status":"affected"},{"version":"2.0","status":"affected"},
          {"version":"3.0","lessThanOrEqual":"3.*","status":"unaffected"}]},
         {"packageURL":"pkg:npm/demo","defaultStatus":"affected","versions":[{"version":"5","lessThan":"*","status":"unaffected"}]},
         {"vendor":"V","product":"P","cpes":["cpe:2.3:a:v:p:*:*:*:*:*:*:*:*"],"defaultStatus":"affected"}]}"#,
        "PUBLISHED",
    );

    let shown: Vec<String> = advisory
        .affected
        .iter()
        .map(|a| {
            format!(
                "{} {} {:?} {:?}",
                a.ecosystem,
                a.package,
                a.intervals.iter().map(|i| i.shown()).collect::<Vec<_>>(),
                a.versions
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            r#"Maven org.demo:demo ["[1.0, 1.4)"] ["2.0"]"#,
            r#"npm demo ["[0, 5)"] []"#,
            r#"CPE v:p ["[0, no fix known)"] []"#,
        ]
    );
    assert_eq!((advisory.severity, advisory.ratings.len()), (Severity::Critical, 2));
    assert_eq!(advisory.ratings[1].source, "CISA-ADP");
    assert_eq!(advisory.cwes, ["CWE-1"]);
}

#[test]
fn rejected_records_are_withdrawn() {
    assert!(read("{}", "REJECTED").withdrawn.is_some());
    assert!(read("{}", "PUBLISHED").withdrawn.is_none());
}

proptest::proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "[\\[\\]{}:,\"a-z0-9*. ]{0,120}") {
        let text = format!(r#"{{"dataType":"CVE_RECORD","cveMetadata":{{"cveId":"C"}},"containers":{{"cna":{{"affected":[{text}]}}}}}}"#);
        drop(Cve5.decode(&Probe::new("x", text.as_bytes())));
    }
}
