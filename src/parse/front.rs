//! What stands above a report: title block, title, occasion, dates, speaker; and what pages and scrapers say beside it.

use super::*;

/// Where the title block ends: before the salutation, or before the first paragraph of prose.
pub(super) fn head_end(text: &str) -> usize {
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

pub(super) fn title_in(head: &str) -> Option<String> {
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
    Some(format!("{}{}", before.unwrap_or(""), title_of(lines[at])))
}

/// The title of a line that holds more: dashes before it, the occasion or the speaker glued to it, the mark of a note.
fn title_of(line: &str) -> &str {
    let line = line.trim_start_matches(['—', '-', '－', ' ']);
    let line = line.split_once('[').map_or(line, |(title, _)| title);
    let end = TITLE_WORDS.iter().find_map(|word| line.find(word).map(|at| at + word.len()));
    let Some(end) = end else { return line };
    // 政府工作报告2015年4月20日……会议上, 政府工作报告某某市市长某某
    let behind = &line[end..];
    let is_glued = first_year(behind).is_some_and(|_| !behind.starts_with('—'))
        || behind.contains("回顾")
        || OFFICES.iter().any(|office| behind.contains(office))
        || behind.contains("会议");
    if is_glued { &line[..end] } else { line }
}

/// The title of the text, or the header's where the text has none or only the bare words of the genre.
pub(super) fn best_title(own: Option<String>, header: &Header) -> Option<String> {
    let is_bare = own.as_deref().is_none_or(|own| TITLE_WORDS.contains(&own));
    let from_header = header.title.clone().filter(|_| is_bare);
    from_header.or(own)
}

/// What a scraper, a page or a file says of the text above or beside it (标题：, 报告人：, 来源：): hints, none of them text.
#[derive(Default)]
pub(super) struct Header {
    pub title: Option<String>,
    pub speaker: Option<String>,
    pub publisher: Option<String>,
}

impl Header {
    pub fn of(furniture: &[String], meta: &Meta, vocabulary: &Vocabulary) -> Header {
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
        Header {
            title: value(&["标题："]).or_else(|| meta.title.clone()),
            speaker: value(&["报告人："]).and_then(|value| speaker_in(&value).or_else(|| person(&value))),
            publisher: value(&["发文单位：", "发布机构：", "信息来源：", "来源："])
                .filter(|name| name.chars().count() <= PUBLISHER_CHARS)
                .or_else(|| meta.publisher.clone()),
        }
    }
}

/// The meeting a report was given at, and the day.
pub(super) struct Occasion {
    pub date: Option<Date>,
    /// The day is written as pages stamp theirs, and may be that of its publication.
    pub is_stamp: bool,
    pub meeting: Option<String>,
}

/// A meeting has a shorter name.
const MEETING_CHARS: usize = 45;

/// The line 2021年1月12日在……第七次会议上, which may run over two lines.
pub(super) fn occasion_in(head: &str) -> Option<Occasion> {
    // A line of digits alone is a counter of the page, and would make a wrong number of the year behind it.
    let joined: String = head.lines().filter(|line| !line.bytes().all(|b| b.is_ascii_digit())).collect();
    let end = ["会议上", "会议通过", "大会上", "会议审议"]
        .iter()
        .filter_map(|mark| joined.find(mark).map(|at| at + "会议".len()))
        .chain(joined.find("次会议").map(|at| at + "次会议".len()))
        .min()?;
    let before = &joined[..end];
    let day = last_date(before);
    // Without 在 the name of the meeting stands right behind the day: 2015年4月20日某某市第三届人民代表大会第六次会议通过.
    let behind_day = day.map_or(0, |(_, end)| end);
    let start = before[behind_day..].rfind('在').map_or(behind_day, |at| behind_day + at + '在'.len_utf8());
    if start == 0 {
        return None;
    }
    let meeting = before[start..].to_string();
    let is_name = meeting.chars().count() <= MEETING_CHARS && meeting.contains('会');
    let is_stamp = day.is_some_and(|(_, end)| is_stamp(last_chars(&before[..end], STAMP_CHARS)));
    Some(Occasion { date: day.map(|(day, _)| day), is_stamp, meeting: is_name.then_some(meeting) })
}

/// The last day named in a text, and where it ends.
fn last_date(text: &str) -> Option<(Date, usize)> {
    text.char_indices().rev().find_map(|(at, _)| date_span(text, at))
}

/// A day from its year to 日 has this many characters: 2006年02月18日.
const STAMP_CHARS: usize = 11;

/// Whether a day is written as pages stamp theirs: 2006年02月18日, 2006-02-18.
fn is_stamp(day: &str) -> bool {
    day.contains("年0") || day.contains("月0") || day.contains(['-', '/', '.'])
}

/// A line of the title block that holds a day and nothing else but a name: （2000年1月20日）. The stamp of a page is none.
pub(super) fn day_line(head: &str) -> Option<Date> {
    let bare = |line: &str| -> Option<Date> {
        let line = line.trim_matches(|c: char| !c.is_alphanumeric());
        let (day, end) = date_span(line, 0)?;
        let is_stamp = is_stamp(&line[..end]);
        let rest = line[end..].trim();
        (!is_stamp && (rest.is_empty() || person(rest).is_some())).then_some(day)
    };
    head.lines().rev().find_map(bare)
}

/// 2021年1月12日, 二〇〇四年一月八日, 2021-03-03, 2021/3/3.
pub(crate) fn date_at(text: &str, at: usize) -> Option<Date> {
    date_span(text, at).map(|(day, _)| day)
}

/// A day at `at`, and where it ends: behind 日, where that stands.
fn date_span(text: &str, at: usize) -> Option<(Date, usize)> {
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
    let end = if text[end..].starts_with('日') { end + '日'.len_utf8() } else { end };
    Some((Date::new(year, parts[0], parts[1])?, end))
}

/// The day of a line that speaks of publication: 日期：2021-03-03 16:10 来源：…, 新华社北京2008年3月19日电.
pub(super) fn published_in(line: &str) -> Option<Date> {
    const NEAR_CHARS: usize = 12;
    let labelled = ["日期：", "发布时间：", "时间：", "发文时间：", "发表时间："]
        .iter()
        .find_map(|mark| line.find(mark).map(|at| at + mark.len()))
        .and_then(|mark| line[mark..].char_indices().take(NEAR_CHARS).find_map(|(at, _)| date_at(line, mark + at)));
    let wired = || {
        let (day, end) = last_date(&line[..line.find("日电")? + '日'.len_utf8()])?;
        line[end..].starts_with('电').then_some(day)
    };
    labelled.or_else(wired)
}

/// The lines at the end of a text in which a news agency may sign.
const SIGNED_LINES: usize = 3;

/// The day on which a news agency sent the text out, where it says so below it.
pub(super) fn signed_in(text: &str) -> Option<Date> {
    let mut lines = text.lines().rev().filter(|line| !line.is_empty()).take(SIGNED_LINES);
    lines.find_map(|line| published_in(line).filter(|_| line.contains("日电") && line.chars().count() < TITLE_CHARS))
}

/// The heads of governments, the council and committees. 代, 副 and 代理 before them change nothing.
const OFFICES: [&str; 15] = [
    "区长",
    "市长",
    "省长",
    "县长",
    "州长",
    "盟长",
    "旗长",
    "镇长",
    "乡长",
    "主席",
    "总理",
    "专员",
    "部长",
    "委会主任",
    "委员会主任",
];
/// The dots of names that have several parts, as they are typed.
const NAME_DOTS: [char; 4] = ['·', '•', '・', '‧'];
/// What may follow a name: 省长某某作政府工作报告, 某某在……会议上.
const BEHIND_NAME: [&str; 4] = ["作", "在", "代表", "向"];

/// The name beside an office in the title block, the lowest line first: 区长　王 强, 代县长 on a line above the name,
/// 某某市长在……会议上; or the name alone below the line of the meeting.
pub(super) fn speaker_in(head: &str) -> Option<String> {
    let lines: Vec<&str> = head.lines().filter(|line| !line.trim().is_empty()).collect();
    (0..lines.len()).rev().find_map(|at| {
        let next = lines.get(at + 1).copied().unwrap_or("");
        speaker_of(lines[at], next).or_else(|| giver(lines[at])).or_else(|| {
            let is_occasion = ["会议上", "大会上"].iter().any(|mark| lines[at].trim().ends_with(mark));
            person(next).filter(|_| is_occasion && at + 2 == lines.len())
        })
    })
}

fn speaker_of(line: &str, next: &str) -> Option<String> {
    let (at, office) =
        OFFICES.iter().filter_map(|office| line.rfind(office).map(|at| (at + office.len(), *office))).max()?;
    let is_part = |c: char| is_han(c) || NAME_DOTS.contains(&c);
    let behind = line[at..].trim_start_matches(|c: char| !is_part(c));
    if !behind.contains(is_han) {
        // Dots alone are what is left of a name; the next line is none of it.
        return person(next).filter(|_| behind.is_empty());
    }
    let words = &behind[..behind.find(|c: char| !is_part(c) && c != ' ').unwrap_or(behind.len())];
    let words = &words[..words.find("同志").unwrap_or(words.len())];
    let cut = || BEHIND_NAME.iter().filter_map(|mark| person(&words[..words.find(mark)?])).next();
    // 某某市长在……会议上: the name stands before the office.
    let called = || {
        let before = &line[..at - office.len()];
        before.rsplit(|c: char| !is_part(c) || c == '日').next().and_then(person)
    };
    let is_called = BEHIND_NAME.iter().any(|mark| words.starts_with(mark));
    if is_called { called() } else { person(words).or_else(cut) }
}

/// 某某在……会议上的政府工作报告: a name begins the title.
fn giver(line: &str) -> Option<String> {
    let (name, behind) = line.split_once('在')?;
    person(name).filter(|_| behind.contains("会议上") && behind.contains("工作报告"))
}

/// Words of pages and titles that are as short as a name: 市长信箱, 工作报告.
const NO_NAME: [&str; 14] =
    ["报告", "目录", "各位", "同志", "政府", "会议", "全文", "打印", "来源", "信箱", "热线", "专线", "讲话", "致辞"];

/// A name of two to four characters, or of several parts with dots between them; spaces inside it are layout.
fn person(words: &str) -> Option<String> {
    let name: String =
        words.chars().filter(|c| !c.is_whitespace()).map(|c| if NAME_DOTS.contains(&c) { '·' } else { c }).collect();
    let parts: Vec<&str> = name.split('·').collect();
    let is_han_word = |part: &&str| !part.is_empty() && part.chars().all(is_han);
    let count = name.chars().count();
    let fits = if parts.len() == 1 { (2..=4).contains(&count) } else { (3..=16).contains(&count) };
    let is_name = fits && parts.iter().all(is_han_word) && !NO_NAME.iter().any(|words| name.contains(words));
    is_name.then_some(name)
}
