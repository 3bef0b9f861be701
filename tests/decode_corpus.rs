//! Decodes the real reports of the shared corpus, where it lies beside the checkout: as they are, and written again
//! in every encoding, clean and damaged. Without the corpus the tests say so and pass.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{BIG5, Encoding, GB18030, GBK};
use ferrous_opencc::{OpenCC, config::BuiltinConfig};
use zhibiao::decode::{DecodeOptions, decode_bytes};

/// The floors of the table, in percent of the files of each row.
const CLEAN_FLOOR: f64 = 99.5;
const DAMAGED_FLOOR: f64 = 98.0;
/// How much of a damaged text must come out as it was, in percent of its characters, in pieces between punctuation.
const KEPT_FLOOR: f64 = 75.0;
/// The ordinary test takes every so many files.
const SAMPLE: usize = 25;

fn corpus() -> Option<PathBuf> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    if corpus.join("manifest.jsonl").exists() {
        return Some(corpus);
    }
    println!("skipped: no corpus beside the checkout");
    None
}

/// The paths of the plain text reports and the encodings that the manifest gives them.
fn reports(corpus: &Path) -> Vec<(PathBuf, String)> {
    let manifest = std::fs::read_to_string(corpus.join("manifest.jsonl")).unwrap();
    let entries = manifest.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    entries
        .filter(|entry| entry["path"].as_str().unwrap().ends_with(".txt"))
        .map(|entry| {
            (corpus.join(entry["path"].as_str().unwrap()), entry["encoding"].as_str().unwrap_or_default().to_string())
        })
        .collect()
}

#[test]
fn every_labelled_report_comes_out_in_its_encoding() {
    let Some(corpus) = corpus() else { return };
    let mut checked = 0;
    let mut lowest = f64::MAX;
    let mut wrong = Vec::new();
    for (path, label) in reports(&corpus) {
        let expected = match label.as_str() {
            "utf-8" => "UTF-8",
            "gbk" => "GB18030",
            _ => continue,
        };
        let bytes = std::fs::read(&path).unwrap();
        let (decoded, issues) = decode_bytes(&bytes, None, &DecodeOptions::default());
        let path = path.display();
        checked += 1;
        match decoded {
            Some(decoded) if decoded.encoding == Some(expected) => {
                lowest = lowest.min(decoded.score);
                if let Some(issue) = issues.first() {
                    println!("{path}: {}", issue.message);
                }
            }
            Some(decoded) => wrong.push(format!("{path}: {expected} read as {:?}", decoded.encoding)),
            None => wrong.push(format!("{path}: refused: {}", issues[0].message)),
        }
    }
    println!("{checked} reports, lowest score {lowest:.3}");
    assert!(checked > 0);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_sample_comes_out_in_every_encoding_clean_and_damaged() {
    check_table(SAMPLE);
}

#[test]
#[ignore = "minutes long: every report in every encoding, and the table of chardetng beside it"]
fn every_report_comes_out_in_every_encoding_clean_and_damaged() {
    check_table(1);
}

/// How a text is written: the name in the table, the name that the decoder gives, and the bytes.
struct Written {
    name: &'static str,
    expected: &'static str,
    /// The encoding into which single lines are changed by the damage of that kind.
    other: &'static Encoding,
}

const WRITTEN: [Written; 7] = [
    Written { name: "UTF-8", expected: "UTF-8", other: GB18030 },
    Written { name: "UTF-8 BOM", expected: "UTF-8", other: GB18030 },
    Written { name: "GBK", expected: "GB18030", other: encoding_rs::UTF_8 },
    Written { name: "GB18030", expected: "GB18030", other: encoding_rs::UTF_8 },
    Written { name: "Big5", expected: "Big5", other: encoding_rs::UTF_8 },
    Written { name: "UTF-16LE", expected: "UTF-16LE", other: encoding_rs::UTF_8 },
    Written { name: "UTF-16BE", expected: "UTF-16BE", other: encoding_rs::UTF_8 },
];

impl Written {
    fn encoding(&self) -> Option<&'static Encoding> {
        match self.name {
            "GBK" => Some(GBK),
            "GB18030" => Some(GB18030),
            "Big5" => Some(BIG5),
            _ => None,
        }
    }

    /// The text without the characters that the encoding does not have.
    fn text(&self, simplified: &str, traditional: &HashMap<char, char>) -> String {
        let text = match self.name {
            "Big5" => simplified.chars().map(|c| traditional.get(&c).copied().unwrap_or(c)).collect(),
            _ => simplified.to_string(),
        };
        let Some(encoding) = self.encoding().filter(|encoding| *encoding != GB18030) else { return text };
        let has = |character: &char| {
            let mut buffer = [0; 4];
            let text: &str = character.encode_utf8(&mut buffer);
            let (bytes, _, is_unmappable) = encoding.encode(text);
            !is_unmappable && encoding.decode_without_bom_handling(&bytes).0 == text
        };
        let mut known: HashMap<char, bool> = HashMap::new();
        text.chars().filter(|character| *known.entry(*character).or_insert_with(|| has(character))).collect()
    }

    fn bytes(&self, text: &str) -> Vec<u8> {
        match (self.encoding(), self.name) {
            (Some(encoding), _) => encoding.encode(text).0.into_owned(),
            (None, "UTF-16LE") => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            (None, "UTF-16BE") => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            (None, "UTF-8 BOM") => [b"\xEF\xBB\xBF", text.as_bytes()].concat(),
            (None, _) => text.as_bytes().to_vec(),
        }
    }
}

