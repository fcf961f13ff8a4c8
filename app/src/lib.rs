//! What Toast is: its types, its errors, what may be asked of it, and what people see of it.
//!
//! Imports go down only: [`types`] ← [`error`] ← [`backend`] ← [`api`] ← [`components`] ← [`islands`] ← [`pages`].
//! Nothing here knows SQL, the router or the environment; the server reaches in through [`backend`].

#![recursion_limit = "256"]

pub mod api;
#[cfg(feature = "ssr")]
pub mod backend;
pub mod components;
pub mod error;
pub mod islands;
#[cfg(feature = "ssr")]
pub mod pages;
pub mod types;
