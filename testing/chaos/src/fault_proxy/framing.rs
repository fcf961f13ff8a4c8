//! Message framing of PostgreSQL's protocol version 3.

/// `SSLRequest` and `GSSENCRequest`, which are sent in place of a protocol version.
const SSL: [u8; 4] = 80_877_103_u32.to_be_bytes();
const GSS: [u8; 4] = 80_877_104_u32.to_be_bytes();
/// Larger lengths are not of this protocol.
const MAX_LENGTH: usize = 1 << 30;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    EncryptionRequest,
    /// A startup message or cancel request, which have no tag.
    Startup(Vec<u8>),
    Tagged {
        tag: u8,
        /// Without the length.
        body: Vec<u8>,
    },
}

/// Splits a stream into messages.
#[derive(Debug)]
pub struct Frames {
    bytes: Vec<u8>,
    startup: bool,
}

impl Frames {
    /// Begins with a startup message.
    pub const fn from_client() -> Self {
        Self { bytes: Vec::new(), startup: true }
    }

    pub const fn from_server() -> Self {
        Self { bytes: Vec::new(), startup: false }
    }

    pub fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// The next complete message.
    pub fn next(&mut self) -> Option<Message> {
        let head = usize::from(!self.startup);
        let length = self.bytes.get(head..head + 4)?;
        let length = u32::from_be_bytes(length.try_into().ok()?);
        let length = usize::try_from(length).ok()?.clamp(4, MAX_LENGTH);
        let end = head + length;
        if self.bytes.len() < end {
            return None;
        }
        let whole: Vec<u8> = self.bytes.drain(..end).collect();
        let body = whole.get(head + 4..).unwrap_or_default().to_vec();
        if !self.startup {
            return Some(Message::Tagged { tag: whole.first().copied()?, body });
        }
        if body == SSL || body == GSS {
            return Some(Message::EncryptionRequest);
        }
        self.startup = false;
        Some(Message::Startup(body))
    }
}

impl Message {
    /// Appends the encoded message.
    pub fn write(&self, out: &mut Vec<u8>) {
        let (tag, body) = match self {
            Self::EncryptionRequest => (None, SSL.as_slice()),
            Self::Startup(body) => (None, body.as_slice()),
            Self::Tagged { tag, body } => (Some(*tag), body.as_slice()),
        };
        out.extend(tag);
        out.extend(u32::try_from(body.len() + 4).unwrap_or(u32::MAX).to_be_bytes());
        out.extend_from_slice(body);
    }
}
