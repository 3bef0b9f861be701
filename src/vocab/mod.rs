//! The words of the genre, loaded from `data/vocab`, checked and indexed for one pass over a text.
//!
//! The files are embedded in the program and can be replaced by a directory (`[vocab] dir`). What is
//! wrong in them is an [`Error::Vocab`] with file and line. No rule lives here: a word has kinds, and
//! what a kind does is up to `parse` and `extract`.

use crate::error::{Error, Result};
use crate::model::SectionRole;
use aho_corasick::{AhoCorasick, MatchKind, StartKind};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::path::Path;

mod checks;
mod claims;
mod dictionaries;
mod honours;
mod load;
mod pages;
mod sections;
mod series;
mod tables;
mod targets;
mod trie;
mod verdicts;
mod words;

pub use checks::{CheckKind, CheckWords};
pub use claims::Claims;
pub use dictionaries::{Dictionaries, DictionaryTerm};
pub use honours::{HONOUR_FORMS, HONOUR_LEVELS, HonourKind, HonourWords};
pub use load::{DIMENSIONS, INDICATOR_KINDS};
pub use pages::{PageSelector, PageWords};
pub use sections::CueIndex;
pub use series::{Said, SeriesExample, SeriesKind, SeriesWords};
pub use tables::{TableKind, TableWords};
pub use targets::{TargetKind, TargetWord, TargetWords};
pub use verdicts::{VerdictExample, VerdictRule, VerdictRules};

use claims::ClaimWords;
use dictionaries::load_dictionaries;
use load::{Endings, WordList, load_areas, load_cues, load_furniture, load_indicators, load_sections, load_units};
use trie::Trie;

