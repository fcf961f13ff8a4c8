//! Static files: read once, compressed once, and named by their content.
//!
//! `/boot.js` is also served as `/boot.0f3a….js`. Browsers and the CDN may cache the name with the fingerprint
//! without a limit; the plain name must be revalidated.

use crate::{
    error::ServerError,
    http::prepared::{Prepared, compress},
};
use app::services::{Assets, Bundle};
use axum::response::Response;
use http::{HeaderMap, HeaderValue, header};
use std::{
    collections::HashMap,
    fs, io,
    path::{Path, PathBuf},
};

/// For names with a fingerprint.
const IMMUTABLE: &str = "public, max-age=31536000, immutable";
/// For plain names.
const REVALIDATE: &str = "public, no-cache";

/// All files of the site, by path.
#[derive(Debug, Default)]
pub struct Files {
    by_address: HashMap<String, Prepared>,
    named: HashMap<String, String>,
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

    fn add(&mut self, address: String, content: Vec<u8>, brotli: Option<Vec<u8>>, mime: &'static str) {
        let file = Prepared::new(content.into(), brotli, mime, IMMUTABLE);
        let named = with_fingerprint(&address, file.fingerprint());
        self.by_address.insert(address.clone(), file.with_cache_control(REVALIDATE));
        self.by_address.insert(named.clone(), file);
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
            passkeys: address("/passkeys.js"),
            customer: bundle("toast"),
            dashboard: bundle("toast-dashboard"),
        }
    }

    /// The response for a path, if it is a file's.
    pub fn answer(&self, address: &str, headers: &HeaderMap) -> Option<Response> {
        let mut response = self.by_address.get(address)?.response(headers);
        // Module scripts and WebAssembly of a CDN are cross-origin requests.
        response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        Some(response)
    }
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
