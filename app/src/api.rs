//! The addresses of Toast and the fields of its forms: one place for pages, islands and the server.

pub mod checkout;
#[cfg(feature = "hydrate")]
pub mod fetch;
pub mod field;
pub mod path;
pub mod wish;
