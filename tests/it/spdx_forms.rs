//! One SPDX 2.3 document in every form it may be written in makes one and the same bill of materials.

use attestry::evidence::sbom::{IdentifierKind, LicenceRole, PartyKind, Sbom};
use attestry::evidence::{Encoding, Evidence, Limits, Receipt, ReceiptStatus, Upload, intake};

const JSON: &str = r#"{"spdxVersion":"SPDX-2.3","dataLicense":"CC0-1.0","SPDXID":"SPDXRef-DOCUMENT","name":"doc",
"documentNamespace":"https://example.com/ns",
"creationInfo":{"created":"2026-01-02T03:04:05Z","creators":["Tool: maker-1.2.3","Person: Jane Doe (jane@example.com)"],
"licenseListVersion":"3.20"},
"externalDocumentRefs":[{"externalDocumentId":"DocumentRef-x","spdxDocument":"https://example.com/other",
"checksum":{"algorithm":"SHA1","checksumValue":"d6a770ba38583ed4bb4525bd96e50461655d2759"}}],
"hasExtractedLicensingInfos":[{"licenseId":"LicenseRef-1","extractedText":"line one\nline two"}],
"packages":[{"SPDXID":"SPDXRef-app","name":"app","versionInfo":"1.10","downloadLocation":"NOASSERTION",
"supplier":"Organization: Acme (info@example.com)","filesAnalyzed":false,"primaryPackagePurpose":"APPLICATION",
"licenseConcluded":"(MIT AND LicenseRef-1)","licenseDeclared":"MIT","licenseInfoFromFiles":["MIT"],
"checksums":[{"algorithm":"SHA256","checksumValue":"11b6d3ee554eedf79299905a98f9b9a04e498210b59f15094c916c91d150efcd"},
{"algorithm":"SHA1","checksumValue":"0000000000000000000000000000000000000000"}],
"releaseDate":"2026-01-01T00:00:00Z","externalRefs":[
{"referenceCategory":"PACKAGE-MANAGER","referenceType":"purl","referenceLocator":"pkg:npm/app@1.10"},
{"referenceCategory":"PACKAGE-MANAGER","referenceType":"purl","referenceLocator":"pkg:npm/app-alias@1.10"},
{"referenceCategory":"SECURITY","referenceType":"cpe23Type","referenceLocator":"cpe:2.3:a:acme:app:1.10:*:*:*:*:*:*:*"}]},
{"SPDXID":"SPDXRef-on","name":"on","versionInfo":"2","downloadLocation":"https://example.com/on.tgz"}],
"files":[{"SPDXID":"SPDXRef-f","fileName":"./f"}],
"relationships":[
{"spdxElementId":"SPDXRef-DOCUMENT","relationshipType":"DESCRIBES","relatedSpdxElement":"SPDXRef-app"},
{"spdxElementId":"SPDXRef-app","relationshipType":"DEPENDS_ON","relatedSpdxElement":"SPDXRef-on"},
{"spdxElementId":"SPDXRef-app","relationshipType":"CONTAINS","relatedSpdxElement":"SPDXRef-f"},
{"spdxElementId":"SPDXRef-on","relationshipType":"DEPENDS_ON","relatedSpdxElement":"DocumentRef-x:SPDXRef-y"}]}"#;

