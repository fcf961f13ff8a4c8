//! The HTML document of all pages.

use crate::{
    forms::routes,
    services::{Assets, Bundle, assets},
};
use leptos::prelude::*;
use leptos_meta::MetaTags;
use leptos_router::location::RequestUrl;

/// `<html>` with the stylesheet and `boot.js`.
///
/// The script is a classic one in the head: it sets the theme before the first paint, and loads the bundle later.
/// It always comes from the origin, since it detects that the CDN is not available.
pub fn shell<V: IntoView + 'static>(app: impl FnOnce() -> V) -> impl IntoView {
    let assets = assets();
    let boot = assets.at_origin(&assets.boot).to_owned();
    let Assets { base, stylesheet, customer, dashboard, .. } = assets;
    let cdn = (!base.is_empty()).then_some(base);
    let Bundle { script, wasm } = if is_for_staff() { dashboard } else { customer };
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <meta name="theme-color" content="#FFFAF3" media="(prefers-color-scheme: light)" />
                <meta name="theme-color" content="#171210" media="(prefers-color-scheme: dark)" />
                <script src=boot data-script=script data-wasm=wasm data-cdn=cdn></script>
                <link rel="stylesheet" href=stylesheet />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <MetaTags />
            </head>
            <body class="flex min-h-dvh flex-col">
                {app()}
            </body>
        </html>
    }
}

/// Staff pages load the dashboard bundle.
fn is_for_staff() -> bool {
    let address = use_context::<RequestUrl>().and_then(|url| url.parse().ok());
    address.is_some_and(|url| url.path().starts_with(routes::DASHBOARD) || url.path().starts_with(routes::SIGN_IN))
}
