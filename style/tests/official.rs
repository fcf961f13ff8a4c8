//! Compares every class of Toast with the official compiler.
#![expect(clippy::expect_used, reason = "a test that cannot read or run something has to fail")]

#[path = "official/css.rs"]
mod css;
#[path = "official/normal.rs"]
mod normal;

use std::{
    collections::BTreeSet,
    fmt::Write as _,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};
use style::Source;

/// Classes of the base layer, which the official compiler does not have.
const BASE_CLASSES: [&str; 1] = ["skip-link"];

#[test]
fn every_class_means_what_the_official_compiler_says() {
    let classes = classes();
    let official = normal::merged(css::flat(&official_sheet(&classes)));
    let mut differences = String::new();
    for class in &classes {
        let own = normal::merged(css::flat(&style::class_css(class).unwrap_or_default()));
        let theirs: Vec<_> = official.iter().filter(|rule| is_of(&rule.selector, class)).cloned().collect();
        if own.is_empty() {
            let _ = writeln!(differences, "{class}: generates nothing; official {theirs:#?}");
        } else if !same(&own, &theirs) {
            let _ = writeln!(differences, "{class}\n  own      {own:?}\n  official {theirs:?}");
        }
    }
    assert!(differences.is_empty(), "classes that differ from the official compiler:\n{differences}");
}

fn same(own: &[css::Flat], theirs: &[css::Flat]) -> bool {
    own.len() == theirs.len() && own.iter().all(|rule| theirs.contains(rule))
}

fn classes() -> BTreeSet<String> {
    let app = root().join("app/src");
    let used = style::class_names(&Source::below(&app).expect("app/src can be read")).expect("classes can be read");
    let fixture = [include_str!("fixtures/ordering-page.txt"), include_str!("fixtures/rarer-classes.txt")]
        .into_iter()
        .flat_map(str::split_whitespace)
        .map(str::to_owned);
    used.into_iter()
        .map(|(class, _)| class)
        .chain(fixture)
        .filter(|class| !style::marks_only(class) && !BASE_CLASSES.contains(&class.as_str()))
        .collect()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn official_sheet(classes: &BTreeSet<String>) -> String {
    let end2end = root().join("end2end");
    let compiler = end2end.join("node_modules/.bin/tailwindcss");
    assert!(
        compiler.exists(),
        "the official compiler is missing: run `npm ci --ignore-scripts` in end2end (`make test` does)"
    );
    let mut input = String::from(
        "@tailwind utilities source(none);\n@custom-variant dark {\n@media (prefers-color-scheme: dark) { \
         &:where(:root:not([data-theme=light]) *) { @slot; } }\n&:where([data-theme=dark] *) { @slot; }\n}\n",
    );
    input.push_str(&style::theme::as_tailwind());
    for class in classes {
        let _ = writeln!(input, "@source inline(\"{}\");", class.replace('\\', "\\\\").replace('"', "\\\""));
    }
    let mut npx = Command::new("npx")
        .args(["--no-install", "tailwindcss", "--input", "-", "--output", "-"])
        .current_dir(&end2end)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("npx runs");
    let mut stdin = npx.stdin.take().expect("npx reads");
    stdin.write_all(input.as_bytes()).expect("npx reads all");
    drop(stdin);
    let output = npx.wait_with_output().expect("npx ends");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("CSS is UTF-8")
}

/// Whether the selector is about exactly this class.
fn is_of(selector: &str, class: &str) -> bool {
    let mut escaped = String::from(".");
    for (at, letter) in class.chars().enumerate() {
        match letter {
            '0'..='9' if at == 0 => {
                let _ = write!(escaped, "\\3{letter} ");
            }
            _ if letter.is_alphanumeric() || matches!(letter, '-' | '_') => escaped.push(letter),
            _ => escaped.extend(['\\', letter]),
        }
    }
    let escaped = normal::selector(&escaped);
    selector.match_indices(&escaped).any(|(at, _)| {
        let after = selector[at + escaped.len()..].chars().next();
        !after.is_some_and(|letter| letter.is_alphanumeric() || matches!(letter, '-' | '_' | '\\'))
    })
}

#[test]
fn classes_win_over_each_other_as_in_the_official_compiler() {
    let classes = classes();
    let text = format!("<p class=r#\"{}\"#>", classes.iter().map(String::as_str).collect::<Vec<_>>().join(" "));
    let sheet = style::stylesheet(&[Source { file: "all.rs".into(), text }]).expect("every class exists");
    let own = css::flat(&sheet);
    let official = css::flat(&official_sheet(&classes));
    let place = |rules: &[css::Flat], class: &str| rules.iter().position(|rule| is_of(&rule.selector, class));
    let placed: Vec<_> = classes
        .iter()
        .filter_map(|class| {
            let at = place(&official, class)?;
            Some((class, &official[at], place(&own, class)?, at))
        })
        .collect();
    let mut differences = String::new();
    for (at, (class, rule, own_place, official_place)) in placed.iter().enumerate() {
        for (other, other_rule, own_other, official_other) in &placed[at + 1..] {
            let meet = rule
                .declarations
                .keys()
                .any(|property| !property.starts_with("--tw-") && other_rule.declarations.contains_key(property));
            if meet
                && rule.declarations != other_rule.declarations
                && (own_place < own_other) != (official_place < official_other)
            {
                let _ = writeln!(differences, "{class} and {other}");
            }
        }
    }
    assert!(differences.is_empty(), "pairs in another order than officially:\n{differences}");
}
