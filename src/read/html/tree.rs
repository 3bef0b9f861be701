//! Markup -> tree, in time and memory that the bytes bound.
//!
//! Browsers' rules for broken markup cost more the deeper elements lie in each other, and some of them copy
//! elements again and again. So the tree builder is watched while it works: a page that makes it hold too many
//! open elements or too many nodes is given up at that line. Sloppy pages (paragraphs and cells that nobody closed)
//! never come near, since the rules close them.

use std::cell::Cell;

use html5ever::TokenizerResult;
use html5ever::buffer_queue::BufferQueue;
use html5ever::interface::{Tracer, TreeSink};
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};
use html5ever::tree_builder::TreeBuilder;
use scraper::{Html, HtmlTreeSink};

type Handle = <HtmlTreeSink as TreeSink>::Handle;

/// The most nodes of a page: a page of 1 MB has some 30,000; a million take some 200 MB.
const MAX_NODES: usize = 1_000_000;
/// The most attributes of one tag: each is compared with all before it.
const MAX_ATTRIBUTES: usize = 4_096;
/// After so many tokens the open elements are counted.
const TOKENS_BETWEEN_COUNTS: u32 = 16;

/// The tree of a page, or what is too much in it and where.
pub(super) fn parse(markup: &str, max_depth: usize) -> Result<Html, String> {
    let attributes = most_attributes(markup);
    if attributes > MAX_ATTRIBUTES {
        return Err(format!("a tag has some {attributes} attributes; at most {MAX_ATTRIBUTES} are read"));
    }
    let sink = HtmlTreeSink::new(Html::new_document());
    let guard = Guard {
        builder: TreeBuilder::new(sink, Default::default()),
        max_depth,
        tokens: Cell::new(0),
        excess: Cell::new(None),
    };
    let tokenizer = Tokenizer::new(guard, TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(markup));
    while !matches!(tokenizer.feed(&input), TokenizerResult::Done) {}
    tokenizer.end();
    match tokenizer.sink.excess.take() {
        Some(Excess::Depth(line)) => {
            Err(format!("at line {line} more than {max_depth} elements lie in each other (read.max_depth)"))
        }
        Some(Excess::Nodes(line)) => Err(format!("up to line {line} the page has more than {MAX_NODES} elements")),
        None => Ok(tokenizer.sink.builder.sink.finish()),
    }
}

/// What is too much, and the line.
enum Excess {
    Depth(u64),
    Nodes(u64),
}

/// The tree builder under watch.
struct Guard {
    builder: TreeBuilder<Handle, HtmlTreeSink>,
    max_depth: usize,
    tokens: Cell<u32>,
    excess: Cell<Option<Excess>>,
}

impl TokenSink for Guard {
    type Handle = Handle;

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<Handle> {
        let excess = self.excess.take().or_else(|| self.measure(line));
        if excess.is_some() {
            self.excess.set(excess);
            return TokenSinkResult::Continue;
        }
        self.builder.process_token(token, line)
    }

    fn end(&self) {
        self.builder.end();
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.builder.adjusted_current_node_present_but_not_in_html_namespace()
    }
}

impl Guard {
    fn measure(&self, line: u64) -> Option<Excess> {
        if self.builder.sink.0.borrow().tree.values().len() > MAX_NODES {
            return Some(Excess::Nodes(line));
        }
        self.tokens.set(self.tokens.get().wrapping_add(1));
        if !self.tokens.get().is_multiple_of(TOKENS_BETWEEN_COUNTS) {
            return None;
        }
        let open = Count(Cell::new(0));
        self.builder.trace_handles(&open);
        (open.0.get() > self.max_depth).then_some(Excess::Depth(line))
    }
}

/// Counts the elements that the tree builder holds: the open ones, and the formats that it would open again.
struct Count(Cell<usize>);

impl Tracer for Count {
    type Handle = Handle;

    fn trace_handle(&self, _: &Handle) {
        self.0.set(self.0.get() + 1);
    }
}

/// Where in a tag a byte stands, after the standard's tokenizer.
#[derive(Clone, Copy, PartialEq)]
enum InTag {
    TagName,
    BeforeName,
    Name,
    AfterName,
    BeforeValue,
    DoubleQuoted,
    SingleQuoted,
    Unquoted,
}

impl InTag {
    const ALL: [InTag; 8] = [
        InTag::TagName,
        InTag::BeforeName,
        InTag::Name,
        InTag::AfterName,
        InTag::BeforeValue,
        InTag::DoubleQuoted,
        InTag::SingleQuoted,
        InTag::Unquoted,
    ];

    /// Where the next byte stands; nowhere when the tag is over.
    fn next(self, byte: u8) -> Option<InTag> {
        let is_space = byte.is_ascii_whitespace();
        Some(match (self, byte) {
            (InTag::DoubleQuoted, b'"') | (InTag::SingleQuoted, b'\'') => InTag::BeforeName,
            (InTag::DoubleQuoted | InTag::SingleQuoted, _) => self,
            (_, b'>') => return None,
            (InTag::Unquoted, _) => {
                if is_space {
                    InTag::BeforeName
                } else {
                    self
                }
            }
            (InTag::BeforeValue, b'"') => InTag::DoubleQuoted,
            (InTag::BeforeValue, b'\'') => InTag::SingleQuoted,
            (InTag::BeforeValue, _) => {
                if is_space {
                    self
                } else {
                    InTag::Unquoted
                }
            }
            (_, b'/') => InTag::BeforeName,
            (InTag::TagName, _) => {
                if is_space {
                    InTag::BeforeName
                } else {
                    self
                }
            }
            (InTag::BeforeName, _) => {
                if is_space {
                    self
                } else {
                    InTag::Name
                }
            }
            (InTag::Name | InTag::AfterName, b'=') => InTag::BeforeValue,
            (InTag::Name, _) => {
                if is_space {
                    InTag::AfterName
                } else {
                    self
                }
            }
            (InTag::AfterName, _) => {
                if is_space {
                    self
                } else {
                    InTag::Name
                }
            }
        })
    }
}

