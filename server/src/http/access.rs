//! Who may use which route: one table, which the router enforces and a test walks through.
//!
//! A route that is missing here is refused, so that none is open by oversight.

use crate::http::{AppState, body, errors, pages};
use app::{
    domain::{error::AppError, role::Permission},
    services::Staff,
};
use axum::{
    extract::{MatchedPath, RawPathParams, Request, State},
    middleware::Next,
    response::Response,
};
use http::{HeaderMap, Method, header};

/// Who may use a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Guests and programs; the handler protects what belongs to one visitor or one order.
    Anyone,
    /// People with an account.
    SignedIn,
    /// The team of the restaurant `{slug}` with this permission.
    Team(Permission),
}

/// Method, route, access.
pub type Rule = (Method, &'static str, Access);

use Access::{Anyone, SignedIn, Team};
use Permission::{MarkSoldOut, WorkOrders};

const GET: Method = Method::GET;
const POST: Method = Method::POST;

/// All routes.
pub const RULES: &[Rule] = &[
    (GET, "/", Anyone),
    (GET, "/restaurants/{slug}", Anyone),
    (GET, "/restaurants/{slug}/items/{item}", Anyone),
    (POST, "/restaurants/{slug}/items/{item}", Anyone),
    (GET, "/restaurants/{slug}/cart", Anyone),
    (POST, "/restaurants/{slug}/cart", Anyone),
    (GET, "/restaurants/{slug}/checkout", Anyone),
    (POST, "/restaurants/{slug}/checkout", Anyone),
    (GET, "/orders/{token}", Anyone),
    (GET, "/orders/{token}/cancel", Anyone),
    (POST, "/orders/{token}/cancel", Anyone),
    (GET, "/orders/{token}/again", Anyone),
    (POST, "/orders/{token}/again", Anyone),
    (GET, "/orders/{token}/events", Anyone),
    (GET, "/sign-in", Anyone),
    (POST, "/sign-in", Anyone),
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
    (GET, "/dashboard", SignedIn),
    (GET, "/dashboard/{slug}/orders", Team(WorkOrders)),
    (POST, "/dashboard/{slug}/orders", Team(WorkOrders)),
    (GET, "/dashboard/{slug}/orders/snapshot", Team(WorkOrders)),
    (POST, "/dashboard/{slug}/orders/acknowledge", Team(WorkOrders)),
    (GET, "/dashboard/{slug}/orders/events", Team(WorkOrders)),
    // The form's own permission depends on the change, see `MenuChange::permission`.
    (GET, "/dashboard/{slug}/menu", Team(MarkSoldOut)),
    (POST, "/dashboard/{slug}/menu", Team(MarkSoldOut)),
    (GET, "/livez", Anyone),
    (GET, "/readyz", Anyone),
];

/// Refuses requests that the table does not allow.
pub async fn enforce(
    State(state): State<AppState>,
    path: MatchedPath,
    slugs: RawPathParams,
    request: Request,
    next: Next,
) -> Response {
    let slug = slugs.iter().find(|(name, _)| *name == "slug").map(|(_, slug)| slug.to_owned());
    let access = access(request.method(), path.as_str());
    match check(&state, access, slug.as_deref(), request.headers()).await {
        Ok(()) => next.run(request).await,
        Err(error) if is_for_program(request.headers()) => errors::error_response(&error),
        Err(error) => pages::error_response(&state, request.uri(), request.headers(), &error).await,
    }
}

fn access(method: &Method, path: &str) -> Option<Access> {
    // The API has no sessions.
    if path.starts_with("/api/") {
        return Some(Anyone);
    }
    let method = if *method == Method::HEAD { &GET } else { method };
    let mut rules = RULES.iter().filter(|(_, of, _)| *of == path);
    // Another method gets its 405 from the router.
    let is_other_method = RULES.iter().any(|(_, of, _)| *of == path).then_some(Anyone);
    rules.find(|(allowed, ..)| allowed == method).map(|(.., access)| *access).or(is_other_method)
}

async fn check(
    state: &AppState,
    access: Option<Access>,
    slug: Option<&str>,
    headers: &HeaderMap,
) -> Result<(), AppError> {
    match access {
        Some(Anyone) => Ok(()),
        Some(SignedIn) => state.staff(headers).await.map(drop),
        Some(Team(permission)) => allowed(&state.staff(headers).await?, slug, permission),
        None => {
            tracing::error!("route without an access rule refused");
            Err(AppError::Forbidden)
        }
    }
}

fn allowed(staff: &Staff, slug: Option<&str>, permission: Permission) -> Result<(), AppError> {
    staff.allowed(slug.unwrap_or_default(), permission).map(drop)
}

/// Scripts and streams read the status; people get a page or the way to sign in.
fn is_for_program(headers: &HeaderMap) -> bool {
    let accepts = |kind: &str| {
        headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).is_some_and(|value| value.contains(kind))
    };
    body::wants_json(headers) || accepts("text/event-stream")
}
