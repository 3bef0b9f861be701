//! The words of its own clause that tell what a number measures: before it, behind it, shared with its list.

use super::clause::{Reader, range_of};
use super::lexer::{Kind, Token};
use super::measure::Measure;
use super::shape::Shape;
use super::slots::{Slot, is_joint};
use super::wording::{ONE_STATEMENT_CHARS, last_statement, wording};
use crate::vocab::{Cue, Word};

/// Examples in front of a number (甲、乙等3个项目) say which, not what.
const EXAMPLES_END: char = '等';

impl Reader<'_> {
    /// The words around the number that tell what it measures.
    pub(super) fn own_words(&self, clause: &[Token], slot: &Slot, shape: &Shape) -> String {
        let is_change = shape.measure != Measure::Level;
        let tells_what_was_done = shape.rule == "cut" || shape.rule == "stock_change";
        let before = match shape.measure {
            _ if shape.rule == "difference" => until_comparison(slot.before),
            Measure::ChangePct | Measure::ChangeAbs | Measure::Multiple => without_base(self.text, slot.before),
            _ => slot.before,
        };
        let before = if shape.role == Some("from") { until_start(self.text, before) } else { before };
        let before = if shape.rule == "cut" { without_leading_cut(before) } else { before };
        // 新开工布坂路等7个项目: of the examples only the verb before them stays.
        let is_verb = |t: &&Token| t.cues().has_any(&[Cue::Action, Cue::Opener, Cue::Realised, Cue::Attribute]);
        let is_example = ends_in_examples(self.text, before) && !slot.after.is_empty();
        let before = if is_example { &before[..before.iter().take_while(is_verb).count()] } else { before };
        // 完成甲工程、乙工程和9座水库加固: what is listed before stands beside it.
        let before = match before.last() {
            Some(token) if !slot.after.is_empty() && before.len() > 1 && is_joint(self.text, token) => {
                let verbs = before.iter().take_while(|t| t.cues().has_any(&[Cue::Action, Cue::Opener])).count();
                &before[..verbs]
            }
            _ => before,
        };
        let before = last_statement(self.text, before, !slot.after.is_empty());
        let keeps_change = (!is_change || tells_what_was_done || shape.measure == Measure::Rank) && !shape.is_end;
        let mut before = wording(self.text, before, keeps_change);
        // 两年平均增长3%: of the rate, not of the thing.
        if is_change && before.ends_with("平均") {
            before.truncate(before.len() - "平均".len());
        }
        let own_number = &self.text[clause[slot.at].range.clone()];
        let after = match shape.measure {
            // 零感染: what there is none of.
            Measure::Level if own_number.starts_with('零') && own_number.len() > '零'.len_utf8() => {
                own_number['零'.len_utf8()..].to_string()
            }
            // 守住18亿亩红线: the norm is no object; 划定三条控制线 counts it.
            Measure::Level if !self.counts(clause[slot.at].quantity()) && opens_with_norm(slot.after) => String::new(),
            Measure::Level | Measure::Share => {
                // 5亿人口: the unit 人 takes a character of the noun.
                let is_cut = own_number.ends_with('人')
                    && slot.after.first().is_some_and(|t| self.text[t.range.clone()].starts_with('口'));
                let mut after = wording(self.text, slot.after, true);
                if is_cut {
                    after.insert(0, '人');
                }
                after.push_str(&self.shared_predicate(clause, slot));
                after
            }
            _ => String::new(),
        };
        if after.is_empty() && before.chars().count() > ONE_STATEMENT_CHARS {
            return self.known_ending(&before).map(str::to_string).unwrap_or(before);
        }
        before.push_str(&after);
        before
    }

    /// 新增停车位1500个、共享停车位1000个: the verb before a list holds for its members.
    pub(super) fn list_verb(&self, clause: &[Token], slot: &Slot) -> Option<&str> {
        let start = slot.at - slot.before.len();
        let is_number = |t: &Token| matches!(t.kind, Kind::Quantity(_));
        if !clause.get(start).is_some_and(|t| is_joint(self.text, t)) {
            return None;
        }
        let is_lead = |t: &&Token| matches!(t.kind, Kind::Time(_)) || t.cues().has(Cue::NotNoun);
        let first = clause.iter().find(|t| !is_lead(t))?;
        let makes = first.cues().has_any(&[Cue::Action, Cue::Realised]) && !first.cues().has(Cue::Completion);
        let from = clause.iter().position(is_number).filter(|&at| makes && at < start)?;
        let goes_on = |t: &Token| {
            let own = [Cue::Opener, Cue::Realised, Cue::Completion, Cue::Up, Cue::Down, Cue::To];
            !t.cues().has_any(&own)
                && (is_number(t) || !matches!(t.kind, Kind::Punct(c) if c != '、' && c != '“' && c != '”'))
        };
        clause[from..slot.at].iter().all(goes_on).then(|| &self.text[first.range.clone()])
    }

    /// 69条道路、5603个泊位实行电子收费: what is said of the last of a list is said of all of it.
    fn shared_predicate(&self, clause: &[Token], slot: &Slot) -> String {
        let is_thing = |token: &Token| matches!(token.kind, Kind::Text | Kind::Word(_)) && !is_joint(self.text, token);
        let mut at = slot.at + 1 + slot.after.len();
        if slot.after.is_empty() || !slot.after.iter().all(is_thing) {
            return String::new();
        }
        let (mut last, mut is_one_object, mut has_joint) = (None, false, false);
        // A joint or 共, a number, its noun: once or more.
        while let Some(number) = (at..clause.len()).take(3).find(|&i| matches!(clause[i].kind, Kind::Quantity(_))) {
            let is_list = clause[at..number]
                .iter()
                .all(|t| is_joint(self.text, t) || t.word_cues().has_any(&[Cue::Completion, Cue::NotNoun]));
            let end = (number + 1..clause.len()).find(|&i| !is_thing(&clause[i])).unwrap_or(clause.len());
            if !is_list {
                return String::new();
            }
            // 7100户62万平方米: one object counted twice has its noun behind the second number.
            has_joint |= clause[at..number].iter().any(|t| is_joint(self.text, t));
            is_one_object |= end == number + 1;
            last = Some(&clause[number + 1..end]);
            at = end;
        }
        let Some(told) = last.filter(|_| at == clause.len()) else { return String::new() };
        let is_done = |token: &Token| token.cues().has_any(&[Cue::Action, Cue::Opener, Cue::Realised, Cue::Completion]);
        if slot.after.iter().any(is_done) {
            return String::new();
        }
        if told.is_empty() {
            return String::new();
        }
        if range_of(told) == range_of(slot.after) {
            return String::new();
        }
        if !has_joint && (is_one_object || self.text[told[0].range.clone()].starts_with('的')) {
            return wording(self.text, told, true);
        }
        let opens = |token: &Token| {
            is_done(token)
                && !matches!(&token.kind, Kind::Word(w) if w.cues.has(Cue::VerbalNoun) || (w.cues.has(Cue::Action) && !w.cues.has(Cue::Opener)))
        };
        match told.iter().position(opens).filter(|&verb| verb > 0) {
            Some(verb) => wording(self.text, &told[verb..], true),
            None if told.len() > 1 && told.last().is_some_and(is_done) => {
                wording(self.text, &told[told.len() - 1..], true)
            }
            None => String::new(),
        }
    }

    /// The catalogue term that ends a long run of words in which something is done: commas are lost before it.
    fn known_ending<'s>(&self, words: &'s str) -> Option<&'s str> {
        let found: Vec<_> = self.vocabulary.words_in(words).collect();
        let (range, _) = found.iter().rfind(|(range, word)| range.end == words.len() && !word.indicators.is_empty())?;
        let is_verb =
            |word: &Word| word.indicators.is_empty() && word.cues.has_any(&[Cue::Action, Cue::Opener, Cue::Completion]);
        let is_done = found.iter().any(|(at, word)| at.start > 0 && at.end <= range.start && is_verb(word));
        (is_done && !words.contains('、') && words[range.clone()].chars().count() >= 3).then(|| &words[range.clone()])
    }
}

