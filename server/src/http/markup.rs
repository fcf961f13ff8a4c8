//! The framework's document as it is sent: valid, and without what only scripts that we do not have would need.

/// Scripts that the framework writes for resources. There are none in our pages, our policy would refuse them, and their
/// nonce would make equal pages differ.
const INLINE_SCRIPT: &str = "script nonce=\"";
const END_OF_SCRIPT: &str = "</script>";
/// How a page asks for itself again where scripts are off. HTML has it in the head only, and `leptos_meta` 0.9.0-rc1 has no
/// component for it there, so that pages write it into their body.
const REFRESH: &str = "noscript><meta http-equiv=\"refresh\"";
const END_OF_REFRESH: &str = "</noscript>";
const END_OF_HEAD: &str = "/head>";
/// Stands between texts and in place of what is left out, so that an island finds its nodes when it wakes. As HTML it is
/// an error; a comment without text is the same node.
const MARKER: &str = "!>";
const VALID_MARKER: &str = "<!---->";

/// Takes the refresh into the head, and leaves out inline scripts and the markers (tachys 0.3.0-rc1) wherever no island wakes: all but what stands in an
/// island and not in the children that it was given, which stay as the server made them.
///
/// Tags are told by their first letters: in texts and attributes `<` is always escaped.
pub fn tidy(html: &str) -> String {
    let mut kept = String::with_capacity(html.len());
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
    fn the_frameworks_scripts_are_left_out() {
        let own = "<script src=\"/pkg/wake.js\"></script><script type=\"application/ld+json\">{}</script>";
        let page = format!("{own}<script nonce=\"abc\">__A=[]</script><p></p><script nonce=\"abc\">x");
        assert_eq!(tidy(&page), format!("{own}<p></p>"));
    }
}
