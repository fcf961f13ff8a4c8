//! IPv4 networks of sites.

use ipnet::Ipv4Net;
use serde::{Deserialize, Serialize};
use std::net::Ipv4Addr;

/// An IPv4 network in CIDR notation, such as `10.1.0.0/24`; at most 30 bits of prefix, and no host bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Network(Ipv4Net);

impl Network {
    /// Length of the prefix.
    pub const fn bits(self) -> u8 {
        self.0.prefix_len()
    }

    pub fn contains(self, address: Ipv4Addr) -> bool {
        self.0.contains(&address)
    }

    /// The first host address, used by the site's router.
    pub fn gateway(self) -> Ipv4Addr {
        self.0.hosts().next().unwrap_or(self.0.network())
    }
}

impl TryFrom<String> for Network {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let network =
            text.parse().ok().filter(|network: &Ipv4Net| network.prefix_len() <= 30 && network.trunc() == *network);
        network.map(Self).ok_or_else(|| format!("{text:?} is not a network; write 10.1.0.0/24"))
    }
}

impl From<Network> for String {
    fn from(network: Network) -> Self {
        network.0.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_bits_and_long_prefixes_are_rejected() {
        let network = Network::try_from("10.1.0.0/24".to_owned()).unwrap();
        assert_eq!((network.bits(), network.gateway()), (24, Ipv4Addr::new(10, 1, 0, 1)));
        assert!(network.contains(Ipv4Addr::new(10, 1, 0, 255)) && !network.contains(Ipv4Addr::new(10, 1, 1, 0)));
        for text in ["10.1.0.5/24", "10.1.0.0/31", "10.1.0.0", "a/24"] {
            assert!(Network::try_from(text.to_owned()).unwrap_err().contains(text), "{text}");
        }
    }
}
