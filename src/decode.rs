//! Bytes to text, with the evidence for the encoding: a closed list of candidates, each scored by
//! how ordinary its text looks.
//!
//! Detectors made for browsers drop an encoding at its first bad byte; reports are damaged, so here
//! a bad byte only costs points. What comes out is the text exactly as decoded: no character is
//! repaired, every replacement is counted, and text that looks like no Chinese is refused.

#![deny(clippy::disallowed_methods)]

use std::borrow::Cow;
use std::sync::OnceLock;

use encoding_rs::{BIG5, Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};

use crate::config::Config;
use crate::issue::{Issue, IssueCode};
use crate::model::{Decoded, Meta, RawFile};
use crate::read::READERS;
use crate::vocab::Vocabulary;

/// How much of a file is scored: enough for a whole report, little enough for a huge file.
const WINDOW_BYTES: usize = 64 * 1024;
/// How far back from the end of the window a line end is looked for.
const WINDOW_SLACK: usize = 4 * 1024;
/// What a rare hanzi counts: text in the wrong encoding is full of them, true text has a few.
const RARE_HANZI: f64 = 0.15;
/// What U+FFFD counts: it must weigh more than the ordinary character it may stand for.
const REPLACEMENT: f64 = -2.0;
/// Above this share of control characters the file is no text; damaged text stays far below.
const MAX_CONTROL_SHARE: f64 = 0.05;
/// With so many characters beyond ASCII, bytes that are valid UTF-8 are UTF-8: in GBK one hanzi in
/// eight or so would pass for it, ten in a row never do.
const CERTAIN_UTF8_CHARACTERS: usize = 10;
/// The share of byte pairs that must look like UTF-16 before it is tried at all.
const MIN_UTF16_SHARE: f64 = 0.9;

/// The section `[decode]` of the settings.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DecodeOptions {
    /// The lowest score at which a text is believed; clean Chinese text scores above 0.9.
    pub threshold: f64,
}

impl Default for DecodeOptions {
    fn default() -> DecodeOptions {
        DecodeOptions { threshold: 0.5 }
    }
}

/// An encoding that is tried, under the name that the tables show.
struct Candidate {
    name: &'static str,
    encoding: &'static Encoding,
    byte_order_mark: &'static [u8],
}

/// Every encoding that is tried; at equal scores the earlier one wins.
static CANDIDATES: [Candidate; 5] = [
    Candidate { name: "UTF-8", encoding: UTF_8, byte_order_mark: b"\xEF\xBB\xBF" },
    Candidate { name: "GB18030", encoding: GB18030, byte_order_mark: b"\x84\x31\x95\x33" },
    Candidate { name: "Big5", encoding: BIG5, byte_order_mark: b"" },
    Candidate { name: "UTF-16LE", encoding: UTF_16LE, byte_order_mark: b"\xFF\xFE" },
    Candidate { name: "UTF-16BE", encoding: UTF_16BE, byte_order_mark: b"\xFE\xFF" },
];

/// First bytes of files that are no text: what they seem to be and how to get the text out.
const MAGIC: &[(&[u8], &str, &str)] = &[
    (b"%PDF", "a PDF file", "convert it with pdftotext"),
    (b"PK\x03\x04", "a Word (docx), WPS or zip file", "save it as plain text (UTF-8) or unpack it"),
    (b"\xD0\xCF\x11\xE0", "an old Word or WPS file (doc)", "save it as plain text (UTF-8)"),
    (b"{\\rtf", "a rich text file (rtf)", "save it as plain text (UTF-8)"),
    (b"\x89PNG", "a PNG image", "text must be recognised first (OCR)"),
    (b"\xFF\xD8\xFF", "a JPEG image", "text must be recognised first (OCR)"),
    (b"\x1F\x8B", "a gzip file", "unpack it with gunzip"),
    (b"Rar!", "a RAR archive", "unpack it"),
    (b"7z\xBC\xAF", "a 7z archive", "unpack it"),
];

