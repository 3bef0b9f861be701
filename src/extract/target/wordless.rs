//! Targets without a number: relative (与经济增长同步), delegated (完成省定目标), qualitative (稳步增长), and numbers that
//! are a word (零增长, 两位数增长).
//!
//! A clause is read from left to right for the words of `targets.csv`. A row needs a subject, the catalogue's or one of
//! the usual subjects of plans, directly before its predicate, and nothing behind it but the next of a list: a predicate
//! with an object (稳步提高最低工资标准) says what will be done, not what is to be reached.

use super::super::clause::range_of;
use super::super::lexer::{Kind, Token};
use super::super::wording::cues_in;
use super::super::{Draft, link};
use super::{Found, Site, horizon, is_reference};
use crate::extract::period::TimeState;
use crate::model::{ObservationRow, TargetRow};
use crate::vocab::{Cue, TargetKind, TargetWord, TargetWords};
use std::ops::Range;

/// A subject in fewer characters says too little.
const MIN_SUBJECT_CHARS: usize = 2;
/// More words in front of a predicate are no subject but a sentence that lost its commas.
const MAX_SUBJECT_CHARS: usize = 80;
/// A predicate further behind the start of its clause is not read: damage may glue thousands of characters.
const MAX_LEAD_BYTES: usize = 1000;
/// A subject in a clause of its own has at most so many characters.
const SUBJECT_ALONE_CHARS: usize = 12;
/// Between a place among others and its verb stand at most so many characters (进入全市同类城区前列).
const STANDING_CHARS: usize = 12;

/// A word of `targets.csv` met in a clause; offsets are plain bytes.
struct Met<'v> {
    range: Range<usize>,
    words: &'v [TargetWord],
}

impl<'v> Met<'v> {
    fn of(&self, kinds: &[TargetKind]) -> Option<&'v TargetWord> {
        self.words.iter().find(|word| kinds.contains(&word.kind))
    }

    fn is(&self, kind: TargetKind) -> bool {
        self.of(&[kind]).is_some()
    }
}

/// A predicate: what is said of the subject before it.
struct Predicate {
    range: Range<usize>,
    /// Where the subject ends, before 与经济增长 in 与经济增长同步.
    subject_end: usize,
    /// The subject itself where it stands inside the predicate (完成节能减排任务).
    object: Option<Range<usize>>,
    form: &'static str,
    bound: Option<&'static str>,
    direction: Option<&'static str>,
    number: Option<f64>,
    reference: Option<Range<usize>>,
    rule: &'static str,
}

/// What a target is for.
#[derive(Clone)]
struct Subject {
    text: String,
    indicator: Option<usize>,
    start: usize,
    /// Where its statement ends.
    end: usize,
}

struct Reader<'s, 'a> {
    site: &'s Site<'a>,
    words: &'s TargetWords,
    drafts: &'s [Draft],
    rows: &'s [ObservationRow],
    time: TimeState,
    /// The sentence has opened the list of targets.
    has_goal: bool,
    last: Option<Subject>,
    found: &'s mut Vec<Found>,
}

/// Adds the targets without a number that a sentence of a plan states.
pub(super) fn read(site: &Site, tokens: &[Token], drafts: &[Draft], rows: &[ObservationRow], found: &mut Vec<Found>) {
    let mut reader = Reader {
        site,
        words: &site.vocabulary.targets,
        drafts,
        rows,
        time: TimeState::default(),
        has_goal: false,
        last: None,
        found,
    };
    for clause in tokens.split(Token::ends_clause).filter(|clause| !clause.is_empty()) {
        reader.read_clause(clause);
    }
}

