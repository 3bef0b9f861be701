//! Stage 4: plain text -> [`Report`]: kind, place, years, title block, outline with roles, sentences.
//!
//! The outline is read sentence by sentence, so a report that came in one line is read like one in
//! paragraphs. What it will not do: look at numbers other than years and dates.

#![deny(clippy::disallowed_methods)]

use crate::issue::{Issue, IssueCode};
use crate::model::{Date, Meta, Report, ReportKind, Section, SectionRole, Sentence};
use crate::normalize::{Normalized, heading_mark, is_han};
use crate::vocab::{Area, FurniturePlace, LEVELS, Vocabulary, level_depth};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;

mod outline;

pub(crate) use outline::{is_row, plan_period};

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
        .or(meta.published);
    let years =
        Years::find(kind, title.as_deref(), occasion.as_ref().and_then(|o| o.date), published_date, text, file_name);
    if years.reviewed.is_none() {
        issues.push(Issue::new(
            IssueCode::YearUnknown,
            "no year in the title, the occasion line, the headings or the file name",
        ));
    } else if years.is_from_file_name {
        issues.push(Issue::new(
            IssueCode::YearFromFileName,
            format!("the text names no year of its own; taken from the file name `{file_name}`"),
        ));
    }
    let labels = [Some(file_name), header.title.as_deref(), header.publisher.as_deref()];
    let labels: Vec<&str> = labels.into_iter().flatten().collect();
    let (area, contradicted) = area_of(text, head, &labels, years.report.or(years.reviewed), vocabulary);
    if let (Some(area), Some((label, named))) = (area, contradicted) {
        let (area, named) = (&vocabulary.areas[area].name, &vocabulary.areas[named].name);
        let message = format!("`{label}` names {named}, the text is of {area}; the text was believed");
        issues.push(Issue::new(IssueCode::AreaContradicted, message));
    }
    if area.is_none() {
        issues.push(Issue::new(
            IssueCode::AreaUnknown,
            "no place of the division table stands in the title block, the salutation or the file name",
        ));
    }
    let (sections, sentences) = outline::outline(text, head_end, kind, &years, vocabulary);
    let report = Report {
        kind,
        area,
        area_name: area.map(|i| vocabulary.areas[i].name.clone()),
        delivered_date: occasion.as_ref().and_then(|o| o.date),
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
            let is_long = line.chars().count() >= PROSE_CHARS && !is_row(line);
            is_long && !line.ends_with(['。', '！', '？', '：', '；', '”', '）', '…'])
        })
        .count();
    let count = |c: char| text.chars().filter(|&x| x == c).count();
    unended + count('“').abs_diff(count('”')) + count('《').abs_diff(count('》'))
}

/// Where the title block ends: before the salutation, or before the first paragraph of prose.
fn head_end(text: &str) -> usize {
    let limit = text.char_indices().nth(TITLE_BLOCK_CHARS).map_or(text.len(), |(at, _)| at);
    for salutation in ["各位代表", "各位委员", "同志们："] {
        if let Some(at) = text[..limit].find(salutation) {
            return at;
        }
    }
    let mut end = 0;
    for line in text[..limit].split_inclusive('\n') {
        // A table behind the title is the report; one before it tells where the page came from.
        if is_row(line) {
            let is_titled = title_in(&text[..end]).is_some();
            if is_titled {
                break;
            }
            end += line.len();
            continue;
        }
        if line.chars().count() >= PROSE_CHARS
            || line.contains('。')
            || heading_mark(line).is_some_and(|(level, _)| level < 3)
        {
            break;
        }
        end += line.len();
    }
    end
}

/// What titles of reports hold, the most telling first.
const TITLE_WORDS: [&str; 5] = ["政府工作报告", "绩效管理", "工作报告", "统计公报", "工作总结"];

fn title_in(head: &str) -> Option<String> {
    // 某某作政府工作报告。本报记者摄: the line under a picture is no title.
    let is_title = |line: &&str| {
        line.chars().count() <= TITLE_CHARS
            && !is_row(line)
            && !line.contains(['。', '>'])
            && !line.replace("工作", "").contains('作')
    };
    let lines: Vec<&str> = head.lines().filter(is_title).collect();
    let at = TITLE_WORDS.iter().find_map(|word| lines.iter().position(|line| line.contains(word)))?;
    let before =
        at.checked_sub(1).map(|i| lines[i]).filter(|line| line.ends_with("人民政府") && line.chars().count() <= 20);
    // 政府工作报告2015年4月20日……会议上: the occasion line is glued to the bare title.
    let bare = TITLE_WORDS.iter().find(|word| lines[at].starts_with(**word) && lines[at].contains("会议"));
    Some(format!("{}{}", before.unwrap_or(""), bare.unwrap_or(&lines[at])))
}

