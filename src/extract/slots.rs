//! Which numbers of a clause assert something, and which words belong to which of them.

use super::lexer::{Kind, Quantity, RangeEnd, Token};
use super::shape::{is_particle, is_transparent};
use super::wording::{cues_in, last_verb, next_statement, wording};
use crate::vocab::{Cue, Vocabulary};

/// A number of a clause and the tokens that belong to it.
pub struct Slot<'a, 'v> {
    pub at: usize,
    /// Tokens between the number before (or the clause's start) and this one.
    pub before: &'a [Token<'v>],
    /// Tokens behind it that are its object (完成340座｜公厕改造).
    pub after: &'a [Token<'v>],
}

/// The numbers of a clause that assert something, each with the tokens that belong to it.
pub fn slots<'a, 'v>(text: &str, clause: &'a [Token<'v>], vocabulary: &Vocabulary) -> Vec<Slot<'a, 'v>> {
    let at: Vec<usize> =
        (0..clause.len()).filter(|&i| may_assert(&clause[i]) && asserts(text, clause, i, vocabulary)).collect();
    let mut slots: Vec<Slot> = Vec::new();
    let mut from = 0;
    for (k, &i) in at.iter().enumerate() {
        let next = at.get(k + 1).copied().unwrap_or(clause.len());
        let before = &clause[from..i];
        let between = &clause[i + 1..next];
        // Does the object stand before the number (停车位5处、…) or behind it (5处停车位)?
        // 统筹开展21个: the object of the verb stands behind.
        let wants_object = before.last().is_some_and(|t| t.cues().has(Cue::Opener));
        let has_noun_before = !wording(text, before, true).is_empty()
            && !is_verb_only(before)
            && (!wants_object || between.first().is_none_or(|t| is_joint(text, t)));
        let is_bound = |t: &&Token| t.word_cues().has_any(&[Cue::AboveAfter, Cue::WithinAfter, Cue::ApproxAfter]);
        let starts_apart = between.iter().find(|t| !is_bound(t)).is_none_or(|t| is_joint(text, t));
        // Nothing but 的 hangs on a percentage: what follows belongs to the next number.
        let is_percent = clause[i].quantity().is_some_and(|q| q.unit_text == "%" || q.unit_text.ends_with("百分点"));
        let goes_on_with_de = between.first().is_some_and(|t| text[t.range.clone()].starts_with('的'));
        let goes_on = is_percent && !goes_on_with_de;
        let split = if next < clause.len() && (goes_on || !between.is_empty() && is_stage_only(between)) {
            0
        } else if let Some(verb) = leading_verb(text, between).filter(|_| next < clause.len()) {
            verb
        } else if next == clause.len() {
            // 抽检合格率99.7%辖区学校全部…, 利用外资6亿美元构建…: commas are lost behind what is told in full.
            let is_rate = is_percent && !goes_on_with_de && ends_in_rate(text, before);
            let is_told = is_rate || ends_in_term(before) && opens_with_verb(between);
            if has_noun_before && (starts_apart || is_told) { 0 } else { between.len() }
        } else if starts_apart {
            0
        } else {
            between.iter().rposition(|t| is_joint(text, t)).unwrap_or(if has_noun_before { 0 } else { between.len() })
        };
        // 改扩建绿地10万平方米推动绿道建设: the verb behind opens a statement of its own.
        let is_money = clause[i].quantity().is_some_and(|q| vocabulary.dimension(q.unit) == Some("money"));
        let is_told = if is_verb_only(before) {
            // 投入8亿元扶持产业: what the money is for.
            !is_money && cues_in(before).any(|cues| cues.has_any(&[Cue::Action, Cue::Opener]))
        } else {
            has_noun_before
        };
        let verb = if next < clause.len() { last_verb(text, between) } else { None };
        let split = match next_statement(text, between).filter(|_| is_told) {
            Some(verb) if next < clause.len() && !has_noun_before => verb,
            Some(verb) => split.min(verb),
            // 为2900名老人发放补贴176万元: the verb and its object belong to the number behind them.
            None => verb.map_or(split, |verb| split.min(verb)),
        };
        slots.push(Slot { at: i, before, after: &between[..split] });
        from = i + 1 + split;
    }
    // 24个小区7100户62万平方米管网改造: a number without words of its own takes those of the next.
    for k in (0..slots.len().saturating_sub(1)).rev() {
        let number = clause[slots[k].at].quantity();
        let is_low = number.is_some_and(|q| q.range == Some(RangeEnd::Low));
        let is_next = slots[k + 1].before.is_empty() && slots[k].at + 1 == slots[k + 1].at;
        // 剩余403户、964人贫困人口: members of a list with one noun.
        let is_ratio = number.is_some_and(|q| q.is_ratio_part);
        let is_listed = !is_ratio
            && slots[k].at + 2 == slots[k + 1].at
            && is_only_joint(text, slots[k + 1].before)
            && (wording(text, slots[k].before, true).is_empty() || is_verb_only(slots[k].before));
        let is_bare = slots[k].after.is_empty() && (is_next || is_listed || is_low);
        if is_bare {
            slots[k].after = slots[k + 1].after;
        }
    }
    slots
}