/// A traditional character of Big5, level 1, for every simplified one that has some.
fn traditional() -> HashMap<char, char> {
    let level_1 = (0xA4..=0xC6u8).flat_map(|lead| (0x40..=0xFEu8).map(move |trail| [lead, trail]));
    let characters: Vec<char> = level_1
        .filter_map(|pair| BIG5.decode_without_bom_handling_and_without_replacement(&pair)?.chars().next())
        .collect();
    let converter = OpenCC::from_config(BuiltinConfig::T2s).unwrap();
    let mut map = HashMap::new();
    for character in characters {
        let simplified = converter.convert(&character.to_string()).chars().next().unwrap();
        if simplified != character {
            map.entry(simplified).or_insert(character);
        }
    }
    map
}

const DAMAGES: [&str; 9] = [
    "clean",
    "head cut inside a character",
    "tail cut inside a character",
    "stray bytes",
    "lost bytes",
    "NULs",
    "? over bytes",
    "burst of noise",
    "other lines", // in UTF-16: CR put before every byte LF
];

/// Damages bytes in one of the ways of [`DAMAGES`]; scattered damage hits one byte in two thousand.
fn damage(kind: usize, written: &Written, text: &str, random: &mut Random) -> Vec<u8> {
    let mut bytes = written.bytes(text);
    let times = (bytes.len() / 2000).max(1);
    // A place inside a character of more than one byte.
    let inside = |bytes: &[u8], from: usize| {
        (from..bytes.len().saturating_sub(1))
            .find(|&at| bytes[at] >= 0x80 || bytes[at + 1] >= 0x80)
            .map_or(from, |at| at | 1)
    };
    match kind {
        1 => {
            let from = random.below(bytes.len() / 10 + 1);
            let at = inside(&bytes, from).min(bytes.len());
            bytes.drain(..at);
        }
        2 => {
            let from = bytes.len() - random.below(bytes.len() / 10 + 1);
            let at = inside(&bytes, from.saturating_sub(8)).min(bytes.len());
            bytes.truncate(at);
        }
        3 | 5 => {
            for _ in 0..times {
                let byte = if kind == 3 { 0x80 | random.byte() } else { 0 };
                bytes.insert(random.below(bytes.len()), byte);
            }
        }
        4 => {
            for _ in 0..times {
                bytes.remove(random.below(bytes.len()));
            }
        }
        6 => {
            for _ in 0..times * 2 {
                let at = random.below(bytes.len());
                bytes[at] = b'?';
            }
        }
        7 => {
            let length = 200.min(bytes.len() / 10);
            let from = random.below(bytes.len() - length);
            bytes[from..from + length].iter_mut().for_each(|byte| *byte = random.byte());
        }
        8 if written.name.starts_with("UTF-16") => {
            bytes = bytes.iter().flat_map(|&byte| [b'\r', byte].into_iter().skip(usize::from(byte != b'\n'))).collect();
        }
        8 => {
            let lines: Vec<&str> = text.split_inclusive('\n').collect();
            let other = |line: &str| written.other.encode(line).0.into_owned();
            if lines.len() < 6 {
                let line: String = text.chars().filter(|c| *c != '\n').take(300).collect();
                return [bytes, b"\n".to_vec(), other(&line)].concat();
            }
            // The byte order mark stands at the head of the file, not of each line.
            let own =
                |line: &str| written.encoding().map_or(line.as_bytes().to_vec(), |e| e.encode(line).0.into_owned());
            let bytes_of = |(place, line): (usize, &&str)| if place % 6 == 4 { other(line) } else { own(line) };
            let mark: &[u8] = if written.name == "UTF-8 BOM" { b"\xEF\xBB\xBF" } else { b"" };
            bytes = mark.iter().copied().chain(lines.iter().enumerate().flat_map(bytes_of)).collect();
        }
        _ => {}
    }
    bytes
}

