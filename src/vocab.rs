//! The words of the genre, loaded from `data/vocab`, checked and indexed for one pass over a text.
//!
//! The files are embedded in the program and can be replaced by a directory (`[vocab] dir`). What is
//! wrong in them is an [`Error::Vocab`] with file and line. No rule lives here: a word has kinds, and
//! what a kind does is up to `parse` and `extract`.

use crate::error::{Error, Result};
use crate::model::SectionRole;
use crate::normalize::fold_term;
use aho_corasick::{AhoCorasick, Anchored, Input, MatchKind, StartKind};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap};
use std::path::Path;

/// The embedded vocabulary: every file of `data/vocab`.
pub const EMBEDDED: &[(&str, &str)] = &[
    ("areas.csv", include_str!("../data/vocab/areas.csv")),
    ("cues.csv", include_str!("../data/vocab/cues.csv")),
    ("furniture.csv", include_str!("../data/vocab/furniture.csv")),
    ("indicators/culture.toml", include_str!("../data/vocab/indicators/culture.toml")),
    ("indicators/economy.toml", include_str!("../data/vocab/indicators/economy.toml")),
    ("indicators/education.toml", include_str!("../data/vocab/indicators/education.toml")),
    ("indicators/elderly.toml", include_str!("../data/vocab/indicators/elderly.toml")),
    ("indicators/environment.toml", include_str!("../data/vocab/indicators/environment.toml")),
    ("indicators/finance.toml", include_str!("../data/vocab/indicators/finance.toml")),
    ("indicators/governance.toml", include_str!("../data/vocab/indicators/governance.toml")),
    ("indicators/health.toml", include_str!("../data/vocab/indicators/health.toml")),
    ("indicators/housing.toml", include_str!("../data/vocab/indicators/housing.toml")),
    ("indicators/income.toml", include_str!("../data/vocab/indicators/income.toml")),
    ("indicators/safety.toml", include_str!("../data/vocab/indicators/safety.toml")),
    ("indicators/traffic.toml", include_str!("../data/vocab/indicators/traffic.toml")),
    ("names.csv", include_str!("../data/vocab/names.csv")),
    ("sections.csv", include_str!("../data/vocab/sections.csv")),
    ("units.csv", include_str!("../data/vocab/units.csv")),
];

