//! The theme: colours, type, radii, widths and breakpoints.

use std::fmt::Write;

/// A colour in both appearances.
#[derive(Debug, Clone, Copy)]
pub struct Colour {
    /// The name in classes (`bg-brand`) and in the variable (`--color-brand`).
    pub name: &'static str,
    pub light: &'static str,
    pub dark: &'static str,
}

const fn colour(name: &'static str, light: &'static str, dark: &'static str) -> Colour {
    Colour { name, light, dark }
}

/// Every colour of Toast.
pub const COLOURS: [Colour; 14] = [
    colour("page", "#fffaf3", "#171210"),
    colour("card", "#ffffff", "#221b17"),
    colour("ink", "#241b15", "#f7efe7"),
    colour("muted", "#66584d", "#bbaa9b"),
    colour("line", "#e9dfd4", "#3a2f28"),
    colour("edge", "#8c7d70", "#8f7f72"),
    colour("brand", "#b3410a", "#f7a063"),
    colour("brand-strong", "#943306", "#ffbd8f"),
    colour("brand-tint", "#fdebdd", "#3b2414"),
    colour("on-brand", "#ffffff", "#2a1305"),
    colour("basil", "#1b7447", "#6cc893"),
    colour("saffron", "#8a5a00", "#e3b04b"),
    colour("beet", "#b3261e", "#f2877f"),
    colour("sky", "#1a5c99", "#86bbee"),
];

/// Font sizes with their line heights; 16 px grows by 1.25, and nothing is smaller than 13 px.
pub const TEXT: [(&str, &str, &str); 8] = [
    ("xs", "0.8125rem", "1.5"),
    ("sm", "0.875rem", "1.5"),
    ("base", "1rem", "1.5"),
    ("lg", "1.25rem", "1.4"),
    ("xl", "1.5625rem", "1.2"),
    ("2xl", "1.9531rem", "1.2"),
    ("3xl", "2.4414rem", "1.2"),
    ("4xl", "3.0518rem", "1.1"),
];

/// Corner radii; the empty name is the bare `rounded`.
pub const RADII: [(&str, &str); 4] = [("", "0.5rem"), ("sm", "0.25rem"), ("control", "0.5rem"), ("card", "0.75rem")];

/// Widths of containers, for `max-w-…` and `@…:`.
pub const CONTAINERS: [(&str, &str); 15] = [
    ("3xs", "16rem"),
    ("2xs", "18rem"),
    ("xs", "20rem"),
    ("sm", "24rem"),
    ("md", "28rem"),
    ("lg", "32rem"),
    ("xl", "36rem"),
    ("2xl", "42rem"),
    ("3xl", "48rem"),
    ("4xl", "56rem"),
    ("5xl", "64rem"),
    ("6xl", "72rem"),
    ("7xl", "80rem"),
    ("text", "68ch"),
    ("page", "75rem"),
];

/// Widths from which a variant holds.
pub const BREAKPOINTS: [(&str, &str); 4] = [("sm", "30rem"), ("md", "43.75rem"), ("lg", "65.625rem"), ("xl", "80rem")];

/// Animations: name, shorthand, keyframes.
pub const ANIMATIONS: [(&str, &str, &str); 4] = [
    ("spin", "spin 1s linear infinite", "@keyframes spin{to{transform:rotate(360deg)}}"),
    ("pulse", "pulse 2s cubic-bezier(0.4, 0, 0.6, 1) infinite", "@keyframes pulse{50%{opacity:.5}}"),
    (
        "flash",
        "flash 1s ease-in-out infinite",
        "@keyframes flash{50%{background-color:var(--color-brand-tint);color:var(--color-ink)}}",
    ),
    ("rise", "rise 180ms ease-out", "@keyframes rise{from{opacity:0;transform:translateY(2rem)}}"),
];

/// The one shadow: geometry, and the colour that `shadow-<colour>` may replace.
pub const SHADOW: (&str, &str) = ("0 8px 28px -6px", "rgb(0 0 0 / 0.28)");

/// The fonts of the system, text and code.
pub const FONTS: [(&str, &str); 2] = [("sans", "system-ui, sans-serif"), ("mono", "ui-monospace, monospace")];

/// Curves of movement: leaving is quick, arriving is gentle.
pub const EASES: [(&str, &str); 3] = [
    ("in", "cubic-bezier(0.4, 0, 1, 1)"),
    ("out", "cubic-bezier(0, 0, 0.2, 1)"),
    ("in-out", "cubic-bezier(0.4, 0, 0.2, 1)"),
];

pub(crate) fn find(table: &[(&'static str, &'static str)], name: &str) -> Option<&'static str> {
    table.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
}

/// The variables of both appearances: the system decides, `data-theme` on the page overrides it.
pub(crate) fn variables() -> String {
    let light = appearance("light", |colour| colour.light);
    let dark = appearance("dark", |colour| colour.dark);
    format!(
        ":root{{{light}}}@media (prefers-color-scheme:dark){{:root:not([data-theme=light]){{{dark}}}}}:root[data-theme=dark]{{{dark}}}"
    )
}

fn appearance(scheme: &str, value: impl Fn(&Colour) -> &'static str) -> String {
    let mut text = format!("color-scheme:{scheme}");
    for colour in &COLOURS {
        let _ = write!(text, ";--color-{}:{}", colour.name, value(colour));
    }
    text
}

/// The theme in the syntax of the official compiler, for the tests that compare with it.
#[must_use]
pub fn as_tailwind() -> String {
    let mut inline = String::new();
    let mut put = |name: String, value: &str| {
        let _ = writeln!(inline, "  --{name}: {value};");
    };
    put("spacing".into(), "0.25rem");
    for (name, size, line_height) in TEXT {
        put(format!("text-{name}"), size);
        put(format!("text-{name}--line-height"), line_height);
    }
    for (name, value) in RADII {
        put(if name.is_empty() { "radius".into() } else { format!("radius-{name}") }, value);
    }
    for (name, value) in CONTAINERS {
        put(format!("container-{name}"), value);
    }
    for (name, value) in BREAKPOINTS {
        put(format!("breakpoint-{name}"), value);
    }
    for (name, value, _) in ANIMATIONS {
        put(format!("animate-{name}"), value);
    }
    for (name, value) in FONTS {
        put(format!("font-{name}"), value);
    }
    for (name, value) in EASES {
        put(format!("ease-{name}"), value);
    }
    for (name, value) in crate::utility::WEIGHTS {
        put(format!("font-weight-{name}"), value);
    }
    for (name, value) in crate::utility::LEADINGS {
        put(format!("leading-{name}"), value);
    }
    for (name, value) in crate::utility::TRACKINGS {
        put(format!("tracking-{name}"), value);
    }
    put("blur-sm".into(), "8px");
    put("aspect-video".into(), "16 / 9");
    put("shadow-float".into(), &format!("{} {}", SHADOW.0, SHADOW.1));
    put("default-transition-duration".into(), "150ms");
    put("default-transition-timing-function".into(), "cubic-bezier(0, 0, 0.2, 1)");
    let mut colours = String::from("  --color-white: #fff;\n  --color-black: #000;\n");
    for colour in &COLOURS {
        let _ = writeln!(colours, "  --color-{}: {};", colour.name, colour.light);
    }
    format!("@theme inline {{\n{inline}}}\n@theme {{\n{colours}}}\n")
}
