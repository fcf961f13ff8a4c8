//! A guest's browser: connects from an address of its own, goes to the next address when one cannot be connected to,
//! and asks again on its own account only for what may safely be asked twice.

use crate::{drive::names::Names, failure::Failure};
use rand::seq::SliceRandom;
use reqwest::{Client, Method, Response, header::HeaderMap};
use std::{
    collections::HashMap,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

/// A guest gives up waiting.
pub const PATIENCE: Duration = Duration::from_secs(10);
/// An address that takes longer to connect to is passed over.
const TO_CONNECT: Duration = Duration::from_secs(2);

/// Where Toast is, as all browsers know it.
#[derive(Debug)]
pub struct Place {
    /// `http://…` or `https://…`, without a path.
    pub url: reqwest::Url,
    /// Where its name leads.
    pub names: Names,
    /// The authority that signed its certificate.
    pub authority: Option<reqwest::Certificate>,
}

/// One guest's browser.
#[derive(Debug)]
pub struct Browser {
    place: Arc<Place>,
    source: Option<IpAddr>,
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    clients: HashMap<Ipv4Addr, Client>,
    favourite: Option<Ipv4Addr>,
}

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Request {
    /// GET or POST.
    pub method: Method,
    /// Begins with a slash.
    pub path: String,
    /// Besides what every browser sends.
    pub headers: Vec<(&'static str, String)>,
    /// A body with its type.
    pub body: Option<(&'static str, String)>,
}

/// What came back, whole.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: String,
}

/// Why nothing came back.
#[derive(Debug, Clone)]
pub enum Silence {
    /// The request was never sent.
    NotSent(String),
    /// The request was sent, as far as anybody can tell.
    Sent(String),
}

/// How a request went.
#[derive(Debug)]
pub struct Exchange {
    /// The address that was sent to, or tried last.
    pub address: Option<Ipv4Addr>,
    /// Addresses that could not be connected to.
    pub passed_over: u32,
    /// The answer, or its lack.
    pub outcome: Result<Answer, Silence>,
}

impl Request {
    /// Asks for a page.
    pub fn get(path: impl Into<String>) -> Self {
        Self { method: Method::GET, path: path.into(), headers: Vec::new(), body: None }
    }

    /// Sends a form.
    pub fn form(path: impl Into<String>, fields: &[(String, String)]) -> Self {
        let mut url = reqwest::Url::parse("http://form.invalid").ok();
        let text = url.as_mut().and_then(|url| {
            url.query_pairs_mut().extend_pairs(fields);
            url.query().map(str::to_owned)
        });
        let body = Some(("application/x-www-form-urlencoded", text.unwrap_or_default()));
        Self { method: Method::POST, path: path.into(), headers: Vec::new(), body }
    }

    /// Sends JSON.
    pub fn json(path: impl Into<String>, body: &serde_json::Value) -> Self {
        let body = Some(("application/json", body.to_string()));
        Self { method: Method::POST, path: path.into(), headers: Vec::new(), body }
    }

    /// With a header.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

impl Browser {
    /// A browser that connects from an address of this machine, or from whichever the system takes.
    pub fn new(place: Arc<Place>, source: Option<Ipv4Addr>) -> Self {
        Self { place, source: source.map(IpAddr::V4), open: Mutex::new(Open::default()) }
    }

    /// Sends a request and reads the whole answer.
    pub async fn send(&self, request: &Request) -> Exchange {
        let mut exchange = self.send_once(request).await;
        // As browsers do when a kept connection turns out to be closed: reading again does no harm.
        if request.method == Method::GET && matches!(exchange.outcome, Err(Silence::Sent(ref why)) if why != "timeout")
        {
            let passed_over = exchange.passed_over;
            exchange = self.send_once(request).await;
            exchange.passed_over += passed_over;
        }
        exchange
    }

    async fn send_once(&self, request: &Request) -> Exchange {
        let mut addresses = self.place.names.addresses().await;
        addresses.shuffle(&mut rand::rng());
        let favourite = self.favourite();
        addresses.sort_by_key(|address| Some(*address) != favourite);
        let mut exchange = Exchange {
            address: None,
            passed_over: 0,
            outcome: Err(Silence::NotSent("the name has no address".to_owned())),
        };
        for address in addresses {
            exchange.address = Some(address);
            match self.send_to(address, request).await {
                Ok(answer) => {
                    self.prefer(Some(address));
                    exchange.outcome = Ok(answer);
                    return exchange;
                }
                Err(Silence::NotSent(why)) => {
                    exchange.passed_over += 1;
                    exchange.outcome = Err(Silence::NotSent(why));
                }
                Err(sent) => {
                    self.prefer(None);
                    exchange.outcome = Err(sent);
                    return exchange;
                }
            }
        }
        exchange
    }

    async fn send_to(&self, address: Ipv4Addr, request: &Request) -> Result<Answer, Silence> {
        let client = self.client(address).map_err(|failure| Silence::NotSent(failure.to_string()))?;
        let url = self.place.url.join(&request.path).map_err(|error| Silence::NotSent(error.to_string()))?;
        let mut sending = client.request(request.method.clone(), url);
        for (name, value) in &request.headers {
            sending = sending.header(*name, value);
        }
        if let Some((kind, body)) = &request.body {
            sending = sending.header("content-type", *kind).body(body.clone());
        }
        let response = sending.send().await.map_err(|error| silence(&error))?;
        read(response).await
    }

    /// Made when it is first needed, and kept: a browser keeps its connections.
    fn client(&self, address: Ipv4Addr) -> Result<Client, Failure> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = open.clients.get(&address) {
            return Ok(client.clone());
        }
        let url = &self.place.url;
        let host = url.host_str().unwrap_or_default();
        let port = url.port_or_known_default().unwrap_or(80);
        let mut builder = Client::builder()
            .no_proxy()
            .user_agent("Mozilla/5.0 (toast-chaos)")
            .redirect(reqwest::redirect::Policy::none())
            .resolve(host, SocketAddr::from((address, port)))
            .local_address(self.source)
            .connect_timeout(TO_CONNECT)
            .timeout(PATIENCE)
            .pool_idle_timeout(Duration::from_secs(50))
            .http2_keep_alive_interval(Duration::from_secs(2))
            .http2_keep_alive_timeout(Duration::from_secs(3))
            .http2_keep_alive_while_idle(true)
            .use_rustls_tls();
        if let Some(authority) = &self.place.authority {
            builder = builder.tls_built_in_root_certs(false).add_root_certificate(authority.clone());
        }
        let client = builder.build().map_err(Failure::web("a browser"))?;
        open.clients.insert(address, client.clone());
        Ok(client)
    }

    fn favourite(&self) -> Option<Ipv4Addr> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).favourite
    }

    fn prefer(&self, address: Option<Ipv4Addr>) {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).favourite = address;
    }
}

