//! Every file listed is there, no other is, and each has the bytes it was signed with.

use std::collections::BTreeSet;

use super::outcome::{Faults, Report};
use crate::report::pack::manifest::{MANIFEST, Manifest, ManifestMember, SIGNATURE};
use crate::report::pack::source::{Fault, Opened};

pub(super) fn check(pack: &mut Opened, manifest: &Manifest, report: &mut Report) {
    let listed: BTreeSet<&str> = manifest.members.iter().map(|member| member.path.as_str()).collect();
    let mut faults = Faults::default();
    for path in listed.iter().filter(|path| !pack.has(path)) {
        faults.push(Fault::new(path, "is missing"));
    }
    for (path, _) in pack.members() {
        if !listed.contains(path) && path != MANIFEST && path != SIGNATURE {
            faults.push(Fault::new(path, "is not listed in the manifest"));
        }
    }
    for member in &manifest.members {
        // evidence stands in its folder, and nothing else does
        if member.path.starts_with("evidence/") == member.evidence.is_empty() {
            faults.push(Fault::new(
                &member.path,
                "is evidence without a ledger entry, or not where evidence is",
            ));
        }
    }
    report.step("members", faults, "none is missing, none was added".to_owned());
    check_digests(pack, manifest, report);
}

fn check_digests(pack: &mut Opened, manifest: &Manifest, report: &mut Report) {
    let mut faults = Faults::default();
    for member in &manifest.members {
        // that it is missing was said above
        if pack.has(&member.path) {
            faults.take(check_digest(pack, member));
        }
    }
    report.step("digests", faults, format!("all {} files have the signed SHA-256", manifest.members.len()));
}

fn check_digest(pack: &mut Opened, member: &ManifestMember) -> Result<(), Fault> {
    let size = pack.size_of(&member.path);
    if size != Some(member.size) {
        let what = format!("has {} bytes, signed were {}", size.unwrap_or_default(), member.size);
        return Err(Fault::new(&member.path, what));
    }
    let found = pack.digest(&member.path)?;
    if found != member.sha256 {
        return Err(Fault::new(&member.path, format!("was altered: its SHA-256 is {found}")));
    }
    Ok(())
}
