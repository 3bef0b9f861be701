//! The rules: one sentence of tokens -> drafts, clause by clause.
//!
//! A clause ends at ，；：。; its numbers share verbs and modifiers. What reaches further — the subject,
//! 预计, a date, 其中 — is carried in [`Carried`] to the end of the sentence at most.

use super::lexer::{Kind, Quantity, RangeEnd, Token};
use super::measure::{Direction, Measure};
use super::period::{OwnTime, Place, Question, TimeState};
use super::wording::{cues_in, respective_names, wording};
use super::{Draft, Status, link};
use crate::model::{Report, SectionRole, Sentence};
use crate::vocab::{Cue, Vocabulary};
use std::ops::Range;

/// A noun this short in front of a number says too little to be its subject on its own.
const MIN_SUBJECT_CHARS: usize = 2;

/// What a sentence gives.
#[derive(Debug, Default)]
pub struct Read {
    pub drafts: Vec<Draft>,
    /// 分别 lists whose names and numbers do not pair: where, and a sentence.
    pub mismatches: Vec<(Range<usize>, String)>,
}

/// What goes on from clause to clause inside a sentence.
#[derive(Default)]
struct Carried {
    time: TimeState,
    is_estimate: bool,
    /// 完成 and the like take their own clause out of the estimate's reach.
    is_suspended: bool,
    is_preliminary: bool,
    /// 将增长, 将达到
    is_future: bool,
    is_part: bool,
    /// What was measured last, where it stands, and its catalogue entry.
    subject: Option<Subject>,
    /// The words of a clause without a number, for a 分别 in the next.
    topic: Option<(String, Range<usize>)>,
    /// The last level, which a 其中 number is part of.
    whole: Option<usize>,
}

#[derive(Clone)]
struct Subject {
    text: String,
    clause: Range<usize>,
    indicator: Option<usize>,
    scope: Option<String>,
}

/// The drafts of one sentence.
pub fn read_sentence(text: &str, tokens: &[Token], sentence: &Sentence, report: &Report, vocabulary: &Vocabulary) -> Read {
    let mut reader = Reader { text, sentence, report, vocabulary, carried: Carried::default(), out: Read::default() };
    let mut from = 0;
    let mut depth = 0i32;
    for i in 0..=tokens.len() {
        let mark = match tokens.get(i).map(|t| &t.kind) {
            Some(Kind::Punct(c)) => Some(*c),
            Some(_) => None,
            None => Some('。'),
        };
        match mark {
            Some('（') => depth += 1,
            Some('）') => depth = (depth - 1).max(0),
            _ => {}
        }
        let ends = matches!(mark, Some('，' | '；' | '：' | '。' | '！' | '？' | '\n')) && (depth == 0 || i == tokens.len());
        if ends {
            if from < i {
                reader.read_clause(&tokens[from..i]);
            }
            if matches!(mark, Some('；')) {
                reader.carried.time.end_part();
                reader.carried.is_part = false;
            }
            from = i + 1;
        }
    }
    reader.out
}

struct Reader<'a> {
    text: &'a str,
    sentence: &'a Sentence,
    report: &'a Report,
    vocabulary: &'a Vocabulary,
    carried: Carried,
    out: Read,
}

/// A number of a clause and the tokens that belong to it.
struct Slot<'a, 'v> {
    at: usize,
    /// Tokens between the number before (or the clause's start) and this one.
    before: &'a [Token<'v>],
    /// Tokens behind it that are its object (完成340座｜公厕改造).
    after: &'a [Token<'v>],
}

