//! Domain types shared by browser, server and API.

pub mod bill;
pub mod board;
pub mod cart;
pub mod diet;
pub mod error;
pub mod history;
pub mod id;
pub mod listing;
pub mod locale;
pub mod menu;
pub mod money;
pub mod opening;
pub mod order;
pub mod postcode;
pub mod pricing;
pub mod problem;
pub mod restaurant;
pub mod role;
pub mod settings;
pub mod takings;
pub mod terms;
pub mod text;
pub mod time;
pub mod typed;
pub mod unreadable;
pub mod whole;
