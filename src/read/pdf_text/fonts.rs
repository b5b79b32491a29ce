//! What the glyphs of a font stand for and how wide they are, as its dictionary says (ISO 32000-1, 9.6 to 9.10).
//!
//! For the words of a page nothing else is needed of most fonts, while taking their programs apart, of thousands of
//! outlines, takes longer than everything else. Where a dictionary leaves it to the program, nothing is said here, and the
//! page is read with its programs.

use std::{cell::RefCell, collections::HashMap, rc::Rc};

use hayro_interpret::{
    CMapResolverFn, InterpreterSettings,
    hayro_cmap::{BfString, CMap},
    hayro_syntax::object::{Array, Dict, Name, Object, ObjectIdentifier, Stream},
};

use super::words::UNMAPPED;
use encoding::{Encoding, Letter};

mod encoding;

/// The fonts of a document that were looked at; each is taken apart once.
pub(super) struct Fonts {
    known: RefCell<HashMap<ObjectIdentifier, Option<Rc<Font>>>>,
    cmaps: CMapResolverFn,
}

/// What a code of a font draws.
#[derive(Debug, Clone)]
pub(super) struct Glyph {
    /// The text it stands for.
    pub(super) text: Rc<str>,
    /// In thousandths of the font's size.
    pub(super) width: f32,
}

/// A font whose dictionary says what its codes draw.
pub(super) struct Font {
    kind: Kind,
    to_unicode: Option<CMap>,
    /// Each code that was asked for, at its place.
    glyphs: RefCell<Vec<Asked>>,
}

/// What was said of a code.
#[derive(Clone, Default)]
enum Asked {
    /// It was not asked for.
    #[default]
    Not,
    /// The dictionary does not say.
    Unsaid,
    Drawn(Glyph),
}

enum Kind {
    Simple(Simple),
    Composite(Composite),
}

/// One byte a code.
struct Simple {
    /// One for each code, in thousandths.
    widths: Vec<f32>,
    encoding: Encoding,
}

/// Two bytes a code, which is the number of a glyph.
struct Composite {
    widths: HashMap<u32, f32>,
    default_width: f32,
}

/// A font has no more glyphs.
const GLYPHS_MAX: u32 = 0x1_0000;
/// What a glyph is wide where a composite font says nothing, in thousandths.
const DEFAULT_WIDTH: f32 = 1000.0;

impl Fonts {
    /// None so far.
    pub(super) fn new() -> Self {
        Self { known: RefCell::default(), cmaps: InterpreterSettings::default().cmap_resolver }
    }

    /// The font of a dictionary; nothing where it leaves to the program what its codes draw.
    pub(super) fn font(&self, dict: &Dict<'_>) -> Option<Rc<Font>> {
        let Some(id) = dict.obj_id() else { return self.taken_apart(dict) };
        if let Some(font) = self.known.borrow().get(&id) {
            return font.clone();
        }
        let font = self.taken_apart(dict);
        self.known.borrow_mut().insert(id, font.clone());
        font
    }

    fn taken_apart(&self, dict: &Dict<'_>) -> Option<Rc<Font>> {
        let kind = match dict.get::<Name<'_>>("Subtype")?.as_str() {
            "Type1" | "MMType1" => {
                Kind::Simple(Simple::of(dict, &["FontFile3", "FontFile"], Encoding::of_type1(dict)?)?)
            }
            "TrueType" => Kind::Simple(Simple::of(dict, &["FontFile2"], Encoding::of_true_type(dict)?)?),
            "Type0" => Kind::Composite(Composite::of(dict)?),
            _ => return None,
        };
        let to_unicode = match dict.contains_key("ToUnicode") {
            true => {
                let map = dict.get::<Stream<'_>>("ToUnicode")?.decoded_data().ok()?;
                let resolve = self.cmaps.clone();
                CMap::parse(&map, move |name| resolve(name))
            }
            false => None,
        };
        Some(Rc::new(Font { kind, to_unicode, glyphs: RefCell::default() }))
    }
}