impl Reader<'_> {
    fn read_clause(&mut self, clause: &[Token]) {
        self.read_status_cues(clause);
        if cues_in(clause).any(|cues| cues.has(Cue::Part)) {
            self.carried.is_part = true;
        }
        let slots = slots(self.text, clause, self.vocabulary);
        if slots.is_empty() {
            self.carried.time.read(clause, self.text, Place { report: self.report, sentence: self.sentence });
            let words = wording(self.text, clause, true);
            if words.chars().count() >= MIN_SUBJECT_CHARS {
                self.carried.topic = Some((words, range_of(clause)));
            }
            return;
        }
        let names = self.respective_names(clause, &slots);
        let first_draft = self.out.drafts.len();
        let mut from = 0;
        let mut last_own = OwnTime::default();
        for (index, slot) in slots.iter().enumerate() {
            let name = names.as_ref().and_then(|names| names.get(index)).cloned().flatten();
            let before = &clause[from..slot.at];
            from = slot.at + 1;
            match &clause[slot.at].kind {
                Kind::Quantity(quantity) => {
                    // 是2005年的1.8倍: the year is the base, not the time.
                    let own = if quantity.unit_text == "倍" { OwnTime::default() } else { self.carried.time.read(before, self.text, Place { report: self.report, sentence: self.sentence }) };
                    last_own = if quantity.is_ratio_part && is_only_joint(self.text, before) { last_own } else { own };
                    self.read_quantity(clause, slot, quantity, name, last_own);
                }
                _ => {
                    self.carried.time.read(before, self.text, Place { report: self.report, sentence: self.sentence });
                    self.read_rank(clause, slot, name);
                }
            }
        }
        self.share_respective_modifiers(clause, first_draft);
        // 12项任务中，6项超额完成
        if self.text[range_of(clause)].ends_with('中') && self.carried.whole.is_some() {
            self.carried.is_part = true;
        }
    }

    fn place(&self) -> Place<'_> {
        Place { report: self.report, sentence: self.sentence }
    }

    /// 预计 holds until a verb of completing with a subject of its own.
    fn read_status_cues(&mut self, clause: &[Token]) {
        let mut estimate_at = None;
        let mut realised_at = None;
        for (i, token) in clause.iter().enumerate() {
            if let Kind::Word(word) = &token.kind {
                if word.cues.has(Cue::Estimate) {
                    estimate_at = Some(i);
                }
                if word.cues.has(Cue::Realised) && realised_at.is_none() {
                    realised_at = Some(i);
                }
                let leads_to_verb = matches!(clause.get(i + 1).map(|t| &t.kind), Some(Kind::Word(w)) if w.cues.has_any(&[Cue::Up, Cue::Down, Cue::To, Cue::Completion]));
                if word.cues.has(Cue::Future) && leads_to_verb {
                    self.carried.is_future = true;
                }
                if word.cues.has(Cue::Preliminary) {
                    self.carried.is_preliminary = true;
                }
            }
        }
        let speaks_for_itself = cues_in(clause).any(|cues| cues.has_any(&[Cue::To, Cue::Completion, Cue::RankVerb]));
        let has_subject = clause.first().is_some_and(|t| !matches!(&t.kind, Kind::Word(w) if w.cues.has_any(&[Cue::Up, Cue::Down, Cue::YearOnYear, Cue::Share, Cue::Versus, Cue::AnnualAverage]) && w.indicators.is_empty()));
        if estimate_at.is_some() {
            self.carried.is_estimate = true;
            self.carried.is_suspended = false;
        } else if realised_at.is_some() {
            self.carried.is_suspended = true;
        } else if has_subject && !speaks_for_itself {
            // 社会消费品零售总额837亿元: without a verb of its own the estimate goes on.
            self.carried.is_suspended = false;
        }
    }

    fn status(&self) -> Status {
        let is_past = self.sentence.role.is_plan() && self.carried.time.is_before(self.report.planned_year);
        let speaks_of_later = self.carried.is_future || self.carried.time.is_after(self.report.reviewed_year);
        let is_future = !self.sentence.role.is_plan() && self.sentence.role != SectionRole::Explanation && speaks_of_later;
        if (self.sentence.role.is_plan() && !is_past) || is_future {
            Status::Target
        } else if self.carried.is_estimate && !self.carried.is_suspended && self.sentence.role != SectionRole::Explanation {
            Status::Estimate
        } else {
            Status::Actual
        }
    }

    /// The names that a 分别 spreads its numbers over, one a slot; `None` where there is no 分别.
    fn respective_names(&mut self, clause: &[Token], slots: &[Slot]) -> Option<Vec<Option<String>>> {
        let at = clause.iter().position(|t| matches!(&t.kind, Kind::Word(w) if w.cues.has(Cue::Respectively)))?;
        let spread: Vec<usize> = (0..slots.len()).filter(|&i| slots[i].at > at).collect();
        if spread.len() < 2 {
            return None;
        }
        let last_number = clause[..at].iter().rposition(|t| matches!(t.kind, Kind::Quantity(_))).map_or(0, |i| i + 1);
        let mut subject = wording(self.text, &clause[last_number..at], true);
        if subject.is_empty() {
            subject = self.carried.topic.as_ref().map(|(words, _)| words.clone()).unwrap_or_default();
        }
        let names = respective_names(&subject);
        // 由A、B提高到C、D: the numbers come in as many rounds as there are names.
        if names.len() < 2 || spread.len() % names.len() != 0 {
            let range = range_of(clause);
            self.out.mismatches.push((range, format!("分别 names {} things and {} numbers", names.len(), spread.len())));
            return None;
        }
        let mut by_slot = vec![None; slots.len()];
        for (k, &slot) in spread.iter().enumerate() {
            by_slot[slot] = Some(names[k % names.len()].clone());
        }
        Some(by_slot)
    }

    /// 分别达到98%和99%以上: a bound behind the last number of the list holds for all of it.
    fn share_respective_modifiers(&mut self, clause: &[Token], first_draft: usize) {
        if !cues_in(clause).any(|cues| cues.has(Cue::Respectively)) {
            return;
        }
        let Some(last) = self.out.drafts.last().cloned() else { return };
        if last.comparator == "=" {
            return;
        }
        for draft in &mut self.out.drafts[first_draft..] {
            if draft.comparator == "=" && draft.unit == last.unit && draft.measure == last.measure {
                draft.comparator = last.comparator;
                draft.modifiers.clone_from(&last.modifiers);
            }
        }
    }

    fn read_quantity(&mut self, clause: &[Token], slot: &Slot, quantity: &Quantity, name: Option<String>, own: OwnTime) {
        let token = &clause[slot.at];
        let Some(shape) = self.shape(clause, slot, quantity) else { return };
        let modifiers = self.modifiers(clause, slot, &shape);
        let streak = clause[..slot.at].iter().rev().take(2).any(|t| matches!(&t.kind, Kind::Word(w) if w.cues.has(Cue::Streak)));
        let streak_years = (streak && quantity.unit_text == "年").then_some(quantity.numeral.value as i32);
        let is_average = shape.change_basis == Some("annual_average");
        let is_change = matches!(shape.measure, Measure::ChangePct | Measure::ChangeAbs);
        let period = self.carried.time.period(self.place(), Question { own, is_change, is_average, is_end: shape.is_end, streak: streak_years });
        let subject = self.subject(clause, slot, &shape, name);
        let comparator = match quantity.range {
            Some(RangeEnd::Low) => ">=",
            Some(RangeEnd::High) => "<=",
            None if quantity.numeral.is_more => ">",
            None => modifiers.comparator,
        };
        // 7大领域 needs no unit.
        let is_unit_missing = quantity.unit.is_none() && !self.text[token.range.end..].starts_with('大') && quantity.unit_text.is_empty() && quantity.numeral.value != 0.0 && !shape.is_index;
        // 49.5件: a decimal of things that come whole is proof of a lost 万.
        let is_damaged = quantity.unit.is_some_and(|u| self.vocabulary.units[u].dimension == "count")
            && quantity.numeral.decimals > 0
            && quantity.numeral.multiplier.is_empty()
            && matches!(shape.measure, Measure::Level)
            && !shape.is_ratio;
        let role = shape.role.or_else(|| (self.carried.is_part && shape.measure == Measure::Level && self.carried.whole.is_some()).then_some("part"));
        let related = match role {
            Some("part") => self.carried.whole,
            Some("to") => self.out.drafts.iter().rposition(|d| d.role == Some("from")),
            _ => None,
        };
        let draft = Draft {
            range: modifiers.start..modifiers.end.max(token.range.end),
            quote: quote(&subject.clause, clause, slot),
            clause: range_of(clause),
            subject_inferred: subject.is_inferred,
            inherited_indicator: subject.indicator,
            wording: subject.text.clone(),
            measure: shape.measure,
            direction: shape.direction,
            status: self.status(),
            is_preliminary: self.carried.is_preliminary,
            comparator,
            modifiers: modifiers.words,
            value: quantity.numeral.value,
            scale: quantity.numeral.scale,
            is_negative: quantity.numeral.is_negative && shape.measure == Measure::Level,
            unit: quantity.unit.or_else(|| (quantity.unit_text == "倍").then(|| self.vocabulary.units.iter().position(|u| u.text == "倍")).flatten()),
            unit_text: quantity.unit_text.clone(),
            unit_is_shared: quantity.unit_is_shared,
            decimals: quantity.numeral.decimals,
            period,
            change_basis: shape.change_basis,
            within: shape.within,
            scope: subject.scope.clone(),
            role,
            related,
            is_unit_missing,
            is_damaged,
            rule: shape.rule,
        };
        if shape.measure == Measure::Level && role != Some("part") {
            self.carried.whole = Some(self.out.drafts.len());
        }
        self.remember(&subject, &draft);
        self.out.drafts.push(draft);
    }

    fn read_rank(&mut self, clause: &[Token], slot: &Slot, name: Option<String>) {
        let token = &clause[slot.at];
        let (value, comparator) = match &token.kind {
            Kind::Ordinal(value) => (*value, "="),
            Kind::Top(value) => (*value, "<="),
            _ => (1.0, "="),
        };
        let pool = clause[..slot.at].iter().rev().take(3).find(|t| matches!(&t.kind, Kind::Word(w) if w.cues.has(Cue::Pool)));
        let within = pool.map(|t| self.text[t.range.clone()].to_string());
        let shape = Shape { within, rule: "rank", ..Shape::new(Measure::Rank) };
        let subject = self.subject(clause, slot, &shape, name);
        let streak = clause[..slot.at].iter().find_map(|t| match &t.kind {
            Kind::Quantity(q) if q.unit_text == "年" && q.numeral.value >= 2.0 => Some(q.numeral.value as i32),
            _ => None,
        });
        let streak = streak.filter(|_| cues_in(&clause[..slot.at]).any(|cues| cues.has(Cue::Streak)));
        let period = self.carried.time.period(self.place(), Question { streak, ..Question::default() });
        let draft = Draft {
            range: token.range.clone(),
            quote: quote(&subject.clause, clause, slot),
            clause: range_of(clause),
            subject_inferred: subject.is_inferred,
            inherited_indicator: subject.indicator,
            wording: subject.text.clone(),
            measure: Measure::Rank,
            direction: None,
            status: self.status(),
            is_preliminary: self.carried.is_preliminary,
            comparator,
            modifiers: Vec::new(),
            value,
            scale: 1.0,
            is_negative: false,
            unit: None,
            unit_text: "位".to_string(),
            unit_is_shared: false,
            decimals: 0,
            period,
            change_basis: None,
            within: shape.within,
            scope: subject.scope.clone(),
            role: None,
            related: None,
            is_unit_missing: false,
            is_damaged: false,
            rule: shape.rule,
        };
        self.remember(&subject, &draft);
        self.out.drafts.push(draft);
    }

    fn remember(&mut self, subject: &Found, draft: &Draft) {
        if draft.wording.is_empty() {
            return;
        }
        let dimension = (draft.measure == Measure::Level).then(|| draft.unit.map(|u| self.vocabulary.units[u].dimension.as_str())).flatten();
        let indicator = link::link(&draft.wording, &self.text[draft.clause.clone()], dimension, self.vocabulary).or(subject.indicator);
        self.carried.subject =
            Some(Subject { text: draft.wording.clone(), clause: subject.clause.clone(), indicator, scope: subject.scope.clone() });
    }
}