macro_rules! cues {
    ($($variant:ident $name:literal $meaning:literal;)+) => {
        /// What a cue word does to the number near it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[repr(u8)]
        pub enum Cue { $(#[doc = $meaning] $variant,)+ }

        impl Cue {
            /// Every cue with its name in `cues.csv` and `names.csv` and what it does.
            pub const ALL: &'static [(Cue, &'static str, &'static str)] = &[$((Cue::$variant, $name, $meaning),)+];
        }
    };
}

cues! {
    Up "up" "Growth: the number after it is a change upwards.";
    Down "down" "Fall: the number after it is a change downwards.";
    RateUp "rate_up" "A noun for a rate of growth (增速): its value is a change upwards.";
    RateDown "rate_down" "A noun for a rate of fall (降幅): its value is a change downwards.";
    To "to" "Introduces the value reached (达到, 至).";
    Adjust "adjust" "A change of level without direction (调整).";
    From "from" "Introduces the value a change starts from (由, 从).";
    ApproxBefore "approx_before" "About (约), before the number.";
    NearBefore "near_before" "Nearly (近), before the number.";
    OverBefore "over_before" "More than (超过, 突破), before the number.";
    AtLeastBefore "at_least_before" "Not less than (不少于), before the number.";
    AtMostBefore "at_most_before" "Not more than (不超过), before the number.";
    ControlBefore "control_before" "Kept at (控制在): an upper bound unless 左右 follows.";
    BelowBefore "below_before" "Less than (低于), before the number.";
    ApproxAfter "approx_after" "About (左右), after the number.";
    AboveAfter "above_after" "And more (以上), after the number.";
    WithinAfter "within_after" "At most (以内), after the number.";
    Share "share" "The number is a part of a whole (占).";
    RankVerb "rank_verb" "Introduces a position (位居, 排名).";
    First "first" "The first position in words (首位, 之首).";
    Estimate "estimate" "The value is expected, not measured (预计).";
    Realised "realised" "The value is reported as done: ends the reach of an estimate.";
    Preliminary "preliminary" "The value is preliminary (初步核算).";
    Respectively "respectively" "Spreads several numbers over several things (分别).";
    Part "part" "The number is a part of the one before (其中).";
    YearOnYear "yoy" "Against the year before (同比).";
    AnnualAverage "annual_average" "Average over the years of a span (年均).";
    SinceYearStart "since_year_start" "Against the start of the year (较年初).";
    Versus "versus" "Against a named base (较, 比).";
    Completion "completion" "A verb of completing that adds nothing to what is measured (完成, 实现).";
    Double "double" "Twice in words (翻一番).";
    Quadruple "quadruple" "Four times in words (翻两番).";
    Zero "zero" "None left, in words (清零).";
    ZeroCount "zero_count" "What a count of zero is said of (零感染): the word after 零.";
    Streak "streak" "Years in a row (连续): the number counts back.";
    CutVerb "cut_verb" "A verb of cutting at the head of a clause: a percentage behind its object is a fall (精简材料60%).";
    Pool "pool" "A comparison pool (全市, 全国) for ranks and shares.";
    MultiYear "multi_year" "Speaks of the five years that end with the reviewed year (五年来).";
    OneYear "one_year" "Speaks of the reviewed year again (一年来).";
    LastYear "last_year" "The year before the one the report is given in (去年).";
    YearBefore "year_before" "The year before the one spoken of (上年).";
    ThisYear "this_year" "The year the report is given in (今年).";
    ThisYearEnd "by_now" "A count up to a month (截至).";
    Unspan "not_a_change" "Looks like a change cue but is none (年均浓度).";
    Name "name" "A name, slogan or term whose numbers assert nothing.";
    NameSuffix "name_suffix" "Behind a number it makes a name (号楼, 周年).";
    NamePrefix "name_prefix" "Before a number it makes a name (第, 每).";
    Conjunction "conjunction" "Joins the members of a list (和, 及).";
    PlainUnit "plain_unit" "A unit that Chinese numerals count without being a slogan (五条).";
    StockNoun "stock_noun" "A stock whose increase is a change, not a count of things made (学位).";
    Disposal "disposal" "Takes the thing changed as its object (将, 把): 将177个调整为168个.";
    UnitGuard "unit_guard" "Begins like a unit and is none (方案, 条件).";
    Action "action" "A verb of doing that is part of what is measured (改造, 引进): its object may stand behind the number.";
    ChangeVerb "change_verb" "Changes a stock by the amount behind its object (减少燃煤3万吨).";
    Future "future" "Before a verb: still to come (将增长).";
    Attribute "attribute" "A property that needs the thing named before it (总投资, 面积, 办结率).";
    NotNoun "not_noun" "A word that is no part of what is measured (同时, 力争).";
}

/// A set of cues: one word can have several kinds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CueSet(u64);

impl CueSet {
    pub fn has(self, cue: Cue) -> bool {
        self.0 & (1 << cue as u8) != 0
    }

    pub fn has_any(self, cues: &[Cue]) -> bool {
        cues.iter().any(|&cue| self.has(cue))
    }

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    fn add(&mut self, cue: Cue) {
        self.0 |= 1 << cue as u8;
    }
}

/// A word or name the lexer knows.
#[derive(Debug, Clone, Default)]
pub struct Word {
    pub text: String,
    pub cues: CueSet,
    /// Catalogue entries that have this word among their terms.
    pub indicators: Vec<usize>,
}

/// A catalogue entry.
#[derive(Debug, Clone)]
pub struct Indicator {
    pub id: String,
    pub name_zh: String,
    pub name_en: String,
    pub theme: String,
    pub unit: String,
    pub kind: String,
    pub dimensions: Vec<String>,
    pub is_core: bool,
    pub terms: Vec<String>,
    /// Wordings that are this indicator only when nothing else is said: 出口, but not 出口企业.
    pub whole: Vec<String>,
    pub not_after: Vec<String>,
    pub not_before: Vec<String>,
    pub with: Vec<String>,
    pub without: Vec<String>,
    pub note: Option<String>,
    pub examples: Vec<String>,
    pub counterexamples: Vec<String>,
}

/// A unit as written behind a number, without its multiplier.
#[derive(Debug, Clone)]
pub struct Unit {
    pub text: String,
    pub dimension: String,
    pub code: String,
    pub factor: f64,
    pub name_en: String,
    pub example: String,
}

/// A division of GB/T 2260.
#[derive(Debug, Clone)]
pub struct Area {
    pub code: String,
    pub name: String,
    pub level: String,
    pub parent_code: Option<String>,
    pub valid_from: Option<i32>,
    pub valid_to: Option<i32>,
    pub successor_code: Option<String>,
}

/// A heading cue and the role it gives its section.
#[derive(Debug, Clone)]
pub struct SectionCue {
    pub cue: String,
    pub role: SectionRole,
    /// `heading` (in a heading line) or `sentence` (from this sentence to the end of its paragraph).
    pub in_heading: bool,
    pub example: String,
}

/// An entry of `cues.csv` or `names.csv` as an example to test.
#[derive(Debug, Clone)]
pub struct CueExample {
    pub file: &'static str,
    pub line: usize,
    pub term: String,
    pub example: String,
    pub want: String,
}

/// All words, indexed.
#[derive(Debug)]
pub struct Vocabulary {
    pub indicators: Vec<Indicator>,
    pub units: Vec<Unit>,
    pub areas: Vec<Area>,
    pub section_cues: Vec<SectionCue>,
    pub cue_examples: Vec<CueExample>,
    /// sha256 over all files, names included.
    pub digest: String,
    furniture: Vec<String>,
    whole_terms: HashMap<String, usize>,
    words: Vec<Word>,
    word_matcher: AhoCorasick,
    unit_matcher: AhoCorasick,
    suffix_matcher: AhoCorasick,
    area_matcher: AhoCorasick,
    /// For each pattern of `area_matcher`: the areas with that name.
    area_names: Vec<Vec<usize>>,
    stem_matcher: AhoCorasick,
    /// For each pattern of `stem_matcher`: the areas with that stem.
    area_stems: Vec<Vec<usize>>,
}

impl Vocabulary {
    /// The vocabulary the program carries.
    pub fn embedded() -> Result<Vocabulary> {
        let files = EMBEDDED.iter().map(|&(name, text)| (name.to_string(), text.to_string())).collect();
        Vocabulary::from_files(files)
    }

    /// The vocabulary of a directory laid out like `data/vocab`.
    pub fn from_dir(dir: &Path) -> Result<Vocabulary> {
        let mut files = Vec::new();
        for name in ["areas.csv", "cues.csv", "furniture.csv", "names.csv", "sections.csv", "units.csv"] {
            let path = dir.join(name);
            files.push((
                name.to_string(),
                std::fs::read_to_string(&path).map_err(Error::io("cannot read vocabulary file", path))?,
            ));
        }
        let themes = dir.join("indicators");
        for entry in std::fs::read_dir(&themes).map_err(Error::io("cannot read vocabulary directory", &themes))? {
            let path = entry.map_err(Error::io("cannot read vocabulary directory", &themes))?.path();
            if path.extension().is_some_and(|e| e == "toml") {
                let name = format!("indicators/{}", path.file_name().unwrap_or_default().to_string_lossy());
                files.push((
                    name,
                    std::fs::read_to_string(&path).map_err(Error::io("cannot read vocabulary file", path))?,
                ));
            }
        }
        Vocabulary::from_files(files)
    }

    fn from_files(mut files: Vec<(String, String)>) -> Result<Vocabulary> {
        files.sort();
        let mut hash = Sha256::new();
        for (name, text) in &files {
            hash.update(format!("{name}\n{}\n", text.len()));
            hash.update(text);
        }
        let digest: String = hash.finalize().iter().map(|b| format!("{b:02x}")).collect();
        let text_of = |name: &str| files.iter().find(|(n, _)| n == name).map_or("", |(_, t)| t.as_str());

        let units = load_units(text_of("units.csv"))?;
        let areas = load_areas(text_of("areas.csv"))?;
        let section_cues = load_sections(text_of("sections.csv"))?;
        let furniture = load_furniture(text_of("furniture.csv"))?;
        let mut words = WordList::default();
        let mut suffixes = Vec::new();
        let mut cue_examples = Vec::new();
        for file in ["cues.csv", "names.csv"] {
            load_cues(file, text_of(file), &mut words, &mut suffixes, &mut cue_examples)?;
        }
        let mut indicators = Vec::new();
        for (name, text) in files.iter().filter(|(name, _)| name.starts_with("indicators/")) {
            load_indicators(name, text, &units, &mut indicators)?;
        }
        let mut whole_terms = HashMap::new();
        for (index, indicator) in indicators.iter().enumerate() {
            for term in &indicator.terms {
                words.entry(term).indicators.push(index);
            }
            for term in &indicator.whole {
                whole_terms.insert(term.clone(), index);
            }
        }
        words.inherit_endings();
        let (area_names, area_matcher) = areas_by(&areas, |area| &area.name)?;
        let (area_stems, stem_matcher) = areas_by(&areas, Area::stem)?;
        Ok(Vocabulary {
            word_matcher: matcher(words.list.iter().map(|w| w.text.as_str()))?,
            unit_matcher: matcher(units.iter().map(|u| u.text.as_str()))?,
            suffix_matcher: matcher(suffixes.iter().map(String::as_str))?,
            area_matcher,
            area_names,
            stem_matcher,
            area_stems,
            indicators,
            units,
            areas,
            section_cues,
            cue_examples,
            digest,
            furniture,
            whole_terms,
            words: words.list,
        })
    }

    /// The longest known word that begins exactly at `at`, and its end.
    pub fn word_at(&self, text: &str, at: usize) -> Option<(usize, &Word)> {
        longest_at(&self.word_matcher, text, at).map(|(end, pattern)| (end, &self.words[pattern]))
    }

    /// All words in text order, none overlapping, the longest of those that begin first.
    pub fn words_in<'t>(&'t self, text: &'t str) -> impl Iterator<Item = (std::ops::Range<usize>, &'t Word)> + 't {
        self.word_matcher.find_iter(text).map(|m| (m.range(), &self.words[m.pattern().as_usize()]))
    }

    /// The indicator that a wording is when nothing else is said.
    pub fn whole_term(&self, wording: &str) -> Option<usize> {
        self.whole_terms.get(wording).copied()
    }

    /// The longest unit that begins exactly at `at`, and its end.
    pub fn unit_at(&self, text: &str, at: usize) -> Option<(usize, usize)> {
        longest_at(&self.unit_matcher, text, at)
    }

    /// Where the longest suffix that makes a number a name ends, if one begins at `at`.
    pub fn name_suffix_at(&self, text: &str, at: usize) -> Option<usize> {
        longest_at(&self.suffix_matcher, text, at).map(|(end, _)| end)
    }

    /// The first furniture word in a line.
    pub fn furniture_word(&self, line: &str) -> Option<&str> {
        self.furniture.iter().find(|word| line.contains(word.as_str())).map(String::as_str)
    }

    /// How many words have a cue.
    pub fn cue_count(&self) -> usize {
        self.words.iter().filter(|word| !word.cues.is_empty()).count()
    }

    /// The division names in a text, in order, each with the areas that have or had it.
    pub fn areas_in<'t>(&'t self, text: &'t str) -> impl Iterator<Item = (std::ops::Range<usize>, &'t [usize])> + 't {
        self.area_matcher.find_iter(text).map(|m| (m.range(), self.area_names[m.pattern().as_usize()].as_slice()))
    }

    /// Every mention of a division by its stem (广东), with the areas that have or had it.
    pub fn area_stems_in<'t>(&'t self, text: &'t str) -> impl Iterator<Item = &'t [usize]> + 't {
        self.stem_matcher.find_iter(text).map(|m| self.area_stems[m.pattern().as_usize()].as_slice())
    }
}

