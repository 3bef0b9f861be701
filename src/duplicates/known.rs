//! The documents met in a run, to find the first of which a later one is a copy. Signatures lie on disk: only where two
//! documents agree in a group of numbers is one read again.

use super::{NEARLY_THE_SAME, SIGNATURE_SIZE, Signature};
use crate::issue::{Issue, IssueCode};
use crate::model::DocumentRow;
use crate::spill::Spill;
use std::collections::{BTreeSet, HashMap};
use std::io;
use std::ops::Range;
use std::path::Path;

/// Up to so many bytes of signatures and names stay in memory.
const MEMORY_BYTES: usize = 8 << 20;

/// The documents met so far that are no duplicates themselves.
pub struct Known {
    /// Of each document its signature, its id and its path.
    spill: Spill,
    /// Where each of them lies.
    places: Vec<Range<u64>>,
    /// For every band the first document that has it. Half of the hash will do: what it finds is compared.
    bands: HashMap<u32, u32>,
}

impl Known {
    /// Nothing is met. What does not stay in memory is kept in a nameless file on the disk of a directory.
    pub fn new(directory: &Path) -> Known {
        Known { spill: Spill::new(directory, MEMORY_BYTES), places: Vec::new(), bands: HashMap::new() }
    }

    /// Names in `document` the first document with nearly the same text, if there is one; else remembers it.
    ///
    /// # Errors
    ///
    /// When the disk fails.
    pub fn meet(&mut self, signature: &Signature, document: &mut DocumentRow) -> io::Result<Option<Issue>> {
        let bands: Vec<u32> = signature.bands().map(|band| (band >> 32) as u32).collect();
        let candidates: BTreeSet<u32> = bands.iter().filter_map(|band| self.bands.get(band).copied()).collect();
        for candidate in candidates {
            let (known, document_id, source_path) = self.read(candidate)?;
            if known.likeness(signature) < NEARLY_THE_SAME {
                continue;
            }
            let mut issue = Issue::new(
                IssueCode::NearDuplicate,
                format!("nearly the same text as {source_path}; its rows stand twice"),
            );
            issue.document_id = Some(document.document_id.clone());
            issue.source_path.clone_from(&document.source_path);
            document.duplicate_of = Some(document_id);
            document.n_issues += 1;
            return Ok(Some(issue));
        }
        let number = self.places.len() as u32;
        for band in bands {
            self.bands.entry(band).or_insert(number);
        }
        self.write(signature, document)?;
        Ok(None)
    }

    fn write(&mut self, signature: &Signature, document: &DocumentRow) -> io::Result<()> {
        let mut bytes: Vec<u8> = signature.0.iter().flat_map(|number| number.to_le_bytes()).collect();
        bytes.extend(format!("{}\n{}", document.document_id, document.source_path).as_bytes());
        self.places.push(self.spill.put(&bytes)?);
        Ok(())
    }

    /// The signature, the id and the path of a document.
    fn read(&mut self, number: u32) -> io::Result<(Signature, String, String)> {
        let bytes = self.spill.get(self.places[number as usize].clone())?;
        let (numbers, names) = bytes.split_at(SIGNATURE_SIZE * size_of::<u32>());
        let numbers = numbers.as_chunks().0.iter().map(|number| u32::from_le_bytes(*number)).collect();
        let names = String::from_utf8_lossy(names);
        let (document_id, source_path) = names.split_once('\n').unwrap_or_default();
        Ok((Signature(numbers), document_id.to_string(), source_path.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::report;
    use super::*;

    fn met(texts: &[&str]) -> Vec<(Option<String>, usize)> {
        let mut known = Known::new(&std::env::temp_dir());
        let meet = |(index, text): (usize, &&str)| {
            let mut document = DocumentRow { document_id: format!("d{index}"), ..DocumentRow::default() };
            let issue = Signature::of(text).and_then(|signature| known.meet(&signature, &mut document).unwrap());
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
}
