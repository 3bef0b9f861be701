//! Stage 4: plain text -> [`Report`]: kind, place, years, title block, outline with roles, sentences.
//!
//! The outline is read sentence by sentence, so a report that came in one line is read like one in
//! paragraphs. What it will not do: look at numbers other than years and dates.

#![deny(clippy::disallowed_methods)]

use crate::issue::{Issue, IssueCode};
use crate::model::{Date, Meta, Report, ReportKind, Section, SectionRole, Sentence, Shared};
use crate::normalize::{Normalized, heading_mark, is_han};
use crate::vocab::{FurniturePlace, Vocabulary};
use memchr::memmem;
use std::ops::Range;

mod called;
mod front;
mod outline;
mod place;
mod years;
mod zone;

use front::{Header, best_title, day_line, head_end, occasion_in, published_in, signed_in, speaker_in, title_in};
use place::{Search, place_of, represented_in};
use years::Sources;

pub(crate) use front::date_at;
pub(crate) use outline::{is_row, plan_period};
pub(crate) use years::{Years, first_year};

/// The title block is looked for in this many characters at the head of a text.
const TITLE_BLOCK_CHARS: usize = 1500;
/// A heading is judged by this many characters: glued text may follow it.
const HEADING_CHARS: usize = 40;
/// A paragraph from this length on should end with an end mark; one that does not is a sign of loss.
const PROSE_CHARS: usize = 60;
/// The salutation and the first sentence stand in this many characters.
const OPENING_CHARS: usize = 400;
/// A place named less often than this does not stand out.
const MIN_MENTIONS: usize = 3;
/// A title is shorter than this.
const TITLE_CHARS: usize = 50;
/// The name of a publisher is shorter than this.
const PUBLISHER_CHARS: usize = 30;
/// The state as a whole.
const NATIONAL_CODE: &str = "000000";
/// The years of a five-year plan, and of the look back over one.
const PLAN_YEARS: i32 = 5;

/// Plain text -> report. `label` (the file name) and `meta` are hints only: what the text says wins.
pub fn parse(normalized: &Normalized, label: &str, meta: &Meta, vocabulary: &Vocabulary) -> (Report, Vec<Issue>) {
    let text = normalized.text.as_str();
    let mut issues = Vec::new();
    let head_end = head_end(text);
    let head = &text[..head_end];
    let file_name = label;
    let header = Header::of(&normalized.furniture, meta, vocabulary);
    let title = best_title(title_in(head), &header);
    let kind = kind_of(title.as_deref().unwrap_or(""), head, text);
    let occasion = occasion_in(head).or_else(|| header.title.as_deref().and_then(occasion_in));
    let published_date = normalized
        .furniture
        .iter()
        .chain(head.lines().map(str::to_string).collect::<Vec<_>>().iter())
        .find_map(|line| published_in(line))
        .or_else(|| signed_in(text))
        .or(meta.published);
    let named_day = day_line(head).filter(|_| occasion.as_ref().is_none_or(|o| o.is_stamp || o.date.is_none()));
    let delivered_date = named_day.or(occasion.as_ref().and_then(|occasion| occasion.date));
    // A release of statistics has no meeting: the day above it is that of its publication.
    let (delivered_date, published_date) = match kind {
        ReportKind::Communique => (None, published_date.or(delivered_date)),
        _ => (delivered_date, published_date),
    };
    let sources = Sources { title: title.as_deref(), delivered: delivered_date, published: published_date, file_name };
    let ranges = outline::sentence_ranges(text);
    let years = Years::find(kind, &sources, text, &ranges);
    issues.extend(years.issues(&sources, text));
    let labels = [Some(file_name), header.title.as_deref(), header.publisher.as_deref()];
    let labels: Vec<&str> = labels.into_iter().flatten().collect();
    let (place, more) = place_of(&Search {
        text,
        head,
        represented: represented_in(text, head),
        labels: &labels,
        kind,
        year: years.report.or(years.reviewed),
        vocabulary,
    });
    issues.extend(more);
    let (sections, sentences) = outline::outline(text, ranges, head_end, kind, &years, vocabulary);
    let report = Report {
        kind,
        area: place.area,
        area_name: place.name,
        area_level: place.level,
        delivered_date,
        published_date,
        report_year: years.report,
        reviewed_year: years.reviewed,
        planned_year: years.planned,
        speaker: speaker_in(head).or(header.speaker),
        publisher: header.publisher,
        meeting: occasion.and_then(|o| o.meeting),
        title,
        sections,
        sentences,
        damage_score: 0.0,
    };
    (report, issues)
}

