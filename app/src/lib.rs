//! Domain types, errors, service traits, forms and pages of Toast.
//!
//! Imports go down only: [`domain`] ← [`services`] ← [`forms`] ← `client` ← [`components`] ← [`islands`] ← [`pages`].
//! This crate contains no SQL, no router and no environment variables; the server implements [`services`].

#![recursion_limit = "256"]

#[cfg(feature = "hydrate")]
pub mod client;
pub mod components;
pub mod domain;
pub mod forms;
pub mod islands;
#[cfg(feature = "ssr")]
pub mod pages;
#[cfg(feature = "ssr")]
pub mod services;
