//! The outline of a report: sentences in text order, each in a section with a role.
//!
//! Headings, the target sentence and words such as 五年来 move the role on; verbs never do, for review
//! and plan use the same ones.

use super::{HEADING_CHARS, Outline, PLAN_YEARS, SentenceRange, Years, first_chars, is_longer, plain_section};
use crate::model::{ReportKind, Section, SectionRole, Sentence};
use crate::normalize::heading_mark;
use crate::vocab::{SectionCue, Vocabulary};
use memchr::memmem::Finder;
use memchr::{memchr, memchr2_iter};
use std::sync::LazyLock;

/// Sections and sentences of a text, cut at `ranges`, whose title block ends at `head_end`.
pub fn outline(
    text: &str,
    ranges: Vec<SentenceRange>,
    head_end: usize,
    kind: ReportKind,
    years: &Years,
    vocabulary: &Vocabulary,
) -> Outline {
    let first_role = match kind {
        ReportKind::WorkReport | ReportKind::Performance | ReportKind::Communique => SectionRole::Review,
        ReportKind::Other => SectionRole::Other,
    };
    let (reviewed, planned) =
        (years.reviewed.map(|year| format!("{year}年")), years.planned.map(|year| format!("{year}年")));
    let mut state = State {
        years,
        reviewed: reviewed.as_deref(),
        planned: planned.as_deref(),
        headings: Vec::new(),
        sections: vec![plain_section(SectionRole::Front), plain_section(first_role)],
        section: 0,
        role: SectionRole::Front,
        span: None,
        detour: None,
        turned_from: None,
    };
    let mut sentences = Vec::with_capacity(ranges.len());
    let mut paragraph = 0;
    for range in ranges {
        let starts_paragraph = range.start == 0 || text[..range.start].ends_with('\n');
        if starts_paragraph {
            paragraph += 1;
            // In a section on a year and its five years the look back goes on until 这一年.
            state.detour = state.detour.take().filter(|detour| {
                detour.outlives_paragraph || (detour.role == SectionRole::ReviewMultiYear && state.is_merged_section())
            });
        }
        if state.role == SectionRole::Front && range.start >= head_end {
            state.enter(1, first_role, None);
        }
        // The cells of a table move no role.
        if range.start >= head_end && !is_row(&text[range.clone()]) {
            state.read(&text[range.clone()], starts_paragraph, vocabulary);
        }
        let (role, span) = state.detour.as_ref().map_or((state.role, state.span), |d| (d.role, d.span));
        sentences.push(Sentence { range, paragraph, section: state.section, role, span });
    }
    (state.sections, sentences)
}

/// A role that holds for some sentences only.
struct Detour {
    role: SectionRole,
    span: Option<(i32, i32)>,
    /// Problems go on to the next heading; 五年来 ends with its paragraph.
    outlives_paragraph: bool,
}

/// An open heading.
struct Heading {
    level: usize,
    text: String,
    role: SectionRole,
    span: Option<(i32, i32)>,
}

struct State<'a> {
    years: &'a Years,
    /// The years looked back on and planned, as they are written: 2020年.
    reviewed: Option<&'a str>,
    planned: Option<&'a str>,
    /// Open headings, from the outermost.
    headings: Vec<Heading>,
    sections: Vec<Section>,
    section: usize,
    role: SectionRole,
    span: Option<(i32, i32)>,
    detour: Option<Detour>,
    /// The span of the section, where it has turned from five years to the last of them.
    turned_from: Option<Option<(i32, i32)>>,
}

