//! What differs as a page for a terminal and as a section for a release note.

use std::fmt::Write;

use serde_json::Value;

use super::{ColumnDiff, Diff, GAINED, LOST, RowDifference, TableDiff};
use crate::manifest::Change;

/// Longer texts are cut, on both pages.
const SHOWN_CHARS: usize = 60;
/// Longer texts are cut in a list.
const LISTED_CHARS: usize = 20;
/// How many inputs and options are listed before the rest is only counted.
const SHOWN_SOURCES: usize = 10;
/// What stands for no value.
const NOTHING: &str = "(none)";

impl Diff {
    /// Sources, tables, then examples of what differs.
    pub fn to_text(&self) -> String {
        let mut page = format!("old  {}\nnew  {}\n\n", self.old, self.new);
        let lines = self.source_lines();
        if self.sources.is_some() && lines.is_empty() {
            page.push_str("sources       the same\n");
        }
        lines.iter().for_each(|line| write_line(&mut page, line));
        self.notes.iter().for_each(|note| write_line(&mut page, &format!("note          {note}")));
        page.push('\n');
        if self.is_empty() {
            page.push_str("The tables do not differ.\n");
            return page;
        }
        self.write_counts(&mut page);
        for table in self.tables.iter().filter(|table| table.has_facts()) {
            write_line(&mut page, &format!("\n{}", table.table));
            table.facts().iter().for_each(|fact| write_line(&mut page, &format!("  {fact}")));
            for column in &table.columns {
                let line = format!("  {:<18}{:>7}  {}", column.column, column.rows, column.transitions());
                write_line(&mut page, line.trim_end());
            }
            for row in &table.examples {
                write_line(&mut page, &format!("  {} {}", sign(row), table.head(row)));
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
        let lines = self.source_lines();
        if self.sources.is_some() && lines.is_empty() {
            page.push_str("- the sources are the same\n");
        }
        lines.iter().for_each(|line| write_line(&mut page, &item(line)));
        self.notes.iter().for_each(|note| write_line(&mut page, &item(note)));
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
        for table in self.tables.iter().filter(|table| table.has_facts()) {
            write_line(&mut page, &format!("\n### {}\n", table.table));
            table.facts().iter().for_each(|fact| write_line(&mut page, &format!("- {}", escaped(fact))));
            for column in &table.columns {
                let common = escaped(&column.transitions());
                let common = if common.is_empty() { common } else { format!(": {common}") };
                write_line(&mut page, &format!("- `{}` changed in {} rows{common}", column.column, column.rows));
            }
            if !table.examples.is_empty() {
                page.push_str("\nFor example:\n\n");
            }
            for row in &table.examples {
                let quote = row.shown_quote().map_or(String::new(), |quote| format!(" “{}”", escaped(&quote)));
                write_line(&mut page, &format!("- {}: {}{quote}", row.change, escaped(&table.head(row))));
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
        lines.extend(shortened("option", options.collect(), "changed"));
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
            lines.extend(shortened("input", inputs.collect(), kind));
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

    /// Whether there is more to say than the counts.
    fn has_facts(&self) -> bool {
        !self.is_empty() && self.rows_old.is_some() == self.rows_new.is_some()
    }

    /// What is to be said of the table as a whole.
    fn facts(&self) -> Vec<String> {
        let columns = [
            ("columns gained", &self.columns_gained),
            ("columns lost", &self.columns_lost),
            ("columns of another type, not compared", &self.columns_retyped),
        ];
        let columns = columns.into_iter().filter(|(_, names)| !names.is_empty());
        let mut facts: Vec<String> = columns.map(|(what, names)| format!("{what}: {}", names.join(", "))).collect();
        let with_reports = [
            (self.gained_with_reports, "gained with new reports"),
            (self.lost_with_reports, "lost with reports that vanished"),
        ];
        let with_reports = with_reports.into_iter().filter(|(rows, _)| *rows > 0);
        facts.extend(with_reports.map(|(rows, how)| format!("{how}: {rows}")));
        if !self.causes.is_empty() {
            let causes: Vec<String> = self.causes.iter().map(|(cause, rows)| format!("{cause} {rows}")).collect();
            facts.push(format!("rows by cause: {}", causes.join(", ")));
        }
        facts
    }

    /// Which row it is; with the cause, if it is not that of all rows.
    fn head(&self, row: &RowDifference) -> String {
        let file = row.source_path.as_deref().and_then(|path| path.rsplit('/').next());
        // The key of a table without one is the whole row.
        let key = (row.key.chars().count() <= SHOWN_CHARS).then(|| row.key.clone());
        let old_key = row.old_key.as_ref().filter(|_| key.is_some()).map(|old| format!("(was {})", cut(old)));
        let cause = (self.causes.len() > 1).then(|| format!("[{}]", row.cause));
        let parts = [key, old_key, file.map(cut), Some(cut(&row.about)).filter(|about| !about.is_empty()), cause];
        parts.into_iter().flatten().collect::<Vec<_>>().join("  ")
    }
}

impl ColumnDiff {
    /// The commonest changes.
    fn transitions(&self) -> String {
        let value = |value: &Option<String>| value.as_deref().map_or(NOTHING.to_string(), short);
        let transition =
            |common: &super::Transition| format!("{} -> {} ({})", value(&common.old), value(&common.new), common.rows);
        self.commonest.iter().map(transition).collect::<Vec<_>>().join(", ")
    }
}

impl RowDifference {
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
        _ => '~',
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
fn shortened(what: &str, mut lines: Vec<String>, state: &str) -> Vec<String> {
    if lines.len() > SHOWN_SOURCES {
        let more = lines.split_off(SHOWN_SOURCES).len();
        lines.push(format!("{what:<14}and {more} more {state}"));
    }
    lines
}

/// One line of a text, not too long.
fn cut(text: &str) -> String {
    cut_at(text, SHOWN_CHARS)
}

/// The same, shorter, in a list.
fn short(text: &str) -> String {
    cut_at(text, LISTED_CHARS)
}

fn cut_at(text: &str, chars: usize) -> String {
    let line = text.replace(['\n', '\r', '\t'], " ");
    match line.char_indices().nth(chars) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// A line of the sources as an item of a list.
fn item(line: &str) -> String {
    match line.starts_with(' ') {
        true => format!("  - `{}`", line.trim().replace('`', "'")),
        false => format!("- {}", escaped(&line.split_whitespace().collect::<Vec<_>>().join(" "))),
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