impl Reader<'_, '_> {
    fn read_clause(&mut self, clause: &[Token]) {
        let text = self.site.text();
        let range = range_of(clause);
        let met: Vec<Met> = self
            .words
            .in_text(&text[range.clone()])
            .map(|(at, words)| Met { range: range.start + at.start..range.start + at.end, words })
            .filter(|met| !self.drafts.iter().any(|d| d.range.start < met.range.end && met.range.start < d.range.end))
            .collect();
        let mut from = range.start;
        let mut timed = 0;
        let mut i = 0;
        while i < met.len() {
            let run = run_of(&met, i);
            let here = met[i].range.start;
            // What a number has taken is no subject of what follows it.
            let number = self.drafts.iter().map(|d| d.range.end).filter(|&end| from < end && end <= here).max();
            if let Some(end) = number {
                from = end;
            }
            if met[i].is(TargetKind::Goal) {
                self.has_goal = true;
                from = met[i].range.end;
            } else if met[i].is(TargetKind::Stretch) {
                self.stretch(&met[i].range);
                from = met[i].range.end;
            } else if here >= from
                && let Some(predicate) = self.predicate(&met[i..run], from, range.end)
            {
                timed = self.read_time(clause, timed, predicate.subject_end);
                let end = predicate.range.end;
                if self.state(clause, from, &range, predicate) {
                    from = end;
                    while i < met.len() && met[i].range.start < end {
                        i += 1;
                    }
                    continue;
                }
            }
            i = run;
        }
        if timed == 0 {
            self.read_time(clause, 0, range.end);
            // 其他约束性指标，完成上级下达任务: a subject in a clause of its own.
            let words = text[from.max(range.start)..range.end].trim();
            let is_short = (MIN_SUBJECT_CHARS..=SUBJECT_ALONE_CHARS).contains(&words.chars().count());
            if is_short && met.is_empty() && self.is_known(words) {
                let indicator = link::link(words, words, None, self.site.vocabulary);
                let subject = Subject { text: words.to_string(), indicator, start: range.start, end: range.end };
                self.last = Some(subject);
            }
        }
    }

    /// Takes in the times of the tokens up to a place; those behind it (与上年持平) are no horizon.
    fn read_time(&mut self, clause: &[Token], from: usize, end: usize) -> usize {
        let to = clause.iter().position(|token| token.range.end > end).unwrap_or(clause.len()).max(from);
        self.time.read(&clause[from..to], self.site.text(), self.site.place());
        to
    }

    /// The predicate that a run of words makes up, if nothing but the next of a list stands behind it.
    fn predicate(&self, run: &[Met], from: usize, clause_end: usize) -> Option<Predicate> {
        use TargetKind::{Bound, Change, Compare, Delegated, Equal, Meet, Point, Qualitative, Standing};
        let (first, last) = (run.first()?, run.last()?);
        let text = self.site.text();
        let range = first.range.start..last.range.end;
        let plain = |form: &'static str, word: &TargetWord, rule: &'static str| Predicate {
            range: range.clone(),
            subject_end: range.start,
            object: None,
            form,
            bound: word.bound,
            direction: word.direction,
            number: word.number,
            reference: None,
            rule,
        };
        let behind = &text[last.range.end..clause_end];
        // 经济增长｜基本同步: of the words before only the adverbs belong to the predicate.
        let adverbs = run[..run.len() - 1].iter().rev().take_while(|met| met.is(TargetKind::Manner));
        let own = adverbs.last().map_or(last.range.start, |met| met.range.start)..last.range.end;
        if let Some(word) = last.of(&[Compare]) {
            return self.comparison(word, &own, last.range.end..clause_end);
        }
        if let Some(word) = last.of(&[Meet])
            && let Some(predicate) = self.task(word, &own, last.range.end..clause_end)
        {
            return Some(predicate);
        }
        if !is_closed(behind) {
            return None;
        }
        if let Some(word) = last.of(&[Equal]) {
            return self.parity(word, &own, from);
        }
        if let Some(word) = last.of(&[Standing]) {
            return self.standing(word, &own, from);
        }
        if let Some(word) = last.of(&[Point]) {
            return Some(plain("point", word, "worded_number"));
        }
        if let Some(word) = last.of(&[Bound]) {
            return Some(plain("bound", word, "worded_number"));
        }
        if let Some(word) = last.of(&[Delegated]) {
            return Some(plain("delegated", word, "delegated"));
        }
        if let Some(word) = last.of(&[Qualitative]) {
            return Some(plain("qualitative", word, "qualitative"));
        }
        let word = last.of(&[Change]).filter(|_| run.len() > 1)?;
        Some(plain("qualitative", word, "qualitative"))
    }