impl State<'_> {
    fn enter(&mut self, section: usize, role: SectionRole, span: Option<(i32, i32)>) {
        self.section = section;
        self.role = role;
        self.span = span;
        self.detour = None;
        self.turned_from = None;
    }

    /// From here on the section and the headings above it have another role.
    fn turn_to(&mut self, role: SectionRole, span: Option<(i32, i32)>) {
        self.enter(self.section, role, span);
        self.headings.iter_mut().for_each(|heading| (heading.role, heading.span) = (role, span));
    }

    /// 一、2020年和“十三五”工作回顾: one section, two times.
    fn is_merged_section(&self) -> bool {
        let names_both = |heading: &str| {
            (heading.contains("五”") || heading.contains("五年")) && crate::parse::first_year(heading).is_some()
        };
        self.role == SectionRole::Review && self.headings.iter().any(|heading| names_both(&heading.text))
    }

    fn read(&mut self, sentence: &str, starts_paragraph: bool, vocabulary: &Vocabulary) {
        let mark = heading_mark(sentence).filter(|(level, _)| *level < 3);
        let is_line = starts_paragraph && !is_longer(sentence, HEADING_CHARS) && !sentence.contains(['。', '，', '；']);
        let lead = Lead::of(sentence, vocabulary);
        if let Some(end) = lead.glossary.filter(|_| !is_line) {
            // 名词解释：1.…: in a text without line breaks the heading and the first entry are one sentence.
            self.open(0, &sentence[..end], Some(SectionRole::Glossary));
            return;
        }
        if mark.is_some() || is_line {
            let heading = || first_chars(sentence, HEADING_CHARS);
            let cue = heading_cue(own_words(sentence), vocabulary).or_else(|| heading_cue(heading(), vocabulary));
            if let Some((level, mark_end)) = mark {
                self.open(level, &sentence[mark_end..], cue);
                return;
            }
            if cue.is_some() {
                let level = if matches!(cue, Some(SectionRole::Glossary | SectionRole::Annex)) { 0 } else { 1 };
                self.open(level, sentence, cue);
                return;
            }
        }
        if starts_paragraph && is_footnote(sentence) {
            self.detour = Some(Detour { role: SectionRole::Glossary, span: None, outlives_paragraph: true });
            return;
        }
        // 今年经济社会发展的主要预期目标是……: the plan begins here, whatever the heading said.
        let is_target_sentence = EXPECTED.find(sentence.as_bytes()).is_some()
            && ["目标是", "目标为", "目标：", "目标建议"].iter().any(|w| sentence.contains(w));
        // “十四五”时期主要目标和2021年任务: the year's own target sentence leaves the five years.
        let names_year = || sentence.contains("今年") || self.planned.is_some_and(|year| sentence.contains(year));
        if is_target_sentence && self.role == SectionRole::PlanMultiYear && names_year() {
            self.turn_to(SectionRole::PlanYear, None);
            return;
        }
        // 刚刚过去的2020年，…: what follows the five years is of the last one, until 五年来 goes back to them.
        let past = sentence.strip_prefix("刚刚过去的");
        let is_just_past = past.zip(self.reviewed).is_some_and(|(behind, year)| behind.starts_with(year));
        match (is_just_past, self.role) {
            (true, SectionRole::Review) => {
                self.detour = None;
                return;
            }
            (true, SectionRole::ReviewMultiYear) => {
                let span = self.span;
                self.turn_to(SectionRole::Review, None);
                self.turned_from = Some(span);
                return;
            }
            _ => {}
        }
        // 2020年是收官之年，…: inside five years looked back on a passage of the last one.
        let opens_reviewed = || {
            let behind = self.reviewed.and_then(|year| sentence.strip_prefix(year));
            behind.is_some_and(|behind| behind.starts_with(['是', '，']))
                && plan_period(sentence).is_none()
                && !sentence.contains("五年")
        };
        if starts_paragraph && self.role == SectionRole::ReviewMultiYear && opens_reviewed() {
            self.detour = Some(Detour { role: SectionRole::Review, span: None, outlives_paragraph: false });
            return;
        }
        // “十三五”发展思路和2016年主要工作: the year's own sentence leaves the five years.
        let opens_year = || sentence.starts_with("今年") || self.planned.is_some_and(|year| sentence.starts_with(year));
        let is_merged =
            || self.planned.is_some_and(|year| self.headings.iter().any(|heading| heading.text.contains(year)));
        if self.role == SectionRole::PlanMultiYear && !is_target_sentence && opens_year() && is_merged() {
            self.turn_to(SectionRole::PlanYear, None);
        }
        let ahead =
            plan_period(sentence).filter(|(first, _)| self.years.reviewed.is_some_and(|reviewed| *first > reviewed));
        if is_target_sentence && !self.role.is_plan() && ahead.is_none() {
            self.turn_to(SectionRole::PlanYear, None);
        }
        if ahead.is_some()
            && matches!(self.role, SectionRole::Review | SectionRole::ReviewMultiYear)
            && (sentence.contains("目标") || first_chars(sentence, LEAD_CHARS + 1).contains('“'))
        {
            self.detour = Some(Detour { role: SectionRole::PlanMultiYear, span: ahead, outlives_paragraph: true });
            return;
        }
        if let Some(found) = lead.cue {
            if found.role == SectionRole::ReviewMultiYear
                && let Some(span) = self.turned_from
            {
                self.turn_to(SectionRole::ReviewMultiYear, span);
                return;
            }
            self.detour = match found.role {
                role if role == self.role => None,
                SectionRole::Review if !self.role.is_plan() => None,
                SectionRole::ReviewMultiYear if self.role == SectionRole::Review => Some(Detour {
                    role: SectionRole::ReviewMultiYear,
                    span: plan_period(sentence).or(self.years.look_back()),
                    outlives_paragraph: false,
                }),
                SectionRole::Problems if matches!(self.role, SectionRole::Review | SectionRole::ReviewMultiYear) => {
                    Some(Detour { role: SectionRole::Problems, span: None, outlives_paragraph: true })
                }
                SectionRole::PlanYear
                    if matches!(
                        self.role,
                        SectionRole::Review | SectionRole::Problems | SectionRole::PlanMultiYear
                    ) =>
                {
                    Some(Detour { role: SectionRole::PlanYear, span: None, outlives_paragraph: true })
                }
                SectionRole::PlanMultiYear if self.role == SectionRole::PlanYear => Some(Detour {
                    role: SectionRole::PlanMultiYear,
                    span: plan_period(sentence).or(self.years.look_ahead()),
                    outlives_paragraph: false,
                }),
                _ => self.detour.take(),
            };
        }
    }

    /// Opens a heading: its role is its own cue's, else that of the heading above it.
    fn open(&mut self, level: usize, heading: &str, cue: Option<SectionRole>) {
        let before = self.headings.iter().rev().find(|h| h.level <= level).map(|h| (h.role, h.span));
        self.headings.retain(|h| h.level < level);
        let parent = self.headings.last().map(|h| (h.role, h.span));
        let (role, span) = match cue {
            // 一、“十二五”重大成就回顾: five years and no single one.
            Some(SectionRole::Review)
                if plan_period(heading).is_some() && crate::parse::first_year(heading).is_none() =>
            {
                (SectionRole::ReviewMultiYear, None)
            }
            // 二、未来五年总体思路, 三、奋斗目标: without a year of its own the plan is still that of the years ahead.
            Some(SectionRole::PlanYear)
                if level <= 1
                    && before.is_some_and(|b| b.0 == SectionRole::PlanMultiYear)
                    && !["今年", "本年", "当前", "明年"].iter().any(|word| heading.contains(word))
                    && crate::parse::first_year(heading).is_none() =>
            {
                (SectionRole::PlanMultiYear, before.and_then(|b| b.1))
            }
            Some(role) => (role, None),
            None if level >= 2 || parent.is_some() => parent.unwrap_or((self.role, self.span)),
            // A slogan as a heading: what went before goes on, but never problems.
            None => match before.unwrap_or((self.role, self.span)) {
                (SectionRole::Problems, _) => (SectionRole::Review, None),
                other => other,
            },
        };
        let span = match role {
            SectionRole::PlanMultiYear => plan_period(heading).or(span).or(self.years.look_ahead()),
            SectionRole::ReviewMultiYear => plan_period(heading).or(span).or(self.years.look_back()),
            _ => None,
        };
        let name = first_chars(heading.trim_end_matches('。'), HEADING_CHARS);
        self.headings.push(Heading { level, text: name.to_string(), role, span });
        let path = self.headings.iter().map(|h| h.text.as_str()).collect::<Vec<_>>().join(" / ");
        self.sections.push(Section { path: path.into(), role });
        self.enter(self.sections.len() - 1, role, span);
    }
}

