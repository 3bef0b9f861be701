//! Inputs cut into chunks, whose rows become row groups.
//!
//! Where a chunk ends is told by the bytes of its last input, not by a count from the beginning: a report that is added
//! or taken away moves the ends next to it and no others, so that all other row groups stay as they are.

use std::ops::Range;

/// In a small corpus a chunk has so many documents, about.
const MIN_DOCUMENTS: usize = 16;
/// In a large one so many: some 20,000 observations and 50,000 sentences, a row group that is worth its head and that two
/// threads can have in memory at once.
const MAX_DOCUMENTS: usize = 128;
/// A corpus is cut into so many chunks, about, as long as they are neither smaller nor larger than that.
const CHUNKS: usize = 24;
/// A chunk ends when it has so many bytes.
const MAX_BYTES: u64 = 32 << 20;

/// What is known of an input that is to be cut.
#[derive(Debug, Clone, Copy)]
pub struct Weight {
    pub bytes: u64,
    /// Some bits of the digest of its bytes; `None` for an input that has no rows.
    pub hash: Option<u64>,
}

/// The chunks, in order, as ranges that together are all inputs.
pub fn chunks(inputs: &[Weight]) -> Vec<Range<usize>> {
    let documents = inputs.iter().filter(|input| input.hash.is_some()).count();
    let usual = (documents / CHUNKS).next_power_of_two().clamp(MIN_DOCUMENTS, MAX_DOCUMENTS);
    let mut chunks = Vec::new();
    let (mut start, mut count, mut bytes) = (0, 0, 0);
    for (at, input) in inputs.iter().enumerate() {
        let Some(hash) = input.hash else { continue };
        count += 1;
        bytes += input.bytes;
        let is_end = count >= usual / 4 && hash % (usual as u64) == 0;
        if is_end || count == 2 * usual || bytes >= MAX_BYTES {
            chunks.push(start..at + 1);
            (start, count, bytes) = (at + 1, 0, 0);
        }
    }
    if start < inputs.len() {
        chunks.push(start..inputs.len());
    }
    chunks
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Inputs with digests that look like chance.
    fn inputs(count: u64) -> Vec<Weight> {
        let hash = |at: u64| {
            (at + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 7
        };
        (0..count).map(|at| Weight { bytes: 40_000, hash: Some(hash(at)) }).collect()
    }

    fn sizes(chunks: &[Range<usize>]) -> Vec<usize> {
        chunks.iter().map(Range::len).collect()
    }

    #[test]
    fn chunks_are_all_inputs_and_neither_small_nor_large() {
        for (count, usual) in [(10, 16), (400, 16), (3_000, 128), (50_000, 128)] {
            let inputs = inputs(count);
            let chunks = chunks(&inputs);
            assert_eq!(chunks.iter().cloned().flatten().collect::<Vec<_>>(), (0..inputs.len()).collect::<Vec<_>>());
            let (last, others) = chunks.split_last().unwrap();
            assert!(
                others.iter().all(|chunk| chunk.len() >= usual / 4 && chunk.len() <= 2 * usual),
                "{:?}",
                sizes(&chunks)
            );
            assert!(last.len() <= 2 * usual);
        }
        assert_eq!(chunks(&[]).len(), 0);
    }

    #[test]
    fn an_input_more_or_less_moves_only_the_ends_beside_it() {
        let all = inputs(400);
        let ends = |inputs: &[Weight]| -> Vec<Option<u64>> {
            chunks(inputs).iter().map(|chunk| inputs[chunk.end - 1].hash).collect()
        };
        let before = ends(&all);
        for at in [0, 57, 200, 399] {
            let mut fewer = all.clone();
            fewer.remove(at);
            let after = ends(&fewer);
            let moved = after.iter().filter(|end| !before.contains(end)).count();
            assert!(moved <= 2, "{at}: {moved} of {}", after.len());
        }
    }

    #[test]
    fn large_inputs_and_inputs_without_rows_do_not_fill_a_chunk() {
        let large = [Weight { bytes: MAX_BYTES, hash: Some(1) }; 3];
        assert_eq!(sizes(&chunks(&large)), [1, 1, 1]);
        let empty = [Weight { bytes: 0, hash: None }; 1_000];
        assert_eq!(sizes(&chunks(&empty)), [1_000]);
    }
}