/// How a number is meant, as far as its clause tells.
struct Shape {
    measure: Measure,
    direction: Option<Direction>,
    change_basis: Option<&'static str>,
    within: Option<String>,
    role: Option<&'static str>,
    /// 达到, 至 and the like stand before the number.
    reaches: bool,
    /// The number is an end of a change: 提高到83%.
    is_end: bool,
    /// A number without a unit that needs none (指数5.03).
    is_index: bool,
    /// A count per something (每千人4.3个) may have decimals.
    is_ratio: bool,
    rule: &'static str,
}

impl Shape {
    fn new(measure: Measure) -> Shape {
        Shape { measure, direction: None, change_basis: None, within: None, role: None, reaches: false, is_end: false, is_index: false, is_ratio: false, rule: "level" }
    }
}

/// Cues that may stand between a verb and its number.
const TRANSPARENT: &[Cue] = &[
    Cue::ApproxBefore,
    Cue::NearBefore,
    Cue::OverBefore,
    Cue::AtLeastBefore,
    Cue::AtMostBefore,
    Cue::ControlBefore,
    Cue::BelowBefore,
    Cue::To,
    Cue::Respectively,
    Cue::YearOnYear,
    Cue::AnnualAverage,
    Cue::Conjunction,
    Cue::NotNoun,
];

