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
/// `boot.js` is a classic script in the head: it sets the theme before the first paint, and loads the bundle later.
/// It always comes from the origin, since it detects that the CDN is not available; so does the script of guests' pages.
pub fn shell<V: IntoView + 'static>(app: impl FnOnce() -> V) -> impl IntoView {
    let assets = assets();
    let [boot, guest] = [&assets.boot, &assets.guest].map(|address| assets.at_origin(address).to_owned());
    let Assets { base, stylesheet, customer, dashboard, .. } = assets;
    let cdn = (!base.is_empty()).then_some(base);
    let is_for_staff = is_for_staff();
    let Bundle { script, wasm } = if is_for_staff { dashboard } else { customer };
    // Guests need the bundle for items with choices only.
    let intent = (!is_for_staff).then_some("[data-dish] a, [data-options]");
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <meta name="theme-color" content="#FFFAF3" media="(prefers-color-scheme: light)" />
                <meta name="theme-color" content="#171210" media="(prefers-color-scheme: dark)" />
                <script src=boot data-script=script data-wasm=wasm data-intent=intent data-cdn=cdn></script>
                <link rel="stylesheet" href=stylesheet />
                {(!is_for_staff).then(|| view! { <script src=guest defer></script> })}
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
    address.is_some_and(|url| {
        let path = url.path();
        path.starts_with(routes::DASHBOARD) || path.starts_with(routes::SIGN_IN) || path == routes::NEW_RESTAURANT
    })
}