/// Code points that the GB18030 decoder still leaves in the private use area, and what they are.
const GB18030_PRIVATE: [(char, char); 6] = [
    ('\u{E816}', '\u{20087}'),
    ('\u{E817}', '\u{20089}'),
    ('\u{E818}', '\u{200CC}'),
    ('\u{E831}', '\u{215D7}'),
    ('\u{E83B}', '\u{2298F}'),
    ('\u{E855}', '\u{241FE}'),
];

/// The stage: bytes of a file -> text, as its kind of file is read.
pub fn decode(file: &RawFile, config: &Config, vocabulary: &Vocabulary) -> (Option<Decoded>, Vec<Issue>) {
    let Some(reader) = READERS.iter().find(|reader| reader.container == file.container) else {
        return refuse(IssueCode::UnsupportedContainer, format!("there is no reader for {}", file.container));
    };
    let (decoded, issues) = (reader.text)(&file.bytes, config, vocabulary);
    let chars = decoded.as_ref().map_or(0, |decoded| decoded.text.chars().count());
    if chars > config.read.max_text_chars {
        let message = format!("the text has {chars} characters; read.max_text_chars is {}", config.read.max_text_chars);
        return refuse(IssueCode::LimitExceeded, message);
    }
    (decoded, issues)
}

/// Decodes bytes with the encoding whose text is the most ordinary. `declared` is the label that the file gives
/// itself, such as `gb2312`.
///
/// A byte order mark decides, unless its text scores under the threshold. Text that is valid UTF-8
/// as a whole wins over every other reading. Without a text, one of the issues says why.
///
/// ```
/// use zhibiao::decode::{DecodeOptions, decode_bytes};
///
/// let (decoded, issues) = decode_bytes(b"\xD6\xD0\xB9\xFA\xA3\xAC", None, &DecodeOptions::default());
/// assert_eq!(decoded.map(|decoded| decoded.text).as_deref(), Some("中国，"));
/// assert!(issues.is_empty());
/// ```
pub fn decode_bytes(bytes: &[u8], _declared: Option<&str>, options: &DecodeOptions) -> (Option<Decoded>, Vec<Issue>) {
    if bytes.is_empty() {
        return refuse(IssueCode::EmptyFile, "the file has no bytes");
    }
    if let Some((_, what, remedy)) = MAGIC.iter().find(|(magic, _, _)| bytes.starts_with(magic)) {
        return refuse(IssueCode::BinaryFile, format!("the file begins like {what}; {remedy}"));
    }

    let (marked, body) = split_byte_order_mark(bytes);
    let marked = marked.map(|candidate| (candidate, score_window(candidate, body)));
    let ranking = match marked {
        Some((candidate, score)) if score >= options.threshold || body.is_empty() => vec![(candidate, score)],
        _ => rank(body, options.threshold),
    };
    let Some(&(best, score)) = ranking.first() else {
        return refuse(IssueCode::UndecodableText, "no encoding could be tried");
    };
    let runner_up = ranking.get(1).map(|(candidate, score)| (candidate.name, *score));

    let text = decode_whole(best, body);
    believe(text, Some(best.name), score, runner_up, options)
}

/// A text whose characters the format itself tells (Word, PDF): believed if it looks like Chinese.
pub fn decode_unicode(text: String, meta: Meta, options: &DecodeOptions) -> (Option<Decoded>, Vec<Issue>) {
    let score = score(text.get(..text.floor_char_boundary(WINDOW_BYTES)).unwrap_or_default(), false);
    let (decoded, issues) = believe(text, None, score, None, options);
    (decoded.map(|decoded| Decoded { meta, ..decoded }), issues)
}