/// Whether one of these entries is the font's program. Without one it is another font that is drawn, in other widths.
fn has_program(descriptor: &Dict<'_>, names: &[&str]) -> bool {
    names.iter().any(|name| descriptor.get::<Stream<'_>>(name).is_some())
}

impl Simple {
    fn of(dict: &Dict<'_>, programs: &[&str], encoding: Encoding) -> Option<Self> {
        let descriptor = dict.get::<Dict<'_>>("FontDescriptor")?;
        if !has_program(&descriptor, programs) {
            return None;
        }
        let (first, last) = (dict.get::<u8>("FirstChar")?, dict.get::<u8>("LastChar")?);
        let missing = descriptor.get::<f32>("MissingWidth").unwrap_or(0.0);
        let mut widths = vec![missing; usize::from(first)];
        let count = usize::from(last.checked_sub(first)?) + 1;
        widths.extend(dict.get::<Array<'_>>("Widths")?.iter::<f32>().take(count));
        widths.resize(usize::from(u8::MAX) + 1, missing);
        Some(Self { widths, encoding })
    }
}

impl Composite {
    fn of(dict: &Dict<'_>) -> Option<Self> {
        if dict.get::<Name<'_>>("Encoding")?.as_str() != "Identity-H" {
            return None;
        }
        let font = dict.get::<Array<'_>>("DescendantFonts")?.iter::<Dict<'_>>().next()?;
        let descriptor = font.get::<Dict<'_>>("FontDescriptor")?;
        if !has_program(&descriptor, &["FontFile2", "FontFile3", "FontFile"]) {
            return None;
        }
        let widths = match font.get::<Array<'_>>("W") {
            Some(widths) => widths_of(&widths)?,
            None => HashMap::new(),
        };
        Some(Self { widths, default_width: font.get::<f32>("DW").unwrap_or(DEFAULT_WIDTH) })
    }
}

/// "120 [400 325 500]": of glyphs from 120 on; "7080 8032 1000": of all from 7080 to 8032.
fn widths_of(array: &Array<'_>) -> Option<HashMap<u32, f32>> {
    let mut widths = HashMap::new();
    let mut objects = array.iter::<Object<'_>>();
    let number = |object: Object<'_>| u32::try_from(object.into_number()?.as_i64()).ok().filter(|it| *it < GLYPHS_MAX);
    while let Some(first) = objects.next() {
        let (first, next) = (number(first)?, objects.next()?);
        if let Object::Array(own) = &next {
            widths.extend((first..).zip(own.iter::<f32>()));
        } else {
            let width = objects.next()?.into_number()?.as_f32();
            widths.extend((first..=number(next)?).map(|glyph| (glyph, width)));
        }
    }
    Some(widths)
}

impl Font {
    /// The next code of a text, and how many bytes it takes.
    pub(super) fn next_code(&self, bytes: &[u8]) -> Option<(u32, usize)> {
        match (&self.kind, bytes) {
            (_, []) => None,
            (Kind::Simple(_), [code, ..]) => Some((u32::from(*code), 1)),
            (Kind::Composite(_), [high, low, ..]) => Some((u32::from(u16::from_be_bytes([*high, *low])), 2)),
            (Kind::Composite(_), [_]) => Some((0, 1)),
        }
    }

    /// What the code draws; nothing where the dictionary does not say.
    pub(super) fn glyph(&self, code: u32) -> Option<Glyph> {
        let place = usize::try_from(code).ok()?;
        match self.glyphs.borrow().get(place) {
            Some(Asked::Drawn(glyph)) => return Some(glyph.clone()),
            Some(Asked::Unsaid) => return None,
            Some(Asked::Not) | None => {}
        }
        let glyph = self.text(code).map(|text| Glyph { text: text.into(), width: self.width(code) });
        let mut glyphs = self.glyphs.borrow_mut();
        if glyphs.len() <= place {
            glyphs.resize(place + 1, Asked::Not);
        }
        if let Some(there) = glyphs.get_mut(place) {
            *there = glyph.clone().map_or(Asked::Unsaid, Asked::Drawn);
        }
        glyph
    }

    fn width(&self, code: u32) -> f32 {
        match &self.kind {
            Kind::Simple(simple) => {
                let code = usize::try_from(code).unwrap_or(usize::MAX);
                simple.widths.get(code).copied().unwrap_or_default()
            }
            Kind::Composite(composite) => composite.widths.get(&code).copied().unwrap_or(composite.default_width),
        }
    }

    fn text(&self, code: u32) -> Option<String> {
        let mapped = self.to_unicode.as_ref().and_then(|map| map.lookup_bf_string(code));
        let encoding = match &self.kind {
            Kind::Simple(simple) => Some(&simple.encoding),
            Kind::Composite(_) => None,
        };
        match (mapped, encoding) {
            // Some programs write this for what they do not know.
            (Some(BfString::Char('\0')), Some(encoding)) if encoding.is_type1() => letter(encoding, code),
            (Some(BfString::Char(character)), _) => Some(character.to_string()),
            (Some(BfString::String(text)), _) => Some(text),
            (None, Some(encoding)) => letter(encoding, code),
            (None, None) => Some(UNMAPPED.to_string()),
        }
    }
}

fn letter(encoding: &Encoding, code: u32) -> Option<String> {
    match encoding.letter(u8::try_from(code).ok()?) {
        Letter::Of(character) => Some(character.to_string()),
        Letter::Nothing => Some(UNMAPPED.to_string()),
        Letter::Unsaid => None,
    }
}
