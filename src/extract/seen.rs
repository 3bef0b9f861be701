//! Every numeric expression of a text, before any decision on what it asserts: for people and for scores. A run makes no
//! rows of them.

use super::lexer::{Kind, Token, lex};
use super::{Source, without_heading_marks};
use crate::model::Report;
use crate::normalize::Normalized;
use crate::vocab::{Cue, Vocabulary};

/// A numeric expression as recognised.
#[derive(Debug, Clone, serde::Serialize)]
pub struct NumberSeen {
    pub text: String,
    /// Code points into the decoded text.
    pub start: usize,
    pub end: usize,
    /// With 万 and 亿 multiplied out.
    pub value: f64,
    pub unit: String,
}

/// The numeric expressions of all sentences, in text order.
pub fn numbers_seen(
    normalized: &Normalized,
    source: &Source,
    report: &Report,
    vocabulary: &Vocabulary,
) -> Vec<NumberSeen> {
    let text = normalized.text.as_str();
    let mut numbers = Vec::new();
    for sentence in &report.sentences {
        let found = lex(text, &without_heading_marks(text, &sentence.range), vocabulary, report.report_year);
        let first = numbers.len();
        let tokens = found.tokens.iter().chain(&found.uncounted);
        numbers.extend(tokens.filter_map(|token| {
            let (value, unit) = value_of(token, vocabulary)?;
            let span = normalized.source_span(&token.range);
            let text = source.slice(&span).to_string();
            Some(NumberSeen { text, start: span.start, end: span.end, value, unit })
        }));
        numbers[first..].sort_by_key(|number| (number.start, number.end));
    }
    numbers
}

/// What a token is worth and its unit, if it is a number.
fn value_of(token: &Token, vocabulary: &Vocabulary) -> Option<(f64, String)> {
    match &token.kind {
        Kind::Quantity(q) => {
            let sign = if q.numeral.is_negative { -1.0 } else { 1.0 };
            let unit = q
                .unit
                .map_or(q.unit_text.trim_start_matches(q.numeral.multiplier), |u| vocabulary.units[u].text.as_str());
            Some((sign * q.numeral.value * q.numeral.scale, unit.to_string()))
        }
        Kind::Ordinal(value) | Kind::Top(value) => Some((*value, "位".to_string())),
        Kind::Word(word) if word.cues.has(Cue::First) => Some((1.0, "位".to_string())),
        _ => None,
    }
}
