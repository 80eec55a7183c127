//! Packs made by somebody who has the signing key: the ledger still gives the change away.

use attestry::base::Digest;
use attestry::ledger::checkpoint::Checkpoint;
use attestry::ledger::dsse::Envelope;
use attestry::ledger::key::SigningKey;
use attestry::ledger::key_ring::KeyChange;
use attestry::ledger::merkle::TreeHead;
use attestry::ledger::note::SignedNote;
use attestry::ledger::statement::{PredicateKind, Statement, Subject};
use attestry::report::pack::{
    MANIFEST_PAYLOAD_TYPE, Manifest, ManifestMember, PackItem, VerifyOptions, verify,
};

use super::tampered::GOOD;
use super::world::{AT, Change, LOG, Members, World, key, rezip, source, unzip, vkey};

/// A pack under the forger's hands.
pub struct Forge {
    pub members: Members,
    pub manifest: Manifest,
    bytes: Option<Vec<u8>>,
    unsigned: bool,
}

impl Forge {
    fn good() -> Self {
        let manifest = Manifest::parse(&GOOD["manifest.json"]).unwrap();
        Self { members: GOOD.clone(), manifest, bytes: None, unsigned: false }
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

    /// Puts another checkpoint everywhere the present one stands.
    fn checkpoint(&mut self, change: impl FnOnce(&str) -> String) {
        let old = String::from_utf8(self.members["checkpoint.txt"].clone()).unwrap();
        let new = change(&old);
        let names: Vec<String> = self.members.keys().cloned().collect();
        for name in names.iter().filter(|name| name.ends_with("proof") || name.ends_with(".txt")) {
            self.text(name, |text| text.replace(&old, &new));
        }
    }

    /// Puts another hash in the first hash line of a proof.
    fn first_hash(&mut self, name: &str, header: &str) {
        self.text(name, |text| {
            let start = text.find(header).unwrap() + header.len();
            format!("{}{}{}", &text[..start], "A".repeat(43), &text[start + 43..])
        });
    }

    fn evidence(&mut self) -> &mut ManifestMember {
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
        if !self.unsigned {
            self.members.insert("manifest.dsse.json".to_owned(), signature);
        }
        self.members
    }
}

/// A name, what the forger does, the step that fails and the file that is named.
pub type Case = (&'static str, fn(&mut Forge), &'static str, &'static str);

const BOM: &str = "evidence/sbom/884b5a3d637f-bom.json";

pub const CASES: &[Case] = &[
    (
        "a manifest that nobody signed",
        |f| {
            "Somebody else".clone_into(&mut f.manifest.organisation);
            f.unsigned = true;
        },
        "manifest signature",
        "manifest.json",
    ),
    (
        "a proof with one hash replaced",
        |f| f.first_hash("proofs/1.tlog-proof", "index 1\n"),
        "inclusion proofs",
        "proofs/1.tlog-proof",
    ),
    (
        "a proof of consistency with one hash replaced",
        |f| f.first_hash("consistency.txt", "old 4\n"),
        "consistency",
        "consistency.txt",
    ),
    (
        "a checkpoint with another time and the old signature",
        |f| f.checkpoint(|note| note.replace("time 1", "time 2")),
        "checkpoint",
        "checkpoint.txt",
    ),
    (
        "a checkpoint that a stranger signed",
        |f| f.checkpoint(|note| sign_again(note, &key(7))),
        "checkpoint",
        "checkpoint.txt",
    ),
    (
        "a key without the change that led to it",
        |f| {
            f.remove("keys/changes/4.dsse.json");
            f.remove("proofs/4.tlog-proof");
            f.remove("envelopes/5.dsse.json");
            f.remove("proofs/5.tlog-proof");
            f.remove("evidence/unknown/bca09f4a757d-broken.json");
            f.manifest.items = 2;
        },
        "key history",
        "keys/log.vkey",
    ),
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

fn sign_again(note: &str, key: &SigningKey) -> String {
    let text = note.split_once("\n\n").unwrap().0;
    SignedNote::sign(&format!("{text}\n"), LOG, key).unwrap().to_string()
}

/// Packs over logs that the installation itself wrote wrongly, each with the file that is named.
pub fn wrong_logs() -> Vec<(&'static str, Members, &'static str)> {
    let change: [(&str, Change); 5] = [
        ("a key that introduced itself", |old, new| plain_change(old, new).sign(new)),
        ("a key that did not sign", |old, new| plain_change(old, new).sign(old)),
        ("a stranger retired", |old, new| {
            let change = KeyChange::statement(&vkey(new), Some(key(7).public().fingerprint())).unwrap();
            both(&change, old, new)
        }),
        ("another key as the subject", |old, new| {
            let subject = Subject { name: LOG.to_owned(), sha256: *old.public().fingerprint().digest() };
            let change = KeyChange { introduced: vkey(new).to_string(), retired: None };
            both(&Statement::new(PredicateKind::KeyChange, vec![subject], &change).unwrap(), old, new)
        }),
        ("no key change at all", |old, new| {
            let subject = Subject { name: LOG.to_owned(), sha256: *new.public().fingerprint().digest() };
            let change = KeyChange { introduced: vkey(new).to_string(), retired: None };
            both(&Statement::new(PredicateKind::Heartbeat, vec![subject], &change).unwrap(), old, new)
        }),
    ];
    let mut packs: Vec<_> = change
        .map(|(what, change)| (what, unzip(&World::rotated_by(change).pack()), "keys/changes/4.dsse.json"))
        .into();
    let late = |statement: Statement| statement.sign(&key(1));
    packs.push(("an entry signed after its key was retired", with_entry(late), "envelopes/7.dsse.json"));
    let twice = |statement: Statement| both(&statement, &key(2), &key(2));
    packs.push(("an entry signed twice by one key", with_entry(twice), "envelopes/7.dsse.json"));
    packs
}

fn plain_change(old: &SigningKey, new: &SigningKey) -> Statement {
    KeyChange::statement(&vkey(new), Some(old.public().fingerprint())).unwrap()
}

fn both(statement: &Statement, one: &SigningKey, other: &SigningKey) -> Envelope {
    let mut envelope = statement.sign(one);
    envelope.add_signature(other);
    envelope
}

/// The third item with an entry of its own at the end of the log.
fn with_entry(sign: impl FnOnce(Statement) -> Envelope) -> Members {
    let mut world = World::rotated();
    let item = world.items.remove(2);
    let entry = sign(item.statement.statement(item.sha256).unwrap()).to_bytes();
    let ledger_index = world.log.append(entry);
    world.items.push(PackItem { ledger_index, ..item });
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
fn entries_that_were_not_signed_by_whoever_could_sign_then_are_refused() {
    for (what, members, named) in wrong_logs() {
        let verification = verify(source(rezip(&members)), &VerifyOptions::default());

        let failed: Vec<_> = verification.steps.iter().filter(|step| !step.ok).collect();
        let seen = failed.iter().any(|s| s.name == "ledger entries" && s.member.as_deref() == Some(named));
        assert!(seen, "{what}: {failed:#?}");
    }
}
