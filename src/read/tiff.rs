//! The pages of a TIFF. The image crate decodes a file's first page only, so each further page is made the first: the
//! header's pointer to the first directory is changed to point at that page's directory.
//! Source: TIFF revision 6.0, section 2.

/// The files that each begin with one page of this one, in order. Empty when the chain of directories is broken.
/// BigTIFF files answer with themselves: their first page only.
pub(super) fn pages(bytes: &[u8], pages_max: u32) -> Vec<Vec<u8>> {
    let little = match bytes.get(..4) {
        Some(b"II*\0") => true,
        Some(b"MM\0*") => false,
        Some(_) => return vec![bytes.to_vec()],
        None => return Vec::new(),
    };
    let mut offsets = Vec::new();
    let mut next = u32_at(bytes, 4, little);
    // One more than allowed is enough to see that there are too many; a chain that loops ends here too.
    while let Some(offset) = next.filter(|offset| *offset != 0 && !offsets.contains(offset)) {
        offsets.push(offset);
        if offsets.len() > usize::try_from(pages_max).unwrap_or(usize::MAX) {
            break;
        }
        next = next_directory(bytes, offset, little);
    }
    offsets.into_iter().map(|offset| with_first_directory(bytes, offset, little)).collect()
}

fn next_directory(bytes: &[u8], offset: u32, little: bool) -> Option<u32> {
    const ENTRY_BYTES: usize = 12;
    let start = usize::try_from(offset).ok()?;
    let entries = usize::from(u16_at(bytes, start, little)?);
    u32_at(bytes, start.checked_add(2)?.checked_add(entries.checked_mul(ENTRY_BYTES)?)?, little)
}

fn with_first_directory(bytes: &[u8], offset: u32, little: bool) -> Vec<u8> {
    let pointer = if little { offset.to_le_bytes() } else { offset.to_be_bytes() };
    let mut page = bytes.to_vec();
    if let Some(header) = page.get_mut(4..8) {
        header.copy_from_slice(&pointer);
    }
    page
}

fn u16_at(bytes: &[u8], at: usize, little: bool) -> Option<u16> {
    let pair: [u8; 2] = bytes.get(at..at.checked_add(2)?)?.try_into().ok()?;
    Some(if little { u16::from_le_bytes(pair) } else { u16::from_be_bytes(pair) })
}

fn u32_at(bytes: &[u8], at: usize, little: bool) -> Option<u32> {
    let four: [u8; 4] = bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
    Some(if little { u32::from_le_bytes(four) } else { u32::from_be_bytes(four) })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A header and two empty directories, at 8 and at 14.
    const TWO: &[u8] = b"II*\0\x08\0\0\0\0\0\x0E\0\0\0\0\0\0\0\0\0";

    #[test]
    fn each_page_becomes_the_first() {
        let pages = pages(TWO, 10);
        let starts: Vec<_> = pages.iter().map(|page| u32_at(page, 4, true)).collect();
        assert_eq!(starts, [Some(8), Some(14)]);
    }

    #[test]
    fn broken_chains_end() {
        let looping = b"II*\0\x08\0\0\0\0\0\x08\0\0\0";
        assert_eq!(pages(looping, 10).len(), 1);
        assert_eq!(pages(b"II*\0\xFF\xFF\xFF\xFF", 10).len(), 1);
        assert_eq!(pages(b"II*\0", 10).len(), 0);
        assert_eq!(pages(TWO, 1).len(), 2, "one more than allowed is reported");
    }
}
