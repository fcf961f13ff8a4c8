//! The baseline of pages: axum with one handler that sends the same bytes and headers.

use crate::failure::Failure;
use axum::{Router, routing::get};
use bytes::Bytes;
use clap::Args;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};
use std::{fs, net::SocketAddr, path::PathBuf};
use tokio::net::TcpListener;

/// Arguments of the baseline server.
#[derive(Debug, Clone, Args)]
pub struct Wanted {
    /// Address to serve on
    #[arg(long)]
    pub addr: SocketAddr,
    /// Threads that serve
    #[arg(long)]
    pub threads: usize,
    /// File with the response
    #[arg(long)]
    pub answer: PathBuf,
}

/// A recorded response: its bytes, and its headers without those that the protocol adds.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Answer {
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// Serves until it is killed.
pub async fn serve(wanted: &Wanted) -> Result<(), Failure> {
    let file = fs::read(&wanted.answer).map_err(Failure::system(wanted.answer.display()))?;
    let Answer { headers, body } = serde_json::from_slice(&file)?;
    let headers: HeaderMap = headers
        .iter()
        .filter_map(|(name, value)| Some((name.parse::<HeaderName>().ok()?, HeaderValue::from_str(value).ok()?)))
        .collect();
    let body = Bytes::from(body);
    let page = move || std::future::ready((headers.clone(), body.clone()));
    let router = Router::new().route("/restaurants/{slug}", get(page)).route("/readyz", get(|| async { "ready" }));
    let listener = TcpListener::bind(wanted.addr).await.map_err(Failure::system(wanted.addr))?;
    axum::serve(listener, router).await.map_err(Failure::system("serving"))
}

/// Records a response of another server.
pub async fn receive(http: &reqwest::Client, url: &str, encoding: &str) -> Result<Answer, Failure> {
    let response = http.get(url).header("accept-encoding", encoding).send().await?.error_for_status()?;
    let by_protocol = ["date", "content-length", "connection", "transfer-encoding"];
    let headers = response.headers().iter().filter(|(name, _)| !by_protocol.contains(&name.as_str()));
    let headers =
        headers.map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()));
    let headers: Vec<_> = headers.collect();
    Ok(Answer { headers, body: response.bytes().await?.to_vec() })
}

impl Answer {
    pub fn header(&self, wanted: &str) -> Option<&str> {
        self.headers.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str())
    }
}
