//! The records that travel down the road, one per stage, and the rows that leave it.
//!
//! Offsets come in two kinds and never mix: *plain* offsets are bytes into [`Normalized::text`];
//! *source* offsets are code points into the decoded text, and only they reach a table.

#![deny(clippy::disallowed_methods)]

use sha2::{Digest, Sha256};
use std::borrow::{Borrow, Cow};
use std::fmt;
use std::ops::{Deref, Range};
use std::sync::Arc;

/// The names of the variants of an enum as the tables have them: `name` of one, `NAMES` of all.
macro_rules! names {
    ($type:ident { $($variant:ident $name:literal),+ $(,)? }) => {
        impl $type {
            /// The name of every variant.
            pub const NAMES: &'static [&'static str] = &[$($name),+];

            pub fn name(self) -> &'static str {
                match self { $($type::$variant => $name),+ }
            }
        }
    };
}
pub(crate) use names;

/// A text that thousands of rows have, such as the id of their document: a clone copies none of it.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Shared(Arc<str>);

impl Shared {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Deref for Shared {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for Shared {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Shared {
    fn from(text: &str) -> Shared {
        Shared(text.into())
    }
}

impl From<String> for Shared {
    fn from(text: String) -> Shared {
        Shared(text.into())
    }
}

impl PartialEq<str> for Shared {
    fn eq(&self, other: &str) -> bool {
        *self.0 == *other
    }
}

impl PartialEq<&str> for Shared {
    fn eq(&self, other: &&str) -> bool {
        *self.0 == **other
    }
}

impl PartialEq<Shared> for String {
    fn eq(&self, other: &Shared) -> bool {
        *self == *other.0
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.0, f)
    }
}

impl fmt::Display for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl serde::Serialize for Shared {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// What `comparator` and `bound` may hold.
pub const COMPARATORS: [&str; 6] = ["=", "~", ">", ">=", "<", "<="];
/// What `period_kind` may hold.
pub const PERIOD_KINDS: [&str; 6] = ["year", "ytd", "part_year", "multi_year", "point", "unspecified"];
/// What `period_basis` may hold.
pub const PERIOD_BASES: [&str; 3] = ["explicit", "section", "inferred"];
/// What `change_basis` may hold.
pub const CHANGE_BASES: [&str; 4] = ["yoy", "annual_average", "since_year_start", "versus"];
/// What `role` may hold.
pub const ROLES: [&str; 3] = ["from", "to", "part"];
/// What `obs_status` may hold: codes of the SDMX list CL_OBS_STATUS.
pub const OBS_STATUSES: [&str; 6] = ["A", "E", "P", "F", "D", "U"];
/// What `flags` may hold, joined by `|`.
pub const FLAGS: [&str; 6] =
    ["damaged", "unit_missing", "list_mismatch", "unit_shared", "subject_inferred", "period_inferred"];
/// What `status` of a target may hold.
pub const TARGET_STATUSES: [&str; 2] = ["target", "requirement"];
/// What `form` of a target may hold.
pub const TARGET_FORMS: [&str; 6] = ["point", "bound", "range", "relative", "delegated", "qualitative"];

/// A file as it was found: bytes and origin, nothing decoded yet.
#[derive(Debug, Clone)]
pub struct RawFile {
    /// The path as given (relative paths stay relative), with `/` between its parts.
    pub source_path: String,
    /// The kind of file, a name of [`crate::read::READERS`].
    pub container: &'static str,
    pub bytes: Vec<u8>,
    /// The first 16 hex digits of the sha256 of the bytes.
    pub document_id: String,
    /// The whole sha256 in hex.
    pub sha256: String,
    /// The name of the file, or what stands beside the text in a record: may hint at place and year.
    pub label: String,
}

impl RawFile {
    /// The bytes of a file with its digest; the label is the file name of the path.
    pub fn new(source_path: &str, container: &'static str, bytes: Vec<u8>) -> RawFile {
        let sha256 = format!("{:x}", Sha256::digest(&bytes));
        RawFile {
            source_path: source_path.to_string(),
            container,
            bytes,
            document_id: document_id(&sha256),
            sha256,
            label: source_path.rsplit('/').next().unwrap_or(source_path).to_string(),
        }
    }
}

/// The id of a document: the first 16 hex digits of the sha256 of its bytes.
pub fn document_id(sha256: &str) -> String {
    sha256.chars().take(16).collect()
}

/// What a file says of its text beside it: the title of a page, the fields of a Word file. Hints; the text wins.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Meta {
    pub title: Option<String>,
    pub published: Option<Date>,
    /// Who published it (来源).
    pub publisher: Option<String>,
}

/// Decoded text and the evidence for the encoding.
#[derive(Debug, Clone)]
pub struct Decoded {
    pub text: String,
    /// The encoding used: `UTF-8`, `GB18030`, `Big5`, `UTF-16LE`, `UTF-16BE`, `HZ`, or the steps of a wrong reading
    /// undone, such as `UTF-8>windows-1252>GB18030`; `None` where the format itself tells the characters (Word, PDF).
    pub encoding: Option<&'static str>,
    /// How ordinary the decoded text is, at most 1.0.
    pub score: f64,
    /// The second best candidate and its score; `None` when the file's own marks decided.
    pub runner_up: Option<(&'static str, f64)>,
    /// How many U+FFFD stand in the text.
    pub replacements: usize,
    pub meta: Meta,
}

/// What a section says of the numbers in it: fact or plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SectionRole {
    Review,
    ReviewMultiYear,
    Problems,
    PlanYear,
    PlanMultiYear,
    Explanation,
    Glossary,
    Annex,
    Front,
    Other,
}

names!(SectionRole {
    Review "review",
    ReviewMultiYear "review_multi_year",
    Problems "problems",
    PlanYear "plan_year",
    PlanMultiYear "plan_multi_year",
    Explanation "explanation",
    Glossary "glossary",
    Annex "annex",
    Front "front",
    Other "other",
});

impl SectionRole {
    /// Whether a number here is a promise unless its clause says otherwise.
    pub fn is_plan(self) -> bool {
        matches!(self, SectionRole::PlanYear | SectionRole::PlanMultiYear | SectionRole::Annex)
    }
}

/// The genre of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportKind {
    WorkReport,
    Performance,
    Communique,
    Other,
}

names!(ReportKind { WorkReport "work_report", Performance "performance", Communique "communique", Other "other" });

/// One sentence of a report; `range` is in plain bytes.
#[derive(Debug, Clone)]
pub struct Sentence {
    pub range: Range<usize>,
    /// The number of its paragraph in the document; cues reach no further than that.
    pub paragraph: usize,
    /// Index into [`Report::sections`].
    pub section: usize,
    pub role: SectionRole,
    /// The years a `*_multi_year` role speaks of, inclusive.
    pub span: Option<(i32, i32)>,
}

/// A heading and its place in the outline.
#[derive(Debug, Clone)]
pub struct Section {
    /// Headings from the outermost to this one, joined by ` / `.
    pub path: Shared,
    pub role: SectionRole,
}

/// A report as parsed: what it is, of where and when, and its sentences in text order.
#[derive(Debug, Clone)]
pub struct Report {
    pub kind: ReportKind,
    pub title: Option<String>,
    /// Index into the division table; a zone has none.
    pub area: Option<usize>,
    pub area_name: Option<String>,
    /// A level of the division table, or `zone`.
    pub area_level: Option<String>,
    pub delivered_date: Option<Date>,
    pub published_date: Option<Date>,
    pub report_year: Option<i32>,
    pub reviewed_year: Option<i32>,
    pub planned_year: Option<i32>,
    pub speaker: Option<String>,
    pub publisher: Option<String>,
    pub meeting: Option<String>,
    pub sections: Vec<Section>,
    pub sentences: Vec<Sentence>,
    /// Signs of lost text per 10,000 characters.
    pub damage_score: f64,
}

/// A calendar day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    pub year: i32,
    pub month: u32,
    pub day: u32,
}

