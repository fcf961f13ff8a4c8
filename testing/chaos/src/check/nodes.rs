//! Nodes: nothing hangs between two of them, everybody agrees who leads, and the standbys follow.

use super::{Expected, Kind, Verdict};
use crate::census::{Census, Leader};

pub(super) fn check(census: &Census, expected: Expected, verdict: &mut Verdict) {
    for leader in &census.leaders {
        if leader.prepared > 0 {
            let text = format!("{} prepared transactions hang on {}:{}.", leader.prepared, leader.host, leader.port);
            verdict.add(Kind::Prepared, text);
        }
        let streaming = leader.standbys.iter().filter(|(_, state)| state == "streaming").count();
        if streaming < expected.standbys {
            let text = format!(
                "{streaming} standbys of {}:{} stream, and {} should.",
                leader.host, leader.port, expected.standbys
            );
            verdict.add(Kind::Standbys, text);
        }
        if expected.patroni {
            check_roles(leader, verdict);
        }
    }
    let (first, last) = census.outbox;
    if last > 0 && last >= first {
        verdict.add(Kind::Outbox, format!("{last} messages wait, and {first} did when first looked at."));
    }
}

fn check_roles(leader: &Leader, verdict: &mut Verdict) {
    let group = leader.group;
    let leads: Vec<_> = leader.members.iter().filter(|member| member.role == "leader").collect();
    match leads.as_slice() {
        [one] if one.host == leader.host => {}
        [one] => {
            let text = format!("Group {group} is led by {} and {} is named as its leader.", one.host, leader.host);
            verdict.add(Kind::Roles, text);
        }
        others => verdict.add(Kind::Roles, format!("Group {group} has {} leaders.", others.len())),
    }
    for member in leader.members.iter().filter(|member| member.role != "leader" && member.state != "streaming") {
        let text = format!("{} of group {group} is {} instead of streaming.", member.name, member.state);
        verdict.add(Kind::Roles, text);
    }
}
