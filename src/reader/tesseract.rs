//! Tesseract, through the `tesseract` crate, with warm engines.
//!
//! Every page is read with the English model. Where that made little of a part of a line whose strokes look Chinese, the
//! part alone is shown to the Chinese model; only if it sees Chinese there is the whole page read with both, which
//! costs several times as much, and the better of the readings is kept (decision 0003).

use image::{DynamicImage, GrayImage, imageops::FilterType};
use tesseract::{PageSegMode, Tesseract};

use vouch::{
    model::page::{Area, Confidence, Word},
    read::{PixelReader, ReadError, halve},
};

use crate::strokes::chinese_strokes;

/// Latin letters and digits.
const ENGLISH: &str = "eng";
/// Shows whether a line is Chinese; it reads enough of simplified characters for that.
const CHINESE: &str = "chi_tra";
/// Hong Kong's papers mix both on one line.
const WITH_TRADITIONAL: &str = "chi_tra+eng";
/// The mainland's.
const WITH_SIMPLIFIED: &str = "chi_sim+eng";
/// Words below this are noise more often than text.
const UNDERSTOOD_PER_MILLE: u16 = 600;
/// A run of words below this is a part to show to the Chinese model …
const DOUBTFUL_PER_MILLE: u16 = 600;
/// … and so many parts of a page are shown, each of about so many characters at most.
const PARTS_SHOWN: usize = 2;
const PART_CHARACTERS_MAX: u32 = 6;
/// Characters lower than this are not read by anybody.
const PART_HEIGHT_MIN_PX: u32 = 14;
/// So many Chinese characters in one part are not an accident …
const CHINESE_CHARACTERS_MIN: usize = 3;
/// … if the model is as sure of them as this.
const CHINESE_SURE_PER_MILLE: u16 = 750;
/// If a page read as traditional leaves more of its Chinese in doubt than this, it is tried as simplified.
const CHINESE_DOUBT_PERCENT_MAX: usize = 35;
/// Fewer characters than this from a page make its layout suspect.
const CHARACTERS_MIN: usize = 25;
/// Small prints are enlarged to at least this width, because Tesseract wants letters of some twenty pixels.
const WIDTH_MIN_PX: u32 = 320;
/// Pages of more pixels than this, such as a scan of A4 at 600 dots an inch, are read at half their width and height.
const PIXELS_BEFORE_HALVING: u64 = 20_000_000;
/// Read at half its size, a digit of the smallest print is sometimes taken for another with full confidence (5 for 8
/// in a date of the tuning set). So no word of such a page is surer than this, and nothing is accepted on the reader's
/// word alone; what the paper itself proves still is.
const HALVED_SURE_MAX: Confidence = Confidence::from_per_mille(590);
/// Single lines are shown to the witness about this high, in pixels, margin included.
const WITNESS_HEIGHT_PX: u32 = 56;
/// A single line of which a word is less sure than this is shown once more, softened.
const LOOKED_SURELY: Confidence = Confidence::from_per_mille(800);
/// A softened line is so high, in pixels, without its margin: small, so that the dots of a needle printer run together.
const SOFTENED_HEIGHT_PX: u32 = 40;
/// How far, in pixels, its ink is spread.
const SOFTENED_BY_PX: f32 = 1.2;
/// How much white there is around it, in pixels: letters at an edge are misread.
const SOFTENED_MARGIN_PX: u32 = 10;
/// Tesseract's own limit is 32,767 pixels a side.
const SIDE_MAX_PX: u32 = 32_000;
/// What Tesseract assumes about pictures that do not say; silences its guessing.
const RESOLUTION_PPI: i32 = 300;

/// The engines of one reader process, made when first needed and kept.
#[derive(Default)]
pub(crate) struct Engines {
    english: Option<Tesseract>,
    /// English again, for single lines: it must not adapt to what it saw on the whole page.
    witness: Option<Tesseract>,
    chinese: Option<Tesseract>,
    with_traditional: Option<Tesseract>,
    with_simplified: Option<Tesseract>,
}

