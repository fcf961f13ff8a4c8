//! Network security checks of the running testbed: what must not connect, be readable or be served does not.

mod capture;
mod cdn;
mod egress_firewall;
mod external_scan;
mod listeners;
mod pcap;
mod plaintext_check;
pub mod port_scan;
mod port_table;
mod reachability_matrix;

use support::checks::Check;

/// In this order; the first three change nothing.
pub const CHECKS: [(&str, Check); 5] = [
    ("reachability-matrix", reachability_matrix::check),
    ("external-scan", external_scan::check),
    ("plaintext", plaintext_check::check),
    ("egress-firewall", egress_firewall::check),
    ("cdn", cdn::check),
];
