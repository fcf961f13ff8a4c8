//! The document's title.

use leptos::prelude::*;
use leptos_meta::Title;

/// The title in tabs, bookmarks and search results.
///
/// `leptos_meta` 0.9.0-rc1 writes the text between `<title>` and `</title>` as it is (`ServerMetaContextOutput::inject_meta_context`),
/// and names of items and restaurants may contain any characters.
#[component]
pub fn PageTitle(
    /// Plain text.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    #[allow(clippy::disallowed_methods, reason = "the text is escaped here and nowhere else")]
    let title = view! { <Title text=html_escape::encode_text(&text).into_owned() /> };
    title
}
