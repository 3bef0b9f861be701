//! How a number is meant: level, change, share, multiple, one end of a change; its bounds and its base.

use super::clause::{Reader, range_of};
use super::lexer::{Kind, Quantity, Token};
use super::measure::{Direction, Measure};
use super::slots::{Slot, is_only_joint, list_lead};
use super::subject::is_share_verb;
use super::wording::{BOUNDS_BEFORE, NAMES_OF_SHARE, cues_in, wording};
use crate::vocab::{Cue, CueSet};

/// How a number is meant, as far as its clause tells.
pub struct Shape {
    pub measure: Measure,
    pub direction: Option<Direction>,
    pub change_basis: Option<&'static str>,
    pub within: Option<String>,
    pub role: Option<&'static str>,
    /// 达到, 至 and the like stand before the number.
    pub reaches: bool,
    /// 五年投入达3200亿元 may be a sum; 提高到 and 达到 tell a level.
    pub is_sum: bool,
    /// The number is an end of a change: 提高到83%.
    pub is_end: bool,
    /// A number without a unit that needs none (指数5.03).
    pub is_index: bool,
    /// A count per something (每千人4.3个) may have decimals.
    pub is_ratio: bool,
    pub rule: &'static str,
}

impl Shape {
    pub fn new(measure: Measure) -> Shape {
        Shape {
            measure,
            direction: None,
            change_basis: None,
            within: None,
            role: None,
            reaches: false,
            is_sum: false,
            is_end: false,
            is_index: false,
            is_ratio: false,
            rule: "level",
        }
    }
}

/// 多 and 少 stand at most so far before their number: 少竣工2条.
const MORE_OR_LESS_CHARS: usize = 3;
/// Behind 的 they say what the percentage is, not what it is a part of.
const NO_WHOLE: [&str; 14] =
    ["目标", "速度", "增速", "增长", "增幅", "降幅", "比例", "比重", "要求", "水平", "任务", "标准", "基础", "高"];

/// Cues that link a verb to its number.
const LINKS: &[Cue] =
    &[Cue::To, Cue::Respectively, Cue::YearOnYear, Cue::AnnualAverage, Cue::Conjunction, Cue::NotNoun];

/// Whether a word may stand between a verb and its number.
pub fn is_transparent(cues: CueSet) -> bool {
    cues.has_any(BOUNDS_BEFORE) || cues.has_any(LINKS)
}

