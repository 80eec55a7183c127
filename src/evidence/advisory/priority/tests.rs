use super::*;

fn day(text: &str) -> UnixMillis {
    UnixMillis::parse_lenient(text).unwrap()
}

fn kev() -> KevEntry {
    KevEntry {
        cve: "CVE-2099-1".to_owned(),
        name: String::new(),
        vendor: String::new(),
        product: String::new(),
        added: day("2099-01-31"),
        due: Some(day("2099-02-21")),
        ransomware: true,
        action: String::new(),
        cwes: Vec::new(),
    }
}

fn epss(probability: f64) -> EpssScore {
    EpssScore { cve: "CVE-2099-1".to_owned(), probability, percentile: 0.5 }
}

fn shown(priority: &Priority) -> Vec<String> {
    priority.reasons.iter().map(ToString::to_string).collect()
}

#[test]
fn known_exploitation_outranks_a_mild_score_and_says_why() {
    let ratings = [Rating::new("nvd", "CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:N/I:N/A:L")];
    let (kev, epss, fixed) = (kev(), epss(0.934), ["1.2.3".to_owned()]);
    let inputs =
        Inputs { ratings: &ratings, kev: Some(&kev), epss: Some(&epss), fixed: &fixed, malicious: false };

    let found = rank(&inputs);

    assert_eq!(found.rank, Rank::Critical);
    assert_eq!(
        shown(&found),
        [
            "KEV listed since 2099-01-31, due 2099-02-21, used by ransomware",
            "EPSS 0.93 (percentile 0.50)",
            "CVSS 3.7 CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:N/I:N/A:L",
            "fixed in 1.2.3",
        ]
    );
    let json = serde_json::to_string(&found).unwrap();
    assert_eq!(serde_json::from_str::<Priority>(&json).unwrap(), found);
}

#[test]
fn likely_exploitation_raises_by_one_step() {
    let ratings = [Rating::new("ghsa", "MODERATE")];
    let (likely, unlikely) = (epss(EPSS_LIKELY), epss(0.09));
    let of = |epss| rank(&Inputs { ratings: &ratings, epss: Some(epss), ..Inputs::default() });

    assert_eq!((of(&likely).rank, of(&unlikely).rank), (Rank::High, Rank::Medium));
    assert_eq!(shown(&of(&unlikely))[1..], ["MODERATE says ghsa", "no fix known"]);
}

#[test]
fn what_nobody_rates_is_unscored_and_never_low() {
    let nothing = rank(&Inputs::default());
    let malicious = rank(&Inputs { malicious: true, ..Inputs::default() });

    assert_eq!((nothing.rank, shown(&nothing)[0].as_str()), (Rank::Unscored, "nobody rates it"));
    assert_eq!((malicious.rank, shown(&malicious)[0].as_str()), (Rank::Critical, "malicious package"));
    assert_eq!(rank(&Inputs { epss: Some(&epss(0.5)), ..Inputs::default() }).rank, Rank::High);
}

#[test]
fn a_month_is_a_calendar_month_clamped_to_its_end() {
    let table = Deadlines { low: Span::Days(10), ..Deadlines::default() };
    let due = |rank, from: &str| table.due(rank, Some(day(from))).unwrap().to_date();

    assert_eq!(due(Rank::Critical, "2026-01-31"), "2026-02-28");
    assert_eq!(due(Rank::Critical, "2028-01-31"), "2028-02-29");
    assert_eq!(due(Rank::Critical, "2026-05-15"), "2026-06-15");
    assert_eq!(due(Rank::High, "2026-11-30"), "2027-02-28");
    assert_eq!(due(Rank::Low, "2026-01-25"), "2026-02-04");
    assert_eq!(table.due(Rank::Critical, None), None);
}
