//! `admin create-link`: the way in for who owns the machine.

use crate::support::Installation;

#[test]
fn a_link_for_an_administrator_is_printed_once_and_kept_as_a_digest() {
    let installation = Installation::new();
    let answer =
        installation.expect(0, &["admin", "create-link", "--email", "Jo@Example.com", "--name", "Jo"]);

    let link = answer.out.trim();
    let secret = link.strip_prefix("http://127.0.0.1:8080/welcome/").expect(link);
    assert!(secret.len() >= 43, "{link}");
    assert!(answer.err.contains("good once"), "{}", answer.err);
    for file in crate::support::files_below(&installation.data()) {
        let bytes = std::fs::read(&file).unwrap();
        let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
        assert!(!found, "{} holds the secret", file.display());
    }
    let again = installation.expect(0, &["admin", "create-link", "--email", "jo@example.com"]);
    assert_ne!(again.out, answer.out, "a person known already gets another link");
}

#[test]
fn what_is_no_address_is_wrong_use() {
    let installation = Installation::new();

    let answer = installation.expect(2, &["admin", "create-link", "--email", "jo"]);

    assert!(answer.err.contains("write an address like"), "{}", answer.err);
}
