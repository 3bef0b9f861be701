//! The words of web pages: which elements hold the main text, which are furniture, where title, date and source stand.

use super::load::{fields, records, suggestion};
use crate::error::{Error, Result};
use crate::normalize::fold_term;
use scraper::{ElementRef, Selector};

/// What `pages.csv` says, by kind; the order of a kind is that of the file.
#[derive(Debug, Default)]
pub struct PageWords {
    /// Elements that hold the main text.
    pub contents: Vec<PageSelector>,
    /// Elements that are no part of it wherever they stand.
    pub drops: Vec<PageSelector>,
    /// Elements that hold the title.
    pub titles: Vec<PageSelector>,
    /// Elements that hold the day of publication.
    pub dates: Vec<PageSelector>,
    /// Elements that hold the source.
    pub sources: Vec<PageSelector>,
    /// Words in front of the day of publication.
    pub date_labels: Vec<String>,
    /// Words in front of the source.
    pub source_labels: Vec<String>,
}

/// A selector of one element. Most elements of a page have no attributes, and most selectors ask for one.
#[derive(Debug)]
pub enum PageSelector {
    Tag(String),
    Attribute(Selector),
}

impl PageSelector {
    fn parse(text: &str) -> std::result::Result<PageSelector, String> {
        // Selectors that look at other elements can cost more than a page has bytes.
        let outside_brackets: String = text.split(['[', ']']).step_by(2).collect();
        if outside_brackets.contains([' ', '>', '+', '~', ':', ',', '*']) {
            return Err(format!("`{text}` must be one element by tag, .class, #id or [attribute]"));
        }
        if text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()) {
            return Ok(PageSelector::Tag(text.to_string()));
        }
        Selector::parse(text).map(PageSelector::Attribute).map_err(|_| format!("`{text}` is no CSS selector"))
    }

    /// Whether this is the element.
    pub fn matches(&self, element: &ElementRef) -> bool {
        match self {
            PageSelector::Tag(tag) => element.value().name() == tag,
            PageSelector::Attribute(selector) => !element.value().attrs.is_empty() && selector.matches(element),
        }
    }
}

const KINDS: [&str; 7] = ["content", "drop", "title", "date", "source", "date_label", "source_label"];

pub(super) fn load_pages(text: &str) -> Result<PageWords> {
    let mut words = PageWords::default();
    for (line, row) in records("pages.csv", text, &["kind", "words", "example"])? {
        let problem = |message: String| Error::Vocab { file: "pages.csv".into(), line, message };
        let [kind, text, _] = fields(&row);
        if text.is_empty() {
            return Err(problem("empty words".into()));
        }
        let selectors = match kind {
            "content" => &mut words.contents,
            "drop" => &mut words.drops,
            "title" => &mut words.titles,
            "date" => &mut words.dates,
            "source" => &mut words.sources,
            "date_label" => {
                words.date_labels.push(fold_term(text));
                continue;
            }
            "source_label" => {
                words.source_labels.push(fold_term(text));
                continue;
            }
            _ => return Err(problem(format!("unknown kind `{kind}`{}", suggestion(kind, KINDS.into_iter())))),
        };
        selectors.push(PageSelector::parse(text).map_err(problem)?);
    }
    Ok(words)
}