const TAG_VALUE: &str = "\u{feff}# a comment\r\nSPDXVersion: SPDX-2.3\r\nDataLicense: CC0-1.0\r\nSPDXID: SPDXRef-DOCUMENT\r\n\
DocumentName: doc\r\nDocumentNamespace: https://example.com/ns\r\n\
ExternalDocumentRef: DocumentRef-x https://example.com/other SHA1: d6a770ba38583ed4bb4525bd96e50461655d2759\r\n\
Creator: Tool: maker-1.2.3\r\nCreator: Person: Jane Doe (jane@example.com)\r\nCreated: 2026-01-02T03:04:05Z\r\n\
LicenseListVersion: 3.20\r\n\r\nPackageName: app\r\nSPDXID: SPDXRef-app\r\nPackageVersion: 1.10\r\n\
PackageSupplier: Organization: Acme (info@example.com)\r\nPackageDownloadLocation: NOASSERTION\r\nFilesAnalyzed: false\r\n\
PackageChecksum: SHA256: 11b6d3ee554eedf79299905a98f9b9a04e498210b59f15094c916c91d150efcd\r\n\
PackageChecksum: SHA1: 0000000000000000000000000000000000000000\r\nPackageLicenseConcluded: (MIT AND LicenseRef-1)\r\n\
PackageLicenseInfoFromFiles: MIT\r\nPackageLicenseDeclared: MIT\r\nPrimaryPackagePurpose: APPLICATION\r\n\
ReleaseDate: 2026-01-01T00:00:00Z\r\nExternalRef: PACKAGE-MANAGER purl pkg:npm/app@1.10\r\n\
ExternalRef: PACKAGE-MANAGER purl pkg:npm/app-alias@1.10\r\n\
ExternalRef: SECURITY cpe23Type cpe:2.3:a:acme:app:1.10:*:*:*:*:*:*:*\r\n\
Relationship: SPDXRef-DOCUMENT DESCRIBES SPDXRef-app\r\nRelationship: SPDXRef-app DEPENDS_ON SPDXRef-on\r\n\
Relationship: SPDXRef-app CONTAINS SPDXRef-f\r\nRelationship: SPDXRef-on DEPENDS_ON DocumentRef-x:SPDXRef-y\r\n\r\n\
PackageName: on\r\nSPDXID: SPDXRef-on\r\nPackageVersion: 2\r\nPackageDownloadLocation: https://example.com/on.tgz\r\n\r\n\
FileName: ./f\r\nSPDXID: SPDXRef-f\r\n\r\nLicenseID: LicenseRef-1\r\n\
ExtractedText: <text>line one\r\nPackageName: not one\r\nline two</text>\r\n";

const YAML: &str = r"---
spdxVersion: SPDX-2.3
dataLicense: CC0-1.0
SPDXID: SPDXRef-DOCUMENT
name: doc
documentNamespace: https://example.com/ns
creationInfo:
  created: 2026-01-02T03:04:05Z
  creators:
  - 'Tool: maker-1.2.3'
  - 'Person: Jane Doe (jane@example.com)'
  licenseListVersion: 3.20
externalDocumentRefs:
- externalDocumentId: DocumentRef-x
  spdxDocument: https://example.com/other
  checksum: {algorithm: SHA1, checksumValue: d6a770ba38583ed4bb4525bd96e50461655d2759}
hasExtractedLicensingInfos:
- licenseId: LicenseRef-1
  extractedText: |
    line one
    line two
packages:
- SPDXID: SPDXRef-app
  name: app
  versionInfo: 1.10
  downloadLocation: NOASSERTION
  supplier: 'Organization: Acme (info@example.com)'
  filesAnalyzed: false
  primaryPackagePurpose: APPLICATION
  licenseConcluded: (MIT AND LicenseRef-1)
  licenseDeclared: &mit MIT
  licenseInfoFromFiles: [*mit]
  checksums:
  - {algorithm: SHA256, checksumValue: 11b6d3ee554eedf79299905a98f9b9a04e498210b59f15094c916c91d150efcd}
  - {algorithm: SHA1, checksumValue: 0000000000000000000000000000000000000000}
  releaseDate: 2026-01-01T00:00:00Z
  externalRefs:
  - {referenceCategory: PACKAGE-MANAGER, referenceType: purl, referenceLocator: 'pkg:npm/app@1.10'}
  - {referenceCategory: PACKAGE-MANAGER, referenceType: purl, referenceLocator: 'pkg:npm/app-alias@1.10'}
  - {referenceCategory: SECURITY, referenceType: cpe23Type, referenceLocator: 'cpe:2.3:a:acme:app:1.10:*:*:*:*:*:*:*'}
- SPDXID: SPDXRef-on
  name: on
  versionInfo: 2
  downloadLocation: https://example.com/on.tgz
files:
- {SPDXID: SPDXRef-f, fileName: ./f}
relationships:
- {spdxElementId: SPDXRef-DOCUMENT, relationshipType: DESCRIBES, relatedSpdxElement: SPDXRef-app}
- {spdxElementId: SPDXRef-app, relationshipType: DEPENDS_ON, relatedSpdxElement: SPDXRef-on}
- {spdxElementId: SPDXRef-app, relationshipType: CONTAINS, relatedSpdxElement: SPDXRef-f}
- {spdxElementId: SPDXRef-on, relationshipType: DEPENDS_ON, relatedSpdxElement: 'DocumentRef-x:SPDXRef-y'}
";