impl Reader<'_> {
    pub(super) fn shape(&self, clause: &[Token], slot: &Slot, quantity: &Quantity) -> Shape {
        let text = self.text;
        let is_percent = quantity.unit_text == "%";
        let is_points = quantity.unit_text.ends_with("百分点");
        let is_fraction = is_fraction(text, &clause[slot.at]);
        let mut shape = Shape::new(Measure::Level);
        // In a list of numbers (增长12%和9%) the verb stands before the first.
        let lead: &[Token] =
            if is_only_joint(text, slot.before) { list_lead(text, clause, slot.at) } else { slot.before };
        let mut head: Option<&Token> = None;
        for token in lead.iter().rev() {
            match &token.kind {
                Kind::Word(word) if is_transparent(word.cues) && word.indicators.is_empty() => {
                    shape.reaches |= word.cues.has(Cue::To);
                    shape.is_sum |= matches!(&text[token.range.clone()], "达" | "为" | "共达" | "累计达");
                }
                Kind::Text if is_particle(&text[token.range.clone()]) => {}
                Kind::Quantity(_) | Kind::Punct(_) | Kind::Time(_) => {}
                _ => {
                    head = Some(token);
                    break;
                }
            }
        }
        let head_cues = head.map(Token::word_cues).unwrap_or_default();
        let before = &clause[..slot.at];
        let clause_cues = cues_in(before).fold(CueSet::default(), CueSet::with);
        let has = |cue: Cue| clause_cues.has(cue);
        let moves = |cues: CueSet| {
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
        let is_upgrade = head_cues.has(Cue::Upgrade) && self.vocabulary.dimension(quantity.unit) == Some("count");
        let has_object = !is_percent && !is_points && (is_upgrade || !wording(text, slot.after, true).is_empty());
        let is_term = matches!(head.map(|t| &t.kind), Some(Kind::Word(word)) if !word.indicators.is_empty());
        let is_rate_noun = head_cues.has_any(&[Cue::RateUp, Cue::RateDown]) || (is_term && is_percent);
        let direction = moves(head_cues);
        shape.is_ratio = has(Cue::NamePrefix) || is_per_count(text, clause);
        shape.is_index = lead.iter().any(|t| text[t.range.clone()].ends_with("指数")) || quantity.numeral.value == 0.0;
        if text[clause[slot.at].range.clone()].starts_with("零增长") {
            shape.measure = Measure::ChangePct;
            shape.direction = Some(Direction::Flat);
            shape.rule = "no_change";
        } else if quantity.is_ratio_part {
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
        } else if let Some(direction) = self.difference(clause, slot, lead) {
            shape.measure = if is_percent { Measure::ChangePct } else { Measure::ChangeAbs };
            shape.direction = Some(direction);
            shape.rule = "difference";
            if !has(Cue::YearOnYear) {
                shape.change_basis = Some("versus");
            }
        } else if !is_fraction
            && let Some(last) = self.stretched(head, cues_in(lead).any(|cues| cues.has(Cue::NotNoun)), quantity, &shape)
        {
            shape.measure = Measure::ChangePct;
            shape.direction = last;
            shape.rule = "stretch";
        } else if is_points {
            shape.measure = Measure::ChangeAbs;
            shape.direction = before
                .iter()
                .rev()
                .find_map(|token| moves(token.word_cues()))
                .or(if has(Cue::BelowBefore) { Some(Direction::Down) } else { Some(Direction::Up) });
            shape.rule = "points";
        } else if let Some(within) = self.share_of(clause, slot, is_percent, is_fraction) {
            shape.measure = Measure::Share;
            shape.within = within;
            shape.role = self.end_of_change(clause, slot, shape.reaches);
            shape.rule = "share";
        } else if is_percent && !shape.reaches && cues_in(before).next().is_some_and(|cues| cues.has(Cue::CutVerb)) {
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
        shape.is_end =
            shape.role.is_some() || (shape.reaches && matches!(shape.measure, Measure::Level | Measure::Share));
        if !matches!(shape.measure, Measure::ChangePct | Measure::ChangeAbs) && shape.rule != "multiple" {
            shape.change_basis = None;
        }
        shape
    }

    /// 高于年初目标1.5个百分点, 较上年同期多19天, 比计划少28户: a distance from something, told by 高于, 多 or 少.
    fn difference(&self, clause: &[Token], slot: &Slot, lead: &[Token]) -> Option<Direction> {
        let at = |cue: Cue| lead.iter().position(|t| t.cues().has(cue));
        let is_apart = |at: &usize| lead[at + 1..].iter().any(|t| matches!(t.kind, Kind::Text | Kind::Word(_)));
        // 超过任务3公里
        let is_points = clause[slot.at].quantity().is_some_and(|q| q.unit_text.ends_with("百分点"));
        let yardstick = lead.last().is_some_and(|t| t.word_cues().has(Cue::Yardstick));
        if is_points || yardstick {
            if at(Cue::OverBefore).filter(is_apart).is_some() {
                return Some(Direction::Up);
            }
            if at(Cue::BelowBefore).filter(is_apart).is_some() {
                return Some(Direction::Down);
            }
        }
        let compares = [Cue::Versus, Cue::YearOnYear].into_iter().any(|cue| at(cue).is_some());
        let (first, last) = (lead.first()?, lead.last().filter(|_| compares)?);
        let words = &self.text[first.range.start..last.range.end];
        match words.chars().next_back()? {
            '多' | '高' => return Some(Direction::Up),
            '少' | '低' => return Some(Direction::Down),
            _ => {}
        }
        // 比计划少建2家: a verb may follow.
        let ending: String =
            words.chars().rev().take(MORE_OR_LESS_CHARS).collect::<Vec<_>>().into_iter().rev().collect();
        let at = ending
            .rfind(['多', '少'])
            .filter(|&at| !ending[..at].ends_with(['不', '至', '减', '最', '更', '众', '许', '较']))?;
        Some(if ending[at..].starts_with('多') { Direction::Up } else { Direction::Down })
    }

    /// 增长7%以上，力争达到8%: a second rate without a verb of change of its own goes on with the first.
    fn stretched(
        &self,
        head: Option<&Token>,
        strives: bool,
        quantity: &Quantity,
        shape: &Shape,
    ) -> Option<Option<Direction>> {
        let last = self.out.drafts.last().filter(|last| last.measure == Measure::ChangePct)?;
        let is_told_so = shape.reaches || strives;
        let goes_on = head.is_none() && is_told_so && quantity.unit_text == "%" && quantity.unit == last.unit;
        goes_on.then_some(last.direction)
    }

    /// The pool of a share: 占全市48%, 全市40%的人员; `None` if the number is no share.
    fn share_of(&self, clause: &[Token], slot: &Slot, is_percent: bool, is_fraction: bool) -> Option<Option<String>> {
        if !is_percent && !is_fraction {
            return None;
        }
        let from_end = self
            .out
            .drafts
            .last()
            .filter(|d| d.role == Some("from") && d.measure == Measure::Share && d.clause == range_of(clause));
        if let Some(from) = from_end {
            return Some(from.within.clone());
        }
        let lead: &[Token] =
            if is_only_joint(self.text, slot.before) { list_lead(self.text, clause, slot.at) } else { slot.before };
        let is_share = |t: &Token| t.word_cues().has(Cue::Share);
        let share_at = lead.iter().position(is_share_verb).or(lead.iter().rposition(is_share));
        if let Some(at) = share_at {
            let names_share = |t: &Token| NAMES_OF_SHARE.iter().any(|noun| self.text[t.range.clone()].contains(noun));
            let behind = &lead[at + 1..];
            let pool: Vec<&Token> = behind[..behind.iter().position(names_share).map_or(behind.len(), |end| end + 1)]
                .iter()
                .filter(|t| !matches!(&t.kind, Kind::Word(w) if !w.cues.has(Cue::Pool) && (is_transparent(w.cues) || w.cues.has_any(&[Cue::Share, Cue::Completion, Cue::From, Cue::Up, Cue::Down, Cue::Adjust]))))
                .collect();
            let words: String = pool.iter().map(|t| &self.text[t.range.clone()]).collect();
            let words = words
                .trim_matches(['的', '比', '重', '例', '总', '数'])
                .trim_end_matches("比重")
                .trim_end_matches("项目");
            let known =
                pool.iter().find(|t| t.word_cues().has(Cue::Pool)).map(|t| self.text[t.range.clone()].to_string());
            return Some(known.or_else(|| (!words.is_empty()).then(|| words.to_string())));
        }
        // 接近全市的一半
        let pool = lead.iter().rev().find(|t| t.word_cues().has(Cue::Pool));
        if let Some(pool) = pool.filter(|_| is_fraction) {
            return Some(Some(self.text[pool.range.clone()].to_string()));
        }
        // 承担全市30%的任务
        let follows_pool =
            slot.before.last().filter(|t| t.word_cues().has_any(&[Cue::Pool, Cue::NearBefore, Cue::OverBefore]));
        // 近一半的税收, 75%的村: a part of what follows; 税收只有三成: of what stands before.
        let behind = clause.get(slot.at + 1).map(|t| &self.text[t.range.clone()]);
        let is_rate = slot.before.iter().any(|t| self.text[t.range.clone()].ends_with(['率', '度']));
        let takes_part = behind.is_some_and(|behind| {
            behind.starts_with('的') && !NO_WHOLE.iter().any(|word| behind[3..].starts_with(word))
        }) && clause.get(slot.at + 1).is_some_and(|t| {
            t.range.len() > 3
                || clause.get(slot.at + 2).is_some_and(|t| {
                    !NO_WHOLE.iter().any(|word| self.text[t.range.clone()].starts_with(word))
                        && !matches!(t.kind, Kind::Punct(_))
                })
        });
        let has_noun = !wording(self.text, slot.before, false).is_empty();
        let has_pool = clause[..slot.at].iter().any(|t| t.word_cues().has(Cue::Pool));
        if behind.is_some_and(|b| b.starts_with('的'))
            && has_pool
            && (follows_pool.is_some()
                || is_only_joint(self.text, slot.before)
                || self.out.drafts.last().is_some_and(|d| d.measure == Measure::Share))
        {
            let pool = clause[..slot.at].iter().rev().find(|t| t.word_cues().has(Cue::Pool));
            return Some(pool.map(|t| self.text[t.range.clone()].to_string()));
        }
        ((is_fraction && !is_rate) || (takes_part && !has_noun && !is_rate)).then_some(None)
    }

    /// 增加学位2100个, 减少燃煤3万吨: the change of a stock, told by its noun or by what is counted.
    fn stock_change(&self, lead: &[Token], quantity: &Quantity) -> Option<Direction> {
        let verb = lead.iter().position(|t| t.word_cues().has_any(&[Cue::Up, Cue::Down]))?;
        let cues = lead[verb].word_cues();
        let is_stock = lead[verb + 1..].iter().any(|t| t.word_cues().has(Cue::StockNoun));
        let is_amount = cues.has(Cue::ChangeVerb)
            && self.vocabulary.dimension(quantity.unit).is_some_and(|dimension| dimension != "count");
        let reaches = cues_in(&lead[verb + 1..]).any(|cues| cues.has(Cue::To));
        ((is_stock || is_amount) && !reaches).then(|| if cues.has(Cue::Up) { Direction::Up } else { Direction::Down })
    }

    /// from or to of 由20.8:36.7:42.5调整为17.7:33.4:48.9.
    fn end_of_ratio(&self, clause: &[Token], slot: &Slot) -> Option<&'static str> {
        if changes(&clause[..slot.at]) {
            let has_from = self.out.drafts.iter().any(|d| {
                d.role == Some("from") && d.measure == Measure::Share && d.clause.start >= self.sentence.range.start
            });
            return has_from.then_some("to");
        }
        let opens = cues_in(&clause[..slot.at]).any(|cues| cues.has(Cue::From));
        (opens && changes(&clause[slot.at..])).then_some("from")
    }

    /// from or to, when the clause tells both ends of a change: 由45%提高到83%.
    fn end_of_change(&self, clause: &[Token], slot: &Slot, reaches: bool) -> Option<&'static str> {
        let from_at = clause[..slot.at].iter().rposition(|t| t.word_cues().has(Cue::From));
        let other_at = (slot.at + 1..clause.len()).find(|&i| matches!(clause[i].kind, Kind::Quantity(_)));
        if let Some(other_at) = other_at {
            let between = &clause[slot.at + 1..other_at];
            let to = between.iter().rev().any(|t| t.word_cues().has(Cue::To));
            let unit_of = |i: usize| clause[i].quantity().map(|quantity| quantity.unit);
            let is_same = unit_of(slot.at) == unit_of(other_at);
            let opens =
                from_at.is_some_and(|at| !clause[at..slot.at].iter().any(|t| matches!(t.kind, Kind::Quantity(_))));
            let disposes = clause[..slot.at].iter().any(|t| t.word_cues().has(Cue::Disposal));
            if to && changes(between) && (opens || disposes) && is_same {
                return Some("from");
            }
        }
        let has_from = self.out.drafts.last().is_some_and(|d| d.role == Some("from") && d.clause == range_of(clause));
        (has_from && reaches && changes(&clause[..slot.at])).then_some("to")
    }

    pub(super) fn modifiers(&self, clause: &[Token], slot: &Slot, shape: &Shape) -> Modifiers {
        let text = self.text;
        let token = &clause[slot.at];
        let mut found =
            Modifiers { comparator: "=", words: Vec::new(), start: token.range.start, end: token.range.end };
        let mut is_bound_word = false;
        let is_fraction = is_fraction(text, token);
        for before in clause[..slot.at].iter().rev() {
            // 接近全市的一半, 约为全市的三分之一
            let is_whole = match &before.kind {
                Kind::Text => matches!(&text[before.range.clone()], "的" | "为"),
                Kind::Word(word) => word.cues.has_any(&[Cue::Pool, Cue::To]) && word.indicators.is_empty(),
                _ => false,
            };
            if is_fraction && is_whole {
                continue;
            }
            let Kind::Word(word) = &before.kind else { break };
            let Some(comparator) = bound_before(word.cues) else { break };
            found.comparator = comparator;
            found.words.insert(0, text[before.range.clone()].to_string());
            if !word.cues.has(Cue::ControlBefore) && before.range.end == found.start {
                found.start = before.range.start;
            }
            is_bound_word = true;
        }
        // 至少建成1个: a bound before the verb.
        let verbs = |t: &&Token| t.cues().has_any(&[Cue::Action, Cue::Opener, Cue::Completion, Cue::Realised]);
        let verb_count = slot.before.iter().rev().take_while(verbs).count();
        let bound = slot.before.len().checked_sub(verb_count + 1).map(|at| &slot.before[at]).filter(|_| verb_count > 0);
        if let Some(Token { range, kind: Kind::Word(word) }) = bound
            && found.comparator == "="
            && word.cues.has(Cue::AtLeastBefore)
        {
            found.comparator = ">=";
            found.words.push(text[range.clone()].to_string());
        }
        let says_about = slot
            .before
            .iter()
            .any(|t| matches!(&t.kind, Kind::Word(w) if w.cues.has(Cue::Share) && w.text.starts_with('约')));
        if says_about && found.comparator == "=" {
            found.comparator = "~";
            found.words.push("约".to_string());
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
}

/// The bounds around a number.
pub struct Modifiers {
    pub comparator: &'static str,
    pub words: Vec<String>,
    pub start: usize,
    pub end: usize,
}

/// What a word before a number makes of it: 约 ~, 超过 >, 不低于 >=.
pub(super) fn bound_before(cues: CueSet) -> Option<&'static str> {
    if cues.has(Cue::ApproxBefore) {
        Some("~")
    } else if cues.has_any(&[Cue::NearBefore, Cue::BelowBefore]) {
        Some("<")
    } else if cues.has(Cue::OverBefore) {
        Some(">")
    } else if cues.has(Cue::AtLeastBefore) {
        Some(">=")
    } else if cues.has_any(&[Cue::AtMostBefore, Cue::ControlBefore]) {
        Some("<=")
    } else {
        None
    }
}

