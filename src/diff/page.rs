//! What differs as a page for a terminal and as a section for a release note.

use std::fmt::Write;

use serde_json::Value;

use super::{CHANGED, Diff, GAINED, LOST, MOVED, RowDifference, TableDiff};
use crate::manifest::Change;

/// Longer texts are cut, on both pages.
const SHOWN_CHARS: usize = 60;
/// How many inputs and options are listed before the rest is only counted.
const SHOWN_SOURCES: usize = 10;
/// What stands for no value.
const NOTHING: &str = "(none)";

impl Diff {
    /// Sources, tables, then examples of what differs.
    pub fn to_text(&self) -> String {
        let mut page = format!("old  {}\nnew  {}\n\n", self.old, self.new);
        match self.sources.as_ref().map(|_| self.source_lines()) {
            Some(lines) if lines.is_empty() => page.push_str("sources       the same\n"),
            Some(lines) => lines.iter().for_each(|line| write_line(&mut page, line)),
            None => {}
        }
        self.notes.iter().for_each(|note| write_line(&mut page, &format!("note          {note}")));
        page.push('\n');
        if self.is_empty() {
            page.push_str("The tables do not differ.\n");
            return page;
        }
        self.write_counts(&mut page);
        for table in self.tables.iter().filter(|table| !table.is_empty()) {
            write_line(&mut page, &format!("\n{}", table.table));
            table.facts().iter().for_each(|fact| write_line(&mut page, &format!("  {fact}")));
            for row in &table.examples {
                write_line(&mut page, &format!("  {} {}", sign(row), row.head()));
                row.cell_lines().iter().for_each(|line| write_line(&mut page, &format!("      {line}")));
                if let Some(quote) = row.shown_quote() {
                    write_line(&mut page, &format!("      “{quote}”"));
                }
            }
        }
        page
    }

    /// The same in Markdown.
    pub fn to_markdown(&self) -> String {
        let mut page = format!("## From {} to {}\n\n", self.old, self.new);
        let mut items: Vec<String> = match self.sources.as_ref().map(|_| self.source_lines()) {
            Some(lines) if lines.is_empty() => vec!["The sources are the same.".to_string()],
            Some(lines) => lines.iter().map(|line| code_lines(line)).collect(),
            None => Vec::new(),
        };
        items.extend(self.notes.iter().map(|note| escaped(note)));
        items.iter().for_each(|item| write_line(&mut page, &format!("- {item}")));
        page.push('\n');
        if self.is_empty() {
            page.push_str("The tables do not differ.\n");
            return page;
        }
        page.push_str("| table | rows before | rows now | gained | lost | changed | moved | unchanged |\n");
        page.push_str("|---|---:|---:|---:|---:|---:|---:|---:|\n");
        for table in self.tables.iter().filter(|table| !table.is_empty()) {
            write_line(&mut page, &format!("| `{}` | {} |", table.table, table.counts().join(" | ")));
        }
        if let Some(names) = self.same_tables() {
            write_line(&mut page, &format!("\nThe same in both: {names}."));
        }
        for table in self.tables.iter().filter(|table| !table.is_empty()) {
            write_line(&mut page, &format!("\n### {}\n", table.table));
            table.facts().iter().for_each(|fact| write_line(&mut page, &format!("- {}", escaped(fact))));
            if !table.examples.is_empty() {
                page.push_str("\nFor example:\n\n");
            }
            for row in &table.examples {
                let quote = row.shown_quote().map_or(String::new(), |quote| format!(" “{}”", escaped(&quote)));
                write_line(&mut page, &format!("- {}: {}{quote}", row.change, escaped(&row.head())));
                row.cell_lines().iter().for_each(|line| write_line(&mut page, &format!("  - {}", escaped(line))));
            }
        }
        page
    }

    fn write_counts(&self, page: &mut String) {
        const HEAD: [&str; 7] = ["rows old", "rows new", "gained", "lost", "changed", "moved", "unchanged"];
        let cells = |cells: &[String]| cells.iter().map(|cell| format!("{cell:>10}")).collect::<String>();
        write_line(page, &format!("{:<18}{}", "table", cells(&HEAD.map(str::to_string))));
        for table in self.tables.iter().filter(|table| !table.is_empty()) {
            write_line(page, &format!("{:<18}{}", table.table, cells(&table.counts())));
        }
        if let Some(names) = self.same_tables() {
            write_line(page, &format!("the same          {names}"));
        }
    }

    /// The tables that do not differ.
    fn same_tables(&self) -> Option<String> {
        let names: Vec<&str> =
            self.tables.iter().filter(|table| table.is_empty()).map(|table| table.table.as_str()).collect();
        (!names.is_empty()).then(|| names.join(", "))
    }

