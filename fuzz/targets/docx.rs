//! Word files: any bytes as the whole file, and any text as the parts inside a sound one, so that the readers of the
//! parts are reached.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::io::{Cursor, Write};
use zip::CompressionMethod;
use zip::write::{SimpleFileOptions, ZipWriter};

const PARTS: [&str; 4] = ["word/document.xml", "word/numbering.xml", "word/styles.xml", "word/footnotes.xml"];
/// Divides the parts: XML holds no such byte.
const DIVIDER: u8 = 0xFF;
const HEAD: &str = "<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body>";
const TAIL: &str = "</w:body></w:document>";

fuzz_target!(init: zhibiao_fuzz::load(), |data: &[u8]| {
    let Some((first, rest)) = data.split_first() else { return };
    match first % 3 {
        0 => drop(zhibiao_fuzz::text_of("docx", rest)),
        // The parts as they are.
        1 => drop(zhibiao_fuzz::text_of("docx", &file_of(rest, "", ""))),
        // What stands in the body of the text.
        _ => drop(zhibiao_fuzz::text_of("docx", &file_of(rest, HEAD, TAIL))),
    }
});

/// A Word file of the parts, with something around its text.
fn file_of(parts: &[u8], head: &str, tail: &str) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (at, (name, part)) in PARTS.iter().zip(parts.split(|&byte| byte == DIVIDER)).enumerate() {
        let (head, tail) = if at == 0 { (head, tail) } else { ("", "") };
        writer.start_file(*name, options).unwrap();
        writer.write_all(&[head.as_bytes(), part, tail.as_bytes()].concat()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}
