//! Knocking on ports: many attempts to connect at once, and what each one met with.

use crate::{drive::names, failure::Failure};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeSet,
    fmt,
    net::{Ipv4Addr, SocketAddr},
    str::FromStr,
    time::Duration,
};
use tokio::{
    net::{TcpStream, UdpSocket},
    task::JoinSet,
    time::{Instant, timeout},
};

/// What no service understands.
const NONSENSE: &[u8] = b"\x00\x00 toast knocks here \xff\xff";

/// Ports of an address that are knocked on: `10.1.0.10:22,80,8000-8100`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Where.
    pub address: Ipv4Addr,
    /// On which ports.
    pub ports: BTreeSet<u16>,
}

/// How to knock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manner {
    /// With datagrams instead of connections.
    pub udp: bool,
    /// How long an answer may take.
    pub patience: Duration,
    /// Most attempts under way.
    pub at_once: usize,
    /// A name that port 53 is asked for; nonsense like everywhere when left out.
    pub name: Option<String>,
}

/// What an attempt met with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Met {
    /// A connection, or an answer to a datagram.
    Open,
    /// Somebody said that nobody listens.
    Refused,
    /// Somebody, perhaps the own kernel, said that there is no way.
    NoWay,
    /// Nothing within the patience.
    Silence,
}

/// An attempt and what it met with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Knock {
    /// Where.
    pub address: Ipv4Addr,
    /// On which port.
    pub port: u16,
    /// What it met with.
    pub met: Met,
    /// After how many milliseconds.
    pub after: u64,
}

impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?} names no ports; write 10.1.0.10:22,80,8000-8100");
        let (address, ranges) = text.split_once(':').ok_or_else(wrong)?;
        let mut ports = BTreeSet::new();
        for range in ranges.split(',') {
            let (first, last) = range.split_once('-').unwrap_or((range, range));
            let first: u16 = first.parse().map_err(|_| wrong())?;
            ports.extend(first..=last.parse().map_err(|_| wrong())?);
        }
        Ok(Self { address: address.parse().map_err(|_| wrong())?, ports })
    }
}

impl fmt::Display for Target {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut ranges: Vec<(u16, u16)> = Vec::new();
        for port in &self.ports {
            match ranges.last_mut() {
                Some((_, last)) if last.checked_add(1) == Some(*port) => *last = *port,
                _ => ranges.push((*port, *port)),
            }
        }
        let word = |(first, last): &(u16, u16)| {
            if first == last { first.to_string() } else { format!("{first}-{last}") }
        };
        write!(formatter, "{}:{}", self.address, ranges.iter().map(word).collect::<Vec<_>>().join(","))
    }
}

/// Knocks everywhere; silence is not told unless it is asked for with few attempts.
pub async fn knock(targets: &[Target], manner: &Manner) -> Result<Vec<Knock>, Failure> {
    let wanted = targets.iter().flat_map(|target| target.ports.iter().map(|port| (target.address, *port)));
    let mut under_way = JoinSet::new();
    let mut met = Vec::new();
    for (address, port) in wanted {
        if under_way.len() >= manner.at_once {
            met.extend(next(&mut under_way).await?);
        }
        let manner = manner.clone();
        under_way.spawn(async move { knock_on(address, port, &manner).await });
    }
    while !under_way.is_empty() {
        met.extend(next(&mut under_way).await?);
    }
    met.sort_unstable();
    Ok(met)
}

async fn next(under_way: &mut JoinSet<Result<Knock, Failure>>) -> Result<Option<Knock>, Failure> {
    let Some(done) = under_way.join_next().await else { return Ok(None) };
    let knock = done.map_err(|error| Failure::wrong("an attempt", error))??;
    Ok(Some(knock).filter(|knock| knock.met != Met::Silence))
}

