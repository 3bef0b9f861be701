//! Bytes to text, with the evidence for the encoding: a closed list of candidates, each scored by
//! how ordinary its text looks.
//!
//! Detectors made for browsers drop an encoding at its first bad byte; reports are damaged, so here
//! a bad byte only costs points. What comes out is the text exactly as decoded: no character is
//! repaired, every replacement is counted, and text that looks like no Chinese is refused.
//!
//! GB 2312 and GBK are parts of GB 18030 and are read as such, by the mapping of GB 18030-2022; the six code points
//! that it leaves in the private use area are put in their place. Big5 is read with the characters of HKSCS.

#![deny(clippy::disallowed_methods)]

use std::borrow::Cow;
use std::ops::Range;
use std::sync::OnceLock;

use encoding_rs::{BIG5, Encoding, GB18030, GBK, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use memchr::memmem;

use crate::config::Config;
use crate::issue::{Issue, IssueCode};
use crate::model::{Decoded, Meta, RawFile};
use crate::read::{READERS, over_limit};
use crate::vocab::Vocabulary;

/// How much of a file is scored: enough for a whole report, little enough for a huge file.
const WINDOW_BYTES: usize = 64 * 1024;
/// How far back from the end of the window a line end is looked for.
const WINDOW_SLACK: usize = 4 * 1024;
/// The same where the bytes are plainly UTF-8, and the other scores are no more than evidence.
const SMALL_WINDOW_BYTES: usize = 8 * 1024;
/// What an ordinary character counts; the other weights are parts of it.
const ORDINARY: i8 = 20;
/// What a rare hanzi counts: text in the wrong encoding is full of them, true text has a few.
const RARE_HANZI: i8 = 3;
/// What U+FFFD counts: it must weigh more than the ordinary character it may stand for.
const REPLACEMENT: i8 = -2 * ORDINARY;
/// ASCII counts as so many ordinary characters at most: every encoding reads it alike, and a web page is full of it.
const MAX_ASCII_COUNTED: usize = 10;
/// What a byte that is passed over costs: a dozen characters that come right again are worth it, a rare
/// character or two are not.
const DROPPED_BYTE: i64 = 4 * ORDINARY as i64;
/// Above this share of control characters the file is no text; damaged text stays far below.
const MAX_CONTROL_SHARE: f64 = 0.05;
/// With so many characters beyond ASCII, bytes that are valid UTF-8 are UTF-8: in GBK one hanzi in
/// eight or so would pass for it, ten in a row never do.
const CERTAIN_UTF8_CHARACTERS: usize = 10;
/// UTF-16 is tried where, in pieces of so many bytes, this share of every second byte can be the first half of a
/// character; a piece may begin with either half, since a lost byte turns the halves around.
const UTF16_PIECE: usize = 32;
const MIN_UTF16_SHARE: f64 = 0.8;
/// An encoding that the file declares is taken if its score is no further below the best one.
const DECLARED_MARGIN: f64 = 0.02;
/// A line that scores so well is in the encoding of the file.
const SOUND_LINE: f64 = 0.7;
/// A line is in another encoding than the file if it is sound there and scores so much better.
const LINE_MARGIN: f64 = 0.35;
/// And if so many characters, as ordinary ones, are gained: a rare character or two may look ordinary elsewhere.
const MIN_LINE_GAIN: f64 = 4.0;
/// A text whose characters were lost before it was saved shows more than this share of marks of the loss.
const MAX_LOST_SHARE: f64 = 0.2;
/// So many hanzi must come out of lines brought back before a text counts as decoded wrongly before it was saved.
const MIN_UNDONE_HANZI: usize = 10;

/// The section `[decode]` of the settings.
#[derive(Debug, Clone, PartialEq, serde::Deserialize, serde::Serialize)]
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
    /// The labels by which files call it, beyond those of the WHATWG standard that mean the same.
    labels: &'static [&'static str],
}

/// Every encoding that is tried; at equal scores the earlier one wins.
static CANDIDATES: [Candidate; 5] = [
    Candidate { name: "UTF-8", encoding: UTF_8, byte_order_mark: b"\xEF\xBB\xBF", labels: &["utf_8", "utf8mb4"] },
    Candidate {
        name: "GB18030",
        encoding: GB18030,
        byte_order_mark: b"\x84\x31\x95\x33",
        labels: &["cp936", "ms936", "windows-936", "euc-cn", "euccn", "gb18030-2000", "gb18030-2005", "gb18030-2022"],
    },
    Candidate {
        name: "Big5",
        encoding: BIG5,
        byte_order_mark: b"",
        labels: &["cp950", "ms950", "windows-950", "big5hkscs", "big5-eten"],
    },
    Candidate { name: "UTF-16LE", encoding: UTF_16LE, byte_order_mark: b"\xFF\xFE", labels: &[] },
    Candidate { name: "UTF-16BE", encoding: UTF_16BE, byte_order_mark: b"\xFE\xFF", labels: &[] },
];

/// GB 2312 in seven bits: hanzi stand between `~{` and `~}`. Its marks tell it, so it is not ranked.
static HZ: Candidate =
    Candidate { name: "HZ", encoding: GB18030, byte_order_mark: b"", labels: &["hz-gb-2312", "hz-gb2312", "hz"] };

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

/// The first byte of the pairs that they are.
const GB18030_PRIVATE_LEAD: u8 = 0xFE;

/// The pairs of Big5 that are a letter with its accent, two characters.
const BIG5_DOUBLE: [[u8; 2]; 4] = [[0x88, 0x62], [0x88, 0x64], [0x88, 0xA3], [0x88, 0xA5]];

/// The stage: bytes of a file -> text, as its kind of file is read.
pub fn decode(file: &RawFile, config: &Config, vocabulary: &Vocabulary) -> (Option<Decoded>, Vec<Issue>) {
    let Some(reader) = READERS.iter().find(|reader| reader.container == file.container) else {
        return refuse(IssueCode::UnsupportedContainer, format!("there is no reader for {}", file.container));
    };
    let (decoded, issues) = (reader.text)(&file.bytes, config, vocabulary);
    let chars = decoded.as_ref().map_or(0, |decoded| decoded.text.chars().count());
    let most = config.read.max_text_chars;
    if chars > most {
        let issue = over_limit("the text has", chars as u64, "characters", "max_text_chars", most as u64);
        return (None, vec![issue]);
    }
    (decoded, issues)
}