    /// 高于全省平均水平: the reference stands behind the word, to the end of the clause or of the list's member.
    fn comparison(&self, word: &TargetWord, range: &Range<usize>, behind: Range<usize>) -> Option<Predicate> {
        let text = self.site.text();
        let end = text[behind.clone()].find(['、', '（']).map_or(behind.end, |at| behind.start + at);
        let reference = behind.start..end;
        let words = &text[reference.clone()];
        let is_plain = !self.drafts.iter().any(|draft| draft.range.start < end && behind.start < draft.range.end)
            && !words.contains(|c: char| c.is_ascii_digit());
        if !is_plain || words.contains(['的', '，']) {
            return None;
        }
        let predicate = Predicate {
            range: range.start..end,
            subject_end: range.start,
            object: None,
            form: "relative",
            bound: word.bound,
            direction: None,
            number: None,
            reference: Some(reference.clone()),
            rule: "comparison",
        };
        if let Some(by) = self.words.prefix(TargetKind::Authority, words)
            && self.words.suffix(TargetKind::TaskNoun, words).is_some()
        {
            let reference = Some(reference.start..reference.start + by.len());
            return Some(Predicate { form: "delegated", reference, rule: "delegated", ..predicate });
        }
        is_reference(self.site.vocabulary, words).then_some(predicate)
    }

    /// 与经济增长同步: the reference stands between 与 or 和 and the word.
    fn parity(&self, word: &TargetWord, range: &Range<usize>, from: usize) -> Option<Predicate> {
        let text = self.site.text();
        let before = &text[from..range.start];
        let joint = before.rfind(['与', '同', '跟']).or_else(|| before.rfind('和'))?;
        let at = from + joint;
        let reference = at + '与'.len_utf8()..range.start;
        is_reference(self.site.vocabulary, &text[reference.clone()]).then_some(Predicate {
            range: at..range.end,
            subject_end: at,
            object: None,
            form: "relative",
            bound: word.bound,
            direction: None,
            number: None,
            reference: Some(reference),
            rule: "parity",
        })
    }

    /// 位居全市前列: the group stands between the verb and the word.
    fn standing(&self, word: &TargetWord, range: &Range<usize>, from: usize) -> Option<Predicate> {
        let text = self.site.text();
        let before = &text[from..range.start];
        let verbs = before.char_indices().rev().take(STANDING_CHARS);
        let (at, verb) = verbs
            .filter_map(|(at, _)| Some((at, self.words.prefix(TargetKind::StandingVerb, &before[at..])?)))
            .last()?;
        let group = from + at + verb.len()..range.start;
        is_reference(self.site.vocabulary, &text[group.clone()]).then_some(Predicate {
            range: from + at..range.end,
            subject_end: from + at,
            object: None,
            form: "qualitative",
            bound: None,
            direction: word.direction,
            number: None,
            reference: Some(group),
            rule: "standing",
        })
    }

