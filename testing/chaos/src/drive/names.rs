//! Names to addresses as a browser learns them: asked of a real DNS server, kept for as long as the answer says.

use crate::{failure::Failure, moment::Moment};
use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};
use tokio::{net::UdpSocket, sync::Mutex, time::timeout};

/// How long one server gets.
const PATIENCE: Duration = Duration::from_secs(1);
/// An answer is never kept for less.
const LEAST_TTL: u32 = 1;

/// Where addresses come from.
#[derive(Debug)]
pub enum Names {
    /// A list that never changes.
    Fixed(Vec<Ipv4Addr>),
    /// Servers that are asked one after the other.
    Asked(Asked),
}

/// Answers of servers.
#[derive(Debug)]
pub struct Asked {
    name: String,
    servers: Vec<SocketAddr>,
    known: Mutex<Option<(Vec<Ipv4Addr>, Moment)>>,
}

impl Names {
    /// Asks these servers for a name.
    pub fn asked(name: &str, servers: Vec<SocketAddr>) -> Self {
        Self::Asked(Asked { name: name.to_owned(), servers, known: Mutex::new(None) })
    }

    /// The addresses now; none when no server says any.
    pub async fn addresses(&self) -> Vec<Ipv4Addr> {
        match self {
            Self::Fixed(addresses) => addresses.clone(),
            Self::Asked(asked) => asked.addresses().await,
        }
    }
}

impl Asked {
    async fn addresses(&self) -> Vec<Ipv4Addr> {
        // Held while asking: many guests that wait for one name ask once, as behind one resolver.
        let mut known = self.known.lock().await;
        if let Some((addresses, until)) = known.as_ref()
            && *until > Moment::now()
        {
            return addresses.clone();
        }
        for server in &self.servers {
            if let Ok(Ok((addresses, ttl))) = timeout(PATIENCE, ask(*server, &self.name)).await
                && !addresses.is_empty()
            {
                let until = Moment::now().plus(Duration::from_secs(u64::from(ttl.max(LEAST_TTL))));
                *known = Some((addresses.clone(), until));
                return addresses;
            }
        }
        Vec::new()
    }
}

/// Asks one server for the A records of a name.
pub async fn ask(server: SocketAddr, name: &str) -> Result<(Vec<Ipv4Addr>, u32), Failure> {
    let socket = UdpSocket::bind("0.0.0.0:0").await.map_err(Failure::system("a socket"))?;
    socket.connect(server).await.map_err(Failure::system(server))?;
    let id: u16 = rand::random();
    socket.send(&question(id, name)).await.map_err(Failure::system(server))?;
    let mut answer = vec![0; 1_500];
    let length = socket.recv(&mut answer).await.map_err(Failure::system(server))?;
    read(answer.get(..length).unwrap_or_default(), id).ok_or_else(|| Failure::wrong(server, "an unreadable answer"))
}

/// A question for the A records of a name.
pub(crate) fn question(id: u16, name: &str) -> Vec<u8> {
    let mut packet = id.to_be_bytes().to_vec();
    // Recursion desired, one question.
    packet.extend([1, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
    for label in name.trim_end_matches('.').split('.') {
        packet.push(u8::try_from(label.len()).unwrap_or(63));
        packet.extend(label.bytes());
    }
    packet.extend([0, 0, 1, 0, 1]);
    packet
}

/// The A records and the least of their times to live.
fn read(packet: &[u8], id: u16) -> Option<(Vec<Ipv4Addr>, u32)> {
    let number = |at: usize| Some(u16::from_be_bytes([*packet.get(at)?, *packet.get(at + 1)?]));
    let is_answer = number(0)? == id && number(2)? & 0x800f == 0x8000;
    if !is_answer {
        return None;
    }
    let (questions, answers) = (number(4)?, number(6)?);
    let mut at = 12;
    for _ in 0..questions {
        at = after_name(packet, at)? + 4;
    }
    let (mut addresses, mut ttl) = (Vec::new(), u32::MAX);
    for _ in 0..answers {
        at = after_name(packet, at)?;
        let kind = number(at)?;
        let seconds = u32::from(number(at + 4)?) << 16 | u32::from(number(at + 6)?);
        let length = usize::from(number(at + 8)?);
        if kind == 1
            && let Some(&[a, b, c, d]) = packet.get(at + 10..at + 10 + length)
        {
            addresses.push(Ipv4Addr::new(a, b, c, d));
            ttl = ttl.min(seconds);
        }
        at += 10 + length;
    }
    Some((addresses, ttl))
}

fn after_name(packet: &[u8], mut at: usize) -> Option<usize> {
    loop {
        match *packet.get(at)? {
            0 => return Some(at + 1),
            // The rest of the name stands elsewhere.
            length if length & 0xc0 == 0xc0 => return Some(at + 2),
            length => at += 1 + usize::from(length),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn answer() -> Vec<u8> {
        let mut packet = question(7, "toast.test");
        packet[2] = 0x84;
        packet[3] = 0;
        packet[7] = 2;
        for (last, ttl) in [(10, 30), (20, 5)] {
            packet.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, ttl, 0, 4, 203, 0, 113, last]);
        }
        packet
    }

    #[test]
    fn reads_addresses_and_the_shortest_time() {
        let expected = (vec![Ipv4Addr::new(203, 0, 113, 10), Ipv4Addr::new(203, 0, 113, 20)], 5);
        assert_eq!(read(&answer(), 7), Some(expected));
        assert_eq!(read(&answer(), 8), None, "somebody else's answer");
    }

    proptest! {
        #[test]
        fn no_packet_is_too_broken(bytes in proptest::collection::vec(any::<u8>(), 0..200), cut in 0usize..60) {
            let _ = read(&bytes, 7);
            let whole = answer();
            let _ = read(&whole[..cut.min(whole.len())], 7);
        }
    }
}
