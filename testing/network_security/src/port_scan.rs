//! TCP and UDP port scans.

use hickory_resolver::proto::{
    op::{Message, Query},
    rr::{Name, RecordType},
};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeSet,
    fmt, io,
    net::{Ipv4Addr, SocketAddr},
    str::FromStr,
    time::Duration,
};
use support::{Environment, Error, json};
use testbed::Node;
use tokio::{
    net::{TcpStream, UdpSocket},
    task::JoinSet,
    time::{Instant, timeout},
};

/// Valid in no protocol.
const PAYLOAD: &[u8] = b"\x00\x00 toast port scan \xff\xff";

/// `10.1.0.10:22,80,8000-8100`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanTarget {
    pub(crate) address: Ipv4Addr,
    pub(crate) ports: BTreeSet<u16>,
}

#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
pub struct ProbeOptions {
    /// UDP instead of TCP
    #[arg(long)]
    pub udp: bool,
    /// For each response
    #[arg(long, value_name = "MILLISECONDS", default_value_t = 2_000)]
    pub timeout_ms: u64,
    /// Most probes in flight
    #[arg(long, value_name = "N", default_value_t = 200)]
    pub concurrency: usize,
    /// Send UDP port 53 a DNS query for this name
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
}

/// In nmap's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PortState {
    /// A connection, or a response to a datagram.
    Open,
    /// Refused or reset by the target.
    Closed,
    /// Rejected by a router, a firewall or the own kernel.
    Unreachable,
    /// No response within the timeout.
    Filtered,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ProbeResult {
    pub(crate) address: Ipv4Addr,
    pub(crate) port: u16,
    pub(crate) state: PortState,
    pub(crate) elapsed_ms: u64,
}

impl FromStr for ScanTarget {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let invalid = || format!("{text:?} names no ports; write 10.1.0.10:22,80,8000-8100");
        let (address, ranges) = text.split_once(':').ok_or_else(invalid)?;
        let mut ports = BTreeSet::new();
        for range in ranges.split(',') {
            let (first, last) = range.split_once('-').unwrap_or((range, range));
            let first: u16 = first.parse().map_err(|_| invalid())?;
            ports.extend(first..=last.parse().map_err(|_| invalid())?);
        }
        Ok(Self { address: address.parse().map_err(|_| invalid())?, ports })
    }
}

impl fmt::Display for ScanTarget {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut ranges: Vec<(u16, u16)> = Vec::new();
        for port in &self.ports {
            match ranges.last_mut() {
                Some((_, last)) if last.checked_add(1) == Some(*port) => *last = *port,
                _ => ranges.push((*port, *port)),
            }
        }
        let text = |(first, last): &(u16, u16)| {
            if first == last { first.to_string() } else { format!("{first}-{last}") }
        };
        write!(formatter, "{}:{}", self.address, ranges.iter().map(text).collect::<Vec<_>>().join(","))
    }
}

/// Runs a scan on a node; returns all ports that are not filtered.
pub(crate) fn scan_from(
    environment: &Environment,
    from: &Node,
    targets: impl IntoIterator<Item = ScanTarget>,
    options: &[&str],
) -> Result<Vec<ProbeResult>, Error> {
    let mut arguments = vec!["scan".to_owned()];
    arguments.extend(options.iter().map(|option| (*option).to_owned()));
    arguments.extend(targets.into_iter().flat_map(|target| ["--target".to_owned(), target.to_string()]));
    json::parse(format!("a scan from {}", from.name), &environment.run_on(from, &arguments)?)
}

/// Probes every port; returns those that are not filtered.
pub async fn scan(targets: &[ScanTarget], options: &ProbeOptions) -> Result<Vec<ProbeResult>, Error> {
    let ports = targets.iter().flat_map(|target| target.ports.iter().map(|port| (target.address, *port)));
    let mut in_flight = JoinSet::new();
    let mut results = Vec::new();
    for (address, port) in ports {
        if in_flight.len() >= options.concurrency {
            results.extend(next(&mut in_flight).await?);
        }
        let options = options.clone();
        in_flight.spawn(async move { probe(address, port, &options).await });
    }
    while !in_flight.is_empty() {
        results.extend(next(&mut in_flight).await?);
    }
    results.sort_unstable();
    Ok(results)
}

async fn next(in_flight: &mut JoinSet<Result<ProbeResult, Error>>) -> Result<Option<ProbeResult>, Error> {
    let Some(done) = in_flight.join_next().await else { return Ok(None) };
    let result = done.map_err(|error| Error::failed("a probe", error))??;
    Ok(Some(result).filter(|result| result.state != PortState::Filtered))
}