/// Of a heading that its paragraph follows without a break so much is the heading at least.
const RUN_IN_CHARS: usize = 20;

/// The words of a heading itself, where a paragraph is glued to it.
pub(super) fn own_words(line: &str) -> &str {
    if is_longer(line, HEADING_CHARS) { first_chars(line, RUN_IN_CHARS) } else { line }
}

/// The role of the first cue (in the order of `sections.csv`) that a heading holds.
fn heading_cue(heading: &str, vocabulary: &Vocabulary) -> Option<SectionRole> {
    let found = vocabulary.heading_cues.find_iter(heading, HEADING_CHARS).map(|(_, cue)| cue);
    found.min().map(|cue| vocabulary.section_cues[cue].role)
}

/// So many characters, 各位代表 and the like, may stand before the cue that a sentence begins with.
const LEAD_CHARS: usize = 18;

/// What the head of a sentence holds of the section cues.
struct Lead<'v> {
    /// The first (in the order of `sections.csv`) of the cues that move the role on.
    cue: Option<&'v SectionCue>,
    /// Where the heading of a glossary ends that the first entry follows in the same sentence.
    glossary: Option<usize>,
}

impl<'v> Lead<'v> {
    fn of(sentence: &str, vocabulary: &'v Vocabulary) -> Lead<'v> {
        let (mut first, mut glossary_end) = (None, None);
        for (found, place) in vocabulary.lead_cues.find_iter(sentence, RUN_IN_CHARS) {
            let is_glossary = vocabulary.section_cues[place].in_heading;
            if is_glossary && !is_longer(&sentence[..found.end], RUN_IN_CHARS) {
                glossary_end = glossary_end.into_iter().chain([found.end]).min();
            } else if !is_glossary && !is_longer(&sentence[..found.start], LEAD_CHARS) {
                first = first.into_iter().chain([place]).min();
            }
        }
        let opens_entry = |end: &usize| {
            let behind = sentence[*end..].trim_start_matches(['：', '）', '》']);
            !sentence[..*end].contains(['，', '、', '；'])
                && behind
                    .starts_with(|c: char| c.is_ascii_digit() || matches!(c, '[' | '［' | '【' | '〔' | '①' | '（'))
        };
        Lead { cue: first.map(|place| &vocabulary.section_cues[place]), glossary: glossary_end.filter(opens_entry) }
    }
}

/// A footnote at the end of a text: [1]三个一批：指…; ①专项债券，是指….
fn is_footnote(paragraph: &str) -> bool {
    let Some(mark) = paragraph.chars().next() else { return false };
    let (behind, is_numbered) = match mark {
        '①'..='⑳' => (&paragraph[mark.len_utf8()..], false),
        '[' | '［' | '【' | '〔' => {
            let inner = &paragraph[mark.len_utf8()..];
            let digits = inner.bytes().take_while(u8::is_ascii_digit).count();
            let closing =
                inner[digits..].chars().next().filter(|c| digits > 0 && matches!(c, ']' | '］' | '】' | '〕'));
            let Some(closing) = closing else { return false };
            (&inner[digits + closing.len_utf8()..], true)
        }
        _ => return false,
    };
    let head = first_chars(behind, HEADING_CHARS);
    ["是指", "：指", "：即", "，指", "，即"].iter().any(|words| head.contains(words))
        || (is_numbered && head.contains('：'))
}

/// Words that are looked for in every sentence.
static EXPECTED: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("预期目标"));
static FIVE: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("五"));