/// The last word before a number but for those that only link it to its verb.
fn last_word<'a, 'v>(tokens: &'a [Token<'v>]) -> Option<&'a Token<'v>> {
    tokens.iter().rfind(|t| !is_transparent(t.cues()))
}

/// Whether the words before a number end with what the catalogue knows.
fn ends_in_term(tokens: &[Token]) -> bool {
    matches!(last_word(tokens).map(|t| &t.kind), Some(Kind::Word(word)) if !word.indicators.is_empty())
}

fn ends_in_rate(text: &str, tokens: &[Token]) -> bool {
    last_word(tokens).is_some_and(|token| text[token.range.clone()].ends_with('率'))
}

fn opens_with_verb(tokens: &[Token]) -> bool {
    tokens.first().is_some_and(|t| t.cues().has_any(&[Cue::Action, Cue::Opener]))
}

/// Where a verb of change begins that leads to the next number: 2万份｜增加到8万份.
fn leading_verb(text: &str, between: &[Token]) -> Option<usize> {
    let is_link = |t: &Token| match &t.kind {
        Kind::Word(w) => {
            w.indicators.is_empty()
                && (is_transparent(w.cues) || w.cues.has_any(&[Cue::From, Cue::LastYear, Cue::YearBefore]))
        }
        Kind::Time(_) => true,
        Kind::Text => is_particle(&text[t.range.clone()]),
        _ => false,
    };
    let tail = between.iter().rposition(|t| !is_link(t))?;
    let reaches = cues_in(&between[tail..]).any(|cues| cues.has(Cue::To));
    let changes = between[tail].cues().has_any(&[Cue::Up, Cue::Down, Cue::Adjust]);
    (reaches && changes).then_some(tail)
}

/// Whether a token is a number, which may state something.
pub fn may_assert(token: &Token) -> bool {
    match &token.kind {
        Kind::Quantity(_) | Kind::Ordinal(_) | Kind::Top(_) => true,
        Kind::Word(word) => word.cues.has(Cue::First),
        _ => false,
    }
}

