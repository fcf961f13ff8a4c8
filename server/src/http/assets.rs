//! Static files: read once, compressed once, and named by their content.
//!
//! `/boot.js` is also served as `/boot.0f3a….js`. Browsers and the CDN may cache the name with the fingerprint
//! without a limit; the plain name must be revalidated.

use crate::error::ServerError;
use app::services::{Assets, Bundle};
use axum::response::{IntoResponse, Response};
use brotli::enc::BrotliEncoderParams;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use sha2::{Digest, Sha256};
use std::{
    collections::HashMap,
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

/// A file as it is sent.
#[derive(Debug)]
struct File {
    plain: bytes::Bytes,
    brotli: Option<bytes::Bytes>,
    mime: &'static str,
    tag: HeaderValue,
}

/// All files of the site, by path.
#[derive(Debug, Default)]
pub struct Files {
    by_address: HashMap<String, (Arc<File>, CachePolicy)>,
    named: HashMap<String, String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CachePolicy {
    Immutable,
    Revalidate,
}

impl Files {
    /// Reads a built site. A missing folder is an empty site: pages work without scripts and styles.
    pub fn load(root: &Path) -> Result<Self, ServerError> {
        let mut files = Self::default();
        let unreadable = |error: io::Error| ServerError::Broken(format!("site root {}: {error}", root.display()));
        for path in walk(root).map_err(unreadable)? {
            let Ok(relative) = path.strip_prefix(root) else { continue };
            let address = format!("/{}", relative.to_string_lossy().replace('\\', "/"));
            let Some(mime) = mime(&address) else { continue };
            let content = fs::read(&path).map_err(unreadable)?;
            let packed = is_text(mime).then(|| precompressed(&path).unwrap_or_else(|| compress(&content, 5)));
            files.add(address, content, packed, mime);
        }
        Ok(files)
    }

    fn add(&mut self, address: String, content: Vec<u8>, packed: Option<Vec<u8>>, mime: &'static str) {
        let fingerprint = hex(&Sha256::digest(&content), 8);
        let brotli = packed.filter(|packed| packed.len() < content.len());
        let tag = HeaderValue::from_str(&format!("\"{fingerprint}\"")).unwrap_or(HeaderValue::from_static("\"file\""));
        let file = Arc::new(File { plain: content.into(), brotli: brotli.map(Into::into), mime, tag });
        let named = with_fingerprint(&address, &fingerprint);
        self.by_address.insert(named.clone(), (file.clone(), CachePolicy::Immutable));
        self.by_address.insert(address.clone(), (file, CachePolicy::Revalidate));
        self.named.insert(address, named);
    }

    /// The fingerprinted path of a plain one.
    pub fn named(&self, address: &str) -> Option<&str> {
        self.named.get(address).map(String::as_str)
    }

    /// The fingerprinted paths of all files below a folder, by their plain paths.
    pub fn addresses(&self, folder: &str) -> HashMap<String, String> {
        let below = self.named.iter().filter(|(plain, _)| plain.starts_with(folder));
        below.map(|(plain, named)| (plain.clone(), named.clone())).collect()
    }

    /// The URLs that pages link to, below a base that is empty or the CDN.
    pub fn assets(&self, base: &str) -> Assets {
        let address = |plain: &str| format!("{base}{}", self.named(plain).unwrap_or(plain));
        let bundle = |name: &str| Bundle {
            script: address(&format!("/pkg/{name}.js")),
            wasm: address(&format!("/pkg/{name}.wasm")),
        };
        Assets {
            base: base.to_owned(),
            stylesheet: address("/pkg/toast.css"),
            boot: address("/boot.js"),
            guest: address("/pkg/guest.js"),
            customer: bundle("toast"),
            dashboard: bundle("toast-dashboard"),
        }
    }

    /// The response for a path, if it is a file's.
    pub fn answer(&self, address: &str, headers: &HeaderMap) -> Option<Response> {
        let (file, lifetime) = self.by_address.get(address)?;
        if headers.get(header::IF_NONE_MATCH).is_some_and(|sent| sent == file.tag) {
            return Some((StatusCode::NOT_MODIFIED, self.headers(file, *lifetime)).into_response());
        }
        let packed = file.brotli.as_ref().filter(|_| accepts_brotli(headers));
        let mut response = packed.unwrap_or(&file.plain).clone().into_response();
        response.headers_mut().extend(self.headers(file, *lifetime));
        if packed.is_some() {
            response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
        }
        Some(response)
    }

    #[expect(clippy::unused_self, reason = "reads as a part of answering")]
    fn headers(&self, file: &File, lifetime: CachePolicy) -> HeaderMap {
        let keep = match lifetime {
            CachePolicy::Immutable => "public, max-age=31536000, immutable",
            CachePolicy::Revalidate => "public, no-cache",
        };
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(file.mime));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
        headers.insert(header::ETAG, file.tag.clone());
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        // Module scripts and WebAssembly of a CDN are cross-origin requests.
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        headers
    }
}

/// Whether the client accepts brotli.
pub fn accepts_brotli(headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accepted.split(',').any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        parts.next() == Some("br") && parts.next() != Some("q=0")
    })
}

/// Compresses with brotli; quality 11 is the smallest, 5 is fast.
pub fn compress(content: &[u8], quality: i32) -> Vec<u8> {
    let params = BrotliEncoderParams { quality, size_hint: content.len(), ..Default::default() };
    let mut packed = Vec::with_capacity(content.len() / 3);
    // Writing into memory cannot fail; the callers drop a result that is not smaller.
    if brotli::BrotliCompress(&mut &*content, &mut packed, &params).is_err() {
        packed.clear();
        packed.extend_from_slice(content);
    }
    packed
}

/// The first `count` bytes in hexadecimal.
pub fn hex(bytes: &[u8], count: usize) -> String {
    bytes.iter().take(count).fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

fn with_fingerprint(address: &str, fingerprint: &str) -> String {
    match address.rsplit_once('.') {
        Some((stem, extension)) => format!("{stem}.{fingerprint}.{extension}"),
        None => format!("{address}.{fingerprint}"),
    }
}

/// The file that the build compressed, unless the source has changed since.
fn precompressed(path: &Path) -> Option<Vec<u8>> {
    let mut compressed = path.as_os_str().to_owned();
    compressed.push(".br");
    let age = |path: &Path| fs::metadata(path).and_then(|file| file.modified()).ok();
    let is_current = age(Path::new(&compressed))? >= age(path)?;
    is_current.then(|| fs::read(compressed).ok()).flatten()
}

fn walk(root: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = if root.is_dir() { vec![root.to_owned()] } else { Vec::new() };
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    Ok(found)
}

fn mime(address: &str) -> Option<&'static str> {
    Some(match address.rsplit_once('.')?.1 {
        "js" => "text/javascript; charset=utf-8",
        "wasm" => "application/wasm",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "ico" => "image/x-icon",
        "txt" => "text/plain; charset=utf-8",
        "webmanifest" => "application/manifest+json",
        _ => return None,
    })
}

fn is_text(mime: &str) -> bool {
    mime.starts_with("text/") || matches!(mime, "application/wasm" | "image/svg+xml" | "application/manifest+json")
}
