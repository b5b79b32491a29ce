//! The optical readers of one process: the neural one where its files are, Tesseract beside it.
//!
//! The neural reader reads. Tesseract is the witness: afterwards it is shown the few parts of the page that matter,
//! alone, and says what it sees there. The two were made by different people from different data, so the same mistake
//! made by both is rare. Where the neural reader's files are missing, Tesseract reads, and nobody is witness.

use std::{path::PathBuf, rc::Rc};

use image::{DynamicImage, GrayImage, RgbImage};

use super::{ReadError, Reader, halve, picture::Recogniser, ppocr};
use crate::model::page::{Area, Look, Page, Source, Spot, Word};

/// Larger pictures are shown to the neural reader at half their width and height: letters of a scan of 600 dots an
/// inch are still larger than it needs.
const PIXELS_BEFORE_HALVING: u64 = 10_000_000;
/// Pictures that are kept for the witness until the next file, in pixels: one of the largest scans, or many pages.
const KEPT_PIXELS_MAX: u64 = 60_000_000;
/// The most parts that the witness is shown of one file.
const SPOTS_MAX: usize = 12;

/// A reader of pixels that a program brings along: Tesseract, which only `vouch-reader` has (decision 0010).
pub trait PixelReader {
    /// The words of a picture.
    ///
    /// # Errors
    /// The reader or its English model is missing, or the picture is too large for it.
    fn words(&mut self, picture: &DynamicImage) -> Result<Vec<Word>, ReadError>;

    /// What stands in a part of a picture, read as one line of Latin letters and digits, in the picture's pixels. Where
    /// the first reading was unsure there is a second one, of the part softened.
    ///
    /// # Errors
    /// The reader or its English model is missing.
    fn look(&mut self, gray: &GrayImage, area: Area) -> Result<Vec<Vec<Word>>, ReadError>;
}

/// The readers of one process, made when first needed and kept.
pub struct Engines {
    tesseract: Box<dyn PixelReader>,
    readers_dir: PathBuf,
    /// Nothing before it is first needed; then the reader, or why there is none.
    neural: Option<Result<Box<ppocr::Engine>, String>>,
    kept: Vec<(u32, Rc<GrayImage>)>,
}

/// A picture that was read: as it stands upright, and its page.
pub(super) struct Recognised {
    pub(super) picture: DynamicImage,
    pub(super) gray: Rc<GrayImage>,
    pub(super) page: Page,
}

impl Engines {
    /// Tesseract, and the reader whose neural networks are in this folder, if anywhere.
    #[must_use]
    pub fn new(readers_dir: PathBuf, tesseract: Box<dyn PixelReader>) -> Self {
        Self { tesseract, readers_dir, neural: None, kept: Vec::new() }
    }

    /// Forgets the last file's pictures.
    pub(super) fn begin(&mut self) {
        self.kept.clear();
    }

    /// Which of them will read a picture.
    pub(super) fn recogniser(&mut self, reader: Reader) -> Recogniser {
        match reader {
            Reader::Tesseract => Recogniser::Tesseract,
            Reader::Auto if self.neural().is_err() => Recogniser::Tesseract,
            Reader::Auto | Reader::PpOcr => Recogniser::Neural,
        }
    }

    /// Reads a picture.
    ///
    /// # Errors
    /// The reader that was asked for is missing, or cannot take so large a picture.
    pub(super) fn recognise(
        &mut self,
        number: u32,
        picture: DynamicImage,
        reader: Reader,
    ) -> Result<Recognised, ReadError> {
        let neural = match reader {
            Reader::Auto => self.neural().ok(),
            Reader::PpOcr => Some(self.neural().map_err(|reason| ReadError::ReaderMissing { reason })?),
            Reader::Tesseract => None,
        };
        let Some(engine) = neural else {
            let words = self.tesseract.words(&picture)?;
            let (width, height) = (picture.width(), picture.height());
            let page = Page { number, width, height, source: Source::Tesseract, words };
            return Ok(Recognised { gray: Rc::new(picture.to_luma8()), picture, page });
        };
        let (small, shrunk) = shrunk(&picture);
        // What the networks cannot take is a picture too large for memory; another try in a fresh process may do.
        let seen = engine.read(small).map_err(|_| ReadError::ReaderCrashed)?;
        let picture = match seen.quarter_turns {
            1 => picture.rotate90(),
            2 => picture.rotate180(),
            3 => picture.rotate270(),
            _ => picture,
        };
        let mut words = seen.words;
        for word in &mut words {
            word.area = enlarged(word.area, shrunk);
        }
        let gray = Rc::new(picture.to_luma8());
        self.keep(number, &gray);
        let page = Page { number, width: picture.width(), height: picture.height(), source: Source::PpOcr, words };
        Ok(Recognised { picture, gray, page })
    }

    /// Keeps a page's picture for the witness until the next file.
    pub(super) fn keep(&mut self, number: u32, picture: &Rc<GrayImage>) {
        let pixels = |width: u32, height: u32| u64::from(width) * u64::from(height);
        let kept: u64 = self.kept.iter().map(|(_, gray)| pixels(gray.width(), gray.height())).sum();
        if kept + pixels(picture.width(), picture.height()) <= KEPT_PIXELS_MAX {
            self.kept.push((number, Rc::clone(picture)));
        }
    }

    /// What the witness sees at these places of the last file; places of pages that were not kept are left out.
    ///
    /// # Errors
    /// Tesseract or its English model is missing.
    pub(super) fn look(&mut self, spots: &[Spot]) -> Result<Vec<Look>, ReadError> {
        let mut looks = Vec::new();
        for spot in spots.iter().take(SPOTS_MAX) {
            let Some((_, gray)) = self.kept.iter().find(|(number, _)| *number == spot.page) else { continue };
            let readings = self.tesseract.look(gray, spot.area)?;
            looks.extend(readings.into_iter().map(|words| Look { spot: *spot, words }));
        }
        Ok(looks)
    }

    /// The neural reader, loaded at its first use; the reason where it cannot be.
    fn neural(&mut self) -> Result<&mut ppocr::Engine, String> {
        let folder = self.readers_dir.as_path();
        let load = || ppocr::Engine::load(folder).map(Box::new).map_err(|error| error.to_string());
        self.neural.get_or_insert_with(load).as_deref_mut().map_err(|reason| reason.clone())
    }
}

/// The picture in colours, halved until it has no more pixels than are useful, and how many times smaller it is.
fn shrunk(picture: &DynamicImage) -> (RgbImage, u32) {
    let mut rgb = picture.to_rgb8();
    let mut times = 1;
    while u64::from(rgb.width()) * u64::from(rgb.height()) > PIXELS_BEFORE_HALVING {
        rgb = halve::rgb(&rgb);
        times *= 2;
    }
    (rgb, times)
}

const fn enlarged(area: Area, times: u32) -> Area {
    Area {
        left: area.left.saturating_mul(times),
        top: area.top.saturating_mul(times),
        width: area.width.saturating_mul(times),
        height: area.height.saturating_mul(times),
    }
}
