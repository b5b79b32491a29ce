//! Tesseract, through the `tesseract` crate: one warm engine for English, one for English with Chinese.
//!
//! Most pages need the first only. A page on which it understood little is read again with the Chinese models, which
//! cost several times as much; the better of the two readings is kept (decision 0003).

use image::{DynamicImage, GrayImage, imageops::FilterType};
use tesseract::{PageSegMode, Tesseract};

use super::ReadError;
use crate::model::page::{Area, Confidence, Word};

/// Latin letters and digits.
const ENGLISH: &str = "eng";
/// Hong Kong's papers mix all three on one line.
const WITH_CHINESE: &str = "chi_tra+chi_sim+eng";
/// Words below this are noise more often than text.
const UNDERSTOOD_PER_MILLE: u16 = 600;
/// With a larger share of characters not understood, in hundredths, the page is read again with Chinese.
const NOT_UNDERSTOOD_PERCENT_MAX: usize = 30;
/// Small prints are enlarged to at least this width, because Tesseract wants letters of some twenty pixels.
const WIDTH_MIN_PX: u32 = 500;
/// Tesseract's own limit is 32,767 pixels a side.
const SIDE_MAX_PX: u32 = 32_000;
/// What Tesseract assumes about pictures that do not say; silences its guessing.
const RESOLUTION_PPI: i32 = 300;

/// The engines of one reader process, made when first needed and kept.
#[derive(Default)]
pub struct Engines {
    english: Option<Tesseract>,
    with_chinese: Option<Tesseract>,
}

impl Engines {
    /// The words of a picture.
    ///
    /// # Errors
    /// Tesseract or its English model is missing, or the picture is too large for it.
    pub fn words(&mut self, picture: &DynamicImage) -> Result<Vec<Word>, ReadError> {
        let (gray, scale) = clean(picture);
        if gray.width() > SIDE_MAX_PX || gray.height() > SIDE_MAX_PX {
            return Err(ReadError::ImageTooLarge { pixels_max: u64::from(SIDE_MAX_PX) * u64::from(SIDE_MAX_PX) });
        }
        let english = recognise(&mut self.english, ENGLISH, &gray)?;
        let words = if understood(&english) {
            english
        } else {
            // Without the Chinese models the English reading stands; `vouch doctor` names what is missing.
            match recognise(&mut self.with_chinese, WITH_CHINESE, &gray) {
                Ok(chinese) if score(&chinese) > score(&english) => chinese,
                Ok(_) | Err(_) => english,
            }
        };
        Ok(words.into_iter().map(|word| Word { area: unscale(word.area, scale), ..word }).collect())
    }
}

/// Gray, and large enough; the factor by which it was enlarged comes with it.
fn clean(picture: &DynamicImage) -> (GrayImage, u32) {
    let gray = picture.to_luma8();
    let scale = WIDTH_MIN_PX.div_ceil(gray.width().max(1)).clamp(1, 3);
    if scale == 1 {
        return (gray, 1);
    }
    let (width, height) = (gray.width().saturating_mul(scale), gray.height().saturating_mul(scale));
    (image::imageops::resize(&gray, width, height, FilterType::CatmullRom), scale)
}

fn unscale(area: Area, scale: u32) -> Area {
    Area {
        left: area.left / scale,
        top: area.top / scale,
        width: (area.width / scale).max(1),
        height: (area.height / scale).max(1),
    }
}

fn recognise(slot: &mut Option<Tesseract>, language: &str, gray: &GrayImage) -> Result<Vec<Word>, ReadError> {
    let missing = |reason: String| ReadError::ReaderMissing { reason };
    let engine = match slot.take() {
        Some(engine) => engine,
        None => {
            let mut engine = Tesseract::new(None, Some(language)).map_err(|error| missing(error.to_string()))?;
            engine.set_page_seg_mode(PageSegMode::PsmSingleBlock);
            engine
        }
    };
    let (width, height) = (side(gray.width()), side(gray.height()));
    let engine = engine.set_frame(gray.as_raw(), width, height, 1, width).map_err(|_| ReadError::DamagedImage)?;
    let engine = engine.set_source_resolution(RESOLUTION_PPI).recognize();
    let mut engine = engine.map_err(|_| ReadError::DamagedImage)?;
    let tsv = engine.get_tsv_text(0).map_err(|_| ReadError::DamagedImage)?;
    *slot = Some(engine);
    Ok(parse_tsv(&tsv))
}

