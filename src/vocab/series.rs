//! Words beside the name of an indicator, from `series.csv`: which of them make another series of it.

use super::load::{fields, records, suggestion};
use super::{Area, Indicator, matcher};
use crate::error::{Error, Result};
use crate::normalize::fold_term;
use aho_corasick::AhoCorasick;
use std::collections::HashMap;

/// What a word of `series.csv` does to the wording it stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeriesKind {
    /// Says nothing of what is counted (全市, 增速).
    Neutral,
    /// The whole there is, whatever stands before it (新登记市场主体总量).
    Total,
    /// What came on top in the period (新增).
    Added,
    /// From the beginning on (累计): of a stock its total, of a flow another series than that of the year.
    Cumulated,
    /// With a word of accumulation: within the year after all (全年累计).
    Within,
    /// Stays, also as a part of the indicator's name (省外 in 实际到位省外资金).
    Own,
}

impl SeriesKind {
    /// Every kind with its name in `series.csv`.
    pub const ALL: &'static [(SeriesKind, &'static str)] = &[
        (SeriesKind::Neutral, "neutral"),
        (SeriesKind::Total, "total"),
        (SeriesKind::Added, "added"),
        (SeriesKind::Cumulated, "cumulated"),
        (SeriesKind::Within, "within"),
        (SeriesKind::Own, "own"),
    ];
}

/// The qualifier of every wording of what came on top.
const ADDED: &str = "新增";
/// The qualifier of what is counted from the beginning on.
const CUMULATED: &str = "累计";
/// A list goes on here.
const LIST_MARKS: [char; 4] = ['、', '和', '及', '与'];
/// A clause ends here; 、 goes on with the list.
const CLAUSE_ENDS: [char; 5] = ['，', '；', '。', '：', ','];
/// A share of a whole: what stands between these is the whole, which has a column of its own.
const SHARE_OPENS: char = '占';
const SHARE_ENDS: [&str; 3] = ["比重", "比例", "占比"];

/// A wording that must leave a given qualifier.
#[derive(Debug, Clone, PartialEq)]
pub struct SeriesExample {
    pub line: usize,
    pub indicator: String,
    pub wording: String,
    pub want: String,
}

/// The words of `series.csv`, indexed.
#[derive(Debug)]
pub struct SeriesWords {
    kinds: Vec<SeriesKind>,
    matcher: AhoCorasick,
    /// Words of kind `own` and the indicator they are for, if not for all.
    own: Vec<(String, Option<String>)>,
    pub examples: Vec<SeriesExample>,
}

impl SeriesWords {
    /// What a statement says beyond the name of its indicator: 产业集聚区 of 产业集聚区固定资产投资, nothing of
    /// 全市固定资产投资. Statements with the same qualifier are of one series.
    pub fn qualifier(&self, indicator: &Indicator, said: Said) -> Option<String> {
        let names = indicator.terms.iter().map(|term| term.text.as_str());
        let names = names.chain(indicator.whole.iter().chain(&indicator.shares).map(String::as_str));
        let (at, length) = longest_in(said.wording, names).unwrap_or((said.wording.len(), 0));
        let (before, name, after) = (&said.wording[..at], &said.wording[at..at + length], &said.wording[at + length..]);
        let is_of = |of: &Option<String>| of.as_deref().is_none_or(|of| indicator.id == of);
        let own = self.own.iter().filter(|(word, of)| is_of(of) && name.contains(word.as_str()));
        let (mut rest, mut kinds): (String, Vec<_>) = (own.map(|(word, _)| word.as_str()).collect(), Vec::new());
        for part in [before, after].into_iter().filter(|part| !part.is_empty()) {
            let part = if said.is_share { without_whole(part) } else { part.to_string() };
            let part = without_area(&part, said.area);
            let mut from = 0;
            for found in self.matcher.find_iter(&part) {
                rest.push_str(&part[from..found.start()]);
                from = found.end();
                kinds.extend(self.kinds.get(found.pattern().as_usize()).copied());
            }
            rest.push_str(&part[from..]);
        }
        let has = |kind| kinds.contains(&kind);
        let is_ratio = indicator.kind == "ratio";
        let is_added = !has(SeriesKind::Total)
            && (has(SeriesKind::Added) || (said.is_level && !is_ratio && self.is_in_added_list(said)));
        let is_flow = indicator.kind == "flow" && said.is_one_year;
        let is_cumulated = (is_added || is_flow) && (has(SeriesKind::Cumulated) || self.is_cumulated(said));
        let before = match is_cumulated {
            false if is_added => ADDED,
            true if is_flow => CUMULATED,
            _ => "",
        };
        let qualifier = format!("{before}{rest}");
        (!qualifier.is_empty()).then_some(qualifier)
    }

