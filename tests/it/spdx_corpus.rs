//! Documents the corpus holds in several forms make bills of materials that agree.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use attestry::evidence::sbom::Sbom;
use attestry::evidence::{Evidence, Limits, Upload, intake};

/// Files that hold one document; where another edition stands beside them it is left out.
const SETS: [&[&str]; 4] = [
    &[
        "yaml/cve-bin-tool--spdx_test.spdx.yml",
        "2.2/cve-bin-tool--spdx_test.spdx.json",
        "xml/cve-bin-tool--spdx_test.spdx.xml",
        "tag-value/cve-bin-tool--spdx_test.spdx",
        "rdf/cve-bin-tool--spdx_test.spdx.rdf.gz",
    ],
    &[
        "2.2/bom-shelter--flagger_1.18.0_sbom.spdx.json.gz",
        "tag-value/bom-shelter--flagger_1.18.0_sbom.spdx.gz",
    ],
    &[
        "2.2/tools-java--SPDXJSONExample-v2.2.spdx.json",
        "tag-value/tools-java--SPDXTagExample-v2.2.spdx",
        "rdf/tools-java--SPDXRdfExample-v2.2.spdx.rdf.gz",
    ],
    &["rdf/osv-scalibr--sbom.spdx.rdf", "tag-value/osv-scalibr--sbom.spdx"],
];

fn corpus() -> Option<PathBuf> {
    let named = std::env::var_os("ATTESTRY_CORPUS").map(PathBuf::from);
    let path = named.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus"));
    path.join("MANIFEST.tsv").is_file().then_some(path)
}

fn read(path: &Path) -> Sbom {
    let bytes = std::fs::read(path).unwrap();
    let name = path.display().to_string();
    let upload =
        Upload { name: &name, bytes: &bytes, kind: None, limits: Limits::default(), redaction_key: &[1; 32] };
    let reading = intake::read(&upload).remove(0);
    match reading.evidence {
        Some(Evidence::Sbom(sbom)) => sbom,
        other => panic!("{name}: {other:?} {:?}", reading.receipt.errors),
    }
}

/// Name, version, package URL and supplier of every component.
fn components(sbom: &Sbom) -> BTreeSet<[Option<&str>; 4]> {
    let all = sbom.components.iter();
    all.map(|c| [Some(c.name.as_str()), c.version.as_deref(), c.purl.as_deref(), c.supplier.as_deref()])
        .collect()
}

#[test]
fn forms_of_one_document_agree() {
    let Some(corpus) = corpus() else {
        println!("skipped: no corpus");
        return;
    };
    for set in SETS {
        let all: Vec<Sbom> = set.iter().map(|file| read(&corpus.join("sbom/spdx").join(file))).collect();
        for (file, sbom) in set.iter().zip(&all).skip(1) {
            assert_eq!(components(sbom), components(&all[0]), "{file}");
            assert_eq!(sbom.produced_at, all[0].produced_at, "{file}");
            assert_eq!(sbom.about.creators.len(), all[0].about.creators.len(), "{file}");
        }
    }
}
