//! Tests of reading and judging licence expressions.

use proptest::prelude::*;

use super::*;
use crate::base::UnixMillis;

fn texts(text: &str) -> Vec<String> {
    parse(text).terms().map(|term| term.text.clone()).collect()
}

#[test]
fn expressions_of_the_specification_are_exact() {
    for (text, terms) in [
        ("MIT", vec!["MIT"]),
        ("(MIT)", vec!["MIT"]),
        ("((MIT OR (Apache-2.0)))", vec!["MIT", "Apache-2.0"]),
        ("GPL-2.0-only WITH Classpath-exception-2.0", vec!["GPL-2.0-only WITH Classpath-exception-2.0"]),
        ("Apache-1.1+", vec!["Apache-1.1+"]),
        ("GPL-2.0+", vec!["GPL-2.0-or-later"]),
        (
            "LicenseRef-own AND DocumentRef-x:LicenseRef-y",
            vec!["LicenseRef-own", "DocumentRef-x:LicenseRef-y"],
        ),
    ] {
        let read = parse(text);
        assert_eq!(
            (texts(text), read.confidence),
            (terms.into_iter().map(str::to_owned).collect(), Confidence::Exact),
            "{text}"
        );
    }
    assert!(parse("GPL-2.0").terms().all(|term| term.deprecated));
}

#[test]
fn names_and_addresses_people_write_are_normalised() {
    for (text, id) in [
        ("Apache 2", "Apache-2.0"),
        ("Apache License, Version 2.0", "Apache-2.0"),
        ("The Apache Software License, Version 2.0", "Apache-2.0"),
        ("MIT License", "MIT"),
        ("mit", "MIT"),
        ("The MIT License", "MIT"),
        ("BSD 3-Clause \"New\" or \"Revised\" License", "BSD-3-Clause"),
        ("GNU General Public License v3.0 or later", "GPL-3.0-or-later"),
        ("GNU Lesser General Public License v2.1 only", "LGPL-2.1-only"),
        ("https://www.apache.org/licenses/LICENSE-2.0.txt", "Apache-2.0"),
        ("http://opensource.org/licenses/MIT", "MIT"),
        ("https://spdx.org/licenses/MPL-2.0.html", "MPL-2.0"),
        ("Mozilla Public License 2.0", "MPL-2.0"),
    ] {
        let read = parse(text);
        assert_eq!((texts(text), read.confidence), (vec![id.to_owned()], Confidence::Normalised), "{text}");
    }
    assert_eq!(parse("BSD").confidence, Confidence::Guessed);
    assert_eq!(parse("GPL").terms().next().unwrap().id, Some("GPL-1.0-or-later"));
}

#[test]
fn loose_expressions_are_mended() {
    for (text, terms, confidence) in [
        ("MIT/Apache-2.0", ["MIT", "Apache-2.0"], Confidence::Exact),
        ("mit or apache 2.0", ["MIT", "Apache-2.0"], Confidence::Normalised),
        ("(MIT License) AND (Apache 2)", ["MIT", "Apache-2.0"], Confidence::Normalised),
        ("MIT AND Their Own Terms", ["MIT", "Their Own Terms"], Confidence::None),
    ] {
        let read = parse(text);
        assert_eq!((texts(text), read.confidence), (terms.map(str::to_owned).to_vec(), confidence), "{text}");
    }
}

#[test]
fn what_is_no_expression_is_kept_raw_with_the_reason() {
    for text in ["MIT OR", "AND MIT", "(MIT", "MIT)", "MIT Apache-2.0 (", "MIT WITH", "WITH x", "()"] {
        let read = parse(text);
        assert_eq!((read.raw.as_str(), read.confidence), (text, Confidence::None), "{text}");
        assert!(read.problem.is_some(), "{text}");
    }
    assert!(parse("NOASSERTION").is_silent() && parse(" ").is_silent());
}

#[test]
fn families_follow_the_duties() {
    for (text, family) in [
        ("MIT", Family::Permissive),
        ("LGPL-2.1-or-later", Family::WeakCopyleft),
        ("GPL-3.0-only", Family::StrongCopyleft),
        ("GPL-2.0-only WITH Classpath-exception-2.0", Family::WeakCopyleft),
        ("AGPL-3.0-only", Family::NetworkCopyleft),
        ("BUSL-1.1", Family::Proprietary),
        ("LicenseRef-x", Family::Unknown),
    ] {
        assert_eq!(parse(text).terms().next().unwrap().family, family, "{text}");
    }
}

