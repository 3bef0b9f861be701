//! A corpus many times as large as another, varied so that no document is like another: for measuring how cost grows.
//!
//! `cargo bench --bench vary -- FROM TO TIMES`. Every report that is made has the build of one of FROM (title, headings,
//! order) and another place and year; each of its long sentences is taken by chance from a report of the same level, with
//! place, year and the last digits of its numbers changed. It is saved in the encoding of the report it is built like,
//! under `TO/YEAR/CODE-NUMBER.txt`: the years of a place lie far apart, which is the harder order. The same arguments give
//! the same bytes.

use encoding_rs::{Encoding, GB18030, UTF_8};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::ExitCode;
use zhibiao::config::{Config, ReadOptions};
use zhibiao::decode::decode;
use zhibiao::normalize::normalize;
use zhibiao::parse::parse;
use zhibiao::read::{list_inputs, read};
use zhibiao::vocab::{Area, Vocabulary};

/// The years of the reports that are made.
const YEARS: std::ops::RangeInclusive<i32> = 1986..=2026;
/// Older reports are not mixed with those of today.
const OLDEST: i32 = 1979;
/// A sentence that is shorter may be a heading, a title or a greeting, and stays.
const LONG_CHARS: usize = 24;
/// Sentences are exchanged between the same parts of two reports, so that facts stay facts and plans plans.
const PARTS: usize = 4;

/// A report to build others like.
struct Model {
    encoding: &'static Encoding,
    level: &'static str,
    place: Option<Area>,
    year: i32,
    /// With the line ends.
    sentences: Vec<String>,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let [from, to, times] = arguments.as_slice() else {
        println!("vary: skipped; it is told what to make: cargo bench --bench vary -- FROM TO TIMES");
        return ExitCode::SUCCESS;
    };
    let Ok(times) = times.parse::<usize>() else {
        eprintln!("vary: {times} is not a number");
        return ExitCode::FAILURE;
    };
    let vocabulary = Vocabulary::embedded().expect("the vocabulary inside the program is whole");
    let models = models(from, &vocabulary);
    let mut sentences: BTreeMap<(&str, usize), Vec<(usize, usize)>> = BTreeMap::new();
    for (at, model) in models.iter().enumerate() {
        for (line, _) in model.sentences.iter().enumerate().filter(|(_, text)| is_long(text)) {
            sentences.entry((model.level, part(line, model))).or_default().push((at, line));
        }
    }
    let places = places(&vocabulary);
    for year in YEARS {
        fs::create_dir_all(Path::new(to).join(year.to_string())).expect("TO can be written");
    }
    let bytes: u64 = (0..times * models.len())
        .into_par_iter()
        .map(|number| {
            let model = &models[number % models.len()];
            let mut chance = Chance::new(number as u64);
            let pool = &places[if model.level == "city" { "city" } else { "county" }];
            let place = &pool[chance.below(pool.len())];
            let year = YEARS.start() + chance.below(YEARS.count()) as i32;
            let mut text = String::new();
            for (at, line) in model.sentences.iter().enumerate() {
                let source = (is_long(line))
                    .then(|| sentences.get(&(model.level, part(at, model))))
                    .flatten()
                    .map(|pool| pool[chance.below(pool.len())]);
                let (of, line) = source.map_or((model, line), |(at, line)| (&models[at], &models[at].sentences[line]));
                text.push_str(&moved(line, of, place, year, &mut chance));
            }
            let (encoded, _, _) = model.encoding.encode(&text);
            let path = Path::new(to).join(format!("{year}/{}-{number:07}.txt", place.code));
            fs::write(path, &encoded).expect("TO can be written");
            encoded.len() as u64
        })
        .sum();
    println!("{} reports, {bytes} bytes in {to}", times * models.len());
    ExitCode::SUCCESS
}

/// The reports of a folder that tell their place and year.
fn models(from: &str, vocabulary: &Vocabulary) -> Vec<Model> {
    let config =
        Config { read: ReadOptions { inputs: vec![from.to_string()], ..ReadOptions::default() }, ..Config::default() };
    let inputs = list_inputs(&config.read, Path::new(".")).expect("FROM is a folder of reports");
    let model = |input: &_| {
        let file = read(input, &config.read).0?;
        let decoded = decode(&file, &config, vocabulary).0?;
        let report = parse(&normalize(&decoded.text, vocabulary).0, &file.label, &decoded.meta, vocabulary).0;
        let place = report.area.map(|area| vocabulary.areas[area].clone());
        let level = match place.as_ref()?.level.as_str() {
            "county" => "county",
            "city" => "city",
            _ => "province",
        };
        Some(Model {
            encoding: if decoded.encoding == Some("GB18030") { GB18030 } else { UTF_8 },
            level,
            place,
            year: report.report_year.filter(|year| *year >= OLDEST)?,
            sentences: decoded.text.split_inclusive(['。', '\n']).map(str::to_string).collect(),
        })
    };
    inputs.par_iter().filter_map(model).collect()
}

/// The places of today, by level.
fn places(vocabulary: &Vocabulary) -> BTreeMap<&str, Vec<Area>> {
    let mut places: BTreeMap<&str, Vec<Area>> = BTreeMap::new();
    for area in vocabulary.areas.iter().filter(|area| area.valid_to.is_none()) {
        places.entry(area.level.as_str()).or_default().push(area.clone());
    }
    places
}

fn is_long(line: &str) -> bool {
    line.chars().nth(LONG_CHARS).is_some()
}

/// Which part of the report a line stands in.
fn part(line: usize, model: &Model) -> usize {
    line * PARTS / model.sentences.len()
}

/// A line of a report as if it were of another place and year.
fn moved(line: &str, of: &Model, place: &Area, year: i32, chance: &mut Chance) -> String {
    let line = of.place.as_ref().map_or_else(|| line.to_string(), |own| line.replace(&own.name, &place.name));
    let mut out = String::with_capacity(line.len());
    let mut rest = line.as_str();
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        out.push_str(&rest[..at]);
        let digits = rest[at..].bytes().take_while(u8::is_ascii_digit).count();
        let (number, behind) = rest[at..].split_at(digits);
        match number.parse::<i32>() {
            Ok(told) if digits == 4 && behind.starts_with('年') => {
                out.push_str(&(told + year - of.year).to_string());
            }
            _ if behind.starts_with(['年', '月', '日']) || digits < 2 => out.push_str(number),
            // Number for number, but the first digit stays, so that sizes do.
            _ => {
                out.push_str(&number[..1]);
                out.extend((1..digits).map(|_| char::from(b'0' + chance.below(10) as u8)));
            }
        }
        rest = behind;
    }
    out + rest
}

/// Numbers that look like chance and are the same each time (splitmix64).
struct Chance(u64);

impl Chance {
    fn new(seed: u64) -> Chance {
        Chance(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    fn below(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % count.max(1) as u64) as usize
    }
}