impl Area {
    /// The name without its kind: 北京市 -> 北京, 广西壮族自治区 -> 广西; the whole name where one character is left.
    pub fn stem(&self) -> &str {
        const KINDS: [&str; 11] =
            ["维吾尔自治区", "壮族自治区", "回族自治区", "自治区", "特别行政区", "地区", "省", "市", "区", "县", "盟"];
        let stems = KINDS.iter().filter_map(|kind| self.name.strip_suffix(kind));
        stems.filter(|stem| stem.chars().count() >= 2).last().unwrap_or(&self.name)
    }
}

/// A matcher over what `text_of` gives of every area, and for each of its patterns the areas that have it.
fn areas_by(areas: &[Area], text_of: impl Fn(&Area) -> &str) -> Result<(Vec<Vec<usize>>, AhoCorasick)> {
    let mut index: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, area) in areas.iter().enumerate() {
        index.entry(text_of(area)).or_default().push(at);
    }
    let matcher = matcher(index.keys().copied())?;
    Ok((index.into_values().collect(), matcher))
}

fn longest_at(matcher: &AhoCorasick, text: &str, at: usize) -> Option<(usize, usize)> {
    let found = matcher.find(Input::new(text).span(at..text.len()).anchored(Anchored::Yes))?;
    Some((found.end(), found.pattern().as_usize()))
}