/// Whether a number states something.
fn asserts(text: &str, clause: &[Token], i: usize, vocabulary: &Vocabulary) -> bool {
    let previous = i.checked_sub(1).map(|j| &clause[j]);
    let cues_before = previous.map(Token::word_cues).unwrap_or_default();
    let is_placed = cues_before.has_any(&[Cue::Pool, Cue::RankVerb, Cue::To]);
    let ends_here = clause.get(i + 1).is_none_or(|t| matches!(t.kind, Kind::Punct(_)) || is_joint(text, t));
    match &clause[i].kind {
        // 实现两个100%: how many numbers follow is no statement.
        Kind::Quantity(quantity)
            if quantity.unit_text == "个"
                && matches!(clause.get(i + 1).map(|t| &t.kind), Some(Kind::Quantity(next)) if next.unit_text == "%") =>
        {
            false
        }
        Kind::Quantity(quantity) => !is_threshold(clause, i, quantity, vocabulary),
        Kind::Ordinal(_) => {
            let ranks = clause[..i].iter().any(|t| t.word_cues().has_any(&[Cue::RankVerb, Cue::Pool]));
            cues_before.has(Cue::Pool) || ((is_placed || ranks) && ends_here)
        }
        // 排名前50位的企业 says which firms.
        Kind::Top(_) => is_placed && !clause.get(i + 1).is_some_and(|t| text[t.range.clone()].starts_with('的')),
        Kind::Word(word) => {
            word.cues.has(Cue::First) && (is_placed || clause[..i].iter().any(|t| t.word_cues().has(Cue::RankVerb)))
        }
        _ => false,
    }
}

/// 5万元以下的村, 20年以上老旧管道: a bound inside a name tells which things, not how many.
fn is_threshold(clause: &[Token], i: usize, quantity: &Quantity, vocabulary: &Vocabulary) -> bool {
    let measures = matches!(vocabulary.dimension(quantity.unit), Some("money" | "time" | "area" | "length"));
    let is_bound = clause.get(i + 1).is_some_and(|t| t.word_cues().has_any(&[Cue::AboveAfter, Cue::WithinAfter]));
    let names_a_thing = match clause.get(i + 2).map(|t| &t.kind) {
        Some(Kind::Text) => true,
        // 10亿元以上11家
        Some(Kind::Quantity(next)) => vocabulary.dimension(next.unit) == Some("count"),
        Some(Kind::Word(word)) => !word.indicators.is_empty() || word.cues.is_empty() || word.cues.has(Cue::Name),
        _ => false,
    };
    measures && is_bound && names_a_thing
}

/// A separator between the members of a list.
pub fn is_joint(text: &str, token: &Token) -> bool {
    match &token.kind {
        Kind::Punct(c) => *c == '、',
        Kind::Word(word) => word.cues.has(Cue::Conjunction) && word.indicators.is_empty(),
        Kind::Text => matches!(&text[token.range.clone()], "和" | "及" | "与"),
        _ => false,
    }
}

pub fn is_only_joint(text: &str, tokens: &[Token]) -> bool {
    tokens
        .iter()
        .all(|t| is_joint(text, t) || t.word_cues().has_any(&[Cue::ApproxBefore, Cue::NearBefore, Cue::OverBefore]))
}

/// 开工1100完工2000套: a stage of works alone belongs to the number behind it.
fn is_stage_only(tokens: &[Token]) -> bool {
    tokens.iter().all(|t| t.cues().has(Cue::Attribute))
}

/// Verbs without an object: 完成, 新增, 实施.
pub fn is_verb_only(tokens: &[Token]) -> bool {
    tokens.iter().all(|t| match &t.kind {
        Kind::Word(word) => {
            word.indicators.is_empty()
                && !word.cues.is_empty()
                && !word.cues.has_any(&[Cue::Name, Cue::StockNoun, Cue::UnitGuard])
        }
        Kind::Time(_) | Kind::Punct(_) => true,
        _ => false,
    })
}

/// The tokens before the first number of the list that the number at `at` belongs to.
pub fn list_lead<'a, 'v>(text: &str, clause: &'a [Token<'v>], at: usize) -> &'a [Token<'v>] {
    let mut first = at;
    while first > 0
        && (is_joint(text, &clause[first - 1])
            || matches!(clause[first - 1].kind, Kind::Quantity(_))
                && matches!(clause[first].kind, Kind::Punct(_) | Kind::Word(_) | Kind::Quantity(_)))
    {
        first -= 1;
    }
    let from = clause[..first].iter().rposition(|t| matches!(t.kind, Kind::Quantity(_))).map_or(0, |i| i + 1);
    &clause[from..first]
}
