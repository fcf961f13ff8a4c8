//! Requests of the islands.
