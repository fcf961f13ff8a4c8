//! Requests of the islands: forms and pages as the browser would send and get them, and JSON.

use crate::{error::AppError, types::problem::Problem};
use js_sys::JsString;
use serde::{Deserialize, de::DeserializeOwned};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, Document, DomParser, Request, RequestInit, Response, SupportedType, UrlSearchParams};

const JSON: &str = "application/json";
const HTML: &str = "text/html";

/// No answer after so many milliseconds is no answer.
const PATIENCE: u32 = 15_000;

/// What a refusal says, as far as an island shows it.
#[derive(Deserialize)]
struct Refusal {
    code: String,
    detail: String,
    #[serde(default)]
    errors: Vec<Problem>,
}

/// Reads something as JSON.
pub async fn read<T: DeserializeOwned>(address: &str) -> Result<T, AppError> {
    parse(&accepted(ask(address, JSON, None).await?).await?)
}

/// Sends a form and reads the answer as JSON.
pub async fn send<T: DeserializeOwned>(address: &str, fields: &UrlSearchParams) -> Result<T, AppError> {
    parse(&accepted(ask(address, JSON, Some(fields)).await?).await?)
}

/// Sends a form, and does not care what the answer is as long as it was done.
pub async fn tell(address: &str, fields: &UrlSearchParams) -> Result<(), AppError> {
    accepted(ask(address, JSON, Some(fields)).await?).await.map(drop)
}

/// Reads a page.
pub async fn page(address: &str) -> Result<Document, AppError> {
    document(ask(address, HTML, None).await?).await
}

/// Sends a form as the browser would, and reads the page it leads to: also the one that says what to change.
pub async fn send_for_page(address: &str, fields: &UrlSearchParams) -> Result<Document, AppError> {
    document(ask(address, HTML, Some(fields)).await?).await
}

async fn ask(address: &str, accept: &str, fields: Option<&UrlSearchParams>) -> Result<Response, AppError> {
    let init = RequestInit::new();
    init.set_signal(Some(&AbortSignal::timeout_with_u32(PATIENCE)));
    if let Some(fields) = fields {
        init.set_method("POST");
        init.set_body(fields);
    }
    let offline = |_: JsValue| AppError::Offline;
    let request = Request::new_with_str_and_init(address, &init).map_err(offline)?;
    request.headers().set("accept", accept).map_err(offline)?;
    let window = web_sys::window().ok_or(AppError::Offline)?;
    let response = JsFuture::from(window.fetch_with_request(&request)).await.map_err(offline)?;
    Ok(response.unchecked_into())
}

async fn text(response: &Response) -> Result<String, AppError> {
    let offline = |_: JsValue| AppError::Offline;
    let text = JsFuture::from(response.text().map_err(offline)?).await.map_err(offline)?;
    Ok(text.unchecked_into::<JsString>().into())
}

async fn accepted(response: Response) -> Result<String, AppError> {
    let body = text(&response).await?;
    if response.ok() { Ok(body) } else { Err(refusal(response.status(), &body)) }
}

async fn document(response: Response) -> Result<Document, AppError> {
    let offline = |_: JsValue| AppError::Offline;
    let body = text(&response).await?;
    let parser = DomParser::new().map_err(offline)?;
    parser.parse_from_string(&body, SupportedType::TextHtml).map_err(offline)
}

fn parse<T: DeserializeOwned>(body: &str) -> Result<T, AppError> {
    // An answer that cannot be read is as good as none.
    serde_json::from_str(body).map_err(|_| AppError::Offline)
}

fn refusal(status: u16, body: &str) -> AppError {
    let Ok(Refusal { code, detail, errors }) = serde_json::from_str(body) else { return AppError::Offline };
    match (status, errors.is_empty()) {
        (401, _) => AppError::Unauthenticated,
        (403, _) => AppError::Forbidden,
        (_, false) => AppError::Invalid { problems: errors },
        (_, true) => AppError::conflict(&code, detail),
    }
}