async fn probe(address: Ipv4Addr, port: u16, options: &ProbeOptions) -> Result<ProbeResult, Error> {
    let (started, to) = (Instant::now(), SocketAddr::from((address, port)));
    let attempt =
        async { if options.udp { send_datagram(to, options.name.as_deref()).await } else { connect(to).await } };
    let state = match timeout(Duration::from_millis(options.timeout_ms), attempt).await {
        Ok(Ok(())) => PortState::Open,
        Ok(Err(error)) => classify(error)?,
        Err(_) => PortState::Filtered,
    };
    let elapsed_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    Ok(ProbeResult { address, port, state, elapsed_ms })
}

async fn connect(to: SocketAddr) -> io::Result<()> {
    TcpStream::connect(to).await.map(drop)
}

async fn send_datagram(to: SocketAddr, name: Option<&str>) -> io::Result<()> {
    let socket = UdpSocket::bind("0.0.0.0:0").await?;
    socket.connect(to).await?;
    match name.filter(|_| to.port() == 53) {
        Some(name) => socket.send(&dns_query(name)?).await?,
        None => socket.send(PAYLOAD).await?,
    };
    socket.recv(&mut [0; 512]).await.map(drop)
}

fn dns_query(name: &str) -> io::Result<Vec<u8>> {
    let name = Name::from_ascii(name).map_err(io::Error::other)?;
    let mut message = Message::query();
    message.add_query(Query::query(name, RecordType::A));
    message.to_vec().map_err(io::Error::other)
}

/// Errors that say nothing about the target are returned as errors.
fn classify(error: io::Error) -> Result<PortState, Error> {
    use io::ErrorKind;
    match error.kind() {
        ErrorKind::ConnectionRefused | ErrorKind::ConnectionReset => Ok(PortState::Closed),
        ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable | ErrorKind::PermissionDenied => {
            Ok(PortState::Unreachable)
        }
        ErrorKind::TimedOut => Ok(PortState::Filtered),
        _ => Err(Error::io("a probe")(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpListener;

    fn state_of(results: &[ProbeResult], port: u16) -> Option<PortState> {
        results.iter().find(|result| result.port == port).map(|result| result.state)
    }

    #[test]
    fn targets_are_written_as_they_are_read() {
        let target: ScanTarget = "10.1.0.10:22,80,8000-8002,65535".parse().unwrap();
        assert_eq!(target.ports, [22, 80, 8000, 8001, 8002, 65535].into());
        assert_eq!(target.to_string(), "10.1.0.10:22,80,8000-8002,65535");
        let all = ScanTarget { address: Ipv4Addr::LOCALHOST, ports: (1..=u16::MAX).collect() };
        assert_eq!(all.to_string(), "127.0.0.1:1-65535");
        assert_eq!(all.to_string().parse(), Ok(all));
        for invalid in ["10.1.0.10", "10.1.0.10:", "x:1", "10.1.0.10:1-x", "10.1.0.10:70000"] {
            assert!(invalid.parse::<ScanTarget>().is_err(), "{invalid}");
        }
    }

    #[tokio::test]
    async fn open_and_closed_ports_are_told_apart() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let open = listener.local_addr().unwrap().port();
        let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
        let target = ScanTarget { address: Ipv4Addr::LOCALHOST, ports: [open, closed].into() };
        let options = ProbeOptions { udp: false, timeout_ms: 5_000, concurrency: 1, name: None };
        let results = scan(&[target], &options).await.unwrap();
        let states = (state_of(&results, open), state_of(&results, closed));
        assert_eq!(states, (Some(PortState::Open), Some(PortState::Closed)));
    }

    #[tokio::test]
    async fn datagrams_find_open_closed_and_filtered_ports() {
        let answering = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let silent = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let closed = UdpSocket::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
        let ports = [answering.local_addr().unwrap().port(), closed, silent.local_addr().unwrap().port()];
        let targets = [ScanTarget { address: Ipv4Addr::LOCALHOST, ports: ports.into() }];
        let options = ProbeOptions { udp: true, timeout_ms: 800, concurrency: 9, name: None };
        let answer = async {
            let mut buffer = [0; 64];
            let (_, from) = answering.recv_from(&mut buffer).await.unwrap();
            answering.send_to(b"yes", from).await.unwrap();
        };
        let (results, ()) = tokio::join!(scan(&targets, &options), answer);
        let results = results.unwrap();
        let states = ports.map(|port| state_of(&results, port));
        assert_eq!(states, [Some(PortState::Open), Some(PortState::Closed), None]);
    }

    #[test]
    fn a_dns_query_asks_for_an_address() {
        let message = Message::from_vec(&dns_query("toast.test").unwrap()).unwrap();
        assert_eq!(message.queries.len(), 1);
        assert_eq!(message.queries[0].query_type(), RecordType::A);
    }
}
