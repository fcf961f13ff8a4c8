//! Breaking Toast while orders pour in, and finding out whether anything acknowledged was lost.

pub mod census;
pub mod check;
pub mod command;
pub mod controls;
pub mod cuts;
pub mod cutter;
pub mod drive;
pub mod failure;
pub mod faults;
pub mod history;
pub mod laboratory;
pub mod measured;
pub mod menu;
pub mod moment;
pub mod nuisance;
pub mod open;
pub mod oracle;
pub mod private;
pub mod report;
pub mod run;
#[cfg(test)]
mod samples;
pub mod schedule;
pub mod stage;
pub mod standstill;
pub mod walls;
mod wish;
