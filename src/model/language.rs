//! The languages vouch speaks, on its pages and in its notices.

/// A language that vouch speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Traditional Chinese as written in Hong Kong.
    TraditionalChinese,
    /// Simplified Chinese as written in mainland China.
    SimplifiedChinese,
}

impl Language {
    /// Every language, in the order the switch shows them.
    pub const ALL: [Self; 3] = [Self::English, Self::TraditionalChinese, Self::SimplifiedChinese];

    /// The code in cookies, forms and file names.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::TraditionalChinese => "zh-Hant",
            Self::SimplifiedChinese => "zh-Hans",
        }
    }

    /// The tag in `<html lang>`: with the region, so that browsers choose the region's shapes of characters.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::TraditionalChinese => "zh-Hant-HK",
            Self::SimplifiedChinese => "zh-Hans-CN",
        }
    }

    /// How its readers call it.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::TraditionalChinese => "繁體中文",
            Self::SimplifiedChinese => "简体中文",
        }
    }

    /// The language with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.code() == code)
    }

    /// The first language of an `Accept-Language` header that we have; English when there is none. Browsers send their
    /// languages best first, so the weights need not be read.
    #[must_use]
    pub fn from_accept_language(header: &str) -> Self {
        header.split(',').find_map(Self::from_range).unwrap_or_default()
    }

    fn from_range(range: &str) -> Option<Self> {
        let tag = range.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let mut parts = tag.split('-');
        match parts.next() {
            Some("en") => Some(Self::English),
            Some("zh" | "yue") => {
                let simplified = parts.clone().any(|part| part == "hans");
                let traditional =
                    tag.starts_with("yue") || parts.any(|part| ["hant", "hk", "mo", "tw"].contains(&part));
                Some(if traditional && !simplified { Self::TraditionalChinese } else { Self::SimplifiedChinese })
            }
            Some(_) | None => None,
        }
    }
}
