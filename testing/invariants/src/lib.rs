//! Invariants of the running testbed's databases and agents: replication, recovery, failover and drift correction.

mod connection_termination;
pub mod continuous_writer;
mod drift;
mod member_sql;
mod prepared_transactions;
mod synchronous_replication;

use support::checks::Check;

pub const CHECKS: [(&str, Check); 4] = [
    ("drift", drift::check),
    ("synchronous-replication", synchronous_replication::check),
    ("prepared-transactions", prepared_transactions::check),
    ("connection-termination", connection_termination::check),
];
