//! Who may use which route: one table, which the router enforces and a test walks through.
//!
//! A route that is missing here is refused, so that none is open by oversight.

mod shared_screen;

use crate::{
    http::{AppState, errors, pages},
    operators,
};
use app::{
    domain::{error::AppError, role::Permission},
    services::Viewer,
};
use axum::{
    extract::{MatchedPath, RawPathParams, Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};

/// Who may use a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Guests and programs; the handler protects what belongs to one visitor or one order.
    Anyone,
    /// Guests and programs, once the restaurant `{slug}` is published; its team also before.
    Guests,
    /// People with an account.
    SignedIn,
    /// The team of the restaurant `{slug}` with this permission, signed in or at a shared screen.
    Team(Permission),
    /// The same, in a session of their own.
    SignedInTeam(Permission),
    /// Shared screens of the restaurant `{slug}`.
    SharedScreen,
    /// People who run the installation; to all others the route does not exist.
    Operator,
}

/// Method, route, access.
pub type Rule = (Method, &'static str, Access);

use Access::{Anyone, Guests, Operator, SharedScreen, SignedIn, SignedInTeam, Team};
use Permission::{
    EditSettings, ManageScreens, ManageTeam, MarkSoldOut, Publish, ReadAuditLog, ReadHistory, ReadTakings, WorkOrders,
};

const GET: Method = Method::GET;
const POST: Method = Method::POST;

/// All routes.
pub const RULES: &[Rule] = &[
    (GET, "/", Anyone),
    (GET, "/restaurants/new", SignedIn),
    (POST, "/restaurants/new", SignedIn),
    (GET, "/restaurants/{slug}", Guests),
    (GET, "/restaurants/{slug}/items/{item}", Guests),
    (POST, "/restaurants/{slug}/items/{item}", Guests),
    (GET, "/restaurants/{slug}/cart", Guests),
    (POST, "/restaurants/{slug}/cart", Guests),
    (GET, "/restaurants/{slug}/checkout", Guests),
    (POST, "/restaurants/{slug}/checkout", Guests),
    (GET, "/orders/{token}", Anyone),
    (GET, "/orders/{token}/cancel", Anyone),
    (POST, "/orders/{token}/cancel", Anyone),
    (GET, "/orders/{token}/again", Anyone),
    (POST, "/orders/{token}/again", Anyone),
    (GET, "/orders/{token}/events", Anyone),
    (GET, "/sign-in", Anyone),
    (POST, "/sign-in", Anyone),
    (POST, "/sign-in/passkey", Anyone),
    // Protected by the secret of the browser.
    (POST, "/passkeys", Anyone),
    (POST, "/sign-out", Anyone),
    // 404 unless the server is for development.
    (GET, "/dev/mail", Anyone),
    (GET, "/register", Anyone),
    (POST, "/register", Anyone),
    (GET, "/mail-sent", Anyone),
    (GET, "/confirm/{token}", Anyone),
    (POST, "/confirm/{token}", Anyone),
    (GET, "/confirm-email/{token}", Anyone),
    (POST, "/confirm-email/{token}", Anyone),
    (GET, "/forgot", Anyone),
    (POST, "/forgot", Anyone),
    (GET, "/reset/{token}", Anyone),
    (POST, "/reset/{token}", Anyone),
    (GET, "/account", SignedIn),
    (POST, "/account", SignedIn),
    (POST, "/account/passkeys", SignedIn),
    (GET, "/account/passkeys/{passkey}", SignedIn),
    (POST, "/account/passkeys/{passkey}", SignedIn),
    (GET, "/dashboard", SignedIn),
    (GET, "/dashboard/{slug}/orders", Team(WorkOrders)),
    (POST, "/dashboard/{slug}/orders", Team(WorkOrders)),
    (GET, "/dashboard/{slug}/orders/snapshot", Team(WorkOrders)),
    (POST, "/dashboard/{slug}/orders/acknowledge", Team(WorkOrders)),
    (GET, "/dashboard/{slug}/orders/events", Team(WorkOrders)),
    // The form's own permission depends on the change, see `MenuChange::permission`.
    (GET, "/dashboard/{slug}/menu", Team(MarkSoldOut)),
    (POST, "/dashboard/{slug}/menu", Team(MarkSoldOut)),
    (GET, "/dashboard/{slug}/setup", Team(EditSettings)),
    (POST, "/dashboard/{slug}/setup", Team(Publish)),
    (GET, "/dashboard/{slug}/settings/general", Team(EditSettings)),
    (POST, "/dashboard/{slug}/settings/general", Team(EditSettings)),
    (GET, "/dashboard/{slug}/settings/hours", Team(EditSettings)),
    (POST, "/dashboard/{slug}/settings/hours", Team(EditSettings)),
    (GET, "/dashboard/{slug}/settings/privacy", Team(EditSettings)),
    (POST, "/dashboard/{slug}/settings/privacy", Team(EditSettings)),
    (GET, "/dashboard/{slug}/history", Team(ReadHistory)),
    (GET, "/dashboard/{slug}/history/{order}", Team(ReadHistory)),
    (GET, "/dashboard/{slug}/history/{order}/receipt", Team(ReadHistory)),
    (GET, "/dashboard/{slug}/takings", Team(ReadTakings)),
    (GET, "/dashboard/{slug}/takings.csv", Team(ReadTakings)),
    (GET, "/operator", Operator),
    (GET, "/operator/restaurants/{slug}", Operator),
    (POST, "/operator/restaurants/{slug}", Operator),
    (GET, "/dashboard/{slug}/settings/service", Team(EditSettings)),
    (POST, "/dashboard/{slug}/settings/service", Team(EditSettings)),
    (GET, "/dashboard/{slug}/settings/delivery", Team(EditSettings)),
    (POST, "/dashboard/{slug}/settings/delivery", Team(EditSettings)),
    (GET, "/dashboard/{slug}/settings/charges", Team(EditSettings)),
    (POST, "/dashboard/{slug}/settings/charges", Team(EditSettings)),
    (GET, "/dashboard/{slug}/settings/tables", Team(EditSettings)),
    (POST, "/dashboard/{slug}/settings/tables", Team(EditSettings)),
    (GET, "/dashboard/{slug}/settings/tables/print", Team(EditSettings)),
    (GET, "/dashboard/{slug}/settings/tax", Team(EditSettings)),
    (POST, "/dashboard/{slug}/settings/tax", Team(EditSettings)),
    (GET, "/dashboard/{slug}/team", Team(ManageTeam)),
    (POST, "/dashboard/{slug}/team", Team(ManageTeam)),
    (GET, "/dashboard/{slug}/team/{member}/remove", Team(ManageTeam)),
    (GET, "/dashboard/{slug}/log", Team(ReadAuditLog)),
    (GET, "/dashboard/{slug}/screens", SignedInTeam(ManageScreens)),
    (POST, "/dashboard/{slug}/screens", SignedInTeam(ManageScreens)),
    (GET, "/dashboard/{slug}/pin", SignedInTeam(WorkOrders)),
    (POST, "/dashboard/{slug}/pin", SignedInTeam(WorkOrders)),
    (GET, "/dashboard/{slug}/who", SharedScreen),
    (POST, "/dashboard/{slug}/who", SharedScreen),
    // Protected by the secret.
    (GET, "/invitation/{secret}", Anyone),
    (POST, "/invitation/{secret}", Anyone),
    (GET, "/livez", Anyone),
    (GET, "/readyz", Anyone),
];

/// Refuses requests that the table does not allow, and redirects those with an earlier slug.
pub async fn enforce(
    State(state): State<AppState>,
    path: MatchedPath,
    slugs: RawPathParams,
    mut request: Request,
    next: Next,
) -> Response {
    let slug = slugs.iter().find(|(name, _)| *name == "slug").map(|(_, slug)| slug.to_owned());
    let access = access(request.method(), path.as_str());
    match check(&state, access, slug.as_deref(), (request.method(), path.as_str()), request.headers()).await {
        Ok(Passage::Open) => next.run(request).await,
        Ok(Passage::Renamed(slug)) => renamed(&request, path.as_str(), &slug),
        Err(AppError::NotFound { .. }) if places(request.method(), path.as_str()) => {
            request.extensions_mut().insert(Hidden);
            next.run(request).await
        }
        Err(AppError::NoPersonAtScreen) if is_for_people(&request) => {
            shared_screen::ask(&request, path.as_str(), slug.as_deref().unwrap_or_default())
        }
        Err(error) if !is_for_people(&request) => errors::error_response(&error),
        Err(error) => pages::error_response(&state, request.uri(), request.headers(), &error).await,
    }
}

/// Marks a request to place an order at a restaurant that its sender does not see. One that was placed before with the
/// same key is still confirmed; any other is refused as at an unknown restaurant.
#[derive(Debug, Clone, Copy)]
pub struct Hidden;

fn places(method: &Method, route: &str) -> bool {
    *method == POST && matches!(route, "/restaurants/{slug}/checkout" | "/api/v1/restaurants/{slug}/orders")
}

/// A request that is allowed.
enum Passage {
    Open,
    /// With this slug instead of an earlier one.
    Renamed(String),
}

fn access(method: &Method, path: &str) -> Option<Access> {
    if path.starts_with("/api/") {
        return Some(if path.contains("{slug}") { Guests } else { Anyone });
    }
    let method = if *method == Method::HEAD { &GET } else { method };
    let mut rules = RULES.iter().filter(|(_, of, _)| *of == path);
    // Another method gets its 405 from the router, unless that would reveal the route.
    let other = RULES.iter().find(|(_, of, _)| *of == path).map(|(.., access)| *access);
    let other = other.map(|access| if access == Operator { Operator } else { Anyone });
    rules.find(|(allowed, ..)| allowed == method).map(|(.., access)| *access).or(other)
}

async fn check(
    state: &AppState,
    access: Option<Access>,
    slug: Option<&str>,
    (method, route): (&Method, &str),
    headers: &HeaderMap,
) -> Result<Passage, AppError> {
    let slug = slug.unwrap_or_default();
    match access {
        Some(Anyone) => Ok(Passage::Open),
        Some(Guests) => guests(state, slug, route, headers).await,
        Some(SignedIn) => state.staff(headers).await.map(|_| Passage::Open),
        Some(Operator) => operator(state, headers).await,
        Some(Team(permission)) => {
            let viewer = state.viewer(headers).await?;
            match viewer.screen {
                Some(at) => shared_screen::team(state, &at, slug, permission, (method, route)).await,
                None => team(state, slug, permission, headers).await,
            }
        }
        Some(SignedInTeam(permission)) => team(state, slug, permission, headers).await,
        Some(SharedScreen) => match state.viewer(headers).await? {
            Viewer { screen: Some(at), .. } => shared_screen::own(state, &at, slug).await,
            Viewer { staff: Some(_), .. } => Err(AppError::Forbidden),
            Viewer { .. } => Err(AppError::Unauthenticated),
        },
        None => {
            tracing::error!("route without an access rule refused");
            Err(AppError::Forbidden)
        }
    }
}

/// For strangers, a restaurant that is not published does not exist. The API has no sessions.
async fn guests(state: &AppState, slug: &str, route: &str, headers: &HeaderMap) -> Result<Passage, AppError> {
    let mut snapshot = state.context.catalogue.snapshot_stale_ok(slug).await?;
    if snapshot.restaurant.slug != slug {
        // An earlier slug, which may be another restaurant's by now.
        state.context.catalogue.slugs.id_again(slug).await?;
        snapshot = state.context.catalogue.snapshot_stale_ok(slug).await?;
    }
    let restaurant = &snapshot.restaurant;
    if !restaurant.listing.is_published() {
        let staff = if route.starts_with("/api/") { None } else { state.viewer(headers).await?.staff };
        if staff.is_none_or(|staff| staff.workplace_of(restaurant.id).is_none()) {
            return Err(AppError::not_found("restaurant"));
        }
    }
    Ok(if restaurant.slug == slug { Passage::Open } else { Passage::Renamed(restaurant.slug.clone()) })
}

async fn operator(state: &AppState, headers: &HeaderMap) -> Result<Passage, AppError> {
    let staff = state.viewer(headers).await?.staff.ok_or_else(|| AppError::not_found("page"))?;
    operators::ensure(&state.context, &staff).await?;
    Ok(Passage::Open)
}

async fn team(state: &AppState, slug: &str, permission: Permission, headers: &HeaderMap) -> Result<Passage, AppError> {
    if state.staff(headers).await?.allowed(slug, permission).is_ok() {
        return Ok(Passage::Open);
    }
    // The membership may be newer than the cached session, the slug older than the membership.
    let staff = state.staff_now(headers).await?;
    if staff.allowed(slug, permission).is_ok() {
        return Ok(Passage::Open);
    }
    let restaurant = state.context.catalogue.slugs.id_again(slug).await.map_err(|_| AppError::Forbidden)?;
    let place = staff.workplace_of(restaurant).filter(|place| place.slug != slug).ok_or(AppError::Forbidden)?;
    staff.allowed(&place.slug, permission)?;
    Ok(Passage::Renamed(place.slug.clone()))
}

/// Not cached: the restaurant may get its earlier slug back.
fn renamed(request: &Request, route: &str, slug: &str) -> Response {
    let segments = route.split('/').zip(request.uri().path().split('/'));
    let path: Vec<_> = segments.map(|(name, value)| if name == "{slug}" { slug } else { value }).collect();
    let query = request.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let status = if reads { StatusCode::MOVED_PERMANENTLY } else { StatusCode::PERMANENT_REDIRECT };
    let mut response = (status, [(header::LOCATION, format!("{}{query}", path.join("/")))]).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

/// People get a page, or the way to sign in; scripts, streams and programs read the status.
fn is_for_people(request: &Request) -> bool {
    let accept = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/html")) && !request.uri().path().starts_with("/api/")
}
