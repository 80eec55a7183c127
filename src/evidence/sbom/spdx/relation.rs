//! What the relationship words of SPDX 2.x mean as dependencies.

/// How a relation reads as a dependency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    /// The left element needs the right one.
    Forward,
    /// The right element needs the left one.
    Backward,
    /// The left element (the document) is about the right one.
    Describes,
    /// The right element (the document) is about the left one.
    DescribedBy,
    /// No dependency.
    Other,
}

/// Words that read forward.
const FORWARD: [&str; 6] =
    ["DEPENDS_ON", "CONTAINS", "HAS_PREREQUISITE", "STATIC_LINK", "DYNAMIC_LINK", "GENERATED_FROM"];

/// Words that read backward.
const BACKWARD: [&str; 12] = [
    "DEPENDENCY_OF",
    "CONTAINED_BY",
    "PREREQUISITE_FOR",
    "PACKAGE_OF",
    "GENERATES",
    "BUILD_DEPENDENCY_OF",
    "DEV_DEPENDENCY_OF",
    "OPTIONAL_DEPENDENCY_OF",
    "PROVIDED_DEPENDENCY_OF",
    "RUNTIME_DEPENDENCY_OF",
    "TEST_DEPENDENCY_OF",
    "OPTIONAL_COMPONENT_OF",
];

/// How the word reads; unknown ones are no dependency.
pub(super) fn direction(word: &str) -> Direction {
    match word {
        "DESCRIBES" => Direction::Describes,
        "DESCRIBED_BY" => Direction::DescribedBy,
        word if FORWARD.contains(&word) => Direction::Forward,
        word if BACKWARD.contains(&word) => Direction::Backward,
        _ => Direction::Other,
    }
}

/// Whether the text is one of the two words that name nothing.
pub(super) fn says_nothing(text: &str) -> bool {
    matches!(text, "NOASSERTION" | "NONE")
}