impl Reader<'_> {
    fn shape(&self, clause: &[Token], slot: &Slot, quantity: &Quantity) -> Option<Shape> {
        let text = self.text;
        let is_percent = quantity.unit_text == "%";
        let is_points = quantity.unit_text.ends_with("百分点");
        let mut shape = Shape::new(Measure::Level);
        // In a list of numbers (增长12%和9%) the verb stands before the first.
        let lead: &[Token] = if is_only_joint(text, slot.before) { list_lead(text, clause, slot.at) } else { slot.before };
        let mut head: Option<&Token> = None;
        for token in lead.iter().rev() {
            match &token.kind {
                Kind::Word(word) if word.cues.has_any(TRANSPARENT) && word.indicators.is_empty() => {
                    shape.reaches |= word.cues.has(Cue::To);
                }
                Kind::Text if is_particle(&text[token.range.clone()]) => {}
                Kind::Quantity(_) | Kind::Punct(_) | Kind::Time(_) => {}
                _ => {
                    head = Some(token);
                    break;
                }
            }
        }
        let head_cues = match head.map(|t| &t.kind) {
            Some(Kind::Word(word)) => word.cues,
            _ => Default::default(),
        };
        let clause_cues: Vec<_> = cues_in(&clause[..slot.at]).collect();
        let has = |cue: Cue| clause_cues.iter().any(|cues| cues.has(cue));
        let moves = |cues: crate::vocab::CueSet| {
            if cues.has_any(&[Cue::Up, Cue::RateUp]) {
                Some(Direction::Up)
            } else if cues.has_any(&[Cue::Down, Cue::RateDown]) {
                Some(Direction::Down)
            } else {
                None
            }
        };
        shape.change_basis = if has(Cue::AnnualAverage) {
            Some("annual_average")
        } else if has(Cue::SinceYearStart) {
            Some("since_year_start")
        } else if has(Cue::Versus) && !has(Cue::YearOnYear) {
            Some("versus")
        } else {
            Some("yoy")
        };
        // 提升15片场地, 减少3个环节: things done, told by the object behind the number.
        let has_object = !is_percent && !is_points && !wording(text, slot.after, true).is_empty();
        let is_term = matches!(head.map(|t| &t.kind), Some(Kind::Word(word)) if !word.indicators.is_empty());
        let is_rate_noun = head_cues.has_any(&[Cue::RateUp, Cue::RateDown]) || (is_term && is_percent);
        let direction = moves(head_cues);
        shape.is_ratio = has(Cue::NamePrefix) || is_per_count(text, clause);
        shape.is_index = head.is_some_and(|t| text[t.range.clone()].ends_with("指数"))
            || lead.iter().any(|t| text[t.range.clone()].ends_with("指数"))
            || quantity.numeral.value == 0.0;
        if quantity.is_ratio_part {
            shape.measure = Measure::Share;
            shape.role = self.end_of_ratio(clause, slot);
            shape.is_index = true;
            shape.rule = "ratio";
        } else if quantity.unit_text == "倍" {
            shape.measure = Measure::Multiple;
            shape.direction = direction.or(Some(Direction::Up));
            shape.rule = "multiple";
        } else if let Some(direction) = direction.filter(|_| (!shape.reaches || is_rate_noun) && !has_object) {
            let sign = if quantity.numeral.is_negative { direction.reversed() } else { direction };
            shape.direction = Some(sign);
            shape.measure = if is_percent { Measure::ChangePct } else { Measure::ChangeAbs };
            shape.rule = if is_rate_noun { "change_rate" } else { "change" };
        } else if is_points {
            shape.measure = Measure::ChangeAbs;
            shape.direction = clause_cues.iter().rev().find_map(|&cues| moves(cues)).or(if has(Cue::BelowBefore) { Some(Direction::Down) } else { Some(Direction::Up) });
            shape.rule = "points";
        } else if let Some(within) = self.share_of(clause, slot, is_percent, quantity.numeral.is_percentage) {
            shape.measure = Measure::Share;
            shape.within = within;
            shape.role = self.end_of_change(clause, slot, shape.reaches);
            shape.rule = "share";
        } else if is_percent && !shape.reaches && clause_cues.first().is_some_and(|cues| cues.has(Cue::CutVerb)) {
            shape.measure = Measure::ChangePct;
            shape.direction = Some(Direction::Down);
            shape.rule = "cut";
        } else if let Some(direction) = self.stock_change(lead, quantity) {
            shape.measure = Measure::ChangeAbs;
            shape.direction = Some(direction);
            shape.rule = "stock_change";
        } else {
            shape.role = self.end_of_change(clause, slot, shape.reaches);
            shape.rule = if shape.role.is_some() { "from_to" } else { "level" };
        }
        shape.is_end = shape.role.is_some() || (shape.reaches && matches!(shape.measure, Measure::Level | Measure::Share));
        if !matches!(shape.measure, Measure::ChangePct | Measure::ChangeAbs) && shape.rule != "multiple" {
            shape.change_basis = None;
        }
        Some(shape)
    }

    /// The pool of a share: 占全市48%, 全市40%的人员; `None` if the number is no share.
    fn share_of(&self, clause: &[Token], slot: &Slot, is_percent: bool, is_fraction: bool) -> Option<Option<String>> {
        if !is_percent && !is_fraction {
            return None;
        }
        let from_end = self.out.drafts.last().filter(|d| d.role == Some("from") && d.measure == Measure::Share && d.clause == range_of(clause));
        if let Some(from) = from_end {
            return Some(from.within.clone());
        }
        let lead: &[Token] = if is_only_joint(self.text, slot.before) { list_lead(self.text, clause, slot.at) } else { slot.before };
        let share_at = lead.iter().rposition(|t| matches!(&t.kind, Kind::Word(w) if w.cues.has(Cue::Share)));
        if let Some(at) = share_at {
            let pool: Vec<&Token> = lead[at + 1..]
                .iter()
                .filter(|t| !matches!(&t.kind, Kind::Word(w) if !w.cues.has(Cue::Pool) && (w.cues.has_any(TRANSPARENT) || w.cues.has_any(&[Cue::Share, Cue::Completion]))))
                .collect();
            let words: String = pool.iter().map(|t| &self.text[t.range.clone()]).collect();
            let words = words.trim_matches(['的', '比', '重', '例', '总', '数']).trim_end_matches("比重").trim_end_matches("项目");
            let known = pool.iter().find(|t| matches!(&t.kind, Kind::Word(w) if w.cues.has(Cue::Pool))).map(|t| self.text[t.range.clone()].to_string());
            return Some(known.or_else(|| (!words.is_empty()).then(|| words.to_string())));
        }
        // 承担全市30%的任务
        let follows_pool = slot.before.last().filter(|t| matches!(&t.kind, Kind::Word(w) if w.cues.has_any(&[Cue::Pool, Cue::NearBefore, Cue::OverBefore])));
        let behind = clause.get(slot.at + 1).map(|t| &self.text[t.range.clone()]);
        let has_pool = clause[..slot.at].iter().any(|t| matches!(&t.kind, Kind::Word(w) if w.cues.has(Cue::Pool)));
        if behind.is_some_and(|b| b.starts_with('的')) && has_pool && (follows_pool.is_some() || is_only_joint(self.text, slot.before) || self.out.drafts.last().is_some_and(|d| d.measure == Measure::Share)) {
            let pool = clause[..slot.at].iter().rev().find(|t| matches!(&t.kind, Kind::Word(w) if w.cues.has(Cue::Pool)));
            return Some(pool.map(|t| self.text[t.range.clone()].to_string()));
        }
        None
    }

    /// 增加学位2100个, 减少燃煤3万吨: the change of a stock, told by its noun or by what is counted.
    fn stock_change(&self, lead: &[Token], quantity: &Quantity) -> Option<Direction> {
        let verb = lead.iter().position(|t| matches!(&t.kind, Kind::Word(w) if w.cues.has_any(&[Cue::Up, Cue::Down])))?;
        let Kind::Word(word) = &lead[verb].kind else { return None };
        let is_stock = lead[verb + 1..].iter().any(|t| matches!(&t.kind, Kind::Word(w) if w.cues.has(Cue::StockNoun)));
        let is_amount = word.cues.has(Cue::ChangeVerb) && quantity.unit.is_some_and(|u| self.vocabulary.units[u].dimension != "count");
        let reaches = cues_in(&lead[verb + 1..]).any(|cues| cues.has(Cue::To));
        ((is_stock || is_amount) && !reaches).then(|| if word.cues.has(Cue::Up) { Direction::Up } else { Direction::Down })
    }

    /// from or to of 由20.8:36.7:42.5调整为17.7:33.4:48.9.
    fn end_of_ratio(&self, clause: &[Token], slot: &Slot) -> Option<&'static str> {
        let moves = |tokens: &[Token]| cues_in(tokens).any(|cues| cues.has_any(&[Cue::Up, Cue::Down, Cue::Adjust]));
        if moves(&clause[..slot.at]) {
            let has_from = self.out.drafts.iter().any(|d| d.role == Some("from") && d.measure == Measure::Share && d.clause.start >= self.sentence.range.start);
            return has_from.then_some("to");
        }
        let opens = cues_in(&clause[..slot.at]).any(|cues| cues.has(Cue::From));
        (opens && moves(&clause[slot.at..])).then_some("from")
    }

    /// from or to, when the clause tells both ends of a change: 由45%提高到83%.
    fn end_of_change(&self, clause: &[Token], slot: &Slot, reaches: bool) -> Option<&'static str> {
        let changes = |tokens: &[Token]| tokens.iter().any(|t| matches!(&t.kind, Kind::Word(w) if w.cues.has_any(&[Cue::Up, Cue::Down, Cue::Adjust])));
        let from_at = clause[..slot.at].iter().rposition(|t| matches!(&t.kind, Kind::Word(w) if w.cues.has(Cue::From)));
        let other_at = (slot.at + 1..clause.len()).find(|&i| matches!(clause[i].kind, Kind::Quantity(_)));
        if let Some(other_at) = other_at {
            let between = &clause[slot.at + 1..other_at];
            let to = between.iter().rev().any(|t| matches!(&t.kind, Kind::Word(w) if w.cues.has(Cue::To)));
            let same = |i: usize| match (&clause[slot.at].kind, &clause[i].kind) {
                (Kind::Quantity(a), Kind::Quantity(b)) => a.unit == b.unit,
                _ => false,
            };
            let opens = from_at.is_some_and(|at| !clause[at..slot.at].iter().any(|t| matches!(t.kind, Kind::Quantity(_))));
            let disposes = clause[..slot.at].iter().any(|t| matches!(&t.kind, Kind::Word(w) if w.cues.has(Cue::Disposal)));
            if to && changes(between) && (opens || disposes) && same(other_at) {
                return Some("from");
            }
        }
        let has_from = self.out.drafts.last().is_some_and(|d| d.role == Some("from") && d.clause == range_of(clause));
        (has_from && reaches && changes(slot.before)).then_some("to")
    }

    fn modifiers(&self, clause: &[Token], slot: &Slot, shape: &Shape) -> Modifiers {
        let text = self.text;
        let token = &clause[slot.at];
        let mut found = Modifiers { comparator: "=", words: Vec::new(), start: token.range.start, end: token.range.end };
        let mut is_bound_word = false;
        for before in clause[..slot.at].iter().rev() {
            let Kind::Word(word) = &before.kind else { break };
            let comparator = if word.cues.has(Cue::ApproxBefore) {
                "~"
            } else if word.cues.has_any(&[Cue::NearBefore, Cue::BelowBefore]) {
                "<"
            } else if word.cues.has(Cue::OverBefore) {
                ">"
            } else if word.cues.has(Cue::AtLeastBefore) {
                ">="
            } else if word.cues.has_any(&[Cue::AtMostBefore, Cue::ControlBefore]) {
                "<="
            } else {
                break;
            };
            found.comparator = comparator;
            found.words.insert(0, text[before.range.clone()].to_string());
            if !word.cues.has(Cue::ControlBefore) && before.range.end == found.start {
                found.start = before.range.start;
            }
            is_bound_word = true;
        }
        if let Some(Token { range, kind: Kind::Word(word) }) = clause.get(slot.at + 1) {
            let comparator = if word.cues.has(Cue::ApproxAfter) {
                Some("~")
            } else if word.cues.has(Cue::AboveAfter) {
                Some(if self.sentence.role.is_plan() || shape.reaches { ">=" } else { ">" })
            } else if word.cues.has(Cue::WithinAfter) {
                Some("<=")
            } else {
                None
            };
            if let Some(comparator) = comparator {
                if !is_bound_word || comparator == "~" || found.comparator == "=" {
                    found.comparator = comparator;
                }
                found.words.push(text[range.clone()].to_string());
                found.end = range.end;
            }
        }
        found
    }

    /// What the number measures.
    fn subject(&self, clause: &[Token], slot: &Slot, shape: &Shape, name: Option<String>) -> Found {
        let clause_range = range_of(clause);
        if let Some(text) = name {
            return Found { text, clause: clause_range, indicator: None, is_inferred: false, scope: None };
        }
        let is_change = matches!(shape.measure, Measure::ChangePct | Measure::ChangeAbs | Measure::Rank | Measure::Share | Measure::Multiple);
        let keeps_change = !is_change || shape.rule == "cut" || shape.rule == "stock_change";
        let own = if shape.rule == "cut" { without_leading_cut(slot.before) } else { slot.before };
        let own = match shape.measure {
            Measure::Share => until_share(own),
            Measure::ChangePct | Measure::ChangeAbs | Measure::Multiple => until_base(own),
            _ => own,
        };
        let before = wording(self.text, own, keeps_change && shape.role.is_none());
        let after = if matches!(shape.measure, Measure::Level | Measure::Share) { wording(self.text, slot.after, true) } else { String::new() };
        let chars = |s: &str| s.chars().count();
        let text = match (chars(&before), chars(&after)) {
            (0, 0) => String::new(),
            (0, _) => after,
            (_, 0) => before,
            _ => format!("{before}{after}"),
        };
        if chars(&text) >= MIN_SUBJECT_CHARS {
            return Found { text, clause: clause_range, indicator: None, is_inferred: false, scope: None };
        }
        if let Some(subject) = &self.carried.subject {
            let text = if text.is_empty() || is_change { subject.text.clone() } else { format!("{}{text}", subject.text) };
            return Found { text, clause: subject.clause.start..clause_range.end, indicator: subject.indicator, is_inferred: true, scope: subject.scope.clone() };
        }
        if let Some((topic, range)) = &self.carried.topic {
            return Found { text: format!("{topic}{text}"), clause: range.start..clause_range.end, indicator: None, is_inferred: true, scope: None };
        }
        Found { text, clause: clause_range, indicator: None, is_inferred: true, scope: None }
    }
}

