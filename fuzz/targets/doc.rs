//! An old Word file with bytes changed: four of the input for each, the stream, the place and the new byte.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::io::{Cursor, Read, Write};
use std::sync::OnceLock;

const FILE: &[u8] = include_bytes!("../../tests/fixtures/lists_notes_table.doc");
const STREAMS: [&str; 2] = ["/WordDocument", "/1Table"];

/// The streams of the sound file.
fn streams() -> &'static [Vec<u8>; 2] {
    static READ: OnceLock<[Vec<u8>; 2]> = OnceLock::new();
    READ.get_or_init(|| {
        let mut file = cfb::CompoundFile::open(Cursor::new(FILE)).unwrap();
        STREAMS.map(|name| {
            let mut bytes = Vec::new();
            file.open_stream(name).unwrap().read_to_end(&mut bytes).unwrap();
            bytes
        })
    })
}

fuzz_target!(init: zhibiao_fuzz::load(), |data: &[u8]| {
    let mut streams = streams().clone();
    for change in data.as_chunks::<4>().0 {
        let stream = &mut streams[usize::from(change[0] % 2)];
        let at = usize::from(u16::from_le_bytes([change[1], change[2]])) % stream.len();
        stream[at] = change[3];
    }
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    for (name, bytes) in STREAMS.iter().zip(&streams) {
        file.create_stream(name).unwrap().write_all(bytes).unwrap();
    }
    zhibiao_fuzz::text_of("doc", &file.into_inner().into_inner());
});
