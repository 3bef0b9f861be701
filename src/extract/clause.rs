//! The rules: one sentence of tokens -> drafts, clause by clause.
//!
//! A clause ends at ，；：。; its numbers share verbs and modifiers. What reaches further — the subject,
//! 预计, a date, 其中 — is carried in [`Carried`] to the end of the sentence at most.

use super::lexer::{Kind, Quantity, RangeEnd, Token};
use super::measure::Measure;
use super::period::{OwnTime, Period, Place, Question, TimeState};
use super::scope::{self, Head};
use super::shape::Shape;
use super::slots::{Slot, is_only_joint, may_assert, slots};
use super::subject::{Found, quote};
use super::wording::{cues_in, respective_names, wording};
use super::{Draft, Status, damage, link};
use crate::model::{Report, SectionRole, Sentence};
use crate::vocab::{Cue, Vocabulary};
use std::borrow::Cow;
use std::ops::Range;

/// A noun this short in front of a number says too little to be its subject on its own.
pub(super) const MIN_SUBJECT_CHARS: usize = 2;

/// A clause has a few dozen tokens; damage may glue thousands. The rules look at it as a whole, so it is cut here.
const MAX_CLAUSE_TOKENS: usize = 200;

/// What stands between the numbers of a list.
const LIST_SIGNS: [&str; 4] = ["、", "和", "及", "与"];

/// What a sentence gives.
#[derive(Debug, Default)]
pub struct Read {
    pub drafts: Vec<Draft>,
    /// 分别 lists whose names and numbers do not pair: where, and a sentence.
    pub mismatches: Vec<(Range<usize>, String)>,
}

/// What goes on from clause to clause inside a sentence.
#[derive(Default)]
pub(super) struct Carried {
    time: TimeState,
    is_estimate: bool,
    /// 初步预计，…: said of the whole sentence.
    is_all_estimate: bool,
    /// 完成 and the like take their own clause out of the estimate's reach.
    is_suspended: bool,
    is_preliminary: bool,
    /// 将增长, 将达到
    is_future: bool,
    is_part: bool,
    /// What was measured last, where it stands, and its catalogue entry.
    pub(super) subject: Option<Subject>,
    /// The part of the area spoken of, where it is named.
    pub(super) scope: Option<Range<usize>>,
    /// The words of a clause without a number, for a 分别 in the next.
    pub(super) topic: Option<(String, Range<usize>)>,
    /// The last level, which a 其中 number is part of.
    pub(super) whole: Option<usize>,
}

/// What was measured: its words, the clause they stand in, its catalogue entry.
#[derive(Clone)]
pub(super) struct Subject {
    pub text: String,
    pub clause: Range<usize>,
    pub indicator: Option<usize>,
}

/// The drafts of one sentence.
pub fn read_sentence<'a>(
    text: &'a str,
    tokens: &'a [Token<'a>],
    sentence: &'a Sentence,
    report: &'a Report,
    vocabulary: &'a Vocabulary,
) -> Read {
    let (carried, out) = (Carried::default(), Read::default());
    let mut reader = Reader { text, sentence, report, vocabulary, carried, silent: Vec::new(), ahead: &[], out };
    // Behind its last number a sentence tells nothing here.
    let Some(last_number) = tokens.iter().rposition(may_assert) else { return reader.out };
    let mut from = 0;
    let mut depth = 0i32;
    for i in 0..=tokens.len() {
        if from > last_number {
            break;
        }
        let token = tokens.get(i);
        let mark = token.map(|t| &t.kind);
        match mark {
            Some(Kind::Punct('（')) => depth += 1,
            Some(Kind::Punct('）')) => depth = (depth - 1).max(0),
            _ => {}
        }
        let is_end = token.is_none_or(|t| t.ends_clause() && depth == 0);
        let is_long = i - from >= MAX_CLAUSE_TOKENS;
        if is_end || is_long {
            if from < i {
                reader.ahead = &tokens[i..];
                reader.read_clause(&tokens[from..i]);
            }
            if matches!(mark, Some(Kind::Punct('；'))) {
                reader.carried.time.end_part();
                reader.carried.is_part = false;
                reader.carried.is_suspended = true;
                reader.carried.subject = None;
                reader.carried.topic = None;
                reader.silent.clear();
                reader.carried.scope = None;
            }
            from = if is_end { i + 1 } else { i };
        }
    }
    reader.out
}

