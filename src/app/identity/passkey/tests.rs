//! Refusals only: what a real authenticator signs is tested in a browser.

use proptest::prelude::*;

use super::*;

const NOW: UnixMillis = UnixMillis(1_790_000_000_000);
const ANNA: Registrant<'static> =
    Registrant { person: Uuid::from_u128(7), account: "anna@example.org", name: "Anna" };

fn passkeys() -> Passkeys {
    Passkeys::new(&Url::parse("https://evidence.example.org").unwrap(), "Attestry").unwrap()
}

fn answer(challenge: &str, user: Uuid) -> String {
    use base64::Engine as _;
    let encode = |bytes: &[u8]| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes);
    let client =
        json!({"type": "webauthn.get", "challenge": challenge, "origin": "https://evidence.example.org"});
    json!({
        "id": "AQID", "rawId": "AQID", "type": "public-key", "clientExtensionResults": {},
        "response": {
            "authenticatorData": encode(&[0; 37]),
            "clientDataJSON": encode(client.to_string().as_bytes()),
            "signature": "AAAA",
            "userHandle": encode(user.as_bytes()),
        },
    })
    .to_string()
}

#[test]
fn passkeys_are_bound_to_the_host_people_open() {
    let begun = passkeys().begin_registration(ANNA, &[], NOW).unwrap();
    let options: Value = serde_json::from_str(&begun.for_browser).unwrap();

    assert_eq!(options["publicKey"]["rp"]["id"], "evidence.example.org");
    assert_eq!(options["publicKey"]["rp"]["name"], "Attestry");
    assert_eq!(options["publicKey"]["user"]["name"], "anna@example.org");
}

#[test]
fn a_new_passkey_must_be_listed_by_its_device_and_verify_its_owner() {
    let begun = passkeys().begin_registration(ANNA, &[], NOW).unwrap();
    let options: Value = serde_json::from_str(&begun.for_browser).unwrap();

    let selection = &options["publicKey"]["authenticatorSelection"];
    assert_eq!(selection["residentKey"], "required");
    assert_eq!(selection["userVerification"], "required");
}

#[test]
fn signing_in_names_no_account_and_asks_for_verification() {
    let begun = passkeys().begin_sign_in(NOW).unwrap();
    let options: Value = serde_json::from_str(&begun.for_browser).unwrap();

    assert_eq!(options["publicKey"]["userVerification"], "required");
    assert_eq!(options["publicKey"]["allowCredentials"], json!([]));
}

#[test]
fn no_two_ceremonies_share_a_challenge() {
    let challenge = || {
        let begun = passkeys().begin_sign_in(NOW).unwrap();
        serde_json::from_str::<Value>(&begun.for_browser).unwrap()["publicKey"]["challenge"].clone()
    };

    assert_ne!(challenge(), challenge());
}

#[test]
fn addresses_without_passkeys_are_refused_with_what_to_do() {
    for address in
        ["http://127.0.0.1:8080", "https://[::1]:8443", "http://evidence.example.org", "https://10.0.0.7"]
    {
        let error = Passkeys::new(&Url::parse(address).unwrap(), "Attestry").unwrap_err();
        assert!(error.to_string().contains("set the public address"), "{address}: {error}");
    }
    for address in ["http://localhost:8080", "https://evidence.example.org:8443/sub/"] {
        Passkeys::new(&Url::parse(address).unwrap(), "Attestry").unwrap();
    }
}

#[test]
fn a_state_is_good_for_five_minutes() {
    let begun = passkeys().begin_sign_in(NOW).unwrap();

    assert!(begun.state.open(NOW.plus_millis(CEREMONY_MS - 1)).is_ok());
    assert!(matches!(begun.state.open(NOW.plus_millis(CEREMONY_MS)), Err(PasskeyError::Expired)));
    assert!(matches!(begun.state.open(NOW.plus_millis(-1)), Err(PasskeyError::Expired)));
}

#[test]
fn a_state_of_one_ceremony_does_not_finish_another() {
    let keys = passkeys();
    let registration = keys.begin_registration(ANNA, &[], NOW).unwrap().state;
    let sign_in = keys.begin_sign_in(NOW).unwrap().state;

    let step = |state| Answered { state, answer: "{}", at: NOW };
    assert!(matches!(
        keys.finish_registration(ANNA.person, step(&sign_in)),
        Err(PasskeyError::OtherCeremony)
    ));
    assert!(matches!(
        keys.finish_registration(Uuid::from_u128(8), step(&registration)),
        Err(PasskeyError::OtherCeremony)
    ));
    assert!(matches!(
        keys.finish_confirmation(ANNA.person, &[], step(&sign_in)),
        Err(PasskeyError::OtherCeremony)
    ));
}

#[test]
fn an_answer_claims_a_person_and_a_passkey() {
    let (person, id) = passkeys().claimed(&answer("AAAA", ANNA.person)).unwrap();

    assert_eq!((person, id.as_str()), (ANNA.person, "AQID"));
}

#[test]
fn confirming_needs_a_passkey() {
    let refused = passkeys().begin_confirmation(ANNA.person, &[], NOW);

    assert!(matches!(refused, Err(PasskeyError::NoneThere)));
}

#[test]
fn a_state_survives_its_row_and_is_not_printed() {
    let begun = passkeys().begin_sign_in(NOW).unwrap();

    let again = CeremonyState::from_stored(begun.state.as_str());
    assert!(again.open(NOW).is_ok());
    assert_eq!(format!("{:?}", begun.state), "CeremonyState(…)");
}

#[test]
fn failures_say_what_to_do() {
    let keys = passkeys();

    let other = keys.explain(WebauthnError::InvalidRPOrigin).to_string();
    assert!(other.contains("https://evidence.example.org"), "{other}");
    assert!(matches!(keys.explain(WebauthnError::CredentialPossibleCompromise), PasskeyError::MayBeCopied));
    assert!(matches!(keys.explain(WebauthnError::UserNotVerified), PasskeyError::NotVerified));
    assert!(matches!(keys.explain(WebauthnError::MismatchedChallenge), PasskeyError::Refused(_)));
}

proptest! {
    #[test]
    fn garbage_is_refused_and_never_panics(state in "\\PC{0,60}", answer in "\\PC{0,60}") {
        let keys = passkeys();
        let garbage = CeremonyState::from_stored(state);
        let begun = keys.begin_registration(ANNA, &[], NOW).unwrap().state;

        let step = Answered { state: &garbage, answer: &answer, at: NOW };
        prop_assert!(matches!(keys.finish_registration(ANNA.person, step), Err(PasskeyError::State)));
        let step = Answered { state: &begun, answer: &answer, at: NOW };
        prop_assert!(matches!(keys.finish_registration(ANNA.person, step), Err(PasskeyError::Answer(_))));
        prop_assert!(keys.claimed(&answer).is_err());
        prop_assert!(StoredPasskey::from_json(&answer).is_err());
    }
}
