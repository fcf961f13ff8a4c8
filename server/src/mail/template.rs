//! The text and the HTML of a mail: the same words, with the link as a button in HTML.

use crate::mail::LinkMail;
use html_escape::{encode_double_quoted_attribute, encode_text};

/// The language of a mail's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    English,
}

impl Language {
    /// The BCP 47 tag.
    const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
        }
    }

    const fn direction(self) -> &'static str {
        match self {
            Self::English => "ltr",
        }
    }
}

/// Paragraphs, with the link on a line of its own.
pub(super) fn plain(mail: &LinkMail<'_>) -> String {
    let link = mail.action.iter().map(|(words, address)| format!("{words}:\n{address}"));
    let paragraphs: Vec<_> = mail.words.iter().cloned().chain(link).chain(mail.after.iter().cloned()).collect();
    paragraphs.join("\n\n")
}

/// Without style sheets, pictures and scripts, which mail programs remove, and as tables, which all of them lay out.
pub(super) fn html(mail: &LinkMail<'_>, language: Language) -> String {
    let (tag, direction) = (language.tag(), language.direction());
    let subject = one_line(&mail.subject);
    let title = encode_text(&subject);
    let before: String = mail.words.iter().map(|words| paragraph(words)).collect();
    let link = mail.action.as_ref().map(|(words, address)| button(words, address)).unwrap_or_default();
    let after: String = mail.after.iter().map(|words| paragraph(words)).collect();
    format!(
        r#"<!DOCTYPE html>
<html lang="{tag}" dir="{direction}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light">
<title>{title}</title>
</head>
<body style="margin:0;padding:0;background:#fffaf3">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="background:#fffaf3">
<tr><td align="center" style="padding:24px 12px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:560px;background:#ffffff;border:1px solid #e9dfd4;border-radius:12px">
<tr><td style="padding:24px;font-family:system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;font-size:16px;line-height:1.5;color:#241b15;text-align:start">
<p style="margin:0 0 16px;font-weight:bold;color:#b3410a">Toast</p>
{before}{link}{after}</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
"#
    )
}

fn paragraph(words: &str) -> String {
    let lines: Vec<_> = words.lines().map(|line| encode_text(line).into_owned()).collect();
    format!("<p style=\"margin:0 0 16px\">{}</p>\n", lines.join("<br>"))
}

fn button(words: &str, address: &str) -> String {
    let (target, shown, words) = (encode_double_quoted_attribute(address), encode_text(address), encode_text(words));
    format!(
        r#"<p style="margin:0 0 8px"><a href="{target}" style="display:inline-block;padding:12px 20px;border-radius:8px;background:#b3410a;color:#ffffff;font-weight:bold;text-decoration:none">{words}</a></p>
<p style="margin:0 0 16px;font-size:14px;color:#66584d;word-break:break-all"><a href="{target}" style="color:#66584d">{shown}</a></p>
"#
    )
}

/// A text for a header, which has one line.
pub(super) fn one_line(text: &str) -> String {
    let printable: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    printable.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail() -> LinkMail<'static> {
        LinkMail {
            to: "rosa@napoli.example",
            kind: "invite",
            subject: "Join <Napoli>\r\nBcc: x@y.example".to_owned(),
            words: vec!["Ada & \"Rosa\" <script>alert(1)</script>\nask you in.".to_owned()],
            action: Some(("Accept <now>", "https://toast.example/invitation/a?b=1&c=\"x\"".to_owned())),
            after: vec!["It ends in 7 days.".to_owned()],
        }
    }

    #[test]
    fn all_that_people_wrote_is_escaped() {
        let html = html(&mail(), Language::English);
        assert!(!html.contains("<script>") && !html.contains("<Napoli>") && !html.contains("<now>"), "{html}");
        assert!(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;<br>ask you in."), "{html}");
        assert!(html.contains(r#"href="https://toast.example/invitation/a?b=1&amp;c=&quot;x&quot;""#), "{html}");
        assert!(html.starts_with("<!DOCTYPE html>\n<html lang=\"en\" dir=\"ltr\">"), "{html}");
    }

    #[test]
    fn both_parts_have_the_same_words_in_the_same_order() {
        let (text, html) = (plain(&mail()), html(&mail(), Language::English));
        assert!(text.ends_with("Accept <now>:\nhttps://toast.example/invitation/a?b=1&c=\"x\"\n\nIt ends in 7 days."));
        let at = |part: &str| html.find(part).unwrap_or_else(|| panic!("no {part} in {html}"));
        assert!(at("ask you in.") < at("Accept &lt;now&gt;") && at("Accept &lt;now&gt;") < at("It ends in 7 days."));
    }

    #[test]
    fn a_subject_is_one_line() {
        assert_eq!(one_line(&mail().subject), "Join <Napoli> Bcc: x@y.example");
    }
}