impl Date {
    /// The day, if the calendar has it and the year is one a report can have.
    pub fn new(year: i32, month: u32, day: u32) -> Option<Date> {
        let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        let days = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => return None,
        };
        ((1900..=2200).contains(&year) && (1..=days).contains(&day)).then_some(Date { year, month, day })
    }

    /// The day that lies so many days after 1970-01-01.
    pub fn from_days(days: i32) -> Date {
        // Howard Hinnant's civil_from_days.
        let days = days + 719_468;
        let era = days.div_euclid(146_097);
        let day_of_era = days.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month = (5 * day_of_year + 2) / 153;
        let day = (day_of_year - (153 * month + 2) / 5 + 1) as u32;
        let month = if month < 10 { month + 3 } else { month - 9 } as u32;
        let year = year_of_era + era * 400 + i32::from(month <= 2);
        Date { year, month, day }
    }

    /// Days since 1970-01-01, as Parquet's date32 counts them.
    pub fn days_since_epoch(self) -> i32 {
        // Howard Hinnant's days_from_civil.
        let year = if self.month <= 2 { self.year - 1 } else { self.year };
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let month = (self.month as i32 + 9) % 12;
        let day_of_year = (153 * month + 2) / 5 + self.day as i32 - 1;
        era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
    }
}

