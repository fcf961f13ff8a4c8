//! The site folder: bundles of islands, stylesheet and public files, each with a compressed copy.

mod bundle;
mod compress;
mod error;
mod scripts;
mod site;
mod stylesheet;

pub use bundle::Bundle;
pub use error::SiteError;
pub use site::{Site, Summary};
