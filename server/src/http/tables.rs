//! The menu at a table: the code on the table opens it. The table is kept with the guest's cart; until there is one, in a cookie,
//! so that opening a code stores nothing.

use crate::{
    carts::{self, Seat},
    http::{AppState, change_id, newcomer, pages},
};
use app::{
    domain::{
        cart::CartChange,
        error::AppError,
        id::{RestaurantId, VisitorId},
    },
    forms::fields,
    services::{Ordering, Submission},
};
use axum::{
    extract::{Request, State},
    response::Response,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, header};

/// Sent by browsers that fetch pages before a person asks for them.
const PURPOSES: [HeaderName; 2] = [HeaderName::from_static("sec-purpose"), HeaderName::from_static("purpose")];

/// The table in an address.
pub fn asked(uri: &Uri) -> Option<String> {
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(uri.query()?).ok()?;
    let table = pairs.into_iter().find_map(|(name, value)| (name == fields::TABLE).then_some(value))?;
    Some(table.replace('\0', "")).filter(|table| !table.is_empty())
}

/// The menu, with the table and dine-in for the guest's cart. The page tells when there is no such table.
pub async fn visit(state: AppState, slug: String, table: String, request: Request) -> Response {
    if *request.method() != Method::GET || is_prefetch(request.headers()) {
        return newcomer::visit(State(state), request).await;
    }
    let visitor = state.cookies.visitor(request.headers());
    match carts::sit_down(&state.context, &slug, visitor, &table).await.map_err(AppError::from) {
        Ok(Seat::InCart) => {
            let mut response = pages::page(State(state.clone()), request).await;
            if let Some(visitor) = visitor {
                state.cookies.keep_visitor(visitor, &mut response);
            }
            response
        }
        Ok(Seat::WithoutCart(restaurant)) => {
            let mut response = newcomer::visit(State(state.clone()), request).await;
            response.headers_mut().append(header::SET_COOKIE, state.cookies.keep_table(restaurant, &table));
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

/// Moves the table of a guest's cookie into their cart, before its first change with this key. Returns the header that drops the
/// cookie; none when there is no table for this restaurant, or it could not be stored.
pub async fn take(
    state: &AppState,
    at: RestaurantId,
    visitor: VisitorId,
    key: &str,
    headers: &HeaderMap,
) -> Option<HeaderValue> {
    let (_, table) = state.cookies.table(headers).filter(|(restaurant, _)| *restaurant == at)?;
    let snapshot = state.context.catalogue.by_id(at).await.ok()?;
    let id = change_id::change_id(key, &table);
    let change = CartChange::SetTable(table);
    match state.context.change_cart(&snapshot.restaurant.slug, visitor, id, change).await {
        // A table that is not there any more is forgotten.
        Ok(_) | Err(AppError::Invalid { .. }) => Some(state.cookies.drop_table()),
        Err(error) => {
            tracing::warn!(%error, "table of a guest is not in the cart yet");
            None
        }
    }
}

fn is_prefetch(headers: &HeaderMap) -> bool {
    let is_set = |value: &HeaderValue| value.to_str().is_ok_and(|value| value.contains("prefetch"));
    PURPOSES.iter().any(|name| headers.get(name).is_some_and(is_set))
}
