//! Tree -> lines as a reader sees them, and which of them are the main text.
//!
//! The tree is laid flat first, every element with the place where it ends: so nothing here recurses, and a part
//! of the page is a range.

use scraper::node::Element;
use scraper::{ElementRef, Html, Node};

use crate::vocab::{PageSelector, PageWords};

/// A cell with more characters holds running text: its table lays out the page.
const MAX_CELL_CHARS: usize = 400;
/// Columns of a table beyond these are not told apart.
const MAX_COLUMNS: usize = 200;
/// A line with fewer characters is no sentence.
const MIN_SENTENCE_CHARS: usize = 10;
/// A page with fewer characters in sentences is no report, unless they are most of what the page holds.
const MIN_MAIN_CHARS: usize = 100;

/// With more characters in sentences around the main text their loss is told.
pub(super) const MAX_CUT_CHARS: usize = 300;

/// A picture that is less wide, in pixels, is an icon.
const MIN_PICTURE_WIDTH: usize = 200;

/// What an element does to the text around it.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Text,
    Inline,
    Link,
    Break,
    Block,
    /// A block that a page is divided by, and that can hold a whole text.
    Container,
    Table,
    Row,
    Cell,
    /// Never part of a text: scripts, form controls, the head of the page.
    Unseen,
}

/// A node of the tree, laid flat in the order of the page.
struct Item<'a> {
    kind: Kind,
    text: &'a str,
    element: Option<ElementRef<'a>>,
    parent: usize,
    /// Behind the last item inside.
    end: usize,
    /// The white space of the text inside is kept.
    is_verbatim: bool,
}

/// A line as it is shown.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Line {
    pub text: String,
    /// The item of the element that it stands in.
    at: usize,
    /// Characters that are no white space, and those of them in links.
    chars: usize,
    link_chars: usize,
    is_row: bool,
}

impl Line {
    /// How many characters speak for a text here: menus and buttons are links or have no sentences.
    fn weight(&self) -> usize {
        let own = self.chars - self.link_chars;
        let is_told = match self.is_row {
            true => self.text.contains(|c: char| c.is_ascii_digit()),
            false => own >= MIN_SENTENCE_CHARS && self.text.contains(['，', '。', '；', ',', ';']),
        };
        if is_told { own } else { 0 }
    }

    fn is_link(&self) -> bool {
        self.link_chars == self.chars
    }
}

/// A page laid flat.
pub(super) struct Page<'a> {
    items: Vec<Item<'a>>,
    /// Tables of data by item; the others lay out the page.
    is_data: Vec<bool>,
}

/// What the lines inside each item amount to.
struct Sums {
    weight: Vec<usize>,
    lines: Vec<usize>,
}

