//! PP-OCRv6: a detector that finds the lines of a page and a recogniser that reads each, as networks in ONNX files.
//!
//! The files are not part of this repository: `script/setup` fetches them, and without them Tesseract reads alone.
//! A page that lies on its side or upside down is noticed here, because only reading tells which way is up.

mod detect;
mod recognise;
mod runtime;
mod sample;
mod slant;
mod words;

use std::path::{Path, PathBuf};

use image::{RgbImage, imageops};

pub use runtime::NetworkError;

use self::{
    detect::Sight,
    recognise::{Alphabet, Sign},
    runtime::{Network, Runtime},
    sample::Pyramid,
    slant::Slant,
};
use crate::model::page::Word;

/// The detector's file.
pub const DETECTOR_FILE: &str = "PP-OCRv6_det_small.onnx";
/// The recogniser's.
pub const RECOGNISER_FILE: &str = "PP-OCRv6_rec_small.onnx";
/// ONNX Runtime's.
pub const LIBRARY_FILE: &str = "libonnxruntime.so";
/// Where the recogniser's file keeps its list of characters.
const ALPHABET_NOTE: &str = "character";

/// How the detector sees a page: the networks' makers never show it less than 736 pixels across; smaller type than
/// that leaves is rare, and time goes with the area.
const SIGHT: Sight = Sight { short_px: 736, pixels_max: 1_100_000 };
/// So many of the longest lines are read to tell which way is up.
const LINES_TRIED: usize = 4;
/// Read surer than this on average, a page is not tried the other way up.
const UPRIGHT_SURE: f32 = 0.85;
/// Turned, it must be surer by this.
const TURNED_BETTER: f32 = 0.08;

/// The files of the reader in a folder, and which of them are missing.
#[must_use]
pub fn files_missing(folder: &Path) -> Vec<PathBuf> {
    [LIBRARY_FILE, DETECTOR_FILE, RECOGNISER_FILE]
        .iter()
        .map(|name| folder.join(name))
        .filter(|path| !path.is_file())
        .collect()
}

/// The loaded networks.
pub struct Engine {
    detector: Network,
    recogniser: Network,
    alphabet: Alphabet,
}

/// What was seen on a picture.
#[derive(Debug)]
pub struct Seen {
    /// The words, in pixels of the picture after it was turned.
    pub words: Vec<Word>,
    /// How often the picture has to be turned by 90° clockwise to stand upright.
    pub quarter_turns: u8,
}

impl Engine {
    /// Loads the networks from a folder.
    ///
    /// # Errors
    /// A file is missing, damaged, or of another version.
    pub fn load(folder: &Path) -> Result<Self, NetworkError> {
        let runtime = Runtime::load(&folder.join(LIBRARY_FILE))?;
        let detector = Network::load(&runtime, &folder.join(DETECTOR_FILE))?;
        let path = folder.join(RECOGNISER_FILE);
        let recogniser = Network::load(&runtime, &path)?;
        let Some(list) = recogniser.note(ALPHABET_NOTE) else {
            let reason = "it has no list of characters".to_owned();
            return Err(NetworkError::Model { path: path.display().to_string(), reason });
        };
        Ok(Self { detector, recogniser, alphabet: Alphabet::new(&list) })
    }

    /// The words of a picture.
    ///
    /// # Errors
    /// A network failed; the picture is not at fault unless it is enormous.
    pub fn read(&mut self, picture: RgbImage) -> Result<Seen, NetworkError> {
        let mut quarter_turns = 0;
        let mut picture = Pyramid::new(picture);
        let mut lines = detect::lines(&mut self.detector, &picture, SIGHT)?;
        if runs_down(&lines) {
            quarter_turns = 3;
            picture = turned(picture, imageops::rotate270);
            lines = detect::lines(&mut self.detector, &picture, SIGHT)?;
        }
        let mut read = self.read_longest(&picture, &lines)?;
        let sure = sureness(&read);
        if !read.is_empty() && sure < UPRIGHT_SURE {
            let reversed: Vec<Slant> = lines.iter().map(|line| line.reversed()).collect();
            let other = self.read_longest(&picture, &reversed)?;
            if is_much_surer(sureness(&other), sure) {
                quarter_turns = (quarter_turns + 2) % 4;
                picture = turned(picture, imageops::rotate180);
                // The detector sees an upside-down page a little differently, so it looks again.
                lines = detect::lines(&mut self.detector, &picture, SIGHT)?;
                read = self.read_longest(&picture, &lines)?;
            }
        }
        let mut words = Vec::new();
        for (number, line) in (0_u32..).zip(&lines) {
            let signs = match read.iter_mut().find(|(index, _)| *index == number) {
                Some((_, signs)) => std::mem::take(signs),
                None => self.signs(&picture, *line)?,
            };
            words.extend(words::words(&signs, upright(*line), number, picture.size()));
        }
        Ok(Seen { words, quarter_turns })
    }

    fn signs(&mut self, picture: &Pyramid, line: Slant) -> Result<Vec<Sign>, NetworkError> {
        recognise::signs(&mut self.recogniser, &self.alphabet, picture, upright(line))
    }

    /// The longest lines with their numbers, read.
    fn read_longest(&mut self, picture: &Pyramid, lines: &[Slant]) -> Result<Vec<(u32, Vec<Sign>)>, NetworkError> {
        let mut longest: Vec<(u32, Slant)> = (0_u32..).zip(lines.iter().copied()).collect();
        longest.sort_by(|(_, left), (_, right)| right.length.total_cmp(&left.length));
        longest.truncate(LINES_TRIED);
        longest.into_iter().map(|(number, line)| Ok((number, self.signs(picture, line)?))).collect()
    }
}

/// A single line that runs up among level ones is read upwards.
fn upright(line: Slant) -> Slant {
    if line.is_upright() { line.upwards() } else { line }
}

fn turned(picture: Pyramid, turn: fn(&RgbImage) -> RgbImage) -> Pyramid {
    match picture.picture().map(turn) {
        Some(picture) => Pyramid::new(picture),
        None => picture,
    }
}

/// Whether most of the text runs up or down the picture.
fn runs_down(lines: &[Slant]) -> bool {
    let sum = |upright: bool| {
        let lines = lines.iter().filter(|line| line.is_upright() == upright);
        lines.map(|line| line.length.max(line.height)).sum::<f32>()
    };
    sum(true) > sum(false)
}

#[expect(clippy::float_arithmetic, reason = "confidences")]
fn is_much_surer(other: f32, sure: f32) -> bool {
    other > sure + TURNED_BETTER
}

/// How sure the signs are on average; nothing where there are none.
#[expect(clippy::float_arithmetic, clippy::cast_precision_loss, reason = "confidences")]
fn sureness(lines: &[(u32, Vec<Sign>)]) -> f32 {
    let signs: Vec<f32> = lines.iter().flat_map(|(_, signs)| signs.iter().map(|sign| sign.sure)).collect();
    signs.iter().sum::<f32>() / signs.len().max(1) as f32
}
