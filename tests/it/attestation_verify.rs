//! Verifies the Sigstore conformance cases of the corpus, offline: what must fail fails, what must hold holds, and
//! what lacks its root or artefact is listed by name.

use std::fs;
use std::path::{Path, PathBuf};

use attestry::evidence::attestation::{
    Anchors, Artifact, Content, PublicKey, SignedBy, Signer, TrustedRoot, Verification, verify,
};

/// Cases the corpus has no trusted root, bundle or artefact for.
const INCOMPLETE: &[&str] =
    &["intoto-with-custom-trust-root", "invalid-ct-key_fail", "rekor2-timestamp-with-expired-cert-chain"];

/// Cases that have only a root, and whose bundle it is to be tried on.
const BUNDLE_OF: &[(&str, &str)] = &[
    ("managed-key-no-key_fail", "managed-key-and-trusted-root"),
    ("managed-key-wrong-key_fail", "managed-key-and-trusted-root"),
    ("trust-root-tlog-missing-validity-start_fail", "happy-path-v0.1"),
    ("trust-root-tlog-validity-end-inclusive", "happy-path-v0.1"),
    ("trust-root-tsa-validity-end-inclusive", "rekor2-happy-path"),
];

fn corpus() -> Option<PathBuf> {
    if let Some(path) = std::env::var_os("ATTESTRY_CORPUS") {
        return Some(PathBuf::from(path));
    }
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    beside.join("MANIFEST.tsv").is_file().then_some(beside)
}

/// Anybody whom one of the instances' usual issuers vouches for: what must fail then fails for no name's sake.
fn signers(case: &Path) -> Vec<Signer> {
    let text = |name: &str| fs::read_to_string(case.join(name)).map(|text| text.trim().to_owned()).ok();
    if let (Some(identity), Some(issuer)) = (text("identity"), text("issuer")) {
        return vec![Signer { identity, issuer }];
    }
    let issuers = [
        "https://token.actions.githubusercontent.com",
        "https://accounts.google.com",
        "https://oauth2.sigstore.dev/auth",
    ];
    issuers.map(|issuer| Signer { identity: "*".to_owned(), issuer: issuer.to_owned() }).to_vec()
}

/// The root a case is to be judged by; an unusable one is part of the case.
fn root(cases: &Path, name: &str) -> Option<TrustedRoot> {
    let own = cases.join(name).join("trusted_root.json");
    // the cases of the second log generation are made with the staging instance
    let staging = cases.join("rekor2-dsse-happy-path/trusted_root.json");
    let staged = name.starts_with("rekor2-") || name.starts_with("managed-key-");
    let path = if own.is_file() {
        own
    } else if staged {
        staging
    } else {
        return TrustedRoot::public_good().ok();
    };
    TrustedRoot::from_json(&fs::read_to_string(path).unwrap()).ok()
}

fn verdict(cases: &Path, name: &str, artefact: &[u8]) -> Result<(), String> {
    let from = BUNDLE_OF.iter().find(|(case, _)| *case == name).map_or(name, |(_, bundle)| *bundle);
    let bundle = fs::read(cases.join(from).join("bundle.sigstore.json")).unwrap();
    let case = cases.join(name);
    let key = fs::read_to_string(case.join("key.pub")).ok().and_then(|pem| PublicKey::from_pem(&pem).ok());
    let roots: Vec<TrustedRoot> = root(cases, name).into_iter().collect();
    let anchors = Anchors { roots, signers: signers(&case), keys: key.into_iter().collect() };
    let read = verify(&bundle, &anchors, Some(Artifact::Bytes(artefact))).map_err(|e| e.to_string())?;
    let [attestation] = read.list.as_slice() else { return Err("not one attestation".to_owned()) };
    match &attestation.verification {
        Verification::Verified { .. } => Ok(()),
        Verification::Unverified { code, reason } => Err(format!("{code}: {reason}")),
    }
}