/// Decodes bytes with the encoding whose text is the most ordinary. `declared` is the label that the file gives
/// itself, such as `gb2312`.
///
/// A byte order mark decides, unless its text scores under the threshold. Text that is valid UTF-8
/// as a whole wins over every other reading. A label is a hint that decides between readings as good as each
/// other; an issue says where it is wrong. Without a text, one of the issues says why.
///
/// ```
/// use zhibiao::decode::{DecodeOptions, decode_bytes};
///
/// let (decoded, issues) = decode_bytes(b"\xD6\xD0\xB9\xFA\xA3\xAC", None, &DecodeOptions::default());
/// assert_eq!(decoded.map(|decoded| decoded.text).as_deref(), Some("中国，"));
/// assert!(issues.is_empty());
/// ```
pub fn decode_bytes(bytes: &[u8], declared: Option<&str>, options: &DecodeOptions) -> (Option<Decoded>, Vec<Issue>) {
    if bytes.is_empty() {
        return refuse(IssueCode::EmptyFile, "the file has no bytes");
    }
    if let Some((_, what, remedy)) = MAGIC.iter().find(|(magic, _, _)| bytes.starts_with(magic)) {
        return refuse(IssueCode::BinaryFile, format!("the file begins like {what}; {remedy}"));
    }
    if let Some(body) = hz_to_gbk(bytes) {
        let text = read_in_pairs(GB18030, &body);
        let score = score(&text, GB18030);
        if score >= options.threshold {
            let issues = declared_wrongly(declared, &HZ, bytes);
            return believe(text, Some(HZ.name), score, None, issues, options);
        }
    }

    let (marked, body) = split_byte_order_mark(bytes);
    let body = &Body { bytes: body, utf8: std::str::from_utf8(body).ok() };
    let by_mark = marked.map(|candidate| (candidate, score_of(candidate, body, WINDOW_BYTES)));
    let ranking = match by_mark {
        Some((candidate, score)) if score >= options.threshold || body.bytes.is_empty() => vec![(candidate, score)],
        _ => rank(body, declared, options.threshold),
    };
    let Some(&(best, best_score)) = ranking.first() else {
        return refuse(IssueCode::UndecodableText, "no encoding could be tried");
    };
    let runner_up = ranking.get(1).map(|(candidate, score)| (candidate.name, *score));
    let mut issues = declared_wrongly(declared, best, body.bytes);
    if let Some(candidate) = marked.filter(|candidate| candidate.name != best.name) {
        let message = format!("the byte order mark says {}, the bytes are {}", candidate.name, best.name);
        issues.push(Issue::new(IssueCode::DeclaredEncodingWrong, message));
    }

    let whole = decode_whole(best, body);
    let (name, score) = match &whole.mixed {
        Some((name, issue)) => {
            issues.push(issue.clone());
            (*name, score(window_of_text(&whole.text), UTF_8))
        }
        None => (best.name, best_score),
    };
    believe(whole.text, Some(name), score, runner_up, issues, options)
}

/// The bytes of a file behind the byte order mark, and the text that they are if they are valid UTF-8.
struct Body<'a> {
    bytes: &'a [u8],
    utf8: Option<&'a str>,
}

/// A text whose characters the format itself tells (Word, PDF): believed if it looks like Chinese.
pub fn decode_unicode(text: String, meta: Meta, options: &DecodeOptions) -> (Option<Decoded>, Vec<Issue>) {
    let score = score(window_of_text(&text), UTF_8);
    let (decoded, issues) = believe(text, None, score, None, Vec::new(), options);
    (decoded.map(|decoded| Decoded { meta, ..decoded }), issues)
}