/// Reads the clauses of one sentence; `shape` and `subject` hold the rest of its rules.
pub(super) struct Reader<'a> {
    pub(super) text: &'a str,
    pub(super) sentence: &'a Sentence,
    report: &'a Report,
    pub(super) vocabulary: &'a Vocabulary,
    pub(super) carried: Carried,
    /// The clauses without a number since the last with one.
    silent: Vec<Cow<'a, [Token<'a>]>>,
    /// What stands behind the clause that is read, to the end of the sentence.
    pub(super) ahead: &'a [Token<'a>],
    pub(super) out: Read,
}

impl<'a> Reader<'a> {
    fn read_clause(&mut self, clause: &'a [Token<'a>]) {
        let place = self.place();
        let mut named = None;
        match scope::head(self.text, clause, self.report, self.vocabulary) {
            Head::Silent => {}
            Head::Whole => self.carried.scope = None,
            Head::Named(place) => (self.carried.scope, named) = (None, Some(place)),
            Head::Part(place) => self.carried.scope = Some(place),
        }
        let place_named = named.or_else(|| self.carried.scope.clone());
        let clause = match place_named.filter(|place| place.end > range_of(clause).start) {
            Some(place) => Cow::Owned(without_place(clause, &place)),
            None => Cow::Borrowed(clause),
        };
        self.read_status_cues(&clause);
        if cues_in(&clause).any(|cues| cues.has(Cue::Part)) {
            self.carried.is_part = true;
        }
        let slots = slots(self.text, &clause, self.vocabulary);
        if slots.is_empty() {
            self.carried.time.read(&clause, self.text, place);
            self.silent.push(clause);
            return;
        }
        self.read_silent();
        let clause = clause.as_ref();
        // 964人今年上半年全部脱贫: a time behind the number, where none stands before it.
        let is_time = |token: &Token| matches!(token.kind, Kind::Time(_));
        let last = slots.last().map_or(0, |slot| slot.at);
        // Not in brackets (按1990年不变价格), and a year only before a verb (2017年完成).
        let behind = &clause[(last + 1).min(clause.len())..];
        let behind = behind.split(|token| matches!(token.kind, Kind::Punct('（'))).next().unwrap_or_default();
        let is_done =
            |token: Option<&Token>| token.is_some_and(|t| t.word_cues().has_any(&[Cue::Completion, Cue::Realised]));
        let tells_when = behind.iter().enumerate().any(|(at, token)| match &token.kind {
            Kind::Time(time) => time.is_part_of_year || time.years.is_some() && is_done(behind.get(at + 1)),
            _ => false,
        });
        if tells_when && !clause[..last].iter().any(is_time) {
            self.carried.time.read(behind, self.text, place);
        }
        let mismatches = self.out.mismatches.len();
        let names = self.respective_names(clause, &slots);
        let is_mismatched = self.out.mismatches.len() > mismatches;
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
                    let spans = before.iter().any(|t| matches!(&t.kind, Kind::Time(time) if time.span.is_some()));
                    let own = if quantity.unit_text == "倍" && !spans {
                        OwnTime::default()
                    } else {
                        self.carried.time.read(before, self.text, place)
                    };
                    last_own = if quantity.is_ratio_part && is_only_joint(self.text, before) { last_own } else { own };
                    self.read_quantity(clause, slot, quantity, name, last_own);
                }
                _ => {
                    self.carried.time.read(before, self.text, place);
                    self.read_rank(clause, slot, name);
                }
            }
        }
        self.share_respective_modifiers(clause, first_draft);
        for draft in &mut self.out.drafts[first_draft..] {
            draft.is_mismatched = is_mismatched;
        }
        // 12项任务中，6项超额完成
        if self.text[range_of(clause)].ends_with('中') && self.carried.whole.is_some() {
            self.carried.is_part = true;
        }
    }

    /// What the clauses without a number speak of, for the one with a number behind them: the last of them that says
    /// enough is the topic, the last that names a term of the catalogue the subject.
    fn read_silent(&mut self) {
        let (mut topic, mut subject) = (None, None);
        for clause in std::mem::take(&mut self.silent).iter().rev() {
            if topic.is_some() && subject.is_some() {
                break;
            }
            let words = wording(self.text, clause, true);
            if subject.is_none() {
                // 一般公共预算收入小幅增长，增幅0.5%
                let found = link::term_in(&words, self.vocabulary);
                subject = found.map(|(text, index)| Subject { text, clause: range_of(clause), indicator: Some(index) });
            }
            if topic.is_none() && words.chars().count() >= MIN_SUBJECT_CHARS {
                topic = Some((words, range_of(clause)));
            }
        }
        self.carried.subject = subject.or(self.carried.subject.take());
        self.carried.topic = topic.or(self.carried.topic.take());
    }

    fn place(&self) -> Place<'a> {
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
                let leads_to_verb = || {
                    let next = clause.get(i + 1).map(Token::word_cues).unwrap_or_default();
                    next.has_any(&[Cue::Up, Cue::Down, Cue::To, Cue::Completion])
                };
                if word.cues.has(Cue::Future) && leads_to_verb() {
                    self.carried.is_future = true;
                }
                if word.cues.has(Cue::Preliminary) {
                    self.carried.is_preliminary = true;
                }
            }
        }
        // A clause of its own, with a remark at most.
        let says_only_so = estimate_at == Some(0)
            && clause[1..]
                .iter()
                .all(|t| matches!(t.kind, Kind::Punct(_) | Kind::Text) || t.word_cues().has(Cue::NotNoun))
            && clause.len() <= 6;
        self.carried.is_all_estimate |=
            says_only_so && wording(self.text, clause, true).chars().count() <= MIN_SUBJECT_CHARS;
        let speaks_for_itself =
            cues_in(clause).any(|cues| cues.has_any(&[Cue::To, Cue::Completion, Cue::RankVerb, Cue::Action]));
        let has_subject = clause.first().is_some_and(|t| {
            !t.cues().has_any(&[Cue::Up, Cue::Down, Cue::YearOnYear, Cue::Share, Cue::Versus, Cue::AnnualAverage])
        });
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
        let is_future =
            !self.sentence.role.is_plan() && self.sentence.role != SectionRole::Explanation && speaks_of_later;
        if (self.sentence.role.is_plan() && !is_past) || is_future {
            Status::Target
        } else if self.carried.is_estimate
            && (!self.carried.is_suspended || self.carried.is_all_estimate)
            && self.sentence.role != SectionRole::Explanation
        {
            Status::Estimate
        } else {
            Status::Actual
        }
    }

    /// The names that a 分别 spreads its numbers over, one a slot; `None` where nothing is spread.
    fn respective_names(&mut self, clause: &[Token], slots: &[Slot]) -> Option<Vec<Option<String>>> {
        let Some(at) = clause.iter().position(|t| t.word_cues().has(Cue::Respectively)) else {
            return self.listed_names(clause, slots);
        };
        let spread: Vec<usize> = (0..slots.len()).filter(|&i| slots[i].at > at).collect();
        if spread.len() < 2 {
            return None;
        }
        let last_number = clause[..at].iter().rposition(|t| matches!(t.kind, Kind::Quantity(_))).map_or(0, |i| i + 1);
        let mut subject = wording(self.text, &clause[last_number..at], true);
        if subject.is_empty() && self.out.drafts.len() < spread.len() {
            subject = self.carried.topic.as_ref().map(|(words, _)| words.clone()).unwrap_or_default();
        }
        let mut names = respective_names(&subject, spread.len(), |name| self.vocabulary.is_term(name));
        if subject.is_empty() {
            // 城镇收入5985元，农村收入2604元，分别增长5%和6%: the names are those of the numbers before.
            let before: Vec<&Draft> = self.out.drafts.iter().rev().take(spread.len()).collect();
            names = before.iter().rev().map(|draft| draft.wording.clone()).collect();
        }
        // 由A、B提高到C、D: the numbers come in as many rounds as there are names.
        if names.len() < 2 || !spread.len().is_multiple_of(names.len()) {
            let range = range_of(clause);
            self.out
                .mismatches
                .push((range, format!("分别 names {} things and {} numbers", names.len(), spread.len())));
            return None;
        }
        // 诉求9万件，解决率、满意率分别…: properties of what was spoken of.
        if names.iter().all(|name| self.is_attribute(name))
            && let Some((thing, _)) = self.spoken_of()
        {
            names.iter_mut().for_each(|name| name.insert_str(0, &thing));
        }
        let mut by_slot = vec![None; slots.len()];
        for (k, &slot) in spread.iter().enumerate() {
            by_slot[slot] = Some(names[k % names.len()].clone());
        }
        Some(by_slot)
    }

    /// The names of a clause that is nothing but a list of numbers, without 分别: as many as there are numbers, from the
    /// words before (城镇和农村居民收入增长6%和8%), or if there are none from the list before (分别达到4万元和2万元，增长6%和8%).
    fn listed_names(&self, clause: &[Token], slots: &[Slot]) -> Option<Vec<Option<String>>> {
        let (first, others) = slots.split_first()?;
        let is_listed = |slot: &Slot| LIST_SIGNS.contains(&&self.text[range_of(slot.before)]);
        let is_range =
            |slot: &Slot| matches!(&clause[slot.at].kind, Kind::Quantity(quantity) if quantity.range.is_some());
        // 18个项目、6家企业: each has its own thing behind it.
        let is_other = slots.iter().any(|slot| is_range(slot) || !slot.after.is_empty());
        // 占生产总值、财政收入的64%和67%: these are the wholes.
        let is_share = cues_in(&clause[..first.at]).any(|cues| cues.has(Cue::Share));
        if others.is_empty() || !others.iter().all(is_listed) || is_other || is_share {
            return None;
        }
        let subject = wording(self.text, &clause[..first.at], false);
        let names = if subject.is_empty() {
            self.names_of_last_list(slots.len())?
        } else {
            let names = respective_names(&subject, slots.len(), |name| self.vocabulary.is_term(name));
            let is_alike = names.iter().all(|name| name.chars().last() == subject.chars().last());
            let is_known = names.iter().all(|name| self.vocabulary.is_term(name));
            Some(names).filter(|_| is_alike || is_known)?
        };
        (names.len() == slots.len()).then(|| names.into_iter().map(Some).collect())
    }

    /// What the numbers of the clause before measure, if there are so many of them.
    fn names_of_last_list(&self, count: usize) -> Option<Vec<String>> {
        let drafts = &self.out.drafts;
        let (before, last) = drafts.split_at(drafts.len().checked_sub(count)?);
        let clause = &last.first()?.clause;
        let is_whole = last.iter().all(|d| d.clause == *clause) && before.last().is_none_or(|d| d.clause != *clause);
        let is_plain = last.iter().all(|d| d.role.is_none() && !d.is_mismatched && !d.wording.is_empty());
        (is_whole && is_plain).then(|| last.iter().map(|draft| draft.wording.clone()).collect())
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

    fn read_quantity(
        &mut self,
        clause: &[Token],
        slot: &Slot,
        quantity: &Quantity,
        name: Option<String>,
        own: OwnTime,
    ) {
        let token = &clause[slot.at];
        let shape = self.shape(clause, slot, quantity);
        let modifiers = self.modifiers(clause, slot, &shape);
        let streak = clause[..slot.at].iter().rev().take(2).any(|t| t.word_cues().has(Cue::Streak));
        let streak_years = (streak && quantity.unit_text == "年").then_some(quantity.numeral.value as i32);
        let is_average = shape.change_basis == Some("annual_average");
        let is_change = matches!(shape.measure, Measure::ChangePct | Measure::ChangeAbs);
        let is_yoy = is_change && cues_in(slot.before).any(|cues| cues.has(Cue::YearOnYear));
        let period = self.carried.time.period(
            self.place(),
            Question {
                own,
                is_change,
                is_average,
                is_yoy,
                is_start: shape.role == Some("from"),
                is_end: shape.is_end,
                is_sum: shape.is_sum && quantity.unit_text != "%",
                streak: streak_years,
            },
        );
        let role = shape.role.or_else(|| {
            (self.carried.is_part
                && matches!(shape.measure, Measure::Level | Measure::Share)
                && self.carried.whole.is_some())
            .then_some("part")
        });
        let subject = self.subject(clause, slot, &shape, role, name);
        // 跨过5000亿元、6000亿元: the bound holds for what is only listed.
        let listed = self.out.drafts.last().filter(|last| {
            quantity.range.is_none()
                && modifiers.comparator == "="
                && last.comparator != "="
                && last.range.end + '、'.len_utf8() == token.range.start
                && last.unit == quantity.unit
                && last.clause == range_of(clause)
                && is_only_joint(self.text, slot.before)
                && !slot.before.is_empty()
                && last.modifiers.iter().all(|word| !self.text[last.range.clone()].ends_with(word.as_str()))
        });
        let listed = listed.map(|last| (last.comparator, last.modifiers.clone()));
        let comparator = match quantity.range {
            _ if listed.is_some() => listed.as_ref().map_or("=", |(comparator, _)| comparator),
            Some(RangeEnd::Low) => ">=",
            Some(RangeEnd::High) => "<=",
            None if quantity.numeral.is_more => ">",
            None => modifiers.comparator,
        };
        // 7大领域 needs no unit.
        // 5万贫困人口: after 万 a noun may follow at once.
        let names_thing = !quantity.numeral.multiplier.is_empty()
            && clause.get(slot.at + 1).is_some_and(|next| {
                next.range.start == token.range.end && matches!(&next.kind, Kind::Text)
                    || matches!(&next.kind, Kind::Word(word) if !word.indicators.is_empty())
            });
        let is_unit_missing = quantity.unit.is_none()
            && !names_thing
            && !self.text[token.range.end..].starts_with('大')
            && quantity.unit_text != "倍"
            && quantity.numeral.value != 0.0
            && !shape.is_index;
        let is_damaged =
            damage::is_damaged(self.text, &range_of(clause), &token.range, quantity, shape.measure, self.vocabulary);
        let related = match role {
            Some("part") => self.carried.whole,
            Some("to") => self.out.drafts.iter().rposition(|d| d.role == Some("from")),
            _ => None,
        };
        let is_whole = shape.measure == Measure::Level && role != Some("part");
        let is_negative = quantity.numeral.is_negative && shape.measure == Measure::Level;
        // 倍 stands for no unit of its own, and 零增长 leaves its % out.
        let implied = if shape.rule == "no_change" { "%" } else { quantity.unit_text.as_str() };
        let implied = self.vocabulary.unit_at(implied, 0).filter(|_| matches!(implied, "倍" | "%"));
        let is_norm = is_norm(clause, slot) && !self.counts(Some(quantity));
        let draft = Draft {
            range: modifiers.start..modifiers.end.max(token.range.end),
            status: if is_norm { Status::Requirement } else { self.status() },
            comparator,
            modifiers: listed.map_or(modifiers.words, |(_, words)| words),
            value: quantity.numeral.value,
            scale: quantity.numeral.scale,
            is_negative,
            unit: quantity.unit.or(implied.map(|(_, unit)| unit)),
            unit_text: quantity.unit_text.clone(),
            unit_is_shared: quantity.unit_is_shared,
            decimals: quantity.numeral.decimals,
            role,
            related,
            is_unit_missing,
            is_damaged,
            ..self.draft(clause, slot, &subject, shape, period)
        };
        // 社会消费品零售总额786亿元，同比增长12%: of five years looked back on the level is that of the last one.
        if is_yoy
            && subject.is_inferred
            && let Some(level) = self.out.drafts.last_mut()
            && level.measure == Measure::Level
            && level.period.basis == "section"
            && level.period.kind == "multi_year"
            && level.status == draft.status
        {
            level.period = draft.period.clone();
        }
        if is_whole {
            self.carried.whole = Some(self.out.drafts.len());
        }
        self.put(draft, subject);
    }

    /// Whether things are counted: 三条控制线 are three, 3%控制线 is a norm.
    pub(super) fn counts(&self, quantity: Option<&Quantity>) -> bool {
        matches!(self.vocabulary.dimension(quantity.and_then(|quantity| quantity.unit)), None | Some("count"))
    }

    fn read_rank(&mut self, clause: &[Token], slot: &Slot, name: Option<String>) {
        let token = &clause[slot.at];
        let (value, comparator) = match &token.kind {
            Kind::Ordinal(value) => (*value, "="),
            Kind::Top(value) => (*value, "<="),
            _ => (1.0, "="),
        };
        let pool = clause[..slot.at].iter().rev().take(3).find(|t| t.word_cues().has(Cue::Pool));
        let within = pool.map(|t| self.text[t.range.clone()].to_string());
        let shape = Shape { within, rule: "rank", ..Shape::new(Measure::Rank) };
        let subject = self.subject(clause, slot, &shape, None, name);
        let streak = clause[..slot.at].iter().find_map(|t| match &t.kind {
            Kind::Quantity(q) if q.unit_text == "年" && q.numeral.value >= 2.0 => Some(q.numeral.value as i32),
            _ => None,
        });
        let streak = streak.filter(|_| cues_in(&clause[..slot.at]).any(|cues| cues.has(Cue::Streak)));
        let period = self.carried.time.period(self.place(), Question { streak, ..Question::default() });
        let unit_text = "位".to_string();
        let draft = Draft { value, comparator, unit_text, ..self.draft(clause, slot, &subject, shape, period) };
        self.put(draft, subject);
    }

    /// A number as far as its shape, its subject and the sentence tell; the rest as of a plain rank.
    fn draft(&self, clause: &[Token], slot: &Slot, subject: &Found, shape: Shape, period: Period) -> Draft {
        Draft {
            range: clause[slot.at].range.clone(),
            quote: quote(&subject.clause, clause, slot),
            clause: range_of(clause),
            subject_inferred: subject.is_inferred,
            indicator: None,
            inherited_indicator: subject.indicator,
            wording: subject.text.clone(),
            measure: shape.measure,
            direction: shape.direction,
            status: self.status(),
            is_preliminary: self.carried.is_preliminary,
            comparator: "=",
            modifiers: Vec::new(),
            value: 0.0,
            scale: 1.0,
            is_negative: false,
            unit: None,
            unit_text: String::new(),
            unit_is_shared: false,
            decimals: 0,
            period,
            change_basis: shape.change_basis,
            within: shape.within,
            scope: self.carried.scope.clone(),
            role: None,
            related: None,
            is_unit_missing: false,
            is_damaged: false,
            is_mismatched: false,
            rule: shape.rule,
        }
    }

    /// Links a draft to the catalogue and keeps it; what it measures is carried on.
    fn put(&mut self, mut draft: Draft, subject: Found) {
        if !draft.wording.is_empty() {
            let clause = &self.text[draft.clause.clone()];
            let dimension = draft.dimension(self.vocabulary);
            draft.indicator =
                link::link_behind(subject.property_from, &draft.wording, clause, dimension, self.vocabulary);
            let indicator = draft.indicator.or(subject.indicator);
            self.carried.subject = Some(Subject { text: subject.text, clause: subject.clause, indicator });
        }
        self.out.drafts.push(draft);
    }
}

