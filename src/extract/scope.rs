//! Which part of the area a statement is about: the place at the head of its clause (中心城区建成区面积85平方公里).

use super::lexer::{Kind, Token};
use crate::model::Report;
use crate::vocab::{Cue, CueSet, LEVELS, Vocabulary, level_depth};
use std::ops::Range;

/// What the head of a clause says of the place it speaks of.
#[derive(Debug, Clone, PartialEq)]
pub enum Head {
    /// Nothing: the place spoken of before stays.
    Silent,
    /// The reporting area itself.
    Whole,
    /// The reporting area by its name, which stands there.
    Named(Range<usize>),
    /// A part of it, or another place.
    Part(Range<usize>),
}

/// Verbs and the like: behind them stands no place that the clause is about.
const ENDS_HEAD: &[Cue] = &[
    Cue::Opener,
    Cue::Completion,
    Cue::Realised,
    Cue::Up,
    Cue::Down,
    Cue::RateUp,
    Cue::RateDown,
    Cue::To,
    Cue::From,
    Cue::Share,
    Cue::RankVerb,
    Cue::Respectively,
    Cue::Part,
    Cue::Disposal,
    Cue::Versus,
];

/// Words before a place that make it an object or a circumstance (以园区为重点).
const PREPOSITIONS: [char; 16] =
    ['以', '对', '在', '向', '是', '要', '并', '为', '从', '由', '使', '把', '将', '按', '给', '即'];
/// Longer names are more than a name.
const PLACE_CHARS: usize = 16;
/// A short ending (园区, 街道) needs a name of this many characters before it.
const NAME_CHARS: usize = 2;
/// Endings from this length on (开发区) say enough alone.
const TELLING_CHARS: usize = 3;

/// Reads the head of a clause.
pub fn head(text: &str, clause: &[Token], report: &Report, vocabulary: &Vocabulary) -> Head {
    let is_before = |token: &&Token| match &token.kind {
        Kind::Time(_) => true,
        Kind::Word(word) => word.indicators.is_empty() && word.cues.has_any(TIME_WORDS),
        _ => false,
    };
    let lead = clause.iter().take_while(is_before).count();
    for token in
        clause[..lead].iter().chain(clause.get(lead)).filter(|token| token.cues().has_any(&[Cue::Pool, Cue::NotNoun]))
    {
        if is_own(&text[token.range.clone()], report, vocabulary) {
            return Head::Whole;
        }
    }
    let rest = &clause[lead..];
    if let [first, next, ..] = rest
        && is_wider(&text[first.range.clone()], report, vocabulary)
        && (matches!(next.kind, Kind::Text) || matches!(&next.kind, Kind::Word(word) if !word.indicators.is_empty()))
        && !text[next.range.clone()].starts_with(['的', '最', '首', '唯', '第', '前'])
    {
        return Head::Part(first.range.clone());
    }
    if rest.first().is_some_and(|token| token.cues().has_any(&[Cue::Action])) {
        return Head::Silent;
    }
    let length = rest.iter().position(|token| !may_stand_in_name(token)).unwrap_or(rest.len());
    let (Some(first), Some(last)) = (rest[..length].first(), rest[..length].last()) else { return Head::Silent };
    let words = first.range.start..last.range.end;
    let Some(end) = place_end(&text[words.clone()], vocabulary).map(|end| words.start + end) else {
        return Head::Silent;
    };
    let place = words.start..end;
    let behind = &text[end..clause.last().map_or(end, |token| token.range.end)];
    let is_counted = behind.is_empty()
        || behind.starts_with(['、', '等', '和', '及', '共'])
        || rest.get(length).is_some_and(|next| next.range.start == end && matches!(next.kind, Kind::Quantity(_)));
    // 每个街道不少于1家
    let is_each = text[place.clone()].starts_with(['每', '各']);
    let is_counted =
        is_counted && !(is_each && behind.chars().next().is_some_and(|c| !matches!(c, '、' | '等' | '和' | '及')));
    let is_object = text[place.clone()].starts_with(PREPOSITIONS) || text[place.clone()].chars().count() > PLACE_CHARS;
    if is_counted || is_object {
        return Head::Silent;
    }
    if is_named(&text[place.clone()], report) {
        return Head::Named(place);
    }
    // 产业园达到12个: places are counted.
    let is_between = |token: &&Token| {
        token.cues().has_any(&[
            Cue::To,
            Cue::NotNoun,
            Cue::OverBefore,
            Cue::NearBefore,
            Cue::ApproxBefore,
            Cue::AtLeastBefore,
        ])
    };
    let next = rest.iter().filter(|token| token.range.start >= end).find(|token| !is_between(token));
    let is_whole = rest.iter().any(|token| token.range.start == end);
    let counts = is_whole
        && next.and_then(Token::quantity).is_some_and(|quantity| vocabulary.dimension(quantity.unit) == Some("count"));
    if counts && !is_each {
        return Head::Silent;
    }
    Head::Part(place)
}