/// The title of the text, or the header's where the text has none or only the bare words of the genre.
fn best_title(own: Option<String>, header: &Header) -> Option<String> {
    let is_bare = own.as_deref().is_none_or(|own| TITLE_WORDS.contains(&own));
    let from_header = header.title.clone().filter(|_| is_bare);
    from_header.or(own)
}

/// What a scraper, a page or a file says of the text above or beside it (标题：, 报告人：, 来源：): hints, none of them text.
#[derive(Default)]
struct Header {
    title: Option<String>,
    speaker: Option<String>,
    publisher: Option<String>,
}

impl Header {
    fn of(furniture: &[String], meta: &Meta, vocabulary: &Vocabulary) -> Header {
        let value = |marks: &[&str]| {
            let mut lines = furniture.iter().flat_map(|line| marks.iter().map(move |mark| (line, mark)));
            lines.find_map(|(line, mark)| {
                let behind = &line[line.find(mark)? + mark.len()..];
                // The next field of the same line ends the value: 来源：区政府办 字号：大.
                let fields = vocabulary.furniture_in(behind).filter(|found| found.place != FurniturePlace::Glued);
                let end = fields.filter_map(|found| behind.find(&found.words)).min().unwrap_or(behind.len());
                let value = behind[..end].trim_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '（' | '）'));
                (!value.is_empty()).then(|| value.to_string())
            })
        };
        let is_name = |name: &String| (2..=4).contains(&name.chars().count());
        Header {
            title: value(&["标题："]).or_else(|| meta.title.clone()),
            speaker: value(&["报告人："]).and_then(|value| speaker_in(&value).or(Some(value).filter(is_name))),
            publisher: value(&["发文单位：", "发布机构：", "信息来源：", "来源："])
                .filter(|name| name.chars().count() <= PUBLISHER_CHARS)
                .or_else(|| meta.publisher.clone()),
        }
    }
}

