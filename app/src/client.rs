//! Requests of the islands: forms and pages as the browser would send and get them, and JSON.

mod json;
pub mod menu;

use crate::{
    client::json::Value,
    domain::{error::AppError, problem::Problem},
};
use js_sys::JsString;
use serde::de::DeserializeOwned;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, Document, DomParser, Request, RequestInit, Response, SupportedType, UrlSearchParams};

const JSON: &str = "application/json";
const HTML: &str = "text/html";

/// No answer after so many milliseconds is no answer.
const PATIENCE: u32 = 15_000;

/// Reads something as JSON.
pub async fn read<T: DeserializeOwned>(address: &str) -> Result<T, AppError> {
    parse(&accepted(ask(address, JSON, None).await?)?)
}

/// Sends a form and reads the answer as JSON.
pub async fn send<T: DeserializeOwned>(address: &str, fields: &UrlSearchParams) -> Result<T, AppError> {
    parse(&accepted(ask(address, JSON, Some(fields)).await?)?)
}

/// Sends a form, and does not care what the answer is as long as it was done.
pub async fn tell(address: &str, fields: &UrlSearchParams) -> Result<(), AppError> {
    accepted(ask(address, JSON, Some(fields)).await?).map(drop)
}

/// Reads a page.
pub async fn page(address: &str) -> Result<Document, AppError> {
    document(&ask(address, HTML, None).await?.1)
}

/// Reads a page for one of its parts.
pub async fn page_with(address: &str, part: &str) -> Result<Document, AppError> {
    having(part, ask(address, HTML, None).await?)
}

/// Sends a form as the browser would, and reads the page it leads to for one of its parts: also the page that says what
/// to change.
pub async fn send_for_page(address: &str, fields: &UrlSearchParams, part: &str) -> Result<Document, AppError> {
    having(part, ask(address, HTML, Some(fields)).await?)
}

/// A name for a change that was not made before.
#[cfg(feature = "customer")]
pub fn key() -> String {
    let digits =
        || js_sys::Number::from(js_sys::Math::random()).to_string_with_radix(36).map(String::from).unwrap_or_default();
    digits() + &digits()
}

/// Asks and waits for the whole answer.
async fn ask(address: &str, accept: &str, fields: Option<&UrlSearchParams>) -> Result<(u16, String), AppError> {
    exchange(address, accept, fields).await.map_err(|_| AppError::Offline)
}

async fn exchange(address: &str, accept: &str, fields: Option<&UrlSearchParams>) -> Result<(u16, String), JsValue> {
    let init = RequestInit::new();
    init.set_signal(Some(&AbortSignal::timeout_with_u32(PATIENCE)));
    if let Some(fields) = fields {
        init.set_method("POST");
        init.set_body(fields);
    }
    let request = Request::new_with_str_and_init(address, &init)?;
    request.headers().set("accept", accept)?;
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    let response: Response = JsFuture::from(window.fetch_with_request(&request)).await?.unchecked_into();
    let text: JsString = JsFuture::from(response.text()?).await?.unchecked_into();
    Ok((response.status(), text.into()))
}

fn accepted((status, body): (u16, String)) -> Result<String, AppError> {
    if (200..300).contains(&status) { Ok(body) } else { Err(refusal(status, &body)) }
}

fn document(body: &str) -> Result<Document, AppError> {
    let parsed = DomParser::new().and_then(|parser| parser.parse_from_string(body, SupportedType::TextHtml));
    parsed.map_err(|_| AppError::Offline)
}

/// The page with the part that is asked for. Any other page is a refusal: by a balancer, by the sign-in, by a notice.
fn having(part: &str, (status, body): (u16, String)) -> Result<Document, AppError> {
    let page = document(&body)?;
    if page.get_element_by_id(part).is_some() {
        return Ok(page);
    }
    let first = |selector: &str| page.query_selector(selector).ok().flatten();
    if first("form[action='/sign-in']").is_some() {
        return Err(AppError::Unauthenticated);
    }
    let words = first("main p").and_then(|words| words.text_content());
    let words = words.filter(|words| !words.is_empty());
    Err(words.map_or_else(|| refusal(status, &body), |words| AppError::conflict("", words)))
}

fn parse<T: DeserializeOwned>(body: &str) -> Result<T, AppError> {
    // An answer that cannot be read is as good as none.
    serde_json::from_str(body).map_err(|_| AppError::Offline)
}

fn refusal(status: u16, body: &str) -> AppError {
    let Some(told) = Value::parse(body) else {
        return match status {
            403 => AppError::Forbidden,
            429 => AppError::TooMany { retry_after: 1 },
            _ => AppError::Unknown,
        };
    };
    let problem = |error: Value| Some(Problem::new(error.text("field")?, error.text("code")?, error.text("message")?));
    let problems: Vec<_> = told.list("errors").unwrap_or_default().into_iter().filter_map(problem).collect();
    match (status, problems.is_empty()) {
        (401, _) => AppError::Unauthenticated,
        (403, _) => AppError::Forbidden,
        (_, false) => AppError::Invalid { problems },
        (_, true) => match (told.text("code"), told.text("detail")) {
            (Some(code), Some(detail)) => AppError::conflict(&code, detail),
            _ => AppError::Offline,
        },
    }
}
