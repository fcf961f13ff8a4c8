//! Resolves a name as browsers do: by DNS servers in order, cached for the TTL of the response.

use hickory_resolver::{
    TokioResolver,
    config::{LookupIpStrategy, NameServerConfig, ResolveHosts, ResolverConfig},
    net::runtime::TokioRuntimeProvider,
};
use std::{
    net::{IpAddr, Ipv4Addr},
    time::{Duration, Instant},
};
use support::Error;
use tokio::sync::Mutex;

/// For each server.
const TIMEOUT: Duration = Duration::from_secs(1);
const MIN_TTL: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub enum NameResolver {
    Fixed(Vec<Ipv4Addr>),
    Dns(DnsResolver),
}

#[derive(Debug)]
pub struct DnsResolver {
    /// Absolute, with a final dot.
    name: String,
    /// One per server: a resolver with several would apply one timeout to all of them together.
    resolvers: Vec<TokioResolver>,
    /// Of the server that responded last, until the response expires.
    cached: Mutex<Option<(Vec<Ipv4Addr>, Instant)>>,
}

impl NameResolver {
    pub fn with_servers(name: &str, servers: &[Ipv4Addr]) -> Result<Self, Error> {
        let servers = servers.iter().map(|server| NameServerConfig::udp((*server).into()));
        DnsResolver::new(name, servers.collect()).map(Self::Dns)
    }

    /// Empty when no server resolves the name.
    pub async fn addresses(&self) -> Vec<Ipv4Addr> {
        match self {
            Self::Fixed(addresses) => addresses.clone(),
            Self::Dns(resolver) => resolver.addresses().await,
        }
    }
}

impl DnsResolver {
    fn new(name: &str, servers: Vec<NameServerConfig>) -> Result<Self, Error> {
        let resolvers = servers.into_iter().map(resolver).collect::<Result<_, _>>()?;
        Ok(Self { name: format!("{}.", name.trim_end_matches('.')), resolvers, cached: Mutex::default() })
    }

    async fn addresses(&self) -> Vec<Ipv4Addr> {
        // Held during the query: concurrent customers send one, as behind a shared resolver.
        let mut cached = self.cached.lock().await;
        if let Some((addresses, _)) = cached.as_ref().filter(|(_, until)| *until > Instant::now()) {
            return addresses.clone();
        }
        for resolver in &self.resolvers {
            let Ok(found) = resolver.lookup_ip(self.name.as_str()).await else { continue };
            let addresses: Vec<_> = found.iter().filter_map(ipv4).collect();
            if !addresses.is_empty() {
                *cached = Some((addresses.clone(), found.valid_until()));
                return addresses;
            }
        }
        Vec::new()
    }
}

fn resolver(server: NameServerConfig) -> Result<TokioResolver, Error> {
    let config = ResolverConfig::from_name_servers(vec![server]);
    let mut builder = TokioResolver::builder_with_config(config, TokioRuntimeProvider::default());
    let options = builder.options_mut();
    options.timeout = TIMEOUT;
    options.attempts = 0;
    options.ip_strategy = LookupIpStrategy::Ipv4Only;
    options.use_hosts_file = ResolveHosts::Never;
    options.positive_min_ttl = Some(MIN_TTL);
    options.negative_max_ttl = Some(Duration::ZERO);
    builder.build().map_err(|error| Error::failed("DNS", error))
}

const fn ipv4(address: IpAddr) -> Option<Ipv4Addr> {
    match address {
        IpAddr::V4(address) => Some(address),
        IpAddr::V6(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hickory_resolver::{
        config::ConnectionConfig,
        proto::{
            op::Message,
            rr::{RData, Record, rdata::A},
        },
    };
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };
    use tokio::net::UdpSocket;

    fn server(port: u16) -> NameServerConfig {
        let mut connection = ConnectionConfig::udp();
        connection.port = port;
        NameServerConfig::new(Ipv4Addr::LOCALHOST.into(), false, vec![connection])
    }

    /// A DNS server that returns two addresses for every name; returns its port and its count of queries.
    async fn start_server() -> (u16, Arc<AtomicUsize>) {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let (port, queries) = (socket.local_addr().unwrap().port(), Arc::new(AtomicUsize::new(0)));
        let count = queries.clone();
        tokio::spawn(async move {
            let mut buffer = [0; 512];
            while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
                count.fetch_add(1, Ordering::Relaxed);
                let mut response = Message::from_vec(&buffer[..length]).unwrap().into_response();
                let name = response.queries[0].name().clone();
                for last in [10, 20] {
                    let address = RData::A(A::new(203, 0, 113, last));
                    response.add_answer(Record::from_rdata(name.clone(), 600, address));
                }
                socket.send_to(&response.to_vec().unwrap(), from).await.unwrap();
            }
        });
        (port, queries)
    }

    #[tokio::test]
    async fn the_next_server_is_asked_when_one_does_not_respond_and_its_response_is_cached() {
        let silent = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let (port, queries) = start_server().await;
        let servers = vec![server(silent.local_addr().unwrap().port()), server(port)];
        let resolver = DnsResolver::new("toast.test", servers).unwrap();
        for _ in 0..3 {
            let mut addresses = resolver.addresses().await;
            addresses.sort_unstable();
            assert_eq!(addresses, [Ipv4Addr::new(203, 0, 113, 10), Ipv4Addr::new(203, 0, 113, 20)]);
        }
        assert_eq!(queries.load(Ordering::Relaxed), 1);
    }

    #[tokio::test]
    async fn without_a_response_there_are_no_addresses() {
        let silent = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let servers = vec![server(silent.local_addr().unwrap().port())];
        let resolver = DnsResolver::new("toast.test", servers).unwrap();
        assert!(resolver.addresses().await.is_empty());
    }
}
