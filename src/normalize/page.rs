//! What a page, a scraper or a seller put round a report: headers, menus, lists of other reports, watermarks.
//!
//! The words are those of `furniture.csv`. Nothing goes silently: a line is an issue `furniture_cut`, a stretch of other
//! pages' text an issue `foreign_text_cut`.

use super::{FURNITURE_MAX_CHARS, Line, heading_mark, span_at};
use crate::issue::{Issue, IssueCode};
use crate::model::SectionRole;
use crate::vocab::{Furniture, FurniturePlace, Vocabulary};
use memchr::memmem::Finder;
use std::sync::OnceLock;

/// A line from this length on that holds a full stop is prose.
const PROSE_CHARS: usize = 60;
/// Below the report a line from this length on with a full stop belongs to it; shorter ones are titles and captions.
const TEXT_CHARS: usize = 30;
/// A heading of an annex is shorter than this.
const ANNEX_HEADING_CHARS: usize = 40;
/// So many words of furniture in a line without an end mark make it a menu, however long it is.
const MENU_WORDS: usize = 2;
/// A second opening so far behind the first begins another report.
const REPORT_CHARS: usize = 2000;
/// The title of a report stands no more than so many lines above its opening.
const TITLE_BLOCK_LINES: usize = 12;
/// So many spaces part a watermark from a sentence that was cut off.
const WATERMARK_SPACES: u32 = 2;
/// The words that a watermark names its seller with.
const SELLERS: [&str; 7] = ["网", "公众号", "平台", "文库", "数据库", "www.", "http"];
/// How a summary above the text is broken off, as it is written and as dots come out of folding.
const BROKEN_OFF: [&str; 3] = ["…", "。。。", "..."];
/// A summary tells at least so much of the text.
const SUMMARY_CHARS: usize = 20;
/// At the place where it is broken off so many characters may be damaged (half an entity).
const BROKEN_CHARS: usize = 6;

/// Parts furniture from the text it is glued to, so that the other rules meet it as a line of its own.
pub(super) fn part_glued<'a>(lines: Vec<Line<'a>>, vocabulary: &Vocabulary) -> Vec<Line<'a>> {
    let mut out = Vec::with_capacity(lines.len());
    for mut line in lines {
        if line.is_row {
            out.push(line);
            continue;
        }
        if let Some(end) = menu_end(&line, vocabulary) {
            let text = line.split_off(end);
            out.push(std::mem::replace(&mut line, text));
        }
        let tail = tail_glued(&line, vocabulary).map(|start| line.split_off(start));
        out.push(line);
        out.extend(tail.map(|tail| Line { is_watermark: true, ..tail }));
    }
    out
}

/// Where the salutation stands behind a menu in one line.
fn menu_end(line: &Line, vocabulary: &Vocabulary) -> Option<usize> {
    let end = salutation_in(&line.text).filter(|&end| end > 0)?;
    is_menu(&line.text[..end], vocabulary).then_some(end)
}

/// Where what is glued behind the last sentence of a line begins.
fn tail_glued(line: &Line, vocabulary: &Vocabulary) -> Option<usize> {
    let is_end = |c: char| matches!(c, '。' | '！' | '？');
    let behind_last = |(at, c): (usize, char)| is_end(c).then_some(at + c.len_utf8());
    let sentence = line.text.char_indices().rev().skip(1).find_map(behind_last);
    let start = last_gap(line, sentence.unwrap_or(0)).or(sentence)?;
    let tail = &line.text[start..];
    let found: Vec<&Furniture> = vocabulary.furniture_in(tail).collect();
    if found.is_empty() {
        return None;
    }
    let is_short = tail.chars().count() <= FURNITURE_MAX_CHARS;
    let begins = |found: &&Furniture| found.place == FurniturePlace::Glued && tail.starts_with(&found.words);
    if is_short && SELLERS.iter().any(|words| tail.contains(words)) && found.iter().any(begins) {
        return Some(start);
    }
    if !line.text[..start].ends_with(is_end) {
        return None;
    }
    let tails = found.iter().filter(|found| found.place == FurniturePlace::Tail);
    let first = tails.filter_map(|found| tail.find(&found.words)).min()?;
    Some(if is_short { start } else { start + first })
}

/// Where the last character behind `from` stands that so many spaces part from the one before it.
fn last_gap(line: &Line, from: usize) -> Option<usize> {
    let is_gap = |&index: &usize| {
        let run = &line.runs[index];
        let before = line.text.floor_char_boundary(run.at as usize - 1);
        // Characters that stand for one code point together count as parted.
        run.start.wrapping_sub(span_at(&line.runs[..index], &line.text, before).end) >= WATERMARK_SPACES
    };
    let behind = |&index: &usize| line.runs[index].at as usize > from;
    (1..line.runs.len()).rev().take_while(behind).find(is_gap).map(|index| line.runs[index].at as usize)
}

/// The words that a report opens with.
const SALUTATIONS: [&str; 3] = ["各位代表", "各位委员", "同志们："];