fn opens_with_norm(tokens: &[Token]) -> bool {
    tokens.first().is_some_and(|t| t.word_cues().has(Cue::Norm))
}

/// Whether a run of tokens ends with 等: 甲、乙等.
fn ends_in_examples(text: &str, tokens: &[Token]) -> bool {
    tokens.last().is_some_and(|t| text[t.range.clone()].ends_with(EXAMPLES_END))
}

fn without_leading_cut<'a, 'v>(tokens: &'a [Token<'v>]) -> &'a [Token<'v>] {
    match tokens {
        [verb, rest @ ..] if verb.word_cues().has(Cue::CutVerb) => rest,
        _ => tokens,
    }
}

/// 投资计划从去年安排的6.5亿元扩大到…: what stands before 从, if that tells something.
fn until_start<'a, 'v>(text: &str, tokens: &'a [Token<'v>]) -> &'a [Token<'v>] {
    let from = tokens.iter().rposition(|t| t.cues().has(Cue::From));
    match from {
        Some(at) if !wording(text, &tokens[..at], true).is_empty() => &tokens[..at],
        _ => tokens,
    }
}

/// What stands before 高于, 比 and the like.
fn until_comparison<'a, 'v>(tokens: &'a [Token<'v>]) -> &'a [Token<'v>] {
    const COMPARES: &[Cue] = &[Cue::OverBefore, Cue::BelowBefore, Cue::Versus, Cue::YearOnYear];
    let at = tokens.iter().position(|t| t.cues().has_any(COMPARES));
    &tokens[..at.unwrap_or(tokens.len())]
}

/// A change without the base it is counted from: not the words behind 比 or 较.
fn without_base<'a, 'v>(text: &str, tokens: &'a [Token<'v>]) -> &'a [Token<'v>] {
    const BASES: &[Cue] = &[Cue::Versus, Cue::YearOnYear, Cue::SinceYearStart];
    let Some(at) = tokens.iter().position(|t| t.cues().has_any(BASES)) else {
        return tokens;
    };
    if at > 0 {
        return &tokens[..at];
    }
    // 较2015年能耗下降6%: the thing stands behind the base.
    let is_part_of_base = |t: &Token| match &t.kind {
        Kind::Time(_) | Kind::Punct('“' | '”') => true,
        Kind::Word(word) => {
            word.indicators.is_empty()
                && (word.cues.has_any(&[Cue::Name, Cue::Versus, Cue::YearOnYear, Cue::SinceYearStart])
                    || word.cues.has_any(&[Cue::LastYear, Cue::YearBefore]))
        }
        Kind::Text => {
            matches!(&text[t.range.clone()], "末" | "底" | "初" | "期" | "的" | "期末" | "年底" | "年末" | "同期")
        }
        _ => false,
    };
    let end = tokens.iter().position(|t| !is_part_of_base(t)).unwrap_or(tokens.len());
    &tokens[end..]
}
