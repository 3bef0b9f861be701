//! Any bytes as a PDF file.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(init: zhibiao_fuzz::load(), |data: &[u8]| {
    zhibiao_fuzz::text_of("pdf", data);
});