impl<'a> Page<'a> {
    pub fn new(html: &'a Html) -> Page<'a> {
        let mut items: Vec<Item> = Vec::new();
        let mut open = Vec::new();
        for node in html.tree.root().descendants() {
            let above = node.parent().map(|parent| parent.id());
            while open.last().is_some_and(|&(id, _)| Some(id) != above) {
                open.pop();
            }
            let parent = open.last().map_or(0, |&(_, at)| at);
            let element = ElementRef::wrap(node);
            let (kind, text) = match node.value() {
                Node::Element(element) => (kind_of(element), ""),
                Node::Text(text) => (Kind::Text, &**text),
                Node::Document => (Kind::Container, ""),
                _ => (Kind::Unseen, ""),
            };
            let is_verbatim =
                items.get(parent).is_some_and(|parent: &Item| parent.is_verbatim) || element.is_some_and(keeps_space);
            open.push((node.id(), items.len()));
            items.push(Item { kind, text, element, parent, end: items.len() + 1, is_verbatim });
        }
        for at in (1..items.len()).rev() {
            let parent = items[at].parent;
            items[parent].end = items[parent].end.max(items[at].end);
        }
        let mut page = Page { is_data: vec![false; items.len()], items };
        page.tell_tables();
        page
    }

    /// Tables of one column, those with running text in a cell and those around other tables lay out the page.
    fn tell_tables(&mut self) {
        let mut chars = vec![0; self.items.len()];
        for at in (1..self.items.len()).rev() {
            let item = &self.items[at];
            if item.kind == Kind::Unseen {
                continue;
            }
            chars[at] += item.text.chars().filter(|c| !c.is_whitespace()).count();
            chars[item.parent] += chars[at];
        }
        let mut row_cells = vec![0; self.items.len()];
        let mut open_tables: Vec<usize> = Vec::new();
        for at in 0..self.items.len() {
            while open_tables.last().is_some_and(|&table| self.items[table].end <= at) {
                open_tables.pop();
            }
            let Some(&table) = open_tables.last() else {
                if self.items[at].kind == Kind::Table {
                    open_tables.push(at);
                    self.is_data[at] = true;
                }
                continue;
            };
            match self.items[at].kind {
                Kind::Table => {
                    open_tables.iter().for_each(|&outer| self.is_data[outer] = false);
                    open_tables.push(at);
                    self.is_data[at] = true;
                }
                Kind::Cell => {
                    if chars[at] > MAX_CELL_CHARS {
                        self.is_data[table] = false;
                    }
                    row_cells[self.items[at].parent] += 1;
                    row_cells[table] = row_cells[table].max(row_cells[self.items[at].parent]);
                }
                _ => {}
            }
        }
        for (is_data, cells) in self.is_data.iter_mut().zip(row_cells) {
            *is_data &= cells > 1;
        }
    }

    /// The lines of one part of the page, without what is dropped.
    fn lines(&self, part: usize, dropped: &[bool]) -> Vec<Line> {
        let mut writer = Writer { at: part, ..Writer::default() };
        let mut blocks: Vec<usize> = vec![part];
        let mut link_end = 0;
        let mut at = part;
        while at < self.items[part].end {
            while blocks.last().is_some_and(|&block| self.items[block].end <= at) {
                blocks.pop();
                writer.end_line();
            }
            let item = &self.items[at];
            if item.kind == Kind::Unseen || (dropped[at] && at != part) {
                at = item.end;
                continue;
            }
            writer.at = blocks.last().copied().unwrap_or(part);
            match item.kind {
                Kind::Text => writer.write(item.text, at < link_end, item.is_verbatim),
                Kind::Break => writer.end_line(),
                Kind::Link => link_end = link_end.max(item.end),
                Kind::Table if self.is_data[at] => {
                    writer.end_line();
                    self.rows(at, dropped, at < link_end, &mut writer);
                    at = item.end;
                    continue;
                }
                Kind::Inline | Kind::Unseen => {}
                Kind::Block | Kind::Container | Kind::Table | Kind::Row | Kind::Cell => {
                    writer.end_line();
                    blocks.push(at);
                }
            }
            at += 1;
        }
        writer.end_line();
        writer.lines
    }

    /// The rows of a table of data: cells separated by tabs; a merged cell has its text in the first of its places.
    fn rows(&self, table: usize, dropped: &[bool], is_link: bool, writer: &mut Writer) {
        // How many more rows each column is taken by a cell from above.
        let mut taken: Vec<usize> = Vec::new();
        let mut row: Vec<String> = Vec::new();
        let mut line = Line { at: table, is_row: true, ..Line::default() };
        let mut in_row = false;
        let mut at = table + 1;
        loop {
            let is_over = at >= self.items[table].end;
            let kind = if is_over { Kind::Row } else { self.items[at].kind };
            match kind {
                Kind::Row => {
                    if in_row {
                        skip_taken(&mut taken, &mut row, true);
                        if line.chars > 0 {
                            let text = row.join("\t");
                            writer.lines.push(Line { text, ..line.clone() });
                        }
                    }
                    if is_over {
                        return;
                    }
                    in_row = !dropped[at];
                    row.clear();
                    (line.chars, line.link_chars) = (0, 0);
                    at = if dropped[at] { self.items[at].end } else { at + 1 };
                }
                Kind::Cell => {
                    skip_taken(&mut taken, &mut row, false);
                    let mut text = String::new();
                    let cell = if dropped[at] { Vec::new() } else { self.lines(at, dropped) };
                    for part in &cell {
                        line.chars += part.chars;
                        line.link_chars += if is_link { part.chars } else { part.link_chars };
                        for word in part.text.split_whitespace() {
                            text.push_str(if text.is_empty() { "" } else { " " });
                            text.push_str(word);
                        }
                    }
                    for column in 0..self.span(at, "colspan").min(MAX_COLUMNS.saturating_sub(row.len()).max(1)) {
                        if taken.len() == row.len() && row.len() < MAX_COLUMNS {
                            taken.push(0);
                        }
                        if let Some(rows) = taken.get_mut(row.len()) {
                            *rows = self.span(at, "rowspan") - 1;
                        }
                        row.push(if column == 0 { std::mem::take(&mut text) } else { String::new() });
                    }
                    at = self.items[at].end;
                }
                Kind::Block | Kind::Container if !dropped[at] => {
                    // A caption, or a group of rows.
                    if self.items[at].element.is_some_and(|element| element.value().name() == "caption") {
                        writer.lines.extend(self.lines(at, dropped));
                        at = self.items[at].end;
                    } else {
                        at += 1;
                    }
                }
                _ => at = self.items[at].end,
            }
        }
    }

    /// How many columns or rows a cell goes over.
    fn span(&self, cell: usize, attribute: &str) -> usize {
        const MAX_SPAN: usize = 1000;
        let value = self.items[cell].element.and_then(|element| element.attr(attribute));
        value.and_then(|value| value.trim().parse().ok()).unwrap_or(1).clamp(1, MAX_SPAN)
    }

    fn sums(&self, lines: &[Line]) -> Sums {
        let mut sums = Sums { weight: vec![0; self.items.len()], lines: vec![0; self.items.len()] };
        for line in lines {
            sums.weight[line.at] += line.weight();
            sums.lines[line.at] += 1;
        }
        for at in (1..self.items.len()).rev() {
            let parent = self.items[at].parent;
            sums.weight[parent] += sums.weight[at];
            sums.lines[parent] += sums.lines[at];
        }
        sums
    }

    /// The main text, or why there is none.
    pub fn main_text(&self, words: &PageWords) -> Result<Found, String> {
        let nothing = vec![false; self.items.len()];
        let all = self.lines(0, &nothing);
        let sums = self.sums(&all);
        // Furniture never holds most of the sentences of a page, however its element is called.
        let dropped: Vec<bool> = (0..self.items.len())
            .map(|at| {
                self.items[at]
                    .element
                    .is_some_and(|element| is_hidden(element) || words.drops.iter().any(|it| it.matches(&element)))
                    && sums.weight[at] * 3 <= sums.weight[0] * 2
            })
            .collect();
        let kept = self.lines(0, &dropped);
        let sums = self.sums(&kept);
        let parts = self.parts(words, &dropped, &sums);
        let mut lines: Vec<Line> = parts.iter().flat_map(|&part| self.lines(part, &dropped)).collect();
        let inner = lines.iter().position(|line| !line.is_link()).unwrap_or(lines.len());
        lines.drain(..inner);
        let inner = lines.iter().rposition(|line| !line.is_link()).map_or(0, |last| last + 1);
        lines.truncate(inner);

        let weight: usize = lines.iter().map(Line::weight).sum();
        let own: usize = lines.iter().map(|line| line.chars - line.link_chars).sum();
        let shown: usize = all.iter().map(|line| line.chars).sum();
        if weight < MIN_MAIN_CHARS && own * 2 < shown || own == 0 {
            return Err(self.no_text(weight, shown));
        }
        let start = parts.first().copied().unwrap_or(0);
        let before = all.iter().take_while(|line| line.at < start).cloned().collect();
        let pictures = parts.iter().map(|&part| self.pictures(part, &dropped, &sums)).sum();
        let cut = all.iter().map(Line::weight).sum::<usize>().saturating_sub(weight);
        Ok(Found { lines, before, all, cut, pictures })
    }

    /// Pictures that stand alone and are no icons.
    fn pictures(&self, part: usize, dropped: &[bool], sums: &Sums) -> usize {
        let mut count = 0;
        let mut at = part;
        while at < self.items[part].end {
            let item = &self.items[at];
            let picture = item.element.filter(|element| element.value().name() == "img");
            let is_alone = sums.lines[item.parent] == 0;
            count += usize::from(picture.is_some_and(|picture| is_alone && width_of(picture) >= MIN_PICTURE_WIDTH));
            at = if dropped[at] && at != part { item.end } else { at + 1 };
        }
        count
    }

    fn no_text(&self, weight: usize, shown: usize) -> String {
        let name = |wanted: &str| {
            self.items.iter().filter_map(|item| item.element).any(|element| element.value().name() == wanted)
        };
        let remedy = if name("frame") || name("iframe") {
            "the text may be in a frame: save the page inside the frame"
        } else if name("script") {
            "scripts may load the text: save the page again after the browser has shown it"
        } else {
            "save the page that shows the text itself"
        };
        format!(
            "the page holds no main text: {weight} of {shown} characters stand in sentences outside links; {remedy}"
        )
    }

    /// The elements that hold the main text: those of the first selector that has most of the sentences, else the
    /// smallest that has nearly all.
    fn parts(&self, words: &PageWords, dropped: &[bool], sums: &Sums) -> Vec<usize> {
        let total = sums.weight[0];
        for selector in words.contents.iter().filter(|_| total > 0) {
            let parts: Vec<usize> =
                self.outermost(selector, dropped).into_iter().filter(|&part| sums.weight[part] > 0).collect();
            if parts.iter().map(|&part| sums.weight[part]).sum::<usize>() * 3 >= total * 2 {
                return parts;
            }
        }
        vec![self.densest(dropped, sums)]
    }

    /// The elements that a selector meets, without those inside others of them.
    fn outermost(&self, selector: &PageSelector, dropped: &[bool]) -> Vec<usize> {
        let mut found = Vec::new();
        let mut at = 0;
        while at < self.items.len() {
            let item = &self.items[at];
            let is_met = item.element.is_some_and(|element| selector.matches(&element));
            if is_met && !dropped[at] {
                found.push(at);
            }
            at = if is_met || dropped[at] || item.kind == Kind::Unseen { item.end } else { at + 1 };
        }
        found
    }

    fn densest(&self, dropped: &[bool], sums: &Sums) -> usize {
        let total = sums.weight[0];
        let allowed = MAX_CUT_CHARS.min(total / 20);
        let holds_nearly_all = |at: usize| !dropped[at] && sums.weight[at] + allowed >= total;
        let (mut at, mut densest) = (0, 0);
        while let Some(child) = self.children(at).find(|&child| sums.weight[child] > 0 && holds_nearly_all(child)) {
            at = child;
            // An element with one line is a paragraph of the text, not the text.
            if matches!(self.items[at].kind, Kind::Container | Kind::Cell) && sums.lines[at] > 1 {
                densest = at;
            }
        }
        densest
    }

    fn children(&self, at: usize) -> impl Iterator<Item = usize> {
        let next = move |from: usize| (from < self.items[at].end).then_some(from);
        std::iter::successors(next(at + 1), move |&child| next(self.items[child].end))
    }

    /// What the first selectors in the list say: the value of a `meta`, the text of another element.
    pub fn said(&self, selectors: &[PageSelector]) -> Vec<String> {
        let nothing = vec![false; self.items.len()];
        let met = selectors.iter().flat_map(|selector| {
            self.items
                .iter()
                .enumerate()
                .filter_map(|(at, item)| item.element.map(|element| (at, element)))
                .filter(move |(_, element)| selector.matches(element))
        });
        met.filter_map(|(at, element)| match element.attr("content") {
            Some(content) => Some(content.to_string()),
            None if element.value().name() == "title" => Some(element.text().collect()),
            None => self.lines(at, &nothing).into_iter().next().map(|line| line.text),
        })
        .map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|text| !text.is_empty())
        .take(MAX_SAID)
        .collect()
    }
}

