//! The load generator's shared state: customers, staff sessions, and the menus seen so far.

use super::{
    browser::{Browser, Site},
    http::Request,
    options::LoadOptions,
    staff::StaffSession,
};
use crate::{
    history::{Entry, Run, SeenMenu},
    menu::{Menu, Terms},
};
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use support::Error;
use tokio::{sync::mpsc, time::sleep};

/// Attempts to read a menu before and after the load, half a second apart.
const MENU_ATTEMPTS: usize = 20;

pub(super) struct LoadGenerator {
    pub(super) options: LoadOptions,
    pub(super) run: Run,
    pub(super) terms: Vec<Terms>,
    pub(super) customers: Vec<Customer>,
    /// In the order of `terms`.
    pub(super) staff: Vec<StaffSession>,
    menus: Mutex<Vec<SeenMenu>>,
    entries: mpsc::UnboundedSender<Entry>,
}

pub(super) struct Customer {
    pub(super) browser: Browser,
    /// Cookie of the cart.
    pub(super) cart: Mutex<Option<String>>,
}

impl LoadGenerator {
    pub(super) fn new(
        options: LoadOptions,
        run: Run,
        site: Site,
        terms: Vec<Terms>,
        entries: mpsc::UnboundedSender<Entry>,
    ) -> Self {
        let site = Arc::new(site);
        let source = |at: usize| options.sources.get(at % options.sources.len().max(1)).copied();
        let browser = |at| Browser::new(site.clone(), source(at));
        let customer = |at| Customer { browser: browser(at), cart: Mutex::default() };
        Self {
            customers: (0..options.customers.max(1)).map(customer).collect(),
            staff: (0..terms.len()).map(|at| StaffSession::new(browser(at + options.customers))).collect(),
            options,
            run,
            terms,
            menus: Mutex::default(),
            entries,
        }
    }

    /// Reads the menu of every restaurant.
    pub(super) async fn read_menus(&self) -> Result<(), Error> {
        let customer = self.customers.first().ok_or_else(|| Error::failed("customers", "there are none"))?;
        for terms in &self.terms {
            let path = format!("/api/v1/restaurants/{}/menu", terms.slug);
            let mut last = String::new();
            for _ in 0..MENU_ATTEMPTS {
                match customer.browser.send(&Request::get(&path)).await.outcome {
                    Ok(response) if response.status == 200 => {
                        let menu = serde_json::from_str(&response.body);
                        self.add_menu(&terms.slug, menu.map_err(|error| Error::failed(&path, error))?);
                        last.clear();
                        break;
                    }
                    Ok(response) => last = format!("{}: {}", response.status, response.body),
                    Err(error) => last = format!("{error:?}"),
                }
                sleep(Duration::from_millis(500)).await;
            }
            if !last.is_empty() {
                return Err(Error::failed(&path, last));
            }
        }
        Ok(())
    }

    /// Keeps the newest menu of a restaurant and records each version once.
    pub(super) fn add_menu(&self, slug: &str, menu: Menu) {
        let mut menus = self.menus.lock().unwrap_or_else(PoisonError::into_inner);
        if menus.iter().any(|seen| seen.slug == slug && seen.menu == menu) {
            return;
        }
        menus.retain(|seen| seen.slug != slug);
        let seen = SeenMenu { slug: slug.to_owned(), menu };
        menus.push(seen.clone());
        drop(menus);
        self.record(Entry::Menu(Box::new(seen)));
    }

    pub(super) fn menu_of(&self, slug: &str) -> Option<Menu> {
        let menus = self.menus.lock().unwrap_or_else(PoisonError::into_inner);
        menus.iter().find(|seen| seen.slug == slug).map(|seen| seen.menu.clone())
    }

    pub(super) fn record(&self, entry: Entry) {
        // The receiver lives until all senders are dropped.
        let _ = self.entries.send(entry);
    }
}