/// A linear congruential generator: the same damage in every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }

    fn below(&mut self, limit: usize) -> usize {
        self.next() as usize % limit.max(1)
    }

    fn byte(&mut self) -> u8 {
        (self.next() >> 8) as u8
    }
}

/// What one cell of the table adds up.
#[derive(Default)]
struct Cell {
    files: usize,
    right: usize,
    refused: usize,
    /// Read in a wrong encoding without an issue.
    silent: usize,
    /// Texts that came out exactly as they were.
    exact: usize,
    /// The characters of pieces between punctuation that came out, and all.
    kept: usize,
    chars: usize,
    detector: usize,
    detector_cn: usize,
}

impl Cell {
    fn add(&mut self, other: &Cell) {
        self.files += other.files;
        self.right += other.right;
        self.refused += other.refused;
        self.silent += other.silent;
        self.exact += other.exact;
        self.kept += other.kept;
        self.chars += other.chars;
        self.detector += other.detector;
        self.detector_cn += other.detector_cn;
    }

    fn percent(&self, part: usize) -> f64 {
        part as f64 * 100.0 / self.files.max(1) as f64
    }

    fn kept_percent(&self) -> f64 {
        self.kept as f64 * 100.0 / self.chars.max(1) as f64
    }
}

/// The cells of all encodings and damages, what went wrong, and the time taken.
struct Table {
    cells: [[Cell; DAMAGES.len()]; WRITTEN.len()],
    wrong: Vec<String>,
    bytes: usize,
    time: Duration,
}

impl Table {
    fn new() -> Table {
        let cells = std::array::from_fn(|_| std::array::from_fn(|_| Cell::default()));
        Table { cells, wrong: Vec::new(), bytes: 0, time: Duration::ZERO }
    }

    fn add(&mut self, other: Table) {
        for (cell, other) in self.cells.iter_mut().flatten().zip(other.cells.iter().flatten()) {
            cell.add(other);
        }
        self.wrong.extend(other.wrong);
        self.bytes += other.bytes;
        self.time += other.time;
    }

    fn sum(&self, count: fn(&Cell) -> usize) -> usize {
        self.cells.iter().flatten().map(count).sum()
    }
}

/// Puts one report into every cell.
fn measure(path: &Path, seed: u64, traditional: &HashMap<char, char>, with_detector: bool, table: &mut Table) {
    let (decoded, _) = decode_bytes(&std::fs::read(path).unwrap(), None, &DecodeOptions::default());
    let original = decoded.unwrap().text.replace('\u{FFFD}', "");
    for (written, row) in WRITTEN.iter().zip(&mut table.cells) {
        let text = written.text(&original, traditional);
        for (kind, cell) in row.iter_mut().enumerate() {
            let bytes = damage(kind, written, &text, &mut Random(seed * 100 + kind as u64));
            let start = Instant::now();
            let (decoded, issues) = decode_bytes(&bytes, None, &DecodeOptions::default());
            table.time += start.elapsed();
            table.bytes += bytes.len();
            let found = decoded.as_ref().and_then(|decoded| decoded.encoding);
            let is_right = found == Some(written.expected);
            let is_exact = decoded.as_ref().is_some_and(|decoded| decoded.text == text);
            if !is_right || (kind == 0 && !is_exact) {
                let path = path.display();
                table.wrong.push(format!("{} {}: {path}: {found:?} {issues:?}", written.name, DAMAGES[kind]));
            }
            let (kept, chars) = kept(&text, decoded.as_ref().map_or("", |decoded| &decoded.text));
            let mut detected = [None, None];
            if with_detector {
                let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
                detector.feed(&bytes, true);
                detected = [None, Some(b"cn".as_slice())].map(|tld| Some(detector.guess(tld, Utf8Detection::Allow)));
            }
            let [by_detector, by_detector_cn] = detected.map(|found| {
                let name = found.map(|encoding| if encoding == GBK { "GB18030" } else { encoding.name() });
                usize::from(name == Some(written.expected))
            });
            cell.add(&Cell {
                files: 1,
                right: usize::from(is_right),
                refused: usize::from(found.is_none()),
                silent: usize::from(!is_right && issues.is_empty()),
                exact: usize::from(is_exact),
                kept,
                chars,
                detector: by_detector,
                detector_cn: by_detector_cn,
            });
        }
    }
}