/// Where a text has the first of them. Every line is asked, so what looks for them is kept.
fn salutation_in(text: &str) -> Option<usize> {
    static FINDERS: OnceLock<[Finder<'static>; SALUTATIONS.len()]> = OnceLock::new();
    let finders = FINDERS.get_or_init(|| SALUTATIONS.map(Finder::new));
    finders.iter().filter_map(|finder| finder.find(text.as_bytes())).min()
}

/// Whether a short line is furniture wherever it stands.
pub(super) fn is_furniture(text: &str, vocabulary: &Vocabulary) -> bool {
    vocabulary.furniture_in(text).any(|found| matches!(found.place, FurniturePlace::Line | FurniturePlace::Tail))
}

/// Whether a text holds words of menus and no sentence.
fn is_menu(text: &str, vocabulary: &Vocabulary) -> bool {
    !text.contains(['。', '！', '？', '；']) && vocabulary.furniture_in(text).nth(MENU_WORDS - 1).is_some()
}

/// Drops the summary that stands above a text and repeats its beginning, broken off with dots.
pub(super) fn drop_summary<'a>(lines: Vec<Line<'a>>, issues: &mut Vec<Issue>) -> Vec<Line<'a>> {
    let compared = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let is_summary: Vec<bool> = (0..lines.len())
        .map(|at| {
            let line = &lines[at];
            if !BROKEN_OFF.iter().any(|end| line.text.ends_with(end)) || line.chars < SUMMARY_CHARS {
                return false;
            }
            let (summary, mut text) = (compared(&line.text), String::new());
            let whole = summary.char_indices().rev().nth(BROKEN_CHARS).map_or(0, |(at, _)| at);
            let summary = &summary[..whole];
            for next in &lines[at + 1..] {
                if text.len() > 2 * summary.len() {
                    break;
                }
                text.push_str(&compared(&next.text));
            }
            summary.chars().count() >= SUMMARY_CHARS && text.contains(summary)
        })
        .collect();
    let mut out = Vec::with_capacity(lines.len());
    for (line, is_summary) in lines.into_iter().zip(is_summary) {
        if is_summary {
            issues.push(line.issue(IssueCode::RepeatedParagraph, "a summary that the text repeats was dropped"));
        } else {
            out.push(line);
        }
    }
    out
}

/// Cuts furniture line by line, and what stands below the report: lists of other pages, another report.
pub(super) fn cut<'a>(
    lines: Vec<Line<'a>>,
    vocabulary: &Vocabulary,
    furniture: &mut Vec<String>,
    issues: &mut Vec<Issue>,
) -> Vec<Line<'a>> {
    let words: Vec<Option<&str>> = furniture_words(&lines, vocabulary);
    let end = tail_start(&lines, &words, vocabulary).min(second_report(&lines).unwrap_or(lines.len()));
    let mut foreign: Option<(u32, u32, usize)> = None;
    let mut out = Vec::with_capacity(lines.len());
    for (at, (line, words)) in lines.into_iter().zip(words).enumerate() {
        if let Some(words) = words {
            issues.push(line.issue(IssueCode::FurnitureCut, format!("page furniture ({words}) was cut")));
            furniture.push(line.text.into_owned());
        } else if at >= end {
            let (start, chars) = foreign.map_or((line.start(), 0), |(start, _, chars)| (start, chars));
            foreign = Some((start, line.end(), chars + line.chars));
        } else {
            out.push(line);
        }
    }
    if let Some((start, end, chars)) = foreign {
        let message = format!("{chars} characters of the page below the report were cut");
        issues.push(Issue::new(IssueCode::ForeignTextCut, message).at(start as usize, end as usize));
    }
    out
}

/// For every line the words that make it furniture.
fn furniture_words<'v>(lines: &[Line], vocabulary: &'v Vocabulary) -> Vec<Option<&'v str>> {
    let text_start = lines.iter().position(is_text_start).unwrap_or(lines.len());
    let word = |(at, line): (usize, &Line)| {
        let is_short = line.chars <= FURNITURE_MAX_CHARS;
        if line.is_row {
            return None;
        }
        if !is_short && !line.is_watermark && !is_menu(&line.text, vocabulary) {
            return None;
        }
        let is_rule = line.chars > 4 && line.text.chars().all(|c| matches!(c, '=' | '-' | '*' | '_' | '—'));
        let found = vocabulary.furniture_in(&line.text).find(|found| match found.place {
            FurniturePlace::Line | FurniturePlace::Tail => true,
            FurniturePlace::Head => at < text_start && line.text.starts_with(&found.words),
            FurniturePlace::Glued => line.is_watermark,
        });
        found.map(|found| found.words.as_str()).or(is_rule.then_some("a ruled line"))
    };
    lines.iter().enumerate().map(word).collect()
}

/// Whether the report itself begins here: its salutation or its first paragraph.
fn is_text_start(line: &Line) -> bool {
    salutation_in(&line.text).is_some() || (line.chars >= PROSE_CHARS && line.text.contains('。'))
}

