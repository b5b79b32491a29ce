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
    /// A PDF, with text or scanned.
    Pdf,
}

impl MediaType {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::Jpeg, Self::Png, Self::Tiff, Self::WebP, Self::Pdf];

    /// The media type as HTTP writes it; also the name in tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Tiff => "image/tiff",
            Self::WebP => "image/webp",
            Self::Pdf => "application/pdf",
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
            Self::Pdf => "pdf",
        }
    }

    /// The kind with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|media| media.name() == name)
    }
}
