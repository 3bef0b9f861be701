//! The outline of a report: sentences in text order, each in a section with a role.
//!
//! Headings, the target sentence and words such as 五年来 move the role on; verbs never do, for review
//! and plan use the same ones.

use super::{HEADING_CHARS, Outline, PLAN_YEARS, SentenceRange, Years, plain_section};
use crate::model::{ReportKind, Section, SectionRole, Sentence};
use crate::normalize::heading_mark;
use crate::vocab::Vocabulary;

/// Sections and sentences of a text whose title block ends at `head_end`.
pub fn outline(text: &str, head_end: usize, kind: ReportKind, years: &Years, vocabulary: &Vocabulary) -> Outline {
    let first_role = match kind {
        ReportKind::WorkReport | ReportKind::Performance | ReportKind::Communique => SectionRole::Review,
        ReportKind::Other => SectionRole::Other,
    };
    let mut state = State {
        years,
        headings: Vec::new(),
        sections: vec![plain_section(SectionRole::Front), plain_section(first_role)],
        section: 0,
        role: SectionRole::Front,
        span: None,
        detour: None,
        turned_from: None,
    };
    let mut sentences = Vec::new();
    let mut paragraph = 0;
    for range in sentence_ranges(text) {
        let starts_paragraph = range.start == 0 || text[..range.start].ends_with('\n');
        if starts_paragraph {
            paragraph += 1;
            // In a section on a year and its five years the look back goes on until 这一年.
            let looks_back = state.is_merged_section();
            state.detour = state.detour.filter(|detour| {
                detour.outlives_paragraph || (looks_back && detour.role == SectionRole::ReviewMultiYear)
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
        let heading: String = sentence.chars().take(HEADING_CHARS).collect();
        let chars = sentence.chars().count();
        let mark = heading_mark(sentence).filter(|(level, _)| *level < 3);
        let is_line = starts_paragraph && chars <= HEADING_CHARS && !sentence.contains(['。', '，', '；']);
        let cue = heading_cue(&own_words(sentence), vocabulary).or_else(|| heading_cue(&heading, vocabulary));
        if let Some(end) = glued_glossary(sentence, vocabulary).filter(|_| !is_line) {
            // 名词解释：1.…: in a text without line breaks the heading and the first entry are one sentence.
            self.open(0, &sentence[..end], Some(SectionRole::Glossary));
            return;
        }
        match mark {
            Some((level, mark_end)) => {
                self.open(level, &sentence[mark_end..], cue);
                return;
            }
            None if is_line && cue.is_some() => {
                self.open(
                    if matches!(cue, Some(SectionRole::Glossary | SectionRole::Annex)) { 0 } else { 1 },
                    sentence,
                    cue,
                );
                return;
            }
            None => {}
        }
        if starts_paragraph && is_footnote(sentence) {
            self.detour = Some(Detour { role: SectionRole::Glossary, span: None, outlives_paragraph: true });
            return;
        }
        // 今年经济社会发展的主要预期目标是……: the plan begins here, whatever the heading said.
        let is_target_sentence = sentence.contains("预期目标")
            && ["目标是", "目标为", "目标：", "目标建议"].iter().any(|w| sentence.contains(w));
        // “十四五”时期主要目标和2021年任务: the year's own target sentence leaves the five years.
        let planned = self.years.planned.map(|year| format!("{year}年"));
        let planned = planned.as_deref();
        let names_year = sentence.contains("今年") || planned.is_some_and(|year| sentence.contains(year));
        if is_target_sentence && self.role == SectionRole::PlanMultiYear && names_year {
            self.turn_to(SectionRole::PlanYear, None);
            return;
        }
        // 刚刚过去的2020年，…: what follows the five years is of the last one, until 五年来 goes back to them.
        let is_just_past = self.years.reviewed.is_some_and(|year| sentence.starts_with(&format!("刚刚过去的{year}年")));
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
        let opens_reviewed = self.years.reviewed.is_some_and(|year| {
            let is_all = plan_period(sentence).is_none() && !sentence.contains("五年");
            let behind = sentence.strip_prefix(&format!("{year}年"));
            is_all && behind.is_some_and(|behind| behind.starts_with(['是', '，']))
        });
        if opens_reviewed && starts_paragraph && self.role == SectionRole::ReviewMultiYear {
            self.detour = Some(Detour { role: SectionRole::Review, span: None, outlives_paragraph: false });
            return;
        }
        // “十三五”发展思路和2016年主要工作: the year's own sentence leaves the five years.
        let opens_year = sentence.starts_with("今年") || planned.is_some_and(|year| sentence.starts_with(year));
        let is_merged = planned.is_some_and(|year| self.headings.iter().any(|heading| heading.text.contains(year)));
        if opens_year && is_merged && self.role == SectionRole::PlanMultiYear && !is_target_sentence {
            self.turn_to(SectionRole::PlanYear, None);
        }
        let ahead =
            plan_period(sentence).filter(|(first, _)| self.years.reviewed.is_some_and(|reviewed| *first > reviewed));
        if is_target_sentence && !self.role.is_plan() && ahead.is_none() {
            self.turn_to(SectionRole::PlanYear, None);
        }
        if ahead.is_some()
            && matches!(self.role, SectionRole::Review | SectionRole::ReviewMultiYear)
            && (sentence.contains("目标") || sentence_begins_with(sentence, "“"))
        {
            self.detour = Some(Detour { role: SectionRole::PlanMultiYear, span: ahead, outlives_paragraph: true });
            return;
        }
        if let Some(found) =
            vocabulary.section_cues.iter().find(|c| !c.in_heading && sentence_begins_with(sentence, &c.cue))
        {
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
        let name: String = heading.trim_end_matches('。').chars().take(HEADING_CHARS).collect();
        self.headings.push(Heading { level, text: name, role, span });
        let path = self.headings.iter().map(|h| h.text.as_str()).collect::<Vec<_>>().join(" / ");
        self.sections.push(Section { path, role });
        self.enter(self.sections.len() - 1, role, span);
    }
}

/// Of a heading that its paragraph follows without a break so much is the heading at least.
const RUN_IN_CHARS: usize = 20;

/// The words of a heading itself, where a paragraph is glued to it.
pub(super) fn own_words(line: &str) -> String {
    let is_run_in = line.chars().count() > HEADING_CHARS;
    line.chars().take(if is_run_in { RUN_IN_CHARS } else { HEADING_CHARS }).collect()
}

/// The role of the first cue (in the order of `sections.csv`) that a heading holds.
fn heading_cue(heading: &str, vocabulary: &Vocabulary) -> Option<SectionRole> {
    vocabulary
        .section_cues
        .iter()
        .filter(|cue| cue.in_heading)
        .find(|cue| heading.contains(cue.cue.as_str()))
        .map(|cue| cue.role)
}

/// Where the heading of a glossary ends that the first entry follows in the same sentence.
fn glued_glossary(sentence: &str, vocabulary: &Vocabulary) -> Option<usize> {
    let cues = vocabulary.section_cues.iter().filter(|cue| cue.in_heading && cue.role == SectionRole::Glossary);
    let end = cues.filter_map(|cue| sentence.find(&cue.cue).map(|at| at + cue.cue.len())).min()?;
    let before = &sentence[..end];
    let is_head = before.chars().count() <= RUN_IN_CHARS && !before.contains(['，', '、', '；']);
    let behind = sentence[end..].trim_start_matches(['：', '）', '》']);
    let opens_entry =
        behind.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '[' | '［' | '【' | '〔' | '①' | '（'));
    (is_head && opens_entry).then_some(end)
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
    let head: String = behind.chars().take(HEADING_CHARS).collect();
    ["是指", "：指", "：即", "，指", "，即"].iter().any(|words| head.contains(words))
        || (is_numbered && head.contains('：'))
}

/// Whether a cue stands at the head of a sentence, after 各位代表 and the like.
fn sentence_begins_with(sentence: &str, cue: &str) -> bool {
    sentence.find(cue).is_some_and(|at| sentence[..at].chars().count() <= 18)
}

/// The years of a five-year plan named in a text: “十四五” -> 2021–2025.
pub(crate) fn plan_period(text: &str) -> Option<(i32, i32)> {
    // The first plan ran from 1953; since the sixth (1981) they follow each other without a gap.
    const SIXTH_PLAN_STARTS: i32 = 1981;
    let early =
        [("第一个五年", 1953), ("第二个五年", 1958), ("第三个五年", 1966), ("第四个五年", 1971), ("第五个五年", 1976)];
    if let Some((_, start)) = early.iter().find(|(name, _)| text.contains(name)) {
        return Some((*start, start + PLAN_YEARS - 1));
    }
    let plans = [
        ("十五五", 15),
        ("十四五", 14),
        ("十三五", 13),
        ("十二五", 12),
        ("十一五", 11),
        ("十五", 10),
        ("九五", 9),
        ("八五", 8),
        ("七五", 7),
        ("六五", 6),
    ];
    let place = |name: &str| {
        [format!("“{name}”"), format!("{name}”"), format!("{name}时期"), format!("{name}期间")]
            .iter()
            .filter_map(|words| text.find(words))
            .min()
    };
    let (_, number) = plans.iter().filter_map(|&(name, number)| Some((place(name)?, number))).min()?;
    let start = SIXTH_PLAN_STARTS + (number - 6) * PLAN_YEARS;
    Some((start, start + PLAN_YEARS - 1))
}

/// A run without an end mark is cut into sentences of at most so many characters, at a comma where there is one:
/// what is read sentence by sentence stays linear however a text was damaged.
const MAX_SENTENCE_CHARS: usize = 2000;

/// Whether a sentence is a row of a table: only there TABs stand.
pub(crate) fn is_row(sentence: &str) -> bool {
    sentence.contains('\t')
}

/// The sentences of a text: up to 。！？ with the quotation mark or bracket behind it, or a line's end. The row of a table
/// is one sentence.
pub(crate) fn sentence_ranges(text: &str) -> Vec<SentenceRange> {
    let mut ranges = Vec::new();
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

/// The sentences of the line that begins at `from` and ends with the text.
fn line_sentences(text: &str, mut from: usize, ranges: &mut Vec<SentenceRange>) {
    let start = from;
    let mut length = 0;
    let mut characters = text[start..].char_indices().map(|(at, c)| (start + at, c)).peekable();
    while let Some((at, c)) = characters.next() {
        let end = at + c.len_utf8();
        length += 1;
        match c {
            '。' | '！' | '？' => {
                let mut end = end;
                while let Some(&(closing_at, closing)) = characters.peek() {
                    if !matches!(closing, '”' | '）' | '’' | '。' | '！') {
                        break;
                    }
                    end = closing_at + closing.len_utf8();
                    characters.next();
                }
                ranges.push(from..end);
                (from, length) = (end, 0);
            }
            '，' | '；' if length >= MAX_SENTENCE_CHARS => {
                ranges.push(from..end);
                (from, length) = (end, 0);
            }
            _ if length >= 2 * MAX_SENTENCE_CHARS => {
                ranges.push(from..end);
                (from, length) = (end, 0);
            }
            _ => {}
        }
    }
    if from < text.len() {
        ranges.push(from..text.len());
    }
}
