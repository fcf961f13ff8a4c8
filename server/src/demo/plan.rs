//! Conversion of a recipe to rows, with all problems by file and key.

use crate::{
    demo::{
        dishes,
        ids::restaurant_id,
        recipe::{ExceptionDate, Recipe},
        times,
    },
    error::ServerError,
    queries::menus::{ExceptionRow, HoursRow, Record, RestaurantRow, Until},
    restaurants::normalize,
    scheduling::{
        canonical,
        hours::{Exception, Hours, Week},
        local_time::WallClock,
    },
};
use app::domain::{
    locale::Locale,
    money::Currency,
    tax::{TaxRules, presets},
    time::Timestamp,
};
use jiff::civil::Date;
use std::{collections::BTreeMap, fmt::Display};
use uuid::Uuid;

/// The rows of the restaurant in a file, or all problems of the file.
pub fn record(file: &str, toml: &str, now: Timestamp) -> Result<Record, ServerError> {
    let recipe: Recipe =
        toml::from_str(toml).map_err(|error| ServerError::Broken(format!("{file} cannot be read: {error}")))?;
    let mut notes = Notes::of(file);
    let record = Planning::of(&recipe, now, &mut notes).record(&mut notes);
    notes.result(record)
}

/// The problems of a file.
pub struct Notes {
    file: String,
    problems: Vec<String>,
}

impl Notes {
    pub fn of(file: &str) -> Self {
        Self { file: file.to_owned(), problems: Vec::new() }
    }

    /// The value, if nothing was noted.
    pub fn result<T>(self, value: T) -> Result<T, ServerError> {
        if self.problems.is_empty() { Ok(value) } else { Err(ServerError::Broken(self.problems.join("\n"))) }
    }

    /// Adds a problem at a key.
    pub fn add(&mut self, key: impl Display, problem: impl Display) {
        self.problems.push(format!("{}: {key}: {problem}", self.file));
    }

    /// The value, or its default and a problem.
    pub fn keep<T: Default>(&mut self, key: impl Display, value: Result<T, impl Display>) -> T {
        value.unwrap_or_else(|problem| {
            self.add(key, problem);
            T::default()
        })
    }

    /// Reports unknown words.
    pub fn known(&mut self, key: impl Display, words: &[String], known: impl Fn(&str) -> bool) -> Vec<String> {
        for word in words.iter().filter(|word| !known(word)) {
            self.add(&key, format!("{word} is not known"));
        }
        words.to_vec()
    }
}

/// A recipe during conversion.
pub struct Planning<'a> {
    pub recipe: &'a Recipe,
    pub id: Uuid,
    /// The end of the mark "sold out today".
    pub tomorrow: Until,
    exceptions: Vec<ExceptionRow>,
    hours: Vec<HoursRow>,
}

impl<'a> Planning<'a> {
    /// For the menu alone, under another id.
    pub fn of_menu(recipe: &'a Recipe, id: Uuid) -> Self {
        Self { recipe, id, tomorrow: Until::Forever, exceptions: Vec::new(), hours: Vec::new() }
    }

    fn of(recipe: &'a Recipe, now: Timestamp, notes: &mut Notes) -> Self {
        let id = restaurant_id(&recipe.slug).uuid();
        let hours = hours(recipe, id, notes);
        let exceptions = exceptions(recipe, id, notes);
        let tomorrow = tomorrow(recipe, now, notes).map_or(Until::Forever, Until::At);
        Self { recipe, id, tomorrow, exceptions, hours }
    }

    fn record(mut self, notes: &mut Notes) -> Record {
        let menu = dishes::menu(&self, notes);
        Record {
            restaurant: self.restaurant(notes),
            hours: std::mem::take(&mut self.hours),
            exceptions: std::mem::take(&mut self.exceptions),
            modes: self.modes(notes),
            mode_hours: Vec::new(),
            zones: self.zones(notes),
            charges: self.charges(notes),
            sections: menu.sections,
            section_hours: menu.section_hours,
            items: menu.items,
            variants: menu.variants,
            groups: menu.groups,
            modifiers: menu.modifiers,
            item_groups: menu.item_groups,
        }
    }

    /// The taxes of the preset, which must know every class of the menu.
    fn tax(&self, notes: &mut Notes) -> Option<TaxRules> {
        let code = self.recipe.tax.as_deref()?;
        let Some(preset) = presets::of_code(code) else {
            notes.add("tax", format!("there is no preset {code}"));
            return None;
        };
        let sections = self.recipe.sections.iter();
        let items = sections.clone().flat_map(|section| &section.items).map(|item| &item.tax_class);
        let modifiers =
            self.recipe.groups.iter().flat_map(|group| &group.modifiers).map(|modifier| &modifier.tax_class);
        let charges = self.recipe.charges.iter().map(|charge| &charge.tax_class);
        let classes = sections.map(|section| &section.tax_class).chain(items).chain(modifiers).chain(charges);
        for class in classes.flatten().filter(|class| preset.rules.class(class).is_none()) {
            notes.add("tax", format!("the preset {code} has no class {class}"));
        }
        Some(preset.rules.clone())
    }