impl PixelReader for Engines {
    fn words(&mut self, picture: &DynamicImage) -> Result<Vec<Word>, ReadError> {
        let (gray, scale) = clean(picture);
        if gray.width() > SIDE_MAX_PX || gray.height() > SIDE_MAX_PX {
            return Err(ReadError::ImageTooLarge { pixels_max: u64::from(SIDE_MAX_PX) * u64::from(SIDE_MAX_PX) });
        }
        let mut words = recognise(&mut self.english, ENGLISH, &gray, PageSegMode::PsmSingleBlock, None)?;
        if characters(&words) < CHARACTERS_MIN {
            // A page that is no single block, such as a small receipt on a large scan.
            let other = recognise(&mut self.english, ENGLISH, &gray, PageSegMode::PsmAuto, None)?;
            words = better(words, Ok(other));
        }
        if self.sees_chinese(&gray, &words) {
            // Without the Chinese models the English reading stands; `vouch doctor` names what is missing.
            let block = PageSegMode::PsmSingleBlock;
            let traditional = recognise(&mut self.with_traditional, WITH_TRADITIONAL, &gray, block, None);
            let doubtful = traditional.as_ref().is_ok_and(|words| in_doubt(words));
            words = better(words, traditional);
            if doubtful {
                let block = PageSegMode::PsmSingleBlock;
                words = better(words, recognise(&mut self.with_simplified, WITH_SIMPLIFIED, &gray, block, None));
            }
        }
        let sure_max = if scale.down > 1 { HALVED_SURE_MAX } else { Confidence::CERTAIN };
        let back = |word: Word| {
            let (area, confidence) = (unscale(word.area, scale), word.confidence.min(sure_max));
            Word { area, confidence, ..word }
        };
        Ok(words.into_iter().map(back).collect())
    }

    fn look(&mut self, gray: &GrayImage, area: Area) -> Result<Vec<Vec<Word>>, ReadError> {
        let Some(part) = part(gray, area) else { return Ok(vec![Vec::new()]) };
        let mut readings = Vec::new();
        for prepare in [enlarged, softened] {
            let Some(shown) = prepare(&part.picture) else { continue };
            let words = recognise(&mut self.witness, ENGLISH, &shown.picture, PageSegMode::PsmSingleLine, None)?;
            let words: Vec<Word> = words.into_iter().map(|word| shown.back(word, &part)).collect();
            let sure = words.iter().map(|word| word.confidence).min().is_some_and(|least| least >= LOOKED_SURELY);
            readings.push(words);
            if sure {
                break;
            }
        }
        Ok(readings)
    }
}

impl Engines {
    /// Shows the parts that were understood least to the Chinese model.
    fn sees_chinese(&mut self, gray: &GrayImage, words: &[Word]) -> bool {
        doubtful_parts(words, gray).into_iter().take(PARTS_SHOWN).any(|part| {
            let read = recognise(&mut self.chinese, CHINESE, gray, PageSegMode::PsmSingleLine, Some(part));
            let read = read.unwrap_or_default();
            let sure = read.iter().filter(|word| word.confidence.per_mille() >= CHINESE_SURE_PER_MILLE);
            let chinese = sure.flat_map(|word| word.text.chars()).filter(|c| is_chinese(*c)).count();
            // Specks and stains are read as a few characters among signs; text is nearly all characters.
            chinese >= CHINESE_CHARACTERS_MIN && chinese * 3 >= characters(&read) * 2
        })
    }
}

const fn is_chinese(c: char) -> bool {
    matches!(c, '\u{4E00}'..='\u{9FFF}')
}

/// Runs of words on one line that the reader is unsure of and whose strokes look Chinese, the likeliest first: on a
/// page in two languages these are the other language. Looking at strokes costs next to nothing, reading costs much.
fn doubtful_parts(words: &[Word], gray: &GrayImage) -> Vec<Area> {
    let doubtful = |word: &Word| word.confidence.per_mille() < DOUBTFUL_PER_MILLE;
    let mut parts: Vec<(u32, Area)> = words
        .chunk_by(|a, b| a.line == b.line && doubtful(a) == doubtful(b))
        .filter(|run| run.first().is_some_and(doubtful))
        .filter_map(|run| run.iter().map(|word| word.area).reduce(Area::union))
        .filter(|area| area.height >= PART_HEIGHT_MIN_PX && area.height <= gray.height() / 8)
        .filter(|area| area.width.saturating_mul(5) >= area.height.saturating_mul(13))
        .map(|area| Area { width: area.width.min(area.height.saturating_mul(PART_CHARACTERS_MAX)), ..area })
        .filter_map(|area| Some((chinese_strokes(gray, area)?, area)))
        .collect();
    parts.sort_by_key(|(strokes, _)| std::cmp::Reverse(*strokes));
    parts.into_iter().map(|(_, area)| with_margin(area, gray.height())).collect()
}

