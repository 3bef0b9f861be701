//! The numbers that Word puts before the paragraphs of a list, counted as it counts them.

use std::collections::{HashMap, HashSet};

use super::count::written;
use super::xml::{Node, Tag, Xml};

/// A list has so many levels.
pub const LEVELS: usize = 9;
/// Word takes no longer pattern; a longer one is damage.
const MAX_PATTERN_CHARS: usize = 64;
/// Word takes fewer lists and styles than this; what comes behind is passed over.
const MAX_ENTRIES: usize = 65_536;
/// A style is followed through so many others it is based on.
const MAX_BASES: usize = 64;

/// What a style says of its paragraphs and runs.
#[derive(Debug, Default, Clone)]
pub struct Style {
    based_on: Option<String>,
    num: Option<String>,
    level: Option<usize>,
    hidden: Option<bool>,
    raised: Option<bool>,
}

/// The styles of a file by their ids.
#[derive(Debug, Default)]
pub struct Styles(HashMap<String, Style>);

impl Styles {
    /// Reads `styles.xml`.
    pub fn read(text: &str) -> Styles {
        let mut styles = HashMap::new();
        let mut open: Option<(String, Style)> = None;
        let mut in_part_of_table = false;
        let mut xml = Xml::new(text);
        while let Some(node) = xml.next() {
            match node {
                Node::Start("style", tag) => open = tag.attribute("styleId").map(|id| (id, Style::default())),
                Node::End("style") if styles.len() < MAX_ENTRIES => styles.extend(open.take()),
                Node::Start("tblStylePr", _) => in_part_of_table = true,
                Node::End("tblStylePr") => in_part_of_table = false,
                Node::Start(name, tag) if !in_part_of_table => {
                    if let Some((_, style)) = &mut open {
                        style.set(name, &tag);
                    }
                }
                _ => {}
            }
        }
        Styles(styles)
    }

    /// What the style, or the nearest one it is based on, says.
    fn told<T>(&self, id: &str, says: impl Fn(&Style) -> Option<T>) -> Option<T> {
        self.chain(id).find_map(|(_, style)| says(style))
    }

    /// A style and those it is based on.
    fn chain<'a>(&'a self, id: &'a str) -> impl Iterator<Item = (&'a str, &'a Style)> {
        let next = |(_, style): &(&str, &'a Style)| {
            let base = style.based_on.as_deref()?;
            Some((base, self.0.get(base)?))
        };
        std::iter::successors(self.0.get(id).map(|style| (id, style)), next).take(MAX_BASES)
    }

    /// Whether its text is hidden.
    pub fn is_hidden(&self, id: &str) -> bool {
        self.told(id, |style| style.hidden).unwrap_or(false)
    }

    /// Whether its text is raised.
    pub fn is_raised(&self, id: &str) -> bool {
        self.told(id, |style| style.raised).unwrap_or(false)
    }
}

impl Style {
    fn set(&mut self, name: &str, tag: &Tag) {
        match name {
            "basedOn" => self.based_on = tag.val(),
            "numId" => self.num = tag.val(),
            "ilvl" => self.level = level_of(tag.val()),
            "vanish" => self.hidden = Some(tag.is_on()),
            "vertAlign" => self.raised = Some(tag.val().as_deref() == Some("superscript")),
            _ => {}
        }
    }
}

/// One level of a list.
#[derive(Debug, Clone, Default)]
pub struct Level {
    pub start: i64,
    pub format: String,
    /// What stands before the paragraph; `%1` is the number of the first level.
    pub pattern: String,
    /// What stands between the number and the text is nothing.
    pub is_tight: bool,
    /// The level (from 1) whose numbers make this one begin again; 0: none does.
    pub restart: Option<usize>,
    /// The style that brings this level with it.
    pub style: Option<String>,
    /// All numbers of the pattern are in digits.
    pub is_legal: bool,
}