#[test]
fn conformance_cases_hold_or_fail_as_they_must() {
    let Some(corpus) = corpus() else {
        println!("skipped: no corpus");
        return;
    };
    let folder = corpus.join("attestations/sigstore-bundle");
    let cases = folder.join("conformance");
    let artefact = fs::read(folder.join("conformance-common/sigstore-conformance--a.txt")).unwrap();
    let mut names: Vec<String> = fs::read_dir(&cases)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();

    let mut wrong = Vec::new();
    let (mut held, mut failed) = (0, 0);
    for name in names.iter().filter(|name| !INCOMPLETE.contains(&name.as_str())) {
        match (verdict(&cases, name, &artefact), name.ends_with("_fail")) {
            (Ok(()), false) => held += 1,
            (Err(_), true) => failed += 1,
            (Ok(()), true) => wrong.push(format!("{name}: verified, and must not be")),
            (Err(reason), false) => wrong.push(format!("{name}: {reason}")),
        }
    }

    println!("{held} held, {failed} failed as they must, not tried: {}", INCOMPLETE.join(", "));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_bundle_of_the_public_instance_says_by_whom_and_when_and_only_for_trusted_signers() {
    let Some(corpus) = corpus() else {
        println!("skipped: no corpus");
        return;
    };
    let folder = corpus.join("attestations/sigstore-bundle");
    let bundle = fs::read(folder.join("conformance/happy-path-v0.3/bundle.sigstore.json")).unwrap();
    let issuer = "https://token.actions.githubusercontent.com".to_owned();
    let identity =
        "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/*".to_owned();
    let judge = |identity: &str, issuer: &str, artefact: Option<Artifact<'_>>| {
        let signers = vec![Signer { identity: identity.to_owned(), issuer: issuer.to_owned() }];
        let anchors = Anchors { roots: vec![TrustedRoot::public_good().unwrap()], signers, keys: Vec::new() };
        verify(&bundle, &anchors, artefact).unwrap().list.remove(0).verification
    };

    let Verification::Verified { by, at, logged, .. } = judge(&identity, &issuer, None) else {
        panic!("unverified")
    };
    assert!(matches!(by, SignedBy::Certificate { issuer: ref found, .. } if *found == issuer));
    assert!(logged && at.len() == 1 && at[0].to_date() == "2024-03-19", "{at:?}");
    assert!(!judge("https://github.com/somebody/*", &issuer, None).holds());
    assert!(!judge(&identity, "https://accounts.google.com", None).holds());
    assert!(!judge(&identity, &issuer, Some(Artifact::Bytes(b"another artefact"))).holds());
}

/// Facts about what statements contain were derived independently.
#[test]
fn provenance_names_the_builder_and_the_materials_the_facts_name() {
    let Some(corpus) = corpus() else {
        println!("skipped: no corpus");
        return;
    };
    let facts = fs::read_to_string(corpus.join("FACTS.jsonl")).unwrap();
    let mut compared = 0;
    let mut wrong = Vec::new();
    for line in facts.lines().filter(|line| line.contains("\"attestations/")) {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        let (path, facts) = (line["path"].as_str().unwrap(), &line["facts"]);
        let predicate = facts["predicate_type"].as_str().unwrap_or_default();
        if path.ends_with(".gz") || !predicate.starts_with("https://slsa.dev/provenance/v") {
            continue;
        }
        let bytes = fs::read(corpus.join(path)).unwrap();
        let Ok(read) = verify(&bytes, &Anchors::default(), None) else { continue };
        assert!(read.list.iter().all(|one| !one.verification.holds()), "{path}: verified without an anchor");
        let Content::Statement(statement) = &read.list[0].content else { panic!("{path}") };
        let provenance = statement.provenance.as_ref().unwrap();
        let builder = facts["builder_id"].as_str();
        let materials = facts["materials"].as_u64().unwrap_or(0);
        compared += 1;
        if provenance.builder.as_deref() != builder || provenance.materials.len() as u64 != materials {
            wrong.push(format!("{path}: {:?} {}", provenance.builder, provenance.materials.len()));
        }
    }
    println!("{compared} provenances compared");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