struct Modifiers {
    comparator: &'static str,
    words: Vec<String>,
    start: usize,
    end: usize,
}

struct Found {
    text: String,
    clause: Range<usize>,
    indicator: Option<usize>,
    is_inferred: bool,
    scope: Option<String>,
}

/// The numbers of a clause that assert something, each with the tokens that belong to it.
fn slots<'a, 'v>(text: &str, clause: &'a [Token<'v>], vocabulary: &Vocabulary) -> Vec<Slot<'a, 'v>> {
    let at: Vec<usize> = (0..clause.len()).filter(|&i| asserts(text, clause, i, vocabulary)).collect();
    let mut slots: Vec<Slot> = Vec::new();
    let mut from = 0;
    for (k, &i) in at.iter().enumerate() {
        let next = at.get(k + 1).copied().unwrap_or(clause.len());
        let before = &clause[from..i];
        let between = &clause[i + 1..next];
        // Does the object stand before the number (停车位5处、…) or behind it (5处停车位)?
        let has_noun_before = !wording(text, before, true).is_empty() && !is_verb_only(before);
        let starts_apart = between.first().is_none_or(|t| is_joint(text, t));
        let split = if next == clause.len() {
            if has_noun_before && starts_apart { 0 } else { between.len() }
        } else if starts_apart {
            0
        } else {
            between.iter().rposition(|t| is_joint(text, t)).unwrap_or(if has_noun_before { 0 } else { between.len() })
        };
        slots.push(Slot { at: i, before, after: &between[..split] });
        from = i + 1 + split;
    }
    // 24个小区7100户62万平方米管网改造: a number without words of its own takes those of the next.
    for k in (0..slots.len().saturating_sub(1)).rev() {
        let is_bare = slots[k].after.is_empty() && slots[k + 1].before.is_empty() && slots[k].at + 1 == slots[k + 1].at;
        if is_bare {
            slots[k].after = slots[k + 1].after;
        }
    }
    slots
}

