//! Which letter a code of a simple font is by its encoding (ISO 32000-1, Annex D), as far as that is beyond doubt: the
//! letters that all encodings share, and those of Windows. The rest is left to the font's program.

use std::collections::HashMap;

use encoding_rs::WINDOWS_1252;
use hayro_interpret::hayro_syntax::object::{Array, Dict, Name, Object};

/// What a code stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Letter {
    Of(char),
    /// No letter.
    Nothing,
    /// Only the font's program says.
    Unsaid,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Base {
    Standard,
    MacRoman,
    WinAnsi,
    /// The program's own.
    BuiltIn,
}

/// The encoding of a simple font.
#[derive(Debug)]
pub(super) struct Encoding {
    base: Base,
    differences: HashMap<u8, Letter>,
    /// Of a Type 1 font, whose program has an encoding of its own; a TrueType font's is the standard one.
    type1: bool,
}

impl Encoding {
    /// That of a Type 1 font's dictionary; nothing where it is one of symbols.
    pub(super) fn of_type1(dict: &Dict<'_>) -> Option<Self> {
        Self::of(dict, true)
    }

    /// That of a TrueType font's dictionary; nothing where it is one of symbols.
    pub(super) fn of_true_type(dict: &Dict<'_>) -> Option<Self> {
        Self::of(dict, false)
    }

    fn of(dict: &Dict<'_>, type1: bool) -> Option<Self> {
        // Dingbats have names of their own.
        if dict.get::<Name<'_>>("BaseFont").is_some_and(|name| name.as_str().contains("Dingbats")) {
            return None;
        }
        let own = dict.get::<Dict<'_>>("Encoding");
        let base = match &own {
            Some(own) => own.get::<Name<'_>>("BaseEncoding"),
            None => dict.get::<Name<'_>>("Encoding"),
        };
        let base = match base.as_ref().map(Name::as_str) {
            Some("WinAnsiEncoding") => Base::WinAnsi,
            Some("MacRomanEncoding") => Base::MacRoman,
            Some("StandardEncoding") => Base::Standard,
            Some("MacExpertEncoding") => return None,
            Some(_) | None => Base::BuiltIn,
        };
        let differences = own.and_then(|own| own.get::<Array<'_>>("Differences"));
        Some(Self { base, differences: differences.map(|array| differences_of(&array)).unwrap_or_default(), type1 })
    }

    /// Whether the font is of Type 1.
    pub(super) const fn is_type1(&self) -> bool {
        self.type1
    }

    /// What a code stands for.
    pub(super) fn letter(&self, code: u8) -> Letter {
        if let Some(letter) = self.differences.get(&code) {
            return *letter;
        }
        match self.base {
            Base::BuiltIn if self.type1 => Letter::Unsaid,
            _ if code == 0 => Letter::Nothing,
            Base::BuiltIn | Base::Standard => match code {
                b'\'' => Letter::Of('’'),
                b'`' => Letter::Of('‘'),
                _ => shared(code),
            },
            Base::MacRoman => shared(code),
            Base::WinAnsi => windows(code),
        }
    }
}

/// What the code is in all encodings.
const fn shared(code: u8) -> Letter {
    match code {
        b' '..=b'~' => Letter::Of(code as char),
        _ => Letter::Unsaid,
    }
}

/// What the code is in that of Windows, without those that programs disagree about.
fn windows(code: u8) -> Letter {
    match code {
        0x7f | 0x81 | 0x8d | 0x8f | 0x90 | 0x9d | 0xa0 | 0xad | 0xaf | 0xb5 => Letter::Unsaid,
        0x80.. => {
            let (text, ..) = WINDOWS_1252.decode(std::slice::from_ref(&code));
            text.chars().next().map_or(Letter::Unsaid, Letter::Of)
        }
        _ => shared(code),
    }
}

fn differences_of(array: &Array<'_>) -> HashMap<u8, Letter> {
    let mut letters = HashMap::new();
    let mut code = 0_i64;
    for object in array.iter::<Object<'_>>() {
        if let Object::Name(name) = &object {
            if let Ok(code) = u8::try_from(code) {
                letters.insert(code, named(name.as_str()));
            }
            code = code.saturating_add(1);
        } else if let Some(number) = object.into_number() {
            code = number.as_i64();
        }
    }
    letters
}

/// The letter of a glyph's name.
fn named(name: &str) -> Letter {
    let mut letters = name.chars();
    if let (Some(letter), None) = (letters.next(), letters.next())
        && letter.is_ascii_alphabetic()
    {
        return Letter::Of(letter);
    }
    NAMES.iter().find(|(known, _)| *known == name).map_or(Letter::Unsaid, |(_, letter)| Letter::Of(*letter))
}

/// Names of digits and signs (Adobe Glyph List).
const NAMES: &[(&str, char)] = &[
    ("space", ' '),
    ("exclam", '!'),
    ("quotedbl", '"'),
    ("numbersign", '#'),
    ("dollar", '$'),
    ("percent", '%'),
    ("ampersand", '&'),
    ("quotesingle", '\''),
    ("quoteright", '’'),
    ("quoteleft", '‘'),
    ("parenleft", '('),
    ("parenright", ')'),
    ("asterisk", '*'),
    ("plus", '+'),
    ("comma", ','),
    ("hyphen", '-'),
    ("period", '.'),
    ("slash", '/'),
    ("zero", '0'),
    ("one", '1'),
    ("two", '2'),
    ("three", '3'),
    ("four", '4'),
    ("five", '5'),
    ("six", '6'),
    ("seven", '7'),
    ("eight", '8'),
    ("nine", '9'),
    ("colon", ':'),
    ("semicolon", ';'),
    ("less", '<'),
    ("equal", '='),
    ("greater", '>'),
    ("question", '?'),
    ("at", '@'),
    ("bracketleft", '['),
    ("backslash", '\\'),
    ("bracketright", ']'),
    ("underscore", '_'),
    ("braceleft", '{'),
    ("bar", '|'),
    ("braceright", '}'),
    ("endash", '–'),
    ("emdash", '—'),
    ("bullet", '•'),
    ("Euro", '€'),
    ("sterling", '£'),
    ("yen", '¥'),
    ("degree", '°'),
    ("ordmasculine", 'º'),
    ("eacute", 'é'),
    ("egrave", 'è'),
    ("ecircumflex", 'ê'),
    ("agrave", 'à'),
    ("aacute", 'á'),
    ("acircumflex", 'â'),
    ("atilde", 'ã'),
    ("adieresis", 'ä'),
    ("aring", 'å'),
    ("ccedilla", 'ç'),
    ("iacute", 'í'),
    ("icircumflex", 'î'),
    ("ntilde", 'ñ'),
    ("oacute", 'ó'),
    ("ocircumflex", 'ô'),
    ("odieresis", 'ö'),
    ("oslash", 'ø'),
    ("ugrave", 'ù'),
    ("uacute", 'ú'),
    ("ucircumflex", 'û'),
    ("udieresis", 'ü'),
    ("germandbls", 'ß'),
    ("Adieresis", 'Ä'),
    ("Odieresis", 'Ö'),
    ("Udieresis", 'Ü'),
    ("Eacute", 'É'),
    ("Agrave", 'À'),
    ("Ccedilla", 'Ç'),
];