/// At least the number of attributes of the tag that has the most. What looks like a tag inside a script, a comment
/// or a value is counted as one: of all readings of a byte the one with the most attributes is kept.
fn most_attributes(markup: &str) -> usize {
    let mut most = 0;
    let mut counts: [Option<usize>; InTag::ALL.len()] = [None; InTag::ALL.len()];
    let bytes = markup.as_bytes();
    for (at, &byte) in bytes.iter().enumerate() {
        let mut after = [None; InTag::ALL.len()];
        if counts.iter().any(Option::is_some) {
            for (state, count) in InTag::ALL.into_iter().zip(counts) {
                let (Some(count), Some(next)) = (count, state.next(byte)) else { continue };
                let count = count + usize::from(next == InTag::Name && state != InTag::Name);
                most = most.max(count);
                after[next as usize] = after[next as usize].max(Some(count));
            }
        }
        if byte == b'<' && bytes.get(at + 1).is_some_and(|next| next.is_ascii_alphabetic() || *next == b'/') {
            after[InTag::TagName as usize] = after[InTag::TagName as usize].max(Some(0));
        }
        counts = after;
    }
    most
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_counted_at_least() {
        let rows = [
            ("<p>a b c d</p>", 1),
            ("<a href=\"x y z\" b>", 2),
            ("<a href='x > y' b c=d/e>", 3),
            ("<a b= 'x y' c = \"z\"d/e>", 4),
            ("<a =\"x y z\">", 3),
            ("<a b=c=\" d e\">", 3),
            // The quotation mark in the script hides nothing.
            ("<script>a<b c=\"</script><a d e f>", 3),
        ];
        for (markup, count) in rows {
            assert_eq!(most_attributes(markup), count, "{markup}");
        }
    }

    #[test]
    fn sloppy_pages_pass() {
        let sloppy = [
            "<p>全区新建绿道9公里。".repeat(5_000),
            "<ul>".to_string() + &"<li>全区新建绿道9公里。".repeat(5_000),
            "<table>".to_string() + &"<tr><td>道路<td>9".repeat(5_000),
            "全区新建绿道9公里。<br>".repeat(5_000),
            "</div></font></span>".repeat(5_000),
            "<p><font color=red>全区新建绿道9公里。</p>".repeat(50),
        ];
        for markup in sloppy {
            let error = parse(&markup, 512).err();
            assert_eq!(error, None, "{}", &markup[..60]);
        }
    }

    #[test]
    fn hostile_pages_are_refused_or_read() {
        let size = 1 << 17;
        let filled = |unit: &str| unit.repeat(size / unit.len());
        let numbered = |unit: fn(usize) -> String| {
            let mut markup = String::new();
            (0..)
                .map(unit)
                .take_while(|next| {
                    markup.push_str(next);
                    markup.len() < size
                })
                .count();
            markup
        };
        let refused = [
            ("divs", filled("<div>")),
            ("spans", filled("<span>")),
            ("tables", filled("<table><tr><td>")),
            ("fonts", numbered(|i| format!("<font color={i}>"))),
            ("fonts in paragraphs", numbered(|i| format!("<p><font color={i}>x"))),
            ("attributes", format!("<a {}", numbered(|i| format!("a{i} ")))),
            ("open tags", filled("<a ")),
            (
                "formats opened again",
                "<p>".to_string()
                    + &(0..400).map(|i| format!("<font color={i}>")).collect::<String>()
                    + &filled("<p>x"),
            ),
            ("lists", filled("<ul><li>")),
            ("svg", filled("<svg>")),
            ("templates", filled("<template>")),
        ];
        for (name, markup) in refused {
            assert!(parse(&markup, 512).is_err(), "{name} is read");
        }
        let deep = |unit: &str| "<div>".repeat(500) + &filled(unit);
        let read = [
            ("anchors", filled("<a>")),
            ("bare tables", filled("<table>")),
            ("misnested", filled("<b><p></b>x</p>")),
            ("misnested anchors", filled("<a><div></a>x</div>")),
            ("deep rules", deep("<hr>")),
            ("deep paragraphs", deep("<p>x")),
            ("deep closing", deep("</p>")),
            ("deep unknown closing", deep("</x>")),
            ("deep formats", deep("<b></b>")),
            ("deep misnested", deep("<b><p></b>x</p>")),
            ("fostered", "<table>".to_string() + &filled("x<b>y</b>")),
            ("comments", filled("<!---->")),
            ("open comment", format!("<!--{}", filled("x "))),
            ("less-than", filled("<")),
            ("ampersands", filled("&am")),
            ("end tags", filled("</b>")),
            ("nulls", filled("\0")),
            ("cells", "<table>".to_string() + &filled("<td>")),
            ("selects", filled("<select><option>")),
            ("forms", filled("<form>")),
            ("attributes", numbered(|i| if i % 4_000 == 0 { format!("><a a{i} ") } else { format!("a{i} ") })),
            (
                "many formats",
                (0..240).map(|i| format!("<font color={i}>")).collect::<String>() + &filled("<b a b c d e f></b>"),
            ),
        ];
        for (name, markup) in read {
            assert_eq!(parse(&markup, 512).err(), None, "{name}");
        }
    }
}
