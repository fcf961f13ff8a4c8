//! Scheme and host of absolute URLs in pages.

use crate::http::AppState;
use app::services::Origin;
use http::{HeaderMap, Uri, header, uri::Authority};

/// A host name has at most 253 letters, and its port five digits.
const LONGEST: usize = 260;

impl AppState {
    /// The configured public URL, else the host of the request.
    pub(super) fn origin_of(&self, uri: &Uri, headers: &HeaderMap) -> Origin {
        self.origin.clone().map(Origin).or_else(|| asked(uri, headers)).unwrap_or_default()
    }
}

/// A request can name any host, so a page made for one is sent to that one only.
fn asked(uri: &Uri, headers: &HeaderMap) -> Option<Origin> {
    let sent = headers.get(header::HOST).and_then(|host| host.to_str().ok()).and_then(|host| host.parse().ok());
    let host: Authority = sent.or_else(|| uri.authority().cloned())?;
    let plain = host.as_str().len() <= LONGEST && !host.as_str().contains('@');
    plain.then(|| Origin(format!("http://{}", host.as_str().to_ascii_lowercase())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn named(host: Option<&'static str>, uri: &'static str) -> String {
        let mut headers = HeaderMap::new();
        if let Some(host) = host {
            headers.insert(header::HOST, HeaderValue::from_static(host));
        }
        asked(&Uri::from_static(uri), &headers).unwrap_or_default().0
    }

    #[test]
    fn is_the_host_that_was_asked() {
        assert_eq!(named(Some("localhost:3000"), "/restaurants/a"), "http://localhost:3000");
        assert_eq!(named(Some("Toast.Example"), "/"), "http://toast.example");
        assert_eq!(named(Some("[::1]:3000"), "/"), "http://[::1]:3000");
        assert_eq!(named(None, "http://toast.example/"), "http://toast.example");
    }

    #[test]
    fn is_left_out_when_it_is_no_host() {
        for wrong in ["", "a b", "a\"><b>", "user@toast.example", "toast.example/x", "a?b", "<script>"] {
            assert_eq!(named(Some(wrong), "/"), "", "{wrong}");
        }
        assert_eq!(named(None, "/"), "");
    }
}
