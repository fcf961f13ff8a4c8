//! The agent: keeps one machine of an installation what the inventory says it is.

pub mod backends;
pub mod bundle;
pub mod certificates;
pub mod departure;
pub mod engines;
pub mod error;
pub mod fence;
pub mod files;
pub mod firewall;
pub mod hosts;
pub mod identity;
pub mod inventory;
pub mod keeper;
pub mod mesh;
pub mod newcomers;
pub mod page;
pub mod preparation;
pub mod program;
pub mod registry;
pub mod rounds;
pub mod settle;
pub mod shards;
pub mod state;
pub mod supervisor;
pub mod templates;
pub mod units;