    fn restaurant(&self, notes: &mut Notes) -> RestaurantRow {
        let recipe = self.recipe;
        let letters = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if recipe.slug.is_empty() || recipe.slug.len() > 80 || !recipe.slug.bytes().all(letters) {
            notes.add("slug", "use 1 to 80 of a-z, 0-9 and -");
        }
        if !Locale::new(&recipe.language).is_well_formed() {
            notes.add("language", format!("{} is no language tag such as de or en-GB", recipe.language));
        }
        if Currency::from_code(&recipe.currency).is_none() {
            notes.add("currency", format!("{} is not known", recipe.currency));
        }
        if !(0..=240).contains(&recipe.last_order_minutes) {
            notes.add("last_order_minutes", "use 0 to 240");
        }
        if recipe.tip_percents.iter().any(|percent| *percent > 100) {
            notes.add("tip_percents", "use 0 to 100");
        }
        if !(-90.0..=90.0).contains(&recipe.latitude) || !(-180.0..=180.0).contains(&recipe.longitude) {
            notes.add("latitude, longitude", "not on earth");
        }
        RestaurantRow {
            restaurant_id: self.id,
            slug: recipe.slug.clone(),
            name: recipe.name.clone(),
            language: Locale::new(&recipe.language).tag().to_owned(),
            // Older names are missing on some systems.
            zone: canonical(&recipe.zone).unwrap_or(&recipe.zone).to_owned(),
            currency: recipe.currency.clone(),
            region: recipe.region.clone(),
            cuisines: recipe.cuisines.clone(),
            tagline: recipe.tagline.clone(),
            description: recipe.description.clone(),
            address: recipe.address.clone(),
            phone: recipe.phone.clone(),
            latitude: recipe.latitude,
            longitude: recipe.longitude,
            picture: recipe.picture.clone(),
            search_text: normalize::restaurant(&recipe.name, &recipe.cuisines, &recipe.tagline, &recipe.address),
            last_order_minutes: recipe.last_order_minutes,
            tip_percents: recipe.tip_percents.clone(),
            menu_version: 1,
            paused_until: None,
            listing: "published".to_owned(),
            legal_name: String::new(),
            tax_number: String::new(),
            contact_email: String::new(),
            retention_days: 90,
            tax: self.tax(notes),
        }
    }
}

fn hours(recipe: &Recipe, id: Uuid, notes: &mut Notes) -> Vec<HoursRow> {
    let spans = notes.keep("hours", times::spans(&recipe.hours));
    let rows = spans.into_iter().map(|(weekday, span)| HoursRow {
        restaurant_id: id,
        weekday,
        opens_minute: span.opens,
        closes_minute: span.closes,
    });
    rows.collect()
}

fn exceptions(recipe: &Recipe, id: Uuid, notes: &mut Notes) -> Vec<ExceptionRow> {
    let mut positions = BTreeMap::<&str, i16>::new();
    let mut rows = Vec::new();
    for exception in &recipe.exceptions {
        let key = format!("exceptions/{}", exception.date);
        if exception.date.parse::<Date>().is_err() {
            notes.add(&key, "is not a date such as 2026-12-24");
        }
        let span = notes.keep(&key, exception_span(exception));
        let position = positions.entry(&exception.date).or_default();
        rows.push(ExceptionRow {
            restaurant_id: id,
            on_date: exception.date.clone(),
            position: *position,
            opens_minute: span.map(|span| span.opens),
            closes_minute: span.map(|span| span.closes),
            note: exception.note.clone(),
        });
        *position += 1;
    }
    rows
}

fn exception_span(exception: &ExceptionDate) -> Result<Option<crate::scheduling::hours::Span>, String> {
    match (exception.closed, &exception.from, &exception.to) {
        (true, None, None) => Ok(None),
        (false, Some(from), Some(to)) => times::span(from, to).map(Some),
        _ => Err("say either closed = true, or from and to".to_owned()),
    }
}

fn tomorrow(recipe: &Recipe, now: Timestamp, notes: &mut Notes) -> Option<Timestamp> {
    let Some(clock) = canonical(&recipe.zone).and_then(WallClock::of) else {
        notes.add("zone", format!("{} is not known", recipe.zone));
        return None;
    };
    let mut exceptions = BTreeMap::<Date, Exception>::new();
    for exception in &recipe.exceptions {
        let spans = exception_span(exception).ok()?;
        exceptions.entry(exception.date.parse().ok()?).or_default().spans.extend(spans);
    }
    let week = Week::of(times::spans(&recipe.hours).ok()?);
    Hours { clock, week, within: None, exceptions }.next_business_day(now)
}
