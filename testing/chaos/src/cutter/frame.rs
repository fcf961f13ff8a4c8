//! The framing of PostgreSQL's protocol, version 3: where messages begin and end in a stream of bytes.

/// Length words of a greeting that are no version: requests to encrypt.
const SSL: [u8; 4] = 80_877_103_u32.to_be_bytes();
const GSS: [u8; 4] = 80_877_104_u32.to_be_bytes();
/// Longer messages are not taken for messages: the stream is something else.
const LONGEST: usize = 1 << 30;

/// A whole message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// A request to encrypt the connection.
    Encryption,
    /// The greeting, or a request to cancel: without a tag.
    Greeting(Vec<u8>),
    /// Any other.
    Tagged {
        /// What kind.
        tag: u8,
        /// What comes after the length.
        body: Vec<u8>,
    },
}

/// Puts messages together from pieces as they arrive.
#[derive(Debug)]
pub struct Frames {
    bytes: Vec<u8>,
    greeting: bool,
}

impl Frames {
    /// The stream of a client, which begins with a greeting.
    pub const fn from_client() -> Self {
        Self { bytes: Vec::new(), greeting: true }
    }

    /// The stream of a server.
    pub const fn from_server() -> Self {
        Self { bytes: Vec::new(), greeting: false }
    }

    /// Takes bytes as they come.
    pub fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// The next whole message; none before all of it has come.
    pub fn next(&mut self) -> Option<Message> {
        let head = usize::from(!self.greeting);
        let length = self.bytes.get(head..head + 4)?;
        let length = u32::from_be_bytes(length.try_into().ok()?);
        let length = usize::try_from(length).ok()?.clamp(4, LONGEST);
        let end = head + length;
        if self.bytes.len() < end {
            return None;
        }
        let whole: Vec<u8> = self.bytes.drain(..end).collect();
        let body = whole.get(head + 4..).unwrap_or_default().to_vec();
        if !self.greeting {
            return Some(Message::Tagged { tag: whole.first().copied()?, body });
        }
        if body == SSL || body == GSS {
            return Some(Message::Encryption);
        }
        self.greeting = false;
        Some(Message::Greeting(body))
    }
}

impl Message {
    /// Writes the message as it is on the wire.
    pub fn write(&self, out: &mut Vec<u8>) {
        let (tag, body) = match self {
            Self::Encryption => (None, SSL.as_slice()),
            Self::Greeting(body) => (None, body.as_slice()),
            Self::Tagged { tag, body } => (Some(*tag), body.as_slice()),
        };
        out.extend(tag);
        out.extend(u32::try_from(body.len() + 4).unwrap_or(u32::MAX).to_be_bytes());
        out.extend_from_slice(body);
    }
}