/// The embedded vocabulary: every file of `data/vocab`.
pub const EMBEDDED: &[(&str, &str)] = &[
    ("areas.csv", include_str!("../../data/vocab/areas.csv")),
    ("checks.csv", include_str!("../../data/vocab/checks.csv")),
    ("cues.csv", include_str!("../../data/vocab/cues.csv")),
    ("dictionaries/business_environment.csv", include_str!("../../data/vocab/dictionaries/business_environment.csv")),
    ("dictionaries/common_prosperity.csv", include_str!("../../data/vocab/dictionaries/common_prosperity.csv")),
    ("dictionaries/digital_economy.csv", include_str!("../../data/vocab/dictionaries/digital_economy.csv")),
    ("dictionaries/elderly_care.csv", include_str!("../../data/vocab/dictionaries/elderly_care.csv")),
    ("dictionaries/environment.csv", include_str!("../../data/vocab/dictionaries/environment.csv")),
    ("dictionaries/livelihood.csv", include_str!("../../data/vocab/dictionaries/livelihood.csv")),
    ("dictionaries/opening_up.csv", include_str!("../../data/vocab/dictionaries/opening_up.csv")),
    ("dictionaries/rural_revitalisation.csv", include_str!("../../data/vocab/dictionaries/rural_revitalisation.csv")),
    ("dictionaries/safety_and_risk.csv", include_str!("../../data/vocab/dictionaries/safety_and_risk.csv")),
    (
        "dictionaries/technological_innovation.csv",
        include_str!("../../data/vocab/dictionaries/technological_innovation.csv"),
    ),
    ("furniture.csv", include_str!("../../data/vocab/furniture.csv")),
    ("honours.csv", include_str!("../../data/vocab/honours.csv")),
    ("indicators/agriculture.toml", include_str!("../../data/vocab/indicators/agriculture.toml")),
    ("indicators/culture.toml", include_str!("../../data/vocab/indicators/culture.toml")),
    ("indicators/economy.toml", include_str!("../../data/vocab/indicators/economy.toml")),
    ("indicators/education.toml", include_str!("../../data/vocab/indicators/education.toml")),
    ("indicators/elderly.toml", include_str!("../../data/vocab/indicators/elderly.toml")),
    ("indicators/environment.toml", include_str!("../../data/vocab/indicators/environment.toml")),
    ("indicators/finance.toml", include_str!("../../data/vocab/indicators/finance.toml")),
    ("indicators/governance.toml", include_str!("../../data/vocab/indicators/governance.toml")),
    ("indicators/health.toml", include_str!("../../data/vocab/indicators/health.toml")),
    ("indicators/housing.toml", include_str!("../../data/vocab/indicators/housing.toml")),
    ("indicators/income.toml", include_str!("../../data/vocab/indicators/income.toml")),
    ("indicators/industry.toml", include_str!("../../data/vocab/indicators/industry.toml")),
    ("indicators/population.toml", include_str!("../../data/vocab/indicators/population.toml")),
    ("indicators/safety.toml", include_str!("../../data/vocab/indicators/safety.toml")),
    ("indicators/technology.toml", include_str!("../../data/vocab/indicators/technology.toml")),
    ("indicators/trade.toml", include_str!("../../data/vocab/indicators/trade.toml")),
    ("indicators/traffic.toml", include_str!("../../data/vocab/indicators/traffic.toml")),
    ("names.csv", include_str!("../../data/vocab/names.csv")),
    ("pages.csv", include_str!("../../data/vocab/pages.csv")),
    ("sections.csv", include_str!("../../data/vocab/sections.csv")),
    ("series.csv", include_str!("../../data/vocab/series.csv")),
    ("tables.csv", include_str!("../../data/vocab/tables.csv")),
    ("targets.csv", include_str!("../../data/vocab/targets.csv")),
    ("units.csv", include_str!("../../data/vocab/units.csv")),
    ("verdicts.csv", include_str!("../../data/vocab/verdicts.csv")),
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
    SloganNoun "slogan_noun" "Counted by a small number in words it makes a slogan or a reference (两个市场, 四项原则), not a count.";
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
    Upgrade "upgrade" "Of countable things it means works, not growth (提升300座).";
    Funding "funding" "Money spent on what is told next (投资3亿元新建公路).";
    Norm "norm" "Behind a number it makes it a norm (3%控制线): its status is requirement.";
    Yardstick "yardstick" "A plan, target or mean that values are compared with (任务, 平均水平): 超过任务3公里 is a distance.";
    Effect "effect" "A property that is a quantity of its own (惠及居民, 利润), not one of the thing that has it.";
    Place "place" "The end of the name of a part of the area (开发区): at the head of a clause it says what the clause is about.";
    VerbalNoun "verbal_noun" "A verb that is as often a noun (建设, 服务): no statement begins with it.";
    Opener "opener" "A verb that opens a statement (推动, 开展): the words before it belong to another one.";
    NotNoun "not_noun" "A word that is no part of what is measured (同时, 力争).";
}

/// A set of cues: one word can have several kinds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CueSet(u128);

impl CueSet {
    pub fn has(self, cue: Cue) -> bool {
        self.0 & (1 << cue as u8) != 0
    }

    #[inline]
    pub fn has_any(self, cues: &[Cue]) -> bool {
        let mut asked = CueSet::default();
        cues.iter().for_each(|&cue| asked.add(cue));
        self.0 & asked.0 != 0
    }

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The cues of both.
    pub fn with(self, other: CueSet) -> CueSet {
        CueSet(self.0 | other.0)
    }

    #[inline]
    fn add(&mut self, cue: Cue) {
        self.0 |= 1 << cue as u8;
    }
}

/// A word or name the lexer knows. Its cues are asked for at every mention: all of it is one line of the cache.
#[derive(Debug, Clone, Default)]
#[repr(align(64))]
pub struct Word {
    pub text: String,
    pub cues: CueSet,
    /// Catalogue entries that have this word among their terms.
    pub indicators: Box<[usize]>,
    /// Two characters, of which a longer term of the catalogue may begin with the second: 占地, 地区生产总值.
    pub may_hide_term: bool,
}

/// A catalogue entry.
#[derive(Debug, Clone)]
pub struct Indicator {
    pub id: crate::model::Shared,
    pub name_zh: String,
    pub name_en: String,
    pub definition: Option<String>,
    /// The field it belongs to, then further ones.
    pub themes: Vec<String>,
    pub unit: String,
    pub kind: String,
    pub dimensions: Vec<String>,
    pub is_core: bool,
    pub terms: Vec<Term>,
    /// Wordings that are this indicator only when nothing else is said: 出口, but not 出口企业.
    pub whole: Vec<String>,
    /// What stands before 占 in a share of this indicator: 研发投入 (占GDP).
    pub shares: Vec<String>,
    pub not_after: Vec<String>,
    pub not_before: Vec<String>,
    pub with: Vec<String>,
    pub without: Vec<String>,
    pub note: Option<String>,
    pub examples: Vec<String>,
    pub counterexamples: Vec<String>,
}

