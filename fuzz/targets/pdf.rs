//! What the programs that read PDF files send, any bytes of it: pages, and the text made of them.
#![no_main]

use libfuzzer_sys::fuzz_target;
use zhibiao::read::pdf::reflow::{Page, reflow};
use zhibiao::read::pdf::{pages_of_pdftotext, pages_of_worker};

fuzz_target!(init: zhibiao_fuzz::load(), |data: &[u8]| {
    let (pages, _) = pages_of_worker(data);
    check(&pages.into_iter().flatten().collect::<Vec<_>>());
    check(&pages_of_pdftotext(&String::from_utf8_lossy(data)));
});

/// The text holds as many characters as its issues point to.
fn check(pages: &[Page]) {
    let (text, issues) = reflow(pages);
    let length = text.chars().count() as i32;
    for issue in issues {
        assert!(!issue.message.is_empty());
        assert!(issue.source_start.zip(issue.source_end).is_none_or(|(start, end)| 0 <= start && start <= end && end <= length));
    }
}
