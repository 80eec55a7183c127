//! Attestry.
#![forbid(unsafe_code)]

pub mod base;
pub mod controls;
pub mod evidence;
pub mod report;
