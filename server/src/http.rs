//! Routes and middleware of the HTTP server.

pub mod access;
mod account;
pub mod api;
pub mod assets;
pub mod body;
mod caller;
mod cart;
mod change_id;
mod checkout;
mod cookies;
mod dashboard;
mod dev_mail;
pub mod errors;
pub mod health;
mod markup;
mod menu_cache;
mod meters;
mod newcomer;
mod operator;
mod orders;
mod origin;
mod owners;
mod pages;
mod passkeys;
mod prepared;
mod ready;
mod records;
mod screens;
mod security_headers;
mod settings;
mod sse;
mod tables;
mod team;
mod trace;

use crate::{accounts, config::Settings, context::AppContext, error::ServerError};
use app::{
    domain::{error::AppError, listing::ListingStatus},
    forms::routes,
    pages::parts::PartCache,
    services::{Accounts, Assets, AtScreen, Origin, PasskeySite, Services, Staff, Submission, Viewer, ViewerSecrets},
};
use assets::Files;
use axum::{
    Router,
    extract::{Request, State},
    middleware,
    response::Response,
    routing::{get, post},
};
use cookies::Cookies;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use ipnet::IpNet;
use leptos::prelude::provide_context;
use menu_cache::MenuCache;
use meters::Meters;
use std::{convert::Infallible, ops::Deref, sync::Arc};
use tokio_util::sync::CancellationToken;
use tower::{Layer, Service};
use tower_http::{CompressionLevel, catch_panic::CatchPanicLayer, compression::CompressionLayer};

/// State of all handlers. Each layer of each request clones it, hence the `Arc`.
#[derive(Clone)]
pub struct AppState(Arc<Parts>);

/// The fields of [`AppState`].
pub struct Parts {
    context: AppContext,
    services: Services,
    files: Files,
    assets: Assets,
    menus: MenuCache,
    rendered: PartCache,
    meters: Meters,
    cookies: Cookies,
    origin: Option<String>,
    trusted_proxies: Vec<IpNet>,
    security_headers: Vec<(HeaderName, HeaderValue)>,
    region: HeaderValue,
    node: HeaderValue,
    names: Names,
    /// Whether kept mails are shown to anyone.
    dev_mail: bool,
    closing: CancellationToken,
    /// The status of a restaurant that its owner publishes.
    published_as: ListingStatus,
}

/// Region and node as logged with each request.
struct Names {
    region: String,
    node: String,
}

impl Deref for AppState {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl AppState {
    /// `closing` is cancelled when the server drains.
    pub fn new(context: AppContext, settings: &Settings, files: Files, closing: CancellationToken) -> Self {
        let base = settings.asset_base();
        let secure = settings.public_url.as_ref().is_some_and(crate::config::WebUrl::is_secure);
        Self(Arc::new(Parts {
            services: context.services(),
            context,
            assets: files.assets(&base),
            files,
            menus: MenuCache::new(settings.page_cache_mb),
            rendered: PartCache::default(),
            meters: Meters::default(),
            cookies: Cookies { secure },
            origin: settings.public_url.as_ref().map(|url| url.origin().to_owned()),
            trusted_proxies: settings.trusted_proxies.clone(),
            security_headers: security_headers::security_headers(&base, secure),
            region: HeaderValue::from_str(&settings.region).unwrap_or(HeaderValue::from_static("local")),
            node: HeaderValue::from_str(&settings.node).unwrap_or(HeaderValue::from_static("local")),
            names: Names { region: settings.region.clone(), node: settings.node.clone() },
            dev_mail: settings.dev_mail,
            closing,
            published_as: settings.published_as(),
        }))
    }

    /// Provides the context of a page.
    fn provide(&self, origin: Origin, viewer: Viewer, submission: Submission) {
        provide_context(origin);
        provide_context(self.services.clone());
        provide_context(self.assets.clone());
        provide_context(PasskeySite(self.context.relying_party.as_ref().map(|site| site.origin().to_owned())));
        provide_context(viewer);
        provide_context(submission);
    }

