//! Honours claimed: rows of `honours` from the words of a sentence (荣获“全国双拥模范城”称号).
//!
//! A clause is read from left to right for the cues of `honours.csv`. The title stands behind its cue, or before it
//! (创建成功), one row each of a list. What it will not do: guess. Words that may mean anything (获得, 成为) need a title
//! that tells by a mark (示范区) and by a level or quotation marks that it is one.

use super::key_of;
use super::lexer::{Kind, Token};
use super::number::{chinese_value, year_digits};
use super::period::{Period, Question, TimeState};
use super::scope;
use super::target::Site;
use crate::model::HonourRow;
use crate::vocab::{Claims, Cue, HonourKind, HonourWords};
use std::ops::Range;

/// A quotation longer than this is speech, or has lost its end.
const QUOTATION_CHARS: usize = 45;
/// A title has at least and at most so many characters.
const TITLE_CHARS: std::ops::RangeInclusive<usize> = 3..=45;
/// The number of a note has no more digits.
const NOTE_DIGITS: usize = 3;
/// No member of a list is read further: damage may glue thousands of characters.
const MEMBER_BYTES: usize = 300;
/// Nothing but a level before so few characters is no title.
const PLAIN_TITLE_CHARS: usize = 5;
/// Before a verb of giving without 被 what got the honour has at least so many characters: 新认定5家 tells of none.
const MIN_SCOPE_CHARS: usize = 2;
/// What got an honour is named in fewer characters; more are a statement that lost its comma.
const SCOPE_CHARS: usize = 40;
/// Who gave it is named in fewer characters.
const GIVER_CHARS: usize = 25;

/// What begins with one of these is a statement, not a name.
const VERBS: &[Cue] =
    &[Cue::Opener, Cue::Realised, Cue::Completion, Cue::Action, Cue::RankVerb, Cue::Up, Cue::Down, Cue::To];

/// A title as found; ranges are plain bytes.
#[derive(Clone)]
struct Title {
    range: Range<usize>,
    giver: Option<Range<usize>>,
    /// 首批, 第四批 before it.
    batch: Option<Range<usize>>,
    /// The level told by what stands before it (全市首批).
    level: Option<&'static str>,
    count: Option<i32>,
}

/// What a cue gives: its titles, and where the words end that name who got them.
struct Claim {
    titles: Vec<Title>,
    subject_end: usize,
    end: usize,
}

/// What the titles of one cue have in common.
struct Statement {
    cue: Range<usize>,
    kind: HonourKind,
    quote: Range<usize>,
    recipient: Recipient,
    times: Option<(i32, Range<usize>)>,
    /// Over how many years, if it was won in each.
    streak: Option<i32>,
}

/// Who got an honour.
#[derive(Clone)]
struct Recipient {
    text: Option<String>,
    is_inferred: bool,
}

struct Reader<'s, 'a> {
    site: &'s Site<'a>,
    words: &'s HonourWords,
    text: &'a str,
    tokens: &'s [Token<'s>],
    /// The cues outside of quotations, in text order.
    cues: Vec<(Range<usize>, HonourKind)>,
    quotations: Vec<Range<usize>>,
    time: TimeState,
    /// How many tokens the time was read from.
    timed: usize,
    /// Where the last honour ended.
    done: usize,
    last: Option<Recipient>,
    rows: Vec<HonourRow>,
}

/// The honours of one sentence, in text order.
pub(super) fn read_sentence(site: &Site, tokens: &[Token]) -> Vec<HonourRow> {
    let by_section = if site.sentence.role.is_plan() { Claims::HONOUR_AHEAD } else { Claims::HONOUR_REACHED };
    if !site.claims.has(Claims::HONOUR) && !site.claims.has(by_section) {
        return Vec::new();
    }
    let text = site.text();
    let range = super::without_heading_marks(text, &site.sentence.range);
    let words = &site.vocabulary.honours;
    let mut cues: Vec<(Range<usize>, HonourKind)> = words
        .cues_in(&text[range.clone()])
        .map(|(at, kind)| (range.start + at.start..range.start + at.end, kind))
        .collect();
    let quotations = quotations(text, &range);
    // “八连冠” is a quotation itself.
    cues.retain(|(cue, kind)| *kind == HonourKind::Crown || quotation_around(&quotations, cue.start).is_none());
    let mut reader = Reader {
        site,
        words,
        text,
        tokens,
        cues,
        quotations,
        time: TimeState::default(),
        timed: 0,
        done: range.start,
        last: None,
        rows: Vec::new(),
    };
    for clause in reader.clauses(&range) {
        let from = reader.cues.partition_point(|(cue, _)| cue.start < clause.start);
        let to = reader.cues.partition_point(|(cue, _)| cue.start < clause.end);
        for at in from..to {
            let (cue, kind) = reader.cues[at].clone();
            if cue.start >= reader.done && cue.end <= clause.end {
                reader.read_cue(&clause, cue, kind);
            }
        }
    }
    let mut rows = reader.rows;
    rows.sort_by_key(|row| (row.source_start, row.source_end));
    rows.dedup_by(|next, kept| next.source_start < kept.source_end);
    rows
}

