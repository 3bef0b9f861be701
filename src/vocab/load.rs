//! The vocabulary files -> entries. Everything that can be wrong in them is an error with file and line.

use super::{Area, Cue, CueExample, Furniture, FurniturePlace, Indicator, LEVELS, SectionCue, Term, Unit, Word};
use crate::error::{Error, Result};
use crate::normalize::fold_term;
use serde::Deserialize;
use std::collections::{HashMap, HashSet};
use std::ops::Range;

/// Words with their index while they are gathered from the files.
#[derive(Default)]
pub(super) struct WordList {
    pub list: Vec<Word>,
    index: HashMap<String, usize>,
}

impl WordList {
    pub fn entry(&mut self, text: &str) -> &mut Word {
        let at = *self.index.entry(text.to_string()).or_insert_with(|| {
            self.list.push(Word { text: text.to_string(), ..Word::default() });
            self.list.len() - 1
        });
        &mut self.list[at]
    }

    pub fn add_indicator(&mut self, text: &str, indicator: usize) {
        let word = self.entry(text);
        word.indicators = word.indicators.iter().copied().chain([indicator]).collect();
    }
}

/// What a term still does when it ends with a cue: 金融业增加值增速 is a rate of growth.
const INHERITED: &[Cue] =
    &[Cue::Up, Cue::Down, Cue::RateUp, Cue::RateDown, Cue::Share, Cue::StockNoun, Cue::Adjust, Cue::Unspan];

impl WordList {
    /// Gives catalogue terms the cues of the words they end with, which the longer match would hide.
    pub fn inherit_endings(&mut self) {
        for at in 0..self.list.len() {
            if self.list[at].indicators.is_empty() {
                continue;
            }
            let text = self.list[at].text.clone();
            let mut endings =
                text.char_indices().skip(1).map(|(from, _)| &text[from..]).filter(|ending| ending.chars().count() >= 2);
            // The longest ending decides: 自然增长率 is none of the growth rates.
            let known = endings.find_map(|ending| {
                self.index.get(ending).map(|&i| self.list[i].cues).filter(|cues| cues.has_any(INHERITED))
            });
            if let Some(cues) = known.filter(|cues| !cues.has(Cue::Unspan)) {
                INHERITED.iter().filter(|&&cue| cues.has(cue)).for_each(|&cue| self.list[at].cues.add(cue));
            }
        }
    }
}

impl WordList {
    /// Finds the words that may hide the beginning of a longer term.
    pub fn mark_hiding(&mut self) {
        let terms = self.list.iter().filter(|word| !word.indicators.is_empty());
        let begun: HashSet<char> = terms.filter_map(|term| term.text.chars().next()).collect();
        for word in self.list.iter_mut().filter(|word| word.indicators.is_empty()) {
            let mut characters = word.text.chars().skip(1);
            let second = characters.next().filter(|_| characters.next().is_none());
            word.may_hide_term = second.is_some_and(|second| begun.contains(&second));
        }
    }
}

/// The records of a CSV file with their line numbers; checks the header.
pub(super) fn records(file: &str, text: &str, header: &[&str]) -> Result<Vec<Record>> {
    let (found, rows) = read_csv(file, text)?;
    if found != header {
        let message = format!("the header must be `{}`, found `{}`", header.join(","), found.join(","));
        return Err(Error::Vocab { file: file.into(), line: 1, message });
    }
    Ok(rows)
}

/// A record of a CSV file, and the line it begins in.
pub(super) type Record = (usize, Vec<String>);

/// The header of a CSV file and its records; lines that begin with # are none.
pub(super) fn read_csv(file: &str, text: &str) -> Result<(Vec<String>, Vec<Record>)> {
    let problem = |line: u64, message: String| Error::Vocab { file: file.into(), line: line as usize, message };
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).trim(csv::Trim::All).from_reader(text.as_bytes());
    let header = reader.headers().map_err(|e| problem(1, e.to_string()))?.iter().map(str::to_string).collect();
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|e| problem(e.position().map_or(0, |p| p.line()), e.to_string()))?;
        let line = record.position().map_or(0, |p| p.line()) as usize;
        rows.push((line, record.iter().map(str::to_string).collect()));
    }
    Ok((header, rows))
}