async fn knock_on(address: Ipv4Addr, port: u16, manner: &Manner) -> Result<Knock, Failure> {
    let (begun, to) = (Instant::now(), SocketAddr::from((address, port)));
    let attempt = async { if manner.udp { send_to(to, manner.name.as_deref()).await } else { connect(to).await } };
    let met = match timeout(manner.patience, attempt).await {
        Ok(Ok(())) => Met::Open,
        Ok(Err(error)) => judge(error)?,
        Err(_) => Met::Silence,
    };
    Ok(Knock { address, port, met, after: u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX) })
}

async fn connect(to: SocketAddr) -> std::io::Result<()> {
    TcpStream::connect(to).await.map(drop)
}

async fn send_to(to: SocketAddr, name: Option<&str>) -> std::io::Result<()> {
    let socket = UdpSocket::bind("0.0.0.0:0").await?;
    socket.connect(to).await?;
    match name.filter(|_| to.port() == 53) {
        Some(name) => socket.send(&names::question(7, name)).await?,
        None => socket.send(NONSENSE).await?,
    };
    socket.recv(&mut [0; 512]).await.map(drop)
}

/// An error that says nothing about the other side is one of this program.
fn judge(error: std::io::Error) -> Result<Met, Failure> {
    use std::io::ErrorKind;
    match error.kind() {
        ErrorKind::ConnectionRefused | ErrorKind::ConnectionReset => Ok(Met::Refused),
        ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable | ErrorKind::PermissionDenied => Ok(Met::NoWay),
        ErrorKind::TimedOut => Ok(Met::Silence),
        _ => Err(Failure::system("knocking")(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpListener;

    #[test]
    fn targets_are_written_as_they_are_read() {
        let target: Target = "10.1.0.10:22,80,8000-8002,65535".parse().unwrap();
        assert_eq!(target.ports, [22, 80, 8000, 8001, 8002, 65535].into());
        assert_eq!(target.to_string(), "10.1.0.10:22,80,8000-8002,65535");
        let all = Target { address: Ipv4Addr::LOCALHOST, ports: (1..=u16::MAX).collect() };
        assert_eq!(all.to_string(), "127.0.0.1:1-65535");
        assert_eq!(all.to_string().parse(), Ok(all));
        for wrong in ["10.1.0.10", "10.1.0.10:", "x:1", "10.1.0.10:1-x", "10.1.0.10:70000"] {
            assert!(wrong.parse::<Target>().is_err(), "{wrong}");
        }
    }

    #[tokio::test]
    async fn open_and_closed_ports_are_told_apart() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let open = listener.local_addr().unwrap().port();
        let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
        let target = Target { address: Ipv4Addr::LOCALHOST, ports: [open, closed].into() };
        let manner = Manner { udp: false, patience: Duration::from_secs(5), at_once: 1, name: None };
        let met = knock(&[target], &manner).await.unwrap();
        let of = |port| met.iter().find(|knock| knock.port == port).map(|knock| knock.met);
        assert_eq!((of(open), of(closed)), (Some(Met::Open), Some(Met::Refused)));
    }

    #[tokio::test]
    async fn datagrams_are_answered_refused_or_met_with_silence() {
        let answering = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let silent = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let closed = UdpSocket::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
        let ports = [answering.local_addr().unwrap().port(), closed, silent.local_addr().unwrap().port()];
        let targets = [Target { address: Ipv4Addr::LOCALHOST, ports: ports.into() }];
        let manner = Manner { udp: true, patience: Duration::from_millis(800), at_once: 9, name: None };
        let answer = async {
            let mut buffer = [0; 64];
            let (_, from) = answering.recv_from(&mut buffer).await.unwrap();
            answering.send_to(b"yes", from).await.unwrap();
        };
        let (met, ()) = tokio::join!(knock(&targets, &manner), answer);
        let met = met.unwrap();
        let of = |port| met.iter().find(|knock| knock.port == port).map(|knock| knock.met);
        assert_eq!(ports.map(of), [Some(Met::Open), Some(Met::Refused), None]);
    }
}