    /// Visitor and staff session of a request.
    async fn viewer(&self, headers: &HeaderMap) -> Result<Viewer, AppError> {
        let staff = match self.cookies.session(headers) {
            Some(secret) => self.context.staff(&secret).await?,
            None => None,
        };
        let screen = if staff.is_none() { self.shared_screen(headers).await? } else { None };
        let secrets = ViewerSecrets {
            session: self.cookies.session(headers),
            registration: self.cookies.registration(headers),
            mailed_to: self.cookies.mailed_to(headers),
        };
        Ok(Viewer { visitor: self.cookies.visitor(headers), staff, screen, secrets })
    }

    /// The signed-in person.
    async fn staff(&self, headers: &HeaderMap) -> Result<Staff, AppError> {
        self.viewer(headers).await?.staff.ok_or(AppError::Unauthenticated)
    }

    /// The shared screen that the browser is.
    async fn shared_screen(&self, headers: &HeaderMap) -> Result<Option<AtScreen>, AppError> {
        match self.cookies.screen(headers) {
            Some(secret) => Ok(crate::screens::at(&self.context, &secret).await?),
            None => Ok(None),
        }
    }

    /// Who does something: the signed-in person, or the one who works at this shared screen.
    async fn actor(&self, headers: &HeaderMap) -> Result<Staff, AppError> {
        let viewer = self.viewer(headers).await?;
        match (viewer.staff, viewer.screen) {
            (Some(staff), _) => Ok(staff),
            (None, Some(screen)) => screen.person(),
            (None, None) => Err(AppError::Unauthenticated),
        }
    }

    /// Who looks at the board, which a shared screen shows without a person as well.
    async fn onlooker(&self, headers: &HeaderMap) -> Result<Staff, AppError> {
        let viewer = self.viewer(headers).await?;
        let screen = viewer.screen.map(|screen| screen.onlooker());
        viewer.staff.or(screen).ok_or(AppError::Unauthenticated)
    }

    /// The signed-in person, read now: for streams, which outlast the request that opens them.
    async fn staff_now(&self, headers: &HeaderMap) -> Result<Staff, AppError> {
        let secret = self.cookies.session(headers).ok_or(AppError::Unauthenticated)?;
        accounts::staff_now(&self.context, &secret).await?.ok_or(AppError::Unauthenticated)
    }