fn kind_of(title: &str, head: &str, text: &str) -> ReportKind {
    let opening = text.char_indices().nth(OPENING_CHARS).map_or(text, |(at, _)| &text[..at]);
    let is_given = text.contains("各位代表") || (opening.contains("我代表") && opening.contains("报告工作"));
    let is_titled = title.contains("工作报告") || head.contains("政府工作报告");
    if title.contains("绩效") {
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
    let told: usize = tells.iter().map(|words| text.matches(words).count()).sum();
    let is_prose = |line: &str| line.contains('。') && line.chars().count() >= PROSE_CHARS;
    let addresses = ["各位委员", "同志们", "我代表"].iter().any(|words| text.contains(words));
    !addresses && (told >= MIN_MENTIONS || !text.lines().any(is_prose))
}

struct Occasion {
    date: Option<Date>,
    meeting: Option<String>,
}

/// The line 2021年1月12日在……第七次会议上, which may run over two lines.
fn occasion_in(head: &str) -> Option<Occasion> {
    // A line of digits alone is a counter of the page, and would make a wrong number of the year behind it.
    let joined: String = head.lines().filter(|line| !line.bytes().all(|b| b.is_ascii_digit())).collect();
    let end = ["会议上", "会议通过", "大会上", "会议审议"]
        .iter()
        .filter_map(|mark| joined.find(mark).map(|at| at + "会议".len()))
        .min()?;
    let start = joined[..end].rfind('在').map(|at| at + '在'.len_utf8())?;
    let meeting = joined[start..end].to_string();
    let before = &joined[..start];
    let date = before.char_indices().rev().find_map(|(at, _)| date_at(before, at));
    Some(Occasion { date, meeting: (meeting.chars().count() <= 45 && meeting.contains("会")).then_some(meeting) })
}

/// 2021年1月12日, 二〇〇四年一月八日, 2021-03-03, 2021/3/3.
pub(crate) fn date_at(text: &str, at: usize) -> Option<Date> {
    use crate::extract::number::{chinese_value, year_digits};
    if text[..at].ends_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let (year, mut end) = year_digits(text, at)?;
    let number = |at: usize| -> Option<(u32, usize)> {
        let digits = text[at..].bytes().take_while(u8::is_ascii_digit).count();
        match digits {
            0 => chinese_value(text, at).map(|(value, end)| (value as u32, end)),
            1 | 2 => text[at..at + digits].parse().ok().map(|value| (value, at + digits)),
            _ => None,
        }
    };
    let mut parts = [0; 2];
    for (part, marks) in parts.iter_mut().zip([["年", "-", "/", "."], ["月", "-", "/", "."]]) {
        let mark = marks.iter().find(|mark| text[end..].starts_with(**mark))?;
        let (value, value_end) = number(end + mark.len())?;
        *part = value;
        end = value_end;
    }
    Date::new(year, parts[0], parts[1])
}

/// The date of a line that speaks of publication: 日期：2021-03-03 16:10 来源：….
fn published_in(line: &str) -> Option<Date> {
    let mark = ["日期：", "发布时间：", "时间：", "发文时间：", "发表时间："]
        .iter()
        .find_map(|mark| line.find(mark).map(|at| at + mark.len()))?;
    line[mark..].char_indices().take(12).find_map(|(at, _)| date_at(line, mark + at))
}

/// The name behind 区长, 市长, 省长, 县长, 州长, 主席, 总理 at the end of a short line.
fn speaker_in(head: &str) -> Option<String> {
    for line in head.lines().rev().filter(|line| line.chars().count() <= 40) {
        for office in ["区长", "市长", "省长", "县长", "州长", "主席", "总理", "管委会主任"] {
            if let Some(at) = line.rfind(office) {
                let name: String =
                    line[at + office.len()..].chars().filter(|c| !matches!(c, '·' | ' ' | '：')).collect();
                let name = name.trim_end_matches(['）', ' ']);
                if (2..=4).contains(&name.chars().count()) && name.chars().all(is_han) {
                    return Some(name.to_string());
                }
            }
        }
    }
    None
}

/// The three years of a report.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Years {
    pub report: Option<i32>,
    pub reviewed: Option<i32>,
    pub planned: Option<i32>,
    is_from_file_name: bool,
}

impl Years {
    fn find(
        kind: ReportKind,
        title: Option<&str>,
        delivered: Option<Date>,
        published: Option<Date>,
        text: &str,
        file_name: &str,
    ) -> Years {
        let title_year = title.and_then(first_year);
        let known = delivered.map(|date| date.year).or(title_year).or_else(|| first_year(file_name));
        let (review_heading, plan_heading) = heading_years(text, known);
        // The year planned is not the one looked back on.
        let review_heading = review_heading.filter(|_| review_heading != plan_heading);
        let mut is_from_file_name = false;
        let (report, reviewed) = match kind {
            ReportKind::Performance | ReportKind::Communique => {
                let reviewed = title_year.or(review_heading);
                (published.map(|d| d.year).or(reviewed.map(|y| y + 1)), reviewed)
            }
            _ => {
                let given = delivered
                    .map(|d| d.year)
                    .or(title_year.filter(|&year| review_heading.is_none_or(|r| (0..=1).contains(&(year - r)))));
                let from_delivery = delivered.map(|d| if d.month >= 7 { d.year } else { d.year - 1 });
                let reviewed = review_heading
                    .or(from_delivery)
                    .or(plan_heading.map(|y| y - 1))
                    .or(given.map(|y| reviewed_of(text, y)));
                let plan_heading = plan_heading.filter(|&p| reviewed.is_none_or(|r| (0..=1).contains(&(p - r))));
                (given.or(plan_heading).or(reviewed.map(|y| y + 1)), reviewed)
            }
        };
        let (report, reviewed) = match reviewed {
            Some(_) => (report, reviewed),
            None => {
                is_from_file_name = first_year(file_name).is_some();
                let year = first_year(file_name).or_else(|| common_year(text));
                if kind == ReportKind::Performance {
                    (year.map(|y| y + 1), year)
                } else {
                    (year, year.map(|y| reviewed_of(text, y)))
                }
            }
        };
        let planned =
            plan_heading.filter(|&p| reviewed.is_none_or(|r| (0..=1).contains(&(p - r)))).or(reviewed.map(|y| y + 1));
        Years { report, reviewed, planned, is_from_file_name }
    }

