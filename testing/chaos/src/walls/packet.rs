//! Packets as `tcpdump -i any -w` writes them: who sends what to whom, and the bytes that went over the wire.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

/// `LINUX_SLL2`: the form that packets of all links together are written in.
pub(super) const LINK_TYPE: u32 = 276;
/// What precedes each packet in that form.
const LINK_HEADER: usize = 20;
/// What precedes all packets of a file.
const FILE_HEADER: usize = 24;
/// What precedes each packet in a file.
const RECORD_HEADER: usize = 16;

/// One packet on one link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Packet {
    /// The number of the link where it was seen.
    pub(super) link: u32,
    /// What it is.
    pub(super) kind: Kind,
    /// Its sender, as far as it names one.
    pub(super) from: Option<End>,
    /// Its receiver.
    pub(super) to: Option<End>,
    /// All of it.
    bytes: Vec<u8>,
}

/// What a packet is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Arp,
    Icmp,
    Tcp,
    Udp,
    /// Neither; the number is its protocol's, on the link or in IP.
    Other(u16),
}

/// An address with a port, which is 0 where there are no ports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct End {
    pub(super) address: IpAddr,
    pub(super) port: u16,
}

impl Packet {
    /// Whether some bytes stand in it as they are.
    pub(super) fn holds(&self, text: &[u8]) -> bool {
        !text.is_empty() && self.bytes.windows(text.len()).any(|window| window == text)
    }

    /// Its ends that have an IPv4 address.
    pub(super) fn ends(&self) -> impl Iterator<Item = (Ipv4Addr, u16)> {
        [self.from, self.to].into_iter().flatten().filter_map(|end| match end.address {
            IpAddr::V4(address) => Some((address, end.port)),
            IpAddr::V6(_) => None,
        })
    }

    /// Whether it names an address that belongs inside the mesh.
    pub(super) fn is_of_the_mesh(&self) -> bool {
        self.ends().any(|(address, _)| is_mesh_address(address))
    }
}

/// Whether an address is one of the mesh, 100.64.0.0/10.
pub(super) const fn is_mesh_address(address: Ipv4Addr) -> bool {
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
        if let (Some(from), Some(to)) = (self.from, self.to) {
            write!(formatter, " {from} > {to}")?;
        }
        Ok(())
    }
}

impl fmt::Display for End {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.port {
            0 => self.address.fmt(formatter),
            port => write!(formatter, "{}:{port}", self.address),
        }
    }
}

/// Reads a whole file. One that was cut while being written ends with its last whole packet.
pub(super) fn read_file(bytes: &[u8]) -> Result<Vec<Packet>, String> {
    let magic = little(bytes, 0).ok_or("is no capture: it is empty")?;
    if !matches!(magic, 0xa1b2_c3d4 | 0xa1b2_3c4d) {
        return Err(format!("is no capture of this machine: it begins with {magic:08x}"));
    }
    let link_type = little(bytes, 20).unwrap_or_default() & 0x0fff_ffff;
    if link_type != LINK_TYPE {
        return Err(format!("is a capture of links of type {link_type}, not {LINK_TYPE}"));
    }
    let mut packets = Vec::new();
    let mut at = FILE_HEADER;
    while let Some(length) = little(bytes, at + 8).and_then(|length| usize::try_from(length).ok()) {
        at += RECORD_HEADER;
        let Some(frame) = bytes.get(at..at + length) else { break };
        packets.extend(read_frame(frame));
        at += length;
    }
    Ok(packets)
}

fn read_frame(frame: &[u8]) -> Option<Packet> {
    let (link, body) = (big32(frame, 4)?, frame.get(LINK_HEADER..)?);
    let packet = |kind, from, to| Packet { link, kind, from, to, bytes: body.to_vec() };
    Some(match big16(frame, 0)? {
        0x0800 => read_ipv4(body).map_or_else(|| packet(Kind::Other(0x0800), None, None), |(k, f, t)| packet(k, f, t)),
        0x86dd => read_ipv6(body).map_or_else(|| packet(Kind::Other(0x86dd), None, None), |(k, f, t)| packet(k, f, t)),
        0x0806 => packet(Kind::Arp, ipv4(body, 14).map(without_port), ipv4(body, 24).map(without_port)),
        other => packet(Kind::Other(other), None, None),
    })
}

type Read = (Kind, Option<End>, Option<End>);

fn read_ipv4(body: &[u8]) -> Option<Read> {
    let (protocol, header) = (*body.get(9)?, usize::from(*body.first()? & 0x0f) * 4);
    let (from, to) = (ipv4(body, 12)?, ipv4(body, 16)?);
    // Only the first part of a cut packet has ports.
    let place = big16(body, 6)? & 0x1fff;
    Some(with_ports(protocol, body.get(header..).filter(|_| place == 0), from, to))
}

