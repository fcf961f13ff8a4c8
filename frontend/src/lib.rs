//! Wakes the islands of a page, and does nothing else.

// Keeps the exports of the islands linked: the bundle has no other use for them.
pub use app::islands;

/// Called by the wake script when the bundle is there.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    #[cfg(debug_assertions)]
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_islands();
}