    /// The five years that end with the reviewed one.
    pub fn look_back(&self) -> Option<(i32, i32)> {
        self.reviewed.map(|year| (year - PLAN_YEARS + 1, year))
    }

    /// The five years that begin with the planned one.
    pub fn look_ahead(&self) -> Option<(i32, i32)> {
        self.planned.map(|year| (year, year + PLAN_YEARS - 1))
    }
}

/// The first year written with four digits.
pub(crate) fn first_year(text: &str) -> Option<i32> {
    text.char_indices().find_map(|(at, _)| {
        let joined = text[..at].ends_with(|c: char| c.is_ascii_digit());
        crate::extract::number::year_digits(text, at).filter(|_| !joined).map(|(year, _)| year)
    })
}

/// The last year of a text: in 2016—2020年工作回顾 the one the review ends with.
pub(crate) fn last_year(text: &str) -> Option<i32> {
    text.char_indices().rev().find_map(|(at, _)| {
        let joined = text[..at].ends_with(|c: char| c.is_ascii_digit());
        crate::extract::number::year_digits(text, at).filter(|_| !joined).map(|(year, _)| year)
    })
}

/// Where each year of a text is spoken of; not the bounds of spans and bases of comparisons.
fn year_places(text: &str) -> BTreeMap<i32, Vec<usize>> {
    let mut places: BTreeMap<i32, Vec<usize>> = BTreeMap::new();
    for (at, _) in text.match_indices('年') {
        let from = text[..at].char_indices().rev().nth(3).map_or(0, |(i, _)| i);
        if let Some((year, end)) = crate::extract::number::year_digits(text, from)
            && end == at
            && !text[..from].ends_with(['到', '至', '—', '-', '比', '较', '自', '从'])
        {
            places.entry(year).or_default().push(at);
        }
    }
    places
}

/// The year a report was given in, from the year it speaks of most: one told of in the first half is the year
/// looked back on (the plan says 今年), one told of in the second half the year planned.
fn common_year(text: &str) -> Option<i32> {
    let (year, found) = year_places(text).into_iter().max_by_key(|(year, found)| (found.len(), *year))?;
    let median = found[found.len() / 2];
    (found.len() >= MIN_MENTIONS).then_some(if median * 2 < text.len() { year + 1 } else { year })
}

/// The year that a report given in `given` looks back on: the one before, unless its first half speaks of the
/// months of `given` and more of that year, as reports at the end of a term do.
fn reviewed_of(text: &str, given: i32) -> i32 {
    let first_half = text.char_indices().nth(text.chars().count() / 2).map_or(text, |(at, _)| &text[..at]);
    let count = |year: i32| {
        let ends = [format!("{year}年底"), format!("{year}年末"), format!("到{year}年")];
        year_places(first_half).get(&year).map_or(0, Vec::len)
            + ends.iter().map(|words| first_half.matches(words.as_str()).count()).sum::<usize>()
    };
    // Given late in its year a report looks back on that year's months.
    let months = ["今年以来", "今年上半年", "今年前", "前三季度", "1-9月", "1—9月"].map(str::to_string);
    let expected = [format!("预计到{given}年"), format!("预计{given}年")];
    let is_late = months.iter().chain(&expected).any(|words| first_half.contains(words.as_str()));
    if is_late && count(given) > count(given - 1) { given } else { given - 1 }
}

/// So near behind 主要工作 a word makes it one that is looked back on: 主要工作回顾.
const LOOKING_BACK_CHARS: usize = 6;