/// The line from which on nothing belongs to the report: the first with words of a tail that no paragraph, heading
/// or annex follows.
fn tail_start(lines: &[Line], words: &[Option<&str>], vocabulary: &Vocabulary) -> usize {
    let is_annex = |line: &Line| {
        let holds = |role| {
            let mut cues = vocabulary.section_cues.iter().filter(|cue| cue.in_heading && cue.role == role);
            cues.any(|cue| line.text.contains(&cue.cue))
        };
        line.chars <= ANNEX_HEADING_CHARS && (holds(SectionRole::Annex) || holds(SectionRole::Glossary))
    };
    let is_text = |line: &Line| {
        (line.chars >= TEXT_CHARS && line.text.contains(['。', '；']))
            || heading_mark(&line.text).is_some_and(|(level, _)| level < 3)
            || is_annex(line)
    };
    let Some(last) = (0..lines.len()).rev().find(|&at| words[at].is_none() && is_text(&lines[at])) else {
        return lines.len();
    };
    let is_tail = |at: usize| {
        words[at].is_some() && vocabulary.furniture_in(&lines[at].text).any(|found| found.place == FurniturePlace::Tail)
    };
    (last + 1..lines.len()).find(|&at| is_tail(at)).unwrap_or(lines.len())
}

/// The title line of a second report behind the first: another opening (我代表…政府…报告) with a title above it.
fn second_report(lines: &[Line]) -> Option<usize> {
    let mut first: Option<usize> = None;
    let mut chars = 0;
    for (at, line) in lines.iter().enumerate() {
        if is_opening(&line.text) {
            match first {
                Some(first) if chars - first >= REPORT_CHARS => {
                    let is_prose = |line: &Line| line.chars >= PROSE_CHARS && line.text.contains('。');
                    let is_title = |line: &Line| {
                        line.chars < PROSE_CHARS
                            && line.text.contains("报告")
                            && !line.text.contains('。')
                            && heading_mark(&line.text).is_none()
                    };
                    let above = (at.saturating_sub(TITLE_BLOCK_LINES)..at).rev();
                    return above.take_while(|&i| !is_prose(&lines[i])).filter(|&i| is_title(&lines[i])).last();
                }
                Some(_) => {}
                None => first = Some(chars),
            }
        }
        chars += line.chars;
    }
    None
}

/// 我代表市人民政府，向大会报告工作; 受市人民政府委托，向大会报告…
fn is_opening(line: &str) -> bool {
    static FINDERS: OnceLock<[Finder<'static>; 2]> = OnceLock::new();
    let [speaker, order] = FINDERS.get_or_init(|| ["我代表", "受"].map(Finder::new));
    let speaks = |from: &Finder, to: &[&str]| {
        from.find(line.as_bytes()).is_some_and(|at| {
            let clause: String = line[at..].chars().take(PROSE_CHARS).collect();
            to.iter().all(|words| clause.contains(words))
        })
    };
    let reports =
        speaks(speaker, &["报告"]) && ["政府", "国务院", "委员会", "管委会"].iter().any(|body| line.contains(body));
    reports || speaks(order, &["政府", "委托", "报告"])
}

#[cfg(test)]
mod tests {
    use crate::issue::IssueCode;
    use crate::normalize::normalize;
    use crate::vocab::Vocabulary;

    /// A report of some 3,000 characters, no sentence of it like another.
    fn report(place: &str) -> String {
        let task = |i: usize| {
            format!("做好{place}第{i}件实事，投资{}万元，服务群众{}户，让大家都满意。", 31 * i + 7, 17 * i + 3)
        };
        let tasks: Vec<String> = (0..90).map(task).collect();
        format!(
            "政府工作报告\n——2020年1月5日在{place}人民代表大会上\n各位代表：\n现在，我代表{place}人民政府向大会报告工作。\n{}",
            tasks.join("\n")
        )
    }

    #[test]
    fn another_report_below_the_first_is_cut_from_its_title_on() {
        let vocabulary = Vocabulary::embedded().unwrap();
        let (own, other) = (report("甲县"), report("乙县"));
        let (both, issues) = normalize(&format!("{own}\n{other}"), &vocabulary);
        assert_eq!(both.text, normalize(&own, &vocabulary).0.text);
        let cut = issues.iter().find(|issue| issue.code == IssueCode::ForeignTextCut).unwrap();
        let span = (cut.source_start.unwrap() as usize, cut.source_end.unwrap() as usize);
        let chars = own.chars().count();
        assert_eq!(span, (chars + 1, chars + 1 + other.chars().count()));
    }

    #[test]
    fn a_short_text_above_a_report_does_not_cut_it() {
        let vocabulary = Vocabulary::embedded().unwrap();
        let text = format!("本站消息\n县长说，我代表县人民政府报告工作。\n{}", report("甲县"));
        let (normalized, issues) = normalize(&text, &vocabulary);
        assert!(normalized.text.contains("第89件实事"));
        assert!(issues.iter().all(|issue| issue.code != IssueCode::ForeignTextCut));
    }
}