fn read_ipv6(body: &[u8]) -> Option<Read> {
    let address = |at: usize| Some(IpAddr::V6(Ipv6Addr::from(<[u8; 16]>::try_from(body.get(at..at + 16)?).ok()?)));
    Some(with_ports(inner_of_ipv6(body)?, body.get(40..), address(8)?, address(24)?))
}

/// Reports of group membership are ICMP behind a header of options.
fn inner_of_ipv6(body: &[u8]) -> Option<u8> {
    match *body.get(6)? {
        0 => body.get(40).copied(),
        protocol => Some(protocol),
    }
}

fn with_ports(protocol: u8, inner: Option<&[u8]>, from: IpAddr, to: IpAddr) -> Read {
    let kind = match protocol {
        1 | 58 => Kind::Icmp,
        6 => Kind::Tcp,
        17 => Kind::Udp,
        other => Kind::Other(u16::from(other)),
    };
    let port = |at| match kind {
        Kind::Tcp | Kind::Udp => inner.and_then(|inner| big16(inner, at)).unwrap_or_default(),
        _ => 0,
    };
    (kind, Some(End { address: from, port: port(0) }), Some(End { address: to, port: port(2) }))
}

const fn without_port(address: IpAddr) -> End {
    End { address, port: 0 }
}

fn ipv4(bytes: &[u8], at: usize) -> Option<IpAddr> {
    big32(bytes, at).map(|bits| IpAddr::V4(Ipv4Addr::from_bits(bits)))
}

fn big16(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn big32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn little(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A file with these frames, each a protocol of the link and what it carries, seen on link 7.
    pub(in crate::walls) fn file(frames: &[(u16, Vec<u8>)]) -> Vec<u8> {
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

    /// An IPv4 packet with ports.
    pub(in crate::walls) fn ip(protocol: u8, from: ([u8; 4], u16), to: ([u8; 4], u16), text: &str) -> (u16, Vec<u8>) {
        let mut packet = vec![0x45, 0, 0, 0, 0, 0, 0x40, 0, 64, protocol, 0, 0];
        packet.extend(from.0);
        packet.extend(to.0);
        packet.extend(from.1.to_be_bytes());
        packet.extend(to.1.to_be_bytes());
        packet.extend([0; 16]);
        packet.extend(text.bytes());
        (0x0800, packet)
    }

    #[test]
    fn addresses_ports_and_words_are_read() {
        let packets =
            read_file(&file(&[ip(6, ([10, 1, 0, 1], 40000), ([100, 64, 0, 9], 80), "GET /word HTTP/1.1")])).unwrap();
        let [packet] = packets.as_slice() else { panic!("{packets:?}") };
        assert_eq!(packet.to_string(), "tcp 10.1.0.1:40000 > 100.64.0.9:80");
        assert_eq!(packet.link, 7);
        assert!(packet.holds(b"word") && !packet.holds(b"sword") && !packet.holds(b""));
        assert!(packet.is_of_the_mesh());
    }

    #[test]
    fn only_the_first_part_of_a_cut_packet_has_ports() {
        let (protocol, mut body) = ip(17, ([10, 1, 0, 1], 41641), ([10, 2, 0, 1], 41641), "");
        body[7] = 1;
        let packets = read_file(&file(&[(protocol, body)])).unwrap();
        assert_eq!(packets[0].to_string(), "udp 10.1.0.1 > 10.2.0.1");
    }

    #[test]
    fn questions_for_addresses_name_both() {
        let mut body = vec![0; 28];
        body[14..18].copy_from_slice(&[10, 1, 0, 21]);
        body[24..28].copy_from_slice(&[100, 64, 0, 3]);
        let packets = read_file(&file(&[(0x0806, body)])).unwrap();
        assert_eq!(packets[0].kind, Kind::Arp);
        assert!(packets[0].is_of_the_mesh());
    }

    #[test]
    fn the_mesh_ends_where_it_ends() {
        let is = |text: &str| is_mesh_address(text.parse().unwrap());
        assert!(is("100.64.0.1") && is("100.127.255.255"));
        assert!(!is("100.63.255.255") && !is("100.128.0.0") && !is("10.64.0.1"));
    }

    #[test]
    fn what_is_no_capture_is_told() {
        assert!(read_file(&[]).unwrap_err().contains("empty"));
        assert!(read_file(b"GIF89a, or so").unwrap_err().contains("begins with"));
        let mut other = file(&[]);
        other[20] = 1;
        assert!(read_file(&other).unwrap_err().contains("type"));
    }

    proptest! {
        #[test]
        fn no_frame_is_too_broken(protocol in prop_oneof![Just(0x0800_u16), Just(0x86dd), Just(0x0806), any::<u16>()],
            body in proptest::collection::vec(any::<u8>(), 0..80), cut in 0usize..200) {
            let whole = file(&[(protocol, body.clone()), (protocol, body)]);
            prop_assert_eq!(read_file(&whole).unwrap().len(), 2);
            let _ = read_file(&whole[..cut.min(whole.len())]);
        }
    }
}
