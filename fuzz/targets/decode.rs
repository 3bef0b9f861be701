//! Any bytes as a text file, with any label of an encoding.
#![no_main]

use libfuzzer_sys::fuzz_target;
use zhibiao::decode::decode_bytes;
use zhibiao_fuzz::{check_text, config, text_of};

const LABELS: [Option<&str>; 7] =
    [None, Some("gb2312"), Some("utf-8"), Some("big5"), Some("utf-16"), Some("cp936"), Some("no such")];

fuzz_target!(init: zhibiao_fuzz::load(), |data: &[u8]| {
    let Some((first, bytes)) = data.split_first() else { return };
    match LABELS[usize::from(*first) % LABELS.len()] {
        None => drop(text_of("txt", bytes)),
        label => {
            let (decoded, issues) = decode_bytes(bytes, label, &config().decode);
            check_text(decoded.as_ref(), &issues);
        }
    }
});