pub type Levels = [Option<Level>; LEVELS];

/// A list as it is described, apart from where it is used.
#[derive(Debug, Default)]
pub struct Description {
    pub levels: Levels,
    /// The description is that of this style's list.
    pub style_link: Option<String>,
}

/// A use of a description.
#[derive(Debug, Default)]
pub struct List {
    pub description: String,
    pub levels: Levels,
    pub starts: [Option<i64>; LEVELS],
}

/// The lists of a file and how far each was counted.
#[derive(Debug, Default)]
pub struct Numbering {
    pub descriptions: HashMap<String, Description>,
    pub lists: HashMap<String, List>,
    counters: HashMap<String, [Option<i64>; LEVELS]>,
    started: HashSet<(String, usize)>,
}

impl Numbering {
    /// Reads `numbering.xml`.
    pub fn read(text: &str) -> Numbering {
        let mut numbering = Numbering::default();
        let mut description: Option<(String, Description)> = None;
        let mut list: Option<(String, List)> = None;
        // The level that is being read, or whose start is overridden.
        let mut level: Option<(usize, Level)> = None;
        let mut overridden = None;
        let mut xml = Xml::new(text);
        while let Some(node) = xml.next() {
            match node {
                Node::Start("abstractNum", tag) => {
                    description = tag.attribute("abstractNumId").map(|id| (id, Description::default()));
                }
                Node::End("abstractNum") if numbering.descriptions.len() < MAX_ENTRIES => {
                    numbering.descriptions.extend(description.take())
                }
                Node::Start("num", tag) => list = tag.attribute("numId").map(|id| (id, List::default())),
                Node::End("num") if numbering.lists.len() < MAX_ENTRIES => numbering.lists.extend(list.take()),
                Node::Start("lvlOverride", tag) => overridden = level_of(tag.attribute("ilvl")),
                Node::Start("lvl", tag) => {
                    level = level_of(tag.attribute("ilvl")).map(|index| (index, Level::default()));
                }
                Node::End("lvl") => {
                    let levels = match (&mut list, &mut description) {
                        (Some((_, list)), _) => Some(&mut list.levels),
                        (None, Some((_, description))) => Some(&mut description.levels),
                        _ => None,
                    };
                    if let (Some(levels), Some((index, level))) = (levels, level.take()) {
                        levels[index] = Some(level);
                    }
                }
                Node::Start(name, tag) => match (name, &mut level, &mut list, &mut description) {
                    ("abstractNumId", _, Some((_, list)), _) => list.description = tag.val().unwrap_or_default(),
                    ("startOverride", _, Some((_, list)), _) => {
                        if let Some(index) = overridden {
                            list.starts[index] = tag.number();
                        }
                    }
                    ("numStyleLink", _, _, Some((_, description))) => description.style_link = tag.val(),
                    (name, Some((_, level)), _, _) => level.set(name, &tag),
                    _ => {}
                },
                _ => {}
            }
        }
        numbering
    }

    /// The list and the level of a paragraph: its own, else those of its style.
    pub fn place(
        &self,
        num: Option<&str>,
        level: Option<usize>,
        style: Option<&str>,
        styles: &Styles,
    ) -> Option<(String, usize)> {
        let by_style = || {
            let style = style?;
            styles.chain(style).find_map(|(id, style)| Some((id, style.num.clone()?, style.level)))
        };
        let (num, level) = match num {
            Some(num) => (num.to_string(), level),
            None => {
                let (id, num, told) = by_style()?;
                let linked = || {
                    (0..LEVELS)
                        .find(|&index| self.level(&num, index, styles).is_some_and(|l| l.style.as_deref() == Some(id)))
                };
                let level = level.or_else(linked).or(told);
                (num, level)
            }
        };
        self.lists.contains_key(&num).then_some((num, level.unwrap_or(0)))
    }

