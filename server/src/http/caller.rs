//! The client's address, through trusted proxies.

use crate::http::AppState;
use axum::extract::{ConnectInfo, FromRequestParts};
use http::{HeaderMap, HeaderName, request::Parts};
use ipnet::IpNet;
use std::{
    convert::Infallible,
    net::{IpAddr, Ipv4Addr, SocketAddr},
};

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The address of the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller(pub IpAddr);

impl FromRequestParts<AppState> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Self::Rejection> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let peer = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(peer)| peer.ip());
        Ok(Self(caller(peer, &parts.headers, &state.trusted_proxies)))
    }
}

/// Each proxy appends its peer's address to the header. So it is read from its end, and only as far as trusted
/// proxies wrote it: the rest is the client's claim.
fn caller(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let lines = headers.get_all(FORWARDED_FOR).iter().filter_map(|line| line.to_str().ok());
    let hops: Vec<_> = lines.flat_map(|line| line.split(',')).map(str::trim).collect();
    let mut hops = hops.into_iter().rev();
    let mut caller = peer.to_canonical();
    while trusted.iter().any(|network| network.contains(&caller)) {
        match hops.next().and_then(|hop| hop.parse::<IpAddr>().ok()) {
            Some(before) => caller = before.to_canonical(),
            None => break,
        }
    }
    caller
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(peer: &str, forwarded: &[&str], trusted: &[&str]) -> String {
        let headers = forwarded.iter().map(|line| (FORWARDED_FOR, line.parse().unwrap())).collect();
        let trusted: Vec<IpNet> = trusted.iter().map(|network| network.parse().unwrap()).collect();
        caller(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        let mesh = &["100.64.0.0/10"][..];
        assert_eq!(found("192.0.2.1", &["203.0.113.9"], &[]), "192.0.2.1");
        assert_eq!(found("192.0.2.1", &["203.0.113.9"], mesh), "192.0.2.1");
        assert_eq!(found("100.64.0.4", &["203.0.113.9"], mesh), "203.0.113.9");
        assert_eq!(found("::ffff:100.64.0.4", &["203.0.113.9"], mesh), "203.0.113.9");
        // The first address is the client's claim.
        assert_eq!(found("100.64.0.4", &["198.51.100.1, 203.0.113.9"], mesh), "203.0.113.9");
        assert_eq!(found("100.64.0.4", &["198.51.100.1", "203.0.113.9, 100.64.0.7"], mesh), "203.0.113.9");
        assert_eq!(found("100.64.0.4", &["2001:db8::1"], mesh), "2001:db8::1");
        for unreadable in ["", "unknown", "203.0.113.9:443, x"] {
            assert_eq!(found("100.64.0.4", &[unreadable], mesh), "100.64.0.4", "{unreadable}");
        }
        assert_eq!(found("100.64.0.4", &[], mesh), "100.64.0.4");
    }
}