/// A wording of an indicator, and the first and last year it was in use where that is known.
#[derive(Debug, Clone)]
pub struct Term {
    pub text: String,
    pub from: Option<i32>,
    pub until: Option<i32>,
}

/// A unit as written behind a number, without its multiplier.
#[derive(Debug, Clone)]
pub struct Unit {
    pub text: String,
    pub dimension: String,
    pub code: crate::model::Shared,
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

/// Words that web pages, scrapers and sellers put round a text.
#[derive(Debug, Clone)]
pub struct Furniture {
    pub words: String,
    pub place: FurniturePlace,
}

/// Where the words of furniture stand, and so what is cut with them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FurniturePlace {
    /// Anywhere: the short line that holds them.
    Line,
    /// Above the text: the short line that begins with them.
    Head,
    /// Below the text: the short line that holds them, and with it all that follows; or what follows the last sentence
    /// of a paragraph.
    Tail,
    /// Behind the last sentence of a paragraph: what begins with them.
    Glued,
}

impl FurniturePlace {
    pub const ALL: &'static [(&'static str, FurniturePlace)] = &[
        ("line", FurniturePlace::Line),
        ("head", FurniturePlace::Head),
        ("tail", FurniturePlace::Tail),
        ("glued", FurniturePlace::Glued),
    ];
}

/// An entry of `cues.csv`, `names.csv`, `targets.csv` or `honours.csv` as an example to test.
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
    /// For each area the one it lies in.
    pub parents: Vec<Option<usize>>,
    pub section_cues: Vec<SectionCue>,
    /// The section cues of headings.
    pub heading_cues: CueIndex,
    /// The section cues that count at the head of a sentence: those of sentences, and those of glossaries.
    pub lead_cues: CueIndex,
    pub cue_examples: Vec<CueExample>,
    /// The words of the headers of tables.
    pub tables: TableWords,
    /// The words of plans.
    pub targets: TargetWords,
    /// The words of honours.
    pub honours: HonourWords,
    claims: ClaimWords,
    pub pages: PageWords,
    /// Which words beside the name of an indicator make another series of it.
    pub series: SeriesWords,
    /// How outcomes are held against targets.
    pub verdicts: VerdictRules,
    /// The topics whose mentions are counted.
    pub dictionaries: Dictionaries,
    /// The words that say how statements may be compared.
    pub checks: CheckWords,
    /// The files it was made of, by name.
    pub files: Vec<(String, String)>,
    /// sha256 over all files, names included.
    pub digest: String,
    furniture: Vec<Furniture>,
    furniture_trie: Trie,
    /// For each word of `furniture_trie`: the places of the furniture with these words.
    furniture_words: Vec<Vec<u32>>,
    whole_terms: HashMap<String, usize>,
    share_terms: HashMap<String, usize>,
    words: Vec<Word>,
    word_trie: Trie,
    unit_trie: Trie,
    suffix_trie: Trie,
    place_trie: Trie,
    slogan_trie: Trie,
    area_trie: Trie,
    /// For each word of `area_trie`: the areas with that name.
    area_names: Vec<Vec<usize>>,
    stem_trie: Trie,
    /// For each word of `stem_trie`: the areas with that stem.
    area_stems: Vec<Vec<usize>>,
}

impl Vocabulary {
    /// The vocabulary the program carries.
    pub fn embedded() -> Result<Vocabulary> {
        let files = EMBEDDED.iter().map(|&(name, text)| (name.to_string(), text.to_string())).collect();
        Vocabulary::from_files(files)
    }

