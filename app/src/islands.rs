//! What becomes alive in the browser.
