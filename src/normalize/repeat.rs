//! Passages that stand a second time: a page that holds its text twice, a dump of several prints of one page.
//!
//! Only Chinese characters, letters and digits are compared, so that other line breaks, spaces or marks do not hide a copy.
//! A sentence said twice is no copy: what goes must be part of a long passage that stood before in the same words.

use super::{Folded, Line};
use crate::issue::{Issue, IssueCode};
use std::ops::Range;

/// So many characters in a row are looked up at once; a shorter stretch in common tells nothing.
const ANCHOR_CHARS: usize = 16;
/// One of so many places is remembered, chosen by the characters there: copies choose the same ones.
const ANCHOR_RATE: u64 = 4;
/// A copy begins with so many characters that stood before without a gap: the set phrases of a table are shorter.
const OPENING_CHARS: usize = 64;
/// A passage counts as a copy from so many characters on: far beyond any sentence that is said again on purpose.
const MIN_PASSAGE_CHARS: usize = 400;
/// Inside a copy so many characters may differ in a row (a link's text, a repaired figure).
const MAX_GAP_CHARS: usize = 20;
/// Of ten characters of a sentence so many must stand in the copy for it to go.
const COVERED_TENTHS: usize = 8;

/// Drops every passage that stood before, and says where.
pub(super) fn drop_repeated<'a>(lines: Vec<Line<'a>>, issues: &mut Vec<Issue>) -> Vec<Line<'a>> {
    let mut compared = vec!['\0'; lines.iter().map(|line| line.chars).sum()];
    let mut count = 0;
    // What is not counted is written over.
    for c in lines.iter().flat_map(|line| line.text.chars()) {
        compared[count] = c;
        count += usize::from(is_compared(c));
    }
    compared.truncate(count);
    let (passages, covered) = copies(&compared);
    if passages.is_empty() {
        return lines;
    }
    let mut dropped: Option<(u32, u32, usize)> = None;
    let mut out = Vec::with_capacity(lines.len());
    let mut key = 0;
    for line in lines {
        let folded = line.folded();
        let mut kept = Vec::with_capacity(folded.len());
        for piece in pieces(&folded, line.is_row) {
            let part = &folded[piece];
            let keys = part.iter().filter(|c| is_compared(c.to)).count();
            let next = passages.partition_point(|passage| passage.end < key + keys);
            let inside = passages.get(next).is_some_and(|passage| passage.start <= key);
            let copied = covered[key..key + keys].iter().filter(|&&covered| covered).count();
            key += keys;
            let goes = inside && copied * 10 >= keys * COVERED_TENTHS;
            let (Some(first), Some(last)) = (part.first(), part.last()) else { continue };
            if goes {
                dropped = Some(dropped.map_or((first.start, last.end, part.len()), |(start, _, chars)| {
                    (start, last.end, chars + part.len())
                }));
            } else {
                tell(&mut dropped, issues);
                kept.extend_from_slice(part);
            }
        }
        if !kept.is_empty() {
            out.push(Line { is_row: line.is_row, ..Line::new(&kept) });
        }
    }
    tell(&mut dropped, issues);
    out
}

fn tell(dropped: &mut Option<(u32, u32, usize)>, issues: &mut Vec<Issue>) {
    if let Some((start, end, chars)) = dropped.take() {
        let message = format!("a passage of {chars} characters stands a second time and was dropped");
        issues.push(Issue::new(IssueCode::RepeatedParagraph, message).at(start as usize, end as usize));
    }
}

/// The sentences of a line; the row of a table is one.
fn pieces(line: &[Folded], is_row: bool) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    let mut from = 0;
    if is_row {
        pieces.push(0..line.len());
        return pieces;
    }
    for (at, c) in line.iter().enumerate() {
        if matches!(c.to, '。' | '！' | '？' | '；') {
            pieces.push(from..at + 1);
            from = at + 1;
        }
    }
    if from < line.len() {
        pieces.push(from..line.len());
    }
    pieces
}

fn is_compared(c: char) -> bool {
    match c {
        // Nearly all are these, which need no look into a table.
        '\u{4e00}'..='\u{9fff}' => true,
        '\0'..='\x7f' => c.is_ascii_alphanumeric(),
        '\u{2010}'..='\u{2027}' | '\u{3000}'..='\u{3002}' | '\u{3008}'..='\u{3011}' | '\u{ff01}'..='\u{ff0f}' => false,
        _ => c.is_alphanumeric(),
    }
}

