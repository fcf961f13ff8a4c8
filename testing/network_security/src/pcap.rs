//! Packets of a capture file written by `tcpdump -i any -y LINUX_SLL2 -w`.

use etherparse::{EtherType, LaxNetSlice, LaxSlicedPacket, TransportSlice, ether_type};
use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, SocketAddr},
};

/// `LINUX_SLL2`, the link type of captures on all links; the sizes are of its header and of pcap's own.
const LINK_TYPE: u32 = 276;
const LINK_HEADER: usize = 20;
const FILE_HEADER: usize = 24;
const RECORD_HEADER: usize = 16;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Packet {
    /// Interface index of the link.
    pub(crate) link: u32,
    pub(crate) kind: Kind,
    /// Sender and receiver; port 0 where there are no ports.
    endpoints: Option<(SocketAddr, SocketAddr)>,
    bytes: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Arp,
    Icmp,
    Tcp,
    Udp,
    /// By its IP protocol number, else by its `EtherType`.
    Other(u16),
}

impl Packet {
    pub(crate) fn contains(&self, text: &[u8]) -> bool {
        !text.is_empty() && self.bytes.windows(text.len()).any(|window| window == text)
    }

    /// The endpoints that have an IPv4 address.
    pub(crate) fn endpoints(&self) -> impl Iterator<Item = (Ipv4Addr, u16)> {
        let both = self.endpoints.into_iter().flat_map(|(from, to)| [from, to]);
        both.filter_map(|endpoint| match endpoint.ip() {
            IpAddr::V4(address) => Some((address, endpoint.port())),
            IpAddr::V6(_) => None,
        })
    }

    pub(crate) fn has_mesh_address(&self) -> bool {
        self.endpoints().any(|(address, _)| is_mesh_address(address))
    }
}

/// 100.64.0.0/10
pub(crate) const fn is_mesh_address(address: Ipv4Addr) -> bool {
    let [first, second, ..] = address.octets();
    first == 100 && second >= 64 && second < 128
}

impl fmt::Display for Packet {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            Kind::Arp => formatter.write_str("arp")?,
            Kind::Icmp => formatter.write_str("icmp")?,
            Kind::Tcp => formatter.write_str("tcp")?,
            Kind::Udp => formatter.write_str("udp")?,
            Kind::Other(number) => write!(formatter, "protocol {number}")?,
        }
        let text = |endpoint: SocketAddr| match endpoint.port() {
            0 => endpoint.ip().to_string(),
            port => format!("{}:{port}", endpoint.ip()),
        };
        self.endpoints.map_or(Ok(()), |(from, to)| write!(formatter, " {} > {}", text(from), text(to)))
    }
}

/// Reads a whole file; a last packet that was cut off is left out.
pub(crate) fn read(bytes: &[u8]) -> Result<Vec<Packet>, String> {
    let magic = little_endian(bytes, 0).ok_or("is not a capture: it is empty")?;
    if !matches!(magic, 0xa1b2_c3d4 | 0xa1b2_3c4d) {
        return Err(format!("is not a capture of this machine: it begins with {magic:08x}"));
    }
    let link_type = little_endian(bytes, 20).unwrap_or_default() & 0x0fff_ffff;
    if link_type != LINK_TYPE {
        return Err(format!("has link type {link_type}, not {LINK_TYPE}"));
    }
    let mut packets = Vec::new();
    let mut at = FILE_HEADER;
    while let Some(length) = little_endian(bytes, at + 8).and_then(|length| usize::try_from(length).ok()) {
        at += RECORD_HEADER;
        let Some(frame) = bytes.get(at..at + length) else { break };
        packets.extend(parse(frame));
        at += length;
    }
    Ok(packets)
}

fn parse(frame: &[u8]) -> Option<Packet> {
    let (header, bytes) = frame.split_at_checked(LINK_HEADER)?;
    let &[first, second, _, _, a, b, c, d, ..] = header else { return None };
    let protocol = EtherType(u16::from_be_bytes([first, second]));
    let packet = LaxSlicedPacket::from_ether_type(protocol, bytes);
    let (number, from, to) = match &packet.net {
        Some(LaxNetSlice::Ipv4(ip)) => {
            let header = ip.header();
            (ip.payload_ip_number().0, header.source_addr().into(), header.destination_addr().into())
        }
        Some(LaxNetSlice::Ipv6(ip)) => {
            let header = ip.header();
            (ip.payload().ip_number.0, header.source_addr().into(), header.destination_addr().into())
        }
        _ => return Some(without_ip(protocol, bytes, u32::from_be_bytes([a, b, c, d]))),
    };
    let kind = match number {
        1 | 58 => Kind::Icmp,
        6 => Kind::Tcp,
        17 => Kind::Udp,
        other => Kind::Other(u16::from(other)),
    };
    let (source, destination) = match &packet.transport {
        Some(TransportSlice::Tcp(tcp)) => (tcp.source_port(), tcp.destination_port()),
        Some(TransportSlice::Udp(udp)) => (udp.source_port(), udp.destination_port()),
        _ => (0, 0),
    };
    let endpoints = Some((SocketAddr::new(from, source), SocketAddr::new(to, destination)));
    Some(Packet { link: u32::from_be_bytes([a, b, c, d]), kind, endpoints, bytes: bytes.to_vec() })
}

