//! From a component as written to its draft.

use super::{gathered, hashes, licences, properties, references};
use crate::evidence::sbom::cyclonedx::raw;
use crate::evidence::sbom::draft::{Draft, joined_name};
use crate::evidence::sbom::lenient::{List, Text};
use crate::evidence::sbom::{
    Details, Evidence, Identifier, IdentifierKind, IdentityEvidence, Occurrence, Party, PartyKind, Patch,
    Pedigree, Relative, Scope,
};

/// The property by which BSI TR-03183-2 has the name of a component's file written.
const BSI_FILE_NAME: &str = "bsi:component:filename";

/// The draft of a component inside the given one.
pub(in crate::evidence::sbom::cyclonedx) fn draft<'a>(
    component: &'a raw::Component<'_>,
    parent: Option<u32>,
) -> Draft<'a> {
    Draft {
        reference: component.bom_ref.get(),
        component_type: component.component_type.get(),
        group: component.group.get(),
        name: component.name.get(),
        version: component.version.get(),
        purl: component.purl.get(),
        supplier: component.maker(),
        licences: licences(&component.licenses.0),
        scope: component.scope.get().and_then(Scope::from_word),
        has_copyright: component.copyright.get().is_some(),
        modified: component.modified.0,
        parent,
        details: details(component),
    }
}

fn details(component: &raw::Component<'_>) -> Option<Box<Details>> {
    let properties = properties(&component.properties);
    let mut details = Details {
        identifiers: identifiers(component),
        supplier: component.supplier.party(),
        manufacturer: component.manufacturer.party(),
        publisher: component.publisher.owned(),
        authors: authors(component),
        hashes: hashes(&component.hashes),
        external_references: references(&component.external_references),
        properties,
        evidence: evidence(&component.evidence),
        pedigree: pedigree(&component.pedigree),
        mime_type: component.mime_type.owned(),
        is_external: component.is_external.0,
        version_range: component.version_range.owned(),
        ..Details::default()
    };
    details.file_name = details.property(BSI_FILE_NAME).map(str::to_owned);
    (details != Details::default()).then(|| Box::new(details))
}

fn identifiers(component: &raw::Component<'_>) -> Vec<Identifier> {
    let one = |kind: IdentifierKind, text: &Text<'_>| text.owned().map(|value| Identifier { kind, value });
    let several = |kind: IdentifierKind, list: &List<Text<'_>>| {
        list.items.iter().filter_map(move |text| one(kind, text)).collect::<Vec<_>>()
    };
    let single =
        [one(IdentifierKind::Cpe, &component.cpe), one(IdentifierKind::Swid, &component.swid.tag_id)];
    let all = single.into_iter().flatten();
    let all = all.chain(several(IdentifierKind::Omnibor, &component.omnibor.0));
    gathered(all.chain(several(IdentifierKind::Swhid, &component.swhid.0)))
}

/// The authors; the deprecated single text counts when it names nobody the list names.
fn authors(component: &raw::Component<'_>) -> Vec<Party> {
    let mut authors = gathered(component.authors.items.iter().filter_map(raw::Contact::person));
    if let Some(author) = component.author.get()
        && !authors.iter().any(|known| known.name.as_deref() == Some(author))
    {
        authors.push(Party::named(PartyKind::Unknown, author));
    }
    authors
}

fn evidence(evidence: &raw::Evidence<'_>) -> Evidence {
    let occurrence = |occurrence: &raw::Occurrence<'_>| {
        let line = occurrence.line.0.filter(|line| (0.0..1e15).contains(line));
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bounded above")]
        Some(Occurrence { location: occurrence.location.owned()?, line: line.map(|line| line as u64) })
    };
    let length = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
    Evidence {
        identities: gathered(evidence.identity.0.items.iter().map(identity)),
        occurrences: gathered(evidence.occurrences.items.iter().filter_map(occurrence)),
        licences: licences(&evidence.licenses.0),
        copyrights: length(evidence.copyright.items.len()),
        call_frames: length(evidence.callstack.frames.items.len()),
    }
}

fn identity(identity: &raw::IdentityEvidence<'_>) -> IdentityEvidence {
    IdentityEvidence {
        field: identity.field.owned(),
        confidence: identity.confidence.0,
        concluded: identity.concluded.owned(),
        techniques: gathered(
            identity.methods.items.iter().filter_map(|m: &raw::Method<'_>| m.technique.owned()),
        ),
    }
}

fn pedigree(pedigree: &raw::Pedigree<'_>) -> Pedigree {
    let commit = |commit: &raw::Commit<'_>| commit.uid.owned().or_else(|| commit.url.owned());
    Pedigree {
        ancestors: relatives(&pedigree.ancestors),
        descendants: relatives(&pedigree.descendants),
        variants: relatives(&pedigree.variants),
        commits: gathered(pedigree.commits.items.iter().filter_map(commit)),
        patches: gathered(pedigree.patches.items.iter().map(patch)),
        notes: pedigree.notes.owned(),
    }
}

fn relatives(list: &List<raw::Relative<'_>>) -> Vec<Relative> {
    let relative = |relative: &raw::Relative<'_>| Relative {
        component_type: relative.component_type.owned(),
        name: joined_name(relative.group.get(), relative.name.get().unwrap_or_default()),
        version: relative.version.owned(),
        purl: relative.purl.owned(),
        cpe: relative.cpe.owned(),
    };
    gathered(list.items.iter().map(relative))
}

fn patch(patch: &raw::Patch<'_>) -> Patch {
    let resolved = |issue: &raw::Issue<'_>| (issue.kind.owned(), issue.id.owned());
    Patch {
        kind: patch.kind.owned(),
        resolves: gathered(patch.resolves.items.iter().map(resolved)),
        url: patch.diff.url.owned(),
    }
}
