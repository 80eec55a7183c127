//! Packs made by somebody who has the signing key: the ledger still gives the change away.

use attestry::base::Digest;
use attestry::ledger::checkpoint::Checkpoint;
use attestry::ledger::dsse::Envelope;
use attestry::ledger::merkle::TreeHead;
use attestry::report::pack::{MANIFEST_PAYLOAD_TYPE, Manifest, VerifyOptions, verify};

use super::tampered::GOOD;
use super::world::{AT, LOG, Members, World, key, rezip, source, unzip, vkey};

/// A pack under the forger's hands.
pub struct Forge {
    pub members: Members,
    pub manifest: Manifest,
    bytes: Option<Vec<u8>>,
}

impl Forge {
    fn good() -> Self {
        let manifest = Manifest::parse(&GOOD["manifest.json"]).unwrap();
        Self { members: GOOD.clone(), manifest, bytes: None }
    }

    fn copy(&mut self, from: &str, to: &str) {
        let bytes = self.members[from].clone();
        self.members.insert(to.to_owned(), bytes);
    }

    fn remove(&mut self, name: &str) {
        self.members.remove(name);
        self.manifest.members.retain(|member| member.path != name);
    }

    fn text(&mut self, name: &str, change: impl FnOnce(String) -> String) {
        let text = String::from_utf8(self.members[name].clone()).unwrap();
        self.members.insert(name.to_owned(), change(text).into_bytes());
    }

    fn evidence(&mut self) -> &mut attestry::report::pack::ManifestMember {
        self.manifest.members.iter_mut().find(|member| member.evidence.len() == 2).unwrap()
    }

    /// Lists every member with its present digest and signs anew.
    pub fn sign(mut self) -> Members {
        for member in &mut self.manifest.members {
            if let Some(bytes) = self.members.get(&member.path) {
                (member.sha256, member.size) = (Digest::of(bytes), bytes.len() as u64);
            }
        }
        let manifest = self.bytes.unwrap_or_else(|| self.manifest.to_bytes());
        let signature = Envelope::sign(MANIFEST_PAYLOAD_TYPE, manifest.clone(), &key(2)).to_bytes();
        self.members.insert("manifest.json".to_owned(), manifest);
        self.members.insert("manifest.dsse.json".to_owned(), signature);
        self.members
    }
}

