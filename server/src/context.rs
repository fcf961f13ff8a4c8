//! What every use case stands on.

use crate::{accounts::Sessions, clock::Clock, db::Store, live::Hub, menus::Catalogue};

/// Everything a use case needs.
#[derive(Clone)]
pub struct AppContext {
    /// The database.
    pub store: Store,
    /// What time it is.
    pub clock: Clock,
    /// Restaurants and menus, cached by version.
    pub catalogue: Catalogue,
    /// Who waits for news.
    pub hub: Hub,
    /// Who is signed in, as far as this process remembers.
    pub sessions: Sessions,
}
