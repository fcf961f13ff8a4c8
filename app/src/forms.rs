//! Routes and forms: addresses, field names and one decoder per form, shared by pages, islands and the server.

pub mod checkout;
pub mod choices;
pub mod fields;
pub mod general;
pub mod hours;
pub mod line_item;
pub mod location;
pub mod new_restaurant;
pub mod routes;
pub mod screen;
pub mod settings;
