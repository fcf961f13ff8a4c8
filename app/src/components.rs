//! Inert parts of pages, used by pages and inside islands.
