//! Documents with nearly the same text: the same report from two sources, saved twice, printed with another page round it.
//!
//! A signature of a few numbers stands for the text of a document (MinHash of one permutation: every short passage falls to
//! one of the numbers, which is the least of its hashes): the share of equal numbers in two signatures is about the share of
//! passages that the texts have in common. Only Chinese characters and digits count, so encoding, line breaks and spaces do
//! not.

#[cfg(feature = "tables")]
mod known;

#[cfg(feature = "tables")]
pub use known::Known;

use crate::normalize::is_han;
use serde::{Deserialize, Serialize};

/// A passage that is compared: so many characters in a row.
const SHINGLE_CHARS: usize = 8;
/// The numbers of a signature.
const SIGNATURE_SIZE: usize = 63;
/// Signatures are compared where they agree in a group of so many numbers.
#[cfg(feature = "tables")]
const BAND_SIZE: usize = 3;
/// A text with fewer characters says too little to be told from another: an empty page, a title.
const MIN_CHARS: usize = 300;
/// From this share of equal numbers on two texts are nearly the same. Copies of one report from different sources share
/// 0.88 and more, reports of two years of one place at most 0.13, the first page of a report and the whole some 0.2.
#[cfg(feature = "tables")]
const NEARLY_THE_SAME: f64 = 0.6;

/// What is kept of the text of a document to compare it with others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature(Vec<u32>);

impl Signature {
    /// The signature of a plain text; `None` for a text too short.
    pub fn of(text: &str) -> Option<Signature> {
        let mut least = [u32::MAX; SIGNATURE_SIZE];
        let mut passage = Passage::default();
        let mut chars = 0;
        for c in text.chars().filter(|&c| c.is_ascii_digit() || is_han(c)) {
            chars += 1;
            let hash = mixed(passage.push(c));
            if chars >= SHINGLE_CHARS {
                let place = ((hash >> 32) * SIGNATURE_SIZE as u64) >> 32;
                let least = &mut least[place as usize];
                *least = (*least).min(hash as u32);
            }
        }
        (chars >= MIN_CHARS).then(|| Signature(least.to_vec()))
    }

    /// The share of equal numbers.
    #[cfg(feature = "tables")]
    fn likeness(&self, other: &Signature) -> f64 {
        let equal = self.0.iter().zip(&other.0).filter(|(a, b)| a == b).count();
        equal as f64 / SIGNATURE_SIZE as f64
    }

    /// What two texts that are nearly the same most likely have one of in common.
    #[cfg(feature = "tables")]
    fn bands(&self) -> impl Iterator<Item = u64> + '_ {
        self.0.chunks(BAND_SIZE).enumerate().map(|(band, numbers)| {
            numbers.iter().fold(band as u64, |hash, &n| mixed(hash.rotate_left(21) ^ u64::from(n)))
        })
    }
}

/// 2⁶⁴ over the golden ratio: spreads what is multiplied with it.
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// The bits of a number stirred (the last step of splitmix64).
fn mixed(number: u64) -> u64 {
    let stirred = number.wrapping_add(GOLDEN);
    let stirred = (stirred ^ (stirred >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let stirred = (stirred ^ (stirred >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    stirred ^ (stirred >> 31)
}

/// The last characters of a text as one number.
#[derive(Default)]
struct Passage {
    last: [u32; SHINGLE_CHARS],
    at: usize,
    number: u64,
}

impl Passage {
    /// Takes the next character in and the oldest one out.
    fn push(&mut self, c: char) -> u64 {
        const OLDEST: u64 = GOLDEN.wrapping_pow(SHINGLE_CHARS as u32);
        let oldest = std::mem::replace(&mut self.last[self.at], c.into());
        self.at = (self.at + 1) % SHINGLE_CHARS;
        let number = self.number.wrapping_mul(GOLDEN).wrapping_add(u64::from(c));
        self.number = number.wrapping_sub(OLDEST.wrapping_mul(oldest.into()));
        self.number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A report of a place and a year: of every ten sentences `own` are its own, the others those of the genre.
    pub(super) fn report(place: &str, year: usize, own: usize) -> String {
        let parts = ["工业", "农业", "旅游", "教育", "卫生", "交通", "环保", "金融", "科技", "文化"];
        let sentence = |i: usize| {
            let part = parts[i % parts.len()];
            match i % 10 < own {
                true => format!("{place}{part}第{i}项投资{}亿元，比{}年增长{}%。", i * year % 977, year - 1, i % 17),
                false => format!("坚持做好{part}第{i}项重点工作，落实责任，提高质量，改善{part}服务，让群众满意。"),
            }
        };
        (0..200).map(sentence).collect()
    }

    #[test]
    fn a_number_is_the_least_of_the_passages_that_fall_to_it() {
        let text = report("甲县", 2020, 8);
        let chars: Vec<char> = text.chars().filter(|&c| c.is_ascii_digit() || is_han(c)).collect();
        let mut least = [u32::MAX; SIGNATURE_SIZE];
        for passage in chars.windows(SHINGLE_CHARS) {
            let number = passage.iter().fold(0u64, |number, &c| number.wrapping_mul(GOLDEN).wrapping_add(u64::from(c)));
            let hash = mixed(number);
            let place = (((hash >> 32) * SIGNATURE_SIZE as u64) >> 32) as usize;
            least[place] = least[place].min(hash as u32);
        }
        assert_eq!(Signature::of(&text), Some(Signature(least.to_vec())));
        let few: String = chars[..MIN_CHARS - 1].iter().collect();
        assert_eq!(Signature::of(&few), None);
    }
}
