use super::super::{Identifier, Subject, VexProduct};
use super::*;

fn product(purl: &str, parts: &[&str]) -> VexProduct {
    VexProduct {
        identifiers: vec![Identifier::of(purl)],
        subcomponents: parts.iter().map(|part| product(part, &[])).collect(),
        ..VexProduct::default()
    }
}

fn statement(product: VexProduct, status: Status, at: i64) -> VexStatement {
    let justified = status == Status::NotAffected;
    VexStatement {
        identity: Digest::of(b""),
        path: "/statements/0".to_owned(),
        vulnerability: "CVE-1".to_owned(),
        aliases: vec!["GHSA-1".to_owned()],
        products: vec![product],
        status,
        status_raw: status.as_str().to_owned(),
        justification: justified.then_some(Justification::ComponentNotPresent),
        justification_raw: None,
        impact: None,
        action: None,
        timestamp: Some(UnixMillis(at)),
        last_updated: None,
    }
}

fn document(author: &str, statements: Vec<VexStatement>) -> VexDocument {
    VexDocument { author: Some(author.to_owned()), statements, ..VexDocument::default() }
}

fn subject(purl: &str) -> Subject {
    Subject { identifiers: vec![Identifier::of(purl)], version: None }
}

fn trust(authors: &[&str]) -> Trust {
    Trust { stated: authors.iter().map(|name| (*name).to_owned()).collect(), ..Trust::default() }
}

/// Judges `pkg:npm/lib@2` in `pkg:oci/app@1` over documents given as (author, statements).
fn ask(documents: &[VexDocument], trust: &Trust) -> Judgement {
    let sources: Vec<Source<'_>> =
        documents.iter().map(|document| Source { document, signed_by: None }).collect();
    let ids = ["GHSA-1".to_owned()];
    let (app, lib) = (subject("pkg:oci/app@1?arch=amd64"), subject("pkg:npm/lib@2"));
    judge(&sources, &Finding { vulnerabilities: &ids, product: &app, component: &lib }, trust)
}

fn refusals(judgement: &Judgement) -> Vec<Refusal> {
    let each = judgement.considered.iter().filter_map(|(_, answer)| match answer {
        Applies::DoesNot(refusal) => Some(refusal.clone()),
        Applies::Yes(_) => None,
    });
    each.collect()
}

const NO: Status = Status::NotAffected;

#[test]
fn a_justified_trusted_statement_about_this_very_thing_suppresses_and_is_named() {
    for product in [
        product("pkg:oci/app@1", &["pkg:npm/lib@2"]),
        product("pkg:oci/app@1", &["pkg:npm/lib"]),
        product("pkg:oci/app", &["pkg:npm/lib@2"]),
        product("pkg:oci/app@1", &[]),
        product("pkg:npm/lib@2", &[]),
    ] {
        let judgement = ask(&[document("A", vec![statement(product.clone(), NO, 1)])], &trust(&["A"]));

        let Verdict::Suppressed { by, version } = judgement.verdict else { panic!("{product:?}") };
        assert_eq!((by[0].author.as_str(), version), ("A", VersionMatch::Exact));
    }
}

#[test]
fn whatever_is_missing_leaves_the_finding_open_and_is_said() {
    let exact = || product("pkg:npm/lib@2", &[]);
    let mut unexplained = statement(exact(), NO, 1);
    unexplained.justification = None;
    let mut explained = unexplained.clone();
    explained.impact = Some("the code is compiled out".to_owned());
    let cases = [
        (unexplained, "A", Some(Refusal::NoJustification)),
        (explained, "A", None),
        (statement(exact(), NO, 1), "B", Some(Refusal::UntrustedAuthor)),
        (statement(product("pkg:npm/lib@3", &[]), NO, 1), "A", Some(Refusal::OtherVersion)),
        (statement(product("pkg:npm/other@2", &[]), NO, 1), "A", Some(Refusal::OtherProduct)),
        (statement(product("pkg:npm/lib", &[]), NO, 1), "A", Some(Refusal::Unversioned)),
        (statement(product("pkg:oci/other@1", &["pkg:npm/lib@2"]), NO, 1), "A", Some(Refusal::OtherProduct)),
        (statement(product("pkg:oci/app@1?arch=arm64", &[]), NO, 1), "A", Some(Refusal::OtherProduct)),
        (statement(exact(), Status::Affected, 1), "A", Some(Refusal::Active(Status::Affected))),
        (
            statement(exact(), Status::UnderInvestigation, 1),
            "A",
            Some(Refusal::Active(Status::UnderInvestigation)),
        ),
        (statement(exact(), Status::Unknown, 1), "A", Some(Refusal::Active(Status::Unknown))),
        (statement(exact(), Status::Fixed, 1), "A", None),
        (statement(product("pkg:npm/lib", &[]), Status::Fixed, 1), "A", Some(Refusal::Unversioned)),
    ];
    for (statement, author, expected) in cases {
        let judgement = ask(&[document(author, vec![statement.clone()])], &trust(&["A"]));

        assert_eq!(refusals(&judgement).first(), expected.as_ref(), "{statement:?}");
        assert_eq!(judgement.verdict == Verdict::Open, expected.is_some(), "{statement:?}");
    }
}

