//! The state that every use case uses.

use crate::{accounts::Sessions, clock::Clock, db::Store, live::Hub, menus::Catalogue};

/// The database, caches and clock of a server.
#[derive(Clone)]
pub struct AppContext {
    /// Access to the database.
    pub store: Store,
    /// The source of time.
    pub clock: Clock,
    /// Restaurants and menus, cached by version.
    pub catalogue: Catalogue,
    /// Subscribers of live updates.
    pub hub: Hub,
    /// Cached sessions.
    pub sessions: Sessions,
}
