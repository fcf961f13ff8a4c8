//! How the guest gets the food: the words around a service mode.

use crate::types::terms::ServiceMode;

/// What a guest pays where, in a sentence.
pub const fn payment_sentence(mode: ServiceMode) -> &'static str {
    match mode {
        ServiceMode::Pickup => "You pay when you pick up.",
        ServiceMode::Delivery => "You pay at the door.",
        ServiceMode::DineIn => "You pay at your table.",
    }
}

/// What a lead time means in a mode.
pub const fn ready_word(mode: ServiceMode) -> &'static str {
    match mode {
        ServiceMode::Pickup => "ready",
        ServiceMode::Delivery => "at your door",
        ServiceMode::DineIn => "served",
    }
}