fn side(pixels: u32) -> i32 {
    i32::try_from(pixels).unwrap_or(i32::MAX)
}

/// Reads Tesseract's table: a row a word, twelve columns. Rows that are not words, or not readable, are left out.
fn parse_tsv(tsv: &str) -> Vec<Word> {
    let mut line = 0_u32;
    let mut last = None;
    let mut words = Vec::new();
    for row in tsv.lines() {
        let columns: Vec<&str> = row.splitn(12, '\t').collect();
        let [_, _, block, paragraph, row_line, _, left, top, width, height, confidence, text] = columns[..] else {
            continue;
        };
        let text = text.trim();
        let Some(confidence) = per_mille(confidence).filter(|_| !text.is_empty()) else { continue };
        let numbers = [left, top, width, height].map(str::parse::<u32>);
        let [Ok(left), Ok(top), Ok(width), Ok(height)] = numbers else { continue };
        let place = Some((block.to_owned(), paragraph.to_owned(), row_line.to_owned()));
        if place != last {
            line += 1;
            last = place;
        }
        let area = Area { left, top, width, height };
        words.push(Word { text: text.to_owned(), area, confidence, line });
    }
    words
}

/// Tesseract's `96.123` of a hundred as thousandths, without a float; −1 marks rows that are not words.
fn per_mille(text: &str) -> Option<Confidence> {
    let (whole, rest) = text.split_once('.').unwrap_or((text, "0"));
    let whole: u16 = whole.parse().ok()?;
    let tenth = rest.chars().next().and_then(|c| c.to_digit(10)).and_then(|d| u16::try_from(d).ok()).unwrap_or(0);
    Some(Confidence::from_per_mille(whole.saturating_mul(10).saturating_add(tenth)))
}

fn understood(words: &[Word]) -> bool {
    let length = |word: &&Word| word.text.chars().count();
    let all: usize = words.iter().map(|word| length(&word)).sum();
    let noise: usize =
        words.iter().filter(|word| word.confidence.per_mille() < UNDERSTOOD_PER_MILLE).map(|word| length(&word)).sum();
    noise * 100 <= all * NOT_UNDERSTOOD_PERCENT_MAX
}

/// How much was understood: confident characters count for, doubtful ones against.
fn score(words: &[Word]) -> i64 {
    let weigh = |word: &Word| {
        let characters = i64::try_from(word.text.chars().count()).unwrap_or(0);
        // A Chinese character carries about as much as two Latin ones.
        let wide =
            i64::try_from(word.text.chars().filter(|c| ('\u{4E00}'..='\u{9FFF}').contains(c)).count()).unwrap_or(0);
        (characters + wide) * (i64::from(word.confidence.per_mille()) - i64::from(UNDERSTOOD_PER_MILLE))
    };
    words.iter().map(weigh).sum()
}

/// The languages whose models are not on this machine, of those vouch reads.
#[must_use]
pub fn languages_missing() -> Vec<&'static str> {
    ["eng", "chi_tra", "chi_sim"].into_iter().filter(|name| Tesseract::new(None, Some(name)).is_err()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_become_words() {
        let tsv = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n\
            4\t1\t1\t1\t1\t0\t10\t10\t80\t12\t-1\t\n\
            5\t1\t1\t1\t1\t1\t10\t10\t30\t12\t96.52\tTOTAL\n\
            5\t1\t1\t1\t1\t2\t50\t10\t30\t12\t90\t12.00\n\
            5\t1\t1\t1\t2\t1\t10\t30\t30\t12\t100.000000\tCASH\n\
            5\t1\t1\t1\t2\t2\t10\t30\t30\t12\t95\t \n\
            5\t1\tgarbage\n";
        let words = parse_tsv(tsv);
        let seen: Vec<_> =
            words.iter().map(|word| (word.text.as_str(), word.confidence.per_mille(), word.line)).collect();
        assert_eq!(seen, [("TOTAL", 965, 1), ("12.00", 900, 1), ("CASH", 1000, 2)]);
    }
}