    /// 完成省下达目标, 达到上级要求, 控制在市核定范围内, 完成国家下达的节能减排任务.
    fn task(&self, word: &TargetWord, range: &Range<usize>, behind: Range<usize>) -> Option<Predicate> {
        let text = self.site.text();
        let words = self.words;
        if let Some(average) = self.average(word, range, behind.clone()) {
            return Some(average);
        }
        let mut at = behind.start;
        let mut authority: Option<Range<usize>> = None;
        // 省定、市定任务: more than one level, each with its own word.
        let mut order = None;
        // 完成“十四五”考核目标: a plan sets tasks too.
        let quoted = text[at..behind.end].strip_prefix('“').and_then(|rest| rest.find('”'));
        if let Some(close) = quoted {
            let plan = at..at + '“'.len_utf8() + close + '”'.len_utf8();
            if crate::parse::plan_period(&text[plan.clone()]).is_some() {
                at = plan.end;
                order = words.prefix(TargetKind::Order, &text[at..behind.end]);
                at += order.map_or(0, str::len);
                authority = Some(plan);
            }
        }
        while let Some(by) = words.prefix(TargetKind::Authority, &text[at..behind.end]) {
            authority = Some(authority.map_or(at, |by| by.start)..at + by.len());
            at += by.len();
            // 上级要求: the last word is what was set, not how.
            let how = words.prefix(TargetKind::Order, &text[at..behind.end]).filter(|how| at + how.len() < behind.end);
            at += how.map_or(0, str::len);
            order = how.or(order);
            let rest = &text[at..behind.end];
            at += ['、', '和', '与'].iter().find(|joint| rest.starts_with(**joint)).map_or(0, |joint| joint.len_utf8());
        }
        let end = text[at..behind.end].find(['、', '（']).map_or(behind.end, |end| at + end);
        if self.drafts.iter().any(|draft| draft.range.start < end && behind.start < draft.range.end) {
            return None;
        }
        let mut object = at..end;
        while let Some(close) = words.suffix(TargetKind::TaskEnd, &text[object.clone()]) {
            object.end -= close.len();
        }
        let is_within = object.end < end;
        let named = object.end;
        while let Some(noun) = words.suffix(TargetKind::TaskNoun, &text[object.clone()]) {
            object.end -= noun.len();
        }
        let is_task = object.end < named || (is_within && order.is_some());
        while let Some(filler) = words.prefix(TargetKind::Filler, &text[object.clone()]) {
            object.start += filler.len();
        }
        while let Some(filler) = words.suffix(TargetKind::Filler, &text[object.clone()]) {
            object.end -= filler.len();
        }
        if !is_task {
            return None;
        }
        let has_object = object.start < object.end;
        // Who set the task tells that it is one; 完成旧村改造任务 is work to be done.
        let is_set = match &authority {
            Some(_) => !has_object || self.is_known(&text[object.clone()]),
            None => has_object && self.words.suffix(TargetKind::Subject, &text[object.clone()]).is_some(),
        };
        if !is_set {
            return None;
        }
        Some(Predicate {
            range: range.start..end,
            subject_end: range.start,
            object: has_object.then_some(object),
            form: "delegated",
            bound: word.bound,
            direction: None,
            number: None,
            reference: authority,
            rule: "delegated",
        })
    }

    /// 达到全省平均水平: as much as a mean, at the least.
    fn average(&self, word: &TargetWord, range: &Range<usize>, behind: Range<usize>) -> Option<Predicate> {
        let text = self.site.text();
        let end = text[behind.clone()].find(['、', '（']).map_or(behind.end, |at| behind.start + at);
        let words = &text[behind.start..end];
        let is_mean =
            self.words.suffix(TargetKind::Average, words).is_some() && is_reference(self.site.vocabulary, words);
        (is_mean && !words.contains(|c: char| c.is_ascii_digit() || c == '的')).then_some(Predicate {
            range: range.start..end,
            subject_end: range.start,
            object: None,
            form: "relative",
            bound: word.bound.or(Some(">=")),
            direction: None,
            number: None,
            reference: Some(behind.start..end),
            rule: "comparison",
        })
    }

    /// 努力争取更好结果 asks for more than the figure right before it; at the end of a list, than all of it.
    fn stretch(&mut self, range: &Range<usize>) {
        let text = self.site.text();
        let gap = |target: &Found| text.get(target.range.end..range.start).map(|gap| gap.chars().count());
        let is_near = |target: &&mut Found| gap(target).is_some_and(|gap| gap <= super::STRETCH_GAP_CHARS);
        let ends_list = text[range.end..self.site.sentence.range.end].trim_end_matches(['。', '；', '”']).is_empty();
        let words = self.site.words(range);
        let last = self.found.iter().map(|target| target.range.end).filter(|&end| end <= range.start).max();
        if !self.found.iter_mut().any(|target| Some(target.range.end) == last && is_near(&target)) {
            return;
        }
        for target in self.found.iter_mut().filter(|target| ends_list || Some(target.range.end) == last) {
            target.row.stretch_text.get_or_insert_with(|| words.clone());
        }
    }

