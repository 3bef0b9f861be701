//! Any text as a numeral: at every place of it, and in a sentence that wants a number.
#![no_main]

use libfuzzer_sys::fuzz_target;
use zhibiao::explain::explain;
use zhibiao::extract::number::{scan, year_digits};
use zhibiao_fuzz::{config, vocabulary};

/// One input in so many goes through all stages, which takes a hundred times as long.
const WHOLE_EVERY: u8 = 64;

fuzz_target!(init: zhibiao_fuzz::load(), |data: &[u8]| {
    let Some((first, rest)) = data.split_first() else { return };
    let text = String::from_utf8_lossy(rest);
    for (at, _) in text.char_indices() {
        if let Some(numeral) = scan(&text, at, &|_| false) {
            assert!(at < numeral.end && text.is_char_boundary(numeral.end), "{numeral:?} at {at}");
            assert!(numeral.value.is_finite() && numeral.value >= 0.0, "{numeral:?} at {at}");
        }
        if let Some((year, end)) = year_digits(&text, at) {
            assert!(at < end && text.is_char_boundary(end) && (1000..3000).contains(&year), "{year} at {at}");
        }
    }
    if first % WHOLE_EVERY == 0 {
        let sentence = format!("全区财政支出达到{text}元。");
        let numbers = explain(sentence.as_bytes(), "report_2021.txt", config(), vocabulary()).numbers;
        assert!(numbers.iter().all(|number| number.value.is_finite()), "{numbers:?}");
    }
});
