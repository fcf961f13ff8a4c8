//! Starts the interactive parts of a page.

// Keeps the exports of the islands linked, which nothing else in the bundle references.
#[cfg(feature = "dashboard")]
pub use app::islands;

/// Called by `boot.js` when the bundle is loaded.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    #[cfg(debug_assertions)]
    console_error_panic_hook::set_once();
    #[cfg(feature = "dashboard")]
    leptos::mount::hydrate_islands();
    #[cfg(feature = "customer")]
    app::islands::menu_page::begin();
}