/// Days since 1970-01-01 as `YYYY-MM-DD`, for JSON.
fn iso_date<S: serde::Serializer>(days: &Option<i32>, serializer: S) -> Result<S::Ok, S::Error> {
    match days.map(Date::from_days) {
        Some(date) => serializer.serialize_str(&date.to_string()),
        None => serializer.serialize_none(),
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// A row of `documents`; see [`crate::tidy`] for the meaning of every column.
#[derive(Debug, Clone, Default, serde::Serialize, serde::Deserialize)]
pub struct DocumentRow {
    pub document_id: String,
    pub source_path: String,
    pub container: Cow<'static, str>,
    pub encoding: Option<Cow<'static, str>>,
    pub encoding_score: f64,
    pub encoding_runner_up: Option<Cow<'static, str>>,
    pub replacements: i32,
    pub title: Option<String>,
    pub report_kind: Cow<'static, str>,
    pub ref_area: Option<String>,
    pub ref_area_name: Option<String>,
    pub area_level: Option<String>,
    pub delivered_date: Option<i32>,
    pub published_date: Option<i32>,
    pub report_year: Option<i32>,
    pub reviewed_year: Option<i32>,
    pub planned_year: Option<i32>,
    pub speaker: Option<String>,
    pub meeting: Option<String>,
    pub publisher: Option<String>,
    pub chars: i32,
    pub damage_score: f64,
    pub duplicate_of: Option<String>,
    pub n_observations: i32,
    pub n_issues: i32,
}

/// A row of `sentences`.
#[derive(Debug, Clone)]
pub struct SentenceRow {
    pub document_id: Shared,
    pub sentence_id: i32,
    pub section_path: Shared,
    pub section_role: &'static str,
    pub text: String,
    pub source_start: i32,
    pub source_end: i32,
}

/// A row of `observations`: one number asserted about the world.
#[derive(Debug, Clone, Default, serde::Serialize)]
pub struct ObservationRow {
    pub obs_id: String,
    pub document_id: Shared,
    pub sentence_id: i32,
    pub section_path: Shared,
    pub section_role: &'static str,
    pub ref_area: Option<Shared>,
    pub ref_area_name: Option<Shared>,
    pub scope: Cow<'static, str>,
    pub indicator: Option<Shared>,
    pub indicator_text: String,
    pub measure: &'static str,
    pub direction: Option<&'static str>,
    pub status: &'static str,
    pub comparator: &'static str,
    pub modifier_text: Option<String>,
    pub value: f64,
    pub unit: String,
    pub obs_value: f64,
    pub unit_measure: Option<Shared>,
    pub decimals: i32,
    pub time_period: Option<String>,
    #[serde(serialize_with = "iso_date")]
    pub period_start: Option<i32>,
    #[serde(serialize_with = "iso_date")]
    pub period_end: Option<i32>,
    pub period_kind: &'static str,
    pub period_basis: &'static str,
    pub change_basis: Option<&'static str>,
    pub within: Option<String>,
    pub role: Option<&'static str>,
    pub related_obs_id: Option<String>,
    pub obs_status: &'static str,
    pub flags: Option<String>,
    pub rule_id: &'static str,
    pub value_text: String,
    pub quote: String,
    pub source_start: i32,
    pub source_end: i32,
}

/// A row of `targets`: one statement of what is to be reached, with or without a number.
#[derive(Debug, Clone, Default, serde::Serialize)]
pub struct TargetRow {
    pub target_id: String,
    pub document_id: Shared,
    pub sentence_id: i32,
    pub section_path: Shared,
    pub section_role: &'static str,
    pub is_headline: bool,
    pub ref_area: Option<Shared>,
    pub ref_area_name: Option<Shared>,
    pub scope: Cow<'static, str>,
    pub indicator: Option<Shared>,
    pub indicator_text: String,
    pub status: &'static str,
    pub form: &'static str,
    pub bound: Option<&'static str>,
    pub measure: Option<&'static str>,
    pub direction: Option<&'static str>,
    pub low: Option<f64>,
    pub high: Option<f64>,
    pub unit: Option<String>,
    pub unit_measure: Option<Shared>,
    pub reference: Option<String>,
    pub stretch: Option<f64>,
    pub stretch_text: Option<String>,
    pub modifier_text: Option<String>,
    pub horizon: Option<String>,
    pub obs_id: Option<String>,
    pub obs_id_high: Option<String>,
    pub obs_id_stretch: Option<String>,
    pub flags: Option<String>,
    pub rule_id: &'static str,
    pub target_text: String,
    pub quote: String,
    pub source_start: i32,
    pub source_end: i32,
}

/// A row of `honours`: one honour claimed.
#[derive(Debug, Clone, Default, serde::Serialize)]
pub struct HonourRow {
    pub honour_id: String,
    pub document_id: Shared,
    pub sentence_id: i32,
    pub section_path: Shared,
    pub section_role: &'static str,
    pub ref_area: Option<Shared>,
    pub ref_area_name: Option<Shared>,
    pub scope: Option<String>,
    pub title: String,
    pub form: Option<&'static str>,
    pub level: Option<&'static str>,
    pub giver: Option<String>,
    pub status: &'static str,
    pub time_period: Option<String>,
    pub period_basis: &'static str,
    pub cue: String,
    pub batch: Option<String>,
    pub times: Option<i32>,
    pub times_text: Option<String>,
    pub count: Option<i32>,
    pub flags: Option<String>,
    pub rule_id: &'static str,
    pub title_text: String,
    pub quote: String,
    pub source_start: i32,
    pub source_end: i32,
}

/// A row of `rankings`: one place claimed, with a number or without.
#[derive(Debug, Clone, Default, serde::Serialize)]
pub struct RankingRow {
    pub ranking_id: String,
    pub document_id: Shared,
    pub sentence_id: i32,
    pub section_path: Shared,
    pub section_role: &'static str,
    pub ref_area: Option<Shared>,
    pub ref_area_name: Option<Shared>,
    pub scope: Cow<'static, str>,
    pub indicator: Option<Shared>,
    pub indicator_text: String,
    pub of_measure: Option<&'static str>,
    pub form: &'static str,
    pub rank: Option<f64>,
    pub comparator: Option<&'static str>,
    pub total: Option<i32>,
    pub within: Option<String>,
    pub pool_level: Option<&'static str>,
    pub role: Option<&'static str>,
    pub status: &'static str,
    pub time_period: Option<String>,
    pub period_basis: &'static str,
    pub obs_id: Option<String>,
    pub flags: Option<String>,
    pub rule_id: &'static str,
    pub rank_text: String,
    pub quote: String,
    pub source_start: i32,
    pub source_end: i32,
}

/// A row of `term_counts`: how much a part of a document says about the topic of a dictionary.
#[derive(Debug, Clone, PartialEq)]
pub struct TermCountRow {
    pub document_id: Shared,
    pub dictionary: Shared,
    pub section_role: &'static str,
    pub n_terms: i32,
    pub n_distinct_terms: i32,
    pub n_term_chars: i32,
    pub n_term_sentences: i32,
    pub n_chars: i32,
    pub n_sentences: i32,
    pub per_10k_chars: Option<f64>,
}

/// A row of `term_matches`: how often a term stands in a part of a document.
#[derive(Debug, Clone, PartialEq)]
pub struct TermMatchRow {
    pub document_id: Shared,
    pub dictionary: Shared,
    pub section_role: &'static str,
    pub term: Shared,
    pub concept: Option<Shared>,
    pub n_terms: i32,
}

/// Everything one file gives: its rows, or only issues when it could not be read.
#[derive(Debug, Default)]
pub struct DocumentOutcome {
    pub document: Option<DocumentRow>,
    pub sentences: Vec<SentenceRow>,
    pub observations: Vec<ObservationRow>,
    pub targets: Vec<TargetRow>,
    pub term_counts: Vec<TermCountRow>,
    pub term_matches: Vec<TermMatchRow>,
    pub honours: Vec<HonourRow>,
    pub rankings: Vec<RankingRow>,
    pub issues: Vec<crate::issue::Issue>,
    /// What its text is told from others by; `None` for a text too short.
    pub signature: Option<crate::duplicates::Signature>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_dates_agree() {
        let known = [(1970, 1, 1, 0), (2000, 2, 29, 11_016), (2020, 12, 31, 18_627), (1954, 9, 23, -5579)];
        for (year, month, day, days) in known {
            let date = Date::new(year, month, day).unwrap();
            assert_eq!(date.days_since_epoch(), days, "{date}");
            assert_eq!(Date::from_days(days), date);
        }
        assert_eq!(Date::new(2021, 2, 29), None);
        assert_eq!(Date::new(2021, 13, 1), None);
    }
}
