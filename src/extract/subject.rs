//! What a number measures: the words of its clause, or those of the clause before.

use super::clause::{MIN_SUBJECT_CHARS, Reader, range_of};
use super::lexer::{Kind, Quantity, Token};
use super::measure::Measure;
use super::shape::Shape;
use super::slots::{Slot, is_joint, is_verb_only};
use super::wording::{NAMES_OF_SHARE, ONE_STATEMENT_CHARS, last_statement, wording};
use crate::vocab::{Cue, Word};
use std::ops::Range;

/// Examples in front of a number (甲、乙等3个项目) say which, not what.
const EXAMPLES_END: char = '等';
/// A part told in so few characters (超额完成) needs the words of its whole.
const SHORT_PART_CHARS: usize = 6;

/// 占, 约占: behind it stands the whole.
pub(super) fn is_share_verb(token: &Token) -> bool {
    matches!(&token.kind, Kind::Word(w) if w.cues.has(Cue::Share) && w.indicators.is_empty() && w.text.contains('占') && w.text != "占比")
}

/// Before a number they make it a stock: 新增场馆8所，累计达86所.
const SUMS: [&str; 5] = ["累计", "累计达", "累计达到", "总计", "共计"];

/// The subject of a number and how it was found.
pub(super) struct Found {
    pub text: String,
    pub clause: Range<usize>,
    pub indicator: Option<usize>,
    pub is_inferred: bool,
    /// Where in the text a property begins that was added to the thing it is of.
    pub property_from: usize,
}