/// The quotation that a place lies in; quotations are in text order.
fn quotation_around(quotations: &[Range<usize>], at: usize) -> Option<&Range<usize>> {
    let next = quotations.partition_point(|quotation| quotation.end <= at);
    quotations.get(next).filter(|quotation| quotation.start <= at)
}

/// The quotations of a sentence, marks included.
fn quotations(text: &str, range: &Range<usize>) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut open: Option<(usize, char)> = None;
    for (at, c) in text[range.clone()].char_indices() {
        let at = range.start + at;
        match (c, open) {
            ('“' | '《', _) | ('"', None) => open = Some((at, c)),
            ('”', Some((from, '“'))) | ('》', Some((from, '《'))) | ('"', Some((from, '"'))) => {
                if text[from..at].chars().count() <= QUOTATION_CHARS {
                    found.push(from..at + c.len_utf8());
                }
                open = None;
            }
            _ => {}
        }
    }
    found
}

impl<'a> Reader<'_, 'a> {
    fn quotation_around(&self, at: usize) -> Option<&Range<usize>> {
        quotation_around(&self.quotations, at)
    }

    /// The sentence cut at ，；：。 outside of quotations.
    fn clauses(&self, range: &Range<usize>) -> Vec<Range<usize>> {
        let mut clauses = Vec::new();
        let mut from = range.start;
        for (at, c) in self.text[range.clone()].char_indices() {
            let at = range.start + at;
            if matches!(c, '，' | '；' | '：' | '。' | '！' | '？' | '\n' | '\t') && self.quotation_around(at).is_none()
            {
                clauses.push(from..at);
                from = at + c.len_utf8();
            }
        }
        clauses.push(from..range.end);
        clauses
    }

    fn read_cue(&mut self, clause: &Range<usize>, cue: Range<usize>, kind: HonourKind) {
        let role = self.site.sentence.role;
        let from = clause.start.max(self.done);
        // 让创新成为风尚, and what a plan says of the years to come.
        let is_wish = role.is_plan() || self.text[from..cue.start].contains(['让', '使', '将', '把']);
        if kind == HonourKind::Strive && !role.is_plan() || kind == HonourKind::Become && is_wish {
            return;
        }
        let claim = match kind {
            HonourKind::Pass => self.passed(from, &cue, clause.end),
            HonourKind::Done | HonourKind::Crown => self.before(from, cue.start, cue.end),
            HonourKind::Grant => self.granted(from, &cue, clause.end),
            _ => self.behind(&cue, clause.end, kind),
        };
        let Some(claim) = claim else { return };
        let to = self.tokens.iter().position(|token| token.range.end > cue.start).unwrap_or(self.tokens.len());
        if to > self.timed {
            self.time.read(&self.tokens[self.timed..to], self.text, self.site.place());
            self.timed = to;
        }
        let (times, streak) = self.times(from, cue.start);
        let recipient = self.recipient(from..claim.subject_end.max(from));
        let start = claim.titles.iter().map(|title| title.range.start).min().unwrap_or(cue.start).min(cue.start);
        let quote = from.min(start)..claim.end.max(cue.end);
        let lead = self.text[quote.clone()].len() - self.text[quote.clone()].trim_start_matches(['、', ' ']).len();
        let quote = quote.start + lead..quote.end;
        self.done = claim.end.max(cue.end);
        let statement = Statement { cue, kind, quote, recipient, times, streak };
        for title in claim.titles {
            self.write(&statement, title);
        }
        let inherits = Recipient { is_inferred: true, ..statement.recipient };
        self.last = inherits.text.is_some().then_some(inherits);
    }

    /// 荣获A、B和C: the titles behind a cue.
    fn behind(&self, cue: &Range<usize>, end: usize, kind: HonourKind) -> Option<Claim> {
        let (titles, at) = self.titles(cue.end, end, kind, None);
        (!titles.is_empty()).then_some(Claim { titles, subject_end: cue.start, end: at })
    }

    /// 被省政府授予A: who gave it stands between 被 and the cue.
    fn granted(&self, from: usize, cue: &Range<usize>, end: usize) -> Option<Claim> {
        let before = &self.text[from..cue.start];
        let passive = before.rfind('被');
        let (giver, subject_end) = match passive {
            Some(at) => {
                let giver = self.trimmed(from + at + '被'.len_utf8()..cue.start);
                let is_name = (2..=GIVER_CHARS).contains(&self.text[giver.clone()].chars().count());
                (is_name.then_some(giver), from + at)
            }
            // 将甲流列为传染病: something else is done.
            None if before.contains(['将', '把', '对']) => return None,
            None => (None, cue.start),
        };
        let subject = self.without_circumstances(from..subject_end);
        let has_subject = passive.is_some() || self.text[subject].chars().count() >= MIN_SCOPE_CHARS;
        // 被…命名为“…”: a title in quotation marks says enough.
        let is_quoted = self.text[cue.end..end].contains(['“', '"']);
        let kind = match passive {
            Some(_) if is_quoted => HonourKind::Win,
            Some(_) => HonourKind::Gain,
            None => HonourKind::Grant,
        };
        let (titles, at) = self.titles(cue.end, end, kind, giver);
        (has_subject && !titles.is_empty()).then_some(Claim { titles, subject_end, end: at })
    }

    /// 通过国家卫生县城复审, 国家卫生县城通过复审: the title between cue and check, or else before the cue.
    fn passed(&self, from: usize, cue: &Range<usize>, end: usize) -> Option<Claim> {
        let check = self.words.first(HonourKind::Check, &self.text[cue.end..end])?;
        let check = cue.end + check.start..cue.end + check.end;
        if self.quotation_around(check.start).is_some() {
            return None;
        }
        let inner = self.without_checks(cue.end..check.start);
        let (titles, _) = self.titles(inner.start, inner.end, HonourKind::Pass, None);
        if titles.is_empty() {
            return self.before(from, cue.start, check.end);
        }
        Some(Claim { titles, subject_end: cue.start, end: check.end })
    }

    /// 全国文明城市创建成功: the title that ends where the cue begins.
    fn before(&self, from: usize, to: usize, end: usize) -> Option<Claim> {
        let number: usize = self.text[from..to]
            .chars()
            .rev()
            .take_while(|c| c.is_ascii_digit() || "一二三四五六七八九十“".contains(*c))
            .map(char::len_utf8)
            .sum();
        let words = self.without_checks(from..to - number);
        // The list that begins with a level or a quotation and reaches to the cue.
        let starts = self.text[words.clone()].char_indices().map(|(at, _)| words.start + at);
        let near = starts.filter(|&at| words.end - at <= MEMBER_BYTES && self.opens_title(at));
        let lists = near.map(|at| (at, self.titles(at, words.end, HonourKind::Done, None)));
        let mut whole = lists.filter(|(_, (titles, last))| !titles.is_empty() && *last == words.end);
        let (subject_end, (titles, _)) = whole.next()?;
        Some(Claim { titles, subject_end, end })
    }

    /// Whether a title may begin at a place: a level or a quotation that does not lie in another.
    fn opens_title(&self, at: usize) -> bool {
        let is_free = self.quotation_around(at).is_none_or(|quotation| quotation.start == at);
        // 我市 holds 市.
        let is_word = !self.text[..at].ends_with(['我', '全', '本', '该', '各']);
        is_free && is_word && (self.text[at..].starts_with(['“', '"']) || self.level_at(at).is_some())
    }

    /// The titles of a list that begins at `at`, and where it ends.
    fn titles(&self, at: usize, end: usize, kind: HonourKind, giver: Option<Range<usize>>) -> (Vec<Title>, usize) {
        let mut titles: Vec<Title> = Vec::new();
        let mut next = at;
        let mut last = at;
        while next < end {
            let mut title = Title { range: next..next, giver: giver.clone(), batch: None, level: None, count: None };
            let from = self.lead(next, end, &mut title);
            let (range, behind, goes_on) = self.member(from, end);
            let is_closed = self.words.suffix(HonourKind::Tail, &self.text[range.end..behind]).is_some();
            title.range = self.title_of(range);
            let is_listed = !titles.is_empty();
            let opens = is_listed && self.opens_statement(&title);
            if opens || self.holds_cue(&title.range, is_listed) || !self.is_title(&title, kind, is_closed) {
                break;
            }
            // 全国劳动模范和先进工作者: the level is told once.
            if is_listed && self.level_in(&title.range).is_none() && self.quotation_around(title.range.start).is_none()
            {
                let last = titles.last().and_then(|last| self.level_in(&last.range).or(last.level));
                title.level = title.level.or(last);
            }
            if kind == HonourKind::Strive && title.count.is_some() {
                break;
            }
            titles.push(title);
            (last, next) = (behind, behind);
            if !goes_on {
                break;
            }
            while let Some(joint) = self.joint(next, end) {
                next += joint;
            }
        }
        (titles, last)
    }

    /// Whether a member of a list begins with a verb: another statement.
    fn opens_statement(&self, title: &Title) -> bool {
        let word = self.site.vocabulary.word_at(self.text, title.range.start);
        word.is_some_and(|(_, word)| word.indicators.is_empty() && word.cues.has_any(VERBS))
    }

    /// Whether another cue stands in the words: the honour is that one's.
    fn holds_cue(&self, range: &Range<usize>, is_listed: bool) -> bool {
        let from = self.cues.partition_point(|(cue, _)| cue.start < range.start);
        let inside = self.cues[from..].iter().take_while(|(cue, _)| cue.start < range.end);
        inside.into_iter().any(|(_, kind)| *kind == HonourKind::Win || is_listed && *kind != HonourKind::Strive)
    }

    /// What joins the members of a list, or closes one that stands behind its title.
    fn joint(&self, at: usize, end: usize) -> Option<usize> {
        const JOINTS: [&str; 6] = ["、", "以及", "和", "及", "与", " "];
        let rest = &self.text[at..end];
        JOINTS.iter().find(|joint| rest.starts_with(**joint)).map(|joint| joint.len())
    }

    /// Skips what stands before a title and keeps what it tells: the giver, the batch, the level, how many.
    fn lead(&self, at: usize, end: usize, title: &mut Title) -> usize {
        let mut from = at;
        loop {
            let rest = &self.text[from..end];
            if let Some(filler) = self.words.prefix(HonourKind::Filler, rest) {
                title.level = title.level.or(self.words.level_of(filler).map(|(_, level)| level));
                if filler.ends_with('批') {
                    title.batch = Some(from..from + filler.len());
                }
                from += filler.len();
                // 全国首批、全市首个
                if let Some(next) = self.text[from..end].strip_prefix('、')
                    && self.words.prefix(HonourKind::Filler, next).is_some()
                {
                    from += '、'.len_utf8();
                }
            } else if let Some((length, unit)) = ordinal(rest) {
                // 第5个 tells of no batch.
                title.batch = if unit == '个' { title.batch.take() } else { Some(from..from + length) };
                from += length;
            } else if let Some(giver) = self.giver(from, end).filter(|_| title.giver.is_none()) {
                from = giver.end;
                title.giver = Some(giver);
            } else if let Some((count, length)) = self.count_at(from, end) {
                title.count = Some(count);
                from = length;
            } else {
                return from;
            }
        }
    }

    /// 3家, 15个 at a place: how many, and where it ends.
    fn count_at(&self, at: usize, end: usize) -> Option<(i32, usize)> {
        let index = self.tokens.partition_point(|token| token.range.start < at);
        let token = self.tokens.get(index).filter(|token| token.range.start == at && token.range.end <= end)?;
        self.count_of(token).map(|count| (count, token.range.end))
    }

    fn count_of(&self, token: &Token) -> Option<i32> {
        let quantity = token.quantity()?;
        let is_count = self.site.vocabulary.dimension(quantity.unit) == Some("count");
        let value = quantity.numeral.value * quantity.numeral.scale;
        (is_count && value.fract() == 0.0 && (1.0..1e6).contains(&value)).then_some(value as i32)
    }

    /// 国务院, or a name that ends like one right before the quotation marks: 某某协会“…”.
    fn giver(&self, at: usize, end: usize) -> Option<Range<usize>> {
        let rest = &self.text[at..end];
        if let Some(giver) = self.words.prefix(HonourKind::Giver, rest) {
            let mut giver = at..at + giver.len();
            // 人社部、国家税务总局
            while let Some(next) = self.text[giver.end..end].strip_prefix('、')
                && let Some(next) = self.words.prefix(HonourKind::Giver, next)
            {
                giver.end += '、'.len_utf8() + next.len();
            }
            return Some(giver);
        }
        let near = rest.char_indices().nth(GIVER_CHARS).map_or(rest, |(end, _)| &rest[..end]);
        // 中华慈善总会授予…奖
        let given = self.words.first(HonourKind::Given, near).map(|given| given.start).filter(|&given| given > 0);
        if let Some(given) = given.filter(|&given| !near[..given].contains(['“', '的'])) {
            return Some(at..at + given);
        }
        let until = near.find(['“', '"'])?;
        let words = self.without_ends(at..at + until);
        let is_name = self.words.suffix(HonourKind::GiverEnd, &self.text[words.clone()]).is_some()
            && !self.text[words.clone()].contains(['、', '的']);
        is_name.then_some(words)
    }

    /// One member of a list: its words, where the next begins, and whether a next may follow.
    fn member(&self, from: usize, end: usize) -> (Range<usize>, usize, bool) {
        const BREAKS: [char; 5] = ['的', '在', '为', '并', '且'];
        let mut at = from;
        let mut quoted = None;
        while at < end && at - from <= MEMBER_BYTES {
            if let Some(quotation) = self.quotation_around(at).filter(|quotation| quotation.start == at) {
                if quoted == Some(at) {
                    return (from..at, at, true);
                }
                at = quotation.end.min(end);
                quoted = Some(at);
                continue;
            }
            // A note: “领跑者”[3]
            if let Some(length) = note(&self.text[at..end]) {
                quoted = quoted.filter(|&quoted| quoted == at).map(|_| at + length);
                at += length;
                continue;
            }
            let Some(c) = self.text[at..end].chars().next() else { break };
            let ends = || quoted == Some(at) || self.marks_end(from..at);
            match c {
                '、' => return (from..at, at, true),
                '和' | '及' | '与' if ends() => return (from..at, at, true),
                '（' | '）' | '…' | '”' => return (from..at, at, false),
                '等' if self.closes_list(from, at, end) => return (from..at, at, false),
                c if BREAKS.contains(&c) && ends() => return (from..at, at, false),
                '并' => return (from..at, at, false),
                _ => {}
            }
            if let Some(tail) = self.words.prefix(HonourKind::Tail, &self.text[at..end]).filter(|_| at > from) {
                return (from..at, at + tail.len(), true);
            }
            at += c.len_utf8();
        }
        (from..at, at, false)
    }

    /// Whether words end with a mark: 先进集体.
    fn marks_end(&self, range: Range<usize>) -> bool {
        let length = range.len();
        self.words.marks_in(&self.text[range]).last().is_some_and(|(mark, _)| mark.end == length)
    }

    /// 等 behind a list; not in 一等奖 and 等级.
    fn closes_list(&self, from: usize, at: usize, end: usize) -> bool {
        let before = self.text[from..at].chars().next_back();
        let behind = self.text[at + '等'.len_utf8()..end].chars().next();
        let is_grade = before.is_none_or(|c| "一二三四五特优高中平同上甲均初".contains(c))
            || behind.is_some_and(|c| "级次奖功额线".contains(c));
        !is_grade
    }

    /// The words of a title without what does not belong to it.
    fn title_of(&self, range: Range<usize>) -> Range<usize> {
        let mut range = self.trimmed(range);
        if let Some(at) = self.text[range.clone()].rfind(['[', '［'])
            && note(&self.text[range.start + at..range.end]) == Some(range.len() - at)
        {
            range.end = range.start + at;
        }
        // 国家级试点17个
        let counted = self.tokens.iter().find(|token| token.range.end == range.end && token.range.start > range.start);
        if let Some(token) = counted.filter(|token| self.count_of(token).is_some()) {
            range.end = token.range.start;
        }
        // 全国十大示范项目之一
        if let Some(name) = self.text[range.clone()].strip_suffix("之一") {
            range.end = range.start + name.len();
        }
        // A quotation of its own: without its marks.
        if self.quotation_around(range.start).is_some_and(|quotation| *quotation == range)
            && !self.text[range.clone()].starts_with('《')
        {
            let mark = if self.text[range.clone()].starts_with('"') { '"'.len_utf8() } else { '“'.len_utf8() };
            range = range.start + mark..range.end - mark;
        }
        // 创建全国文明城市工作
        if let Some(name) = self.text[range.clone()].strip_suffix("工作")
            && self.marks_end(range.start..range.start + name.len())
        {
            range.end = range.start + name.len();
        }
        range
    }

    /// Whether words are a title after a cue of this kind. `is_closed`: 称号 stands behind them.
    fn is_title(&self, title: &Title, kind: HonourKind, is_closed: bool) -> bool {
        let range = &title.range;
        if range.len() > MEMBER_BYTES {
            return false;
        }
        let words = &self.text[range.clone()];
        let chars = words.chars().count();
        // 获国家级荣誉: a level alone.
        let level = self.words.level_of(words).map_or(0, |(level, _)| level.len());
        let is_quoted = words.contains(['“', '"']) || self.quotation_around(range.start).is_some();
        let has_mark = is_closed || self.words.marks_in(words).next().is_some();
        let has_level = title.level.is_some() || title.giver.is_some() || self.level_in(range).is_some();
        let is_told = match kind {
            HonourKind::Win => {
                let has_level = has_level || title.batch.is_some() && self.level_inside(range).is_some();
                is_quoted || has_mark || has_level && chars >= PLAIN_TITLE_CHARS
            }
            HonourKind::Grant => has_mark && has_level,
            _ => has_mark && (is_quoted || has_level),
        };
        // 考核第一名: a place, not a title.
        let last = self.tokens.partition_point(|token| token.range.end < range.end);
        let is_place = self.tokens.get(last).is_some_and(|token| matches!(token.kind, Kind::Ordinal(_) | Kind::Top(_)));
        is_told
            && level < words.len()
            && !is_place
            && TITLE_CHARS.contains(&chars)
            && (has_mark || self.words.suffix(HonourKind::NotTitle, words).is_none())
            && !self.words.holds(HonourKind::NotHonour, words)
    }

    /// The level that the head of a title tells: 全国, 省级, 某某市.
    fn level_in(&self, range: &Range<usize>) -> Option<&'static str> {
        let mut at = range.start;
        loop {
            let rest = &self.text[at..range.end];
            if let Some(level) = self.level_at(at) {
                return Some(level);
            }
            let skip = rest
                .chars()
                .next()
                .filter(|c| matches!(c, '“' | '《' | '"'))
                .map(char::len_utf8)
                .or_else(|| title_years(rest).map(|(_, length)| length))
                .or_else(|| ordinal(rest).map(|(length, _)| length))
                .or_else(|| self.words.prefix(HonourKind::Filler, rest).map(str::len))?;
            at += skip;
        }
    }

    /// A level inside a title: 平安中国建设示范县.
    fn level_inside(&self, range: &Range<usize>) -> Option<&'static str> {
        let places = self.text[range.clone()].char_indices().skip(1).map(|(at, _)| range.start + at);
        places
            .filter_map(|at| self.words.level_of(&self.text[at..range.end]))
            .find(|(word, _)| word.chars().count() > 1)
            .map(|(_, level)| level)
    }

    /// Whether words name one that gives honours, by themselves or by a level.
    fn is_giver(&self, range: Range<usize>) -> bool {
        let words = &self.text[range];
        let is_whole = |found: Option<&str>| found.is_some_and(|found| found.len() == words.len());
        is_whole(self.words.prefix(HonourKind::Giver, words))
            || is_whole(self.words.level_of(words).map(|(word, _)| word))
            || self.words.suffix(HonourKind::GiverEnd, words).is_some()
    }

    fn level_at(&self, at: usize) -> Option<&'static str> {
        let rest = &self.text[at..];
        if let Some((_, level)) = self.words.level_of(rest) {
            return Some(if level == "city" && self.site.origin.is_municipality { "province" } else { level });
        }
        let name_end = rest.char_indices().nth(SCOPE_CHARS).map_or(rest.len(), |(at, _)| at);
        let (_, areas) = self.site.vocabulary.areas_at_start(&rest[..name_end])?;
        let level = self.site.vocabulary.areas[*areas.first()?].level.as_str();
        crate::vocab::HONOUR_LEVELS.into_iter().find(|known| *known == level)
    }

    /// A range without spaces, commas of lists and fillers at its ends.
    fn trimmed(&self, range: Range<usize>) -> Range<usize> {
        const MARKS: [char; 4] = ['、', ' ', '　', '的'];
        let words = &self.text[range.clone()];
        let start = range.start + (words.len() - words.trim_start_matches(MARKS).len());
        let end = start + self.text[start..range.end].trim_end_matches(MARKS).len();
        start..end.max(start)
    }

    /// A range without the adverbs at its end: 国家卫生县城｜顺利.
    fn without_ends(&self, range: Range<usize>) -> Range<usize> {
        let mut range = self.trimmed(range);
        while let Some(adverb) = self.words.suffix(HonourKind::Adverb, &self.text[range.clone()]) {
            range.end -= adverb.len();
            range = self.trimmed(range);
        }
        range
    }

    /// A range without what stands between a title and its check: 国家卫生县城｜年度.
    fn without_checks(&self, range: Range<usize>) -> Range<usize> {
        let mut range = self.without_ends(range);
        while let Some(word) = self.words.suffix(HonourKind::CheckWord, &self.text[range.clone()]) {
            range.end -= word.len();
            range = self.without_ends(range);
        }
        range
    }

    /// How often it was won, by the words between the statement's start and the cue; and over how many years.
    fn times(&self, from: usize, to: usize) -> (Option<(i32, Range<usize>)>, Option<i32>) {
        let inside: Vec<&Token> =
            self.tokens.iter().filter(|token| from <= token.range.start && token.range.end <= to).collect();
        let streak = inside.iter().rposition(|token| token.word_cues().has(Cue::Streak));
        let Some(at) = streak else {
            let nth = nth_time(&self.text[from..to]);
            return (nth.map(|(times, range)| (times, from + range.start..from + range.end)), None);
        };
        let number = inside[at + 1..].iter().take(2).find_map(|token| token.quantity().map(|number| (number, token)));
        let Some((number, token)) = number else { return (None, None) };
        let value = number.numeral.value as i32;
        let is_years = number.unit_text.starts_with('年');
        let range = inside[at].range.start..token.range.end;
        (Some((value, range)), (is_years && value >= 2).then_some(value))
    }

    /// Who got the honour, by the words before its cue.
    fn recipient(&self, range: Range<usize>) -> Recipient {
        let range = self.without_circumstances(range);
        let words = &self.text[range.clone()];
        let opens = self.site.vocabulary.word_at(self.text, range.start).is_some_and(|(_, word)| {
            word.indicators.is_empty() && word.cues.has_any(VERBS) && !word.cues.has(Cue::VerbalNoun)
        });
        if words.is_empty() || opens {
            return self.last.clone().unwrap_or(Recipient { text: None, is_inferred: false });
        }
        let is_self =
            scope::is_own(words, self.site.report, self.site.vocabulary) || scope::is_named(words, self.site.report);
        // 在全国博览会上: where, not who.
        let is_occasion = words.starts_with('在') && words.ends_with(['上', '中']);
        let is_name = words.chars().any(crate::normalize::is_han) && !is_occasion;
        let is_short = is_name && words.chars().count() <= SCOPE_CHARS;
        let text = if is_self { Some("self".to_string()) } else { is_short.then(|| self.site.words(&range)) };
        Recipient { text, is_inferred: false }
    }

    /// A range without the times, the adverbs and the words of connection at its ends.
    fn without_circumstances(&self, range: Range<usize>) -> Range<usize> {
        let mut range = self.without_ends(range);
        loop {
            let before = range.clone();
            let is_circumstance = |token: &&Token| match &token.kind {
                Kind::Time(_) | Kind::Punct('、' | '，' | '；') => true,
                Kind::Word(word) => {
                    word.indicators.is_empty()
                        && word.cues.has_any(&[
                            Cue::NotNoun,
                            Cue::Streak,
                            Cue::ThisYear,
                            Cue::LastYear,
                            Cue::YearBefore,
                            Cue::OneYear,
                            Cue::MultiYear,
                            Cue::Conjunction,
                        ])
                        && !scope::is_own(&self.text[token.range.clone()], self.site.report, self.site.vocabulary)
                }
                _ => false,
            };
            let is_times = |token: &&Token| {
                token.quantity().is_some_and(|number| {
                    matches!(self.site.vocabulary.dimension(number.unit), Some("time"))
                        || ["次", "届", "度"].iter().any(|unit| number.unit_text.ends_with(unit))
                })
            };
            if let Some((_, nth)) = nth_time(&self.text[range.clone()]).filter(|(_, nth)| nth.end == range.len()) {
                range.end = range.start + nth.start;
            }
            let starting = self.tokens.iter().find(|token| token.range.start == range.start);
            if let Some(token) = starting.filter(|token| token.range.end <= range.end).filter(is_circumstance) {
                range.start = token.range.end;
            }
            let ending = self.tokens.iter().rfind(|token| token.range.end == range.end);
            if let Some(token) = ending
                .filter(|token| token.range.start >= range.start)
                .filter(|token| is_circumstance(token) || is_times(token))
            {
                range.end = token.range.start;
            }
            while let Some(lead) = self.words.prefix(HonourKind::Lead, &self.text[range.clone()]) {
                range.start += lead.len();
            }
            range = self.without_ends(range);
            if range == before || range.is_empty() {
                return range;
            }
        }
    }

    /// The row of one title.
    fn write(&mut self, statement: &Statement, mut title: Title) {
        let Statement { cue, kind, quote, recipient, times, streak } = statement;
        let (kind, streak) = (*kind, *streak);
        let site = self.site;
        let report = site.report;
        let form = self.words.marks_in(&self.text[title.range.clone()]).last();
        let form = form.map(|(mark, form)| (title.range.start + mark.start, form));
        // 国务院通报表扬: all before the praise is who gave it.
        if let Some((at, "praise")) = form
            && title.giver.is_none()
            && self.is_giver(title.range.start..at)
        {
            title.giver = Some(title.range.start..at);
            title.range.start = at;
        }
        let words = &self.text[title.range.clone()];
        let name = words.trim_start_matches(['“', '《', '"']);
        let year = title_years(name);
        let name = &name[year.map_or(0, |(_, length)| length)..];
        let crown = crown(name).or_else(|| (kind == HonourKind::Crown).then(|| crown_before(self.text, cue))?);
        let name = match &crown {
            Some((_, at)) if kind != HonourKind::Crown => name[..*at].trim_end_matches("创建"),
            _ => name,
        };
        let name = without_notes(name);
        let name: String = name.chars().filter(|c| !matches!(c, '“' | '”' | '"' | '\n')).collect();
        if name.is_empty() {
            return;
        }
        let period = match year {
            Some(((first, last), _)) => Period::years(first, last, "title"),
            None => self.time.period(site.place(), Question { streak, ..Question::default() }),
        };
        let is_plan = site.sentence.role.is_plan() && !self.time.is_before(report.planned_year);
        let is_promised = kind == HonourKind::Strive
            || self.words.holds(HonourKind::Promise, &self.text[quote.start.min(cue.start)..cue.start]);
        let is_done = kind == HonourKind::Win || self.text[cue.end..].starts_with('了');
        let is_ahead = !site.sentence.role.is_plan() && self.time.is_after(report.reviewed_year);
        let ends_in_area = self.words.suffix(HonourKind::AreaEnd, &name).is_some();
        let (scope, is_inferred) = match &recipient.text {
            Some(text) => (Some(text.clone()), recipient.is_inferred),
            // Who got 全国文明城市 needs no words.
            None if ends_in_area => (Some("self".to_string()), true),
            None => (None, false),
        };
        let mut flags = Vec::new();
        if is_inferred {
            flags.push("scope_inferred");
        }
        if is_plan && !is_promised {
            flags.push("status_inferred");
        }
        let giver_level = title.giver.as_ref().and_then(|giver| self.level_at(giver.start));
        let span = site.normalized.source_span(&title.range);
        let times_text = times.as_ref().map(|(_, range)| site.words(range));
        self.rows.push(HonourRow {
            honour_id: key_of(&site.origin.document_id, "h", &span),
            document_id: site.origin.document_id.clone(),
            sentence_id: site.sentence_id,
            section_path: report.sections[site.sentence.section].path.clone(),
            section_role: site.sentence.role.name(),
            ref_area: site.origin.ref_area.clone(),
            ref_area_name: site.origin.ref_area_name.clone(),
            scope,
            title: name,
            form: form.map(|(_, form)| form),
            level: self.level_in(&title.range).or(giver_level).or(title.level).or(self.level_inside(&title.range)),
            giver: title.giver.as_ref().map(|giver| site.words(giver)),
            status: if is_plan && (is_promised || !is_done) || is_ahead { "target" } else { "actual" },
            time_period: period.text,
            period_basis: period.basis,
            cue: site.words(cue),
            batch: title.batch.as_ref().map(|batch| site.words(batch)),
            times: times.as_ref().map(|(times, _)| *times).or(crown.map(|(times, _)| times)),
            times_text,
            count: title.count,
            flags: (!flags.is_empty()).then(|| flags.join("|")),
            rule_id: kind.name(),
            title_text: site.source.slice(&span).to_string(),
            quote: site.words(quote),
            source_start: span.start as i32,
            source_end: span.end as i32,
        });
    }
}

