//! A customer's browser: tries the next address when one cannot be connected to, and repeats only safe requests.

use super::{
    http::{Exchange, HttpResponse, Request, RequestError},
    name_resolver::NameResolver,
};
use rand::seq::SliceRandom;
use reqwest::{Client, Method, Response};
use std::{
    collections::HashMap,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use support::Error;

/// Of a request.
const TIMEOUT: Duration = Duration::from_secs(10);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// Shared by all browsers.
#[derive(Debug)]
pub struct Site {
    /// Without a path.
    pub url: reqwest::Url,
    pub resolver: NameResolver,
    /// Of its certificate; a public one when none.
    pub ca: Option<reqwest::Certificate>,
}

#[derive(Debug)]
pub struct Browser {
    site: Arc<Site>,
    source: Option<IpAddr>,
    connections: Mutex<Connections>,
}

#[derive(Debug, Default)]
struct Connections {
    clients: HashMap<Ipv4Addr, Client>,
    /// The address that responded last.
    preferred: Option<Ipv4Addr>,
}

impl Browser {
    /// `source`: the local address to connect from.
    pub fn new(site: Arc<Site>, source: Option<Ipv4Addr>) -> Self {
        Self { site, source: source.map(IpAddr::V4), connections: Mutex::default() }
    }

    /// Sends a request and reads the whole response.
    pub(super) async fn send(&self, request: &Request) -> Exchange {
        let mut exchange = self.send_once(request).await;
        // Browsers repeat a GET when a reused connection turns out to be closed.
        let was_closed = matches!(exchange.outcome, Err(RequestError::NoResponse(ref why)) if why != "timeout");
        if request.method == Method::GET && was_closed {
            let skipped_addresses = exchange.skipped_addresses;
            exchange = self.send_once(request).await;
            exchange.skipped_addresses += skipped_addresses;
        }
        exchange
    }

    async fn send_once(&self, request: &Request) -> Exchange {
        let mut addresses = self.site.resolver.addresses().await;
        addresses.shuffle(&mut rand::rng());
        let preferred = self.preferred();
        addresses.sort_by_key(|address| Some(*address) != preferred);
        let mut exchange = Exchange {
            address: None,
            skipped_addresses: 0,
            outcome: Err(RequestError::NotSent("the name has no address".to_owned())),
        };
        for address in addresses {
            exchange.address = Some(address);
            exchange.outcome = self.send_to(address, request).await;
            match exchange.outcome {
                Ok(_) => {
                    self.prefer(Some(address));
                    return exchange;
                }
                Err(RequestError::NotSent(_)) => exchange.skipped_addresses += 1,
                Err(RequestError::NoResponse(_)) => {
                    self.prefer(None);
                    return exchange;
                }
            }
        }
        exchange
    }

    async fn send_to(&self, address: Ipv4Addr, request: &Request) -> Result<HttpResponse, RequestError> {
        let client = self.client(address).map_err(|error| RequestError::NotSent(error.to_string()))?;
        let url = self.site.url.join(&request.path).map_err(|error| RequestError::NotSent(error.to_string()))?;
        let mut sending = client.request(request.method.clone(), url);
        for (name, value) in &request.headers {
            sending = sending.header(*name, value);
        }
        if let Some((kind, body)) = &request.body {
            sending = sending.header("content-type", *kind).body(body.clone());
        }
        let response = sending.send().await.map_err(|error| classify(&error))?;
        read(response).await
    }

    /// One client per address, which keeps its connections.
    fn client(&self, address: Ipv4Addr) -> Result<Client, Error> {
        let mut connections = self.connections.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = connections.clients.get(&address) {
            return Ok(client.clone());
        }
        let url = &self.site.url;
        let host = url.host_str().unwrap_or_default();
        let port = url.port_or_known_default().unwrap_or(80);
        let mut builder = Client::builder()
            .no_proxy()
            .user_agent("Mozilla/5.0 (toast-chaos)")
            .redirect(reqwest::redirect::Policy::none())
            .resolve(host, SocketAddr::from((address, port)))
            .local_address(self.source)
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(TIMEOUT)
            .pool_idle_timeout(Duration::from_secs(50))
            .http2_keep_alive_interval(Duration::from_secs(2))
            .http2_keep_alive_timeout(Duration::from_secs(3))
            .http2_keep_alive_while_idle(true)
            .use_rustls_tls();
        if let Some(ca) = &self.site.ca {
            builder = builder.tls_built_in_root_certs(false).add_root_certificate(ca.clone());
        }
        let client = builder.build().map_err(Error::http("an HTTP client"))?;
        connections.clients.insert(address, client.clone());
        Ok(client)
    }

    fn preferred(&self) -> Option<Ipv4Addr> {
        self.connections.lock().unwrap_or_else(PoisonError::into_inner).preferred
    }

    fn prefer(&self, address: Option<Ipv4Addr>) {
        self.connections.lock().unwrap_or_else(PoisonError::into_inner).preferred = address;
    }
}

async fn read(response: Response) -> Result<HttpResponse, RequestError> {
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let body = response.text().await.map_err(|error| classify(&error))?;
    Ok(HttpResponse { status, headers, body })
}

fn classify(error: &reqwest::Error) -> RequestError {
    let root_cause = || {
        let mut text = String::new();
        let mut source: Option<&dyn std::error::Error> = Some(error);
        while let Some(error) = source {
            text = error.to_string();
            source = error.source();
        }
        text
    };
    if error.is_connect() || error.is_builder() {
        RequestError::NotSent(root_cause())
    } else if error.is_timeout() {
        RequestError::NoResponse("timeout".to_owned())
    } else {
        RequestError::NoResponse(root_cause())
    }
}
