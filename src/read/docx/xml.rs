//! XML as a stream of starts, ends and text, whatever is broken in it: nothing is expanded, nothing is recursive.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::{BytesStart, Event};

/// The local names that some rule asks for, sorted. The strict form of the format has other namespaces and the same names.
const NAMES: &[&str] = &[
    "AlternateContent",
    "Choice",
    "Fallback",
    "Relationship",
    "abstractNum",
    "abstractNumId",
    "altChunk",
    "basedOn",
    "blip",
    "br",
    "cellDel",
    "cr",
    "del",
    "den",
    "endnote",
    "endnoteReference",
    "fldChar",
    "fldSimple",
    "footnote",
    "footnoteReference",
    "framePr",
    "gridAfter",
    "gridBefore",
    "gridSpan",
    "hMerge",
    "ilvl",
    "imagedata",
    "instrText",
    "isLgl",
    "lvl",
    "lvlOverride",
    "lvlRestart",
    "lvlText",
    "moveFrom",
    "noBreakHyphen",
    "num",
    "numFmt",
    "numId",
    "numPr",
    "numPrChange",
    "numStyleLink",
    "p",
    "pPr",
    "pPrChange",
    "pStyle",
    "ptab",
    "r",
    "rPr",
    "rPrChange",
    "rStyle",
    "rt",
    "sdtPr",
    "sectPr",
    "start",
    "startOverride",
    "style",
    "suff",
    "sym",
    "t",
    "tab",
    "tabs",
    "tbl",
    "tblPr",
    "tblPrChange",
    "tblStylePr",
    "tc",
    "tcPr",
    "tcPrChange",
    "title",
    "tr",
    "trPr",
    "trPrChange",
    "txbxContent",
    "vMerge",
    "vanish",
    "vertAlign",
];

/// One step of the stream. A name is one of [`NAMES`], or empty.
pub enum Node<'a> {
    Start(&'static str, Tag<'a>),
    End(&'static str),
    Text(Cow<'a, str>),
}

/// A start tag with its attributes.
pub struct Tag<'a>(BytesStart<'a>);

impl Tag<'_> {
    /// The value of the attribute with this local name.
    pub fn attribute(&self, name: &str) -> Option<String> {
        let mut attributes = self.0.attributes();
        let mut all = attributes.with_checks(false).flatten();
        let found = all.find(|attribute| attribute.key.local_name().into_inner() == name)?;
        Some(unescape(&found.value).map_or_else(|_| found.value.to_string(), Cow::into_owned))
    }

    /// The attribute `val`, which most settings have.
    pub fn val(&self) -> Option<String> {
        self.attribute("val")
    }

    /// A number in `val`.
    pub fn number(&self) -> Option<i64> {
        self.val()?.trim().parse().ok()
    }

    /// A switch: on unless `val` says no.
    pub fn is_on(&self) -> bool {
        !matches!(self.val().as_deref(), Some("0" | "false" | "off"))
    }
}

/// A stream of XML.
pub struct Xml<'a> {
    reader: Reader<&'a [u8]>,
    /// The end of an element without content, still to be told.
    pending_end: Option<&'static str>,
    /// How often the text was no XML, and how many references to entities are unknown.
    pub errors: usize,
    pub unknown_entities: usize,
}

impl<'a> Xml<'a> {
    pub fn new(text: &'a str) -> Xml<'a> {
        let mut reader = Reader::from_str(text);
        let config = reader.config_mut();
        config.check_end_names = false;
        config.allow_unmatched_ends = true;
        config.allow_dangling_amp = true;
        Xml { reader, pending_end: None, errors: 0, unknown_entities: 0 }
    }

    /// The next step; `None` at the end.
    pub fn next(&mut self) -> Option<Node<'a>> {
        if let Some(name) = self.pending_end.take() {
            return Some(Node::End(name));
        }
        loop {
            let before = self.reader.buffer_position();
            let event = match self.reader.read_event() {
                Ok(event) => event,
                Err(_) => {
                    self.errors += 1;
                    if self.reader.buffer_position() == before {
                        return None;
                    }
                    continue;
                }
            };
            return Some(match event {
                Event::Start(tag) => start(tag),
                Event::Empty(tag) => {
                    let node = start(tag);
                    if let Node::Start(name, _) = &node {
                        self.pending_end = Some(name);
                    }
                    node
                }
                Event::End(tag) => Node::End(known_name(tag.local_name().into_inner())),
                Event::Text(text) => Node::Text(text.into_inner()),
                Event::CData(text) => Node::Text(text.into_inner()),
                Event::GeneralRef(reference) => match reference.resolve_char_ref() {
                    Ok(Some(character)) => Node::Text(character.to_string().into()),
                    _ => match &*reference {
                        "amp" => Node::Text("&".into()),
                        "lt" => Node::Text("<".into()),
                        "gt" => Node::Text(">".into()),
                        "quot" => Node::Text("\"".into()),
                        "apos" => Node::Text("'".into()),
                        _ => {
                            self.unknown_entities += 1;
                            continue;
                        }
                    },
                },
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => continue,
                Event::Eof => return None,
            });
        }
    }
}

fn start(tag: BytesStart<'_>) -> Node<'_> {
    Node::Start(known_name(tag.local_name().into_inner()), Tag(tag))
}

fn known_name(name: &str) -> &'static str {
    NAMES.binary_search(&name).map_or("", |index| NAMES[index])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted() {
        assert!(NAMES.is_sorted());
    }
}
