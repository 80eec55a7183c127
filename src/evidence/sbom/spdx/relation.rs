//! What the relationship words of SPDX mean as dependencies.

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

/// Words that read forward. SPDX 2.3 §11.1; those that begin with `HAS_`, and `PACKAGED_BY`, are SPDX 3.0
/// `Core/RelationshipType` written in the style of version 2.
const FORWARD: [&str; 12] = [
    "DEPENDS_ON",
    "CONTAINS",
    "HAS_PREREQUISITE",
    "STATIC_LINK",
    "DYNAMIC_LINK",
    "GENERATED_FROM",
    "HAS_STATIC_LINK",
    "HAS_DYNAMIC_LINK",
    "HAS_OPTIONAL_COMPONENT",
    "HAS_OPTIONAL_DEPENDENCY",
    "HAS_PROVIDED_DEPENDENCY",
    "PACKAGED_BY",
];

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
        // Trivy once wrote DESCRIBE
        "DESCRIBES" | "DESCRIBE" => Direction::Describes,
        "DESCRIBED_BY" => Direction::DescribedBy,
        word if FORWARD.contains(&word) => Direction::Forward,
        word if BACKWARD.contains(&word) => Direction::Backward,
        _ => Direction::Other,
    }
}

/// The word in the style of version 2 (`DEPENDS_ON`), whichever style it is written in (`dependsOn`).
pub(super) fn screaming(word: &str) -> String {
    let mut styled = String::with_capacity(word.len() + 4);
    let mut after_lower = false;
    for letter in word.chars() {
        if letter.is_ascii_uppercase() && after_lower {
            styled.push('_');
        }
        after_lower = letter.is_ascii_lowercase();
        styled.push(letter.to_ascii_uppercase());
    }
    styled
}

/// Whether the text is one of the two words that name nothing.
pub(super) fn says_nothing(text: &str) -> bool {
    matches!(text, "NOASSERTION" | "NONE")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_either_version_read_alike() {
        for (word, styled) in [
            ("dependsOn", "DEPENDS_ON"),
            ("DEPENDS_ON", "DEPENDS_ON"),
            ("hasStaticLink", "HAS_STATIC_LINK"),
            ("contains", "CONTAINS"),
        ] {
            assert_eq!(screaming(word), styled);
            assert_eq!(direction(&screaming(word)), Direction::Forward, "{word}");
        }
        assert_eq!(direction(&screaming("generates")), Direction::Backward);
        assert_eq!(direction("AMENDS"), Direction::Other);
    }
}