/// What the name of a place says when it stands alone, in a cell of a table.
pub(super) fn of_name(name: Range<usize>, text: &str, report: &Report, vocabulary: &Vocabulary) -> Head {
    let words = &text[name.clone()];
    if is_own(words, report, vocabulary) {
        return Head::Whole;
    }
    if is_named(words, report) && vocabulary.areas_in(words).next().is_some() {
        return Head::Named(name);
    }
    let is_place = words.chars().count() <= PLACE_CHARS && place_end(words, vocabulary) == Some(words.len());
    if is_place || is_wider(words, report, vocabulary) || words == "全国" { Head::Part(name) } else { Head::Silent }
}

/// Words of time and connection in front of the place.
const TIME_WORDS: &[Cue] = &[
    Cue::NotNoun,
    Cue::ThisYear,
    Cue::LastYear,
    Cue::YearBefore,
    Cue::OneYear,
    Cue::MultiYear,
    Cue::ThisYearEnd,
    Cue::Conjunction,
    Cue::Estimate,
];

fn may_stand_in_name(token: &Token) -> bool {
    match &token.kind {
        Kind::Text | Kind::NameNumber => true,
        Kind::Punct(c) => matches!(c, '“' | '”' | '、'),
        Kind::Word(word) => word.indicators.is_empty() && !CueSet::has_any(word.cues, ENDS_HEAD),
        _ => false,
    }
}

/// Where the last place name in a run of words ends.
fn place_end(words: &str, vocabulary: &Vocabulary) -> Option<usize> {
    let has_chars = |text: &str, count: usize| text.chars().nth(count - 1).is_some();
    let ends_place = |ending: &Range<usize>| {
        has_chars(&words[ending.clone()], TELLING_CHARS) || has_chars(&words[..ending.start], NAME_CHARS)
    };
    let ending = vocabulary.places_in(words).filter(ends_place).last().map(|ending| ending.end);
    ending.max(vocabulary.areas_at_start(words).map(|(end, _)| end))
}

/// Whether a name is that of the reporting area, whole or shortened.
pub(super) fn is_named(place: &str, report: &Report) -> bool {
    report.area_name.as_deref().is_some_and(|own| own.ends_with(place) || place.ends_with(own))
}

/// 全市 in the report of a district: a place that holds the reporting area.
fn is_wider(word: &str, report: &Report, vocabulary: &Vocabulary) -> bool {
    // 全国 begins names more often (全国文明城市).
    const WHOLES: [(&str, &str); 2] = [("全省", "province"), ("全市", "city")];
    let named = WHOLES.iter().find(|(name, _)| *name == word).and_then(|(_, level)| level_depth(level));
    // A zone has no level of the table and lies below all of them.
    let own = report.area_level.as_deref().map(|level| level_depth(level).unwrap_or(LEVELS.len()));
    named.zip(own).is_some_and(|(named, own)| named < own) && !is_own(word, report, vocabulary)
}

/// 全区, 我市: the reporting area in a word, if the word is of its level.
pub(super) fn is_own(word: &str, report: &Report, vocabulary: &Vocabulary) -> bool {
    let Some(kind) = ["全", "我"].into_iter().find_map(|own| word.strip_prefix(own)) else { return false };
    let area = report.area.map(|area| &vocabulary.areas[area]);
    match area.map(|area| area.name.as_str()).or(report.area_name.as_deref()) {
        Some(name) => name.ends_with(kind) || kind == "国" && area.is_some_and(|area| area.level == "national"),
        None => true,
    }
}