impl Reader<'_> {
    /// What the number measures. `role` is that of the number; `name` what a 分别 gives it.
    pub(super) fn subject(
        &self,
        clause: &[Token],
        slot: &Slot,
        shape: &Shape,
        role: Option<&str>,
        name: Option<String>,
    ) -> Found {
        let clause_range = range_of(clause);
        let found = |text: String| Found {
            text,
            clause: clause_range.clone(),
            indicator: None,
            is_inferred: false,
            property_from: 0,
        };
        if let Some(text) = name {
            return found(text);
        }
        if shape.rule == "ratio"
            && let Some(first) = self.out.drafts.iter().find(|draft| draft.rule == "ratio")
        {
            // 由20.8:36.7:42.5调整优化为17.7:33.4:48.9: all parts are of one structure.
            return Found { clause: first.clause.start..clause_range.end, ..found(first.wording.clone()) };
        }
        if shape.measure == Measure::Level
            && self.is_change_only(slot)
            && let Some(subject) = &self.carried.subject
        {
            // 常住人口控制在185万人以内，连续三年下降
            let told: String = slot.after.iter().map(|token| &self.text[token.range.clone()]).collect();
            let text = format!("{}{told}", subject.text);
            return Found {
                clause: subject.clause.start..clause_range.end,
                is_inferred: true,
                indicator: subject.indicator,
                ..found(text)
            };
        }
        let (own, ratio) = match shape.measure {
            Measure::Share if slot.before.iter().any(is_share_verb) => share_words(self.text, slot.before),
            _ => (self.own_words(clause, slot, shape), String::new()),
        };
        if !ratio.is_empty() {
            return self.share(own, &ratio, clause_range);
        }
        // 钢增长6%: a single character is a name where the catalogue knows it.
        if own.chars().count() >= MIN_SUBJECT_CHARS || self.vocabulary.whole_term(&own).is_some() {
            let whole = self
                .carried
                .whole
                .map(|i| &self.out.drafts[i].wording)
                .filter(|_| role == Some("part") && own.chars().count() <= SHORT_PART_CHARS);
            if let Some(whole) = whole.filter(|_| super::link::link(&own, &own, None, self.vocabulary).is_none()) {
                return Found { is_inferred: true, ..found(format!("{whole}{own}")) };
            }
            // 办结率和见面率 are properties like each of them.
            let is_attribute =
                self.is_attribute(&own) || own.split(['、', '和', '及', '与']).all(|part| self.is_attribute(part));
            let is_percent = matches!(&clause[slot.at].kind, Kind::Quantity(quantity) if quantity.unit_text == "%");
            let is_stage = is_attribute && !self.is_effect(&own);
            let base = self.funded(clause, slot).or_else(|| self.spoken_of().filter(|_| is_attribute));
            return match base {
                Some((thing, range)) if !thing.is_empty() => Found {
                    clause: range.start.min(clause_range.start)..clause_range.end,
                    is_inferred: true,
                    property_from: if self.is_effect(&own) { thing.len() } else { 0 },
                    ..found(format!("{}{own}", if is_stage { self.without_making(&thing) } else { &thing }))
                },
                _ => {
                    let verb = self.list_verb(clause, slot).filter(|_| {
                        shape.measure == Measure::Level && shape.role.is_none() && !is_attribute && !is_percent
                    });
                    found(verb.map_or(own.clone(), |verb| format!("{verb}{own}")))
                }
            };
        }
        if let Some(subject) = &self.carried.subject {
            let is_said = own.is_empty() || subject.text.ends_with(&own);
            let sums_up = own.is_empty() && slot.before.iter().any(|t| SUMS.contains(&&self.text[t.range.clone()]));
            let text = if sums_up && shape.measure == Measure::Level {
                self.without_making(&subject.text).to_string()
            } else if is_said || shape.measure != Measure::Level {
                subject.text.clone()
            } else {
                format!("{}{own}", subject.text)
            };
            return Found {
                text,
                clause: subject.clause.start..clause_range.end,
                indicator: subject.indicator,
                is_inferred: true,
                property_from: 0,
            };
        }
        if let Some((topic, range)) = &self.carried.topic {
            return Found {
                clause: range.start..clause_range.end,
                is_inferred: true,
                ..found(format!("{topic}{own}"))
            };
        }
        Found { is_inferred: true, ..found(own) }
    }

    /// What the sentence speaks of: the subject of the number before or the words of a clause without one,
    /// whichever was said last; without a property of its own.
    pub(super) fn spoken_of(&self) -> Option<(String, Range<usize>)> {
        let subject = self
            .carried
            .subject
            .as_ref()
            .map(|subject| (self.without_attribute(&subject.text).to_string(), subject.clause.clone()));
        let topic = self.carried.topic.clone();
        match (subject, topic) {
            (Some(subject), Some(topic)) if topic.1.start > subject.1.start => Some(topic),
            (subject, topic) => subject.or(topic),
        }
    }

    /// What money is for: 投资8亿元，新建改造公路; 安排800万元，奖补合作社.
    fn funded(&self, clause: &[Token], slot: &Slot) -> Option<(String, Range<usize>)> {
        let is_money = matches!(&clause[slot.at].kind, Kind::Quantity(quantity) if quantity.unit.is_some_and(|unit| self.vocabulary.units[unit].dimension == "money"));
        let is_funding = |token: &Token| matches!(&token.kind, Kind::Word(word) if word.cues.has(Cue::Funding));
        let leads = slot.before.iter().any(is_funding) && is_verb_only(slot.before);
        if !is_money || !leads || !slot.after.is_empty() {
            return None;
        }
        let opens = |token: &Token| matches!(&token.kind, Kind::Word(word) if word.cues.has_any(&[Cue::Action, Cue::Opener, Cue::Completion, Cue::Realised]));
        let next = self
            .ahead
            .split(|token| matches!(token.kind, Kind::Punct('，' | '；' | '：' | '。' | '！' | '？' | '\n')))
            .find(|clause| !clause.is_empty())?;
        next.first().is_some_and(opens).then(|| (wording(self.text, next, true), range_of(next)))
    }

    /// A share that is named: 经费占生产总值的比重, of what the clause before speaks of if need be.
    fn share(&self, part: String, ratio: &str, clause: Range<usize>) -> Found {
        let found = |text: String, clause: Range<usize>, is_inferred: bool| Found {
            text,
            clause,
            indicator: None,
            is_inferred,
            property_from: 0,
        };
        if !part.is_empty() {
            return found(format!("{part}{ratio}"), clause, false);
        }
        match (&self.carried.subject, &self.carried.topic) {
            (Some(subject), _) => {
                let base = subject.text.find('占').map_or(subject.text.as_str(), |at| &subject.text[..at]);
                Found {
                    indicator: subject.indicator,
                    ..found(format!("{base}{ratio}"), subject.clause.start..clause.end, true)
                }
            }
            (None, Some((topic, range))) => found(format!("{topic}{ratio}"), range.start..clause.end, true),
            (None, None) => found(ratio.to_string(), clause, false),
        }
    }

    /// A subject without the property named at its end: 加装电梯开工 -> 加装电梯.
    fn without_attribute<'s>(&self, subject: &'s str) -> &'s str {
        let mut thing = subject;
        while let Some((at, _)) = thing.char_indices().find(|&(at, _)| self.is_attribute(&thing[at..])) {
            // 一般公共预算收入 is no property of 一般公共预算.
            if self.is_effect(&thing[at..]) && self.vocabulary.is_term(thing) {
                break;
            }
            thing = &thing[..at];
            match thing.strip_suffix(['、', '和', '及', '与']) {
                Some(joined) => thing = joined,
                None => break,
            }
        }
        thing
    }

    /// A thing without the verbs of making before it: 新增体育场馆, 总数达86所 counts 体育场馆.
    fn without_making<'s>(&self, thing: &'s str) -> &'s str {
        let mut rest = thing;
        while let Some((end, word)) = self.vocabulary.word_at(rest, 0)
            && end < rest.len()
            && word.indicators.is_empty()
            && word.cues.has(Cue::Realised)
            && !word.cues.has(Cue::StockNoun)
        {
            rest = &rest[end..];
        }
        rest
    }

    /// Whether nothing stands around the number but a verb of change behind it.
    fn is_change_only(&self, slot: &Slot) -> bool {
        let is_change = |token: &Token| token.cues().has_any(&[Cue::Up, Cue::Down, Cue::Completion]);
        !slot.after.is_empty() && slot.after.iter().all(is_change) && wording(self.text, slot.before, true).is_empty()
    }

    fn is_effect(&self, words: &str) -> bool {
        self.vocabulary.word_at(words, 0).is_some_and(|(_, word)| word.cues.has(Cue::Effect))
    }

    pub(super) fn is_attribute(&self, words: &str) -> bool {
        let word = self.vocabulary.word_at(words, 0);
        word.is_some_and(|(end, word)| end == words.len() && word.cues.has(Cue::Attribute))
    }

    /// The words around the number that tell what it measures.
    fn own_words(&self, clause: &[Token], slot: &Slot, shape: &Shape) -> String {
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
            Measure::Level if !self.counts(quantity_of(clause, slot)) && opens_with_norm(slot.after) => String::new(),
            Measure::Level | Measure::Share => {
                // 5亿人口: the unit 人 takes a character of the noun.
                let is_cut = own_number.ends_with('人')
                    && slot.after.first().is_some_and(|t| self.text[t.range.clone()].starts_with('口'));
                let cut = if is_cut { "人" } else { "" };
                format!("{cut}{}{}", wording(self.text, slot.after, true), self.shared_predicate(clause, slot))
            }
            _ => String::new(),
        };
        if after.is_empty() && before.chars().count() > ONE_STATEMENT_CHARS {
            return self.known_ending(&before).map_or(before.clone(), str::to_string);
        }
        format!("{before}{after}")
    }

    /// 新增停车位1500个、共享停车位1000个: the verb before a list holds for its members.
    fn list_verb(&self, clause: &[Token], slot: &Slot) -> Option<&str> {
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
            let is_list = clause[at..number].iter().all(|t| {
                is_joint(self.text, t)
                    || matches!(&t.kind, Kind::Word(w) if w.cues.has_any(&[Cue::Completion, Cue::NotNoun]))
            });
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

fn quantity_of<'c>(clause: &'c [Token], slot: &Slot) -> Option<&'c Quantity> {
    match &clause[slot.at].kind {
        Kind::Quantity(quantity) => Some(quantity),
        _ => None,
    }
}