/// ARP for IPv4, or a protocol that is not looked into.
fn without_ip(protocol: EtherType, bytes: &[u8], link: u32) -> Packet {
    let address = |at: usize| {
        let octets = <[u8; 4]>::try_from(bytes.get(at..at + 4)?).ok()?;
        Some(SocketAddr::from((octets, 0)))
    };
    let is_arp = protocol == ether_type::ARP;
    let endpoints = if is_arp { address(14).zip(address(24)) } else { None };
    let kind = if is_arp { Kind::Arp } else { Kind::Other(protocol.0) };
    Packet { link, kind, endpoints, bytes: bytes.to_vec() }
}

fn little_endian(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use etherparse::{IpNumber, Ipv4Header, TcpHeader, UdpHeader};
    use proptest::prelude::*;

    /// A file with these frames, each an `EtherType` and its payload, captured on link 7.
    pub(crate) fn file(frames: &[(u16, Vec<u8>)]) -> Vec<u8> {
        let mut file = 0xa1b2_c3d4_u32.to_le_bytes().to_vec();
        file.extend([0; 16]);
        file.extend(LINK_TYPE.to_le_bytes());
        for (protocol, body) in frames {
            let mut frame = protocol.to_be_bytes().to_vec();
            frame.extend([0, 0, 0, 0, 0, 7]);
            frame.extend([0; 12]);
            frame.extend(body);
            let length = u32::try_from(frame.len()).unwrap().to_le_bytes();
            file.extend([0; 8]);
            file.extend(length);
            file.extend(length);
            file.extend(frame);
        }
        file
    }

    /// An IPv4 packet, with ports for TCP and UDP.
    pub(crate) fn ip(protocol: u8, from: ([u8; 4], u16), to: ([u8; 4], u16), text: &str) -> (u16, Vec<u8>) {
        let mut payload = match protocol {
            6 => TcpHeader::new(from.1, to.1, 1, 1_000).to_bytes().to_vec(),
            17 => {
                let length = u16::try_from(8 + text.len()).unwrap();
                UdpHeader { source_port: from.1, destination_port: to.1, length, checksum: 0 }.to_bytes().to_vec()
            }
            _ => vec![0; 8],
        };
        payload.extend(text.bytes());
        let length = u16::try_from(payload.len()).unwrap();
        let mut packet = Ipv4Header::new(length, 64, IpNumber(protocol), from.0, to.0).unwrap().to_bytes().to_vec();
        packet.extend(payload);
        (0x0800, packet)
    }

    #[test]
    fn addresses_ports_and_text_are_read() {
        let packets =
            read(&file(&[ip(6, ([10, 1, 0, 1], 40000), ([100, 64, 0, 9], 80), "GET /word HTTP/1.1")])).unwrap();
        let [packet] = packets.as_slice() else { panic!("{packets:?}") };
        assert_eq!(packet.to_string(), "tcp 10.1.0.1:40000 > 100.64.0.9:80");
        assert_eq!(packet.link, 7);
        assert!(packet.contains(b"word") && !packet.contains(b"sword") && !packet.contains(b""));
        assert!(packet.has_mesh_address());
    }

    #[test]
    fn only_the_first_fragment_has_ports() {
        let (protocol, mut body) = ip(17, ([10, 1, 0, 1], 41641), ([10, 2, 0, 1], 41641), "");
        body[6..8].copy_from_slice(&[0, 1]);
        let packets = read(&file(&[(protocol, body)])).unwrap();
        assert_eq!(packets[0].to_string(), "udp 10.1.0.1 > 10.2.0.1");
    }

    #[test]
    fn arp_names_both_addresses() {
        let mut body = vec![0; 28];
        body[14..18].copy_from_slice(&[10, 1, 0, 21]);
        body[24..28].copy_from_slice(&[100, 64, 0, 3]);
        let packets = read(&file(&[(0x0806, body)])).unwrap();
        assert_eq!(packets[0].kind, Kind::Arp);
        assert!(packets[0].has_mesh_address());
    }

    #[test]
    fn mesh_addresses_are_a_ten_bit_prefix() {
        let is = |text: &str| is_mesh_address(text.parse().unwrap());
        assert!(is("100.64.0.1") && is("100.127.255.255"));
        assert!(!is("100.63.255.255") && !is("100.128.0.0") && !is("10.64.0.1"));
    }

    #[test]
    fn other_files_are_rejected() {
        assert!(read(&[]).unwrap_err().contains("empty"));
        assert!(read(b"GIF89a, or so").unwrap_err().contains("begins with"));
        let mut other = file(&[]);
        other[20] = 1;
        assert!(read(&other).unwrap_err().contains("type"));
    }

    proptest! {
        #[test]
        fn fuzz_frames(protocol in prop_oneof![Just(0x0800_u16), Just(0x86dd), Just(0x0806), any::<u16>()],
            body in proptest::collection::vec(any::<u8>(), 0..80), cut in 0usize..200) {
            let whole = file(&[(protocol, body.clone()), (protocol, body)]);
            prop_assert_eq!(read(&whole).unwrap().len(), 2);
            let _ = read(&whole[..cut.min(whole.len())]);
        }
    }
}
