//! Several papers in one picture: each that surely is one becomes a reading of its own.

use std::time::{Duration, Instant};

use image::DynamicImage;

use super::{
    Engines, Options, ReadError, Reading, Several,
    picture::{self, Prepared},
    raster, recognise,
};

/// A paper of several has at least so many words: what has fewer is a card, a leaf or a shadow, and dividing was wrong.
const PART_WORDS_MIN: usize = 4;

/// Reads a picture that may be a photo: of a sheet at a slant, or of several.
pub(super) fn photo(
    picture: DynamicImage,
    started: Instant,
    options: Options,
    engines: &mut Engines,
) -> Result<Vec<Reading>, ReadError> {
    let recogniser = engines.recogniser(options.reader);
    let prepared = match options.several {
        Several::Divide => picture::prepare(picture, recogniser),
        Several::One => Prepared::One(picture::whole(picture, recogniser)),
    };
    read(prepared, started.elapsed(), options, engines)
}

/// Reads the only page of a scan, which is left as it is where it shows one paper.
pub(super) fn scan(picture: DynamicImage, options: Options, engines: &mut Engines) -> Result<Vec<Reading>, ReadError> {
    let started = Instant::now();
    let prepared = match options.several {
        Several::Divide => picture::scanned(picture, engines.recogniser(options.reader)),
        Several::One => Prepared::One(picture),
    };
    read(prepared, started.elapsed(), options, engines)
}

fn read(
    prepared: Prepared,
    decode: Duration,
    options: Options,
    engines: &mut Engines,
) -> Result<Vec<Reading>, ReadError> {
    // Read as one, the total of one receipt would stand beside the date of another.
    let refused = |count: usize| ReadError::SeveralReceipts { count: u32::try_from(count).unwrap_or(u32::MAX) };
    let sheets = match prepared {
        Prepared::One(picture) => {
            let mut reading = Reading::empty(decode);
            recognise(&mut reading, (1, 1), picture, options, engines)?;
            return Ok(vec![reading]);
        }
        Prepared::Unsure(count) => return Err(refused(count)),
        Prepared::Several(sheets) => sheets,
    };
    let count = sheets.len();
    let mut readings = Vec::with_capacity(count);
    for (number, sheet) in (1..).zip(sheets) {
        let mut reading = Reading::empty(if number == 1 { decode } else { Duration::ZERO });
        let upright = recognise(&mut reading, (number, 1), sheet, options, engines)?;
        if reading.pages.iter().map(|page| page.words.len()).sum::<usize>() < PART_WORDS_MIN {
            return Err(refused(count));
        }
        if options.pictures {
            reading.cut = Some(raster::cut(&upright)?);
        }
        readings.push(reading);
    }
    Ok(readings)
}
