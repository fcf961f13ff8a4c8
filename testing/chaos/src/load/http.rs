//! Requests and responses as the load generator sees them.

use reqwest::{Method, header::HeaderMap};
use std::net::Ipv4Addr;

#[derive(Debug, Clone)]
pub struct Request {
    pub(super) method: Method,
    /// Begins with a slash.
    pub(super) path: String,
    pub(super) headers: Vec<(&'static str, String)>,
    /// Content type and text.
    pub(super) body: Option<(&'static str, String)>,
}

#[derive(Debug, Clone)]
pub struct HttpResponse {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: String,
}

#[derive(Debug, Clone)]
pub enum RequestError {
    /// Certainly not sent.
    NotSent(String),
    /// Possibly sent and processed.
    NoResponse(String),
}

#[derive(Debug)]
pub struct Exchange {
    /// The address that the request was sent to, or was tried last.
    pub(super) address: Option<Ipv4Addr>,
    /// Number of addresses that could not be connected to.
    pub(super) skipped_addresses: u32,
    pub(super) outcome: Result<HttpResponse, RequestError>,
}

impl Request {
    pub(super) fn get(path: impl Into<String>) -> Self {
        Self { method: Method::GET, path: path.into(), headers: Vec::new(), body: None }
    }

    pub(super) fn form(path: impl Into<String>, fields: &[(String, String)]) -> Self {
        let mut url = reqwest::Url::parse("http://form.invalid").ok();
        let text = url.as_mut().and_then(|url| {
            url.query_pairs_mut().extend_pairs(fields);
            url.query().map(str::to_owned)
        });
        Self::post(path, "application/x-www-form-urlencoded", text.unwrap_or_default())
    }

    pub(super) fn json(path: impl Into<String>, body: &serde_json::Value) -> Self {
        Self::post(path, "application/json", body.to_string())
    }

    fn post(path: impl Into<String>, content_type: &'static str, body: String) -> Self {
        let body = Some((content_type, body));
        Self { method: Method::POST, path: path.into(), headers: Vec::new(), body }
    }

    #[must_use]
    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

impl HttpResponse {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// A cookie by its name without `__Host-`, as `name=value`.
    pub(super) fn cookie(&self, name: &str) -> Option<String> {
        let lines = self.headers.get_all("set-cookie").iter().filter_map(|line| line.to_str().ok());
        let mut pairs = lines.filter_map(|line| line.split(';').next()).map(str::trim);
        pairs.find(|pair| pair.trim_start_matches("__Host-").starts_with(name)).map(str::to_owned)
    }

    /// Null when the body is not JSON.
    pub(super) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    /// The code of a problem document, else the server's name.
    pub(super) fn problem_code(&self) -> String {
        let code = self.json().get("code").and_then(serde_json::Value::as_str).map(str::to_owned);
        code.unwrap_or_else(|| self.header("server").unwrap_or("no code").to_owned())
    }

    /// The value of a hidden field of the page.
    pub(super) fn hidden(&self, name: &str) -> Option<String> {
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

    fn response(body: &str) -> HttpResponse {
        HttpResponse { status: 200, headers: HeaderMap::new(), body: body.to_owned() }
    }

    #[test]
    fn hidden_fields_are_found_in_any_order_of_attributes() {
        let page =
            response("<p><input type=\"hidden\" name=\"order\" value=\"a1\"><input value=\"7\" name=\"agreed\"/>");
        assert_eq!(page.hidden("order").as_deref(), Some("a1"));
        assert_eq!(page.hidden("agreed").as_deref(), Some("7"));
        assert_eq!(page.hidden("missing"), None);
    }

    #[test]
    fn cookies_are_found_with_and_without_a_prefix() {
        let mut page = response("");
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
