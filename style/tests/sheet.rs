//! Tests of the stylesheet: its rules, its errors, and its size.
#![expect(clippy::expect_used, clippy::panic, reason = "the functions that tests share have to fail loudly")]

use style::{Refusal, Source, StyleError};

fn source(text: &str) -> Vec<Source> {
    vec![Source { file: "app/src/pages/home.rs".into(), text: text.into() }]
}

fn sheet(text: &str) -> String {
    style::stylesheet(&source(text)).expect("every class exists")
}

fn refusals(text: &str) -> Vec<Refusal> {
    match style::stylesheet(&source(text)) {
        Err(StyleError::Refused(refusals)) => refusals,
        other => panic!("expected refusals, got {other:?}"),
    }
}

fn names(text: &str) -> Vec<String> {
    let classes = style::class_names(&source(text)).expect("every class can be read");
    classes.into_iter().map(|(class, _)| class).collect()
}

#[test]
fn an_unknown_class_is_refused_with_its_place() {
    let error = style::stylesheet(&source("view! {\n  <p class=\"flex bg-brnad\"/>\n}")).expect_err("a typo");
    assert_eq!(error.to_string(), "app/src/pages/home.rs:2: class `bg-brnad` generates nothing");
}

#[test]
fn foreign_colours_sizes_and_glued_names_are_refused() {
    let foreign = "text-red-500 hover:bg-sky-100 rounded-xl shadow-md shadow-brand text-6xl container hovre:flex from-brand \
                   bg-linear-to-r ring-offset-2 p-1.3 size-x md: 5rem outline-hidden";
    for class in foreign.split_whitespace() {
        assert_eq!(refusals(&format!("<p class=\"{class}\">")).len(), 1, "{class}");
    }
    let glued = refusals("let tone_class = format!(\"text-{tone}\");");
    assert!(matches!(glued.as_slice(), [Refusal::GluedClass { .. }]), "{glued:?}");
    let bare = refusals("<p class=move || if late { \"text-beet\" } else { \"\" }>");
    assert!(matches!(bare.as_slice(), [Refusal::BareExpression { .. }]), "{bare:?}");
}

#[test]
fn classes_are_found_where_the_rule_says_and_nowhere_else() {
    let text = r##"
        // class="comment"
        const CARD_CLASS: &str = "rounded-card p-4";
        const TITLE: &str = "not a class";
        fn state_class(late: bool) -> &'static str { match late { true => "text-beet", _ => "text-basil" } }
        fn label(class: &str) -> char { '"' }
        view! {
            <p class="flex" id="main" class:hidden=move || closed.get()>"words"</p>
            <p class={if late { "font-bold" } else { "italic" }} title="title">
            <p class=("underline", move || late)/>
            <Field input_class=r#"w-full"#/>
            <p class=CARD_CLASS/>
        }
    "##;
    let expected = [
        "flex",
        "font-bold",
        "hidden",
        "italic",
        "p-4",
        "rounded-card",
        "text-basil",
        "text-beet",
        "underline",
        "w-full",
    ];
    assert_eq!(names(text), expected);
}

#[test]
fn later_widths_and_narrower_properties_win() {
    let sheet = sheet("<p class=\"lg:p-2 md:p-2 hover:p-2 px-2 p-4 pt-1 max-md:p-2 max-lg:p-2 dark:p-2 print:p-2\">");
    let order = [
        ".p-4{",
        ".px-2{",
        ".pt-1{",
        ".hover\\:p-2:hover{",
        ".max-lg\\:p-2{",
        ".max-md\\:p-2{",
        ".md\\:p-2{",
        ".lg\\:p-2{",
        ".dark\\:p-2:where(",
        ".print\\:p-2{",
    ];
    let places: Vec<_> = order.iter().map(|rule| sheet.find(rule).expect(rule)).collect();
    assert!(places.is_sorted(), "{places:?}");
}

#[test]
fn both_appearances_follow_the_system_and_the_page() {
    let sheet = sheet("");
    assert!(sheet.contains(":root{color-scheme:light;--color-page:#fffaf3"));
    assert!(sheet.contains("@media (prefers-color-scheme:dark){:root:not([data-theme=light]){color-scheme:dark"));
    assert!(sheet.contains(":root[data-theme=dark]{color-scheme:dark"));
}

#[test]
fn braces_are_balanced() {
    let sheet = sheet(&format!("<p class=\"{}\">", fixture()));
    assert_eq!(sheet.matches('{').count(), sheet.matches('}').count());
}

#[test]
fn the_sheet_of_a_whole_ordering_page_stays_below_eight_kilobytes() {
    let sheet = sheet(&format!("<p class=\"{}\">", fixture()));
    let mut packed = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams { quality: 11, ..Default::default() };
    brotli::BrotliCompress(&mut sheet.as_bytes(), &mut packed, &parameters).expect("it can be packed");
    println!("{} bytes, {} packed", sheet.len(), packed.len());
    assert!(packed.len() < 8 * 1024, "{} bytes", packed.len());
}

fn fixture() -> String {
    include_str!("fixtures/ordering-page.txt").split_whitespace().collect::<Vec<_>>().join(" ")
}
