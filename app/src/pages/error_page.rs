//! Pages that say what went wrong and what to do next.

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

/// Put into the context of a request that has no page of its own: the error is all there is to show.
#[derive(Debug, Clone)]
pub struct OnlyError(pub AppError);

/// The page, or the notice with its status when it could not be made.
pub fn or_notice<V: IntoView + 'static>(page: Result<V, AppError>) -> AnyView {
    match page {
        Ok(page) => page.into_any(),
        Err(error) => view! { <Notice error=error /> }.into_any(),
    }
}

/// Sets the status of the answer to that of an error.
pub fn answer_with(error: &AppError) {
    let status = http::StatusCode::from_u16(error.status()).unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR);
    let Some(response) = use_context::<ResponseOptions>() else { return };
    response.set_status(status);
    if let Some(seconds) = error.retry_after() {
        response.insert_header(http::header::RETRY_AFTER, http::HeaderValue::from(seconds));
    }
}

/// A page about an error: what happened, what is safe, what to do next.
#[component]
pub fn Notice(
    /// What happened.
    error: AppError,
) -> impl IntoView {
    answer_with(&error);
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

/// The page for addresses that lead nowhere.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    view! { <Notice error=AppError::not_found("page") /> }
}

const fn heading(error: &AppError) -> &'static str {
    match error {
        AppError::NotFound { .. } => "Not found",
        AppError::Unauthenticated => "Please sign in",
        AppError::Forbidden => "This is not yours to see",
        AppError::TooMany { .. } => "A little slower, please",
        AppError::Unavailable { .. } | AppError::Unknown | AppError::InProgress | AppError::Offline => {
            "Back in a moment"
        }
        AppError::Internal { .. } => "Something broke",
        AppError::Invalid { .. }
        | AppError::Conflict { .. }
        | AppError::KeyReused
        | AppError::AlreadyOrdered { .. } => "This did not go through",
    }
}
