//! Integration tests: one binary, one module per concern.

mod catalogue_ids;
mod controls_fixtures;
mod corpus;
mod fuzz_parsers;
mod intake_edge_cases;
mod matching_oracle;
mod pack;
mod sbom_edge_cases;
mod sbom_properties;
mod uploads;
