//! The state that every use case uses.

use crate::{
    accounts::{passkeys::RelyingParty, sessions::Sessions},
    clock::Clock,
    db::Store,
    live::Hub,
    menus::cache::Catalogue,
};

/// The database, caches and clock of a server.
#[derive(Clone)]
pub struct AppContext {
    pub store: Store,
    pub clock: Clock,
    /// Restaurants and menus, cached by version.
    pub catalogue: Catalogue,
    /// Subscribers of live updates.
    pub hub: Hub,
    pub sessions: Sessions,
    /// None where browsers cannot use passkeys.
    pub relying_party: Option<RelyingParty>,
}
