//! Controls of passkeys, which `public/passkeys.js` makes work.

use crate::services::{assets, passkey_site};
use leptos::prelude::*;

/// A button that gets responses from the browser's passkeys and sends its form with the last one. The script shows it; there
/// is none where the site has no passkeys.
#[component]
pub fn PasskeyButton(
    /// The purposes of the challenges, one after the other, with spaces between them.
    purposes: &'static str,
    /// The path that creates challenges.
    challenges: &'static str,
    label: &'static str,
    class: &'static str,
) -> impl IntoView {
    passkey_site().map(|_| {
        view! {
            <button type="button" hidden=true class=class data-passkey=purposes data-challenges=challenges>
                {label}
            </button>
            <p role="alert" class="font-medium text-beet empty:hidden" data-passkey-problem=""></p>
        }
    })
}

/// The script of passkeys, and a sentence for browsers that do not run it. Once on a page with such buttons.
#[component]
pub fn PasskeySupport() -> impl IntoView {
    let assets = assets();
    let script = assets.at_origin(&assets.passkeys).to_owned();
    passkey_site().map(|origin| {
        view! {
            <div data-passkeys=origin class="text-sm text-muted">
                <p hidden=true data-passkey-note=""></p>
                <noscript>
                    <p>"Passkeys need scripts, which this browser does not run. Everything else works without them."</p>
                </noscript>
                <script src=script defer></script>
            </div>
        }
    })
}
