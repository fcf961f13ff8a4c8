//! The menu at a table: the code on the table opens it, and the table is kept with the guest's cart.

use crate::http::{AppState, cookies::new_visitor, newcomer, pages};
use app::{
    domain::{cart::CartChange, error::AppError, id::ChangeId},
    forms::fields,
    services::{Ordering, Submission},
};
use axum::{
    extract::{Request, State},
    response::Response,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use uuid::Uuid;

/// Sent by browsers that fetch pages before a person asks for them.
const PURPOSES: [HeaderName; 2] = [HeaderName::from_static("sec-purpose"), HeaderName::from_static("purpose")];

/// The table in an address.
pub fn asked(uri: &Uri) -> Option<String> {
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(uri.query()?).ok()?;
    let table = pairs.into_iter().find_map(|(name, value)| (name == fields::TABLE).then_some(value))?;
    Some(table.replace('\0', "")).filter(|table| !table.is_empty())
}

/// The menu, with the table and dine-in in the guest's cart. The page tells when there is no such table.
pub async fn visit(state: AppState, slug: String, table: String, request: Request) -> Response {
    if *request.method() != Method::GET || is_prefetch(request.headers()) {
        return newcomer::visit(State(state), request).await;
    }
    let visitor = state.cookies.visitor(request.headers()).unwrap_or_else(new_visitor);
    let id = ChangeId::from_uuid(Uuid::new_v4());
    match state.context.change_cart(&slug, visitor, id, CartChange::SetTable(table)).await {
        Ok(_) => {
            let mut response = pages::page(State(state.clone()), request).await;
            state.cookies.keep_visitor(visitor, &mut response);
            response
        }
        Err(AppError::Invalid { .. } | AppError::NotFound { .. }) => newcomer::visit(State(state), request).await,
        Err(error) => {
            let submission = Submission { error: Some(error), ..Submission::default() };
            let path = request.uri().to_string();
            pages::rerender_form(&state, &path, request.headers(), submission).await
        }
    }
}

fn is_prefetch(headers: &HeaderMap) -> bool {
    let is_set = |value: &HeaderValue| value.to_str().is_ok_and(|value| value.contains("prefetch"));
    PURPOSES.iter().any(|name| headers.get(name).is_some_and(is_set))
}