/// 低于3%控制线: a norm, not a value.
fn is_norm(clause: &[Token], slot: &Slot) -> bool {
    let is_between = |token: &&Token| match &token.kind {
        Kind::Word(word) => word.cues.has_any(&[Cue::AboveAfter, Cue::WithinAfter]),
        Kind::Text => token.range.len() == '的'.len_utf8(),
        _ => false,
    };
    let behind = clause[slot.at + 1..].iter().find(|token| !is_between(token));
    behind.is_some_and(|token| token.word_cues().has(Cue::Norm))
}

/// A clause without the place at its head, which says of what it speaks, not what is measured.
fn without_place<'v>(clause: &[Token<'v>], place: &Range<usize>) -> Vec<Token<'v>> {
    let behind = |token: &&Token<'v>| token.range.end > place.end || token.range.start < place.start;
    let kept = clause.iter().filter(behind).cloned();
    kept.map(|mut token| {
        if token.range.start < place.end && token.range.end > place.end {
            token.range.start = place.end;
        }
        token
    })
    .collect()
}

/// The plain bytes of a run of tokens.
pub(super) fn range_of(tokens: &[Token]) -> Range<usize> {
    match (tokens.first(), tokens.last()) {
        (Some(first), Some(last)) => first.range.start..last.range.end,
        _ => 0..0,
    }
}