/// The years of a five-year plan named in a text: “十四五” -> 2021–2025; the first one named, but any of the first five
/// (第一个五年) before it.
pub(crate) fn plan_period(text: &str) -> Option<(i32, i32)> {
    let (mut early, mut plan) = (None, None);
    for at in FIVE.find_iter(text.as_bytes()) {
        let (before, behind) = (&text[..at], &text[at + '五'.len_utf8()..]);
        if behind.starts_with('年') {
            early = early.into_iter().chain(early_plan_start(before)).min();
        } else if plan.is_none() && ["”", "时期", "期间"].iter().any(|words| behind.starts_with(words)) {
            plan = plan_start(before);
        }
    }
    early.or(plan).map(|start| (start, start + PLAN_YEARS - 1))
}

/// The first year of the plan that a text ends with before its 五年: 第一个.
fn early_plan_start(text: &str) -> Option<i32> {
    let (ordinal, numeral) = text.strip_suffix('个').map(last_char)?;
    let start = match numeral? {
        '一' => 1953,
        '二' => 1958,
        '三' => 1966,
        '四' => 1971,
        '五' => 1976,
        _ => return None,
    };
    ordinal.ends_with('第').then_some(start)
}

/// The first year of the plan that a text ends with before its 五: 十四. Since the sixth (1981) they follow each other
/// without a gap.
fn plan_start(text: &str) -> Option<i32> {
    const SIXTH_PLAN_STARTS: i32 = 1981;
    let (before, numeral) = last_char(text);
    let ten = |ones: i32| before.ends_with('十').then_some(10 + ones);
    let number = match numeral? {
        '六' => Some(6),
        '七' => Some(7),
        '八' => Some(8),
        '九' => Some(9),
        '十' => Some(10),
        '一' => ten(1),
        '二' => ten(2),
        '三' => ten(3),
        '四' => ten(4),
        '五' => ten(5),
        _ => None,
    };
    number.map(|number| SIXTH_PLAN_STARTS + (number - 6) * PLAN_YEARS)
}