/// The years that the headings name for the review and for the plan. `given` is the year of the report, if another
/// place tells it.
fn heading_years(text: &str, given: Option<i32>) -> (Option<i32>, Option<i32>) {
    let (mut review, mut plan) = (None, None);
    // The years of headings without a telling word: 2024年建设迈出新步伐, then 抓好2025年政府工作.
    let mut plain: Vec<i32> = Vec::new();
    for sentence in outline::sentence_ranges(text) {
        let piece = &text[sentence];
        if is_row(piece) {
            continue;
        }
        let heading = outline::own_words(piece);
        let is_line = piece.chars().count() <= HEADING_CHARS && !piece.ends_with('。');
        if heading_mark(&heading).is_none_or(|(level, _)| level > 2) && !is_line {
            continue;
        }
        plain.extend(first_year(&heading).filter(|_| !heading.contains("五”")));
        if review.is_none() && ["回顾", "总结", "发展成就", "工作情况"].iter().any(|cue| heading.contains(cue))
        {
            let end = heading.find("回顾").unwrap_or(heading.len());
            review = last_year(&heading[..end]);
        }
        let plan_cue = ["任务", "工作安排", "工作部署", "重点工作", "总体要求", "预期目标", "工作建议", "主要工作"]
            .iter()
            .filter_map(|cue| heading.find(cue))
            .min();
        // 2020年主要工作回顾 plans nothing.
        let looks_back = |at: usize| {
            let near: String = heading[at..].chars().take(LOOKING_BACK_CHARS).collect();
            ["回顾", "总结", "情况"].iter().any(|cue| near.contains(cue))
        };
        if let Some(at) = plan_cue
            .filter(|&at| plan.is_none() && !looks_back(at) && !heading.contains("规划") && !heading.contains("时期"))
        {
            plan = last_year(&heading[..at]);
        }
    }
    let is_pair = |years: &&[i32]| years[1] == years[0] + 1 && given.is_none_or(|given| years[1] == given);
    let next = plain.windows(2).find(is_pair).filter(|_| review.is_none() && plan.is_none());
    next.map_or((review, plan), |years| (Some(years[0]), Some(years[1])))
}

