//! Fingerprinted paths of pictures, which may be cached without a limit.

use std::{collections::HashMap, sync::Arc};

/// Fingerprinted paths of the site's files, by their plain paths.
#[derive(Debug, Clone, Default)]
pub struct Pictures(Arc<HashMap<String, String>>);

impl Pictures {
    /// A catalogue of paths.
    pub fn new(addresses: HashMap<String, String>) -> Self {
        Self(Arc::new(addresses))
    }

    /// Replaces the stored name of a restaurant's picture by its fingerprinted path.
    pub(crate) fn name_restaurant(&self, picture: &mut Option<String>) {
        self.name("/pictures/", picture);
    }

    /// Replaces the stored name of an item's picture by its fingerprinted path.
    pub(crate) fn name_dish(&self, picture: &mut Option<String>) {
        self.name("/pictures/dish/", picture);
    }

    /// An unknown name stays: the file may come with the next release.
    fn name(&self, folder: &str, picture: &mut Option<String>) {
        let Some(plain) = picture else { return };
        let named = self.0.get(&format!("{folder}{plain}.svg"));
        if let Some(name) = named.and_then(|address| address.strip_prefix(folder)?.strip_suffix(".svg")) {
            *picture = Some(name.to_owned());
        }
    }
}