/// Takes a text that is one, and says what is lost in it.
fn believe(
    text: String,
    encoding: Option<&'static str>,
    score: f64,
    runner_up: Option<(&'static str, f64)>,
    mut issues: Vec<Issue>,
    options: &DecodeOptions,
) -> (Option<Decoded>, Vec<Issue>) {
    let refuse_with = |mut issues: Vec<Issue>, code, message: String| {
        issues.push(Issue::new(code, message));
        (None, issues)
    };
    if text.chars().all(is_blank) {
        return refuse_with(issues, IssueCode::EmptyFile, "the file holds only white space".into());
    }
    let controls = control_share(&text);
    if controls > MAX_CONTROL_SHARE {
        let message = format!("{:.0}% of the characters are control codes; this is no text file", controls * 100.0);
        return refuse_with(issues, IssueCode::BinaryFile, message);
    }
    let mut decoded = Decoded { text, encoding, score, runner_up, replacements: 0, meta: Meta::default() };
    match undo_misreading(&decoded.text) {
        Misread::No => {}
        Misread::Undone { .. } if encoding.is_some_and(|name| name != UTF_8.name()) => {}
        Misread::Undone { text, misreading, lines } => {
            let message = format!("{lines} lines {}; they were brought back", misreading.what);
            issues.push(Issue::new(IssueCode::MojibakeUndone, message));
            decoded.score = self::score(window_of_text(&text), UTF_8);
            decoded.text = text;
            decoded.encoding = encoding.map(|_| misreading.steps);
        }
        Misread::ForGood(message) => return refuse_with(issues, IssueCode::Mojibake, message),
    }
    if decoded.score < options.threshold {
        let message = undecodable_message(encoding.unwrap_or("Unicode"), score, runner_up, options);
        return refuse_with(issues, IssueCode::UndecodableText, message);
    }
    let (replacements, first) = count_replacements(&decoded.text);
    decoded.replacements = replacements;
    if replacements > 0 {
        let message = format!("{replacements} characters are lost (U+FFFD), the first at character {first}");
        issues.push(Issue::new(IssueCode::ReplacedBytes, message).at(first, first + 1));
    }
    (Some(decoded), issues)
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

/// The candidate that a label means; GB 2312 and GBK are read as GB 18030.
fn candidate_of(label: &str) -> Option<&'static Candidate> {
    let label = label.trim().to_ascii_lowercase();
    let known = CANDIDATES.iter().chain([&HZ]).find(|candidate| candidate.labels.contains(&label.as_str()));
    known.or_else(|| {
        let encoding = Encoding::for_label(label.as_bytes())?;
        let encoding = if encoding == GBK { GB18030 } else { encoding };
        CANDIDATES.iter().find(|candidate| candidate.encoding == encoding)
    })
}

/// The issue of a label that the bytes contradict. Pure ASCII agrees with every label.
fn declared_wrongly(declared: Option<&str>, best: &Candidate, body: &[u8]) -> Vec<Issue> {
    let Some(label) = declared else { return Vec::new() };
    let agrees = candidate_of(label).is_some_and(|candidate| {
        candidate.name == best.name || (is_utf16(candidate.encoding) && is_utf16(best.encoding))
    });
    if agrees || (best.encoding == UTF_8 && body.is_ascii()) {
        return Vec::new();
    }
    let message = format!("the file calls its encoding {label:?}, its bytes are {}", best.name);
    vec![Issue::new(IssueCode::DeclaredEncodingWrong, message)]
}

/// The candidates that are possible, best first.
fn rank(body: &Body, declared: Option<&str>, threshold: f64) -> Vec<(&'static Candidate, f64)> {
    let utf8_score = score_of(&CANDIDATES[0], body, WINDOW_BYTES);
    let is_utf8 = body.utf8.is_some_and(|text| is_plainly_utf8(text, utf8_score >= threshold));
    let size = if is_utf8 { SMALL_WINDOW_BYTES } else { WINDOW_BYTES };
    let may_be_utf16 = looks_like_utf16(&body.bytes[window(body.bytes, SMALL_WINDOW_BYTES)]);
    let others = CANDIDATES[1..].iter().filter(|candidate| may_be_utf16 || !is_utf16(candidate.encoding));
    let mut ranking = vec![(&CANDIDATES[0], utf8_score)];
    ranking.extend(others.map(|candidate| (candidate, score_of(candidate, body, size))));
    // A stable sort: among equals the order of the list stands.
    ranking.sort_by(|(left, left_score), (right, right_score)| {
        let wins = |candidate: &Candidate| is_utf8 && candidate.encoding == UTF_8;
        wins(right).cmp(&wins(left)).then(right_score.total_cmp(left_score))
    });
    if let Some(declared) = declared.and_then(candidate_of)
        && !is_utf8
        && let Some(place) = ranking.iter().position(|(candidate, _)| candidate.name == declared.name)
        && ranking[0].1 - ranking[place].1 <= DECLARED_MARGIN
    {
        ranking[..=place].rotate_right(1);
    }
    ranking
}

/// Whether bytes that are valid UTF-8 from end to end are so not by chance.
fn is_plainly_utf8(text: &str, is_ordinary: bool) -> bool {
    if control_share(text) > MAX_CONTROL_SHARE {
        return false;
    }
    let beyond_ascii = text.chars().filter(|character| !character.is_ascii()).take(CERTAIN_UTF8_CHARACTERS).count();
    beyond_ascii == CERTAIN_UTF8_CHARACTERS || is_ordinary
}

fn is_utf16(encoding: &'static Encoding) -> bool {
    encoding == UTF_16LE || encoding == UTF_16BE
}

/// UTF-16 reads any bytes as characters, so the bytes must have its shape before it is tried.
fn looks_like_utf16(bytes: &[u8]) -> bool {
    // ASCII, general punctuation, CJK punctuation, hanzi, full-width forms.
    let is_first_half = |byte: &&u8| matches!(byte, 0x00 | 0x20 | 0x30 | 0x4E..=0x9F | 0xFF);
    let share_in = |piece: &[u8]| {
        let even = piece.iter().step_by(2).filter(is_first_half).count();
        let odd = piece.iter().skip(1).step_by(2).filter(is_first_half).count();
        even.max(odd)
    };
    let halves: usize = bytes.chunks(UTF16_PIECE).map(share_in).sum();
    bytes.len() >= 2 && halves as f64 >= (bytes.len() / 2) as f64 * MIN_UTF16_SHARE
}

/// The part of the bytes that is scored: from the first byte that is not ASCII (before it every
/// candidate reads the same) over so many, ending with a line where one ends nearby.
fn window(body: &[u8], size: usize) -> Range<usize> {
    let first = body.iter().position(|&byte| byte >= 0x80 || byte == 0).unwrap_or(0);
    // On an even byte, so that the pairs of UTF-16 stay together.
    let first = first & !1;
    let rest = &body[first..];
    if rest.len() <= size {
        return first..body.len();
    }
    let slack = &rest[size - WINDOW_SLACK..size];
    let cut = slack.iter().rposition(|&byte| byte == b'\n').unwrap_or(WINDOW_SLACK);
    let end = (size - WINDOW_SLACK + cut) & !1;
    first..first + end
}

fn window_of_text(text: &str) -> &str {
    let first = text.bytes().position(|byte| !byte.is_ascii()).unwrap_or(0);
    &text[first..text.floor_char_boundary(first + WINDOW_BYTES)]
}

/// How ordinary the text is that an encoding makes of a window of so many bytes.
fn score_of(candidate: &Candidate, body: &Body, size: usize) -> f64 {
    let window = window(body.bytes, size);
    let bytes = &body.bytes[window.clone()];
    if candidate.encoding == UTF_8 {
        return match body.utf8.and_then(|text| text.get(window)) {
            Some(text) => score(text, UTF_8),
            None => score(&String::from_utf8_lossy(bytes), UTF_8),
        };
    }
    let tally = tally_of_pairs(candidate.encoding, bytes);
    tally.map_or_else(|| score(&read_in_pairs(candidate.encoding, bytes), candidate.encoding), |tally| tally.score())
}

/// What the characters of a text are worth in all.
#[derive(Debug, Default)]
struct Tally {
    sum: i64,
    count: usize,
    /// Printable ASCII, which is not in the count.
    ascii: usize,
}

impl Tally {
    fn of(text: &str, encoding: &'static Encoding) -> Tally {
        let worth = worth_in(encoding);
        let (mut sum, mut chars, mut ascii) = (0, 0, 0);
        for character in text.chars() {
            sum += i64::from(worth_of(character, worth));
            ascii += usize::from(is_plain_ascii(character));
            chars += 1;
        }
        Tally { sum: sum - ascii as i64 * i64::from(ORDINARY), count: chars - ascii, ascii }
    }

    /// The share of ordinary characters beyond ASCII, with something for rare hanzi and less for replacements.
    fn score(&self) -> f64 {
        let ascii = self.ascii.min(MAX_ASCII_COUNTED);
        let full = (self.count + ascii) as f64 * f64::from(ORDINARY);
        if full == 0.0 { 0.0 } else { (self.sum as f64 + ascii as f64 * f64::from(ORDINARY)) / full }
    }
}

fn score(text: &str, encoding: &'static Encoding) -> f64 {
    Tally::of(text, encoding).score()
}

fn is_plain_ascii(character: char) -> bool {
    matches!(character, ' '..='~' | '\n' | '\r' | '\t')
}

/// Signs that reports print: CJK punctuation, full-width forms, circled numbers, unit signs.
fn is_ordinary_sign(character: char) -> bool {
    matches!(character,
        '\u{3000}'..='\u{3020}' | '\u{FF01}'..='\u{FF5E}' | '\u{FFE0}'..='\u{FFE5}'
        | '\u{2010}'..='\u{2027}' | '\u{2460}'..='\u{249B}' | '\u{2160}'..='\u{216B}'
        | '\u{A0}' | '°' | '±' | '·' | '×' | '÷' | '‰' | '℃' | '㎡' | '㎞' | '∶' | '≥' | '≤')
}

/// What every character of the basic plane counts, by its code point.
type Worth = Vec<i8>;

/// What a character counts. Nearly all beyond the basic plane are rare hanzi.
fn worth_of(character: char, worth: &Worth) -> i8 {
    worth.get(character as usize).copied().unwrap_or(RARE_HANZI)
}

/// What characters count in an encoding: ordinary are the hanzi that make up nearly all of any report, level 1 of GB 2312
/// in GB 18030, that and level 1 of Big5 elsewhere. The levels are what the decoders make of their rows, so
/// no list of characters is kept here.
fn worth_in(encoding: &'static Encoding) -> &'static Worth {
    static SIMPLIFIED: OnceLock<Worth> = OnceLock::new();
    static ALL: OnceLock<Worth> = OnceLock::new();
    let make = |levels: &[String]| {
        let basic = |character| match character {
            '\u{FFFD}' => REPLACEMENT,
            _ if is_plain_ascii(character) || is_ordinary_sign(character) => ORDINARY,
            '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' => RARE_HANZI,
            _ => 0,
        };
        let mut worth: Worth = (0..=0xFFFF).map(|code| char::from_u32(code).map_or(0, basic)).collect();
        for character in levels.iter().flat_map(|level| level.chars()).filter(is_unified_hanzi) {
            worth[character as usize] = ORDINARY;
        }
        worth
    };
    if encoding == GB18030 {
        SIMPLIFIED.get_or_init(|| make(&[level_1_simplified()]))
    } else {
        ALL.get_or_init(|| make(&[level_1_simplified(), level_1_traditional()]))
    }
}

/// Level 1 of GB 2312.
fn level_1_simplified() -> String {
    let pairs = (0xB0..=0xD7).flat_map(|lead| (0xA1..=0xFE).map(move |trail| [lead, trail]));
    decode_pairs(GB18030, pairs)
}

/// Level 1 of Big5.
fn level_1_traditional() -> String {
    let pairs = (0xA4..=0xC6).flat_map(|lead| (0x40..=0x7E).chain(0xA1..=0xFE).map(move |trail| [lead, trail]));
    decode_pairs(BIG5, pairs.filter(|&pair| pair <= [0xC6, 0x7E]))
}

fn decode_pairs(encoding: &'static Encoding, pairs: impl Iterator<Item = [u8; 2]>) -> String {
    encoding.decode_without_bom_handling(&pairs.flatten().collect::<Vec<u8>>()).0.into_owned()
}

fn is_unified_hanzi(character: &char) -> bool {
    ('\u{4E00}'..='\u{9FFF}').contains(character)
}

/// The text of some bytes in an encoding; U+FFFD stands for what is no character.
fn read_as(encoding: &'static Encoding, bytes: &[u8]) -> String {
    if encoding == UTF_8 { String::from_utf8_lossy(bytes).into_owned() } else { read_in_pairs(encoding, bytes) }
}

/// The same for an encoding of byte pairs. A lost or stray byte turns the pairs behind it around, up to the next
/// ASCII character or to the end; so the bytes that spoil the fewest characters are passed over.
fn read_in_pairs(encoding: &'static Encoding, bytes: &[u8]) -> String {
    let decode = |piece| map_private(encoding.decode_without_bom_handling(piece).0, encoding);
    let steps = best_steps(encoding, bytes);
    let mut text = String::new();
    let mut from = 0;
    for (at, _) in steps.iter().enumerate().filter(|(_, step)| **step == DROPPED) {
        text.push_str(&decode(&bytes[from..at]));
        text.push('\u{FFFD}');
        from = at + 1;
    }
    if from == 0 { decode(bytes) } else { text + &decode(&bytes[from..]) }
}

/// What the characters are worth that byte pairs are read as, without the text itself; `None` where a character must be seen
/// to be told: in UTF-16, of four bytes, of the private use area, with an accent of its own.
fn tally_of_pairs(encoding: &'static Encoding, bytes: &[u8]) -> Option<Tally> {
    if is_utf16(encoding) {
        return None;
    }
    let worth = pair_worth(encoding);
    let steps = best_steps(encoding, bytes);
    let mut tally = Tally::default();
    let mut end = bytes.len();
    while end > 0 {
        match steps[end - 1] {
            DROPPED => {
                (tally.count, tally.sum) = (tally.count + 1, tally.sum + i64::from(REPLACEMENT));
                end -= 1;
            }
            1 => {
                let is_plain = is_plain_ascii(char::from(bytes[end - 1]));
                (tally.ascii, tally.count) =
                    (tally.ascii + usize::from(is_plain), tally.count + usize::from(!is_plain));
                end -= 1;
            }
            2 => {
                let pair = [bytes[end - 2], bytes[end - 1]];
                let value = worth[usize::from(u16::from_be_bytes(pair))];
                let may_be_private = encoding == GB18030 && value == 0 && pair[0] == GB18030_PRIVATE_LEAD;
                if may_be_private || (encoding == BIG5 && BIG5_DOUBLE.contains(&pair)) {
                    return None;
                }
                (tally.count, tally.sum) = (tally.count + 1, tally.sum + i64::from(value));
                end -= 2;
            }
            _ => return None,
        }
    }
    Some(tally)
}

/// What byte pairs count in an encoding, by the number that the two bytes make.
type PairWorth = Vec<i8>;
/// Two bytes that are no character.
const NO_PAIR: i8 = i8::MIN;

/// The table of an encoding, made once from its decoder.
fn pair_worth(encoding: &'static Encoding) -> &'static PairWorth {
    static TABLES: [OnceLock<PairWorth>; CANDIDATES.len()] = [const { OnceLock::new() }; CANDIDATES.len()];
    let place = CANDIDATES.iter().position(|candidate| candidate.encoding == encoding).unwrap_or(0);
    TABLES[place].get_or_init(|| {
        let worth = worth_in(encoding);
        let value = |pair: u16| {
            let pair = pair.to_be_bytes();
            // An ASCII character and what follows are two characters, not a pair.
            if !is_utf16(encoding) && pair[0] < 0x80 {
                return NO_PAIR;
            }
            let text = encoding.decode_without_bom_handling_and_without_replacement(&pair);
            // Four pairs of Big5 are a letter with its accent.
            match text.as_deref().map(|text| (text.chars().next(), text.chars().count())) {
                Some((Some(c), 1)) => worth_of(c, worth),
                Some((Some(_), _)) if encoding == BIG5 => 0,
                _ => NO_PAIR,
            }
        };
        (0..=u16::MAX).map(value).collect()
    })
}

/// The mark of a byte that is in no character.
const DROPPED: u8 = u8::MAX;

/// Marks the bytes that are in no character, by the reading of all bytes that is worth the most.
///
/// The best reading of the bytes up to a place ends there with a character of one, two or four bytes, or with a
/// byte passed over; so one pass finds it, and the way back along the steps taken finds the bytes.
fn best_steps(encoding: &'static Encoding, bytes: &[u8]) -> Vec<u8> {
    // A reading is a number: what it is worth, and in the last bits how it ends. So the greater of two is the better, and
    // of two as good the one that is named first here.
    const ENDS: i64 = 4;
    const PASSED: i64 = 3;
    const ONE: i64 = 2;
    const TWO: i64 = 1;
    const FOUR: i64 = 0;
    const BYTES: [u8; ENDS as usize] = [4, 2, 1, 0];
    /// No reading.
    const NONE: i64 = i64::MIN / 4;
    let worth_of = pair_worth(encoding);
    let is_wide = is_utf16(encoding);
    let ones: [i64; 256] = std::array::from_fn(|byte| match byte as u8 {
        _ if is_wide => NONE,
        byte if is_plain_ascii(char::from(byte)) => i64::from(ORDINARY) * ENDS + ONE,
        0..0x80 => ONE,
        _ => NONE,
    });
    // How the best reading up to each place ends: with so many bytes, 0 for a byte passed over.
    let mut steps: Vec<u8> = Vec::with_capacity(bytes.len());
    // What the best readings up to the last four places are worth, the nearest first.
    let mut before = [0, NONE, NONE, NONE];
    let mut previous = 0;
    for (at, &byte) in bytes.iter().enumerate() {
        let pair = worth_of[usize::from(u16::from_be_bytes([previous, byte]))];
        let two = if pair == NO_PAIR { NONE } else { i64::from(pair) * ENDS + TWO };
        let passed = before[0] - DROPPED_BYTE * ENDS + PASSED;
        let mut best = passed.max(before[0] + ones[usize::from(byte)]).max(before[1] + two);
        let four = before[3] + i64::from(RARE_HANZI) * ENDS + FOUR;
        if at >= 3 && is_character_of_four(encoding, &bytes[at - 3..=at]) && four > best {
            best = four;
        }
        steps.push(BYTES[(best & (ENDS - 1)) as usize]);
        before = [best & !(ENDS - 1), before[0], before[1], before[2]];
        previous = byte;
    }
    let mut end = bytes.len();
    while end > 0 {
        match steps[end - 1] {
            0 => {
                end -= 1;
                steps[end] = DROPPED;
            }
            step => end -= usize::from(step).min(end),
        }
    }
    steps
}

/// Whether four bytes have the form of a character: GB 18030 beyond GBK, or surrogates.
fn is_character_of_four(encoding: &'static Encoding, bytes: &[u8]) -> bool {
    if encoding == GB18030 {
        // In nearly all cases the last byte says no.
        bytes.last().is_some_and(u8::is_ascii_digit)
            && matches!(bytes, [0x81..=0x84 | 0x90..=0xE3, 0x30..=0x39, 0x81..=0xFE, 0x30..=0x39])
    } else if encoding == UTF_16LE {
        matches!(bytes, [_, 0xD8..=0xDB, _, 0xDC..=0xDF])
    } else {
        encoding == UTF_16BE && matches!(bytes, [0xD8..=0xDB, _, 0xDC..=0xDF, _])
    }
}

/// A file's text, and where lines of it are in another encoding the name of the one that has the most, and the issue.
struct Whole {
    text: String,
    mixed: Option<(&'static str, Issue)>,
}

/// Decodes all bytes, every line in the encoding of the file unless it is clearly in another one.
fn decode_whole(best: &'static Candidate, body: &Body) -> Whole {
    if is_utf16(best.encoding) {
        return Whole { text: read_as(best.encoding, body.bytes), mixed: None };
    }
    if let Some(text) = body.utf8.filter(|_| best.encoding == UTF_8) {
        return Whole { text: text.to_string(), mixed: None };
    }
    let mut text = String::with_capacity(body.bytes.len() * 3 / 2);
    let mut chars = 0;
    // Of each candidate: how many characters and lines beyond ASCII, and the number and place of the first line.
    let mut found = CANDIDATES.each_ref().map(|_| (0, 0, None));
    for (number, line) in body.bytes.split_inclusive(|&byte| byte == b'\n').enumerate() {
        let (candidate, piece) = read_line(best, line);
        let length = piece.chars().count();
        if !line.is_ascii() {
            let place = CANDIDATES.iter().position(|other| other.name == candidate.name).unwrap_or(0);
            let (in_all, lines, first) = &mut found[place];
            *in_all += length;
            *lines += 1;
            first.get_or_insert((number + 1, chars..chars + length));
        }
        chars += length;
        text.push_str(&piece);
    }
    let most = (0..found.len()).max_by_key(|&place| found[place].0).unwrap_or(0);
    let others: Vec<usize> = (0..found.len()).filter(|&place| place != most && found[place].1 > 0).collect();
    let first = others.iter().filter_map(|&place| found[place].2.clone()).min_by_key(|(number, _)| *number);
    let mixed = first.map(|(number, span)| {
        let lines = |place: usize| format!("{} in {}", found[place].1, CANDIDATES[place].name);
        let others = others.iter().map(|&place| lines(place)).collect::<Vec<_>>().join(", ");
        let message =
            format!("lines are in several encodings: {}, {others}, the first of these line {number}", lines(most));
        (CANDIDATES[most].name, Issue::new(IssueCode::MixedEncodings, message).at(span.start, span.end))
    });
    Whole { text, mixed }
}

/// One line in the encoding of the file, or in another one in which it is sound while it is not in that.
fn read_line(best: &'static Candidate, line: &[u8]) -> (&'static Candidate, String) {
    let own = read_as(best.encoding, line);
    if line.is_ascii() {
        return (best, own);
    }
    let own_score = score(&own, best.encoding);
    if own_score >= SOUND_LINE {
        return (best, own);
    }
    let others = CANDIDATES.iter().filter(|other| other.name != best.name && !is_utf16(other.encoding));
    let readings = others.map(|other| (other, read_as(other.encoding, line)));
    let scored = readings.map(|(other, text)| (score(&text, other.encoding), other, text));
    let Some((score, other, text)) = scored.max_by(|(left, ..), (right, ..)| left.total_cmp(right)) else {
        return (best, own);
    };
    let better = score - own_score;
    let gain = better * text.chars().filter(|character| !character.is_ascii()).count() as f64;
    let is_certain = gain >= MIN_LINE_GAIN || (other.encoding == UTF_8 && std::str::from_utf8(line).is_ok());
    if score >= SOUND_LINE && better >= LINE_MARGIN && is_certain { (other, text) } else { (best, own) }
}

/// GBK bytes of a text in HZ, if it is one: no byte beyond ASCII, and hanzi between the marks.
fn hz_to_gbk(bytes: &[u8]) -> Option<Vec<u8>> {
    let holds = |mark: &[u8]| bytes.windows(mark.len()).any(|window| window == mark);
    if !bytes.is_ascii() || !holds(b"~{") || !holds(b"~}") {
        return None;
    }
    let mut out = Vec::with_capacity(bytes.len());
    let mut in_hanzi = false;
    let mut rest = bytes;
    while let Some((&byte, tail)) = rest.split_first() {
        let (taken, is_text) = match (byte, tail.first()) {
            (b'~', Some(b'{')) => {
                in_hanzi = true;
                (2, false)
            }
            (b'~', Some(b'}')) => {
                in_hanzi = false;
                (2, false)
            }
            (b'~', Some(b'~')) if !in_hanzi => (2, true),
            // A line that goes on.
            (b'~', Some(b'\n')) => (2, false),
            (b'\n', _) => {
                in_hanzi = false;
                (1, true)
            }
            _ => (1, true),
        };
        if is_text {
            out.push(if in_hanzi && byte.is_ascii_graphic() { byte | 0x80 } else { byte });
        }
        rest = &rest[taken..];
    }
    Some(out)
}

/// A wrong decoding that a text may have gone through before it was saved, and how it is undone.
struct Misreading {
    /// How the wrong characters become bytes again: `None` for ISO 8859-1, where a byte is its code point.
    wrong: Option<&'static Encoding>,
    /// What the bytes are.
    right: &'static Encoding,
    /// The steps from the bytes of the file to the text, for the column `encoding`.
    steps: &'static str,
    /// What happened, for the issue.
    what: &'static str,
}

/// The wrong decodings that are known. Each can be undone only if it lost nothing.
static MISREADINGS: [Misreading; 5] = [
    Misreading {
        wrong: None,
        right: UTF_8,
        steps: "UTF-8>ISO-8859-1>UTF-8",
        what: "were UTF-8 and had been read as ISO-8859-1 before they were saved",
    },
    Misreading {
        wrong: Some(WINDOWS_1252),
        right: UTF_8,
        steps: "UTF-8>windows-1252>UTF-8",
        what: "were UTF-8 and had been read as windows-1252 before they were saved",
    },
    Misreading {
        wrong: None,
        right: GB18030,
        steps: "UTF-8>ISO-8859-1>GB18030",
        what: "were GBK and had been read as ISO-8859-1 before they were saved",
    },
    Misreading {
        wrong: Some(WINDOWS_1252),
        right: GB18030,
        steps: "UTF-8>windows-1252>GB18030",
        what: "were GBK and had been read as windows-1252 before they were saved",
    },
    Misreading {
        wrong: Some(GBK),
        right: UTF_8,
        steps: "UTF-8>GBK>UTF-8",
        what: "were UTF-8 and had been read as GBK before they were saved",
    },
];

impl Misreading {
    /// The text as it was, if nothing was lost: every step is strict, and the wrong reading of the result is the
    /// text again.
    fn undo(&self, text: &str) -> Option<String> {
        let bytes = match self.wrong {
            None if encoding_rs::mem::is_str_latin1(text) => encoding_rs::mem::encode_latin1_lossy(text),
            None => return None,
            Some(wrong) => {
                let (bytes, _, is_lossy) = wrong.encode(text);
                if is_lossy {
                    return None;
                }
                bytes
            }
        };
        let again = match self.wrong {
            None => encoding_rs::mem::decode_latin1(&bytes),
            Some(wrong) => wrong.decode_without_bom_handling(&bytes).0,
        };
        if again != text {
            return None;
        }
        self.right.decode_without_bom_handling_and_without_replacement(&bytes).map(Cow::into_owned)
    }

    /// The same with what was lost left out, to see whether it is this that happened.
    fn undo_in_part(&self, text: &str) -> String {
        let to_byte = |character: char| u8::try_from(u32::from(character)).unwrap_or(b'?');
        let bytes = match self.wrong {
            None => text.chars().map(to_byte).collect(),
            Some(wrong) => {
                let mut buffer = [0; 4];
                let encoded = text.chars().filter_map(|character| {
                    let (bytes, _, is_lossy) = wrong.encode(character.encode_utf8(&mut buffer));
                    (!is_lossy).then(|| bytes.into_owned())
                });
                encoded.flatten().collect::<Vec<u8>>()
            }
        };
        without_lost(&read_as(self.right, &bytes)).into_owned()
    }
}

/// Whether a text was decoded wrongly before it was saved.
enum Misread {
    No,
    /// It was, and was brought back without loss.
    Undone {
        text: String,
        misreading: &'static Misreading,
        lines: usize,
    },
    /// It was, and something is lost; the message says what.
    ForGood(String),
}

/// Looks for text that was decoded wrongly before it was saved, and brings it back where that can be proved:
/// every line of it must come back whole.
fn undo_misreading(text: &str) -> Misread {
    if let Some(message) = lost_before(text) {
        return Misread::ForGood(message);
    }
    // U+FFFD tells of other damage.
    let has_lost = holds_lost(text);
    let is_bad = |line: &str| {
        let score_of = |line: &str| score(line, UTF_8);
        !line.is_ascii() && if has_lost { score_of(&without_lost(line)) } else { score_of(line) } < SOUND_LINE
    };
    let bad: Vec<&str> = text.split_inclusive('\n').filter(|line| is_bad(line)).collect();
    if bad.is_empty() {
        return Misread::No;
    }
    let comes_back = |misreading: &Misreading, line: &str| {
        misreading.undo(line).filter(|better| score(better, UTF_8) >= score(line, UTF_8) + LINE_MARGIN)
    };
    let hanzi_of = |misreading: &Misreading| -> usize {
        let back = bad.iter().filter_map(|line| comes_back(misreading, line));
        back.map(|line| line.chars().filter(is_unified_hanzi).count()).sum()
    };
    // The last of the largest wins with `max_by_key`, so the order of the list is turned around.
    let most =
        MISREADINGS.iter().rev().map(|misreading| (hanzi_of(misreading), misreading)).max_by_key(|(hanzi, _)| *hanzi);
    let Some((_, misreading)) = most.filter(|(hanzi, _)| *hanzi >= MIN_UNDONE_HANZI) else {
        return lost_in_misreading(&bad.concat());
    };
    let mut out = String::with_capacity(text.len());
    let mut undone = 0;
    for (number, line) in text.split_inclusive('\n').enumerate() {
        match is_bad(line).then(|| comes_back(misreading, line)) {
            None => out.push_str(line),
            Some(Some(back)) => {
                undone += 1;
                out.push_str(&back);
            }
            Some(None) if !is_misread(misreading, line) => out.push_str(line),
            Some(None) => {
                let message = format!("lines {}, and line {} lost characters by it", misreading.what, number + 1);
                return Misread::ForGood(message);
            }
        }
    }
    Misread::Undone { text: out, misreading, lines: undone }
}

/// Whether a line that does not come back whole shows the same misreading: what is left of it is ordinary, and is
/// as much as the misreading leaves, a hanzi of two or three characters.
fn is_misread(misreading: &Misreading, line: &str) -> bool {
    let line = without_lost(line);
    let left = misreading.undo_in_part(&line);
    let hanzi = left.chars().filter(is_unified_hanzi).count();
    let before = line.chars().filter(|character| !character.is_ascii()).count();
    let score_left = score(&left, UTF_8);
    hanzi > 0 && hanzi * 4 >= before && score_left >= SOUND_LINE && score_left >= score(&line, UTF_8) + LINE_MARGIN
}

fn without_lost(line: &str) -> Cow<'_, str> {
    if holds_lost(line) { line.replace('\u{FFFD}', "").into() } else { line.into() }
}

fn holds_lost(text: &str) -> bool {
    memmem::find(text.as_bytes(), "\u{FFFD}".as_bytes()).is_some()
}

/// Lines that are no ordinary Chinese: a misreading that lost characters in every one of them?
fn lost_in_misreading(lines: &str) -> Misread {
    let lines = window_of_text(lines);
    let hanzi = lines.chars().filter(|character| !character.is_ascii()).count();
    match MISREADINGS.iter().find(|misreading| hanzi >= MIN_UNDONE_HANZI && is_misread(misreading, lines)) {
        Some(misreading) => Misread::ForGood(format!("lines {}, and lost characters by it", misreading.what)),
        None => Misread::No,
    }
}

/// Characters that a program could not write stand as `?`, or as 锟斤拷, which is U+FFFD twice in UTF-8, read as GBK.
fn lost_before(text: &str) -> Option<String> {
    for (mark, what) in [("??", "??"), ("锟斤拷", "锟斤拷")] {
        let lost = memmem::find_iter(text.as_bytes(), mark).count() * mark.chars().count();
        if lost == 0 {
            continue;
        }
        let chars = text.chars().filter(|character| !character.is_whitespace()).count();
        if lost as f64 > chars as f64 * MAX_LOST_SHARE {
            return Some(format!("{lost} of {chars} characters are {what}: they were lost before the text was saved"));
        }
    }
    None
}

/// Puts the six code points in place that have a true one by now; all others stay as they are.
fn map_private(text: Cow<'_, str>, encoding: &'static Encoding) -> String {
    let mapped = |character: char| GB18030_PRIVATE.iter().find(|(private, _)| *private == character);
    if encoding == GB18030 && text.contains(|character| mapped(character).is_some()) {
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
    // So few at once that a byte holds their number: such sums are made many at a time.
    let among = |bytes: &[u8]| bytes.iter().map(|byte| u8::from(is_control(byte))).sum::<u8>();
    let controls: usize = text.as_bytes().chunks(128).map(|bytes| usize::from(among(bytes))).sum();
    if controls == 0 { 0.0 } else { controls as f64 / text.chars().count() as f64 }
}

/// How many U+FFFD there are and where the first one stands, in code points.
fn count_replacements(text: &str) -> (usize, usize) {
    let mut places = memmem::find_iter(text.as_bytes(), "\u{FFFD}");
    let first = places.next();
    (first.map_or(0, |_| 1 + places.count()), text[..first.unwrap_or(text.len())].chars().count())
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
    fn a_byte_order_mark_that_lies_is_an_issue() {
        let bytes = [b"\xFF\xFE".to_vec(), encode(BIG5, TRADITIONAL)].concat();
        let (decoded, issues) = decode_bytes(bytes);
        assert_eq!(decoded.unwrap().encoding, Some("Big5"));
        assert_eq!(issues[0].code, IssueCode::DeclaredEncodingWrong);
        assert_eq!(issues[0].message, "the byte order mark says UTF-16LE, the bytes are Big5");
    }

    #[test]
    fn labels_are_known_by_their_many_names() {
        let named = |label: &str| candidate_of(label).map(|candidate| candidate.name);
        let labels = "gb2312 GBK gb18030 cp936 ms936 x-gbk GB_2312-80 euc-cn gb18030-2022";
        for label in labels.split(' ') {
            assert_eq!(named(label), Some("GB18030"), "{label}");
        }
        for label in ["big5", "Big5-HKSCS", "cp950", "x-x-big5"] {
            assert_eq!(named(label), Some("Big5"), "{label}");
        }
        assert_eq!(named(" UTF8 "), Some("UTF-8"));
        assert_eq!(named("utf-16"), Some("UTF-16LE"));
        assert_eq!(named("hz-gb-2312"), Some("HZ"));
        assert_eq!(named("iso-8859-1"), None);
        assert_eq!(named("简体"), None);
    }

    #[test]
    fn a_label_is_believed_only_if_the_bytes_agree() {
        let options = DecodeOptions::default();
        let read = |bytes: &[u8], label| {
            let (decoded, issues) = super::decode_bytes(bytes, Some(label), &options);
            let codes: Vec<IssueCode> = issues.iter().map(|issue| issue.code).collect();
            (decoded.unwrap().encoding.unwrap(), codes)
        };
        let wrong = vec![IssueCode::DeclaredEncodingWrong];
        let gbk = encode(GB18030, SIMPLIFIED);
        assert_eq!(read(&gbk, "gb2312"), ("GB18030", vec![]));
        assert_eq!(read(&gbk, "utf-8"), ("GB18030", wrong.clone()));
        assert_eq!(read(&gbk, "big5"), ("GB18030", wrong.clone()));
        assert_eq!(read(&gbk, "iso-8859-1"), ("GB18030", wrong.clone()));
        assert_eq!(read(SIMPLIFIED.as_bytes(), "gbk"), ("UTF-8", wrong.clone()));
        assert_eq!(read(&utf16(SIMPLIFIED, u16::to_be_bytes), "utf-16"), ("UTF-16BE", vec![]));
        // ASCII agrees with every label.
        assert_eq!(read(b"Total 126 km", "gb2312"), ("UTF-8", vec![]));
        assert_eq!(read(b"Total 126 km", "iso-8859-1"), ("UTF-8", vec![]));
        // One character, the same two bytes: as ordinary in either encoding, so the label decides.
        let either = b"\xB0\xAA";
        let ordinary = |encoding| score(&read_as(encoding, either), encoding);
        assert_eq!(ordinary(GB18030), ordinary(BIG5));
        assert_eq!(read(either, "gbk"), ("GB18030", vec![]));
        assert_eq!(read(either, "big5"), ("Big5", vec![]));
    }

    #[test]
    fn every_line_is_read_in_its_own_encoding() {
        let [first, second, third] = SIMPLIFIED.split_inclusive('\n').collect::<Vec<_>>()[..] else { panic!() };
        let gbk = |line| encode(GB18030, line);
        let utf8 = |line: &str| line.as_bytes().to_vec();
        let samples = [
            ("GB18030", [gbk(first), utf8(second), gbk(third)].concat(), "2 in GB18030, 1 in UTF-8", 2),
            ("UTF-8", [utf8(first), utf8(second), gbk(third)].concat(), "2 in UTF-8, 1 in GB18030", 3),
        ];
        for (expected, bytes, message, line) in samples {
            let (decoded, issues) = decode_bytes(bytes);
            let decoded = decoded.unwrap();
            assert_eq!((decoded.encoding, decoded.text.as_str()), (Some(expected), SIMPLIFIED));
            assert_eq!(decoded.replacements, 0);
            assert!(decoded.score > 0.95, "{}", decoded.score);
            assert_eq!(issues.len(), 1);
            assert_eq!(issues[0].code, IssueCode::MixedEncodings);
            assert_eq!(
                issues[0].message,
                format!("lines are in several encodings: {message}, the first of these line {line}")
            );
            let start: i32 =
                SIMPLIFIED.split_inclusive('\n').take(line - 1).map(|line| line.chars().count() as i32).sum();
            assert_eq!(issues[0].source_start, Some(start));
        }
        // A line of one rare hanzi is no line of Big5, where its bytes are an ordinary one.
        let (decoded, issues) = decode_bytes([gbk(first), gbk("赟\n")].concat());
        assert_eq!((decoded.unwrap().text, issues), (format!("{first}赟\n"), vec![]));
        let (decoded, issues) = decode_bytes([encode(BIG5, TRADITIONAL), gbk(first)].concat());
        let decoded = decoded.unwrap();
        assert_eq!((decoded.encoding, decoded.text), (Some("Big5"), format!("{TRADITIONAL}{first}")));
        assert_eq!(issues[0].code, IssueCode::MixedEncodings);
    }

    #[test]
    fn text_after_a_lost_or_stray_byte_comes_right_again() {
        let encodings: [(&str, Vec<u8>, &str); 4] = [
            ("GB18030", encode(GB18030, SIMPLIFIED), SIMPLIFIED),
            ("Big5", encode(BIG5, TRADITIONAL), TRADITIONAL),
            ("UTF-16LE", utf16(SIMPLIFIED, u16::to_le_bytes), SIMPLIFIED),
            ("UTF-16BE", utf16(SIMPLIFIED, u16::to_be_bytes), SIMPLIFIED),
        ];
        for (expected, clean, text) in encodings {
            let lost = [&clean[1..], &[]].concat();
            let stray =
                [&clean[..4], &[if expected.starts_with("UTF-16") { 0x9F } else { 0xFF }], &clean[4..]].concat();
            for (bytes, rest) in [(lost, 1), (stray, 2)] {
                let (decoded, issues) = decode_bytes(bytes);
                let decoded = decoded.unwrap();
                assert_eq!(decoded.encoding, Some(expected));
                // The second byte of Big5 may be an ASCII letter, and stand alone as one.
                if expected != "Big5" {
                    assert_eq!(decoded.replacements, 1, "{expected}: {}", decoded.text);
                    assert_eq!(issues[0].code, IssueCode::ReplacedBytes);
                }
                let rest: String = text.chars().skip(rest).collect();
                assert!(decoded.text.ends_with(&rest), "{expected}: {}", decoded.text);
            }
        }
    }

    #[test]
    fn what_was_decoded_wrongly_before_is_brought_back_or_refused() {
        let latin1 = |bytes: &[u8]| encoding_rs::mem::decode_latin1(bytes).into_owned();
        let windows = |bytes: &[u8]| WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned();
        let gbk = encode(GB18030, SIMPLIFIED);
        let undone = [
            (latin1(SIMPLIFIED.as_bytes()), "UTF-8>ISO-8859-1>UTF-8"),
            (windows(SIMPLIFIED.as_bytes()), "UTF-8>windows-1252>UTF-8"),
            (latin1(&gbk), "UTF-8>ISO-8859-1>GB18030"),
        ];
        for (text, steps) in undone {
            let (decoded, issues) = decode_bytes(text.into_bytes());
            let decoded = decoded.unwrap_or_else(|| panic!("{steps}: {issues:?}"));
            assert_eq!((decoded.encoding, decoded.text.as_str()), (Some(steps), SIMPLIFIED));
            assert!(decoded.score > 0.95);
            assert_eq!(issues.len(), 1);
            assert_eq!(issues[0].code, IssueCode::MojibakeUndone);
        }
        // An even number of hanzi between characters of ASCII: nothing is lost when UTF-8 is read as GBK.
        let even = "粮食产量38.6万吨\n农村公路126公里\n";
        let misread = GB18030.decode_without_bom_handling(even.as_bytes()).0.into_owned();
        let (decoded, issues) = decode_bytes(misread.into_bytes());
        assert_eq!(decoded.map(|decoded| decoded.text).as_deref(), Some(even), "{issues:?}");
        assert!(issues[0].message.starts_with("2 lines were UTF-8 and had been read as GBK"), "{}", issues[0].message);

        let lost = [
            GB18030.decode_without_bom_handling(SIMPLIFIED.as_bytes()).0.into_owned(),
            latin1(SIMPLIFIED.as_bytes()).replace('\u{80}', "?"),
            "锟斤拷".repeat(30),
            "????????126????????9???".to_string(),
        ];
        for text in lost {
            let (decoded, issues) = decode_bytes(text.clone().into_bytes());
            assert!(decoded.is_none(), "{text}");
            assert_eq!(issues.last().unwrap().code, IssueCode::Mojibake, "{text}: {issues:?}");
        }
    }

    #[test]
    fn noise_in_a_line_is_no_wrong_decoding() {
        let noise = b"\xE9\x41\xF3\x9C\xC2\xA9\x07\xFE\xC3\xB1\xD8\x80\x22\xC3\xA0\xFF\xD1\x81\x93\xE2".repeat(3);
        let at = SIMPLIFIED.find("126").unwrap();
        let bytes =
            [&SIMPLIFIED.as_bytes()[..at], &noise, &SIMPLIFIED.as_bytes()[at..], &SIMPLIFIED.repeat(9).into_bytes()]
                .concat();
        let (decoded, issues) = decode_bytes(bytes);
        assert_eq!(decoded.and_then(|decoded| decoded.encoding), Some("UTF-8"), "{issues:?}");
        assert_eq!(issues.iter().map(|issue| issue.code).collect::<Vec<_>>(), [IssueCode::ReplacedBytes]);
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
        let is_ordinary = |character: char, encoding| worth_of(character, worth_in(encoding)) == ORDINARY;
        let hanzi = ('\u{4E00}'..='\u{9FFF}').filter(|&character| is_ordinary(character, GB18030)).count();
        // GB 2312 has 3,755 hanzi in level 1, Big5 has 5,401.
        assert_eq!(hanzi, 3755);
        assert_eq!(level_1_traditional().chars().filter(is_unified_hanzi).count(), 5401);
        assert!(is_ordinary('国', GB18030) && !is_ordinary('國', GB18030));
        assert!(is_ordinary('国', UTF_8) && is_ordinary('國', UTF_8));
    }

    #[test]
    fn settings_have_a_default_and_no_unknown_key() {
        assert_eq!(toml::from_str::<DecodeOptions>("").unwrap().threshold, 0.5);
        assert!(toml::from_str::<DecodeOptions>("treshold = 0.4").is_err());
    }
}