fn policy() -> LicencePolicy {
    LicencePolicy {
        allow: vec![
            Selector::Family(Family::Permissive),
            Selector::Id("GPL-2.0-only WITH Classpath-exception-2.0".into()),
        ],
        deny: vec![Selector::Family(Family::StrongCopyleft), Selector::Family(Family::NetworkCopyleft)],
        review: vec![Selector::Family(Family::WeakCopyleft), Selector::Id("Beerware".into())],
        exceptions: vec![LicenceException {
            component: "pkg:npm/left".to_owned(),
            licence: Some("GPL-3.0-only".to_owned()),
            reason: "not shipped".to_owned(),
            approver: "A. Person".to_owned(),
            expires: UnixMillis(1_000),
        }],
    }
}

fn verdict(text: &str) -> Verdict {
    evaluate(&parse(text), &policy(), &[], UnixMillis(0)).verdict
}

#[test]
fn of_alternatives_the_best_counts_and_of_what_holds_together_the_worst() {
    assert_eq!(verdict("MIT"), Verdict::Allowed);
    assert_eq!(verdict("GPL-3.0-only OR MIT"), Verdict::Allowed);
    assert_eq!(verdict("GPL-3.0-only AND MIT"), Verdict::Denied);
    assert_eq!(verdict("MIT AND (LGPL-2.1-only OR GPL-3.0-only)"), Verdict::Review);
    assert_eq!(verdict("Beerware"), Verdict::Review, "an identifier outweighs its family");
    assert_eq!(verdict("GPL-2.0-only WITH Classpath-exception-2.0"), Verdict::Allowed);
    assert_eq!(verdict("LicenseRef-x"), Verdict::Unknown);
    assert_eq!(verdict(""), Verdict::Unknown);
    assert_eq!(verdict("BSD"), Verdict::Review, "a guess lets nothing pass");
    assert_eq!(verdict("GPL"), Verdict::Denied, "a guess may stop something");
}

#[test]
fn the_reason_names_the_part_that_decided() {
    let broken = evaluate(&parse("MIT AND GPL-3.0-only"), &policy(), &[], UnixMillis(0));
    let saved = evaluate(&parse("GPL-3.0-only OR MIT"), &policy(), &[], UnixMillis(0));

    assert_eq!(broken.why.len(), 1);
    assert_eq!(
        broken.why[0].text,
        "`GPL-3.0-only` is denied: as strong-copyleft; it holds together with the others"
    );
    assert_eq!(saved.why[0].text, "`MIT` is allowed: as permissive; it may be chosen instead of the others");
}

#[test]
fn an_exception_holds_until_it_expires() {
    let expression = parse("GPL-3.0-only");
    let names = ["pkg:npm/left", "left"];

    let used = evaluate(&expression, &policy(), &names, UnixMillis(999));
    let expired = evaluate(&expression, &policy(), &names, UnixMillis(1_000));
    let other = evaluate(&expression, &policy(), &["pkg:npm/right"], UnixMillis(0));

    assert_eq!(used.verdict, Verdict::Allowed);
    assert!(matches!(used.exception, Some(ExceptionUse::Used(_))));
    assert_eq!(expired.verdict, Verdict::Denied);
    assert!(matches!(expired.exception, Some(ExceptionUse::Expired(_))));
    assert_eq!((other.verdict, other.exception), (Verdict::Denied, None));
}

#[test]
fn a_policy_with_unknown_identifiers_is_refused() {
    let mut wrong = policy();
    wrong.deny.push(Selector::Id("GPLv9".to_owned()));
    wrong.exceptions[0].reason = " ".to_owned();

    assert!(policy().check().is_ok());
    assert_eq!(wrong.check().unwrap_err().len(), 2);
}

#[test]
fn thousands_of_operators_cost_thousands_of_steps() {
    let mut text = "MIT".to_owned();
    while text.len() < 15_000 {
        text.push_str(" AND (GPL-3.0-only OR MIT)");
    }
    let started = std::time::Instant::now();

    assert_eq!(verdict(&text), Verdict::Allowed);
    assert!(started.elapsed().as_millis() < 1_000);
}

proptest! {
    #[test]
    fn nothing_panics_and_the_text_is_kept(text in ".{0,80}") {
        let read = parse(&text);
        prop_assert_eq!(read.raw.as_str(), text.trim());
        let _decision = evaluate(&read, &policy(), &[], UnixMillis(0));
    }

    #[test]
    fn words_of_expressions_do_not_panic(words in prop::collection::vec(
        prop::sample::select(&["MIT", "AND", "or", "WITH", "(", ")", "+", "/", "GPL-2.0", "LLVM-exception", "own words", "LicenseRef-a", "\u{fc}"][..]), 0..20)) {
        let text = words.join(" ");
        let _decision = evaluate(&parse(&text), &policy(), &[], UnixMillis(0));
    }
}