    /// Whether words end with a term of the catalogue or another subject of plans.
    fn is_known(&self, words: &str) -> bool {
        let mut stem = words;
        for _ in 0..3 {
            if self.words.suffix(TargetKind::Subject, stem).is_some()
                || link::ends_with_term(stem, self.site.vocabulary)
            {
                return true;
            }
            match self.words.suffix(TargetKind::SubjectEnd, stem) {
                Some(end) => stem = &stem[..stem.len() - end.len()],
                None => return false,
            }
        }
        false
    }

    /// Adds the row of a predicate; false where its subject is none.
    fn state(&mut self, clause: &[Token], from: usize, range: &Range<usize>, predicate: Predicate) -> bool {
        let text = self.site.text();
        // 预期目标是：收入在去年基数上增长8%；能耗完成省定目标: a list of targets looks back for its bases only.
        if self.has_goal && self.time.is_before(self.site.report.planned_year) {
            self.time = TimeState::default();
        }
        if predicate.subject_end - range.start > MAX_LEAD_BYTES
            || self.time.is_before(self.site.report.planned_year)
            || self.words.holds(TargetKind::NotSubject, &text[range.start..predicate.subject_end])
        {
            return false;
        }
        let span = predicate.object.clone().unwrap_or(from..predicate.subject_end);
        let Some((subject, is_inferred)) = self.subject(clause, &span, range, &predicate) else { return false };
        let quote = subject.start.min(predicate.range.start)..predicate.range.end.max(span.end);
        let hardness: Vec<&str> = super::commitments(self.site, &text[range.start..predicate.range.start]).collect();
        const GROWTH: &[Cue] = &[Cue::Up, Cue::Down, Cue::RateUp, Cue::RateDown];
        let compares_growth =
            |words: &str| self.site.vocabulary.words_in(words).any(|(_, word)| word.cues.has_any(GROWTH));
        let reference = predicate.reference.as_ref().map(|reference| self.site.words(reference));
        let measure = match predicate.form {
            "point" | "bound" => Some("change_pct"),
            "relative" if compares_growth(&subject.text) || reference.as_deref().is_some_and(compares_growth) => {
                Some("change_pct")
            }
            _ => None,
        };
        let unit = predicate.number.map(|_| "%");
        let low = predicate.number.filter(|_| matches!(predicate.bound, Some("=" | ">" | ">=")));
        let high = predicate.number.filter(|_| matches!(predicate.bound, Some("=" | "<" | "<=")));
        let is_average = cues_in(clause).any(|cues| cues.has(Cue::AnnualAverage));
        let row = TargetRow {
            scope: "self".into(),
            indicator: subject.indicator.map(|i| self.site.vocabulary.indicators[i].id.clone()),
            indicator_text: subject.text.clone(),
            status: "target",
            form: predicate.form,
            bound: predicate.bound,
            measure,
            direction: predicate.direction,
            low,
            high,
            unit: unit.map(Into::into),
            unit_measure: unit.map(Into::into),
            reference,
            modifier_text: (!hardness.is_empty()).then(|| hardness.join("|")),
            horizon: horizon(self.site, &self.time, is_average),
            flags: is_inferred.then(|| "subject_inferred".to_string()),
            rule_id: predicate.rule,
            ..TargetRow::default()
        };
        self.last = Some(Subject { end: predicate.range.end, ..subject });
        self.found.push(Found { range: predicate.range, quote, observation: None, row });
        true
    }