#[test]
fn statements_about_all_versions_suppress_only_where_that_is_accepted_and_never_as_fixed() {
    let accepting = Trust { unversioned: Unversioned::Accepted, ..trust(&["A"]) };
    let about_all = |status| [document("A", vec![statement(product("pkg:npm/lib", &[]), status, 1)])];

    let judgement = ask(&about_all(NO), &accepting);
    assert!(matches!(judgement.verdict, Verdict::Suppressed { version: VersionMatch::Any, .. }));
    assert_eq!(ask(&about_all(Status::Fixed), &accepting).verdict, Verdict::Open);
}

#[test]
fn the_newest_statement_of_an_author_counts_whatever_the_order() {
    let exact = || product("pkg:npm/lib@2", &[]);
    let older = document("A", vec![statement(exact(), NO, 1)]);
    let newer = document("A", vec![statement(exact(), Status::Affected, 2)]);

    for documents in [[older.clone(), newer.clone()], [newer, older]] {
        let judgement = ask(&documents, &trust(&["A"]));
        assert_eq!(judgement.verdict, Verdict::Open);
        assert!(refusals(&judgement).contains(&Refusal::Superseded));
    }
    let taken_back = [
        document("A", vec![statement(exact(), Status::Affected, 1)]),
        document("A", vec![statement(exact(), NO, 2)]),
    ];
    assert!(matches!(ask(&taken_back, &trust(&["A"])).verdict, Verdict::Suppressed { .. }));
}

#[test]
fn what_a_newer_issue_of_a_document_no_longer_says_is_withdrawn() {
    let issue = |at: i64, statements| VexDocument {
        id: Some("https://example.org/vex".to_owned()),
        timestamp: Some(UnixMillis(at)),
        ..document("A", statements)
    };
    let older = issue(1, vec![statement(product("pkg:npm/lib@2", &[]), NO, 1)]);

    assert_eq!(ask(&[older.clone(), issue(2, Vec::new())], &trust(&["A"])).verdict, Verdict::Open);
    assert!(matches!(ask(&[older], &trust(&["A"])).verdict, Verdict::Suppressed { .. }));
}

#[test]
fn trusted_authors_who_disagree_suppress_nothing_and_the_disagreement_is_said() {
    let exact = || product("pkg:npm/lib@2", &[]);
    let yes = document("A", vec![statement(exact(), NO, 9)]);
    let no = document("B", vec![statement(product("pkg:npm/lib", &[]), Status::Affected, 1)]);

    let judgement = ask(&[yes.clone(), no.clone()], &trust(&["A", "B"]));
    let Verdict::Conflict { suppressing, opposing } = &judgement.verdict else { panic!("{judgement:?}") };
    assert_eq!((suppressing[0].author.as_str(), opposing[0].author.as_str()), ("A", "B"));
    assert!(refusals(&judgement).contains(&Refusal::Contradicted));
    // somebody nobody trusts cannot keep a finding open either
    assert!(matches!(ask(&[yes, no], &trust(&["A"])).verdict, Verdict::Suppressed { .. }));
}

#[test]
fn a_stated_name_is_not_a_signature() {
    let document = document("A", vec![statement(product("pkg:npm/lib@2", &[]), NO, 1)]);
    let ids = ["CVE-1".to_owned()];
    let (app, lib) = (subject("pkg:oci/app@1"), subject("pkg:npm/lib@2"));
    let finding = Finding { vulnerabilities: &ids, product: &app, component: &lib };
    let trust = Trust { signers: ["A".to_owned()].into(), ..Trust::default() };
    let ask = |signed_by| judge(&[Source { document: &document, signed_by }], &finding, &trust).verdict;

    assert_eq!(ask(None), Verdict::Open);
    assert_eq!(ask(Some("B")), Verdict::Open);
    assert!(matches!(ask(Some("A")), Verdict::Suppressed { .. }));
}