    /// 新增甲30家、乙20家: what is said before the first holds for the second.
    fn is_in_added_list(&self, said: Said) -> bool {
        let before = said.quote.find(said.value_text).map_or("", |at| &said.quote[..at]);
        let clause = before.rfind(CLAUSE_ENDS).map_or(before, |at| &before[at..]);
        // The wording itself, behind the last of them, was looked through already.
        let others = clause.rfind(LIST_MARKS).map_or("", |at| &clause[..at]);
        self.kinds_in(others).any(|kind| kind == SeriesKind::Added)
    }

    fn is_cumulated(&self, said: Said) -> bool {
        let is = |kind| self.kinds_in(said.quote).any(|found| found == kind);
        is(SeriesKind::Cumulated) && !is(SeriesKind::Within)
    }

    fn kinds_in<'t>(&'t self, text: &'t str) -> impl Iterator<Item = SeriesKind> + 't {
        self.matcher.find_iter(text).filter_map(|found| self.kinds.get(found.pattern().as_usize()).copied())
    }
}

/// Where the longest of some names stands in a text, and its length; of equally long ones the first.
fn longest_in<'n>(text: &str, names: impl Iterator<Item = &'n str>) -> Option<(usize, usize)> {
    let mut longest: Option<(usize, usize)> = None;
    for name in names {
        let (at, length) = longest.unwrap_or_default();
        if name.len() < length || name.len() > text.len() {
            continue;
        }
        let mut places = text.char_indices().map(|(at, _)| at).chain([text.len()]);
        if let Some(found) = places.find(|place| text[*place..].starts_with(name))
            && (longest.is_none() || name.len() > length || found < at)
        {
            longest = Some((found, name.len()));
        }
    }
    longest
}

/// What is asked of a statement to tell its series.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Said<'t> {
    pub wording: &'t str,
    /// The piece of the text with number and wording, and the number in it.
    pub quote: &'t str,
    pub value_text: &'t str,
    /// The name of the reporting area.
    pub area: Option<&'t str>,
    pub is_share: bool,
    pub is_level: bool,
    /// Whether it is of a single year.
    pub is_one_year: bool,
}

/// `占GDP比重` taken out.
fn without_whole(text: &str) -> String {
    let Some(open) = text.find(SHARE_OPENS) else { return text.to_string() };
    let ends = SHARE_ENDS.iter().filter_map(|end| Some(text[open..].find(end)? + open + end.len()));
    let end = ends.max().unwrap_or(open);
    format!("{}{}", &text[..open], &text[end..])
}

/// The name of the reporting area taken out, in full or without its kind.
fn without_area(text: &str, area: Option<&str>) -> String {
    match area {
        Some(name) => text.replace(name, "").replace(Area::stem_of(name), ""),
        None => text.to_string(),
    }
}

/// Reads `series.csv`.
pub(super) fn load_series(text: &str, indicators: &[Indicator]) -> Result<SeriesWords> {
    const FILE: &str = "series.csv";
    let (mut words, mut kinds, mut own, mut examples) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut lines: HashMap<String, usize> = HashMap::new();
    for (line, row) in records(FILE, text, &["word", "kind", "indicator", "example", "want"])? {
        let problem = |message: String| Error::Vocab { file: FILE.into(), line, message };
        let [word, kind, indicator, example, want] = fields(&row);
        let word = fold_term(word);
        if word.is_empty() {
            return Err(problem("empty word".into()));
        }
        let Some(&(kind, _)) = SeriesKind::ALL.iter().find(|(_, name)| *name == kind) else {
            let known = SeriesKind::ALL.iter().map(|&(_, name)| name);
            return Err(problem(format!("unknown kind `{kind}`{}", suggestion(kind, known))));
        };
        if let Some(first) = lines.insert(word.clone(), line) {
            return Err(problem(format!("`{word}` is already in line {first}")));
        }
        let needs_indicator = !indicator.is_empty() || !example.is_empty();
        if needs_indicator && !indicators.iter().any(|known| known.id == indicator) {
            let known = indicators.iter().map(|known| known.id.as_str());
            return Err(problem(format!("no indicator `{indicator}`{}", suggestion(indicator, known))));
        }
        if !example.is_empty() {
            examples.push(SeriesExample {
                line,
                indicator: indicator.into(),
                wording: fold_term(example),
                want: want.into(),
            });
        }
        if kind == SeriesKind::Own {
            own.push((word, (!indicator.is_empty()).then(|| indicator.to_string())));
            continue;
        }
        words.push(word);
        kinds.push(kind);
    }
    Ok(SeriesWords { matcher: matcher(words.iter().map(String::as_str))?, kinds, own, examples })
}

