//! The place a report is of: a division of GB/T 2260 under its name of that year, or a zone that has no code.

use super::called::{Called, reporting_kind, speaks_of_state};
use super::*;
use crate::vocab::{Area, LEVELS, level_depth};
use std::collections::{BTreeMap, HashMap, HashSet};

/// The place of a report.
#[derive(Debug, Default)]
pub(super) struct Place {
    /// Index into the division table; a zone has none.
    pub area: Option<usize>,
    pub name: Option<String>,
    pub level: Option<String>,
}

/// The level of a zone in `documents.area_level`.
const ZONE_LEVEL: &str = "zone";

/// What the place is looked for in.
pub(super) struct Search<'a> {
    pub text: &'a str,
    pub head: &'a str,
    /// 我代表朝阳区人民政府 of the opening sentence: the government that reports.
    pub represented: &'a str,
    /// File name first, then title and publisher of the page: hints.
    pub labels: &'a [&'a str],
    pub kind: ReportKind,
    /// The year of the report, in which the place must have its code and name.
    pub year: Option<i32>,
    pub vocabulary: &'a Vocabulary,
}

/// The place that a text is of, and what its labels say against it.
pub(super) fn place_of(search: &Search) -> (Place, Vec<Issue>) {
    if let Some(zone) = search.zone() {
        return search.place_of_zone(zone);
    }
    let (area, contradicted) = search.division();
    let Some(area) = area else {
        let message = "no place of the division table stands in the title block, the salutation or the file name";
        return (Place::default(), vec![Issue::new(IssueCode::AreaUnknown, message)]);
    };
    let mut issues = Vec::new();
    let found = search.area(area);
    if let Some((label, named)) = contradicted {
        let named = &search.area(named).name;
        let message = format!("`{label}` names {named}, the text is of {}; the text was believed", found.name);
        issues.push(Issue::new(IssueCode::AreaContradicted, message));
    }
    if let Some(year) = search.year.filter(|&year| !was_valid(found, year)) {
        let years = match (found.valid_from, found.valid_to) {
            (_, Some(to)) if to < year => format!("until {to}"),
            (from, _) => format!("from {}", from.unwrap_or(year)),
        };
        let message = format!("{} had the code {} {years}, the report is of {year}", found.name, found.code);
        issues.push(Issue::new(IssueCode::AreaOutdated, message));
    }
    (Place { area: Some(area), name: Some(found.name.clone()), level: Some(found.level.clone()) }, issues)
}

/// Whether a division had its code and name in a year. The table knows the years of revisions: a change lies up to a year
/// before the revision that shows it, and one last seen in 2016 may have gone on (see `data/build_areas.py`).
fn was_valid(area: &Area, year: i32) -> bool {
    const LAST_REVISION: i32 = 2016;
    let ended = area.valid_to.is_some_and(|to| to < LAST_REVISION && to + 1 < year);
    let begun = area.valid_from.is_none_or(|from| from - 1 <= year);
    begun && !ended
}

/// The clause of the opening in which the government that reports is named.
pub(super) fn represented_in<'t>(text: &'t str, head: &str) -> &'t str {
    let opening = first_chars(&text[head.len()..], OPENING_CHARS);
    opening.find("我代表").map_or("", |at| clause_from(opening, at))
}

fn clause_from(text: &str, at: usize) -> &str {
    let rest = &text[at..];
    &rest[..rest.find(['，', '。', '\n']).unwrap_or(rest.len())]
}

/// 我谨代表龙岗区人民政府向…致以感谢: the government gives thanks in the middle of its report, and may name itself only there.
pub(super) fn namings(text: &str) -> impl Iterator<Item = &str> {
    let words = ["我代表", "谨代表"];
    let clauses = words.into_iter().flat_map(|words| places(text, words)).map(|at| clause_from(text, at));
    // Behind 向 stand those who are thanked.
    clauses.take(MAX_NAMINGS).map(|clause| clause.split('向').next().unwrap_or(clause))
}

/// The lines from the last title of a report on: what stands above them are menus and headers.
pub(super) fn title_block(head: &str) -> &str {
    let (mut at, mut start) = (0, 0);
    for line in head.split_inclusive('\n') {
        if line.chars().count() <= TITLE_CHARS && line.contains("工作报告") {
            start = at;
        }
        at += line.len();
    }
    &head[start..]
}

/// The end of a report, in which it hails its place (共创某某更加美好的明天), is so long.
const CLOSING_CHARS: usize = 200;