/// Letters cut at their edge are not read.
fn with_margin(area: Area, page_height: u32) -> Area {
    let margin = area.height / 4;
    let (left, top) = (area.left.saturating_sub(margin), area.top.saturating_sub(margin));
    let height = (area.bottom().saturating_add(margin)).min(page_height).saturating_sub(top);
    Area { left, top, width: area.right().saturating_sub(left), height }
}

/// The reading in which more was understood.
fn better(words: Vec<Word>, other: Result<Vec<Word>, ReadError>) -> Vec<Word> {
    match other {
        Ok(other) if score(&other) > score(&words) => other,
        Ok(_) | Err(_) => words,
    }
}

/// How a picture was changed before it was read: enlarged `up` times or made smaller `down` times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Scale {
    up: u32,
    down: u32,
}

/// Gray, and of a size that Tesseract likes.
fn clean(picture: &DynamicImage) -> (GrayImage, Scale) {
    let pixels = u64::from(picture.width()) * u64::from(picture.height());
    if pixels > PIXELS_BEFORE_HALVING {
        // A quarter of the work, and the letters of a scan of 600 dots an inch are still larger than Tesseract wants.
        return (halve::gray(&picture.to_luma8()), Scale { up: 1, down: 2 });
    }
    let gray = picture.to_luma8();
    let up = WIDTH_MIN_PX.div_ceil(gray.width().max(1)).clamp(1, 3);
    if up == 1 {
        return (gray, Scale { up: 1, down: 1 });
    }
    let (width, height) = (gray.width().saturating_mul(up), gray.height().saturating_mul(up));
    (image::imageops::resize(&gray, width, height, FilterType::CatmullRom), Scale { up, down: 1 })
}

/// A part of a picture, and where it begins there.
struct Part {
    picture: GrayImage,
    left: u32,
    top: u32,
}

/// A part as the witness is shown it.
struct Shown {
    picture: GrayImage,
    scale: Scale,
    /// Pixels added at each side.
    margin: u32,
}

impl Shown {
    /// The word in the pixels of the whole picture.
    fn back(&self, word: Word, part: &Part) -> Word {
        let (left, top) = (word.area.left.saturating_sub(self.margin), word.area.top.saturating_sub(self.margin));
        let area = unscale(Area { left, top, ..word.area }, self.scale);
        let (left, top) = (area.left.saturating_add(part.left), area.top.saturating_add(part.top));
        Word { area: Area { left, top, ..area }, ..word }
    }
}

/// The area with a margin around it. None for an area outside the picture.
fn part(gray: &GrayImage, area: Area) -> Option<Part> {
    let margin = (area.height / 5).max(2);
    let left = area.left.saturating_sub(margin);
    let top = area.top.saturating_sub(margin);
    let right = area.right().saturating_add(margin).min(gray.width());
    let bottom = area.bottom().saturating_add(margin).min(gray.height());
    if right <= left || bottom <= top {
        return None;
    }
    let picture = image::imageops::crop_imm(gray, left, top, right - left, bottom - top).to_image();
    Some(Part { picture, left, top })
}

/// A part at a size that Tesseract likes.
fn enlarged(crop: &GrayImage) -> Option<Shown> {
    let (up, down) = if crop.height() < WITNESS_HEIGHT_PX {
        (WITNESS_HEIGHT_PX.div_ceil(crop.height()).min(4), 1)
    } else {
        (1, (crop.height() / (WITNESS_HEIGHT_PX * 2)).max(1))
    };
    let scale = Scale { up, down };
    Some(Shown { picture: if up == down { crop.clone() } else { resized(crop, scale)? }, scale, margin: 0 })
}