    fn is_closing(&self) -> bool {
        self.closing.is_cancelled()
    }
}

/// Forbids caches to store a personal response.
fn no_store(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// All that is served: responses that are ready, else all routes with their middleware.
pub fn service(
    state: AppState,
) -> impl Service<Request, Response = Response, Error = Infallible, Future: Send> + Clone + Send + 'static {
    middleware::from_fn_with_state(state.clone(), ready::send_ready).layer(router(state))
}

fn router(state: AppState) -> Router {
    let pages = Router::new()
        .route("/", get(pages::page))
        .route(routes::NEW_RESTAURANT, get(pages::page).post(owners::create))
        .route(menu_cache::PAGE, get(menu_cache::page))
        .route("/restaurants/{slug}/items/{item}", get(newcomer::visit).post(cart::change_from_item))
        .route("/restaurants/{slug}/cart", get(cart::show).post(cart::change))
        .route("/restaurants/{slug}/checkout", get(pages::page).post(checkout::place))
        .route("/orders/{token}", get(newcomer::visit))
        .route("/orders/{token}/cancel", get(orders::back).post(orders::cancel))
        .route("/orders/{token}/again", get(orders::back).post(orders::again))
        .route("/orders/{token}/events", get(sse::order))
        .route("/sign-in", get(pages::page).post(dashboard::sign_in))
        .route("/sign-in/passkey", post(passkeys::sign_in))
        .route("/passkeys", post(passkeys::begin))
        .route("/sign-out", post(dashboard::sign_out))
        .route("/dev/mail", get(dev_mail::show))
        .route("/register", get(pages::page).post(account::register))
        .route("/mail-sent", get(pages::page))
        .route("/confirm/{token}", get(pages::page).post(account::confirm))
        .route("/confirm-email/{token}", get(pages::page).post(account::confirm_email))
        .route("/forgot", get(pages::page).post(account::forgot))
        .route("/reset/{token}", get(pages::page).post(account::reset))
        .route("/account", get(pages::page).post(account::change))
        .route("/account/passkeys", post(passkeys::begin_signed_in))
        .route("/account/passkeys/{passkey}", get(pages::page).post(passkeys::change))
        .route("/dashboard", get(pages::page))
        .route("/dashboard/{slug}/orders", get(pages::page).post(dashboard::move_order))
        .route("/dashboard/{slug}/orders/snapshot", get(dashboard::snapshot))
        .route("/dashboard/{slug}/orders/acknowledge", post(dashboard::acknowledge))
        .route("/dashboard/{slug}/orders/events", get(sse::board))
        .route("/dashboard/{slug}/menu", get(pages::page).post(dashboard::change_menu))
        .route("/dashboard/{slug}/setup", get(pages::page).post(owners::publish))
        .route("/dashboard/{slug}/settings/general", get(pages::page).post(owners::save_general))
        .route("/dashboard/{slug}/settings/hours", get(pages::page).post(owners::save_hours))
        .route("/dashboard/{slug}/settings/privacy", get(pages::page).post(records::keep_for))
        .route("/dashboard/{slug}/history", get(pages::page))
        .route("/dashboard/{slug}/history/{order}", get(pages::page))
        .route("/dashboard/{slug}/history/{order}/receipt", get(pages::page))
        .route("/dashboard/{slug}/takings", get(pages::page))
        .route("/dashboard/{slug}/takings.csv", get(records::export))
        .route("/operator", get(pages::page))
        .route("/operator/restaurants/{slug}", get(pages::page).post(operator::relist))
        .route("/dashboard/{slug}/team", get(pages::page).post(team::change))
        .route("/dashboard/{slug}/team/{member}/remove", get(pages::page))
        .route("/dashboard/{slug}/log", get(pages::page))
        .route("/dashboard/{slug}/screens", get(pages::page).post(screens::change))
        .route("/dashboard/{slug}/who", get(pages::page).post(screens::work))
        .route("/dashboard/{slug}/pin", get(pages::page).post(screens::change_pin))
        .route("/invitation/{secret}", get(pages::page).post(team::answer));
    let health = Router::new().route("/livez", get(health::live)).route("/readyz", get(health::ready));
    pages
        .merge(settings::routes())
        .merge(api::router())
        .merge(health)
        .route_layer(middleware::from_fn_with_state(state.clone(), access::enforce))
        .fallback(not_found)
        .layer(middleware::from_fn_with_state(state.clone(), security_headers::csrf_guard))
        .layer(CatchPanicLayer::custom(panicked))
        // Personal pages are compressed per request; cached ones are compressed already, and live streams are not
        // compressed.
        .layer(CompressionLayer::new().quality(CompressionLevel::Precise(4)))
        .layer(middleware::from_fn_with_state(state.clone(), security_headers::set_security_headers))
        .layer(middleware::from_fn_with_state(state.clone(), trace::trace_request))
        .with_state(state)
}

/// The 404 page, or an error for programs.
async fn not_found(State(state): State<AppState>, request: Request) -> Response {
    if request.uri().path().starts_with("/api/") || body::wants_json(request.headers()) {
        return errors::error_response(&AppError::not_found("address"));
    }
    pages::page(State(state), request).await
}

#[expect(clippy::needless_pass_by_value, reason = "the signature is the layer's")]
fn panicked(panic: Box<dyn std::any::Any + Send>) -> Response {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
    errors::error_response(&ServerError::Broken(format!("panic: {text}")).into())
}
