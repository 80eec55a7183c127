use super::*;

const HEAD: &str = "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,\
password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,\
access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,\
access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,\
cert_1_last_rotated,cert_2_active,cert_2_last_rotated";
const NO_KEYS: &str = "false,N/A,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A";

fn report(rows: &[String]) -> String {
    format!("{HEAD}\n{}\n", rows.join("\n"))
}

fn row(user: &str, password: &str, mfa: &str, keys: &str) -> String {
    let arn = if user == ROOT { "root".to_owned() } else { format!("user/{user}") };
    format!("{user},arn:aws:iam::111122223333:{arn},2020-01-01T00:00:00+00:00,{password},N/A,{mfa},{keys}")
}

fn decode(text: &str) -> Decoded {
    AwsIamCredentialReport.decode(&Probe::new("r.csv", text.as_bytes())).expect("readable")
}

fn accounts(decoded: &Decoded) -> &[Account] {
    let Evidence::Access(list) = &decoded.evidence else { panic!("no access list") };
    &list.accounts
}

fn root(mfa: &str) -> String {
    row(ROOT, "not_supported,2026-01-01T00:00:00+00:00,not_supported", mfa, NO_KEYS)
}

#[test]
fn root_signs_in_with_a_password_although_aws_does_not_say_so() {
    let decoded = decode(&report(&[root("false")]));

    let root = &accounts(&decoded)[0];
    assert_eq!((root.kind, root.console, root.mfa), (AccountKind::Root, Tri::Yes, Tri::No));
    assert!(decoded.warnings.is_empty());
    let Evidence::Access(list) = &decoded.evidence else { panic!() };
    assert_eq!(list.system.as_deref(), Some("111122223333"));
}

#[test]
fn sentinels_are_not_said_and_activity_is_the_newest_use() {
    let keys = "true,2025-01-01T00:00:00+00:00,2026-02-02T00:00:00+00:00,us-east-1,s3,\
                false,2024-01-01T00:00:00+00:00,N/A,N/A,N/A,false,N/A,false,N/A";
    let decoded = decode(&report(&[
        root("true"),
        row("ann", "true,2026-01-01T00:00:00+00:00,2025-01-01T00:00:00+00:00", "true", keys),
        row("bot", "false,no_information,N/A", "false", NO_KEYS),
    ]));

    let [_, ann, bot] = accounts(&decoded) else { panic!("three accounts") };
    assert_eq!(ann.last_activity.unwrap().to_date(), "2026-02-02");
    assert_eq!((ann.kind, ann.keys.len(), ann.keys[1].active), (AccountKind::Human, 2, false));
    assert_eq!((bot.kind, bot.last_activity, bot.keys.len()), (AccountKind::Service, None, 0));
    assert_eq!((bot.console, bot.mfa), (Tri::No, Tri::No));
}

#[test]
fn an_account_listed_twice_is_counted_twice_and_merged_for_the_worse() {
    let twice = [
        root("true"),
        row("ann", "true,N/A,N/A", "true", NO_KEYS),
        row("ann", "true,N/A,N/A", "false", NO_KEYS),
    ];
    let decoded = decode(&report(&twice));

    assert_eq!(decoded.counts["accounts"], 3);
    assert_eq!(decoded.records, Records { read: 3, kept: 2, merged: 1, dropped: 0 });
    assert_eq!(accounts(&decoded)[1].mfa, Tri::No);
    assert_eq!(decoded.warnings[0].code, "duplicate-account");
}

#[test]
fn a_report_without_root_or_with_short_rows_says_so() {
    let decoded = decode(&report(&["x,arn:aws:iam::1:user/x".to_owned()]));

    let codes: Vec<_> = decoded.warnings.iter().map(|w| w.code.as_str()).collect();
    assert_eq!(codes, ["short-row", "no-root-account"]);
    assert_eq!(accounts(&decoded)[0].console, Tri::Unknown);
}

#[test]
fn a_state_instead_of_a_report_is_explained() {
    let probe = Probe::new("state.json", br#"{"State":"STARTED","Description":"..."}"#);

    assert!(AwsIamCredentialReport.recognises(&probe));
    let error = AwsIamCredentialReport.decode(&probe).unwrap_err();
    assert_eq!(error.code, "report-not-ready");
    assert!(error.message.contains("STARTED") && error.message.contains("get-credential-report"));
}

#[test]
fn the_answer_of_the_aws_command_line_is_read() {
    let content = STANDARD.encode(report(&[root("true")]));
    let text = format!(
        r#"{{"Content":"{content}","ReportFormat":"text/csv","GeneratedTime":"2026-05-01T00:00:00Z"}}"#
    );
    let probe = Probe::new("x.json", text.as_bytes());

    assert!(AwsIamCredentialReport.recognises(&probe));
    let decoded = decode(&text);
    assert_eq!(
        (accounts(&decoded).len(), decoded.produced_at.unwrap().to_date()),
        (1, "2026-05-01".to_owned())
    );
}

#[test]
fn other_csv_is_not_claimed_and_missing_columns_are_named() {
    assert!(!AwsIamCredentialReport.recognises(&Probe::new("a.csv", b"cve,epss,percentile\n")));
    let cut = Probe::new("a.csv", b"user,arn,mfa_active\n");
    assert!(AwsIamCredentialReport.decode(&cut).unwrap_err().message.contains("password_enabled"));
}

proptest::proptest! {
    #[test]
    fn no_rows_make_it_panic(rows in "[a-z0-9,:\"\n/<>_-]{0,200}", bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..80)) {
        drop(AwsIamCredentialReport.decode(&Probe::new("x", report(&[rows]).as_bytes())));
        drop(AwsIamCredentialReport.decode(&Probe::new("x", &[HEAD.as_bytes(), b"\n", &bytes].concat())));
        let _ = AwsIamCredentialReport.recognises(&Probe::new("x", &bytes));
    }
}
