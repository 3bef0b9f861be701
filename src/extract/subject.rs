//! What a number measures: the words of its clause, or those of the clause before.

use super::clause::{MIN_SUBJECT_CHARS, Reader, range_of};
use super::lexer::{Kind, Token};
use super::measure::Measure;
use super::shape::Shape;
use super::slots::{Slot, is_verb_only};
use super::wording::{NAMES_OF_SHARE, wording};
use crate::vocab::Cue;
use std::ops::Range;

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
            let is_percent = clause[slot.at].quantity().is_some_and(|quantity| quantity.unit_text == "%");
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
        let unit = clause[slot.at].quantity().and_then(|quantity| quantity.unit);
        let is_money = self.vocabulary.dimension(unit) == Some("money");
        let is_funding = |token: &Token| token.word_cues().has(Cue::Funding);
        let leads = slot.before.iter().any(is_funding) && is_verb_only(slot.before);
        if !is_money || !leads || !slot.after.is_empty() {
            return None;
        }
        let opens =
            |token: &Token| token.word_cues().has_any(&[Cue::Action, Cue::Opener, Cue::Completion, Cue::Realised]);
        let next = self.ahead.split(Token::ends_clause).find(|clause| !clause.is_empty())?;
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

/// From the subject's clause to the end of the number's object.
pub(super) fn quote(subject: &Range<usize>, clause: &[Token], slot: &Slot) -> Range<usize> {
    let own = range_of(clause);
    let end = slot.after.last().map_or(own.end, |t| t.range.end).max(clause[slot.at].range.end);
    let end = if slot.after.is_empty() { own.end } else { end };
    let start = if subject.start <= own.start { subject.start } else { own.start };
    start..end
}
