//! The keys of all rows of all tables, of which a verdict looks up one in another's: far more than may be in memory. The
//! list of each piece lies on disk, sorted by digest, and is read again a part of all digests at a time.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use super::rule::{Pair, Place};
use super::tally::Tally;
use crate::spill::Spill;

/// Digests are cut into so many parts, by their first bits.
const PARTS: usize = 64;
/// So many pairs are looked at together, about.
const PAIRS_AT_ONCE: u64 = 1 << 20;
/// Up to so many bytes stay in memory.
const MEMORY_BYTES: usize = 32 << 20;

/// What all pieces of all tables add to the verdict.
pub struct Tallies {
    /// Of each table that is there its pieces, in the order of their rows; their lists are in the file.
    pub(super) tables: BTreeMap<&'static str, Vec<Tally>>,
    runs: Vec<Run>,
    spill: Spill,
    pairs: u64,
}

/// The list of a piece in the file.
struct Run {
    place: Place,
    begin: u64,
    /// Whether the numbers are left out, because all are 1.
    is_plain: bool,
    /// Where each part begins and the last one ends, in pairs.
    starts: Box<[u32]>,
}

impl Tallies {
    /// Those of no table. What does not stay in memory is kept in a nameless file on the disk of a directory.
    pub fn new(directory: &Path) -> Tallies {
        let spill = Spill::new(directory, MEMORY_BYTES);
        Tallies { tables: BTreeMap::new(), runs: Vec::new(), spill, pairs: 0 }
    }

    /// Adds the next piece of a table, which is the one of this number in the plan.
    ///
    /// # Errors
    ///
    /// When the disk fails.
    pub(super) fn push(&mut self, table: &'static str, number: usize, mut tally: Tally) -> io::Result<()> {
        for (list, mut pairs) in std::mem::take(&mut tally.lists).into_iter().enumerate() {
            pairs.sort_by_key(|(digest, _)| *digest);
            self.write(Place { table: number, list }, &pairs)?;
        }
        self.tables.entry(table).or_default().push(tally);
        Ok(())
    }

    fn write(&mut self, place: Place, pairs: &[Pair]) -> io::Result<()> {
        if pairs.is_empty() {
            return Ok(());
        }
        let is_plain = pairs.iter().all(|(_, number)| *number == 1);
        let starts = (0..=PARTS).map(|part| pairs.partition_point(|(digest, _)| part_of(*digest) < part) as u32);
        let mut bytes = Vec::with_capacity(pairs.len() * 16);
        for (digest, number) in pairs {
            bytes.extend(digest.to_le_bytes());
            if !is_plain {
                bytes.extend(number.to_le_bytes());
            }
        }
        let begin = self.spill.put(&bytes)?.start;
        self.runs.push(Run { place, begin, is_plain, starts: starts.collect() });
        self.pairs += pairs.len() as u64;
        Ok(())
    }

    /// Hands on the pairs of all lists, by list, of some digests at a time.
    ///
    /// # Errors
    ///
    /// When the disk fails.
    pub(super) fn each_part(&mut self, mut take: impl FnMut(BTreeMap<Place, Vec<Pair>>)) -> io::Result<()> {
        let times = self.pairs.div_ceil(PAIRS_AT_ONCE).clamp(1, PARTS as u64) as usize;
        let step = PARTS.div_ceil(times);
        for part in (0..PARTS).step_by(step) {
            let mut lists: BTreeMap<Place, Vec<Pair>> = BTreeMap::new();
            for run in &self.runs {
                let (start, end) = (run.starts[part], run.starts[(part + step).min(PARTS)]);
                let width = if run.is_plain { 8 } else { 16 };
                let at = |pair: u32| run.begin + u64::from(pair) * width;
                let bytes = self.spill.get(at(start)..at(end))?;
                let (numbers, _) = bytes.as_chunks::<8>();
                let numbers: Vec<u64> = numbers.iter().map(|number| u64::from_le_bytes(*number)).collect();
                let list = lists.entry(run.place).or_default();
                match run.is_plain {
                    true => list.extend(numbers.into_iter().map(|digest| (digest, 1))),
                    false => list.extend(numbers.as_chunks::<2>().0.iter().map(|&[digest, number]| (digest, number))),
                }
            }
            take(lists);
        }
        Ok(())
    }
}

/// The part that a digest belongs to: greater digests never to an earlier one.
fn part_of(digest: u64) -> usize {
    (digest >> (u64::BITS - PARTS.trailing_zeros())) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_pairs_come_back_and_equal_digests_together() {
        let place = |list| Place { table: 3, list };
        let spread = |number: u64| number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let folder = tempfile::tempdir().unwrap();
        let mut tallies = Tallies::new(folder.path());
        for piece in 0..3u64 {
            let keys = (0..600_000).map(|number| (spread(number), 1)).collect();
            let counts = (0..50).map(|number| (spread(number + piece), number)).collect();
            tallies.push("units", 3, Tally { lists: vec![keys, counts], ..Tally::default() }).unwrap();
        }
        let (mut parts, mut keys, mut counts) = (0, BTreeMap::<u64, u64>::new(), Vec::new());
        tallies
            .each_part(|mut lists| {
                parts += 1;
                let mut own = BTreeMap::<u64, u64>::new();
                lists[&place(0)].iter().for_each(|(digest, number)| *own.entry(*digest).or_default() += number);
                assert!(own.values().all(|&count| count == 3), "a digest stands in two parts");
                keys.append(&mut own);
                counts.append(&mut lists.remove(&place(1)).unwrap_or_default());
            })
            .unwrap();
        assert_eq!((parts, keys.len()), (2, 600_000));
        let mut expected: Vec<Pair> =
            (0..3).flat_map(|piece| (0..50).map(move |number| (spread(number + piece), number))).collect();
        expected.sort_unstable();
        counts.sort_unstable();
        assert_eq!(counts, expected);
        assert_eq!(tallies.tables["units"].len(), 3);
    }

    #[test]
    fn parts_follow_the_order_of_digests() {
        assert_eq!([0, u64::MAX >> 6, 1 << 58, u64::MAX].map(part_of), [0, 0, 1, PARTS - 1]);
    }
}
