//! Requests of the islands: forms and pages as the browser would send and get them, and JSON.

mod json;
pub mod menu;

use crate::{
    client::json::JsJson,
    domain::{error::AppError, problem::Problem},
};
use js_sys::JsString;
use serde::de::DeserializeOwned;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, Document, DomParser, Request, RequestInit, Response, SupportedType, UrlSearchParams};

const JSON: &str = "application/json";
const HTML: &str = "text/html";

/// Milliseconds after which a request counts as failed.
const TIMEOUT_MS: u32 = 15_000;

/// Reads a resource as JSON.
pub async fn read<T: DeserializeOwned>(address: &str) -> Result<T, AppError> {
    parse(&accepted(ask(address, JSON, None).await?)?)
}

/// Posts a form and reads the response as JSON.
pub async fn send<T: DeserializeOwned>(address: &str, fields: &UrlSearchParams) -> Result<T, AppError> {
    parse(&accepted(ask(address, JSON, Some(fields)).await?)?)
}

/// Posts a form and ignores the body of a successful response.
pub async fn post(address: &str, fields: &UrlSearchParams) -> Result<(), AppError> {
    accepted(ask(address, JSON, Some(fields)).await?).map(drop)
}

/// Reads a page as HTML.
pub async fn page(address: &str) -> Result<Document, AppError> {
    document(&ask(address, HTML, None).await?.1)
}

/// Reads a page that must contain the element with the id `part`.
pub async fn page_with(address: &str, part: &str) -> Result<Document, AppError> {
    having(part, ask(address, HTML, None).await?)
}

/// Posts a form as the browser would, and reads the page it leads to, which must contain the element with the id `part`.
/// That page may be the form again, with its problems.
pub async fn send_for_page(address: &str, fields: &UrlSearchParams, part: &str) -> Result<Document, AppError> {
    having(part, ask(address, HTML, Some(fields)).await?)
}

/// Sends a request and reads status and body.
async fn ask(address: &str, accept: &str, fields: Option<&UrlSearchParams>) -> Result<(u16, String), AppError> {
    exchange(address, accept, fields).await.map_err(|_| AppError::Offline)
}

async fn exchange(address: &str, accept: &str, fields: Option<&UrlSearchParams>) -> Result<(u16, String), JsValue> {
    let init = RequestInit::new();
    init.set_signal(Some(&AbortSignal::timeout_with_u32(TIMEOUT_MS)));
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

/// The page with the element `part`. A page without it is an error: of the ingress, the sign-in page or an error page.
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
    // A response that cannot be parsed is treated like none.
    serde_json::from_str(body).map_err(|_| AppError::Offline)
}

fn refusal(status: u16, body: &str) -> AppError {
    let Some(json) = JsJson::parse(body) else {
        return match status {
            403 => AppError::Forbidden,
            429 => AppError::TooMany { retry_after: 1 },
            _ => AppError::Unknown,
        };
    };
    let problem = |error: JsJson| Some(Problem::new(error.text("field")?, error.text("code")?, error.text("message")?));
    let problems: Vec<_> = json.list("errors").unwrap_or_default().into_iter().filter_map(problem).collect();
    match (status, problems.is_empty()) {
        (401, _) => AppError::Unauthenticated,
        (403, _) if json.text("code").as_deref() == Some(AppError::NoPersonAtScreen.code()) => {
            AppError::NoPersonAtScreen
        }
        (403, _) => AppError::Forbidden,
        (_, false) => AppError::Invalid { problems },
        (_, true) => match (json.text("code"), json.text("detail")) {
            (Some(code), Some(detail)) => AppError::conflict(&code, detail),
            _ => AppError::Offline,
        },
    }
}
