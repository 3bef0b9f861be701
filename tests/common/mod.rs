//! What the tests share: the vocabulary, a report to put a sentence into, the inputs beside the checkout.

// Every test file takes its part of this module.
#![allow(dead_code)]

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use zhibiao::config::Config;
use zhibiao::document::document;
use zhibiao::model::{DocumentOutcome, RawFile};
use zhibiao::vocab::Vocabulary;

/// The part of the report that a paragraph is put into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Reviews 2020.
    Review,
    /// Plans 2021.
    Plan,
}

/// The embedded vocabulary, loaded once.
pub fn vocabulary() -> &'static Vocabulary {
    static VOCABULARY: OnceLock<Vocabulary> = OnceLock::new();
    VOCABULARY.get_or_init(|| Vocabulary::embedded().unwrap())
}

/// A small report that holds one paragraph; no other sentence of it asserts a number.
pub fn report_with(part: Part, paragraph: &str) -> String {
    report_of("", part, paragraph)
}

/// The same, given by the government of a place.
pub fn report_of(area: &str, part: Part, paragraph: &str) -> String {
    let (review, plan) = match part {
        Part::Review => (paragraph, "坚持稳中求进，扎实做好各项工作。"),
        Part::Plan => ("全区上下团结奋斗，各项事业稳步推进。", paragraph),
    };
    format!("2021年{area}政府工作报告\n各位代表：\n一、2020年工作回顾\n{review}\n二、2021年主要任务\n{plan}\n")
}

/// Bytes as the stage `read` would hand them on.
pub fn raw_file(path: &str, bytes: Vec<u8>) -> RawFile {
    RawFile { document_id: "text".into(), ..RawFile::new(path, "txt", bytes) }
}

/// A text through all stages.
pub fn read_text(text: &str) -> DocumentOutcome {
    read_bytes("report.txt", text.as_bytes().to_vec())
}

/// Bytes through all stages.
pub fn read_bytes(path: &str, bytes: Vec<u8>) -> DocumentOutcome {
    document(&raw_file(path, bytes), &Config::default(), vocabulary())
}

/// The root of the checkout.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The sample reports that are annotated, sorted.
pub fn annotated_reports() -> Vec<PathBuf> {
    sample_reports().into_iter().filter(|path| path.extension().is_some_and(|e| e == "txt")).collect()
}

/// The sample reports, sorted.
pub fn sample_reports() -> Vec<PathBuf> {
    let folder = std::fs::read_dir(root().join("data/reports")).unwrap();
    let mut paths: Vec<PathBuf> =
        folder.map(|entry| entry.unwrap().path()).filter(|path| path.extension().is_some_and(|e| e != "md")).collect();
    paths.sort();
    assert!(!paths.is_empty());
    paths
}

/// A folder beside the checkout that a fresh clone does not have.
pub fn beside(folder: &str) -> Option<PathBuf> {
    let path = root().join("..").join(folder);
    if path.is_dir() {
        return Some(path);
    }
    println!("skipped: ../{folder} is not here");
    None
}

/// Fails with all that was found wrong, one a line.
pub fn assert_none(what: &str, wrong: &[String]) {
    assert!(wrong.is_empty(), "{} {what}:\n{}", wrong.len(), wrong.join("\n"));
}
