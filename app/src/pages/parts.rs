//! Finished parts of pages: HTML that depends on a menu alone is rendered once for the menu, and put into each page.
//!
//! A page names its parts by placeholders, so that rendering does not copy them; the server puts them in at the end.

use crate::domain::{menu::Menu, order::Due};
use leptos::prelude::use_context;
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};

/// Before and after the number of a part in a placeholder. Neither can be in a page otherwise: `<` is always escaped.
pub const OPEN: &str = "<!--part-";
/// See [`OPEN`].
pub const CLOSE: &str = "-->";
/// Most bytes of all parts that are kept.
const MOST_BYTES: usize = 16 * 1024 * 1024;

/// A part of a page, with its inputs besides the menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// All sections with their dishes, for a time and its text.
    Sections(Due, String),
    /// The menu for search engines.
    LinkedData,
}

/// The parts of the latest menus; the oldest are dropped first.
#[derive(Clone, Default)]
pub struct PartCache(Arc<Mutex<VecDeque<Kept>>>);

struct Kept {
    /// Weak: a menu that is replaced takes its parts with it. Its address is not used again while this exists.
    menu: Weak<Menu>,
    part: Part,
    html: Arc<str>,
}

impl PartCache {
    fn get(&self, menu: &Arc<Menu>, part: &Part) -> Option<Arc<str>> {
        let kept = lock(&self.0);
        let is_it = |kept: &&Kept| kept.menu.as_ptr() == Arc::as_ptr(menu) && kept.part == *part;
        kept.iter().find(is_it).map(|kept| kept.html.clone())
    }

    fn insert(&self, menu: &Arc<Menu>, part: Part, html: Arc<str>) {
        let mut kept = lock(&self.0);
        kept.retain(|kept| kept.menu.strong_count() > 0);
        kept.push_back(Kept { menu: Arc::downgrade(menu), part, html });
        let mut bytes: usize = kept.iter().map(|kept| kept.html.len()).sum();
        while bytes > MOST_BYTES {
            bytes -= kept.pop_front().map_or(bytes, |oldest| oldest.html.len());
        }
    }
}

/// The parts of the page that is being rendered, in the order of their numbers.
#[derive(Clone)]
pub struct PageParts {
    cache: PartCache,
    finish: fn(&str) -> String,
    placed: Arc<Mutex<Vec<Arc<str>>>>,
}

impl PageParts {
    /// `finish` is applied to each part once, when it is rendered.
    pub fn new(cache: &PartCache, finish: fn(&str) -> String) -> Self {
        Self { cache: cache.clone(), finish, placed: Arc::default() }
    }

    /// The parts that were placed so far.
    pub fn take(&self) -> Vec<Arc<str>> {
        std::mem::take(&mut *lock(&self.placed))
    }

    fn place(&self, menu: &Arc<Menu>, part: Part, render: impl FnOnce() -> String) -> String {
        let html = self.cache.get(menu, &part).unwrap_or_else(|| {
            let html: Arc<str> = (self.finish)(&render()).into();
            self.cache.insert(menu, part, html.clone());
            html
        });
        let mut placed = lock(&self.placed);
        placed.push(html);
        format!("{OPEN}{}{CLOSE}", placed.len() - 1)
    }
}

/// A part of the page, or its placeholder.
pub fn place(menu: &Arc<Menu>, part: Part, render: impl FnOnce() -> String) -> String {
    match use_context::<PageParts>() {
        Some(parts) => parts.place(menu, part, render),
        None => render(),
    }
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}
