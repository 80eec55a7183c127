use super::*;
use proptest::prelude::*;

/// A number of that length with that beginning and a right check digit.
fn number(head: &str, length: usize, seed: u64) -> String {
    let mut digits: Vec<u8> = head.bytes().map(|b| b - b'0').collect();
    let mut state = seed | 1;
    while digits.len() < length - 1 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        digits.push(u8::try_from((state >> 33) % 10).unwrap());
    }
    let last = (0..10).find(|last| {
        let mut whole = digits.clone();
        whole.push(*last);
        luhn(&whole)
    });
    digits.push(last.unwrap());
    digits.into_iter().map(|d| char::from(d + b'0')).collect()
}

fn grouped(number: &str, groups: &[usize], separator: char) -> String {
    let mut rest = number;
    let mut parts = Vec::new();
    for group in groups {
        let (part, tail) = rest.split_at(*group);
        parts.push(part);
        rest = tail;
    }
    parts.join(&separator.to_string())
}

fn count(text: &str) -> usize {
    hits(text.as_bytes()).count()
}

#[test]
fn numbers_of_every_issuer_are_found_and_test_numbers_are_named() {
    for (text, issuer) in [
        ("4111111111111111", Issuer::Visa),
        ("4222222222222", Issuer::Visa),
        ("5555555555554444", Issuer::Mastercard),
        ("2223003122003222", Issuer::Mastercard),
        ("378282246310005", Issuer::AmericanExpress),
        ("6011111111111117", Issuer::Discover),
        ("3530111333300000", Issuer::Jcb),
        ("30569309025904", Issuer::Diners),
        ("6200000000000005", Issuer::UnionPay),
        ("6759649826438453", Issuer::Maestro),
    ] {
        let found = survey(text.as_bytes()).expect(text);
        assert_eq!((found.issuer, found.count, found.tests), (issuer, 1, 1), "{text}");
    }
    let real = number("401200", 16, 7);
    assert_eq!(survey(real.as_bytes()).unwrap().tests, 0);
}

#[test]
fn a_number_is_found_as_it_is_printed_and_typed() {
    for text in [
        "4111 1111 1111 1111",
        "4111-1111-1111-1111",
        "card 4111 1111 1111 1111 exp 12/27",
        "4111 1111 1111 1111 123 12/27",
        "3782 822463 10005",
        "3056-930902-5904",
        "pan=4111111111111111;cvv=1",
        "{\"pan\":\"4111111111111111\"}",
        "a,4111111111111111,b",
        "4111111111111111.0",
        "PAN-4111111111111111.",
        "/cards/4111111111111111/",
    ] {
        assert_eq!(count(text), 1, "{text}");
    }
}

#[test]
fn what_only_looks_like_a_number_is_left_alone() {
    for text in [
        "4111111111111112",
        "41111111111111111",
        "a4111111111111111",
        "4111111111111111f",
        "sha256:4111111111111111411111111111111141111111111111114111111111111111",
        "4111111111111111:1\"",
        "4111-1111-1111-1111-1111",
        "1111 4111 1111 1111 1111",
        "+4111111111111111",
        "0.4111111111111111",
        "1.4111111111111111.2",
        "4111111111111111.25",
        "550e8400-4111111111111111-a716",
        "2024-01-01 10:23:44 1699999999999",
        "1234567890123456",
        "4111  1111  1111  1111",
        "4111-1111 1111-1111",
    ] {
        assert_eq!(count(text), 0, "{text}");
    }
}

#[test]
fn the_place_is_told_and_the_number_is_not() {
    let found = survey(b"one\ntwo 4111 1111 1111 1111\n5555555555554444\n").unwrap();

    assert_eq!((found.count, found.line, found.offset), (2, 2, 8));
    assert_eq!(found.masked, "4111 11** **** 1111");
}

#[test]
fn masking_leaves_no_number_and_every_other_byte() {
    let (bytes, count) = masked("x 378282246310005, y 4111-1111-1111-1111 z".as_bytes()).unwrap();

    assert_eq!(count, 2);
    assert_eq!(String::from_utf8(bytes).unwrap(), "x 378282*****0005, y 4111-11**-****-1111 z");
    assert_eq!(masked(b"nothing here"), None);
    assert_eq!(masked_name("4111111111111111.json"), "411111******1111.json");
}

#[test]
fn a_long_text_of_nothing_but_short_numbers_is_gone_through_once() {
    // in square time this would not end while anybody waits
    let text = "1 ".repeat(500_000) + &"4111-".repeat(100_000) + &"4".repeat(500_000);

    assert_eq!(count(&text), 0);
}

proptest! {
    #[test]
    fn a_number_is_found_wherever_it_stands(
        seed in any::<u64>(),
        before in "[a-zA-Z \"{}:,\n]{0,60}",
        after in "[a-zA-Z \"{},\n]{0,60}",
        form in 0_usize..3,
    ) {
        let pan = number("4539", 16, seed);
        let shown = match form {
            0 => pan.clone(),
            1 => grouped(&pan, &[4, 4, 4, 4], ' '),
            _ => grouped(&pan, &[4, 4, 4, 4], '-'),
        };
        let text = format!("{before} {shown}\n{after}");

        let found: Vec<Hit> = hits(text.as_bytes()).collect();

        prop_assert_eq!(found.len(), 1);
        prop_assert_eq!(&text[found[0].span.clone()], shown.as_str());
        let (bytes, _) = masked(text.as_bytes()).unwrap();
        prop_assert!(survey(&bytes).is_none());
        prop_assert_eq!(bytes.len(), text.len());
    }

    #[test]
    fn hexadecimal_digests_are_never_one(words in prop::collection::vec("[0-9a-f]{31}[a-f]", 1..40)) {
        prop_assert_eq!(count(&words.join(" ")), 0);
        prop_assert_eq!(count(&words.join("-")), 0);
    }

    #[test]
    fn no_bytes_make_it_panic_and_what_is_found_is_one(bytes in prop::collection::vec(
        prop_oneof![4 => b'0'..=b'9', 1 => Just(b' '), 1 => Just(b'-'), 1 => any::<u8>()], 0..400,
    )) {
        for hit in hits(&bytes) {
            let digits: Vec<u8> =
                bytes[hit.span].iter().filter(|b| b.is_ascii_digit()).map(|b| b - b'0').collect();
            prop_assert!((13..=19).contains(&digits.len()) && luhn(&digits));
        }
    }
}
