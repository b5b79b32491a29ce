//! The kinds of file vouch takes in.

/// A kind of file, as its first bytes say; names are not trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MediaType {
    /// A JPEG photo.
    Jpeg,
    /// A PNG picture.
    Png,
    /// A TIFF, of one page or many.
    Tiff,
    /// A WebP picture.
    WebP,
    /// A HEIC photo, as telephones take them.
    Heic,
    /// A PDF, with text or scanned.
    Pdf,
    /// The XML of an e-invoice.
    Xml,
}

impl MediaType {
    /// Every kind.
    pub const ALL: [Self; 7] = [Self::Jpeg, Self::Png, Self::Tiff, Self::WebP, Self::Heic, Self::Pdf, Self::Xml];

    /// The media type as HTTP writes it; also the name in tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Tiff => "image/tiff",
            Self::WebP => "image/webp",
            Self::Heic => "image/heic",
            Self::Pdf => "application/pdf",
            Self::Xml => "application/xml",
        }
    }

    /// The usual ending of a file's name, without the dot.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Tiff => "tif",
            Self::WebP => "webp",
            Self::Heic => "heic",
            Self::Pdf => "pdf",
            Self::Xml => "xml",
        }
    }

    /// The kind with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|media| media.name() == name)
    }
}