/// Takes a text that is one, and says what is lost in it.
fn believe(
    text: String,
    encoding: Option<&'static str>,
    score: f64,
    runner_up: Option<(&'static str, f64)>,
    options: &DecodeOptions,
) -> (Option<Decoded>, Vec<Issue>) {
    if text.chars().all(is_blank) {
        return refuse(IssueCode::EmptyFile, "the file holds only white space");
    }
    let controls = control_share(&text);
    if controls > MAX_CONTROL_SHARE {
        let message = format!("{:.0}% of the characters are control codes; this is no text file", controls * 100.0);
        return refuse(IssueCode::BinaryFile, message);
    }
    if score < options.threshold {
        let message = undecodable_message(encoding.unwrap_or("Unicode"), score, runner_up, options);
        return refuse(IssueCode::UndecodableText, message);
    }
    let mut issues = Vec::new();
    let (replacements, first) = count_replacements(&text);
    if replacements > 0 {
        let message = format!("{replacements} characters are lost (U+FFFD), the first at character {first}");
        issues.push(Issue::new(IssueCode::ReplacedBytes, message).at(first, first + 1));
    }
    (Some(Decoded { text, encoding, score, runner_up, replacements, meta: Meta::default() }), issues)
}

/// Without a text: the one issue that says why.
pub(crate) fn refuse(code: IssueCode, message: impl Into<String>) -> (Option<Decoded>, Vec<Issue>) {
    (None, vec![Issue::new(code, message)])
}

fn undecodable_message(
    best: &str,
    score: f64,
    runner_up: Option<(&'static str, f64)>,
    options: &DecodeOptions,
) -> String {
    let next = runner_up.map(|(name, score)| format!(", then {name} with {score:.2}")).unwrap_or_default();
    format!(
        "no encoding gives ordinary Chinese text: best is {best} with {score:.2}{next}; {:.2} is needed",
        options.threshold
    )
}

fn split_byte_order_mark(bytes: &[u8]) -> (Option<&'static Candidate>, &[u8]) {
    for candidate in &CANDIDATES {
        if candidate.byte_order_mark.is_empty() {
            continue;
        }
        if let Some(body) = bytes.strip_prefix(candidate.byte_order_mark) {
            return (Some(candidate), body);
        }
    }
    (None, bytes)
}

/// The candidates that are possible, best first.
fn rank(body: &[u8], threshold: f64) -> Vec<(&'static Candidate, f64)> {
    let mut ranking: Vec<(&Candidate, f64)> = CANDIDATES
        .iter()
        .filter(|candidate| is_possible(candidate, body))
        .map(|candidate| (candidate, score_window(candidate, body)))
        .collect();
    let is_utf8 = is_plainly_utf8(body, threshold);
    // A stable sort: among equals the order of the list stands.
    ranking.sort_by(|(left, left_score), (right, right_score)| {
        let wins = |candidate: &Candidate| is_utf8 && candidate.encoding == UTF_8;
        wins(right).cmp(&wins(left)).then(right_score.total_cmp(left_score))
    });
    ranking
}

/// Whether the bytes are valid UTF-8 from end to end, and not by chance.
fn is_plainly_utf8(body: &[u8], threshold: f64) -> bool {
    let Ok(text) = std::str::from_utf8(body) else { return false };
    if control_share(text) > MAX_CONTROL_SHARE {
        return false;
    }
    let beyond_ascii = text.chars().filter(|character| !character.is_ascii()).take(CERTAIN_UTF8_CHARACTERS).count();
    beyond_ascii == CERTAIN_UTF8_CHARACTERS || score_window(&CANDIDATES[0], body) >= threshold
}

/// UTF-16 reads any bytes as characters, so the bytes must have its shape before it is tried.
fn is_possible(candidate: &Candidate, body: &[u8]) -> bool {
    let high_byte = if candidate.encoding == UTF_16LE {
        1
    } else if candidate.encoding == UTF_16BE {
        0
    } else {
        return true;
    };
    let window = window(body);
    let pairs = window.len() / 2;
    let plausible = window
        .chunks_exact(2)
        // ASCII, general punctuation, CJK punctuation, hanzi, full-width forms.
        .filter(|pair| matches!(pair[high_byte], 0x00 | 0x20 | 0x30 | 0x4E..=0x9F | 0xFF))
        .count();
    pairs > 0 && plausible as f64 >= pairs as f64 * MIN_UTF16_SHARE
}

/// The part of the bytes that is scored: from the first byte that is not ASCII (before it every
/// candidate reads the same) over [`WINDOW_BYTES`], ending with a line where one ends nearby.
fn window(body: &[u8]) -> &[u8] {
    let first = body.iter().position(|&byte| byte >= 0x80 || byte == 0).unwrap_or(0);
    // On an even byte, so that the pairs of UTF-16 stay together.
    let rest = &body[first & !1..];
    if rest.len() <= WINDOW_BYTES {
        return rest;
    }
    let slack = &rest[WINDOW_BYTES - WINDOW_SLACK..WINDOW_BYTES];
    let cut = slack.iter().rposition(|&byte| byte == b'\n').unwrap_or(WINDOW_SLACK);
    let end = (WINDOW_BYTES - WINDOW_SLACK + cut) & !1;
    &rest[..end]
}

fn score_window(candidate: &Candidate, body: &[u8]) -> f64 {
    let (text, _) = candidate.encoding.decode_without_bom_handling(window(body));
    score(&text, candidate.encoding == GB18030)
}

/// The share of ordinary characters, with something for rare hanzi and less for replacements.
fn score(text: &str, simplified_only: bool) -> f64 {
    let ordinary = ordinary();
    let hanzi = if simplified_only { &ordinary.simplified } else { &ordinary.all };
    let mut sum = 0.0;
    let mut count = 0usize;
    for character in text.chars() {
        count += 1;
        sum += match character {
            ' '..='~' | '\n' | '\r' | '\t' => 1.0,
            '\u{FFFD}' => REPLACEMENT,
            _ if hanzi.contains(character) || is_ordinary_sign(character) => 1.0,
            '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{20000}'..='\u{3FFFF}' => RARE_HANZI,
            _ => 0.0,
        };
    }
    if count == 0 { 0.0 } else { sum / count as f64 }
}

/// Signs that reports print: CJK punctuation, full-width forms, circled numbers, unit signs.
fn is_ordinary_sign(character: char) -> bool {
    matches!(character,
        '\u{3000}'..='\u{3020}' | '\u{FF01}'..='\u{FF5E}' | '\u{FFE0}'..='\u{FFE5}'
        | '\u{2010}'..='\u{2027}' | '\u{2460}'..='\u{249B}' | '\u{2160}'..='\u{216B}'
        | '\u{A0}' | '°' | '±' | '·' | '×' | '÷' | '‰' | '℃' | '㎡' | '㎞' | '∶' | '≥' | '≤')
}

/// A set of code points of the basic plane, one bit each.
struct CharSet(Vec<u64>);

impl CharSet {
    fn new() -> CharSet {
        CharSet(vec![0; 0x10000 / 64])
    }

    fn insert(&mut self, character: char) {
        let code = character as usize;
        if let Some(word) = self.0.get_mut(code / 64) {
            *word |= 1 << (code % 64);
        }
    }

    fn contains(&self, character: char) -> bool {
        let code = character as usize;
        self.0.get(code / 64).is_some_and(|word| word >> (code % 64) & 1 == 1)
    }
}

/// The hanzi that make up nearly all of any report.
struct Ordinary {
    /// Level 1 of GB 2312.
    simplified: CharSet,
    /// The same and level 1 of Big5.
    all: CharSet,
}

/// The two levels are what the decoders make of their rows, so no list of characters is kept here.
fn ordinary() -> &'static Ordinary {
    static ORDINARY: OnceLock<Ordinary> = OnceLock::new();
    ORDINARY.get_or_init(|| {
        let level_1_simplified: Vec<[u8; 2]> =
            (0xB0..=0xD7).flat_map(|lead| (0xA1..=0xFE).map(move |trail| [lead, trail])).collect();
        let level_1_traditional: Vec<[u8; 2]> = (0xA4..=0xC6)
            .flat_map(|lead| (0x40..=0x7E).chain(0xA1..=0xFE).map(move |trail| [lead, trail]))
            .filter(|&pair| pair <= [0xC6, 0x7E])
            .collect();
        let mut ordinary = Ordinary { simplified: CharSet::new(), all: CharSet::new() };
        for character in decode_pairs(GB18030, &level_1_simplified).chars().filter(is_unified_hanzi) {
            ordinary.simplified.insert(character);
            ordinary.all.insert(character);
        }
        for character in decode_pairs(BIG5, &level_1_traditional).chars().filter(is_unified_hanzi) {
            ordinary.all.insert(character);
        }
        ordinary
    })
}

fn decode_pairs(encoding: &'static Encoding, pairs: &[[u8; 2]]) -> String {
    encoding.decode_without_bom_handling(pairs.as_flattened()).0.into_owned()
}

fn is_unified_hanzi(character: &char) -> bool {
    ('\u{4E00}'..='\u{9FFF}').contains(character)
}

fn decode_whole(candidate: &Candidate, body: &[u8]) -> String {
    let (text, _) = candidate.encoding.decode_without_bom_handling(body);
    if candidate.encoding == GB18030 { map_private(text) } else { text.into_owned() }
}

/// Puts the six code points in place that have a true one by now; all others stay as they are.
fn map_private(text: Cow<'_, str>) -> String {
    let mapped = |character: char| GB18030_PRIVATE.iter().find(|(private, _)| *private == character);
    if text.contains(|character| mapped(character).is_some()) {
        text.chars().map(|character| mapped(character).map_or(character, |(_, unified)| *unified)).collect()
    } else {
        text.into_owned()
    }
}

fn is_blank(character: char) -> bool {
    character.is_whitespace() || matches!(character, '\u{FEFF}' | '\u{200B}'..='\u{200F}')
}

/// The share of control characters that no text file has.
fn control_share(text: &str) -> f64 {
    let is_control = |byte: &u8| matches!(byte, 0x00..=0x08 | 0x0B | 0x0E..=0x1F | 0x7F);
    let controls = text.bytes().filter(|byte| is_control(byte)).count();
    if controls == 0 { 0.0 } else { controls as f64 / text.chars().count() as f64 }
}

/// How many U+FFFD there are and where the first one stands, in code points.
fn count_replacements(text: &str) -> (usize, usize) {
    let count = text.matches('\u{FFFD}').count();
    let before = text.split('\u{FFFD}').next().unwrap_or_default();
    (count, before.chars().count())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIMPLIFIED: &str = "过去一年，全市粮食总产量达到38.6万吨，比上年增加1.2万吨。\n\
        新建农村公路126公里，受益群众9万余人。\n\
        我们清醒地看到，财政收支矛盾依然突出，民生保障还有不少短板。\n";
    const TRADITIONAL: &str = "過去一年，全市糧食總產量達到38.6萬噸，比上年增加1.2萬噸。\n\
        新建農村公路126公里，受益群眾9萬餘人。\n\
        我們清醒地看到，財政收支矛盾依然突出，民生保障還有不少短板。\n";

    fn decode_bytes(bytes: Vec<u8>) -> (Option<Decoded>, Vec<Issue>) {
        super::decode_bytes(&bytes, None, &DecodeOptions::default())
    }

    fn encode(encoding: &'static Encoding, text: &str) -> Vec<u8> {
        let (bytes, _, unmappable) = encoding.encode(text);
        assert!(!unmappable, "the sample must be mappable");
        bytes.into_owned()
    }

    fn utf16(text: &str, to_bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(to_bytes).collect()
    }

    /// The damages that real files show, each at a place in the middle of the text.
    fn damaged(clean: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
        let middle = clean.len() / 2;
        let last = clean.iter().rposition(|&byte| byte >= 0x80).unwrap();
        let line_end = clean.iter().position(|&byte| byte == b'\n').unwrap();
        let insert = |at: usize, byte: u8| {
            let mut bytes = clean.to_vec();
            bytes.insert(at, byte);
            bytes
        };
        let mut lost = clean.to_vec();
        lost.remove(clean.iter().skip(middle).position(|&byte| byte >= 0x80).unwrap() + middle);
        vec![
            ("clean", clean.to_vec()),
            ("last character cut", clean[..last].to_vec()),
            ("0xFF inserted", insert(middle, 0xFF)),
            ("byte lost", lost),
            ("NUL inserted", insert(middle, 0)),
            ("stray byte before a line end", insert(line_end, 0xB5)),
        ]
    }

    #[test]
    fn clean_and_damaged_text_keeps_its_encoding() {
        let samples = [
            ("UTF-8", SIMPLIFIED.as_bytes().to_vec()),
            ("UTF-8", TRADITIONAL.as_bytes().to_vec()),
            ("GB18030", encode(GB18030, SIMPLIFIED)),
            ("Big5", encode(BIG5, TRADITIONAL)),
        ];
        for (expected, clean) in samples {
            // One sentence, the whole sample, and a report's length of it.
            let one_sentence = clean[..=clean.iter().position(|&byte| byte == b'\n').unwrap()].to_vec();
            for text in [one_sentence, clean.clone(), clean.repeat(60)] {
                for (damage, bytes) in damaged(&text) {
                    let length = bytes.len();
                    let (decoded, _) = decode_bytes(bytes);
                    let decoded = decoded.unwrap_or_else(|| panic!("{expected}, {damage}, {length} bytes: refused"));
                    assert_eq!(decoded.encoding, Some(expected), "{damage}, {length} bytes");
                    let (_, next) = decoded.runner_up.unwrap();
                    assert!(decoded.score - next > 0.2, "{expected}, {damage}: {} and {next}", decoded.score);
                }
            }
        }
    }

    #[test]
    fn clean_text_comes_out_as_it_was() {
        for (encoding, text) in [(GB18030, SIMPLIFIED), (BIG5, TRADITIONAL)] {
            let (decoded, issues) = decode_bytes(encode(encoding, text));
            let decoded = decoded.unwrap();
            assert_eq!(decoded.text, text);
            assert_eq!(decoded.replacements, 0);
            assert!(decoded.score > 0.95, "{}", decoded.score);
            assert_eq!(issues, []);
        }
    }

    #[test]
    fn traditional_text_in_gbk_is_not_big5() {
        let (decoded, _) = decode_bytes(encode(GB18030, TRADITIONAL));
        assert_eq!(decoded.unwrap().encoding, Some("GB18030"));
    }

    #[test]
    fn utf16_is_found_without_a_mark() {
        for (expected, to_bytes) in
            [("UTF-16LE", u16::to_le_bytes as fn(u16) -> [u8; 2]), ("UTF-16BE", u16::to_be_bytes)]
        {
            for text in [SIMPLIFIED, TRADITIONAL, "Total 126 km of roads\r\n"] {
                let (decoded, issues) = decode_bytes(utf16(text, to_bytes));
                let decoded = decoded.unwrap();
                assert_eq!(decoded.encoding, Some(expected));
                assert_eq!(decoded.text, text);
                assert_eq!(issues, []);
            }
        }
    }

    #[test]
    fn a_byte_order_mark_decides_and_is_no_part_of_the_text() {
        let samples = [
            ("UTF-8", [b"\xEF\xBB\xBF".to_vec(), SIMPLIFIED.as_bytes().to_vec()].concat()),
            ("UTF-16LE", [b"\xFF\xFE".to_vec(), utf16(SIMPLIFIED, u16::to_le_bytes)].concat()),
            ("UTF-16BE", [b"\xFE\xFF".to_vec(), utf16(SIMPLIFIED, u16::to_be_bytes)].concat()),
            ("GB18030", [b"\x84\x31\x95\x33".to_vec(), encode(GB18030, SIMPLIFIED)].concat()),
        ];
        for (expected, bytes) in samples {
            let decoded = decode_bytes(bytes).0.unwrap();
            assert_eq!(decoded.encoding, Some(expected));
            assert_eq!(decoded.text, SIMPLIFIED);
            assert_eq!(decoded.runner_up, None);
        }
    }

    #[test]
    fn a_byte_order_mark_that_lies_is_not_believed() {
        let bytes = [b"\xEF\xBB\xBF".to_vec(), encode(GB18030, SIMPLIFIED)].concat();
        let decoded = decode_bytes(bytes).0.unwrap();
        assert_eq!((decoded.encoding, decoded.text.as_str()), (Some("GB18030"), SIMPLIFIED));
    }

    #[test]
    fn replacements_are_counted_and_placed() {
        let mut bytes = "增长".as_bytes().to_vec();
        bytes.extend(b"\xFF");
        bytes.extend("5.2%，城镇新增就业\u{FFFD}万人".as_bytes());
        let (decoded, issues) = decode_bytes(bytes);
        let decoded = decoded.unwrap();
        assert_eq!(decoded.encoding, Some("UTF-8"));
        assert_eq!(decoded.replacements, 2);
        assert_eq!(issues.len(), 1);
        assert_eq!(issues[0].code, IssueCode::ReplacedBytes);
        assert_eq!((issues[0].source_start, issues[0].source_end), (Some(2), Some(3)));
        assert_eq!(issues[0].message, "2 characters are lost (U+FFFD), the first at character 2");
    }

    #[test]
    fn empty_files_are_named() {
        for bytes in [vec![], b" \r\n\t\n".to_vec(), "\u{FEFF}\u{3000}\n".as_bytes().to_vec(), b"\xEF\xBB\xBF".to_vec()]
        {
            let (decoded, issues) = decode_bytes(bytes.clone());
            assert!(decoded.is_none());
            assert_eq!(issues[0].code, IssueCode::EmptyFile, "{bytes:?}");
        }
    }

    #[test]
    fn binary_files_are_named() {
        let (decoded, issues) = decode_bytes(b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n1 0 obj".to_vec());
        assert!(decoded.is_none());
        assert_eq!(issues[0].code, IssueCode::BinaryFile);
        assert_eq!(issues[0].message, "the file begins like a PDF file; convert it with pdftotext");

        // Bytes of a linear congruential generator stand for any compressed or compiled file.
        let mut state = 1u32;
        let noise: Vec<u8> = (0..20_000)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 24) as u8
            })
            .collect();
        for bytes in [noise, vec![0; 300], [b"program\0\0\0".repeat(50), vec![1, 2, 3]].concat()] {
            let (decoded, issues) = decode_bytes(bytes);
            assert!(decoded.is_none());
            assert_eq!(issues[0].code, IssueCode::BinaryFile);
        }
    }

    #[test]
    fn text_that_is_no_chinese_is_refused() {
        let (decoded, issues) = decode_bytes("Отчёт о работе правительства района за год".as_bytes().to_vec());
        assert!(decoded.is_none(), "{decoded:?}");
        assert_eq!(issues[0].code, IssueCode::UndecodableText);
        assert!(
            issues[0].message.starts_with("no encoding gives ordinary Chinese text: best is "),
            "{}",
            issues[0].message
        );
        assert!(issues[0].message.ends_with("; 0.50 is needed"), "{}", issues[0].message);
    }

    #[test]
    fn gbk_that_happens_to_be_valid_utf8_is_gbk() {
        let decoded = decode_bytes(encode(GB18030, "联通")).0.unwrap();
        assert_eq!((decoded.encoding, decoded.text.as_str()), (Some("GB18030"), "联通"));
    }

    #[test]
    fn the_six_private_code_points_are_mapped_and_no_other() {
        let mut bytes = encode(GB18030, "地名用字：");
        bytes.extend(b"\xFE\x51\xFE\x91\xAA\xA1");
        let decoded = decode_bytes(bytes).0.unwrap();
        assert_eq!(decoded.text, "地名用字：\u{20087}\u{241FE}\u{E000}");
    }

    #[test]
    fn gbk_after_a_long_ascii_head_is_found() {
        let bytes = [b"menu item\r\n".repeat(20_000), encode(GB18030, SIMPLIFIED)].concat();
        let decoded = decode_bytes(bytes).0.unwrap();
        assert_eq!(decoded.encoding, Some("GB18030"));
        assert!(decoded.text.ends_with(SIMPLIFIED));
    }

    #[test]
    fn ordinary_hanzi_are_the_first_levels() {
        let ordinary = ordinary();
        let count = |set: &CharSet| set.0.iter().map(|word| word.count_ones()).sum::<u32>();
        // GB 2312 has 3,755 hanzi in level 1, Big5 has 5,401.
        assert_eq!(count(&ordinary.simplified), 3755);
        assert!(ordinary.simplified.contains('国') && !ordinary.simplified.contains('國'));
        assert!(ordinary.all.contains('国') && ordinary.all.contains('國'));
    }

    #[test]
    fn settings_have_a_default_and_no_unknown_key() {
        assert_eq!(toml::from_str::<DecodeOptions>("").unwrap().threshold, 0.5);
        assert!(toml::from_str::<DecodeOptions>("treshold = 0.4").is_err());
    }
}
