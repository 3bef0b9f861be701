//! Documents with nearly the same text: the same report from two sources, saved twice, printed with another page round it.
//!
//! A signature of a few numbers stands for the text of a document (MinHash): the share of equal numbers in two signatures is
//! about the share of short passages that the texts have in common. Only Chinese characters and digits count, so encoding,
//! line breaks and spaces do not.

use crate::issue::{Issue, IssueCode};
use crate::model::DocumentRow;
use crate::normalize::is_han;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// A passage that is compared: so many characters in a row.
const SHINGLE_CHARS: usize = 8;
/// The numbers of a signature.
const SIGNATURE_SIZE: usize = 63;
/// Signatures are compared where they agree in a group of so many numbers.
const BAND_SIZE: usize = 3;
/// A text with fewer characters says too little to be told from another: an empty page, a title.
const MIN_CHARS: usize = 300;
/// From this share of equal numbers on two texts are nearly the same. Copies of one report from different sources share
/// 0.88 and more, reports of two years of one place at most 0.13, the first page of a report and the whole some 0.2.
const NEARLY_THE_SAME: f64 = 0.6;

/// What is kept of the text of a document to compare it with others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature(Vec<u32>);

impl Signature {
    /// The signature of a plain text; `None` for a text too short.
    pub fn of(text: &str) -> Option<Signature> {
        let chars: Vec<char> = text.chars().filter(|&c| c.is_ascii_digit() || is_han(c)).collect();
        if chars.len() < MIN_CHARS {
            return None;
        }
        // One multiplier a number: as good as a hash function of its own.
        let multipliers: [u64; SIGNATURE_SIZE] = std::array::from_fn(|index| mixed(index as u64) | 1);
        let mut least = [u32::MAX; SIGNATURE_SIZE];
        for shingle in chars.windows(SHINGLE_CHARS) {
            let hash = shingle.iter().fold(0u64, |hash, &c| mixed(hash ^ u64::from(c)));
            for (least, multiplier) in least.iter_mut().zip(multipliers) {
                *least = (*least).min((hash.wrapping_mul(multiplier) >> 32) as u32);
            }
        }
        Some(Signature(least.to_vec()))
    }

    /// The share of equal numbers.
    fn likeness(&self, other: &Signature) -> f64 {
        let equal = self.0.iter().zip(&other.0).filter(|(a, b)| a == b).count();
        equal as f64 / SIGNATURE_SIZE as f64
    }

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

/// A document met: what is needed to find it again and to name it.
#[derive(Debug)]
struct Met {
    signature: Signature,
    document_id: String,
    source_path: String,
}

/// The documents met so far that are no duplicates themselves.
#[derive(Debug, Default)]
pub struct Known {
    documents: Vec<Met>,
    /// For every band the first document that has it.
    bands: HashMap<u64, u32>,
}

impl Known {
    /// Names in `document` the first document with nearly the same text, if there is one; else remembers it.
    pub fn meet(&mut self, signature: Signature, document: &mut DocumentRow) -> Option<Issue> {
        let candidates = signature.bands().filter_map(|band| self.bands.get(&band).copied());
        let like = |&at: &u32| self.documents[at as usize].signature.likeness(&signature) >= NEARLY_THE_SAME;
        if let Some(first) = candidates.filter(like).min() {
            let first = &self.documents[first as usize];
            document.duplicate_of = Some(first.document_id.clone());
            document.n_issues += 1;
            let mut issue = Issue::new(
                IssueCode::NearDuplicate,
                format!("nearly the same text as {}; its rows stand twice", first.source_path),
            );
            issue.document_id = Some(document.document_id.clone());
            issue.source_path.clone_from(&document.source_path);
            return Some(issue);
        }
        let at = self.documents.len() as u32;
        for band in signature.bands() {
            self.bands.entry(band).or_insert(at);
        }
        self.documents.push(Met {
            signature,
            document_id: document.document_id.clone(),
            source_path: document.source_path.clone(),
        });
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A report of a place and a year: of every ten sentences `own` are its own, the others those of the genre.
    fn report(place: &str, year: usize, own: usize) -> String {
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

    fn met(texts: &[&str]) -> Vec<(Option<String>, usize)> {
        let mut known = Known::default();
        let meet = |(index, text): (usize, &&str)| {
            let mut document = DocumentRow { document_id: format!("d{index}"), ..DocumentRow::default() };
            let issue = Signature::of(text).and_then(|signature| known.meet(signature, &mut document));
            assert_eq!(issue.is_some(), document.duplicate_of.is_some());
            assert_eq!(
                issue.iter().filter(|issue| issue.code == IssueCode::NearDuplicate).count(),
                issue.iter().count()
            );
            (document.duplicate_of, document.n_issues as usize)
        };
        texts.iter().enumerate().map(meet).collect()
    }

    #[test]
    fn copies_name_the_first_and_other_years_and_places_stay_apart() {
        let first = report("甲县", 2020, 8);
        let copy = format!("首页 打印\n{}\n责任编辑", first.replace('，', ",\n").replace("第17项", "第十七项"));
        let (next, other) = (report("甲县", 2021, 8), report("乙县", 2020, 8));
        let duplicate = (Some("d0".to_string()), 1);
        let own = (None, 0);
        let found = met(&[&first, &copy, &next, &other, &first]);
        assert_eq!(found, [own.clone(), duplicate.clone(), own.clone(), own, duplicate]);
    }

    #[test]
    fn half_a_report_and_an_empty_page_are_no_copies() {
        let whole = report("甲县", 2020, 8);
        let half: String = whole.chars().take(whole.chars().count() * 2 / 5).collect();
        assert_eq!(met(&[&whole, &half, "首页公开服务", "首页公开服务"]), vec![(None, 0); 4]);
    }

    #[test]
    fn what_is_kept_of_a_document_is_small() {
        let bands = SIGNATURE_SIZE / BAND_SIZE * std::mem::size_of::<(u64, u32)>();
        assert!(SIGNATURE_SIZE * 4 + std::mem::size_of::<(Signature, String)>() + 16 + 2 * bands <= 1024);
    }
}