/// Whether a token is a number that states something.
fn asserts(text: &str, clause: &[Token], i: usize, vocabulary: &Vocabulary) -> bool {
    let previous = i.checked_sub(1).map(|j| &clause[j]);
    let cues_before = match previous.map(|t| &t.kind) {
        Some(Kind::Word(word)) => word.cues,
        _ => Default::default(),
    };
    let is_placed = cues_before.has_any(&[Cue::Pool, Cue::RankVerb, Cue::To]);
    let ends_here = clause.get(i + 1).is_none_or(|t| matches!(t.kind, Kind::Punct(_)) || is_joint(text, t));
    match &clause[i].kind {
        Kind::Quantity(quantity) => !is_threshold(clause, i, quantity, vocabulary),
        Kind::Ordinal(_) => {
            let ranks = clause[..i].iter().any(|t| matches!(&t.kind, Kind::Word(w) if w.cues.has_any(&[Cue::RankVerb, Cue::Pool])));
            cues_before.has(Cue::Pool) || ((is_placed || ranks) && ends_here)
        }
        Kind::Top(_) => is_placed,
        Kind::Word(word) => word.cues.has(Cue::First) && (is_placed || clause[..i].iter().any(|t| matches!(&t.kind, Kind::Word(w) if w.cues.has(Cue::RankVerb)))),
        _ => false,
    }
}

