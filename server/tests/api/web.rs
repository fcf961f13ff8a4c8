//! The server through HTTP, as browsers and programs meet it.

mod api;
mod edge;
mod forms;
mod full;
mod markup;
mod roles;
mod security;
mod sign_in;
mod site;
mod staff;
mod streams;
mod typed;
mod wanted;
mod zones;
