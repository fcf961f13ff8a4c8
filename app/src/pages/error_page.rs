//! The error page and the page of unknown addresses.

use crate::{
    components::{
        button::{PRIMARY_CLASS, QUIET_CLASS},
        layout::Frame,
    },
    domain::error::AppError,
    forms::routes,
    pages::title::PageTitle,
};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use leptos_meta::Meta;

/// In the context of a request without a page: the error page is the response.
#[derive(Debug, Clone)]
pub struct PageError(pub AppError);

/// The page, or the error page with its status.
pub fn or_error_page<V: IntoView + 'static>(page: Result<V, AppError>) -> AnyView {
    match page {
        Ok(page) => page.into_any(),
        Err(error) => view! { <ErrorPage error=error /> }.into_any(),
    }
}

/// Sets status and `Retry-After` of the response to those of an error.
pub fn set_status(error: &AppError) {
    let status = http::StatusCode::from_u16(error.status()).unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR);
    let Some(response) = use_context::<ResponseOptions>() else { return };
    response.set_status(status);
    if let Some(seconds) = error.retry_after() {
        response.insert_header(http::header::RETRY_AFTER, http::HeaderValue::from(seconds));
    }
}

/// A page about an error, with links for the next step.
#[component]
pub fn ErrorPage(error: AppError) -> impl IntoView {
    set_status(&error);
    let heading = heading(&error);
    let again = error.retry_after().is_some() || matches!(error, AppError::Internal { .. });
    view! {
        <PageTitle text=format!("{heading} · Toast") />
        <Meta name="robots" content="noindex" />
        <Frame>
            <div class="mx-auto flex max-w-text flex-col items-start gap-4 py-12">
                <h1 class="text-2xl font-bold">{heading}</h1>
                <p>{error.to_string()}</p>
                <div class="flex flex-wrap gap-3">
                    {again.then(|| view! { <a class=QUIET_CLASS href="">"Try again"</a> })}
                    {if matches!(error, AppError::Unauthenticated) {
                        view! { <a class=PRIMARY_CLASS href=routes::SIGN_IN>"Sign in"</a> }
                    } else {
                        view! { <a class=PRIMARY_CLASS href=routes::HOME>"See all restaurants"</a> }
                    }}
                </div>
            </div>
        </Frame>
    }
}

/// The page for unknown addresses.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    view! { <ErrorPage error=AppError::not_found("page") /> }
}

const fn heading(error: &AppError) -> &'static str {
    match error {
        AppError::NotFound { .. } => "Not found",
        AppError::Unauthenticated => "Please sign in",
        AppError::NoPersonAtScreen => "Say who you are",
        AppError::Forbidden => "You do not have access to this page",
        AppError::TooMany { .. } => "Too many requests",
        AppError::Unavailable { .. } | AppError::Unknown | AppError::InProgress | AppError::Offline => {
            "Temporarily unavailable"
        }
        AppError::Internal { .. } => "Something broke",
        AppError::Invalid { .. }
        | AppError::Conflict { .. }
        | AppError::KeyReused
        | AppError::AlreadyOrdered { .. } => "This could not be done",
    }
}
