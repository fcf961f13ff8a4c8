//! The stylesheet, translated for the browsers in use and minified.

use crate::error::SiteError;
use lightningcss::{
    stylesheet::{MinifyOptions, ParserOptions, PrinterOptions, StyleSheet},
    targets::{Browsers, Targets},
};
use std::{fmt::Display, fs, path::Path};

/// The oldest browsers that get a stylesheet without syntax they do not know: those of 2022, and Firefox's long-term release.
const BROWSERS: Browsers = Browsers {
    android: version(109, 0),
    chrome: version(109, 0),
    edge: version(109, 0),
    firefox: version(115, 0),
    ie: None,
    ios_saf: version(15, 6),
    opera: version(95, 0),
    safari: version(15, 6),
    samsung: version(20, 0),
};

/// As lightningcss encodes versions.
#[expect(clippy::unnecessary_wraps, reason = "the fields of Browsers are options")]
const fn version(major: u32, minor: u32) -> Option<u32> {
    Some(major << 16 | minor << 8)
}

pub fn write(from: &Path, to: &Path) -> Result<(), SiteError> {
    let sheet = fs::read_to_string(from).map_err(SiteError::file(from))?;
    let sheet =
        translated(&sheet).map_err(|message| SiteError::Stylesheet { path: from.display().to_string(), message })?;
    fs::write(to, sheet).map_err(SiteError::file(to))
}

fn translated(sheet: &str) -> Result<String, String> {
    let targets = Targets::from(BROWSERS);
    let mut sheet = StyleSheet::parse(sheet, ParserOptions::default()).map_err(text)?;
    sheet.minify(MinifyOptions { targets, ..Default::default() }).map_err(text)?;
    Ok(sheet.to_css(PrinterOptions { targets, minify: true, ..Default::default() }).map_err(text)?.code)
}

fn text(error: impl Display) -> String {
    error.to_string()
}

#[cfg(test)]
mod tests {
    use super::translated;

    #[test]
    fn colours_of_both_themes_reach_older_browsers() {
        let sheet = translated(":root { color-scheme: light dark; color: light-dark(#ffffff, #000000) }").unwrap();
        assert!(!sheet.contains("light-dark("), "{sheet}");
        assert!(sheet.contains("prefers-color-scheme"), "{sheet}");
    }

    #[test]
    fn broken_sheets_are_rejected() {
        assert!(translated("a { color: red } }").is_err());
    }
}