/// Makes the table of every so many reports, prints it and holds it against the floors.
fn check_table(every: usize) {
    const THREADS: usize = 4;
    let Some(corpus) = corpus() else { return };
    let traditional = &traditional();
    let reports: Vec<(usize, PathBuf)> =
        reports(&corpus).into_iter().map(|(path, _)| path).enumerate().step_by(every).collect();
    assert!(!reports.is_empty());
    let mut table = Table::new();
    std::thread::scope(|scope| {
        let parts = reports.chunks(reports.len().div_ceil(THREADS)).map(|part| {
            scope.spawn(move || {
                let mut table = Table::new();
                for (number, path) in part {
                    measure(path, *number as u64, traditional, every == 1, &mut table);
                }
                table
            })
        });
        for part in parts.collect::<Vec<_>>() {
            table.add(part.join().unwrap());
        }
    });
    table.wrong.iter().for_each(|line| println!("{line}"));
    println!(
        "Percent of {} files in the right encoding (percent of the text kept; of clean files: exactly the same)",
        reports.len()
    );
    print_table(&table, |kind, cell| {
        let kept = if kind == 0 { cell.percent(cell.exact) } else { cell.kept_percent() };
        format!("{:.1} ({kept:.1})", cell.percent(cell.right))
    });
    if every == 1 {
        println!("The same for chardetng, without a hint and with the hint cn");
        print_table(&table, |_, cell| {
            format!("{:.1}, {:.1}", cell.percent(cell.detector), cell.percent(cell.detector_cn))
        });
    }
    println!(
        "{} readings, {} wrong, of them {} refused and {} without an issue; {:.0} MB/s",
        table.sum(|cell| cell.files),
        table.sum(|cell| cell.files - cell.right),
        table.sum(|cell| cell.refused),
        table.sum(|cell| cell.silent),
        table.bytes as f64 / 1e6 / table.time.as_secs_f64()
    );
    assert_eq!(table.sum(|cell| cell.silent), 0, "a wrong encoding without an issue");
    for (written, row) in WRITTEN.iter().zip(&table.cells) {
        assert_eq!(row[0].exact, row[0].files, "{}: clean text comes out as it was", written.name);
        for (kind, cell) in row.iter().enumerate() {
            let (right, kept) = (cell.percent(cell.right), cell.kept_percent());
            let floor = if kind == 0 { CLEAN_FLOOR } else { DAMAGED_FLOOR };
            assert!(right >= floor, "{} {}: {right:.1}% right", written.name, DAMAGES[kind]);
            assert!(kept >= KEPT_FLOOR, "{} {}: {kept:.1}% of the text", written.name, DAMAGES[kind]);
        }
    }
}

fn print_table(table: &Table, show: fn(usize, &Cell) -> String) {
    println!("| damage | {} |", WRITTEN.map(|written| written.name).join(" | "));
    for (kind, damage) in DAMAGES.iter().enumerate() {
        let cells = table.cells.iter().map(|row| show(kind, &row[kind]));
        println!("| {damage} | {} |", cells.collect::<Vec<_>>().join(" | "));
    }
}

/// How many characters of a text stand in another one, in the same pieces between punctuation and lines; and all.
fn kept(text: &str, found: &str) -> (usize, usize) {
    let pieces = |text: &'_ str| -> Vec<String> {
        text.split(['，', '。', '、', '；', '：', '\n', '\r']).map(str::to_string).collect()
    };
    let found: HashSet<String> = pieces(found).into_iter().collect();
    let (mut kept, mut all) = (0, 0);
    for piece in pieces(text) {
        let length = piece.chars().count();
        all += length;
        kept += if found.contains(&piece) { length } else { 0 };
    }
    (kept, all)
}
