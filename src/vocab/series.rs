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
}

impl SeriesKind {
    pub const ALL: &'static [(SeriesKind, &'static str)] =
        &[(SeriesKind::Neutral, "neutral"), (SeriesKind::Total, "total"), (SeriesKind::Added, "added")];
}

/// The qualifier of every wording of what came on top.
const ADDED: &str = "新增";
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
    pub examples: Vec<SeriesExample>,
}

impl SeriesWords {
    /// What a wording says beyond the name of its indicator: 产业集聚区 of 产业集聚区固定资产投资, nothing of
    /// 全市固定资产投资. Statements with the same qualifier are of one series.
    pub fn qualifier(
        &self,
        indicator: &Indicator,
        wording: &str,
        is_share: bool,
        area: Option<&str>,
    ) -> Option<String> {
        let names = indicator.terms.iter().map(|term| term.text.as_str());
        let names = names.chain(indicator.whole.iter().chain(&indicator.shares).map(String::as_str));
        let found = names.filter_map(|name| Some((name.len(), wording.find(name)?)));
        let (before, after) = match found.max_by_key(|&(length, at)| (length, std::cmp::Reverse(at))) {
            Some((length, at)) => (&wording[..at], &wording[at + length..]),
            None => (wording, ""),
        };
        let (mut rest, mut is_total, mut is_added) = (String::new(), false, false);
        for part in [before, after] {
            let part = if is_share { without_whole(part) } else { part.to_string() };
            let part = without_area(&part, area);
            let mut from = 0;
            for found in self.matcher.find_iter(&part) {
                rest.push_str(&part[from..found.start()]);
                from = found.end();
                let kind = self.kinds.get(found.pattern().as_usize());
                is_total |= kind == Some(&SeriesKind::Total);
                is_added |= kind == Some(&SeriesKind::Added);
            }
            rest.push_str(&part[from..]);
        }
        let added = if is_added && !is_total { ADDED } else { "" };
        let qualifier = format!("{added}{rest}");
        (!qualifier.is_empty()).then_some(qualifier)
    }
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
    let (mut words, mut kinds, mut examples) = (Vec::new(), Vec::new(), Vec::new());
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
        if !example.is_empty() {
            if !indicators.iter().any(|known| known.id == indicator) {
                let known = indicators.iter().map(|known| known.id.as_str());
                return Err(problem(format!("no indicator `{indicator}`{}", suggestion(indicator, known))));
            }
            examples.push(SeriesExample {
                line,
                indicator: indicator.into(),
                wording: fold_term(example),
                want: want.into(),
            });
        }
        words.push(word);
        kinds.push(kind);
    }
    Ok(SeriesWords { matcher: matcher(words.iter().map(String::as_str))?, kinds, examples })
}

#[cfg(test)]
mod tests {
    use crate::vocab::Vocabulary;

    fn qualifier(indicator: &str, wording: &str, is_share: bool, area: Option<&str>) -> Option<String> {
        let vocabulary = Vocabulary::embedded().unwrap();
        let indicator = vocabulary.indicators.iter().find(|known| known.id == indicator).unwrap();
        vocabulary.series.qualifier(indicator, wording, is_share, area)
    }

    #[test]
    fn every_example_leaves_its_qualifier() {
        let vocabulary = Vocabulary::embedded().unwrap();
        assert!(vocabulary.series.examples.len() >= 15);
        for example in &vocabulary.series.examples {
            let found = qualifier(&example.indicator, &example.wording, false, None);
            assert_eq!(found.unwrap_or_default(), example.want, "series.csv:{}", example.line);
        }
    }

    #[test]
    fn what_is_said_beyond_the_indicator_is_left() {
        assert_eq!(qualifier("fai", "产业集聚区固定资产投资", false, None).as_deref(), Some("产业集聚区"));
        assert_eq!(qualifier("gdp", "青山市生产总值", false, Some("青山市")), None);
        assert_eq!(qualifier("gdp", "青山生产总值", false, Some("青山市")), None);
        assert_eq!(qualifier("rd_intensity", "全社会研发经费支出占地区生产总值比重", true, None), None);
        assert_eq!(qualifier("market_entities", "新登记市场主体", false, None).as_deref(), Some("新增"));
        assert_eq!(qualifier("market_entities", "新登记市场主体总量", false, None), None);
    }
}
