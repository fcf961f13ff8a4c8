//! The fault `cut-commit`: proxies on the connections of servers to all database groups, and of the coordinator to a worker,
//! cut them at commit messages.

use super::plan::{FaultPlan, no_order_abandoned};
use crate::expectation::{Expectation, Observations};
use agent::{inventory::Role, templates::GROUP_PORTS};
use std::{thread::sleep, time::Duration};
use support::{Environment, Error, options, process::children};
use testbed::{Node, Signal, TestbedError};

/// How long connections are cut at each message.
const CUT_SECONDS: u64 = 8;
/// The proxy of a port has this port + that one.
const PROXY_PORTS: u16 = 20_000;
const CUTS: &str = "cuts";

/// Connections from a node to a server.
struct Connection {
    node: String,
    address: String,
    port: u16,
}

pub(super) fn cut(environment: &Environment) -> Result<FaultPlan, Error> {
    let coordinator = environment.require_leader(0)?.name.clone();
    let workers: Vec<_> = environment.groups().into_iter().filter(|group| *group > 0).collect();
    let worker = match workers.first() {
        Some(group) => environment.require_leader(*group)?.mesh,
        None => None,
    };
    let ports: Vec<_> = workers.iter().map(|group| GROUP_PORTS + group).chain([5000]).collect();
    let servers = environment.testbed.with_role(Role::App);
    let of_servers: Vec<_> =
        servers.flat_map(|node| ports.iter().map(|port| Connection::new(&node.name, "127.0.0.1", *port))).collect();
    let inject = move |environment: &mut Environment| {
        let mut cuts = 0.0;
        for (point, side) in [("place", "after"), ("place", "before"), ("commit", "after"), ("commit", "before")] {
            cuts += cut_at(environment, &of_servers, point, side)?;
        }
        if let Some(worker) = worker {
            let to_worker = [Connection::new(&coordinator, &worker.to_string(), 5432)];
            for point in ["commit", "prepare", "commit-prepared"] {
                for side in ["after", "before"] {
                    cuts += cut_at(environment, &to_worker, point, side)?;
                }
            }
        }
        Ok(Observations::from([(CUTS.to_owned(), cuts)]))
    };
    let description = "connections to databases are cut at COMMIT, PREPARE TRANSACTION and COMMIT PREPARED".to_owned();
    Ok(FaultPlan {
        evaluate: |impact| {
            let cuts = impact.observations.get(CUTS).copied().unwrap_or_default();
            vec![
                Expectation::new("connections were cut", format!("{cuts:.0} times"), cuts > 0.0),
                no_order_abandoned(impact),
            ]
        },
        ..FaultPlan::new(description, Box::new(inject), Duration::from_secs(5))
    })
}

impl Connection {
    fn new(node: &str, address: &str, port: u16) -> Self {
        Self { node: node.to_owned(), address: address.to_owned(), port }
    }

    fn proxy(&self) -> String {
        format!("127.0.0.1:{}", PROXY_PORTS + self.port)
    }

    fn table(&self) -> String {
        format!("toast_chaos_{}", self.port)
    }

    /// Redirects the connections to the proxy, except its own, which runs as root.
    fn redirect(&self, node: &Node) -> Result<(), TestbedError> {
        let (address, port, proxy, table) = (&self.address, self.port, self.proxy(), self.table());
        let rules = format!(
            "table ip {table} {{\nchain output {{\ntype nat hook output priority -100\n\
             meta skuid != 0 ip daddr {address} tcp dport {port} dnat to {proxy}\n}}\n}}\n"
        );
        node.run("sysctl", &["-qw", "net.ipv4.conf.all.route_localnet=1"])?;
        node.run("nft", &[&rules])?;
        // NAT applies to new connections only.
        node.run("ss", &["-K", "-tn", "dst", address, "dport", "=", &format!(":{port}")]).map(drop)
    }
}

/// Cuts connections at one message for some seconds and removes the redirection in any case; returns the number of cuts.
fn cut_at(environment: &Environment, connections: &[Connection], point: &str, side: &str) -> Result<f64, Error> {
    let mut proxies = Vec::new();
    let mut outcome = Ok(());
    for connection in connections {
        let node = environment.testbed.node(&connection.node)?;
        let mut arguments = vec!["proxy".to_owned()];
        arguments.extend(options([
            ("--listen", connection.proxy()),
            ("--upstream", format!("{}:{}", connection.address, connection.port)),
            ("--point", point.to_owned()),
            ("--side", side.to_owned()),
            ("--every", "2".to_owned()),
            ("--seconds", CUT_SECONDS.to_string()),
        ]));
        let log = format!("proxy-{}-{}-{point}-{side}.log", connection.node, connection.port);
        proxies.push((environment.start_on(node, &arguments, &log)?, log));
        sleep(Duration::from_millis(200));
        outcome = outcome.and_then(|()| connection.redirect(node));
    }
    sleep(Duration::from_secs(CUT_SECONDS));
    for connection in connections {
        let node = environment.testbed.node(&connection.node)?;
        outcome = outcome.and(node.run("nft", &["delete", "table", "ip", &connection.table()]).map(drop));
    }
    sleep(Duration::from_millis(500));
    let mut cuts = 0.0;
    for (mut proxy, log) in proxies {
        // The process that enters the node starts the proxy as its child.
        let pids = children(proxy.id()).into_iter().chain([proxy.id()]);
        testbed::process::signal(Signal::Interrupt, pids)?;
        let _ = proxy.wait();
        let printed = std::fs::read_to_string(environment.file(&log)).unwrap_or_default();
        cuts += cuts_of(&printed);
    }
    outcome?;
    Ok(cuts)
}

/// `12 seen, 6 cut`
fn cuts_of(printed: &str) -> f64 {
    let cuts = printed.split(", ").nth(1).and_then(|text| text.split(' ').next()?.parse().ok());
    cuts.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_are_read_from_the_output_of_the_proxy() {
        assert!((cuts_of("12 seen, 6 cut\n") - 6.0).abs() < 1e-9);
        assert!(cuts_of("toast-chaos: address in use").abs() < 1e-9);
    }
}