#[cfg(test)]
mod tests {
    use super::Said;
    use crate::vocab::Vocabulary;

    fn qualifier(indicator: &str, said: Said) -> String {
        let vocabulary = Vocabulary::embedded().unwrap();
        let indicator = vocabulary.indicators.iter().find(|known| known.id == indicator).unwrap();
        vocabulary.series.qualifier(indicator, said).unwrap_or_default()
    }

    /// A level of one year.
    fn level(wording: &'static str) -> Said<'static> {
        Said { wording, is_level: true, is_one_year: true, ..Said::default() }
    }

    #[test]
    fn every_example_leaves_its_qualifier() {
        let vocabulary = Vocabulary::embedded().unwrap();
        assert!(vocabulary.series.examples.len() >= 15);
        for example in &vocabulary.series.examples {
            let said = Said { wording: &example.wording, is_level: true, is_one_year: true, ..Said::default() };
            assert_eq!(qualifier(&example.indicator, said), example.want, "series.csv:{}", example.line);
        }
    }

    #[test]
    fn what_is_said_beyond_the_indicator_is_left() {
        assert_eq!(qualifier("fai", level("产业集聚区固定资产投资")), "产业集聚区");
        assert_eq!(qualifier("gdp", level("青山市生产总值")), "青山市");
        assert_eq!(qualifier("gdp", Said { area: Some("青山市"), ..level("青山市生产总值") }), "");
        assert_eq!(qualifier("gdp", Said { area: Some("青山市"), ..level("青山生产总值") }), "");
        let share = level("全社会研发经费支出占地区生产总值比重");
        assert_eq!(qualifier("rd_intensity", Said { is_share: true, ..share }), "");
        assert_eq!(qualifier("market_entities", level("新登记市场主体")), "新增");
        assert_eq!(qualifier("market_entities", level("新登记市场主体总量")), "");
        assert_eq!(qualifier("fai", level("城镇固定资产投资")), "城镇");
        assert_eq!(qualifier("income_urban", level("城镇居民人均可支配收入")), "");
    }

    #[test]
    fn a_list_that_begins_with_added_goes_on_to_the_end_of_its_clause() {
        let list = Said {
            quote: "新增规上企业30家、高新技术企业20家", value_text: "20家", ..level("高新技术企业")
        };
        assert_eq!(qualifier("hightech_firms", list), "新增");
        let last = Said { quote: "新增规上企业30家和高新技术企业20家", ..list };
        assert_eq!(qualifier("hightech_firms", last), "新增");
        // What stands in the name of the second only is not what the list begins with.
        let own = Said { quote: "失业率3%、城镇新增就业20家", ..level("城镇新增就业") };
        assert_eq!(qualifier("jobs_new", Said { value_text: "20家", ..own }), "");
        let next = Said { quote: "新增规上企业30家，高新技术企业20家", ..list };
        assert_eq!(qualifier("hightech_firms", next), "");
        let total = Said { wording: "高新技术企业总数", ..list };
        assert_eq!(qualifier("hightech_firms", total), "");
        let change = Said { is_level: false, ..list };
        assert_eq!(qualifier("hightech_firms", change), "");
    }

    #[test]
    fn what_is_cumulated_over_years_is_not_the_flow_of_the_year() {
        let jobs =
            Said { quote: "累计新增城镇就业25万人", value_text: "25万人", ..level("新增城镇就业") };
        assert_eq!(qualifier("jobs_new", jobs), "累计");
        assert_eq!(qualifier("jobs_new", Said { quote: "全年累计新增城镇就业25万人", ..jobs }), "");
        assert_eq!(qualifier("jobs_new", Said { is_one_year: false, ..jobs }), "");
        let firms = Said { quote: "累计20家", value_text: "20家", ..level("高新技术企业") };
        assert_eq!(qualifier("hightech_firms", firms), "");
    }
}
