//! Utilities of encre-css, generated one at a time without variants.

use encre_css::{Config, Preflight, Scanner};
use std::collections::BTreeSet;

use super::value;
use crate::{
    rule::{Body, Declaration},
    theme,
};

/// The encre-css generator with Toast's theme.
pub(crate) struct Generator {
    config: Config,
}

impl Generator {
    pub(crate) fn new() -> Self {
        let mut config = Config::default();
        config.preflight = Preflight::None;
        config.scanner = Scanner::from_fn(|utility| BTreeSet::from([utility]));
        for colour in &theme::COLOURS {
            config.theme.colors.add(colour.name, format!("var(--color-{})", colour.name));
        }
        for name in ["white", "black"] {
            config.theme.colors.add(name, format!("var(--color-{name})"));
        }
        Self { config }
    }

    pub(crate) fn body(&self, utility: &str) -> Option<Body> {
        if names_a_foreign_colour(utility) || names_a_step_between(utility) {
            return None;
        }
        let css = encre_css::generate([utility], &self.config);
        let (selector, rest) = css.trim().split_once('{')?;
        let inside = rest.trim_end().strip_suffix('}')?;
        // Utilities with other selectors or nested blocks belong to Toast's own families.
        if inside.contains('{') || selector.trim().contains(' ') && !utility.contains('_') {
            return None;
        }
        let declarations: Vec<Declaration> = inside.split(";\n").filter_map(declaration).collect();
        (!declarations.is_empty()).then(|| Body { declarations, ..Body::default() })
    }
}

fn declaration(line: &str) -> Option<Declaration> {
    let (property, value) = line.trim().trim_end_matches(';').split_once(':')?;
    let property = property.trim();
    // All supported browsers know these properties without prefix, except the two kept.
    let prefixed = property.starts_with('-') && !property.starts_with("--");
    let kept = matches!(
        property,
        "-webkit-line-clamp"
            | "-webkit-box-orient"
            | "-webkit-font-smoothing"
            | "-moz-osx-font-smoothing"
            | "-webkit-backdrop-filter"
    );
    (!prefixed || kept).then(|| Declaration {
        property: property.replace("--en-", "--tw-"),
        value: if matches!(property, "filter" | "backdrop-filter" | "-webkit-backdrop-filter" | "font-variant-numeric")
        {
            // A list with an unset variable would be invalid as a whole.
            value.trim().replace("--en-", "--tw-").replace(')', ",)")
        } else {
            value.trim().replace("--en-", "--tw-")
        },
    })
}

/// The generator accepts any number; the scale has only whole steps and quarters.
fn names_a_step_between(utility: &str) -> bool {
    let last = utility.rsplit('-').next().unwrap_or(utility);
    last.parse::<f64>().is_ok() && value::step(last).is_none()
}

/// Tailwind's own palette does not follow the dark appearance, so that its colours do not exist here.
fn names_a_foreign_colour(utility: &str) -> bool {
    let name = utility.split('/').next().unwrap_or(utility);
    encre_css::config::BUILTIN_COLORS
        .keys()
        .filter(|colour| colour.contains('-'))
        .any(|colour| name.strip_suffix(*colour).is_some_and(|prefix| prefix.ends_with('-')))
}
