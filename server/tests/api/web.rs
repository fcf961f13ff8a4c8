//! The server through HTTP, as browsers and programs meet it.

mod api;
mod forms;
mod security;
mod site;
mod staff;
mod streams;
mod wanted;
