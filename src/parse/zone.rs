//! Zones that a committee runs (开发区, 新区 under a 管委会): GB/T 2260 gives most of them no code.
//!
//! A report of a zone is none of its city: taken as such, the zone's product would stand as the city's.

use super::called::{Called, led_clauses};
use super::place::{Search, namings, title_block};
use super::*;

/// What the names of zones end with that a committee runs (管委会) and that have no code of their own.
const ZONE_ENDINGS: [&str; 17] = [
    "新区",
    "开发区",
    "高新区",
    "经开区",
    "产业园区",
    "工业园区",
    "示范区",
    "试验区",
    "合作区",
    "保税区",
    "保税港区",
    "度假区",
    "风景区",
    "风景名胜区",
    "管理区",
    "示范园区",
    "新城",
];
/// What the titles of reports hold.
const REPORT_WORDS: [&str; 4] = ["工作报告", "工作总结", "政府工作报告", "绩效"];
/// The name of a zone has this many characters before its ending, at least and at most.
const ZONE_NAME_CHARS: std::ops::RangeInclusive<usize> = 2..=12;

/// Characters that end what stands before a name: 市政府和新区, 在新区, 2024年新区.
const NO_NAME: [char; 14] = ['年', '在', '和', '与', '及', '的', '各', '全', '本', '我', '由', '把', '对', '向'];
/// The name of a zone is looked for in this many characters before its committee.
const RUN_CHARS: usize = 16;

impl Search<'_> {
    /// The zone that a report is of: its committee reports, or its title names it and no division below the cities.
    pub fn zone(&self) -> Option<String> {
        let names_committee = |clause: &str| clause.contains("管委会") || clause.contains("管理委员会");
        let speaks_as_division = namings(self.text).any(|clause| clause.contains("政府"));
        let labelled = || self.labels.iter().find_map(|label| self.zone_in(label));
        if names_committee(self.represented) && !self.represented.contains("政府") {
            return self
                .zone_in(self.represented)
                .or_else(|| self.titled())
                .or_else(labelled)
                .or_else(|| self.run_zone());
        }
        // A report without its opening: its thanks name the committee, or it is led by the zone's own.
        let is_open = self.represented.is_empty();
        let thanks =
            || namings(self.text).filter(|clause| names_committee(clause)).find_map(|clause| self.zone_in(clause));
        let is_led = || led_clauses(self.text).any(|clause| clause.contains("区党工委"));
        let spoken_of = |zone: &String| mentions(self.text, zone) >= MIN_MENTIONS || is_led();
        let unnamed = || labelled().filter(spoken_of).or_else(|| is_led().then(|| self.run_zone())?);
        self.titled()
            .or_else(|| thanks().filter(|_| is_open))
            .or_else(|| (is_open && !speaks_as_division).then(unnamed)?)
    }

    /// 长沙高新区2020年度工作报告; not 打造现代化新城——政府工作报告, where a slogan stands above or before the title.
    fn titled(&self) -> Option<String> {
        let is_title = |line: &&str| REPORT_WORDS.iter().any(|words| line.contains(words));
        if self.represented.contains("政府") {
            return None;
        }
        title_block(self.head).lines().filter(is_title).find_map(|line| {
            let zone = self.zone_in(line)?;
            let behind = &line[line.find(&zone)? + zone.len()..];
            let is_named = behind.starts_with(|c: char| c.is_ascii_digit())
                || REPORT_WORDS.iter().chain(&["管委会", "管理委员会", "年度"]).any(|words| behind.starts_with(words));
            is_named.then_some(zone)
        })
    }

    /// The zone that a text names before its committee (光明新区管委会), of several the one it speaks of most.
    fn run_zone(&self) -> Option<String> {
        let text = self.text;
        let committees = ["管委会", "管理委员会", "党工委"].into_iter().flat_map(|words| places(text, words));
        let named = committees.filter_map(|at| {
            let before = last_chars(&text[..at], RUN_CHARS).rsplit(|c: char| !is_han(c)).next()?;
            self.zone_in(before).filter(|name| before.ends_with(name.as_str()))
        });
        // Of 都要有金普新区 and 金普新区 the text holds the second more often.
        let score = |name: &String| (mentions(text, name), std::cmp::Reverse(name.len()));
        named.take(MAX_NAMINGS).max_by_key(score).filter(|name| mentions(text, name) >= MIN_MENTIONS)
    }

    /// The name of a zone in a line: 深圳市大鹏新区管委会 -> 大鹏新区; none where a county or a district is named too, and none for
    /// the ending alone (我代表新区管委会).
    fn zone_in(&self, line: &str) -> Option<String> {
        let mut start = 0;
        for (range, candidates) in self.vocabulary.areas_in(line) {
            if candidates.iter().any(|&i| self.area(i).level == "county") {
                return None;
            }
            start = range.end;
        }
        let endings = ZONE_ENDINGS.iter().filter_map(|ending| Some((start + line[start..].find(ending)?, *ending)));
        let (at, ending) = endings.min()?;
        let before = &line[start..at];
        let lead = before.find("代表").map_or(0, |at| at + "代表".len());
        let name = before[lead..].rsplit(|c: char| !is_han(c) || NO_NAME.contains(&c)).next()?;
        ZONE_NAME_CHARS.contains(&name.chars().count()).then(|| format!("{name}{ending}"))
    }

    /// The division that a zone lies in: the one its name begins with, else the one named beside it in the title, else the city
    /// that stands out, else the one of a label.
    pub fn holder(&self, zone: &str) -> Option<usize> {
        let is_wide = |&i: &usize| self.area(i).level != "county";
        let begins = self.vocabulary.area_stems_in(zone).next().and_then(|candidates| {
            candidates.iter().copied().find(|i| is_wide(i) && zone.starts_with(self.area(*i).stem()))
        });
        let named = |line: &str| self.lowest_area(line).filter(is_wide);
        begins
            .or_else(|| title_block(self.head).lines().find_map(named))
            .or_else(|| self.standing_out(Called::City))
            .or_else(|| self.labels.iter().copied().find_map(named))
    }
}