    /// What differs in the sources; a line that begins with spaces belongs to the one before it.
    fn source_lines(&self) -> Vec<String> {
        let Some(sources) = &self.sources else { return Vec::new() };
        let mut lines = Vec::new();
        if let Some((old, new)) = &sources.program {
            lines.push(format!("program       {old} -> {new}"));
        }
        let value = |value: &Option<Value>| value.as_ref().map_or(NOTHING.to_string(), |value| cut(&value.to_string()));
        let options = sources.options.iter();
        let options = options.map(|o| format!("option        {}: {} -> {}", o.name, value(&o.old), value(&o.new)));
        lines.extend(shortened("option", options.collect()));
        for file in &self.vocabulary {
            let counts = match (file.lines_gained, file.lines_lost) {
                (Some(gained), Some(lost)) => format!(", lines: {gained} gained, {lost} lost"),
                _ => String::new(),
            };
            lines.push(format!("vocabulary    {} {}{counts}", file.name, file.kind));
            lines.extend(file.lines.iter().map(|line| format!("                {}", cut(line))));
        }
        for kind in ["new", "changed", "vanished"] {
            let of_kind = sources.inputs.iter().filter(|input| Change::kind(input) == kind);
            let inputs = of_kind.map(|input| format!("input         {} {kind}", input.name));
            lines.extend(shortened(&format!("{kind} input"), inputs.collect()));
        }
        lines
    }
}

impl TableDiff {
    fn counts(&self) -> Vec<String> {
        let rows = |rows: Option<u64>| rows.map_or("-".to_string(), |rows| rows.to_string());
        let mut counts = vec![rows(self.rows_old), rows(self.rows_new)];
        match self.rows_old.and(self.rows_new) {
            Some(_) => counts.extend(
                [self.gained, self.lost, self.changed, self.moved, self.unchanged].map(|count| count.to_string()),
            ),
            None => counts.extend(std::iter::repeat_n("-".to_string(), 5)),
        }
        counts
    }

    /// What is to be said of the table as a whole.
    fn facts(&self) -> Vec<String> {
        let mut facts = Vec::new();
        match (self.rows_old, self.rows_new) {
            (None, Some(_)) => facts.push("the table is new".to_string()),
            (Some(_), None) => facts.push("the table is gone".to_string()),
            _ => {}
        }
        let columns = [
            ("columns gained", &self.columns_gained),
            ("columns lost", &self.columns_lost),
            ("columns of another type, not compared", &self.columns_retyped),
        ];
        let columns = columns.into_iter().filter(|(_, names)| !names.is_empty());
        facts.extend(columns.map(|(what, names)| format!("{what}: {}", names.join(", "))));
        let counted = |counts: &mut dyn Iterator<Item = (&String, &u64)>| {
            counts.map(|(name, count)| format!("{name} {count}")).collect::<Vec<_>>().join(", ")
        };
        if !self.columns.is_empty() {
            let columns = counted(&mut self.columns.iter().map(|(name, count)| (name, count)));
            facts.push(format!("changed in: {columns}"));
        }
        if !self.causes.is_empty() {
            facts.push(format!("cause: {}", counted(&mut self.causes.iter())));
        }
        facts
    }
}

impl RowDifference {
    /// Which row it is.
    fn head(&self) -> String {
        let renamed = self.old_key.as_ref().map_or(String::new(), |old| format!(" (was {})", cut(old)));
        format!("{}{renamed}  {}  [{}]", cut(&self.key), cut(&self.about), self.cause)
    }

    fn cell_lines(&self) -> Vec<String> {
        let value = |value: &Option<String>| value.as_deref().map_or(NOTHING.to_string(), cut);
        let line = |cell: &super::CellDifference| {
            let (old, new) = match (&cell.old, &cell.new) {
                (Some(old), Some(new)) => around_difference(old, new),
                (old, new) => (value(old), value(new)),
            };
            format!("{}: {old} -> {new}", cell.column)
        };
        self.cells.iter().map(line).collect()
    }

    /// The words of the source, unless a changed cell shows them.
    fn shown_quote(&self) -> Option<String> {
        let is_shown = self.cells.iter().any(|cell| cell.new == self.quote);
        self.quote.as_deref().filter(|_| !is_shown).map(cut)
    }
}

fn sign(row: &RowDifference) -> char {
    match row.change {
        LOST => '-',
        GAINED => '+',
        CHANGED => '~',
        MOVED => '>',
        _ => ' ',
    }
}

/// Two long texts, cut to the part in which they differ.
fn around_difference(old: &str, new: &str) -> (String, String) {
    let same = old.chars().zip(new.chars()).take_while(|(left, right)| left == right).count();
    let from = same.saturating_sub(SHOWN_CHARS / 3);
    let is_long = |text: &str| text.chars().count() > SHOWN_CHARS;
    if from == 0 || !(is_long(old) || is_long(new)) {
        return (cut(old), cut(new));
    }
    let part = |text: &str| format!("…{}", cut(&text.chars().skip(from).collect::<String>()));
    (part(old), part(new))
}

/// The first lines, and how many more there are.
fn shortened(what: &str, mut lines: Vec<String>) -> Vec<String> {
    if lines.len() > SHOWN_SOURCES {
        let more = lines.split_off(SHOWN_SOURCES).len();
        lines.push(format!("              and {more} more {what}s"));
    }
    lines
}

/// One line of a text, not too long.
fn cut(text: &str) -> String {
    let line = text.replace(['\n', '\r', '\t'], " ");
    match line.char_indices().nth(SHOWN_CHARS) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// A line of the sources as an item of a list.
fn code_lines(line: &str) -> String {
    match line.starts_with("  ") {
        true => format!("  `{}`", line.trim().replace('`', "'")),
        false => escaped(&line.split_whitespace().collect::<Vec<_>>().join(" ")),
    }
}

/// Text that Markdown shows as it is.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '|' | '<' | '>' | '[' | ']' | '#' | '~') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

/// Writing to a string cannot fail.
fn write_line(page: &mut String, line: &str) {
    let _ = writeln!(page, "{line}");
}