const XML: &str = "<?xml version='1.0' encoding='UTF-8'?>\n<Document><spdxVersion>SPDX-2.3</spdxVersion>\
<dataLicense>CC0-1.0</dataLicense><SPDXID>SPDXRef-DOCUMENT</SPDXID><name>doc</name>\
<documentNamespace>https://example.com/ns</documentNamespace><creationInfo><created>2026-01-02T03:04:05Z</created>\
<creators>Tool: maker-1.2.3</creators><creators>Person: Jane Doe (jane@example.com)</creators>\
<licenseListVersion>3.20</licenseListVersion></creationInfo><externalDocumentRefs>\
<externalDocumentId>DocumentRef-x</externalDocumentId><spdxDocument>https://example.com/other</spdxDocument>\
<checksum><algorithm>SHA1</algorithm><checksumValue>d6a770ba38583ed4bb4525bd96e50461655d2759</checksumValue></checksum>\
</externalDocumentRefs><hasExtractedLicensingInfos><licenseId>LicenseRef-1</licenseId>\
<extractedText><![CDATA[line one\nline two]]></extractedText></hasExtractedLicensingInfos><packages>\
<SPDXID>SPDXRef-app</SPDXID><name>app</name><versionInfo>1.10</versionInfo>\
<downloadLocation>NOASSERTION</downloadLocation><supplier>Organization: Acme (info@example.com)</supplier>\
<filesAnalyzed>false</filesAnalyzed><primaryPackagePurpose>APPLICATION</primaryPackagePurpose>\
<licenseConcluded>(MIT AND LicenseRef-1)</licenseConcluded><licenseDeclared>MIT</licenseDeclared>\
<licenseInfoFromFiles>MIT</licenseInfoFromFiles><checksums><algorithm>SHA256</algorithm>\
<checksumValue>11b6d3ee554eedf79299905a98f9b9a04e498210b59f15094c916c91d150efcd</checksumValue></checksums>\
<checksums><algorithm>SHA1</algorithm><checksumValue>0000000000000000000000000000000000000000</checksumValue></checksums>\
<releaseDate>2026-01-01T00:00:00Z</releaseDate><externalRefs><referenceCategory>PACKAGE-MANAGER</referenceCategory>\
<referenceType>purl</referenceType><referenceLocator>pkg:npm/app@1.10</referenceLocator></externalRefs>\
<externalRefs><referenceCategory>PACKAGE-MANAGER</referenceCategory><referenceType>purl</referenceType>\
<referenceLocator>pkg:npm/app-alias@1.10</referenceLocator></externalRefs><externalRefs>\
<referenceCategory>SECURITY</referenceCategory><referenceType>cpe23Type</referenceType>\
<referenceLocator>cpe:2.3:a:acme:app:1.10:*:*:*:*:*:*:*</referenceLocator></externalRefs></packages><packages>\
<SPDXID>SPDXRef-on</SPDXID><name>on</name><versionInfo>2</versionInfo>\
<downloadLocation>https://example.com/on.tgz</downloadLocation></packages><files><SPDXID>SPDXRef-f</SPDXID>\
<fileName>./f</fileName></files><relationships><spdxElementId>SPDXRef-DOCUMENT</spdxElementId>\
<relationshipType>DESCRIBES</relationshipType><relatedSpdxElement>SPDXRef-app</relatedSpdxElement></relationships>\
<relationships><spdxElementId>SPDXRef-app</spdxElementId><relationshipType>DEPENDS_ON</relationshipType>\
<relatedSpdxElement>SPDXRef-on</relatedSpdxElement></relationships><relationships>\
<spdxElementId>SPDXRef-app</spdxElementId><relationshipType>CONTAINS</relationshipType>\
<relatedSpdxElement>SPDXRef-f</relatedSpdxElement></relationships><relationships>\
<spdxElementId>SPDXRef-on</spdxElementId><relationshipType>DEPENDS_ON</relationshipType>\
<relatedSpdxElement>DocumentRef-x:SPDXRef-y</relatedSpdxElement></relationships></Document>";