fn matcher<'a>(patterns: impl Iterator<Item = &'a str>) -> Result<AhoCorasick> {
    AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostLongest)
        .start_kind(StartKind::Both)
        .build(patterns)
        .map_err(|error| Error::Vocab { file: "data/vocab".into(), line: 0, message: error.to_string() })
}

#[derive(Default)]
struct WordList {
    list: Vec<Word>,
    index: HashMap<String, usize>,
}

impl WordList {
    fn entry(&mut self, text: &str) -> &mut Word {
        let at = *self.index.entry(text.to_string()).or_insert_with(|| {
            self.list.push(Word { text: text.to_string(), ..Word::default() });
            self.list.len() - 1
        });
        &mut self.list[at]
    }
}

/// What a term still does when it ends with a cue: 金融业增加值增速 is a rate of growth.
const INHERITED: &[Cue] =
    &[Cue::Up, Cue::Down, Cue::RateUp, Cue::RateDown, Cue::Share, Cue::StockNoun, Cue::Adjust, Cue::Unspan];

impl WordList {
    /// Gives catalogue terms the cues of the words they end with, which the longer match would hide.
    fn inherit_endings(&mut self) {
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

/// The records of a CSV file with their line numbers; checks the header.
fn records(file: &str, text: &str, header: &[&str]) -> Result<Vec<(usize, Vec<String>)>> {
    let problem = |line: u64, message: String| Error::Vocab { file: file.into(), line: line as usize, message };
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).trim(csv::Trim::All).from_reader(text.as_bytes());
    let found = reader.headers().map_err(|e| problem(1, e.to_string()))?.clone();
    if found.iter().ne(header.iter().copied()) {
        return Err(problem(
            1,
            format!(
                "the header must be `{}`, found `{}`",
                header.join(","),
                found.iter().collect::<Vec<_>>().join(",")
            ),
        ));
    }
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|e| problem(e.position().map_or(0, |p| p.line()), e.to_string()))?;
        let line = record.position().map_or(0, |p| p.line()) as usize;
        rows.push((line, record.iter().map(str::to_string).collect()));
    }
    Ok(rows)
}