/// The last character of a text, and what stands before it.
fn last_char(text: &str) -> (&str, Option<char>) {
    let mut characters = text.chars();
    let last = characters.next_back();
    (characters.as_str(), last)
}

/// A run without an end mark is cut into sentences of at most so many characters, at a comma where there is one:
/// what is read sentence by sentence stays linear however a text was damaged.
const MAX_SENTENCE_CHARS: usize = 2000;

/// A sentence has about so many bytes.
const SENTENCE_BYTES: usize = 100;

/// Whether a sentence is a row of a table: only there TABs stand.
pub(crate) fn is_row(sentence: &str) -> bool {
    memchr(b'\t', sentence.as_bytes()).is_some()
}

/// The sentences of a text: up to 。！？ with the quotation mark or bracket behind it, or a line's end. The row of a table
/// is one sentence.
pub(crate) fn sentence_ranges(text: &str) -> Vec<SentenceRange> {
    let mut ranges = Vec::with_capacity(text.len() / SENTENCE_BYTES);
    let mut from = 0;
    for line in text.split_inclusive('\n') {
        let end = from + line.trim_end_matches('\n').len();
        if is_row(line) {
            ranges.push(from..end);
        } else {
            line_sentences(&text[..end], from, &mut ranges);
        }
        from += line.len();
    }
    ranges
}

/// The sentences of the line that begins at `start` and ends with the text.
fn line_sentences(text: &str, start: usize, ranges: &mut Vec<SentenceRange>) {
    // The first bytes of 。 and of ！ and ？.
    const FIRST_BYTES: (u8, u8) = ("。".as_bytes()[0], "！".as_bytes()[0]);
    let mut from = start;
    for at in memchr2_iter(FIRST_BYTES.0, FIRST_BYTES.1, &text.as_bytes()[start..]).map(|at| start + at) {
        if at < from || !text[at..].starts_with(['。', '！', '？']) {
            continue;
        }
        let behind = text[at + '。'.len_utf8()..].trim_start_matches(['”', '）', '’', '。', '！']);
        let end = text.len() - behind.len();
        from = cut_long(text, from..at, ranges);
        ranges.push(from..end);
        from = end;
    }
    from = cut_long(text, from..text.len(), ranges);
    if from < text.len() {
        ranges.push(from..text.len());
    }
}