impl<'a> Search<'a> {
    pub fn area(&self, index: usize) -> &'a Area {
        &self.vocabulary.areas[index]
    }

    fn place_of_zone(&self, zone: String) -> (Place, Vec<Issue>) {
        let holder = self.holder(&zone).map(|area| self.area(area));
        // Zones of many cities share a name (高新区): the city's is put before it, unless it begins so.
        let name = match holder {
            Some(holder) if !zone.starts_with(holder.stem()) => format!("{}{zone}", holder.name),
            _ => zone,
        };
        let lies = holder.map_or(String::new(), |holder| format!(", a zone in {} ({})", holder.name, holder.code));
        let message = format!("the report is of {name}{lies}, which has no code of its own; `ref_area` is null");
        let place = Place { area: None, name: Some(name), level: Some(ZONE_LEVEL.to_string()) };
        (place, vec![Issue::new(IssueCode::AreaWithoutCode, message)])
    }

    /// The division the report is of, and the label that names another one.
    ///
    /// The text is asked first: its title block, the government that reports, the rest of its head, where it gives thanks. Only a
    /// text that names no place there is taken at the word of its labels, unless they name a place of another kind than
    /// the one that reports, or another place stands out in the text.
    fn division(&self) -> (Option<usize>, Option<(&'a str, usize)>) {
        let speaks_for = |place: &str| {
            ["国务院", "中央人民政府"].iter().any(|words| place.contains(words)) && !place.contains(['省', '市'])
        };
        let state = || self.vocabulary.areas.iter().position(|area| area.code == NATIONAL_CODE);
        let is_state_line = |line: &str| line.chars().count() < HEADING_CHARS && line.starts_with("国务院");
        let named = if speaks_for(self.represented) || self.head.lines().any(is_state_line) {
            state()
        } else {
            let thanks = || namings(self.text).find_map(|clause| self.lowest_area(clause));
            let places = [title_block(self.head), self.represented, self.head];
            places.into_iter().find_map(|place| self.lowest_area(place)).or_else(thanks)
        };
        let claims: Vec<(&str, usize)> = self
            .labels
            .iter()
            .filter_map(|label| Some((*label, if speaks_for(label) { state() } else { self.lowest_area(label) }?)))
            .collect();
        let found = named.or_else(|| {
            let found = self.claimed(&claims.iter().map(|claim| claim.1).collect::<Vec<_>>(), state);
            // A label names a place as it is called today.
            found.map(|found| self.in_year(found))
        });
        let contradicted = found.and_then(|found| claims.into_iter().find(|&(_, claim)| !self.agrees(claim, found)));
        (found, contradicted)
    }

    /// The place of a text that names itself nowhere: that of a label, or the one that stands out.
    fn claimed(&self, claims: &[usize], state: impl Fn() -> Option<usize>) -> Option<usize> {
        let kind = reporting_kind(self.text, self.represented, self.kind);
        let sure = kind.filter(|(_, is_sure)| *is_sure).map(|(kind, _)| kind);
        let fits = |&claim: &usize| sure.is_none_or(|kind| kind.fits(self.area(claim)));
        let is_spoken_of = |&claim: &usize| mentions(self.text, self.area(claim).stem()) >= MIN_MENTIONS;
        let fitting: Vec<usize> = claims.iter().copied().filter(fits).collect();
        if let Some(claim) = fitting.iter().copied().find(is_spoken_of) {
            return Some(claim);
        }
        let other = match kind {
            None if speaks_of_state(self.text) => state(),
            None => claims.first().and_then(|&claim| self.standing_out(Called::of(self.area(claim))?)),
            // A report that speaks of no province may still be that of a city in one.
            Some((Called::Municipality, _)) => {
                self.standing_out(Called::Municipality).or_else(|| self.standing_out(Called::City))
            }
            Some((kind, _)) => self.standing_out(kind),
        };
        match (fitting.first(), other) {
            (Some(&first), Some(other)) if self.agrees(first, other) => {
                Some(if sure.is_some() { other } else { first })
            }
            (Some(&first), None) => Some(first),
            (_, Some(other)) => Some(other),
            (None, None) => self.hailed(kind?.0),
        }
    }

    /// Whether a place is the one claimed, or lies in it.
    fn agrees(&self, claim: usize, place: usize) -> bool {
        self.is_same_place(place, claim) || self.ancestors(place).any(|area| area.code == self.area(claim).code)
    }

    /// One place under its names in time: a 县 that became a 区.
    fn is_same_place(&self, one: usize, other: usize) -> bool {
        let (one, other) = (self.area(one), self.area(other));
        let became = |from: &Area, to: &Area| from.successor_code.as_deref() == Some(&to.code);
        one.code == other.code
            || became(one, other)
            || became(other, one)
            || (one.stem() == other.stem() && one.parent_code == other.parent_code)
    }

    /// A place that its label names as it is called today, under its name of the year.
    fn in_year(&self, area: usize) -> usize {
        let found = self.area(area);
        let Some(year) = self.year.filter(|&year| !was_valid(found, year)) else { return area };
        let became = |from: &Area, to: &Area| from.successor_code.as_deref() == Some(&to.code);
        let is_one = |other: &Area| other.code == found.code || became(other, found) || became(found, other);
        self.vocabulary.areas.iter().position(|other| is_one(other) && was_valid(other, year)).unwrap_or(area)
    }

    /// The divisions that a place lies in, the nearest first, without the country.
    fn ancestors(&self, place: usize) -> impl Iterator<Item = &'a Area> {
        let above =
            |&place: &usize| self.vocabulary.parents[place].filter(|&parent| self.area(parent).code != NATIONAL_CODE);
        // Divisions have four levels; a table that runs in a circle must not hold the run.
        std::iter::successors(above(&place), above).take(LEVELS.len()).map(|place| self.area(place))
    }

    /// The lowest place that a line names: 北京市朝阳区 -> 朝阳区.
    pub fn lowest_area(&self, place: &str) -> Option<usize> {
        let mut best: Option<(usize, usize)> = None;
        for (range, candidates) in self.vocabulary.areas_in(place) {
            // 市和县: a name of two characters is one only before 政府 and the like.
            let is_short = place[range.clone()].chars().count() < 3;
            if is_short
                && !["人民政府", "政府", "第", "人民代表", "_"].iter().any(|word| place[range.end..].starts_with(word))
            {
                continue;
            }
            let Some(chosen) = self.choose_area(candidates) else { continue };
            let depth = level_depth(&self.area(chosen).level).unwrap_or(0);
            if best.is_none_or(|(known, _)| depth > known) {
                best = Some((depth, chosen));
            }
        }
        best.map(|(_, area)| area)
    }

    /// Of the places that go by a word the one named most, if it stands out: by its stem (广东), of all places, else of those that
    /// the text also gives their full name; else by its full name.
    pub fn standing_out(&self, kind: Called) -> Option<usize> {
        let names = counted(self.vocabulary.areas_in(self.text).map(|(_, candidates)| candidates));
        let stems = counted(self.vocabulary.area_stems_in(self.text));
        let told_names: HashSet<usize> = names.iter().flat_map(|(candidates, _)| *candidates).copied().collect();
        let told_stems: HashSet<&str> = stems.iter().map(|(candidates, _)| self.area(candidates[0]).stem()).collect();
        // Stems of counties can be common nouns (资源, 合作) or those of provinces (河北): the full name must stand there too, or the
        // place above.
        let is_told = |i: usize, candidates: &[usize]| {
            let is_only = candidates.iter().all(|&other| self.area(other).level == "county");
            self.area(i).level != "county"
                || told_names.contains(&i)
                || is_only && self.ancestors(i).next().is_some_and(|parent| told_stems.contains(parent.stem()))
        };
        // 城区, 郊区: names without a stem of their own are mostly common nouns, but for those of counties (易县).
        let is_stem = |i: usize| kind.fits(self.area(i)) && self.area(i).stem() != self.area(i).name;
        let fitting = |candidates: &[usize]| candidates.iter().map(|&i| self.area(i)).find(|area| kind.fits(area));
        let named: Vec<(&Area, usize)> =
            names.iter().filter_map(|(candidates, count)| Some((fitting(candidates)?, *count))).collect();
        let named_stems: HashSet<&str> = named.iter().map(|(area, _)| area.stem()).collect();
        let stems: Vec<(&str, usize)> = stems
            .into_iter()
            .filter(|(candidates, _)| candidates.iter().any(|&i| is_stem(i) && is_told(i, candidates)))
            .map(|(candidates, count)| (self.area(candidates[0]).stem(), count))
            .chain(named.iter().map(|(area, count)| (area.stem(), *count)).filter(|(stem, _)| stem.ends_with('县')))
            .collect();
        let by_name = || {
            let stems = most_frequent(stems.iter().copied().filter(|(stem, _)| named_stems.contains(stem)));
            let names = most_frequent(named.iter().map(|(area, count)| (area.name.as_str(), *count)));
            stems.map(|found| (found, true)).into_iter().chain(names.map(|found| (found, false))).max()
        };
        let ((_, words), is_stem) = most_frequent(stems.iter().copied()).map(|found| (found, true)).or_else(by_name)?;
        let meant = if is_stem {
            self.vocabulary.area_stems_in(words).next()
        } else {
            self.vocabulary.areas_in(words).next().map(|(_, candidates)| candidates)
        };
        let candidates: Vec<usize> =
            meant.into_iter().flatten().copied().filter(|&i| kind.fits(self.area(i))).collect();
        self.choose_area(&candidates).filter(|&found| !self.is_later(found))
    }

    /// Whether a place that a text does not give its full name came later than the report: a text of 2014 that speaks of 坪山新区
    /// means the zone, not the district that was made of it.
    fn is_later(&self, found: usize) -> bool {
        let area = self.area(found);
        let came_later = area.valid_from.zip(self.year).is_some_and(|(from, year)| from > year);
        came_later && !holds(self.text, &area.name)
    }

    /// The only place of a kind that the last words of a text name, if the text has it elsewhere too.
    fn hailed(&self, kind: Called) -> Option<usize> {
        let fits = |&i: &usize| kind.fits(self.area(i)) && self.area(i).stem() != self.area(i).name;
        let closing = last_chars(self.text, CLOSING_CHARS);
        let mut stems = self.vocabulary.area_stems_in(closing).filter(|candidates| candidates.iter().any(fits));
        let found: Vec<usize> = stems.next()?.iter().copied().filter(|i| fits(i)).collect();
        let stem = self.area(*found.first()?).stem();
        let is_only = stems.all(|candidates| self.area(candidates[0]).stem() == stem);
        // The name of a county may be a common noun there (资源).
        let is_noun = self.area(found[0]).level == "county"
            && !found.iter().any(|&i| holds(self.text, &self.area(i).name))
            && !found.iter().any(|&i| self.ancestors(i).next().is_some_and(|parent| holds(self.text, parent.stem())));
        let is_meant = is_only && !is_noun && mentions(self.text, stem) > 1;
        is_meant.then(|| self.choose_area(&found))?.filter(|&found| !self.is_later(found))
    }

    /// Of the areas that share a name: the one valid in the year whose parents the text and the file name speak of most.
    fn choose_area(&self, candidates: &[usize]) -> Option<usize> {
        let is_valid = |a: &Area| {
            self.year.is_none_or(|y| a.valid_from.is_none_or(|from| from <= y) && a.valid_to.is_none_or(|to| y <= to))
        };
        let file_name = self.labels.first().copied().unwrap_or_default();
        let mentions = |i: usize| -> usize {
            let own = self.area(i).stem();
            let of = |area: &Area| {
                // 朝阳县 of 朝阳市: the county's own name is no word for its parent.
                let name = if area.stem() == own { area.name.as_str() } else { area.stem() };
                mentions(self.text, name) + 3 * mentions(file_name, name)
            };
            self.ancestors(i).map(of).sum()
        };
        if let [only] = candidates {
            return Some(*only);
        }
        let scored: Vec<(bool, usize, usize)> =
            candidates.iter().map(|&i| (is_valid(self.area(i)), mentions(i), i)).collect();
        let &(valid, mentioned, best) =
            scored.iter().max_by_key(|(valid, mentions, i)| (*valid, *mentions, std::cmp::Reverse(*i)))?;
        // Several places of that name and nothing tells them apart: better none than a guess.
        let is_rival = |&(v, m, i): &(bool, usize, usize)| {
            v == valid && m == mentioned && self.area(i).code != self.area(best).code
        };
        (mentioned > 0 || !scored.iter().any(is_rival)).then_some(best)
    }
}

/// The words of divisions that a text names, each by the divisions that go by it, and how often.
fn counted<'v>(mentions: impl Iterator<Item = &'v [usize]>) -> Vec<(&'v [usize], usize)> {
    let mut counts: BTreeMap<usize, (&[usize], usize)> = BTreeMap::new();
    mentions.for_each(|candidates| counts.entry(candidates[0]).or_insert((candidates, 0)).1 += 1);
    counts.into_values().collect()
}

/// The word that stands out, and how often it is named: often enough, and twice as often as any other.
fn most_frequent<'w>(words: impl Iterator<Item = (&'w str, usize)>) -> Option<(usize, &'w str)> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    words.for_each(|(word, count)| *counts.entry(word).or_default() += count);
    let mut ranked: Vec<(usize, &str)> = counts.into_iter().map(|(word, count)| (count, word)).collect();
    ranked.sort_by(|a, b| b.cmp(a));
    let &(count, word) = ranked.first()?;
    let stands_out = count >= MIN_MENTIONS && ranked.get(1).is_none_or(|second| second.0 * 2 <= count);
    stands_out.then_some((count, word))
}
