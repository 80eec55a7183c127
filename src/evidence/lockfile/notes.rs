//! The warnings about lock files, worded once for every package manager.

use crate::evidence::receipt::Note;

macro_rules! notes {
    ($($name:ident = $code:literal, $message:literal;)+) => {$(
        pub(super) const $name: Note = Note { code: $code, message: $message };
    )+};
}

notes! {
    NO_NAME = "no-name", "an entry has no name; it was left out";
    NO_VERSION = "no-version", "a package has no exact version, so it cannot be matched";
    MERGED = "merged-packages", "one package at several places, or in several variants, was read as one";
    DANGLING = "dangling-dependency", "a dependency names a package that the file does not lock; the edge was left out";
    UNUSED_PATCH = "unused-patch", "a patch that the build does not use was left out";
    NOT_PINNED = "not-pinned",
        "a requirement names no exact version, so what is installed is unknown; it was left out: pin it with ==";
    INCLUDED_FILE = "included-file", "the file includes another one, which was not read; import that one as well";
    UNREADABLE_LINE = "unreadable-line", "a line could not be understood; it was left out";
    ONLY_GO_MOD = "only-go-mod",
        "only the go.mod of a module is listed: it took part in choosing versions, its code is not used; left out";
    REPLACED_MODULE = "replaced-module", "a module is replaced by another one, which was read in its place";
    NO_NAME_IN_URL = "unnamed-url", "a requirement is an address without a name; it was left out";
}
