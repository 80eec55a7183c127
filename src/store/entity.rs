//! One entity per table; rows only, no behaviour. Column meanings stand in `migrations/`.

pub mod advisory;
pub mod asset;
pub mod checkpoint;
pub mod component;
pub mod dependency;
pub mod evaluation;
pub mod evidence_item;
pub mod feed;
pub mod finding;
pub mod ledger_entry;
pub mod ledger_head;
pub mod ledger_node;
pub mod observation;
pub mod pack;
pub mod refused;
pub mod requirement_status;
pub mod run;
pub mod schedule;
pub mod seen_again;
pub mod setting;
pub mod signing_key;
pub mod source;
pub mod test_result;
pub mod vendor;
pub mod vendor_score;