    /// The words of the subject; without any, those of the target or number in the clause before.
    fn subject(
        &self,
        clause: &[Token],
        span: &Range<usize>,
        range: &Range<usize>,
        predicate: &Predicate,
    ) -> Option<(Subject, bool)> {
        let text = self.site.text();
        let own = clause.iter().filter(|token| span.start < token.range.end && token.range.start < span.end);
        let first = own.clone().find(|token| !leads(text, token));
        let start = first.map_or(span.end, |token| token.range.start.max(span.start));
        let mut words = &text[start..span.end];
        // 通过多种措施促进农民收入; but 能耗确保不高于上年.
        words = match self.words.last_of(TargetKind::LeadVerb, words) {
            Some(verb) if words[verb.end..].chars().count() >= MIN_SUBJECT_CHARS => &words[verb.end..],
            Some(verb) if verb.end == words.len() => &words[..verb.start],
            _ => words,
        };
        while let Some(lead) = self.words.prefix(TargetKind::SubjectStart, words) {
            words = &words[lead.len()..];
        }
        let words = words.trim_matches(['、', '的', '（', '）', ' ']).trim_end_matches('“');
        let words = self.words.without_suffixes(TargetKind::SubjectTail, words);
        if words.chars().count() >= MIN_SUBJECT_CHARS {
            let is_number = matches!(predicate.form, "point" | "bound");
            let known = is_number || self.is_known(words);
            let indicator = link::link(words, &text[range.clone()], None, self.site.vocabulary);
            let is_short = words.chars().count() <= MAX_SUBJECT_CHARS;
            return (known && is_short)
                .then(|| (Subject { text: words.to_string(), indicator, start: range.start, end: span.end }, false));
        }
        if !matches!(predicate.rule, "parity" | "comparison") && predicate.reference.is_none() {
            return None;
        }
        let number = self.drafts.iter().zip(self.rows).filter(|(draft, _)| draft.range.end <= predicate.range.start);
        let number = number.max_by_key(|(draft, _)| draft.range.end).map(|(draft, row)| Subject {
            text: row.indicator_text.clone(),
            indicator: row
                .indicator
                .as_ref()
                .and_then(|id| self.site.vocabulary.indicators.iter().position(|indicator| indicator.id == *id)),
            start: draft.quote.start,
            end: draft.range.end,
        });
        let last = self.last.clone().into_iter().chain(number).max_by_key(|subject| subject.end)?;
        // Only what stands right before: 收入增长6%，与经济增长同步.
        let gap = &text[last.end..predicate.range.start];
        (gap.chars().count() <= super::STRETCH_GAP_CHARS && !last.text.is_empty()).then_some((last, true))
    }
}

/// Where the run of adverbs and changes that begins at a word ends: 保持｜平稳｜较快｜增长.
fn run_of(met: &[Met], from: usize) -> usize {
    let leads = |met: &Met| met.of(&[TargetKind::Manner, TargetKind::Change]).is_some();
    let mut end = from + 1;
    while end < met.len() && leads(&met[end - 1]) && met[end - 1].range.end == met[end].range.start {
        end += 1;
    }
    end
}

/// Whether nothing stands behind a predicate but the next of a list.
fn is_closed(behind: &str) -> bool {
    const JOINTS: &[&str] = &["、", "（", "并", "且", "以及", "；", "”", "……", "—"];
    behind.is_empty() || JOINTS.iter().any(|joint| behind.starts_with(joint))
}

/// Whether a token in front of a subject is no part of it: a time, a mark, 同时, 力争.
fn leads(text: &str, token: &Token) -> bool {
    const LEADS: &[Cue] = &[
        Cue::NotNoun,
        Cue::ThisYear,
        Cue::MultiYear,
        Cue::OneYear,
        Cue::Part,
        Cue::Conjunction,
        Cue::Completion,
        Cue::Future,
        Cue::AnnualAverage,
    ];
    match &token.kind {
        Kind::Word(word) => word.indicators.is_empty() && word.cues.has_any(LEADS),
        Kind::Time(_) => true,
        Kind::Punct(c) => !matches!(c, '“' | '《'),
        _ => matches!(&text[token.range.clone()], "的" | "将" | "要"),
    }
}