/// The division the report is of, and the label that names another one.
///
/// The text is asked first: its title block, the government that reports, the rest of its head. Only a text that names no
/// place there is taken at the word of its labels, unless another place stands out in it.
fn area_of<'l>(
    text: &str,
    head: &str,
    labels: &[&'l str],
    year: Option<i32>,
    vocabulary: &Vocabulary,
) -> (Option<usize>, Option<(&'l str, usize)>) {
    let opening_end = text.char_indices().nth(head.chars().count() + OPENING_CHARS).map_or(text.len(), |(at, _)| at);
    let opening = &text[head.len()..opening_end];
    // 现在，我代表朝阳区人民政府，向大会报告工作
    let represented = opening.find("我代表").map_or("", |at| {
        let rest = &opening[at..];
        &rest[..rest.find(['，', '。']).unwrap_or(rest.len())]
    });
    let speaks_for = |place: &str| {
        ["国务院", "中央人民政府"].iter().any(|words| place.contains(words)) && !place.contains(['省', '市'])
    };
    let state = || vocabulary.areas.iter().position(|area| area.code == NATIONAL_CODE);
    // Of places that share a name the file name may tell which.
    let file_name = labels.first().copied().unwrap_or_default();
    let lowest = |place: &str| lowest_area(place, text, file_name, year, vocabulary);
    let is_national =
        speaks_for(represented) || head.lines().any(|line| line.chars().count() < 40 && line.starts_with("国务院"));
    let named = if is_national { state() } else { [title_block(head), represented, head].into_iter().find_map(lowest) };
    let claims: Vec<(&str, usize)> = labels
        .iter()
        .filter_map(|label| Some((*label, if speaks_for(label) { state() } else { lowest(label) }?)))
        .collect();
    let agrees =
        |claim: usize, place: usize| is_same_place(place, claim, vocabulary) || is_within(place, claim, vocabulary);
    let is_spoken_of = |claim: usize| text.matches(vocabulary.areas[claim].stem()).count() >= MIN_MENTIONS;
    let found = named.or_else(|| match claims.first() {
        None => most_mentioned(text, represented, year, vocabulary),
        Some(&(_, first)) => claims.iter().map(|claim| claim.1).find(|&claim| is_spoken_of(claim)).or_else(|| {
            let other = match reporting_level(text, represented) {
                None if speaks_of_state(text) => state(),
                level => standing_out(text, level.unwrap_or(&vocabulary.areas[first].level), year, vocabulary),
            };
            Some(other.filter(|&other| !agrees(first, other)).unwrap_or(first))
        }),
    });
    let contradicted = found.and_then(|found| claims.into_iter().find(|&(_, claim)| !agrees(claim, found)));
    (found, contradicted)
}

/// The lines from the last title of a report on: what stands above them are menus and headers.
fn title_block(head: &str) -> &str {
    let (mut at, mut start) = (0, 0);
    for line in head.split_inclusive('\n') {
        if line.chars().count() <= TITLE_CHARS && line.contains("工作报告") {
            start = at;
        }
        at += line.len();
    }
    &head[start..]
}

/// One place under its names in time: a 县 that became a 区.
fn is_same_place(one: usize, other: usize, vocabulary: &Vocabulary) -> bool {
    let (one, other) = (&vocabulary.areas[one], &vocabulary.areas[other]);
    let became = |from: &Area, to: &Area| from.successor_code.as_deref() == Some(&to.code);
    one.code == other.code
        || became(one, other)
        || became(other, one)
        || (one.stem() == other.stem() && one.parent_code == other.parent_code)
}

/// Whether a place lies in another one.
fn is_within(place: usize, whole: usize, vocabulary: &Vocabulary) -> bool {
    let mut parent = vocabulary.areas[place].parent_code.as_deref();
    // Divisions have four levels; a table that runs in a circle must not hold the run.
    for _ in 0..LEVELS.len() {
        let Some(code) = parent else { return false };
        if code == vocabulary.areas[whole].code {
            return true;
        }
        parent = vocabulary.areas.iter().find(|area| area.code == code).and_then(|area| area.parent_code.as_deref());
    }
    false
}

/// The lowest place that a line names: 北京市朝阳区 -> 朝阳区.
fn lowest_area(place: &str, text: &str, file_name: &str, year: Option<i32>, vocabulary: &Vocabulary) -> Option<usize> {
    let mut best: Option<(usize, usize)> = None;
    for (range, candidates) in vocabulary.areas_in(place) {
        // 市和县: a name of two characters is one only before 政府 and the like.
        let is_short = place[range.clone()].chars().count() < 3;
        if is_short
            && !["人民政府", "政府", "第", "人民代表", "_"].iter().any(|word| place[range.end..].starts_with(word))
        {
            continue;
        }
        let Some(chosen) = choose_area(candidates, text, file_name, year, vocabulary) else { continue };
        let depth = level_depth(&vocabulary.areas[chosen].level).unwrap_or(0);
        if best.is_none_or(|(known, _)| depth > known) {
            best = Some((depth, chosen));
        }
    }
    best.map(|(_, area)| area)
}

/// Of the places of the reporting level the one that stands out; without a level the state, if its council is named.
fn most_mentioned(text: &str, represented: &str, year: Option<i32>, vocabulary: &Vocabulary) -> Option<usize> {
    match reporting_level(text, represented) {
        Some(level) => standing_out(text, level, year, vocabulary),
        None if speaks_of_state(text) => vocabulary.areas.iter().position(|area| area.code == NATIONAL_CODE),
        None => None,
    }
}

/// Whether a text without a level of its own is the state's: it names the council and speaks of the country.
fn speaks_of_state(text: &str) -> bool {
    let count = |words: &str| text.matches(words).count();
    text.contains("国务院") && count("全国") + count("我国") >= MIN_MENTIONS
}

/// The level of the government that reports: what it calls itself, else what the text calls the whole (全省, 我市).
fn reporting_level(text: &str, represented: &str) -> Option<&'static str> {
    let levels: [(&str, &[&str]); 3] =
        [("province", &["全省", "我省"]), ("city", &["全市", "我市"]), ("county", &["全县", "我县", "全区", "我区"])];
    let said = [
        ("省人民政府", "province"),
        ("市人民政府", "city"),
        ("市政府", "city"),
        ("县人民政府", "county"),
        ("区人民政府", "county"),
        ("区政府", "county"),
    ];
    if let Some((_, level)) = said.iter().find(|(words, _)| represented.contains(words)) {
        return Some(level);
    }
    let count = |words: &[&str]| words.iter().map(|word| text.matches(word).count()).sum::<usize>();
    let (level, words) = levels.iter().max_by_key(|(_, words)| count(words))?;
    (count(words) >= MIN_MENTIONS).then_some(*level)
}