/// A part made small and its ink spread, with white around it.
fn softened(crop: &GrayImage) -> Option<Shown> {
    let scale = Scale { up: SOFTENED_HEIGHT_PX, down: crop.height() };
    let soft = image::imageops::blur(&resized(crop, scale)?, SOFTENED_BY_PX);
    let margin = SOFTENED_MARGIN_PX;
    let mut picture = GrayImage::from_pixel(soft.width() + 2 * margin, soft.height() + 2 * margin, image::Luma([255]));
    image::imageops::overlay(&mut picture, &soft, i64::from(margin), i64::from(margin));
    Some(Shown { picture, scale, margin })
}

/// None for what would have no pixels, or too many.
fn resized(crop: &GrayImage, scale: Scale) -> Option<GrayImage> {
    let Scale { up, down } = scale;
    let (width, height) = (crop.width().saturating_mul(up) / down, crop.height().saturating_mul(up) / down);
    let possible = width > 0 && height > 0 && width <= SIDE_MAX_PX;
    possible.then(|| image::imageops::resize(crop, width, height, FilterType::CatmullRom))
}

fn unscale(area: Area, scale: Scale) -> Area {
    let back = |length: u32| length.saturating_mul(scale.down) / scale.up;
    Area {
        left: back(area.left),
        top: back(area.top),
        width: back(area.width).max(1),
        height: back(area.height).max(1),
    }
}

fn recognise(
    slot: &mut Option<Tesseract>,
    language: &str,
    gray: &GrayImage,
    layout: PageSegMode,
    part: Option<Area>,
) -> Result<Vec<Word>, ReadError> {
    let missing = |reason: String| ReadError::ReaderMissing { reason };
    let mut engine = match slot.take() {
        Some(engine) => engine,
        None => {
            let engine = Tesseract::new(None, Some(language)).map_err(|error| missing(error.to_string()))?;
            // A line it is unsure of is otherwise read once more as white on black; a glance need not.
            let glance = language == CHINESE;
            let once = if glance { engine.set_variable("invert_threshold", "0.0") } else { Ok(engine) };
            once.map_err(|error| missing(error.to_string()))?
        }
    };
    engine.set_page_seg_mode(layout);
    let (width, height) = (side(gray.width()), side(gray.height()));
    let engine = engine.set_frame(gray.as_raw(), width, height, 1, width).map_err(|_| ReadError::DamagedImage)?;
    let mut engine = engine.set_source_resolution(RESOLUTION_PPI);
    if let Some(part) = part {
        engine = engine.set_rectangle(side(part.left), side(part.top), side(part.width), side(part.height));
    }
    let mut engine = engine.recognize().map_err(|_| ReadError::DamagedImage)?;
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

fn characters(words: &[Word]) -> usize {
    words.iter().map(|word| word.text.chars().count()).sum()
}

/// Whether much of the Chinese on the page is in doubt.
fn in_doubt(words: &[Word]) -> bool {
    let chinese = |word: &&Word| word.text.chars().any(is_chinese);
    let all: usize = words.iter().filter(chinese).map(|word| word.text.chars().count()).sum();
    let unsure = words.iter().filter(chinese).filter(|word| word.confidence.per_mille() < UNDERSTOOD_PER_MILLE);
    unsure.map(|word| word.text.chars().count()).sum::<usize>() * 100 > all * CHINESE_DOUBT_PERCENT_MAX
}

/// How much was understood: confident characters count for, doubtful ones against.
fn score(words: &[Word]) -> i64 {
    let weigh = |word: &Word| {
        let characters = i64::try_from(word.text.chars().count()).unwrap_or(0);
        // A Chinese character carries about as much as two Latin ones.
        let wide = i64::try_from(word.text.chars().filter(|c| is_chinese(*c)).count()).unwrap_or(0);
        (characters + wide) * (i64::from(word.confidence.per_mille()) - i64::from(UNDERSTOOD_PER_MILLE))
    };
    words.iter().map(weigh).sum()
}

/// The languages whose models are not on this machine, of those vouch reads.
pub(crate) fn languages_missing() -> Vec<&'static str> {
    ["eng", "chi_tra", "chi_sim"].into_iter().filter(|name| Tesseract::new(None, Some(name)).is_err()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn areas_are_scaled_back() {
        let area = Area { left: 10, top: 20, width: 5, height: 1 };
        let twice = Area { left: 20, top: 40, width: 10, height: 2 };
        assert_eq!(unscale(area, Scale { up: 1, down: 2 }), twice);
        assert_eq!(unscale(twice, Scale { up: 2, down: 1 }), area);
    }

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
