//! Responses that are made once and sent many times: their bytes, plain and compressed, with an entity tag.

use axum::{body::Body, response::Response};
use brotli::enc::BrotliEncoderParams;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use sha2::{Digest, Sha256};

/// Bytes of the SHA-256 digest in an entity tag.
const FINGERPRINT: usize = 8;
/// Headers that a response may have, so that its map is allocated once.
const HEADERS: usize = 24;
/// Powers of two between which the window of brotli may be.
const SMALLEST_WINDOW: i32 = 10;
const LARGEST_WINDOW: i32 = 22;

/// A body with the headers that describe it.
#[derive(Debug, Clone)]
pub struct Prepared {
    plain: Bytes,
    brotli: Option<Bytes>,
    content_type: HeaderValue,
    cache_control: HeaderValue,
    tag: HeaderValue,
}

impl Prepared {
    /// A compressed form that is not smaller is dropped.
    pub fn new(plain: Bytes, brotli: Option<Vec<u8>>, content_type: &'static str, cache_control: &'static str) -> Self {
        let digest = Sha256::digest(&plain);
        let fingerprint =
            digest.iter().take(FINGERPRINT).fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
        let tag = HeaderValue::from_str(&format!("\"{fingerprint}\""));
        Self {
            brotli: brotli.filter(|brotli| brotli.len() < plain.len()).map(Bytes::from),
            plain,
            content_type: HeaderValue::from_static(content_type),
            cache_control: HeaderValue::from_static(cache_control),
            tag: tag.unwrap_or(HeaderValue::from_static("\"\"")),
        }
    }

    /// The same bytes with another lifetime in caches.
    pub fn with_cache_control(&self, cache_control: &'static str) -> Self {
        Self { cache_control: HeaderValue::from_static(cache_control), ..self.clone() }
    }

    /// The entity tag without its quotes, which names the content.
    pub fn fingerprint(&self) -> &str {
        self.tag.to_str().unwrap_or_default().trim_matches('"')
    }

    /// The bytes of both forms.
    pub fn size(&self) -> usize {
        self.plain.len() + self.brotli.as_ref().map_or(0, Bytes::len)
    }

    /// The response to a request with these headers: brotli where it is accepted, or 304.
    pub fn response(&self, request: &HeaderMap) -> Response {
        let brotli = self.brotli.as_ref().filter(|_| accepts_brotli(request));
        let is_current = self.is_named_by(request);
        let body = if is_current { Body::empty() } else { brotli.unwrap_or(&self.plain).clone().into() };
        let mut response = Response::new(body);
        let headers = response.headers_mut();
        headers.reserve(HEADERS);
        headers.insert(header::CONTENT_TYPE, self.content_type.clone());
        headers.insert(header::CACHE_CONTROL, self.cache_control.clone());
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        headers.insert(header::ETAG, self.tag.clone());
        if is_current {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
        } else if brotli.is_some() {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
        }
        response
    }

    /// Whether `If-None-Match` has this tag; a cache that compresses may have made it weak.
    fn is_named_by(&self, request: &HeaderMap) -> bool {
        let lines = request.get_all(header::IF_NONE_MATCH).iter().filter_map(|line| line.to_str().ok());
        let mut tags = lines.flat_map(|line| line.split(',')).map(str::trim);
        tags.any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag).as_bytes() == self.tag.as_bytes())
    }
}

/// Whether the client accepts brotli.
fn accepts_brotli(headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accepted.split(',').any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        parts.next() == Some("br") && parts.next() != Some("q=0")
    })
}

/// Compresses with brotli; quality 11 is the smallest, 5 is fast. The window, and with it the memory that is needed, is
/// not larger than the content.
pub fn compress(content: &[u8], quality: i32) -> Vec<u8> {
    let window = usize::BITS - content.len().leading_zeros();
    let lgwin = i32::try_from(window).unwrap_or(LARGEST_WINDOW).clamp(SMALLEST_WINDOW, LARGEST_WINDOW);
    let params = BrotliEncoderParams { quality, lgwin, size_hint: content.len(), ..Default::default() };
    let mut packed = Vec::with_capacity(content.len() / 3);
    // Writing into memory cannot fail, and a result that is not smaller is dropped.
    if brotli::BrotliCompress(&mut &*content, &mut packed, &params).is_err() {
        packed.clear();
        packed.extend_from_slice(content);
    }
    packed.shrink_to_fit();
    packed
}