/// [3]: a note in brackets at the head of a text, and its length.
fn note(text: &str) -> Option<usize> {
    let rest = text.strip_prefix(['[', '［'])?;
    let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let close = rest[digits..].chars().next().filter(|c| matches!(c, ']' | '］'))?;
    (digits > 0 && digits <= NOTE_DIGITS).then_some(text.len() - rest.len() + digits + close.len_utf8())
}

fn without_notes(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let length = note(rest).unwrap_or_else(|| {
            out.push(c);
            c.len_utf8()
        });
        rest = &rest[length..];
    }
    out
}

/// 2021年度, 2021年, 2018—2021年度 at the head of a title: the years and their length.
fn title_years(text: &str) -> Option<((i32, i32), usize)> {
    let (first, mut end) = year_digits(text, 0)?;
    let mut last = first;
    let mark = ["—", "-", "–", "～", "~", "至"].iter().find(|mark| text[end..].starts_with(**mark));
    if let Some((year, behind)) = mark.and_then(|mark| year_digits(text, end + mark.len())) {
        (last, end) = (year, behind);
    }
    let word = ["年度", "年"].iter().find(|word| text[end..].starts_with(**word));
    // 2021中国最佳…: 2021 is a year before a name.
    let is_year = (word.is_some() || text[end..].starts_with(crate::normalize::is_han)) && first <= last;
    is_year.then_some(((first, last), end + word.map_or(0, |word| word.len())))
}