/// Cuts a run without an end mark where it is too long; gives where the rest begins.
fn cut_long(text: &str, run: SentenceRange, ranges: &mut Vec<SentenceRange>) -> usize {
    let mut from = run.start;
    // What has fewer bytes has fewer characters.
    if run.len() < MAX_SENTENCE_CHARS {
        return from;
    }
    let mut length = 0;
    for (at, c) in text[run.clone()].char_indices() {
        length += 1;
        if length >= 2 * MAX_SENTENCE_CHARS || (length >= MAX_SENTENCE_CHARS && matches!(c, '，' | '；')) {
            let end = run.start + at + c.len_utf8();
            ranges.push(from..end);
            (from, length) = (end, 0);
        }
    }
    from
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The years of a plan as they are defined: of the names of plans the one that stands first.
    fn plain_plan_period(text: &str) -> Option<(i32, i32)> {
        let early = [("一", 1953), ("二", 1958), ("三", 1966), ("四", 1971), ("五", 1976)];
        let early = early.into_iter().find(|(ordinal, _)| text.contains(&format!("第{ordinal}个五年")));
        let names = ["六", "七", "八", "九", "十", "十一", "十二", "十三", "十四", "十五"];
        let place = |name: &str| {
            [format!("“{name}五”"), format!("{name}五”"), format!("{name}五时期"), format!("{name}五期间")]
                .iter()
                .filter_map(|words| text.find(words))
                .min()
        };
        let late = (1981..).step_by(5).zip(names).filter_map(|(start, name)| Some((place(name)?, start))).min();
        early.map(|(_, start)| start).or(late.map(|(_, start)| start)).map(|start| (start, start + 4))
    }

    /// Sentences as they are defined, character by character.
    fn plain_sentences(line: &str) -> Vec<&str> {
        let (mut sentences, mut from, mut length, mut is_closed) = (Vec::new(), 0, 0, false);
        for (at, c) in line.char_indices() {
            if is_closed && !matches!(c, '”' | '）' | '’' | '。' | '！') {
                sentences.push(&line[from..at]);
                (from, length, is_closed) = (at, 0, false);
            }
            length += 1;
            is_closed |= matches!(c, '。' | '！' | '？');
            let is_long = length >= 2 * MAX_SENTENCE_CHARS || length >= MAX_SENTENCE_CHARS && matches!(c, '，' | '；');
            if is_long && !is_closed {
                sentences.push(&line[from..at + c.len_utf8()]);
                (from, length) = (at + c.len_utf8(), 0);
            }
        }
        sentences.extend((from < line.len()).then(|| &line[from..]));
        sentences
    }

    #[test]
    fn a_plan_is_known_by_its_number() {
        assert_eq!(plan_period("“十四五”规划"), Some((2021, 2025)));
        assert_eq!(plan_period("第九五时期和“十五”期间"), Some((1996, 2000)));
        assert_eq!(plan_period("“十五五”规划中的第二个五年和第一个五年"), Some((1953, 1957)));
        assert_eq!(plan_period("五年来，十五个村"), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn plans_are_found_as_they_are_defined(text in "([第一二三四五六七八九十个年“”]|时期|期间|五”|五时期|个五年){0,16}") {
            prop_assert_eq!(plan_period(&text), plain_plan_period(&text));
        }

        #[test]
        fn sentences_end_as_they_are_defined(line in "[一、。！？”），A]{0,30}") {
            let found: Vec<&str> = sentence_ranges(&line).into_iter().map(|range| &line[range]).collect();
            prop_assert_eq!(found, plain_sentences(&line));
        }

        #[test]
        fn long_runs_are_cut_as_they_are_defined(runs in proptest::collection::vec((1..4500usize, "[，；。！一]”?"), 0..5)) {
            let line: String = runs.iter().map(|(length, end)| "一".repeat(*length) + end).collect();
            let found: Vec<&str> = sentence_ranges(&line).into_iter().map(|range| &line[range]).collect();
            prop_assert_eq!(found, plain_sentences(&line));
        }
    }
}