const RDF: &str = r#"<rdf:RDF xmlns:spdx="http://spdx.org/rdf/terms#" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<spdx:SpdxDocument rdf:about="https://example.com/ns#SPDXRef-DOCUMENT"><spdx:specVersion>SPDX-2.3</spdx:specVersion>
<spdx:dataLicense rdf:resource="http://spdx.org/licenses/CC0-1.0"/><spdx:name>doc</spdx:name>
<spdx:creationInfo><spdx:CreationInfo><spdx:created>2026-01-02T03:04:05Z</spdx:created>
<spdx:creator>Tool: maker-1.2.3</spdx:creator><spdx:creator>Person: Jane Doe (jane@example.com)</spdx:creator>
<spdx:licenseListVersion>3.20</spdx:licenseListVersion></spdx:CreationInfo></spdx:creationInfo>
<spdx:externalDocumentRef><spdx:ExternalDocumentRef rdf:about="https://example.com/ns#DocumentRef-x">
<spdx:spdxDocument rdf:resource="https://example.com/other"/><spdx:checksum rdf:nodeID="sum"/></spdx:ExternalDocumentRef></spdx:externalDocumentRef>
<spdx:relationship><spdx:Relationship><spdx:relationshipType rdf:resource="http://spdx.org/rdf/terms#relationshipType_describes"/>
<spdx:relatedSpdxElement><spdx:Package rdf:about="https://example.com/ns#SPDXRef-app"><spdx:name>app</spdx:name>
<spdx:versionInfo>1.10</spdx:versionInfo><spdx:downloadLocation rdf:resource="http://spdx.org/rdf/terms#noassertion"/>
<spdx:supplier>Organization: Acme (info@example.com)</spdx:supplier><spdx:filesAnalyzed>false</spdx:filesAnalyzed>
<spdx:primaryPackagePurpose rdf:resource="http://spdx.org/rdf/terms#purpose_application"/>
<spdx:licenseConcluded><spdx:ConjunctiveLicenseSet><spdx:member rdf:resource="http://spdx.org/licenses/MIT"/>
<spdx:member><spdx:ExtractedLicensingInfo rdf:about="https://example.com/ns#LicenseRef-1"><spdx:licenseId>LicenseRef-1</spdx:licenseId>
<spdx:extractedText>line one line two</spdx:extractedText></spdx:ExtractedLicensingInfo></spdx:member></spdx:ConjunctiveLicenseSet></spdx:licenseConcluded>
<spdx:licenseDeclared rdf:resource="http://spdx.org/licenses/MIT"/><spdx:licenseInfoFromFiles rdf:resource="http://spdx.org/licenses/MIT"/>
<spdx:checksum><spdx:Checksum><spdx:algorithm rdf:resource="http://spdx.org/rdf/terms#checksumAlgorithm_sha256"/>
<spdx:checksumValue>11b6d3ee554eedf79299905a98f9b9a04e498210b59f15094c916c91d150efcd</spdx:checksumValue></spdx:Checksum></spdx:checksum>
<spdx:releaseDate>2026-01-01T00:00:00Z</spdx:releaseDate>
<spdx:externalRef><spdx:ExternalRef><spdx:referenceCategory rdf:resource="http://spdx.org/rdf/terms#referenceCategory_packageManager"/>
<spdx:referenceType rdf:resource="http://spdx.org/rdf/references/purl"/><spdx:referenceLocator>pkg:npm/app@1.10</spdx:referenceLocator></spdx:ExternalRef></spdx:externalRef>
<spdx:externalRef><spdx:ExternalRef><spdx:referenceType rdf:resource="http://spdx.org/rdf/references/purl"/>
<spdx:referenceLocator>pkg:npm/app-alias@1.10</spdx:referenceLocator></spdx:ExternalRef></spdx:externalRef>
<spdx:externalRef><spdx:ExternalRef><spdx:referenceType><spdx:ReferenceType rdf:about="http://spdx.org/rdf/references/cpe23Type"/></spdx:referenceType>
<spdx:referenceLocator>cpe:2.3:a:acme:app:1.10:*:*:*:*:*:*:*</spdx:referenceLocator></spdx:ExternalRef></spdx:externalRef>
<spdx:relationship><spdx:Relationship><spdx:relationshipType rdf:resource="http://spdx.org/rdf/terms#relationshipType_dependsOn"/>
<spdx:relatedSpdxElement rdf:resource="https://example.com/ns#SPDXRef-on"/></spdx:Relationship></spdx:relationship>
<spdx:relationship><spdx:Relationship rdf:nodeID="r3"/></spdx:relationship></spdx:Package></spdx:relatedSpdxElement></spdx:Relationship></spdx:relationship></spdx:SpdxDocument>
<spdx:Relationship rdf:nodeID="r3"><spdx:relationshipType rdf:resource="http://spdx.org/rdf/terms#relationshipType_contains"/>
<spdx:relatedSpdxElement><spdx:File rdf:about="https://example.com/ns#SPDXRef-f"/></spdx:relatedSpdxElement></spdx:Relationship>
<rdf:Description rdf:about="https://example.com/ns#SPDXRef-on"><rdf:type rdf:resource="http://spdx.org/rdf/terms#Package"/>
<spdx:name>on</spdx:name><spdx:versionInfo>2</spdx:versionInfo><spdx:downloadLocation>https://example.com/on.tgz</spdx:downloadLocation>
<spdx:relationship><spdx:Relationship><spdx:relationshipType rdf:resource="http://spdx.org/rdf/terms#relationshipType_dependsOn"/>
<spdx:relatedSpdxElement rdf:resource="https://example.com/other#SPDXRef-y"/></spdx:Relationship></spdx:relationship></rdf:Description>
<spdx:Checksum rdf:nodeID="sum"><spdx:algorithm rdf:resource="http://spdx.org/rdf/terms#checksumAlgorithm_sha1"/>
<spdx:checksumValue>d6a770ba38583ed4bb4525bd96e50461655d2759</spdx:checksumValue></spdx:Checksum></rdf:RDF>"#;

