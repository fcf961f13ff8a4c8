//! Services of experiments on the loopback address.

mod lossy_proxy;
mod toast_server;

pub use lossy_proxy::LossyProxy;
pub use toast_server::ToastServer;