/// The passages that stood before, and for every character whether it is part of one and the same there. Every character
/// is looked at a few times.
fn copies(chars: &[char]) -> (Vec<Range<usize>>, Vec<bool>) {
    let mut covered = vec![false; chars.len()];
    let mut passages = Vec::new();
    let anchors = anchors(chars);
    let mut first = Places::new(anchors.len());
    let mut open: Option<Passage> = None;
    let agree = |before: usize, at: usize| chars[before..before + ANCHOR_CHARS] == chars[at..at + ANCHOR_CHARS];
    for (at, hash) in anchors {
        let at = at as usize;
        let end = open.as_ref().map_or(0, |passage| passage.copy.end);
        if at < end {
            continue;
        }
        let known = first.of(at, hash, |known| agree(known, at));
        // A phrase that the original holds twice is looked for where the copy goes on.
        let parallel =
            open.as_ref().map(|passage| passage.original_end + (at - end)).filter(|&before| agree(before, at));
        let Some(before) = parallel.or(Some(known).filter(|&known| known < at && agree(known, at))) else { continue };
        let goes_on = open.as_ref().is_some_and(|passage| passage.goes_on(before, at));
        let (least_before, least_at) = match &open {
            Some(passage) if goes_on => (passage.original_end, end),
            _ => (0, end),
        };
        let limit = if goes_on { usize::MAX } else { OPENING_CHARS };
        let reach = (at - least_at).min(before - least_before).min(limit);
        let back = (1..=reach).take_while(|&k| chars[before - k] == chars[at - k]).count();
        let on = (ANCHOR_CHARS..chars.len() - at).take_while(|&k| chars[before + k] == chars[at + k]);
        let on = ANCHOR_CHARS + on.take(limit).count();
        if !goes_on {
            if back + on < OPENING_CHARS {
                continue;
            }
            passages.extend(open.take().and_then(Passage::closed));
        }
        let passage = open.get_or_insert(Passage { copy: at - back..at - back, original_end: 0, count: 0 });
        covered[at - back..at + on].fill(true);
        passage.copy.end = at + on;
        passage.original_end = before + on;
        passage.count += back + on;
    }
    passages.extend(open.and_then(Passage::closed));
    (passages, covered)
}

/// Where each of some stretches of characters stood first, found by its hash.
struct Places {
    /// Each place and one, 0 where there is none; at most half of the slots are taken.
    slots: Vec<u32>,
}

impl Places {
    fn new(stretches: usize) -> Places {
        Places { slots: vec![0; (2 * stretches).next_power_of_two()] }
    }

    /// The first place of what stands at a place; `is_same` says whether the same stands at another.
    fn of(&mut self, at: usize, hash: u32, is_same: impl Fn(usize) -> bool) -> usize {
        let last = self.slots.len() - 1;
        let mut slot = hash as usize & last;
        loop {
            match self.slots[slot] {
                0 => {
                    self.slots[slot] = at as u32 + 1;
                    return at;
                }
                known if is_same(known as usize - 1) => return known as usize - 1,
                _ => slot = (slot + 1) & last,
            }
        }
    }
}

/// A copy that is being followed.
struct Passage {
    copy: Range<usize>,
    /// Where its original has come to.
    original_end: usize,
    /// The characters that are the same in both.
    count: usize,
}

impl Passage {
    /// Whether copy and original both go on here, over a small gap.
    fn goes_on(&self, before: usize, at: usize) -> bool {
        at - self.copy.end <= MAX_GAP_CHARS
            && before >= self.original_end
            && before - self.original_end <= 2 * MAX_GAP_CHARS
    }

    fn closed(self) -> Option<Range<usize>> {
        (self.count >= MIN_PASSAGE_CHARS).then_some(self.copy)
    }
}

