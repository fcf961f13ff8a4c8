//! The server through HTTP, for browsers and API clients.

mod access;
mod accounts;
mod api;
mod cached;
mod cart_forms;
mod edge;
mod forms;
mod full;
mod listing;
mod mail;
mod markup;
mod newcomers;
mod roles;
mod security;
mod settings;
mod setup;
mod shapes;
mod sign_in;
mod site;
mod staff;
mod streams;
mod typed;
mod unreadable;
mod wanted;
mod zones;
