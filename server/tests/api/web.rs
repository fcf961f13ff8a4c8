//! The server through HTTP, for browsers and API clients.

mod access;
mod accounts;
mod additions;
mod api;
mod cached;
mod cart_forms;
mod edge;
mod forms;
mod full;
mod history;
mod listing;
mod log;
mod mail;
mod markup;
mod newcomers;
mod operators;
mod privacy;
mod roles;
mod screens;
mod security;
mod serving;
mod serving_orders;
mod settings;
mod setup;
mod shapes;
mod sign_in;
mod site;
mod staff;
mod streams;
mod tables;
mod takings;
mod tax;
mod team;
mod typed;
mod unreadable;
mod wanted;
mod zones;
mod zones_on_map;

use sqlx::{Connection, PgConnection};

/// The only text of a query.
async fn text_of(site: &site::TestServer, statement: &str) -> Option<String> {
    let mut connection = PgConnection::connect(site.app.url()).await.unwrap();
    sqlx::query_scalar(sqlx::AssertSqlSafe(statement)).fetch_one(&mut connection).await.unwrap()
}
