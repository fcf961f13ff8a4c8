//! The use cases against a real PostgreSQL; `TOAST_TEST_DATABASE_URL` names its superuser.

#[macro_use]
mod scenario;

mod accounts;
mod app;
mod carts;
mod catalogue;
mod guest;
mod live;
mod moves;
mod orders;
mod seed;