/// The known word nearest to a misspelt one, for messages.
pub(super) fn suggestion<'a>(wrong: &str, known: impl Iterator<Item = &'a str>) -> String {
    let near = known.map(|k| (edit_distance(wrong, k), k)).min().filter(|&(d, _)| d <= 3);
    near.map_or(String::new(), |(_, k)| format!("; did you mean `{k}`?"))
}

fn edit_distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, &cb) in b.iter().enumerate() {
            let cost = diagonal + usize::from(ca != cb);
            diagonal = row[j + 1];
            row[j + 1] = cost.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

/// What a unit can measure.
pub const DIMENSIONS: &[&str] = &[
    "money",
    "percent",
    "count",
    "area",
    "length",
    "mass",
    "volume",
    "concentration",
    "time",
    "energy",
    "power",
    "density",
    "temperature",
    "ratio",
    "rank",
    "index",
    "speed",
    "data",
];

/// What kind of figure an indicator can be.
pub const INDICATOR_KINDS: &[&str] = &["stock", "flow", "ratio", "index", "growth"];

pub(super) fn load_units(text: &str) -> Result<Vec<Unit>> {
    let mut units: Vec<Unit> = Vec::new();
    let mut lines: HashMap<String, usize> = HashMap::new();
    for (line, row) in records("units.csv", text, &["unit", "dimension", "code", "factor", "name_en", "example"])? {
        let problem = |message: String| Error::Vocab { file: "units.csv".into(), line, message };
        let [unit, dimension, code, factor, name_en, example] = fields(&row);
        let unit = fold_term(unit);
        if unit.is_empty() || code.is_empty() {
            return Err(problem("a unit needs a text and a base unit code".into()));
        }
        if !DIMENSIONS.contains(&dimension) {
            return Err(problem(format!(
                "unknown dimension `{dimension}`{}",
                suggestion(dimension, DIMENSIONS.iter().copied())
            )));
        }
        let factor: f64 = factor
            .parse()
            .ok()
            .filter(|f: &f64| f.is_finite() && *f > 0.0)
            .ok_or_else(|| problem(format!("the factor `{factor}` is no number above zero")))?;
        if let Some(first) = lines.insert(unit.clone(), line) {
            return Err(problem(format!("unit `{unit}` is already in line {first}")));
        }
        units.push(Unit {
            text: unit,
            dimension: dimension.into(),
            code: code.into(),
            factor,
            name_en: name_en.into(),
            example: example.into(),
        });
    }
    Ok(units)
}

pub(super) fn fields<const N: usize>(row: &[String]) -> [&str; N] {
    std::array::from_fn(|i| row.get(i).map_or("", String::as_str))
}

pub(super) fn load_areas(text: &str) -> Result<Vec<Area>> {
    let header = ["code", "name", "level", "parent_code", "valid_from", "valid_to", "successor_code"];
    let mut areas = Vec::new();
    for (line, row) in records("areas.csv", text, &header)? {
        let problem = |message: String| Error::Vocab { file: "areas.csv".into(), line, message };
        let [code, name, level, parent, from, to, successor] = fields(&row);
        if code.len() != 6 || !code.bytes().all(|b| b.is_ascii_digit()) {
            return Err(problem(format!("`{code}` is not a six-digit division code")));
        }
        if !LEVELS.contains(&level) {
            return Err(problem(format!("unknown level `{level}`{}", suggestion(level, LEVELS.into_iter()))));
        }
        let year = |text: &str| match text {
            "" => Ok(None),
            y => y.parse().map(Some).map_err(|_| problem(format!("`{y}` is not a year"))),
        };
        let some = |text: &str| (!text.is_empty()).then(|| text.to_string());
        areas.push(Area {
            code: code.into(),
            name: name.into(),
            level: level.into(),
            parent_code: some(parent),
            valid_from: year(from)?,
            valid_to: year(to)?,
            successor_code: some(successor),
        });
    }
    Ok(areas)
}

pub(super) fn load_sections(text: &str) -> Result<Vec<SectionCue>> {
    let mut cues = Vec::new();
    for (line, row) in records("sections.csv", text, &["cue", "where", "role", "example"])? {
        let problem = |message: String| Error::Vocab { file: "sections.csv".into(), line, message };
        let [cue, place, role, example] = fields(&row);
        let names = [
            "review",
            "review_multi_year",
            "problems",
            "plan_year",
            "plan_multi_year",
            "explanation",
            "glossary",
            "annex",
            "front",
            "other",
        ];
        let role =
            serde::Deserialize::deserialize(serde::de::value::StrDeserializer::<serde::de::value::Error>::new(role))
                .map_err(|_| problem(format!("unknown role `{role}`{}", suggestion(role, names.into_iter()))))?;
        let in_heading = match place {
            "heading" => true,
            "sentence" => false,
            _ => return Err(problem(format!("`where` must be heading or sentence, not `{place}`"))),
        };
        cues.push(SectionCue { cue: fold_term(cue), role, in_heading, example: example.into() });
    }
    Ok(cues)
}

pub(super) fn load_furniture(text: &str) -> Result<Vec<Furniture>> {
    let rows = records("furniture.csv", text, &["words", "where", "example"])?;
    rows.into_iter()
        .map(|(line, row)| {
            let problem = |message: String| Error::Vocab { file: "furniture.csv".into(), line, message };
            let words = fold_term(&row[0]);
            if words.is_empty() {
                return Err(problem("empty words".into()));
            }
            let Some(&(_, place)) = FurniturePlace::ALL.iter().find(|(name, _)| *name == row[1]) else {
                let names = FurniturePlace::ALL.iter().map(|(name, _)| *name);
                return Err(problem(format!("unknown place `{}`{}", row[1], suggestion(&row[1], names))));
            };
            Ok(Furniture { words, place })
        })
        .collect()
}

/// Words that count only behind others, each kind with its own matcher.
#[derive(Default)]
pub(super) struct Endings {
    pub name_suffixes: Vec<String>,
    pub slogan_nouns: Vec<String>,
    pub places: Vec<String>,
}

pub(super) fn load_cues(
    file: &'static str,
    text: &str,
    words: &mut WordList,
    endings: &mut Endings,
    examples: &mut Vec<CueExample>,
) -> Result<()> {
    let mut lines: HashMap<(String, u8), usize> = HashMap::new();
    for (line, row) in records(file, text, &["term", "kind", "example", "want"])? {
        let problem = |message: String| Error::Vocab { file: file.into(), line, message };
        let [term, kind, example, want] = fields(&row);
        let term = fold_term(term);
        if term.is_empty() {
            return Err(problem("empty term".into()));
        }
        let Some(&(cue, _, _)) = Cue::ALL.iter().find(|(_, name, _)| *name == kind) else {
            return Err(problem(format!(
                "unknown kind `{kind}`{}",
                suggestion(kind, Cue::ALL.iter().map(|&(_, name, _)| name))
            )));
        };
        if let Some(first) = lines.insert((term.clone(), cue as u8), line) {
            return Err(problem(format!("`{term}` as {kind} is already in line {first}")));
        }
        match cue {
            Cue::NameSuffix => endings.name_suffixes.push(term.clone()),
            Cue::SloganNoun => endings.slogan_nouns.push(term.clone()),
            Cue::Place => endings.places.push(term.clone()),
            _ => words.entry(&term).cues.add(cue),
        }
        if !example.is_empty() {
            examples.push(CueExample { file, line, term, example: example.into(), want: want.into() });
        }
    }
    Ok(())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ThemeFile {
    #[serde(default)]
    indicator: Vec<toml::Spanned<IndicatorEntry>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct IndicatorEntry {
    id: String,
    name_zh: String,
    name_en: String,
    definition: Option<String>,
    /// Further themes; the name of the file is the first.
    #[serde(default)]
    themes: Vec<String>,
    unit: String,
    kind: String,
    dimensions: Vec<String>,
    #[serde(default)]
    core: bool,
    terms: Vec<TermEntry>,
    #[serde(default)]
    whole: Vec<String>,
    #[serde(default)]
    shares: Vec<String>,
    #[serde(default)]
    not_after: Vec<String>,
    #[serde(default)]
    not_before: Vec<String>,
    #[serde(default)]
    with: Vec<String>,
    #[serde(default)]
    without: Vec<String>,
    note: Option<String>,
    examples: Vec<String>,
    counterexamples: Vec<String>,
}

/// A wording, alone or with the years it was in use.
#[derive(Deserialize)]
#[serde(untagged)]
enum TermEntry {
    Text(String),
    Dated(DatedTerm),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DatedTerm {
    term: String,
    from: Option<i32>,
    until: Option<i32>,
}

impl From<TermEntry> for Term {
    fn from(entry: TermEntry) -> Term {
        match entry {
            TermEntry::Text(text) => Term { text: fold_term(&text), from: None, until: None },
            TermEntry::Dated(DatedTerm { term, from, until }) => Term { text: fold_term(&term), from, until },
        }
    }
}

pub(super) fn load_indicators(file: &str, text: &str, units: &[Unit], indicators: &mut Vec<Indicator>) -> Result<()> {
    let breaks = |range: Range<usize>| text.get(range).map_or(0, |text| text.matches('\n').count());
    let parsed: ThemeFile = toml::from_str(text).map_err(|error| Error::Vocab {
        file: file.into(),
        line: 1 + error.span().map_or(0, |span| breaks(0..span.start)),
        message: error.message().to_string(),
    })?;
    let theme = file.trim_start_matches("indicators/").trim_end_matches(".toml");
    let (mut line, mut at) = (1, 0);
    for spanned in parsed.indicator {
        let start = spanned.span().start;
        line += breaks(at..start);
        at = start;
        let problem = |message: String| Error::Vocab { file: file.into(), line, message };
        let entry = spanned.into_inner();
        if entry.id.is_empty() || !entry.id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_') {
            return Err(problem(format!("the id `{}` must be lower-case letters, digits and _", entry.id)));
        }
        if indicators.iter().any(|known| *known.id == entry.id) {
            return Err(problem(format!("the id `{}` is already taken; ids are for ever", entry.id)));
        }
        if !INDICATOR_KINDS.contains(&entry.kind.as_str()) {
            return Err(problem(format!(
                "unknown kind `{}`{}",
                entry.kind,
                suggestion(&entry.kind, INDICATOR_KINDS.iter().copied())
            )));
        }
        for dimension in &entry.dimensions {
            if !units.iter().any(|unit| unit.dimension == *dimension) {
                let known = units.iter().map(|unit| unit.dimension.as_str());
                return Err(problem(format!("no unit of dimension `{dimension}`{}", suggestion(dimension, known))));
            }
        }
        if (entry.terms.is_empty() && entry.shares.is_empty())
            || entry.examples.len() < 2
            || entry.counterexamples.is_empty()
        {
            return Err(problem(format!("`{}` needs a term, two examples and a counterexample", entry.id)));
        }
        let folded = |terms: &[String]| terms.iter().map(|term| fold_term(term)).collect();
        indicators.push(Indicator {
            themes: std::iter::once(theme.to_string()).chain(entry.themes).collect(),
            is_core: entry.core,
            definition: entry.definition,
            terms: entry.terms.into_iter().map(Term::from).collect(),
            whole: folded(&entry.whole),
            shares: folded(&entry.shares),
            not_after: folded(&entry.not_after),
            not_before: folded(&entry.not_before),
            with: folded(&entry.with),
            without: folded(&entry.without),
            id: entry.id.into(),
            name_zh: entry.name_zh,
            name_en: entry.name_en,
            unit: entry.unit,
            kind: entry.kind,
            dimensions: entry.dimensions,
            note: entry.note,
            examples: entry.examples,
            counterexamples: entry.counterexamples,
        });
    }
    Ok(())
}
