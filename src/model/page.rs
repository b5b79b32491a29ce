//! A page as a reader saw it: words with their places, in the page's own pixels.

/// How sure somebody is, in thousandths: 0 is a guess, 1000 is proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Confidence(u16);

impl Confidence {
    /// Proof: a person said so, or a text layer did.
    pub const CERTAIN: Self = Self(1000);
    /// No support at all.
    pub const NONE: Self = Self(0);

    /// So many thousandths; more than a thousand counts as a thousand.
    #[must_use]
    pub const fn from_per_mille(value: u16) -> Self {
        Self(if value > 1000 { 1000 } else { value })
    }

    /// The thousandths.
    #[must_use]
    pub const fn per_mille(self) -> u16 {
        self.0
    }
}

/// A rectangle on a page, in the page's pixels from its top left corner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Area {
    /// Pixels from the left edge.
    pub left: u32,
    /// Pixels from the top edge.
    pub top: u32,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}

impl Area {
    /// The first pixel column right of the area.
    #[must_use]
    pub const fn right(self) -> u32 {
        self.left.saturating_add(self.width)
    }

    /// The first pixel row under the area.
    #[must_use]
    pub const fn bottom(self) -> u32 {
        self.top.saturating_add(self.height)
    }

    /// Whether one stands over, or under, the other: they share a column of pixels.
    #[must_use]
    pub const fn shares_column(self, other: Self) -> bool {
        self.left < other.right() && self.right() > other.left
    }

    /// The smallest area that holds both.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        let (left, top) = (self.left.min(other.left), self.top.min(other.top));
        let (right, bottom) = (self.right().max(other.right()), self.bottom().max(other.bottom()));
        Self { left, top, width: right - left, height: bottom - top }
    }
}

/// Where a value came from, in order of trust from the top.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// A person typed or confirmed it.
    Person,
    /// The XML of an e-invoice, bare or inside a PDF.
    EInvoice,
    /// A QR code whose format is published: a fapiao's, an e-invoice's, a payment code's.
    Qr,
    /// The text layer of a PDF.
    PdfText,
    /// Optical recognition by PP-OCR's networks.
    PpOcr,
    /// Optical recognition by Tesseract.
    Tesseract,
}

impl Source {
    /// Every source, in order of trust from the top.
    pub const ALL: [Self; 6] = [Self::Person, Self::EInvoice, Self::Qr, Self::PdfText, Self::PpOcr, Self::Tesseract];

    /// The name in JSON, tables and pages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::EInvoice => "e_invoice",
            Self::Qr => "qr",
            Self::PdfText => "pdf_text",
            Self::PpOcr => "pp_ocr",
            Self::Tesseract => "tesseract",
        }
    }

    /// Whether it looked at pixels, and so may have misread a sign.
    #[must_use]
    pub const fn is_optical(self) -> bool {
        matches!(self, Self::PpOcr | Self::Tesseract)
    }

    /// The source with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.name() == name)
    }
}

/// One word on a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// What it says; never empty, no spaces.
    pub text: String,
    /// Where it stands.
    pub area: Area,
    /// How sure the reader is of the text.
    pub confidence: Confidence,
    /// The reader's own line number on this page; words of one line share it.
    pub line: u32,
}

/// One page with everything a reader saw on it, in reading order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Counted from one.
    pub number: u32,
    /// Width in pixels of the picture the areas refer to.
    pub width: u32,
    /// Height in pixels of the picture the areas refer to.
    pub height: u32,
    /// Which reader saw it.
    pub source: Source,
    /// The words.
    pub words: Vec<Word>,
}

/// A place on a page that a second reader is to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Spot {
    /// The page, counted from one.
    pub page: u32,
    /// Where on it.
    pub area: Area,
}

/// What a second reader saw when it was shown one place alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// The place.
    pub spot: Spot,
    /// What it read there, from left to right; empty when it could read nothing.
    pub words: Vec<Word>,
}