/// 5万元以下的村, 20年以上老旧管道: a bound inside a name tells which things, not how many.
fn is_threshold(clause: &[Token], i: usize, quantity: &Quantity, vocabulary: &Vocabulary) -> bool {
    let measures = quantity.unit.is_some_and(|u| matches!(vocabulary.units[u].dimension.as_str(), "money" | "time" | "area" | "length"));
    let is_bound = matches!(clause.get(i + 1).map(|t| &t.kind), Some(Kind::Word(w)) if w.cues.has_any(&[Cue::AboveAfter, Cue::WithinAfter]));
    let names_a_thing = match clause.get(i + 2).map(|t| &t.kind) {
        Some(Kind::Text) => true,
        Some(Kind::Word(word)) => !word.indicators.is_empty() || word.cues.is_empty() || word.cues.has(Cue::Name),
        _ => false,
    };
    measures && is_bound && names_a_thing
}

/// A separator between the members of a list.
fn is_joint(text: &str, token: &Token) -> bool {
    match &token.kind {
        Kind::Punct(c) => *c == '、',
        Kind::Word(word) => word.cues.has(Cue::Conjunction) && word.indicators.is_empty(),
        Kind::Text => matches!(&text[token.range.clone()], "和" | "及" | "与"),
        _ => false,
    }
}

