//! Normalises typed or pasted text: digits of all scripts, invisible marks.

/// The zeros of all sets of decimal digits except ASCII's (Unicode 17, general category Nd); the nine others follow each.
const ZEROS: [u32; 76] = [
    0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50, 0xed0, 0xf20,
    0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0,
    0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10, 0x104a0, 0x10d30, 0x10d40, 0x11066, 0x110f0, 0x11136, 0x111d0,
    0x112f0, 0x11450, 0x114d0, 0x11650, 0x116c0, 0x116d0, 0x116da, 0x11730, 0x118e0, 0x11950, 0x11bf0, 0x11c50,
    0x11d50, 0x11da0, 0x11de0, 0x11f50, 0x16130, 0x16a60, 0x16ac0, 0x16b50, 0x16d70, 0x1ccf0, 0x1d7ce, 0x1d7d8,
    0x1d7e2, 0x1d7ec, 0x1d7f6, 0x1e140, 0x1e2f0, 0x1e4f0, 0x1e5f1, 0x1e950, 0x1fbf0,
];

/// The text of a field for numbers or codes, in ASCII where possible: digits of all scripts, full-width
/// letters and signs, hyphens and decimal signs as their plain ones; marks that cannot be seen are left out.
pub fn plain(text: &str) -> String {
    text.chars().filter(|letter| !is_mark(*letter)).map(ascii).collect()
}

/// Parses a typed whole number.
pub fn count<N: std::str::FromStr>(text: &str) -> Option<N> {
    plain(text).trim().parse().ok()
}

/// Text without the marks that cannot be seen.
pub fn without_marks(text: &str) -> String {
    text.chars().filter(|letter| !is_mark(*letter)).collect()
}

/// Whether the text has a visible character.
pub fn is_seen(text: &str) -> bool {
    text.chars().any(|letter| !letter.is_whitespace() && !letter.is_control() && !is_mark(letter) && !is_filler(letter))
}

/// The address of a call: what a phone dials. `+44 (0)20 7946 0018` is dialled without the zero, which is only for calls
/// within the country.
pub fn dialled(phone: &str) -> String {
    let number: String = plain(phone).chars().filter(|letter| !letter.is_whitespace()).collect();
    let international = number.starts_with('+') || number.starts_with("00");
    let number = if international { number.replacen("(0)", "", 1) } else { number };
    let digits = number.chars().filter(char::is_ascii_digit);
    let plus = if number.starts_with('+') { "+" } else { "" };
    format!("tel:{plus}{}", digits.collect::<String>())
}

fn ascii(letter: char) -> char {
    match letter {
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' => '-',
        // Decimal signs of Arabic, and of keyboards for it.
        '\u{66b}' | '\u{60c}' => ',',
        '\u{3000}' => ' ',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(letter) - 0xfee0).unwrap_or(letter),
        _ if letter.is_ascii() => letter,
        _ => digit(letter).unwrap_or(letter),
    }
}

fn digit(letter: char) -> Option<char> {
    let point = u32::from(letter);
    let zero = ZEROS.iter().rev().find(|zero| **zero <= point)?;
    char::from_digit(point - zero, 10)
}

/// Marks of direction, joiners, soft hyphens and the like (general category Cf, as far as keyboards and clipboards bring it).
const fn is_mark(letter: char) -> bool {
    matches!(
        letter,
        '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

/// Letters that are blank by design: fillers, variation selectors, the empty Braille cell.
const fn is_filler(letter: char) -> bool {
    matches!(
        letter,
        '\u{34f}'
            | '\u{115f}'
            | '\u{1160}'
            | '\u{17b4}'
            | '\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{2800}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{ffa0}'
            | '\u{e0100}'..='\u{e01ef}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_digits_of_every_script() {
        assert_eq!(plain("٠١٢٣٤٥٦٧٨٩"), "0123456789");
        assert_eq!(plain("۰۱۲۳۴۵۶۷۸۹"), "0123456789");
        assert_eq!(plain("０１２３４５６７８９"), "0123456789");
        assert_eq!(plain("१०४३५ Ｅ１ ６ＡＮ"), "10435 E1 6AN");
        assert_eq!(count("٣"), Some(3_u32));
        assert_eq!(count(" ２ "), Some(2_u32));
        assert_eq!(count::<u32>("two"), None);
        // Each zero opens a set of ten, and what is no digit stays.
        for zero in ZEROS {
            let set: String = (zero..zero + 10).filter_map(char::from_u32).collect();
            assert!(set.chars().all(char::is_numeric), "{zero:x}");
            assert_eq!(plain(&set), "0123456789", "{zero:x}");
        }
        assert_eq!(plain("½ 五 é"), "½ 五 é");
    }

    #[test]
    fn leaves_out_what_cannot_be_seen() {
        assert_eq!(plain("\u{202a}+49\u{2011}30\u{200e} 555\u{2013}0101\u{202c}\u{feff}"), "+49-30 555-0101");
        assert!(!is_seen("\u{200b}\u{200d}\u{feff} \u{3164}\u{2800}"));
        assert!(is_seen("\u{200f}علي"));
    }

    #[test]
    fn dials_what_is_meant() {
        assert_eq!(dialled("+44 (0)20 7946 0018"), "tel:+442079460018");
        assert_eq!(dialled("+44 ( 0 ) 20 7946 0018"), "tel:+442079460018");
        assert_eq!(dialled("0044 (0)20 7946 0018"), "tel:00442079460018");
        assert_eq!(dialled("(020) 7946 0018"), "tel:02079460018");
        assert_eq!(dialled("(0)20 7946 0018"), "tel:02079460018");
        assert_eq!(dialled("\u{202a}+965 ٢٢٤٤ ٥٥٦٦\u{202c}"), "tel:+96522445566");
    }
}
