//! A subscription to one restaurant, and the reasons that end a wait.

use super::Hub;
use app::domain::id::RestaurantId;
use std::time::Duration;
use tokio::sync::watch;

/// Why a wait ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WakeReason {
    /// There may be events after the known position.
    Orders,
    /// The menu may have changed.
    Menu,
    /// Hints may have been lost: read everything again.
    Resync,
    /// No hint within the caller's timeout; read anyway, since hints can be lost.
    Timeout,
    /// The server drains: end the stream.
    Closed,
}

/// A counter per kind of news; compared with the values seen last.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Generations {
    pub(super) orders: u64,
    pub(super) menu: u64,
    pub(super) resync: u64,
}

/// A subscription to one restaurant.
#[derive(Debug)]
pub struct Subscription {
    hub: Hub,
    restaurant: RestaurantId,
    seen: Generations,
    news: watch::Receiver<Generations>,
    closing: watch::Receiver<bool>,
}

impl Subscription {
    pub(super) fn new(
        hub: Hub,
        restaurant: RestaurantId,
        news: watch::Receiver<Generations>,
        closing: watch::Receiver<bool>,
    ) -> Self {
        let seen = *news.borrow();
        Self { hub, restaurant, seen, news, closing }
    }

    /// Waits for a hint, at most for `at_most`.
    pub async fn wait(&mut self, at_most: Duration) -> WakeReason {
        if *self.closing.borrow() {
            return WakeReason::Closed;
        }
        if let Some(woken) = self.unseen() {
            return woken;
        }
        tokio::select! {
            biased;
            _ = self.closing.changed() => WakeReason::Closed,
            _ = self.news.changed() => self.unseen().unwrap_or(WakeReason::Timeout),
            () = tokio::time::sleep(at_most) => WakeReason::Timeout,
        }
    }

    fn unseen(&mut self) -> Option<WakeReason> {
        let now = *self.news.borrow_and_update();
        if now.resync != self.seen.resync {
            self.seen = now;
            return Some(WakeReason::Resync);
        }
        if now.orders != self.seen.orders {
            self.seen.orders = now.orders;
            return Some(WakeReason::Orders);
        }
        if now.menu != self.seen.menu {
            self.seen.menu = now.menu;
            return Some(WakeReason::Menu);
        }
        None
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.hub.unsubscribe(self.restaurant);
    }
}
