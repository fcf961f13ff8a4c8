//! Makes the framework's HTML valid and removes unused parts.

use app::pages::parts::{CLOSE, OPEN};
use std::sync::Arc;

/// Inline scripts of resources: unused here, blocked by the content security policy, and different in each page
/// because of their nonce.
const INLINE_SCRIPT: &str = "script nonce=\"";
const END_OF_SCRIPT: &str = "</script>";
/// The refresh without scripts. HTML allows it in the head only, and `leptos_meta` 0.9.0-rc1 has no component for it
/// there, so pages write it into their body.
const REFRESH: &str = "noscript><meta http-equiv=\"refresh\"";
const END_OF_REFRESH: &str = "</noscript>";
const END_OF_HEAD: &str = "/head>";
/// A marker between texts and for omitted nodes, by which an island finds its nodes during hydration. As HTML it is
/// an error; an empty comment is the same node.
const MARKER: &str = "!>";
const VALID_MARKER: &str = "<!---->";

/// Moves the refresh into the head, and removes inline scripts and the markers (tachys 0.3.0-rc1) outside of islands.
/// Children that an island receives are not hydrated either, and lose theirs.
///
/// Tags are recognised by their first letters: in texts and attributes `<` is always escaped.
pub fn tidy(html: &str) -> String {
    put_together(html, &[])
}

/// Like [`tidy`], with finished parts instead of their placeholders.
pub fn put_together(html: &str, parts: &[Arc<str>]) -> String {
    let mut kept = String::with_capacity(html.len() + parts.iter().map(|part| part.len()).sum::<usize>());
    let mut end_of_head = None;
    let mut wakes = Vec::new();
    let mut rest = html;
    while let Some((before, tag)) = rest.split_once('<') {
        kept.push_str(before);
        rest = tag;
        if let Some(behind) = tag.strip_prefix(MARKER) {
            if wakes.last() == Some(&true) {
                kept.push_str(VALID_MARKER);
            }
            rest = behind;
        } else if let Some((part, behind)) = part_at(rest, parts) {
            kept.push_str(part);
            rest = behind;
        } else if tag.starts_with(INLINE_SCRIPT) {
            rest = tag.split_once(END_OF_SCRIPT).map_or("", |(_, behind)| behind);
        } else if let (true, Some(head)) = (tag.starts_with(REFRESH), end_of_head) {
            let (refresh, behind) = tag.split_once(END_OF_REFRESH).unwrap_or((tag, ""));
            kept.insert_str(head, &format!("<{refresh}{END_OF_REFRESH}"));
            rest = behind;
        } else {
            match () {
                () if tag.starts_with(END_OF_HEAD) => end_of_head = Some(kept.len()),
                () if tag.starts_with("leptos-island") => wakes.push(true),
                () if tag.starts_with("leptos-children") => wakes.push(false),
                () if tag.starts_with("/leptos-island") || tag.starts_with("/leptos-children") => drop(wakes.pop()),
                () => {}
            }
            kept.push('<');
        }
    }
    kept.push_str(rest);
    kept
}

/// The part at whose placeholder a text begins, and the text behind it; without the placeholder's `<`.
fn part_at<'a>(text: &'a str, parts: &'a [Arc<str>]) -> Option<(&'a str, &'a str)> {
    let (number, behind) = text.strip_prefix(OPEN.strip_prefix('<')?)?.split_once(CLOSE)?;
    Some((parts.get(number.parse::<usize>().ok()?)?, behind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markers_stay_where_an_island_wakes() {
        let sent =
            "<p>No. <!>7<!></p><!><leptos-island data-component=\"Board\"><b>a<!>b</b><!></leptos-island><p>c<!>d</p>";
        let kept =
            "<p>No. 7</p><leptos-island data-component=\"Board\"><b>a<!---->b</b><!----></leptos-island><p>cd</p>";
        assert_eq!(tidy(sent), kept);
    }

    #[test]
    fn the_children_of_an_island_stay_as_they_are_but_not_the_islands_in_them() {
        let sent = "<leptos-island><i>a<!>b</i><leptos-children>c<!>d<leptos-island>e<!>f</leptos-island><!>\
                    </leptos-children><!></leptos-island><!>";
        let kept = "<leptos-island><i>a<!---->b</i><leptos-children>cd<leptos-island>e<!---->f</leptos-island>\
                    </leptos-children><!----></leptos-island>";
        assert_eq!(tidy(sent), kept);
    }

    #[test]
    fn a_refresh_without_scripts_stands_in_the_head() {
        let refresh = "<noscript><meta http-equiv=\"refresh\" content=\"20\"></noscript>";
        let sent =
            format!("<head><!--HEAD--></head><body><main>{refresh}<p>a<!>b</p><noscript>c</noscript></main></body>");
        let kept =
            format!("<head><!--HEAD-->{refresh}</head><body><main><p>ab</p><noscript>c</noscript></main></body>");
        assert_eq!(tidy(&sent), kept);
    }

    #[test]
    fn texts_stay_as_they_were_written() {
        let page = "<!DOCTYPE html><title>a &lt;!> b</title><p title=\"&lt;!>\">&lt;!&gt; 1 > 0 <!--x--></p>é<";
        assert_eq!(tidy(page), page);
    }

    #[test]
    fn finished_parts_are_put_in_as_they_are() {
        let parts: Vec<Arc<str>> = vec!["<p>a<!>b</p>".into(), "{\"a\":1}".into()];
        let page = "<i>0<!>1</i><div><!--part-0--></div><script><!--part-1--></script><!--part-7--><!--part-x-->";
        let whole = "<i>01</i><div><p>a<!>b</p></div><script>{\"a\":1}</script><!--part-7--><!--part-x-->";
        assert_eq!(put_together(page, &parts), whole);
    }

    #[test]
    fn the_frameworks_scripts_are_left_out() {
        let own = "<script src=\"/pkg/boot.js\"></script><script type=\"application/ld+json\">{}</script>";
        let page = format!("{own}<script nonce=\"abc\">__A=[]</script><p></p><script nonce=\"abc\">x");
        assert_eq!(tidy(&page), format!("{own}<p></p>"));
    }
}
