//! Attestry.
#![forbid(unsafe_code)]

pub mod app;
pub mod base;
pub mod cli;
pub mod collect;
pub mod controls;
pub mod evidence;
pub mod jobs;
pub mod ledger;
#[path = "../migrations/mod.rs"]
pub mod migrations;
pub mod report;
pub mod risk;
pub mod store;
pub mod web;