/// The known word nearest to a misspelt one, for messages.
fn suggestion<'a>(wrong: &str, known: impl Iterator<Item = &'a str>) -> String {
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

fn load_units(text: &str) -> Result<Vec<Unit>> {
    const DIMENSIONS: &[&str] = &[
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

fn fields<const N: usize>(row: &[String]) -> [&str; N] {
    std::array::from_fn(|i| row.get(i).map_or("", String::as_str))
}

fn load_areas(text: &str) -> Result<Vec<Area>> {
    let header = ["code", "name", "level", "parent_code", "valid_from", "valid_to", "successor_code"];
    let mut areas = Vec::new();
    for (line, row) in records("areas.csv", text, &header)? {
        let problem = |message: String| Error::Vocab { file: "areas.csv".into(), line, message };
        let [code, name, level, parent, from, to, successor] = fields(&row);
        if code.len() != 6 || !code.bytes().all(|b| b.is_ascii_digit()) {
            return Err(problem(format!("`{code}` is not a six-digit division code")));
        }
        if !["national", "province", "city", "county"].contains(&level) {
            return Err(problem(format!(
                "unknown level `{level}`{}",
                suggestion(level, ["national", "province", "city", "county"].into_iter())
            )));
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

fn load_sections(text: &str) -> Result<Vec<SectionCue>> {
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

fn load_furniture(text: &str) -> Result<Vec<String>> {
    let rows = records("furniture.csv", text, &["words", "example"])?;
    rows.into_iter()
        .map(|(line, row)| match fold_term(&row[0]) {
            words if words.is_empty() => {
                Err(Error::Vocab { file: "furniture.csv".into(), line, message: "empty words".into() })
            }
            words => Ok(words),
        })
        .collect()
}

fn load_cues(
    file: &'static str,
    text: &str,
    words: &mut WordList,
    suffixes: &mut Vec<String>,
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
            Cue::NameSuffix => suffixes.push(term.clone()),
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
    unit: String,
    kind: String,
    dimensions: Vec<String>,
    #[serde(default)]
    core: bool,
    terms: Vec<String>,
    #[serde(default)]
    whole: Vec<String>,
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

fn load_indicators(file: &str, text: &str, units: &[Unit], indicators: &mut Vec<Indicator>) -> Result<()> {
    const KINDS: &[&str] = &["stock", "flow", "ratio", "index", "growth"];
    let line_of = |offset: usize| text[..offset.min(text.len())].matches('\n').count() + 1;
    let parsed: ThemeFile = toml::from_str(text).map_err(|error| Error::Vocab {
        file: file.into(),
        line: error.span().map_or(1, |span| line_of(span.start)),
        message: error.message().to_string(),
    })?;
    let theme = file.trim_start_matches("indicators/").trim_end_matches(".toml");
    for spanned in parsed.indicator {
        let line = line_of(spanned.span().start);
        let problem = |message: String| Error::Vocab { file: file.into(), line, message };
        let entry = spanned.into_inner();
        if entry.id.is_empty() || !entry.id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_') {
            return Err(problem(format!("the id `{}` must be lower-case letters, digits and _", entry.id)));
        }
        if indicators.iter().any(|known| known.id == entry.id) {
            return Err(problem(format!("the id `{}` is already taken; ids are for ever", entry.id)));
        }
        if !KINDS.contains(&entry.kind.as_str()) {
            return Err(problem(format!(
                "unknown kind `{}`{}",
                entry.kind,
                suggestion(&entry.kind, KINDS.iter().copied())
            )));
        }
        for dimension in &entry.dimensions {
            if !units.iter().any(|unit| unit.dimension == *dimension) {
                let known = units.iter().map(|unit| unit.dimension.as_str());
                return Err(problem(format!("no unit of dimension `{dimension}`{}", suggestion(dimension, known))));
            }
        }
        if entry.terms.is_empty() || entry.examples.len() < 2 || entry.counterexamples.is_empty() {
            return Err(problem(format!("`{}` needs a term, two examples and a counterexample", entry.id)));
        }
        let folded = |terms: &[String]| terms.iter().map(|term| fold_term(term)).collect();
        indicators.push(Indicator {
            theme: theme.to_string(),
            is_core: entry.core,
            terms: folded(&entry.terms),
            whole: folded(&entry.whole),
            not_after: folded(&entry.not_after),
            not_before: folded(&entry.not_before),
            with: folded(&entry.with),
            without: folded(&entry.without),
            id: entry.id,
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
