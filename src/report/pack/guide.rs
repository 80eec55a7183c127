//! What a pack says about checking it: a guide for people and the verifier it shows in full.

/// The stand-alone verifier that goes into every pack.
pub const VERIFIER: &str = include_str!("verify.py");

/// The guide, with the verifier at its end.
pub(super) fn guide() -> String {
    format!("{}\n```python\n{VERIFIER}```\n", include_str!("verify.md"))
}