fn opens_with_norm(tokens: &[Token]) -> bool {
    matches!(tokens.first().map(|t| &t.kind), Some(Kind::Word(word)) if word.cues.has(Cue::Norm))
}

/// Whether a run of tokens ends with 等: 甲、乙等.
fn ends_in_examples(text: &str, tokens: &[Token]) -> bool {
    tokens.last().is_some_and(|t| text[t.range.clone()].ends_with(EXAMPLES_END))
}

fn without_leading_cut<'a, 'v>(tokens: &'a [Token<'v>]) -> &'a [Token<'v>] {
    match tokens.first().map(|t| &t.kind) {
        Some(Kind::Word(word)) if word.cues.has(Cue::CutVerb) => &tokens[1..],
        _ => tokens,
    }
}

/// The words of a share: those before 占, and behind them 占…的比重 as written, if the share is named so.
fn share_words(text: &str, tokens: &[Token]) -> (String, String) {
    let Some(at) = tokens.iter().position(|token| is_share_verb(token)) else {
        return (wording(text, tokens, false), String::new());
    };
    let names_share = |token: &&Token| NAMES_OF_SHARE.iter().any(|noun| text[token.range.clone()].ends_with(noun));
    let ratio = match tokens[at..].iter().rfind(names_share) {
        Some(end) => text[tokens[at].range.start..end.range.end].to_string(),
        None => String::new(),
    };
    (wording(text, &tokens[..at], true), ratio)
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
    let is_base = |cues: crate::vocab::CueSet| cues.has_any(&[Cue::Versus, Cue::YearOnYear, Cue::SinceYearStart]);
    let Some(at) =
        tokens.iter().position(|t| matches!(&t.kind, Kind::Word(w) if is_base(w.cues) && w.indicators.is_empty()))
    else {
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

/// From the subject's clause to the end of the number's object.
pub(super) fn quote(subject: &Range<usize>, clause: &[Token], slot: &Slot) -> Range<usize> {
    let own = range_of(clause);
    let end = slot.after.last().map_or(own.end, |t| t.range.end).max(clause[slot.at].range.end);
    let end = if slot.after.is_empty() { own.end } else { end };
    let start = if subject.start <= own.start { subject.start } else { own.start };
    start..end
}
