//! What a piece of a table adds to the verdict, as it is kept from run to run.

use super::rule::Pair;

/// Columns and values that are shown of a failing row.
pub(super) type Shown = Vec<(String, String)>;

/// What a piece of a table adds to the verdict of a [`Plan`](super::Plan).
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tally {
    pub(super) rows: u64,
    /// Of every column, whether some row has a value.
    pub(super) filled: Vec<bool>,
    /// Of every rule what came of its rows; nothing of rules that look at rows together.
    pub(super) counts: Vec<Count>,
    /// What those rules need instead.
    pub(super) lists: Vec<Vec<Pair>>,
}

/// What came of a rule that looks at rows alone.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Count {
    pub looked_at: u64,
    pub failed: u64,
    /// The first that failed.
    pub failing: Vec<Shown>,
}

impl Tally {
    /// The tally as bytes: 8 for every number, least first; of a list the numbers only where one is not 1.
    pub fn to_bytes(&self) -> Vec<u8> {
        let pairs: usize = self.lists.iter().map(|list| 16 * list.len() + 16).sum();
        let mut bytes = Vec::with_capacity(24 + self.filled.len() * 8 + self.counts.len() * 24 + pairs);
        let mut put = |number: u64| bytes.extend(number.to_le_bytes());
        put(self.rows);
        put(self.filled.len() as u64);
        self.filled.iter().for_each(|is_filled| put((*is_filled).into()));
        put(self.lists.len() as u64);
        for list in &self.lists {
            let is_plain = list.iter().all(|(_, number)| *number == 1);
            put(list.len() as u64);
            put(is_plain.into());
            list.iter().for_each(|(digest, _)| put(*digest));
            list.iter().filter(|_| !is_plain).for_each(|(_, number)| put(*number));
        }
        put(self.counts.len() as u64);
        for Count { looked_at, failed, failing } in &self.counts {
            [*looked_at, *failed, failing.len() as u64].into_iter().for_each(&mut put);
        }
        for row in self.counts.iter().flat_map(|count| &count.failing) {
            bytes.extend((row.len() as u64).to_le_bytes());
            for text in row.iter().flat_map(|(column, value)| [column, value]) {
                bytes.extend((text.len() as u64).to_le_bytes());
                bytes.extend(text.as_bytes());
            }
        }
        bytes
    }

    /// The tally again; `None` for bytes that are not those of a tally.
    pub fn from_bytes(bytes: &[u8]) -> Option<Tally> {
        let mut rest = Rest(bytes);
        let rows = rest.number()?;
        let filled = rest.length(8)?;
        let filled = (0..filled).map(|_| rest.flag()).collect::<Option<_>>()?;
        let lists = rest.length(16)?;
        let lists = (0..lists).map(|_| rest.list()).collect::<Option<_>>()?;
        let counts = rest.length(24)?;
        let heads: Vec<[u64; 3]> =
            (0..counts).map(|_| Some([rest.number()?, rest.number()?, rest.number()?])).collect::<Option<_>>()?;
        let counts = heads.into_iter().map(|[looked_at, failed, rows]| {
            let failing = (0..rows).map(|_| rest.row()).collect::<Option<_>>()?;
            Some(Count { looked_at, failed, failing })
        });
        let counts = counts.collect::<Option<_>>()?;
        rest.0.is_empty().then_some(Tally { rows, filled, counts, lists })
    }
}

/// Bytes that are still to be read.
struct Rest<'b>(&'b [u8]);

impl<'b> Rest<'b> {
    fn take(&mut self, length: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn number(&mut self) -> Option<u64> {
        let (taken, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u64::from_le_bytes(*taken))
    }

    fn flag(&mut self) -> Option<bool> {
        match self.number()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }

    /// A number of things of at least `size` bytes: not more than are there.
    fn length(&mut self, size: usize) -> Option<usize> {
        let length = usize::try_from(self.number()?).ok()?;
        (length.checked_mul(size)? <= self.0.len()).then_some(length)
    }

    fn numbers(&mut self, length: usize) -> Option<impl Iterator<Item = u64> + use<'b>> {
        let (chunks, _) = self.take(length.checked_mul(8)?)?.as_chunks();
        Some(chunks.iter().map(|chunk| u64::from_le_bytes(*chunk)))
    }

    fn list(&mut self) -> Option<Vec<Pair>> {
        let length = usize::try_from(self.number()?).ok()?;
        let is_plain = self.flag()?;
        let digests = self.numbers(length)?;
        match is_plain {
            true => Some(digests.map(|digest| (digest, 1)).collect()),
            false => Some(digests.zip(self.numbers(length)?).collect()),
        }
    }

    fn text(&mut self) -> Option<String> {
        let length = self.length(1)?;
        Some(std::str::from_utf8(self.take(length)?).ok()?.to_string())
    }

    fn row(&mut self) -> Option<Shown> {
        let cells = self.length(16)?;
        (0..cells).map(|_| Some((self.text()?, self.text()?))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_least_first_and_left_out_where_all_are_one() {
        let tally = |number| Tally { rows: 3, lists: vec![vec![(7, 1), (9, number)]], ..Tally::default() };
        let numbers = |numbers: &[u64]| numbers.iter().flat_map(|number| number.to_le_bytes()).collect::<Vec<u8>>();
        assert_eq!(tally(1).to_bytes(), numbers(&[3, 0, 1, 2, 1, 7, 9, 0]));
        assert_eq!(tally(2).to_bytes(), numbers(&[3, 0, 1, 2, 0, 7, 9, 1, 2, 0]));
        assert_eq!(Tally::from_bytes(&tally(2).to_bytes()), Some(tally(2)));
    }

    #[test]
    fn bytes_that_promise_more_than_is_there_are_no_tally() {
        for at in 0..10 {
            let numbers: Vec<u64> = (0..10).map(|index| if index == at { u64::MAX } else { 0 }).collect();
            let bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
            assert_eq!(Tally::from_bytes(&bytes), None);
        }
        assert_eq!(Tally::from_bytes(&[]), None);
    }
}
