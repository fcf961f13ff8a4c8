//! The server of Toast: storage, use cases and HTTP.
//!
//! Imports go down only: [`db`] ← [`queries`] ← use cases ([`menus`], [`restaurants`], [`scheduling`], [`carts`], [`orders`],
//! [`kitchen`], [`accounts`], …) ← [`services`] ← [`http`] ← [`startup`] ← `main`. SQL is in [`queries`], [`db`] and the migrations only.

#![recursion_limit = "256"]

pub mod accounts;
pub mod audit;
pub mod carts;
pub mod clock;
pub mod config;
pub mod context;
pub mod db;
pub mod demo;
pub mod distribute;
pub mod error;
pub mod history;
pub mod http;
pub mod kitchen;
pub mod live;
pub mod mail;
pub mod menus;
pub mod operators;
pub mod orders;
pub mod outbox;
pub mod queries;
pub mod restaurants;
pub mod retention;
pub mod scheduling;
pub mod screens;
pub mod services;
pub mod settings;
pub mod startup;
pub mod takings;
pub mod team;
pub mod telemetry;
