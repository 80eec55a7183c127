//! Integration tests: one binary, one module per concern.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests: a failure is the answer")]

mod advisory_feeds;
mod advisory_formats;
mod advisory_matching;
mod api;
mod backup;
mod catalogue_ids;
mod cli;
mod compose;
mod controls_fixtures;
mod corpus;
mod crash;
mod demo;
mod evidence_flow;
mod evidence_pages;
mod full_disk;
mod fuzz_parsers;
mod identity;
mod intake_edge_cases;
mod layers;
mod matching_oracle;
mod pack;
mod package_ranges;
mod package_urls;
mod package_versions;
mod pages_controls;
mod pages_supply;
mod people;
mod route_by_role;
mod sbom_edge_cases;
mod sbom_properties;
mod scheduler;
mod statements;
mod support;
mod uploads;
mod web;
