//! What a line says: the recogniser network, and its answer as signs with places and confidences.

use super::{
    runtime::{Answer, Network, NetworkError},
    sample::Pyramid,
    slant::Slant,
};

/// The height the recogniser takes, in pixels.
const HEIGHT_PX: usize = 48;
/// Lines are filled up to a multiple of this, in pixels.
const STEP_PX: usize = 32;
/// Shorter lines are filled up to this, in pixels.
const WIDTH_MIN_PX: usize = 64;
/// Longer ones are squeezed, in pixels.
const WIDTH_MAX_PX: usize = 2_400;

/// One sign that was recognised.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sign {
    pub(super) text: char,
    /// How sure, from 0 to 1.
    pub(super) sure: f32,
    /// Where its middle stands along the line, from 0 at its start to 1 at its end.
    pub(super) place: f32,
}

/// The characters a recogniser knows, by the number of its output; none for those of several or no letters.
pub(super) struct Alphabet(Vec<Option<char>>);

impl Alphabet {
    /// The list as the network's file keeps it: one character a line. Number 0 is "nothing", the last is a space.
    pub(super) fn new(list: &str) -> Self {
        let single = |line: &str| {
            let mut signs = line.chars();
            signs.next().filter(|_| signs.next().is_none())
        };
        let mut signs = vec![None];
        // Lines are cut at the line feed alone: some of the characters are line breaks of other scripts.
        signs.extend(list.trim_end_matches('\n').split('\n').map(|line| single(line.trim_end_matches('\r'))));
        signs.push(Some(' '));
        Self(signs)
    }

    /// How many outputs it stands for.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

/// The signs of a line, from its start.
pub(super) fn signs(
    network: &mut Network,
    alphabet: &Alphabet,
    picture: &Pyramid,
    line: Slant,
) -> Result<Vec<Sign>, NetworkError> {
    let width = width_px(line);
    let filled = width.div_ceil(STEP_PX).saturating_mul(STEP_PX).max(WIDTH_MIN_PX);
    let mut numbers = vec![0.0; 3 * HEIGHT_PX * filled];
    picture.cut(line, width, HEIGHT_PX, filled, &mut numbers);
    let answer = network.run([1, 3, HEIGHT_PX, filled], numbers)?;
    if answer.shape.len() != 3 || answer.shape.get(2) != Some(&alphabet.len()) {
        return Err(NetworkError::Run {
            reason: format!("an answer of shape {:?} for {} characters", answer.shape, alphabet.len()),
        });
    }
    #[expect(clippy::cast_precision_loss, clippy::float_arithmetic, reason = "a width fits a float")]
    let share = filled as f32 / width.max(1) as f32;
    Ok(decode(&answer, alphabet, share))
}

#[expect(
    clippy::float_arithmetic,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "geometry; the result is clamped"
)]
fn width_px(line: Slant) -> usize {
    let width = (HEIGHT_PX as f32 * line.length / line.height.max(1.0)).ceil();
    (width.max(1.0) as usize).min(WIDTH_MAX_PX)
}

/// Reads the network's steps: the likeliest of each, repetitions once, "nothing" left out.
#[expect(clippy::float_arithmetic, clippy::cast_precision_loss, reason = "places along a line")]
fn decode(answer: &Answer, alphabet: &Alphabet, share: f32) -> Vec<Sign> {
    let steps = answer.numbers.len() / alphabet.len().max(1);
    let mut signs: Vec<Sign> = Vec::new();
    let mut before = 0;
    let mut first_step = 0;
    for (step, chances) in answer.numbers.chunks_exact(alphabet.len().max(1)).enumerate() {
        let (best, sure) = likeliest(chances);
        let place = |from: usize, to: usize| ((from + to) as f32 + 1.0) / 2.0 / steps as f32 * share;
        if best == before {
            // A sign that stays for several steps stands in their middle, and is as sure as its surest step.
            let same = alphabet.0.get(best).copied().flatten();
            if let Some(last) = signs.last_mut().filter(|last| Some(last.text) == same) {
                last.place = place(first_step, step).min(1.0);
                last.sure = last.sure.max(sure);
            }
            continue;
        }
        before = best;
        first_step = step;
        if let Some(text) = alphabet.0.get(best).copied().flatten() {
            signs.push(Sign { text, sure, place: place(step, step).min(1.0) });
        }
    }
    signs
}

/// The largest of the numbers and where it stands.
fn likeliest(chances: &[f32]) -> (usize, f32) {
    // In blocks, so that the compiler can compare many at once: an answer has eighteen thousand numbers a step.
    const BLOCK: usize = 256;
    let mut best = (0, f32::MIN);
    for (number, block) in chances.chunks(BLOCK).enumerate() {
        let most = block.iter().copied().fold(f32::MIN, f32::max);
        if most > best.1 {
            best = (number, most);
        }
    }
    let start = best.0 * BLOCK;
    let inside = chances.get(start..).unwrap_or_default().iter().position(|chance| *chance >= best.1);
    (start + inside.unwrap_or(0), best.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alphabets() {
        let alphabet = Alphabet::new("a\nb\n中\nxy\n");
        assert_eq!(alphabet.0, [None, Some('a'), Some('b'), Some('中'), None, Some(' ')]);
    }

    #[test]
    fn steps_become_signs() {
        let alphabet = Alphabet::new("a\nb\n");
        let step = |best: usize, sure: f32| {
            let mut chances = vec![0.01; 4];
            chances[best] = sure;
            chances
        };
        let steps = [
            step(1, 0.9),
            step(1, 0.95),
            step(0, 0.9),
            step(1, 0.8),
            step(3, 0.7),
            step(2, 0.6),
            step(0, 0.9),
            step(0, 0.9),
        ];
        let answer = Answer { shape: vec![1, 8, 4], numbers: steps.concat() };
        let signs = decode(&answer, &alphabet, 1.0);
        let text: String = signs.iter().map(|sign| sign.text).collect();
        assert_eq!(text, "aa b");
        assert_eq!(signs.iter().map(|sign| sign.sure).collect::<Vec<_>>(), [0.95, 0.8, 0.7, 0.6]);
        assert!((signs[0].place - 0.125).abs() < 0.001 && (signs[3].place - 0.6875).abs() < 0.001, "{signs:?}");
    }

    #[test]
    fn the_largest_number() {
        let mut chances = vec![0.0; 1000];
        chances[777] = 0.5;
        assert_eq!(likeliest(&chances), (777, 0.5));
        assert_eq!(likeliest(&[0.2]), (0, 0.2));
        assert_eq!(likeliest(&[]).0, 0);
    }
}