/// A name, what the forger does, the step that fails and the file that is named.
pub type Case = (&'static str, fn(&mut Forge), &'static str, &'static str);

const BOM: &str = "evidence/sbom/884b5a3d637f-bom.json";

pub const CASES: &[Case] = &[
    (
        "another entry",
        |f| f.copy("envelopes/2.dsse.json", "envelopes/1.dsse.json"),
        "ledger entries",
        "envelopes/1.dsse.json",
    ),
    (
        "another proof",
        |f| f.copy("proofs/2.tlog-proof", "proofs/1.tlog-proof"),
        "inclusion proofs",
        "proofs/1.tlog-proof",
    ),
    (
        "a proof with a wrong hash",
        |f| {
            f.text("proofs/1.tlog-proof", |t| {
                t.replacen("index 1\n", "index 1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n", 1)
            })
        },
        "inclusion proofs",
        "proofs/1.tlog-proof",
    ),
    (
        "a proof with words besides",
        |f| f.text("proofs/1.tlog-proof", |t| t.replacen("index", "extra aGk=\nindex", 1)),
        "inclusion proofs",
        "proofs/1.tlog-proof",
    ),
    (
        "an altered subject",
        |f| "other-api".clone_into(&mut f.evidence().evidence[0].statement.subject),
        "ledger entries",
        "envelopes/1.dsse.json",
    ),
    (
        "an altered time",
        |f| f.evidence().evidence[1].statement.collected_at = AT,
        "ledger entries",
        "envelopes/2.dsse.json",
    ),
    ("altered evidence", |f| f.text(BOM, |t| t.replace('1', "7")), "ledger entries", "envelopes/1.dsse.json"),
    (
        "evidence without an entry",
        |f| f.remove("envelopes/1.dsse.json"),
        "ledger entries",
        "envelopes/1.dsse.json",
    ),
    (
        "evidence without a proof",
        |f| f.remove("proofs/1.tlog-proof"),
        "inclusion proofs",
        "proofs/1.tlog-proof",
    ),
    (
        "evidence that is not listed as such",
        |f| {
            f.evidence().evidence.clear();
            f.manifest.items = 1;
        },
        "members",
        BOM,
    ),
    (
        "evidence outside its folder",
        |f| {
            let items = std::mem::take(&mut f.evidence().evidence);
            f.manifest.members.iter_mut().find(|m| m.path == "README.html").unwrap().evidence = items;
        },
        "members",
        "README.html",
    ),
    ("another receipt", |f| f.text("receipts/1.json", |t| t + " "), "receipts", "receipts/1.json"),
    ("an older checkpoint", |f| f.copy("earlier.txt", "checkpoint.txt"), "checkpoint", "checkpoint.txt"),
    (
        "a checkpoint of another log",
        |f| {
            let head = TreeHead { size: 7, root: Digest::of(b"forked") };
            let note = Checkpoint::new(LOG, head, AT).unwrap().sign(&key(2)).unwrap();
            f.members.insert("checkpoint.txt".to_owned(), note.to_string().into_bytes());
            f.manifest.checkpoint.root = head.root;
        },
        "inclusion proofs",
        "proofs/0.tlog-proof",
    ),
    (
        "a checkpoint that is not the one named",
        |f| f.manifest.checkpoint.size += 1,
        "checkpoint",
        "checkpoint.txt",
    ),
    ("no earlier checkpoint", |f| f.remove("earlier.txt"), "consistency", "earlier.txt"),
    ("no proof of consistency", |f| f.remove("consistency.txt"), "consistency", "consistency.txt"),
    (
        "a proof of consistency from another size",
        |f| f.text("consistency.txt", |t| t.replacen("old 4", "old 3", 1)),
        "consistency",
        "consistency.txt",
    ),
    (
        "a proof of consistency cut short",
        |f| {
            f.text("consistency.txt", |t| {
                let (head, rest) = t.split_once('\n').unwrap();
                format!("{head}\n{}", rest.split_once('\n').unwrap().1)
            });
        },
        "consistency",
        "consistency.txt",
    ),
    (
        "another first key",
        |f| f.text("keys/first.vkey", |_| format!("{}\n", vkey(&key(7)))),
        "ledger entries",
        "keys/changes/0.dsse.json",
    ),
    ("no key change", |f| f.remove("keys/changes/4.dsse.json"), "key history", "keys/log.vkey"),
    ("no first key", |f| f.remove("keys/first.vkey"), "ledger entries", "keys/changes/0.dsse.json"),
    (
        "another verifier key",
        |f| f.text("keys/log.vkey", |_| format!("{}\n", vkey(&key(7)))),
        "keys",
        "keys/log.vkey",
    ),
    (
        "a verifier key without its newline",
        |f| f.text("keys/log.vkey", |t| t.trim().to_owned()),
        "keys",
        "keys/log.vkey",
    ),
    (
        "a key file with words around it",
        |f| f.text("keys/log.pem", |t| t + "\n"),
        "manifest signature",
        "keys/log.pem",
    ),
    ("another signer named", |f| f.manifest.signer = key(1).public().fingerprint(), "keys", "keys/log.pem"),
    ("too few items named", |f| f.manifest.items = 2, "manifest", "manifest.json"),
    ("one entry for two items", |f| f.evidence().evidence[1].ledger_index = 1, "manifest", "manifest.json"),
    (
        "another format",
        |f| "attestry-pack/v2".clone_into(&mut f.manifest.format),
        "manifest",
        "manifest.json",
    ),
    ("members out of order", |f| f.manifest.members.reverse(), "manifest", "manifest.json"),
    (
        "a member twice",
        |f| {
            let first = f.manifest.members[0].clone();
            f.manifest.members.insert(0, first);
        },
        "manifest",
        "manifest.json",
    ),
    (
        "a manifest in other words",
        |f| f.bytes = Some(serde_json::to_vec(&f.manifest).unwrap()),
        "manifest",
        "manifest.json",
    ),
    (
        "a manifest with another field",
        |f| {
            let text = String::from_utf8(f.manifest.to_bytes()).unwrap();
            f.bytes = Some(text.replacen("{\n", "{\n  \"note\": \"\",\n", 1).into_bytes());
        },
        "manifest",
        "manifest.json",
    ),
];

pub fn forged(case: &Case) -> Members {
    let mut forge = Forge::good();
    (case.1)(&mut forge);
    forge.sign()
}

/// An item that a retired key signed after it was retired.
pub fn signed_too_late() -> Members {
    let mut world = World::rotated();
    let item = world.items.remove(2);
    let late = item.statement.statement(item.sha256).unwrap().sign(&key(1)).to_bytes();
    let index = world.log.append(late);
    world.items.push(attestry::report::pack::PackItem { ledger_index: index, ..item });
    unzip(&world.pack())
}

#[test]
fn a_pack_signed_anew_without_a_change_verifies() {
    let verification = verify(source(rezip(&Forge::good().sign())), &VerifyOptions::default());

    assert_eq!(verification.first_failure(), None);
}

#[test]
fn what_the_holder_of_the_key_forges_is_seen_at_the_step_that_guards_it() {
    for case in CASES {
        let (name, _, step, member) = *case;

        let verification = verify(source(rezip(&forged(case))), &VerifyOptions::default());

        let failed: Vec<_> = verification.steps.iter().filter(|one| !one.ok).collect();
        let seen = failed.iter().any(|one| one.name == step && one.member.as_deref() == Some(member));
        assert!(seen && !verification.is_ok(), "{name}: {failed:#?}");
    }
}

#[test]
fn an_entry_signed_by_a_key_after_it_was_retired_is_refused() {
    let verification = verify(source(rezip(&signed_too_late())), &VerifyOptions::default());

    let step = verification.first_failure().unwrap();
    assert_eq!((step.name, step.member.as_deref()), ("ledger entries", Some("envelopes/7.dsse.json")));
}
