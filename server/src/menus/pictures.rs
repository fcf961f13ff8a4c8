//! Pictures by the names that say their content: what a page links to may be kept for ever.

use std::{collections::HashMap, sync::Arc};

/// Addresses of the site's files by content, by their plain addresses.
#[derive(Debug, Clone, Default)]
pub struct Pictures(Arc<HashMap<String, String>>);

impl Pictures {
    /// Knows these addresses.
    pub fn new(addresses: HashMap<String, String>) -> Self {
        Self(Arc::new(addresses))
    }

    /// Turns the stored name of a restaurant's picture into the one with its fingerprint.
    pub(crate) fn name_restaurant(&self, picture: &mut Option<String>) {
        self.name("/pictures/", picture);
    }

    /// Turns the stored name of a dish's picture into the one with its fingerprint.
    pub(crate) fn name_dish(&self, picture: &mut Option<String>) {
        self.name("/pictures/dish/", picture);
    }

    /// A name that the site does not have stays: the file may come with the next release.
    fn name(&self, folder: &str, picture: &mut Option<String>) {
        let Some(plain) = picture else { return };
        let named = self.0.get(&format!("{folder}{plain}.svg"));
        if let Some(name) = named.and_then(|address| address.strip_prefix(folder)?.strip_suffix(".svg")) {
            *picture = Some(name.to_owned());
        }
    }
}