fn read(text: &str) -> (Receipt, Sbom) {
    let upload = Upload {
        name: "sbom",
        bytes: text.as_bytes(),
        kind: None,
        limits: Limits::default(),
        redaction_key: &[1; 32],
    };
    let reading = intake::read(&upload).remove(0);
    assert_eq!(reading.receipt.status, ReceiptStatus::Accepted, "{:?}", reading.receipt.errors);
    assert!(reading.receipt.records.balanced(), "{:?}", reading.receipt.records);
    match reading.evidence {
        Some(Evidence::Sbom(sbom)) => (reading.receipt, sbom),
        other => panic!("no SBOM but {other:?}"),
    }
}

#[test]
fn every_form_makes_the_same_model() {
    let (receipt, sbom) = read(JSON);

    for (text, encoding) in
        [(TAG_VALUE, Encoding::TagValue), (YAML, Encoding::Yaml), (XML, Encoding::Xml), (RDF, Encoding::Rdf)]
    {
        let (other_receipt, other) = read(text);
        assert_eq!(other_receipt.encoding, Some(encoding));
        assert_eq!(other_receipt.counts, receipt.counts, "{encoding:?}");
        assert_eq!(other, sbom, "{encoding:?}");
    }
}

#[test]
fn what_a_package_says_is_kept() {
    let (_, sbom) = read(JSON);
    let app = sbom.root.as_deref().unwrap();
    let details = app.details.as_deref().unwrap();

    assert_eq!((app.version.as_deref(), app.supplier.as_deref()), (Some("1.10"), Some("Acme")));
    let licences: Vec<_> = app.licences.iter().map(|l| (l.role, l.text.as_str())).collect();
    assert_eq!(
        licences,
        [(LicenceRole::Concluded, "(MIT AND LicenseRef-1)"), (LicenceRole::Declared, "MIT")]
    );
    assert_eq!(details.evidence.licences.len(), 1);
    assert_eq!(details.supplier.as_ref().unwrap().emails().next(), Some("info@example.com"));
    assert_eq!((details.hashes.len(), details.files_analysed), (1, Some(false)));
    assert!(details.released.as_ref().unwrap().at.is_some());
    assert_eq!(app.purls().collect::<Vec<_>>(), ["pkg:npm/app@1.10", "pkg:npm/app-alias@1.10"]);
    assert!(details.identifiers.iter().any(|id| id.kind == IdentifierKind::Cpe));
}

#[test]
fn what_the_document_says_of_itself_is_kept() {
    let (_, sbom) = read(TAG_VALUE);
    let about = &sbom.about;

    let creators: Vec<_> = about.creators.iter().map(|c| (c.kind, c.name.as_deref().unwrap())).collect();
    assert_eq!(creators, [(PartyKind::Person, "Jane Doe"), (PartyKind::Tool, "maker")]);
    assert_eq!(about.external_documents[0].hashes[0].algorithm, "SHA1");
    assert_eq!(about.own_licences[0].text, "LicenseRef-1");
    assert_eq!(about.licence_list_version.as_deref(), Some("3.20"));
}