/// 第四批, 第二届, 第5个 at the head of a title: its length and unit.
fn ordinal(text: &str) -> Option<(usize, char)> {
    let rest = text.strip_prefix('第')?;
    let digits: usize = rest
        .chars()
        .take_while(|c| c.is_ascii_digit() || "一二三四五六七八九十".contains(*c))
        .map(char::len_utf8)
        .sum();
    let unit = rest[digits..].chars().next().filter(|c| matches!(c, '批' | '届' | '个'))?;
    (digits > 0).then_some(('第'.len_utf8() + digits + unit.len_utf8(), unit))
}

/// 第三次, 第二度: how often, and where it stands; the last of a text.
fn nth_time(text: &str) -> Option<(i32, Range<usize>)> {
    let start = text.rfind('第')?;
    let rest = &text[start + '第'.len_utf8()..];
    let length: usize = rest
        .chars()
        .take_while(|c| c.is_ascii_digit() || "一二三四五六七八九十".contains(*c))
        .map(char::len_utf8)
        .sum();
    let unit = rest[length..].chars().next().filter(|c| matches!(c, '次' | '度'))?;
    let number = &rest[..length];
    let times = number.parse().ok().or_else(|| chinese_value(number, 0).map(|(value, _)| value as i32))?;
    Some((times, start..start + '第'.len_utf8() + length + unit.len_utf8()))
}

/// The number before a 连冠 that is the cue.
fn crown_before(text: &str, cue: &Range<usize>) -> Option<(i32, usize)> {
    let head = text[..cue.start].char_indices().rev().take(4).last().map_or(0, |(at, _)| at);
    crown(&text[head..cue.end])
}

/// “七连冠” at the end of a title: how often, and where it begins.
fn crown(title: &str) -> Option<(i32, usize)> {
    let words = title.trim_end_matches('”').strip_suffix("连冠")?;
    let start = words
        .char_indices()
        .rev()
        .take_while(|(_, c)| c.is_ascii_digit() || "一二三四五六七八九十".contains(*c))
        .last()
        .map(|(at, _)| at)?;
    let number = &words[start..];
    let times = number.parse().ok().or_else(|| chinese_value(number, 0).map(|(value, _)| value as i32))?;
    Some((times, words[..start].trim_end_matches('“').len()))
}
