//! Nodes: no prepared transactions remain, leaders are unambiguous, standbys stream, and the outbox is being delivered.

use super::{CheckReport, Expected, Kind};
use crate::final_state::{FinalState, Leader};

pub(super) fn check(state: &FinalState, expected: Expected, report: &mut CheckReport) {
    for leader in &state.leaders {
        if leader.prepared > 0 {
            let text = format!("{} prepared transactions remain on {}:{}.", leader.prepared, leader.host, leader.port);
            report.add(Kind::Prepared, text);
        }
        let streaming = leader.standbys.iter().filter(|(_, state)| state == "streaming").count();
        if streaming < expected.standbys {
            let text = format!(
                "{streaming} standbys of {}:{} stream, expected {}.",
                leader.host, leader.port, expected.standbys
            );
            report.add(Kind::Standbys, text);
        }
        if expected.patroni {
            check_roles(leader, report);
        }
    }
    let (first, last) = state.outbox;
    if last > 0 && last >= first {
        report.add(Kind::Outbox, format!("{last} messages are pending, {first} when first counted."));
    }
}

fn check_roles(leader: &Leader, report: &mut CheckReport) {
    let group = leader.group;
    let leaders: Vec<_> = leader.members.iter().filter(|member| member.role == "leader").collect();
    match leaders.as_slice() {
        [one] if one.host == leader.host => {}
        [one] => {
            let text = format!("Group {group} is led by {}, but {} is registered.", one.host, leader.host);
            report.add(Kind::Roles, text);
        }
        others => report.add(Kind::Roles, format!("Group {group} has {} leaders.", others.len())),
    }
    for member in leader.members.iter().filter(|member| member.role != "leader" && member.state != "streaming") {
        let text = format!("{} of group {group} is {} instead of streaming.", member.name, member.state);
        report.add(Kind::Roles, text);
    }
}
