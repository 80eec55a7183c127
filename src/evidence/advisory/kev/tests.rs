use super::*;
use crate::base::UnixMillis;

const ENTRY: &str = r#"{"cveID":"cve-2099-0001","vendorProject":"Demo","product":"Demo","vulnerabilityName":"A name",
 "dateAdded":"2099-01-31","dueDate":"2099-02-21","knownRansomwareCampaignUse":"Known","requiredAction":"Update.",
 "cwes":["CWE-79"]}"#;

fn catalogue(text: &str, decoder: &dyn Decoder) -> (KevCatalogue, Records, Vec<String>) {
    let probe = Probe::new("kev", text.as_bytes());
    assert!(decoder.recognises(&probe));
    let decoded = decoder.decode(&probe).unwrap();
    let codes = decoded.warnings.iter().map(|w| w.code.clone()).collect();
    let Evidence::Exploitation(Exploitation::Known(catalogue)) = decoded.evidence else { panic!() };
    (catalogue, decoded.records, codes)
}

#[test]
fn the_catalogue_is_read_with_its_dates() {
    let text = format!(
        r#"{{"catalogVersion":"2099.02.01","dateReleased":"2099-02-01T10:00:00.0Z","count":1,"vulnerabilities":[{ENTRY}]}}"#
    );
    let (catalogue, records, codes) = catalogue(&text, &KevJson);

    let entry = &catalogue.entries[0];
    assert_eq!((entry.cve.as_str(), entry.ransomware), ("CVE-2099-0001", true));
    assert_eq!(entry.added.to_date(), "2099-01-31");
    assert_eq!(entry.due.map(UnixMillis::to_date).as_deref(), Some("2099-02-21"));
    assert_eq!((entry.cwes.as_slice(), records.kept), (&["CWE-79".to_owned()][..], 1));
    assert!(codes.is_empty());
}

#[test]
fn what_is_odd_is_said_and_counted() {
    let text = format!(
        r#"{{"catalogVersion":"1","count":9,"vulnerabilities":[{ENTRY},{ENTRY},{{"cveID":"CVE-1"}},7,
        {{"cveID":"CVE-2099-2","dateAdded":"2099-02-01","dueDate":"2099-01-01"}}]}}"#
    );
    let (catalogue, records, codes) = catalogue(&text, &KevJson);

    assert_eq!(records, Records { read: 5, kept: 2, merged: 1, dropped: 2 });
    assert_eq!(codes, ["no-date", "listed-twice", "unreadable-record", "odd-due-date", "count-differs"]);
    assert_eq!(catalogue.entries[1].due, None);
}

#[test]
fn the_csv_says_the_same() {
    let text = "cveID,vendorProject,product,vulnerabilityName,dateAdded,shortDescription,requiredAction,dueDate,\
                knownRansomwareCampaignUse,notes,cwes\n\
                CVE-2099-0001,Demo,Demo,\"A, name\",2099-01-31,x,Update.,2099-02-21,Unknown,n,\"CWE-79, CWE-80\"\n";
    let (catalogue, records, _) = catalogue(text, &KevCsv);

    assert_eq!((records.kept, catalogue.entries[0].cwes.len()), (1, 2));
    assert_eq!(catalogue.released.unwrap().to_date(), "2099-01-31");
    assert!(!catalogue.entries[0].ransomware);
}

proptest::proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes: Vec<u8>, text in "[\\[\\]{},:\"a-z0-9 -]{0,80}") {
        drop((KevJson.decode(&Probe::new("x", &bytes)), KevCsv.decode(&Probe::new("x", &bytes))));
        let text = format!("{{\"catalogVersion\":\"1\",\"vulnerabilities\":[{text}]}}");
        drop(KevJson.decode(&Probe::new("x", text.as_bytes())));
    }
}
