//! The menu editor in the browser: saves without leaving the page.

#[cfg(feature = "hydrate")]
mod browser;

use crate::forms::routes;
use leptos::prelude::*;

/// Wraps the editor's forms, which work without scripts; with scripts, they are sent in the background.
#[island]
pub fn MenuEditor(
    /// The editor as the server renders it.
    children: Children,
) -> impl IntoView {
    let root = NodeRef::<leptos::html::Div>::new();
    let said = RwSignal::new(String::new());
    let is_signed_out = RwSignal::new(false);
    #[cfg(feature = "hydrate")]
    browser::mount(root, said, is_signed_out);
    view! {
        <div node_ref=root>
            {children()}
            <p role="status" class="pointer-events-none fixed inset-x-0 bottom-4 flex justify-center px-4">
                <span
                    class="rounded-control bg-ink px-4 py-2 font-medium text-page shadow-float"
                    hidden=move || said.with(String::is_empty)
                >
                    {move || said.get()}
                    // In a new window, so that unsaved text stays here.
                    <a
                        class="pointer-events-auto ps-2 underline"
                        href=routes::SIGN_IN
                        target="_blank"
                        hidden=move || !is_signed_out.get()
                    >
                        "Sign in"
                    </a>
                </span>
            </p>
        </div>
    }
}
