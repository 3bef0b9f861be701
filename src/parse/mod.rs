//! Stage 4: plain text -> [`Report`]: kind, place, years, title block, outline with roles, sentences.
//!
//! The outline is read sentence by sentence, so a report that came in one line is read like one in
//! paragraphs. What it will not do: look at numbers other than years and dates.

#![deny(clippy::disallowed_methods)]

use crate::issue::{Issue, IssueCode};
use crate::model::{Date, Meta, Report, ReportKind, Section, SectionRole, Sentence};
use crate::normalize::{Normalized, heading_mark};
use crate::vocab::{Area, Vocabulary, level_depth};
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

mod outline;

pub(crate) use outline::plan_period;

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
    let title = title_in(head).or_else(|| meta.title.clone());
    let kind = kind_of(title.as_deref().unwrap_or(""), head, text);
    let occasion = occasion_in(head);
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
    let area = area_of(text, head, file_name, years.report.or(years.reviewed), vocabulary);
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
        speaker: speaker_in(head),
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
            line.chars().count() >= PROSE_CHARS && !line.ends_with(['。', '！', '？', '：', '；', '”', '）', '…'])
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

fn title_in(head: &str) -> Option<String> {
    const WORDS: [&str; 5] = ["政府工作报告", "绩效管理", "工作报告", "统计公报", "工作总结"];
    let lines: Vec<&str> = head.lines().filter(|line| line.chars().count() <= 50).collect();
    let at = WORDS.iter().find_map(|word| lines.iter().position(|line| line.contains(word) && !line.contains('>')))?;
    let before =
        at.checked_sub(1).map(|i| lines[i]).filter(|line| line.ends_with("人民政府") && line.chars().count() <= 20);
    Some(format!("{}{}", before.unwrap_or(""), lines[at].trim_start_matches("标题：")))
}

fn kind_of(title: &str, head: &str, text: &str) -> ReportKind {
    if title.contains("绩效") {
        ReportKind::Performance
    } else if title.contains("公报") {
        ReportKind::Communique
    } else if title.contains("工作报告") || head.contains("政府工作报告") || text.contains("各位代表") {
        ReportKind::WorkReport
    } else {
        ReportKind::Other
    }
}

struct Occasion {
    date: Option<Date>,
    meeting: Option<String>,
}

/// The line 2021年1月12日在……第七次会议上, which may run over two lines.
fn occasion_in(head: &str) -> Option<Occasion> {
    let joined = head.replace('\n', "");
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
                if (2..=4).contains(&name.chars().count())
                    && name.chars().all(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
                {
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

/// The division the report is of: named in the title block or by the government that reports, else in the
/// file name, else the one of its level that the text speaks of most.
fn area_of(text: &str, head: &str, file_name: &str, year: Option<i32>, vocabulary: &Vocabulary) -> Option<usize> {
    let opening_end = text.char_indices().nth(head.chars().count() + OPENING_CHARS).map_or(text.len(), |(at, _)| at);
    let opening = &text[head.len()..opening_end];
    // 现在，我代表朝阳区人民政府，向大会报告工作
    let represented = opening.find("我代表").map_or("", |at| {
        let rest = &opening[at..];
        &rest[..rest.find(['，', '。']).unwrap_or(rest.len())]
    });
    let speaks_for = |place: &str| place.contains("国务院") && !place.contains(['省', '市']);
    if speaks_for(represented)
        || speaks_for(file_name)
        || head.lines().any(|line| line.chars().count() < 40 && line.starts_with("国务院"))
    {
        return vocabulary.areas.iter().position(|area| area.code == NATIONAL_CODE);
    }
    let named = [head, represented, file_name]
        .into_iter()
        .find_map(|place| lowest_area(place, text, file_name, year, vocabulary));
    named.or_else(|| most_mentioned(text, represented, year, vocabulary))
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

/// Of the places of the reporting level (全省, 全市, 全县) the one named most, if it stands out.
fn most_mentioned(text: &str, represented: &str, year: Option<i32>, vocabulary: &Vocabulary) -> Option<usize> {
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
    let level = match said.iter().find(|(words, _)| represented.contains(words)) {
        Some((_, level)) => *level,
        None => {
            let count = |words: &[&str]| words.iter().map(|word| text.matches(word).count()).sum::<usize>();
            let (level, words) = levels.iter().max_by_key(|(_, words)| count(words))?;
            if count(words) < MIN_MENTIONS {
                return text
                    .contains("国务院")
                    .then(|| vocabulary.areas.iter().position(|area| area.code == NATIONAL_CODE))
                    .flatten();
            }
            *level
        }
    };
    let mut counts: HashMap<&str, (usize, usize)> = HashMap::new();
    for candidates in vocabulary.area_stems_in(text) {
        // 城区, 郊区: names without a stem of their own are mostly common nouns.
        if candidates
            .iter()
            .any(|&i| vocabulary.areas[i].level == level && vocabulary.areas[i].stem() != vocabulary.areas[i].name)
        {
            counts.entry(vocabulary.areas[candidates[0]].stem()).or_insert((0, candidates[0])).0 += 1;
        }
    }
    let mut ranked: Vec<(usize, &str)> = counts.iter().map(|(stem, (count, _))| (*count, *stem)).collect();
    ranked.sort_by(|a, b| b.cmp(a));
    let &(count, stem) = ranked.first()?;
    if count < MIN_MENTIONS || ranked.get(1).is_some_and(|second| second.0 * 2 > count) {
        return None;
    }
    let candidates: Vec<usize> = (0..vocabulary.areas.len())
        .filter(|&i| vocabulary.areas[i].level == level && vocabulary.areas[i].stem() == stem)
        .collect();
    choose_area(&candidates, text, "", year, vocabulary)
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