    /// The vocabulary of a directory laid out like `data/vocab`, or of such a one in a zip file, as it stands beside the
    /// tables that were made with it.
    pub fn from_dir(dir: &Path) -> Result<Vocabulary> {
        if dir.is_file() {
            return Vocabulary::from_files(files_of_archive(dir)?);
        }
        let mut files = Vec::new();
        const FILES: [&str; 13] = [
            "areas.csv",
            "checks.csv",
            "cues.csv",
            "furniture.csv",
            "honours.csv",
            "names.csv",
            "pages.csv",
            "sections.csv",
            "series.csv",
            "tables.csv",
            "targets.csv",
            "units.csv",
            "verdicts.csv",
        ];
        for name in FILES {
            let path = dir.join(name);
            files.push((
                name.to_string(),
                std::fs::read_to_string(&path).map_err(Error::io("cannot read vocabulary file", path))?,
            ));
        }
        for (folder, ending) in [("dictionaries", "csv"), ("indicators", "toml")] {
            let inner = dir.join(folder);
            for entry in std::fs::read_dir(&inner).map_err(Error::io("cannot read vocabulary directory", &inner))? {
                let path = entry.map_err(Error::io("cannot read vocabulary directory", &inner))?.path();
                if path.extension().is_some_and(|e| e == ending) {
                    let name = format!("{folder}/{}", path.file_name().unwrap_or_default().to_string_lossy());
                    files.push((
                        name,
                        std::fs::read_to_string(&path).map_err(Error::io("cannot read vocabulary file", path))?,
                    ));
                }
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
        let digest = format!("{:x}", hash.finalize());
        let text_of = |name: &str| files.iter().find(|(n, _)| n == name).map_or("", |(_, t)| t.as_str());

        let targets = targets::load_targets(text_of("targets.csv"))?;
        let honours = honours::load_honours(text_of("honours.csv"))?;
        let units = load_units(text_of("units.csv"))?;
        let areas = load_areas(text_of("areas.csv"))?;
        let section_cues = load_sections(text_of("sections.csv"))?;
        let furniture = load_furniture(text_of("furniture.csv"))?;
        let (furniture_trie, furniture_words) =
            Trie::grouped(furniture.iter().map(|furniture| furniture.words.as_str()).zip(0..));
        let mut words = WordList::default();
        let mut endings = Endings::default();
        let mut cue_examples = Vec::new();
        for file in ["cues.csv", "names.csv"] {
            load_cues(file, text_of(file), &mut words, &mut endings, &mut cue_examples)?;
        }
        let mut indicators = Vec::new();
        for (name, text) in files.iter().filter(|(name, _)| name.starts_with("indicators/")) {
            load_indicators(name, text, &units, &mut indicators)?;
        }
        let dictionaries = load_dictionaries(files.iter().filter(|(name, _)| name.starts_with("dictionaries/")))?;
        let (mut whole_terms, mut share_terms) = (HashMap::new(), HashMap::new());
        for (index, indicator) in indicators.iter().enumerate() {
            for term in &indicator.terms {
                words.add_indicator(&term.text, index);
            }
            for term in &indicator.whole {
                whole_terms.insert(term.clone(), index);
            }
            for term in &indicator.shares {
                share_terms.insert(term.clone(), index);
            }
        }
        words.inherit_endings();
        words.mark_hiding();
        let (area_names, area_trie) = areas_by(&areas, |area| &area.name);
        let (area_stems, stem_trie) = areas_by(&areas, Area::stem);
        Ok(Vocabulary {
            word_trie: Trie::new(words.list.iter().map(|w| w.text.as_str())),
            unit_trie: Trie::new(units.iter().map(|u| u.text.as_str())),
            suffix_trie: Trie::new(endings.name_suffixes.iter().map(String::as_str)),
            slogan_trie: Trie::new(endings.slogan_nouns.iter().map(String::as_str)),
            place_trie: Trie::new(endings.places.iter().map(String::as_str)),
            area_trie,
            area_names,
            stem_trie,
            area_stems,
            tables: tables::load_tables(text_of("tables.csv"))?,
            claims: ClaimWords::new(&targets, &honours),
            targets,
            pages: pages::load_pages(text_of("pages.csv"))?,
            series: series::load_series(text_of("series.csv"), &indicators)?,
            verdicts: verdicts::load_verdicts(text_of("verdicts.csv"), &indicators)?,
            indicators,
            units,
            parents: parents_of(&areas),
            areas,
            heading_cues: CueIndex::new(&section_cues, |cue| cue.in_heading),
            lead_cues: CueIndex::new(&section_cues, |cue| !cue.in_heading || cue.role == SectionRole::Glossary),
            section_cues,
            cue_examples,
            honours,
            dictionaries,
            checks: checks::load_checks(text_of("checks.csv"))?,
            digest,
            files,
            furniture,
            furniture_trie,
            furniture_words,
            whole_terms,
            share_terms,
            words: words.list,
        })
    }

    /// The longest known word that begins exactly at `at`, and its end.
    pub fn word_at(&self, text: &str, at: usize) -> Option<(usize, &Word)> {
        let (end, word) = self.word_trie.longest_at(text, at)?;
        // 6G is no word in 6GW.
        let is_cut = text.as_bytes()[end - 1].is_ascii_alphanumeric()
            && text.as_bytes().get(end).is_some_and(u8::is_ascii_alphabetic);
        (!is_cut).then(|| (end, &self.words[word]))
    }

    /// All words in text order, none overlapping, the longest of those that begin first.
    pub fn words_in<'t>(&'t self, text: &'t str) -> impl Iterator<Item = (std::ops::Range<usize>, &'t Word)> + 't {
        self.word_trie.find_iter(text).map(|(range, word)| (range, &self.words[word]))
    }

