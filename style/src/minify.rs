//! Minifies CSS.

/// A stylesheet or a condition without comments and spare spaces.
pub(crate) fn css(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, comment)) = rest.split_once("/*") {
        plain.push_str(before);
        rest = comment.split_once("*/").map_or("", |(_, after)| after);
    }
    plain.push_str(rest);
    let mut tight = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    for (loose, close) in
        [(" {", "{"), ("{ ", "{"), ("; ", ";"), (" }", "}"), ("} ", "}"), (";}", "}"), (": ", ":"), (", ", ",")]
    {
        tight = tight.replace(loose, close);
    }
    tight
}

/// A value without spaces after commas and without the zero before a point.
pub(crate) fn value(text: &str) -> String {
    if text.contains(['"', '\'']) || text.contains("url(") {
        return text.to_owned();
    }
    let tight = text.replace(", ", ",");
    let mut short = String::with_capacity(tight.len());
    let mut previous = ' ';
    let mut letters = tight.chars().peekable();
    while let Some(letter) = letters.next() {
        let inside_number = previous.is_alphanumeric() || previous == '.' || previous == '#';
        if !(letter == '0' && letters.peek() == Some(&'.') && !inside_number) {
            short.push(letter);
        }
        previous = letter;
    }
    short
}