fn is_only_joint(text: &str, tokens: &[Token]) -> bool {
    tokens.iter().all(|t| is_joint(text, t) || matches!(&t.kind, Kind::Word(w) if w.cues.has_any(&[Cue::ApproxBefore, Cue::NearBefore, Cue::OverBefore])))
}

/// Verbs without an object: 完成, 新增, 实施.
fn is_verb_only(tokens: &[Token]) -> bool {
    tokens.iter().all(|t| match &t.kind {
        Kind::Word(word) => word.indicators.is_empty() && !word.cues.is_empty() && !word.cues.has_any(&[Cue::Name, Cue::StockNoun, Cue::UnitGuard]),
        Kind::Time(_) | Kind::Punct(_) => true,
        _ => false,
    })
}

/// The tokens before the first number of the list that the number at `at` belongs to.
fn list_lead<'a, 'v>(text: &str, clause: &'a [Token<'v>], at: usize) -> &'a [Token<'v>] {
    let mut first = at;
    while first > 0 && (is_joint(text, &clause[first - 1]) || matches!(clause[first - 1].kind, Kind::Quantity(_) | Kind::Text) && matches!(clause[first].kind, Kind::Punct(_) | Kind::Word(_) | Kind::Quantity(_)) && !matches!(clause[first - 1].kind, Kind::Text)) {
        first -= 1;
    }
    let from = clause[..first].iter().rposition(|t| matches!(t.kind, Kind::Quantity(_))).map_or(0, |i| i + 1);
    &clause[from..first]
}

fn is_particle(text: &str) -> bool {
    matches!(text, "了" | "的" | "在" | "为" | "又" | "也" | "再" | "将" | "全年")
}

/// 每千人口托位数: a count per something.
fn is_per_count(text: &str, clause: &[Token]) -> bool {
    clause.iter().any(|t| text[t.range.clone()].contains('每') || text[t.range.clone()].starts_with("人均") || text[t.range.clone()].starts_with("户均"))
}

fn without_leading_cut<'a, 'v>(tokens: &'a [Token<'v>]) -> &'a [Token<'v>] {
    match tokens.first().map(|t| &t.kind) {
        Some(Kind::Word(word)) if word.cues.has(Cue::CutVerb) => &tokens[1..],
        _ => tokens,
    }
}

/// What stands before 占.
fn until_share<'a, 'v>(tokens: &'a [Token<'v>]) -> &'a [Token<'v>] {
    let at = tokens.iter().position(|t| matches!(&t.kind, Kind::Word(w) if w.cues.has(Cue::Share) && w.indicators.is_empty()));
    &tokens[..at.unwrap_or(tokens.len())]
}

/// What stands before 比 and 较: the base of a comparison is not what is measured.
fn until_base<'a, 'v>(tokens: &'a [Token<'v>]) -> &'a [Token<'v>] {
    let at = tokens.iter().position(|t| matches!(&t.kind, Kind::Word(w) if w.cues.has_any(&[Cue::Versus, Cue::YearOnYear]) && w.indicators.is_empty()));
    match at {
        // 较2015年能耗下降6%: the thing stands behind the base.
        Some(at) if at == 0 => tokens,
        Some(at) => &tokens[..at],
        None => tokens,
    }
}

fn range_of(tokens: &[Token]) -> Range<usize> {
    match (tokens.first(), tokens.last()) {
        (Some(first), Some(last)) => first.range.start..last.range.end,
        _ => 0..0,
    }
}

/// From the subject's clause to the end of the number's object.
fn quote(subject: &Range<usize>, clause: &[Token], slot: &Slot) -> Range<usize> {
    let own = range_of(clause);
    let end = slot.after.last().map_or(own.end, |t| t.range.end).max(clause[slot.at].range.end);
    let end = if slot.after.is_empty() { own.end } else { end };
    let start = if subject.start <= own.start { subject.start } else { own.start };
    start..end
}
