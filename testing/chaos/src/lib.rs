//! Chaos tests of Toast: load, fault injection, and a history checker that finds lost, doubled and mispriced orders.

pub mod check;
pub mod checker_controls;
pub mod command;
pub mod connection_cuts;
pub mod expectation;
pub mod fault_proxy;
pub mod faults;
pub mod final_state;
pub mod history;
pub mod impact;
pub mod load;
pub mod menu;
pub mod oracle;
pub mod report;
pub mod run;
#[cfg(test)]
mod samples;
pub mod sandbox;
pub mod security;
pub mod setup;
pub mod test_services;
