//! The SQL of the domain, one file per aggregate.
//!
//! Every statement on a tenant's rows names `restaurant_id`, so that one shard executes it.

pub(crate) mod account_tokens;
pub(crate) mod audit;
pub mod carts;
pub mod events;
pub(crate) mod expired;
pub(crate) mod history;
pub mod idempotency;
pub(crate) mod invitations;
pub(crate) mod mails;
pub(crate) mod memberships;
pub mod menus;
pub(crate) mod operators;
pub mod orders;
pub mod outbox;
pub(crate) mod passkeys;
pub(crate) mod people;
pub(crate) mod pins;
pub(crate) mod profile;
pub mod restaurants;
pub(crate) mod retention;
pub(crate) mod screens;
pub mod search;
pub(crate) mod sign_ins;
pub mod slot_capacity;
pub mod staff;
pub(crate) mod takings;
pub(crate) mod team;
pub mod visitor_orders;
