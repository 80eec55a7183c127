use super::*;

fn scores(vector: &str) -> (f64, Option<f64>, Option<f64>, Severity) {
    let found = CvssScore::of(vector).unwrap();
    (found.base, found.temporal, found.environmental, found.severity)
}

#[test]
fn first_org_examples_of_version_2_come_out_as_published() {
    // CVSS v2.0 guide §3.3.1–3.3.3
    let vector = "AV:N/AC:L/Au:N/C:N/I:N/A:C/E:F/RL:OF/RC:C/CDP:H/TD:H/CR:M/IR:M/AR:H";
    assert_eq!(scores(vector), (7.8, Some(6.4), Some(9.2), Severity::High));
    let vector = "AV:N/AC:L/Au:N/C:C/I:C/A:C/E:F/RL:OF/RC:C/CDP:H/TD:H/CR:M/IR:M/AR:L";
    assert_eq!(scores(vector), (10.0, Some(8.3), Some(9.0), Severity::High));
    let vector = "AV:L/AC:H/Au:N/C:C/I:C/A:C/E:POC/RL:OF/RC:C/CDP:H/TD:H/CR:M/IR:M/AR:M";
    assert_eq!(scores(vector), (6.2, Some(4.9), Some(7.5), Severity::Medium));
}

#[test]
fn first_org_examples_of_version_3_come_out_as_published() {
    // CVSS v3.0 and v3.1 examples documents
    for (vector, score) in [
        ("CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N", 6.4),
        ("CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N", 3.1),
        ("CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:H/I:H/A:H", 9.9),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N", 7.5),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8),
        ("CVSS:3.0/AV:L/AC:L/PR:H/UI:N/S:U/C:L/I:L/A:L", 4.2),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:N/I:N/A:N", 0.0),
    ] {
        assert_eq!(scores(vector).0, score, "{vector}");
    }
    let all = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:P/RL:O/RC:C/CR:L/IR:L/AR:L/MAV:L";
    assert_eq!(scores(all), (9.8, Some(8.8), Some(5.9), Severity::Critical));
}

#[test]
fn first_org_examples_of_version_4_come_out_as_published() {
    // CVSS v4.0 examples document
    for (vector, score) in [
        ("CVSS:4.0/AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 7.3),
        ("CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:P/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 7.7),
        ("CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:N/VC:H/VI:L/VA:L/SC:N/SI:N/SA:N", 8.3),
        ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H", 10.0),
        ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:N/VA:N/SC:N/SI:N/SA:N", 8.7),
    ] {
        assert_eq!(scores(vector).0, score, "{vector}");
    }
    let leak = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:N/VA:N/SC:N/SI:N/SA:N";
    assert_eq!(scores(&format!("{leak}/E:A")), (8.7, Some(8.7), None, Severity::High));
    assert_eq!(scores(&format!("{leak}/E:U")), (8.7, Some(6.6), None, Severity::High));
    let bare = CvssScore::of("AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H").unwrap();
    assert_eq!((bare.version, bare.base), (CvssVersion::V31, 9.8));
}

#[test]
fn what_sources_add_is_forgiven_and_what_is_missing_is_not() {
    let plain = CvssScore::of("AV:N/AC:L/Au:N/C:P/I:P/A:P").unwrap();
    for written in
        ["(AV:N/AC:L/Au:N/C:P/I:P/A:P)", " AV:N/AC:L/Au:N/C:P/I:P/A:P/", "CVSS2#AV:N/AC:L/Au:N/C:P/I:P/A:P"]
    {
        assert_eq!(CvssScore::of(written), Ok(plain), "{written}");
    }
    for wrong in ["", "AV:N/AC:L", "CVSS:3.1/AV:N/AC:L", "CVSS:9.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"] {
        assert!(CvssScore::of(wrong).is_err(), "{wrong}");
    }
    assert!(CvssScore::of(&"A:".repeat(1_000)).is_err());
}

proptest::proptest! {
    #[test]
    fn no_vector_makes_it_panic(text in "(CVSS:[234]\\.[01]/)?([A-Z]{1,3}:[A-Z]{1,2}/){0,14}[A-Z]{0,3}:?[A-Z]?", any: String) {
        drop((CvssScore::of(&text), CvssScore::of(&any)));
    }
}