/// The stretches of [`ANCHOR_CHARS`] characters that are looked up: where each begins and its hash, made from that of the
/// one before.
fn anchors(chars: &[char]) -> Vec<(u32, u32)> {
    const BASE: u64 = 0x9e37_79b9_7f4a_7c15;
    let of_first = (1..ANCHOR_CHARS).fold(1u64, |power, _| power.wrapping_mul(BASE));
    let add = |hash: u64, c: char| hash.wrapping_mul(BASE).wrapping_add(u64::from(c));
    let mut hash = chars.iter().take(ANCHOR_CHARS - 1).fold(0, |hash, &c| add(hash, c));
    let mut anchors = vec![(0, 0); chars.len()];
    let mut count = 0;
    for (start, stretch) in (0u32..).zip(chars.windows(ANCHOR_CHARS)) {
        hash = add(hash, stretch[ANCHOR_CHARS - 1]);
        // The low bits of the sum hang on the last characters alone.
        let mixed = (hash ^ (hash >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = mixed ^ (mixed >> 32);
        // What is no anchor is written over.
        anchors[count] = (start, (mixed / ANCHOR_RATE) as u32);
        count += usize::from(mixed % ANCHOR_RATE == 0);
        hash = hash.wrapping_sub(u64::from(stretch[0]).wrapping_mul(of_first));
    }
    anchors.truncate(count);
    anchors
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalize::fold_lines;
    use crate::vocab::Vocabulary;

    /// A report of so many sentences, none like another.
    fn body(sentences: usize) -> String {
        let nouns = ["道路", "学校", "医院", "公园", "管网", "厂房", "绿道"];
        let verbs = ["新建", "改造", "提升", "扩建", "修缮"];
        let sentence = |i: usize| {
            let (noun, verb) = (nouns[i % nouns.len()], verbs[i % verbs.len()]);
            format!("{verb}{noun}{}处，完成投资{}万元，惠及居民{}户；", 7 * i + 3, 131 * i + 17, 29 * i + 5)
        };
        (0..sentences).map(sentence).collect::<Vec<_>>().join("\n")
    }

    fn dropped(text: &str) -> (String, Vec<usize>) {
        let mut issues = Vec::new();
        let lines = fold_lines(text, &Vocabulary::embedded().unwrap(), &mut issues);
        let kept: Vec<String> =
            drop_repeated(lines, &mut issues).into_iter().map(|line| line.text.into_owned()).collect();
        (kept.join("\n"), issues.iter().map(|issue| issue.source_end.unwrap() as usize).collect())
    }

    #[test]
    fn a_body_that_stands_twice_is_kept_once() {
        let body = body(40);
        let page = format!("政府工作报告\n{body}\n打印本页\n政府工作报告\n{body}");
        let (text, ends) = dropped(&page);
        assert_eq!(text, format!("政府工作报告\n{body}\n打印本页"));
        assert_eq!(ends, [page.chars().count()]);
    }

    #[test]
    fn a_dump_of_six_prints_is_kept_once() {
        let body = body(40);
        let (text, ends) = dropped(&vec![body.clone(); 6].join("\n"));
        assert_eq!(text, body);
        assert_eq!(ends.len(), 1, "one passage, one issue");
    }

    #[test]
    fn line_breaks_spaces_and_marks_do_not_hide_a_copy() {
        let body = body(40);
        let one_line = body.replace('\n', "");
        let respaced = one_line.replace('，', ", ").replace("处", "处\n").replace("万元", " 万元");
        let (text, _) = dropped(&format!("{one_line}{respaced}"));
        assert_eq!(text, one_line);
    }

    #[test]
    fn what_differs_inside_a_copy_stays() {
        let body = body(80);
        let own = "迁走仓库六座，搬空旧址一片，另议用途；";
        let other: Vec<&str> = body.lines().enumerate().map(|(i, line)| if i == 40 { own } else { line }).collect();
        assert_eq!(dropped(&format!("{body}\n{}", other.join("\n"))).0, format!("{body}\n{own}"));
    }

    #[test]
    fn sentences_said_again_and_slogans_stay() {
        let body = body(40);
        let again: Vec<&str> = body.lines().step_by(9).collect();
        let text = format!("{body}\n{}\n不忘初心、牢记使命！\n不忘初心、牢记使命！", again.join("\n"));
        assert_eq!(dropped(&text), (text.clone(), Vec::new()));
    }

    #[test]
    fn rows_of_a_table_that_end_alike_stay() {
        let row = |i: usize| format!("{i}.新建公园{}个（牵头单位：区住房和城乡建设局，配合单位：各街道办事处）", i % 7);
        let text: Vec<String> = (0..60).map(row).collect();
        assert_eq!(dropped(&text.join("\n")), (text.join("\n"), Vec::new()));
    }

    #[test]
    fn one_character_over_and_over_is_read_in_linear_time() {
        let text = "一".repeat(400_000);
        assert!(dropped(&text).0.len() <= text.len());
    }
}