/// So many elements are asked for a title, a date or a source.
const MAX_SAID: usize = 10;

/// The main text of a page and what stands around it.
pub(super) struct Found {
    pub lines: Vec<Line>,
    /// The lines above the main text.
    pub before: Vec<Line>,
    pub all: Vec<Line>,
    /// Characters in sentences that are not in the main text.
    pub cut: usize,
    /// Pictures among its paragraphs: they may be tables.
    pub pictures: usize,
}

/// Puts the empty places of cells from above into a row; at its end all that are left.
fn skip_taken(taken: &mut [usize], row: &mut Vec<String>, is_end: bool) {
    let from = row.len();
    let until = match is_end {
        true => taken.iter().rposition(|&rows| rows > 0).map_or(from, |last| last + 1),
        false => from + taken.iter().skip(from).take_while(|&&rows| rows > 0).count(),
    };
    for rows in taken.iter_mut().take(until).skip(from) {
        *rows = rows.saturating_sub(1);
        row.push(String::new());
    }
}

/// Writes lines as a browser does: white space runs fold to one space.
#[derive(Default)]
struct Writer {
    lines: Vec<Line>,
    line: Line,
    /// A space is due before the next character.
    has_space: bool,
    /// The block that the next line stands in.
    at: usize,
}

impl Writer {
    fn write(&mut self, text: &str, is_link: bool, is_verbatim: bool) {
        for c in text.chars() {
            if is_verbatim && c == '\n' {
                self.end_line();
                continue;
            }
            if c.is_ascii_whitespace() {
                self.has_space = true;
                continue;
            }
            if self.line.text.is_empty() {
                self.line.at = self.at;
            } else if self.has_space {
                self.line.text.push(' ');
            }
            self.has_space = false;
            self.line.text.push(c);
            if !c.is_whitespace() {
                self.line.chars += 1;
                self.line.link_chars += usize::from(is_link);
            }
        }
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        self.has_space = false;
        if line.chars > 0 {
            self.lines.push(line);
        }
    }
}

