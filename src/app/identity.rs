//! Who may do what, and how they prove who they are.

pub mod actor;
pub mod person;
pub mod role;
pub mod session;
pub mod token;

pub use actor::{Actor, Client, Via};
pub use person::Person;
pub use role::{Permission, Role};
pub use session::{Caller, Level, NewSession, SessionView};