    /// The indicator that a share is of whose part is one of its `shares`.
    pub fn share_term(&self, part: &str) -> Option<usize> {
        self.share_terms.get(part).copied()
    }

    /// Whether a text is a wording of some indicator.
    pub fn is_term(&self, text: &str) -> bool {
        self.word_at(text, 0).is_some_and(|(end, word)| end == text.len() && !word.indicators.is_empty())
            || self.whole_terms.contains_key(text)
    }

    /// The indicator that a wording is when nothing else is said.
    pub fn whole_term(&self, wording: &str) -> Option<usize> {
        self.whole_terms.get(wording).copied()
    }

    /// The longest unit that begins exactly at `at`, and its end.
    pub fn unit_at(&self, text: &str, at: usize) -> Option<(usize, usize)> {
        self.unit_trie.longest_at(text, at)
    }

    /// What a unit measures, if there is one.
    pub fn dimension(&self, unit: Option<usize>) -> Option<&str> {
        unit.map(|unit| self.units[unit].dimension.as_str())
    }

    /// Where the longest suffix that makes a number a name ends, if one begins at `at`.
    pub fn name_suffix_at(&self, text: &str, at: usize) -> Option<usize> {
        self.suffix_trie.longest_at(text, at).map(|(end, _)| end)
    }

    /// The endings of place names in a text, in order.
    pub fn places_in<'t>(&'t self, text: &'t str) -> impl Iterator<Item = std::ops::Range<usize>> + 't {
        self.place_trie.find_iter(text).map(|(range, _)| range)
    }

    /// Whether a noun begins at `at` that a small number in words counts in slogans only.
    pub fn is_slogan_noun_at(&self, text: &str, at: usize) -> bool {
        self.slogan_trie.longest_at(text, at).is_some()
    }