fn kind_of(element: &Element) -> Kind {
    match element.name() {
        "a" if element.attr("href").is_some_and(|href| !href.starts_with('#')) => Kind::Link,
        "br" | "hr" => Kind::Break,
        "table" => Kind::Table,
        "tr" => Kind::Row,
        "td" | "th" => Kind::Cell,
        "html" | "body" | "div" | "article" | "section" | "main" | "form" | "center" | "fieldset" | "dd"
        | "ucapcontent" => Kind::Container,
        "address" | "aside" | "blockquote" | "caption" | "dir" | "dl" | "dt" | "details" | "summary" | "figcaption"
        | "figure" | "footer" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "header" | "hgroup" | "legend" | "li"
        | "listing" | "marquee" | "menu" | "nav" | "ol" | "p" | "plaintext" | "pre" | "tbody" | "tfoot" | "thead"
        | "ul" | "xmp" => Kind::Block,
        "head" | "title" | "meta" | "link" | "base" | "script" | "style" | "noscript" | "template" | "input"
        | "select" | "textarea" | "button" | "datalist" | "option" | "optgroup" | "iframe" | "frame" | "noframes"
        | "object" | "embed" | "applet" | "svg" | "canvas" | "audio" | "video" | "map" | "img" | "colgroup" => {
            Kind::Unseen
        }
        _ => Kind::Inline,
    }
}

/// The inline style without its white space.
fn style_of(element: ElementRef) -> String {
    element.attr("style").map(|style| style.split_whitespace().collect::<String>().to_lowercase()).unwrap_or_default()
}

/// The width of a picture as far as it is told.
fn width_of(picture: ElementRef) -> usize {
    let style = style_of(picture);
    let styled = style.split(';').find_map(|rule| rule.strip_prefix("width:"));
    let Some(width) = styled.or(picture.attr("width")) else { return usize::MAX };
    let digits = width.bytes().take_while(u8::is_ascii_digit).count();
    if width.ends_with('%') { usize::MAX } else { width[..digits].parse().unwrap_or(usize::MAX) }
}

fn is_hidden(element: ElementRef) -> bool {
    element.attr("hidden").is_some() || style_of(element).contains("display:none")
}

fn keeps_space(element: ElementRef) -> bool {
    matches!(element.value().name(), "pre" | "xmp" | "listing" | "plaintext")
        || style_of(element).contains("white-space:pre")
}