/// Whether a verb tells a change of level: 提高, 降低, 调整.
fn changes(tokens: &[Token]) -> bool {
    cues_in(tokens).any(|cues| cues.has_any(&[Cue::Up, Cue::Down, Cue::Adjust]))
}

/// 三分之一, 三成, 一半: a part in words, not a percentage.
fn is_fraction(text: &str, token: &Token) -> bool {
    let number = &text[token.range.clone()];
    let is_percentage = token.quantity().is_some_and(|quantity| quantity.numeral.is_percentage);
    is_percentage
        && ((number.contains("分之") && !number.contains(['百', '千', '万']))
            || number.contains(['成', '半'])
            || (number.contains('/') && number.starts_with(|c: char| c.is_ascii_digit())))
}

/// 每千人口托位数: a count per something.
fn is_per_count(text: &str, clause: &[Token]) -> bool {
    clause.iter().any(|t| text[t.range.clone()].contains(['每', '均']))
}

/// Words that may stand between a verb and its number and say nothing.
pub fn is_particle(text: &str) -> bool {
    matches!(
        text,
        "了" | "的"
            | "在"
            | "为"
            | "又"
            | "也"
            | "再"
            | "将"
            | "全年"
            | "就"
            | "而"
            | "实际"
            | "大幅"
            | "迅速"
            | "快速"
    )
}
