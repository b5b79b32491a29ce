//! The pages of a TIFF. The image crate decodes a file's first page only, so each further page is made the first: the
//! header's pointer to the first directory is changed to point at that page's directory.
//! Source: TIFF revision 6.0, section 2.

/// Where each page's directory begins, in order; empty when the chain of directories is broken. `None` stands for a
/// BigTIFF file as it is: its first page only.
pub(super) fn page_starts(bytes: &[u8], pages_max: u32) -> Vec<Option<u32>> {
    let Some(little) = is_little(bytes) else {
        return if bytes.len() < 4 { Vec::new() } else { vec![None] };
    };
    let mut starts = Vec::new();
    let mut next = u32_at(bytes, 4, little);
    // One more than allowed is enough to see that there are too many; a chain that loops ends here too.
    while let Some(start) = next.filter(|start| *start != 0 && !starts.contains(&Some(*start))) {
        starts.push(Some(start));
        if starts.len() > usize::try_from(pages_max).unwrap_or(usize::MAX) {
            break;
        }
        next = next_directory(bytes, start, little);
    }
    starts
}

/// The file with the page that starts there as its first. A copy, so one page at a time.
pub(super) fn page_file(bytes: &[u8], start: Option<u32>) -> Vec<u8> {
    let mut page = bytes.to_vec();
    if let (Some(start), Some(little)) = (start, is_little(bytes)) {
        let pointer = if little { start.to_le_bytes() } else { start.to_be_bytes() };
        if let Some(header) = page.get_mut(4..8) {
            header.copy_from_slice(&pointer);
        }
    }
    page
}

/// The byte order of a classic TIFF; `None` for anything else.
fn is_little(bytes: &[u8]) -> Option<bool> {
    match bytes.get(..4) {
        Some(b"II*\0") => Some(true),
        Some(b"MM\0*") => Some(false),
        Some(_) | None => None,
    }
}

fn next_directory(bytes: &[u8], offset: u32, little: bool) -> Option<u32> {
    const ENTRY_BYTES: usize = 12;
    let start = usize::try_from(offset).ok()?;
    let entries = usize::from(u16_at(bytes, start, little)?);
    u32_at(bytes, start.checked_add(2)?.checked_add(entries.checked_mul(ENTRY_BYTES)?)?, little)
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
        let starts = page_starts(TWO, 10);
        assert_eq!(starts, [Some(8), Some(14)]);
        let firsts: Vec<_> = starts.iter().map(|start| u32_at(&page_file(TWO, *start), 4, true)).collect();
        assert_eq!(firsts, starts);
    }

    #[test]
    fn broken_chains_end() {
        let looping = b"II*\0\x08\0\0\0\0\0\x08\0\0\0";
        assert_eq!(page_starts(looping, 10).len(), 1);
        assert_eq!(page_starts(b"II*\0\xFF\xFF\xFF\xFF", 10).len(), 1);
        assert_eq!(page_starts(b"II*\0", 10).len(), 0);
        assert_eq!(page_starts(TWO, 1).len(), 2, "one more than allowed is reported");
    }
}
