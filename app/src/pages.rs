//! The documents of Toast, rendered by the server.