    fn description_of(&self, num: &str, styles: &Styles) -> Option<&str> {
        let id = &self.lists.get(num)?.description;
        let linked = self.descriptions.get(id).and_then(|description| description.style_link.as_deref());
        let by_style = || {
            let num = styles.told(linked?, |style| style.num.clone())?;
            Some(self.lists.get(&num)?.description.as_str())
        };
        Some(by_style().unwrap_or(id))
    }

    fn level(&self, num: &str, index: usize, styles: &Styles) -> Option<&Level> {
        let own = self.lists.get(num)?.levels[index].as_ref();
        own.or_else(|| self.descriptions.get(self.description_of(num, styles)?)?.levels[index].as_ref())
    }

    /// Counts one paragraph and gives what stands before its text.
    pub fn count(&mut self, num: &str, index: usize, styles: &Styles) -> Option<String> {
        let description = self.description_of(num, styles)?.to_string();
        let start = self.level(num, index, styles)?.start;
        let override_start = self.lists.get(num)?.starts[index];
        let is_first = override_start.is_some() && self.started.insert((num.to_string(), index));
        let mut counters = self.counters.get(&description).copied().unwrap_or_default();
        counters[index] = match (is_first.then_some(override_start).flatten(), counters[index]) {
            (Some(start), _) => Some(start),
            (None, Some(number)) => Some(number.saturating_add(1)),
            (None, None) => Some(override_start.unwrap_or(start)),
        };
        for (deeper, counter) in counters.iter_mut().enumerate().skip(index + 1) {
            let restart = self.level(num, deeper, styles).and_then(|level| level.restart);
            if restart.is_none_or(|after| index < after) {
                *counter = None;
            }
        }
        self.counters.insert(description, counters);
        self.label(num, index, &counters, styles)
    }

    fn label(&self, num: &str, index: usize, counters: &[Option<i64>; LEVELS], styles: &Styles) -> Option<String> {
        let level = self.level(num, index, styles)?;
        if level.format == "bullet" {
            // A bullet is no text, but for the dash that stands before a heading.
            let is_dash = !level.pattern.is_empty() && level.pattern.chars().all(|c| matches!(c, '—' | '–' | '-'));
            return is_dash.then(|| level.pattern.clone());
        }
        let mut label = String::new();
        let mut rest = level.pattern.chars().peekable();
        while let Some(character) = rest.next() {
            let place = rest.peek().and_then(|digit| digit.to_digit(10)).filter(|digit| *digit > 0 && character == '%');
            let Some(place) = place.map(|place| place as usize - 1) else {
                label.push(character);
                continue;
            };
            rest.next();
            if place > index {
                continue;
            }
            let Some(shown) = self.level(num, place, styles) else { continue };
            let number = counters[place].unwrap_or(shown.start);
            let format = if level.is_legal { "decimal" } else { shown.format.as_str() };
            label.push_str(&written(number, format));
        }
        if !level.is_tight && !label.ends_with(['、', '）', '．', '。']) && !label.is_empty() {
            label.push(' ');
        }
        Some(label)
    }
}

impl Level {
    fn set(&mut self, name: &str, tag: &Tag) {
        match name {
            "start" => self.start = tag.number().unwrap_or(0),
            "numFmt" => self.format = tag.val().unwrap_or_default(),
            "lvlText" => self.pattern = tag.val().unwrap_or_default().chars().take(MAX_PATTERN_CHARS).collect(),
            "suff" => self.is_tight = tag.val().as_deref() == Some("nothing"),
            "lvlRestart" => self.restart = tag.val().and_then(|value| value.parse().ok()),
            "pStyle" => self.style = tag.val(),
            "isLgl" => self.is_legal = tag.is_on(),
            _ => {}
        }
    }
}

/// A level of a list, counted from 0.
pub fn level_of(value: Option<String>) -> Option<usize> {
    value?.trim().parse().ok().filter(|level| *level < LEVELS)
}
