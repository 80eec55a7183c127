use super::*;

fn read(text: &str) -> (EpssScores, Records, Vec<String>) {
    let probe = Probe::new("epss.csv", text.as_bytes());
    assert!(Epss.recognises(&probe));
    let decoded = Epss.decode(&probe).unwrap();
    let codes = decoded.warnings.iter().map(|w| w.code.clone()).collect();
    let Evidence::Exploitation(Exploitation::Predicted(scores)) = decoded.evidence else { panic!() };
    (scores, decoded.records, codes)
}

#[test]
fn scores_are_read_with_model_and_day() {
    let (found, records, codes) = read(
        "#model_version:v2025.03.14,score_date:2025-12-26T12:55:00Z\ncve,epss,percentile\nCVE-1999-0001,0.01151,0.7802\n",
    );

    assert_eq!(found.model.as_deref(), Some("v2025.03.14"));
    assert_eq!(found.scored.unwrap().to_date(), "2025-12-26");
    assert!((found.scores[0].probability - 0.011_51).abs() < 1e-12);
    assert_eq!((records.kept, codes.len()), (1, 0));
    let (found, _, _) = read("#model_version:v1,score_date:2023-03-07T00:00:00+0000\ncve,epss,percentile\n");
    assert_eq!(found.scored.unwrap().to_date(), "2023-03-07");
}

#[test]
fn wrong_rows_are_dropped_and_a_missing_day_is_said() {
    let (found, records, codes) = read(
        "cve,epss,percentile\nCVE-1,0.5,0.5\nCVE-1,0.6,0.5\nCVE-2,1.5,0.5\nCVE-3,nan,0.1\nCVE-4\n,0.1,0.1\n",
    );

    assert_eq!(records, Records { read: 6, kept: 1, merged: 1, dropped: 4 });
    assert_eq!(codes, ["no-score-date", "scored-twice", "unreadable-record"]);
    assert_eq!(found.scores.len(), 1);
}

proptest::proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes: Vec<u8>) {
        drop(Epss.decode(&Probe::new("x", &bytes)));
        let mut table = b"#score_date:x\ncve,epss,percentile\n".to_vec();
        table.extend(bytes);
        drop(Epss.decode(&Probe::new("x", &table)));
    }
}
