use super::*;
use crate::base::Severity;
use crate::evidence::Evidence;

const DOCUMENT: &str = r#"{"document":{"category":"csaf_security_advisory","csaf_version":"2.0","title":"t",
 "publisher":{"name":"Demo"},"tracking":{"id":"DEMO-1","current_release_date":"2099-01-02T00:00:00Z"}},
 "product_tree":{"branches":[{"category":"vendor","name":"v","branches":[
   {"category":"product_version","name":"1.2","product":{"product_id":"A","name":"a",
     "product_identification_helper":{"purl":"pkg:pypi/demo@1.2"}}},
   {"category":"product_version_range","name":">= 2.0, < 2.4","product":{"product_id":"B","name":"b",
     "product_identification_helper":{"purl":"pkg:pypi/demo"}}},
   {"category":"product_version","name":"x","product":{"product_id":"R","name":"r",
     "product_identification_helper":{"purl":"pkg:rpm/redhat/curl@7.76.1-23.el9?arch=x86_64"}}},
   {"category":"product_name","name":"RHEL 9","product":{"product_id":"OS","name":"os",
     "product_identification_helper":{"cpe":"cpe:/o:redhat:enterprise_linux:9::baseos"}}}]}],
  "full_product_names":[{"product_id":"N","name":"nameless"}],
  "relationships":[{"category":"default_component_of","product_reference":"R","relates_to_product_reference":"OS",
    "full_product_name":{"product_id":"OS:R","name":"r on os"}}]},
 "vulnerabilities":[{"cve":"CVE-2099-1","cwe":{"id":"CWE-94"},
   "product_status":{"known_affected":["A","B","N"],"fixed":["OS:R"]},
   "scores":[{"products":["A"],"cvss_v3":{"vectorString":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}}]},
  {"title":"no name"}]}"#;

fn decode(text: &str) -> Decoded {
    let probe = Probe::new("a.json", text.as_bytes());
    assert!(CsafAdvisory.recognises(&probe));
    CsafAdvisory.decode(&probe).unwrap()
}

#[test]
fn products_become_packages_with_their_versions() {
    let decoded = decode(DOCUMENT);

    let Evidence::Advisories(list) = &decoded.evidence else { panic!() };
    assert_eq!((list[0].id.as_str(), list[0].aliases[0].as_str()), ("DEMO-1/CVE-2099-1", "CVE-2099-1"));
    assert_eq!((list[0].severity, list[0].ratings[0].source.as_str()), (Severity::Critical, "Demo"));
    let shown = |a: &Affected| {
        let intervals: Vec<String> = a.intervals.iter().map(|i| i.shown()).collect();
        format!("{} {} {} {}", a.ecosystem, a.package, intervals.join(" "), a.versions.join(" "))
    };
    assert_eq!(
        list[0].affected.iter().map(shown).collect::<Vec<_>>(),
        [
            "PyPI demo  1.2",
            "PyPI demo [2.0, 2.4) ",
            "Red Hat:enterprise_linux:9::baseos curl [0, 7.76.1-23.el9) ",
        ]
    );
    assert_eq!((list[1].id.as_str(), decoded.counts["vulnerabilities"]), ("DEMO-1/2", 2));
    assert_eq!(decoded.warnings[0].code, "no-package");
}

#[test]
fn statements_and_other_versions_are_not_taken() {
    let vex = DOCUMENT.replace("csaf_security_advisory", "csaf_vex");
    assert!(!CsafAdvisory.recognises(&Probe::new("a", vex.as_bytes())));
    let later = DOCUMENT.replace("\"2.0\",", "\"3.0\",");
    let error = CsafAdvisory.decode(&Probe::new("a", later.as_bytes())).unwrap_err();
    assert_eq!(error.code, "unsupported-version");
}

#[test]
fn relationships_that_name_each_other_end() {
    let loop_text = DOCUMENT.replace("\"product_reference\":\"R\"", "\"product_reference\":\"OS:R\"");

    assert_eq!(decode(&loop_text).counts["vulnerabilities"], 2);
}

proptest::proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "[\\[\\]{}:,\"a-z0-9*. ]{0,120}") {
        let text = format!(r#"{{"document":{{"csaf_version":"2.0"}},"product_tree":{text},"vulnerabilities":[{text}]}}"#);
        drop(CsafAdvisory.decode(&Probe::new("x", text.as_bytes())));
    }
}
