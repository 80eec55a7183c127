//! The warnings about bills of materials, worded once for every format.

use crate::evidence::receipt::Note;

macro_rules! notes {
    ($($name:ident = $code:literal, $message:literal;)+) => {$(
        pub(super) const $name: Note = Note { code: $code, message: $message };
    )+};
}

notes! {
    WRONG_TYPE = "wrong-type",
        "a field has another type than the format says; it was left out or read as text";
    DUPLICATE_KEY = "duplicate-key",
        "a member is written twice in one object; of two texts the last was read, two lists were joined";
    LIST_CUT = "list-cut", "a list inside one entry is longer than is read; its rest was left out";
    DUPLICATE_REF = "duplicate-ref",
        "one reference names different things; relations and statements were taken for the first";
    DANGLING_REF = "dangling-ref",
        "a reference names nothing in this document; relations to and from it were left out";
    NO_REFERENCE = "no-reference", "a relation does not say what it relates; it was left out";
    EXTERNAL_REF = "external-ref",
        "a reference names a thing in another document; relations to and from it were left out";
    EDGE_TO_OTHER = "edge-to-other",
        "a relation to something that is no component (a file, a service, the document) was left out";
    NO_ROOT = "no-root",
        "the document does not say what it describes, so direct dependencies are unknown";
    NO_COMPONENTS = "no-components",
        "the document lists no component; that proves nothing about what is in use";
    INVALID_PURL = "invalid-purl",
        "a package URL breaks the rules; it is kept as written but cannot be matched";
    BLANK_NAME = "blank-name", "a component has no name";
    BAD_TIMESTAMP = "bad-timestamp", "the document's time is no date that is read here";
    MERGED = "merged-components",
        "components with one identity were merged into the first, edges united";
    NO_ASSERTION = "no-assertion",
        "a relation to NOASSERTION, NONE or nothing says nothing and was left out";
    OTHER_RELATION = "other-relation", "a relation that is no dependency was left out of the graph";
    FOREIGN_ELEMENT = "foreign-element",
        "an element of another vocabulary was left out; it is kept only in the original document";
    FILES_NOT_KEPT = "files-not-kept", "files are counted, but kept only in the original document";
    SEVERAL_PURLS = "several-purls", "a package has several package URLs; the first one names it";
}
