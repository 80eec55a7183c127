//! Attestry.
#![forbid(unsafe_code)]

pub mod base;
pub mod evidence;
pub mod risk;