async fn read(response: Response) -> Result<Answer, Silence> {
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let body = response.text().await.map_err(|error| silence(&error))?;
    Ok(Answer { status, headers, body })
}

fn silence(error: &reqwest::Error) -> Silence {
    let why = || {
        let mut words = String::new();
        let mut source: Option<&dyn std::error::Error> = Some(error);
        while let Some(error) = source {
            words = error.to_string();
            source = error.source();
        }
        words
    };
    if error.is_connect() || error.is_builder() {
        Silence::NotSent(why())
    } else if error.is_timeout() {
        Silence::Sent("timeout".to_owned())
    } else {
        Silence::Sent(why())
    }
}

impl Answer {
    /// A header as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The cookie of a name, as it is to be sent back.
    pub fn cookie(&self, name: &str) -> Option<String> {
        let lines = self.headers.get_all("set-cookie").iter().filter_map(|line| line.to_str().ok());
        let pairs = lines.filter_map(|line| line.split(';').next()).map(str::trim);
        pairs.into_iter().find(|pair| pair.trim_start_matches("__Host-").starts_with(name)).map(str::to_owned)
    }

    /// The body as JSON; null when it is none.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    /// The value of a hidden field of the page.
    pub fn hidden(&self, name: &str) -> Option<String> {
        let marker = format!("name=\"{name}\"");
        let at = self.body.find(&marker)?;
        let (before, after) = self.body.split_at(at);
        let tag = before.rfind('<').map_or("", |start| before.get(start..).unwrap_or_default());
        let tag = format!("{tag}{}", after.split('>').next().unwrap_or_default());
        let value = tag.split("value=\"").nth(1)?;
        value.split('"').next().map(str::to_owned)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(body: &str) -> Answer {
        Answer { status: 200, headers: HeaderMap::new(), body: body.to_owned() }
    }

    #[test]
    fn hidden_fields_are_found_whatever_stands_first() {
        let page = answer("<p><input type=\"hidden\" name=\"order\" value=\"a1\"><input value=\"7\" name=\"agreed\"/>");
        assert_eq!(page.hidden("order").as_deref(), Some("a1"));
        assert_eq!(page.hidden("agreed").as_deref(), Some("7"));
        assert_eq!(page.hidden("missing"), None);
    }

    #[test]
    fn cookies_are_found_with_and_without_their_guard() {
        let mut page = answer("");
        page.headers.append("set-cookie", "__Host-toast_visitor=v1; Path=/; Secure".parse().unwrap());
        assert_eq!(page.cookie("toast_visitor").as_deref(), Some("__Host-toast_visitor=v1"));
        assert_eq!(page.cookie("toast_session"), None);
    }

    #[test]
    fn forms_are_encoded() {
        let request = Request::form("/x", &[("name".to_owned(), "A & B".to_owned()), ("n".to_owned(), "1".to_owned())]);
        assert_eq!(request.body.unwrap().1, "name=A+%26+B&n=1");
    }
}
