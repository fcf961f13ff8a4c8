//! Routes and forms: addresses, field names and one decoder per form, shared by pages, islands and the server.

pub mod checkout;
pub mod fields;
pub mod line_item;
pub mod routes;