/// Signs of lost text: long paragraphs without an end mark, quotation marks without a partner.
pub fn damage_signs(text: &str) -> usize {
    let unended = text
        .lines()
        .filter(|line| {
            let is_ended = line.ends_with(['。', '！', '？', '：', '；', '”', '）', '…']);
            !is_ended && line.chars().count() >= PROSE_CHARS && !is_row(line)
        })
        .count();
    let (mut quotations, mut titles) = (0isize, 0isize);
    // All four marks, and few other characters, begin with one of two bytes.
    const FIRST_BYTES: [u8; 2] = ["“".as_bytes()[0], "《".as_bytes()[0]];
    for at in memchr::memchr2_iter(FIRST_BYTES[0], FIRST_BYTES[1], text.as_bytes()) {
        match text[at..].chars().next() {
            Some('“') => quotations += 1,
            Some('”') => quotations -= 1,
            Some('《') => titles += 1,
            Some('》') => titles -= 1,
            _ => {}
        }
    }
    unended + quotations.unsigned_abs() + titles.unsigned_abs()
}

fn kind_of(title: &str, head: &str, text: &str) -> ReportKind {
    let opening = first_chars(text, OPENING_CHARS);
    let is_given = holds(text, "各位代表") || (opening.contains("我代表") && opening.contains("报告工作"));
    let is_titled = title.contains("工作报告") || head.contains("政府工作报告");
    // 关于某某规划纲要的报告, given to the same meeting, is another report.
    let is_about = title.starts_with("关于") && title.contains("的报告") && !title.contains("工作报告");
    if is_about {
        ReportKind::Other
    } else if title.contains("绩效") {
        ReportKind::Performance
    } else if title.contains("公报") {
        ReportKind::Communique
    } else if is_given || (is_titled && !is_about_report(text)) {
        ReportKind::WorkReport
    } else {
        ReportKind::Other
    }
}

/// Whether a text that addresses nobody only tells of a report (《报告》指出), or holds no paragraph at all.
fn is_about_report(text: &str) -> bool {
    let tells = ["报告指出", "报告》指出", "报告强调", "报告》强调", "报告提出", "报告》提出"];
    let told: usize = tells.iter().map(|words| mentions(text, words)).sum();
    let is_prose = |line: &str| line.contains('。') && line.chars().count() >= PROSE_CHARS;
    let addresses = ["各位委员", "同志们", "我代表"].iter().any(|words| holds(text, words));
    !addresses && (told >= MIN_MENTIONS || !text.lines().any(is_prose))
}

/// So many of the places where a report names itself are looked at: enough, and a bound for damaged texts.
const MAX_NAMINGS: usize = 8;

/// The first characters of a text, at most so many.
fn first_chars(text: &str, count: usize) -> &str {
    let mut rest = text.chars();
    count.checked_sub(1).and_then(|last| rest.nth(last));
    &text[..text.len() - rest.as_str().len()]
}

/// Whether a text has more than so many characters.
fn is_longer(text: &str, count: usize) -> bool {
    text.len() > count && text.chars().nth(count).is_some()
}

/// Where words stand in a text. A search for short words by many bytes at once: a whole text is asked for a lot of them.
fn places<'t>(text: &'t str, words: &'t str) -> impl Iterator<Item = usize> + 't {
    memmem::find_iter(text.as_bytes(), words)
}

/// How often a text has words.
fn mentions(text: &str, words: &str) -> usize {
    places(text, words).count()
}

/// Whether a text has words.
fn holds(text: &str, words: &str) -> bool {
    places(text, words).next().is_some()
}

/// The last characters of a text, at most so many.
fn last_chars(text: &str, count: usize) -> &str {
    let from = text.char_indices().rev().take(count).last().map_or(text.len(), |(at, _)| at);
    &text[from..]
}

/// For the outline: one section and where its sentences go.
pub(crate) fn plain_section(role: SectionRole) -> Section {
    Section { path: Shared::default(), role }
}

pub(crate) type SentenceRange = Range<usize>;
pub(crate) type Outline = (Vec<Section>, Vec<Sentence>);
