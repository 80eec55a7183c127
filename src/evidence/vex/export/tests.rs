use super::super::{CsafVex, OpenVex, VexDocument, from_cyclonedx};
use super::*;
use crate::evidence::Evidence;
use crate::evidence::decoder::{Decoder, Probe};
use serde_json::Value;

fn product(name: &str, id: &str) -> DecisionProduct {
    DecisionProduct {
        name: name.to_owned(),
        version: Some("1".to_owned()),
        identifiers: vec![Identifier::of(id)],
    }
}

fn decisions() -> Decisions {
    let decision = |id: &str, components: Vec<DecisionProduct>, said: Said| Decision {
        vulnerability: id.to_owned(),
        aliases: vec![format!("GHSA-{id}")],
        product: product("app", "pkg:oci/app@1"),
        components,
        said,
        at: UnixMillis(1_700_000_000_000),
    };
    let lib = || vec![product("lib", "pkg:npm/lib@1")];
    let impact = "the code is compiled out".to_owned();
    let justification = Some(Justification::VulnerableCodeNotPresent);
    Decisions {
        id: "https://example.org/vex/1".to_owned(),
        title: "Decisions".to_owned(),
        author: "Example".to_owned(),
        role: Role::Vendor,
        namespace: "https://example.org".to_owned(),
        issues: vec![(UnixMillis(1_700_000_000_000), "First issue.".to_owned())],
        list: vec![
            decision("CVE-2024-0001", lib(), Said::NotAffected { justification, impact }),
            decision("CVE-2024-0002", lib(), Said::Affected { action: "Update.".to_owned() }),
            decision("CVE-2024-0003", Vec::new(), Said::Fixed),
            decision("X-4", lib(), Said::UnderInvestigation),
        ],
    }
}

fn read(decoder: &dyn Decoder, document: &Value) -> VexDocument {
    let text = document.to_string();
    let evidence = decoder.decode(&Probe::new("x.json", text.as_bytes())).unwrap().evidence;
    if let Evidence::Sbom(bom) = &evidence {
        return from_cyclonedx(bom);
    }
    let Evidence::Vex(document) = evidence else { panic!("no VEX") };
    document
}

#[test]
fn what_is_written_is_read_back_the_same_from_every_format() {
    let cyclonedx = &crate::evidence::sbom::cyclonedx::CycloneDxJson;
    let written: [(&dyn Decoder, Value); 3] = [
        (&OpenVex, to_openvex(&decisions())),
        (&CsafVex, to_csaf_vex(&decisions())),
        (cyclonedx, to_cyclonedx_vex(&decisions())),
    ];
    for (decoder, value) in written {
        let document = read(decoder, &value);

        assert_eq!(document.author.as_deref(), Some("Example"), "{}", decoder.format());
        for (id, status) in [
            ("CVE-2024-0001", Status::NotAffected),
            ("CVE-2024-0002", Status::Affected),
            ("CVE-2024-0003", Status::Fixed),
            ("X-4", Status::UnderInvestigation),
        ] {
            let found: Vec<_> = document
                .statements
                .iter()
                .filter(|s| s.vulnerability == id || s.aliases.iter().any(|a| a == id))
                .collect();
            let [statement] = found.as_slice() else { panic!("{}: {id}: {found:?}", decoder.format()) };
            assert_eq!(statement.status, status, "{}", decoder.format());
            assert!(
                statement.aliases.contains(&format!("GHSA-{id}"))
                    || statement.vulnerability == format!("GHSA-{id}")
            );
            assert!(statement.products[0].identifiers.contains(&Identifier::of("pkg:oci/app@1")));
            if status != Status::Fixed {
                let part = &statement.products[0].subcomponents[0];
                assert!(part.identifiers.contains(&Identifier::of("pkg:npm/lib@1")), "{}", decoder.format());
            }
            if status == Status::NotAffected {
                assert_eq!(statement.justification, Some(Justification::VulnerableCodeNotPresent));
                assert_eq!(statement.impact.as_deref(), Some("the code is compiled out"));
            }
        }
    }
}

#[test]
fn the_same_decisions_give_the_same_bytes() {
    for write in [to_openvex, to_csaf_vex, to_cyclonedx_vex] {
        assert_eq!(write(&decisions()).to_string(), write(&decisions()).to_string());
    }
}