/// Of the places of a level the one named most, if it stands out: by its stem (广东), of all places, else of those that
/// the text also gives their full name, for stems can be common nouns (资源, 合作); else by its full name.
fn standing_out(text: &str, level: &str, year: Option<i32>, vocabulary: &Vocabulary) -> Option<usize> {
    let is_level = |i: usize| vocabulary.areas[i].level == level;
    let has_stem = |i: usize| vocabulary.areas[i].stem() != vocabulary.areas[i].name;
    // 城区, 郊区: names without a stem of their own are mostly common nouns.
    let stems: Vec<&str> = vocabulary
        .area_stems_in(text)
        .filter(|candidates| candidates.iter().any(|&i| is_level(i) && has_stem(i)))
        .map(|candidates| vocabulary.areas[candidates[0]].stem())
        .collect();
    let named: Vec<&Area> = vocabulary
        .areas_in(text)
        .filter_map(|(_, candidates)| candidates.iter().find(|&&i| is_level(i)).map(|&i| &vocabulary.areas[i]))
        .collect();
    let named_stems: HashSet<&str> = named.iter().map(|area| area.stem()).collect();
    let by_name = || {
        let stems = most_frequent(stems.iter().copied().filter(|stem| named_stems.contains(stem)));
        let names = most_frequent(named.iter().map(|area| area.name.as_str()));
        stems.map(|found| (found, true)).into_iter().chain(names.map(|found| (found, false))).max()
    };
    let ((_, words), is_stem) = most_frequent(stems.iter().copied()).map(|found| (found, true)).or_else(by_name)?;
    let candidates: Vec<usize> = (0..vocabulary.areas.len())
        .filter(|&i| {
            is_level(i) && words == if is_stem { vocabulary.areas[i].stem() } else { &vocabulary.areas[i].name }
        })
        .collect();
    choose_area(&candidates, text, "", year, vocabulary)
}

/// The word that stands out, and how often it is named: often enough, and twice as often as any other.
fn most_frequent<'w>(words: impl Iterator<Item = &'w str>) -> Option<(usize, &'w str)> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    words.for_each(|word| *counts.entry(word).or_default() += 1);
    let mut ranked: Vec<(usize, &str)> = counts.into_iter().map(|(word, count)| (count, word)).collect();
    ranked.sort_by(|a, b| b.cmp(a));
    let &(count, word) = ranked.first()?;
    let stands_out = count >= MIN_MENTIONS && ranked.get(1).is_none_or(|second| second.0 * 2 <= count);
    stands_out.then_some((count, word))
}

/// Of the areas that share a name: the one valid in the year whose parents the text speaks of most.
fn choose_area(
    candidates: &[usize],
    text: &str,
    file_name: &str,
    year: Option<i32>,
    vocabulary: &Vocabulary,
) -> Option<usize> {
    let area = |i: usize| &vocabulary.areas[i];
    let is_valid = |a: &Area| {
        year.is_none_or(|y| a.valid_from.is_none_or(|from| from <= y) && a.valid_to.is_none_or(|to| y <= to))
    };
    let mentions = |a: &Area| -> usize {
        let mut count = 0;
        let mut parent = a.parent_code.as_deref();
        while let Some(code) = parent {
            let Some(found) = vocabulary.areas.iter().find(|x| x.code == code).filter(|x| x.code != NATIONAL_CODE)
            else {
                break;
            };
            // 朝阳县 of 朝阳市: the county's own name is no word for its parent.
            let name = if found.stem() == a.stem() { found.name.as_str() } else { found.stem() };
            count += text.matches(name).count() + 3 * file_name.matches(name).count();
            parent = found.parent_code.as_deref();
        }
        count
    };
    if let [only] = candidates {
        return Some(*only);
    }
    let scored: Vec<(bool, usize, usize)> =
        candidates.iter().map(|&i| (is_valid(area(i)), mentions(area(i)), i)).collect();
    let &(valid, mentioned, best) =
        scored.iter().max_by_key(|(valid, mentions, i)| (*valid, *mentions, std::cmp::Reverse(*i)))?;
    // Several places of that name and nothing tells them apart: better none than a guess.
    let has_rival = scored.iter().any(|&(v, m, i)| v == valid && m == mentioned && area(i).code != area(best).code);
    (!has_rival || mentioned > 0).then_some(best)
}

/// For the outline: one section and where its sentences go.
pub(crate) fn plain_section(role: SectionRole) -> Section {
    Section { path: String::new(), role }
}

pub(crate) type SentenceRange = Range<usize>;
pub(crate) type Outline = (Vec<Section>, Vec<Sentence>);