    /// The words of page furniture that a text holds, in the order of the file.
    pub fn furniture_in<'v>(&'v self, text: &str) -> impl Iterator<Item = &'v Furniture> + use<'v> {
        let mut found: Vec<u32> = Vec::new();
        self.furniture_trie.each_overlapping(
            text,
            |c| c,
            |_, words| found.extend_from_slice(&self.furniture_words[words]),
        );
        found.sort_unstable();
        found.dedup();
        found.into_iter().map(|at| &self.furniture[at as usize])
    }

    /// The areas that have or had the longest division name that a text begins with, and where it ends.
    pub fn areas_at_start(&self, text: &str) -> Option<(usize, &[usize])> {
        let (end, word) = self.area_trie.longest_at(text, 0)?;
        Some((end, &self.area_names[word]))
    }

    /// Whether an area is a city of the level of a province, or one of its parts.
    pub fn is_in_municipality(&self, area: &Area) -> bool {
        let is_municipality = |area: &Area| area.level == "province" && area.name.ends_with('市');
        let holds = |other: &Area| is_municipality(other) && Some(&other.code) == area.parent_code.as_ref();
        is_municipality(area) || self.areas.iter().any(holds)
    }

    /// What the words of a sentence may claim without a number.
    pub fn claims_in(&self, text: &str) -> Claims {
        self.claims.in_text(text)
    }

    /// How many words have a cue.
    pub fn cue_count(&self) -> usize {
        self.words.iter().filter(|word| !word.cues.is_empty()).count()
    }

    /// The division names in a text, in order, each with the areas that have or had it.
    pub fn areas_in<'t>(&'t self, text: &'t str) -> impl Iterator<Item = (std::ops::Range<usize>, &'t [usize])> + 't {
        self.area_trie.find_iter(text).map(|(range, word)| (range, self.area_names[word].as_slice()))
    }

    /// Every mention of a division by its stem (广东), with the areas that have or had it.
    pub fn area_stems_in<'t>(&'t self, text: &'t str) -> impl Iterator<Item = &'t [usize]> + 't {
        self.stem_trie.find_iter(text).map(|(_, word)| self.area_stems[word].as_slice())
    }
}

/// The files of a zip file that holds a vocabulary.
pub(crate) fn files_of_archive(path: &Path) -> Result<Vec<(String, String)>> {
    let wrong = |error: String| Error::Config(format!("{} holds no vocabulary: {error}", path.display()));
    let file = std::fs::File::open(path).map_err(Error::io("cannot read vocabulary", path))?;
    let mut archive = zip::ZipArchive::new(file).map_err(|error| wrong(error.to_string()))?;
    let mut files = Vec::new();
    for index in 0..archive.len() {
        let member = archive.by_index(index).map_err(|error| wrong(error.to_string()))?;
        let name = member.name().map_err(|error| wrong(error.to_string()))?.to_string();
        let text = std::io::read_to_string(member).map_err(|error| wrong(format!("{name}: {error}")))?;
        files.push((name, text));
    }
    Ok(files)
}

/// The levels of divisions, each within the one before.
pub const LEVELS: [&str; 4] = ["national", "province", "city", "county"];

/// How many levels lie above this one.
pub fn level_depth(level: &str) -> Option<usize> {
    LEVELS.iter().position(|known| *known == level)
}

impl Area {
    /// The name without its kind; see [`Area::stem_of`].
    pub fn stem(&self) -> &str {
        Area::stem_of(&self.name)
    }

    /// 北京市 -> 北京, 广西壮族自治区 -> 广西; the whole name where one character is left.
    pub fn stem_of(name: &str) -> &str {
        const KINDS: [&str; 11] =
            ["维吾尔自治区", "壮族自治区", "回族自治区", "自治区", "特别行政区", "地区", "省", "市", "区", "县", "盟"];
        let mut stems = KINDS.iter().filter_map(|kind| name.strip_suffix(kind));
        stems.find(|stem| stem.chars().count() >= 2).unwrap_or(name)
    }
}

/// For each area the first one in the table that has the code of its parent.
fn parents_of(areas: &[Area]) -> Vec<Option<usize>> {
    let coded: HashMap<&str, usize> =
        areas.iter().enumerate().rev().map(|(at, area)| (area.code.as_str(), at)).collect();
    areas.iter().map(|area| coded.get(area.parent_code.as_deref()?).copied()).collect()
}

/// What `text_of` gives of every area, and for each of these words the areas that have it.
fn areas_by(areas: &[Area], text_of: impl Fn(&Area) -> &str) -> (Vec<Vec<usize>>, Trie) {
    let (trie, words) = Trie::grouped(areas.iter().map(text_of).zip(0..));
    (words, trie)
}

fn matcher<'a>(patterns: impl Iterator<Item = &'a str>) -> Result<AhoCorasick> {
    AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostLongest)
        .start_kind(StartKind::Both)
        .build(patterns)
        .map_err(|error| Error::Vocab { file: "data/vocab".into(), line: 0, message: error.to_string() })
}
